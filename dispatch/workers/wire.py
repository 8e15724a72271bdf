"""How a job and its result cross a Unix socket: a length, then a pickle. Both ends are ours, under one account.

A job names every unit of the city and its zones, and almost all of them are the same as in the last one. So a unit is
written once and crosses as those bytes until it changes, and the other end opens bytes that it has seen before once.
"""

import io
import pickle
import socket
import struct
from asyncio import StreamReader, StreamWriter
from functools import lru_cache
from typing import Any

from dispatch.workers.jobs import Zoning
from dispatch.workers.once import REMEMBERED, Once
from kernel.contracts.resources import MicroStation, Stockpile, Unit

HEADER = struct.Struct(">Q")
MOST_BYTES = 256 * 2**20


class _Pickler(pickle.Pickler):
    """Writes values of the register, and the zones, as bytes within the bytes."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, Unit | MicroStation | Stockpile | Zoning):
            return _opened, (_written(value),)
        return NotImplemented


def _bytes_of(value: object) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


_written = Once(_bytes_of)


@lru_cache(REMEMBERED)
def _opened(body: bytes) -> object:
    value: object = pickle.loads(body)  # noqa: S301 - as below
    return value


def pack(value: Any) -> bytes:
    """The frame of a value."""
    body = io.BytesIO()
    _Pickler(body, pickle.HIGHEST_PROTOCOL).dump(value)
    return HEADER.pack(body.tell()) + body.getvalue()


def receive(connection: socket.socket) -> Any:
    """The next value from a blocking socket. Raises EOFError when the other end is gone."""
    (length,) = HEADER.unpack(_exactly(connection, HEADER.size))
    return pickle.loads(_exactly(connection, length))  # noqa: S301 - from our own process over a private socket


def _exactly(connection: socket.socket, length: int) -> bytes:
    if length > MOST_BYTES:
        raise EOFError("frame too large")
    got = bytearray()
    while len(got) < length:
        piece = connection.recv(min(length - len(got), 1 << 20))
        if not piece:
            raise EOFError("the other end is gone")
        got += piece
    return bytes(got)


async def call(reader: StreamReader, writer: StreamWriter, value: Any) -> Any:
    """Sends a job and waits for its result."""
    writer.write(pack(value))
    await writer.drain()
    (length,) = HEADER.unpack(await reader.readexactly(HEADER.size))
    return pickle.loads(await reader.readexactly(length))  # noqa: S301 - as above
