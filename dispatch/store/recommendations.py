"""Kept problems of recommendations, those that wait for their further plans, and the newest of each incident."""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from dispatch import tables
from dispatch.rules.incident import ENDED
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


async def list_newest(tx: Transaction) -> list[Recommendation]:
    """The newest recommendation of each open incident."""
    held, incidents = tables.recommendations.c, tables.incidents.c
    still = [status.value for status in ENDED]
    newest = (
        select(held.body)
        .join(tables.incidents, (incidents.realm == held.realm) & (incidents.id == held.incident_id))
        .where(held.realm == tx.realm, incidents.status.not_in(still))
        .ext(distinct_on(held.incident_id))
        .order_by(held.incident_id, held.body["at"].astext.desc())
    )
    return [Recommendation.model_validate(body) for body in (await tx.execute(newest)).scalars()]
