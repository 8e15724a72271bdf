"""Recommendations over HTTP on a running demonstration: `python -m tests.bench.recommend_http URL [COUNT]`.

Each is for a new incident at a seeded place of the city, reported, asked for and canceled; wall-clock milliseconds.
"""

import argparse
import random
import time
import uuid
from collections import Counter
from typing import Any

import httpx

KINDS = ("fire.residential", "fire.ordinary", "gas.leak", "traffic.crash", "fire.warehouse", "hazmat.leak")
SEED = 1


def ask(client: httpx.Client, method: str, path: str, body: Any = None) -> tuple[float, Any]:
    """Milliseconds and JSON of one request that must succeed."""
    began = time.perf_counter()
    reply = client.request(method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    took_ms = (time.perf_counter() - began) * 1000
    reply.raise_for_status()
    return took_ms, reply.json()


def measure(client: httpx.Client, count: int) -> tuple[list[float], Counter[str]]:
    """Sorted milliseconds of `count` recommendations, and how far they were proved."""
    client.post("/api/gateway/demo-session", json={"role": "dispatcher"}).raise_for_status()
    places = [
        place
        for word in ("路", "小区", "学校", "站")
        for place in ask(client, "GET", f"/api/resources/places?limit=50&q={word}")[1]
    ]
    dice, times, proofs = random.Random(SEED), [], Counter[str]()
    for _ in range(count):
        place = dice.choice(places)
        report = {"kind": dice.choice(KINDS), "at": place["at"], "address": place["name"]}
        incident_id = ask(client, "POST", "/api/dispatch/incidents", report)[1]["incident"]["id"]
        took_ms, advice = ask(client, "POST", f"/api/dispatch/incidents/{incident_id}/recommendations")
        times.append(took_ms)
        proofs[advice["provenance"]] += 1
        ask(client, "POST", f"/api/dispatch/incidents/{incident_id}/steps", {"to": "canceled"})
    return sorted(times), proofs


def main() -> None:
    """Prints the median, the 95th percentile and the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("count", type=int, nargs="?", default=100)
    given = parser.parse_args()
    with httpx.Client(base_url=given.url, headers={"Origin": given.url}, timeout=30) as client:
        times, proofs = measure(client, given.count)
    p95 = times[max(0, round(0.95 * len(times)) - 1)]
    print(f"{len(times)} recommendations, seed {SEED}: p50 {times[len(times) // 2]:.0f} ms, p95 {p95:.0f} ms,", end=" ")
    print(f"worst {times[-1]:.0f} ms; {dict(proofs)}")


if __name__ == "__main__":
    main()
