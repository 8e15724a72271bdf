"""Redis is the fast lane and never needed: emptied, hung or killed under load, work goes on and screens catch up."""

import asyncio
import os
import random
import statistics
from dataclasses import dataclass, field

import pytest

from tests.town import invariants
from tests.town.load import at_work
from tests.town.outage import TOLD_S, delays, empty, hang_and_kill, says
from tests.town.people import Town
from tests.town.screen import seen, staying
from tests.town.storm import Aftermath, begin, gather, settle, told
from tests.town.waiting import until


@dataclass
class Outage:
    """What was seen around an outage: spans of the monotonic clock in which Redis was hung."""

    made: Aftermath
    hung: tuple[float, float]
    said_away: bool
    said_back: bool
    delays_s: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
async def outage(town: Town) -> Outage:
    seed = int(os.environ.get("MUSTER_SEED", random.randrange(10**6)))
    begun = begin(town)
    async with staying(town.dispatchers[0].http) as screen:
        await until(lambda: bool(screen.frames), TOLD_S)
        async with at_work(town, seed, "redis") as work:
            await asyncio.sleep(1)
            empty(town)
            await asyncio.sleep(1)
            hung, said_away = await hang_and_kill(town, screen)
            said_back = await says(screen, away=False)
        settled_s = await settle(town, screen)
    made = await gather(town, work, seed, [], begun, {"steady": screen}, settled_s)
    print(f"\n{told(made)}")
    return Outage(made, hung, said_away, said_back, delays(made.deeds, screen.frames))


def test_dispatch_goes_on_without_redis(outage: Outage) -> None:
    began, ended = outage.hung
    meanwhile = [deed for deed in outage.made.deeds if began < deed.began_s and deed.ended_s < ended]
    assert any(deed.type == "assignment.dispatched" and deed.outcome == "ok" for deed in meanwhile)
    waited = statistics.median(deed.ended_s - deed.began_s for deed in meanwhile)
    otherwise = statistics.median(deed.ended_s - deed.began_s for deed in outage.made.deeds if deed not in meanwhile)
    print(
        f"{len(meanwhile)} writes in {ended - began:.1f} s without Redis, median {waited:.2f} s, else {otherwise:.2f} s"
    )
    assert waited < 2 * otherwise + 0.5, "writes wait for Redis"
    assert [fault for deed in outage.made.deeds for fault in deed.faults] == []
    assert [deed for deed in outage.made.deeds if deed.outcome == "info"] == []


def test_the_heartbeat_says_that_redis_is_away_and_only_that(outage: Outage) -> None:
    assert outage.said_away
    assert outage.said_back
    said = {word for frame in outage.made.screens["steady"] if frame["type"] == "beat" for word in frame["degraded"]}
    assert said == {"redis_away"}


def test_the_screen_stays_and_misses_nothing(outage: Outage) -> None:
    view = seen(outage.made.screens["steady"])
    assert (view.opened, view.snapshots) == (1, 1)
    assert view.faults == []
    assert view.standing == outage.made.heads
    assert invariants.differing(view.things, outage.made.snapshots) == []
    worst, middle = outage.delays_s[-1], outage.delays_s[len(outage.delays_s) // 2]
    print(f"{len(outage.delays_s)} reports reached the screen after {middle:.2f} s (median), {worst:.2f} s at most")


def test_nothing_is_lost(outage: Outage) -> None:
    assert invariants.lost_or_doubled(outage.made.deeds, outage.made.logs) == []
    assert invariants.twice_committed(outage.made.logs["dispatch"]) == []
    for service, log in outage.made.logs.items():
        assert invariants.gaps(log, outage.made.heads[service]) == []


def test_twin_a_screen_that_only_listens_to_redis_is_caught(outage: Outage) -> None:
    """Without the slow lane a screen would have got nothing of what happened while Redis was away."""
    began, ended = outage.hung
    frames = [
        frame
        for frame in outage.made.screens["steady"]
        if frame["type"] != "events" or not began < frame["heard_s"] < ended + 1
    ]
    assert len(frames) < len(outage.made.screens["steady"])
    assert seen(frames).faults
