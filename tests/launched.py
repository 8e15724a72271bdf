"""A copy of Muster for tests: starts the launcher as a person does, reads its state, kills, asks and ends."""

import os
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.children import wait_until
from infra.place import Place
from infra.status import read_state

START_S = 180
END_S = 60  # five seconds are promised; a busy disk may hold a process that is being killed for longer


class Copy:
    """One running copy of Muster, started as a person starts it."""

    def __init__(self, data: Path, argv: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self.place = Place(data.resolve())
        self.log = data.parent / f"{data.name}.log"
        self.argv = argv
        _started.append(self)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}
        self.env = clean | dict(env or {})
        self.start()

    def start(self, *more: str) -> None:
        """Starts the launcher, once more if it has ended; `more` follows the arguments."""
        argv = [*self.argv, *more]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(argv, stdout=out, stderr=out, env=self.env, start_new_session=True)

    def state(self) -> dict[str, Any]:
        """What the launcher says about itself; empty before it does."""
        return read_state(self.place) or {}

    def is_up(self) -> bool:
        """Whether every process runs and has answered."""
        found = self.state().get("processes", {}).values()
        return bool(found) and all(one.get("pid") and one.get("ready", True) for one in found)

    def wait_up(self) -> "Copy":
        """Waits for the start."""
        wait_until(lambda: self.is_up() or self.process.poll() is not None, START_S)
        assert self.is_up(), self.log.read_text()
        return self

    def pid(self, name: str) -> int:
        """The pid of a process, 0 while it is down."""
        return int(self.state()["processes"][name]["pid"] or 0)

    def pids(self) -> list[int]:
        """Every process of this copy but the launcher."""
        return [int(one["pid"]) for one in self.state()["processes"].values()]

    def ask(self, name: str, path: str = "/") -> int:
        """The pid that answers on a service's port."""
        port = self.state()["processes"][name]["port"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return int(answer.read())

    def kill(self, name: str, timeout_s: float = 60) -> int:
        """Kills a process and waits until another has taken its place and all are up; gives the old pid."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        assert wait_until(lambda: self.pid(name) not in {0, before} and self.is_up(), timeout_s), self.log.read_text()
        return before

    def finish(self) -> None:
        """Ends it, whatever state it is in; one that does not end is killed and shows what it said last."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        if not wait_until(lambda: self.process.poll() is not None, END_S):
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"not ended {END_S} s after SIGTERM: {self.log.read_text()}")


_started: list[Copy] = []


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that the database server's account may walk into; pytest keeps its own ones shut.

    A copy that still runs in it at the end, because a test failed before it ended it, is killed.
    """
    with tempfile.TemporaryDirectory(prefix="muster-test-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            _kill_left_in(folder)


def _kill_left_in(folder: Path) -> None:
    for copy in [each for each in _started if each.place.data.is_relative_to(folder.resolve())]:
        _started.remove(copy)
        copy.process.kill()
        copy.process.wait()


def children_of(pid: int) -> list[int]:
    """The direct children of a process."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
