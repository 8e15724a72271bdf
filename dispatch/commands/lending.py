"""Whose units and stock may be sent: ours, or promised to the incident."""

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.commands.policy import in_force
from dispatch.own import Own
from dispatch.rules import aid as rules
from dispatch.rules.aid import Lending
from dispatch.store import aid
from kernel.contracts.policy import DispatchPolicy
from kernel.contracts.resources import Stockpile, Unit
from kernel.database import Transaction


@dataclass(frozen=True)
class Terms:
    """On what anybody is sent now: the policy in force, and whose forces go by request under it."""

    policy: DispatchPolicy
    held: Lending


async def terms(tx: Transaction, own: Own) -> Terms:
    """The terms of this moment."""
    policy = await in_force(tx)
    lenders = rules.lenders(own.copies.organisations.values(), policy)
    return Terms(policy, Lending(lenders, rules.promises_of(await aid.list_promised(tx))))


async def lending(tx: Transaction, own: Own) -> Lending:
    """Whose forces go by request under the policy in force, and what of them is promised now."""
    return (await terms(tx, own)).held


def refuse_unpromised(own: Own, held: Lending, incident_id: str, units: Iterable[Unit]) -> None:
    """Raises Conflict `by_request` for a unit that must be asked for and is not promised to this incident."""
    for unit in units:
        rules.refuse_unpromised(unit, held, incident_id, own.copies.organisations.get(unit.organisation_id))


def refuse_asked_stock(own: Own, held: Lending, piles: Iterable[Stockpile]) -> None:
    """Raises Conflict `stock_by_request` for a stockpile of others."""
    for pile in piles:
        rules.refuse_asked_stock(pile, held, own.copies.organisations.get(pile.organisation_id))
