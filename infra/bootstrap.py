"""Fetches the pinned uv with nothing but the standard library, for machines that have python3 and no pip."""

from __future__ import annotations  # an older Python must get as far as uv, which then brings a newer one

import hashlib
import http.client
import io
import os
import platform
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

VERSION = "0.13.9"
BEAT_S = 5.0
STARTED = time.monotonic()


class Wheel(NamedTuple):
    """One published build of uv."""

    url: str
    sha256: str


_FILES = "https://files.pythonhosted.org/packages/"
WHEELS = {
    ("linux", "x86_64"): Wheel(
        _FILES + "3d/aa/26d64642d808de4a652579ef950d7cd2d37f080a8babf9c67c6b75fc4c3f/"
        "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("linux", "aarch64"): Wheel(
        _FILES + "57/15/94b6cd62ac3ff6550288328e8035288875197cbc183f51554b266a69877b/"
        "uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
}


class Refusal(Exception):
    """A step that cannot be done here, said in words that tell what to do."""


def say(text: str) -> None:
    """Prints one step before it is done, with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


def wheel_for(system: str, machine: str) -> Wheel:
    """The build for a machine as `platform` names it; refuses a machine that Muster has no pinned uv for."""
    aliases = {"amd64": "x86_64", "arm64": "aarch64"}
    key = (system.lower(), aliases.get(machine.lower(), machine.lower()))
    if key not in WHEELS:
        raise Refusal(f"There is no pinned uv for {system} on {machine}; install uv {VERSION} by hand and start again.")
    return WHEELS[key]


def unpack(body: bytes, sha256: str) -> bytes:
    """The uv program inside a wheel; refuses a body whose SHA-256 is not the pinned one."""
    found = hashlib.sha256(body).hexdigest()
    if found != sha256:
        raise Refusal(f"The downloaded uv is not the pinned one (SHA-256 {found}, expected {sha256}); nothing was run.")
    with zipfile.ZipFile(io.BytesIO(body)) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".data/scripts/uv")]
        if len(names) != 1:
            raise Refusal("The downloaded wheel holds no uv program.")
        return wheel.read(names[0])


def download(url: str) -> bytes:
    """The body behind an HTTPS address, whoever serves it: the caller judges it by its pinned SHA-256 alone.

    Certificates are not looked at, because a fresh Debian has none to look with. Nothing is lost by that: the hash
    comes with the source code, so a body that somebody changed on its way is refused before a byte of it is read.
    """
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    with urllib.request.urlopen(url, timeout=60, context=anyone) as response:  # noqa: S310 - the address is pinned above
        return b"".join(told(response, int(response.headers.get("Content-Length") or 0)))


def told(body: IO[bytes], size: int) -> Iterator[bytes]:
    """The pieces of a body; says every few seconds how far it is, so that a slow line is told from a dead one."""
    had, next_word = 0, time.monotonic() + BEAT_S
    while piece := body.read(1 << 18):
        had += len(piece)
        if time.monotonic() >= next_word:
            next_word = time.monotonic() + BEAT_S
            say(f"  … {had / 1e6:.1f} of {size / 1e6:.1f} MB" if size else f"  … {had / 1e6:.1f} MB")
        yield piece


def by_pip(wheel: Wheel, scratch: Path) -> bytes | None:
    """The same program through pip, held to the same hash: some machines reach an index only by pip's settings."""
    folder = scratch.with_suffix(".pip")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    pinned = folder / "pinned.txt"
    pinned.write_text(f"uv=={VERSION} --hash=sha256:{wheel.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--dest", str(folder), "--requirement", str(pinned)]
    try:
        if subprocess.run(command, check=False).returncode != 0:
            return None
        return unpack(next(folder.glob("*.whl")).read_bytes(), wheel.sha256)
    finally:
        shutil.rmtree(folder)


def install(target: Path) -> None:
    """Puts the pinned uv at `target`, whole or not at all, or refuses with a sentence."""
    wheel = wheel_for(platform.system(), platform.machine())
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of our own: two starts at once must not write into each other's file.
    scratch = target.with_name(f"{target.name}.{os.getpid()}.part")
    say(f"downloading uv {VERSION} (17 MB) into {target.parent}")
    try:
        program: bytes | None = unpack(download(wheel.url), wheel.sha256)
    except (OSError, http.client.HTTPException) as error:
        say(f"direct download failed ({error}); trying pip")
        program = by_pip(wheel, scratch)
    if program is None:
        raise Refusal("Could not fetch uv: neither PyPI nor pip's index could be reached. Check the network and proxy.")
    scratch.write_bytes(program)
    scratch.chmod(0o755)
    scratch.replace(target)
    say("uv is ready")


def main() -> int:
    """Installs uv at the path given as the only argument."""
    try:
        install(Path(sys.argv[1]))
    except Refusal as refusal:
        print(f"muster: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"muster: uv could not be written to {sys.argv[1]}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
