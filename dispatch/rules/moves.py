"""Move-ups: what the optimizer is asked of a moment's coverage, and its answer in the words of the screens.

Places are the stations with first engines, `floor` of which stay at every donor. Seconds to zones have each place's own
turnout in them, so the optimizer adds none; a move's seconds are those of the drive. Whoever is moved already counts
where it stands in or is bound for, and is not moved again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from dispatch import optimizer
from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.coverage import BANDS_S, MILLION
from dispatch.rules.coverage import NEVER, Ground, Whole, free_engines
from dispatch.rules.move_up_order import Way, bound_for
from kernel.contracts.move_up_order import MoveUpOrder
from kernel.contracts.moves import MoveLimits, MoveSet, Reached, StationMove
from kernel.contracts.resources import Unit

FLOOR = 1
RULES = optimizer.MoveRules()
LIMITS = MoveLimits(limit_s=RULES.limit_s, longest_s=RULES.longest_s, most_moves=RULES.most_moves, floor=FLOOR)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PPM_PER_PCT = MILLION // 100
NOBODY: Mapping[str, int] = {}


@dataclass(frozen=True)
class Ready:
    """First engines by station: `free` stand at home and may be moved, `bound` others stand in there or soon will."""

    free: Mapping[str, tuple[str, ...]]
    bound: Mapping[str, int]


def ready_of(
    engines: Mapping[str, tuple[Unit, ...]], sent_at: Mapping[str, datetime], moved: Iterable[MoveUpOrder]
) -> Ready:
    """Who may be moved, and who is moved already; `sent_at` by unit of those at an incident or on their way home."""
    orders = {each.unit_id: each for each in moved}
    known = {unit.id for units in engines.values() for unit in units if unit.in_service}
    bound = Counter(
        bound_for(each) for each in orders.values() if each.unit_id in known and each.unit_id not in sent_at
    )
    return Ready(
        free_engines(engines, sent_at.keys() | orders.keys()), {place: bound[place] for place in sorted(bound)}
    )


def way_of(seconds: int, unit: Unit, engines: Mapping[str, tuple[Unit, ...]], ready: Ready) -> Way:
    """The drive of a unit from its station, and the rules that it breaks; NEVER seconds where no road leads.

    Only a first engine can leave its station without one.
    """
    far_off = ("no_way",) if seconds >= NEVER else ("too_long",) if seconds > RULES.longest_s else ()
    home, is_engine = unit.station_id, any(unit.id == each.id for each in engines.get(unit.station_id, ()))
    left = len(ready.free.get(home, ())) + ready.bound.get(home, 0) - 1
    bare = ("floor",) if is_engine and left < FLOOR else ()
    return Way(0 if far_off == ("no_way",) else seconds, (*far_off, *bare))


def emptied(
    engines: Mapping[str, tuple[Unit, ...]],
    free: Mapping[str, tuple[str, ...]],
    sent_at: Mapping[str, datetime],
    bound: Mapping[str, int] = NOBODY,
) -> tuple[str, ...]:
    """Stations whose first engines are all away and for which nobody is bound, by when the last was sent, then by id.

    `sent_at` by unit id; a station that stands empty for another reason (out of service) comes first.
    """
    empty = [place for place in engines if engines[place] and not free.get(place) and not bound.get(place)]
    last = {place: max(sent_at.get(unit.id, LONG_AGO) for unit in engines[place]) for place in empty}
    return tuple(sorted(empty, key=lambda place: (last[place], place)))


def asked_of(
    ground: Ground,
    engines: Mapping[str, tuple[Unit, ...]],
    free: Mapping[str, tuple[str, ...]],
    empty: tuple[str, ...],
    bound: Mapping[str, int] = NOBODY,
) -> optimizer.Ground:
    """The optimizer's ground. Raises ValueError while the seconds between the stations are not known."""
    if ground.between_s is None:
        raise ValueError("the seconds between the stations are not known")
    places = list(ground.due_s)
    order = {place: number for number, place in enumerate(empty)}
    return optimizer.Ground(
        places=tuple(
            optimizer.Place(
                each, free.get(each, ()), FLOOR, len(engines.get(each, ())), order.get(each, 0), bound.get(each, 0)
            )
            for each in places
        ),
        zone_ids=ground.names,
        risk=ground.risk.astype(np.int64),
        drive_s=far(np.stack([ground.due_s[each] for each in places])),
        move_s=far(ground.between_s),
        turnout_s=0,
    )


def far(seconds: Whole) -> Ints:
    """Seconds as the optimizer counts them: no way is FAR_S."""
    return np.where(seconds >= NEVER, optimizer.FAR_S, seconds).astype(np.int64)


def reached(within_ppm: tuple[int, ...]) -> tuple[Reached, ...]:
    """Shares within the limits."""
    return tuple(
        Reached(limit_s=limit_s, share=ppm / MILLION) for limit_s, ppm in zip(BANDS_S, within_ppm, strict=True)
    )


def told(move: optimizer.Move) -> StationMove:
    """One move; a way that does not exist has no seconds."""
    return StationMove(
        unit_id=move.unit_id,
        from_station_id=move.from_id,
        to_station_id=move.to_id,
        seconds=move.seconds if move.seconds < optimizer.FAR_S else 0,
        gain_pct=move.gain_ppm / PPM_PER_PCT,
    )


def set_of(moves: optimizer.Moves) -> MoveSet:
    """A set of moves with what it does."""
    return MoveSet(
        moves=tuple(told(each) for each in moves.moves),
        within=reached(moves.after.within_ppm),
        value_pct=moves.value_ppm / PPM_PER_PCT,
    )


def between(ground: Ground, start: str, to: str) -> int | None:
    """Seconds by road from station to station, NEVER where no road leads.

    None where they are not known yet, or one of the two has no first engines.
    """
    if ground.between_s is None or start not in ground.due_s or to not in ground.due_s:
        return None
    places = list(ground.due_s)
    return int(ground.between_s[places.index(start), places.index(to)])
