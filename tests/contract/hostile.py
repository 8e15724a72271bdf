"""Hostile input made from the contract: samples that fit an OpenAPI schema, their leaves, and what to plant there."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MARK = "ZqXmark"
PLACE = "@@RAW@@"
Schema = Mapping[str, Any]
Path = tuple[str | int, ...]

# JSON texts that no string of ours may be.
TEXTS = {
    "nul": f'"{MARK}\\u0000"',
    "lone surrogate": f'"{MARK}\\ud800"',
    "control": f'"{MARK}\\u0007"',
    "bidi override": f'"{MARK}\\u202e"',
    "too long": f'"{MARK * 1000}"',
    "number for text": "1e400",
    "object for text": '{"$gt": ""}',
}
# And beyond these, what no identity of ours may be.
IDENTITIES = {
    "sql": f'"{MARK}\'; DROP TABLE accounts; --"',
    "script": f'"<script>{MARK}</script>"',
    "traversal": f'"../../{MARK}"',
}
# And beyond these, what no moment of ours may be.
MOMENTS = {"seconds": "1764000000", "seconds as text": '"1764000000"', "no zone": '"2026-01-01T00:00:00"'}
NUMBERS = {
    "nan": "NaN",
    "infinity": "-Infinity",
    "too large": "1e999",
    "huge": "9" * 5000,
    "text for number": f'"{MARK}"',
    "infinity as text": '"inf"',
    "nan as text": '"nan"',
}
# Pydantic would take these for numbers and truth values.
LOOKALIKES = {
    "number": {"number as text": '"1"', "truth for number": "true"},
    "integer": {"number as text": '"1"', "truth for number": "true"},
    "boolean": {"number for truth": "1", "truth as text": '"yes"'},
}
BODIES = {
    "not json": f"{{{MARK}".encode(),
    "bad utf-8": b'{"name": "\xff\xfe"}',
    "nan alone": b"NaN",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "huge number": b'{"a":' + b"9" * 10_000 + b"}",
    "over a megabyte": b'{"a":"' + b"x" * 1_100_000 + b'"}',
    "text for object": f'"{MARK}"'.encode(),
    "list for object": b"[1]",
    "unknown field": f'{{"{MARK}": 1}}'.encode(),
}
SEGMENTS = ("%00", "a%00b", "%ED%A0%80", "%FF", "x" * 500, "%27%3B%20DROP%20TABLE%20x", "%3Cscript%3E", "%2E%2E%2Fetc")


@dataclass(frozen=True)
class Operation:
    """One endpoint: its path, and the schemas of what it takes."""

    service: str
    method: str
    path: str
    parameters: tuple[Schema, ...]
    body: Schema | None
    document: Schema

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


def operations(service: str, document: Schema) -> Iterator[Operation]:
    """Every endpoint of an OpenAPI document."""
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema")
            parameters = tuple(described.get("parameters", ()))
            yield Operation(service, method.upper(), path, parameters, body, document)


def resolved(schema: Schema, document: Schema) -> Schema:
    """The schema itself where it is a reference, and the first thing other than null where it is a choice."""
    if "$ref" in schema:
        return resolved(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return resolved(next(each for each in schema[choice] if each.get("type") != "null"), document)
    return schema


def sample(schema: Schema, document: Schema) -> Any:
    """A value that fits, every optional field given."""
    schema = resolved(schema, document)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(each, document) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        several = schema.get("prefixItems") or [schema["items"]] * max(1, schema.get("minItems", 1))
        return [sample(each, document) for each in several]
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return True
    return _text(schema)


def _text(schema: Schema) -> str:
    known = {"date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    return known.get(schema.get("format", ""), "x" * max(2, schema.get("minLength", 2)))


def leaves(schema: Schema, document: Schema, at: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Where a sample has text and numbers, and the schema there."""
    schema = resolved(schema, document)
    if "enum" in schema or "const" in schema:
        return
    if schema.get("type") == "object":
        for name, each in schema.get("properties", {}).items():
            yield from leaves(each, document, (*at, name))
    elif schema.get("type") == "array":
        for number, each in enumerate(schema.get("prefixItems") or [schema["items"]]):
            yield from leaves(each, document, (*at, number))
    elif schema.get("type") in ("string", "integer", "number"):
        yield at, schema


def attacks(schema: Schema) -> dict[str, str]:
    """The JSON texts to plant at a leaf."""
    if schema["type"] != "string":
        return NUMBERS | LOOKALIKES.get(schema["type"], {})
    moments = MOMENTS if schema.get("format") == "date-time" else {}
    return (TEXTS | IDENTITIES | moments) if "pattern" in schema or "format" in schema else TEXTS


def planted(value: Any, at: Path) -> Any:
    """A copy of a sample with the placeholder at a leaf."""
    if not at:
        return PLACE
    made = copy.deepcopy(value)
    inner = made
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = PLACE
    return made
