"""What the live connection decides: cursors, and which connections end with their session."""

import asyncio
import contextlib
from typing import Any

import pytest

from gateway.hub import live
from gateway.hub.frames import decode_cursor, encode_cursor


def test_a_cursor_says_where_every_stream_stands() -> None:
    standing = {"dispatch": ("e1", 7), "plans": ("e1", 0)}
    assert decode_cursor(encode_cursor(standing)) == standing


@pytest.mark.parametrize("cursor", ["", "x", "e30", "bnVsbA==", "WzFd", "eyJhIjoxfQ==", "中", "W" * 2000])
def test_anything_else_is_no_cursor(cursor: str) -> None:
    assert not decode_cursor(cursor)


class Client:
    """A connection that notes its end."""

    def __init__(self, session: str) -> None:
        self.session, self.closed, self.pipe = session, 0, self

    def close(self, code: int, _: str) -> None:
        self.closed = code


class Hub:
    """Clients only."""

    def __init__(self, *clients: Client) -> None:
        self.clients = set(clients)

    def leave(self, client: Client) -> None:
        self.clients.discard(client)


async def test_who_joins_while_sessions_are_looked_at_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    ended, staying, joining = Client("ended"), Client("staying"), Client("joining")
    hub = Hub(ended, staying)

    class Sessions:
        async def holding(self, hashes: Any) -> set[str]:
            hub.clients.add(joining)
            return set(hashes) - {"ended"}

    monkeypatch.setattr(live, "CHECK_S", 0.01)
    watching = asyncio.create_task(live.watch_sessions((hub,), Sessions()))  # type: ignore[arg-type]
    await asyncio.sleep(0.015)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    assert (ended.closed, staying.closed, joining.closed) == (live.ENDED, 0, 0)
