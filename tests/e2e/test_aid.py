"""Asking others for their forces at the desk: whom, asked, promised, in the plan as promised, taken back."""

import re
import shutil
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.e2e.measures import CHROMIUM, FLAGS
from tests.e2e.seats import DESK_SIZE, Hands, Seat, Wire, take_seat
from tests.launched import Copy

PATIENCE_MS = 30_000
MANY = 200  # more units than all that are ours
OWNER = "兵团第十二师应急管理局"
PLACE = "西山物流园 3 号库"

pytestmark = pytest.mark.skipif(not shutil.which(CHROMIUM), reason="NO CHROMIUM: nobody sits at the desk")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()
    expect.set_options(timeout=5_000)


@pytest.fixture
def desk(browser: Browser, muster: Copy) -> Iterator[Seat]:
    """A dispatcher whose incidents end with the test."""
    seat = take_seat(browser, str(muster.state()["url"]), DESK_SIZE, "dispatcher")
    yield seat
    for incident in seat.ask("GET", "/api/dispatch/incidents"):
        if incident["address"] == PLACE:
            do(seat, f"/incidents/{incident['id']}/steps", {"to": "canceled", "reason": "test over"})
    seat.leave()


def test_aid_is_asked_for_promised_planned_and_taken_back(desk: Seat) -> None:
    incident_id, number = short_of_one(desk)
    wire, page, hands = Wire().listen(desk.page), desk.open("/desk").page, Hands(desk.page)
    page.get_by_role("navigation").get_by_role("button").filter(has_text=number).click()
    aid = page.get_by_role("list", name="支援")
    expect(aid).to_contain_text(f"可请求 {OWNER}")
    counts_only_what_can_be_ordered(page, wire)
    unit_id, name = whom_to_ask(desk, incident_id)
    expect(aid).to_contain_text(name)

    orders(page, hands, unit_id)
    expect(said(page)).to_contain_text(re.compile(f"{name} 属 ?{OWNER}.*先请求支援"))

    hands.press("Escape", "a").press("1", "Enter")
    expect(said(page)).to_contain_text("已登记")
    expect(aid).to_contain_text(re.compile(f"已请求 ?{OWNER} ?{name}"))

    aid.get_by_role("button", name="登记承诺").click()
    with page.expect_response(lambda a: a.url.endswith("/recommendations"), timeout=PATIENCE_MS) as answered:
        hands.type("10").press("Enter")
    expect(said(page)).to_contain_text("已登记承诺")
    expect(aid).to_contain_text(re.compile(f"增援承诺 ?{OWNER} ?{name}.*10 ?分后"))
    pick = next(each for each in answered.value.json()["picks"] if each["unit_id"] == unit_id)
    assert "promised" in pick["flags"]
    assert pick["eta_s"] > pick["travel_s"] + 600
    row = page.get_by_role("region", name="调派建议").locator("tbody tr").filter(has_text=name)
    expect(row).to_contain_text("增援承诺")

    aid.get_by_role("button", name="撤回请求").click()
    with page.expect_response(lambda a: a.url.endswith("/recommendations"), timeout=PATIENCE_MS) as answered:
        hands.press("1", "Enter")
    expect(said(page)).to_contain_text("已撤回")
    assert unit_id not in {each["unit_id"] for each in answered.value.json()["picks"]}
    expect(row).to_have_count(0)
    assert [each["status"] for each in desk.ask("GET", f"{of(incident_id)}/aid-requests")] == ["withdrawn"]
    assert desk.ask("GET", f"{of(incident_id)}/assignments") == []


def short_of_one(desk: Seat) -> tuple[str, str]:
    """An incident that needs one rescue team more than are ours, and its number."""
    report = {"kind": "fire.rubbish", "at": [87.55, 43.80], "address": PLACE, "separate": True}
    incident = do(desk, "/incidents", report)["incident"]
    needs(desk, incident["id"], MANY)
    needs(desk, incident["id"], MANY - missing(advice(desk, incident["id"])) + 1)
    return incident["id"], incident["number"]


def needs(desk: Seat, incident_id: str, quantity: int) -> None:
    line = {"key": "SAR_LIGHT", "kind": "count", "capabilities": ["SAR_LIGHT"], "quantity": quantity}
    desk.ask("PATCH", of(incident_id), {"lines": [line], "reason": "test"}, key=uuid.uuid4().hex)


def missing(made: dict[str, Any]) -> int:
    return int(next(each["missing"] for each in made["unmet"] if each["line"] == "SAR_LIGHT"))


def whom_to_ask(desk: Seat, incident_id: str) -> tuple[str, str]:
    """The nearest unit that one may ask for, and its name."""
    nearest = advice(desk, incident_id)["askable"][0]
    assert nearest["organisation_id"] == "org-xpcc"
    return nearest["unit_id"], desk.ask("GET", f"/api/resources/units/{nearest['unit_id']}")["name"]


def advice(desk: Seat, incident_id: str) -> dict[str, Any]:
    made: dict[str, Any] = do(desk, f"/incidents/{incident_id}/recommendations", {})
    return made


def do(desk: Seat, path: str, body: dict[str, Any]) -> Any:
    return desk.ask("POST", f"/api/dispatch{path}", body, key=uuid.uuid4().hex)


def of(incident_id: str) -> str:
    return f"/api/dispatch/incidents/{incident_id}"


def counts_only_what_can_be_ordered(page: Page, wire: Wire) -> None:
    """The board's total is of units that are ours; those of others stand beside it."""
    things = [thing for frame in wire.frames if frame["type"] == "snapshot" for thing in frame["things"]]
    values = {kind: [each["value"] for each in things if each["kind"] == kind] for kind in ("unit", "organisation")}
    owners = {each["id"] for each in values["organisation"] if each["kind"] == "xpcc"}
    lent = [each for each in values["unit"] if each["by_request"] or each["organisation_id"] in owners]
    ours = len(values["unit"]) - len(lent)
    asked = sum(each["in_service"] for each in lent)
    total = page.get_by_role("region", name="力量板").get_by_role("heading")
    expect(total).to_contain_text(re.compile(rf"全市可派 ?\d+ ?/ ?{ours}\b.*另可请求 ?{asked}"))


def orders(page: Page, hands: Hands, unit_id: str) -> None:
    """One order by hand on the command line."""
    hands.press("Control+k")
    page.keyboard.insert_text(f"派 {unit_id}")
    expect(page.get_by_role("status").filter(has_text="↵")).to_be_visible()
    hands.press("Enter")


def said(page: Page) -> Locator:
    """What the desk says of the last act."""
    return page.locator("[data-said]")
