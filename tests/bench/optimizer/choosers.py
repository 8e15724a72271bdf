"""Who dispatches in the days of the bench: nearest first, and the optimizer itself."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from dispatch.optimizer import CountLine, Incident, Policy, Problem, Reach, Style, Unit, recommend
from dispatch.optimizer.problem import FASTEST, Zone
from tests.bench.optimizer.town_day import CODES, WATER, Call, Ints, Town

Chooser: TypeAlias = Callable[[Town, Ints, Call], list[int]]


def nearest(place: Town, free: Ints, call: Call) -> list[int]:
    """Line by line the nearest qualified free unit."""
    picked: list[int] = []
    for code, eta in _lines(place, call):
        able = [unit for unit in free.tolist() if place.able[unit, code] and unit not in picked]
        if able:
            picked.append(min(able, key=lambda unit: (int(eta[unit]), unit)))
    return picked


def recommended(place: Town, free: Ints, call: Call, style: Style = FASTEST) -> list[int]:
    """What the optimizer recommends in a style, told which zones are at risk."""
    counts = tuple(CountLine(code, (code,), n) for code, n in zip(CODES, call.needs, strict=True) if n)
    units = tuple(_unit(place, unit, call) for unit in free.tolist())
    policy = Policy(styles=(style,))
    answer = recommend(Problem((Incident("I", 1, counts),), units, zones=_zones(place), policy=policy), alone=True)
    return sorted(int(role.unit_id[1:]) for role in answer.roles)


def _lines(place: Town, call: Call) -> Iterator[tuple[int, Ints]]:
    for code, quantity in enumerate(call.needs):
        for _ in range(quantity):
            yield code, place.eta_s[:, call.zone]


def _unit(place: Town, unit: int, call: Call) -> Unit:
    able = tuple((code, 1) for code, can in sorted(zip(CODES, place.able[unit].tolist(), strict=True)) if can)
    station = f"S{place.station[unit]:02}"
    reach = (Reach("I", int(place.eta_s[unit, call.zone])),)
    return Unit(f"U{unit:03}", station, able, reach=reach, place=station if place.able[unit, WATER] else "")


@lru_cache(maxsize=2)
def _zones(place: Town) -> tuple[Zone, ...]:
    return tuple(
        Zone(f"Z{number:03}", int(risk), tuple(f"S{at:02}" for at in np.flatnonzero(column).tolist()))
        for number, (column, risk) in enumerate(zip(place.covers.T, place.risk, strict=True))
    )
