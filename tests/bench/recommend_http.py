"""Recommendations over HTTP in the full city, road trees of all profiles included, one after another.

Each is for a new incident at a seeded place of the city: reported, asked for and canceled; wall-clock milliseconds.
`python -m tests.bench.recommend_http URL [COUNT]` asks a demonstration that already runs.
"""

import argparse
import random
import time
import uuid
from collections import Counter
from typing import Any

import httpx

from tests.rows import Options, Row
from tests.stand import full_city, signed_in

KINDS = ("fire.residential", "fire.ordinary", "gas.leak", "traffic.crash", "fire.warehouse", "hazmat.leak")
FULL, WARM = 200, 5


def measure(options: Options) -> list[Row]:
    """`recommend_p95_ms`: the 95th percentile; the median and the worst beside it."""
    with full_city() as copy, signed_in(copy, "dispatcher") as client:
        end_all(client)
        ask_for(client, WARM, options.seed)
        times, proofs = ask_for(client, options.count(FULL), options.seed + 1)
    proved = proofs["proved"] / len(times)
    what = f"recommendation over HTTP, one incident, full city: {len(times)}, of these {proved:.0%} proved; worst"
    return [
        Row("recommend_p95_ms", f"{what} {times[-1]:.0f} ms", p95(times), "ms", must=250, aim=100, seed=options.seed),
        Row("recommend_p50_ms", "the median of the same", times[len(times) // 2], "ms", seed=options.seed),
    ]


def ask(client: httpx.Client, method: str, path: str, body: Any = None) -> tuple[float, Any]:
    """Milliseconds and JSON of one request that must succeed."""
    began = time.perf_counter()
    reply = client.request(method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    took_ms = (time.perf_counter() - began) * 1000
    reply.raise_for_status()
    return took_ms, reply.json()


def end_all(client: httpx.Client) -> None:
    """Cancels what nobody has been sent to yet, so that only one incident at a time wants somebody."""
    for incident in ask(client, "GET", "/api/dispatch/incidents?open=true")[1]:
        if incident["status"] == "reported":
            ask(client, "POST", f"/api/dispatch/incidents/{incident['id']}/steps", {"to": "canceled"})


def ask_for(client: httpx.Client, count: int, seed: int) -> tuple[list[float], Counter[str]]:
    """Sorted milliseconds of `count` recommendations, and how far they were proved."""
    places = [
        place
        for word in ("路", "小区", "学校", "站")
        for place in ask(client, "GET", f"/api/resources/places?limit=50&q={word}")[1]
    ]
    dice, times, proofs = random.Random(seed), [], Counter[str]()
    for _ in range(count):
        place = dice.choice(places)
        report = {"kind": dice.choice(KINDS), "at": place["at"], "address": place["name"]}
        incident_id = ask(client, "POST", "/api/dispatch/incidents", report)[1]["incident"]["id"]
        took_ms, advice = ask(client, "POST", f"/api/dispatch/incidents/{incident_id}/recommendations")
        times.append(took_ms)
        proofs[advice["provenance"]] += 1
        ask(client, "POST", f"/api/dispatch/incidents/{incident_id}/steps", {"to": "canceled"})
    return sorted(times), proofs


def p95(times: list[float]) -> float:
    """The 95th percentile of sorted figures, by the nearest rank."""
    return times[max(0, round(0.95 * len(times)) - 1)]


def main() -> None:
    """Prints the median, the 95th percentile and the worst of a running demonstration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("count", type=int, nargs="?", default=100)
    given = parser.parse_args()
    with httpx.Client(base_url=given.url, headers={"Origin": given.url}, timeout=30) as client:
        client.post("/api/gateway/demo-session", json={"role": "dispatcher"}).raise_for_status()
        times, proofs = ask_for(client, given.count, seed=1)
    print(
        f"{len(times)} recommendations, seed 1: p50 {times[len(times) // 2]:.0f} ms, p95 {p95(times):.0f} ms,", end=" "
    )
    print(f"worst {times[-1]:.0f} ms; {dict(proofs)}")


if __name__ == "__main__":
    main()
