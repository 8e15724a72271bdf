"""`python launch.py DATA [MODE] [fresh]`: the real launcher and processes in live use, without a map and screens."""

import sys
from pathlib import Path

from infra import run

FAILPOINTS = "failpoints"


def launch(data: Path, mode: str, *, fresh: bool) -> None:
    """Runs until SIGTERM. In test mode failpoints are armed by files in a folder of the data directory."""
    if mode == "test":
        plain = run.service_environment
        armed = {"MUSTER_MODE": mode, "MUSTER_FAILPOINTS": str(data / FAILPOINTS)}
        run.service_environment = lambda *facts, **more: plain(*facts, **more) | armed
    options = run.Options(data=data, port=None, demo=False, fresh=fresh)
    run.run(options, parts=lambda _place, _options: None)


if __name__ == "__main__":
    launch(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "production", fresh="fresh" in sys.argv[3:])
