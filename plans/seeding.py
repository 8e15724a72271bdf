"""Publishes the cards that come with the product, once: what the city has changed since is never overwritten."""

from kernel.database import Transaction
from plans import commands, files, store


async def seed(tx: Transaction) -> int:
    """Publishes the force table and every card that was never published; gives how many. Safe to repeat."""
    published = await _seed_force_table(tx)
    for card_id, form in files.seed_cards().items():
        if await store.lock(tx, store.CARD, card_id) == 0:
            await commands.put_card(tx, card_id, form)
            published += 1
    return published


async def _seed_force_table(tx: Transaction) -> int:
    if await commands.find_force_table(tx) is not None:
        return 0
    await commands.put_force_table(tx, files.seed_force_table())
    return 1
