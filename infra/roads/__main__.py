"""`python -m infra.roads FILE.osm.pbf OUT [west,south,east,north]`: build a road graph without starting anything."""

import sys
from pathlib import Path

from infra.roads import build


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3):
        print(__doc__)
        return 2
    box = None
    if len(arguments) == 3:
        west, south, east, north = (float(part) for part in arguments[2].split(","))
        box = (west, south, east, north)
    build(Path(arguments[0]), Path(arguments[1]), box=box)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
