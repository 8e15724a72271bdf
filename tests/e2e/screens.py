"""Pictures of every screen of a running demonstration: `python -m tests.e2e.screens DATA [FOLDER]`.

DATA is the directory that `./muster run --data` was given. It reports an incident, orders, drives a unit by phone,
silences the gateway for some seconds, and ends every incident.
"""

import os
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from infra.place import ROOT, Place
from infra.status import read_state
from tests.e2e.dispatching import HOME
from tests.e2e.measures import CHROMIUM, FLAGS
from tests.e2e.seats import DESK_SIZE, PHONE_SIZE, Seat, take_seat

MAP_READY = "html[data-ready=map]"
SETTLE_MS = 6_000
PATIENCE_MS = 90_000
TO_THE_END = {
    "on_scene": ("controlled", "resolved", "closed"),
    "controlled": ("resolved", "closed"),
    "resolved": ("closed",),
}


class Album:
    """Takes the pictures of one demonstration."""

    def __init__(self, browser: Browser, state: dict[str, Any], folder: Path) -> None:
        self.browser, self.state, self.folder = browser, state, folder
        self.url = str(state["url"])

    def shoot(self, page: Page, name: str, settle_ms: int = SETTLE_MS) -> None:
        """One picture, once the screen has come to rest."""
        page.wait_for_timeout(settle_ms)
        page.screenshot(path=self.folder / f"{name}.png")
        print(name)

    def seat(self, role: str | None, path: str, size: tuple[int, int] = DESK_SIZE, **device: Any) -> Seat:
        """Somebody before a screen."""
        seat = take_seat(self.browser, self.url, size, role, **device)
        seat.context.set_default_timeout(PATIENCE_MS)
        return seat.open(path)

    @contextmanager
    def wall(self, language: str = "zh") -> Iterator[Page]:
        """The wall with its whole map."""
        seat = self.seat("wall", f"/wall?lang={language}")
        seat.page.wait_for_selector(MAP_READY, state="attached", timeout=PATIENCE_MS)
        yield seat.page
        seat.leave()

    def all(self) -> None:
        """Every screen, in the order of the job."""
        login = self.seat(None, "/login")
        self.shoot(login.page, "login", 2_000)
        login.leave()
        desk = self.seat("dispatcher", "/desk")
        self.see_map(desk.page)
        self.shoot(desk.page, "desk")
        advice = self.report(desk)
        self.shoot(desk.page, "desk-advice")
        self.english_desk()
        self.planning()
        self.crew(desk, advice)
        for name, language in (("wall-1080", "zh"), ("wall-en", "en")):
            with self.wall(language) as page:
                self.shoot(page, name)
        self.silence()
        self.end_everything(desk)
        with self.wall() as page:
            self.shoot(page, "wall-calm")

    def report(self, desk: Seat) -> dict[str, Any]:
        """A burning car on the square; the advice."""
        desk.page.keyboard.type("rmgc")
        desk.page.locator("[role=listbox][aria-busy=false] [role=option]").first.wait_for()
        desk.page.keyboard.press("Enter")
        with desk.page.expect_response(lambda a: a.url.endswith("/recommendations"), timeout=PATIENCE_MS) as answered:
            desk.page.keyboard.type("17")
        advice: dict[str, Any] = answered.value.json()
        return advice

    def english_desk(self) -> None:
        """The same incident on an English desk."""
        seat = self.seat("dispatcher", "/desk?lang=en")
        seat.page.get_by_role("navigation").get_by_role("button").filter(has_text="人民广场").first.dispatch_event(
            "click"
        )
        self.shoot(seat.page, "desk-en")
        seat.leave()

    def planning(self) -> None:
        """The planners' screen: coverage, a grid of sites, reach, the policy."""
        seat = self.seat("commander", "/planner")
        page = seat.page
        self.see_map(page)
        self.shoot(page, "planner")
        page.keyboard.press("Alt+2")
        page.get_by_role("button", name="道路网格").click()
        page.get_by_role("button", name="测算", exact=True).click()
        page.get_by_role("table").locator("tbody button").first.click()
        self.shoot(page, "planner-siting")
        page.keyboard.press("Alt+3")
        page.get_by_role("region", name="按力量包").wait_for()
        self.shoot(page, "planner-reach")
        page.keyboard.press("Alt+4")
        page.get_by_role("textbox", name="修改理由（必填）").wait_for()
        self.shoot(page, "planner-policy", 1_000)
        seat.leave()

    def crew(self, desk: Seat, advice: dict[str, Any]) -> None:
        """The order on a phone, from the bell to the scene, and in the station of the unit."""
        unit_id = min(advice["picks"], key=lambda pick: pick["eta_s"])["unit_id"]
        unit = desk.ask("GET", f"/api/resources/units/{unit_id}")
        phone = take_seat(self.browser, self.url, PHONE_SIZE, has_touch=True, is_mobile=True, device_scale_factor=1.5)
        phone.context.set_default_timeout(PATIENCE_MS)
        phone.ask("POST", "/api/gateway/demo-session", {"role": "unit", "unit_id": unit_id})
        self.act(phone, f"/api/dispatch/units/{unit_id}/control", {"take": True})
        phone.open(f"/unit/{unit_id}").page.get_by_text("由你操作").wait_for()
        station = take_seat(self.browser, self.url, DESK_SIZE)
        station.context.set_default_timeout(PATIENCE_MS)
        station.ask("POST", "/api/gateway/demo-session", {"role": "station", "station_id": unit["station_id"]})
        station.open(f"/station/{unit['station_id']}").page.get_by_role("heading").first.wait_for()
        desk.page.keyboard.press("F9")
        phone.page.get_by_role("button", name="签收").wait_for(timeout=PATIENCE_MS)
        self.shoot(phone.page, "unit-order", 500)
        self.see_map(station.page)
        self.shoot(station.page, "station", 500)
        for verb, name in (("签收", ""), ("出动", "unit-way"), ("到场", "unit-scene")):
            phone.page.get_by_role("button", name=verb).tap()
            if name == "unit-way":
                phone.page.get_by_role("button", name="到场").wait_for(timeout=PATIENCE_MS)
                self.see_map(phone.page)
            if name:
                self.shoot(phone.page, name, SETTLE_MS)
        station.leave()
        phone.leave()

    def see_map(self, page: Page) -> None:
        """Waits until the way to the incident is drawn; a page without a map is no picture of it."""
        page.wait_for_selector(MAP_READY, state="attached", timeout=PATIENCE_MS)
        page.wait_for_timeout(1_500)

    def silence(self) -> None:
        """The wall while the gateway does not answer."""
        gateway = int(self.state["processes"]["gateway"]["pid"])
        with self.wall() as page:
            os.kill(gateway, signal.SIGSTOP)
            try:
                self.shoot(page, "wall-stale", 8_000)
            finally:
                os.kill(gateway, signal.SIGCONT)

    def end_everything(self, desk: Seat) -> None:
        """Calls everybody home and ends every open incident."""
        for incident in desk.ask("GET", "/api/dispatch/incidents?open=true"):
            path = f"/api/dispatch/incidents/{incident['id']}"
            for each in desk.ask("GET", f"{path}/assignments"):
                if each["status"] not in HOME:
                    self.act(desk, f"/api/dispatch/assignments/{each['id']}/release", {"reason": "演示结束"})
            status = desk.ask("GET", path)["status"]
            for to in TO_THE_END.get(status, ("canceled",)):
                self.act(desk, f"{path}/steps", {"to": to, "reason": "演示结束"})

    def act(self, desk: Seat, path: str, body: dict[str, Any]) -> None:
        """One effect, with a key of its own."""
        desk.ask("POST", path, body, key=uuid.uuid4().hex)


def main(data: str, folder: str = str(ROOT / "docs" / "screens")) -> None:
    """Opens a browser on the demonstration of a data directory and fills the folder."""
    state = read_state(Place(Path(data).resolve()))
    if state is None:
        raise SystemExit(f"no demonstration runs in {data}")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        Album(browser, state, Path(folder)).all()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
