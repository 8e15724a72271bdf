"""Every code that can reach a screen has words in both languages: refusals of the services, lines of needs, units."""

import ast
import csv
import re
from collections.abc import Iterable, Iterator, Set
from functools import cache
from typing import NamedTuple

import pytest

from dispatch.commands.coverage import NO_ENGINES, NO_ROADS, OLD_ROADS, WORKER_AWAY
from dispatch.covering import PREPARING
from dispatch.store import SHELVES
from gateway.proxy import SERVICES
from infra.place import ROOT
from kernel.contracts.moves import MoveTrial
from kernel.contracts.plans import LineKind, Requirement
from kernel.errors import REFUSALS
from plans.files import seed_cards, seed_force_table
from plans.rules import ATTRIBUTES, PARAMETERS
from plans.store import CARD, FORCE_TABLE
from resources.store.imports import ORDER

ROOMS = ("kernel", "gateway", "dispatch", "resources", "plans")
RAISED = {refusal.__name__ for refusal in REFUSALS}
WORDS = ROOT / "frontend" / "src" / "words"
# What a code that is put together at run time can become, by the file and the expression.
MADE: dict[tuple[str, str], Iterable[str]] = {
    ("gateway/proxy.py", "f'{service}_away'"): [f"{service}_away" for service in SERVICES],
    ("dispatch/store/__init__.py", "f'{kind}_unknown'"): [f"{kind}_unknown" for kind in SHELVES],
    ("resources/store/things.py", "f'{kind.word}_unknown'"): [f"{kind.word}_unknown" for kind in ORDER],
    ("plans/store.py", "f'{kind.word}_unknown'"): [f"{kind.word}_unknown" for kind in (CARD, FORCE_TABLE)],
    ("kernel/http.py", "decision.reason"): ["role", "not_yours", "unknown_action"],
    ("plans/rules.py", "code"): ["formation_key_double", "line_double"],
    ("kernel/app.py", "code"): ["not_found", "method_not_allowed", "unreadable", "http"],
}
# Said by the browser itself.
OF_THE_BROWSER = {"unknown", "unreachable", "no_answer_in_time"}


class Code(NamedTuple):
    """A code as it stands in a source: its text, or the expression that makes it."""

    text: str
    made: bool


def codes_in(source: str) -> Iterator[Code]:
    """First argument of every refusal that is made, and `code=` of every problem."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = [word.value for word in node.keywords if word.arg == "code" and node.func.id == "Problem"]
        if node.func.id in RAISED:
            given += node.args[:1]
        for code in given:
            constant = isinstance(code, ast.Constant)
            yield Code(str(code.value) if isinstance(code, ast.Constant) else ast.unparse(code), not constant)


@cache
def refusal_codes() -> frozenset[str]:
    """Every code that a service can refuse with."""
    found: set[str] = set()
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        place = path.relative_to(ROOT).as_posix()
        for code in codes_in(path.read_text()):
            if place != "kernel/errors.py":
                found |= set(MADE[place, code.text]) if code.made else {code.text}
    return frozenset(found)


def worded(room: str, family: str) -> tuple[set[str], set[str]]:
    """Codes of a family that a room of words has in Chinese and in English."""
    zh, en = (WORDS / f"{room}.ts").read_text().split("\n  },\n  {\n")
    keys = re.compile(rf'^    "{family}\.([^"]+)": ".+",$', re.MULTILINE)
    return set(keys.findall(zh)), set(keys.findall(en))


def unsaid(codes: Set[str], room: str, family: str) -> Set[str]:
    """Codes without words in one of the two languages."""
    zh, en = worded(room, family)
    return codes - (zh & en)


def lines() -> list[Requirement]:
    """Every line of needs that the product's cards and force table hold."""
    cards = [line for card in seed_cards().values() for line in card.lines]
    return cards + [line for package in seed_force_table().add_ons.values() for line in package]


def line_keys() -> set[str]:
    """Every name that a line of needs can have."""
    formations = [card.formation for card in seed_cards().values() if card.formation]
    members = {key for formation in formations for key in formation.members}
    table = {key.key for key in seed_force_table().formation_keys}
    return {line.key for line in lines()} | members | table


def capability_ids() -> set[str]:
    """Every capability of the city's register and of the needs."""
    with (ROOT / "infra" / "seed" / "capabilities.csv").open() as file:
        registered = {row["id"] for row in csv.DictReader(file)}
    return registered | {code for line in lines() for code in line.capabilities}


def test_every_refusal_has_words() -> None:
    assert unsaid(refusal_codes(), "refusal", "refusal") == set()


def test_no_words_are_kept_for_a_refusal_that_nobody_makes() -> None:
    zh, en = worded("refusal", "refusal")
    assert (zh | en) - refusal_codes() - OF_THE_BROWSER == set()


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        ('raise Conflict("brand_new", "Never said.")', {"brand_new"}),
        ('def f() -> Conflict:\n    return Conflict("brand_new", "Never said.", unit_id=3)', {"brand_new"}),
        ('Problem(title="T", status=500, code="brand_new", detail="")', {"brand_new"}),
        ('raise Conflict("unit_taken", "Said.")', set()),
    ],
)
def test_a_refusal_without_words_is_caught(planted: str, expected: set[str]) -> None:
    assert unsaid({code.text for code in codes_in(planted)}, "refusal", "refusal") == expected


def test_a_code_made_at_run_time_must_say_what_it_can_become() -> None:
    assert [code.made for code in codes_in('raise NotFound(f"{thing}_lost", "Gone.")')] == [True]


def test_every_reason_of_a_denial_is_known() -> None:
    source = (ROOT / "kernel" / "auth.py").read_text()
    denied = set(re.findall(r'Decision\(False, "(\w+)"\)', source))
    assert denied == set(MADE["kernel/http.py", "decision.reason"])


def test_every_line_and_capability_has_words() -> None:
    assert unsaid(line_keys() | capability_ids(), "capability", "line") == set()


def test_a_line_without_words_is_caught() -> None:
    assert unsaid({"AERIAL", "BRAND_NEW"}, "capability", "line") == {"BRAND_NEW"}


def test_everything_that_is_added_up_or_measured_against_has_words() -> None:
    assert unsaid(set(ATTRIBUTES), "capability", "attribute") == set()
    asked = {threshold.parameter for line in lines() for threshold in line.thresholds}
    table = {threshold.parameter for key in seed_force_table().formation_keys for threshold in key.thresholds}
    assert asked | table <= set(PARAMETERS)
    assert unsaid(set(PARAMETERS) | {"amount"}, "why", "parameter") == set()


def test_a_material_line_names_an_item_of_the_register() -> None:
    with (ROOT / "infra" / "seed" / "items.csv").open() as file:
        items = {row["id"] for row in csv.DictReader(file)}
    assert {line.item_code for line in lines() if line.kind is LineKind.MATERIAL} <= items


def test_everything_that_stands_against_a_figure_of_cover_has_words() -> None:
    stale = {"resources_stale", "plans_stale"}
    said = {PREPARING, WORKER_AWAY, OLD_ROADS, NO_ROADS, NO_ENGINES, "solver_failed"} | stale
    assert unsaid(said, "cover", r"desk\.cover\.why") == set()
    assert unsaid({"brand_new"}, "cover", r"desk\.cover\.why") == {"brand_new"}


def test_every_rule_that_a_move_can_break_has_words() -> None:
    listed = re.search(r"`breaks`: ([\w, ]+)\.", MoveTrial.__doc__ or "")
    broken = set(listed[1].split(", ")) if listed else set()
    assert len(broken) == 4
    assert unsaid(broken, "cover", r"desk\.break") == set()
