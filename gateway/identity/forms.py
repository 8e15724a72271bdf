"""What is said about accounts and sessions, in both directions."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from kernel.auth import Role
from kernel.contracts.base import Form, Id, Instant, Name, ShortText, Value

Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
NewPassword = Annotated[str, StringConstraints(min_length=12, max_length=200)]
DEVICES = frozenset({Role.WALL, Role.STATION, Role.UNIT})
APART = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


class SignIn(Form):
    """Name and password."""

    name: Secret
    password: Secret


class DemoSignIn(Form):
    """A role button of the demonstration; a station or a unit says which it is."""

    role: Role
    station_id: Id | None = None
    unit_id: Id | None = None


class Clock(Value):
    """The realm's clock."""

    now: Instant
    rate: float


class SessionView(Value):
    """Who is signed in here; without roles when nobody is."""

    subject: str
    name: str
    roles: tuple[Role, ...]
    station_id: str | None
    unit_ids: tuple[str, ...]
    seat: str
    mode: str
    clock: Clock


class Ticket(Value):
    """Opens one live connection, once, within 30 s."""

    ticket: str


class AccountForm(Form):
    """Who somebody is and what they may do."""

    title: Name
    roles: frozenset[Role] = Field(min_length=1)
    organisation: ShortText = ""
    station_id: Id | None = None
    unit_ids: tuple[Id | Literal["*"], ...] = Field(default=(), max_length=200)
    seat: ShortText = ""
    active: bool = True

    @model_validator(mode="after")
    def _roles_fit(self) -> "AccountForm":
        """Administration and audit stay in different hands; a device is one device and nothing else."""
        if Role.SERVICE in self.roles or self.roles >= APART:
            raise ValueError("roles that nobody may hold, or hold together")
        if self.roles & DEVICES and len(self.roles) > 1:
            raise ValueError("a device has one role")
        if Role.STATION in self.roles and self.station_id is None:
            raise ValueError("a station names its station")
        if Role.UNIT in self.roles and not self.unit_ids:
            raise ValueError("a unit names itself")
        return self


class NewAccount(AccountForm):
    """An account that cannot sign in until it gets a password."""

    name: Id


class PasswordForm(Form):
    """A new password of at least 12 characters."""

    password: NewPassword


class Account(AccountForm):
    """An account as it stands. Never carries its password."""

    id: Id
    name: Id
    version: int
    has_password: bool


class Accounts(Value):
    """All accounts."""

    accounts: tuple[Account, ...]


class Link(Value):
    """Path and query that open this installation once, within 10 minutes, without a password."""

    path: str
