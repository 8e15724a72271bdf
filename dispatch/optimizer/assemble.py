"""From roles to the recommendation that people see: figures, picks, reasons, first aid, materials, the peer."""

from dataclasses import dataclass
from functools import cached_property

from dispatch.optimizer.alternative import alternative
from dispatch.optimizer.departure import departure
from dispatch.optimizer.explain import Explainer
from dispatch.optimizer.firstaid import first_aid
from dispatch.optimizer.flow import Network
from dispatch.optimizer.groups import build
from dispatch.optimizer.hall import unmet_lines
from dispatch.optimizer.haulage import Haulage
from dispatch.optimizer.limited import limited
from dispatch.optimizer.materials import Load
from dispatch.optimizer.plan import (
    EXTRA,
    FirstAid,
    GreedyBeside,
    IncidentPlan,
    Provenance,
    Recommendation,
    Roles,
    Standby,
    SumTotal,
    Unmet,
)
from dispatch.optimizer.problem import Budget, Incident, Problem, hash_of, stated
from dispatch.optimizer.program import SOLVER
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables


@dataclass(frozen=True)
class Parts:
    """What was asked and what the stages decided.

    `judge` = the scorer of the plan's style; `styles` = name, roles and proof of each.
    """

    asked: Problem
    tables: Tables
    scorer: Scorer
    judge: Scorer
    roles: Roles
    greedy: Roles
    styles: tuple[tuple[str, Roles, str], ...]
    loads: tuple[Load, ...]
    provenance: Provenance
    budget: Budget

    @cached_property
    def network(self) -> Network:
        """The flows of the whole problem, for those who ask what else could be done."""
        return Network(build(self.tables, self.scorer))


def assemble(parts: Parts) -> Recommendation:
    """The recommendation of decided roles and loads."""
    explainer = Explainer(parts.tables, parts.judge, parts.roles, parts.budget.nearer_per_pick)
    haulage = Haulage(parts.tables.problem, parts.loads)
    aid, unmet = first_aid(parts.tables), unmet_lines(parts.tables, parts.roles)
    incidents = tuple(
        _incident(parts, incident, explainer, haulage, aid[incident.id], unmet[incident.id])
        for incident in parts.tables.problem.incidents
    )
    text = stated(parts.asked)
    every = (*parts.styles, ("greedy", parts.greedy, "greedy"))
    return Recommendation(
        incidents,
        parts.roles,
        _beside(parts, incidents),
        tuple(alternative(parts.scorer, *each) for each in every),
        parts.provenance,
        hash_of(text),
        SOLVER,
        parts.judge.limits,
        text,
    )


def _incident(
    parts: Parts,
    incident: Incident,
    explainer: Explainer,
    haulage: Haulage,
    aid: tuple[FirstAid, ...],
    unmet: tuple[Unmet, ...],
) -> IncidentPlan:
    return IncidentPlan(
        incident.id,
        parts.scorer.figures(incident.id, parts.roles),
        explainer.picks(incident),
        _committed(parts, incident),
        aid,
        haulage.picks(incident),
        unmet,
        haulage.unmet(incident),
        _totals(parts, incident),
        departure(parts.scorer, parts.network, incident, parts.roles),
        limited(parts.tables, incident, parts.roles),
    )


def _committed(parts: Parts, incident: Incident) -> tuple[Standby, ...]:
    lines = {role.unit_id: role.line_id for role in parts.roles if role.incident_id == incident.id}
    return tuple(
        Standby(unit.id, lines.get(unit.id, EXTRA), unit.standing.residual_s)
        for unit in parts.scorer.bound[incident.id]
    )


def _totals(parts: Parts, incident: Incident) -> tuple[SumTotal, ...]:
    units = parts.tables.units
    mine = [role for role in parts.roles if role.incident_id == incident.id]
    sent = [role for role in mine if not parts.tables.is_bound(units[role.unit_id], incident.id)]
    return tuple(
        SumTotal(line.id, line.attribute, line.total, parts.scorer.brought(incident.id, line.attribute, sent))
        for line in incident.sums
    )


def _beside(parts: Parts, incidents: tuple[IncidentPlan, ...]) -> GreedyBeside:
    figures = tuple(parts.scorer.figures(part.incident_id, parts.greedy) for part in incidents)
    pairs = [(part.figures, peer) for part, peer in zip(incidents, figures, strict=True)]
    return GreedyBeside(
        parts.greedy,
        figures,
        tuple((ours.incident_id, (peer.completion_s or 0) - (ours.completion_s or 0)) for ours, peer in pairs),
        tuple((ours.incident_id, (peer.first_due_s or 0) - (ours.first_due_s or 0)) for ours, peer in pairs),
        tuple((ours.incident_id, peer.unmet_units - ours.unmet_units) for ours, peer in pairs),
        tuple((ours.incident_id, peer.units - ours.units) for ours, peer in pairs),
    )
