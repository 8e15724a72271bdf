"""Old events load for ever: every type of event has a stored one of its first version, and each still loads."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dispatch.copies import COPIED
from dispatch.store import SHELVES
from infra.place import ROOT
from kernel.contracts.base import Versioned
from kernel.contracts.events import Envelope
from kernel.contracts.resources import ImportStamp
from kernel.contracts.vocabulary import IncidentStatus, MoveUpStatus, ReportOutcome, SupplyStatus

DATA = Path(__file__).parent / "data" / "events"
SERVICES = ("dispatch", "resources", "plans")
RECORDING = {"save", "_save", "record", "move", "_publish_card"}
TYPE = re.compile(r"^[a-z_]+\.[a-z_]+$")
# What a type that is put together at run time may become.
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "incident.": tuple(each for each in IncidentStatus if each not in (IncidentStatus.REPORTED, IncidentStatus.MERGED)),
    "supply.": (SupplyStatus.LOADED, SupplyStatus.IN_TRANSIT, SupplyStatus.DELIVERED, SupplyStatus.CANCELED),
    "report.": (ReportOutcome.TRANSFERRED, ReportOutcome.FALSE, ReportOutcome.NO_ACTION),
    "move_up.": (MoveUpStatus.UNDER_WAY, MoveUpStatus.ARRIVED, MoveUpStatus.ENDED),
}
CONTRACTS: Mapping[str, type[Versioned]] = {
    **{kind: shelf.contract for kind, shelf in SHELVES.items()},
    **{kind: contract for kinds in COPIED.values() for kind, contract in kinds.items()},
    "register": ImportStamp,
}


def stored() -> list[dict[str, Any]]:
    """Every stored event."""
    files = sorted(DATA.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def recorded(source: str) -> Iterator[str]:
    """The types of event that a module records. Raises KeyError for a type that is put together unheard of."""
    for call in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in RECORDING:
            for argument in (*call.args, *(each.value for each in call.keywords)):
                yield from _types(argument)


def _types(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and TYPE.match(argument.value):
        yield argument.value
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        prefix = str(argument.values[0].value)
        yield from (f"{prefix}{variant}" for variant in VARIANTS[prefix])


def all_recorded() -> set[str]:
    modules = [path for service in SERVICES for path in (ROOT / service).rglob("*.py")]
    return {type_ for path in modules for type_ in recorded(path.read_text())}


def load(event: Mapping[str, Any]) -> Versioned:
    """An event as a reader takes it."""
    envelope = Envelope.model_validate(event)
    return CONTRACTS[envelope.kind].model_validate(envelope.value)


def missing(types: set[str], events: list[dict[str, Any]]) -> set[str]:
    return types - {event["type"] for event in events if event["v"] == 1}


@pytest.mark.parametrize("event", stored(), ids=lambda event: str(event["type"]))
def test_a_stored_event_loads(event: dict[str, Any]) -> None:
    value = load(event)
    assert (value.id, value.version) == (event["id"], event["version"])


def test_every_type_of_event_is_stored() -> None:
    types = all_recorded()
    assert {"incident.reported", "supply.in_transit", "response_card.retired", "register.imported"} <= types
    assert missing(types, stored()) == set()


def test_a_type_without_a_stored_event_is_caught() -> None:
    """The planted bug: somebody records a new event."""
    types = set(recorded('tx.record("siren.sounded", "siren", value)')) | all_recorded()
    assert missing(types, stored()) == {"siren.sounded"}
    with pytest.raises(KeyError):
        list(recorded('store.save(tx, "siren", siren, f"siren.{to}")'))


def test_a_field_that_old_events_lack_is_caught() -> None:
    """The planted bug: a contract that asks more of an old event than it says."""

    class Stricter(CONTRACTS["closure"]):  # type: ignore[misc]
        why: str

    old = next(event for event in stored() if event["type"] == "closure.made")
    with pytest.raises(ValidationError):
        Stricter.model_validate(old["value"])


def test_what_a_newer_version_adds_is_passed_over() -> None:
    for event in stored():
        newer = {**event, "colour": "red", "value": {**event["value"], "colour": "red"}}
        assert load(newer) == load(event)
