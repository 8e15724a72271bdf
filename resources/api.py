"""The register over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from kernel.contracts.base import Id
from kernel.contracts.resources import (
    Batch,
    Capability,
    Commitment,
    CommitmentForm,
    CrewMember,
    MicroStation,
    MovementForm,
    Place,
    ServiceForm,
    StationArea,
    Stockpile,
    Unit,
    VehicleType,
)
from kernel.http import Tx, may, router
from resources import commands, layers
from resources.store import stock, things

register = router()
LonLatText = Annotated[str, Query(pattern=r"^-?\d{1,3}(\.\d{1,9})?,-?\d{1,2}(\.\d{1,9})?$")]


@register.get("/units/{unit_id}", tags=["units"])
@may("register.read")
async def unit(tx: Tx, unit_id: Id) -> Unit:
    """One unit."""
    return await things.get(tx, things.UNIT, Unit, unit_id)


@register.get("/units/{unit_id}/crew", tags=["units"])
@may("crew.read")
async def crew(tx: Tx, unit_id: Id) -> list[CrewMember]:
    """Who rides on a unit. Private and audited."""
    return await commands.read_crew(tx, unit_id)


@register.patch("/units/{unit_id}/service", tags=["units"])
@may("unit.service")
async def service(tx: Tx, unit_id: Id, form: ServiceForm) -> Unit:
    """Takes a unit out of service or back."""
    return await commands.change_service(tx, unit_id, form)


@register.get("/micro-stations", tags=["layers"], response_model=list[MicroStation])
@may("register.read")
async def micro_stations(tx: Tx, request: Request) -> Response:
    """Every micro station. Answers by ETag."""
    return await layers.answer("micro-stations", layers.micro_stations, tx, request)


@register.get("/station-areas", tags=["layers"], response_model=list[StationArea])
@may("register.read")
async def station_areas(tx: Tx, request: Request) -> Response:
    """Where each station goes first. Answers by ETag."""
    return await layers.answer("station-areas", layers.station_areas, tx, request)


@register.get("/vehicle-types", tags=["layers"], response_model=list[VehicleType])
@may("register.read")
async def vehicle_types(tx: Tx, request: Request) -> Response:
    """Every vehicle type. Answers by ETag."""
    return await layers.answer("vehicle-types", layers.vehicle_types, tx, request)


@register.get("/capabilities", tags=["layers"], response_model=list[Capability])
@may("register.read")
async def capabilities(tx: Tx, request: Request) -> Response:
    """Every capability. Answers by ETag."""
    return await layers.answer("capabilities", layers.capabilities, tx, request)


@register.get("/places", tags=["layers"])
@may("register.read")
async def places(
    tx: Tx,
    q: Annotated[str, Query(min_length=1, max_length=100)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    near: LonLatText | None = None,
) -> list[Place]:
    """Places by name, part of a name, pinyin or its initials; the nearest to `near=lon,lat` first."""
    return await commands.find_places(tx, q, near, limit)


@register.get("/stockpiles/{stockpile_id}/batches", tags=["stock"])
@may("register.read")
async def batches(tx: Tx, stockpile_id: Id) -> list[Batch]:
    """The batches of a stockpile with their balances."""
    await things.get(tx, things.STOCKPILE, Stockpile, stockpile_id)
    return await stock.batches_of(tx, stockpile_id)


@register.post("/commitments", tags=["stock"])
@may("stock.commit")
async def commit(tx: Tx, form: CommitmentForm) -> Commitment:
    """Takes all stock of a supply order, or none and says what is short."""
    return await commands.commit_stock(tx, form)


@register.post("/commitments/{supply_order_id}/release", tags=["stock"])
@may("stock.commit")
async def release(tx: Tx, supply_order_id: Id) -> Commitment:
    """Gives committed stock back before it is loaded."""
    return await commands.release_stock(tx, supply_order_id)


@register.post("/movements", tags=["stock"])
@may("stock.move")
async def movement(tx: Tx, form: MovementForm) -> Commitment:
    """Moves the stock of a supply order to its next state."""
    return await commands.move_stock(tx, form)
