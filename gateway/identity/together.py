"""What many ask at the same moment is answered by one look: a thousand screens that come back are a few queries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
MOST = 500


class Together(Generic[Question, Answer]):
    """Asks `look` with every question that has come while it was busy, at most 500 at once, in the order they came.

    `look` answers each question in its place. What it raises is raised to all who asked in that round.
    """

    def __init__(self, look: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]]) -> None:
        self._look = look
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer; a caller that is cancelled leaves the others' answers alone."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_on())
        return await answer

    async def _look_on(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            await self._answer(asked)
        self._looking = None

    async def _answer(self, asked: Sequence[tuple[Question, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._look([question for question, _ in asked])
        except Exception as error:
            for _, waiting in asked:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), answer in zip(asked, answers, strict=True):
            if not waiting.done():
                waiting.set_result(answer)
