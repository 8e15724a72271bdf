"""What OSM tags mean for driving: class, access by direction, limits, barriers and turn restrictions (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf

from dispatch.routing.compile import EVERYONE
from dispatch.routing.graph import (
    AGAINST,
    BAN_BIKE,
    BAN_HEAVY,
    BAN_MOTOR,
    BIKE,
    BRIDGE,
    CLASS_CODE,
    EMERGENCY,
    FOOT,
    MOTOR,
    NO_HAZMAT,
    NO_HGV,
    PRIVATE,
    ROUNDABOUT,
    TUNNEL,
)

Tags = Mapping[str, str]

NO = {"no", "agricultural", "forestry", "military", "emergency"}
RESTRICTED = {
    "private",
    "destination",
    "customers",
    "delivery",
    "permit",
    "residents",
    "official",
    "employees",
    "staff",
}
NOT_FOR_MOTORS = {"pedestrian", "cycleway", "footway", "path", "steps"}
MOTORS_ONLY = {"motorway", "motorway_link"}
# Roads where driving against the traffic is never an option, not even with lights and siren.
NEVER_AGAINST = {"motorway", "motorway_link", "trunk", "trunk_link"}
ALIASES = {"bridleway": "path", "busway": "service", "emergency_access": "service"}

CLOSED_TO_ALL = {"wall", "fence", "hedge", "retaining_wall", "city_wall", "debris", "ditch"}
CLOSED_TO_WHEELS = {"stile", "turnstile", "kissing_gate", "full-height_turnstile", "cycle_barrier", "horse_stile"}
CLOSED_TO_MOTORS = {
    "bollard", "block", "chain", "jersey_barrier", "log", "planter", "rope", "bar", "bus_trap", "motorcycle_barrier",
    "sump_buster", "tank_trap", "concrete",
}  # fmt: skip
OPENS = {"gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "wicket_gate", "garage door"}


@dataclass(frozen=True)
class Attributes:
    """Everything about a stretch but its line; ``along`` and ``back`` are access bits in drawing direction and back."""

    road_class: int
    along: int
    back: int
    maxspeed: int = 0
    height_m: float = inf
    weight_t: float = inf
    width_m: float = inf
    long_m: float = inf
    bits: int = 0
    name: str = ""

    def turned(self) -> "Attributes":
        """The same road drawn the other way round."""
        return replace(self, along=self.back, back=self.along)


@dataclass(frozen=True)
class Spot:
    """A node that matters: a barrier, a limit or traffic lights (``signal``: both, forward, backward or empty)."""

    block: int = 0
    height_m: float = inf
    weight_t: float = inf
    width_m: float = inf
    signal: str = ""

    @property
    def splits(self) -> bool:
        return bool(self.block) or min(self.height_m, self.weight_t, self.width_m) < inf


def road(tags: Tags) -> Attributes | None:
    """Attributes of a way, None where nobody can travel on it."""
    kind = tags.get("highway", "")
    kind = ALIASES.get(kind, kind)
    if kind not in CLASS_CODE or tags.get("area") == "yes":
        return None
    access, bits = _access(kind, tags)
    along, back = _directions(kind, tags, access)
    if not along and not back:
        return None
    return Attributes(
        road_class=CLASS_CODE[kind],
        along=along,
        back=back,
        maxspeed=_speed(tags.get("maxspeed", "")),
        height_m=min(metres(tags.get("maxheight", "")), metres(tags.get("maxheight:physical", ""))),
        weight_t=min(tonnes(tags.get("maxweight", "")), tonnes(tags.get("maxweightrating", ""))),
        width_m=min(metres(tags.get("maxwidth", "")), metres(tags.get("maxwidth:physical", ""))),
        long_m=metres(tags.get("maxlength", "")),
        bits=bits | _bits(tags),
        name=tags.get("name", "") or tags.get("ref", ""),
    )


def spot(tags: Tags) -> Spot | None:
    """What a node does to those who pass it, None where nothing."""
    signal = tags.get("traffic_signals:direction", "both") if tags.get("highway") == "traffic_signals" else ""
    found = Spot(
        block=_block(tags),
        height_m=min(metres(tags.get("maxheight", "")), metres(tags.get("maxheight:physical", ""))),
        weight_t=tonnes(tags.get("maxweight", "")),
        width_m=min(metres(tags.get("maxwidth", "")), metres(tags.get("maxwidth:physical", ""))),
        signal=signal,
    )
    return None if found == Spot() else found


def restriction(tags: Tags) -> tuple[bool, int] | None:
    """(only, whom it binds) of a restriction relation; None where it binds nobody routed here or only at some hours."""
    for key, binds in (
        ("restriction", BAN_MOTOR | BAN_BIKE),
        ("restriction:motor_vehicle", BAN_MOTOR),
        ("restriction:motorcar", BAN_MOTOR),
        ("restriction:hgv", BAN_HEAVY),
        ("restriction:goods", BAN_HEAVY),
    ):
        value = tags.get(key, "")
        if not value.startswith(("no_", "only_")):
            continue
        free = set(re.split(r"[;, ]+", tags.get("except", "")))
        binds &= ~BAN_BIKE if "bicycle" in free else ~0
        binds &= ~BAN_MOTOR if free & {"motor_vehicle", "motorcar"} else ~0
        return (value.startswith("only_"), binds) if binds else None
    return None


def metres(text: str) -> float:
    """Metres of an OSM length ("3.5", "3.5 m", "350 cm", 12'6"), inf where it states none."""
    feet = re.fullmatch(r"(\d+)'\s*(?:(\d+(?:\.\d+)?)\"?)?", text.strip())
    if feet:
        return int(feet[1]) * 0.3048 + float(feet[2] or 0) * 0.0254
    match = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(m|cm|ft)?", text.strip())
    if not match:
        return inf
    value = float(match[1].replace(",", "."))
    return value * {"cm": 0.01, "ft": 0.3048}.get(match[2] or "m", 1.0) or inf


def tonnes(text: str) -> float:
    """Tonnes of an OSM weight ("20", "7.5 t", "3500 kg"), inf where it states none."""
    match = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(t|kg|st|lbs)?", text.strip())
    if not match:
        return inf
    value = float(match[1].replace(",", "."))
    return value * {"kg": 0.001, "st": 0.9072, "lbs": 0.000_453_6}.get(match[2] or "t", 1.0) or inf


def _speed(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?", text.strip())
    if not match:
        return 0
    return min(255, round(float(match[1]) * (1.609 if match[2] == "mph" else 1.0)))


def _access(kind: str, tags: Tags) -> tuple[int, int]:
    """Access bits without regard to direction, and PRIVATE where vehicles have only restricted access."""
    bits, private = EVERYONE & ~(MOTOR if kind in NOT_FOR_MOTORS else 0), 0
    bits &= ~(BIKE | FOOT) if kind in MOTORS_ONLY else ~0
    bits &= ~BIKE if kind in ("footway", "steps") else ~0
    # The most special tag decides: each list goes from the general to the special.
    for bit, keys in (
        (MOTOR, ("access", "vehicle", "motor_vehicle")),
        (BIKE, ("access", "vehicle", "bicycle")),
        (FOOT, ("access", "foot")),
    ):
        value = next((tags[key] for key in reversed(keys) if tags.get(key)), "")
        if value in NO or (value == "private" and bit != MOTOR):
            bits &= ~bit
        elif value in ("yes", "designated", "permissive") and tags.get(keys[-1]):
            bits |= bit
        private |= PRIVATE if bit == MOTOR and value in RESTRICTED else 0
    if tags.get("emergency") in ("yes", "designated") or tags.get("service") == "emergency_access":
        bits |= EMERGENCY
    return bits, private


def _directions(kind: str, tags: Tags, access: int) -> tuple[int, int]:
    roundabout = tags.get("junction") in ("roundabout", "circular")
    implied = "yes" if roundabout or kind in MOTORS_ONLY else "no"
    oneway = tags.get("oneway", implied)
    if oneway not in ("yes", "true", "1", "-1", "reverse"):
        return access, access
    back = access & ~(MOTOR | BIKE | EMERGENCY)
    if tags.get("oneway:bicycle") == "no" or tags.get("cycleway", "").startswith("opposite"):
        back |= access & BIKE
    if access & (MOTOR | EMERGENCY) and kind not in NEVER_AGAINST and not roundabout:
        back |= AGAINST
    return (back, access) if oneway in ("-1", "reverse") else (access, back)


def _bits(tags: Tags) -> int:
    bits = TUNNEL if tags.get("tunnel", "no") not in ("no", "culvert") else 0
    bits |= BRIDGE if tags.get("bridge", "no") != "no" else 0
    bits |= NO_HGV if tags.get("hgv") == "no" else 0
    bits |= ROUNDABOUT if tags.get("junction") in ("roundabout", "circular") else 0
    banned = tags.get("hazmat") == "no" or any(tags.get(f"hazmat:{group}") == "no" for group in "ABCDE")
    return bits | (NO_HAZMAT if banned else 0)


def _block(tags: Tags) -> int:
    barrier = tags.get("barrier", "")
    block = 0
    if barrier in CLOSED_TO_ALL:
        block = MOTOR | BIKE | FOOT
    elif barrier in CLOSED_TO_WHEELS:
        block = MOTOR | BIKE
    elif barrier in CLOSED_TO_MOTORS:
        block = MOTOR
    elif barrier in OPENS:
        shut = tags.get("locked") == "yes" or tags.get("access") in NO | {"private"}
        block = MOTOR | BIKE if shut else 0
    if barrier and (tags.get("motor_vehicle") or tags.get("vehicle")) in ("yes", "permissive", "designated"):
        block &= ~MOTOR
    if barrier and tags.get("motor_vehicle") in NO | {"private"}:
        block |= MOTOR
    for bit, key in ((BIKE, "bicycle"), (FOOT, "foot")):
        block &= ~bit if tags.get(key) in ("yes", "permissive", "designated") else ~0
    return block
