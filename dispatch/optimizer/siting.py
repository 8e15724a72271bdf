"""Where one more station or unit raises coverage most (增设消防站点): every candidate by itself, then the best few.

  value(S) = worth(covers now + covers of S) - worth(covers now)                                  (coverage.py)

With busy_pct = 0 this is the maximal covering location problem of Church and ReVelle (1974), else the expected form of
Daskin (1983). One site: exact, every candidate is evaluated. Several: value is monotone and submodular, so the greedy
set reaches at least 1 - 1/e = 63 % of the best (Nemhauser, Wolsey and Fisher 1978); the bound given is the tighter one
of that instance, value(greedy) + the sum of the k largest gains left, and the exact program (CP-SAT) often closes it;
beyond MOST_TERMS pairs of a candidate and a zone the program would be slow to build and is left out.

Areas are told, never decided on: 城市消防站建设标准 (建标152) gives an ordinary station up to 7 km2, in suburbs 15.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.coverage import BANDS_S, COVERS, FAR_S, MILLION, share_ppm, steps, worth
from dispatch.optimizer.linear import Meter, charge, set_limits
from dispatch.optimizer.moves import merge
from dispatch.optimizer.problem import Budget
from dispatch.optimizer.program import FAILURES, SOLVER

CITY_M2, SUBURB_M2 = 7_000_000, 15_000_000
MOST_TERMS = 100_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A point for `units` more first-due units; `suburban` chooses the area rule."""

    id: str
    units: int = 1
    suburban: bool = False


@dataclass(frozen=True, eq=False)
class Region:
    """Zones with risk and area, what covers them now, and the candidates; seconds without turnout, FAR_S = no way.

    `first_s` = seconds from the order to the first unit per zone, `covers` = units within the limit per zone, both
    now; `drive_s` is candidates x zones.
    """

    zone_ids: tuple[str, ...]
    risk: Ints
    area_m2: Ints
    first_s: Ints
    covers: Ints
    candidates: tuple[Candidate, ...]
    drive_s: Ints
    turnout_s: int = 60
    limit_s: int = 300
    busy_pct: int = 15


@dataclass(frozen=True, slots=True)
class Site:
    """What one candidate would do. Shares in millionths of the risk; `nearest_m2` = zones that it would reach first.

    `newly_covered` = zones that nobody reaches within the limit now; `sooner_s` = mean seconds that the
    risk gains, zones that nobody reaches now left out.
    """

    candidate_id: str
    gain_ppm: int
    within_ppm: tuple[int, ...]
    newly_covered: tuple[str, ...]
    newly_ppm: int
    sooner_s: int
    nearest_m2: int
    area_limit_m2: int


@dataclass(frozen=True, slots=True)
class Sites:
    """The best set of several in the order in which greedy would build it; no set gains more than `bound_ppm`."""

    candidate_ids: tuple[str, ...]
    gain_ppm: int
    bound_ppm: int
    within_ppm: tuple[int, ...]
    source: str
    proved: bool
    guard_fired: bool = False
    failure: str = ""
    solver: str = SOLVER


def rank_sites(region: Region) -> tuple[Site, ...]:
    """Every candidate with its gain, best first, ties by id. Raises ValueError where shapes or ids do not fit."""
    region = _in_order(region)
    reach = _reach(region)
    sites = [_site(region, reach, at) for at in range(len(region.candidates))]
    return tuple(sorted(sites, key=lambda site: (-site.gain_ppm, -site.newly_ppm, site.candidate_id)))


def best_sites(region: Region, most: int, budget: Budget | None = None) -> Sites:
    """The best `most` candidates together; exact where the budget allows, else greedy with its bound."""
    region = _in_order(region)
    meter, reach = Meter(budget or Budget()), _reach(region)
    by_greedy = _greedy(region, reach, range(len(reach)), most)
    chosen, source, bound = by_greedy, "greedy", _bound(region, reach, by_greedy, most)
    try:
        found = _exact(region, reach, most, by_greedy, meter)
    except FAILURES as failure:
        found, meter.failure = None, type(failure).__name__
    if found is not None:
        bound = min(bound, found[1])
        if _value(region, reach, found[0]) > _value(region, reach, by_greedy):
            chosen, source = _greedy(region, reach, found[0], most), "program"
    value, total = _value(region, reach, chosen), max(1, int(region.risk.sum()))
    first_s = np.minimum(region.first_s, _first(region, chosen))
    return Sites(
        tuple(region.candidates[at].id for at in chosen),
        value // total,
        bound // total,
        tuple(share_ppm(first_s, region.risk, band) for band in BANDS_S),
        source,
        value >= bound,
        meter.guard_fired,
        meter.failure,
    )


def _in_order(region: Region) -> Region:
    """The same region sorted by id, so that the order of rows cannot change an answer."""
    _refuse_contradictions(region)
    rows = sorted(range(len(region.candidates)), key=lambda at: region.candidates[at].id)
    columns = sorted(range(len(region.zone_ids)), key=region.zone_ids.__getitem__)
    return replace(
        region,
        zone_ids=tuple(region.zone_ids[at] for at in columns),
        risk=region.risk[columns],
        area_m2=region.area_m2[columns],
        first_s=region.first_s[columns],
        covers=region.covers[columns],
        candidates=tuple(region.candidates[at] for at in rows),
        drive_s=region.drive_s[rows][:, columns],
    )


def _reach(region: Region) -> Ints:
    """Covers that each candidate adds per zone."""
    units = np.array([candidate.units for candidate in region.candidates], dtype=np.int64)
    return np.asarray((region.drive_s + region.turnout_s <= region.limit_s) * units[:, None], dtype=np.int64)


def _first(region: Region, chosen: list[int]) -> Ints:
    if not chosen:
        return region.first_s
    return np.asarray(region.drive_s[chosen].min(axis=0) + region.turnout_s, dtype=np.int64)


def _value(region: Region, reach: Ints, chosen: list[int]) -> int:
    covers = region.covers + reach[chosen].sum(axis=0)
    return worth(covers, region.risk, region.busy_pct) - worth(region.covers, region.risk, region.busy_pct)


def _site(region: Region, reach: Ints, at: int) -> Site:
    candidate, total = region.candidates[at], max(1, int(region.risk.sum()))
    arrives = region.drive_s[at] + region.turnout_s
    first_s = np.minimum(region.first_s, arrives)
    new: Flags = (arrives <= region.limit_s) & (region.covers == 0)
    known = region.first_s < FAR_S
    saved = ((region.first_s - first_s) * region.risk)[known].sum()
    return Site(
        candidate.id,
        _value(region, reach, [at]) // total,
        tuple(share_ppm(first_s, region.risk, band) for band in BANDS_S),
        tuple(sorted(region.zone_ids[zone] for zone in np.flatnonzero(new))),
        int(region.risk[new].sum()) * MILLION // total,
        int(saved) // total,
        int(region.area_m2[arrives < region.first_s].sum()),
        SUBURB_M2 if candidate.suburban else CITY_M2,
    )


def _gains(region: Region, reach: Ints, chosen: list[int]) -> Ints:
    """What each candidate would add to a set, in risk-millionths."""
    first, second = steps(region.busy_pct)
    covers = region.covers + reach[chosen].sum(axis=0)
    levels = np.array([0, first, first + second], dtype=np.int64)
    after = levels[np.minimum(covers + reach, COVERS)]
    return np.asarray((after - levels[np.minimum(covers, COVERS)]) @ region.risk, dtype=np.int64)


def _greedy(region: Region, reach: Ints, among: Sequence[int], most: int) -> list[int]:
    chosen: list[int] = []
    while len(chosen) < most:
        gains = _gains(region, reach, chosen)
        best = max((at for at in among if at not in chosen), key=lambda at: int(gains[at]), default=None)
        if best is None or gains[best] <= 0:
            break
        chosen.append(best)
    return chosen


def _bound(region: Region, reach: Ints, chosen: list[int], most: int) -> int:
    left = _gains(region, reach, chosen)
    left[chosen] = 0
    return _value(region, reach, chosen) + int(np.sort(left)[::-1][: max(most, 0)].sum())


def _exact(region: Region, reach: Ints, most: int, hint: list[int], meter: Meter) -> tuple[list[int], int] | None:
    """The best set and a bound (risk-millionths): s_c chosen; c_z, d_z first and second new cover of a kind of zone."""
    if meter.left_s <= 0.0 or most < 1 or np.count_nonzero(reach) > MOST_TERMS:
        return None
    cp, (first, second) = cp_model.CpModel(), steps(region.busy_pct)
    chosen = [cp.new_bool_var(f"s{at}") for at in range(len(reach))]
    cp.add(cp_model.LinearExpr.sum(chosen) <= most)
    open_ = (region.covers < COVERS) & reach.any(axis=0)
    rows, risks = merge(np.vstack([reach, region.covers])[:, open_], region.risk[open_])
    terms: list[Any] = []
    for row, risk in zip(rows.T, risks.tolist(), strict=True):
        added = [chosen[at] * int(row[at]) for at in np.flatnonzero(row[:-1]).tolist()]
        names = [(cp.new_bool_var(""), price) for price in ((first, second) if row[-1] == 0 else (second,))]
        cp.add(cp_model.LinearExpr.sum([name for name, _ in names]) <= cp_model.LinearExpr.sum(added))
        terms += [name * (risk * price) for name, price in names]
    cp.maximize(cp_model.LinearExpr.sum(terms))
    for at, variable in enumerate(chosen):
        cp.add_hint(variable, at in hint)
    solver = cp_model.CpSolver()
    set_limits(solver, meter)
    status = solver.solve(cp)
    charge(solver, status, meter)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = [at for at, variable in enumerate(chosen) if solver.value(variable)]
    if status == cp_model.OPTIMAL:
        return found, _value(region, reach, found)
    return found, int(np.ceil(solver.best_objective_bound - 1e-6))


def _refuse_contradictions(region: Region) -> None:
    zones, ids = len(region.zone_ids), [candidate.id for candidate in region.candidates]
    if region.drive_s.shape != (len(ids), zones):
        raise ValueError(f"seconds {region.drive_s.shape} for {len(ids)} candidates and {zones} zones")
    for array in (region.risk, region.area_m2, region.first_s, region.covers):
        if array.shape != (zones,) or array.min(initial=0) < 0:
            raise ValueError(f"{array.shape} figures for {zones} zones, or one below 0")
    if len(set(ids)) != len(ids):
        raise ValueError(f"candidate {min(twin for twin in ids if ids.count(twin) > 1)} is given twice")
