"""Why each pick, and why not the units that would have been there earlier.

Codes of a pick (parameters in brackets):
  nearest · nearest_left [rank] · only_one_in_service · area_station · for_total [line, attribute, adds]
  time_not_exact [method] · after_deadline [deadline_s] · road_limit [slower_s]
Codes against a nearer unit: out_of_service / outside [reason] · committed_to [incident, status] · fills_line [line] ·
  needed_by [incident, line, would_lack | would_wait_s,
  stand_in, stand_in_later_s] · area_station_first · brings_less [line, attribute, short_by] ·
  time_not_exact · later_full_complement · equal_time_lower_id · plan_not_proved (the exchange would be better: the plan
  was stopped by its budget and says so).
"""

from dispatch.optimizer.counterfactual import Trial
from dispatch.optimizer.plan import EXTRA, Nearer, Pick, Reason, Role, Roles
from dispatch.optimizer.problem import CountLine, Incident, Unit
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables, amount_of

Ranked = list[tuple[bool, int, str]]


class Explainer:
    """Explains the picks of one plan; the ranking of a line's units is made once per line."""

    def __init__(self, tables: Tables, scorer: Scorer, roles: Roles, nearer_per_pick: int) -> None:
        self.tables, self.trial, self.limit = tables, Trial(tables, scorer, roles), nearer_per_pick
        self.roles = roles
        self.holding: dict[tuple[str, str], set[str]] = {}
        for role in roles:
            self.holding.setdefault(role[:2], set()).add(role.unit_id)
        self._ranked: dict[tuple[str, str], Ranked] = {}

    def picks(self, incident: Incident) -> tuple[Pick, ...]:
        """The units sent to an incident (not those already committed), in order of arrival."""
        sent = [
            self._pick(incident, role)
            for role in self.roles
            if role.incident_id == incident.id
            and not self.tables.is_bound(self.tables.units[role.unit_id], incident.id)
        ]
        return tuple(sorted(sent, key=lambda pick: (pick.eta_s, pick.unit_id)))

    def ranked(self, role: Role) -> Ranked:
        """All that could do what the role does, in service or not, exact times first, then by arrival, then by id."""
        key = (role.incident_id, role.line_id)
        if key not in self._ranked:
            entries = []
            for unit in self.tables.main:
                eta = self.tables.eta(unit, role.incident_id)
                if eta is not None and self._could(unit, role):
                    entries.append((not self.tables.reach[unit.id, role.incident_id].exact, eta, unit.id))
            self._ranked[key] = sorted(entries)
        return self._ranked[key]

    def _could(self, unit: Unit, role: Role) -> bool:
        if role.line_id != EXTRA:
            return self.tables.eligible(unit, self.tables.slot_of[role.incident_id, role.line_id])
        return any(amount_of(unit, line.attribute) > 0 for line in self.tables.incidents[role.incident_id].sums)

    def _pick(self, incident: Incident, role: Role) -> Pick:
        unit, reach = self.tables.units[role.unit_id], self.tables.reach[role.unit_id, incident.id]
        eta = self.tables.eta(unit, incident.id) or 0
        in_service = [entry for entry in self.ranked(role) if self._in_service(self.tables.units[entry[2]])]
        rank = 1 + [entry[2] for entry in in_service].index(unit.id)
        nearer = self._nearer(role, (not reach.exact, eta, unit.id))
        why = (*self._why(incident, role, rank, len(in_service)), *self._remarks(incident, role, eta))
        return Pick(unit.id, role.line_id, eta, reach.method, reach.flags, reach.exact, rank, why, nearer)

    def _in_service(self, unit: Unit) -> bool:
        return unit.standing.status in ("available", "enroute", "committed")

    def _nearer(self, role: Role, mine: tuple[bool, int, str]) -> tuple[Nearer, ...]:
        holding, found = self.holding[role[:2]], []
        for entry in self.ranked(role):
            unit = self.tables.units[entry[2]]
            earlier = entry[1] < mine[1] or entry[1:] < mine[1:]
            if not earlier or unit.id in holding:
                continue
            found.append((entry[1], entry[2], unit))
        found.sort(key=lambda item: item[:2])
        return tuple(
            Nearer(unit_id, eta, self.trial.reason_against(unit, role)) for eta, unit_id, unit in found[: self.limit]
        )

    def _why(self, incident: Incident, role: Role, rank: int, rivals: int) -> list[Reason]:
        codes = []
        if self.tables.units[role.unit_id].station_id in incident.area_station_ids:
            codes.append(Reason("area_station"))
        if role.line_id == EXTRA:
            codes += self._for_totals(incident, role)
        if rivals == 1:
            codes.append(Reason("only_one_in_service"))
        elif rank == 1:
            codes.append(Reason("nearest"))
        else:
            codes.append(Reason("nearest_left", (("rank", rank),)))
        return codes

    def _for_totals(self, incident: Incident, role: Role) -> list[Reason]:
        unit = self.tables.units[role.unit_id]
        return [
            Reason("for_total", (("line", line.id), ("attribute", line.attribute), ("adds", adds)))
            for line in incident.sums
            if (adds := amount_of(unit, line.attribute)) > 0
        ]

    def _remarks(self, incident: Incident, role: Role, eta: int) -> list[Reason]:
        reach, codes = self.tables.reach[role.unit_id, incident.id], []
        line = next((line for line in incident.counts if line.id == role.line_id), None)
        if not reach.exact:
            codes.append(Reason("time_not_exact", (("method", reach.method), ("flags", reach.flags))))
        if _is_late(line, eta) and line is not None:
            codes.append(Reason("after_deadline", (("deadline_s", line.deadline_s or 0),)))
        if reach.unrestricted_s is not None and reach.travel_s is not None and reach.unrestricted_s < reach.travel_s:
            codes.append(Reason("road_limit", (("slower_s", reach.travel_s - reach.unrestricted_s),)))
        return codes


def _is_late(line: CountLine | None, eta: int) -> bool:
    return line is not None and line.deadline_s is not None and eta > line.deadline_s
