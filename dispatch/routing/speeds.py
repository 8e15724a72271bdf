"""Speeds by road class, turn costs and access paces: the one table to edit when local driving differs.

All figures are defaults of this product (no standard gives them), meant to be calibrated with recorded drives.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# km/h per family. `civil` drives in ordinary traffic, `emergency` under lights and siren, `bike` is an e-bike.
#                      civil  emergency  bike  foot
_TABLE: Mapping[str, tuple[float, float, float, float]] = {
    "motorway": (90, 95, 0, 0),
    "trunk": (65, 75, 18, 5),
    "primary": (42, 55, 20, 5),
    "secondary": (36, 48, 20, 5),
    "tertiary": (32, 42, 20, 5),
    "unclassified": (28, 36, 18, 5),
    "residential": (22, 30, 18, 5),
    "living_street": (12, 20, 15, 5),
    "service": (15, 20, 15, 5),
    "motorway_link": (50, 55, 0, 0),
    "trunk_link": (40, 50, 18, 5),
    "primary_link": (34, 44, 18, 5),
    "secondary_link": (30, 40, 18, 5),
    "tertiary_link": (28, 36, 18, 5),
    "road": (25, 30, 18, 5),
    "track": (15, 18, 12, 5),
    "pedestrian": (8, 12, 12, 5),
    "cycleway": (8, 10, 18, 5),
    "footway": (5, 8, 8, 5),
    "path": (5, 8, 8, 4.5),
    "steps": (0, 0, 0, 2.5),
}
FAMILIES = ("civil", "emergency", "bike", "foot")


@dataclass(frozen=True)
class Paces:
    """How one family moves: km/h per road class and milliseconds per turn, light and exception.

    ``turn_ms`` is indexed by the turn kinds of ``graph`` (straight, slight, right, left, sharp, u-turn, u-turn
    at an end), for traffic on the right-hand side.
    """

    kmh: Mapping[str, float]
    turn_ms: tuple[int, int, int, int, int, int, int]
    signal_ms: int
    over_maxspeed: float  # factor allowed on a signed speed limit
    banned_turn_ms: int | None = None  # None: obeys turn restrictions
    against_ms: int | None = None  # None: obeys one-way streets
    against_factor: float = 2.0  # how much slower against the traffic
    private_factor: float = 3.0  # makes private ground a way in, not a short cut


def _column(family: str) -> dict[str, float]:
    return {name: row[FAMILIES.index(family)] for name, row in _TABLE.items()}


# Emergency vehicles are not bound by direction, route, speed or signals while it is safe (道路交通安全法 art. 53).
PACES: Mapping[str, Paces] = {
    "civil": Paces(_column("civil"), (0, 1_000, 3_000, 7_000, 8_000, 30_000, 20_000), 18_000, 1.0),
    "emergency": Paces(
        _column("emergency"), (0, 1_000, 2_000, 4_000, 6_000, 25_000, 20_000), 5_000, 1.2, 15_000, 10_000, 2.0, 1.0
    ),
    "bike": Paces(_column("bike"), (0, 0, 1_000, 3_000, 2_000, 3_000, 3_000), 12_000, 1.0),
    "foot": Paces(_column("foot"), (0, 0, 0, 0, 0, 0, 0), 10_000, 10.0, 0, 0, 1.0, 1.0),
}

WALK_KMH = 5.0  # from the nearest road to a place off the network
YARD_KMH = 15.0  # the last metres from a road to a door or a gate
LONG_VEHICLE_M = 9.0  # longer ones turn slower and turn round only where a street ends
LONG_TURN_FACTOR = 1.5
HEAVY_T = 3.5  # from here on a vehicle is heavy goods traffic (OSM hgv)
CROW_CLASS = "secondary"  # class whose speed a straight-line estimate uses
