"""A seeded city for what concerns cover: stations along a valley, first-due units, zones at risk, seconds between.

Stations and zones lie on a spine of 9 by 3.2 km standard deviation; a zone's risk is gamma. Drive times follow the RAND
travel law (Kolesar and Walker, R-1449: the root of the distance while a vehicle gains speed, then linear), with a road
1.3 times as long as the straight line and 12 % lognormal noise.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer.ground import Ground, Place

STATIONS, ZONES = 25, 900
SPINE_KM = (9.0, 3.2)
TURNOUT_S, COVERED_S = 60, 300

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Valley:
    """Coordinates in kilometres, risk per zone, first-due units per station."""

    stations: Floats
    zones: Floats
    risk: NDArray[np.int64]
    units: NDArray[np.int64]
    to_zones_s: NDArray[np.int64]
    between_s: NDArray[np.int64]


def valley(seed: int) -> Valley:
    """900 zones; 25 stations with 2 to 5 first-due units, three large ones with 8, of which 15 % are out of service."""
    rng = np.random.default_rng([93, seed])
    stations, zones = (rng.normal(0, 1, (count, 2)) * SPINE_KM for count in (STATIONS, ZONES))
    risk = _risk(rng)
    strength = rng.integers(2, 6, STATIONS)
    strength[:3] = 8
    units = np.maximum(1, rng.binomial(strength, 0.85))
    return Valley(stations, zones, risk, units, drive_s(rng, stations, zones), drive_s(rng, stations, stations))


def planned_valley(seed: int) -> Valley:
    """The same kind of city, its stations where planners would put them: each where it covers most risk so far open.

    One first-due unit each; within 300 s of the order, turnout included.
    """
    rng = np.random.default_rng([97, seed])
    zones = rng.normal(0, 1, (ZONES, 2)) * SPINE_KM
    risk, seconds = _risk(rng), drive_s(rng, zones, zones)
    open_, sites = risk.copy(), []
    for _ in range(STATIONS):
        sites.append(int(((seconds + TURNOUT_S <= COVERED_S) @ open_).argmax()))
        open_[seconds[sites[-1]] + TURNOUT_S <= COVERED_S] = 0
    one = np.ones(STATIONS, dtype=np.int64)
    return Valley(zones[sites], zones, risk, one, seconds[sites], seconds[sites][:, sites])


def _risk(rng: np.random.Generator) -> NDArray[np.int64]:
    return 1 + np.floor(rng.gamma(1.5, 60, ZONES)).astype(np.int64)


def drive_s(rng: np.random.Generator, origins: Floats, places: Floats) -> NDArray[np.int64]:
    """Whole seconds from every origin to every place."""
    road = np.hypot(*(origins[:, None, :] - places[None, :, :]).transpose(2, 0, 1)) * 1.3
    plain = np.where(road < 1.4, 134 * np.sqrt(road), 134 * np.sqrt(1.4) + 64 * (road - 1.4))
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
    centre = rng.normal(0, 1, 2) * (5.0, 2.0)
    scenes = centre + rng.normal(0, 1, (incidents, 2)) * 2.5
    seconds, left, emptied = drive_s(rng, city.stations, scenes), city.units.copy(), {}
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
