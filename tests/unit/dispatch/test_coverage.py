"""Coverage counts what a free first engine reaches in time, as a slow count by the definition does."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.optimizer.problem import Zone
from dispatch.rules import coverage as rules
from dispatch.rules.coverage import LIMITS_S, NEVER, WHOLE, Ground
from dispatch.workers.jobs import RecommendJob, UnitAt, Zoning
from dispatch.workers.problem import problem_of
from dispatch.workers.travel import Roads
from kernel.contracts.coverage import Coverage
from kernel.contracts.incident import Incident
from kernel.contracts.plans import ForceTable
from tests.worlds import FIRE, engine, foam, force_table, ladder, station

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ground(risk: list[int], **due_s: list[int]) -> Ground:
    """Zones z0, z1, … with their risk, and seconds from each station to each."""
    names = tuple(f"z{number}" for number in range(len(risk)))
    return Ground("v1", "m1", "none", names, np.array(risk), {name: np.array(each) for name, each in due_s.items()})


TWO = ground([50_000, 30_000, 20_000], a=[300, 301, NEVER + 60], b=[601, 480, NEVER + 60])


def by_definition(held: Ground, free: Mapping[str, int], limit_s: int) -> int:
    """Risk of the zones that some station with a free engine reaches within a limit, counted one by one."""
    return sum(
        int(held.risk[zone])
        for zone in range(len(held.names))
        if any(number > 0 and int(held.due_s[place][zone]) <= limit_s for place, number in free.items())
    )


def wrong(held: Ground, free: Mapping[str, int], said: Coverage) -> list[int]:
    """The limits at which a figure is not what the definition says."""
    return [
        each.limit_s for each in said.within if round(each.share * WHOLE) != by_definition(held, free, each.limit_s)
    ]


GROUNDS = st.integers(1, 6).flatmap(
    lambda zones: st.tuples(
        st.lists(st.integers(0, 900), min_size=zones, max_size=zones),
        st.dictionaries(
            st.sampled_from("abcd"),
            st.lists(st.sampled_from([1, 299, 300, 301, 480, 481, 600, 601, NEVER]), min_size=zones, max_size=zones),
            min_size=1,
        ),
        st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)),
    )
)


@settings(max_examples=60)
@given(GROUNDS)
def test_the_figure_is_what_the_definition_says(drawn: Any) -> None:
    risk, due_s, free = drawn
    held = ground(rules.in_parts(np.array(risk, dtype=np.float64)).tolist(), **due_s)
    free = {place: number for place, number in free.items() if place in due_s}
    said = rules.coverage_of(held, free, dict.fromkeys(due_s, 2), at=NOON)
    assert wrong(held, free, said) == []
    assert len(said.states) == len(held.names)
    assert all(each.share <= each.at_home for each in said.within)
    assert said.weak_count == sum(digit != "0" for digit in said.states)


def test_an_engine_that_is_away_and_still_counted_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: every station with an engine counts, whether it is at home or not."""
    right = rules.soonest_s
    monkeypatch.setattr(rules, "soonest_s", lambda held, _places: right(held, held.due_s))
    free = {"a": 0, "b": 1}
    said = rules.coverage_of(TWO, free, {"a": 1, "b": 1}, at=NOON)
    assert wrong(TWO, free, said) == [300, 480, 600]


def test_with_its_engine_away_a_zone_is_lost_named_and_the_worst() -> None:
    said = rules.coverage_of(TWO, {"a": 0, "b": 1}, {"a": 2, "b": 1}, at=NOON)
    assert [(each.limit_s, each.share, each.at_home) for each in said.within] == [
        (300, 0.0, 0.5),
        (480, 0.3, 0.8),
        (600, 0.3, 0.8),
    ]
    assert (said.states, said.states_at_home) == ("314", "014")
    assert [(weak.zone_id, weak.lost, weak.due_s, weak.station_id) for weak in said.weak] == [
        ("z0", True, 601, "a"),
        ("z1", False, 480, "a"),
        ("z2", False, None, None),
    ]
    assert [(each.station_id, each.free, each.engines) for each in said.stations] == [("a", 0, 2), ("b", 1, 1)]


def test_a_city_of_the_largest_size_fits_into_an_event() -> None:
    rng = np.random.default_rng(4)
    places = {f"station-of-district-{number:03d}": rng.integers(200, 900, 1500) for number in range(220)}
    names = tuple(f"z{number:04d}-{number:04d}" for number in range(1500))
    held = Ground("0123456789ab", "0123456789abcdef", "none", names, rules.in_parts(rng.random(1500)), places)
    said = rules.coverage_of(held, {}, dict.fromkeys(places, 3), at=NOON)
    assert len(said.model_dump_json().encode()) < 15_500


@settings(max_examples=60)
@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=40))
def test_parts_of_risk_are_whole_and_make_the_whole(metres: list[int]) -> None:
    parts = rules.in_parts(np.array(metres, dtype=np.float64))
    assert int(parts.sum()) == (WHOLE if sum(metres) > 0 else 0)
    assert (parts >= 0).all()
    assert np.abs(parts - np.array(metres) / max(sum(metres), 1) * parts.sum()).max() <= 1


@settings(max_examples=60)
@given(GROUNDS)
def test_merged_zones_lose_and_gain_no_cover(drawn: Any) -> None:
    risk, due_s, free = drawn
    held = ground(risk, **due_s)
    zones = rules.merged(held, LIMITS_S[0])
    assert len({places for _, _, places in zones}) == len(zones)
    assert sorted(zones) == list(zones)
    ready = {place: number for place, number in free.items() if place in due_s}
    kept = sum(weight for _, weight, places in zones if any(ready.get(place, 0) for place in places))
    assert kept == by_definition(held, ready, LIMITS_S[0])


def test_a_first_engine_is_the_water_tender_of_the_force_table() -> None:
    home, other = station("a", FIRE), station("b", FIRE)
    small = engine("a0", home, parameters={"water_l": 2500})
    asked = engine("a4", home, by_request=True)
    flown = engine("a5", home, by_air=True)
    out = engine("a6", home, in_service=False)
    units = [foam("b1", other), out, ladder("a3", home), engine("a1", home), small, asked, flown]
    found = rules.first_engines(units, force_table())
    assert {place: [unit.id for unit in mine] for place, mine in found.items()} == {"a": ["a1", "a6"], "b": ["b1"]}
    bare = ForceTable(id="city", formation_keys=(), add_ons={})
    assert [unit.id for unit in rules.first_engines(units, bare)["a"]] == ["a0", "a1", "a6"]


def test_the_problem_has_the_zones_and_where_each_unit_stands_ready() -> None:
    home = station("a", FIRE)
    incident = Incident.model_validate(
        {
            "id": "i1",
            "number": "1",
            "kind": "fire.ordinary",
            "status": "reported",
            "alarm_level": 1,
            "at": FIRE,
            "address": "x",
            "reported_at": NOON,
        }
    )
    zoning = Zoning((Zone("z0", 50_000, ("a",)),))
    units = (UnitAt(engine("a1", home), FIRE, place="a"), UnitAt(ladder("a2", home), FIRE))
    job = RecommendJob("i1", (incident,), units, (), (), (), {}, {}, (), NOON, zoning=zoning)
    problem = problem_of(job, Roads(None))
    assert problem.zones == zoning.zones
    assert [(unit.id, unit.place) for unit in problem.units] == [("a1", "a"), ("a2", "")]
