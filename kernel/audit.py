"""The audit log: one row per deed, chained by hash, so that a changed, swapped or missing row is found."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, MetaData, String, Table

FIRST = "0" * 64
CHAINED = ("realm", "number", "at", "actor", "action", "kind", "id", "version", "value_hash", "request_id")


def audit_table(metadata: MetaData) -> Table:
    """The audit table of a service's schema."""
    return Table(
        "audit",
        metadata,
        Column("realm", String, primary_key=True),
        Column("number", BigInteger, primary_key=True),
        Column("at", String, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("actor", String, nullable=False),
        Column("action", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("id", String, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("value_hash", String, nullable=False),
        Column("request_id", String, nullable=False),
        Column("hash", String, nullable=False),
    )


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: one text per value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def chain(previous: str, row: Mapping[str, Any]) -> str:
    """Hash of a row that hangs on the hash before it."""
    body = canonical({name: row[name] for name in CHAINED})
    return hashlib.sha256((previous + body).encode()).hexdigest()


def first_broken(rows: Iterable[Mapping[str, Any]], *, head: str, count: int) -> int | None:
    """Number of the first row that does not fit its chain (count + 1 when the tail is cut), or None when whole."""
    previous, number = FIRST, 0
    for row in rows:
        number += 1
        if row["number"] != number or chain(previous, row) != row["hash"]:
            return number
        previous = row["hash"]
    return None if (number, previous) == (count, head) else number + 1
