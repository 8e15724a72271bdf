"""The worker grows each tree of coverage once, a few in one job, and keeps nothing large of the map afterwards."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dispatch.workers import cover
from dispatch.workers.cover import Grown
from dispatch.workers.jobs import CoverJob, GridJob, Origin, RowsJob
from dispatch.workers.travel import Roads
from kernel.contracts.assignment import Closure
from tests.unit.routing.test_zones import at, town
from tests.worlds import engine, station

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLACES = (at(0, 0), at(1000, 0), at(2000, 500))
JOB = CoverJob(places=PLACES, stations=PLACES, areas=(), key_places=(at(500, 0),), closures=(), at=NOON)
RING = (at(900, -50), at(1100, -50), at(1100, 1100), at(900, 1100))
CLOSED = replace(JOB, closures=(Closure(id="c", name="x", ring=RING, valid_from=NOON),))


@pytest.fixture
def grown_places(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many trees each call has grown."""
    counts: list[int] = []
    right = cover.tree_seconds

    def counting(graph, profile, closed, zones, places, points):  # type: ignore[no-untyped-def]
        counts.append(len(places))
        return right(graph, profile, closed, zones, places, points)

    monkeypatch.setattr(cover, "tree_seconds", counting)
    return counts


def test_only_new_places_and_new_closures_are_grown(grown_places: list[int]) -> None:
    roads, grown = Roads(town()), Grown()
    first = grown.cover(JOB, roads)
    assert (first.missing, set(first.seconds)) == (0, set(PLACES))
    grown.cover(JOB, roads)
    more = grown.cover(replace(JOB, places=(*PLACES, at(3000, 0))), roads)
    shut = grown.cover(CLOSED, roads)
    back = grown.cover(JOB, roads)
    assert grown_places == [3, 4, 3]  # a new place needs a tree, and the others the ways to it
    assert (more.zones_version, shut.zones_version) == (first.zones_version, first.zones_version)
    assert shut.closures_version != first.closures_version == back.closures_version
    assert (shut.seconds[PLACES[0]] != first.seconds[PLACES[0]]).any()
    assert all((back.seconds[place] == first.seconds[place]).all() for place in PLACES)


def test_more_places_than_trees_at_once_come_in_several_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover, "TREES_AT_ONCE", 2)
    roads, grown = Roads(town()), Grown()
    first, second = grown.cover(JOB, roads), grown.cover(JOB, roads)
    assert (first.missing, len(first.seconds)) == (1, 2)
    assert (second.missing, len(second.seconds)) == (0, 3)


def test_other_zones_make_every_row_anew(grown_places: list[int]) -> None:
    roads, grown = Roads(town()), Grown()
    first = grown.cover(JOB, roads)
    other = grown.cover(replace(JOB, key_places=()), roads)
    assert grown_places == [3, 3]
    assert first.zones_version != other.zones_version


def test_what_was_derived_of_the_map_is_let_go_and_what_others_derived_stays() -> None:
    graph = town()
    graph.memory["mine"] = 1
    Grown().cover(JOB, Roads(graph))
    assert set(graph.memory) == {"mine"}


def test_without_a_map_there_are_no_zones() -> None:
    nothing = Grown().cover(JOB, Roads(None))
    assert (nothing.names, nothing.seconds, nothing.missing, nothing.map_version) == ((), {}, 0, "none")


def test_rows_kept_for_other_closures_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: a row is kept by its place alone."""
    roads, grown = Roads(town()), Grown()
    right = grown.cover(JOB, roads)

    class Blind(dict[tuple[str, tuple[float, float]], object]):
        def __contains__(self, key: object) -> bool:
            return any(place == key[1] for _, place in self)  # type: ignore[index]

        def __getitem__(self, key: tuple[str, tuple[float, float]]) -> object:
            return next(row for (_, place), row in self.items() if place == key[1])

    monkeypatch.setattr(grown, "rows", Blind(grown.rows))
    shut = grown.cover(CLOSED, roads)
    honest = Grown().cover(CLOSED, roads)
    assert (shut.seconds[PLACES[0]] == right.seconds[PLACES[0]]).all()
    assert (honest.seconds[PLACES[0]] != shut.seconds[PLACES[0]]).any()


def test_ways_between_places_come_with_the_trees_and_a_new_place_does_not_keep_the_figure_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roads, grown = Roads(town()), Grown()
    first = grown.cover(JOB, roads)
    assert first.between_s is not None
    assert first.between_s.shape == (3, 3)
    assert 0 < first.between_s[0, 1] < first.between_s[0, 2]
    monkeypatch.setattr(cover, "TREES_AT_ONCE", 1)
    more = replace(JOB, places=(*PLACES, at(3000, 0)))
    answers = [grown.cover(more, roads) for _ in range(4)]
    assert [(each.missing, each.between_s is None) for each in answers] == [(0, True)] * 3 + [(0, False)]
    last = answers[-1].between_s
    assert last is not None
    assert (last[:3, :3] == first.between_s).all()


def test_rows_of_a_unit_are_kept_and_are_those_of_its_own_vehicle(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    right = cover.zone_seconds

    def counting(graph, profile, closed, zones, places):  # type: ignore[no-untyped-def]
        counts.append(len(places))
        return right(graph, profile, closed, zones, places)

    monkeypatch.setattr(cover, "zone_seconds", counting)
    home = station("s", PLACES[0])
    slow = engine("slow", home, parameters={"speed_factor": 0.5})
    flown = engine("flown", home, by_air=True, parameters={"cruise_kmh": 360})
    asked = RowsJob(JOB, (Origin(PLACES[0]), Origin(PLACES[0], slow), Origin(PLACES[0], flown)))
    roads, grown = Roads(town()), Grown()
    figures = grown.cover(JOB, roads)
    rows = grown.rows_of(asked, roads)
    assert (rows.zones_version, rows.closures_version) == (figures.zones_version, figures.closures_version)
    assert (rows.seconds[0] == figures.seconds[PLACES[0]]).all()
    assert (rows.seconds[1] >= rows.seconds[0] * 1.5).all()
    assert (rows.seconds[2] < rows.seconds[0]).any()
    assert counts == [1, 1]
    again = grown.rows_of(asked, roads)
    assert (again.seconds == rows.seconds).all()
    assert counts == [1, 1, 1]  # the candidate's alone: what stands where it stands is kept
    assert grown.rows_of(asked, Roads(None)).seconds.shape == (3, 0)
    assert grown.grid(GridJob(JOB, 500.0), Roads(None)).points == ()
    assert grown.grid(GridJob(JOB, 500.0), roads).points
