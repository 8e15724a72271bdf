"""A plan in the terms by which alternatives are compared: figures, arrivals, cover before and after, stations left."""

from collections import Counter

from dispatch.optimizer.plan import Alternative, Cover, Roles
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables


def alternative(scorer: Scorer, name: str, roles: Roles, proof: str) -> Alternative:
    """One plan of a problem; the units already committed arrive and count, but leave nothing behind."""
    tables = scorer.tables
    return Alternative(
        name,
        roles,
        tuple(scorer.figures(incident, roles) for incident in tables.incidents),
        tuple((incident, _arrivals(tables, incident, roles)) for incident in tables.incidents),
        _cover(scorer, roles),
        _taken(tables, roles),
        proof,
    )


def _arrivals(tables: Tables, incident_id: str, roles: Roles) -> tuple[int, ...]:
    mine = (tables.units[role.unit_id] for role in roles if role.incident_id == incident_id)
    return tuple(sorted(tables.arrival(unit, incident_id) for unit in mine))


def _cover(scorer: Scorer, roles: Roles) -> Cover:
    keep, sent = scorer.keep, [role.unit_id for role in roles]
    bare = [keep.guards[number] for number in keep.lost(sent) if keep.is_zone[number]]
    uncovered = tuple((guard.name, guard.weight) for guard in sorted(bare, key=lambda g: (-g.weight, g.name)))
    return Cover(scorer.total_risk, keep.covered(), keep.covered(sent), uncovered)


def _taken(tables: Tables, roles: Roles) -> tuple[tuple[str, int, int], ...]:
    """Per station that somebody leaves: units that go, free units that stay."""
    ours = (unit for unit in tables.main if unit.standing.status == "available" and unit.holder is None)
    free = {unit.id: unit.station_id for unit in ours}
    going = {role.unit_id for role in roles if role.unit_id in free}
    goes, has = Counter(free[unit_id] for unit_id in going), Counter(free.values())
    return tuple((station, count, has[station] - count) for station, count in sorted(goes.items()))
