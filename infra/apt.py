"""Installs Debian packages as root or by sudo, without starting what they bring and without cutting dpkg short."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.steps import Refusal, command, say

_PATIENCE_S = 300.0
_LOCKED = ("Could not get lock", "Unable to lock", "Unable to acquire the dpkg")
_YES = {"y", "yes", "j", "是"}

# Debian starts a server as soon as it is installed, on the well-known ports; Muster needs the programs alone. A policy
# that a killed start left behind bears our mark and is taken away again; one that the machine's owner made stays.
# `dpkg --configure -a` ends what an interrupted installation, ours or another's, has left half done.
_WITHOUT_STARTING = """
policy=/usr/sbin/policy-rc.d
mark='# laid by muster while it installs packages'
if [ ! -e "$policy" ] || grep -qxF "$mark" "$policy"; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" > "$policy" && chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
dpkg --configure -a
"$@"
"""


def is_here() -> bool:
    """Whether this system has apt."""
    return shutil.which("apt-get") is not None


def way_to_root(packages: Sequence[str]) -> list[str] | None:
    """How to become root for apt: nothing when we are, sudo when it is open or a person accepts it; None: no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if _sudo_is_open():
        return ["sudo", "-n"]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    print(f"Muster needs: {' '.join(packages)}. Install them with sudo apt-get? [y/N] ", end="", file=sys.stderr)
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in _YES:
        return None
    accepted = subprocess.run(["sudo", "-v"], check=False).returncode == 0 and _sudo_is_open()
    return ["sudo", "-n"] if accepted else None


def _sudo_is_open() -> bool:
    """Whether sudo asks for no password, by its rules or because one was given just now."""
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def install(packages: Sequence[str], as_root: Sequence[str], logs: Path, *, still_wanted: Callable[[], bool]) -> None:
    """Installs packages, saying so first; gives up when another copy has installed them while this one waited."""
    say(f"these will be installed with {' '.join([*as_root, 'apt-get'])}: {' '.join(packages)}")
    get = ["env", "LC_ALL=C", "apt-get", "-o", f"DPkg::Lock::Timeout={_PATIENCE_S:.0f}"]
    update = [*as_root, *get, "update"]
    asked = [*get, "install", "-y", "--no-install-recommends", *packages]
    steps = (
        ("reading Debian's package lists", update, logs / "apt-update.log"),
        ("installing with apt-get", [*as_root, "sh", "-c", _WITHOUT_STARTING, "sh", *asked], logs / "apt-install.log"),
    )
    for text, argv, log in steps:
        _patiently(text, argv, log, still_wanted)


def _patiently(text: str, argv: Sequence[str], log: Path, still_wanted: Callable[[], bool]) -> None:
    """Runs a step of apt, again as long as another apt holds one of its locks (it waits for some of them itself)."""
    deadline = time.monotonic() + _PATIENCE_S
    while still_wanted():
        try:
            command(text, argv, log=log, to_its_end=True)
            return
        except Refusal:
            said = log.read_text(errors="replace")
            if time.monotonic() > deadline or not any(word in said for word in _LOCKED):
                raise
        say("another apt is at work on this machine; waiting for it")
        time.sleep(2)
