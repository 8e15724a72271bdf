"""A seeded city with its calls, for the optimizer's bench: stations, teams, micro stations, depots, zones at risk.

25 stations along a valley (three special ones with the rare classes, else first and second class in turns: six
vehicles with two engines or more, four with one or more, 建标152), 155 appliances of overlapping classes, 20
ambulance posts, 27 teams, 4,665 micro stations, 60 depots, 900 zones whose risk is gamma distributed; 15 % of all
vehicles are out of service. A zone is covered by stations whose first engine is there within 300 s,
turnout included. Equal seeds give equal draws. Times in seconds, places in kilometres.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dispatch.optimizer import Incident, Problem, Reach, Unit, amounts
from dispatch.optimizer.problem import Zone
from tests.forces import (
    CARDS,
    COVERED_S,
    HEAVY,
    ITEM_G,
    STATIONS,
    TEAMS,
    TEAMS_KM,
    TURNOUT_S,
    ZONES,
    Floats,
    along,
    call_at,
    close_together,
    depots,
    drive_s,
    road_km,
    vehicle,
)

Regime = Literal["single", "mixed", "contended"]

TAG = 4
POSTS, MICRO = 20, 4665
ORDINARY = ("engine", "tender", "foam", "rescue", "quick", "ladder32")
RARE = ("tower54", "tower62", "hazmat", "hazmat", "rescue_hz", "smoke", "smoke", "rescue", "foam", "foam", "tender")
SPECIAL = ("engine", "engine", "engine", "quick", *RARE)
COVERING = ("engine", "quick")  # water and rescue: what may go alone to a first call
SOFT = ("LIGHTING", "SMOKE_EXHAUST")
APART_KM = 2.0
MICRO_WITHIN_S = 180
TOTALS_PERCENT = 60  # with whole totals three heavy calls would take a third of the city; with these, some 33 units
MICRO_CAPABILITIES = amounts({"WATER_STREAM": 1})


@dataclass(frozen=True, slots=True)
class Draw:
    """A problem, and the straight-line metres from each unit to each incident, which only the rivals look at."""

    problem: Problem
    straight_m: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Calls:
    """Where the incidents are and how they are named."""

    places: Floats
    names: list[str]


def draw(seed: int, regime: Regime, incidents: int = 1, *, full: bool = False) -> Draw:
    """The city of a seed with its calls; `full` = with material lines and depots.

    `single` and `mixed` = any cards, anywhere; `contended` = heavy cards within a few kilometres of one another.
    """
    rng = np.random.default_rng([TAG, seed])
    stations = _stations(rng)
    zones = _zones(rng, stations)
    contended = regime == "contended"
    places = close_together(rng, incidents) if contended else along(rng, incidents)
    calls = Calls(places, [f"I{number}" for number in range(incidents)])
    straight: dict[tuple[str, str], int] = {}
    units = [*_appliances(rng, stations, calls, straight), *_others(rng, calls, straight), *_micro(rng, calls)]
    open_ = tuple(_incident(rng, calls, number, stations, contended) for number in range(incidents))
    piles = depots(rng, places, calls.names)
    if not full:
        open_, piles = tuple(replace(incident, materials=()) for incident in open_), ()
    return Draw(Problem(open_, tuple(units), piles, ITEM_G if full else (), zones=zones), straight)


def _stations(rng: np.random.Generator) -> Floats:
    """Sites along the valley, none within two kilometres of another (an area is meant to be some 7 km², 建标152)."""
    sites: list[Floats] = []
    while len(sites) < STATIONS:
        site = along(rng, 1)[0]
        if all(np.hypot(*(site - other)) >= APART_KM for other in sites):
            sites.append(site)
    return np.array(sites)


def _incident(rng: np.random.Generator, calls: Calls, number: int, stations: Floats, contended: bool) -> Incident:
    kinds = HEAVY if contended else [*CARDS, "mine"]
    made = call_at(rng, calls.names[number], number, calls.places[number], stations, kinds)
    counts = tuple(replace(line, hard=line.id not in SOFT) for line in made.counts)
    sums = tuple(replace(line, total=line.total * TOTALS_PERCENT // 100) for line in made.sums)
    return replace(made, counts=counts, sums=sums)


def _zones(rng: np.random.Generator, stations: Floats) -> tuple[Zone, ...]:
    places = along(rng, ZONES)
    risks = 1 + (100 * rng.gamma(0.7, 1.0, ZONES)).astype(int)
    near = drive_s(road_km(places, stations)) + TURNOUT_S <= COVERED_S
    return tuple(
        Zone(f"Z{number:03}", int(risks[number]), tuple(f"S{at:02}" for at in np.flatnonzero(near[number])))
        for number in range(ZONES)
    )


def _appliances(
    rng: np.random.Generator, stations: Floats, calls: Calls, straight: dict[tuple[str, str], int]
) -> list[Unit]:
    units = []
    for number, site in enumerate(stations):
        engines, others = (2, 4) if number % 2 else (1, 3)
        kinds = SPECIAL if number < 3 else (*["engine"] * engines, *map(str, rng.choice(ORDINARY, others)))
        units += _at(rng, f"S{number:02}", site, kinds, TURNOUT_S, calls, straight)
    return units


def _others(rng: np.random.Generator, calls: Calls, straight: dict[tuple[str, str], int]) -> list[Unit]:
    """Ambulances and rescue teams; they cover no zone."""
    units = []
    for number, site in enumerate(along(rng, POSTS)):
        units += _at(rng, f"E{number:02}", site, ("ambulance", "ambulance"), TURNOUT_S, calls, straight)
    for number, site in enumerate(along(rng, TEAMS, TEAMS_KM)):
        kind = "mine" if number % 5 == 0 else "team"
        units += _at(rng, f"T{number:02}", site, (kind,), int(rng.integers(300, 420)), calls, straight)
    return units


def _at(
    rng: np.random.Generator,
    station: str,
    site: Floats,
    kinds: tuple[str, ...],
    turnout_s: int,
    calls: Calls,
    straight: dict[tuple[str, str], int],
) -> list[Unit]:
    """The units of one station; the roads of a station and a place are better or worse than the law for all of them."""
    away = np.hypot(*(calls.places - site).T)
    drive = drive_s(away * 1.3) * rng.lognormal(0.0, 0.12, len(away))
    units = []
    for number, kind in enumerate(kinds):
        made = vehicle(rng, station, number, kind, drive, calls.names, turnout_s, station if kind in COVERING else "")
        straight |= {(made.id, call): int(away[at] * 1000) for at, call in enumerate(calls.names)}
        units.append(made)
    return units


def _micro(rng: np.random.Generator, calls: Calls) -> list[Unit]:
    """Micro stations around the incidents: as the service does, only those near are passed on."""
    drive = drive_s(road_km(along(rng, MICRO), calls.places))
    units = []
    for number in np.flatnonzero((drive <= MICRO_WITHIN_S).any(axis=1)).tolist():
        reach = tuple(
            Reach(call, int(drive[number, at]))
            for at, call in enumerate(calls.names)
            if drive[number, at] <= MICRO_WITHIN_S
        )
        units.append(Unit(f"M{number:04}", f"M{number:04}", MICRO_CAPABILITIES, (), reach, 60, tier="first_aid"))
    return units
