"""The rules of the house that no tool checks by itself, each shown to catch what it forbids."""

import re
import tomllib

import pytest

from infra.contracts import declaration, ts_type, typescript, words
from infra.place import ROOT
from infra.sizes import tracked
from kernel.contracts.plans import LineKind, Requirement

FORBIDDEN_FILES = re.compile(r"(^|/)(utils?|helpers?|common|misc|manager)\.(py|ts|tsx)$")


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in tracked("*.py", "*.ts", "*.tsx") if FORBIDDEN_FILES.search(path)] == []


@pytest.mark.parametrize("path", ["dispatch/utils.py", "frontend/src/helpers.ts", "common.py"])
def test_a_name_that_says_nothing_is_caught(path: str) -> None:
    assert FORBIDDEN_FILES.search(path)


def test_every_service_has_the_same_drawers() -> None:
    drawers = ("main", "api", "store", "tables")
    missing = [
        f"{service}/{drawer}"
        for service in ("dispatch", "gateway", "plans", "resources")
        for drawer in drawers
        if not ((ROOT / service / f"{drawer}.py").exists() or (ROOT / service / drawer).is_dir())
    ]
    assert missing == []


def test_muster_is_short_and_posix() -> None:
    script = (ROOT / "muster").read_text()
    assert script.startswith("#!/bin/sh\n")
    assert len(script.splitlines()) <= 60


def test_nothing_built_is_kept_in_git() -> None:
    assert tracked("frontend/dist/*", "*.pyc", ".data/*", "node_modules/*") == []


def test_the_import_rules_cover_every_service() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    services = {"gateway", "dispatch", "resources", "plans"}
    assert services | {"kernel", "infra"} == set(rules["root_packages"])
    independent = next(one for one in rules["contracts"] if one["type"] == "independence")
    layered = next(one for one in rules["contracts"] if one["type"] == "layers")
    assert set(independent["modules"]) == services == set(layered["containers"])


def test_every_word_reaches_the_screens() -> None:
    text = typescript({})
    missing = [name for name in words() if not re.search(rf"^export (type|interface) {name}\b", text, re.MULTILINE)]
    assert missing == []


def test_generating_twice_gives_the_same_text() -> None:
    assert typescript({}) == typescript({})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"$ref": "#/Unit"}}, "readonly Unit[]"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "readonly (string | null)[]"),
        ({"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]}, "readonly [number, number]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Readonly<Record<string, number>>"),
        ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
        ({"const": 5}, "5"),
        ({}, "unknown"),
    ],
)
def test_a_schema_becomes_its_type(schema: dict[str, object], expected: str) -> None:
    assert ts_type(schema) == expected


def test_a_request_may_leave_out_what_a_value_always_has() -> None:
    fields = {"properties": {"a": {"type": "string"}}, "type": "object"}
    assert "a?: string" in declaration("Form", {**fields, "additionalProperties": False})
    assert "a: string" in declaration("Value", fields)


def test_what_the_wire_leaves_out_is_optional_on_the_screens() -> None:
    line = Requirement(key="TALL", kind=LineKind.COUNT, quantity=1)
    unsent = set(Requirement.model_fields) - set(line.model_dump(mode="json"))
    fields = typescript({}).partition("export interface Requirement {")[2].partition("}")[0]
    assert unsent == set(re.findall(r"readonly (\w+)\?:", fields)) == {"substitute"}


FOREIGN = re.compile(r"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org)[a-z0-9.-]+\.[a-z]{2,}")


def test_the_screens_ask_no_other_host() -> None:
    """Muster must work on a network without the internet."""
    screens = tracked("frontend/src/*.ts", "frontend/src/*.tsx", "frontend/src/*.css", "frontend/index.html")
    asked = {path: FOREIGN.findall((ROOT / path).read_text()) for path in screens if ".test." not in path}
    assert {path: hosts for path, hosts in asked.items() if hosts} == {}


@pytest.mark.parametrize("planted", ["https://tiles.example.org/1/2/3", "http://fonts.example.com"])
def test_another_host_is_caught(planted: str) -> None:
    assert FOREIGN.search(planted)
