"""A seeded city for what concerns cover: stations along a valley, first-due units, zones at risk, seconds between.

The places and the travel law are those of every drawn town (tests/forces.py), with 12 % lognormal noise on each drive;
a zone's risk is gamma.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer.ground import Ground, Place
from tests.forces import COVERED_S, STATIONS, TURNOUT_S, ZONES, Floats, along, close_together, drive_s, road_km

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Valley:
    """Coordinates in kilometres, risk per zone, first-due units per station."""

    stations: Floats
    zones: Floats
    risk: Ints
    units: Ints
    to_zones_s: Ints
    between_s: Ints


def valley(seed: int) -> Valley:
    """900 zones; 25 stations with 2 to 5 first-due units, three large ones with 8, of which 15 % are out of service."""
    rng = np.random.default_rng([93, seed])
    stations, zones = along(rng, STATIONS), along(rng, ZONES)
    risk = _risk(rng)
    strength = rng.integers(2, 6, STATIONS)
    strength[:3] = 8
    units = np.maximum(1, rng.binomial(strength, 0.85))
    to_zones_s, between_s = (seconds_between(rng, stations, places) for places in (zones, stations))
    return Valley(stations, zones, risk, units, to_zones_s, between_s)


def planned_valley(seed: int) -> Valley:
    """The same kind of city, its stations where planners would put them: each where it covers most risk so far open.

    One first-due unit each; within 300 s of the order, turnout included.
    """
    rng = np.random.default_rng([97, seed])
    zones = along(rng, ZONES)
    risk, seconds = _risk(rng), seconds_between(rng, zones, zones)
    open_, sites = risk.copy(), []
    for _ in range(STATIONS):
        sites.append(int(((seconds + TURNOUT_S <= COVERED_S) @ open_).argmax()))
        open_[seconds[sites[-1]] + TURNOUT_S <= COVERED_S] = 0
    one = np.ones(STATIONS, dtype=np.int64)
    return Valley(zones[sites], zones, risk, one, seconds[sites], seconds[sites][:, sites])


def _risk(rng: np.random.Generator) -> Ints:
    return 1 + np.floor(rng.gamma(1.5, 60, ZONES)).astype(np.int64)


def seconds_between(rng: np.random.Generator, origins: Floats, places: Floats) -> Ints:
    """Whole seconds from every origin to every place."""
    plain = drive_s(road_km(origins, places))
    return np.round(plain * rng.lognormal(0, 0.12, plain.shape)).astype(np.int64)


def ground(city: Valley) -> Ground:
    """Every station with all its free first-due units."""
    places = tuple(
        Place(f"S{at:02}", tuple(f"S{at:02}-{number}" for number in range(count)), 1, count)
        for at, count in enumerate(city.units.tolist())
    )
    names = tuple(f"Z{at:03}" for at in range(len(city.risk)))
    return Ground(places, names, city.risk, city.to_zones_s, city.between_s, TURNOUT_S)


def after_dispatches(city: Valley, seed: int, incidents: int = 4) -> Ground:
    """The same after contended nearest-first dispatches: within 2.5 km of one centre, 4 to 8 first-due units each."""
    rng = np.random.default_rng([94, seed])
    scenes = close_together(rng, incidents)
    seconds, left, emptied = seconds_between(rng, city.stations, scenes), city.units.copy(), {}
    for scene in range(incidents):
        for _ in range(int(rng.integers(4, 9))):
            nearest = int(np.where(left > 0, seconds[:, scene], np.iinfo(np.int64).max).argmin())
            left[nearest] -= 1
            if left[nearest] == 0:
                emptied[nearest] = len(emptied) + 1
    before = ground(city)
    places = (
        replace(place, unit_ids=place.unit_ids[: left[at]], emptied=emptied.get(at, 0))
        for at, place in enumerate(before.places)
    )
    return replace(before, places=tuple(places))
