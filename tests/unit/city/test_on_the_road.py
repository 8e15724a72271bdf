"""The schematic city through the product's own doors: its register imports whole, its hazards change road times."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dispatch.routing.closures import Closure, closed_at, nothing_closed
from dispatch.routing.graph import Floats, Graph
from dispatch.routing.profiles import LIGHT_CAR, MEDIUM_PUMPER
from dispatch.routing.snapping import snap
from dispatch.routing.storage import load_graph
from dispatch.routing.times import travel_times
from infra.city.build import AS_OF, City
from infra.maps import city_of
from infra.place import Place
from infra.roads import GRAPH_FILE
from resources.importer.building import build as build_register
from resources.importer.importing import read_files
from resources.importer.reading import read

CENTRE, DABANCHENG, WEST = (87.6168, 43.7925), (88.305, 43.356), (87.42, 43.87)
CAUSEWAY_RING = ((87.85, 43.50), (87.90, 43.50), (87.90, 43.54), (87.85, 43.54), (87.85, 43.50))


@pytest.fixture(scope="module")
def folder(drawn_city: Place) -> Path:
    """The city's register, as it was written for the importer."""
    return city_of(drawn_city) / "register"


@pytest.fixture(scope="module")
def graph(drawn_city: Place) -> Graph:
    return load_graph(drawn_city.data / GRAPH_FILE)


def places_of(city: City, kind: str) -> Floats:
    return np.array([(row["lon"], row["lat"]) for row in city.register.rows[kind]])


def test_the_importer_refuses_nothing_of_the_folder(folder: Path) -> None:
    found = read(read_files(folder))
    register = build_register(found, {})
    assert found.problems == []
    assert register.synthetic
    assert len(register.things["unit"]) >= 500
    assert len(register.things["micro_station"]) == 4665
    assert {area.station_id for area in register.things["station_area"]} == {f"st-{n:02d}" for n in range(1, 26)}


def test_the_importer_refuses_a_unit_at_an_unknown_station(folder: Path) -> None:
    files = read_files(folder)
    files["units.csv"] = files["units.csv"].replace(b",st-01,", b",st-99,")
    found = read(files)
    build_register(found, {})
    assert {(problem.file, problem.column) for problem in found.problems} == {("units.csv", "station_id")}


def test_every_base_reaches_the_centre_by_road(city: City, graph: Graph) -> None:
    to = snap(graph, np.array([CENTRE]))
    times = travel_times(graph, MEDIUM_PUMPER, nothing_closed(graph), to, snap(graph, places_of(city, "stations")))
    assert np.isfinite(times.seconds).all()
    assert times.snap_m.max() < 40


def test_closing_the_causeway_cuts_dabancheng_off(graph: Graph) -> None:
    closure = Closure(id="causeway", version=1, from_at=AS_OF, polygon=CAUSEWAY_RING)
    closed = closed_at(graph, (closure,), AS_OF)
    to, town = snap(graph, np.array([CENTRE])), snap(graph, np.array([DABANCHENG]))
    assert np.isfinite(travel_times(graph, LIGHT_CAR, nothing_closed(graph), to, town).seconds).all()
    assert np.isinf(travel_times(graph, LIGHT_CAR, closed, to, town).seconds).all()


@pytest.mark.parametrize(("size", "value"), [("height_m", 4.0), ("weight_t", 36.0)])
def test_low_and_weak_bridges_make_a_large_vehicle_slower(city: City, graph: Graph, size: str, value: float) -> None:
    small = replace(MEDIUM_PUMPER, height_m=2.6, weight_t=3.0)
    large = replace(small, **{size: value})
    to, homes = snap(graph, np.array([WEST])), snap(graph, places_of(city, "micro_stations"))
    quick, slow = (travel_times(graph, p, nothing_closed(graph), to, homes) for p in (small, large))
    at_its_nearest_road = slow.flags == 0
    assert at_its_nearest_road.mean() > 0.95
    assert (slow.seconds >= quick.seconds - 1e-6)[at_its_nearest_road].all()
    assert (slow.seconds > quick.seconds + 60).mean() > 0.005
