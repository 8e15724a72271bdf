"""How one cell is read: text to value, or a reason why not. Formula-like text is text and stays as it is."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kernel.contracts.base import BIDI_CONTROLS
from resources.importer.crs import Crs
from resources.importer.problems import Bad

Parse = Callable[[str], Any]

MOST = 1_000_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_REFUSED = frozenset({"Cc", "Cs", "Co", "Cn"})


def text(cell: str) -> str:
    """One line of at most 200 characters, NFC, without control characters, lone surrogates or direction overrides."""
    clean = unicodedata.normalize("NFC", cell).strip()
    if not clean.isascii() or not clean.isprintable():
        for character in clean:
            if unicodedata.category(character) in _REFUSED or character in BIDI_CONTROLS:
                raise Bad("text_refused")
    if len(clean) > 200:
        raise Bad("text_long", most=200)
    return clean


def identity(cell: str) -> str:
    """An id."""
    if _ID.fullmatch(cell) is None:
        raise Bad("id_refused", shown=cell)
    return cell


def code(cell: str) -> str:
    """A code of at most 40 characters."""
    if _CODE.fullmatch(cell) is None:
        raise Bad("id_refused", shown=cell)
    return cell


def number(cell: str) -> float:
    """A finite number."""
    value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(value):
        raise Bad("not_a_number", shown=cell)
    return value


def amount(cell: str) -> float:
    """A number that is not negative."""
    value = number(cell)
    if value < 0:
        raise Bad("negative", shown=cell)
    return value


def positive(cell: str) -> float:
    """A number above 0."""
    value = amount(cell)
    if value == 0:
        raise Bad("too_small", shown=cell)
    return value


def up_to(most: float) -> Parse:
    """A number from 0 to `most`."""

    def parse(cell: str) -> float:
        value = amount(cell)
        if value > most:
            raise Bad("too_large", shown=cell, most=f"{most:g}")
        return value

    return parse


def whole(cell: str, most: int = MOST) -> int:
    """A whole number from 0 to `most`."""
    value = amount(cell)
    if value != int(value):
        raise Bad("not_whole", shown=cell)
    if value > most:
        raise Bad("too_large", shown=cell, most=most)
    return int(value)


def count(cell: str) -> int:
    """A whole number from 1 to a million."""
    value = whole(cell)
    if value == 0:
        raise Bad("too_small", shown=cell)
    return value


def seconds(cell: str) -> int:
    """Whole seconds, at most ten million."""
    return whole(cell, most=10_000_000)


def truth(cell: str) -> bool:
    """true or false."""
    known = {"true": True, "false": False}
    if cell.lower() not in known:
        raise Bad("not_truth", shown=cell)
    return known[cell.lower()]


def day(cell: str) -> date:
    """A date such as 2026-11-21."""
    try:
        return date.fromisoformat(cell)
    except ValueError as error:
        raise Bad("not_date", shown=cell) from error


def instant(cell: str) -> datetime:
    """A time with its offset."""
    try:
        value = datetime.fromisoformat(cell)
    except ValueError as error:
        raise Bad("not_time", shown=cell) from error
    if value.tzinfo is None:
        raise Bad("not_time", shown=cell)
    return value


def word(words: type[StrEnum]) -> Parse:
    """One word of a closed list."""

    def parse(cell: str) -> StrEnum:
        try:
            return words(cell)
        except ValueError as error:
            raise Bad("word_unknown", shown=cell, known=" ".join(words)[:120]) from error

    return parse


def crs(cell: str) -> Crs:
    """A coordinate system."""
    try:
        return Crs(cell)
    except ValueError as error:
        raise Bad("crs_unknown", shown=cell) from error


def listed(cell: str) -> tuple[str, ...]:
    """`a|b|c`, each a text."""
    return tuple(part for part in (text(each) for each in cell.split("|")) if part)


def listed_codes(cell: str) -> tuple[str, ...]:
    """`a|b|c`, each a code."""
    return tuple(code(part.strip()) for part in cell.split("|") if part.strip())


def mapped(value: Parse) -> Parse:
    """`key=value;key=value` with codes as keys."""

    def parse(cell: str) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for pair in filter(None, (part.strip() for part in cell.split(";"))):
            key, equals, raw = pair.partition("=")
            if not equals or not raw.strip():
                raise Bad("not_map", shown=cell)
            if (key := code(key.strip())) in read:
                raise Bad("key_double", shown=key)
            read[key] = value(raw.strip())
        return read

    return parse
