"""Redis emptied, hung and killed, and what a screen is told meanwhile."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

from redis import Redis

from infra.redis_server import redis_at
from tests.town.history import Deed
from tests.town.people import Town
from tests.town.screen import Frame, Screen
from tests.town.waiting import until

HUNG_S = 5.0
TOLD_S = 30.0


def empty(town: Town) -> None:
    """FLUSHALL: every stream is gone."""
    with Redis.from_url(redis_at(town.copy.place).url) as redis:
        redis.flushall()


async def hang_and_kill(town: Town, screen: Screen) -> tuple[tuple[float, float], bool]:
    """Stops Redis so that it hangs, then kills it; the span, and whether the heartbeat said so."""
    pid = town.copy.pid("redis")
    began = time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    said = await says(screen, away=True)
    await asyncio.sleep(max(0.0, HUNG_S - (time.monotonic() - began)))
    # However slow the machine: it hangs until somebody was dispatched without it, or had every chance to be.
    with suppress(AssertionError):
        await until(lambda: bool(dispatched(town, began, time.monotonic())), TOLD_S)
    ended = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    await until(lambda: town.copy.pid("redis") not in {0, pid}, TOLD_S, town.copy.log.read_text)
    return (began, ended), said


def dispatched(town: Town, began: float, ended: float) -> list[Deed]:
    """Orders begun and acknowledged within a span of the monotonic clock."""
    deeds = (deed for client in town.people.values() for deed in client.deeds)
    orders = (deed for deed in deeds if deed.type == "assignment.dispatched" and deed.outcome == "ok")
    return [deed for deed in orders if began < deed.began_s and deed.ended_s < ended]


async def says(screen: Screen, *, away: bool) -> bool:
    """Whether the heartbeat comes to say that Redis is away, or that it is not."""
    start = len(screen.frames)

    def said() -> bool:
        beats = (frame for frame in screen.frames[start:] if frame["type"] == "beat")
        return any(("redis_away" in beat["degraded"]) is away for beat in beats)

    try:
        await until(said, TOLD_S)
    except AssertionError:
        return False
    return True


def delays(deeds: Sequence[Deed], frames: Sequence[Frame]) -> list[float]:
    """Seconds from the reply to a report until the screen was told, sorted."""
    heard = {
        each["id"]: frame["heard_s"]
        for frame in frames
        if frame["type"] == "events"
        for each in frame["events"]
        if each["kind"] == "incident" and each["version"] == 1
    }
    reports = [deed for deed in deeds if deed.type == "report.received" and deed.outcome == "ok"]
    return sorted(max(0.0, heard[deed.reply["incident"]["id"]] - deed.ended_s) for deed in reports)
