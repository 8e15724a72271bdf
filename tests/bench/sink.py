"""Many screens in one light process: an epoll loop that answers pings, counts frames and notes when events came."""

import base64
import json
import select
import socket
import time
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
RECEIVED = 1 << 16
STALLED_BUFFER = 4096


@dataclass(frozen=True)
class Seat:
    """How one screen opens its line: where, the upgrade, and what it says first."""

    port: int
    request: bytes
    hello: bytes = b""


def seat(port: int, protocols: Sequence[str] = (), hello: dict[str, Any] | None = None) -> Seat:
    """A seat before a WebSocket server of this machine."""
    origin = f"http://127.0.0.1:{port}"
    key = base64.b64encode(bytes(16)).decode()
    lines = ["GET /live HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Origin: {origin}", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    lines += [f"Sec-WebSocket-Protocol: {', '.join(protocols)}"] if protocols else []
    request = "\r\n".join([*lines, "", ""]).encode()
    return Seat(port, request, b"" if hello is None else masked(TEXT, json.dumps(hello).encode()))


def masked(opcode: int, payload: bytes) -> bytes:
    """A client's frame. Its mask is zero, so the payload goes as it is."""
    size = len(payload)
    head = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + head + bytes(4) + payload


def take_frame(held: bytearray) -> tuple[int, bytes] | None:
    """Takes the first whole frame of a server out of what has arrived: opcode and payload."""
    if len(held) < 2:
        return None
    size, start = held[1], 2
    if size >= 126:
        start = 4 if size == 126 else 10
        size = int.from_bytes(held[2:start], "big")
    if len(held) < max(start, 2) + size:
        return None
    frame = held[0] & 15, bytes(held[start : start + size])
    del held[: start + size]
    return frame


class Line:
    """One screen's line."""

    def __init__(self, seat: Seat, buffer: int | None = None) -> None:
        self.seat, self.held, self.is_open = seat, bytearray(), False
        self.last: int | None = None
        self.socket = socket.socket()
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.connect(("127.0.0.1", seat.port))
        self.socket.sendall(seat.request)

    def hear(self) -> list[bytes]:
        """The texts that have arrived whole. Raises ConnectionError when the server has closed."""
        self.held += (arrived := self.socket.recv(RECEIVED))
        if not arrived:
            raise ConnectionError("the server has closed the line")
        if not self.is_open and not self._opened():
            return []
        texts = []
        while (frame := take_frame(self.held)) is not None:
            if frame[0] == TEXT:
                texts.append(frame[1])
            elif frame[0] == PING:
                self.socket.sendall(masked(PONG, frame[1]))
            elif frame[0] == CLOSE:
                raise ConnectionError(f"the server says {frame[1]!r}")
        return texts

    def _opened(self) -> bool:
        end = self.held.find(b"\r\n\r\n")
        if end < 0:
            return False
        assert self.held.startswith(b"HTTP/1.1 101"), bytes(self.held)
        del self.held[: end + 4]
        self.is_open = True
        if self.seat.hello:
            self.socket.sendall(self.seat.hello)
        return True


def opened(seat: Seat, buffer: int | None = None) -> Line:
    """A line whose hello is said; what was told meanwhile is dropped."""
    line = Line(seat, buffer)
    while not line.is_open:
        line.hear()
    return line


@dataclass
class Heard:
    """Which events came when: per frame the number before it on that line, its last number, monotonic seconds."""

    before: "array[int]" = field(default_factory=lambda: array("q"))
    last: "array[int]" = field(default_factory=lambda: array("q"))
    at: "array[float]" = field(default_factory=lambda: array("d"))

    def note(self, line: Line, number: int) -> None:
        """One frame; the first of a line counts as one event."""
        self.before.append(number - 1 if line.last is None else line.last)
        self.last.append(number)
        self.at.append(time.monotonic())
        line.last = number

    @property
    def events(self) -> int:
        """How many events came, over all lines."""
        return sum(self.last) - sum(self.before)

    def late_s(self, sent: Mapping[int, float]) -> list[float]:
        """How late each event came on each line, sorted."""
        frames = zip(self.before, self.last, self.at, strict=True)
        return sorted(at - sent[number] for before, last, at in frames for number in range(before + 1, last + 1))


def sink(seats: Sequence[Seat], mark: bytes, orders: Connection) -> None:
    """Opens every seat and listens until the parent hangs up. To any order it answers what came since the last one:
    frames, and for each one with an event number after `mark` the line's number before, this one, and when it came
    (monotonic seconds).
    """
    lines = {line.socket.fileno(): line for line in map(opened, seats)}
    poll = select.epoll()
    for each in (orders.fileno(), *lines):
        poll.register(each, select.EPOLLIN)
    frames, heard = 0, Heard()
    while True:
        for ready, _ in poll.poll():
            if ready != orders.fileno():
                frames += _hear(lines[ready], mark, heard)
            elif not answered(orders, (frames, heard)):
                return
            else:
                frames, heard = 0, Heard()


def _hear(line: Line, mark: bytes, heard: Heard) -> int:
    texts = line.hear()
    for text in texts:
        number = number_after(mark, text)
        if number is not None:
            heard.note(line, number)
    return len(texts)


def answered(orders: Connection, answer: object) -> bool:
    """Answers one order; False when the parent has hung up instead."""
    try:
        orders.recv()
    except EOFError:
        return False
    orders.send(answer)
    return True


def number_after(mark: bytes, text: bytes) -> int | None:
    """The whole number that follows the first `mark`, None where there is none near the beginning."""
    found = text.find(mark, 0, 300)
    if found < 0:
        return None
    digits = text[found + len(mark) : found + len(mark) + 20]
    return int(digits[: next(n for n, byte in enumerate(digits) if not 48 <= byte <= 57)])


def stalled(seats: Sequence[Seat], orders: Connection) -> None:
    """Screens that say hello and then never read, until the parent hangs up; says when all are there."""
    lines = [opened(each, STALLED_BUFFER) for each in seats]
    orders.send(len(lines))
    with suppress(EOFError):
        orders.recv()
