"""Reach of special teams: when the force that each hazard would need comes to the places of most risk."""

from kernel.contracts.base import Code, Count, Id, Instant, LonLat, Seconds, ShortText, Value
from kernel.contracts.vocabulary import HazardTag


class ReachNeed(Value):
    """A line of the hazard packages in force: the most of it that any of `hazards` asks for.

    `able` units could fill it; `within` counts the places whose full force is there by the end of each band.
    """

    line: Code
    hazards: tuple[HazardTag, ...]
    quantity: Count
    able: Count
    within: tuple[Count, ...]
    out_of_reach: Count


class ReachForce(Value):
    """When a line's first, second and last unit would be at a place, turnout included; none where it never comes.

    Bands count from 0; the number after the last band means later or never.
    """

    line: Code
    first_s: Seconds | None = None
    second_s: Seconds | None = None
    full_s: Seconds | None = None
    first_band: Count
    full_band: Count
    unit_ids: tuple[Id, ...] = ()


class ReachPlace(Value):
    """A zone of high risk, its middle, its risk in parts of 100,000, and how many key units (重点单位) lie in it."""

    zone_id: Id
    at: LonLat
    risk: Count
    key_units: Count
    forces: tuple[ReachForce, ...]


class OutOfReach(Value):
    """A line whose full force comes to a zone after the last band or never."""

    zone_id: Id
    line: Code


class SpecialReach(Value):
    """The reach of all special force that is in service and ours to send, as if it stood at home and each place alone.

    `chosen_by`: `key_units` where the register holds any (zones with the most of them), else `risk`; `left_out` zones
    with key units are beyond the most that are looked at. `out_of_reach` lists all such pairs, riskiest place first.
    """

    at: Instant
    zones_version: ShortText
    map_version: ShortText
    closures_version: ShortText
    bands_s: tuple[Seconds, ...]
    chosen_by: Code
    left_out: Count
    units: Count
    needs: tuple[ReachNeed, ...]
    places: tuple[ReachPlace, ...]
    out_of_reach: tuple[OutOfReach, ...]


class ReachNow(Value):
    """The reach on the ground of now, the ages of the copies behind it, and what stands against it."""

    reach: SpecialReach
    ages_s: dict[str, float]
    degraded: tuple[Code, ...] = ()
