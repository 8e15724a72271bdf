"""Every screen asked by axe-core: nothing that keeps somebody with another sight, hand or reader from using it."""

import shutil
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from infra.children import wait_until
from tests.e2e.barriers import AXE, barriers
from tests.e2e.measures import CHROMIUM
from tests.e2e.seats import DESK_SIZE, PHONE_SIZE, Seat, take_seat
from tests.launched import Copy

PATIENCE_MS = 60_000
PLANT = """
() => {
  document.body.prepend(document.createElement('button'));
  document.querySelectorAll('label, p').forEach((each) => { each.style.color = '#aaa'; });
}
"""

pytestmark = pytest.mark.skipif(not shutil.which(CHROMIUM), reason="NO CHROMIUM: the screens are not asked")


def sit(browser: Browser, url: str, role: str | None, size: tuple[int, int] = DESK_SIZE, **who: str) -> Seat:
    """Somebody before a screen that can be asked."""
    seat = take_seat(browser, url, size)
    seat.context.add_init_script(path=AXE)
    if role is not None:
        seat.ask("POST", "/api/gateway/demo-session", {"role": role, **who})
    return seat


@pytest.fixture(scope="module")
def ordered(browser: Browser, muster: Copy) -> Iterator[dict[str, str]]:
    """An incident with one unit on its way: its id, the unit, its station."""
    desk = sit(browser, str(muster.state()["url"]), "dispatcher")
    form = {"kind": "fire.vehicle", "at": [87.6177, 43.7928], "address": "人民广场", "source": "call"}
    made = desk.ask("POST", "/api/dispatch/incidents", form, key=uuid.uuid4().hex)["incident"]
    path = f"/api/dispatch/incidents/{made['id']}"
    sent = desk.ask("POST", f"{path}/early-orders", {}, key=uuid.uuid4().hex)["assignments"]
    first = sent[0]
    yield {"incident": made["number"], "unit": first["unit_id"], "station": first["station_id"]}
    for each in sent:
        release = {"reason": "test over"}
        desk.ask("POST", f"/api/dispatch/assignments/{each['id']}/release", release, key=uuid.uuid4().hex)
    desk.ask("POST", f"{path}/steps", {"to": "canceled", "reason": "test over"}, key=uuid.uuid4().hex)
    desk.leave()


@pytest.fixture(scope="module", autouse=True)
def reach_grows(browser: Browser, muster: Copy) -> None:
    """Asks for the reach of special teams, which grows while other screens are looked at."""
    seat = sit(browser, str(muster.state()["url"]), "commander")
    asked = f"{seat.url}/api/dispatch/reach"

    def begun() -> bool:
        reply = seat.context.request.get(asked)
        return reply.ok or "reach_preparing" in reply.text()

    assert wait_until(begun, PATIENCE_MS / 1000, step_s=0.5)
    seat.leave()


def test_the_sign_in_page(browser: Browser, muster: Copy) -> None:
    seat = sit(browser, str(muster.state()["url"]), None).open("/login")
    seat.page.get_by_role("button", name="车载终端").wait_for(timeout=PATIENCE_MS)
    assert barriers(seat.page) == []
    seat.page.evaluate(PLANT)
    assert {each["rule"] for each in barriers(seat.page)} == {"button-name", "color-contrast"}, "the planted are found"
    seat.leave()


def test_the_wall(browser: Browser, muster: Copy, ordered: dict[str, str]) -> None:
    seat = sit(browser, str(muster.state()["url"]), "wall").open("/wall")
    seat.page.wait_for_selector("html[data-ready=map]", state="attached", timeout=PATIENCE_MS)
    assert barriers(seat.page) == []
    seat.leave()


def test_the_desk_empty_and_with_an_order(browser: Browser, muster: Copy, ordered: dict[str, str]) -> None:
    seat = sit(browser, str(muster.state()["url"]), "dispatcher").open("/desk")
    page = seat.page
    row = page.get_by_role("navigation").get_by_role("button").filter(has_text=ordered["incident"])
    row.wait_for(timeout=PATIENCE_MS)
    assert barriers(page) == []
    row.click()
    page.get_by_role("region", name="已派力量").wait_for(timeout=PATIENCE_MS)
    page.keyboard.press("Alt+w")
    assert barriers(page) == []
    seat.leave()


def test_the_desk_with_plans_and_a_choice(browser: Browser, muster: Copy) -> None:
    seat = sit(browser, str(muster.state()["url"]), "dispatcher").open("/desk")
    form = {"kind": "fire.warehouse", "at": [87.6177, 43.7928], "address": "人民广场", "source": "call"}
    made = seat.ask("POST", "/api/dispatch/incidents", form, key=uuid.uuid4().hex)["incident"]
    page = seat.page
    page.get_by_role("navigation").get_by_role("button").filter(has_text=made["number"]).click(timeout=PATIENCE_MS)
    page.get_by_role("group", name="备选方案").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("region", name="调派建议").locator("tbody tr").first.click()
    page.keyboard.press("i")
    page.get_by_role("region", name="指挥员选择").get_by_text("代价", exact=True).wait_for(timeout=PATIENCE_MS)
    page.keyboard.press("w")
    page.get_by_role("complementary").wait_for(timeout=PATIENCE_MS)
    page.locator("section[aria-label=调派建议][aria-busy=false]").wait_for(timeout=PATIENCE_MS)
    assert barriers(page) == []
    path = f"/api/dispatch/incidents/{made['id']}/steps"
    seat.ask("POST", path, {"to": "canceled", "reason": "test over"}, key=uuid.uuid4().hex)
    seat.leave()


def test_the_station_with_an_order(browser: Browser, muster: Copy, ordered: dict[str, str]) -> None:
    who = {"station_id": ordered["station"]}
    seat = sit(browser, str(muster.state()["url"]), "station", **who).open(f"/station/{ordered['station']}")
    seat.page.get_by_role("heading", level=1).wait_for(timeout=PATIENCE_MS)
    seat.page.get_by_role("region", name="车位").wait_for(timeout=PATIENCE_MS)
    assert barriers(seat.page) == []
    seat.leave()


def test_a_unit_with_an_order(browser: Browser, muster: Copy, ordered: dict[str, str]) -> None:
    url, unit = str(muster.state()["url"]), ordered["unit"]
    seat = sit(browser, url, "unit", PHONE_SIZE, unit_id=unit).open(f"/unit/{unit}")
    seat.page.get_by_role("heading", name="车辆火灾").wait_for(timeout=PATIENCE_MS)
    assert barriers(seat.page) == []
    seat.leave()


def test_the_planning_screen_in_its_parts(browser: Browser, muster: Copy) -> None:
    seat = sit(browser, str(muster.state()["url"]), "commander").open("/planner")
    page = seat.page
    page.get_by_role("table").first.wait_for(timeout=PATIENCE_MS)
    assert barriers(page) == []
    page.keyboard.press("Alt+2")
    page.get_by_role("heading", level=2, name="增设站点").wait_for(timeout=PATIENCE_MS)
    assert barriers(page) == []
    page.keyboard.press("Alt+3")
    page.get_by_role("heading", level=2, name="专业力量可达").wait_for(timeout=PATIENCE_MS)
    assert barriers(page) == []
    page.keyboard.press("Alt+4")
    page.get_by_role("textbox", name="修改理由（必填）").wait_for(timeout=PATIENCE_MS)
    assert barriers(page) == []
    seat.leave()
