"""Sessions: an opaque cookie whose hash is a row, so that ending one takes effect at once."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from gateway import store
from gateway.identity.forms import DEVICES, DemoSignIn
from gateway.identity.passwords import Verifier
from gateway.identity.together import Together
from gateway.store import OpenSession
from kernel.auth import ANONYMOUS, Principal
from kernel.clock import real_now
from kernel.database import Transaction
from kernel.errors import NotAllowed, NotSignedIn, TooMany
from kernel.running import Running

CACHE_S = 5.0
CACHED = 10_000
TOUCH = timedelta(seconds=60)
PERSON_LIFE, PERSON_IDLE = timedelta(hours=12), timedelta(minutes=30)
DEVICE_LIFE = timedelta(days=30)
TICKET_LIFE = timedelta(seconds=30)
LOCKED_OUT = "Too many wrong passwords. Wait 15 minutes or ask the administrator."
FAILURES, LOCKED = 5, timedelta(minutes=15)


def digest(token: str) -> str:
    """What is stored of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token() -> str:
    """256 random bits for a cookie, a link or a ticket."""
    return secrets.token_urlsafe(32)


@dataclass
class Sessions:
    """The sessions of this installation as one process sees them, remembered for at most 5 s."""

    running: Running
    verifier: Verifier = field(default_factory=Verifier)
    _cache: OrderedDict[str, tuple[Principal, float]] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self._looked_up = Together(self._look_up)
        self._issued = Together(self._issue)
        self._redeemed = Together(self._redeem)

    @property
    def secure(self) -> bool:
        """Whether people come over https."""
        return any(origin.startswith("https://") for origin in self.running.settings.public_origins)

    @property
    def cookie(self) -> str:
        """The cookie's name; browsers keep `__Host-` cookies to this very origin."""
        return "__Host-muster" if self.secure else "muster"

    def token_hash(self, connection: HTTPConnection) -> str | None:
        """The hash of the session token that a request carries, if any."""
        token = connection.cookies.get(self.cookie)
        return digest(token) if token else None

    async def authenticate(self, connection: HTTPConnection) -> Principal:
        """Who asks: nobody when there is no session or it has ended."""
        hash_ = self.token_hash(connection)
        return ANONYMOUS if hash_ is None else await self.principal_of(hash_)

    async def principal_of(self, hash_: str, *, touch: bool = True) -> Principal:
        """Who a session belongs to; using it (`touch`) keeps it from idling out."""
        known = self._cache.get(hash_)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        found = await self._looked_up.ask((hash_, touch))
        if found is None:
            self._cache.pop(hash_, None)
            return ANONYMOUS
        if touch:
            self._remember(hash_, found.principal, min(CACHE_S, (found.expires_at - real_now()).total_seconds()))
        return found.principal

    async def _look_up(self, asked: Sequence[tuple[str, bool]]) -> list[OpenSession | None]:
        at = real_now()
        async with self.running.work(ANONYMOUS) as tx:
            found = await store.list_sessions(tx, {hash_ for hash_, _ in asked}, at)
            rested = {hash_ for hash_, touch in asked if touch and _rested(found.get(hash_), at)}
            if rested:
                await store.touch_sessions(tx, rested, at)
        return [found.get(hash_) for hash_, _ in asked]

    def _remember(self, hash_: str, principal: Principal, for_s: float) -> None:
        self._cache[hash_] = (principal, time.monotonic() + for_s)
        self._cache.move_to_end(hash_)
        while len(self._cache) > CACHED:
            self._cache.popitem(last=False)

    async def holding(self, hashes: Sequence[str]) -> set[str]:
        """Which of these sessions still hold."""
        async with self.running.work(ANONYMOUS) as tx:
            return await store.list_holding(tx, hashes, real_now())

    async def sign_in(self, name: str, password: str, address: str, request_id: str) -> str:
        """A new session's token. Raises NotSignedIn, or TooMany after five failures from one address on one name."""
        name_hash, at = digest(name.casefold()), real_now()
        async with self.running.work(ANONYMOUS) as tx:
            if await store.count_failures(tx, name_hash, address, at - LOCKED) >= FAILURES:
                raise TooMany("locked", LOCKED_OUT, retry_after_s=900)
            known = await store.find_credentials(tx, name)
        fits = await self.verifier.verify(password, known.password_hash if known else None)
        if not fits or known is None:
            async with self.running.work(ANONYMOUS, request_id=request_id) as tx:
                await store.add_failure(tx, name_hash, address, at, at - LOCKED)
                tx.note("session.refused", "account", known.account_id if known else "unknown")
            raise NotSignedIn("wrong_password", "Name or password is wrong.")
        async with self.running.work(ANONYMOUS, request_id=request_id) as tx:
            await store.clear_failures(tx, name_hash, address)
            return await self.open(tx, known.account_id)

    async def open(self, tx: Transaction, account_id: str) -> str:
        """Opens a session of an account in a transaction; returns its token. Raises NotSignedIn for an inactive one."""
        principal = await store.find_principal(tx, account_id)
        if principal is None:
            raise NotSignedIn("account_closed", "This account is closed.")
        device = bool(principal.roles & DEVICES)
        token = new_token()
        life, idle = (DEVICE_LIFE, None) if device else (PERSON_LIFE, PERSON_IDLE)
        await store.open_session(tx, digest(token), account_id, at=real_now(), life=life, idle=idle)
        tx.note("session.opened", "account", account_id)
        return token

    async def enter(self, link: str, request_id: str) -> tuple[str, str]:
        """Token and path of a one-use link. Raises NotAllowed when it is unknown, used or late."""
        async with self.running.work(ANONYMOUS, request_id=request_id) as tx:
            used = await store.use_link(tx, digest(link), real_now())
            if used is None:
                raise NotAllowed("link_used", "This link was used or has expired; ask for a new one.")
            account_id, path = used
            return await self.open(tx, account_id), path

    async def close(self, hash_: str, principal: Principal, request_id: str) -> None:
        """Ends a session at once."""
        async with self.running.work(principal, request_id=request_id) as tx:
            await store.close_session(tx, hash_)
            tx.note("session.closed", "account", principal.subject.removeprefix("account:"))
        self._cache.pop(hash_, None)

    def forget(self, subject: str) -> None:
        """Drops what is remembered of somebody, after their account was changed."""
        for hash_ in [hash_ for hash_, (known, _) in self._cache.items() if known.subject == subject]:
            del self._cache[hash_]

    async def issue_ticket(self, hash_: str) -> str:
        """A ticket that opens one live connection within 30 s."""
        ticket = new_token()
        if not await self._issued.ask((digest(ticket), hash_)):
            raise NotSignedIn("not_signed_in", "Sign in first.")
        return ticket

    async def _issue(self, wanted: Sequence[tuple[str, str]]) -> list[bool]:
        async with self.running.work(ANONYMOUS) as tx:
            stored = await store.save_tickets(tx, wanted, real_now() + TICKET_LIFE)
        return [hash_ in stored for hash_, _ in wanted]

    async def redeem_ticket(self, ticket: str) -> tuple[str, Principal] | None:
        """The session and principal of a ticket, used up by this; None when it does not hold."""
        hash_ = await self._redeemed.ask(digest(ticket))
        if hash_ is None:
            return None
        principal = await self.principal_of(hash_, touch=False)
        return (hash_, principal) if principal.roles else None

    async def _redeem(self, hashes: Sequence[str]) -> list[str | None]:
        async with self.running.work(ANONYMOUS) as tx:
            used = await store.use_tickets(tx, set(hashes), real_now())
        # Whoever asks first has it: the same ticket may be shown twice at the same moment.
        return [used.pop(hash_, None) for hash_ in hashes]

    def set_cookie(self, response: Response, token: str) -> None:
        """Hands the token to the browser, out of reach of scripts and of other sites."""
        response.set_cookie(self.cookie, token, httponly=True, samesite="strict", secure=self.secure, path="/")

    def clear_cookie(self, response: Response) -> None:
        """Takes the token back."""
        response.delete_cookie(self.cookie, httponly=True, samesite="strict", secure=self.secure, path="/")


def _rested(session: OpenSession | None, at: datetime) -> bool:
    return session is not None and at - session.seen_at > TOUCH


def demo_account(form: DemoSignIn) -> str:
    """The account behind a role button."""
    own = form.station_id or form.unit_id
    return f"demo-{form.role}" + (f"-{own}" if own else "")
