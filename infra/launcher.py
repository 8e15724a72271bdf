"""Keeps PostgreSQL, Redis, the zygote and every service alive, and takes all of them down together.

Everything is a child of this process, by birth or by adoption, and dies with it.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.children import adopt_orphans, bury, end
from infra.place import Place
from infra.services import Service, ZygoteLine
from infra.steps import Refusal, say
from infra.wishes import Wishes

_TICK_S = 0.1
_STOP_SERVICES_S = 2.6
_STOP_S = 4.5
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
    restarts: int = 0
    due_at: float = 0.0
    down_at: float | None = None


@dataclass
class Launcher:
    """Everything that runs in one place. One thread: `tick` does what is due and returns."""

    place: Place
    env: Mapping[str, str]
    services: dict[str, Service]
    wishes: Wishes
    daemons: dict[str, Daemon] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    zygote: ZygoteLine | None = None
    zygote_deaths: int = 0
    zygote_due_at: float = 0.0
    _written: str = ""

    def keep(self, daemon: Daemon) -> subprocess.Popen[bytes]:
        """Starts a daemon and keeps it alive from now on."""
        daemon.process = daemon.start()
        daemon.since = time.time()
        self.daemons[daemon.name] = daemon
        return daemon.process

    def start_zygote(self) -> None:
        """Starts the process from which all services are forked; its imports take seconds, so start it early."""
        adopt_orphans()
        self.zygote = ZygoteLine(self.place, self.env, list(self.services.values()))

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

    def wait_ready(self, names: Sequence[str], timeout_s: float = 120.0) -> None:
        """Waits until these services have answered; refuses with the log to read when one does not."""

        def settled() -> bool:
            return self.zygote_deaths > 1 or all(self.services[name].is_ready for name in names)

        if not self.wait(settled, timeout_s) or self.zygote_deaths > 1:
            late = [name for name in names if not self.services[name].is_ready]
            raise Refusal(f"{', '.join(late)} did not start. Read {self.place.logs}/{late[0]}.log and zygote.log.")

    def tick(self) -> None:
        """One round: hear what has happened, start what is due, write the state. A wish to stop is raised after it."""
        with self.wishes.unbroken():
            self._round()

    def _round(self) -> None:
        self._listen()
        now = time.monotonic()
        for daemon in self.daemons.values():
            self._watch_daemon(daemon, now)
        self._watch_zygote(now)
        for service in self.services.values():
            self._settle(service)
            if service.wanted and service.pid is None and now >= service.due_at:
                self._order(service)
        self._bury_strangers()
        self._write_state()

    def errand(self, name: str, target: str, argument: str) -> None:
        """Has the zygote fork a function that does one thing and ends."""
        if self.zygote is not None:
            log = str(self.place.logs / f"{name}.log")
            self.zygote.tell({"name": name, "target": target, "log": log, "argument": argument})

    def restart(self, names: Sequence[str]) -> None:
        """Ends these services politely; the next ticks bring them back."""
        for name in names:
            self.services[name].send(signal.SIGTERM)

    def stop(self) -> None:
        """Takes everything down within five seconds, politely first."""
        began = time.monotonic()
        for service in self.services.values():
            service.wanted = False
            service.send(signal.SIGTERM)
        self.wait(lambda: not any(one.pid for one in self.services.values()), _STOP_SERVICES_S)
        for service in self.services.values():
            service.send(signal.SIGKILL)
        for daemon in self.daemons.values():
            if daemon.process is not None and daemon.process.poll() is None:
                daemon.process.send_signal(daemon.farewell)
        if self.zygote is not None:
            self.zygote.close()
        for daemon in self.daemons.values():
            if daemon.process is not None:
                left_s = max(1.0, _STOP_S - (time.monotonic() - began))
                end(daemon.process, daemon.farewell, patience_s=left_s, then=signal.SIGQUIT)
        self.place.state.unlink(missing_ok=True)
        shutil.rmtree(self.place.run, ignore_errors=True)  # sockets only; the next start makes them anew

    def _order(self, service: Service) -> None:
        """Has the zygote fork a service, once it is ready; the report of its pid follows."""
        if self.zygote is None or not self.zygote.is_ready or not self.zygote.is_open:
            return
        if service.argument is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(service.argument)
        service.pid, service.since = 0, time.time()
        self.zygote.tell(service.order(self.place.logs))

    def _listen(self) -> None:
        """Waits up to a tick for the zygote's reports, the services' first answers and their ends."""
        ends = {one.ending: one for one in self.services.values() if one.ending is not None}
        probes = {one.probe.socket: one.probe for one in self.services.values() if one.probe and one.probe.socket}
        lines = [self.zygote.socket] if self.zygote is not None and self.zygote.is_open else []
        watched: list[socket.socket | int] = [*lines, *probes, *ends]
        readable, _, _ = select.select(watched, [], [], _TICK_S)
        for ready in readable:
            if isinstance(ready, int):
                self._mourn(ends[ready])
            elif ready in probes:
                probes[ready].read()
            elif self.zygote is not None:
                self._note(self.zygote.hear())

    def _note(self, facts: Sequence[dict[str, Any]]) -> None:
        for fact in facts:
            if fact["fact"] == "started" and fact["name"] in self.services:
                self.services[fact["name"]].begin(fact["pid"])

    def _settle(self, service: Service) -> None:
        """Notes a service that has answered, and asks again one that has not."""
        if service.probe is None:
            return
        if not service.probe.answered:
            service.probe.ask()
            return
        service.probe = None
        if service.down_at is not None:
            took_s = time.monotonic() - service.down_at
            say(f"{service.process.name} is back after {took_s:.2f} s (pid {service.pid})")
            service.down_at = None

    def _mourn(self, service: Service) -> None:
        """Buries a service and sets when it comes back."""
        pid, manner = service.pid, _manner(service.bury())
        if not service.wanted:
            return
        service.deaths = 1 if time.time() - service.since > _STEADY_S else service.deaths + 1
        service.restarts += 1
        now = time.monotonic()
        service.down_at = service.down_at or now
        service.due_at = now + delay_s(service.deaths)
        say(f"{service.process.name} (pid {pid}) {manner}; starting it again")

    def _watch_daemon(self, daemon: Daemon, now: float) -> None:
        if daemon.process is not None and daemon.process.poll() is not None:
            say(f"{daemon.name} (pid {daemon.process.pid}) {_manner(daemon.process.returncode)}; starting it again")
            daemon.deaths = 1 if time.time() - daemon.since > _STEADY_S else daemon.deaths + 1
            daemon.restarts += 1
            daemon.process, daemon.due_at = None, now + delay_s(daemon.deaths)
            daemon.down_at = daemon.down_at or now
        if daemon.process is None and now >= daemon.due_at:
            daemon.process, daemon.since = daemon.start(), time.time()
        if daemon.down_at is not None and daemon.process is not None and daemon.is_ready(daemon.process):
            say(f"{daemon.name} is back after {time.monotonic() - daemon.down_at:.2f} s (pid {daemon.process.pid})")
            daemon.down_at = None

    def _watch_zygote(self, now: float) -> None:
        """Starts a new zygote for one that has ended; the services live on meanwhile."""
        if self.zygote is None:
            return
        if self.zygote.is_open and self.zygote.process.poll() is not None:
            self._note(self.zygote.hear())  # what it managed to report before its end
            self.zygote.is_open = False
        if not self.zygote.is_open and self.zygote_due_at == 0.0:
            pid = self.zygote.process.pid
            say(f"the zygote (pid {pid}) {_manner(self.zygote.close())}; starting another, the services run on")
            self.zygote_deaths += 1
            self.zygote_due_at = now + delay_s(self.zygote_deaths)
            for service in self.services.values():
                service.pid = service.pid or None  # an order that nobody will carry out
        if not self.zygote.is_open and now >= self.zygote_due_at:
            self.zygote_due_at = 0.0
            self.start_zygote()

    def _bury_strangers(self) -> None:
        """Reaps whatever else was adopted, such as the servers that a killed PostgreSQL leaves."""
        known = {one.pid for one in self.services.values() if one.pid}
        known |= {one.process.pid for one in self.daemons.values() if one.process is not None}
        if self.zygote is not None:
            known.add(self.zygote.process.pid)
        bury(known)

    def _write_state(self) -> None:
        """Writes what runs, when that has changed, in one step."""
        processes: dict[str, dict[str, Any]] = {
            name: {
                "pid": one.process.pid if one.process else None,
                "since": one.since,
                "restarts": one.restarts,
                "ready": one.down_at is None,
            }
            for name, one in self.daemons.items()
        }
        if self.zygote is not None:
            zygote = {"pid": self.zygote.process.pid, "since": self.zygote.since, "restarts": self.zygote_deaths}
            processes["zygote"] = {**zygote, "ready": self.zygote.is_ready}
        for name, one in self.services.items():
            shown = {"pid": one.pid, "port": one.port, "since": one.since, "restarts": one.restarts}
            processes[name] = {**shown, "ready": one.is_ready}
        text = json.dumps({**self.facts, "pid": os.getpid(), "processes": processes}, indent=1)
        if text == self._written:
            return
        scratch = self.place.state.with_suffix(".part")
        with contextlib.suppress(OSError):  # on a full disk the next tick tries again; everything else goes on
            scratch.write_text(text)
            scratch.replace(self.place.state)
            self._written = text


def _manner(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
