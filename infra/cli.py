"""The command line: `./muster run | test | check | status | stop …`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.disk import is_full, sentence
from infra.place import ROOT
from infra.steps import Refusal

DEFAULT_DATA = ROOT / ".data"


def _run(options: argparse.Namespace) -> int:
    from infra.run import Options, run

    run(Options(data=options.data, port=options.port, demo=options.demo, fresh=options.fresh))
    return 0


def _status(options: argparse.Namespace) -> int:
    from infra.status import status

    return status(options.data, as_json=options.json)


def _stop(options: argparse.Namespace) -> int:
    from infra.status import stop

    return stop(options.data)


def _backup(options: argparse.Namespace) -> int:
    from infra.backup import save

    return save(options.data, options.file)


def _restore(options: argparse.Namespace) -> int:
    from infra.backup import restore

    return restore(options.data, options.file)


def _audit(options: argparse.Namespace) -> int:
    from infra.audit import audit

    return audit(options.data)


def _roads(options: argparse.Namespace) -> int:
    from infra.maps import replace_map
    from infra.place import Place

    return replace_map(Place(options.data.resolve()), options.extract)


def _demo(options: argparse.Namespace) -> int:
    from infra.demo import play_again

    return play_again(options.data)


def _check(_options: argparse.Namespace) -> int:
    from infra.check import check

    return check()


def _test(options: argparse.Namespace) -> int:
    from infra.suite import suite

    return suite(options.pytest)


def _bench(options: argparse.Namespace) -> int:
    from infra.suite import measure

    return measure("tests.bench", options.arguments)


def _prove(options: argparse.Namespace) -> int:
    from infra.suite import measure

    return measure("tests.prove", options.arguments)


def parser() -> argparse.ArgumentParser:
    """Every command with its options and help."""
    made = argparse.ArgumentParser(prog="./muster", description="Muster: emergency command and dispatch for a city.")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="data directory (default: .data)")

    run = _add(commands, "run", _run, "start everything and keep it running until Ctrl-C", place)
    run.add_argument("--port", type=int, help="port of the web page (default: follows from the data directory)")
    run.add_argument(
        "--no-demo", dest="demo", action="store_false", help="live use: no simulated units, clock at rate 1"
    )
    run.add_argument("--fresh", action="store_true", help="erase the data directory first")
    test = _add(commands, "test", _test, "prove everything: check, unit, contract, integration, screens, end to end")
    test.add_argument(
        "pytest", nargs="*", help="with arguments, only pytest runs, and gets them; -m slow: what is left out"
    )
    _add(commands, "check", _check, "check format, lint, types, import rules, sizes, contracts and the screens' code")
    for name, act, says in (
        ("bench", _bench, "measure speed, each figure beside a peer's in the same run; --help lists the names"),
        (
            "prove",
            _prove,
            "prove promises under faults, each with a planted bug that must be caught; --help lists them",
        ),
    ):
        _add(commands, name, act, says).add_argument(
            "arguments", nargs="*", metavar="NAME", help="which; --help lists them"
        )
    _add(commands, "demo", _demo, "let the demonstration's large incident happen once more", place)
    roads = _add(commands, "roads", _roads, "replace the schematic map by the roads of an OpenStreetMap extract", place)
    roads.add_argument("extract", type=Path, metavar="FILE.osm.pbf", help="an extract that covers the service area")
    shown = _add(commands, "status", _status, "show what runs and what is degraded", place)
    shown.add_argument("--json", action="store_true", help="the same for programs")
    _add(commands, "stop", _stop, "stop the Muster that runs in the data directory", place)
    _add(commands, "audit", _audit, "verify every audit chain against its signed head; 1 when one is broken", place)
    for name, act, says in (
        ("backup", _backup, "write everything that this copy cannot make anew into one file, running or not"),
        ("restore", _restore, "make a stopped or empty data directory what a backup says"),
    ):
        _add(commands, name, act, says, place).add_argument("file", type=Path, metavar="FILE")
    return made


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: Callable[[argparse.Namespace], int],
    says: str,
    *parents: argparse.ArgumentParser,
) -> argparse.ArgumentParser:
    added = commands.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".", parents=list(parents))
    added.set_defaults(act=act)
    return added


PASSED_ON = {"test": "pytest", "bench": "arguments", "prove": "arguments"}


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line says; what follows `test`, `bench` and `prove` is theirs, also what begins with a dash."""
    name = arguments[0] if arguments else ""
    if name not in PASSED_ON or (name == "test" and {"-h", "--help"} & set(arguments)):
        return parser().parse_args(arguments)
    options = parser().parse_args([name])
    setattr(options, PASSED_ON[name], list(arguments[1:]))
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; a refusal is one sentence and code 1, never a traceback."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(options.act(options))
    except Refusal as refusal:
        print(f"muster: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        if not is_full(error):
            raise
        print(f"muster: {sentence(str(error.filename or options.data))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
