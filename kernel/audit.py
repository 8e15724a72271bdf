"""The audit log: one row per deed, chained by hash, so that a changed, swapped or missing row is found."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import jwt
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


@dataclass
class Walk:
    """A walk along a chain, page after page: nobody needs to hold the whole of it."""

    number: int = 0
    hash: str = FIRST

    def take(self, rows: Iterable[Mapping[str, Any]]) -> int | None:
        """Goes on over the next rows; the number of the first that does not fit, or None."""
        for row in rows:
            if row["number"] != self.number + 1 or chain(self.hash, row) != row["hash"]:
                return self.number + 1
            self.number, self.hash = row["number"], row["hash"]
        return None


def first_broken(rows: Iterable[Mapping[str, Any]], *, head: str, count: int) -> int | None:
    """Number of the first row that does not fit its chain (count + 1 when the tail is cut), or None when whole."""
    walk = Walk()
    broken = walk.take(rows)
    if broken is not None:
        return broken
    return None if (walk.number, walk.hash) == (count, head) else walk.number + 1


@dataclass(frozen=True)
class Head:
    """Where a chain stood: `number` rows, the last with `hash`, in an epoch of the installation."""

    service: str
    realm: str
    epoch: str
    number: int
    hash: str
    at: str


def sign_head(head: Head, key: str) -> str:
    """The head as one line that nobody can write without the installation's private key (EdDSA)."""
    return jwt.encode(asdict(head), key, algorithm="EdDSA")


def read_head(line: str, key: str) -> Head | None:
    """The head of a signed line, or None when the line is torn or was not signed by this installation."""
    try:
        return Head(**jwt.decode(line, key, algorithms=["EdDSA"]))
    except (jwt.PyJWTError, TypeError):
        return None


def contradicts(head: Head, *, count: int, hash_at: str | None) -> bool:
    """Whether a chain of `count` rows, whose row of the head's number has `hash_at`, is not the one that was signed."""
    return head.number > count or (head.number > 0 and hash_at != head.hash)
