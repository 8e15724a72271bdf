"""Response cards and the force table as YAML files: the fields of the forms, with `id` beside them for a card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from kernel.contracts.base import Form, Id
from kernel.contracts.plans import ForceTableForm, LineKind, Requirement, ResponseCardForm
from kernel.errors import Invalid

SEED = Path(__file__).parent / "seed"
TABLE_FILE = "force_table.yaml"
PACKAGE_DEADLINE_S = 1800
MOST_BYTES = 1_000_000
_ID: TypeAdapter[str] = TypeAdapter(Id)
FormT = TypeVar("FormT", bound=Form)
Cards = dict[str, ResponseCardForm]


def read_cards(path: Path) -> Cards:
    """The cards of a file by id: one card or a list. Raises Invalid, naming the card and the field."""
    found = _yaml(path)
    cards: Cards = {}
    for raw in found if isinstance(found, list) else [found]:
        if not isinstance(raw, dict):
            raise Invalid("file_refused", f"{path.name} holds something that is not a card.")
        card_id = _checked_id(path, raw.get("id"))
        if card_id in cards:
            raise Invalid("card_double", f"{path.name} holds the card {card_id} twice.")
        body = {name: value for name, value in raw.items() if name != "id"}
        cards[card_id] = _form(ResponseCardForm, body, f"card {card_id} in {path.name}")
    return cards


def read_force_table(path: Path) -> ForceTableForm:
    """The force table of a file, in which a hazard package may be short: capability and count."""
    found = _yaml(path)
    if not isinstance(found, dict) or not isinstance(found.get("add_ons"), dict):
        raise Invalid("file_refused", f"{path.name} holds no force table.")
    packages = {hazard: _package(hazard, lines) for hazard, lines in found["add_ons"].items()}
    return _form(ForceTableForm, {**found, "add_ons": packages}, path.name)


def _package(hazard: str, lines: object) -> object:
    if not isinstance(lines, Mapping):
        return lines
    return [
        Requirement(
            key=str(capability),
            kind=LineKind.COUNT,
            capabilities=(str(capability),),
            quantity=quantity,
            deadline_s=PACKAGE_DEADLINE_S,
            source=f"{hazard} (D)",
        )
        for capability, quantity in lines.items()
    ]


def seed_cards() -> Cards:
    """Every card that comes with the product."""
    cards: Cards = {}
    for path in sorted(SEED.glob("*.yaml")):
        if path.name != TABLE_FILE:
            cards |= read_cards(path)
    return cards


def seed_force_table() -> ForceTableForm:
    """The force table that comes with the product."""
    return read_force_table(SEED / TABLE_FILE)


def _yaml(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Invalid("file_refused", f"{path.name} is larger than 1 MB.")
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise Invalid("file_refused", f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error


def _checked_id(path: Path, raw: object) -> str:
    try:
        return _ID.validate_python(raw)
    except ValidationError as error:
        raise Invalid("id_refused", f"A card in {path.name} has no id that can be used.") from error


def _form(form: type[FormT], body: Mapping[str, Any], where: str) -> FormT:
    try:
        return form.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Invalid("form_refused", f"{where}: {field}: {first['msg']}") from error
