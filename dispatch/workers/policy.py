"""From the commander's policy to what the optimizer weighs: styles, reserves, and what special stations are spared."""

from collections.abc import Iterable

from dispatch import optimizer
from kernel.contracts.incident import Incident
from kernel.contracts.policy import DispatchPolicy, SpecialRule

SPECIAL = "special"
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


def _leads(rule: SpecialRule, incident: Incident) -> bool:
    return incident.kind in rule.kinds or bool(set(incident.hazards) & set(rule.hazards))
