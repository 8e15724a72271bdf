"""The memory of the whole suite at rest: every process of a running demonstration but PostgreSQL's."""

import time

from tests.bench.process import name_of, pss_mb
from tests.launched import Copy, children_of
from tests.rows import Options, Row
from tests.stand import full_city

REST_S, LOOKS, BETWEEN_S = 60, 3, 5
LARGEST = 4


def measure(options: Options) -> list[Row]:
    """`memory_mb`: the largest of several looks, the zygote, the launcher, Redis and the simulator included."""
    with full_city() as copy:
        time.sleep(REST_S * options.share)
        looks = []
        for _ in range(LOOKS):
            looks.append(shares_mb(copy))
            time.sleep(BETWEEN_S)
    shares = max(looks, key=lambda look: sum(look.values()))
    largest = sorted(shares.items(), key=lambda each: -each[1])[:LARGEST]
    told = ", ".join(f"{name.partition(' ')[0]} {mb:.0f}" for name, mb in largest)
    what = f"PSS of {len(shares)} processes at rest, full city, without PostgreSQL: {told}"
    return [Row("memory_mb", what, sum(shares.values()), "MiB", must=500, aim=300)]


def shares_mb(copy: Copy) -> dict[str, float]:
    """Megabytes of every process, by name and pid."""
    pids = family(copy.process.pid, without=copy.pid("postgres"))
    return {f"{name_of(pid)} {pid}": pss_mb(pid) for pid in pids}


def family(pid: int, *, without: int) -> list[int]:
    """A process and all that descend from it, but for one of them and what descends from that."""
    if pid == without:
        return []
    return [pid, *(each for child in children_of(pid) for each in family(child, without=without))]
