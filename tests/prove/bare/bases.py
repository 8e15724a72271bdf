"""Bare Debian systems, made once by debootstrap and kept: only python3 and git, or with a few packages more."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.alone import alone
from infra.steps import Refusal, command, say
from tests.prove.bare.settings import carry_into

CACHE = Path(os.environ.get("MUSTER_PROVE_CACHE", "/var/cache/muster-prove"))
MIRROR = "http://deb.debian.org/debian"
ALICE = 1000


@dataclass(frozen=True)
class Base:
    """A Debian release, and what is installed on it beyond python3 and git."""

    suite: str
    extra: tuple[str, ...] = ()

    @property
    def layers(self) -> tuple[Path, ...]:
        """The folders that make it, the uppermost first."""
        bare = CACHE / self.suite
        return (CACHE / "+".join((self.suite, *self.extra)), bare) if self.extra else (bare,)


BOOKWORM, TRIXIE = Base("bookworm"), Base("trixie")
WITH_SUDO = Base("bookworm", ("sudo",))
WITH_PACKAGES = Base("bookworm", ("postgresql-postgis", "redis-server"))


def provide(base: Base) -> Base:
    """The base, made unless it is there; whole or not at all."""
    if os.geteuid() != 0:
        raise Refusal("Bare machines are made with debootstrap and chroot: run this as root.")
    CACHE.mkdir(parents=True, exist_ok=True)
    with alone(CACHE / "lock", "another proof makes bare machines"):
        if not (CACHE / base.suite).exists():
            _bootstrap(base.suite)
        if base.extra and not base.layers[0].exists():
            _install(base)
    return base


def _bootstrap(suite: str) -> None:
    """A minimal Debian with python3 and git and an account `alice`."""
    if shutil.which("debootstrap") is None:
        command("installing debootstrap", ["apt-get", "install", "-y", "debootstrap"], log=CACHE / "apt.log")
    scratch = CACHE / f"{suite}.part"
    shutil.rmtree(scratch, ignore_errors=True)
    argv = ["debootstrap", "--variant=minbase", "--include=python3,git", suite, str(scratch), MIRROR]
    command(f"making a bare Debian {suite}", argv, log=CACHE / f"{suite}.log")
    run = ["chroot", str(scratch), "useradd", "--create-home", "--uid", str(ALICE), "--shell", "/bin/sh", "alice"]
    subprocess.run(run, check=True)
    shutil.rmtree(scratch / "var/cache/apt/archives")
    (scratch / "var/cache/apt/archives/partial").mkdir(parents=True)
    carry_into(scratch)
    scratch.rename(CACHE / suite)


def _install(base: Base) -> None:
    """A layer above a bare Debian in which a few packages are installed, their services left off."""
    say(f"making a {base.suite} with {', '.join(base.extra)}")
    layer = base.layers[0]
    parts = {name: layer.with_name(f"{layer.name}.{name}") for name in ("part", "work", "root")}
    for folder in parts.values():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    options = f"lowerdir={base.layers[1]},upperdir={parts['part']},workdir={parts['work']}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(parts["root"])], check=True)
    try:
        argv = ["chroot", str(parts["root"]), "env", *apt_environment(), "sh", "-ec", _SCRIPT, "sh", *base.extra]
        command("installing packages", argv, log=CACHE / f"{layer.name}.log")
    finally:
        subprocess.run(["umount", str(parts["root"])], check=True)
    for name in ("work", "root"):
        shutil.rmtree(parts[name])
    parts["part"].rename(layer)


_SCRIPT = """
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
apt-get update -qq; apt-get install -y --no-install-recommends "$@"; apt-get clean; rm /usr/sbin/policy-rc.d
if command -v sudo; then echo 'alice ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/alice; chmod 440 /etc/sudoers.d/alice; fi
"""


def apt_environment() -> Sequence[str]:
    """What apt in a bare machine runs with."""
    return ["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]
