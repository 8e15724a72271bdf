"""Kept problems of recommendations, and those that wait for their further plans."""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from sqlalchemy import select

from dispatch import tables
from dispatch.store import list_of
from kernel.contracts.recommendation import Recommendation
from kernel.database import Transaction


def packed_problem(packed: bytes) -> Mapping[str, str]:
    """A packed problem as it is kept in the row of its recommendation."""
    return {"zlib": b64encode(packed).decode()}


async def find_problem(tx: Transaction, recommendation_id: str) -> bytes | None:
    """The kept problem of a recommendation."""
    held = tables.recommendations
    wanted = select(held.c.problem).where(held.c.realm == tx.realm, held.c.id == recommendation_id)
    kept = (await tx.execute(wanted)).scalar() or {}
    return b64decode(kept["zlib"]) if "zlib" in kept else None


async def next_queued(tx: Transaction) -> tuple[Recommendation, bytes] | None:
    """The newest recommendation that waits for its further plans, with its problem."""
    held = tables.recommendations
    mine = (held.c.realm == tx.realm, held.c.queued)
    newest = select(held.c.body, held.c.problem).where(*mine).order_by(held.c.body["at"].astext.desc()).limit(1)
    row = (await tx.execute(newest)).first()
    return None if row is None else (Recommendation.model_validate(row.body), b64decode(row.problem["zlib"]))


async def list_queued(tx: Transaction, incident_id: str) -> list[Recommendation]:
    """The recommendations of an incident that wait for their further plans, locked, by id."""
    held = tables.recommendations.c
    return await list_of(tx, "recommendation", Recommendation, held.queued, held.incident_id == incident_id, lock=True)
