"""What a service holds while it runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import HTTPConnection

from kernel.auth import Principal
from kernel.bus import Source
from kernel.clock import RealmClock
from kernel.contracts.base import LIVE, Realm
from kernel.database import Transaction, begin
from kernel.metrics import Metrics
from kernel.outbox import Ledger, flush
from kernel.settings import Settings


@dataclass
class Running:
    """The open ends of a service: database, streams, other services, clock. `own` is the service's own state.

    `is_door` says that it faces people and not only services; `lacks` says what it cannot work without and has not got
    yet, in a sentence, else nothing.
    """

    service: str
    settings: Settings
    engine: AsyncEngine
    redis: Redis
    http: httpx.AsyncClient
    clock: RealmClock
    ledger: Ledger
    authenticate: Callable[[HTTPConnection], Awaitable[Principal]]
    metrics: Metrics
    is_door: bool = False
    lacks: Callable[[], str] = lambda: ""
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    own: Any = None

    def source(self, service: str, realm: Realm = LIVE) -> Source:
        """A fresh reader of another service's stream."""
        return Source(
            service=service,
            realm=realm,
            url=self.settings.url_of(service),
            reader=self.service,
            signing_key=self.settings.signing_key,
            redis=self.redis,
            http=self.http,
        )

    @asynccontextmanager
    async def work(
        self, principal: Principal, *, realm: Realm = LIVE, request_id: str = ""
    ) -> AsyncIterator[Transaction]:
        """A transaction that is not a request's own, with the same event and audit logs."""
        async with begin(
            self.engine, realm=realm, principal=principal, at=self.clock.now(), request_id=request_id
        ) as tx:
            yield tx
            await flush(self.ledger, tx)
        if tx.changes:
            self.wake.set()
