"""What an incident needs: the response cards that apply, their formations, hazard packages and facts, merged.

Per capability the maximum of all sources counts, never the sum (a unit that meets the narrower of two lines meets the
wider one too); pump flow, people and foam are sum lines; every line keeps its source.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone

from kernel.contracts.incident import Incident
from kernel.contracts.plans import (
    CardRef,
    Conditions,
    ForceTable,
    Formation,
    LineKind,
    Requirement,
    ResponseCard,
    Threshold,
)

BEIJING = timezone(timedelta(hours=8))
WINTER_MONTHS = frozenset({11, 12, 1, 2, 3})


def matching_cards(incident: Incident, cards: Iterable[ResponseCard], *, at: datetime) -> tuple[ResponseCard, ...]:
    """Published cards whose conditions hold now; of several, only those of the highest priority."""
    local = at.astimezone(BEIJING)
    hold = [card for card in cards if not card.retired and _holds(card.conditions, incident, local)]
    best = max((card.priority for card in hold), default=0)
    return tuple(sorted((card for card in hold if card.priority == best), key=lambda card: card.id))


def _holds(when: Conditions, incident: Incident, local: datetime) -> bool:
    season = "winter" if local.month in WINTER_MONTHS else "summer"
    height = incident.building_height_m
    return (
        (not when.kinds or incident.kind in when.kinds)
        and (not when.levels or incident.alarm_level in when.levels)
        and (not when.hazards or bool(set(when.hazards) & set(incident.hazards)))
        and (not when.occupancies or incident.occupancy in when.occupancies)
        and (when.min_height_m is None or height >= when.min_height_m)
        and (when.max_height_m is None or height <= when.max_height_m)
        and (not when.hours or local.hour in when.hours)
        and (not when.season or when.season == season)
    )


def requirements(
    incident: Incident, cards: Iterable[ResponseCard], table: ForceTable, own_lines: Iterable[Requirement] = ()
) -> tuple[Requirement, ...]:
    """The merged lines of an incident in force; the commander's own lines are kept as they are."""
    wanted: list[Requirement] = []
    for card in cards:
        wanted += card.lines
        if card.formation is not None:
            wanted += formation_lines(card.formation, incident, table)
    for hazard in incident.hazards:
        wanted += table.add_ons.get(hazard, ())
    return (*merge(wanted), *own_lines)


def formation_lines(formation: Formation, incident: Incident, table: ForceTable) -> list[Requirement]:
    """Count lines of a formation times the number of formations for the alarm level."""
    times = formation.per_level.get(str(int(incident.alarm_level)), 1)
    keys = {key.key: key for key in table.formation_keys}
    lines = []
    for name, members in sorted(formation.members.items()):
        key = keys.get(name)
        if key is None or members * times == 0:
            continue
        needed_height = (Threshold(parameter="height_m", at_least=incident.building_height_m),)
        raised = needed_height if key.height_of_building and incident.building_height_m > 0 else ()
        lines.append(
            Requirement(
                key=name,
                kind=LineKind.COUNT,
                capabilities=key.capabilities,
                amount=key.amount,
                thresholds=(*key.thresholds, *raised),
                quantity=members * times,
                first_due=True,
                source=f"{formation.key} x{times}",
            )
        )
    return lines


def merge(lines: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Lines merged by the maximum per capability; unique keys; narrower lines count for the wider ones."""
    merged: dict[tuple[object, ...], Requirement] = {}
    for line in lines:
        mine = _signature(line)
        merged[mine] = _larger(merged[mine], line) if mine in merged else line
    return _unique_keys(line for line in _less_narrower(list(merged.values())) if line.quantity > 0)


def _signature(line: Requirement) -> tuple[object, ...]:
    thresholds = tuple(sorted((each.parameter, each.at_least) for each in line.thresholds))
    return (line.kind, tuple(sorted(line.capabilities)), line.amount, thresholds, line.attribute, line.item_code)


def _larger(a: Requirement, b: Requirement) -> Requirement:
    """The greater need; others may stand in only where both sources say so."""
    most, other = (a, b) if a.quantity >= b.quantity else (b, a)
    deadlines = [each.deadline_s for each in (a, b) if each.deadline_s is not None]
    return most.model_copy(
        update={
            "deadline_s": min(deadlines, default=None),
            "hard": a.hard or b.hard,
            "weight": max(a.weight, b.weight),
            "first_due": most.first_due or other.first_due,
            "substitute": most.substitute if most.substitute == other.substitute else None,
        }
    )


def _less_narrower(lines: list[Requirement]) -> list[Requirement]:
    """Each count line less what the narrower ones already bring, the narrowest first; their order stays."""
    narrower = {
        number: [other for other, each in enumerate(lines) if meets(each, line)] for number, line in enumerate(lines)
    }
    kept: dict[int, int] = {}
    for number in sorted(narrower, key=lambda each: len(narrower[each])):
        kept[number] = max(lines[number].quantity - sum(kept[other] for other in narrower[number]), 0)
    return [line.model_copy(update={"quantity": kept[number]}) for number, line in enumerate(lines)]


def meets(narrow: Requirement, wide: Requirement) -> bool:
    """Whether every unit that counts for `narrow` also counts for `wide` (and the two are not the same line)."""
    floors: Mapping[str, float] = {each.parameter: each.at_least for each in narrow.thresholds}
    holds = (
        narrow.kind is LineKind.COUNT
        and wide.kind is LineKind.COUNT
        and set(narrow.capabilities) <= set(wide.capabilities)
        and narrow.amount >= wide.amount
        and all(floors.get(each.parameter, 0) >= each.at_least for each in wide.thresholds)
    )
    return holds and _signature(narrow) != _signature(wide)


def _unique_keys(lines: Iterable[Requirement]) -> tuple[Requirement, ...]:
    seen: dict[str, int] = {}
    unique = []
    for line in lines:
        times = seen[line.key] = seen.get(line.key, 0) + 1
        unique.append(line if times == 1 else line.model_copy(update={"key": f"{line.key}.{times}"}))
    return tuple(unique)


def card_refs(cards: Iterable[ResponseCard]) -> tuple[CardRef, ...]:
    """The exact versions that an incident pins."""
    return tuple(CardRef(id=card.id, version=card.version) for card in cards)
