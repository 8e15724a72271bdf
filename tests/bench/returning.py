"""Screens that lost their line come back all at once, in one light process: ticket, line, hello, what was missed."""

import json
import select
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from tests.bench.sink import Line, Seat, seat

STREAM = "dispatch"
PATIENCE_S = 60.0
RETRY_S = 0.5


@dataclass(frozen=True)
class Missed:
    """What every screen holds and what it must reach: its cursor, that cursor's event number, and the last number."""

    cursor: str
    first: int
    last: int


@dataclass
class Outcome:
    """How it went: seconds until each screen was whole again, how often one had to ask twice, what was wrong."""

    whole_s: list[float] = field(default_factory=list)
    asked_again: int = 0
    faults: list[str] = field(default_factory=list)


class Asking(Line):
    """The HTTP connection on which a screen asks for its ticket."""

    def __init__(self, port: int, cookie: str) -> None:
        body = "{}"
        lines = ["POST /api/gateway/ws-ticket HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Cookie: {cookie}"]
        lines += [f"Origin: http://127.0.0.1:{port}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        super().__init__(Seat(port, "\r\n".join([*lines, "", body]).encode()))
        self.cookie = cookie

    def ticket(self) -> str | None:
        """The ticket once the answer is whole, empty for a refusal."""
        self.held += self.socket.recv(4096)
        head, _, body = bytes(self.held).partition(b"\r\n\r\n")
        if not body:
            return None
        return str(json.loads(body)["ticket"]) if b" 20" in head[:12] else ""


@dataclass
class Screens:
    """All of them, and the frames that were already found whole: equal bytes are looked at once."""

    port: int
    missed: Missed
    outcome: Outcome = field(default_factory=Outcome)
    asking: dict[int, Asking] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    seen: dict[bytes, tuple[int, int] | None] = field(default_factory=dict)
    again: list[tuple[float, str]] = field(default_factory=list)

    def come_back(self, cookies: Sequence[str]) -> None:
        """All at once, until each is whole again."""
        self.poll, began = select.epoll(), time.monotonic()
        for cookie in cookies:
            self._ask(cookie)
        while self.asking or self.lines or self.again:
            assert time.monotonic() - began < PATIENCE_S, f"{len(self.lines)} screens are not whole after a minute"
            for number, _ in self.poll.poll(0.1):
                self._hear(number, began)
            due = [cookie for at, cookie in self.again if at <= time.monotonic()]
            self.again = [each for each in self.again if each[1] not in due]
            for cookie in due:
                self._ask(cookie)

    def _ask(self, cookie: str) -> None:
        asked = Asking(self.port, cookie)
        self.asking[asked.socket.fileno()] = asked
        self.poll.register(asked.socket, select.EPOLLIN)

    def _hear(self, number: int, began: float) -> None:
        if number in self.asking:
            self._answered(number)
            return
        line = self.lines[number]
        for text in line.hear():
            self._take(line, text)
        if line.last is not None and line.last >= self.missed.last:
            self.outcome.whole_s.append(time.monotonic() - began)
            self.poll.unregister(self.lines.pop(number).socket)

    def _answered(self, number: int) -> None:
        asked = self.asking[number]
        ticket = asked.ticket()
        if ticket is None:
            return
        self.poll.unregister(self.asking.pop(number).socket)
        if not ticket:
            self.outcome.asked_again += 1
            self.again.append((time.monotonic() + RETRY_S, asked.cookie))
            return
        hello = {"type": "hello", "realm": "live", "cursor": self.missed.cursor}
        line = Line(seat(self.port, ("muster", ticket), hello))
        line.last = self.missed.first
        self.lines[line.socket.fileno()] = line
        self.poll.register(line.socket, select.EPOLLIN)

    def _take(self, line: Line, text: bytes) -> None:
        if text not in self.seen:
            self.seen[text] = covered(text, self.outcome.faults)
        span = self.seen[text]
        if span is None:
            return
        if span[0] != (line.last or 0) + 1:
            self.outcome.faults.append(f"goes on at {span[0]} after {line.last}")
        line.last = span[1]


def covered(text: bytes, faults: list[str]) -> tuple[int, int] | None:
    """First and last number of a frame of events of the stream, each event looked at; None for any other frame."""
    frame = json.loads(text)
    if frame["type"] == "snapshot":
        faults.append("a screen that missed little was given everything anew")
    if frame["type"] != "events" or frame["stream"] != STREAM:
        return None
    first, last = frame["from_seq"], frame["to_seq"]
    if [each["seq"] for each in frame["events"]] != list(range(first, last + 1)):
        faults.append(f"{first} to {last} does not hold these events")
    return first, last


def returning(port: int, cookies: Sequence[str], orders: Connection) -> None:
    """Answers each order, what was missed, with how the screens came back; ends when the parent hangs up."""
    while True:
        try:
            missed: Missed = orders.recv()
        except EOFError:
            return
        screens = Screens(port, missed)
        screens.come_back(cookies)
        orders.send(screens.outcome)
