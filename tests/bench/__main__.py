"""`./muster bench [NAME …] [--json FILE]`: speed, each figure beside its peer's in the same run."""

import argparse
import sys
from pathlib import Path

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
OPTIMIZER: dict[str, str] = {
    "O1": "tests.bench.optimizer.contended:measure",
    "O2": "tests.bench.optimizer.exactness:measure",
    "O3": "tests.bench.optimizer.speed:measure_monolith",
    "O4": "tests.bench.optimizer.speed:measure_call",
    "O5": "tests.bench.optimizer.speed:measure_six",
    "O9": "tests.bench.optimizer.routing:measure",
    "O11": "tests.bench.optimizer.repeat:measure",
    "O12": "tests.bench.optimizer.explaining:measure",
    "O13": "tests.bench.optimizer.chaos:measure",
    "O6": "tests.bench.optimizer.earthquake:measure",
    "O7": "tests.bench.optimizer.transport:measure",
    "O10": "tests.bench.optimizer.moving:measure",
    "O14": "tests.bench.optimizer.day:measure",
    "O_rivals": "tests.bench.optimizer.rivalry:measure",
}
GROUPS = {"optimizer": tuple(OPTIMIZER)}


def foreign(arguments: list[str]) -> Path | None:
    """The folder of `optimizer --instances DIR`: foreign problems to plan, not figures to measure."""
    parser = argparse.ArgumentParser(prog="./muster bench", add_help=False)
    parser.add_argument("--instances", type=Path, metavar="DIR")
    given, rest = parser.parse_known_args(arguments)
    if given.instances is not None and (rest != ["optimizer"] or not given.instances.is_dir()):
        parser.error("say `optimizer --instances DIR`, DIR being a folder of problems (docs/optimizer-instances.md)")
    found: Path | None = given.instances
    return found


if __name__ == "__main__":
    folder = foreign(sys.argv[1:])
    if folder is not None:
        from tests.bench.optimizer.instances import plan_all

        sys.exit(plan_all(folder))
    sys.exit(measuring("./muster bench", BENCHES | OPTIMIZER, groups=GROUPS))
