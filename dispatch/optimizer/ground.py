"""What a move-up is asked about: places with their free first-due units, zones with their risk, and seconds between.

A move-up (移防) sends a free unit to cover an emptied station. All first-due units are taken as equal; where they are
not (say, a district without a single ladder), ask once per kind of unit.
"""

from dataclasses import dataclass, replace

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.coverage import FAR_S


@dataclass(frozen=True, slots=True)
class Place:
    """Where units stand. `floor` = free units that a move must leave; `strength` = how many belong here, 0 = none.

    `emptied` = its number in the order in which stations were emptied; only the common rule asks.
    `bound` = units of other places that stand in here or are on their way here: they count and are never moved.
    """

    id: str
    unit_ids: tuple[str, ...] = ()
    floor: int = 1
    strength: int = 0
    emptied: int = 0
    bound: int = 0


@dataclass(frozen=True, eq=False)
class Ground:
    """The state before a move, as whole numbers; seconds of FAR_S or more = no way.

    `risk` per zone; `drive_s` is places x zones, `move_s` places x places, both without turnout.
    """

    places: tuple[Place, ...]
    zone_ids: tuple[str, ...]
    risk: Ints
    drive_s: Ints
    move_s: Ints
    turnout_s: int = 60


@dataclass(frozen=True, slots=True)
class MoveRules:
    """What a commander may set.

    A zone is covered within `limit_s` of the order (turnout included). A move takes at most `longest_s`; it must be
    worth `move_price_ppm` millionths of the city's risk and `second_price_ppm` more for each of its seconds.
    `busy_pct` = percent of its time in which a unit is busy.
    """

    limit_s: int = 300
    most_moves: int = 4
    longest_s: int = 900
    busy_pct: int = 15
    move_price_ppm: int = 1000
    second_price_ppm: int = 2


def in_order(ground: Ground) -> Ground:
    """The same ground sorted by id, so that the order of rows cannot change an answer.

    Raises ValueError, with the offending id, where the ground contradicts itself.
    """
    _refuse_contradictions(ground)
    rows = np.array(sorted(range(len(ground.places)), key=lambda at: ground.places[at].id), dtype=np.int64)
    columns = np.array(sorted(range(len(ground.zone_ids)), key=ground.zone_ids.__getitem__), dtype=np.int64)
    places = [ground.places[at] for at in rows.tolist()]
    return replace(
        ground,
        places=tuple(replace(place, unit_ids=tuple(sorted(place.unit_ids))) for place in places),
        zone_ids=tuple(ground.zone_ids[at] for at in columns.tolist()),
        risk=ground.risk[columns].astype(np.int64),
        drive_s=np.minimum(ground.drive_s[np.ix_(rows, columns)].astype(np.int64), FAR_S),
        move_s=np.minimum(ground.move_s[np.ix_(rows, rows)].astype(np.int64), FAR_S),
    )


def free_units(ground: Ground) -> Ints:
    """How many free units each place has, those that are bound for it included."""
    return np.array([len(place.unit_ids) + place.bound for place in ground.places], dtype=np.int64)


def _refuse_contradictions(ground: Ground) -> None:
    places, zones = len(ground.places), len(ground.zone_ids)
    if ground.drive_s.shape != (places, zones) or ground.move_s.shape != (places, places):
        raise ValueError(f"seconds {ground.drive_s.shape}, {ground.move_s.shape} for {places} places, {zones} zones")
    if ground.risk.shape != (zones,) or ground.turnout_s < 0:
        raise ValueError(f"{ground.risk.shape} risks for {zones} zones, turnout {ground.turnout_s} s")
    for array in (ground.risk, ground.drive_s, ground.move_s):
        if not np.issubdtype(array.dtype, np.integer) or array.min(initial=0) < 0:
            raise ValueError(f"risk and seconds are whole and not negative, not {array.dtype} from {array.min()}")
    units = [unit_id for place in ground.places for unit_id in place.unit_ids]
    for ids in ([place.id for place in ground.places], list(ground.zone_ids), units):
        if len(set(ids)) != len(ids):
            raise ValueError(f"id {min(twin for twin in ids if ids.count(twin) > 1)} is given twice")
    for place in ground.places:
        if place.floor < 0 or place.bound < 0:
            raise ValueError(f"{place.id}: negative floor or bound")
