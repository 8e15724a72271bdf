"""Fetches the pinned uv with nothing but the standard library, for machines that have python3 and no pip."""

import hashlib
import io
import os
import platform
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import NamedTuple

VERSION = "0.13.9"
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


def is_certificate_failure(error: BaseException) -> bool:
    """Whether a download failed because the machine has no certificate authorities to judge by."""
    reason = getattr(error, "reason", error)
    return isinstance(reason, ssl.SSLCertVerificationError)


def download(url: str) -> bytes:
    """The body behind an HTTPS address, certificates verified."""
    with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - the address is pinned above
        body: bytes = response.read()
        return body


def install_certificates() -> None:
    """Installs Debian's ca-certificates; refuses when this account may not."""
    if os.geteuid() != 0:
        raise Refusal("No CA certificates here. As root: apt-get install ca-certificates; then start again.")
    say("installing ca-certificates with apt-get, because this machine trusts no one yet")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    lock = ["-o", "DPkg::Lock::Timeout=180"]
    subprocess.run(["apt-get", *lock, "update", "-qq"], check=True, **quiet)  # type: ignore[call-overload]
    command = ["apt-get", *lock, "install", "-y", "-qq", "--no-install-recommends", "ca-certificates"]
    subprocess.run(command, check=True, **quiet)  # type: ignore[call-overload]


def fetch(wheel: Wheel) -> bytes:
    """The wheel's body, installing certificates once if that is all that is missing."""
    try:
        return download(wheel.url)
    except urllib.error.URLError as error:
        if not is_certificate_failure(error):
            raise
    install_certificates()
    # A fresh process: OpenSSL read the empty certificate folder when this one opened its first connection.
    code = "import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1], timeout=60).read())"
    return subprocess.run([sys.executable, "-c", code, wheel.url], check=True, stdout=subprocess.PIPE).stdout


def by_pip(target: Path) -> bool:
    """Installs uv beside the target with pip: some machines reach their package index only by pip's settings."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--target",
        str(target.parent / "pip"),
        f"uv=={VERSION}",
    ]
    if subprocess.run(command, check=False).returncode != 0:
        return False
    target.unlink(missing_ok=True)
    target.symlink_to(target.parent / "pip" / "bin" / "uv")
    return True


def install(target: Path) -> None:
    """Puts the pinned uv at `target`, or refuses with a sentence."""
    wheel = wheel_for(platform.system(), platform.machine())
    target.parent.mkdir(parents=True, exist_ok=True)
    say(f"downloading uv {VERSION} (17 MB) into {target.parent}")
    try:
        program = unpack(fetch(wheel), wheel.sha256)
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"direct download failed ({error}); trying pip")
        if by_pip(target):
            return
        raise Refusal("Could not install uv: neither PyPI nor pip could be reached. Check the network.") from error
    scratch = target.with_suffix(".part")
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
