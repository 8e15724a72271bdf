"""The gateway's own HTTP surface: signing in and out, accounts, tickets, the base map and what is degraded."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from fastapi.responses import RedirectResponse

from gateway import pages, store
from gateway.canary import Canary, CanaryForm
from gateway.hub.hub import Hub
from gateway.identity import accounts
from gateway.identity.forms import (
    Account,
    AccountForm,
    Accounts,
    Clock,
    DemoSignIn,
    Link,
    NewAccount,
    PasswordForm,
    SessionView,
    SignIn,
    Ticket,
)
from gateway.identity.sessions import Sessions, digest
from kernel.auth import Principal
from kernel.contracts.base import Id
from kernel.contracts.events import BeatFrame
from kernel.errors import NotFound
from kernel.http import AskedRoute, Asking, Tx, may, router, running_of

asked = APIRouter(route_class=AskedRoute)
kept = router()


@dataclass
class Gateway:
    """What the gateway holds while it runs. `small` is the hub of the canary's realm."""

    sessions: Sessions
    hub: Hub
    small: Hub
    canary: Canary
    files: pages.Files


def own(request: Request) -> Gateway:
    """This gateway."""
    opened: Gateway = running_of(request).own
    return opened


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _view(request: Request, principal: Principal) -> SessionView:
    running = running_of(request)
    return SessionView(
        subject=principal.subject,
        name=principal.name,
        roles=tuple(sorted(principal.roles)),
        station_id=principal.station_id,
        unit_ids=principal.unit_ids,
        seat=principal.seat,
        mode=running.settings.mode,
        clock=Clock(now=running.clock.now(), rate=running.clock.rate),
    )


async def _signed_in(request: Request, response: Response, token: str) -> SessionView:
    sessions = own(request).sessions
    sessions.set_cookie(response, token)
    return _view(request, await sessions.principal_of(digest(token)))


@asked.post("/session", tags=["session"])
@may("session.open")
async def sign_in(form: SignIn, request: Request, response: Response) -> SessionView:
    """Signs in with name and password; 429 after five wrong ones."""
    token = await own(request).sessions.sign_in(form.name, form.password, _address(request), request.state.request_id)
    return await _signed_in(request, response, token)


@asked.post("/demo-session", tags=["session"])
@may("session.open")
async def sign_in_demo(form: DemoSignIn, request: Request, response: Response) -> SessionView:
    """A role button of the demonstration; only in play and only at this machine."""
    running = running_of(request)
    accounts.refuse_demo(running.settings, _address(request))
    async with running.work(accounts.ITSELF, request_id=request.state.request_id) as tx:
        token = await own(request).sessions.open(tx, await accounts.ensure_demo_account(tx, form))
    return await _signed_in(request, response, token)


@asked.get("/enter", tags=["session"], status_code=303, response_class=RedirectResponse)
@may("session.open")
async def enter(link: Annotated[str, Query(min_length=20, max_length=100)], request: Request) -> RedirectResponse:
    """Uses up a one-use link and goes on to its screen."""
    token, path = await own(request).sessions.enter(link, request.state.request_id)
    going = RedirectResponse(path, 303)
    own(request).sessions.set_cookie(going, token)
    return going


@asked.get("/session", tags=["session"])
@may("session.read")
async def read_session(request: Request, principal: Asking) -> SessionView:
    """Who is signed in here, in which mode, and what time it is; without roles when nobody is."""
    return _view(request, principal)


@asked.delete("/session", tags=["session"], status_code=204)
@may("session.close")
async def sign_out(request: Request, response: Response, principal: Asking) -> None:
    """Signs out; the session ends at once."""
    sessions = own(request).sessions
    hash_ = sessions.token_hash(request)
    if hash_ is not None:
        await sessions.close(hash_, principal, request.state.request_id)
    sessions.clear_cookie(response)


@asked.post("/ws-ticket", tags=["live"])
@may("session.watch")
async def ticket(request: Request) -> Ticket:
    """A single-use ticket for the live connection, good for 30 s."""
    sessions = own(request).sessions
    return Ticket(ticket=await sessions.issue_ticket(sessions.token_hash(request) or ""))


@asked.get("/basemap", tags=["map"])
@may("picture.read")
async def basemap(request: Request) -> Response:
    """The base map, with ETag."""
    path = running_of(request).settings.basemap
    file = own(request).files.read(path) if path is not None else None
    if file is None:
        raise NotFound("basemap_missing", "There is no base map; run `./muster roads`.")
    return pages.answer(file, request.headers)


@asked.get("/status", tags=["live"])
@may("picture.read")
async def status(request: Request) -> BeatFrame:
    """What the heartbeat says: the clock, what is degraded, and how old each source is."""
    return own(request).hub.beat()


@asked.post("/canary", tags=["live"], status_code=204)
@may("canary.report")
async def report_canary(form: CanaryForm, request: Request) -> None:
    """Whether the last synthetic report came through, and how long each step took."""
    own(request).canary.take(form)


@kept.get("/accounts", tags=["accounts"])
@may("account.keep")
async def list_accounts(tx: Tx) -> Accounts:
    """All accounts."""
    return Accounts(accounts=tuple(await store.list_accounts(tx)))


@kept.post("/accounts", tags=["accounts"], status_code=201)
@may("account.keep")
async def create_account(form: NewAccount, tx: Tx) -> Account:
    """An account that cannot sign in until it gets a password or a link."""
    tx.note("account.created", "account", form.name)
    return await store.create_account(tx, form.name, form)


@kept.put("/accounts/{account_id}", tags=["accounts"])
@may("account.keep")
async def change_account(
    account_id: Id, form: AccountForm, tx: Tx, request: Request, after: BackgroundTasks
) -> Account:
    """Replaces what an account is; its sessions end at once."""
    after.add_task(own(request).sessions.forget, f"account:{account_id}")
    return await accounts.change_account(tx, account_id, form, tx.principal)


# A reply or a request with a secret is not kept under an idempotency key; both may be repeated without harm.
@kept.put("/accounts/{account_id}/password", tags=["accounts"], status_code=204)
@may("account.keep", keyed=False)
async def set_password(account_id: Id, form: PasswordForm, tx: Tx, request: Request, after: BackgroundTasks) -> None:
    """Sets a password; the account's sessions end at once."""
    after.add_task(own(request).sessions.forget, f"account:{account_id}")
    await accounts.set_password(tx, account_id, form.password)


@kept.post("/accounts/{account_id}/link", tags=["accounts"], status_code=201)
@may("account.keep", keyed=False)
async def link_device(account_id: Id, tx: Tx) -> Link:
    """A one-use link with which a wall, station or unit device signs in."""
    return Link(path=await accounts.make_device_link(tx, account_id))


@kept.delete("/accounts/{account_id}/sessions", tags=["accounts"], status_code=204)
@may("account.keep")
async def end_sessions(account_id: Id, tx: Tx, request: Request, after: BackgroundTasks) -> None:
    """Ends every session of an account at once."""
    after.add_task(own(request).sessions.forget, f"account:{account_id}")
    await store.get_account(tx, account_id)
    await store.close_sessions_of(tx, account_id)
    tx.note("session.revoked", "account", account_id)
