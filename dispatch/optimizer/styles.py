"""S2 and S3: the plan of one style inside the completion found, trading mean arrival, what stays behind, and units.

S2  columns later than T_i + tolerance are deleted, all others are back: coverage may want a unit that time alone
    pruned. Where something is kept back, the first unit comes no later than in the plan of flow and repair, which keeps
    nothing back, plus the style's tolerance.
S3  min mean arrival + guards short + units, under the levels reached.
      bound   the flow of least arrival; it ignores guards and totals, which only cost
      plan    the better of the plan known, the flow repaired, and single exchanges of either
      proof   plan = bound; else the program over the columns whose reduced cost is within (plan - bound): a plan that
              uses another costs at least bound + its reduced cost, so it is no better
"""

from dataclasses import replace

import numpy as np

from dispatch.optimizer.arrays import Flags
from dispatch.optimizer.completion import Caps, within
from dispatch.optimizer.exchange import exchanged
from dispatch.optimizer.flow import Flow, Network
from dispatch.optimizer.groups import Model, held_by, widened
from dispatch.optimizer.linear import Meter
from dispatch.optimizer.plan import Limits, Roles
from dispatch.optimizer.problem import Style
from dispatch.optimizer.program import Program, Row
from dispatch.optimizer.repair import repair, to_used
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.urgent import FLOW, PROVED, Desk, Stage, area_rows, departed, gap


def reference(desk: Desk, stage: Stage, caps: Caps) -> Stage:
    """The plan of least mean arrival by flow and repair, whose first units no style may let come later."""
    allowed = within(desk.network, caps)
    relaxed = desk.network.earliest(desk.network.solve(allowed), allowed)
    return desk.better(stage, repair(desk.model, relaxed.used, caps))


def settle(
    desk: Desk, known: Stage, caps: Caps, style: Style, meter: Meter, other: Roles | None = None
) -> tuple[Stage, Desk]:
    """The plan of a style with how far it is proved, and the desk that it was found at; `other` = a plan to beat."""
    mine = _restyled(desk, known, caps, style, meter)
    network = mine.network
    relaxed = network.earliest(network.solve())
    used = to_used(mine.model, known.roles)
    stage = replace(known, used=used, cost=mine.scorer.cost(known.roles), final=FLOW)
    if other is not None:
        stage = mine.better(stage, to_used(mine.model, other))
    stage = mine.better(stage, repair(mine.model, relaxed.used, mine.scorer.limits.latest))
    stage = mine.better(stage, exchanged(mine.model, mine.scorer, stage.used))
    bound = int(mine.model.columns.cost @ relaxed.used)
    bounded = relaxed.levels == stage.levels
    if bounded and stage.cost.arrival <= bound:
        return replace(stage, final=PROVED), mine
    mask = _within_reach(mine, relaxed, stage, bound) if bounded else np.ones(len(used), dtype=bool)
    away = np.array(mine.scorer.limits.departed, dtype=bool)
    rows = (*area_rows(mine.model, away), *_first_rows(mine), *_guard_rows(mine.model, mine.scorer))
    program = Program(mine.model, mask, rows)
    program.limit(stage.levels)
    answer = program.earliest_mean(network.ranks, mine.meter, stage.used)
    if answer is None:
        return replace(stage, final=gap(stage.cost.arrival, bound) if bounded else FLOW), mine
    return replace(mine.better(stage, answer.used), final=gap(answer.value, answer.bound)), mine


def _restyled(desk: Desk, known: Stage, caps: Caps, style: Style, meter: Meter) -> Desk:
    latest = tuple(cap + style.tolerance_s for cap in caps)
    guarded = bool(desk.scorer.keep.prices(style).any())
    first = _first(desk, known, style.first_tolerance_s) if guarded else (None,) * len(caps)
    limits = Limits(latest, first, tuple(departed(desk, known).tolist()))
    scorer = desk.scorer.styled(style, limits)
    model = widened(desk.model, scorer, latest)
    return Desk(model, Network(model), scorer, meter)


def _first(desk: Desk, known: Stage, tolerance_s: int) -> tuple[int | None, ...]:
    """How late the first unit sent to each incident may be; None where nobody is sent."""
    columns, first = desk.model.columns, list[int | None]()
    free = desk.model.free[columns.group]
    for number in range(len(desk.model.priority)):
        sent = (known.used > 0) & free & (columns.incident == number)
        first.append(int(columns.time[sent].min()) + tolerance_s if sent.any() else None)
    return tuple(first)


def _within_reach(desk: Desk, relaxed: Flow, stage: Stage, bound: int) -> Flags:
    mask = desk.network.reduced(relaxed) <= stage.cost.arrival - bound
    return np.asarray(mask | (stage.used > 0))


def _first_rows(desk: Desk) -> tuple[Row, ...]:
    columns, rows = desk.model.columns, []
    for number, first in enumerate(desk.scorer.limits.first):
        if first is not None:
            in_time = np.flatnonzero((columns.incident == number) & (columns.time <= first))
            rows.append(Row(in_time, np.ones(len(in_time), dtype=np.int64), 1, 0, 0))
    return tuple(rows)


def _guard_rows(model: Model, scorer: Scorer) -> tuple[Row, ...]:
    """The guards that the columns of a model could breach; those with the same columns and room are one row."""
    keep, prices, columns = scorer.keep, scorer.guard_prices, model.columns
    held = held_by(model, keep)
    going = np.zeros(len(model.groups), dtype=bool)
    going[columns.group] = True
    most = model.sizes[going] @ held[going]
    on = held[columns.group].astype(bool)
    merged: dict[tuple[bytes, int, int, int], int] = {}
    for guard in np.flatnonzero((most + keep.spare > 0) & (prices > 0)).tolist():
        key = (on[:, guard].tobytes(), int(keep.spare[guard]), int(keep.step[guard]), keep.guards[guard].at_least)
        merged[key] = merged.get(key, 0) + int(prices[guard])
    return tuple(_guard_row(*key, price) for key, price in merged.items())


def _guard_row(on: bytes, spare: int, step: int, at_least: int, price: int) -> Row:
    columns = np.flatnonzero(np.frombuffer(on, dtype=bool))
    return Row(columns, -np.ones(len(columns), dtype=np.int64), spare, price, -(-at_least // step), step)
