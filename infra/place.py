"""The data directory of one copy of Muster: every path, socket and port follows from it, so two copies never meet."""

import hashlib
import os
import shutil
import socket
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.steps import Refusal

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".data" / "tools"
_FIRST_PORT, _PORTS = 12_000, 18_000  # below the range from which Linux takes ports for outgoing connections
_TRIES = 40
_MARK = "muster-data"


@dataclass(frozen=True)
class Place:
    """One data directory and what follows from it. Nothing here touches the disk but the methods that say so."""

    data: Path

    @property
    def digest(self) -> str:
        """A short name for this directory, stable as long as its path is."""
        return hashlib.sha256(os.fsencode(self.data)).hexdigest()[:10]

    @property
    def run(self) -> Path:
        """The folder of sockets; short, because a socket's path may have no more than 107 bytes."""
        return Path(tempfile.gettempdir()) / f"muster-{os.getuid()}-{self.digest}"

    @property
    def logs(self) -> Path:
        """The folder with one log per process."""
        return self.data / "logs"

    @property
    def keys(self) -> Path:
        """The folder of secrets, readable by the owner alone."""
        return self.data / "keys"

    @property
    def state(self) -> Path:
        """What is running here, written by the launcher for `status` and `stop`."""
        return self.data / "state.json"

    @property
    def lock(self) -> Path:
        """Held by the launcher as long as it lives."""
        return self.data / "lock"

    @property
    def first_port(self) -> int:
        """The first of the ports that this copy asks for."""
        return _FIRST_PORT + int(self.digest, 16) % _PORTS

    def make(self) -> None:
        """Creates the directory with its mark, and the private folder of sockets."""
        strange = self.data.exists() and {entry.name for entry in self.data.iterdir()} - {"tools", "lock"}
        if strange and not (self.data / _MARK).exists():
            raise Refusal(f"{self.data} holds something that is not Muster's; choose an empty directory with --data.")
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / _MARK).write_text("Everything in this directory belongs to one copy of Muster.\n")
        self.logs.mkdir(exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
        make_private(self.run, 0o711 if os.geteuid() == 0 else 0o700)

    def erase(self) -> None:
        """Removes everything of this copy; refuses a directory that does not bear Muster's mark."""
        if not self.data.exists() or not any(self.data.iterdir()):
            return
        if not (self.data / _MARK).exists():
            raise Refusal(f"{self.data} does not bear Muster's mark; it was not erased.")
        for entry in self.data.iterdir():
            if entry.name in {"tools", "lock"}:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def make_private(folder: Path, mode: int) -> None:
    """Creates a folder in a place that others can write to; refuses one that somebody else laid there."""
    folder.mkdir(mode=mode, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Refusal(f"{folder} belongs to somebody else; remove it, or set TMPDIR to a folder of your own.")
    folder.chmod(mode)


def listen(preferred: int, *, host: str = "127.0.0.1", tries: int = _TRIES) -> socket.socket:
    """A listening socket on the preferred port, or on the next free one; refuses when none of `tries` is free."""
    for port in range(preferred, preferred + tries):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, port))
            made.listen(2048)
        except OSError:
            made.close()
            continue
        return made
    raise Refusal(f"No free port from {preferred} to {preferred + tries - 1} on {host}; choose one with --port.")
