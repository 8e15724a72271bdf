"""Rows that wait: what a transaction inserts goes to PostgreSQL in one statement together with its next one."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, TextClause, text

Row = Mapping[str, Any]
Waiting = Sequence[tuple[Table, Row]]


def inserting(table: Table, columns: Iterable[str], rows: str) -> str:
    """The INSERT of the JSON array bound as `rows`; PostgreSQL reads each value as its column's type."""
    names, name = ", ".join(columns), table.fullname
    given = f"jsonb_populate_recordset(NULL::{name}, cast(:{rows} AS jsonb))"
    return f"INSERT INTO {name} ({names}) SELECT {names} FROM {given}"  # noqa: S608 - names of our own tables


def as_json(rows: Sequence[Row]) -> str:
    """The rows as what `inserting` binds: moments and the like as PostgreSQL reads them."""
    return json.dumps(rows, default=str)


def together(waiting: Waiting, then: str) -> tuple[TextClause, dict[str, str]]:
    """One statement that inserts all that waits and does `then`, and the values it binds.

    `then` may read from `written`, a row with the number of `rows` inserted; whatever reads it comes after the inserts.
    """
    groups: dict[tuple[Table, tuple[str, ...]], list[Row]] = {}
    for table, row in waiting:
        groups.setdefault((table, tuple(row)), []).append(row)
    bound = {f"rows_{nth}": as_json(rows) for nth, rows in enumerate(groups.values())}
    return _statement(tuple(groups), then), bound


@cache
def _statement(groups: tuple[tuple[Table, tuple[str, ...]], ...], then: str) -> TextClause:
    parts = [
        f"insert_{nth} AS ({inserting(table, columns, f'rows_{nth}')} RETURNING 1)"
        for nth, (table, columns) in enumerate(groups)
    ]
    counts = [f"(SELECT count(*) FROM insert_{nth})" for nth in range(len(groups))]  # noqa: S608 - names made above
    parts.append(f"written AS (SELECT {' + '.join(counts) or '0'} AS rows)")
    return text(f"WITH {', '.join(parts)} {then}")
