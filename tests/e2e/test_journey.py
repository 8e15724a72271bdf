"""The main job on real processes: a call becomes an order by keyboard, a crew answers by phone, the wall shows it."""

import re
import shutil
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.dispatching import command, committed, until
from tests.e2e.measures import CHROMIUM
from tests.e2e.seats import DESK_SIZE, PATIENCE_MS, PHONE_SIZE, WALL_SIZE, Hands, Seat, Wire, take_seat
from tests.launched import Copy

PLACE, KIND = "人民广场", "车辆火灾"
HUMAN_LIMIT_S = 20
PATIENCE_S = 90
READY = "html[data-ready=map]"

pytestmark = [
    pytest.mark.skipif(not shutil.which(CHROMIUM), reason="NO CHROMIUM: the journey is not made"),
    pytest.mark.usefixtures("patience"),
]

# The wall's list of happenings is short and moves on; what it once said is kept here.
REMEMBER = """
window.__said = new Set();
setInterval(() => document.querySelectorAll('footer li').forEach((line) => window.__said.add(line.innerText)), 100);
"""
COUNT_DRAWS = """
window.__draws = 0;
const drawn = WebGL2RenderingContext.prototype.drawArraysInstanced;
WebGL2RenderingContext.prototype.drawArraysInstanced = function (...all) {
  window.__draws += 1;
  return drawn.apply(this, all);
};
"""


def test_a_call_becomes_an_order_an_arrival_and_a_closed_incident(browser: Browser, muster: Copy) -> None:
    url = str(muster.state()["url"])
    wall, wire = open_wall(browser, url)
    desk = take_seat(browser, url, DESK_SIZE, "dispatcher").open("/desk")

    hands, advice = report_by_keyboard(desk)
    unit_id = first_unit(desk, advice)
    phone = take_the_unit(browser, url, unit_id)

    hands.press("F9")
    expect(desk.page.get_by_text("已下达")).to_be_visible()
    assert hands.human_s < HUMAN_LIMIT_S, f"{hands.keys} keys, {hands.pauses} thoughts"
    print(f"reported and ordered with {hands.keys} keys: {hands.human_s:.1f} s at human pace")

    ordered = {pick["unit_id"] for pick in advice["picks"]}
    expect(row_on(wall.page)).to_contain_text(KIND)
    answer_by_phone(phone)
    see_units_move(wall.page, wire, ordered)
    see_arrival(wall.page, desk.ask("GET", f"/api/resources/units/{unit_id}")["name"])
    close_the_incident(desk, phone, advice["incident_id"])
    expect(row_on(wall.page)).to_have_count(0)

    for seat in (wall, desk, phone):
        assert seat.hosts == {url.removeprefix("http://")}
    refused = f"/api/dispatch/incidents/{advice['incident_id']}/steps"
    not_ready = ("/api/dispatch/move-ups", "/api/dispatch/turns")  # 503 while the trees of a fresh start still grow
    assert [e for e in desk.errors if not e.endswith((refused, *not_ready))] == wall.errors == phone.errors == []
    for seat in (wall, desk, phone):
        seat.leave()


def open_wall(browser: Browser, url: str) -> tuple[Seat, Wire]:
    """The wall, with everything heard that the gateway tells it."""
    wall = take_seat(browser, url, WALL_SIZE, "wall")
    wire = Wire().listen(wall.page)
    wall.page.add_init_script(REMEMBER + COUNT_DRAWS)
    wall.open("/wall").page.wait_for_selector(READY, state="attached", timeout=60_000)
    return wall, wire


def report_by_keyboard(desk: Seat) -> tuple[Hands, dict[str, Any]]:
    """Place by initials, kind by two digits, one person hurt; then the advice for exactly these facts."""
    page = desk.page
    expect(page.get_by_role("combobox", name="地点")).to_be_focused()
    hands = Hands(page).type("rmgc")
    expect(page.locator("[role=listbox][aria-busy=false] [role=option]").first).to_contain_text(PLACE)
    began = time.monotonic()
    hands.press("Enter").press("1", "7")
    with page.expect_response(lambda a: a.url.endswith("/recommendations"), timeout=PATIENCE_MS) as answered:
        pass
    print(f"advice {time.monotonic() - began:.2f} s after the place was known")
    advice: dict[str, Any] = answered.value.json()
    assert advice["picks"]
    return hands, advice


def first_unit(desk: Seat, advice: dict[str, Any]) -> str:
    """The first unit of the advice, after looking that the desk says who, when and why for each."""
    shown = desk.page.get_by_role("region", name="调派建议").locator("tbody tr")
    expect(shown).to_have_count(len(advice["picks"]), timeout=PATIENCE_MS)
    for row in shown.all():
        _, unit, station, role, eta, _, why = row.locator("td").all_inner_texts()
        assert all((unit, station, role, why)), row.inner_text()
        assert re.fullmatch(r"约?\d+:\d\d", eta.replace("\n", ""))
    first = min(advice["picks"], key=lambda pick: (pick["eta_s"], pick["unit_id"]))
    return str(first["unit_id"])


def take_the_unit(browser: Browser, url: str, unit_id: str) -> Seat:
    """A crew signs in on its phone as that unit and takes it from the simulator."""
    phone = take_seat(browser, url, PHONE_SIZE, has_touch=True, is_mobile=True).open("/login")
    phone.page.get_by_role("button", name="车载终端").tap()
    phone.page.get_by_label("按名称找").fill(unit_id)
    phone.page.get_by_role("listitem").get_by_role("button").first.tap()
    phone.page.get_by_role("button", name="接管").tap()
    expect(phone.page.get_by_text("由你操作")).to_be_visible()
    return phone


def answer_by_phone(phone: Seat) -> None:
    """Receipt, turnout, arrival and work, each by one tap."""
    page = phone.page
    expect(page.get_by_role("heading", name=KIND)).to_be_visible()
    for verb in ("签收", "出动", "到场"):
        tap(page.get_by_role("button", name=verb))
    working = page.get_by_role("button", name="作业")
    tap(working)
    expect(working).to_have_attribute("aria-pressed", "true")


def tap(button: Locator) -> None:
    """Taps and waits until the phone no longer says that this is on its way."""
    button.tap()
    expect(button.page.get_by_text("正在送出")).to_have_count(0)


def row_on(page: Page) -> Locator:
    """The reported incident among those that the wall ranks."""
    return page.locator("main li, main section").filter(has_text=PLACE)


def see_units_move(page: Page, wire: Wire, ordered: set[str]) -> None:
    """Simulated units of the order are at one place after another, and the wall draws them again and again."""
    until(page, lambda: any(len(places) > 2 for places in wire.places(ordered).values()), PATIENCE_S)
    drawn = page.evaluate("window.__draws")
    until(page, lambda: page.evaluate("window.__draws") > drawn + 2, PATIENCE_S)


def see_arrival(page: Page, name: str) -> None:
    """The wall has said that this unit arrived, alone or among others."""
    said = re.compile(rf"({name}|\d+ ?车) ?到场 ?{KIND}")
    until(
        page,
        lambda: any(said.search(line.replace("\n", "")) for line in page.evaluate("[...window.__said]")),
        PATIENCE_S,
    )


def close_the_incident(desk: Seat, phone: Seat, incident_id: str) -> None:
    """Controlled, resolved; closing is refused while crews are committed; they go home and the incident ends."""
    command(desk, "控制")
    command(desk, "完毕")
    command(desk, "归档")
    expect(desk.page.get_by_role("alert")).to_be_visible()
    tap(phone.page.get_by_role("button", name="撤离归队"))
    tap(phone.page.get_by_role("button", name="已归队"))
    tap(phone.page.get_by_role("button", name="交还模拟器"))
    for unit_id in committed(desk, incident_id):
        name = desk.ask("GET", f"/api/resources/units/{unit_id}")["name"]
        command(desk, f"退 {name} 力量已够", "/release")
    assert committed(desk, incident_id) == []
    command(desk, "归档")
    closed = desk.ask("GET", f"/api/dispatch/incidents/{incident_id}")
    assert closed["status"] == "closed"
