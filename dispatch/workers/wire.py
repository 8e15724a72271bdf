"""How a job and its result cross a Unix socket: a length, then a pickle. Both ends are ours, under one account."""

import pickle
import socket
import struct
from asyncio import StreamReader, StreamWriter
from typing import Any

HEADER = struct.Struct(">Q")
MOST_BYTES = 256 * 2**20


def pack(value: Any) -> bytes:
    """The frame of a value."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(body)) + body


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
