"""The city's coverage through the whole service: two stations, three kilometres of streets, real workers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from dispatch import store
from dispatch.commands import coverage
from dispatch.commands.situation import question
from dispatch.commands.supplies import DISPATCH
from dispatch.main import app
from dispatch.workers.cover import Grown
from dispatch.workers.jobs import Cover, CoverJob
from dispatch.workers.pool import Pool
from dispatch.workers.travel import Roads
from kernel.auth import ANONYMOUS
from kernel.contracts.coverage import Coverage
from kernel.contracts.incident import Incident
from kernel.contracts.resources import Organisation
from kernel.contracts.vocabulary import OrganisationKind
from tests.integration.desk_of import Desk
from tests.integration.town_of_two import EAST, WEST, desk_in_town, place
from tests.worlds import World, cards, engine, force_table, ladder


def town() -> World:
    """A station at either end; the middle is a kilometre and a half from both, at 30 km/h three minutes.

    An engine of XPCC stands in the west; it covers nothing of ours.
    """
    lent = engine("p1", WEST, organisation_id="org-xpcc")
    return (
        World()
        .add("organisation", Organisation(id="org-brigade", name="大队", kind=OrganisationKind.BRIGADE, path="c/b"))
        .add("organisation", Organisation(id="org-xpcc", name="兵团", kind=OrganisationKind.XPCC, path="x"))
        .add("station", WEST, EAST)
        .add("unit", engine("w1", WEST), ladder("w2", WEST), engine("e1", EAST), engine("e2", EAST), lent)
        .add("response_card", *cards())
        .add("force_table", force_table())
    )


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk_in_town(tmp_path_factory.mktemp("town"), town()) as made:
        yield made


async def said(desk: Desk, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The coverage as soon as it holds what is waited for."""
    until = time.monotonic() + 15
    while True:
        answer: dict[str, Any] = await desk.get("/coverage")
        if answer["coverage"] is not None and holds(answer["coverage"]):
            return answer
        assert time.monotonic() < until, answer
        await asyncio.sleep(0.05)


def share(coverage_: dict[str, Any], limit_s: int = 300) -> float:
    return float(next((each["share"] for each in coverage_["within"] if each["limit_s"] == limit_s), -1))


def free(coverage_: dict[str, Any]) -> dict[str, int]:
    return {each["station_id"]: each["free"] for each in coverage_["stations"]}


async def changes() -> list[dict[str, Any]]:
    """The values of all events of coverage, in order."""
    async with app.state.running.work(DISPATCH) as tx:
        events = store.tables.LEDGER.events
        wanted = events.select().where(events.c.kind == "coverage").order_by(events.c.seq)
        return [row["value"] for row in (await tx.execute(wanted)).mappings()]


async def test_an_order_takes_the_west_its_cover_and_a_release_gives_it_back(desk: Desk) -> None:
    full = (await said(desk, lambda it: free(it) == {"west": 1, "east": 2}))["coverage"]
    assert [share(full, limit) for limit in (300, 480, 600)] == [1.0, 1.0, 1.0]
    assert (full["weak"], full["degraded"]) == ([], [])
    incident = await desk.report(at=place(2900))
    held = (await desk.order(incident["id"], "w1"))["assignments"][0]
    bare = (await said(desk, lambda it: free(it) == {"west": 0, "east": 2}))["coverage"]
    assert 0.3 < share(bare) < 0.8
    assert share(bare, 600) == 1.0
    assert bare["within"][0]["at_home"] == 1.0
    zones = await desk.get("/coverage/zones")
    boxes = {zone["id"]: zone["box"] for zone in zones["zones"]}
    assert bare["weak_count"] == len(bare["weak"]) > 0
    assert all(weak["lost"] for weak in bare["weak"])
    assert {weak["station_id"] for weak in bare["weak"]} == {"west"}
    assert max(boxes[weak["zone_id"]][0] for weak in bare["weak"]) < place(1500)[0]
    lost = sum(zone["risk"] for zone in zones["zones"] if zone["id"] in {weak["zone_id"] for weak in bare["weak"]})
    assert share(bare) == pytest.approx(1 - lost / 100_000)
    await desk.post(f"/assignments/{held['id']}/release", {"reason": "test over"}, expect=200)
    again = (await said(desk, lambda it: free(it) == {"west": 1, "east": 2}))["coverage"]
    assert again["within"] == full["within"]
    events = await changes()
    assert [free(each) for each in events[-3:]] == [{"west": 1, "east": 2}, {"west": 0, "east": 2}, free(again)]
    assert [each["version"] for each in events] == list(range(1, len(events) + 1))
    await desk.ask("POST", f"/incidents/{incident['id']}/steps", {"to": "canceled"})


async def test_a_second_engine_away_changes_the_count_and_not_the_figure(desk: Desk) -> None:
    await said(desk, lambda it: free(it) == {"west": 1, "east": 2})
    incident = await desk.report(at=place(100))
    held = (await desk.order(incident["id"], "e1"))["assignments"][0]
    left = (await said(desk, lambda it: free(it) == {"west": 1, "east": 1}))["coverage"]
    assert share(left) == 1.0
    await desk.post(f"/assignments/{held['id']}/release", {"reason": "test over"}, expect=200)
    await desk.ask("POST", f"/incidents/{incident['id']}/steps", {"to": "canceled"})


async def test_without_a_change_nothing_is_published(desk: Desk) -> None:
    await said(desk, lambda it: free(it) == {"west": 1, "east": 2})
    before = len(await changes())
    for _ in range(3):
        await coverage.keep(app.state.running, desk.own)
    assert len(await changes()) == before
    assert (await desk.get("/coverage"))["looked_s"] < 3


async def test_a_closure_takes_the_cover_of_what_it_cuts_off(desk: Desk) -> None:
    full = (await said(desk, lambda it: share(it) == 1.0))["coverage"]
    ring = [place(2880, -50), place(2920, -50), place(2920, 1100), place(2880, 1100)]
    closure = await desk.post("/closures", {"name": "东头封路", "ring": ring})
    cut = (await said(desk, lambda it: it["closures_version"] not in ("none", "") and share(it) < 1))["coverage"]
    assert cut["zones_version"] == full["zones_version"]
    assert cut["within"][0]["at_home"] < 1
    await desk.post(f"/closures/{closure['id']}/lift", expect=200)
    assert (await said(desk, lambda it: it["closures_version"] == "none"))["coverage"]["within"] == full["within"]


async def test_the_optimizer_gets_the_zones_and_who_stands_ready(desk: Desk) -> None:
    await said(desk, lambda it: share(it) == 1.0)
    incident = await desk.report(at=place(2900))
    held = (await desk.order(incident["id"], "e1"))["assignments"][0]
    async with app.state.running.work(DISPATCH) as tx:
        job = await question(tx, desk.own, await store.get(tx, "incident", Incident, incident["id"]))
    assert {zone.places for zone in job.zoning.zones} <= {("east",), ("west",), ("east", "west")}
    assert sum(zone.risk for zone in job.zoning.zones) == 100_000
    standing = {"w1": "west", "w2": "", "e1": "", "e2": "east", "p1": ""}
    assert {each.unit.id: each.place for each in job.units} == standing
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert advice["provenance"] != "greedy"
    await desk.post(f"/assignments/{held['id']}/release", {"reason": "test over"}, expect=200)
    await desk.ask("POST", f"/incidents/{incident['id']}/steps", {"to": "canceled"})


async def test_the_figure_is_in_the_snapshot_and_the_zones_are_read_once(desk: Desk) -> None:
    standing = (await said(desk, lambda it: share(it) == 1.0))["coverage"]
    async with app.state.running.work(DISPATCH) as tx:
        (thing,) = [each for each in await store.current(tx) if each.kind == "coverage"]
    assert thing.value == Coverage.model_validate(standing)
    zones = await desk.ask("GET", "/coverage/zones")
    assert zones.json()["zones_version"] == standing["zones_version"]
    assert len(zones.json()["zones"]) == len(standing["states"])
    assert sum(zone["risk"] for zone in zones.json()["zones"]) == 100_000
    again = await desk.http.get(
        "/coverage/zones", headers={**zones.request.headers, "If-None-Match": zones.headers["ETag"]}
    )
    assert again.status_code == 304


async def test_coverage_is_for_those_who_may_see_the_picture(desk: Desk) -> None:
    for path in ("/coverage", "/coverage/zones"):
        assert (await desk.as_(ANONYMOUS).ask("GET", path)).status_code in (401, 403)


async def test_with_the_worker_away_the_known_figure_stays_and_new_roads_are_said_to_be_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = (await said(desk, lambda it: share(it) == 1.0))["coverage"]
    away = desk.own.pool.background.path.with_name("nobody.sock")
    await desk.own.pool.background.close()
    monkeypatch.setattr(desk.own.pool.background, "path", away)
    ring = [place(2880, -50), place(2920, -50), place(2920, 1100), place(2880, 1100)]
    closure = await desk.post("/closures", {"name": "东头封路", "ring": ring})
    old = (await said(desk, lambda it: it["degraded"] == ["coverage_old_roads"]))["coverage"]
    assert old["within"] == full["within"]
    await desk.post(f"/closures/{closure['id']}/lift", expect=200)
    assert (await said(desk, lambda it: it["degraded"] == []))["coverage"]["within"] == full["within"]


async def test_without_a_map_there_is_no_figure_and_with_it_back_there_is_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = (await said(desk, lambda it: share(it) == 1.0))["coverage"]
    mapless = Grown().cover(desk.own.covering.wanted.job, Roads(None))  # type: ignore[union-attr]

    async def cover(_pool: Pool, _job: CoverJob) -> Cover:
        return mapless

    monkeypatch.setattr(Pool, "cover", cover)
    desk.own.covering.made_for = None
    none = await said(desk, lambda it: it["within"] == [])
    assert none["coverage"]["degraded"] == ["roads_away"]
    assert (none["coverage"]["states"], none["coverage"]["weak"]) == ("", [])
    zones = await desk.get("/coverage/zones")
    assert (zones["zones"], zones["degraded"]) == ([], ["roads_away"])
    assert desk.own.covering.zoning.zones == ()
    monkeypatch.undo()
    assert (await said(desk, lambda it: share(it) == 1.0))["coverage"]["within"] == full["within"]


async def test_a_figure_on_other_roads_without_a_word_would_be_caught(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: closures are left out of what the seconds depend on."""
    full = (await said(desk, lambda it: share(it) == 1.0))["coverage"]
    monkeypatch.setattr(coverage, "_in_force", lambda _closures, _at: ())
    ring = [place(2880, -50), place(2920, -50), place(2920, 1100), place(2880, 1100)]
    closure = await desk.post("/closures", {"name": "东头封路", "ring": ring})
    for look in (coverage.keep, coverage.learn, coverage.keep):
        await look(app.state.running, desk.own)
    blind = (await desk.get("/coverage"))["coverage"]
    assert (share(blind), blind["closures_version"], blind["degraded"]) == (share(full), "none", [])
    monkeypatch.undo()
    assert share((await said(desk, lambda it: it["closures_version"] != "none"))["coverage"]) < 1
    await desk.post(f"/closures/{closure['id']}/lift", expect=200)
    await said(desk, lambda it: it["closures_version"] == "none")
