"""Command line: `python -m infra.city OUT_DIR [--seed N] [--as-of DATE]` writes roads.osm.pbf and register/."""

import argparse
import gc
import sys
import time
from datetime import date, datetime
from pathlib import Path

from infra.city import landmarks, osmfile
from infra.city.build import AS_OF, City, build
from infra.city.net import junctions


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.city", description="Write the schematic demo city (示意数据)."
    )
    parser.add_argument("out", type=Path, help="directory for roads.osm.pbf and register/; made if missing")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives another city (default 1)")
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF.date(), help="day to which stock refers")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    gc.disable()  # one short run that drops little: collecting costs a fifth of it
    city = build(given.seed, datetime.combine(given.as_of, AS_OF.timetz()))
    write(city, given.out)
    _say(city, given.out, time.monotonic() - begun)
    return 0


def write(city: City, out: Path) -> None:
    """Writes both halves of the city under `out`."""
    out.mkdir(parents=True, exist_ok=True)
    points = landmarks.of(city.register, city.skeleton)
    osmfile.write(out / "roads.osm.pbf", city.net, city.skeleton, city.districts, city.built_up, points)
    city.register.write(out / "register")


def _say(city: City, out: Path, took_s: float) -> None:
    roads_mb = (out / "roads.osm.pbf").stat().st_size / 1e6
    register_mb = sum(file.stat().st_size for file in (out / "register").iterdir()) / 1e6
    print(f"roads.osm.pbf  {junctions(city.net)} junctions  {roads_mb:.1f} MB")
    counts = "  ".join(f"{name} {len(rows)}" for name, rows in city.register.rows.items())
    print(f"register/  {register_mb:.1f} MB  {counts}")
    print(f"示意数据, written in {took_s:.1f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
