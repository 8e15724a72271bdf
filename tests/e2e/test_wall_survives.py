"""The gateway is killed under an open wall: it says so, comes back by itself, and has missed nothing."""

import os
import re
import shutil
import signal
import time
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from tests.e2e.measures import CHROMIUM
from tests.e2e.seats import WALL_SIZE, Seat, Wire, take_seat
from tests.launched import Copy

STALE_S = 5
BACK_S = 30
READY = "html[data-ready=map]"
PLACE = "红山公园"

pytestmark = pytest.mark.skipif(not shutil.which(CHROMIUM), reason="NO CHROMIUM: nobody looks at the wall")


def open_wall(browser: Browser, url: str) -> tuple[Seat, Wire]:
    """A wall that shows the whole map."""
    wall = take_seat(browser, url, WALL_SIZE, "wall")
    wire = Wire().listen(wall.page)
    wall.open("/wall").page.wait_for_selector(READY, state="attached", timeout=60_000)
    return wall, wire


def test_a_killed_gateway_is_seen_and_what_happened_meanwhile_is_not_missed(browser: Browser, muster: Copy) -> None:
    url = str(muster.state()["url"])
    wall, wire = open_wall(browser, url)
    desk = take_seat(browser, url, WALL_SIZE, "dispatcher")
    wall.page.evaluate("window.__opened = performance.now()")

    silence(muster.pid("gateway"), wall.page)
    os.kill(muster.pid("gateway"), signal.SIGKILL)
    missed = report(desk)

    expect(wall.page.locator("[data-freshness=live]")).to_be_visible(timeout=BACK_S * 1000)
    expect(wall.page.get_by_role("alert")).to_have_count(0)
    assert wall.page.evaluate("window.__opened") > 0, "the page was loaded anew"
    assert wire.sockets > 1

    same_picture(wall.page, open_wall(browser, url)[0].page)
    assert says_everything_open(wall.page, desk.context.request, url)
    end(desk, missed)
    for seat in (wall, desk):
        seat.leave()


def silence(pid: int, page: Page) -> None:
    """A gateway that hangs is worse than one that is gone: no socket closes. The wall says so by itself."""
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    expect(page.get_by_role("alert")).to_contain_text("数据中断", timeout=(STALE_S + 5) * 1000)
    print(f"the wall said that data had stopped after {time.monotonic() - began:.1f} s")


def report(desk: Seat) -> str:
    """What happens as soon as the gateway answers again, before the wall may have noticed; gives the incident."""
    form = {"kind": "fire.rubbish", "at": [87.6081, 43.8065], "address": PLACE, "source": "call"}
    made = desk.ask("POST", "/api/dispatch/incidents", form, key="while-the-wall-was-away")
    return str(made["incident"]["id"])


def end(desk: Seat, incident_id: str) -> None:
    """Takes the report back, so that later tests find the city as it was."""
    form = {"to": "canceled", "reason": "test over"}
    desk.ask("POST", f"/api/dispatch/incidents/{incident_id}/steps", form, key="the-test-is-over")


def said_by(page: Page) -> list[Any]:
    """What a wall says, without what runs on by the second."""
    rows = page.locator("main h2, main li").all_inner_texts()
    label = page.get_by_role("application").or_(page.get_by_role("img")).first.get_attribute("aria-label")
    return [sorted(re.sub(r"[\d:./\s▲✓]+", "", row) for row in rows), label]


def same_picture(lived: Page, fresh: Page) -> None:
    """A wall that lived through it and one that was opened just now say the same."""
    end_at = time.monotonic() + BACK_S
    while said_by(lived) != said_by(fresh):
        assert time.monotonic() < end_at, f"{said_by(lived)} is not {said_by(fresh)}"
        lived.wait_for_timeout(200)


def says_everything_open(page: Page, request: APIRequestContext, url: str) -> bool:
    """Whether the wall counts as many open incidents as the service does, the missed one among them."""
    found = request.get(f"{url}/api/dispatch/incidents", params={"open": "true"}).json()
    shown = page.locator("main").inner_text()
    count = re.search(r"处置中警情\s*(\d+)", shown)
    return count is not None and int(count[1]) == len(found) and any(each["address"] == PLACE for each in found)
