"""First aid: the nearest micro stations within their radius, sent beside the plan and counted in no line.

Pairs (station, incident) in order of arrival, then priority, then id; each station goes once, each incident gets a few.
Micro stations reach a scene within 3 minutes (微型消防站 3 分钟到场) with hand tools: they begin, they do not replace.
"""

from dispatch.optimizer.plan import FirstAid
from dispatch.optimizer.problem import Policy
from dispatch.optimizer.tables import Tables


def first_aid(tables: Tables) -> dict[str, tuple[FirstAid, ...]]:
    """Picks per incident id; only exact times count."""
    policy: Policy = tables.problem.policy
    pairs = []
    for unit in tables.problem.units:
        if unit.tier != "first_aid" or unit.standing.status != "available":
            continue
        for reach in unit.reach:
            eta = tables.eta(unit, reach.incident_id)
            known = reach.incident_id in tables.incidents and reach.exact
            if known and eta is not None and eta <= policy.first_aid_radius_s:
                pairs.append((eta, -tables.incidents[reach.incident_id].priority, unit.id, reach))
    chosen: dict[str, list[FirstAid]] = {incident: [] for incident in tables.incidents}
    gone: set[str] = set()
    for eta, _, unit_id, reach in sorted(pairs, key=lambda pair: (*pair[:3], pair[3].incident_id)):
        mine = chosen[reach.incident_id]
        if unit_id not in gone and len(mine) < policy.first_aid_limit:
            gone.add(unit_id)
            mine.append(FirstAid(unit_id, eta, reach.method))
    return {incident: tuple(picks) for incident, picks in chosen.items()}
