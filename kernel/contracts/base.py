"""The two bases of every contract, and the strict scalar types they are built from.

`Form` is what somebody asks: unknown fields are refused. `Value` is what is stored and published: unknown fields are
ignored, so that events written by a newer version still load. Times are aware UTC, coordinates `[lon, lat]` in WGS-84.
"""

import unicodedata
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Form(BaseModel):
    """A request: frozen, nothing unknown, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Value(BaseModel):
    """A stored or published value: frozen, tolerant of fields from a newer version."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


def _one_line(text: str) -> str:
    return _clean(text, allowed_controls="")


def _many_lines(text: str) -> str:
    return _clean(text, allowed_controls="\n\t")


def _clean(text: str, *, allowed_controls: str) -> str:
    """NFC form of a text; refuses control characters, lone surrogates and bidirectional overrides."""
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs", "Co", "Cn") and character not in allowed_controls:
            raise ValueError("control or unassigned character")
        if character in BIDI_CONTROLS:
            raise ValueError("bidirectional override")
    return unicodedata.normalize("NFC", text).strip()


def _numeric(value: object) -> object:
    """A number as the document says: neither a truth value nor a text that looks like one."""
    if isinstance(value, bool | str):
        raise ValueError("a number is expected")
    return value


def _dated(given: Any) -> Any:
    """Refuses bare numbers, also written out, which pydantic would take for seconds since 1970."""
    if isinstance(given, datetime) or (isinstance(given, str) and given[4:5] == "-"):
        return given
    raise ValueError("a moment is written as a date and a time with its zone")


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Realm = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_one_line), Field(min_length=1)]
ShortText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
LongText = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_many_lines)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_one_line)]
Instant = Annotated[AwareDatetime, BeforeValidator(_dated)]
Number = Annotated[float, BeforeValidator(_numeric)]
Whole = Annotated[int, BeforeValidator(_numeric)]
Truth = Annotated[bool, Field(strict=True)]
Longitude = Annotated[Number, Field(ge=-180, le=180)]
Latitude = Annotated[Number, Field(ge=-90, le=90)]
LonLat = tuple[Longitude, Latitude]
Count = Annotated[Whole, Field(ge=0, le=1_000_000)]
Seconds = Annotated[Whole, Field(ge=0, le=10_000_000)]

LIVE: Realm = "live"
CANARY: Realm = "canary"  # synthetic reports that show whether the whole way works; swept, and no evidence


class Versioned(Value):
    """A thing with an identity whose every change has the next version, from 1."""

    id: Id
    version: int = Field(default=1, ge=1)


def utc(at: datetime) -> str:
    """ISO 8601 with Z, the form used in events and audit values."""
    return at.isoformat().replace("+00:00", "Z")
