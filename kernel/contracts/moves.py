"""Move-ups (移防): which free first engines should stand in at emptied stations, and what a single move would do."""

from kernel.contracts.base import Code, Count, Form, Id, Instant, Seconds, ShortText, Value
from kernel.contracts.coverage import Share


class Reached(Value):
    """Share of the city's risk that a free first engine reaches within a limit, turnout included."""

    limit_s: Seconds
    share: Share


class StationMove(Value):
    """One first engine from its station to another; `seconds` by road, 0 where no road leads.

    `gain_pct`: per cent of the city's risk that the move is worth, a second cover counted as far as the first is busy.
    """

    unit_id: Id
    from_station_id: Id
    to_station_id: Id
    seconds: Seconds
    gain_pct: float


class MoveSet(Value):
    """Moves made together, the share within each limit after them, and their worth less their price in per cent."""

    moves: tuple[StationMove, ...]
    within: tuple[Reached, ...]
    value_pct: float


class MoveLimits(Value):
    """What a proposal keeps to: the limit it covers for, the longest way, how many moves, who stays at the donor."""

    limit_s: Seconds
    longest_s: Seconds
    most_moves: Count
    floor: Count


class MoveUps(Value):
    """The best move-ups of this moment, with the common rule (nearest station that keeps one) beside them.

    `emptied`: stations whose first engines are all away and for which nobody is bound, in the order in which they
    became so; who is moved up already counts where it is bound, in `before` too. `proved`: no set of moves within the
    limits is worth more; else `gap_pct` is how much more one could be. `degraded` says what stands against the figures,
    `ages_s` how old the copies behind them are.
    """

    at: Instant
    zones_version: ShortText
    map_version: ShortText
    closures_version: ShortText
    emptied: tuple[Id, ...]
    before: tuple[Reached, ...]
    proposal: MoveSet
    rule: MoveSet
    source: Code
    proved: bool
    gap_pct: float
    limits: MoveLimits
    guard_fired: bool = False
    ages_s: dict[str, float]
    degraded: tuple[Code, ...] = ()


class MoveTrialForm(Form):
    """A move to look at without making it."""

    unit_id: Id
    to_station_id: Id


class MoveTrial(Value):
    """What one move would do, allowed or not. `breaks`: same_place, no_way, too_long, floor."""

    at: Instant
    zones_version: ShortText
    map_version: ShortText
    closures_version: ShortText
    move: StationMove
    before: tuple[Reached, ...]
    after: tuple[Reached, ...]
    breaks: tuple[Code, ...]
    ages_s: dict[str, float]
    degraded: tuple[Code, ...] = ()
