"""Live use: `./muster run --no-demo` under a Chinese path with a space, a real map put under it, units by its roads."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from dispatch.routing import load_graph
from dispatch.routing.profiles import LIGHT_CAR
from dispatch.routing.weights import weigh
from infra.children import is_alive, wait_until
from infra.place import ROOT
from infra.roads import GRAPH_FILE
from infra.topology import PROCESSES
from kernel.contracts.base import LonLat
from tests.launched import Copy, children_of, open_folder
from tests.town.people import hire, import_register, signed_in
from tests.unit.import_folder import TABLES, whole, written

KEPT = {"manifest.json", "capabilities.csv", "vehicle_types.csv", "items.csv", "organisations.csv"}


def muster(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One command of a person at the terminal."""
    return subprocess.run([ROOT / "muster", *arguments], capture_output=True, text=True, check=False, timeout=180)


@pytest.fixture(scope="module")
def live() -> Iterator[Copy]:
    """A copy in live use; at its end nothing of it may be left."""
    with open_folder() as folder:
        data = folder / "市 指挥中心" / "data 1"
        data.parent.mkdir()
        made = Copy(data, [str(ROOT / "muster"), "run", "--no-demo", "--data", str(data)]).wait_up()
        yield made
        pids = [*made.pids(), *children_of(made.pid("postgres"))]
        said = muster("stop", "--data", data)
        assert said.returncode == 0, said.stderr
        assert made.process.wait(20) == 0
        assert wait_until(lambda: not any(map(is_alive, pids)), 5), made.log.read_text()
        assert muster("status", "--data", data).returncode == 3


@pytest.fixture
async def admin(live: Copy) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator, signed in with the password that the terminal printed."""
    printed = live.log.read_text().split("shown only this once:  admin  ", 1)[1].split()[0]
    async with signed_in(live.state()["url"], "admin", printed) as made:
        yield made.http


def test_nothing_of_the_demonstration_runs(live: Copy) -> None:
    wanted = {process.name for process in PROCESSES if not process.demo_only} | {"postgres", "redis", "zygote"}
    assert set(live.state()["processes"]) == wanted
    assert live.state()["mode"] == "production"
    assert not (live.place.data / "city").exists()
    assert "one use within" not in live.log.read_text(), "no link opens live use without a password"


def test_status_and_a_second_start_know_of_it(live: Copy) -> None:
    shown = muster("status", "--data", live.place.data)
    assert all(name in shown.stdout for name in live.state()["processes"])
    again = muster("run", "--no-demo", "--data", live.place.data)
    assert again.returncode == 1
    assert "Muster already runs in" in again.stderr
    assert live.is_up()


def test_nothing_can_be_played_in_it(live: Copy) -> None:
    said = muster("demo", "--data", live.place.data)
    assert said.returncode == 1
    assert "live use" in said.stderr


async def test_the_clock_runs_at_rate_one(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/api/gateway/session")).json()["clock"]["rate"] == 1


def extract() -> Path:
    given = os.environ.get("MUSTER_TEST_OSM")
    if not given:
        print(
            "\n*** SKIPPED: no real map was put under a running copy. Set MUSTER_TEST_OSM to an .osm.pbf extract. ***"
        )
        pytest.skip("MUSTER_TEST_OSM names no extract: ./muster roads is NOT proved on real data")
    return Path(given)


def junctions(live: Copy, count: int) -> list[LonLat]:
    """Places from which a car can drive to everywhere."""
    graph = load_graph(live.place.data / GRAPH_FILE)
    weights = weigh(graph, LIGHT_CAR)
    joined = np.unique(graph.edge_tail[weights.leaves & weights.arrives])
    pick = np.random.default_rng(5).choice(joined, count, replace=False)
    return [(float(graph.junction_lon[n]), float(graph.junction_lat[n])) for n in pick]


def register_at(folder: Path, places: list[LonLat]) -> Path:
    """An import folder with an engine at each of these places, and nothing else that has a place."""
    homes = [(f"st-{n}", f"{lon:.6f}", f"{lat:.6f}") for n, (lon, lat) in enumerate(places)]
    station, engine = TABLES["stations.csv"][0], TABLES["units.csv"][0]
    made = {name: body for name, body in whole().items() if name in KEPT}
    made["stations.csv"] = written([{**station, "id": id_, "name": id_, "lon": x, "lat": y} for id_, x, y in homes])
    made["units.csv"] = written([{**engine, "id": f"u{id_}", "name": id_, "station_id": id_} for id_, _, _ in homes])
    for name, body in made.items():
        (folder / name).write_bytes(body)
    return folder


async def advised(http: httpx.AsyncClient, at: LonLat, wanted: int) -> dict[str, Any]:
    """A recommendation for a fire at a place, asked for until dispatch knows the register and the map."""
    body = {"kind": "fire.ordinary", "at": list(at), "address": "Carrer Major"}
    for number in range(60):
        reply = await http.post("/api/dispatch/incidents", json=body, headers={"Idempotency-Key": f"fire-{number}"})
        if reply.status_code == 201:
            path = f"/api/dispatch/incidents/{reply.json()['incident']['id']}/recommendations"
            advice = await http.post(path, headers={"Idempotency-Key": f"advice-{number}"})
            if advice.status_code == 201 and len(advice.json()["picks"]) >= wanted:
                return dict(advice.json())
        await asyncio.sleep(0.5)
    raise AssertionError(reply.text if reply.status_code != 201 else advice.text)


async def test_a_real_map_is_put_under_it_and_units_go_by_its_roads(
    live: Copy, admin: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = live.pid("dispatch")
    said = muster("roads", extract(), "--data", live.place.data)
    assert said.returncode == 0, said.stderr
    assert wait_until(lambda: live.pid("dispatch") not in {0, before} and live.is_up(), 60), live.log.read_text()
    *homes, fire = junctions(live, 4)
    import_register(live, register_at(tmp_path, homes))
    secret = await hire(admin, "desk", {"roles": ["dispatcher"], "seat": "01"})
    async with signed_in(live.state()["url"], "desk", secret) as desk:
        advice = await advised(desk.http, fire, 1)
        assert {pick["method"] for pick in advice["picks"]} == {"road"}
        assert advice["map_version"] == load_graph(live.place.data / GRAPH_FILE).map_version
        outside = {"kind": "fire.ordinary", "at": [87.6, 43.8], "address": "x"}
        reply = await desk.http.post("/api/dispatch/incidents", json=outside, headers={"Idempotency-Key": "far"})
        assert (reply.status_code, reply.json()["code"]) == (422, "outside_area")
