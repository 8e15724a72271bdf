"""Finds the programs that Muster needs on this machine, and installs them with apt where that is allowed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.steps import Refusal, command, say

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
DEBIAN_SHARE = Path("/usr/share/postgresql")
POSTGRES_PACKAGES = ("postgresql-postgis",)
REDIS_PACKAGES = ("redis-server",)
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")

# Debian starts a server as soon as it is installed, on the well-known ports; Muster needs the programs alone.
_WITHOUT_STARTING = """
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
"$@"
"""


def newest(majors: Iterable[str]) -> str | None:
    """The highest of PostgreSQL's major versions among folder names."""
    numbers = [name for name in majors if re.fullmatch(r"\d+", name)]
    return max(numbers, key=int, default=None)


def find_postgres() -> Path | None:
    """The folder of a PostgreSQL's programs that has PostGIS, or None."""
    if DEBIAN_POSTGRES.is_dir():
        fit = [
            entry.name
            for entry in DEBIAN_POSTGRES.iterdir()
            if (DEBIAN_SHARE / entry.name / "extension" / "postgis.control").exists()
            and (entry / "bin" / "initdb").exists()
        ]
        best = newest(fit)
        if best is not None:
            return DEBIAN_POSTGRES / best / "bin"
    return _postgres_on_path()


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
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


def _as_root() -> list[str]:
    """How to become root for apt: nothing when we are, sudo when a person at the terminal accepts it."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None or not sys.stdin.isatty():
        raise Refusal(_by_hand())
    print(
        f"Muster needs: {' '.join(POSTGRES_PACKAGES + REDIS_PACKAGES)}. Install them with sudo apt-get? [y/N] ", end=""
    )
    if input().strip().lower() not in {"y", "yes", "j", "是"}:
        raise Refusal(_by_hand())
    subprocess.run(["sudo", "-v"], check=True)
    return ["sudo"]


def _by_hand() -> str:
    wanted = " ".join(POSTGRES_PACKAGES + REDIS_PACKAGES)
    return (
        f"PostgreSQL with PostGIS and Redis are needed. Install them (as root: apt-get install {wanted}), or give "
        "MUSTER_DATABASE_URL and MUSTER_REDIS_URL of running ones, and start again."
    )


def install(packages: Iterable[str], logs: Path) -> None:
    """Installs Debian packages, saying so first; the services that they would start themselves stay off."""
    if shutil.which("apt-get") is None:
        raise Refusal(_by_hand())
    root = _as_root()
    names = list(packages)
    say(f"these will be installed with apt-get: {' '.join(names)}")
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=180"]
    command("reading Debian's package lists", [*apt, "update"], log=logs / "apt-update.log")
    asked = [*apt, "install", "-y", "--no-install-recommends", *names]
    command(
        "installing with apt-get", [*root, "sh", "-c", _WITHOUT_STARTING, "sh", *asked], log=logs / "apt-install.log"
    )


def provide(logs: Path, *, postgres: bool, redis: bool) -> None:
    """Makes sure that the wanted programs are here: found, else installed, else refused with a sentence."""
    missing: list[str] = []
    if postgres and find_postgres() is None:
        missing.extend(POSTGRES_PACKAGES)
    if redis and find_redis() is None:
        missing.extend(REDIS_PACKAGES)
    if missing:
        install(missing, logs)
    if (postgres and find_postgres() is None) or (redis and find_redis() is None):
        raise Refusal(_by_hand())


def provide_browser(logs: Path) -> None:
    """Chromium for the browser tests, where apt may be used without asking; elsewhere those tests skip loudly."""
    if shutil.which("chromium") is None and shutil.which("apt-get") is not None and os.geteuid() == 0:
        install(BROWSER_PACKAGES, logs)
