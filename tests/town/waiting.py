"""Waiting without standing in anybody's way."""

import asyncio
import time
from collections.abc import Callable

STEP_S = 0.05


async def until(condition: Callable[[], bool], timeout_s: float, story: Callable[[], str] = str) -> float:
    """Looks at a condition until it holds; seconds that took. Fails with the story when it does not in time."""
    began = time.monotonic()
    while True:
        if condition():
            return time.monotonic() - began
        assert time.monotonic() - began < timeout_s, story()
        await asyncio.sleep(STEP_S)
