"""Command line: `python -m infra.city OUT_DIR [--seed N]` writes roads.osm.pbf and the register folder."""

import argparse
import sys
import time
from pathlib import Path

from infra.city import borders, osmfile, roads, skeleton
from infra.city.net import junctions


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.city", description="Write the schematic demo city (示意数据)."
    )
    parser.add_argument("out", type=Path, help="directory for roads.osm.pbf and register/; made if missing")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives another city (default 1)")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    given.out.mkdir(parents=True, exist_ok=True)
    drawn = skeleton.read()
    net, fabric = roads.build(drawn, given.seed)
    shapes = borders.districts(drawn)
    osmfile.write(given.out / "roads.osm.pbf", net, drawn, shapes, fabric.built_up)
    size = (given.out / "roads.osm.pbf").stat().st_size
    print(f"roads.osm.pbf  {junctions(net)} junctions  {size / 1e6:.1f} MB  {time.monotonic() - begun:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
