"""The one loop of background work: again and again, for ever, through failures that it logs; and its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

CANCEL_AGAIN_S = 1.0
log = logging.getLogger(__name__)


async def repeat(work: Callable[[], Awaitable[object]], *, every_s: float, wake: asyncio.Event | None = None) -> None:
    """Does `work`, then waits `every_s` or for `wake`, for ever. A failure is logged and tried again after a second."""
    while True:
        pause_s = every_s
        if wake is not None:
            wake.clear()
        try:
            await work()
        except Exception:
            log.exception("%s failed; trying again", getattr(work, "__qualname__", work))
            pause_s = max(1.0, every_s)
        await _pause(pause_s, wake)


async def _pause(seconds: float, wake: asyncio.Event | None) -> None:
    """Waits for either. Not `wait_for`: up to Python 3.11 that loses a cancellation which comes with the wake-up."""
    if wake is None:
        await asyncio.sleep(seconds)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels until all have ended: up to Python 3.11 `wait_for` loses a cancellation that comes with its answer."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_AGAIN_S)
