"""A thousand screens that missed five hundred events come back at once, through the whole gateway of a running city."""

import json
import uuid
from urllib.parse import urlsplit

import httpx

from gateway.hub.frames import decode_cursor
from tests.bench.children import child
from tests.bench.returning import STREAM, Missed, Outcome, returning
from tests.bench.sink import Line, seat
from tests.launched import Copy
from tests.rows import Options, Row
from tests.stand import address, full_city, signed_in

SCREENS, EVENTS, ROUNDS = 1000, 500, 3
EVENTS_EACH = 5  # a report leaves three, its end two
AT = (87.6081, 43.8065)


def measure(options: Options) -> list[Row]:
    """`reconnect_s`: until the last screen holds every event, tickets included; the worst of three times."""
    screens, events = options.count(SCREENS), options.count(EVENTS)
    with full_city() as copy, signed_in(copy, "dispatcher") as desk:
        cookies = [session(copy) for _ in range(screens)]
        with child(returning, port_of(copy), cookies) as (orders, _):
            outcomes = []
            for _ in range(ROUNDS):
                orders.send(miss(desk, port_of(copy), events))
                outcome: Outcome = orders.recv()
                assert not outcome.faults, outcome.faults[:5]
                assert len(outcome.whole_s) == screens, "some screens never came back"
                outcomes.append(outcome)
    worst = max(outcomes, key=lambda each: each.whole_s[-1])
    half_s, again = worst.whole_s[screens // 2], sum(each.asked_again for each in outcomes)
    what = f"{screens:,} screens, {events} missed events, all gapless; half of them {half_s:.1f} s"
    told = f"{what}; {again} tickets asked for twice"
    return [Row("reconnect_s", told, worst.whole_s[-1], "s", must=4, aim=2, seed=options.seed)]


def port_of(copy: Copy) -> int:
    """The port of the gateway."""
    return urlsplit(address(copy)).port or 0


def session(copy: Copy) -> str:
    """The cookie of a wall of its own."""
    url = address(copy)
    reply = httpx.post(f"{url}/api/gateway/demo-session", json={"role": "wall"}, headers={"Origin": url}, timeout=30)
    reply.raise_for_status()
    return "; ".join(f"{name}={value}" for name, value in reply.cookies.items())


def miss(desk: httpx.Client, port: int, events: int) -> Missed:
    """So many events after a screen's last cursor: reports that are canceled again."""
    cursor = cursor_now(desk, port)
    for number in range(-(-events // EVENTS_EACH)):
        report = {"kind": "fire.rubbish", "at": AT, "address": f"道口{number}", "separate": True}
        incident = post(desk, "/api/dispatch/incidents", report)["incident"]["id"]
        post(desk, f"/api/dispatch/incidents/{incident}/steps", {"to": "canceled"})
    first, last = standing(cursor), standing(cursor_now(desk, port))
    assert last - first >= events, f"{last - first} events instead of {events}"
    return Missed(cursor, first, last)


def post(desk: httpx.Client, path: str, body: object) -> dict[str, dict[str, str]]:
    """One effect that must succeed."""
    reply = desk.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    reply.raise_for_status()
    answer: dict[str, dict[str, str]] = reply.json()
    return answer


def standing(cursor: str) -> int:
    """The event number of the stream in a cursor."""
    return (decode_cursor(cursor) or {})[STREAM][1]


def cursor_now(desk: httpx.Client, port: int) -> str:
    """Where the gateway stands, as a fresh screen is told."""
    ticket = desk.post("/api/gateway/ws-ticket", json={}).json()["ticket"]
    line = Line(seat(port, ("muster", ticket), {"type": "hello", "realm": "live"}))
    while not (texts := line.hear()):
        pass
    line.socket.close()
    return str(json.loads(texts[0])["cursor"])
