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
from infra.city.__main__ import write
from infra.city.build import AS_OF, City
from infra.roads import build as build_roads
from resources.importer.building import build as build_register
from resources.importer.importing import read_files
from resources.importer.reading import read

CENTRE, DABANCHENG, WEST = (87.6168, 43.7925), (88.305, 43.356), (87.42, 43.87)
CAUSEWAY_RING = ((87.85, 43.50), (87.90, 43.50), (87.90, 43.54), (87.85, 43.54), (87.85, 43.50))


@pytest.fixture(scope="module")
def written(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    write(city, folder)
    return folder


@pytest.fixture(scope="module")
def graph(written: Path) -> Graph:
    build_roads(written / "roads.osm.pbf", written)
    return load_graph(written / "roads.npz")


def places_of(city: City, kind: str) -> Floats:
    return np.array([(row["lon"], row["lat"]) for row in city.register.rows[kind]])


def test_the_importer_refuses_nothing_of_the_folder(written: Path) -> None:
    folder = read(read_files(written / "register"))
    register = build_register(folder, {})
    assert folder.problems == []
    assert register.synthetic
    assert len(register.things["unit"]) >= 500
    assert len(register.things["micro_station"]) == 4665
    assert {area.station_id for area in register.things["station_area"]} == {f"st-{n:02d}" for n in range(1, 26)}


def test_the_importer_refuses_a_unit_at_an_unknown_station(written: Path) -> None:
    files = read_files(written / "register")
    files["units.csv"] = files["units.csv"].replace(b",st-01,", b",st-99,")
    folder = read(files)
    build_register(folder, {})
    assert {(problem.file, problem.column) for problem in folder.problems} == {("units.csv", "station_id")}


@pytest.mark.slow
def test_every_base_reaches_the_centre_by_road(city: City, graph: Graph) -> None:
    to = snap(graph, np.array([CENTRE]))
    times = travel_times(graph, MEDIUM_PUMPER, nothing_closed(graph), to, snap(graph, places_of(city, "stations")))
    assert np.isfinite(times.seconds).all()
    assert times.snap_m.max() < 40


@pytest.mark.slow
def test_closing_the_causeway_cuts_dabancheng_off(graph: Graph) -> None:
    closure = Closure(id="causeway", version=1, from_at=AS_OF, polygon=CAUSEWAY_RING)
    closed = closed_at(graph, (closure,), AS_OF)
    to, town = snap(graph, np.array([CENTRE])), snap(graph, np.array([DABANCHENG]))
    assert np.isfinite(travel_times(graph, LIGHT_CAR, nothing_closed(graph), to, town).seconds).all()
    assert np.isinf(travel_times(graph, LIGHT_CAR, closed, to, town).seconds).all()


@pytest.mark.slow
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
