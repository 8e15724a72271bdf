"""A day of a city as events: calls by the hour and by risk, units that go, work, drive home and are free again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer.coverage import FAR_S
from dispatch.optimizer.moves import merge
from tests.bench.optimizer.valley import Valley, planned_valley
from tests.forces import COVERED_S, TURNOUT_S

Ints: TypeAlias = NDArray[np.int64]

LIMIT_S, DAY_S = COVERED_S, 24 * 3600
CALLS_A_DAY = 70
BY_HOUR = (4, 3, 2, 2, 2, 3, 4, 6, 7, 7, 7, 8, 8, 7, 7, 7, 8, 9, 10, 10, 9, 8, 6, 5)
WATER, RESCUE, AERIAL = 0, 1, 2
CODES = ("WATER_STREAM", "EXTRICATION", "AERIAL_RESCUE")
KINDS = {"engine": (WATER,), "quick": (WATER, RESCUE), "rescue": (RESCUE,), "ladder": (AERIAL,)}
SLOWER = {"ladder": 1.25}
# share of calls in percent, units of water, rescue and aerial, minutes of work
CARDS = ((30, (1, 0, 0), 25), (35, (2, 1, 0), 50), (20, (1, 1, 0), 40), (12, (4, 1, 1), 100), (3, (10, 2, 1), 300))


class Call(NamedTuple):
    """A call at a second of the day, in a zone, needing so many of each code, each unit at work for `work_s`."""

    at_s: int
    zone: int
    needs: tuple[int, ...]
    work_s: int


@dataclass(frozen=True, eq=False)
class Town:
    """Units as arrays: `station`, `kind` name, `able` (units x codes), `eta_s` (units x zones, with turnout).

    `covers` = stations x merged zones within the limit, with their `risk`.
    """

    city: Valley
    station: Ints
    kind: tuple[str, ...]
    able: NDArray[np.bool_]
    eta_s: Ints
    covers: Ints
    risk: Ints


@dataclass(frozen=True, eq=False)
class Lived:
    """What a day's callers saw: seconds to the first unit and to the full force, per call; late first arrivals."""

    first_s: Ints
    full_s: Ints

    @property
    def late(self) -> int:
        return int((self.first_s > LIMIT_S).sum())


Pick: TypeAlias = Callable[[Town, Ints, Call], list[int]]


def town(seed: int) -> Town:
    """25 stations with one to three engines; half have a quick car, half a rescue car, two fifths a ladder."""
    city, rng = planned_valley(seed), np.random.default_rng([95, seed])
    station: list[int] = []
    kind: list[str] = []
    for at in range(len(city.stations)):
        mine = ["engine"] * int(rng.integers(1, 4))
        mine += [name for name, share in (("quick", 0.5), ("rescue", 0.5), ("ladder", 0.4)) if rng.random() < share]
        station += [at] * len(mine)
        kind += mine
    able = np.array([[code in KINDS[name] for code in range(len(CODES))] for name in kind])
    slow = np.array([SLOWER.get(name, 1.0) for name in kind])
    eta = np.round(city.to_zones_s[station] * slow[:, None]).astype(np.int64) + TURNOUT_S
    covers, risk = merge(city.to_zones_s + TURNOUT_S <= LIMIT_S, city.risk)
    return Town(city, np.array(station), tuple(kind), able, eta, covers, risk)


def calls_of(place: Town, seed: int) -> tuple[Call, ...]:
    """A day's calls in order of time."""
    rng = np.random.default_rng([96, seed])
    number = int(rng.poisson(CALLS_A_DAY))
    hours = rng.choice(24, number, p=np.array(BY_HOUR) / sum(BY_HOUR))
    times = np.sort(hours * 3600 + rng.integers(0, 3600, number))
    zones = rng.choice(len(place.city.risk), number, p=place.city.risk / place.city.risk.sum())
    cards = rng.choice(len(CARDS), number, p=[share / 100 for share, _, _ in CARDS])
    work = rng.lognormal(0, 0.4, number)
    return tuple(
        Call(int(at), int(zone), CARDS[card][1], int(CARDS[card][2] * 60 * factor))
        for at, zone, card, factor in zip(times, zones, cards, work, strict=True)
    )


def live(place: Town, calls: tuple[Call, ...], choose: Pick) -> Lived:
    """Live a day: whoever is chosen is gone until its work is done and it is home.

    A call that finds nobody free is late by the wait for the next unit and is then served by others (aid from outside).
    """
    free_at = np.zeros(len(place.station), dtype=np.int64)
    first, full = [], []
    for call in calls:
        picked = choose(place, np.flatnonzero(free_at <= call.at_s), call)
        eta = place.eta_s[picked, call.zone]
        free_at[picked] = call.at_s + 2 * eta - TURNOUT_S + call.work_s
        nobody = int(np.clip(free_at.min() - call.at_s, 0, DAY_S)) + LIMIT_S if not picked else 0
        first.append(int(eta.min()) if picked else nobody)
        full.append(int(eta.max()) if picked else nobody)
    return Lived(np.minimum(first, FAR_S), np.minimum(full, FAR_S))
