"""The gateway's SQL: accounts, sessions, links, tickets and failed attempts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, String, and_, any_, cast, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.identity.forms import Account, AccountForm
from gateway.tables import accounts, attempts, links, sessions, tickets
from kernel.auth import Principal, Role
from kernel.database import Transaction
from kernel.errors import Conflict, NotFound


@dataclass(frozen=True)
class Credentials:
    """What signing in needs to know of an account."""

    account_id: str
    password_hash: str | None


@dataclass(frozen=True)
class OpenSession:
    """A session that holds, and who it belongs to."""

    principal: Principal
    seen_at: datetime
    expires_at: datetime


def _principal(row: Any) -> Principal:
    return Principal(
        subject=f"account:{row.id}",
        name=row.title,
        roles=frozenset(Role(role) for role in row.roles),
        organisation=row.organisation,
        station_id=row.station_id,
        unit_ids=tuple(row.unit_ids),
        seat=row.seat,
    )


def _account(row: Any) -> Account:
    kept = {name: getattr(row, name) for name in Account.model_fields if name != "has_password"}
    return Account(**kept, has_password=row.password_hash is not None)


def _columns(form: AccountForm) -> dict[str, Any]:
    kept = form.model_dump(mode="json", include=set(AccountForm.model_fields))
    return {**kept, "roles": sorted(kept["roles"]), "unit_ids": list(kept["unit_ids"])}


async def list_accounts(tx: Transaction) -> list[Account]:
    """All accounts by name."""
    return [_account(row) for row in await tx.execute(select(accounts).order_by(accounts.c.name))]


async def get_account(tx: Transaction, account_id: str) -> Account:
    """One account. Raises NotFound."""
    row = (await tx.execute(select(accounts).where(accounts.c.id == account_id))).first()
    if row is None:
        raise NotFound("account_unknown", "There is no such account.")
    return _account(row)


async def find_principal(tx: Transaction, account_id: str) -> Principal | None:
    """Who an active account is, or None."""
    wanted = select(accounts).where(accounts.c.id == account_id, accounts.c.active)
    row = (await tx.execute(wanted)).first()
    return None if row is None else _principal(row)


async def find_credentials(tx: Transaction, name: str) -> Credentials | None:
    """The password hash of an active account by its name, or None."""
    wanted = select(accounts.c.id, accounts.c.password_hash).where(accounts.c.name == name, accounts.c.active)
    row = (await tx.execute(wanted)).first()
    return None if row is None else Credentials(row.id, row.password_hash)


async def create_account(tx: Transaction, name: str, form: AccountForm, password_hash: str | None = None) -> Account:
    """A new account. Raises Conflict when the name is taken."""
    row = {"id": name, "name": name, "password_hash": password_hash, **_columns(form)}
    made = insert(accounts).values(row).on_conflict_do_nothing().returning(accounts)
    found = (await tx.execute(made)).first()
    if found is None:
        raise Conflict("account_taken", "There is already an account of this name.")
    return _account(found)


async def save_account(tx: Transaction, account_id: str, form: AccountForm) -> Account:
    """Replaces what an account is. Raises NotFound."""
    changed = (
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(**_columns(form), version=accounts.c.version + 1)
        .returning(accounts)
    )
    row = (await tx.execute(changed)).first()
    if row is None:
        raise NotFound("account_unknown", "There is no such account.")
    return _account(row)


async def save_password(tx: Transaction, account_id: str, password_hash: str) -> None:
    """Replaces a password. Raises NotFound."""
    changed = (
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(password_hash=password_hash, version=accounts.c.version + 1)
        .returning(accounts.c.id)
    )
    if (await tx.execute(changed)).first() is None:
        raise NotFound("account_unknown", "There is no such account.")


async def open_session(
    tx: Transaction, hash_: str, account_id: str, *, at: datetime, life: timedelta, idle: timedelta | None
) -> None:
    """Stores a new session and forgets those that have ended."""
    await tx.execute(delete(sessions).where(sessions.c.expires_at < at))
    idle_s = None if idle is None else int(idle.total_seconds())
    row = {"hash": hash_, "account_id": account_id, "opened_at": at, "seen_at": at}
    await tx.execute(sessions.insert().values(**row, expires_at=at + life, idle_s=idle_s))


def _texts(given: Collection[str]) -> Any:
    """An array as one parameter: the statement is the same text for any number of them."""
    return cast(list(given), ARRAY(String))


def _holds(at: datetime) -> Any:
    idle_ends = sessions.c.seen_at + func.make_interval(0, 0, 0, 0, 0, 0, sessions.c.idle_s)
    return and_(accounts.c.active, sessions.c.expires_at > at, or_(sessions.c.idle_s.is_(None), idle_ends > at))


async def list_sessions(tx: Transaction, hashes: Collection[str], at: datetime) -> dict[str, OpenSession]:
    """Those of these sessions that hold, by the hash of their token."""
    wanted = (
        select(accounts, sessions.c.hash, sessions.c.seen_at, sessions.c.expires_at)
        .join(sessions, sessions.c.account_id == accounts.c.id)
        .where(sessions.c.hash == any_(_texts(hashes)), _holds(at))
    )
    rows = await tx.execute(wanted)
    return {row.hash: OpenSession(_principal(row), row.seen_at, row.expires_at) for row in rows}


async def list_holding(tx: Transaction, hashes: Sequence[str], at: datetime) -> set[str]:
    """Which of these sessions still hold."""
    wanted = (
        select(sessions.c.hash)
        .join(accounts, sessions.c.account_id == accounts.c.id)
        .where(sessions.c.hash.in_(hashes), _holds(at))
    )
    return {row.hash for row in await tx.execute(wanted)}


async def touch_sessions(tx: Transaction, hashes: Collection[str], at: datetime) -> None:
    """Notes that sessions were used. In one order, so that two who note the same ones do not wait in a ring."""
    these = sessions.c.hash == any_(_texts(hashes))
    locked = select(sessions.c.hash).where(these).order_by(sessions.c.hash).with_for_update()
    await tx.execute(update(sessions).where(sessions.c.hash.in_(locked)).values(seen_at=at))


async def close_session(tx: Transaction, hash_: str) -> None:
    """Ends a session."""
    await tx.execute(delete(sessions).where(sessions.c.hash == hash_))


async def close_sessions_of(tx: Transaction, account_id: str) -> None:
    """Ends every session of an account."""
    await tx.execute(delete(sessions).where(sessions.c.account_id == account_id))


async def save_link(tx: Transaction, hash_: str, account_id: str, path: str, expires_at: datetime) -> None:
    """Stores a one-use link."""
    await tx.execute(links.insert().values(hash=hash_, account_id=account_id, path=path, expires_at=expires_at))


async def use_link(tx: Transaction, hash_: str, at: datetime) -> tuple[str, str] | None:
    """Account and path of a link, which is used up by this; None when it is unknown, used or late."""
    await tx.execute(delete(links).where(links.c.expires_at < at))
    used = delete(links).where(links.c.hash == hash_).returning(links.c.account_id, links.c.path)
    row = (await tx.execute(used)).first()
    return None if row is None else (row.account_id, row.path)


async def save_tickets(tx: Transaction, wanted: Sequence[tuple[str, str]], expires_at: datetime) -> set[str]:
    """Stores single-use tickets, each with its session; gives those whose session is there."""
    given = func.unnest(_texts([hash_ for hash_, _ in wanted]), _texts([session for _, session in wanted]))
    offered = given.table_valued("hash", "session_hash", name="offered").render_derived()
    of_session = select(offered.c.hash, sessions.c.hash, literal(expires_at)).join(
        sessions, sessions.c.hash == offered.c.session_hash
    )
    stored = insert(tickets).from_select(["hash", "session_hash", "expires_at"], of_session)
    return set((await tx.execute(stored.returning(tickets.c.hash))).scalars())


async def use_tickets(tx: Transaction, hashes: Collection[str], at: datetime) -> dict[str, str]:
    """The sessions of tickets, which are used up by this; none for one that is unknown, used or late."""
    await tx.execute(delete(tickets).where(tickets.c.expires_at < at))
    used = (
        delete(tickets).where(tickets.c.hash == any_(_texts(hashes))).returning(tickets.c.hash, tickets.c.session_hash)
    )
    return {row.hash: row.session_hash for row in await tx.execute(used)}


async def count_failures(tx: Transaction, name_hash: str, address: str, since: datetime) -> int:
    """Failed attempts of one address on one name since an instant."""
    wanted = select(attempts.c.failures).where(
        attempts.c.name_hash == name_hash, attempts.c.address == address, attempts.c.last_at > since
    )
    return int((await tx.execute(wanted)).scalar() or 0)


async def add_failure(tx: Transaction, name_hash: str, address: str, at: datetime, since: datetime) -> None:
    """Counts one more; a count that rested since `since` begins anew."""
    await tx.execute(delete(attempts).where(attempts.c.last_at <= since))
    row = {"name_hash": name_hash, "address": address, "failures": 1, "last_at": at}
    upsert = insert(attempts).values(row)
    await tx.execute(
        upsert.on_conflict_do_update(
            index_elements=["name_hash", "address"], set_={"failures": attempts.c.failures + 1, "last_at": at}
        )
    )


async def clear_failures(tx: Transaction, name_hash: str, address: str) -> None:
    """Forgets the failed attempts after a good one."""
    await tx.execute(delete(attempts).where(attempts.c.name_hash == name_hash, attempts.c.address == address))
