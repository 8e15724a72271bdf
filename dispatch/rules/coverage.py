"""Coverage of the city by what stands ready: who counts as a first engine, the figures, and the zones of the optimizer.

A zone is covered within a limit when a free first engine, at home or standing in elsewhere, gets there in time, turnout
included; the figure is the share of the zones' risk that is covered (the maximal covering objective, Church and ReVelle
1974). The limits are 5, 8 and 10 minutes; by 5 minutes from order to arrival 建标152-2017
(城市消防站建设标准) sizes a station's area.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.rules.first_due import counts_for
from kernel.contracts.coverage import Coverage, StationCover, WeakZone, Within
from kernel.contracts.plans import ForceTable, LineKind, Requirement
from kernel.contracts.resources import Unit

CITY = "city"
LIMITS_S = (300, 480, 600)
WHOLE = 100_000
MOST_WEAK = 24
MOST_STATIONS = 100
NEVER = 1_000_000_000
FIRST_ENGINE = "WATER_TENDER"
WATER = "WATER_STREAM"

Whole = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Ground:
    """What coverage is counted on: [Z] zones with whole risk that sums to WHOLE, seconds from each place to each.

    `between_s` is [P, P] seconds by road from each place to each in the order of `due_s`, None while not known yet.
    """

    zones_version: str
    map_version: str
    closures_version: str
    names: tuple[str, ...]
    risk: Whole
    due_s: Mapping[str, Whole]  # by station id, turnout included, NEVER and more where no road leads
    between_s: Whole | None = None


def first_engine_line(table: ForceTable) -> Requirement:
    """The count line that a first engine fills: the force table's water tender, else anything that puts water on."""
    key = next((each for each in table.formation_keys if each.key == FIRST_ENGINE), None)
    return Requirement(
        key=FIRST_ENGINE,
        kind=LineKind.COUNT,
        capabilities=key.capabilities if key else (WATER,),
        amount=key.amount if key else 1,
        thresholds=key.thresholds if key else (),
        quantity=1,
    )


def first_engines(units: Iterable[Unit], table: ForceTable) -> dict[str, tuple[Unit, ...]]:
    """First engines by their station, both by id: on wheels and ours to send, in service or not."""
    line = first_engine_line(table)
    found: dict[str, list[Unit]] = {}
    for unit in sorted(units, key=lambda each: each.id):
        if not unit.by_request and not unit.by_air and counts_for(unit, line):
            found.setdefault(unit.station_id, []).append(unit)
    return {station_id: tuple(found[station_id]) for station_id in sorted(found)}


def free_engines(
    engines: Mapping[str, tuple[Unit, ...]], away: Set[str], moved: Mapping[str, str | None] | None = None
) -> dict[str, tuple[str, ...]]:
    """Ids of the first engines that stand ready, by the station at which they do.

    `moved` says of units under a move-up where they stand, None on the road.
    """
    found: dict[str, list[str]] = {place: [] for place in engines}
    for unit in (each for units in engines.values() for each in units):
        place = (moved or {}).get(unit.id, unit.station_id)
        if unit.in_service and unit.id not in away and place in found:
            found[place].append(unit.id)
    return {place: tuple(ids) for place, ids in found.items()}


def turnout_s(engines: Sequence[Unit]) -> int:
    """The turnout of a station's first engine, whichever it is: the slowest."""
    return max((engine.turnout_s for engine in engines), default=0)


def in_parts(risk_m: NDArray[np.float64]) -> Whole:
    """[Z] whole parts of WHOLE that sum to it, by largest remainders, the first of equal ones."""
    total = float(risk_m.sum())
    if total <= 0:
        return np.zeros(len(risk_m), dtype=np.int64)
    exact = risk_m / total * WHOLE
    parts = np.floor(exact).astype(np.int64)
    short = WHOLE - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:short]] += 1
    return parts


def soonest_s(ground: Ground, places: Iterable[str]) -> Whole:
    """[Z] seconds until the first engine of any of these places is there; NEVER where none comes."""
    best = np.full(len(ground.names), NEVER, dtype=np.int64)
    for place in places:
        best = np.minimum(best, ground.due_s.get(place, best))
    return best


def covered(ground: Ground, due_s: Whole, limit_s: int) -> float:
    """Share of the risk in zones that are reached within a limit, in whole parts of WHOLE."""
    return int(ground.risk[due_s <= limit_s].sum()) / WHOLE


def coverage_of(ground: Ground, free: Mapping[str, int], engines: Mapping[str, int], *, at: datetime) -> Coverage:
    """The coverage by the engines that stand ready, `free` of `engines` by station id; its version is 1."""
    now = soonest_s(ground, (place for place in sorted(free) if free[place]))
    home = soonest_s(ground, sorted(engines))
    late = np.flatnonzero(now > LIMITS_S[0])
    return Coverage(
        id=CITY,
        at=at,
        zones_version=ground.zones_version,
        map_version=ground.map_version,
        closures_version=ground.closures_version,
        within=tuple(
            Within(limit_s=limit, share=covered(ground, now, limit), at_home=covered(ground, home, limit))
            for limit in LIMITS_S
        ),
        states=states_of(now),
        states_at_home=states_of(home),
        weak=_weakest(ground, now, home, late),
        weak_count=len(late),
        stations=_stations(free, engines),
    )


def _stations(free: Mapping[str, int], engines: Mapping[str, int]) -> tuple[StationCover, ...]:
    """By id; of more than fit in an event those that stand empty come first."""
    kept = sorted(engines, key=lambda place: (free.get(place, 0) > 0, place))[:MOST_STATIONS]
    return tuple(
        StationCover(station_id=place, free=free.get(place, 0), engines=engines[place]) for place in sorted(kept)
    )


def states_of(due_s: Whole) -> str:
    """One digit for each zone: which limit it is within, 3 later, 4 not at all."""
    digits = np.searchsorted(np.array(LIMITS_S), due_s, side="left") + (due_s >= NEVER)
    return "".join(map(str, digits.tolist()))


def _weakest(ground: Ground, now: Whole, home: Whole, late: Whole) -> tuple[WeakZone, ...]:
    """Zones that lost their cover first, then those that never had it; the riskiest first."""
    lost = home <= LIMITS_S[0]
    order = sorted(late.tolist(), key=lambda zone: (not lost[zone], -int(ground.risk[zone]), ground.names[zone]))
    places = sorted(ground.due_s)
    return tuple(
        WeakZone(
            zone_id=ground.names[zone],
            risk=int(ground.risk[zone]),
            due_s=int(now[zone]) if now[zone] < NEVER else None,
            station_id=_nearest(ground, places, zone),
            lost=bool(lost[zone]),
        )
        for zone in order[:MOST_WEAK]
    )


def _nearest(ground: Ground, places: Sequence[str], zone: int) -> str | None:
    best = min(places, key=lambda place: (int(ground.due_s[place][zone]), place), default=None)
    return best if best is not None and ground.due_s[best][zone] < NEVER else None


def merged(ground: Ground, limit_s: int) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    """Zones that the same places cover within a limit, put together: name of the first, risk, place ids; by name.

    Zones that no place covers are left out, so that the risks sum to the share that can be covered at all.
    """
    places = sorted(ground.due_s)
    if not places:
        return ()
    near = np.stack([ground.due_s[place] <= limit_s for place in places])
    kept = np.flatnonzero(near.any(axis=0) & (ground.risk > 0))
    alike, which = np.unique(near[:, kept], axis=1, return_inverse=True)
    zones = [kept[which.ravel() == number] for number in range(alike.shape[1])]
    parts = [
        (
            min(ground.names[zone] for zone in mine.tolist()),
            int(ground.risk[mine].sum()),
            tuple(place for place, reaches in zip(places, alike[:, number].tolist(), strict=True) if reaches),
        )
        for number, mine in enumerate(zones)
    ]
    return tuple(sorted(parts))
