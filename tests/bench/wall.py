"""From a committed report to its words in the wall's pixels: the real wall in headless Chromium, 400 units moving.

Commit and paint are read on one clock, this machine's: `recorded_at` of the event, taken just before the commit, and in
the page the frame after the one in which the words were drawn.
"""

import random
import time
import uuid
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.children import child
from tests.bench.recommend_http import ask, p95
from tests.bench.sink import answered
from tests.e2e.measures import CHROMIUM, FLAGS
from tests.e2e.seats import take_seat
from tests.launched import Copy
from tests.rows import Options, Row
from tests.stand import address, full_city, signed_in

FULL, WARM, PATIENCE_S, CALM_S = 100, 5, 20.0, 0.4
SIZE = (1920, 1080)
READY = "html[data-ready=map]"
UNITS, BATCH, TICK_S, STEP_DEG = 400, 40, 0.1, 0.0002
WATCH = """() => {
  const wanted = (window.__wanted = new Set());
  const seen = (window.__seen = {});
  const look = () => {
    const text = document.body.textContent;
    for (const mark of wanted) {
      if (!text.includes(mark)) continue;
      wanted.delete(mark);
      requestAnimationFrame(() => requestAnimationFrame(() => {
        seen[mark] = performance.timeOrigin + performance.now();
      }));
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def measure(options: Options) -> list[Row]:
    """`event_to_wall_p95_ms`: the 95th percentile; the median and the worst beside it."""
    with full_city() as copy, signed_in(copy, "dispatcher") as desk, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with child(driving, address(copy), secret_of(copy), unit_places(desk)) as (driver, _):
            page = open_wall(browser, address(copy))
            shown_ms(page, desk, WARM, options.seed)
            before = told(driver)
            delays = sorted(shown_ms(page, desk, options.count(FULL), options.seed + 1))
            fixes = told(driver) - before
        browser.close()
    assert fixes > 0, "no unit has moved"
    what = f"report committed to pixels on the wall, 1920 x 1080, {UNITS} units moving ({fixes} fixes meanwhile)"
    return [
        Row("event_to_wall_p95_ms", f"{what}; {len(delays)} reports", p95(delays), "ms", 400, 150, seed=options.seed),
        Row("event_to_wall_p50_ms", f"the median; the worst {delays[-1]:.0f} ms", delays[len(delays) // 2], "ms"),
    ]


def open_wall(browser: Browser, url: str) -> Page:
    """The wall with its whole map, watched."""
    page = take_seat(browser, url, SIZE, "wall").open("/wall").page
    page.wait_for_selector(READY, state="attached", timeout=120_000)
    page.evaluate(WATCH)
    return page


def shown_ms(page: Page, desk: httpx.Client, count: int, seed: int) -> list[float]:
    """Milliseconds of each report from its commit to the wall, one after another."""
    dice, delays = random.Random(seed), []
    for _ in range(count):
        mark = f"标{uuid.uuid4().hex[:8]}"
        at = [87.55 + dice.random() / 10, 43.75 + dice.random() / 10]
        report = {"kind": "fire.rubbish", "at": at, "address": mark, "separate": True}
        page.evaluate("mark => window.__wanted.add(mark)", mark)
        before = ask(desk, "GET", "/api/dispatch/events?after=1000000000000")[1]["seq"]
        incident = ask(desk, "POST", "/api/dispatch/incidents", report)[1]["incident"]["id"]
        page.wait_for_function("mark => window.__seen[mark]", arg=mark, timeout=PATIENCE_S * 1000, polling=50)
        seen_ms: float = page.evaluate("mark => window.__seen[mark]", mark)
        delays.append(seen_ms - committed_ms(desk, before, incident))
        ask(desk, "POST", f"/api/dispatch/incidents/{incident}/steps", {"to": "canceled"})
        time.sleep(dice.uniform(0.5, 1.5) * CALM_S)
    return delays


def committed_ms(desk: httpx.Client, after: int, incident: str) -> float:
    """When the incident's first event was recorded, in milliseconds since 1970."""
    events: list[dict[str, Any]] = ask(desk, "GET", f"/api/dispatch/events?after={after}")[1]["events"]
    found = next(each for each in events if each["kind"] == "incident" and each["id"] == incident)
    return datetime.fromisoformat(found["recorded_at"]).timestamp() * 1000


def secret_of(copy: Copy) -> str:
    """The password of the vehicles' terminal gateway."""
    return Path(copy.place.keys / "simulator-secret").read_text()


def unit_places(desk: httpx.Client) -> dict[str, list[float]]:
    """400 units and where they stand."""
    things = ask(desk, "GET", "/api/resources/snapshot")[1]["things"]
    placed = [(each["id"], each["value"]["at"]) for each in things if each["kind"] == "unit"][:UNITS]
    assert len(placed) == UNITS, f"there are only {len(placed)} units"
    return dict(placed)


def told(driver: Connection) -> int:
    """How many fixes were taken so far."""
    driver.send("how many")
    taken: int = driver.recv()
    return taken


def driving(url: str, secret: str, places: dict[str, list[float]], orders: Connection) -> None:
    """Each of the units tells its place once a second, forty every tenth; to an order it answers how many were taken.

    Ends when the parent hangs up.
    """
    units, taken, tick = list(places), 0, 0
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as http:
        http.post("/api/gateway/session", json={"name": "simulator", "password": secret}).raise_for_status()
        clock = RealmNow(http)
        while True:
            due = time.monotonic() + TICK_S
            batch = [units[(tick * BATCH + n) % len(units)] for n in range(BATCH)]
            taken, tick = taken + _drive(http, places, batch, clock), tick + 1
            if orders.poll(max(0.0, due - time.monotonic())) and not answered(orders, taken):
                return


class RealmNow:
    """The realm's clock as the server says it once: an older fix would not move a unit."""

    def __init__(self, http: httpx.Client) -> None:
        said = http.get("/api/gateway/status").raise_for_status().json()
        self.said, self.rate = datetime.fromisoformat(said["now"]), float(said["rate"])
        self.heard_s = time.monotonic()

    def text(self) -> str:
        """Now."""
        return (self.said + timedelta(seconds=(time.monotonic() - self.heard_s) * self.rate)).isoformat()


def _drive(http: httpx.Client, places: dict[str, list[float]], batch: list[str], clock: RealmNow) -> int:
    """Moves these units a little to the east; how many fixes moved their unit."""
    for unit in batch:
        places[unit] = [places[unit][0] + STEP_DEG, places[unit][1]]
    fixes = [{"unit_id": unit, "at": places[unit], "fixed_at": clock.text(), "speed_mps": 14.0} for unit in batch]
    reply = http.post("/api/dispatch/positions", json={"fixes": fixes})
    reply.raise_for_status()
    return int(reply.json()["taken"])
