"""A job crosses to a worker whole; a unit that did not change is opened once, and one that changed anew."""

import socket

from dispatch.workers.jobs import UnitAt
from dispatch.workers.wire import pack, receive
from tests.worlds import engine, station

HOME = station("st-1", (87.6, 43.8))


def cross(*values: object) -> list[object]:
    """The values at the other end of one connection, each sent alone."""
    near, far = socket.socketpair()
    with near, far:
        got = []
        for value in values:
            near.sendall(pack(value))
            got.append(receive(far))
        return got


def test_what_is_sent_arrives() -> None:
    job = (UnitAt(engine("u-1", HOME), HOME.at, "inc-1"), UnitAt(engine("u-2", HOME), HOME.at))
    assert cross(job) == [job]


def test_an_unchanged_unit_is_opened_once_and_a_changed_one_anew() -> None:
    unit = engine("u-1", HOME)
    changed = unit.model_copy(update={"name": "another name"})
    first, again, other = cross(unit, unit, changed)
    assert first is again
    assert other == changed
    assert other != first
