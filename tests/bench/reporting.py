"""Callers in one light process: each sends a report, waits for its answer and sends the next, as fast as they come."""

import json
import random
import select
import time
import uuid
from dataclasses import dataclass
from multiprocessing.connection import Connection

from tests.bench.sink import Line, Seat

AWAY = 503
WEST_EAST, SOUTH_NORTH = (87.3, 87.9), (43.6, 44.0)


@dataclass(frozen=True)
class Order:
    """For how long."""

    seconds: float


@dataclass
class Told:
    """How many reports were acknowledged, how long that took, how many were sent again, and what else was
    answered."""

    acknowledged: int = 0
    seconds: float = 0.0
    again: int = 0
    refused: int = 0
    refusal: str = ""


class Caller(Line):
    """One kept connection."""

    def __init__(self, port: int, cookie: str, name: str) -> None:
        self.head = f"Host: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nOrigin: http://127.0.0.1:{port}"
        self.name, self.said, self.dice = name, 0, random.Random(name)
        super().__init__(Seat(port, self._next()))

    def say(self, *, again: bool) -> None:
        """Sends the next report, or the last one once more under its key."""
        self.socket.sendall(self.last_said if again else self._next())

    def _next(self) -> bytes:
        self.said += 1
        at = [self.dice.uniform(*WEST_EAST), self.dice.uniform(*SOUTH_NORTH)]
        form = {"kind": "fire.ordinary", "at": at, "address": f"{self.name}.{self.said}"}
        body = json.dumps(form).encode()
        head = f"POST /api/dispatch/incidents HTTP/1.1\r\n{self.head}\r\nContent-Type: application/json"
        head = f"{head}\r\nIdempotency-Key: {uuid.uuid4().hex}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.last_said = head.encode() + body
        return self.last_said

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body once the answer is whole."""
        self.held += self.socket.recv(1 << 16)
        head, found, body = bytes(self.held).partition(b"\r\n\r\n")
        if not found:
            return None
        size = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if len(body) < size:
            return None
        self.held.clear()
        return int(head[9:12]), body


def reporting(port: int, cookie: str, callers: int, orders: Connection) -> None:
    """To each order it reports for so long and tells; ends when the parent hangs up."""
    number = 0
    while True:
        try:
            order: Order = orders.recv()
        except EOFError:
            return
        number += 1
        orders.send(reported(port, cookie, [f"{number}.{each}" for each in range(callers)], order.seconds))


def reported(port: int, cookie: str, names: list[str], seconds: float) -> Told:
    """One round: nobody begins another report once the time is over, and all wait for their last answer."""
    told, began, poll = Told(), time.monotonic(), select.epoll()
    callers = {caller.socket.fileno(): caller for caller in (Caller(port, cookie, name) for name in names)}
    for number in callers:
        poll.register(number, select.EPOLLIN)
    while callers:
        for number, _ in poll.poll():
            answer = callers[number].answer()
            if answer is None:
                continue
            _count(told, *answer)
            again = answer[0] == AWAY
            if again or time.monotonic() - began < seconds:
                callers[number].say(again=again)
            else:
                poll.unregister(callers.pop(number).socket)
    told.seconds = time.monotonic() - began
    return told


def _count(told: Told, status: int, body: bytes) -> None:
    if status == 201:
        told.acknowledged += 1
    elif status == AWAY:
        told.again += 1
    else:
        told.refused += 1
        told.refusal = f"{status} {body[:200]!r}"
