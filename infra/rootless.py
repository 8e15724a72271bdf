"""Debian packages for an account that may install nothing: downloaded, unpacked into a folder, run from there."""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.alone import alone
from infra.disk import require
from infra.steps import Refusal, command, say

NEED_MB = 900
_STATUS = Path("/var/lib/dpkg/status")
# What a machine has apt do besides (tell a desktop, tidy a cache) expects root.
_HOOKS = ("APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success")


def environment(prefix: Path) -> dict[str, str]:
    """What the programs in a prefix need to find their libraries and PROJ's tables."""
    folders = [folder for where in ("usr/lib", "lib") for folder in sorted((prefix / where).glob("*-linux-*"))]
    folders += [nested for folder in folders for nested in _nested(folder)]
    return {
        "LD_LIBRARY_PATH": ":".join(str(folder) for folder in folders),
        "PROJ_DATA": str(prefix / "usr/share/proj"),
        "GDAL_DATA": str(prefix / "usr/share/gdal"),
    }


def _nested(folder: Path) -> list[Path]:
    """Folders of libraries that Debian reaches by alternatives, which nobody sets up here (BLAS, LAPACK)."""
    return [folder / name for name in ("blas", "lapack") if (folder / name).is_dir()]


def fetch(packages: Sequence[str], prefix: Path, logs: Path, *, still_wanted: Callable[[], bool]) -> None:
    """Downloads packages with all that they need and this system lacks, and unpacks them whole or not at all.

    Debian's signatures are checked as always; only apt's lists and downloads lie in a folder of our own.
    """
    prefix.parent.mkdir(parents=True, exist_ok=True)
    with alone(prefix.with_name("prefix.lock"), "another copy fetches the database's programs"):
        if not still_wanted():
            return
        say(f"these will be unpacked into {prefix}, {NEED_MB} MB at most meanwhile: {' '.join(packages)}")
        require(prefix, NEED_MB)
        state = prefix.with_name("apt")
        _download(packages, state, logs)
        unpacked = prefix.with_name("prefix.part")
        shutil.rmtree(unpacked, ignore_errors=True)
        unpacked.mkdir()
        archives = sorted((state / "archives").glob("*.deb"))
        script = 'target=$1; shift; for archive; do echo "$archive"; dpkg-deb -x "$archive" "$target" || exit 1; done'
        argv = ["sh", "-c", script, "sh", str(unpacked), *map(str, archives)]
        command(f"unpacking {len(archives)} packages", argv, log=logs / "unpack.log")
        name_controls(unpacked)
        _try_out(unpacked)
        shutil.rmtree(prefix, ignore_errors=True)
        unpacked.rename(prefix)
        shutil.rmtree(state)


def _download(packages: Sequence[str], state: Path, logs: Path) -> None:
    """Fetches lists and packages into `state`: a plain account may write neither of apt's own folders."""
    for folder in ("lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "status").write_text(without_ours(_STATUS.read_text(errors="surrogateescape")), errors="surrogateescape")
    (state / "apt.conf").write_text("".join(f"#clear {hook};\n" for hook in _HOOKS))
    own = {
        "Dir::State::status": state / "status",
        "Dir::State::lists": state / "lists",
        "Dir::State::extended_states": state / "extended_states",
        "Dir::Cache::archives": state / "archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Dir::Log": state,
        "Debug::NoLocking": "true",
    }
    get = ["apt-get", "-c", str(state / "apt.conf")]
    get += [part for name, value in own.items() for part in ("-o", f"{name}={value}")]
    command("reading Debian's package lists", [*get, "update"], log=logs / "apt-update.log")
    wanted = [*get, "install", "--download-only", "-y", "--no-install-recommends", *packages]
    command("downloading packages", wanted, log=logs / "apt-download.log")


def name_controls(root: Path) -> None:
    """Gives PostGIS's control files the names that Debian's own set-up scripts would give them."""
    for found in root.glob("usr/share/postgresql/*/extension/*-[0-9].control"):
        plain = found.with_name(f"{found.stem.rpartition('-')[0]}.control")
        if not plain.exists():
            plain.symlink_to(found.name)


def without_ours(status: str) -> str:
    """dpkg's list of what is installed, less PostgreSQL and Redis.

    A half set that the system has, such as a PostgreSQL without PostGIS, is thereby fetched whole.
    """
    stanzas = status.split("\n\n")
    return "\n\n".join(one for one in stanzas if not re.match(r"Package: (postgresql|redis|postgis)", one))


def _try_out(prefix: Path) -> None:
    """Refuses programs that do not run from where they were unpacked, with their own words."""
    env = environment(prefix)
    for program in (*prefix.glob("usr/lib/postgresql/*/bin/postgres"), prefix / "usr/bin/redis-server"):
        done = subprocess.run([program, "--version"], env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refusal(f"{program} does not run on this machine: {done.stderr.strip()}")
