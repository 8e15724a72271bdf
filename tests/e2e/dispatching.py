"""What a dispatcher does at the desk in a browser's tests, and what is looked up or tidied behind it."""

import time
import uuid
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.seats import PATIENCE_MS, Hands, Seat

HOME = {"returning", "cleared", "canceled"}
ON_THE_WAY = ("acknowledged", "enroute", "on_scene")


def report(desk: Seat, hands: Hands, initials: str, kind: str = "17") -> dict[str, Any]:
    """A burning car at a place, by initials and two digits; the advice, once it is displayed."""
    page = desk.page
    hands.type(initials)
    first_candidate(page)
    hands.press("Enter")
    with page.expect_response(lambda a: a.url.endswith("/recommendations"), timeout=PATIENCE_MS) as answered:
        hands.press(*kind)
    advice: dict[str, Any] = answered.value.json()
    rows = page.get_by_role("region", name="调派建议").locator("tbody tr")
    expect(rows).to_have_count(len(advice["picks"]))
    return advice


def first_candidate(page: Page) -> None:
    page.locator("[role=listbox][aria-busy=false] [role=option]").first.wait_for(timeout=PATIENCE_MS)


def said(page: Page) -> Any:
    """What the desk says of the last act, beside the command line."""
    return page.locator("[data-said]")


def chooses_a_row(page: Page, hands: Hands) -> None:
    """The first row of the table, by keys."""
    hands.press("Alt+u" if page.evaluate("document.activeElement.matches('input')") else "u").press("ArrowDown")


def reads_why_not(desk: Seat, hands: Hands) -> None:
    """The drawer of a row gives at least one reason; Esc closes it."""
    chooses_a_row(desk.page, hands)
    hands.press("w")
    drawer = desk.page.get_by_role("complementary")
    expect(drawer.locator("li").first).to_be_visible(timeout=PATIENCE_MS)
    hands.press("Escape")
    expect(drawer).to_have_count(0)


def drops_the_last(hands: Hands, advice: dict[str, Any]) -> str:
    """Takes the slowest unit out of the order; gives it."""
    slowest = max(advice["picks"], key=lambda pick: (pick["eta_s"], pick["unit_id"]))
    hands.press("e").press(*["ArrowDown"] * len(advice["picks"]), "x")
    return str(slowest["unit_id"])


def releases_a_row(desk: Seat, hands: Hands) -> None:
    """A unit that was ordered goes home again, with a usual reason."""
    expect(desk.page.get_by_role("region", name="已派力量")).to_be_visible(timeout=PATIENCE_MS)
    chooses_a_row(desk.page, hands)
    hands.press(*["ArrowDown"] * 12).press("r", "1", "Enter")
    expect(said(desk.page)).to_contain_text("已撤回")


def arrives(desk: Seat, incident_id: str) -> None:
    """Its crew reports on scene; the desk then offers the steps of an incident."""
    for each in desk.ask("GET", f"/api/dispatch/incidents/{incident_id}/assignments"):
        if each["status"] not in HOME:
            advance(desk, each["id"], each["status"])
            break
    expect(desk.page.get_by_role("button", name="控制")).to_be_visible(timeout=PATIENCE_MS)


def advance(desk: Seat, assignment_id: str, status: str) -> None:
    """The steps that are still before it; a simulated crew may be faster with the first ones."""
    for to in ON_THE_WAY[ON_THE_WAY.index(status) + 1 if status in ON_THE_WAY else 0 :]:
        desk.context.request.post(
            f"{desk.url}/api/dispatch/assignments/{assignment_id}/steps",
            data={"to": to},
            headers={"Origin": desk.url, "Idempotency-Key": uuid.uuid4().hex},
        )


def command(desk: Seat, line: str, route: str = "/steps") -> None:
    """One line of the command line, done once its effect was read and its answer has come."""
    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.insert_text(line)
    expect(desk.page.get_by_role("status").filter(has_text="↵")).to_be_visible(timeout=PATIENCE_MS)
    with desk.page.expect_response(lambda answer: answer.url.endswith(route)):
        desk.page.keyboard.press("Enter")


def open_incidents(desk: Seat) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.ask("GET", "/api/dispatch/incidents?open=true")
    return found


def facts_of(desk: Seat, incident_id: str) -> tuple[int, int]:
    """People hurt and people trapped."""
    incident = desk.ask("GET", f"/api/dispatch/incidents/{incident_id}")
    return incident["casualties"], incident["trapped"]


def committed(desk: Seat, incident_id: str) -> list[str]:
    """Units that belong to an incident."""
    found = desk.ask("GET", f"/api/dispatch/incidents/{incident_id}/assignments")
    return [each["unit_id"] for each in found if each["status"] not in HOME]


def release_all(desk: Seat, incident_id: str) -> None:
    for each in desk.ask("GET", f"/api/dispatch/incidents/{incident_id}/assignments"):
        if each["status"] not in HOME:
            path = f"/api/dispatch/assignments/{each['id']}/release"
            desk.ask("POST", path, {"reason": "test over"}, key=uuid.uuid4().hex)


def end(desk: Seat, incident_id: str) -> None:
    """Sends everybody home and ends an incident by whatever steps are left."""
    release_all(desk, incident_id)
    path = f"/api/dispatch/incidents/{incident_id}"
    steps = {"on_scene": ("controlled", "resolved", "closed"), "controlled": ("resolved", "closed")}
    for to in steps.get(desk.ask("GET", path)["status"], ("canceled",)):
        desk.ask("POST", f"{path}/steps", {"to": to, "reason": "test over"}, key=uuid.uuid4().hex)


def until(page: Page, is_so: Any, patience_s: float = PATIENCE_MS / 1000) -> None:
    """Asks again and again while the page lives on."""
    end_at = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end_at, "it did not come to pass"
        page.wait_for_timeout(200)
