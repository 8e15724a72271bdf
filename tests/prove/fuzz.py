"""Every operation of a service asked what its OpenAPI document allows and forbids; the answers held to the document."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, strategies
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
TIMEOUT_S = 30
Headers = Callable[[], Mapping[str, str]]
KEYS = itertools.count(1)


def fuzz(
    document: Mapping[str, Any], url: str, headers: Headers, known: Mapping[str, str], *, examples: int, seed: int
) -> tuple[int, list[str]]:
    """Asks each operation `examples` times, half of it against its schema; how many requests, and what was wrong.

    `known` gives ids that exist by the name of the path parameter; they are used in half of the requests, but
    never in place of an id that is meant to be wrong.
    """
    schema = schemathesis.openapi.from_dict(without_tuples(document))
    faults: dict[str, None] = {}
    asked = 0
    with requests.Session() as session:
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                case = operation.as_strategy(generation_mode=mode)
                attempt = _attempt(session, url, headers, known, faults)
                asked += _many(attempt, case, max(1, examples // 2), seed)
    return asked, list(faults)


def without_tuples(schema: Any) -> Any:
    """The document with lists of any of a tuple's parts in place of tuples, which schemathesis 4.32 takes for a list of
    schemas and then refuses."""
    if isinstance(schema, list):
        return [without_tuples(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    made = {name: without_tuples(each) for name, each in schema.items() if name != "prefixItems"}
    parts = schema.get("prefixItems")
    return made if not isinstance(parts, list) else {**made, "items": {"anyOf": without_tuples(parts)}}


def _attempt(
    session: requests.Session, url: str, headers: Headers, known: Mapping[str, str], faults: dict[str, None]
) -> Callable[[Any, bool], None]:
    def attempt(case: Any, real: bool) -> None:
        if real and not case.meta.is_negative_at(ParameterLocation.PATH):
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        given = {**headers(), "Idempotency-Key": f"fuzz-{next(KEYS)}"}
        session.cookies.clear()
        response = case.call(base_url=url, session=session, headers=given, timeout=TIMEOUT_S, allow_redirects=False)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            faults.update(dict.fromkeys(_told(case, response, each) for each in group.exceptions))

    return attempt


def _told(case: Any, response: Any, failure: Failure | Exception) -> str:
    first = str(failure).strip().splitlines()
    said = " ".join(first)[:220]
    return f"{case.operation.label} {response.status_code}: {type(failure).__name__}: {said}"


def _many(attempt: Callable[[Any, bool], None], case: Any, examples: int, seed: int) -> int:
    """Runs an attempt over so many generated cases; how many there were."""
    done = itertools.count()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=case, real=strategies.booleans())
    def each(case: Any, real: bool) -> None:
        next(done)
        attempt(case, real)

    try:
        each()
    except hypothesis.errors.Unsatisfiable:
        return 0  # nothing can be against the schema of what takes nothing
    return next(done)
