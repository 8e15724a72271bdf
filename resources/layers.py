"""Static layers: what changes only by an import is encoded once and answered by ETag."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from fastapi import Request, Response
from pydantic import SerializeAsAny, TypeAdapter

from kernel.contracts.base import Versioned
from kernel.contracts.resources import (
    Capability,
    MicroStation,
    StationArea,
    VehicleType,
)
from kernel.database import Transaction
from kernel.http import running_of
from kernel.outbox import installation_epoch
from resources.store import things

_LIST: TypeAdapter[Sequence[SerializeAsAny[Versioned]]] = TypeAdapter(Sequence[SerializeAsAny[Versioned]])
Encode = Callable[[Transaction], Awaitable[bytes]]


@dataclass
class Layers:
    """The encoded layers of this process by name, each with the ETag under which it was encoded."""

    encoded: dict[str, tuple[str, bytes]] = field(default_factory=dict)


async def answer(name: str, encode: Encode, tx: Transaction, request: Request) -> Response:
    """The layer, or 304 when the asker holds it already."""
    layers: Layers = running_of(request).own
    tag = await _tag(tx, name)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    known, body = layers.encoded.get(f"{tx.realm}:{name}", ("", b""))
    if known != tag:
        body = await encode(tx)
        layers.encoded[f"{tx.realm}:{name}"] = (tag, body)
    return Response(body, media_type="application/json", headers=headers)


async def _tag(tx: Transaction, name: str) -> str:
    stamp = await things.find_stamp(tx)
    epoch = await installation_epoch(tx.connection)
    return f'"{epoch}-{tx.realm}-{name}-{stamp.version if stamp else 0}"'


async def micro_stations(tx: Transaction) -> bytes:
    """Every micro station."""
    return _encode(await things.list_all(tx, things.MICRO_STATION, MicroStation))


async def station_areas(tx: Transaction) -> bytes:
    """Every station area."""
    return _encode(await things.list_all(tx, things.STATION_AREA, StationArea))


async def vehicle_types(tx: Transaction) -> bytes:
    """Every vehicle type."""
    return _encode(await things.list_all(tx, things.VEHICLE_TYPE, VehicleType))


async def capabilities(tx: Transaction) -> bytes:
    """Every capability."""
    return _encode(await things.list_all(tx, things.CAPABILITY, Capability))


def _encode(things: Sequence[Versioned]) -> bytes:
    return _LIST.dump_json(things)
