"""Small towns in few words, and a seeded city, for the optimizer's tests."""

from dataclasses import replace

import numpy as np

from dispatch.optimizer import (
    AVAILABLE,
    CountLine,
    Incident,
    MaterialLine,
    Problem,
    Reach,
    Standing,
    Stockpile,
    SumLine,
    Truck,
    Unit,
    amounts,
)


def unit(id: str, capabilities: str, times: dict[str, int | None], station: str = "S", **more: object) -> Unit:
    """`capabilities` as "FOAM HAZMAT:3"; `times` = travel seconds per incident; `more` = parameters or Unit fields."""
    fields = {key: more.pop(key) for key in ("turnout_s", "standing", "tier", "shareable") if key in more}
    pairs = dict((*word.split(":"), "1")[:2] for word in capabilities.split())
    reach = tuple(Reach(incident, time) for incident, time in sorted(times.items()))
    return Unit(id, station, amounts({c: int(a) for c, a in pairs.items()}), amounts(more), reach, **fields)


def needs(id: str, *lines: CountLine | SumLine | MaterialLine, priority: int = 1, area: str = "", sequence: int = 0):
    """An incident with its lines sorted into their kinds."""
    kinds = [tuple(line for line in lines if isinstance(line, kind)) for kind in (CountLine, SumLine, MaterialLine)]
    return Incident(id, priority, *kinds, tuple(area.split()), sequence)


def count(capabilities: str, quantity: int = 1, id: str = "", **more: object) -> CountLine:
    words = tuple(capabilities.split())
    return CountLine(id or words[0], words, quantity, **more)


def out(reason: str) -> Standing:
    return Standing("out_of_service", reason=reason)


def committed(incident: str, residual_s: int = 0) -> Standing:
    return Standing("committed", incident, residual_s)


def plan_of(answer, incident: str):
    return next(part for part in answer.incidents if part.incident_id == incident)


def sent(answer, incident: str) -> dict[str, str]:
    """Unit id to line id of the new picks."""
    return {pick.unit_id: pick.line_id for pick in plan_of(answer, incident).picks}


def why(answer, incident: str, unit_id: str) -> set[str]:
    """Codes given anywhere in an incident's picks against a nearer unit."""
    picks = plan_of(answer, incident).picks
    return {near.why.code for pick in picks for near in pick.nearer if near.unit_id == unit_id}


CLASSES = {
    "engine": ("WATER_STREAM RESCUE_BASIC", {"pump_lps": 60, "water_l": 5000, "crew": 6}),
    "tender": ("WATER_STREAM WATER_SUPPLY", {"pump_lps": 80, "water_l": 12000, "crew": 3}),
    "foam": ("WATER_STREAM FOAM_B", {"pump_lps": 90, "water_l": 6000, "foam_l": 6000, "crew": 6}),
    "ladder32": ("AERIAL_RESCUE", {"height_m": 32, "crew": 3}),
    "tower54": ("AERIAL_RESCUE AERIAL_STREAM", {"height_m": 54, "pump_lps": 50, "crew": 3}),
    "tower62": ("AERIAL_RESCUE AERIAL_STREAM", {"height_m": 62, "pump_lps": 60, "crew": 3}),
    "rescue": ("EXTRICATION LIGHTING", {"crew": 6}),
    "quick": ("EXTRICATION WATER_STREAM", {"pump_lps": 20, "water_l": 1500, "crew": 4}),
    "hazmat": ("HAZMAT_ENTRY HAZMAT_DETECT DECON EXTRICATION", {"crew": 6}),
    "smoke": ("SMOKE_EXHAUST LIGHTING", {"crew": 3}),
    "ambulance": ("EMS_ALS", {"crew": 3}),
    "team": ("SAR_MEDIUM EXTRICATION LIFT_HEAVY", {"crew": 12}),
    "mine": ("MINE_RESCUE EXPERT", {"crew": 9}),
}
ORDINARY = ["engine", "engine", "tender", "foam", "rescue", "quick", "ladder32", "ambulance"]
SPECIAL = [*ORDINARY, "engine", "foam", "foam", "tower54", "tower62", "hazmat", "hazmat", "smoke", "smoke", "team"]
CARDS = {
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
HEAVY = ["highrise", "petro", "hazmat", "collapse"]


def city(seed: int, incidents: int, contended: bool = True) -> Problem:
    """25 stations, 27 teams, about 400 units, a valley spine; contended = heavy cards within a few kilometres."""
    rng = np.random.default_rng([71, seed])
    stations = rng.normal(0, 1, (25, 2)) * (9.0, 3.2)
    teams = rng.normal(0, 1, (27, 2)) * (14.0, 6.0)
    centre = rng.normal(0, 1, 2) * (5.0, 2.0)
    spread = (2.5, 2.5) if contended else (9.0, 3.2)
    places = (centre if contended else 0) + rng.normal(0, 1, (incidents, 2)) * spread
    names = [f"I{number}" for number in range(incidents)]
    units: list[Unit] = []
    for number, site in enumerate(stations):
        kinds = (SPECIAL if number < 3 else ORDINARY) * 2
        units += _units_at(rng, f"S{number:02}", site, kinds, places, names, 60)
    for number, site in enumerate(teams):
        kind = "mine" if number % 5 == 0 else "team"
        units += _units_at(rng, f"T{number:02}", site, [kind], places, names, int(rng.integers(300, 420)))
    open_ = []
    for number, name in enumerate(names):
        kind = str(rng.choice(HEAVY if contended else list(CARDS)))
        nearest = int(np.argmin(((stations - places[number]) ** 2).sum(axis=1)))
        open_.append(_card(name, kind, int(rng.integers(1, 6)), f"S{nearest:02}", number, rng))
    return Problem(tuple(open_), tuple(units), _depots(rng, places, names), amounts({"FOAM": 1000, "SAND": 30000}))


def _units_at(rng, station: str, site, kinds: list[str], places, names: list[str], turnout: int) -> list[Unit]:
    road = np.hypot(*(places - site).T) * 1.3
    drive = np.where(road < 1.4, 134 * np.sqrt(road), 134 * np.sqrt(1.4) + 64 * (road - 1.4))
    found = []
    for number, kind in enumerate(kinds):
        words, parameters = CLASSES[kind]
        slow = 1.25 if kind.startswith(("tower", "ladder")) else 1.0
        times = {name: int(drive[at] * slow) for at, name in enumerate(names)}
        standing = out("in the workshop") if rng.random() < 0.15 else AVAILABLE
        found.append(
            unit(
                f"{station}-{number:02}-{kind}",
                words,
                times,
                station,
                turnout_s=turnout,
                standing=standing,
                **parameters,
            )
        )
    return found


def _card(name: str, kind: str, priority: int, area: str, sequence: int, rng) -> Incident:
    words, totals = CARDS[kind]
    lines: list[CountLine | SumLine | MaterialLine] = []
    for word in words.split():
        code, quantity = word.split(":")
        tall = amounts({"height_m": 50}) if code == "AERIAL_RESCUE" and rng.random() < 0.5 else ()
        lines.append(CountLine(code, (code,), int(quantity), parameters=tall, weight=3, source="card"))
    lines += [SumLine(f"sum-{name_}", name_, total, weight=2, source="card") for name_, total in totals.items()]
    if kind == "petro":
        lines.append(MaterialLine("foam", "FOAM", 8000))
    if kind == "collapse":
        lines.append(MaterialLine("sand", "SAND", 200))
    return needs(name, *lines, priority=priority, area=area, sequence=sequence)


def _depots(rng, places, names: list[str]) -> tuple[Stockpile, ...]:
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


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same problem with its rows in another order."""
    rng = np.random.default_rng(seed)
    mixed = [tuple(rows[at] for at in rng.permutation(len(rows))) for rows in (problem.incidents, problem.units)]
    return replace(problem, incidents=mixed[0], units=mixed[1])
