"""The register: who and what exists, where it stands, and whether it is in service."""

from datetime import date

from pydantic import Field

from kernel.contracts.base import (
    Code,
    Count,
    Form,
    Id,
    Instant,
    LonLat,
    Name,
    Seconds,
    ShortText,
    Truth,
    Value,
    Versioned,
    Whole,
)
from kernel.contracts.vocabulary import (
    MicroStationKind,
    Occupancy,
    OrganisationKind,
    Provenance,
    StationClass,
    UnitClass,
    UnitFamily,
)

Capabilities = dict[Code, Count]
Parameters = dict[Code, float]


class Organisation(Versioned):
    """单位. `path` is its place in the tree, e.g. `urumqi/midong/brigade-7`; the scope of what it owns."""

    name: Name
    name_en: ShortText = ""
    kind: OrganisationKind
    parent_id: Id | None = None
    path: ShortText
    source: Provenance = Provenance.REGISTER


class Station(Versioned):
    """消防站, team base, ambulance or police station: where units stand."""

    name: Name
    name_en: ShortText = ""
    number: int | None = None
    station_class: StationClass
    organisation_id: Id
    district: ShortText = ""
    at: LonLat
    bays: Count = 0
    people_established: Count = 0
    receipt_limit_s: Seconds = 30
    turnout_limit_s: Seconds = 60
    arrival_limit_s: Seconds = 300
    source: Provenance = Provenance.REGISTER


class Team(Versioned):
    """救援队伍 that owns units and people, e.g. a mine rescue or a petrochemical mobile team."""

    name: Name
    name_en: ShortText = ""
    type_code: Code
    organisation_id: Id
    station_id: Id
    people: Count
    mobilise_s: Seconds
    national: bool = False
    by_request: bool = False
    source: Provenance = Provenance.REGISTER


class VehicleType(Versioned):
    """A type of vehicle with the values that a single vehicle may override. `id` is its code, e.g. `SG-M`."""

    name: Name
    name_en: ShortText = ""
    category: Code
    unit_class: UnitClass
    capabilities: Capabilities
    parameters: Parameters
    crew: Count
    source: ShortText = ""


class Unit(Versioned):
    """出动单元: the smallest thing that is dispatched, with its crew.

    `parameters` use the units of the glossary: `height_m` (working height of a ladder), `pump_lps`, `water_l`,
    `foam_l`, `vehicle_height_m`, `vehicle_weight_t`, `vehicle_width_m`, `vehicle_length_m`, `speed_factor`.
    """

    name: Name
    name_en: ShortText = ""
    unit_class: UnitClass
    family: UnitFamily
    type_code: Code
    organisation_id: Id
    station_id: Id
    team_id: Id | None = None
    at: LonLat
    capabilities: Capabilities
    parameters: Parameters
    crew: Count
    crew_needed: Count
    turnout_s: Seconds
    by_air: bool = False
    shareable: bool = False
    by_request: bool = False
    in_service: bool = True
    out_reason: ShortText = ""
    back_at: Instant | None = None
    bay: Count = 0
    source: Provenance = Provenance.REGISTER


class MicroStation(Versioned):
    """微型消防站: first aid on foot or by e-bike; never counted as pump flow or crew."""

    name: Name
    kind: MicroStationKind
    organisation_id: Id
    district: ShortText = ""
    at: LonLat
    people: Count
    capabilities: Capabilities
    turnout_s: Seconds = 60
    by_e_bike: bool = False
    in_service: bool = True
    source: Provenance = Provenance.REGISTER


class Item(Versioned):
    """A kind of material; `id` is its code. `kg` and `m3` are per unit of measure."""

    name: Name
    name_en: ShortText = ""
    unit: ShortText
    kg: float = Field(gt=0)
    m3: float = Field(ge=0)
    material_class: int = Field(ge=1, le=3)
    gb38565_code: ShortText = ""
    life_days: Count = 0
    key: bool = False


class Stockpile(Versioned):
    """储备库 with its loading vehicles."""

    name: Name
    name_en: ShortText = ""
    organisation_id: Id
    owner_kind: OrganisationKind
    district: ShortText = ""
    at: LonLat
    trucks: Count
    trucks_out: Count = 0
    payload_kg: Count
    mobilise_s: Seconds
    by_request: bool = False
    source: Provenance = Provenance.REGISTER


class Batch(Versioned):
    """A lot of one item in one stockpile. Every movement changes the balances and appends to the ledger."""

    stockpile_id: Id
    item_code: Code
    produced_on: date | None = None
    expires_on: date | None = None
    available: Count
    committed: Count = 0
    loaded: Count = 0
    in_transit: Count = 0
    delivered: Count = 0
    consumed: Count = 0


class Stock(Versioned):
    """What a stockpile has of one item, over its batches. `id` is `stockpile_id:item_code`.

    `available` leaves out what has expired; `committed` holds what is loaded, too.
    """

    stockpile_id: Id
    item_code: Code
    available: Count
    committed: Count
    in_transit: Count
    delivered: Count = 0
    expired: Count = 0


class StationArea(Versioned):
    """辖区: where a station goes first. `rings` are closed rings of `[lon, lat]`, the first is the outside."""

    station_id: Id
    rings: tuple[tuple[LonLat, ...], ...]


class Place(Versioned):
    """A named place or address for the desk's search. `initials` are the pinyin initials."""

    name: Name
    name_en: ShortText = ""
    pinyin: ShortText = ""
    initials: ShortText = ""
    kind: Code
    district: ShortText = ""
    at: LonLat
    occupancy: Occupancy = Occupancy.OTHER
    height_m: float = Field(default=0, ge=0, le=1000)
    tags: tuple[Code, ...] = ()


class Capability(Versioned):
    """A capability code with its names; `id` is the code."""

    name: Name
    name_en: ShortText = ""


class CrewMember(Value):
    """Who rides on a unit. Private: fetched by unit, audited, never in an event."""

    id: Id
    unit_id: Id
    seat: ShortText
    name: Name
    qualifications: tuple[ShortText, ...] = ()
    on_duty: Truth = True


class ServiceForm(Form):
    """Takes a unit out of service or back."""

    in_service: Truth
    reason: ShortText = ""
    back_at: Instant | None = None


class CommitmentLine(Form):
    """Stock asked for a supply order."""

    stockpile_id: Id
    item_code: Code
    quantity: Whole = Field(gt=0, le=1_000_000)


class CommitmentForm(Form):
    """Asks for stock. The same `supply_order_id` asked twice is one commitment."""

    supply_order_id: Id
    incident_id: Id
    lines: tuple[CommitmentLine, ...] = Field(min_length=1, max_length=50)


class Commitment(Value):
    """What the register answered: all lines confirmed, or the short ones named with what is missing and nothing taken.

    `state` is where the stock is now: committed, released, loaded, in_transit, delivered, consumed, returned; None
    where nothing was taken.
    """

    supply_order_id: Id
    confirmed: bool
    short: tuple[CommitmentLine, ...] = ()
    state: Code | None = None


class MovementForm(Form):
    """Moves the stock of a committed supply order to its next state."""

    supply_order_id: Id
    to: Code


class ImportProblem(Value):
    """One refusal of a dry run: file, row (1 is the header), column, and a code with a sentence."""

    file: ShortText
    row: int
    column: ShortText = ""
    code: Code
    message: ShortText


class ImportSummary(Value):
    """Outcome of an import: counts per file, refusals, whether anything was written."""

    written: bool
    created: dict[str, int]
    changed: dict[str, int]
    unchanged: dict[str, int]
    problems: tuple[ImportProblem, ...] = ()
    problem_count: int = 0


class ImportStamp(Versioned):
    """The register as a whole was imported: readers take a snapshot. `version` counts the imports that changed it."""

    imported_at: Instant
    source: ShortText = ""
    synthetic: bool = False
    counts: dict[Code, int]
    created: int
    changed: int
