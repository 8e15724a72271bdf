"""What a response card or a force table may say: every line can be met or missed, and nothing is nonsense."""

from collections.abc import Iterable, Mapping

from kernel.contracts.plans import (
    ForceTable,
    ForceTableForm,
    LineKind,
    Requirement,
    ResponseCard,
    ResponseCardForm,
    Threshold,
)
from kernel.contracts.vocabulary import AlarmLevel
from kernel.errors import Invalid

LEVELS = tuple(str(int(level)) for level in AlarmLevel)
SEASONS = frozenset({"", "winter", "summer"})
ATTRIBUTES = frozenset({"crew", "pump_lps", "water_l", "foam_l", "monitor_lps", "seats"})
# Parameter of a unit → the largest value that a threshold may ask for.
PARAMETERS: Mapping[str, float] = {
    "height_m": 150,
    "pump_lps": 500,
    "monitor_lps": 500,
    "water_l": 60_000,
    "foam_l": 60_000,
    "reach_m": 200,
    "crane_t": 1000,
    "power_kw": 5000,
    "flow_m3ph": 20_000,
    "lift_m": 2000,
    "smoke_m3ph": 1_000_000,
    "seats": 100,
    "payload_kg": 100_000,
    "vertical_supply_m": 500,
    "decon_pph": 1000,
    "bottles_ph": 1000,
}
MOST_BYTES = 16_000
MOST_UNITS = 500
DEADLINE_S = range(30, 7 * 86_400 + 1)


def as_card(form: ResponseCardForm, *, id_: str, version: int) -> ResponseCard:
    """The card that a form describes."""
    return ResponseCard(id=id_, version=version, **dict(form))


def as_force_table(form: ForceTableForm, *, id_: str, version: int) -> ForceTable:
    """The force table that a form describes."""
    return ForceTable(id=id_, version=version, **dict(form))


def retire(card: ResponseCard) -> ResponseCard:
    """The next version of a card, which applies no more."""
    return card.model_copy(update={"retired": True, "version": card.version + 1})


def says_the_same(one: ResponseCard | ForceTable, other: ResponseCard | ForceTable) -> bool:
    """Whether two versions differ in nothing but their number."""
    return one.model_copy(update={"version": other.version}) == other


def check_card(card: ResponseCard, table: ForceTable | None) -> None:
    """Raises Invalid with the first thing that is wrong with a card."""
    _check_size(card)
    _check_conditions(card)
    if card.formation is None and not card.lines:
        raise Invalid("card_empty", "A card needs a formation or at least one line.")
    if card.formation is not None:
        _check_formation(card, {key.key for key in table.formation_keys} if table else set())
    check_lines(card.lines)


def _check_size(thing: ResponseCard | ForceTable) -> None:
    """What is published travels as one event to every screen."""
    if len(thing.model_dump_json().encode()) > MOST_BYTES:
        raise Invalid("value_too_large", f"This is larger than {MOST_BYTES // 1000} kB; split it.")


def _check_conditions(card: ResponseCard) -> None:
    when = card.conditions
    if when.season not in SEASONS:
        raise Invalid("season_unknown", "A season is winter or summer, or empty for the whole year.")
    if any(hour not in range(24) for hour in when.hours):
        raise Invalid("hour_impossible", "Hours are from 0 to 23.")
    low, high = when.min_height_m, when.max_height_m
    if low is not None and high is not None and low > high:
        raise Invalid("height_reversed", "The least height is above the greatest.")


def _check_formation(card: ResponseCard, known: set[str]) -> None:
    formation = card.formation
    assert formation is not None
    if not formation.members:
        raise Invalid("formation_empty", "A formation needs members.")
    unknown = sorted(set(formation.members) - known)
    if unknown:
        raise Invalid("formation_key_unknown", f"The force table has no formation key {', '.join(unknown)}.")
    if set(formation.per_level) - set(LEVELS):
        raise Invalid("level_unknown", "Formations per level are given for the alarm levels 1 to 5.")
    missing = [level for level in _levels_of(card) if level not in formation.per_level]
    if missing:
        raise Invalid("level_missing", f"How many formations at level {', '.join(missing)}?")
    for count in (*formation.members.values(), *formation.per_level.values()):
        _check_quantity("formation", count)


def _levels_of(card: ResponseCard) -> tuple[str, ...]:
    return tuple(str(int(level)) for level in card.conditions.levels) or LEVELS


def check_table(table: ForceTable) -> None:
    """Raises Invalid with the first thing that is wrong with a force table."""
    _check_size(table)
    _refuse_doubles("formation_key_double", [key.key for key in table.formation_keys])
    for key in table.formation_keys:
        if not key.capabilities or key.amount < 1:
            raise Invalid("line_without_capability", f"Formation key {key.key} names no capability.", line=key.key)
        _check_thresholds(key.key, key.thresholds)
    for lines in table.add_ons.values():
        check_lines(lines)


def check_lines(lines: Iterable[Requirement]) -> None:
    """Raises Invalid with the first line that is nonsense."""
    there = list(lines)
    _refuse_doubles("line_double", [line.key for line in there])
    for line in there:
        _check_line(line)


def _check_line(line: Requirement) -> None:
    _check_quantity(line.key, line.quantity, most=MOST_UNITS if line.kind is LineKind.COUNT else 1_000_000)
    _check_thresholds(line.key, line.thresholds)
    if line.deadline_s is not None and line.deadline_s not in DEADLINE_S:
        raise Invalid("deadline_impossible", f"Line {line.key}: a deadline is from 30 s to a week.", line=line.key)
    if line.kind is LineKind.COUNT and (not line.capabilities or line.amount < 1):
        raise Invalid(
            "line_without_capability", f"Line {line.key} counts units but names no capability.", line=line.key
        )
    if line.kind is LineKind.SUM and line.attribute not in ATTRIBUTES:
        raise Invalid("attribute_unknown", f"Line {line.key} adds up something that units do not have.", line=line.key)
    if line.kind is LineKind.MATERIAL and line.item_code is None:
        raise Invalid("line_without_item", f"Line {line.key} needs an item code.", line=line.key)


def _check_quantity(key: str, quantity: int, most: int = MOST_UNITS) -> None:
    if not 1 <= quantity <= most:
        raise Invalid("quantity_impossible", f"{key}: a quantity is from 1 to {most}.", line=key)


def _check_thresholds(key: str, thresholds: Iterable[Threshold]) -> None:
    for threshold in thresholds:
        most = PARAMETERS.get(threshold.parameter)
        if most is None:
            raise Invalid("parameter_unknown", f"{key}: units have no {threshold.parameter}.", line=key)
        if not 0 < threshold.at_least <= most:
            raise Invalid("threshold_impossible", f"{key}: {threshold.parameter} is at most {most:g}.", line=key)


def _refuse_doubles(code: str, keys: list[str]) -> None:
    double = sorted({key for key in keys if keys.count(key) > 1})
    if double:
        raise Invalid(code, f"Given more than once: {', '.join(double)}.")


def unknown_codes(lines: Iterable[Requirement], capabilities: Iterable[str]) -> tuple[str, ...]:
    """Capability codes of the lines that a register does not know."""
    asked = {code for line in lines for code in line.capabilities}
    return tuple(sorted(asked - set(capabilities)))
