"""Publishes the cards that come with the product, once: what the city has changed since is never overwritten."""

import asyncio

from kernel.database import Transaction
from plans import commands, files, store


async def seed(tx: Transaction) -> int:
    """Publishes the force table and every card that was never published; gives how many. Safe to repeat."""
    cards = await asyncio.to_thread(files.seed_cards)  # a third of a second in which plans must already answer
    published = await _seed_force_table(tx)
    known = {card.id for card in await store.list_current(tx, store.CARD)}
    for card_id, form in cards.items():
        if card_id not in known and await store.lock(tx, store.CARD, card_id) == 0:
            await commands.put_card(tx, card_id, form)
            published += 1
    return published


async def _seed_force_table(tx: Transaction) -> int:
    if await commands.find_force_table(tx) is not None:
        return 0
    await commands.put_force_table(tx, files.seed_force_table())
    return 1
