"""`./muster check`: the rules of the house, several at a time, with a table of what each took."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.node import node_environment
from infra.place import ROOT
from infra.steps import say

_FRONTEND = ROOT / "frontend"


@dataclass(frozen=True)
class Step:
    """One rule: a name and the command that fails when it is broken."""

    name: str
    argv: tuple[str, ...]
    cwd: Path = ROOT


@dataclass(frozen=True)
class Outcome:
    """What became of a step."""

    step: Step
    passed: bool
    took_s: float
    output: str


def steps() -> list[Step]:
    """Every rule, the slowest first so that two at a time end together."""
    return [
        Step("types", _tool("mypy")),
        Step("eslint", ("npm", "run", "--silent", "lint", "--", *_lint_cache()), _FRONTEND),
        Step("contracts", (sys.executable, "-P", "-m", "infra.contracts", "--check")),
        Step("typescript", ("npm", "run", "--silent", "typecheck"), _FRONTEND),
        Step("imports", _tool("lint-imports", "--no-cache")),
        Step("compose", _tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")),
        Step("sizes", (sys.executable, "-P", "-m", "infra.sizes")),
        Step("lint", _tool("ruff", "check", "--output-format", "concise", ".")),
        Step("format", _tool("ruff", "format", "--check", "--quiet", ".")),
    ]


def _lint_cache() -> tuple[str, ...]:
    """What was linted is remembered by its content, and apart for other contracts: their types decide, too."""
    contracts = hashlib.sha256((_FRONTEND / "src" / "contracts.ts").read_bytes()).hexdigest()[:16]
    return ("--cache", "--cache-strategy", "content", "--cache-location", f"node_modules/.cache/eslint/{contracts}/")


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    """A tool of the locked environment, whatever PATH says."""
    return (str(Path(sys.executable).parent / name), *arguments)


def perform(step: Step, env: dict[str, str]) -> Outcome:
    """Runs one step and keeps what it said."""
    began = time.monotonic()
    done = subprocess.run(
        step.argv, cwd=step.cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Outcome(step, done.returncode == 0, time.monotonic() - began, done.stdout)


def report(outcomes: Sequence[Outcome], took_s: float) -> str:
    """The table, the failures' own words after it."""
    lines = [f"{one.step.name:<12}{one.took_s:>7.1f} s  {'ok' if one.passed else 'FAILED'}" for one in outcomes]
    lines.append(f"{'check':<12}{took_s:>7.1f} s  {'ok' if all(one.passed for one in outcomes) else 'FAILED'}")
    lines += [f"\n--- {one.step.name}\n{one.output.rstrip()}" for one in outcomes if not one.passed]
    return "\n".join(lines)


def check() -> int:
    """Runs every step on all cores; 1 when any rule is broken."""
    began = time.monotonic()
    env = node_environment()
    say("checking format, lint, types, imports, sizes, contracts, TypeScript and compose")
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        outcomes = list(pool.map(lambda step: perform(step, env), steps()))
    print(report(outcomes, time.monotonic() - began))
    return int(not all(one.passed for one in outcomes))
