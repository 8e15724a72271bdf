"""Who asks, what each role may do, and the one pure question `allow(principal, action, thing)`. Deny by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt
from pydantic import BaseModel, ConfigDict

from kernel.contracts.base import CANARY, LIVE, Realm
from kernel.errors import NotSignedIn

TOKEN_LIFE_S = 60


class Role(StrEnum):
    """The roles of a command centre. `service` and `canary` are processes of ours, never a person."""

    COMMANDER = "commander"
    DISPATCHER = "dispatcher"
    INCIDENT_COMMANDER = "incident_commander"
    RESOURCE_KEEPER = "resource_keeper"
    PLAN_KEEPER = "plan_keeper"
    DRILL_COORDINATOR = "drill_coordinator"
    EVALUATOR = "evaluator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    WALL = "wall"
    STATION = "station"
    UNIT = "unit"
    SERVICE = "service"
    CANARY = "canary"


class Principal(BaseModel):
    """Who is asking. `unit_ids` of `*` is a fleet terminal gateway that speaks for every unit."""

    model_config = ConfigDict(frozen=True)

    subject: str
    name: str
    roles: frozenset[Role] = frozenset()
    organisation: str = ""
    station_id: str | None = None
    unit_ids: tuple[str, ...] = ()
    seat: str = ""


ANONYMOUS = Principal(subject="anonymous", name="")

_R = Role
_WATCHERS = frozenset(Role) - {_R.SERVICE, _R.CANARY}
_OFFICE = frozenset({_R.COMMANDER, _R.DISPATCHER, _R.INCIDENT_COMMANDER})
_DESK = frozenset({_R.COMMANDER, _R.DISPATCHER})
_CREW = frozenset({_R.STATION, _R.UNIT})
_ANYBODY: frozenset[Role | None] = frozenset({None, *Role})

ACTIONS: Mapping[str, frozenset[Role | None]] = {
    "health.read": _ANYBODY,
    "metrics.read": frozenset({_R.ADMINISTRATOR, _R.SERVICE}),
    "session.open": _ANYBODY,
    "session.read": _ANYBODY,
    "session.close": frozenset(_WATCHERS | {_R.CANARY}),
    "session.watch": frozenset(_WATCHERS | {_R.CANARY}),
    "canary.report": frozenset({_R.CANARY}),
    "account.keep": frozenset({_R.ADMINISTRATOR}),
    "picture.read": frozenset(_WATCHERS | {_R.SERVICE}),
    "audit.read": frozenset({_R.AUDITOR}),
    "incident.read": frozenset(_WATCHERS | {_R.SERVICE}),
    "incident.report": frozenset(_OFFICE | {_R.STATION, _R.SERVICE, _R.CANARY}),
    "incident.change": frozenset(_OFFICE),
    "incident.step": frozenset(_OFFICE | {_R.CANARY}),
    "incident.note": frozenset(_OFFICE | _CREW),
    "report.end": frozenset(_DESK),
    "person.read": frozenset(_DESK),
    "recommendation.ask": frozenset(_OFFICE | {_R.SERVICE, _R.CANARY}),
    "siting.ask": frozenset(_DESK | {_R.RESOURCE_KEEPER, _R.PLAN_KEEPER}),
    "order.give": frozenset(_OFFICE),
    "aid.ask": frozenset(_OFFICE),
    "move.order": frozenset(_DESK),
    "move.advance": frozenset(_DESK | _CREW),
    "assignment.release": frozenset(_OFFICE),
    "assignment.advance": frozenset(_DESK | _CREW),
    "supply.advance": frozenset(_DESK | {_R.RESOURCE_KEEPER, _R.UNIT}),
    "unit.control": frozenset(_DESK | _CREW),
    "closure.keep": frozenset(_DESK),
    "position.report": frozenset({_R.UNIT}),
    "register.read": frozenset(_WATCHERS | {_R.SERVICE}),
    "crew.read": frozenset(_DESK | _CREW | {_R.INCIDENT_COMMANDER, _R.RESOURCE_KEEPER}),
    "unit.service": frozenset({_R.RESOURCE_KEEPER, _R.DISPATCHER, _R.STATION}),
    "stock.commit": frozenset({_R.SERVICE}),
    "stock.move": frozenset({_R.RESOURCE_KEEPER, _R.SERVICE}),
    "register.import": frozenset({_R.RESOURCE_KEEPER, _R.ADMINISTRATOR}),
    "policy.read": frozenset(_WATCHERS | {_R.SERVICE}),
    "policy.keep": frozenset({_R.COMMANDER, _R.PLAN_KEEPER}),
    "card.read": frozenset(_WATCHERS | {_R.SERVICE}),
    "card.keep": frozenset({_R.PLAN_KEEPER}),
}

# What a station or a unit may touch is only its own.
_OWN: Mapping[Role, str] = {_R.STATION: "station_id", _R.UNIT: "unit_id"}
_OWN_ONLY = frozenset(
    {
        "assignment.advance",
        "move.advance",
        "supply.advance",
        "unit.control",
        "position.report",
        "unit.service",
        "crew.read",
    }
)


# Who may see what is marked restricted, within their own part of the organisation.
_CLEARED = frozenset(_OFFICE | {_R.AUDITOR, _R.RESOURCE_KEEPER})


@dataclass(frozen=True)
class Decision:
    """Whether, and if not, the code of the reason."""

    allowed: bool
    reason: str = ""


def allow(principal: Principal, action: str, thing: Mapping[str, Any] | None = None) -> Decision:
    """Whether `principal` may do `action` to `thing` (its `unit_id`, `station_id`). Unknown actions are denied."""
    roles = ACTIONS.get(action)
    if roles is None:
        return Decision(False, "unknown_action")
    holding = {role for role in principal.roles if role in roles}
    if not holding:
        return Decision(True) if None in roles else Decision(False, "role")
    if thing is None or action not in _OWN_ONLY or any(role not in _OWN for role in holding):
        return Decision(True)
    owned = any(_owns(principal, role, thing) for role in holding)
    return Decision(True) if owned else Decision(False, "not_yours")


def _owns(principal: Principal, role: Role, thing: Mapping[str, Any]) -> bool:
    if role is Role.STATION:
        return principal.station_id is not None and thing.get("station_id") == principal.station_id
    return "*" in principal.unit_ids or thing.get("unit_id") in principal.unit_ids


def enters(principal: Principal, realm: Realm) -> bool:
    """Whether somebody may act in a realm at all: the canary in its own alone, everybody else in live use."""
    if Role.SERVICE in principal.roles:
        return realm in (LIVE, CANARY)
    return realm == (CANARY if Role.CANARY in principal.roles else LIVE)


def sees(principal: Principal, scope: str) -> bool:
    """Whether an event of this scope (`organisation path|class`) may reach `principal`; an unknown class may not."""
    path, _, kind = scope.rpartition("|")
    if kind == "open" or Role.SERVICE in principal.roles:
        return kind in ("open", "restricted")
    within = not principal.organisation or f"{path}/".startswith(f"{principal.organisation}/")
    return kind == "restricted" and within and not principal.roles.isdisjoint(_CLEARED)


def sign(principal: Principal, *, audience: str, key: str, at: datetime) -> str:
    """An EdDSA token that says for 60 s, to one service, who is asking."""
    claims = {
        "sub": principal.subject,
        "aud": audience,
        "iat": at,
        "exp": at + timedelta(seconds=TOKEN_LIFE_S),
        "who": principal.model_dump(mode="json"),
    }
    return jwt.encode(claims, key, algorithm="EdDSA")


def verify(token: str, *, audience: str, key: str) -> Principal:
    """The principal of a signed token. Raises NotSignedIn for anything but a fresh EdDSA token for this audience."""
    try:
        claims = jwt.decode(
            token, key, algorithms=["EdDSA"], audience=audience, options={"require": ["exp", "iat", "aud", "sub"]}
        )
        principal = Principal.model_validate(claims["who"])
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise NotSignedIn("token_refused", "The request carries no valid signature of the gateway.") from error
    return principal


def service_principal(name: str) -> Principal:
    """The principal of one of our processes when nobody's request is behind the call."""
    return Principal(subject=f"service:{name}", name=name, roles=frozenset({Role.SERVICE}))


def signed_header(principal: Principal, *, audience: str, key: str) -> dict[str, str]:
    """The Authorization header for a call to `audience` on behalf of `principal`."""
    return {"Authorization": "Bearer " + sign(principal, audience=audience, key=key, at=datetime.now(UTC))}
