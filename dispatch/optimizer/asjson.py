"""A problem as JSON and back, so that every plan can be replayed by anybody (docs/optimizer-instances.md).

Strict: unknown fields, wrong types and contradictions are refused with the place in the text; nothing is guessed.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dispatch.optimizer.problem import Amounts, Problem, amounts, canonical


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


def restated(text: str) -> Problem:
    """The problem that problem.stated wrote, also before the last fields of a value were added."""
    problem: Problem = _of_row(Problem, json.loads(text))
    return problem


def _of_row(kind: Any, row: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        known = fields(kind)[: len(row)]  # a row written before a field was added has fewer
        return kind(*(_of_row(hints[part.name], value) for part, value in zip(known, row, strict=True)))
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        kinds = [inner[0]] * len(row) if inner[1:] == (Ellipsis,) else inner
        return tuple(_of_row(each, value) for each, value in zip(kinds, row, strict=True))
    if get_origin(kind) in (Union, UnionType) and row is not None:
        return _of_row(next(part for part in get_args(kind) if part is not NoneType), row)
    return row


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    named = ((name, getattr(value, name), amounts_) for name, amounts_ in _parts(type(value)))
    return {name: dict(part) if amounts_ else _plain(part) for name, part, amounts_ in named}


@cache
def _parts(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The fields of a value, and which of them are amounts."""
    hints = get_type_hints(kind)
    return tuple((part.name, hints[part.name] == Amounts) for part in fields(kind))


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
