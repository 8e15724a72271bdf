"""A drawn country in arrays: 350 cities, 10,000 stations, some 85,000 available units, and 300 incidents at once.

Cities weigh rank^-0.75 (Zipf-like) over a square of 2,600 km. Drive time after Kolesar, Walker and Hausner (RAND
R-1449): with the square root of the distance while a vehicle gathers speed, then linear, with a lognormal error. A
quake strikes one of the twelve largest cities; `spread` draws incidents over all cities. Everything follows from
`numpy.random.default_rng([tag, seed])`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer.national import Demand, Fleet, Sums

Kind = Literal["quake", "spread"]
Floats = NDArray[np.float64]
TAG = 350_026
SIDE_KM = 2_600
QUAKE_SD_KM = (8.0, 25.0, 60.0)
HORIZON_S = 4 * 3600
OUT_OF_SERVICE = 0.15

# class: mean number at a station, turnout, capabilities, pump flow l/s, people
CLASSES: tuple[tuple[str, float, int, tuple[str, ...], int, int], ...] = (
    ("engine", 3.60, 60, ("engine",), 60, 6),
    ("tender", 1.40, 60, ("tender",), 80, 3),
    ("foam engine", 0.80, 60, ("engine", "foam"), 80, 6),
    ("quick", 0.90, 45, ("engine", "rescue"), 20, 6),
    ("ladder", 0.55, 75, ("ladder",), 0, 4),
    ("tower", 0.25, 75, ("ladder", "tower"), 50, 4),
    ("rescue", 0.75, 60, ("rescue",), 0, 6),
    ("hazmat rescue", 0.22, 90, ("rescue", "hazmat"), 0, 6),
    ("hazmat", 0.14, 90, ("hazmat",), 0, 5),
    ("collapse team", 0.22, 360, ("collapse",), 0, 12),
    ("dog team", 0.16, 300, ("dogs", "collapse"), 0, 6),
    ("ambulance", 1.20, 45, ("ambulance",), 0, 0),
)

Needs = tuple[tuple[str, int, int], ...]
# card: share in a quake, share elsewhere, count lines (capability, units, weight), flow l/s, people
CARDS: tuple[tuple[float, float, Needs, int, int], ...] = (
    (0.46, 0.10, (("collapse", 2, 10), ("rescue", 2, 6), ("dogs", 1, 4), ("ambulance", 2, 5)), 0, 45),
    (0.20, 0.30, (("engine", 3, 8), ("rescue", 1, 4), ("ambulance", 1, 4)), 120, 20),
    (0.12, 0.12, (("engine", 4, 9), ("ladder", 1, 8), ("rescue", 1, 6), ("tower", 1, 3), ("ambulance", 1, 4)), 300, 45),
    (0.06, 0.05, (("foam", 3, 10), ("tender", 2, 6), ("hazmat", 1, 8), ("engine", 3, 5), ("tower", 1, 3)), 600, 60),
    (0.06, 0.08, (("hazmat", 2, 10), ("engine", 1, 5), ("ambulance", 1, 4)), 60, 25),
    (0.10, 0.35, (("rescue", 1, 8), ("engine", 1, 3), ("ambulance", 1, 5)), 0, 10),
)


@dataclass(frozen=True)
class Land:
    """Cities by size (largest first) and stations, positions in km."""

    cities: Floats
    shares: Floats
    stations: Floats


def nation(kind: Kind, seed: int, stations: int = 10_000, incidents: int = 300) -> tuple[Fleet, Demand]:
    """Fleet and demand of one seed; smaller numbers draw a smaller country of the same kind."""
    rng = np.random.default_rng([TAG, ("quake", "spread").index(kind), seed])
    land = _land(rng, stations)
    places = _places(rng, land, kind, incidents)
    means = np.array([entry[1] for entry in CLASSES])
    owned = rng.poisson(means, size=(stations, len(CLASSES)))
    fleet = Fleet(
        travel_s=_travel(rng, places, land.stations),
        available=rng.binomial(owned, 1 - OUT_OF_SERVICE),
        turnout_s=np.array([entry[2] for entry in CLASSES]),
        adds=np.array([entry[4:6] for entry in CLASSES]),
    )
    return fleet, _demand(rng, kind, incidents)


def _land(rng: np.random.Generator, stations: int) -> Land:
    shares = np.arange(1, 351) ** -0.75
    shares /= shares.sum()
    cities = rng.uniform(0, SIDE_KM, size=(350, 2))
    home = rng.choice(350, size=stations, p=shares)
    reach = 4 + 300 * shares[home] ** 0.8
    return Land(cities, shares, cities[home] + rng.normal(size=(stations, 2)) * reach[:, None])


def _places(rng: np.random.Generator, land: Land, kind: Kind, incidents: int) -> Floats:
    if kind == "quake":
        sd = rng.choice(QUAKE_SD_KM, size=(incidents, 1))
        return land.cities[rng.integers(12)] + rng.normal(size=(incidents, 2)) * sd
    home = rng.choice(350, size=incidents, p=land.shares)
    return land.cities[home] + rng.normal(size=(incidents, 2)) * 15


def _travel(rng: np.random.Generator, places: Floats, stations: Floats) -> NDArray[np.int32]:
    """Whole seconds, incident by station: 134 s per root of a road km, then 64 s a km, beyond 60 km 51 s a km."""
    apart = places[:, None, :] - stations[None, :, :]
    road = 1.3 * np.sqrt((apart**2).sum(axis=2))
    slow = 134 * np.sqrt(np.minimum(road, 1.4))
    seconds = slow + 64 * np.clip(road - 1.4, 0, 58.6) + 51 * np.maximum(road - 60, 0)
    return np.rint(seconds * rng.lognormal(0, 0.12, size=road.shape)).astype(np.int32)


def _demand(rng: np.random.Generator, kind: Kind, incidents: int) -> Demand:
    shares = np.array([card[0 if kind == "quake" else 1] for card in CARDS])
    drawn = rng.choice(len(CARDS), size=incidents, p=shares / shares.sum())
    lines = [(at, *line) for at, card in enumerate(drawn.tolist()) for line in CARDS[card][2]]
    sums = [
        (at, attribute, CARDS[card][3 + attribute])
        for at, card in enumerate(drawn.tolist())
        for attribute in (0, 1)
        if CARDS[card][3 + attribute]
    ]
    return Demand(
        horizon_s=HORIZON_S,
        priority=rng.integers(1, 6, size=incidents),
        incident=np.array([line[0] for line in lines]),
        quantity=np.array([line[2] for line in lines]),
        weight=np.array([line[3] for line in lines]),
        eligible=np.array([[line[1] in entry[3] for entry in CLASSES] for line in lines]),
        sums=Sums(
            incident=np.array([line[0] for line in sums]),
            attribute=np.array([line[1] for line in sums]),
            total=np.array([line[2] for line in sums]),
            weight=np.ones(len(sums), dtype=np.int64),
        ),
    )
