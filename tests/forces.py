"""Where a drawn town's places lie, what its units are, its cards ask and its depots hold; for tests and benches alike.

Places lie along a valley with 9 by 3.2 km standard deviation. Drive times: seconds grow with the root of the road at
first and in proportion later (Kolesar and Walker, RAND R-1449, the fire department's travel law); a road is 1.3 times
the straight line.
"""

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer import (
    AVAILABLE,
    CountLine,
    Incident,
    MaterialLine,
    Reach,
    Standing,
    Stockpile,
    SumLine,
    Truck,
    Unit,
    amounts,
)

Floats = NDArray[np.float64]

SPINE_KM, TEAMS_KM = (9.0, 3.2), (14.0, 6.0)
STATIONS, TEAMS, ZONES = 25, 27, 900
TURNOUT_S, COVERED_S = 60, 300

CLASSES: dict[str, tuple[str, dict[str, int]]] = {
    "engine": ("WATER_STREAM RESCUE_BASIC", {"pump_lps": 60, "water_l": 5000, "crew": 6}),
    "tender": ("WATER_STREAM WATER_SUPPLY", {"pump_lps": 80, "water_l": 12000, "crew": 3}),
    "foam": ("WATER_STREAM FOAM_B", {"pump_lps": 90, "water_l": 6000, "foam_l": 6000, "crew": 6}),
    "ladder32": ("AERIAL_RESCUE", {"height_m": 32, "crew": 3}),
    "tower54": ("AERIAL_RESCUE AERIAL_STREAM", {"height_m": 54, "pump_lps": 50, "crew": 3}),
    "tower62": ("AERIAL_RESCUE AERIAL_STREAM", {"height_m": 62, "pump_lps": 60, "crew": 3}),
    "rescue": ("EXTRICATION LIGHTING", {"crew": 6}),
    "rescue_hz": ("EXTRICATION LIGHTING HAZMAT_DETECT", {"crew": 6}),
    "quick": ("EXTRICATION WATER_STREAM", {"pump_lps": 20, "water_l": 1500, "crew": 4}),
    "hazmat": ("HAZMAT_ENTRY HAZMAT_DETECT DECON EXTRICATION", {"crew": 6}),
    "smoke": ("SMOKE_EXHAUST LIGHTING", {"crew": 3}),
    "ambulance": ("EMS_ALS", {"crew": 3}),
    "team": ("SAR_MEDIUM EXTRICATION LIFT_HEAVY", {"crew": 12}),
    "mine": ("MINE_RESCUE EXPERT", {"crew": 9}),
}
CARDS: dict[str, tuple[str, dict[str, int]]] = {
    "small": ("WATER_STREAM:2 EXTRICATION:1 EMS_ALS:1", {"crew": 15}),
    "highrise": (
        "WATER_STREAM:4 AERIAL_RESCUE:2 EXTRICATION:2 SMOKE_EXHAUST:1 LIGHTING:1 EMS_ALS:2",
        {"crew": 70, "pump_lps": 400},
    ),
    "petro": (
        "FOAM_B:5 WATER_SUPPLY:3 AERIAL_STREAM:2 HAZMAT_DETECT:1 EXTRICATION:1 EMS_ALS:1 LIGHTING:1",
        {"foam_l": 40000, "pump_lps": 900, "crew": 70},
    ),
    "hazmat": ("HAZMAT_ENTRY:2 HAZMAT_DETECT:1 DECON:1 WATER_STREAM:2 EXTRICATION:1 EMS_ALS:2", {"crew": 40}),
    "collapse": ("SAR_MEDIUM:2 LIFT_HEAVY:1 EXTRICATION:3 LIGHTING:2 EMS_ALS:3 WATER_STREAM:1", {"crew": 80}),
    "traffic": ("EXTRICATION:2 EMS_ALS:2 WATER_STREAM:1 LIFT_HEAVY:1", {"crew": 12}),
}
MINE_CARD = ("MINE_RESCUE:2 EXPERT:1 EXTRICATION:1 EMS_ALS:2 LIGHTING:1", {"crew": 40})
HEAVY = ["highrise", "petro", "hazmat", "collapse"]
ITEM_G = amounts({"FOAM": 1000, "SAND": 30000})


def along(rng: np.random.Generator, count: int, spread_km: tuple[float, float] = SPINE_KM) -> Floats:
    """So many places along the valley, in kilometres."""
    return rng.normal(0, 1, (count, 2)) * spread_km


def close_together(rng: np.random.Generator, count: int) -> Floats:
    """So many places within a few kilometres of one another."""
    centre = rng.normal(0, 1, 2) * (5.0, 2.0)
    return centre + rng.normal(0, 1, (count, 2)) * 2.5


def road_km(origins: Floats, places: Floats) -> Floats:
    """Kilometres by road from every origin to every place."""
    return np.hypot(*(origins[:, None] - places[None]).transpose(2, 0, 1)) * 1.3


def drive_s(km: Floats) -> Floats:
    """Seconds of an engine over so many kilometres of road."""
    return np.where(km < 1.4, 134 * np.sqrt(km), 134 * np.sqrt(1.4) + 64 * (km - 1.4))


def slowness(kind: str) -> float:
    """What a kind's drive takes against an engine's."""
    return 1.25 if kind.startswith(("tower", "ladder")) else 1.0


def vehicle(
    rng: np.random.Generator,
    station: str,
    number: int,
    kind: str,
    drive: Floats,
    calls: list[str],
    turnout_s: int,
    place: str = "",
) -> Unit:
    """A vehicle of a class; `drive` = an engine's seconds to each call. 15 % are out of service."""
    words, parameters = CLASSES[kind]
    return Unit(
        f"{station}-{number:02}-{kind}",
        station,
        amounts(dict.fromkeys(words.split(), 1)),
        amounts(parameters),
        tuple(Reach(call, int(drive[at] * slowness(kind))) for at, call in enumerate(calls)),
        turnout_s,
        Standing("out_of_service", reason="in the workshop") if rng.random() < 0.15 else AVAILABLE,
        place=place,
    )


def call_at(
    rng: np.random.Generator, name: str, sequence: int, at: Floats, stations: Floats, kinds: list[str]
) -> Incident:
    """An incident of one of the kinds, in the area of the station that is nearest to it."""
    kind = str(rng.choice(kinds))
    nearest = int(np.argmin(((stations - at) ** 2).sum(axis=1)))
    return card(name, kind, int(rng.integers(1, 6)), f"S{nearest:02}", sequence, rng)


def card(name: str, kind: str, priority: int, area: str, sequence: int, rng: np.random.Generator) -> Incident:
    """An incident with the card of its kind; every second ladder must be a tall one."""
    words, totals = MINE_CARD if kind == "mine" else CARDS[kind]
    counts = []
    for word in words.split():
        code, quantity = word.split(":")
        tall = amounts({"height_m": 50}) if code == "AERIAL_RESCUE" and rng.random() < 0.5 else ()
        counts.append(CountLine(code, (code,), int(quantity), parameters=tall, weight=3, source="card"))
    sums = tuple(SumLine(f"sum-{total}", total, need, weight=2, source="card") for total, need in totals.items())
    material = {"petro": (MaterialLine("foam", "FOAM", 8000),), "collapse": (MaterialLine("sand", "SAND", 200),)}
    return Incident(name, priority, tuple(counts), sums, material.get(kind, ()), (area,), sequence)


def depots(rng: np.random.Generator, places: Floats, names: list[str]) -> tuple[Stockpile, ...]:
    """60 depots with foam, sand and one to three trucks of ten tonnes; `places` in kilometres."""
    found = []
    for number, site in enumerate(rng.normal(0, 1, (60, 2)) * (12.0, 5.0)):
        road = np.hypot(*(places - site).T) * 1.3
        reach = tuple(Reach(name, int(120 + 60 * road[at])) for at, name in enumerate(names))
        trucks = tuple(
            Truck(f"K{at}", 10000, bool(rng.random() > 0.2), "away") for at in range(int(rng.integers(1, 4)))
        )
        stock = amounts({"FOAM": int(rng.poisson(1500)), "SAND": int(rng.poisson(80))})
        found.append(Stockpile(f"D{number:02}", stock, trucks, reach, 600))
    return tuple(found)
