"""Keeps PostgreSQL, Redis, the zygote and every service alive, and takes all of them down together."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.children import end, spawn
from infra.place import Place
from infra.probe import Probe
from infra.steps import Refusal, say
from infra.topology import Process

_TICK_S = 0.1
_STOP_SERVICES_S = 2.6
_STEADY_S = 10.0


def delay_s(deaths: int) -> float:
    """How long to wait before a restart: not at all the first time, never over a second."""
    return (0.0, 0.2, 0.5)[deaths - 1] if deaths <= 3 else 1.0


@dataclass
class Daemon:
    """A program of its own (a database), started by `start` and ready when `is_ready` says so."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    is_ready: Callable[[subprocess.Popen[bytes]], bool]
    farewell: signal.Signals
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    deaths: int = 0
    due_at: float = 0.0
    down_at: float | None = None


@dataclass
class Service:
    """A process of the table, forked by the zygote. `pid` is None while it is down."""

    process: Process
    listener: socket.socket | None
    argument: str | None
    wanted: bool = False
    pid: int | None = None
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
        return self.pid is not None and self.probe is None


@dataclass
class Launcher:
    """Everything that runs in one place. One thread: `tick` does what is due and returns."""

    place: Place
    env: Mapping[str, str]
    services: dict[str, Service]
    daemons: dict[str, Daemon] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    zygote: subprocess.Popen[bytes] | None = None
    zygote_ready: bool = False
    zygote_deaths: int = 0
    zygote_due_at: float = 0.0
    _line: socket.socket | None = None
    _pending: bytes = b""
    _written: str = ""

    def keep(self, daemon: Daemon) -> subprocess.Popen[bytes]:
        """Starts a daemon and keeps it alive from now on."""
        daemon.process = daemon.start()
        daemon.since = time.time()
        self.daemons[daemon.name] = daemon
        return daemon.process

    def start_zygote(self) -> None:
        """Starts the process from which all services are forked; its imports take seconds, so start it early."""
        ours, theirs = socket.socketpair()
        listeners = [one.listener.fileno() for one in self.services.values() if one.listener is not None]
        modules = sorted({one.process.module for one in self.services.values()})
        argv = [sys.executable, "-P", "-m", "infra.zygote", str(theirs.fileno())]
        argv += [",".join(map(str, listeners)), ",".join(modules)]
        env = {**os.environ, **self.env, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        log = self.place.logs / "zygote.log"
        fds = [theirs.fileno(), *listeners]
        self.zygote = spawn(argv, log=log, on_orphan=signal.SIGKILL, env=env, pass_fds=fds)
        theirs.close()
        ours.setblocking(False)
        self._line, self._pending, self.zygote_ready = ours, b"", False

    def want(self, names: Sequence[str]) -> None:
        """Services that shall run from now on."""
        for name in names:
            self.services[name].wanted = True

    def wait(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Ticks until a condition holds; false when it did not within the time."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            self.tick()
        return True

    def wait_ready(self, names: Sequence[str], timeout_s: float = 60.0) -> None:
        """Waits until these services have answered; refuses with the log to read when one does not."""

        def settled() -> bool:
            return self.zygote_deaths > 1 or all(self.services[name].is_ready for name in names)

        if not self.wait(settled, timeout_s) or self.zygote_deaths > 1:
            late = [name for name in names if not self.services[name].is_ready]
            raise Refusal(f"{', '.join(late)} did not start. Read {self.place.logs}/{late[0]}.log and zygote.log.")

    def tick(self) -> None:
        """One round: hear the zygote, notice the dead, start what is due, write the state."""
        self._listen()
        now = time.monotonic()
        self._watch_daemons(now)
        self._watch_zygote(now)
        for service in self.services.values():
            if self._is_due(service, now):
                self._order(service)
        self._write_state()

    def restart(self, names: Sequence[str]) -> None:
        """Ends these services politely; the next ticks bring them back."""
        for name in names:
            self._signal(self.services[name], signal.SIGTERM)

    def stop(self) -> None:
        """Takes everything down within five seconds, politely first."""
        for service in self.services.values():
            service.wanted = False
            self._signal(service, signal.SIGTERM)
        self.wait(lambda: not any(one.pid for one in self.services.values()), _STOP_SERVICES_S)
        for service in self.services.values():
            self._signal(service, signal.SIGKILL)
        if self._line is not None:
            self._line.close()
            self._line = None
        for daemon in self.daemons.values():
            if daemon.process is not None and daemon.process.poll() is None:
                daemon.process.send_signal(daemon.farewell)
        if self.zygote is not None:
            end(self.zygote, signal.SIGKILL, patience_s=0.5)
        for daemon in self.daemons.values():
            if daemon.process is not None:
                end(daemon.process, daemon.farewell, patience_s=1.0)
        self.place.state.unlink(missing_ok=True)

    def _is_due(self, service: Service, now: float) -> bool:
        return service.wanted and service.pid is None and self.zygote_ready and now >= service.due_at

    def _order(self, service: Service) -> None:
        """Has the zygote fork a service; the report of its pid follows."""
        process = service.process
        if process.has_socket and service.argument is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(service.argument)
        order = {
            "name": process.name,
            "target": process.target,
            "log": str(self.place.logs / f"{process.name}.log"),
            "fd": None if service.listener is None else service.listener.fileno(),
            "argument": service.argument,
            "niceness": process.niceness,
        }
        service.pid, service.since = 0, time.time()
        if self._line is not None:
            with contextlib.suppress(BrokenPipeError):
                self._line.sendall(json.dumps(order).encode() + b"\n")

    def _listen(self) -> None:
        """Waits up to a tick for the zygote's reports and the services' first answers."""
        probes = {one.probe.socket: one for one in self.services.values() if one.probe is not None and one.probe.socket}
        lines = [self._line] if self._line is not None else []
        readable, _, _ = select.select([*lines, *probes], [], [], _TICK_S)
        for ready in readable:
            if ready is self._line:
                self._hear()
            elif (service := probes[ready]).probe is not None:
                service.probe.read()
        for service in self.services.values():
            self._settle(service)

    def _settle(self, service: Service) -> None:
        """Notes a service that has answered, and asks again one that has not."""
        if service.probe is None or not service.pid:
            return
        if not service.probe.answered:
            service.probe.ask()
            return
        service.probe = None
        if service.down_at is not None:
            took_s = time.monotonic() - service.down_at
            say(f"{service.process.name} is back after {took_s:.2f} s (pid {service.pid})")
            service.down_at = None

    def _hear(self) -> None:
        if self._line is None:
            return
        try:
            heard = self._line.recv(65536)
        except (BlockingIOError, ConnectionResetError):
            return
        if not heard:
            self._line.close()
            self._line = None
            return
        *whole, self._pending = (self._pending + heard).split(b"\n")
        for one in whole:
            self._note(json.loads(one))

    def _note(self, fact: dict[str, Any]) -> None:
        """Takes one report of the zygote."""
        if fact["fact"] == "ready":
            self.zygote_ready = True
            return
        service = self.services[fact["name"]]
        if fact["fact"] == "started":
            service.pid = fact["pid"]
            service.probe = Probe(service.port, service.argument if service.process.has_socket else None)
        elif service.pid == fact["pid"]:
            self._mourn(service, _manner(fact["code"]))

    def _mourn(self, service: Service, manner: str) -> None:
        """Marks a service as down and sets when it comes back."""
        if not service.wanted:
            service.pid = None
            return
        lived_s = time.time() - service.since
        service.deaths = 1 if lived_s > _STEADY_S else service.deaths + 1
        service.restarts += 1
        now = time.monotonic()
        service.down_at = service.down_at or now
        service.due_at = now + delay_s(service.deaths)
        say(f"{service.process.name} (pid {service.pid}) {manner}; starting it again")
        if service.probe is not None:
            service.probe.close()
        service.pid, service.probe = None, None

    def _watch_daemons(self, now: float) -> None:
        for daemon in self.daemons.values():
            if daemon.process is not None and daemon.process.poll() is not None:
                manner = _manner(daemon.process.returncode)
                say(f"{daemon.name} (pid {daemon.process.pid}) {manner}; starting it again")
                daemon.deaths = 1 if time.time() - daemon.since > _STEADY_S else daemon.deaths + 1
                daemon.process, daemon.due_at = None, now + delay_s(daemon.deaths)
                daemon.down_at = daemon.down_at or now
            if daemon.process is None and now >= daemon.due_at:
                daemon.process, daemon.since = daemon.start(), time.time()
            if daemon.down_at is not None and daemon.process is not None and daemon.is_ready(daemon.process):
                say(f"{daemon.name} is back after {now - daemon.down_at:.2f} s (pid {daemon.process.pid})")
                daemon.down_at = None

    def _watch_zygote(self, now: float) -> None:
        if self.zygote is None:
            return
        if self.zygote.poll() is not None and self._line is not None:
            self._line.close()
            self._line = None
        if self._line is None and self.zygote_due_at == 0.0:
            end(self.zygote, signal.SIGKILL, patience_s=1.0)
            manner = _manner(self.zygote.returncode)
            say(f"the zygote (pid {self.zygote.pid}) {manner}; starting it again with all services")
            self.zygote_ready = False
            self.zygote_deaths += 1
            self.zygote_due_at = now + delay_s(self.zygote_deaths)
            for service in self.services.values():
                if service.pid is not None:
                    self._mourn(service, "went with it")
        if self._line is None and now >= self.zygote_due_at:
            self.zygote_due_at = 0.0
            self.start_zygote()

    def _signal(self, service: Service, number: signal.Signals) -> None:
        if service.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(service.pid, number)

    def _write_state(self) -> None:
        """Writes what runs, when that has changed, in one step."""
        running = {
            name: {
                "pid": one.pid,
                "port": one.port,
                "since": one.since,
                "restarts": one.restarts,
                "ready": one.is_ready,
            }
            for name, one in self.services.items()
            if one.wanted
        }
        databases = {
            name: {"pid": one.process.pid if one.process else None, "since": one.since, "restarts": one.deaths}
            for name, one in self.daemons.items()
        }
        zygote = {"zygote": {"pid": self.zygote.pid if self.zygote else None}}
        text = json.dumps({**self.facts, "pid": os.getpid(), "processes": {**databases, **zygote, **running}}, indent=1)
        if text == self._written:
            return
        scratch = self.place.state.with_suffix(".part")
        scratch.write_text(text)
        scratch.replace(self.place.state)
        self._written = text


def _manner(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
