"""The reach of special teams asks for the most of each hazard line, of the units that fill it alone, where risk is."""

from typing import Any

import numpy as np
import pytest

from dispatch.rules import reach
from dispatch.rules.coverage import NEVER
from dispatch.workers.planning import ReachJob
from kernel.contracts.coverage import CoverageZone
from kernel.contracts.plans import ForceTable
from kernel.contracts.reach import SpecialReach
from kernel.contracts.resources import Unit
from kernel.contracts.vocabulary import HazardTag
from tests.unit.dispatch.test_moves import NOON, ground
from tests.worlds import FIRE, count, engine, foam, ladder, station

HELD = ground([50_000, 30_000, 20_000], [[0]], a=[100, 200, 300])
ZONES = tuple(CoverageZone(id=f"z{x}", box=(x, 0, x + 1, 1), risk=1) for x in range(3))
TABLE = ForceTable(
    id="city",
    formation_keys=(),
    add_ons={
        HazardTag.HIGHRISE: (count("AERIAL", "AERIAL_RESCUE", 1),),
        HazardTag.SUPER_HIGHRISE: (count("AERIAL", "AERIAL_RESCUE", 2),),
        HazardTag.PETROCHEMICAL: (count("FOAM_B", "FOAM_B", 1, amount=2),),
    },
)
HOME = station("a", FIRE)
UNITS = (ladder("l2", HOME), ladder("l1", HOME), foam("f1", HOME), engine("e1", HOME))
ROWS = {"f1": [100, 200, NEVER], "l1": [1700, 1800, 5400], "l2": [1750, 1700, 6000]}


def asked(*keys: tuple[float, float], units: tuple[Unit, ...] = UNITS) -> reach.Asked:
    return reach.asked_of(HELD, ZONES, keys, TABLE, units)


def answered(given: reach.Asked) -> SpecialReach:
    rows = [np.array(ROWS[unit.id]) for unit in given.units]
    return SpecialReach.model_validate_json(ReachJob(given, reach.seconds_of(given, rows), NOON).solve())


def forces(told: SpecialReach) -> dict[tuple[str, str], Any]:
    return {(place.zone_id, force.line): force for place in told.places for force in place.forces}


def test_each_line_asks_for_the_most_that_any_hazard_does_and_names_them_all() -> None:
    lines = {line.requirement.key: line for line in reach.lines_of(TABLE)}
    assert {key: line.requirement.quantity for key, line in lines.items()} == {"AERIAL": 2, "FOAM_B": 1}
    assert lines["AERIAL"].hazards == (HazardTag.HIGHRISE, HazardTag.SUPER_HIGHRISE)


def test_zones_with_the_most_key_units_come_first_and_without_any_the_riskiest() -> None:
    by_keys = asked((2.5, 0.5), (2.1, 0.2), (0.5, 0.5), (9.0, 9.0))
    assert ([(spot.zone_id, spot.key_units) for spot in by_keys.spots]) == [("z2", 2), ("z0", 1)]
    assert by_keys.chosen_by == "key_units"
    assert [spot.number for spot in asked().spots] == [0, 1, 2]
    assert asked().chosen_by == "risk"


def test_more_places_than_are_looked_at_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "MOST_PLACES", 2)
    assert ([spot.number for spot in asked().spots], asked().left_out) == ([0, 1], 1)


def test_first_second_and_full_force_come_with_their_turnout_in_their_bands() -> None:
    told = answered(asked())
    found = forces(told)
    near, far = found["z0", "AERIAL"], found["z2", "AERIAL"]
    assert (near.first_s, near.second_s, near.full_s, near.unit_ids) == (1760, 1810, 1810, ("l1", "l2"))
    assert (near.first_band, near.full_band) == (0, 1)
    assert (far.first_s, far.first_band, far.full_s, far.full_band) == (5460, 3, 6060, 3)
    assert (found["z2", "FOAM_B"].first_s, found["z2", "FOAM_B"].full_band) == (None, 3)
    assert [(each.zone_id, each.line) for each in told.out_of_reach] == [("z2", "AERIAL"), ("z2", "FOAM_B")]
    needs = {need.line: need for need in told.needs}
    assert (needs["AERIAL"].within, needs["AERIAL"].out_of_reach) == ((0, 2, 2), 1)
    assert needs["FOAM_B"].able == 1


def test_who_is_out_of_service_or_by_request_only_does_not_come() -> None:
    out = tuple(
        unit.model_copy(update={"in_service": unit.id != "l1", "by_request": unit.id == "f1"}) for unit in UNITS
    )
    given = asked(units=out)
    assert [unit.id for unit in given.units] == ["l2"]
    assert forces(answered(given))["z0", "AERIAL"].second_s is None


def test_a_unit_below_the_amount_that_is_counted_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: any unit with the capability counts, however little of it."""
    weak = foam("f1", HOME, capabilities={"WATER_STREAM": 2, "FOAM_B": 1})
    assert "f1" not in {unit.id for unit in asked(units=(weak,)).units}
    monkeypatch.setattr(reach, "counts_for", lambda unit, line: any(c in unit.capabilities for c in line.capabilities))
    assert "f1" in {unit.id for unit in asked(units=(weak,)).units}


def test_a_city_without_special_units_is_out_of_reach_everywhere() -> None:
    told = answered(asked(units=()))
    assert (told.units, len(told.out_of_reach)) == (0, 6)
