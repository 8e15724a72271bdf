"""Proof: a day of a city's traffic in minutes, a fault a minute: nothing wrong, nothing grows, all well at the end."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.rows import Options, Row, proof, twin
from tests.town.history import Kill
from tests.town.load import Work, at_work
from tests.town.outage import empty
from tests.town.people import Town
from tests.town.running import running_town
from tests.town.screen import Screen, staying
from tests.town.storm import KINDS, Aftermath, begin, gather, kill, settle, told
from tests.town.verdict import violations
from tests.town.waiting import until
from tests.town.weight import Scales, Weight, growth

MINUTES = 24
FAULT_EVERY_S = 60.0
WARM_MINUTES = 2.0
LONG_ENOUGH = 10  # minutes below which growth only informs: caches still fill
OPEN = 12
WELL_S = 10.0
LEAK = "tests.prove.planted.leak:app"
FAULTS = (*KINDS, "worker-background", "redis", "flush")


@dataclass
class Soaked:
    """A soak: its aftermath, what it weighed, and what was wrong besides."""

    made: Aftermath
    weights: list[Weight]
    faults: list[str] = field(default_factory=list)

    def growth(self, value: Callable[[Weight], float]) -> float:
        """Per cent a minute, which at sixty-fold traffic stands for an hour, once warm."""
        warm = [each for each in self.weights if each.minute >= min(WARM_MINUTES, self.weights[-1].minute / 3)]
        return growth([each.minute for each in warm], [value(each) for each in warm])


def measure(options: Options) -> Sequence[Row]:
    """The soak, and a short one over a service that leaks."""
    minutes = MINUTES * options.share
    soaked = asyncio.run(_soak(options.seed, minutes, faulty=True))
    leaking = asyncio.run(_soak(options.seed, max(0.5, minutes / 12), "--dispatch", LEAK, faulty=False))
    caught = sum(each > 1 for each in (leaking.growth(_pss), leaking.growth(_handles)))
    writes = len(soaked.made.deeds)
    pace = f"{writes:,} writes ({writes / minutes / 60:.0f} a second)"
    what = f"{minutes:.1f} min, {pace}, {len(soaked.made.kills)} kills"
    limit = 1.0 if minutes >= LONG_ENOUGH else None
    return [
        proof("soak", what, [*soaked.faults, *violations(soaked.made)], writes, options.seed),
        Row("soak_memory", _told(soaked, _pss, "kB"), soaked.growth(_pss), "%/hour", must=limit, seed=options.seed),
        Row("soak_handles", _told(soaked, _handles, ""), soaked.growth(_handles), "%/hour", must=limit),
        twin("soak", "dispatch keeps a megabyte and a handle of every request: memory, handles", caught, options.seed),
    ]


def _pss(weight: Weight) -> float:
    return weight.pss_kb


def _handles(weight: Weight) -> float:
    return weight.handles


def _told(soaked: Soaked, value: Callable[[Weight], float], unit: str) -> str:
    first, last = soaked.weights[0], soaked.weights[-1]
    span = f"{value(first):,.0f} to {value(last):,.0f} {unit} in {last.minute:.1f} min"
    return f"growth, a minute at sixty-fold traffic for an hour: {span}"


async def _soak(seed: int, minutes: float, *arguments: str, faulty: bool) -> Soaked:
    chance = random.Random(seed)
    async with running_town(*arguments) as town:
        begun = begin(town)
        scales = Scales(town.copy)
        weighing = asyncio.create_task(scales.watch())
        async with staying(town.dispatchers[0].http) as screen:
            async with at_work(town, seed, "storm") as work:
                closing = asyncio.create_task(_close(town, work))
                kills = await _faults(town, chance, minutes, faulty=faulty)
                work.over = True
                await closing
            weighing.cancel()
            settled_s = await settle(town, screen)
            wrong = await _well(screen)
        made = await gather(town, work, seed, kills, begun, {"steady": screen}, settled_s)
    print(told(made), flush=True)
    return Soaked(made, scales.weights, wrong)


async def _faults(town: Town, chance: random.Random, minutes: float, *, faulty: bool) -> list[Kill]:
    """A fault a minute, of every kind in turn, until the time is over; the kills."""
    ends = time.monotonic() + minutes * 60
    kills: list[Kill] = []
    while time.monotonic() < ends:
        left_s = ends - time.monotonic()
        await asyncio.sleep(min(FAULT_EVERY_S / 2, left_s))
        if not faulty:
            continue
        name = FAULTS[len(kills) % len(FAULTS)]
        if name == "flush":
            empty(town)
        else:
            kills.append(await kill(town, name, chance))
        await asyncio.sleep(max(0.0, min(FAULT_EVERY_S / 2, ends - time.monotonic())))
    return kills


async def _close(town: Town, work: Work) -> None:
    """Incidents end, as they do in a city: all but the latest are canceled once nobody is committed to them."""
    who = town.people["dispatcher-3"]
    known: list[str] = []
    while not work.over:
        known += [each for each in work.incidents if each not in known]
        for incident in known[:-OPEN]:
            mark = who.mark()
            path = f"/incidents/{incident}/steps"
            await who.do("dispatch", "", "POST", path, {"to": "canceled", "reason": mark}, mark=mark)
            known.remove(incident)
        await asyncio.sleep(0.5)


async def _well(screen: Screen) -> list[str]:
    """I13: within ten seconds nothing is degraded any more."""

    def well() -> bool:
        beats = [frame for frame in screen.frames if frame["type"] == "beat"]
        return bool(beats) and not beats[-1]["degraded"]

    with suppress(AssertionError):
        await until(well, WELL_S)
        return []
    return ["the screen still says that something is degraded"]
