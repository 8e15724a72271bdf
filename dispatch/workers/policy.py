"""From the commander's policy to what the optimizer weighs: styles, reserves, and who is spared and why."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dispatch import optimizer
from dispatch.optimizer.problem import REST, SPECIAL
from kernel.contracts.incident import Incident
from kernel.contracts.policy import DispatchPolicy, RestRule, SpecialRule

Spared = dict[tuple[str, str], int]


def policy_of(policy: DispatchPolicy) -> optimizer.Policy:
    """The same policy in the optimizer's words."""
    return optimizer.Policy(
        area_price_s=policy.area_price_s,
        first_aid_limit=policy.first_aid_limit,
        styles=tuple(
            optimizer.Style(
                style.name.value,
                style.tolerance_s,
                style.first_tolerance_s,
                style.cover_price,
                style.unit_price,
                style.station_price,
            )
            for style in policy.styles
        ),
        reserves=tuple(
            optimizer.Reserve(rule.station_id or "", rule.capability, rule.at_least, rule.price)
            for rule in policy.reserves
        ),
    )


def spared(policy: DispatchPolicy, incidents: Iterable[Incident]) -> Spared:
    """Seconds by which a station's units are spared, by station and incident; the strictest rule holds."""
    found: Spared = {}
    holding = [(rule, each) for each in incidents for rule in policy.specials if not _leads(rule, each)]
    for rule, incident in holding:
        for station_id in rule.station_ids:
            key = station_id, incident.id
            found[key] = max(rule.spare_s, found.get(key, 0))
    return found


def sparing(unit: optimizer.Unit, kept: Spared, worked_s: Mapping[str, int], rest: RestRule | None) -> optimizer.Unit:
    """The unit with what each of its ways is spared by: its special station or its tired crew, whichever is more."""
    tired_s = worked_s.get(unit.id, 0) if rest else 0
    rest_s = rest.spare_s if rest and tired_s else 0
    ways = []
    for way in unit.reach:
        spare_s, why = max((kept.get((unit.station_id, way.incident_id), 0), SPECIAL), (rest_s, REST))
        ways.append(replace(way, spare_s=spare_s, spare_why=why) if spare_s else way)
    return replace(unit, reach=tuple(ways), worked_s=tired_s)


def _leads(rule: SpecialRule, incident: Incident) -> bool:
    return incident.kind in rule.kinds or bool(set(incident.hazards) & set(rule.hazards))
