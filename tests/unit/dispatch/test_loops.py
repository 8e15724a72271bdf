"""Loops end although one of them loses a cancellation, and go on through failures."""

import asyncio

import pytest

from dispatch import loops


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "CANCEL_AGAIN_S", 0.01)


async def deaf(times: int) -> None:
    """A task that loses so many cancellations."""
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            times -= 1
            if times < 0:
                raise


async def begun(times: int) -> asyncio.Task[None]:
    task = asyncio.create_task(deaf(times))
    await asyncio.sleep(0)
    return task


async def test_what_loses_a_cancellation_is_cancelled_again() -> None:
    tasks = [await begun(times) for times in (0, 1, 3)]
    async with asyncio.timeout(5):
        await loops.end(tasks)
    assert [task.cancelled() for task in tasks] == [True, True, True]


async def test_one_cancellation_alone_would_wait_for_ever() -> None:
    """The planted twin: each task is cancelled once."""
    task = await begun(1)
    task.cancel()
    _, left = await asyncio.wait([task], timeout=0.1)
    assert left == {task}
    await loops.end([task])


async def test_a_loop_goes_on_through_a_failure() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise RuntimeError("once")

    wake = asyncio.Event()
    task = asyncio.create_task(loops.repeat(work, every_s=0.0, wake=wake))
    async with asyncio.timeout(5):
        while len(done) < 2:
            wake.set()
            await asyncio.sleep(0.01)
    await loops.end([task])
