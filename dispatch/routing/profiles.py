"""Vehicle profiles: what of a vehicle matters on the road, so that like vehicles share one tree."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf

import numpy as np

from dispatch.routing.graph import BIKE, FOOT, MOTOR, NO_HAZMAT, Floats, Graph
from dispatch.routing.speeds import CROW_CLASS, HEAVY_T, LONG_VEHICLE_M, PACES, Paces


@dataclass(frozen=True)
class Profile:
    """One way of moving. ``emergency`` may take banned turns and one-way streets the wrong way, slower.

    Nothing may ignore height, weight, width, length, hazmat bans, barriers or closures. ``speed_f`` divides all times
    on the road, turns and lights included.
    """

    family: str  # civil, emergency, bike, foot
    speed_f: float = 1.0
    height_m: float = 0.0
    weight_t: float = 0.0
    width_m: float = 0.0
    length_m: float = 0.0
    hazmat: bool = False

    @property
    def name(self) -> str:
        """Readable and unique: stored with every answer."""
        if self.family in ("foot", "bike"):
            return self.family if self.speed_f == 1.0 else f"{self.family}-x{self.speed_f:.2f}"
        size = f"h{self.height_m:.2f}-t{self.weight_t:.1f}-w{self.width_m:.2f}-l{self.length_m:.1f}-x{self.speed_f:.2f}"
        return f"{self.family}-{size}{'-hazmat' if self.hazmat else ''}"

    @property
    def paces(self) -> Paces:
        return PACES[self.family]

    @property
    def bit(self) -> int:
        """The access bit that an edge must grant."""
        return {"foot": FOOT, "bike": BIKE}.get(self.family, MOTOR)

    @property
    def crow_kmh(self) -> float:
        """Speed of a straight-line estimate."""
        return self.paces.kmh[CROW_CLASS] * self.speed_f


WALKING = Profile("foot")
E_BIKE = Profile("bike")
LIGHT_CAR = Profile("civil", 1.0, 1.9, 2.0, 2.0, 5.0)
AMBULANCE = Profile("emergency", 1.1, 2.7, 3.5, 2.1, 6.0)
MEDIUM_PUMPER = Profile("emergency", 1.0, 3.3, 15.0, 2.5, 8.0)
HEAVY_TANKER = Profile("emergency", 0.9, 3.6, 32.0, 2.55, 10.5)
AERIAL_LADDER_62T = Profile("emergency", 0.7, 4.0, 62.0, 2.55, 17.0)
SUPPLY_TRUCK = Profile("civil", 0.9, 3.6, 18.0, 2.55, 9.0)


@lru_cache(maxsize=4096)
def profile_for(
    *,
    family: str = "emergency",
    speed_f: float = 1.0,
    height_m: float | None = None,
    weight_t: float | None = None,
    width_m: float | None = None,
    length_m: float | None = None,
    hazmat: bool = False,
) -> Profile:
    """Profile of a vehicle from its parameters; sizes round up, never to one that fits where the vehicle does not.

    Unknown sizes are those of a medium pumper, the commonest appliance, not of a car: the careful guess.
    Raises ValueError for an unknown family, a speed factor outside 0.1 to 3, or a negative or non-finite size.
    """
    if family not in PACES:
        raise ValueError(f"unknown family {family!r}: one of {', '.join(PACES)}")
    if not 0.1 <= speed_f <= 3:
        raise ValueError(f"speed factor {speed_f} is not between 0.1 and 3")
    speed_f = round(speed_f * 20) / 20
    if family in ("foot", "bike"):
        return Profile(family, speed_f)
    return Profile(
        family,
        speed_f,
        _up("height_m", height_m, MEDIUM_PUMPER.height_m, 0.05),
        _up("weight_t", weight_t, MEDIUM_PUMPER.weight_t, 0.5),
        _up("width_m", width_m, MEDIUM_PUMPER.width_m, 0.05),
        _up("length_m", length_m, MEDIUM_PUMPER.length_m, 0.5),
        hazmat,
    )


def shared_on(graph: Graph, profile: Profile) -> Profile:
    """The profile whose tree serves this one on this map: sizes between two signed limits are one size.

    The speed factor divides every time on the road alike, so it never changes a way and one tree serves all factors.
    Some forty kinds of vehicle become a dozen trees.
    """
    if profile.family in ("foot", "bike"):
        return Profile(profile.family)
    limits = _limits(graph)
    return Profile(
        profile.family,
        1.0,
        _step(profile.height_m, limits[0]),
        _step(profile.weight_t, limits[1]),
        _step(profile.width_m, limits[2]),
        _step(profile.length_m, limits[3]),
        profile.hazmat and bool((graph.stretch_bits & NO_HAZMAT).any()),
    )


def _limits(graph: Graph) -> tuple[Floats, ...]:
    """Heights, weights, widths and lengths at which this map or its turn costs change."""
    if "limits" not in graph.memory:
        signed = (
            np.concatenate([graph.stretch_height, graph.junction_height]),
            np.concatenate([graph.stretch_weight, graph.junction_weight, [HEAVY_T]]),
            np.concatenate([graph.stretch_width, graph.junction_width]),
            np.concatenate([graph.stretch_long, [LONG_VEHICLE_M]]),
        )
        graph.memory["limits"] = tuple(np.unique(values[np.isfinite(values)]) for values in signed)
    limits: tuple[Floats, ...] = graph.memory["limits"]
    return limits


def _step(size: float, signed: Floats) -> float:
    # A vehicle passes where size <= limit, so all sizes in (lower limit, next limit] behave alike: take the upper end.
    place = int(np.searchsorted(signed, size, side="left"))
    if place < len(signed):
        return float(signed[place])
    return float(np.nextafter(signed[-1], inf)) if len(signed) else 0.0


def _up(name: str, size: float | None, default: float, step: float) -> float:
    if size is None:
        return default
    if not 0 <= size < 1000:
        raise ValueError(f"{name} {size} is not a size of a vehicle")
    return round(ceil(round(size / step, 6)) * step, 6)
