"""Planted bug: dispatch keeps a megabyte and a file handle of every request."""

import os
from typing import Any

from starlette.types import Receive, Scope, Send

from dispatch.main import app as dispatch

_kept: list[Any] = []


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The service, and what it forgets to forget."""
    if scope["type"] == "http":
        _kept.append((bytearray(os.urandom(4096) * 256), os.open(os.devnull, os.O_RDONLY)))
    await dispatch(scope, receive, send)
