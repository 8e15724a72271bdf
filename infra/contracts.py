"""Writes what others rely on: the words as TypeScript for the screens, and one OpenAPI document per service.

Both are generated and committed, so that a change of a contract is seen in review; `--check` fails when they are stale.
"""

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from infra.place import ROOT

MODULES = (
    "vocabulary",
    "plans",
    "incident",
    "recommendation",
    "assignment",
    "aid",
    "coverage",
    "moves",
    "move_up_order",
    "siting",
    "reach",
    "policy",
    "turns",
    "resources",
    "events",
)
SERVICES = ("gateway", "resources", "dispatch", "plans")
TYPESCRIPT = ROOT / "frontend" / "src" / "contracts.ts"
OPENAPI = ROOT / "docs" / "openapi"
_HEAD = "// Generated from kernel/contracts: the words that services, events and screens agree on. Do not edit."
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}

Schema = Mapping[str, Any]


def words() -> dict[str, Any]:
    """Every public class of the contracts, in reading order."""
    modules = [import_module(f"kernel.contracts.{name}") for name in MODULES]
    return {
        name: thing for module in modules for name, thing in vars(module).items() if _is_word(thing, module.__name__)
    }


def _is_word(thing: object, module: str) -> bool:
    return isinstance(thing, type) and thing.__module__ == module and issubclass(thing, BaseModel | Enum)


def schemas(named: Mapping[str, Any]) -> dict[str, Schema]:
    """JSON Schema of every class by itself; references name the others."""
    template = "#/{model}"
    return {name: TypeAdapter(value).json_schema(ref_template=template) for name, value in named.items()}


def ts_type(schema: Schema) -> str:
    """The TypeScript type of a JSON Schema; everything is read-only."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(ts_type(one) for one in schema[union]))
    if "allOf" in schema:
        return " & ".join(ts_type(one) for one in schema["allOf"])
    return _ts_structure(schema)


def _ts_structure(schema: Schema) -> str:
    kind = schema.get("type")
    if kind == "array" and "prefixItems" in schema:
        return f"readonly [{', '.join(ts_type(one) for one in schema['prefixItems'])}]"
    if kind == "array":
        inner = ts_type(schema.get("items", {}))
        return f"readonly ({inner})[]" if " " in inner and not inner.startswith("Readonly<") else f"readonly {inner}[]"
    if kind == "object" and "properties" not in schema:
        patterns = list(schema.get("patternProperties", {}).values())
        rest = patterns[0] if patterns else schema.get("additionalProperties", True)
        return f"Readonly<Record<string, {ts_type(rest) if isinstance(rest, Mapping) else 'unknown'}>>"
    if kind == "object":
        return "{ " + " ".join(_fields(schema)) + " }"
    return _PLAIN.get(str(kind), "unknown")


def _fields(schema: Schema, unsent: Collection[str] = ()) -> Iterator[str]:
    """A request, a closed schema, may leave out what has a default; a value arrives whole but for what is `unsent`."""
    is_request = schema.get("additionalProperties") is False
    required = set(schema.get("required", ())) if is_request else set(schema.get("properties", ()))
    for name, field in schema.get("properties", {}).items():
        yield f"readonly {name}{'' if name in required and name not in unsent else '?'}: {ts_type(field)};"


def unsent_of(thing: Any) -> frozenset[str]:
    """Fields of a word that are not sent where they are empty."""
    fields = getattr(thing, "model_fields", {})
    return frozenset(name for name, field in fields.items() if field.exclude_if is not None)


def declaration(name: str, schema: Schema, unsent: Collection[str] = ()) -> str:
    """One exported type."""
    if "properties" not in schema:
        return f"export type {name} = {ts_type(schema)};"
    return "\n".join([f"export interface {name} {{", *(f"  {line}" for line in _fields(schema, unsent)), "}"])


def typescript(documents: Mapping[str, Schema]) -> str:
    """The whole file: the kernel's words in reading order, then what the services' own requests and answers add."""
    named = words()
    defined = schemas(named)
    parts = [_HEAD, *(declaration(name, defined[name], unsent_of(word)) for name, word in named.items())]
    frame = import_module("kernel.contracts.events").Frame
    parts.append(f"export type Frame = {ts_type(TypeAdapter(frame).json_schema(ref_template='#/{model}'))};")
    parts += [declaration(name, schema) for name, schema in sorted(own_components(documents, set(defined)).items())]
    return "\n\n".join(parts) + "\n"


def own_components(documents: Mapping[str, Schema], known: set[str]) -> dict[str, Schema]:
    """Components of the services that the kernel does not have; FastAPI's own validation errors are not ours."""
    found: dict[str, Schema] = {}
    for document in documents.values():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            word = name.removesuffix("-Input").removesuffix("-Output")
            if word.isidentifier() and word not in known and word not in {"HTTPValidationError", "ValidationError"}:
                found[word] = schema
    return found


def documents() -> dict[str, Schema]:
    """The OpenAPI document of every service, as its app makes it."""
    return {name: import_module(f"{name}.main").app.openapi() for name in SERVICES}


def files() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    made = documents()
    texts = {
        OPENAPI / f"{name}.json": json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in made.items()
    }
    return {TYPESCRIPT: typescript(made), **texts}


def main() -> int:
    """Writes the files, or with --check names those that are stale."""
    parser = argparse.ArgumentParser(prog="python -m infra.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = parser.parse_args().check
    stale = [path for path, text in files().items() if not path.exists() or path.read_text() != text]
    if not check:
        for path, text in files().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
    if check and stale:
        print("Run `uv run python -m infra.contracts` and commit the result.")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
