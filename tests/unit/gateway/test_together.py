"""Questions asked at the same moment share one look, each gets its own answer, and a fault reaches those who asked."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.identity.together import MOST, Together


class Looker:
    """Doubles numbers, slowly, and remembers what it was asked at once."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []

    async def look(self, numbers: Sequence[int]) -> list[int]:
        self.rounds.append(list(numbers))
        await asyncio.sleep(0.01)
        if -1 in numbers:
            raise ValueError("a bad question")
        return [2 * number for number in numbers]


async def test_a_thousand_at_once_are_a_few_looks_and_each_has_its_own_answer() -> None:
    looker = Looker()
    together = Together(looker.look)
    answers = await asyncio.gather(*(together.ask(number) for number in range(1000)))
    assert answers == [2 * number for number in range(1000)]
    assert len(looker.rounds) <= 3
    assert max(map(len, looker.rounds)) <= MOST


async def test_one_alone_does_not_wait_for_others() -> None:
    looker = Looker()
    together = Together(looker.look)
    assert [await together.ask(1), await together.ask(2)] == [2, 4]
    assert looker.rounds == [[1], [2]]


async def test_a_fault_reaches_those_of_its_round_and_nobody_after() -> None:
    together = Together(Looker().look)
    faults = await asyncio.gather(together.ask(1), together.ask(-1), return_exceptions=True)
    assert [type(fault) for fault in faults] == [ValueError, ValueError]
    assert await together.ask(3) == 6


async def test_one_who_leaves_takes_nobody_along() -> None:
    together = Together(Looker().look)
    leaving, staying = asyncio.create_task(together.ask(1)), asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 4
    with pytest.raises(asyncio.CancelledError):
        await leaving
