"""What plans does when asked: check, publish as the next version, record."""

from kernel.contracts.plans import ForceTable, ForceTableForm, ResponseCard, ResponseCardForm
from kernel.database import Thing, Transaction
from kernel.errors import Conflict, NotFound
from plans import rules, store

FORCE_TABLE_ID = "city"


async def list_cards(tx: Transaction, *, retired: bool) -> list[ResponseCard]:
    """The current cards, by identity."""
    return [card for card in await store.list_current(tx, store.CARD) if retired or not card.retired]


async def put_card(
    tx: Transaction, card_id: str, form: ResponseCardForm, *, seen_version: int | None = None
) -> ResponseCard:
    """Publishes a card as a new version; what says the same as the current one is not published again.

    Raises Conflict when `seen_version`, the version that the author edited, is not the current one.
    """
    current = await store.lock(tx, store.CARD, card_id)
    if seen_version is not None and seen_version != current:
        raise Conflict("version_conflict", f"Version {current} was published meanwhile; read it first.")
    card = rules.as_card(form, id_=card_id, version=current + 1)
    rules.check_card(card, await find_force_table(tx))
    if current and rules.says_the_same(card, before := await store.get(tx, store.CARD, card_id)):
        return before
    return await _publish_card(tx, card, "response_card.published")


async def retire_card(tx: Transaction, card_id: str) -> ResponseCard:
    """Ends a card with a last version; incidents that pinned an earlier one keep it."""
    card = await store.get(tx, store.CARD, card_id)
    await store.lock(tx, store.CARD, card_id)
    card = await store.get(tx, store.CARD, card_id)
    return card if card.retired else await _publish_card(tx, rules.retire(card), "response_card.retired")


async def _publish_card(tx: Transaction, card: ResponseCard, event: str) -> ResponseCard:
    await store.publish(tx, store.CARD, card)
    tx.record(event, "response_card", card)
    return card


async def find_force_table(tx: Transaction) -> ForceTable | None:
    """The city's current force table, None before the first."""
    return next(iter(await store.list_current(tx, store.FORCE_TABLE)), None)


async def get_force_table(tx: Transaction) -> ForceTable:
    """The city's current force table. Raises NotFound before the first."""
    table = await find_force_table(tx)
    if table is None:
        raise NotFound("force_table_unknown", "No force table has been published yet.")
    return table


async def put_force_table(tx: Transaction, form: ForceTableForm) -> ForceTable:
    """Publishes the force table as a new version, unless it says the same as the current one."""
    current = await store.lock(tx, store.FORCE_TABLE, FORCE_TABLE_ID)
    table = rules.as_force_table(form, id_=FORCE_TABLE_ID, version=current + 1)
    rules.check_table(table)
    await _refuse_orphans(tx, table)
    if current and rules.says_the_same(table, before := await get_force_table(tx)):
        return before
    await store.publish(tx, store.FORCE_TABLE, table)
    tx.record("force_table.published", "force_table", table)
    return table


async def _refuse_orphans(tx: Transaction, table: ForceTable) -> None:
    """No current card may be left with a formation key that the new table does not have."""
    for card in await list_cards(tx, retired=False):
        rules.check_card(card, table)


async def current(tx: Transaction) -> list[Thing]:
    """The force table and every current card, retired ones too, so that a reader's copy of one ends."""
    cards = await store.list_current(tx, store.CARD)
    force_tables = await store.list_current(tx, store.FORCE_TABLE)
    return [*(Thing("force_table", each) for each in force_tables), *(Thing("response_card", each) for each in cards)]
