"""`./muster bench [NAME …] [--json FILE]`: speed, each figure beside its peer's in the same run."""

import sys

from tests.measuring import measuring

BENCHES: dict[str, str] = {
    "first_dispatch_s": "tests.bench.first_dispatch:measure",
    "recommend_p95_ms": "tests.bench.recommend_http:measure",
    "road_vs_pgrouting": "tests.bench.road_pgrouting:measure",
    "fanout_vs_broadcast": "tests.bench.fanout:measure_broadcast",
    "fanout_stalled": "tests.bench.fanout:measure_stalled",
    "memory_mb": "tests.bench.memory:measure",
    "reconnect_s": "tests.bench.reconnect:measure",
    "event_to_wall_p95_ms": "tests.bench.wall:measure",
    "commits_per_s": "tests.bench.commits:measure",
    "restart_s": "tests.bench.restart:measure",
}

if __name__ == "__main__":
    sys.exit(measuring("./muster bench", BENCHES))
