"""Tiny named cities, so that a test reads as a sentence that a commander would understand."""

from dataclasses import dataclass, field

from kernel.contracts.base import LonLat, Versioned
from kernel.contracts.plans import (
    Conditions,
    ForceTable,
    Formation,
    FormationKey,
    LineKind,
    Requirement,
    ResponseCard,
    Threshold,
)
from kernel.contracts.resources import Item, MicroStation, Organisation, Station, StationArea, Stock, Stockpile, Unit
from kernel.contracts.vocabulary import (
    HazardTag,
    IncidentKind,
    MicroStationKind,
    OrganisationKind,
    StationClass,
    UnitClass,
    UnitFamily,
)

FIRE: LonLat = (87.60, 43.80)
FOAM_ITEM = "2040101"


@dataclass
class World:
    """What dispatch would have copied from the register and the plans."""

    things: dict[str, list[Versioned]] = field(default_factory=dict)

    def add(self, kind: str, *values: Versioned) -> "World":
        """The same world with more in it."""
        self.things.setdefault(kind, []).extend(values)
        return self


def station(id_: str, at: LonLat, *, name: str = "") -> Station:
    """A first-class fire station."""
    return Station(
        id=id_, name=name or f"站{id_}", station_class=StationClass.FIRST, organisation_id="org-brigade", at=at
    )


def engine(id_: str, at_station: Station, **changes: object) -> Unit:
    """A medium water tender at its station."""
    values: dict[str, object] = {
        "id": id_,
        "name": f"水罐{id_}",
        "unit_class": UnitClass.WATER,
        "family": UnitFamily.FIRE,
        "type_code": "SG-M",
        "organisation_id": at_station.organisation_id,
        "station_id": at_station.id,
        "at": at_station.at,
        "capabilities": {"WATER_STREAM": 1, "WATER_SUPPLY": 1},
        "parameters": {"water_l": 6000, "pump_lps": 50, "vehicle_height_m": 3.3, "vehicle_weight_t": 15},
        "crew": 6,
        "crew_needed": 6,
        "turnout_s": 60,
    }
    return Unit.model_validate(values | changes)


def foam(id_: str, at_station: Station, **changes: object) -> Unit:
    """A heavy foam tender."""
    values: dict[str, object] = {
        "name": f"泡沫{id_}",
        "unit_class": UnitClass.FOAM,
        "type_code": "PM-H",
        "capabilities": {"WATER_STREAM": 2, "FOAM_B": 2},
        "parameters": {"water_l": 12000, "foam_l": 6000, "pump_lps": 100, "vehicle_height_m": 3.8},
    }
    return engine(id_, at_station, **(values | changes))


def ladder(id_: str, at_station: Station, height_m: float = 53, **changes: object) -> Unit:
    """A turntable ladder."""
    values: dict[str, object] = {
        "name": f"云梯{id_}",
        "unit_class": UnitClass.LADDER,
        "type_code": "YT-53",
        "capabilities": {"AERIAL_RESCUE": 2},
        "parameters": {"height_m": height_m, "vehicle_height_m": 3.9, "vehicle_weight_t": 27},
        "crew": 3,
    }
    return engine(id_, at_station, **(values | changes))


def square(centre: LonLat, half_deg: float = 0.02) -> tuple[LonLat, ...]:
    """A closed square ring around a point."""
    lon, lat = centre
    return (
        (lon - half_deg, lat - half_deg),
        (lon + half_deg, lat - half_deg),
        (lon + half_deg, lat + half_deg),
        (lon - half_deg, lat + half_deg),
        (lon - half_deg, lat - half_deg),
    )


def count(key: str, capability: str, quantity: int, **changes: object) -> Requirement:
    """A count line of one capability."""
    values: dict[str, object] = {
        "key": key,
        "kind": LineKind.COUNT,
        "capabilities": (capability,),
        "quantity": quantity,
        "source": "test card",
    }
    return Requirement.model_validate(values | changes)


def force_table() -> ForceTable:
    """Two formation keys and a hazard package."""
    return ForceTable(
        id="city",
        formation_keys=(
            FormationKey(
                key="WATER_TENDER",
                capabilities=("WATER_STREAM",),
                thresholds=(Threshold(parameter="water_l", at_least=5000),),
            ),
            FormationKey(key="FOAM", capabilities=("FOAM_B",)),
        ),
        add_ons={HazardTag.HIGHRISE: (count("AERIAL_RESCUE", "AERIAL_RESCUE", 1),)},
    )


def cards() -> tuple[ResponseCard, ...]:
    """A card for ordinary fires, two engines a formation, and one for tank fires with foam and concentrate."""
    per_level = {"1": 1, "2": 2, "3": 2, "4": 4, "5": 8}
    ordinary = Formation(key="ordinary", members={"WATER_TENDER": 2}, per_level=per_level)
    tank = Formation(key="petrochemical", members={"FOAM": 1}, per_level=per_level)
    concentrate = Requirement(
        key="CONCENTRATE", kind=LineKind.MATERIAL, item_code=FOAM_ITEM, quantity=4, source="test card"
    )
    return (
        ResponseCard(
            id="card-ordinary",
            name="一般火灾",
            conditions=Conditions(kinds=(IncidentKind.FIRE_ORDINARY, IncidentKind.FIRE_RESIDENTIAL)),
            formation=ordinary,
        ),
        ResponseCard(
            id="card-tank",
            name="储罐火灾",
            conditions=Conditions(kinds=(IncidentKind.FIRE_TANK,)),
            formation=tank,
            lines=(concentrate,),
        ),
    )


def three_stations_one_fire() -> World:
    """Stations A (the fire is in its area), B and C, each further away with two engines; D must answer in a second."""
    a, b, c = station("a", (87.605, 43.803)), station("b", (87.64, 43.81)), station("c", (87.70, 43.83))
    hasty = station("d", (87.80, 43.85)).model_copy(update={"receipt_limit_s": 1})
    brigade = Organisation(id="org-brigade", name="大队", kind=OrganisationKind.BRIGADE, path="city/brigade")
    depot = Stockpile(
        id="pile-1",
        name="泡沫库",
        organisation_id="org-brigade",
        owner_kind=OrganisationKind.CITY,
        at=(87.62, 43.80),
        trucks=2,
        payload_kg=5000,
        mobilise_s=300,
    )
    micro = MicroStation(
        id="ms-1",
        name="社区微站",
        kind=MicroStationKind.COMMUNITY,
        organisation_id="org-brigade",
        at=(87.601, 43.8005),
        people=6,
        capabilities={"INITIAL_ATTACK": 1},
        by_e_bike=True,
    )
    return (
        World()
        .add("organisation", brigade)
        .add("station", a, b, c, hasty)
        .add("station_area", StationArea(id="area-a", station_id="a", rings=(square(FIRE),)))
        .add("unit", *(engine(f"{home.id}{number}", home) for home in (a, b, c) for number in (1, 2)))
        .add("unit", engine("d1", hasty), foam("fb", b), foam("fc", c), ladder("lb", b))
        .add("stockpile", depot)
        .add("item", Item(id=FOAM_ITEM, name="抗溶泡沫液", unit="t", kg=1000, m3=1, material_class=2, key=True))
        .add(
            "stock",
            Stock(
                id=f"pile-1:{FOAM_ITEM}",
                stockpile_id="pile-1",
                item_code=FOAM_ITEM,
                available=10,
                committed=0,
                in_transit=0,
            ),
        )
        .add("micro_station", micro)
        .add("response_card", *cards())
        .add("force_table", force_table())
    )
