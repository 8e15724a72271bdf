"""The peer of O3: the one big integer program that one would write first, solved by HiGHS.

  min  sum weights x levels     T_i >= t_c y_c,  x_c <= N y_c   (time is a variable, needs are paid by weights)
Weights keep the order of the levels without ruining the numbers: a second of weighted completion is worth 100 of
arrival (as score.py counts it), a thousandth of a missing unit 1,000. `given` hands it our own presolve (groups and
the exchange argument's pruning), which makes it several times faster: the fairer peer.
"""

from collections.abc import Callable

from dispatch.optimizer import Incident, Problem, Unit
from dispatch.optimizer.groups import build
from dispatch.optimizer.plan import EXTRA, Role, Roles
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables
from tests.bench.optimizer.whole_model import WholeModel

WEIGHTS = {"hard": 1_000_000, "soft": 1_000, "degraded": 1_000_000, "late": 100_000, "arrival": 1}
COMPLETE = 100
GAP = 1e-4  # HiGHS's own default


def solve_whole(problem: Problem, limit_s: float = 120.0, *, given: bool = False) -> Roles | None:
    """The monolith's plan; None where HiGHS found none in its time."""
    problem = canonical(problem)
    model = WholeModel(problem, _presolved(problem), pooled=True) if given else WholeModel(problem, pooled=False)
    objective = [(n, price * WEIGHTS[level]) for level, terms in model.levels.items() for n, price in terms]
    objective += [(number, price * COMPLETE) for number, price in model.departure_terms()]
    last = {incident.id: model.mip.variable(1e6, whole=False) for incident in problem.incidents}
    for column in model.columns:
        size, use = len(model.pools[column.pool].unit_ids), column.variable
        if size > 1:
            use = model.mip.variable(1)
            model.mip.row([(column.variable, 1), (use, -size)], high=0)
        model.mip.row([(last[column.incident.id], 1), (use, -column.time_s)], low=0)
    objective += [(last[incident.id], incident.priority * COMPLETE) for incident in problem.incidents]
    solved = model.mip.solve(objective, limit_s, GAP)
    return None if solved is None else _roles(model, [round(value) for value in solved.x])


def _presolved(problem: Problem) -> Callable[[Unit, Incident, int], bool]:
    """Whether our presolve keeps what a group could do at an incident."""
    tables = Tables(problem)
    model = build(tables, Scorer(tables))
    pairs = zip(model.columns.group.tolist(), model.columns.incident.tolist(), strict=True)
    kept = {(model.groups[group].unit_ids[0], problem.incidents[incident].id) for group, incident in pairs}
    return lambda unit, incident, _time: (unit.id, incident.id) in kept


def _roles(model: WholeModel, x: list[int]) -> Roles:
    taken = [0] * len(model.pools)
    roles = []
    for column in model.columns:
        first, many = taken[column.pool], x[column.variable]
        line = EXTRA if column.line is None else column.line.id
        names = model.pools[column.pool].unit_ids[first : first + many]
        roles += [Role(column.incident.id, line, name) for name in names]
        taken[column.pool] += many
    return tuple(sorted(roles))
