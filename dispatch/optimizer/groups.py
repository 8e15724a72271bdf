"""Units that are the same to the solver become one group with a number; what may go where becomes arrays of columns.

Never one boolean per unit: with k equal units at a station a model of booleans has k! equal optima. A group is every
unit with the same capability class, station, place, standing, sparing and times. A column is (group, count line) or
(group, incident) for units that only add to sum lines (slot -1).

Pruning by the exchange argument: let K_ik be the most units of class k that incident i can use and K_k their sum. If
i used a class-k unit slower than the K_k-th nearest, one of the K_k nearest would be free, and swapping is
capability-neutral and never slower; so columns beyond that time are left out without losing an optimum of time. The
area's stations are always kept. What stays behind is no argument of time: styles.py widens the model again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.keep import Keep
from dispatch.optimizer.problem import SumLine, Unit
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Slot, Tables, amount_of

Times = tuple[tuple[int, bool, int], ...]
UNREACHED = (-1, True, 0)


@dataclass(frozen=True, slots=True)
class Group:
    """Interchangeable units by id. `bound` = incident they are committed to, -1 = free.

    `times` = per incident the seconds, whether they are exact, and the seconds spared.
    """

    unit_ids: tuple[str, ...]
    klass: int
    station_id: str
    bound: int
    times: Times


@dataclass(frozen=True, slots=True)
class SumRow:
    """A sum line that committed units do not yet cover: what is still needed, and what each group's unit adds."""

    incident: int
    line: SumLine
    needed: int
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Parallel arrays over columns in canonical order (incident, slot, time, group)."""

    group: Ints
    slot: Ints
    incident: Ints
    time: Ints
    exact: Flags
    late: Flags
    area: Flags
    cost: Ints


@dataclass(frozen=True, slots=True)
class Model:
    """What every solver stage reads; `sizes` and `free` = units of each group, and whether they may be sent."""

    tables: Tables
    slots: tuple[Slot, ...]
    groups: tuple[Group, ...]
    sizes: Ints
    free: Flags
    columns: Columns
    sums: tuple[SumRow, ...]
    priority: tuple[int, ...]
    area_open: tuple[bool, ...]
    area_price_s: int

    def sent(self, used: Ints) -> Ints:
        """Units of each group in a plan of `used` units per column."""
        return np.bincount(self.columns.group, weights=used, minlength=len(self.sizes)).astype(np.int64)

    def last_arrivals(self, used: Ints) -> Ints:
        """T_i of a plan: seconds of the last unit sent to each incident, 0 where nobody is."""
        latest = np.zeros(len(self.priority), dtype=np.int64)
        np.maximum.at(latest, self.columns.incident, np.where(used > 0, self.columns.time, 0))
        return latest


def build(tables: Tables, scorer: Scorer) -> Model:
    """Groups, columns and open sum rows of a canonical problem."""
    incidents = tables.problem.incidents
    groups = _groups(tables)
    sums = _sum_rows(tables, groups)
    return Model(
        tables,
        tables.slots,
        groups,
        np.array([len(group.unit_ids) for group in groups], dtype=np.int64),
        np.array([group.bound < 0 for group in groups], dtype=bool),
        _columns(tables, scorer, groups, sums),
        sums,
        tuple(incident.priority for incident in incidents),
        tuple(scorer.area_applies[incident.id] for incident in incidents),
        tables.problem.policy.area_price_s,
    )


def _groups(tables: Tables) -> tuple[Group, ...]:
    members: dict[tuple[int, str, int, Times, str, str | None], list[str]] = {}
    for unit in tables.main:
        for bound, times in _appearances(tables, unit):
            if times:
                alike = (tables.class_of[unit.id], unit.station_id, bound, times, unit.place, unit.holder)
                members.setdefault(alike, []).append(unit.id)
    groups = [Group(tuple(ids), *alike[:4]) for alike, ids in members.items()]
    return tuple(sorted(groups, key=lambda group: (group.unit_ids, group.bound, group.times)))


def _appearances(tables: Tables, unit: Unit) -> list[tuple[int, Times]]:
    """How a unit enters the model: once, or once per incident where shareable; bound units at their incident only."""
    incidents = tables.problem.incidents
    blank: list[tuple[int, bool, int]] = [UNREACHED] * len(incidents)
    reached = list(blank)
    found: list[tuple[int, Times]] = []
    for number, incident in enumerate(incidents):
        if tables.is_bound(unit, incident.id):
            found.append((number, (*blank[:number], (0, True, 0), *blank[number + 1 :])))
        elif tables.is_free(unit, incident.id):
            eta = tables.eta(unit, incident.id)
            if eta is not None:
                way = tables.reach[unit.id, incident.id]
                reached[number] = (eta, way.exact, way.spare_s)
    if not unit.shareable:
        return [*found, (-1, tuple(reached))] if reached != blank else found
    alone = [
        (-1, (*blank[:number], entry, *blank[number + 1 :]))
        for number, entry in enumerate(reached)
        if entry != UNREACHED
    ]
    return found + alone


def _sum_rows(tables: Tables, groups: tuple[Group, ...]) -> tuple[SumRow, ...]:
    rows = []
    for number, incident in enumerate(tables.problem.incidents):
        bound = tables.bound_to(incident.id)
        for line in incident.sums:
            needed = line.total - sum(amount_of(unit, line.attribute) for unit in bound)
            if needed > 0:
                per_class = [tables.class_adds(klass, line.attribute) for klass in range(len(tables.classes))]
                adds = tuple(0 if group.bound >= 0 else per_class[group.klass] for group in groups)
                rows.append(SumRow(number, line, needed, adds))
    return tuple(rows)


def held_by(model: Model, keep: Keep) -> Ints:
    """Which guards a unit of each group holds, as groups x guards; units that are gone hold none."""
    rows = [keep.row(group.unit_ids[0]) if group.bound < 0 else -1 for group in model.groups]
    return np.asarray(keep.held[rows])


def widened(model: Model, scorer: Scorer, latest: tuple[int, ...]) -> Model:
    """The same model with every column that arrives by `latest` (per incident), pruned or not, and no later one."""
    return replace(model, columns=_columns(model.tables, scorer, model.groups, model.sums, latest))


def _columns(
    tables: Tables,
    scorer: Scorer,
    groups: tuple[Group, ...],
    sums: tuple[SumRow, ...],
    latest: tuple[int, ...] | None = None,
) -> Columns:
    """The columns inside the pruning limits, or those that arrive by `latest`."""
    pruned = _prune_limits(tables, groups, sums) if latest is None else {}
    fits = np.array(tables.fits, dtype=bool).reshape(len(tables.classes), len(tables.slots))
    klass: Ints = np.array([group.klass for group in groups], dtype=np.int64)
    free = np.array([group.bound < 0 for group in groups], dtype=bool)
    parts = [np.zeros((8, 0), dtype=np.int64)]
    for number, incident in enumerate(tables.problem.incidents):
        time: Ints = np.array([group.times[number][0] for group in groups], dtype=np.int64)
        exact = np.array([group.times[number][1] for group in groups], dtype=bool)
        spare: Ints = np.array([group.times[number][2] for group in groups], dtype=np.int64)
        area = free & np.array([group.station_id in incident.area_station_ids for group in groups], dtype=bool)
        if latest is None:
            keys = [(number, group.klass, group.times[number][1]) for group in groups]
            inside = area | (time <= np.array([pruned.get(key, -1) for key in keys], dtype=np.int64))
        else:
            inside = time <= latest[number]
        open_ = (time >= 0) & (inside | ~free)
        cost = np.where(free, scorer.arrival(incident, time + spare), 0)
        for slot, due, at in _places(tables, sums, number, open_, fits[klass]):
            late = time[at] > due if due is not None else np.zeros_like(at)
            same = np.full_like(at, number), np.full_like(at, slot)
            parts.append(np.stack((*same, time[at], at, exact[at], late, area[at], cost[at])))
    table = np.concatenate(parts, axis=1)
    table = table[:, np.lexsort(table[3::-1])]
    incident_, slot_, time_, group_, exact_, late_, area_, cost_ = (np.ascontiguousarray(part) for part in table)
    return Columns(group_, slot_, incident_, time_, exact_.astype(bool), late_.astype(bool), area_.astype(bool), cost_)


def _places(
    tables: Tables, sums: tuple[SumRow, ...], number: int, open_: Flags, fits: Flags
) -> Iterator[tuple[int, int | None, Ints]]:
    """The lines of an incident with their deadlines, and the totals (-1), each with the groups that may serve there."""
    for slot, entry in enumerate(tables.slots):
        if entry.incident == number and entry.line.quantity:
            yield slot, entry.line.deadline_s, np.flatnonzero(open_ & fits[:, slot])
    adding = [np.array(row.amounts, dtype=np.int64) > 0 for row in sums if row.incident == number]
    if adding:
        yield -1, None, np.flatnonzero(open_ & np.any(adding, axis=0))


def _prune_limits(
    tables: Tables, groups: tuple[Group, ...], sums: tuple[SumRow, ...]
) -> dict[tuple[int, int, bool], int]:
    """Per incident, class and exactness, the time of the K_k-th nearest unit; absent = the class has no use there."""
    usable = [_most_usable(tables, sums, klass, groups) for klass in range(len(tables.classes))]
    entries: dict[tuple[int, int, bool], list[tuple[int, int]]] = {}
    for group in groups:
        for number, (time, exact, _) in enumerate(group.times):
            if time >= 0 and group.bound < 0 and usable[group.klass][number]:
                entries.setdefault((number, group.klass, exact), []).append((time, len(group.unit_ids)))
    limits = {}
    for key, found in entries.items():
        wanted = sum(usable[key[1]])
        found.sort()
        limit, seen = 0, 0
        for time, size in found:
            if seen >= wanted:
                break
            limit, seen = time, seen + size
        limits[key] = limit
    return limits


def _most_usable(tables: Tables, sums: tuple[SumRow, ...], klass: int, groups: tuple[Group, ...]) -> list[int]:
    """K_ik for each incident: places in count lines plus units that could be needed for sum lines."""
    usable = [0] * len(tables.problem.incidents)
    for slot, entry in enumerate(tables.slots):
        if tables.fits[klass][slot]:
            usable[entry.incident] += entry.line.quantity
    sample = next((at for at, group in enumerate(groups) if group.klass == klass and group.bound < 0), None)
    for row in sums:
        if sample is not None and row.amounts[sample] > 0:
            usable[row.incident] += -(-row.needed // row.amounts[sample])
    return usable
