"""Move-ups: what the optimizer is asked of a moment's coverage, and its answer in the words of the screens.

Places are the stations with first engines, `floor` of which stay at every donor. Seconds to zones have each place's own
turnout in them, so the optimizer adds none; a move's seconds are those of the drive.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from dispatch import optimizer
from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.coverage import BANDS_S, MILLION
from dispatch.rules.coverage import NEVER, Ground, Whole
from kernel.contracts.moves import MoveLimits, MoveSet, Reached, StationMove
from kernel.contracts.resources import Unit

FLOOR = 1
RULES = optimizer.MoveRules()
LIMITS = MoveLimits(limit_s=RULES.limit_s, longest_s=RULES.longest_s, most_moves=RULES.most_moves, floor=FLOOR)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PPM_PER_PCT = MILLION // 100


def emptied(
    engines: Mapping[str, tuple[Unit, ...]], free: Mapping[str, tuple[str, ...]], sent_at: Mapping[str, datetime]
) -> tuple[str, ...]:
    """Stations whose first engines are all away, by when the last of them was sent, then by id.

    `sent_at` by unit id; a station that stands empty for another reason (out of service) comes first.
    """
    empty = [place for place in engines if engines[place] and not free.get(place)]
    last = {place: max(sent_at.get(unit.id, LONG_AGO) for unit in engines[place]) for place in empty}
    return tuple(sorted(empty, key=lambda place: (last[place], place)))


def asked_of(
    ground: Ground,
    engines: Mapping[str, tuple[Unit, ...]],
    free: Mapping[str, tuple[str, ...]],
    empty: tuple[str, ...],
) -> optimizer.Ground:
    """The optimizer's ground. Raises ValueError while the seconds between the stations are not known."""
    if ground.between_s is None:
        raise ValueError("the seconds between the stations are not known")
    places = list(ground.due_s)
    order = {place: number for number, place in enumerate(empty)}
    return optimizer.Ground(
        places=tuple(
            optimizer.Place(each, free.get(each, ()), FLOOR, len(engines.get(each, ())), order.get(each, 0))
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
