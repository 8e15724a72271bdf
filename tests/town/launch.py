"""`python launch.py DATA …`: the real launcher and processes in live use, without a map and without screens."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from infra import run
from infra.topology import PROCESSES, Process

FAILPOINTS = "failpoints"
CREWS = "tests.town.crews:main"


def parse() -> argparse.Namespace:
    """What a test wants."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--test", action="store_true", help="test mode; failpoints are armed in DATA/failpoints")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--simulator", action="store_true")
    parser.add_argument("--dispatch", metavar="TARGET", default="", help="run this in place of dispatch")
    parser.add_argument("--gateway", metavar="TARGET", default="", help="run this in place of the gateway")
    return parser.parse_args()


def table(given: argparse.Namespace) -> Sequence[Process]:
    """The table of processes as wanted."""
    targets = {"dispatch": given.dispatch, "gateway": given.gateway, "simulator": CREWS if given.simulator else ""}
    return [
        replace(each, target=targets[each.name], demo_only=False) if targets.get(each.name) else each
        for each in PROCESSES
    ]


def main() -> None:
    """Runs until SIGTERM."""
    given = parse()
    if given.test:
        plain = run.service_environment
        armed = {"MUSTER_MODE": "test", "MUSTER_FAILPOINTS": str(given.data / FAILPOINTS)}
        run.service_environment = lambda *facts, **more: plain(*facts, **more) | armed
    options = run.Options(data=given.data, port=None, demo=False, fresh=given.fresh)
    run.run(options, table(given), parts=lambda _place, _options: None)


if __name__ == "__main__":
    main()
