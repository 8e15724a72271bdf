"""Foreign instances: reads problems as JSON, plans each, writes the plan beside it (docs/optimizer-instances.md).

Strict: unknown fields, wrong types and contradictions are refused with the place in the file; nothing is guessed.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dispatch.optimizer import Amounts, Problem, amounts, recommend, warm_up
from dispatch.optimizer.problem import canonical
from tests.bench.optimizer.timing import spent

PLAN = ".plan.json"


class Refused(ValueError):
    """A file that is no problem: `where` = place in it, `why` = what is wrong there."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where or 'the file'}: {why}")
        self.where, self.why = where, why


def parse(text: str) -> Problem:
    """The problem that a JSON text describes, canonical; raises Refused."""
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(f"line {error.lineno}", error.msg) from error
    problem = _value(Problem, given, "")
    try:
        return canonical(problem)
    except ValueError as error:
        raise Refused("", str(error)) from error


def write(problem: Problem) -> str:
    """The JSON text of a problem; `parse` gives the same problem back."""
    return json.dumps(_plain(problem), ensure_ascii=False, indent=1) + "\n"


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        return {
            part.name: dict(getattr(value, part.name))
            if hints[part.name] == Amounts
            else _plain(getattr(value, part.name))
            for part in fields(value)
        }
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _value(kind: Any, given: object, where: str) -> Any:
    """`given` as a value of the type `kind`."""
    if kind == Amounts:
        return _amounts(given, where)
    if is_dataclass(kind):
        return _object(kind, given, where)
    if get_origin(kind) is tuple:
        if not isinstance(given, list):
            raise Refused(where, "a list is expected")
        return tuple(_value(get_args(kind)[0], part, f"{where}[{number}]") for number, part in enumerate(given))
    if get_origin(kind) in (Union, UnionType):
        inner = next(part for part in get_args(kind) if part is not NoneType)
        return None if given is None else _value(inner, given, where)
    if get_origin(kind) is Literal:
        if given not in get_args(kind):
            raise Refused(where, f"one of {', '.join(get_args(kind))} is expected")
        return given
    if type(given) is not kind:
        raise Refused(where, f"{kind.__name__} is expected, not {type(given).__name__}")
    return given


def _amounts(given: object, where: str) -> Amounts:
    if not isinstance(given, dict):
        raise Refused(where, "an object of whole amounts is expected")
    return amounts({code: _value(int, amount, f"{where}.{code}") for code, amount in given.items()})


def _object(kind: Any, given: object, where: str) -> Any:
    if not isinstance(given, dict):
        raise Refused(where, "an object is expected")
    known = {part.name: part for part in fields(kind)}
    for name in given:
        if name not in known:
            raise Refused(where, f"unknown field {name!r}")
    for name, part in known.items():
        if name not in given and part.default is MISSING and part.default_factory is MISSING:
            raise Refused(where, f"field {name!r} is missing")
    hints: Mapping[str, Any] = get_type_hints(kind)
    return kind(**{name: _value(hints[name], value, f"{where}.{name}".lstrip(".")) for name, value in given.items()})


def plan_all(folder: Path) -> int:
    """Plans every problem in a folder and says how; 1 where one was refused or there is none."""
    files = sorted(path for path in folder.glob("*.json") if not path.name.endswith(PLAN))
    if not files:
        print(f"{folder}: no *.json", file=sys.stderr)
        return 1
    warm_up()
    refused = 0
    for path in files:
        try:
            problem = parse(path.read_text(encoding="utf-8"))
        except (Refused, UnicodeDecodeError) as refusal:
            refused += 1
            print(f"{path.name}: refused: {refusal}")
            continue
        answer, ms = spent(recommend, problem)
        path.with_name(path.name.removesuffix(".json") + PLAN).write_text(answer.to_json() + "\n", encoding="utf-8")
        claims = answer.provenance
        unmet = sum(part.figures.unmet_units for part in answer.incidents)
        print(
            f"{path.name}: {len(answer.roles)} units, {unmet} places unmet, unmet {claims.unmet}, completion "
            f"{claims.completion}, final {claims.final}, {ms:.0f} ms of CPU"
        )
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(plan_all(Path(sys.argv[1])))
