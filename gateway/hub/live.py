"""The live endpoint: a ticket and an allowed origin open it, a hello begins it, the end of the session ends it."""

import asyncio
import logging
from collections.abc import Iterable, Mapping

from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from gateway.hub.hub import Client, Hub
from gateway.hub.pipe import Pipe
from gateway.identity.sessions import Sessions
from kernel.auth import enters
from kernel.contracts.base import Realm
from kernel.contracts.events import Hello

HELLO_S, READY_S, CHECK_S = 5.0, 3.0, 2.0
ENDED, BAD_HELLO = 4401, 4400
log = logging.getLogger(__name__)


async def serve(hubs: Mapping[Realm, Hub], sessions: Sessions, scope: Scope, receive: Receive, send: Send) -> None:
    """One live connection from handshake to end."""
    await receive()
    client = await _welcome(sessions, scope, send)
    if client is None:
        await send({"type": "websocket.close", "code": 4403})
        return
    await send({"type": "websocket.accept", "subprotocol": "muster"})
    hello = await _hello(receive)
    hub = hubs.get(hello.realm) if hello is not None and enters(client.principal, hello.realm) else None
    if hello is None or hub is None:
        client.pipe.close(BAD_HELLO, "say hello")
        return
    await hub.ready(READY_S)
    hub.join(client, hello.cursor)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            log.debug("a client says more than hello")
    finally:
        hub.leave(client)


async def _welcome(sessions: Sessions, scope: Scope, send: Send) -> Client | None:
    """The client behind a single-use ticket, or None. The door has checked the origin."""
    offered = Headers(scope=scope).get("Sec-WebSocket-Protocol", "").split(",")
    protocols = [each.strip() for each in offered]
    if scope["path"] != "/live" or len(protocols) != 2 or protocols[0] != "muster":
        return None
    redeemed = await sessions.redeem_ticket(protocols[1])
    return None if redeemed is None else Client(Pipe(send), redeemed[1], redeemed[0])


async def _hello(receive: Receive) -> Hello | None:
    try:
        async with asyncio.timeout(HELLO_S):
            message = await receive()
        return Hello.model_validate_json(message.get("text") or "")
    except (TimeoutError, ValidationError):
        return None


async def watch_sessions(hubs: Iterable[Hub], sessions: Sessions) -> None:
    """Closes connections whose session has ended, within a few seconds, for ever."""
    while True:
        await asyncio.sleep(CHECK_S)
        watching = {client.session for hub in hubs for client in hub.clients}
        if not watching:
            continue
        try:
            holding = await sessions.holding(tuple(watching))
        except Exception as error:
            log.warning("sessions cannot be looked at: %s", type(error).__name__)
            continue
        ended = watching - holding  # and not who joined meanwhile
        for hub in hubs:
            for client in [client for client in hub.clients if client.session in ended]:
                hub.leave(client)
                client.pipe.close(ENDED, "signed out")
