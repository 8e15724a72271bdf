"""From columns to roles, and the repair of sum lines after a flow that could not see them.

Repair, most urgent incident first: add the free unit that covers most of what is still missing inside the cap (the
nearest among equals); where no free unit helps, swap a unit of a count line for a free qualified one that brings
more. Polynomial, and good enough that most calls need no integer program to reach the least unmet need; where it
falls short the program does.
"""

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.groups import Model
from dispatch.optimizer.plan import EXTRA, Role, Roles


def to_roles(model: Model, used: Ints) -> Roles:
    """Names for numbers: units of a group are taken in order of id."""
    incidents, taken, roles = model.tables.problem.incidents, [0] * len(model.groups), []
    for at in np.flatnonzero(used).tolist():
        group, slot = int(model.columns.group[at]), int(model.columns.slot[at])
        line = model.slots[slot].line.id if slot >= 0 else EXTRA
        first = taken[group]
        taken[group] += int(used[at])
        incident = incidents[int(model.columns.incident[at])].id
        roles += [Role(incident, line, unit) for unit in model.groups[group].unit_ids[first : taken[group]]]
    return tuple(sorted(roles))


def to_used(model: Model, roles: Roles) -> Ints:
    """Numbers for names: units of a plan per column of a model. Raises KeyError for a role without a column."""
    columns, incidents = model.columns, model.tables.problem.incidents
    keys = zip(columns.incident.tolist(), columns.slot.tolist(), columns.group.tolist(), strict=True)
    column_of = {key: at for at, key in enumerate(keys)}
    groups: dict[tuple[str, int], int] = {}
    for number, group in enumerate(model.groups):
        for at in range(len(incidents)):
            if group.times[at][0] >= 0:
                groups |= {(unit_id, at): number for unit_id in group.unit_ids}
    used: Ints = np.zeros(len(columns.group), dtype=np.int64)
    for role in roles:
        at = model.tables.position[role.incident_id]
        slot = model.tables.slot_of[role.incident_id, role.line_id] if role.line_id != EXTRA else -1
        used[column_of[at, slot, groups[role.unit_id, at]]] += 1
    return used


def repair(model: Model, used: Ints, caps: tuple[int, ...] | None = None) -> Ints:
    """`used` with sum lines covered as far as adding and swapping inside the caps can."""
    used = used.copy()
    left = model.sizes - model.sent(used)
    rows = sorted(range(len(model.sums)), key=lambda at: (-model.priority[model.sums[at].incident], at))
    for at in rows:
        _cover(model, used, left, at, caps)
    return used


def _cover(model: Model, used: Ints, left: Ints, at: int, caps: tuple[int, ...] | None) -> None:
    row, columns = model.sums[at], model.columns
    amounts = np.array(row.amounts, dtype=np.int64)
    mine = columns.incident == row.incident
    if caps is not None:
        mine &= columns.time <= caps[row.incident]
    gain = amounts[columns.group]
    missing = row.needed - int(gain[columns.incident == row.incident] @ used[columns.incident == row.incident])
    extra = np.flatnonzero(mine & (columns.slot < 0) & (gain > 0))
    while missing > 0:
        open_ = extra[left[columns.group[extra]] > 0]
        if not len(open_):
            break
        order = np.lexsort((columns.time[open_], -np.minimum(gain[open_], missing), ~columns.exact[open_]))
        chosen = int(open_[order[0]])
        used[chosen] += 1
        left[columns.group[chosen]] -= 1
        missing -= int(gain[chosen])
    while missing > 0:
        won = _swap(model, used, left, np.flatnonzero(mine & (columns.slot >= 0)), gain)
        if won == 0:
            return
        missing -= won


def _swap(model: Model, used: Ints, left: Ints, open_: Ints, gain: Ints) -> int:
    """The best exchange of a unit in a count line for a free unit of the same line; what it wins."""
    columns, best, pair = model.columns, 0, (0, 0)
    for old in open_[used[open_] > 0].tolist():
        if model.groups[int(columns.group[old])].bound >= 0:
            continue
        rivals = open_[(columns.slot[open_] == columns.slot[old]) & (left[columns.group[open_]] > 0)]
        for new in rivals.tolist():
            won = int(gain[new] - gain[old])
            if won > best and bool(columns.exact[new]) >= bool(columns.exact[old]):
                best, pair = won, (old, new)
    if best:
        old, new = pair
        used[old] -= 1
        used[new] += 1
        left[columns.group[old]] += 1
        left[columns.group[new]] -= 1
    return best
