"""Finds the programs that Muster needs on this machine, and brings what is missing by the gentlest way that is open."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from infra import apt, rootless
from infra.place import TOOLS
from infra.steps import Refusal, say

SYSTEM, PREFIX = Path("/"), TOOLS / "prefix"
POSTGRES_PACKAGES = ("postgresql-postgis",)
REDIS_PACKAGES = ("redis-server",)
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")
COMPOSE = "or use containers: docker compose up --build -d (docs/operations.md, Containers)"


def newest(majors: Iterable[str]) -> str | None:
    """The highest of PostgreSQL's major versions among folder names."""
    numbers = [name for name in majors if re.fullmatch(r"\d+", name)]
    return max(numbers, key=int, default=None)


def find_postgres() -> Path | None:
    """The folder of a PostgreSQL's programs that has PostGIS, or None: Debian's, one on PATH, one fetched before."""
    return _postgres_under(SYSTEM) or _postgres_on_path() or _postgres_under(PREFIX)


def _postgres_under(root: Path) -> Path | None:
    """Debian's newest PostgreSQL below a root folder, if it has PostGIS."""
    programs, shared = root / "usr/lib/postgresql", root / "usr/share/postgresql"
    if not programs.is_dir():
        return None
    best = newest(
        entry.name
        for entry in programs.iterdir()
        if (shared / entry.name / "extension/postgis.control").exists() and (entry / "bin/initdb").exists()
    )
    return programs / best / "bin" if best else None


def _postgres_on_path() -> Path | None:
    """A PostgreSQL that tells where it lives by `pg_config`, if it has PostGIS."""
    asked = shutil.which("pg_config")
    if asked is None:
        return None
    bin_dir, share = (
        Path(subprocess.run([asked, flag], capture_output=True, text=True, check=False).stdout.strip())
        for flag in ("--bindir", "--sharedir")
    )
    fits = (share / "extension" / "postgis.control").exists() and (bin_dir / "initdb").exists()
    return bin_dir if fits else None


def find_redis() -> Path | None:
    """The Redis server program, or None."""
    fetched = PREFIX / "usr/bin/redis-server"
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else fetched if fetched.exists() else None


def program_environment(program: Path) -> dict[str, str]:
    """What a program needs in its environment: nothing, unless it was fetched into the rootless prefix."""
    return rootless.environment(PREFIX) if program.is_relative_to(PREFIX) else {}


def missing(*, postgres: bool, redis: bool) -> list[str]:
    """The packages that would bring what is wanted and not here."""
    wanted = POSTGRES_PACKAGES if postgres and find_postgres() is None else ()
    return [*wanted, *(REDIS_PACKAGES if redis and find_redis() is None else ())]


def provide(logs: Path, *, postgres: bool, redis: bool) -> None:
    """Makes sure that the wanted programs are here: found, else installed, else fetched, else refused by a sentence."""
    packages = missing(postgres=postgres, redis=redis)
    if not packages:
        return
    if not apt.is_here():
        raise Refusal(by_hand("This system has no apt-get."))

    def still_wanted() -> bool:
        return missing(postgres=postgres, redis=redis) != []

    as_root = apt.way_to_root(packages)
    if as_root is not None:
        apt.install(packages, as_root, logs, still_wanted=still_wanted)
    else:
        say(
            "no root and no sudo here: the database's programs go into a folder of their own, the system stays as it is"
        )
        rootless.fetch([*POSTGRES_PACKAGES, *REDIS_PACKAGES], PREFIX, logs, still_wanted=still_wanted)
    if still_wanted():
        raise Refusal(by_hand("What was installed does not hold PostgreSQL with PostGIS and Redis."))


def install(packages: Sequence[str], logs: Path) -> None:
    """Installs Debian packages that only a bench or a test needs, by root or sudo; refuses without."""
    as_root = apt.way_to_root(packages) if apt.is_here() else None
    if as_root is None:
        raise Refusal(f"This needs {' '.join(packages)}, which neither root nor sudo can install here.")
    apt.install(packages, as_root, logs, still_wanted=lambda: True)


def by_hand(why: str) -> str:
    """The sentence for a machine on which nothing can be brought."""
    wanted = "PostgreSQL with PostGIS, and Redis"
    given = "or give MUSTER_DATABASE_URL and MUSTER_REDIS_URL of running ones"
    return f"{why} Install {wanted} and start again; {given}; {COMPOSE}."


def provide_browser(logs: Path) -> None:
    """Chromium for the browser tests, where apt may be used without asking; elsewhere those tests skip loudly."""
    if shutil.which("chromium") is None and apt.is_here() and os.geteuid() == 0:
        install(BROWSER_PACKAGES, logs)
