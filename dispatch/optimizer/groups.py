"""Units that are the same to the solver become one group with a number; what may go where becomes arrays of columns.

Never one boolean per unit: with k equal units at a station a model of booleans has k! equal optima. A group is every
unit with the same capability class, station, standing and times. A column is (group, count line) or (group, incident)
for units that only add to sum lines (slot -1).

Pruning by the exchange argument: let K_ik be the most units of class k that incident i can use and K_k their sum. If
i used a class-k unit slower than the K_k-th nearest, one of the K_k nearest would be free, and swapping is
capability-neutral and never slower; so columns beyond that time are left out without losing an optimum. The area's
stations are always kept.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer.problem import SumLine, Unit
from dispatch.optimizer.score import Scorer, arrival_cost, card_size
from dispatch.optimizer.tables import Slot, Tables, amount_of

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Times = tuple[tuple[int, bool], ...]
UNREACHED = (-1, True)


@dataclass(frozen=True, slots=True)
class Group:
    """Interchangeable units by id. `bound` = incident they are committed to, -1 = free; `times` per incident."""

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
    """What every solver stage reads."""

    tables: Tables
    slots: tuple[Slot, ...]
    groups: tuple[Group, ...]
    columns: Columns
    sums: tuple[SumRow, ...]
    priority: tuple[int, ...]
    area_open: tuple[bool, ...]
    area_price_s: int


def build(tables: Tables, scorer: Scorer) -> Model:
    """Groups, columns and open sum rows of a canonical problem."""
    incidents = tables.problem.incidents
    groups = _groups(tables)
    sums = _sum_rows(tables, groups)
    return Model(
        tables,
        tables.slots,
        groups,
        _columns(tables, groups, sums),
        sums,
        tuple(incident.priority for incident in incidents),
        tuple(scorer.area_applies[incident.id] for incident in incidents),
        tables.problem.policy.area_price_s,
    )


def _groups(tables: Tables) -> tuple[Group, ...]:
    members: dict[tuple[int, str, int, Times], list[str]] = {}
    for unit in tables.main:
        for bound, times in _appearances(tables, unit):
            if times:
                signature = (tables.class_of[unit.id], unit.station_id, bound, times)
                members.setdefault(signature, []).append(unit.id)
    groups = [
        Group(tuple(ids), klass, station, bound, times) for (klass, station, bound, times), ids in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: (group.unit_ids, group.bound, group.times)))


def _appearances(tables: Tables, unit: Unit) -> list[tuple[int, Times]]:
    """How a unit enters the model: once, or once per incident where shareable; bound units at their incident only."""
    incidents = tables.problem.incidents
    blank: list[tuple[int, bool]] = [UNREACHED] * len(incidents)
    reached = list(blank)
    found: list[tuple[int, Times]] = []
    for number, incident in enumerate(incidents):
        if tables.is_bound(unit, incident.id):
            found.append((number, (*blank[:number], (0, True), *blank[number + 1 :])))
        elif tables.is_free(unit, incident.id):
            eta = tables.eta(unit, incident.id)
            if eta is not None:
                reached[number] = (eta, tables.reach[unit.id, incident.id].exact)
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


def _columns(tables: Tables, groups: tuple[Group, ...], sums: tuple[SumRow, ...]) -> Columns:
    limits = _prune_limits(tables, groups, sums)
    rows: list[tuple[int, ...]] = []
    for number in range(len(tables.problem.incidents)):
        rows += _columns_of(tables, groups, sums, limits, number)
    rows.sort()
    table: Ints = np.array(rows, dtype=np.int64).reshape(-1, 8).T
    incident_, slot_, time_, group_, exact_, late_, area_, cost_ = (np.ascontiguousarray(part) for part in table)
    flags = (exact_.astype(bool), late_.astype(bool), area_.astype(bool))
    return Columns(group_, slot_, incident_, time_, *flags, cost_)


def _columns_of(
    tables: Tables,
    groups: tuple[Group, ...],
    sums: tuple[SumRow, ...],
    limits: dict[tuple[int, int, bool], int],
    number: int,
) -> list[tuple[int, ...]]:
    """Columns of one incident as rows of the table: incident, slot, time, group, exact, late, area, cost."""
    incident, rows = tables.problem.incidents[number], list[tuple[int, ...]]()
    size = card_size(incident)
    slots = [slot for slot, entry in enumerate(tables.slots) if entry.incident == number and entry.line.quantity]
    adding = [row.amounts for row in sums if row.incident == number]
    for position, group in enumerate(groups):
        time, exact = group.times[number]
        area = group.bound < 0 and group.station_id in incident.area_station_ids
        if time < 0 or (not area and time > limits.get((number, group.klass, exact), -1) and group.bound < 0):
            continue
        cost = 0 if group.bound >= 0 else arrival_cost(incident.priority, size, time)
        for slot in (slot for slot in slots if tables.fits[group.klass][slot]):
            due = tables.slots[slot].line.deadline_s
            rows.append((number, slot, time, position, exact, due is not None and time > due, area, cost))
        if any(amounts[position] > 0 for amounts in adding):
            rows.append((number, -1, time, position, exact, False, area, cost))
    return rows


def _prune_limits(
    tables: Tables, groups: tuple[Group, ...], sums: tuple[SumRow, ...]
) -> dict[tuple[int, int, bool], int]:
    """Per incident, class and exactness, the time of the K_k-th nearest unit; absent = the class has no use there."""
    usable = [_most_usable(tables, sums, klass, groups) for klass in range(len(tables.classes))]
    entries: dict[tuple[int, int, bool], list[tuple[int, int]]] = {}
    for group in groups:
        for number, (time, exact) in enumerate(group.times):
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
