"""The cards that come with the product: every kind resolves at every level, and every figure says where it is from."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.rules.needs import matching_cards, requirements
from kernel.contracts.incident import Incident
from kernel.contracts.plans import LineKind, Requirement, ResponseCard
from kernel.contracts.vocabulary import AlarmLevel, HazardTag, IncidentKind, IncidentStatus
from kernel.errors import Invalid
from plans import files, rules

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
TABLE = rules.as_force_table(files.seed_force_table(), id_="city", version=1)
CARDS = [rules.as_card(form, id_=card_id, version=1) for card_id, form in files.seed_cards().items()]


def incident(kind: IncidentKind, level: int, hazards: tuple[HazardTag, ...] = ()) -> Incident:
    return Incident(
        id="i-1",
        number="1",
        kind=kind,
        at=(87.6, 43.8),
        address="x",
        alarm_level=AlarmLevel(level),
        hazards=hazards,
        status=IncidentStatus.REPORTED,
        reported_at=NOON,
    )


def needs(kind: IncidentKind, level: int, hazards: tuple[HazardTag, ...] = ()) -> dict[str, Requirement]:
    what = incident(kind, level, hazards)
    lines = requirements(what, matching_cards(what, CARDS, at=NOON), TABLE)
    return {line.key: line for line in lines}


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_every_kind_resolves_to_lines_at_every_level_and_never_to_fewer_at_a_worse_one(kind: IncidentKind) -> None:
    sizes = []
    for level in range(1, 6):
        lines = needs(kind, level).values()
        assert any(line.kind is LineKind.COUNT and line.hard for line in lines)
        sizes.append(sum(line.quantity for line in lines if line.kind is LineKind.COUNT))
    assert sizes == sorted(sizes)
    assert sizes[4] > sizes[0]


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_somebody_of_the_area_goes_at_once(kind: IncidentKind) -> None:
    assert any(line.first_due for line in needs(kind, 1).values())


@pytest.mark.parametrize(("level", "formations"), [(3, 2), (4, 4), (5, 8)])
def test_a_high_rise_fire_is_formations_of_four_one_one(level: int, formations: int) -> None:
    """高层建筑火灾扑救组织指挥要点: 4 water tenders, 1 aerial, 1 rescue; 2, 4 and 8 formations at levels 3, 4, 5."""
    lines = needs(IncidentKind.FIRE_HIGHRISE, level)
    assert lines["WATER_TENDER"].quantity == 4 * formations
    assert lines["RESCUE"].quantity == formations
    assert lines["AERIAL"].quantity + lines["AERIAL_STREAM"].quantity == formations


def test_a_high_rise_fire_starts_at_level_three() -> None:
    card = next(card for card in CARDS if card.id == "fire-highrise")
    assert card.initial_level == AlarmLevel.THREE


@pytest.mark.parametrize("hazard", list(HazardTag))
def test_every_hazard_adds_a_package(hazard: HazardTag) -> None:
    more = needs(IncidentKind.OTHER, 1, (hazard,))
    assert len(more) > len(needs(IncidentKind.OTHER, 1))


def test_the_scenarios_materials_are_asked_for() -> None:
    tank = needs(IncidentKind.FIRE_TANK, 4)
    assert (tank["AFFF_AR"].item_code, tank["AFFF_AR"].quantity) == ("2040101", 20)
    flow = needs(IncidentKind.FIRE_TANK, 3)["TANK_FLOW"]
    assert (flow.attribute, flow.quantity) == ("pump_lps", 500)
    chlorine = needs(IncidentKind.HAZMAT_LEAK, 3, (HazardTag.TOXIC_GAS,))
    assert chlorine["HOODS"].quantity == 400


def test_every_line_says_where_it_is_from_and_how_sure_that_is() -> None:
    for card in CARDS:
        assert card.source.rstrip(")").endswith(("V", "M", "D")), card.id
        for line in card.lines:
            assert line.source.endswith(("(V)", "(M)", "(D)", "(V arithmetic)")), (card.id, line.key)


def test_every_card_and_the_table_pass_their_own_rules() -> None:
    rules.check_table(TABLE)
    for card in CARDS:
        rules.check_card(card, TABLE)


def test_every_code_is_one_that_the_city_registers() -> None:
    """Capabilities and items are those of the demo city's own lists; a card that nobody can meet would be caught."""
    seed = Path(__file__).parents[2] / "infra" / "seed"
    known = {row.split(",")[0] for row in (seed / "capabilities.csv").read_text().splitlines()[1:]}
    items = {row.split(",")[0] for row in (seed / "items.csv").read_text().splitlines()[1:]}
    lines = [line for card in CARDS for line in card.lines]
    lines += [line for package in TABLE.add_ons.values() for line in package]
    keys = [
        Requirement(key=k.key, kind=LineKind.COUNT, capabilities=k.capabilities, quantity=1)
        for k in TABLE.formation_keys
    ]
    assert rules.unknown_codes([*lines, *keys], known) == ()
    assert {line.item_code for line in lines if line.item_code} <= items
    assert rules.unknown_codes([*lines, *keys], known - {"EMS_ALS"}) == ("EMS_ALS",)


def card(**change: object) -> ResponseCard:
    body = {"id": "c", "name": "x", "conditions": {}, "lines": [line()]} | change
    return ResponseCard.model_validate(body)


def line(**change: object) -> dict[str, object]:
    return {"key": "A", "kind": "count", "capabilities": ["EMS_ALS"], "quantity": 1} | change


BAD = [
    (card(lines=[]), "card_empty"),
    (card(conditions={"season": "monsoon"}), "season_unknown"),
    (card(conditions={"hours": [24]}), "hour_impossible"),
    (card(conditions={"min_height_m": 9, "max_height_m": 3}), "height_reversed"),
    (card(lines=[line(capabilities=[])]), "line_without_capability"),
    (card(lines=[line(amount=0)]), "line_without_capability"),
    (card(lines=[line(quantity=0)]), "quantity_impossible"),
    (card(lines=[line(quantity=501)]), "quantity_impossible"),
    (card(lines=[line(deadline_s=1)]), "deadline_impossible"),
    (card(lines=[line(thresholds=[{"parameter": "height_m", "at_least": 900}])]), "threshold_impossible"),
    (card(lines=[line(thresholds=[{"parameter": "beauty", "at_least": 1}])]), "parameter_unknown"),
    (card(lines=[line(), line()]), "line_double"),
    (card(lines=[line(key=f"K{n}", capabilities=["A"] * 40) for n in range(60)]), "value_too_large"),
    (card(lines=[{"key": "S", "kind": "sum", "attribute": "courage", "quantity": 1}]), "attribute_unknown"),
    (card(lines=[{"key": "M", "kind": "material", "quantity": 1}]), "line_without_item"),
    (card(formation={"key": "f", "members": {}, "per_level": {}}), "formation_empty"),
    (card(formation={"key": "f", "members": {"TANK": 1}, "per_level": {}}), "formation_key_unknown"),
    (card(formation={"key": "f", "members": {"RESCUE": 1}, "per_level": {"6": 1}}), "level_unknown"),
    (card(formation={"key": "f", "members": {"RESCUE": 1}, "per_level": {"1": 1}}), "level_missing"),
]


@pytest.mark.parametrize(("bad", "code"), BAD)
def test_a_card_that_is_nonsense_is_refused(bad: ResponseCard, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check_card(bad, TABLE)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[1, 2]", "file_refused"),
        ("{a: [", "file_refused"),
        ("{name: x, conditions: {}}", "id_refused"),
        ("{id: '../x', name: x, conditions: {}}", "id_refused"),
        ("{id: c, name: x, conditions: {}, salary: 3}", "form_refused"),
        ('{id: c, name: "a\\0b", conditions: {}}', "form_refused"),
        ("{id: c, name: x, conditions: {kinds: [fire.sea]}}", "form_refused"),
        ("[{id: c, name: x, conditions: {}}, {id: c, name: x, conditions: {}}]", "card_double"),
        ("!!python/object/apply:os.system ['true']", "file_refused"),
    ],
)
def test_a_file_that_is_no_card_is_refused_with_a_sentence(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "card.yaml"
    path.write_text(text)
    with pytest.raises(Invalid) as refusal:
        files.read_cards(path)
    assert refusal.value.code == code
    assert len(refusal.value.detail) > 10
