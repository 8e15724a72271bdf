"""Every cell of docs/roles.md against the code, own and foreign things, restricted scopes, and undeclared routes."""

import re
from pathlib import Path

import pytest
from fastapi import APIRouter

from kernel.app import refuse_undeclared
from kernel.auth import ACTIONS, ANONYMOUS, Principal, Role, allow, sees
from kernel.http import may, router

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
MAY, OWN, NOT = "●", "○", "–"
OWN_THING = {"station_id": "S1", "unit_id": "U1"}
FOREIGN_THING = {"station_id": "S2", "unit_id": "U2"}
Cell = tuple[str, Role | None, str]


def cells(document: str) -> list[Cell]:
    """Action, role and mark of every cell of the table; the role of nobody is None."""
    rows = [[each.strip() for each in line.strip("|").split("|")] for line in document.splitlines() if "|" in line]
    start = next(number for number, row in enumerate(rows) if row[0] == "action")
    heads = [None if name == "nobody" else Role(name) for name in rows[start][3:]]
    found = []
    for row in rows[start + 2 :]:
        found += [(row[0].strip("`"), role, mark) for role, mark in zip(heads, row[3:], strict=True)]
    return found


def who(role: Role | None) -> Principal:
    """Somebody with this role, at station S1 and on unit U1."""
    if role is None:
        return ANONYMOUS
    return Principal(subject="x", name="x", roles=frozenset({role}), station_id="S1", unit_ids=("U1",))


def is_right(cell: Cell) -> bool:
    """Whether the code does what the cell says, for no thing, its own thing, and a foreign one."""
    action, role, mark = cell
    asked = [allow(who(role), action, thing).allowed for thing in (None, OWN_THING, FOREIGN_THING)]
    return asked == {MAY: [True, True, True], OWN: [True, True, False], NOT: [False, False, False]}[mark]


TABLE = cells(DOCUMENT.read_text())


@pytest.mark.parametrize("cell", TABLE, ids=lambda cell: f"{cell[0]}-{cell[1] or 'nobody'}")
def test_the_code_does_what_the_cell_says(cell: Cell) -> None:
    assert is_right(cell)


def test_every_action_and_role_is_in_the_table() -> None:
    assert {action for action, _, _ in TABLE} == set(ACTIONS)
    assert {role for _, role, _ in TABLE} == {None, *Role}
    assert len(TABLE) == len(ACTIONS) * (len(Role) + 1)


@pytest.mark.parametrize("number", range(0, len(TABLE), 17))
def test_a_wrong_cell_is_caught(number: int) -> None:
    """The planted bug: every 17th cell says something else."""
    action, role, mark = TABLE[number]
    assert not any(is_right((action, role, other)) for other in (MAY, OWN, NOT) if other != mark)


def test_every_action_has_both_names() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \| ([^|]+) \| ([^|]+) \|", DOCUMENT.read_text(), flags=re.M)
    assert {action for action, _, _ in rows} == set(ACTIONS)
    assert all(re.search(r"[\u4e00-\u9fff]", zh) and re.search(r"[a-z]", en) for _, zh, en in rows)


def offered(source: str) -> dict[str, set[str]]:
    """Roles to which the planners' screen offers an action, by action."""
    rows = re.findall(r'^  "([a-z.]+)": \[([^\]]+)\],$', source, flags=re.M)
    return {action: set(re.findall(r'"(\w+)"', roles)) for action, roles in rows}


def test_the_planners_screen_offers_what_a_role_may_and_no_more() -> None:
    found = offered((DOCUMENT.parents[1] / "frontend" / "src" / "planner" / "rights.ts").read_text())
    assert set(found) == {"siting.ask", "policy.keep"}
    assert found == {action: {str(role) for role in ACTIONS[action] if role} for action in found}
    assert offered('export const MAY = {\n  "policy.keep": ["commander", "wall"],\n};') != {
        "policy.keep": {str(role) for role in ACTIONS["policy.keep"] if role}
    }


def test_an_unknown_action_is_denied_to_everybody() -> None:
    everybody = Principal(subject="x", name="x", roles=frozenset(Role))
    assert not allow(everybody, "incident.erase").allowed


def test_somebody_with_an_office_role_too_is_not_held_to_their_own() -> None:
    both = Principal(subject="x", name="x", roles=frozenset({Role.UNIT, Role.DISPATCHER}), unit_ids=("U1",))
    assert allow(both, "assignment.advance", FOREIGN_THING).allowed


def test_a_terminal_gateway_speaks_for_every_unit() -> None:
    fleet = Principal(subject="x", name="x", roles=frozenset({Role.UNIT}), unit_ids=("*",))
    assert allow(fleet, "position.report", FOREIGN_THING).allowed


def test_a_thing_that_names_no_owner_is_nobodys_own() -> None:
    for role in (Role.STATION, Role.UNIT):
        assert not allow(who(role), "assignment.advance", {}).allowed
    homeless = Principal(subject="x", name="x", roles=frozenset({Role.STATION}))
    assert not allow(homeless, "assignment.advance", {"station_id": None}).allowed


@pytest.mark.parametrize(
    ("role", "organisation", "scope", "seen"),
    [
        (Role.WALL, "", "urumqi/tianshan|open", True),
        (Role.WALL, "", "urumqi/tianshan|restricted", False),
        (Role.DISPATCHER, "", "urumqi/tianshan|restricted", True),
        (Role.DISPATCHER, "urumqi", "urumqi/tianshan|restricted", True),
        (Role.DISPATCHER, "urumqi/tianshan", "urumqi/tianshan|restricted", True),
        (Role.DISPATCHER, "urumqi/shaybak", "urumqi/tianshan|restricted", False),
        (Role.DISPATCHER, "urumqi/tian", "urumqi/tianshan|restricted", False),
        (Role.DISPATCHER, "", "urumqi|secret", False),
        (Role.SERVICE, "", "urumqi|restricted", True),
        (Role.SERVICE, "", "urumqi|secret", False),
        (Role.DISPATCHER, "", "", False),
    ],
)
def test_scopes(role: Role, organisation: str, scope: str, seen: bool) -> None:
    somebody = Principal(subject="x", name="x", roles=frozenset({role}), organisation=organisation)
    assert sees(somebody, scope) is seen


async def _endpoint() -> None:
    """An endpoint for tests."""


async def _other() -> None:
    """Another endpoint."""


def _nested() -> APIRouter:
    inner, outer = router(), router()
    inner.add_api_route("/hidden", _endpoint)
    outer.include_router(inner)
    return outer


def _plain() -> APIRouter:
    plain = router()
    plain.add_route("/plain", _endpoint)
    return plain


def _unknown() -> APIRouter:
    made = router()
    made.add_api_route("/unknown", may("incident.erase")(_other))
    return made


@pytest.mark.parametrize("make", [_nested, _plain, _unknown])
def test_a_route_without_a_known_action_fails_the_start(make: object) -> None:
    with pytest.raises(RuntimeError, match="declares no known action"):
        refuse_undeclared(make())  # type: ignore[operator]


def test_a_declared_route_starts() -> None:
    declared = router()

    async def endpoint() -> None:
        """Fine."""

    declared.add_api_route("/fine", may("incident.read")(endpoint))
    refuse_undeclared(declared)
