"""Signals to the launcher: a stop never cuts a round in two, and none is lost."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from infra.wishes import Stopped, Wishes


@pytest.fixture
def wishes() -> Iterator[Wishes]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    made = Wishes()
    made.listen()
    yield made
    for number, handler in kept.items():
        signal.signal(number, handler)


def stopped_in_a_round(wishes: Wishes) -> list[str]:
    """What a round still did after SIGTERM came in its middle."""
    done: list[str] = []

    def run() -> None:
        with wishes.unbroken():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("the rest of the round")

    with pytest.raises(Stopped):
        run()
    return done


def test_a_round_is_finished_before_a_stop(wishes: Wishes) -> None:
    assert stopped_in_a_round(wishes) == ["the rest of the round"]


def test_a_handler_that_raises_at_once_is_caught(wishes: Wishes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wishes, "_unbroken", property(lambda _: False, lambda *_: None))
    assert stopped_in_a_round(wishes) == []


def test_a_stop_during_the_start_is_raised_at_once(wishes: Wishes) -> None:
    with pytest.raises(Stopped):
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_stop_is_raised_once_so_that_the_rounds_of_stopping_run(wishes: Wishes) -> None:
    stopped_in_a_round(wishes)
    with wishes.unbroken():
        pass
    assert wishes.stop


def test_a_swallowed_stop_is_remembered(wishes: Wishes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clumsy:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    swallowed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: swallowed.append(raised.exc_type))
    Clumsy()
    assert swallowed == [Stopped]
    assert wishes.stop
