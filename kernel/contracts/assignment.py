"""Who goes: order, assignment, supply order; and where they are and which roads are closed to them."""

from pydantic import Field

from kernel.contracts.base import (
    Code,
    Count,
    Form,
    Id,
    Instant,
    LonLat,
    Number,
    Reason,
    Seconds,
    ShortText,
    Truth,
    Value,
    Versioned,
    Whole,
)
from kernel.contracts.recommendation import Why
from kernel.contracts.vocabulary import AssignmentStatus, SupplyStatus, TravelMethod


class StockLine(Form):
    """Stock ordered by hand or taken from a recommendation."""

    stockpile_id: Id
    item_code: Code
    quantity: Whole = Field(gt=0, le=1_000_000)
    eta_s: Seconds | None = None


class OrderedUnit(Form):
    """A unit ordered, with its role and expected arrival if known."""

    unit_id: Id
    line: Code = "manual"


class OrderForm(Form):
    """出动命令: a confirmed recommendation, one of its alternatives, a changed one with a reason, or one by hand."""

    recommendation_id: Id | None = None
    alternative: Code | None = None
    kind: Code = "full"
    units: tuple[OrderedUnit, ...] = Field(default=(), max_length=200)
    stock: tuple[StockLine, ...] = Field(default=(), max_length=100)
    reason: ShortText = ""


class Route(Value):
    """The road path of an assignment: points `[lon, lat]`, seconds from departure at each point, metres in all."""

    points: tuple[LonLat, ...]
    elapsed_s: tuple[float, ...]
    length_m: Count
    method: TravelMethod = TravelMethod.ROAD
    avoided: tuple[Why, ...] = ()


class Assignment(Versioned):
    """调派: a unit committed to an incident. Times are realm time; `due_` are the targets of the station's class."""

    incident_id: Id
    unit_id: Id
    station_id: Id | None = None
    line: Code = "manual"
    order_id: Id
    ordered_by: ShortText = ""
    kind: Code = "full"
    status: AssignmentStatus
    exclusive: bool = True
    eta_at: Instant | None = None
    travel_s: Seconds | None = None
    method: TravelMethod = TravelMethod.ROAD
    flags: tuple[Code, ...] = ()
    dispatched_at: Instant
    acknowledged_at: Instant | None = None
    acknowledged_by: ShortText = ""
    enroute_at: Instant | None = None
    arrived_at: Instant | None = None
    ended_at: Instant | None = None
    receipt_due_at: Instant
    turnout_due_at: Instant
    arrival_due_at: Instant
    silent: bool = False
    controlled_by: ShortText = ""
    reason: ShortText = ""


class AdvanceForm(Form):
    """A unit's own step: acknowledged, enroute, staged, on_scene, operating, rehab, resupply, returning, cleared."""

    to: AssignmentStatus
    device: ShortText = ""


class ReleaseForm(Form):
    """Releases a unit from an incident (cancels it when it has not left)."""

    reason: Reason


class DivertForm(Form):
    """Ends this assignment and begins another in one transaction."""

    incident_id: Id
    reason: Reason


class SupplyLine(Value):
    """One item of a supply order."""

    item_code: Code
    quantity: Count


class SupplyOrder(Versioned):
    """物资调拨单: stock committed to an incident with its transport. Hollow until the register has confirmed it."""

    incident_id: Id
    order_id: Id
    stockpile_id: Id
    lines: tuple[SupplyLine, ...]
    trucks: Count
    status: SupplyStatus
    short: tuple[Code, ...] = ()
    eta_s: Seconds | None = None
    eta_at: Instant | None = None
    ordered_at: Instant
    settled_at: Instant | None = None
    delivered_at: Instant | None = None


class SupplyStepForm(Form):
    """Moves a supply order: loaded, in_transit, delivered."""

    to: SupplyStatus


class Ordered(Value):
    """Answer to an order: what now goes."""

    order_id: Id
    assignments: tuple[Assignment, ...]
    supply_orders: tuple[SupplyOrder, ...]


class ControlForm(Form):
    """Takes a unit from the simulator, or gives it back."""

    take: Truth


class Control(Versioned):
    """Who steers a unit: nobody (a simulator may), or a person at a device. `id` is the unit's."""

    holder: ShortText = ""
    holder_name: ShortText = ""


class Closure(Versioned):
    """道路封闭: a polygon in which roads are closed between two instants."""

    name: ShortText
    ring: tuple[LonLat, ...]
    valid_from: Instant
    valid_to: Instant | None = None
    lifted: bool = False


class ClosureForm(Form):
    """Closes the roads inside a ring."""

    name: ShortText
    ring: tuple[LonLat, ...] = Field(min_length=3, max_length=100)
    valid_from: Instant | None = None
    valid_to: Instant | None = None


class Fix(Form):
    """One position of a unit: where, when, speed and heading if known."""

    unit_id: Id
    at: LonLat
    fixed_at: Instant
    speed_mps: Number | None = Field(default=None, ge=0, le=120)
    heading_deg: Number | None = Field(default=None, ge=0, le=360)


class PositionsForm(Form):
    """1 to 500 fixes in one body."""

    fixes: tuple[Fix, ...] = Field(min_length=1, max_length=500)
