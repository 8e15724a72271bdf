"""Response cards and the force table over HTTP."""

import uuid
from typing import Annotated

from fastapi import Header, Query

from kernel.contracts.base import Id
from kernel.contracts.plans import ForceTable, ForceTableForm, ResponseCard, ResponseCardForm
from kernel.http import Tx, may, router
from plans import commands, store

cards = router()
SeenVersion = Annotated[int | None, Header(alias="Muster-Version", ge=0, le=2**31, description="The version edited.")]


@cards.get("/response-cards", tags=["cards"])
@may("card.read")
async def list_cards(tx: Tx, retired: bool = False) -> list[ResponseCard]:
    """The current cards; retired ones too if asked."""
    return await commands.list_cards(tx, retired=retired)


@cards.get("/response-cards/{card_id}", tags=["cards"])
@may("card.read")
async def card(tx: Tx, card_id: Id, version: Annotated[int | None, Query(ge=1, le=2**31)] = None) -> ResponseCard:
    """The newest version of a card, or exactly the one asked for."""
    return await store.get(tx, store.CARD, card_id, version)


@cards.post("/response-cards", status_code=201, tags=["cards"])
@may("card.keep")
async def add(tx: Tx, form: ResponseCardForm) -> ResponseCard:
    """Publishes a new card."""
    return await commands.put_card(tx, f"card-{uuid.uuid4().hex[:12]}", form)


@cards.put("/response-cards/{card_id}", tags=["cards"])
@may("card.keep")
async def put(tx: Tx, card_id: Id, form: ResponseCardForm, seen_version: SeenVersion = None) -> ResponseCard:
    """Publishes the next version of a card."""
    return await commands.put_card(tx, card_id, form, seen_version=seen_version)


@cards.delete("/response-cards/{card_id}", tags=["cards"])
@may("card.keep")
async def retire(tx: Tx, card_id: Id) -> ResponseCard:
    """Retires a card; its versions stay for the incidents that used them."""
    return await commands.retire_card(tx, card_id)


@cards.get("/force-table", tags=["force table"])
@may("card.read")
async def force_table(tx: Tx, version: Annotated[int | None, Query(ge=1, le=2**31)] = None) -> ForceTable:
    """The city's force table, now or in an earlier version."""
    if version is not None:
        return await store.get(tx, store.FORCE_TABLE, commands.FORCE_TABLE_ID, version)
    return await commands.get_force_table(tx)


@cards.put("/force-table", tags=["force table"])
@may("card.keep")
async def put_force_table(tx: Tx, form: ForceTableForm) -> ForceTable:
    """Publishes the next version of the force table."""
    return await commands.put_force_table(tx, form)
