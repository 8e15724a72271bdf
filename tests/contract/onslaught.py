"""Hostile input at an endpoint, and whether it was refused with a code that says nothing back."""

import itertools
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import httpx
from fastapi import FastAPI

from tests.contract.hostile import (
    BODIES,
    MARK,
    PLACE,
    SEGMENTS,
    Operation,
    attacks,
    leaves,
    planted,
    resolved,
    sample,
)

QUERIES = ("%00", "%ED%A0%80", "x" * 5000, "9" * 5000, "nan", "-1e999", "1764000000.5")
SERVICES = ("gateway", "dispatch", "resources", "plans")
KEYS = itertools.count(1)
Request = tuple[str, dict[str, Any]]


def app_of(service: str) -> FastAPI:
    """The service's own app; the gateway's is behind its door."""
    app: Any = import_module(f"{service}.main").app
    found: FastAPI = getattr(app, "own", app)
    return found


async def send(
    client: httpx.AsyncClient, operation: Operation, *, path: str = "", body: bytes | None = None, query: str = ""
) -> httpx.Response:
    """One request, whatever it says."""
    headers = {"Idempotency-Key": f"hostile-{next(KEYS)}", "Content-Type": "application/json"}
    prefix = client.base_url.raw_path.decode().rstrip("/")
    raw = (prefix + (path or path_of(operation)) + query).encode()
    return await client.request(
        operation.method, client.base_url.copy_with(raw_path=raw), headers=headers, content=body
    )


def path_of(operation: Operation, hostile: str | None = None) -> str:
    """The path with a harmless, or else this, value for each parameter."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", hostile or "x1")
    return path


def complaint(reply: httpx.Response, what: str) -> str:
    """Empty when this is a refusal with a code that says nothing back, else what is wrong."""
    if not 400 <= reply.status_code < 500:
        return f"{what}: {reply.status_code} {reply.text[:300]}"
    if reply.headers.get("content-type") != "application/problem+json" or not reply.json()["code"]:
        return f"{what}: refused without a code: {reply.text[:300]}"
    return f"{what} is echoed: {reply.text[:300]}" if MARK in reply.text else ""


def with_text(value: Any, text: str) -> bytes:
    """The JSON of a sample with a raw text in the place that was made for it."""
    return json.dumps(value).replace(json.dumps(PLACE), text).encode()


def requests(operation: Operation) -> Iterator[Request]:
    """Everything hostile for one endpoint: what it is, and what to send."""
    if operation.method in ("POST", "PUT", "PATCH", "DELETE"):
        yield from ((name, {"body": body}) for name, body in BODIES.items())
    fits = None if operation.body is None else sample(operation.body, operation.document)
    for at, schema in leaves(operation.body or {"type": "null"}, operation.document):
        for name, text in attacks(schema).items():
            yield f"{name} at {'.'.join(map(str, at))}", {"body": with_text(planted(fits, at), text)}
    if "{" in operation.path:
        body = None if fits is None else json.dumps(fits).encode()
        yield from ((part, {"path": path_of(operation, part), "body": body}) for part in SEGMENTS)
    for parameter in operation.parameters:
        if parameter["in"] == "query":
            yield from ((value, {"query": f"?{parameter['name']}={value}"}) for value in QUERIES)


async def assault(client: httpx.AsyncClient, operation: Operation) -> list[str]:
    """One complaint for each hostile request, empty where all is well."""
    return [await _attempt(client, operation, what, sent) for what, sent in requests(operation)]


async def _attempt(client: httpx.AsyncClient, operation: Operation, what: str, sent: dict[str, Any]) -> str:
    reply = await send(client, operation, **sent)
    if "query" in sent and reply.status_code < 500 and _takes_words(operation, sent["query"]):
        return ""  # a search may find nothing for an odd word
    if operation.body is None and "path" not in sent and reply.status_code < 300:
        return ""  # what takes no body may overlook one that is JSON
    wrong = complaint(reply, what)
    return f"{operation}: {wrong}" if wrong else ""


def _takes_words(operation: Operation, query: str) -> bool:
    name = query[1:].partition("=")[0]
    schema = next(each["schema"] for each in operation.parameters if each["name"] == name)
    found = resolved(schema, operation.document)
    return found.get("type") not in ("integer", "number") and "format" not in found
