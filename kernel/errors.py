"""Refusals, and their RFC 9457 problem+json face.

Refusal
├── Invalid        422   the request cannot be understood or breaks a rule of the field
├── Unreadable     400   the body is not the JSON that was promised, or a header is missing
├── NotSignedIn    401   nobody is signed in
├── NotAllowed     403   signed in, but this is not theirs to do
├── NotFound       404
├── Conflict       409   somebody else was first; the problem says who and when
├── TooLarge       413
├── TooMany        429
└── Unavailable    503   try again; nothing was lost
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """RFC 9457 body of every refusal. `code` is what screens translate; `detail` is a sentence to act on."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    request_id: str = ""


class Refusal(Exception):
    """Something asked for is not done, and nothing has changed."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Refused"

    def __init__(self, code: str, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.facts: Mapping[str, Any] = facts

    def problem(self, request_id: str) -> dict[str, Any]:
        """The problem+json body."""
        problem = Problem(
            title=self.title, status=self.status, code=self.code, detail=self.detail, request_id=request_id
        )
        return {**self.facts, **problem.model_dump()}


class Invalid(Refusal):
    status = 422
    title = "Invalid"


class Unreadable(Refusal):
    status = 400
    title = "Unreadable"


class NotSignedIn(Refusal):
    status = 401
    title = "Not signed in"


class NotAllowed(Refusal):
    status = 403
    title = "Not allowed"


class NotFound(Refusal):
    status = 404
    title = "Not found"


class Conflict(Refusal):
    status = 409
    title = "Conflict"


class TooLarge(Refusal):
    status = 413
    title = "Too large"


class TooMany(Refusal):
    status = 429
    title = "Too many"


class Unavailable(Refusal):
    status = 503
    title = "Unavailable"


REFUSALS: tuple[type[Refusal], ...] = (
    Invalid,
    Unreadable,
    NotSignedIn,
    NotAllowed,
    NotFound,
    Conflict,
    TooLarge,
    TooMany,
    Unavailable,
)

RESPONSES: dict[int | str, dict[str, Any]] = {
    refusal.status: {
        "description": refusal.title,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for refusal in REFUSALS
}
