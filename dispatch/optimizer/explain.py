"""Why each pick, and why not the units that would have been there earlier (the codes are listed in codes.py).

Every reason against a unit comes from trying the exchange (counterfactual.py), never from a rule of thumb.
"""

from dataclasses import dataclass

from dispatch.optimizer.counterfactual import Trial
from dispatch.optimizer.plan import EXTRA, Nearer, Pick, Reason, Role, Roles
from dispatch.optimizer.problem import CountLine, Incident
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables, amount_of

IN_SERVICE = ("available", "enroute", "committed")


@dataclass(frozen=True, slots=True)
class Ranking:
    """The units able to fill one line: place of each that is in service, and all by arrival (seconds, id)."""

    rank: dict[str, int]
    earliest: list[tuple[int, str]]


class Explainer:
    """Explains the picks of one plan; the ranking of a line's units is made once per line."""

    def __init__(self, tables: Tables, scorer: Scorer, roles: Roles, nearer_per_pick: int) -> None:
        self.tables, self.trial, self.limit = tables, Trial(tables, scorer, roles), nearer_per_pick
        self.roles = roles
        self.holding: dict[tuple[str, str], set[str]] = {}
        for role in roles:
            self.holding.setdefault(role[:2], set()).add(role.unit_id)
        self.in_service = {unit.id for unit in tables.main if unit.standing.status in IN_SERVICE}
        self._ranked: dict[tuple[str, str], Ranking] = {}

    def picks(self, incident: Incident) -> tuple[Pick, ...]:
        """The units sent to an incident (not those already committed), in order of arrival."""
        sent = [
            self._pick(incident, role)
            for role in self.roles
            if role.incident_id == incident.id
            and not self.tables.is_bound(self.tables.units[role.unit_id], incident.id)
        ]
        return tuple(sorted(sent, key=lambda pick: (pick.eta_s, pick.unit_id)))

    def line(self, role: Role) -> Ranking:
        """All that could do what the role does, in service or not."""
        key = (role.incident_id, role.line_id)
        if key not in self._ranked:
            able = self._able_classes(role)
            entries = [entry for entry in self.tables.arrivals[role.incident_id] if able[entry.klass]]
            in_service = [entry.unit_id for entry in entries if entry.unit_id in self.in_service]
            earliest = sorted([entry[1:3] for entry in entries])
            self._ranked[key] = Ranking({unit: at for at, unit in enumerate(in_service, 1)}, earliest)
        return self._ranked[key]

    def _able_classes(self, role: Role) -> list[bool]:
        if role.line_id != EXTRA:
            slot = self.tables.slot_of[role.incident_id, role.line_id]
            return [fits[slot] for fits in self.tables.fits]
        sums = self.tables.incidents[role.incident_id].sums
        classes = range(len(self.tables.classes))
        return [any(self.tables.class_adds(klass, line.attribute) > 0 for line in sums) for klass in classes]

    def _pick(self, incident: Incident, role: Role) -> Pick:
        unit, reach = self.tables.units[role.unit_id], self.tables.reach[role.unit_id, incident.id]
        eta, line = self.tables.eta(unit, incident.id) or 0, self.line(role)
        rank, rivals = line.rank[unit.id], len(line.rank)
        tired = [Reason("worked", (("worked_s", unit.worked_s),))] if unit.worked_s else []
        why = (*tired, *self._why(incident, role, rank, rivals), *self._remarks(incident, role, eta))
        nearer = self._nearer(role, (eta, unit.id), line)
        return Pick(unit.id, role.line_id, eta, reach.method, reach.flags, reach.exact, rank, why, nearer)

    def _nearer(self, role: Role, mine: tuple[int, str], line: Ranking) -> tuple[Nearer, ...]:
        holding: set[str] = self.holding[role[:2]]
        found: list[Nearer] = []
        for eta, unit_id in line.earliest:
            if (eta, unit_id) >= mine or len(found) == self.limit:
                break
            if unit_id not in holding:
                reason = self.trial.reason_against(self.tables.units[unit_id], role)
                found.append(Nearer(unit_id, eta, reason))
        return tuple(found)

    def _why(self, incident: Incident, role: Role, rank: int, rivals: int) -> list[Reason]:
        codes = []
        unit = self.tables.units[role.unit_id]
        if unit.holder is not None:
            codes.append(Reason("promised", (("organisation", unit.holder),)))
        if unit.station_id in incident.area_station_ids:
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
