"""`python -m infra.roads FILE.osm.pbf OUT [west,south,east,north]`: build a road graph without starting anything."""

import sys
from pathlib import Path

from infra.roads import build
from infra.roads.reader import Box


def main(arguments: list[str]) -> int:
    """Exit code 0 when built, 1 with a sentence when the file does not serve, 2 for wrong arguments."""
    if len(arguments) not in (2, 3):
        print(__doc__)
        return 2
    try:
        box = _box(arguments[2]) if len(arguments) == 3 else None
        build(Path(arguments[0]), Path(arguments[1]), box=box)
    except (OSError, RuntimeError, ValueError) as error:
        print(f"cannot use {arguments[0]}: {error}", file=sys.stderr)
        return 1
    return 0


def _box(text: str) -> Box:
    west, south, east, north = (float(part) for part in text.split(","))
    if not (west < east and south < north):
        raise ValueError(f"the box {text} is empty: give west,south,east,north")
    return (west, south, east, north)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
