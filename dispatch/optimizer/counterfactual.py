"""The true reason, found by trying: put the other unit in the pick's place, let others make good, and see what gets
worse.

Nothing here guesses. The plan with the exchange is scored by the same order as the plan itself, and the first level
that gets worse is the reason. A unit in use elsewhere is replaced there by the best of: the displaced unit, the
nearest free qualified unit, nobody.
"""

from operator import itemgetter

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.keep import STATION, ZONE
from dispatch.optimizer.plan import EXTRA, Reason, Role, Roles, Value
from dispatch.optimizer.problem import REST, Reach, Unit
from dispatch.optimizer.score import Cost, Scorer, total
from dispatch.optimizer.tables import Tables, amount_of


class Trial:
    """Exchanges tried against one plan."""

    def __init__(self, tables: Tables, scorer: Scorer, roles: Roles) -> None:
        self.tables, self.scorer = tables, scorer
        self.by_incident: dict[str, tuple[Role, ...]] = {
            incident: tuple(role for role in roles if role.incident_id == incident) for incident in tables.incidents
        }
        self.costs = {incident: scorer.incident_cost(incident, mine) for incident, mine in self.by_incident.items()}
        self.use: dict[str, Role] = {role.unit_id: role for role in roles}
        self.taken = scorer.keep.taken(role.unit_id for role in roles)
        self.behind = self._behind(self.taken)
        self._stood_in: dict[Role, list[tuple[Cost, Roles, str]]] = {}
        self._known: dict[tuple[str, Roles], tuple[int, int]] = {}

    def reason_against(self, unit: Unit, role: Role) -> Reason:
        """Why `unit`, which qualifies for the role's line, does not have the role."""
        kept = self._kept_by_standing(unit, role.incident_id)
        if kept is not None:
            return kept
        use = self.use.get(unit.id)
        if use is None or (unit.shareable and use.incident_id != role.incident_id):
            return self._against_free(unit, role)
        if use.incident_id == role.incident_id:
            return Reason("fills_line", (("line", use.line_id),))
        return self._against_used(unit, role, use)

    def _kept_by_standing(self, unit: Unit, incident_id: str) -> Reason | None:
        standing = unit.standing
        if self.tables.is_bound(unit, incident_id):
            return Reason("already_committed_here")
        if self.tables.is_free(unit, incident_id):
            return None
        if standing.status in ("enroute", "committed"):
            return Reason("committed_to", (("incident", standing.incident_id or ""), ("status", standing.status)))
        if standing.status == "by_request":
            return Reason("by_request", (("organisation", standing.reason),))
        return Reason(standing.status, (("reason", standing.reason),))

    def _against_free(self, unit: Unit, role: Role) -> Reason:
        mine = self.by_incident[role.incident_id]
        changed = (*(other for other in mine if other != role), role._replace(unit_id=unit.id))
        before, after = self.costs[role.incident_id], self.scorer.incident_cost(role.incident_id, changed)
        return self._worse(role, unit, before, self._with_behind(after, self._exchange(unit.id, role.unit_id)))

    def _exchange(self, comes: str, stays: str) -> Ints:
        """What the guards lose when one unit goes in another's place; an empty name is nobody."""
        keep = self.scorer.keep
        return np.asarray(self.taken + keep.held[keep.row(comes)] - keep.held[keep.row(stays)], dtype=np.int64)

    def _behind(self, taken: Ints) -> int:
        return int(self.scorer.guard_prices @ self.scorer.keep.short(taken))

    def _with_behind(self, cost: Cost, taken: Ints) -> Cost:
        """A cost with what the change leaves behind worse than the plan does."""
        return cost._replace(arrival=cost.arrival + self._behind(taken) - self.behind)

    def _worse(self, role: Role, unit: Unit, before: Cost, after: Cost) -> Reason:
        level = next((name for name in Cost._fields if getattr(after, name) != getattr(before, name)), None)
        if level is None:
            return Reason("equal_time_lower_id")
        if getattr(after, level) < getattr(before, level):
            return Reason("plan_not_proved")
        if level in ("hard", "soft"):
            return self._short_total(role, unit)
        if level == "degraded":
            return Reason("time_not_exact")
        if level == "complete":
            return Reason("area_station_first") if self._leaves_area(role, unit) else Reason("later_full_complement")
        return self._kept_back(unit, role) or Reason("later")

    def _kept_back(self, unit: Unit, role: Role) -> Reason | None:
        """What the unit is kept for, where that decides: its going would be no later and leave something short."""
        way, held = (self.tables.reach[id_, role.incident_id] for id_ in (unit.id, role.unit_id))
        if way.spare_s > held.spare_s:
            return _spared(unit, way)
        keep, taken = self.scorer.keep, self._exchange(unit.id, role.unit_id)
        newly = np.flatnonzero((keep.short(taken) > keep.short(self.taken)) & (self.scorer.guard_prices > 0)).tolist()
        if not newly:
            return None
        zones = [number for number in newly if keep.guards[number].kind == ZONE]
        if zones:
            risk = sum(keep.guards[number].weight for number in zones)
            share = 10_000 * risk // max(1, self.scorer.total_risk)
            return Reason("would_uncover", (("station", unit.station_id), ("risk_bp", share), ("zones", len(zones))))
        guard = keep.guards[newly[0]]
        if guard.kind == STATION:
            return Reason("station_left_alone", (("station", unit.station_id),))
        return Reason("kept_in_reserve", (("station", guard.name[0]), ("capability", guard.name[1])))

    def _short_total(self, role: Role, unit: Unit) -> Reason:
        held = self.tables.units[role.unit_id]
        for line in self.tables.incidents[role.incident_id].sums:
            less = amount_of(held, line.attribute) - amount_of(unit, line.attribute)
            if less > 0:
                return Reason("brings_less", (("line", line.id), ("attribute", line.attribute), ("short_by", less)))
        return Reason("leaves_unmet")

    def _leaves_area(self, role: Role, unit: Unit) -> bool:
        area = self.tables.incidents[role.incident_id].area_station_ids
        return self.tables.units[role.unit_id].station_id in area and unit.station_id not in area

    def _against_used(self, unit: Unit, role: Role, use: Role) -> Reason:
        before_here, before_there = self.costs[role.incident_id], self.costs[use.incident_id]
        mine = (*(held for held in self.by_incident[role.incident_id] if held != role), role._replace(unit_id=unit.id))
        here = self.scorer.incident_cost(role.incident_id, mine)
        options = [
            (self._with_behind(apart, self._exchange(other, role.unit_id)), option, other)
            for apart, option, other in self._options(role, use)
        ]
        there, option, stand_in = min(options, key=itemgetter(0))
        before, after = total([before_here, before_there]), total([here, there])
        if after < before:
            return Reason("plan_not_proved")
        level = next((name for name in Cost._fields if getattr(after, name) != getattr(before, name)), "arrival")
        if getattr(here, level) > getattr(before_here, level):
            return self._worse(role, unit, before_here, here)
        return self._needed(use, option, stand_in)

    def _needed(self, use: Role, option: Roles, stand_in: str) -> Reason:
        """What the other incident would lack, or how much later it would be complete and its line filled."""
        was = self._figures(use.incident_id, self.by_incident[use.incident_id])
        now = self._figures(use.incident_id, option)
        data: list[tuple[str, Value]] = [("incident", use.incident_id), ("line", use.line_id)]
        if now[1] > was[1]:
            return Reason("needed_by", (*data, ("would_lack", now[1] - was[1])))
        later = self._eta(stand_in, use.incident_id) - self._eta(use.unit_id, use.incident_id)
        data += [("would_wait_s", now[0] - was[0]), ("stand_in", stand_in), ("stand_in_later_s", later)]
        return Reason("needed_by", tuple(data))

    def _eta(self, unit_id: str, incident_id: str) -> int:
        return self.tables.eta(self.tables.units[unit_id], incident_id) or 0 if unit_id else 0

    def _options(self, role: Role, use: Role) -> list[tuple[Cost, Roles, str]]:
        """What may follow where a used unit is taken away: nobody, the displaced unit, a free one; each alone."""
        nobody, *free = self._without(use)
        displaced = self.tables.units[role.unit_id]
        if self.tables.eta(displaced, use.incident_id) is None:
            return [nobody, *free]
        if not self._can(self.tables.class_of[displaced.id], use):
            return [nobody, *free]
        return [nobody, self._replaced(use, displaced.id, nobody[1]), *free]

    def _without(self, use: Role) -> list[tuple[Cost, Roles, str]]:
        """Nobody, and the nearest free unit that can do what `use` does, in its place; worked out once per use."""
        if use not in self._stood_in:
            rest = tuple(held for held in self.by_incident[use.incident_id] if held != use)
            found = [(self.scorer.incident_cost(use.incident_id, rest), rest, "")]
            free = self._nearest_free(use)
            self._stood_in[use] = [*found, self._replaced(use, free, rest)] if free else found
        return self._stood_in[use]

    def _replaced(self, use: Role, unit_id: str, rest: Roles) -> tuple[Cost, Roles, str]:
        option = (*rest, use._replace(unit_id=unit_id))
        return self.scorer.incident_cost(use.incident_id, option), option, unit_id

    def _nearest_free(self, use: Role) -> str:
        for entry in self.tables.arrivals[use.incident_id]:
            unused = entry.unit_id not in self.use and self._can(entry.klass, use)
            if unused and self.tables.is_free(self.tables.units[entry.unit_id], use.incident_id):
                return entry.unit_id
        return ""

    def _can(self, klass: int, use: Role) -> bool:
        if use.line_id == EXTRA:
            lines = self.tables.incidents[use.incident_id].sums
            return any(self.tables.class_adds(klass, line.attribute) > 0 for line in lines)
        return self.tables.fits[klass][self.tables.slot_of[use.incident_id, use.line_id]]

    def _figures(self, incident_id: str, roles: Roles) -> tuple[int, int]:
        if (incident_id, roles) not in self._known:
            figures = self.scorer.figures(incident_id, roles)
            self._known[incident_id, roles] = figures.completion_s or 0, figures.unmet_units + figures.unmet_sums
        return self._known[incident_id, roles]


def _spared(unit: Unit, way: Reach) -> Reason:
    if way.spare_why == REST:
        return Reason("resting", (("worked_s", unit.worked_s), ("as_if_s", way.spare_s)))
    return Reason("spared", (("why", way.spare_why), ("as_if_s", way.spare_s)))
