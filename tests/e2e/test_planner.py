"""The planners' screen in a real browser: coverage, a siting while the net is away, reach, an edit of the policy."""

import re
import shutil
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.barriers import AXE, barriers
from tests.e2e.measures import CHROMIUM, cut_texts
from tests.e2e.seats import DESK_SIZE, Seat, take_seat
from tests.launched import Copy

REACH_MS = 120_000  # the road trees of all special teams grow when they are first asked for
POLICY = "/api/dispatch/policy"
POINTS = "87.6177, 43.7928, 广场北\n87.50, 43.87, 城北\n116.4, 39.9, 别处"

pytestmark = [
    pytest.mark.skipif(not shutil.which(CHROMIUM), reason="NO CHROMIUM: nobody plans"),
    pytest.mark.usefixtures("patience"),
]


@pytest.fixture
def commander(browser: Browser, muster: Copy) -> Iterator[Seat]:
    """A commander before the planners' screen."""
    seat = take_seat(browser, str(muster.state()["url"]), DESK_SIZE, "commander")
    seat.context.add_init_script(path=AXE)
    seat.open("/planner")
    expect(seat.page.get_by_role("heading", level=2, name="城市覆盖")).to_be_visible()
    yield seat
    seat.context.set_offline(False)
    seat.leave()


def test_where_one_more_station_helps_and_what_is_out_of_reach(commander: Seat) -> None:
    page = commander.page
    expect(page.get_by_text(re.compile(r"全员在站"))).not_to_have_count(0)
    page.keyboard.press("Alt+2")
    asks_while_the_net_is_away(commander)
    table = page.get_by_role("table")
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("button", name="城北").click()
    expect(table.get_by_role("button", name="城北", pressed=True)).to_be_visible()
    page.reload()
    expect(table.get_by_role("button", name="城北")).to_be_visible()

    page.keyboard.press("Alt+3")
    matrix = page.get_by_role("region", name="按力量包")
    expect(matrix.locator("tbody tr")).not_to_have_count(0, timeout=REACH_MS)
    assert barriers(page) == []
    out = page.get_by_role("button", name=re.compile("够不着的"))
    number = int(re.findall(r"\d+", out.inner_text())[0])
    reach = commander.ask("GET", "/api/dispatch/reach")["reach"]
    assert number == len(reach["out_of_reach"])
    out.click()
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(min(number, 40))
    assert [each for each in cut_texts(page) if not each["ellipsis"]] == []


def asks_while_the_net_is_away(commander: Seat) -> None:
    """Pastes three lines, one of them off the map; asks while nothing answers, and is answered later."""
    page = commander.page
    page.get_by_role("textbox", name=re.compile("粘贴点")).fill(POINTS)
    page.get_by_role("button", name="加入").click()
    expect(page.get_by_role("textbox", name=re.compile("粘贴点"))).to_have_value("116.4, 39.9, 别处")
    commander.context.set_offline(True)
    page.get_by_role("button", name="测算", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="正在重试")).to_be_visible()
    commander.context.set_offline(False)
    expect(page.get_by_text("单独比较")).to_be_visible()


def test_an_edit_of_the_policy_survives_somebody_elses(commander: Seat) -> None:
    page = commander.page
    page.keyboard.press("Alt+4")
    price = page.get_by_role("textbox", name=re.compile("辖区外"))
    before = price.input_value()
    price.fill(str(int(before) + 7))
    page.get_by_role("textbox", name="修改理由（必填）").fill("测试")
    send = page.get_by_role("button", name="提交为新版本")
    expect(send).to_be_enabled()
    changes_the_policy(commander, "别人的理由")
    expect(page.get_by_role("alert").filter(has_text="别人的理由")).to_be_visible()
    expect(send).to_be_disabled()
    page.get_by_role("button", name="并入新版本").click()
    expect(price).to_have_value(str(int(before) + 7))
    send.click()
    expect(page.get_by_text("已生效")).to_be_visible()
    assert commander.ask("GET", POLICY)["area_price_s"] == int(before) + 7
    back_to(page, before)


def changes_the_policy(commander: Seat, reason: str) -> None:
    """Puts the same policy in force once more, as somebody else does."""
    held = commander.ask("GET", POLICY)
    form = {name: value for name, value in held.items() if name != "id"} | {"reason": reason}
    commander.ask("PUT", POLICY, form, key=uuid.uuid4().hex)


def back_to(page: Page, price: str) -> None:
    """Leaves the policy as it was for whoever comes next."""
    page.get_by_role("textbox", name=re.compile("辖区外")).fill(price)
    page.get_by_role("textbox", name="修改理由（必填）").fill("改回")
    page.get_by_role("button", name="提交为新版本").click()
    expect(page.get_by_text("还没有改动")).to_be_visible()
