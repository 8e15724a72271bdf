"""Accounts: those that every installation begins with, those of the demonstration, and one-use links into them."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from gateway import store
from gateway.identity.forms import DEVICES, Account, AccountForm, DemoSignIn
from gateway.identity.passwords import hash_password, matches
from gateway.identity.sessions import demo_account, digest, new_token
from kernel.auth import Principal, Role, service_principal
from kernel.clock import real_now
from kernel.database import Transaction
from kernel.errors import Conflict, Invalid, NotFound
from kernel.running import Running
from kernel.settings import Mode, Settings

ADMINISTRATOR = "admin"
SIMULATOR = "simulator"
CANARY = "canary"
LINK_LIFE = timedelta(minutes=10)
SCREENS = {"wall": ("/wall", Role.WALL), "desk": ("/desk", Role.DISPATCHER), "planner": ("/planner", Role.COMMANDER)}
ITSELF = service_principal("gateway")
TITLES: dict[Role, str] = {
    Role.COMMANDER: "指挥长（演示）",
    Role.DISPATCHER: "调度员（演示）",
    Role.INCIDENT_COMMANDER: "现场指挥（演示）",
    Role.RESOURCE_KEEPER: "资源管理员（演示）",
    Role.PLAN_KEEPER: "预案管理员（演示）",
    Role.DRILL_COORDINATOR: "演练导调（演示）",
    Role.EVALUATOR: "评估员（演示）",
    Role.AUDITOR: "审计员（演示）",
    Role.ADMINISTRATOR: "系统管理员（演示）",
    Role.WALL: "指挥大屏",
    Role.STATION: "消防站终端",
    Role.UNIT: "车载终端",
}


async def ensure_first_accounts(running: Running) -> None:
    """Creates the administrator with the launcher's password, and in play the simulator's terminal gateway."""
    settings = running.settings
    first = _secret(settings.admin_password_file)
    await _ensure(running, ADMINISTRATOR, _form("系统管理员", Role.ADMINISTRATOR), first)
    secret = _secret(settings.canary_secret_file)
    await _ensure(running, CANARY, _form("巡检", Role.CANARY), secret, renew=True)
    if settings.mode is not Mode.PRODUCTION:
        form = _form("模拟车载终端", Role.UNIT, unit_ids=("*",))
        await _ensure(running, SIMULATOR, form, _secret(settings.simulator_secret_file), renew=True)


def _secret(file: Path | None) -> str | None:
    return file.read_text().strip() if file is not None and file.exists() else None


async def _ensure(running: Running, name: str, form: AccountForm, password: str | None, *, renew: bool = False) -> None:
    """Creates an account unless it exists; `renew` gives an existing one this password where it differs."""
    if not password:
        return
    async with running.work(ITSELF) as tx:
        known = await store.find_credentials(tx, name)
        if known is None:
            await store.create_account(tx, name, form, hash_password(password))
            tx.note("account.created", "account", name)
        elif renew and not matches(password, known.password_hash):
            await store.save_password(tx, name, hash_password(password))
            tx.note("account.password_set", "account", name)


def _form(title: str, role: Role, *, station_id: str | None = None, unit_ids: tuple[str, ...] = ()) -> AccountForm:
    return AccountForm(title=title, roles=frozenset({role}), station_id=station_id, unit_ids=unit_ids)


async def ensure_demo_account(tx: Transaction, form: DemoSignIn) -> str:
    """The account of a role button, made when first pressed. Raises Invalid when a device does not say which it is."""
    own = {Role.STATION: form.station_id, Role.UNIT: form.unit_id}.get(form.role, "")
    if own is None or form.role in (Role.SERVICE, Role.CANARY):
        raise Invalid("role_incomplete", "Say which station or unit this is.")
    name = demo_account(form)
    if await store.find_principal(tx, name) is None:
        units = (form.unit_id,) if form.unit_id else ()
        title = TITLES[form.role] + (f" {own}" if own else "")
        with suppress(Conflict):  # somebody else pressed the same button first
            await store.create_account(tx, name, _form(title, form.role, station_id=form.station_id, unit_ids=units))
            tx.note("account.created", "account", name)
    return name


def refuse_demo(settings: Settings, address: str) -> None:
    """Role buttons exist in play only, and only for who sits at this machine."""
    if settings.mode is Mode.PRODUCTION or address not in ("127.0.0.1", "::1"):
        raise NotFound("not_found", "There is no demonstration here.")


async def make_link(tx: Transaction, account_id: str, path: str) -> str:
    """Path and query of a link that opens a screen as this account, once, within 10 minutes."""
    link = new_token()
    await store.save_link(tx, digest(link), account_id, path, real_now() + LINK_LIFE)
    tx.note("link.made", "account", account_id)
    return f"/api/gateway/enter?link={link}"


async def make_demo_link(tx: Transaction, settings: Settings, screen: str) -> str:
    """The same for a screen of the demonstration. Raises NotFound outside play."""
    refuse_demo(settings, "127.0.0.1")
    path, role = SCREENS[screen]
    return await make_link(tx, await ensure_demo_account(tx, DemoSignIn(role=role)), path)


async def make_device_link(tx: Transaction, account_id: str) -> str:
    """A link that enrols a wall, station or unit device. Raises Invalid for a person's account."""
    account = await store.get_account(tx, account_id)
    if not account.roles & DEVICES:
        raise Invalid("not_a_device", "Only a wall, a station or a unit signs in by a link; a person has a password.")
    unit = next(iter(account.unit_ids), "")
    paths = {Role.WALL: "/wall", Role.STATION: f"/station/{account.station_id}", Role.UNIT: f"/unit/{unit}"}
    return await make_link(tx, account_id, paths[next(iter(account.roles))])


async def change_account(tx: Transaction, account_id: str, form: AccountForm, by: Principal) -> Account:
    """Replaces what an account is and ends its sessions. Raises Invalid when somebody would lock themselves out."""
    if by.subject == f"account:{account_id}" and (not form.active or Role.ADMINISTRATOR not in form.roles):
        raise Invalid("own_account", "You cannot take administration from yourself; another administrator can.")
    account = await store.save_account(tx, account_id, form)
    await store.close_sessions_of(tx, account_id)
    tx.note("account.changed", "account", account_id)
    return account


async def set_password(tx: Transaction, account_id: str, password: str) -> None:
    """Sets a password and ends the account's sessions."""
    await store.save_password(tx, account_id, hash_password(password))
    await store.close_sessions_of(tx, account_id)
    tx.note("account.password_set", "account", account_id)
