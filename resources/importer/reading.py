"""Bytes of an import folder to rows of parsed cells; whatever cannot be read becomes a problem at its place."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from resources.importer.layout import SHEETS, Sheet
from resources.importer.problems import Bad, Problem

MANIFEST = "manifest.json"
AREAS = "station_areas.geojson"
DISTRICTS = "districts.geojson"
KNOWN = frozenset({*SHEETS, MANIFEST, AREAS, DISTRICTS})
MOST_BYTES = 64_000_000


@dataclass(frozen=True)
class Row:
    """One row of a CSV file: its number (the header is 1) and its parsed cells."""

    number: int
    cells: Mapping[str, Any]


@dataclass
class Folder:
    """An import folder as read: rows by file, JSON by file, and every problem so far.

    `named` holds, by kind, every id that stands in the folder, in refused rows too: one bad row is one problem, not one
    for every row that refers to it. `unread` holds the kinds of files that could not be read at all.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    json: dict[str, Any] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, file: str, row: int, column: str, code: str, **params: object) -> None:
        """Notes a problem."""
        self.problems.append(Problem(file, row, column, code, params))


def read(files: Mapping[str, bytes]) -> Folder:
    """Reads the files of a folder by name."""
    folder = Folder()
    for name in sorted(set(files) - KNOWN):
        folder.refuse(name, 0, "", "file_unknown")
    if MANIFEST not in files:
        folder.refuse(MANIFEST, 0, "", "file_missing")
    for name in (MANIFEST, AREAS, DISTRICTS):
        if name in files and (text := _decoded(folder, name, files[name])) is not None:
            _read_json(folder, name, text)
    for name, sheet in SHEETS.items():
        folder.rows[name] = _read_sheet(folder, name, sheet, files[name]) if name in files else []
    return folder


def _decoded(folder: Folder, name: str, raw: bytes) -> str | None:
    if len(raw) > MOST_BYTES:
        folder.refuse(name, 0, "", "file_large", most=MOST_BYTES // 1_000_000)
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        folder.refuse(name, raw.count(b"\n", 0, error.start) + 1, "", "not_utf8")
        return None


def _read_json(folder: Folder, name: str, text: str) -> None:
    try:
        folder.json[name] = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        folder.refuse(name, 0, "", "json_broken")


def _refuse_constant(constant: str) -> None:
    raise ValueError(constant)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _read_sheet(folder: Folder, name: str, sheet: Sheet, raw: bytes) -> list[Row]:
    text = _decoded(folder, name, raw)
    if text is None:
        folder.unread.add(sheet.word)
        return []
    return list(_read_csv(folder, name, sheet, text))


def _read_csv(folder: Folder, name: str, sheet: Sheet, text: str) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        header = [cell.strip() for cell in next(lines, [])]
        number = 1
        if not _header_fits(folder, name, sheet, header):
            folder.unread.add(sheet.word)
            return
        for line in lines:
            number += 1
            row = _read_row(folder, name, sheet, header, number, line)
            if row is not None:
                yield row
    except csv.Error:
        folder.unread.add(sheet.word)
        folder.refuse(name, number + 1, "", "csv_broken")


def _header_fits(folder: Folder, name: str, sheet: Sheet, header: list[str]) -> bool:
    if not any(header):
        folder.refuse(name, 1, "", "header_missing")
        return False
    before = len(folder.problems)
    for column in sheet.musts:
        if column not in header:
            folder.refuse(name, 1, column, "column_missing")
    for column in sorted({column for column in header if header.count(column) > 1}):
        folder.refuse(name, 1, column, "column_double")
    for column in header:
        if column not in sheet.columns:
            folder.refuse(name, 1, column, "column_unknown")
    return len(folder.problems) == before


def _read_row(folder: Folder, name: str, sheet: Sheet, header: list[str], number: int, line: list[str]) -> Row | None:
    if not any(cell.strip() for cell in line):
        return None
    if len(line) != len(header):
        folder.refuse(name, number, "", "cells_count", wanted=len(header), found=len(line))
        return None
    cells = {column.name: column.default for column in sheet.columns.values()}
    before = len(folder.problems)
    for column_name, cell in zip(header, line, strict=True):
        column = sheet.columns[column_name]
        try:
            if cell := cell.strip():
                cells[column_name] = column.parse(cell)
            elif column.must:
                raise Bad("empty")
        except Bad as bad:
            folder.refuse(name, number, column_name, bad.code, **bad.params)
    _name(folder, name, sheet, number, cells["id"])
    return Row(number, cells) if len(folder.problems) == before else None


def _name(folder: Folder, name: str, sheet: Sheet, number: int, id_: str | None) -> None:
    named = folder.named.setdefault(sheet.word, set())
    if id_ in named:
        folder.refuse(name, number, "id", "id_double", shown=id_)
    if id_ is not None:
        named.add(id_)
