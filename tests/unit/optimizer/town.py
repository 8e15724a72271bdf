"""Small towns in few words, and a seeded city, for the optimizer's tests."""

from dataclasses import replace

import numpy as np

from dispatch.optimizer import (
    CountLine,
    Incident,
    MaterialLine,
    Problem,
    Reach,
    Standing,
    SumLine,
    Unit,
    amounts,
)
from tests.forces import (
    HEAVY,
    ITEM_G,
    STATIONS,
    TEAMS,
    TEAMS_KM,
    TURNOUT_S,
    along,
    call_at,
    close_together,
    depots,
    drive_s,
    vehicle,
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


ORDINARY = ["engine", "engine", "tender", "foam", "rescue", "quick", "ladder32", "ambulance"]
SPECIAL = [*ORDINARY, "engine", "foam", "foam", "tower54", "tower62", "hazmat", "hazmat", "smoke", "smoke", "team"]


def city(seed: int, incidents: int) -> Problem:
    """25 stations, 27 teams, about 400 units along a valley; heavy cards within a few kilometres of one another."""
    rng = np.random.default_rng([71, seed])
    stations, teams = along(rng, STATIONS), along(rng, TEAMS, TEAMS_KM)
    places = close_together(rng, incidents)
    names = [f"I{number}" for number in range(incidents)]
    units: list[Unit] = []
    for number, site in enumerate(stations):
        kinds = (SPECIAL if number < 3 else ORDINARY) * 2
        units += _units_at(rng, f"S{number:02}", site, kinds, places, names, TURNOUT_S)
    for number, site in enumerate(teams):
        kind = "mine" if number % 5 == 0 else "team"
        units += _units_at(rng, f"T{number:02}", site, [kind], places, names, int(rng.integers(300, 420)))
    open_ = tuple(call_at(rng, name, at, places[at], stations, HEAVY) for at, name in enumerate(names))
    return Problem(open_, tuple(units), depots(rng, places, names), ITEM_G)


def _units_at(rng, station: str, site, kinds: list[str], places, names: list[str], turnout_s: int) -> list[Unit]:
    drive = drive_s(np.hypot(*(places - site).T) * 1.3)
    return [vehicle(rng, station, number, kind, drive, names, turnout_s) for number, kind in enumerate(kinds)]


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same problem with its rows in another order."""
    rng = np.random.default_rng(seed)
    mixed = [tuple(rows[at] for at in rng.permutation(len(rows))) for rows in (problem.incidents, problem.units)]
    return replace(problem, incidents=mixed[0], units=mixed[1])
