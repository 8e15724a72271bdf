"""Publishes the cards that come with the product, once: what the city has changed since is never overwritten."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.auth import service_principal
from kernel.contracts.base import LIVE
from kernel.database import Transaction, begin
from kernel.outbox import flush
from plans import commands, files, store
from plans.tables import LEDGER


async def seed(engine: AsyncEngine, *, at: datetime) -> int:
    """Publishes the force table and every card that was never published; gives how many. Safe to repeat."""
    async with begin(engine, realm=LIVE, principal=service_principal("plans"), at=at) as tx:
        published = await _seed_force_table(tx)
        for card_id, form in files.seed_cards().items():
            if await store.lock(tx, store.CARD, card_id) == 0:
                await commands.put_card(tx, card_id, form)
                published += 1
        await flush(LEDGER, tx)
    return published


async def _seed_force_table(tx: Transaction) -> int:
    if await commands.find_force_table(tx) is not None:
        return 0
    await commands.put_force_table(tx, files.seed_force_table())
    return 1
