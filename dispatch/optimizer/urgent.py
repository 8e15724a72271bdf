"""The stages before a style is chosen: least unmet need with sum lines (S0), the completion window (S1).

S0  levels one after the other, only where flow and repair do not already reach the flow's bound.
S1  min sum p_i (T_i + area_price departed_i): completion.py; where sum lines or station areas keep the flows' optimum
    from being a plan, hasten.py and then a program with T_i between the flows' floor and a known plan.
Each stage improves a `Stage` and says how far it is proved; none can lose the plan that it was given.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.completion import Caps, complete, weigh, within
from dispatch.optimizer.flow import Flow, Network
from dispatch.optimizer.greedy import nearest
from dispatch.optimizer.groups import Model, build
from dispatch.optimizer.hasten import hastened
from dispatch.optimizer.linear import Meter
from dispatch.optimizer.plan import Roles
from dispatch.optimizer.problem import Problem
from dispatch.optimizer.program import LEVELS, Program, Row
from dispatch.optimizer.repair import repair, to_roles
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.substitution import Judged
from dispatch.optimizer.tables import Tables

PROVED = "proved"
FLOW = "flow"


@dataclass(frozen=True, slots=True)
class Stage:
    """The best plan so far in columns and roles, with its cost and the claims of the stages behind it."""

    used: Ints
    roles: Roles
    cost: Cost
    unmet: str
    completion: str = FLOW
    final: str = FLOW

    @property
    def levels(self) -> tuple[int, int, int, int]:
        return self.cost[:4]


def gap(value: int, bound: int) -> str:
    """`proved`, or the relative distance to the bound, rounded up to a tenth of a percent."""
    if value <= bound:
        return PROVED
    permille = -(-1000 * (value - bound) // max(1, value))
    return f"gap<={permille // 10}.{permille % 10}%"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the stages share."""

    model: Model
    network: Network
    scorer: Scorer
    meter: Meter

    def better(self, stage: Stage, used: Ints) -> Stage:
        """The stage with `used` as its plan if that is cheaper."""
        roles = to_roles(self.model, used)
        cost = self.scorer.cost(roles)
        return replace(stage, used=used, roles=roles, cost=cost) if cost < stage.cost else stage


def judge(problem: Problem, meter: Meter) -> Judged:
    """S0 and S1 of a problem alone: what a choice among problems is made by."""
    tables = Tables(problem)
    scorer = Scorer(tables)
    model, greedy = build(tables, scorer), scorer.cost(nearest(tables))
    if not len(model.columns.group):
        return Judged(scorer.cost(())[:5], (), proved=True)
    desk = Desk(model, Network(model), scorer, meter)
    stage, flow = least_unmet(desk)
    stage, _ = full_complement(desk, stage, flow, greedy)
    return Judged(stage.cost[:5], stage.roles, stage.unmet == stage.completion == PROVED)


def least_unmet(desk: Desk) -> tuple[Stage, Flow]:
    """S0: the flow, its repair for sum lines, and where these leave a distance, the program level by level."""
    flow = desk.network.solve()
    used = repair(desk.model, desk.network.earliest(flow).used)
    roles = to_roles(desk.model, used)
    stage = Stage(used, roles, desk.scorer.cost(roles), PROVED)
    if stage.levels == flow.levels:
        return stage, flow
    return _unmet_by_program(desk, stage, flow), flow


def _unmet_by_program(desk: Desk, stage: Stage, flow: Flow) -> Stage:
    program = Program(desk.model, np.ones(len(stage.used), dtype=bool))
    reached: list[int] = []
    for number, name in enumerate(LEVELS):
        lower = flow.levels[number] if not number else 0
        if tuple(reached) == stage.levels[:number] and stage.levels[number] == lower:
            reached.append(lower)
            program.limit(tuple(reached))
            continue
        answer = program.least(name, desk.meter, stage.used)
        if answer is None:
            return replace(stage, unmet=gap(stage.levels[number], lower) if lower else FLOW)
        stage = desk.better(stage, answer.used)
        if not answer.proved:
            return replace(stage, unmet=gap(answer.value, answer.bound))
        reached.append(answer.value)
        program.limit(tuple(reached))
    return stage


def full_complement(desk: Desk, stage: Stage, flow: Flow, known: Cost) -> tuple[Stage, Caps]:
    """S1: the caps T. `known` = cost of a plan from elsewhere (greedy), an upper bound where its levels are as good."""
    if stage.levels == flow.levels:
        stage = _between(desk, replace(stage, unmet=PROVED), flow, known)
    else:
        stage = desk.better(stage, hastened(desk.model, stage.used))
        stage = _searched(desk, stage, known) if stage.unmet == PROVED else stage
    return stage, tuple(desk.model.last_arrivals(stage.used).tolist())


def _between(desk: Desk, stage: Stage, flow: Flow, known: Cost) -> Stage:
    """Between the flows' floor and a known plan."""
    found = complete(desk.network, flow, desk.meter.budget.flow_nodes)
    stage, bound = desk.better(stage, repair(desk.model, found.flow.used, found.caps)), found.bound
    if stage.cost.complete > bound:
        stage = desk.better(stage, hastened(desk.model, stage.used))
    if stage.cost.complete > bound:
        window = Window(found.floor, found.clauses, _upper(stage, known), relaxed=True)
        stage, proved = _narrowed(desk, stage, window)
        bound = max(bound, proved)
    return replace(stage, completion=gap(stage.cost.complete, bound))


def _searched(desk: Desk, stage: Stage, known: Cost) -> Stage:
    """Where totals are short the flows prove no floor, and a relaxation's bound lies far below: search alone."""
    none = (0,) * len(desk.model.priority)
    window = Window(none, np.empty((0, len(none)), dtype=np.int64), _upper(stage, known), relaxed=False)
    stage, bound = _narrowed(desk, stage, window)
    return replace(stage, completion=PROVED if stage.cost.complete == bound else FLOW)


def _upper(stage: Stage, known: Cost) -> int:
    return min(stage.cost.complete, known.complete) if known[:4] == stage.levels else stage.cost.complete


class Window(NamedTuple):
    """What the window program of S1 may assume; `relaxed` = whether its relaxation is worth the time."""

    floor: Caps
    clauses: Ints
    upper: int
    relaxed: bool


def _narrowed(desk: Desk, stage: Stage, window: Window) -> tuple[Stage, int]:
    """The stage improved by the window program, and the bound that it proved."""
    base = weigh(desk.network, window.floor)
    caps = tuple(low + (window.upper - base) // p for low, p in zip(window.floor, desk.model.priority, strict=True))
    program = Program(desk.model, within(desk.network, caps), area_rows(desk.model, None))
    program.limit(stage.levels)
    with desk.meter.share(desk.meter.budget.completion_s) as meter:
        answer = program.earliest_completion(window.floor, window.clauses, meter, stage.used, relaxed=window.relaxed)
    if answer is None:
        return stage, 0
    return desk.better(stage, answer.used), answer.bound + base


def area_rows(model: Model, departed: Flags | None) -> tuple[Row, ...]:
    """One unit of the area's stations goes, or the price is paid; `departed` given: only these may stay away, free."""
    rows = []
    for incident, is_open in enumerate(model.area_open):
        if not is_open or not _in_need(model, incident):
            continue
        own = np.flatnonzero((model.columns.incident == incident) & model.columns.area)
        price = 0 if departed is not None else model.priority[incident] * model.area_price_s
        slack = 1 if departed is None or departed[incident] else 0
        rows.append(Row(own, np.ones(len(own), dtype=np.int64), 1, price, slack))
    return tuple(rows)


def _in_need(model: Model, incident: int) -> bool:
    """Whether the incident still needs anything beyond its committed units (otherwise nobody goes, nobody departs)."""
    if any(row.incident == incident for row in model.sums):
        return True
    slots = [slot for slot in model.slots if slot.incident == incident]
    bound = Network(_only_bound(model, incident)).solve()
    return any(bound.missing[at] > 0 for at, slot in enumerate(model.slots) if slot in slots)


def _only_bound(model: Model, incident: int) -> Model:
    bound = np.array([group.bound == incident for group in model.groups], dtype=bool)
    keep = bound[model.columns.group] & (model.columns.incident == incident)
    columns = model.columns
    kept = (columns.group, columns.slot, columns.incident, columns.time, columns.exact, columns.late)
    return replace(model, columns=type(columns)(*(part[keep] for part in (*kept, columns.area, columns.cost))))


def departed(desk: Desk, stage: Stage) -> Flags:
    """Per incident, whether the area's station could go and does not in this stage's plan."""
    flags = []
    for incident in desk.model.tables.problem.incidents:
        sent = [role for role in stage.roles if role.incident_id == incident.id]
        flags.append(desk.scorer.departs(incident, sent))
    return np.array(flags, dtype=bool)
