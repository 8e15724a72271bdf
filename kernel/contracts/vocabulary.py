"""The closed word lists of the field: scales, states, kinds.

Four scales are four types and never one "level": `AlarmLevel`, `ResponseLevel`, `WarningColour`, `AccidentGrade`.
GB/T 29639-2020 says outright that response levels must not copy accident grades.
"""

from enum import IntEnum, StrEnum


class AlarmLevel(IntEnum):
    """火警等级, 1 to 5, where 5 is worst (green, blue, yellow, orange, red)."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4
    FIVE = 5


class ResponseLevel(StrEnum):
    """响应级别, I to IV, where I is highest; fixed by each plan."""

    I = "I"  # noqa: E741 - the numeral is the official name
    II = "II"
    III = "III"
    IV = "IV"


class WarningColour(StrEnum):
    """预警颜色 of a published warning (Emergency Response Law 2024, art. 64)."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class AccidentGrade(StrEnum):
    """事故等级 by deaths, serious injuries or loss (State Council decree 493, art. 3)."""

    EXTRAORDINARY = "extraordinary"
    MAJOR = "major"
    CONSIDERABLE = "considerable"
    ORDINARY = "ordinary"


class IncidentKind(StrEnum):
    """What happened; response cards and repeat-report recognition go by it."""

    FIRE_ORDINARY = "fire.ordinary"
    FIRE_RESIDENTIAL = "fire.residential"
    FIRE_HIGHRISE = "fire.highrise"
    FIRE_UNDERGROUND = "fire.underground"
    FIRE_TANK = "fire.tank"
    FIRE_WAREHOUSE = "fire.warehouse"
    FIRE_VEHICLE = "fire.vehicle"
    FIRE_RUBBISH = "fire.rubbish"
    ALARM_SMOKE = "fire.alarm"
    HAZMAT_LEAK = "hazmat.leak"
    HAZMAT_TANKER = "hazmat.tanker"
    GAS_LEAK = "gas.leak"
    TRAFFIC_CRASH = "traffic.crash"
    TUNNEL = "traffic.tunnel"
    METRO_SMOKE = "metro.smoke"
    LIFT_TRAPPED = "rescue.lift"
    WATER_RESCUE = "rescue.water"
    HEIGHT_RESCUE = "rescue.height"
    COLLAPSE = "collapse.building"
    EARTHQUAKE = "earthquake"
    MINE_GAS = "mine.gas"
    MINE_FLOOD = "mine.flood"
    TAILINGS = "tailings"
    SNOW = "snow"
    UTILITY = "utility"
    OTHER = "other"


class HazardTag(StrEnum):
    """Hazards that add a package of force to any response card."""

    HIGHRISE = "highrise"
    SUPER_HIGHRISE = "super_highrise"
    PETROCHEMICAL = "petrochemical"
    TOXIC_GAS = "toxic_gas"
    FUEL_GAS = "fuel_gas"
    UNDERGROUND = "underground"
    VEHICLE_CRASH = "vehicle_crash"
    COLLAPSE = "collapse"
    MINE = "mine"
    TAILINGS = "tailings"
    SNOW = "snow"
    EXPLOSION = "explosion"
    WATER_SHORTAGE = "water_shortage"


class Occupancy(StrEnum):
    """Use of the place, a condition of response cards."""

    RESIDENTIAL = "residential"
    COMMERCIAL = "commercial"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    INDUSTRIAL = "industrial"
    CHEMICAL = "chemical"
    WAREHOUSE = "warehouse"
    TRANSPORT = "transport"
    OPEN = "open"
    OTHER = "other"


class IncidentStatus(StrEnum):
    """警情状态, in their legal order; merged and canceled are ends."""

    REPORTED = "reported"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    CONTROLLED = "controlled"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"
    CANCELED = "canceled"


class ReportOutcome(StrEnum):
    """What became of a report."""

    OPEN = "open"
    INCIDENT = "incident"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    FALSE = "false"
    NO_ACTION = "no_action"


class AssignmentStatus(StrEnum):
    """调派状态 of a unit at an incident (执勤战斗 practice; GB 50313 unit states)."""

    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    ENROUTE = "enroute"
    STAGED = "staged"
    ON_SCENE = "on_scene"
    OPERATING = "operating"
    REHAB = "rehab"
    RESUPPLY = "resupply"
    RETURNING = "returning"
    CLEARED = "cleared"
    CANCELED = "canceled"


ENDED_INCIDENT = frozenset({IncidentStatus.CLOSED, IncidentStatus.MERGED, IncidentStatus.CANCELED})

ACTIVE_ASSIGNMENT = frozenset(
    {
        AssignmentStatus.DISPATCHED,
        AssignmentStatus.ACKNOWLEDGED,
        AssignmentStatus.ENROUTE,
        AssignmentStatus.STAGED,
        AssignmentStatus.ON_SCENE,
        AssignmentStatus.OPERATING,
        AssignmentStatus.REHAB,
        AssignmentStatus.RESUPPLY,
    }
)


class SupplyStatus(StrEnum):
    """State of a supply order (物资调拨单); hollow on screens until committed."""

    UNCONFIRMED = "unconfirmed"
    COMMITTED = "committed"
    LOADED = "loaded"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    REFUSED = "refused"
    CANCELED = "canceled"


class AidStatus(StrEnum):
    """State of an aid request (支援请求); a promise ends with the request or with its incident."""

    ASKED = "asked"
    PROMISED = "promised"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class MoveUpStatus(StrEnum):
    """State of a move-up (移防); the unit is free in each of them. `returning` follows a recall."""

    ORDERED = "ordered"
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    RETURNING = "returning"
    ENDED = "ended"


class MoveUpEnd(StrEnum):
    """How a move-up ended: called back before it left, sent to an incident, or home again."""

    RECALLED = "recalled"
    DISPATCHED = "dispatched"
    HOME = "home"


class UnitClass(StrEnum):
    """The glyph and the readiness row of a unit on every screen."""

    WATER = "water"
    FOAM = "foam"
    LADDER = "ladder"
    HAZMAT = "hazmat"
    RESCUE = "rescue"
    SUPPORT = "support"
    MEDICAL = "medical"
    POLICE = "police"
    TEAM = "team"
    UTILITY = "utility"
    PLANT = "plant"
    AIR = "air"
    EXPERT = "expert"


class UnitFamily(StrEnum):
    """The shape of a unit's symbol: square, circle, hexagon, shield."""

    FIRE = "fire"
    MEDICAL = "medical"
    TEAM = "team"
    POLICE = "police"


class StationClass(StrEnum):
    """消防救援站 class by 建标152-2017, and the other kinds of base."""

    SPECIAL = "special"
    FIRST = "first"
    SECOND = "second"
    TEAM_BASE = "team_base"
    MEDICAL = "medical"
    POLICE = "police"
    ENTERPRISE = "enterprise"
    XPCC = "xpcc"


class MicroStationKind(StrEnum):
    """微型消防站 of key units, communities and police posts."""

    KEY_UNIT = "key_unit"
    COMMUNITY = "community"
    POLICE_POST = "police_post"


class OrganisationKind(StrEnum):
    """Owner of forces or stock."""

    CITY = "city"
    DISTRICT = "district"
    DETACHMENT = "detachment"
    BRIGADE = "brigade"
    ENTERPRISE = "enterprise"
    PARK = "park"
    XPCC = "xpcc"
    DEPARTMENT = "department"
    UTILITY = "utility"


class Provenance(StrEnum):
    """Where a registered figure comes from: the city's plan, or our own synthetic addition."""

    PLAN = "plan"
    OURS = "ours"
    REGISTER = "register"


class PlanStyle(StrEnum):
    """What a plan cares for once nothing is unmet that could be met."""

    FASTEST = "fastest"
    COVERED = "covered"
    CALM = "calm"


class TravelMethod(StrEnum):
    """How a travel time was found; methods are never mixed silently in a ranking."""

    ROAD = "road"
    FOOT = "foot"
    AIR = "air"
    ESTIMATE = "estimate"
    UNREACHABLE = "unreachable"
