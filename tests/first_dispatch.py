"""The first thing that anybody wants of a fresh start: an incident is reported and units are on their way to it."""

import time
import uuid
from typing import Any

import httpx

PATIENCE_S = 120.0


def dispatch_first(url: str) -> str:
    """Reports a fire over HTTP, orders what is recommended, and gives the incident's id once it is shown dispatched."""
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=60) as client:
        client.post("/api/gateway/demo-session", json={"role": "dispatcher"}).raise_for_status()
        place = _ask(client, "GET", "/api/resources/places?limit=1&q=路")[0]
        report = {"kind": "fire.residential", "at": place["at"], "address": place["name"]}
        incident = _ask(client, "POST", "/api/dispatch/incidents", report)["incident"]["id"]
        advice = _ask(client, "POST", f"/api/dispatch/incidents/{incident}/recommendations")
        order = {"recommendation_id": advice["id"], "units": [{"unit_id": pick["unit_id"]} for pick in advice["picks"]]}
        assert order["units"], "nobody was recommended"
        _ask(client, "POST", f"/api/dispatch/incidents/{incident}/orders", order)
        shown = {one["id"]: one["status"] for one in _ask(client, "GET", "/api/dispatch/incidents?open=true")}
    assert shown[incident] in {"dispatched", "on_scene"}, f"the incident is shown {shown[incident]}"
    return str(incident)


def _ask(client: httpx.Client, method: str, path: str, body: Any = None) -> Any:
    """The JSON of one request; as every client should, it sends it again under its key while the answer says so."""
    key, deadline = uuid.uuid4().hex, time.monotonic() + PATIENCE_S
    reply = client.request(method, path, json=body, headers={"Idempotency-Key": key})
    while reply.status_code == 503 and time.monotonic() < deadline:
        time.sleep(1)
        reply = client.request(method, path, json=body, headers={"Idempotency-Key": key})
    assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
    return reply.json()
