"""The launcher's side of the zygote: orders a process, hears of its start, sees its end and knows when it answers."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.children import end, spawn
from infra.place import Place
from infra.probe import Probe
from infra.topology import Process


@dataclass
class Service:
    """A process of the table. `pid` is None while it is down, 0 while it is ordered."""

    process: Process
    listener: socket.socket | None
    argument: str | None
    wanted: bool = False
    pid: int | None = None
    ending: int | None = None  # a pidfd: readable as soon as the process has ended
    since: float = 0.0
    deaths: int = 0
    restarts: int = 0
    due_at: float = 0.0
    down_at: float | None = None
    probe: Probe | None = None

    @property
    def port(self) -> int | None:
        """The port that it listens on, if any."""
        return None if self.listener is None else int(self.listener.getsockname()[1])

    @property
    def is_ready(self) -> bool:
        """Whether it runs and has answered."""
        return bool(self.pid) and self.probe is None

    def order(self, logs: Path) -> dict[str, Any]:
        """What the zygote is told."""
        process = self.process
        return {
            "name": process.name,
            "target": process.target,
            "log": str(logs / f"{process.name}.log"),
            "fd": None if self.listener is None else self.listener.fileno(),
            "argument": self.argument,
            "niceness": process.niceness,
        }

    def begin(self, pid: int) -> None:
        """Notes that it has started; from now on it is asked whether it answers."""
        self.pid, self.ending = pid, os.pidfd_open(pid)
        self.probe = Probe(self.port, self.argument)

    def bury(self) -> int:
        """Reaps it after its end and gives its exit code, negative for a signal."""
        _, status = os.waitpid(self.pid or 0, 0)
        if self.ending is not None:
            os.close(self.ending)
        if self.probe is not None:
            self.probe.close()
        self.pid, self.ending, self.probe = None, None, None
        return os.waitstatus_to_exitcode(status)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, if it runs."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class ZygoteLine:
    """One zygote process and the line to it."""

    def __init__(self, place: Place, env: Mapping[str, str], services: Sequence[Service]) -> None:
        ours, theirs = socket.socketpair()
        listeners = [one.listener.fileno() for one in services if one.listener is not None]
        modules = sorted({one.process.module for one in services})
        argv = [sys.executable, "-P", "-m", "infra.zygote", str(theirs.fileno())]
        argv += [",".join(map(str, listeners)), ",".join(modules)]
        # More than one BLAS or OpenMP thread would exist before the fork, and a fork copies only one.
        single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.process: subprocess.Popen[bytes] = spawn(
            argv,
            log=place.logs / "zygote.log",
            on_orphan=signal.SIGKILL,
            env={**os.environ, **env, **single},
            pass_fds=[theirs.fileno(), *listeners],
        )
        theirs.close()
        ours.setblocking(False)
        self.socket = ours
        self.since = time.time()
        self.is_ready = False
        self.is_open = True
        self._pending = b""

    def tell(self, order: Mapping[str, Any]) -> None:
        """Sends one order; a line that has broken is noticed by the next hearing."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(json.dumps(order).encode() + b"\n")

    def hear(self) -> list[dict[str, Any]]:
        """The facts that have arrived."""
        try:
            heard = self.socket.recv(65536)
        except BlockingIOError:
            return []
        except ConnectionResetError:
            heard = b""
        self.is_open = bool(heard)
        *whole, self._pending = (self._pending + heard).split(b"\n")
        facts: list[dict[str, Any]] = [json.loads(one) for one in whole]
        self.is_ready = self.is_ready or any(fact["fact"] == "ready" for fact in facts)
        return facts

    def close(self) -> int | None:
        """Hangs up, ends the process and gives its exit code."""
        self.is_open = False
        self.socket.close()
        end(self.process, signal.SIGKILL, patience_s=1.0)
        return self.process.returncode
