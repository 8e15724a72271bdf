"""What is registered and in service can meet the first alarm of every scenario, except what is really not there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.city.build import City
from infra.city.register import Register, read_map
from kernel.contracts.policy import BY_REQUEST

Plant = Callable[[Callable[[Register], object]], Register]
SCENARIOS = yaml.safe_load((Path(__file__).parent / "first_alarms.yaml").read_text(encoding="utf-8"))
NOT_REGISTERED = {"S08": {"SAR_HEAVY": 1}}  # a heavy search and rescue team comes from the region, not from the city


def offers(register: Register) -> list[frozenset[str]]:
    """The capabilities of each unit and micro station that is in service and can be ordered out under the policy."""
    asked = {row["id"] for row in register.rows["organisations"] if row["kind"] in BY_REQUEST}
    types = {row["id"]: read_map(row["capabilities"]) for row in register.rows["vehicle_types"]}
    units = [
        {**types[row["type_code"]], **row["capabilities"]}
        for row in register.rows["units"]
        if row["in_service"] and not row["by_request"] and row["organisation_id"] not in asked
    ]
    posts = [row["capabilities"] for row in register.rows["micro_stations"] if row["in_service"]]
    return [frozenset(key for key, amount in has.items() if amount >= 1) for has in (*units, *posts)]


def unmet(register: Register, needs: dict[str, int]) -> dict[str, int]:
    """What stays open when each unit serves one line only: a maximum matching of places to units."""
    able = offers(register)
    holders = {line: [k for k, has in enumerate(able) if line in has] for line in needs}
    taken: dict[int, str] = {}

    def seat(line: str, seen: set[int]) -> bool:
        for k in holders[line]:
            if k not in seen:
                seen.add(k)
                if k not in taken or seat(taken[k], seen):
                    taken[k] = line
                    return True
        return False

    short = {line: sum(not seat(line, set()) for _ in range(count)) for line, count in needs.items()}
    return {line: count for line, count in short.items() if count}


def test_there_are_seven_scenarios() -> None:
    assert len(SCENARIOS) == 7


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s["id"])
def test_first_alarm_is_met_except_for_what_is_not_registered(city: City, scenario: dict[str, Any]) -> None:
    assert unmet(city.register, scenario["needs"]) == NOT_REGISTERED.get(scenario["id"], {})


def test_a_city_without_gas_crews_cannot_meet_the_gas_alarm(planted: Plant) -> None:
    def no_gas(register: Register) -> None:
        for unit in register.rows["units"]:
            if unit["type_code"] == "RQ":
                unit["in_service"] = False

    assert unmet(planted(no_gas), SCENARIOS[6]["needs"]) == {"GAS_SHUTOFF": 1, "GAS_DETECT": 2}


def test_one_unit_does_not_serve_two_lines(planted: Plant) -> None:
    def one_unit(register: Register) -> None:
        register.rows["micro_stations"] = []
        register.rows["units"] = [u for u in register.rows["units"] if u["type_code"] == "RQ" and u["in_service"]][:1]

    assert sum(unmet(planted(one_unit), {"GAS_SHUTOFF": 1, "GAS_DETECT": 1}).values()) == 1


MATERIALS = {  # item code: the largest quantity that any one scenario asks for
    "2010102": 120,
    "2010106": 400,
    "1010302": 200,
    "2040103": 2,
    "2040101": 20,
    "2040204": 8,
    "2030204": 40,
    "2040203": 6000,
    "2030202": 2,
    "2010103": 12,
    "3010106": 10,
    "2030301": 2,
    "3010104": 8000,
    "3010109": 3000,
    "2080101": 6,
    "1010101": 1500,
    "1010301": 6000,
    "1010401": 800,
    "1020101": 4000,
    "2020101": 6,
    "2020105": 8,
}


@pytest.mark.parametrize("item", MATERIALS)
def test_the_depots_together_hold_the_materials_of_each_scenario(city: City, item: str) -> None:
    today = city.register.manifest["as_of"]
    lots = [b for b in city.register.rows["batches"] if b["item_code"] == item and (b["expires_on"] or "9") > today]
    assert sum(lot["available"] for lot in lots) >= MATERIALS[item]


def test_who_must_be_asked_does_not_meet_an_alarm(planted: Plant) -> None:
    """The planted bug: all gas crews belong to XPCC, and the register does not say so of the units themselves."""

    def lent(register: Register) -> None:
        for unit in register.rows["units"]:
            if unit["type_code"] == "RQ":
                unit["organisation_id"] = "org-xpcc"

    assert unmet(planted(lent), SCENARIOS[6]["needs"]) == {"GAS_SHUTOFF": 1, "GAS_DETECT": 2}
