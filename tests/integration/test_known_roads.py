"""Answers that anybody can check by hand, through the whole service on a town of four streets."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from kernel.contracts.base import LonLat
from kernel.contracts.plans import Conditions, ResponseCard
from kernel.contracts.resources import Item, Organisation, Stock, Stockpile
from kernel.contracts.vocabulary import OrganisationKind
from tests.integration.desk_of import Desk, desk_over, worker
from tests.integration.tiny_maps import Town, built
from tests.worlds import World, count, engine, force_table, ladder, station

MAIN = {"highway": "secondary"}
TOWN = Town(
    nodes={
        1: (-300, 0),
        2: (0, 0),
        5: (200, 0),
        3: (400, 0),
        4: (700, 0),
        6: (200, 600),
        7: (700, 1300),
        8: (700, 1400),
        9: (700, 4300),
    },
    ways={
        "west": ((1, 2), MAIN),
        "bridge street": ((2, 5, 3), MAIN | {"maxheight": "3.5"}),
        "long way": ((2, 6, 3), MAIN),
        "east": ((3, 4), MAIN),
        "north": ((4, 7), MAIN),
        "gate": ((7, 8), MAIN | {"maxheight": "3.5"}),
        "behind the gate": ((8, 9), MAIN),
    },
)


def place(node: int) -> LonLat:
    lon, lat = TOWN.at(node)
    return (lon, lat)


FIRE = place(4)
WEST, NORTH = station("west", place(1)), station("north", place(7))


def town() -> World:
    """A western station, 1000 m by the bridge of 3.5 m, 1865 m around it; a northern one, 1300 m."""
    piles = [
        Stockpile(
            id=name,
            name=name,
            organisation_id="org-brigade",
            owner_kind=OrganisationKind.CITY,
            at=place(node),
            trucks=1,
            trucks_out=out,
            payload_kg=9000,
            mobilise_s=60,
        )
        for name, node, out in (("near", 3, 1), ("far", 7, 0))
    ]
    card = ResponseCard(
        id="any", name="任何", conditions=Conditions(), lines=(count("LADDER", "AERIAL_RESCUE", 1),), priority=1
    )
    return (
        World()
        .add("organisation", Organisation(id="org-brigade", name="大队", kind=OrganisationKind.BRIGADE, path="c/b"))
        .add("station", WEST, NORTH)
        .add("unit", ladder("lw", WEST), ladder("ln", NORTH), engine("ew", WEST), engine("en", NORTH))
        .add("stockpile", *piles)
        .add("item", Item(id="SAND", name="干沙", unit="t", kg=1000, m3=1, material_class=3))
        .add(
            "stock",
            *(
                Stock(
                    id=f"{pile.id}:SAND", stockpile_id=pile.id, item_code="SAND", available=5, committed=0, in_transit=0
                )
                for pile in piles
            ),
        )
        .add("response_card", card)
        .add("force_table", force_table())
    )


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    folder = tmp_path_factory.mktemp("town")
    built(TOWN, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_WORKER_LIVE", str(folder / "w.sock"))
        patch.setenv("MUSTER_ROADS", str(folder / "roads.npz"))
        with worker(folder / "w.sock"):
            async with desk_over(town()) as made:
                yield made


async def advice_for(desk: Desk, line: dict[str, Any]) -> dict[str, Any]:
    incident = await desk.report(kind="other", at=FIRE)
    changed = await desk.ask("PATCH", f"/incidents/{incident['id']}", {"lines": [line]})
    assert changed.status_code == 200, changed.text
    made: dict[str, Any] = await desk.post(f"/incidents/{incident['id']}/recommendations")
    await desk.ask("POST", f"/incidents/{incident['id']}/steps", {"to": "canceled"})
    return made


ENGINE = {"key": "ENGINE", "kind": "count", "capabilities": ["WATER_SUPPLY"], "quantity": 1}
SAND = {"key": "SAND", "kind": "material", "item_code": "SAND", "quantity": 2}


def chosen(advice: dict[str, Any], line: str) -> str:
    (unit_id,) = [pick["unit_id"] for pick in advice["picks"] if pick["line"] == line]
    return str(unit_id)


async def test_a_low_bridge_makes_the_nearer_ladder_slower(desk: Desk) -> None:
    advice = await advice_for(desk, ENGINE)
    assert chosen(advice, "ENGINE") == "ew", "3.3 m passes under the bridge"
    assert chosen(advice, "LADDER") == "ln", "3.9 m does not"
    assert all(pick["method"] == "road" and not pick["flags"] for pick in advice["picks"])
    why = await desk.get(f"/recommendations/{advice['id']}/why", unit_id="lw")
    limit = next(each for each in why["why"] if each["code"] == "road_limit")
    assert limit["params"]["slower_s"] > 30


async def test_ladders_that_a_gate_shuts_out_are_named_beside_what_is_missing(desk: Desk) -> None:
    incident = await desk.report(kind="other", at=place(9))
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert [(each["line"], each["missing"]) for each in advice["unmet"]] == [("LADDER", 1)]
    (kept,) = advice["road_limited"]
    assert (kept["line"], kept["units"], kept["unit_id"], kept["eta_s"]) == ("LADDER", 2, "ln", None)
    assert [(each["code"], each["params"]["limit"]) for each in kept["limits"]] == [("limit_height", 3.5)]
    why = await desk.get(f"/recommendations/{advice['id']}/why", unit_id="ln")
    assert why["why"] == [{"code": "road_limit_shuts", "params": {"would_take_s": kept["would_s"]}}]
    await desk.post(f"/incidents/{incident['id']}/steps", {"to": "canceled"}, expect=200)


async def test_a_closure_reverses_the_ranking_and_its_end_restores_it(desk: Desk) -> None:
    lon, lat = place(5)
    ring = [[lon - 3e-4, lat - 3e-4], [lon + 3e-4, lat - 3e-4], [lon + 3e-4, lat + 3e-4], [lon - 3e-4, lat + 3e-4]]
    assert chosen(await advice_for(desk, ENGINE), "ENGINE") == "ew"
    closure = await desk.post("/closures", {"name": "桥下积水", "ring": ring})
    closed = await advice_for(desk, ENGINE)
    assert chosen(closed, "ENGINE") == "en"
    assert closed["closures_version"] != "none"
    await desk.post(f"/closures/{closure['id']}/lift", expect=200)
    assert chosen(await advice_for(desk, ENGINE), "ENGINE") == "ew"


async def test_the_nearer_depot_does_not_serve_while_its_truck_is_out(desk: Desk) -> None:
    (load,) = (await advice_for(desk, SAND))["stock"]
    assert (load["stockpile_id"], load["quantity"]) == ("far", 2)
    assert [(why["code"], why["params"]["stockpile"]) for why in load["why"]] == [("truck_out", "near")]


async def test_the_route_of_a_ladder_goes_round_the_bridge_and_says_so(desk: Desk) -> None:
    incident = await desk.report(kind="other", at=FIRE)
    held = (await desk.order(incident["id"], "lw"))["assignments"][0]
    route = await desk.get(f"/assignments/{held['id']}/route")
    assert 1800 < route["length_m"] < 1950
    assert [(why["code"], why["params"]["limit"]) for why in route["avoided"]] == [("avoids_height", 3.5)]
    assert route["elapsed_s"][-1] == pytest.approx(held["travel_s"], abs=1)
    await desk.post(f"/assignments/{held['id']}/release", {"reason": "test over"}, expect=200)


async def test_an_engine_off_the_map_is_flagged_and_never_ranked_above_a_known_one(desk: Desk) -> None:
    lost = engine("lost", WEST, at=(FIRE[0] + 0.05, FIRE[1] - 0.05))
    desk.own.copies.put("unit", lost.model_dump(mode="json"))
    try:
        advice = await advice_for(desk, ENGINE)
        why = await desk.get(f"/recommendations/{advice['id']}/why", unit_id="lost")
    finally:
        del desk.own.copies.units["lost"]
    assert chosen(advice, "ENGINE") == "ew"
    assert [each["code"] for each in why["why"]] == ["unreachable"]


def test_the_town_is_what_the_sentences_say() -> None:
    west, fire, north = TOWN.nodes[1], TOWN.nodes[4], TOWN.nodes[7]
    assert (fire[0] - west[0], north[1] - fire[1]) == (1000, 1300)
