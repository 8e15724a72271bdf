"""What may be done with units and stock, and what follows: pure decisions over frozen values."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from pydantic import TypeAdapter, ValidationError

from kernel.contracts.base import LonLat, ShortText
from kernel.contracts.resources import Batch, CommitmentLine, ServiceForm, Stock, Stockpile, Unit
from kernel.errors import Conflict, Invalid

CITY_TIME = timezone(timedelta(hours=8))
StockKey = tuple[str, str]
_WORDS: TypeAdapter[str] = TypeAdapter(ShortText)

# available → committed → loaded → in_transit → delivered → consumed | returned; what turns back is returned, too.
WAY = ("committed", "loaded", "in_transit", "delivered", "consumed")
ENDS_FROM = {"released": ("committed",), "returned": ("loaded", "in_transit", "delivered")}
BALANCES_OUT = ("committed", "loaded", "in_transit", "delivered", "consumed")
MOVES = frozenset({"loaded", "in_transit", "delivered", "consumed", "returned"})
FREES_TRUCKS = frozenset({"released", "delivered", "returned"})
BACK = frozenset({"released", "returned"})


@dataclass(frozen=True)
class Held:
    """A part of a batch that a supply order takes or holds."""

    batch_id: str
    quantity: int


def clean_words(text: str) -> str:
    """A search text as names are stored: NFC, one line. Raises Invalid for control characters."""
    try:
        return _WORDS.validate_python(text)
    except ValidationError as error:
        raise Invalid("query_refused", "The search text holds characters that no name has.") from error


def place_on_earth(text: str) -> LonLat:
    """`lon,lat` in degrees. Raises Invalid for what is not on earth."""
    lon, lat = map(float, text.split(","))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid("place_impossible", "There is no such place on earth.")
    return lon, lat


def wanted(lines: Iterable[CommitmentLine]) -> dict[StockKey, int]:
    """The lines of an order added up per stockpile and item, in the canonical order in which rows are locked."""
    total: dict[StockKey, int] = {}
    for line in lines:
        key = (line.stockpile_id, line.item_code)
        total[key] = total.get(key, 0) + line.quantity
    return dict(sorted(total.items()))


def city_day(at: datetime) -> date:
    """The calendar day in the city, by which stock expires."""
    return at.astimezone(CITY_TIME).date()


def expired(batch: Batch, day: date) -> bool:
    """Whether a batch may no longer be sent: its last day has passed."""
    return batch.expires_on is not None and batch.expires_on < day


def allocate(quantity: int, batches: Iterable[Batch], day: date) -> tuple[list[Held], int]:
    """Takes `quantity` from the batches that expire first; gives the parts and what is missing."""
    parts: list[Held] = []
    for batch in sorted((each for each in batches if not expired(each, day)), key=_first_expiry):
        part = min(quantity, batch.available)
        if part:
            parts.append(Held(batch.id, part))
            quantity -= part
    return parts, quantity


def _first_expiry(batch: Batch) -> tuple[date, str]:
    return (batch.expires_on or date.max, batch.id)


def move(batch: Batch, quantity: int, *, source: str, target: str) -> Batch:
    """Moves a quantity from one balance of a batch to another. Raises Conflict when the balance does not hold it."""
    held: int = getattr(batch, source)
    if held < quantity:
        raise Conflict("balance_short", f"Batch {batch.id} has {held} {source}, not {quantity}.", batch_id=batch.id)
    change = {source: held - quantity, target: getattr(batch, target) + quantity, "version": batch.version + 1}
    return batch.model_copy(update=change)


def balance_of(state: str) -> str:
    """The balance in which a supply order's stock is while the order is in `state`."""
    return "available" if state in BACK else state


def check_target(to: str) -> None:
    """Raises Invalid for a state to which stock is never moved by hand."""
    if to not in MOVES:
        raise Invalid("state_unknown", f"Stock cannot be moved to {to}; it can be {', '.join(sorted(MOVES))}.")


def steps_to(state: str, to: str) -> tuple[str, ...]:
    """The states that stock passes on its way to `to`: a step that was reported late is caught up, none is left out.

    Raises Conflict when the way does not lead there.
    """
    if state in ENDS_FROM.get(to, ()):
        return (to,)
    if state in WAY and to in WAY and WAY.index(state) < WAY.index(to):
        return WAY[WAY.index(state) + 1 : WAY.index(to) + 1]
    raise Conflict("step_illegal", f"Stock that is {state} cannot become {to}.", state=state)


def way_back(state: str) -> str:
    """How stock of a canceled order goes back: released from the shelf, returned once it was loaded."""
    return "returned" if state in ("loaded", "in_transit", "returned") else "released"


def stock_of(key: StockKey, version: int, batches: Iterable[Batch], day: date) -> Stock:
    """The stock of one item in one stockpile, added up over its batches."""
    there = list(batches)
    return Stock(
        id=stock_id(key),
        version=version,
        stockpile_id=key[0],
        item_code=key[1],
        available=sum(batch.available for batch in there if not expired(batch, day)),
        committed=sum(batch.committed + batch.loaded for batch in there),
        in_transit=sum(batch.in_transit for batch in there),
        delivered=sum(batch.delivered for batch in there),
        expired=sum(batch.available for batch in there if expired(batch, day)),
    )


def stock_id(key: StockKey) -> str:
    """Identity of a stock: `stockpile_id:item_code`."""
    return f"{key[0]}:{key[1]}"


def trucks_for(stockpile: Stockpile, load_kg: float) -> int:
    """How many of the stockpile's free trucks a load takes, as far as there are any."""
    if stockpile.payload_kg <= 0:
        return 0
    return min(math.ceil(load_kg / stockpile.payload_kg), stockpile.trucks - stockpile.trucks_out)


def with_trucks(stockpile: Stockpile, out: int) -> Stockpile:
    """The stockpile with `out` more trucks away; negative when they come back."""
    away = stockpile.trucks_out + out
    return stockpile.model_copy(update={"trucks_out": away, "version": stockpile.version + 1})


def shortages(missing: Mapping[StockKey, int]) -> tuple[CommitmentLine, ...]:
    """The lines that cannot be met, with what is missing of each."""
    return tuple(
        CommitmentLine(stockpile_id=key[0], item_code=key[1], quantity=quantity)
        for key, quantity in missing.items()
        if quantity
    )


def change_service(unit: Unit, form: ServiceForm) -> Unit:
    """The unit out of service with a reason, or back in service. Raises Invalid without a reason."""
    if not form.in_service and not form.reason:
        raise Invalid("reason_missing", "Say why the unit leaves service.")
    return unit.model_copy(
        update={
            "in_service": form.in_service,
            "out_reason": "" if form.in_service else form.reason,
            "back_at": None if form.in_service else form.back_at,
            "version": unit.version + 1,
        }
    )


def same_service(unit: Unit, form: ServiceForm) -> bool:
    """Whether the unit is already as the form asks."""
    if form.in_service:
        return unit.in_service
    return not unit.in_service and (unit.out_reason, unit.back_at) == (form.reason, form.back_at)


def load_kg(parts: Mapping[str, int], kg: Mapping[str, float]) -> float:
    """Mass of a load in kilograms: quantities by item, mass of one unit of measure by item."""
    return sum(quantity * kg[item] for item, quantity in parts.items())


def per_stockpile(asked: Mapping[StockKey, int]) -> dict[str, dict[str, int]]:
    """The quantities by item that each stockpile loads."""
    loads: dict[str, dict[str, int]] = {}
    for (stockpile_id, item_code), quantity in asked.items():
        loads.setdefault(stockpile_id, {})[item_code] = quantity
    return loads


def of_stock(batches: Sequence[Batch], key: StockKey) -> list[Batch]:
    """The batches of one stock."""
    return [batch for batch in batches if (batch.stockpile_id, batch.item_code) == key]
