"""Which free units go to cover emptied stations (move-up, 移防): the best few moves, the common rule beside them.

  maximise  worth of the first and second covers after the moves - price of the moves        (coverage.py, moves.py)

Never empty-handed and never worse than the rule: the answer is the best of the exact program, of the greedy set and of
the rule's own set. `proved` says that no allowed set of moves has a higher value.

Sources: Gendreau, Laporte and Semet, A dynamic model and parallel tabu search heuristic for real-time ambulance
relocation (2001); the rule is Kolesar and Walker's starting point, An algorithm for the dynamic relocation of fire
companies (1974).
"""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.coverage import COVERS, FAR_S, Cover, cover
from dispatch.optimizer.ground import Ground, MoveRules, in_order
from dispatch.optimizer.linear import Meter
from dispatch.optimizer.moveprogram import best_flow
from dispatch.optimizer.moves import Chart, backfill, chart, greedy, none_of
from dispatch.optimizer.problem import Budget
from dispatch.optimizer.program import FAILURES, SOLVER


@dataclass(frozen=True, slots=True)
class Move:
    """One unit from a place to another; `gain_ppm` = worth lost if only this move were left out, price not counted."""

    unit_id: str
    from_id: str
    to_id: str
    seconds: int
    gain_ppm: int


@dataclass(frozen=True, slots=True)
class Moves:
    """A set of moves with what it does: `value_ppm` = worth gained less the price, in millionths of the risk."""

    moves: tuple[Move, ...]
    after: Cover
    value_ppm: int


@dataclass(frozen=True, slots=True)
class MoveUp:
    """The proposal and the rule's beside it. `gap_ppm` = how much better any other set could be, 0 where proved."""

    before: Cover
    proposal: Moves
    rule: Moves
    source: str
    proved: bool
    gap_ppm: int
    guard_fired: bool = False
    failure: str = ""
    solver: str = SOLVER


@dataclass(frozen=True, slots=True)
class Tried:
    """A single move looked at without being made. `breaks` = rules it breaks: same_place, no_way, too_long, floor."""

    move: Move
    before: Cover
    after: Cover
    breaks: tuple[str, ...]


def best_moves(ground: Ground, rules: MoveRules | None = None, budget: Budget | None = None) -> MoveUp:
    """The best moves from a state of the stations. Always answers; equal inputs give equal answers.

    Raises ValueError only where the ground contradicts itself.
    """
    rules, ground = rules or MoveRules(), in_order(ground)
    table, meter = chart(ground, rules), Meter(budget or Budget())
    by_rule, by_greedy = backfill(table, ground), greedy(table)
    found = [("greedy", by_greedy), ("rule", by_rule), ("none", none_of(table))]
    bound = None
    try:
        exact = best_flow(table, by_greedy, meter)
        if exact is not None:
            found, bound = [("program", exact.flow), *found], exact.bound
    except FAILURES as failure:
        meter.failure = type(failure).__name__
    source, flow = max(found, key=lambda each: table.value(each[1]))
    gap = _most_possible(table) if bound is None else bound
    gap = max(0, gap - table.value(flow))
    return MoveUp(
        _cover(ground, rules, table.free),
        _moves(ground, table, flow),
        _moves(ground, table, by_rule),
        source,
        gap == 0,
        -(-gap // max(1, int(ground.risk.sum()))),
        meter.guard_fired,
        meter.failure,
    )


def nearest_backfill(ground: Ground, rules: MoveRules | None = None) -> Moves:
    """The rule beside: an emptied station is filled from the nearest that has at least two."""
    rules, ground = rules or MoveRules(), in_order(ground)
    table = chart(ground, rules)
    return _moves(ground, table, backfill(table, ground))


def try_move(ground: Ground, unit_id: str, to_id: str, rules: MoveRules | None = None) -> Tried:
    """Before and after one move, whether the rules allow it or not. Raises ValueError for an unknown unit or place."""
    rules, ground = rules or MoveRules(), in_order(ground)
    origin = next((at for at, place in enumerate(ground.places) if unit_id in place.unit_ids), None)
    to = next((at for at, place in enumerate(ground.places) if place.id == to_id), None)
    if origin is None or to is None:
        raise ValueError(f"unit {unit_id} is not free" if origin is None else f"place {to_id} is not known")
    table = chart(ground, rules)
    after = table.free.copy()
    after[origin] -= 1
    after[to] += 1
    seconds = int(ground.move_s[origin, to])
    gained = (table.worth(after) - table.worth(table.free)) // max(1, int(ground.risk.sum()))
    move = Move(unit_id, ground.places[origin].id, to_id, 0 if origin == to else seconds, gained)
    return Tried(
        move, _cover(ground, rules, table.free), _cover(ground, rules, after), _breaks(ground, table, origin, to)
    )


def _breaks(ground: Ground, table: Chart, origin: int, to: int) -> tuple[str, ...]:
    seconds = int(ground.move_s[origin, to])
    if origin == to:
        return ("same_place",)
    length = () if table.may[origin, to] else (("no_way",) if seconds >= FAR_S else ("too_long",))
    return length if table.spare[origin] > 0 else (*length, "floor")


def _most_possible(table: Chart) -> int:
    """What no set of moves can exceed: every zone that a place reaches covered twice."""
    return table.worth(np.full_like(table.free, COVERS)) - table.worth(table.free)


def _cover(ground: Ground, rules: MoveRules, free: Ints) -> Cover:
    return cover(free, ground.drive_s, ground.risk, ground.turnout_s, rules.limit_s, rules.busy_pct)


def _moves(ground: Ground, table: Chart, flow: Ints) -> Moves:
    total = max(1, int(ground.risk.sum()))
    waiting = [list(place.unit_ids) for place in ground.places]
    after = table.after(flow)
    made = []
    for a, b in np.argwhere(flow).tolist():
        without = after.copy()
        without[a] += 1
        without[b] -= 1
        gain = (table.worth(after) - table.worth(without)) // total
        names = ground.places[a].id, ground.places[b].id
        made += [Move(waiting[a].pop(0), *names, int(ground.move_s[a, b]), gain) for _ in range(int(flow[a, b]))]
    value = table.value(flow)
    return Moves(tuple(made), _cover(ground, table.rules, after), value // total)
