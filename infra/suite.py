"""`./muster test`, `bench` and `prove`: everything that must hold, in an empty clone, on databases of its own."""

import subprocess
import sys
import time
from collections.abc import Sequence

from infra import packages
from infra.check import check
from infra.node import FRONTEND, build_frontend, node_environment
from infra.place import ROOT
from infra.steps import say

LIMIT_S = 600
WHOLE = ("tests/e2e", "tests/prove_quick")
_LOGS = ROOT / ".data" / "logs"


def suite(arguments: Sequence[str]) -> int:
    """Runs check, the screens' unit tests and pytest in two halves side by side; 1 when anything failed.

    With arguments, only pytest runs, with these; without, what is marked `slow` stays out.
    """
    began = time.monotonic()
    packages.provide(_LOGS, postgres=True, redis=True)
    if opens_screens(arguments):
        packages.provide_browser(_LOGS)
    build_frontend(_LOGS)  # tests of the screens look at the built ones, and skip when there are none
    if arguments:
        return pytest(arguments)
    failed = [name for name, part in (("check", check), ("the screens' tests", screens)) if part() != 0]
    failed += both_halves()
    say(verdict(time.monotonic() - began))
    if failed:
        say(f"FAILED: {', '.join(failed)}; see above")
    return int(bool(failed))


def both_halves() -> list[str]:
    """Runs the tests on whole copies, which mostly wait, beside all others; shows the others' output when they end."""
    quiet = _LOGS / "pytest-pieces.log"
    with quiet.open("wb") as out:
        others = [f"--ignore={folder}" for folder in WHOLE]
        argv = [sys.executable, "-m", "pytest", "-m", "not slow", *others]
        pieces = subprocess.Popen(argv, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            whole = pytest(["-m", "not slow", *WHOLE])
            say("waiting for the tests of the pieces, which ran beside")
            others_ended = pieces.wait()
        finally:
            pieces.kill()
    print(quiet.read_text(errors="replace"), flush=True)
    return [name for name, code in (("whole copies", whole), ("pieces", others_ended)) if code != 0]


def opens_screens(arguments: Sequence[str]) -> bool:
    """Whether a browser is needed: not when every test that is named lies outside `tests/e2e`."""
    named = [one for one in arguments if one.startswith("tests/")]
    return not named or any(one.startswith("tests/e2e") for one in named)


def measure(module: str, arguments: Sequence[str]) -> int:
    """Runs benches or proofs in a process of their own, with everything at hand that they may need."""
    if not {"-h", "--help"} & set(arguments):
        packages.provide(_LOGS, postgres=True, redis=True)
        packages.provide_browser(_LOGS)
        build_frontend(_LOGS)
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=False).returncode


def verdict(took_s: float) -> str:
    """The whole time against the limit; loud, not failing, when over: a busy machine is nobody's mistake."""
    if took_s <= LIMIT_S:
        return f"everything took {took_s:.0f} s of the {LIMIT_S} s that it may take on two quiet cores"
    return f"*** TOO SLOW: everything took {took_s:.0f} s; on two quiet cores it may take {LIMIT_S} s ***"


def pytest(arguments: Sequence[str]) -> int:
    """Runs pytest; its closing line stays visible, with the ten slowest above it."""
    say("running pytest")
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def screens() -> int:
    """Runs the screens' own unit tests with vitest."""
    say("running the screens' unit tests")
    return subprocess.run(
        ["npm", "run", "--silent", "test"], cwd=FRONTEND, env=node_environment(), check=False
    ).returncode
