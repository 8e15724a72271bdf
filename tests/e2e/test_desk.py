"""The desk in a real browser to the end, by keyboard alone: edit, refusals in words, a taken unit, no net."""

import base64
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.dispatching import (
    arrives,
    chooses_a_row,
    command,
    committed,
    drops_the_last,
    end,
    facts_of,
    first_candidate,
    open_incidents,
    reads_why_not,
    release_all,
    releases_a_row,
    report,
    said,
    until,
)
from tests.e2e.measures import CHROMIUM
from tests.e2e.seats import DESK_SIZE, PATIENCE_MS, PHONE_SIZE, Hands, Seat, Wire, take_seat
from tests.launched import Copy

PLAN_KEYS = {"covered": "F7", "calm": "F8"}
# Stations beside one another in the north: without them zones there are beyond 8 minutes, and others can stand in.
EMPTIED = frozenset({"st-16", "st-ow-01", "st-ow-07", "st-pt-08"})
COUNT_AMBER = """
async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const {data} = pen.getImageData(0, 0, image.width, image.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = data.slice(i, i + 3);
    if (red > 120 && red > blue * 1.8 && green > blue * 1.4) found += 1;
  }
  return found;
}
"""

pytestmark = [
    pytest.mark.skipif(not shutil.which(CHROMIUM), reason="NO CHROMIUM: nobody sits at the desk"),
    pytest.mark.usefixtures("patience"),
]


@pytest.fixture
def desk(browser: Browser, muster: Copy) -> Iterator[Seat]:
    """A dispatcher before an empty form; every incident that is reported here is ended afterwards."""
    seat = take_seat(browser, str(muster.state()["url"]), DESK_SIZE, "dispatcher").open("/desk")
    before = {each["id"] for each in open_incidents(seat)}
    expect(seat.page.get_by_role("combobox", name="地点")).to_be_focused()
    yield seat
    seat.context.set_offline(False)
    for incident in open_incidents(seat):
        if incident["id"] not in before:
            end(seat, incident["id"])
    seat.leave()


def test_an_order_is_changed_given_once_and_carried_to_its_end(desk: Seat) -> None:
    hands = Hands(desk.page)
    advice = report(desk, hands, "rmgc")
    incident_id = advice["incident_id"]
    reads_why_not(desk, hands)

    dropped = drops_the_last(hands, advice)
    hands.press("F9")
    expect(said(desk.page)).to_contain_text("请写理由")
    expect(desk.page.get_by_label("改动理由")).to_be_focused()
    hands.press("1").press("F9", "F9")
    expect(said(desk.page)).to_contain_text("已下达")
    hands.press("F9")
    expect(said(desk.page)).to_contain_text("已下达")
    ordered = committed(desk, incident_id)
    assert set(ordered) == {pick["unit_id"] for pick in advice["picks"]} - {dropped}

    releases_a_row(desk, hands)
    left = committed(desk, incident_id)
    assert len(left) == len(ordered) - 1

    arrives(desk, incident_id)
    for line in ("控制", "完毕"):
        command(desk, line)
    command(desk, "归档")
    name = desk.ask("GET", f"/api/resources/units/{next(iter(left))}")["name"]
    expect(said(desk.page)).to_contain_text(re.compile(rf"还有 ?{len(left)} ?车未撤：.*{name}"))
    release_all(desk, incident_id)
    hands.press("Enter")
    expect(said(desk.page)).to_contain_text(re.compile("归档|已归档"))
    assert desk.ask("GET", f"/api/dispatch/incidents/{incident_id}")["status"] == "closed"


def test_what_is_typed_while_a_report_registers_or_the_net_is_away_is_not_lost(desk: Seat) -> None:
    hands, page = Hands(desk.page), desk.page
    known = len(open_incidents(desk))
    hands.type("hsgy")
    first_candidate(page)
    hands.press("Enter")
    expect(page.get_by_text("✓ 已定位")).to_be_visible()
    desk.context.set_offline(True)
    hands.press("1", "7")
    expect(page.get_by_role("alert").filter(has_text="离线")).to_contain_text("未送达")
    hands.press("p").press("2", "Tab", "1")
    desk.context.set_offline(False)
    expect(page.get_by_role("alert").filter(has_text="离线")).to_have_count(0)
    expect(said(page)).to_contain_text("已登记")
    made = [each for each in open_incidents(desk) if each["kind"] == "fire.vehicle"][-1]
    until(page, lambda: facts_of(desk, made["id"]) == (2, 1))
    assert len(open_incidents(desk)) == known + 1

    page.get_by_role("button", name=re.compile("确认调派")).wait_for(timeout=PATIENCE_MS)
    desk.context.set_offline(True)
    hands.press("F9")
    expect(said(page)).to_contain_text("没有送达：口头下达")
    desk.context.set_offline(False)
    assert committed(desk, made["id"]) == []
    hands.press("F9")
    expect(said(page)).to_contain_text("已下达")
    once = committed(desk, made["id"])
    assert len(once) == len(set(once)) > 0


def test_a_unit_that_somebody_else_took_is_told_by_name_and_replaced(desk: Seat, browser: Browser) -> None:
    hands, page = Hands(desk.page), desk.page
    advice = report(desk, hands, "rmgc")
    wanted = advice["picks"][0]["unit_id"]
    rival = take_seat(browser, desk.url, DESK_SIZE, "commander")
    form = {"kind": "fire.rubbish", "at": [87.6081, 43.8065], "address": "红山公园", "source": "call"}
    other = rival.ask("POST", "/api/dispatch/incidents", form, key=uuid.uuid4().hex)["incident"]

    on_its_way: list[Route] = []
    page.route("**/orders", lambda route: on_its_way.append(route), times=1)
    hands.press("F9")
    until(page, lambda: bool(on_its_way))
    order = {"kind": "manual", "units": [{"unit_id": wanted}]}
    rival.ask("POST", f"/api/dispatch/incidents/{other['id']}/orders", order, key=uuid.uuid4().hex)
    on_its_way[0].continue_()
    name = rival.ask("GET", f"/api/resources/units/{wanted}")["name"]
    expect(said(page)).to_contain_text(re.compile(f"{name} 已派 {other['number']}.*指挥长"))
    hands.press("F9")
    expect(said(page)).to_contain_text("已下达")
    assert wanted not in committed(desk, advice["incident_id"])
    assert wanted in committed(desk, other["id"])
    rival.leave()


def test_another_plan_is_chosen_a_unit_pinned_at_its_price_and_exactly_that_ordered(desk: Seat) -> None:
    hands, page = Hands(desk.page), desk.page
    advice = completed(desk, solved(desk, report(desk, hands, "rmgc", "15")))
    rows = page.get_by_role("region", name="调派建议").locator("tbody tr")
    other = next(each for each in advice["alternatives"] if each["name"] in PLAN_KEYS and each["leaves"])
    names = {name_of(desk, unit_id) for unit_id in planned(advice, other["name"])}
    expect(rows).to_have_count(len(advice["picks"]))
    hands.press(PLAN_KEYS[other["name"]])
    expect(page.get_by_role("group", name="备选方案").locator("[aria-pressed=true]")).to_contain_text("选中")
    assert {row.strip() for row in rows.locator("td:nth-child(2)").all_inner_texts()} == names

    pinned = other["adds"][0]["unit_id"]
    name = name_of(desk, pinned)
    rows.filter(has_text=name).click()
    with page.expect_response(lambda a: a.url.endswith("/recommendations"), timeout=PATIENCE_MS) as answered:
        hands.press("i")
    again = completed(desk, answered.value.json())
    assert again["pinned"] == [pinned]
    assert again["price"] is not None
    choices = page.get_by_role("region", name="指挥员选择")
    expect(choices).to_contain_text(re.compile("代价.*(不增代价|[+−])"))
    hands.press("Escape")
    expect(choices.get_by_role("button", name=f"取消：固定 {name}")).to_be_visible()

    with page.expect_request("**/orders") as ordered:
        hands.press("F9")
    form: dict[str, Any] = ordered.value.post_data_json or {}
    assert (form["recommendation_id"], form["alternative"]) == (again["id"], other["name"])
    expect(said(page)).to_contain_text("已下达")
    sent = set(committed(desk, advice["incident_id"]))
    assert sent == planned(again, other["name"])
    assert pinned in sent


def solved(desk: Seat, advice: dict[str, Any]) -> dict[str, Any]:
    """The same question again while the solver is so busy that the answer is the nearest-first list alone."""
    path = f"/api/dispatch/incidents/{advice['incident_id']}/recommendations"
    end = time.monotonic() + PATIENCE_MS / 1000
    while "solver_away" in advice["degraded"]:
        assert time.monotonic() < end, "the solver does not answer"
        advice = desk.ask("POST", path, {}, key=uuid.uuid4().hex)
    return advice


def completed(desk: Seat, advice: dict[str, Any]) -> dict[str, Any]:
    """The recommendation once its further plans are made and the desk shows them."""
    path, end = f"/api/dispatch/recommendations/{advice['id']}", time.monotonic() + PATIENCE_MS / 1000
    while advice["alternatives_due"]:
        assert time.monotonic() < end, "the further plans do not come"
        advice = desk.ask("GET", path)
    plans = desk.page.get_by_role("group", name="备选方案")
    expect(plans).to_have_attribute("aria-busy", "false")
    return advice


def planned(advice: dict[str, Any], name: str) -> set[str]:
    """The units of one of the plans of a recommendation."""
    plan = next(each for each in advice["alternatives"] if each["name"] == name)
    picks, adds = ({unit["unit_id"] for unit in units} for units in (advice["picks"], plan["adds"]))
    return picks - set(plan["leaves"]) | adds


def name_of(desk: Seat, unit_id: str) -> str:
    return str(desk.ask("GET", f"/api/resources/units/{unit_id}")["name"])


def test_the_desk_says_what_it_cannot_do(desk: Seat) -> None:
    hands, page = Hands(desk.page), desk.page
    hands.press("F9")
    expect(said(page)).to_contain_text("现在不能下令")
    hands.press("Control+k")
    page.keyboard.insert_text("归档")
    expect(page.get_by_role("status").filter(has_text="先选一起警情")).to_be_visible()
    hands.press("F2")
    expect(said(page)).to_contain_text("地点和类型齐了就能先派")
    hands.press("F4").type("xyzzy")
    expect(page.get_by_text("没有匹配的地点")).to_be_visible()
    hands.press(*["Backspace"] * 5)
    report(desk, hands, "rmgc")
    away = {"type": "about:blank", "title": "", "status": 503, "code": "solver_away", "detail": "The solver is away."}
    page.route("**/why?*", lambda route: route.fulfill(status=503, json=away), times=2)
    chooses_a_row(page, hands)
    hands.press("w")
    expect(page.get_by_role("complementary").get_by_role("alert")).to_contain_text("求解器没有应答")


def test_what_an_order_leaves_uncovered_is_hatched_and_what_would_mend_it_listed(desk: Seat) -> None:
    hands, page = Hands(desk.page), desk.page
    none = {"turns": [], "effects": [], "provenance": "proved", "degraded": []}
    page.route("**/turns", lambda route: route.fulfill(json=none))
    wire = Wire().listen(page)
    page.reload()
    page.wait_for_selector("html[data-ready=map]", state="attached", timeout=PATIENCE_MS)
    cover = page.get_by_role("region", name="城市覆盖")
    expect(cover).to_contain_text(re.compile(r"首车 ?8 ?分内"))

    form = {"kind": "fire.tank", "at": [87.7283, 43.9729], "address": "华泰路站", "source": "call"}
    incident = desk.ask("POST", "/api/dispatch/incidents", form, key=uuid.uuid4().hex)["incident"]
    send_all(desk, incident["id"], units_of(wire, EMPTIED))
    page.get_by_role("navigation").get_by_role("button").filter(has_text=incident["number"]).click()
    expect(cover.locator("[data-zones]")).to_have_attribute("data-zones", re.compile(r"^\d+ [1-9]"))
    until(page, lambda: amber_pixels(page) > 800)

    moves = page.get_by_role("region", name="移防建议")
    expect(moves.get_by_role("table")).to_contain_text("就近补位")
    expect(moves.get_by_role("listitem").first).to_contain_text("→")
    expect(moves.get_by_role("button").first).to_contain_text("下令")

    press(page, hands, "t")
    hands.press("Enter", "Enter")
    trial = page.get_by_role("region", name="试移防")
    expect(trial.get_by_role("table")).to_contain_text("试后")
    expect(trial.get_by_role("status")).to_contain_text(re.compile("不违反规则|违反："))
    hands.press("Escape")
    expect(trial).to_have_count(0)

    moves_one_up_and_calls_it_back(desk, hands)


def moves_one_up_and_calls_it_back(desk: Seat, hands: Hands) -> None:
    """The first advised move is ordered by one key, its crew takes it step by step, and one key calls it back."""
    page = desk.page
    with page.expect_response(lambda answer: answer.url.endswith("/move-up-orders")) as answered:
        press(page, hands, "b")
    order = answered.value.json()
    path, key = f"/api/dispatch/units/{order['unit_id']}/control", uuid.uuid4().hex
    desk.ask("POST", path, {"take": True}, key=key)  # before the simulator does what the phone is to do
    expect(said(page)).to_contain_text("已下令")
    listed = page.get_by_role("region", name="移防", exact=True).get_by_role("listitem")
    moved = listed.filter(has_text=name_of(desk, order["unit_id"]))
    expect(moved).to_contain_text("移防待出发")

    browser = page.context.browser
    assert browser is not None
    phone = take_seat(browser, desk.url, PHONE_SIZE, has_touch=True, is_mobile=True)
    phone.ask("POST", "/api/gateway/demo-session", {"role": "unit", "unit_id": order["unit_id"]})
    phone.open(f"/unit/{order['unit_id']}")
    expect(phone.page.get_by_text("移防命令")).to_be_visible()
    phone.page.get_by_role("button", name="出发移防").tap()
    expect(moved).to_contain_text("移防途中")
    phone.page.get_by_role("button", name="到站").tap()
    expect(moved).to_contain_text("移防到位")
    expect(phone.page.get_by_text("随时可能接到出动命令")).to_be_visible()

    press(page, hands, "c")
    hands.press("1", "Enter")
    expect(said(page)).to_contain_text("已收回")
    back = phone.page.get_by_role("alertdialog")
    expect(back).to_contain_text("移防收回")
    back.get_by_role("button").tap()
    phone.page.get_by_role("button", name="已归队").tap()
    expect(moved).to_have_count(0)
    desk.ask("POST", path, {"take": False}, key=uuid.uuid4().hex)
    phone.leave()


def press(page: Page, hands: Hands, letter: str) -> None:
    """Presses a letter that acts, with Alt while a text field has the focus."""
    hands.press(f"Alt+{letter}" if page.evaluate("document.activeElement.matches('input')") else letter)


def units_of(wire: Wire, station_ids: frozenset[str]) -> list[str]:
    """Units in service at these stations, as the page was told when it opened."""
    things = next(frame["things"] for frame in wire.frames if frame["type"] == "snapshot")
    units = [thing["value"] for thing in things if thing["kind"] == "unit"]
    home = [each for each in units if each["station_id"] in station_ids]
    return [each["id"] for each in home if each["in_service"] and not each["by_request"]]


def send_all(desk: Seat, incident_id: str, unit_ids: list[str]) -> None:
    """Orders these units but for those that another incident has: the demonstration may be sending them right now."""
    path = f"/api/dispatch/incidents/{incident_id}/orders"
    while unit_ids:
        order = {"kind": "manual", "units": [{"unit_id": each} for each in unit_ids]}
        headers = {"Origin": desk.url, "Idempotency-Key": uuid.uuid4().hex}
        answer = desk.context.request.post(f"{desk.url}{path}", data=order, headers=headers)
        if answer.ok:
            return
        refused = answer.json()
        assert refused["code"] == "unit_taken", refused
        unit_ids = [each for each in unit_ids if each != refused["unit_id"]]


def amber_pixels(page: Page) -> int:
    """How many pixels of the map have the colour of the bright hatch; counted by the page, which can read a picture."""
    clip = page.get_by_role("application").bounding_box()
    assert clip is not None
    picture = base64.b64encode(page.screenshot(clip=clip)).decode()
    return int(page.evaluate(COUNT_AMBER, picture))
