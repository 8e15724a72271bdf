"""The writing end of one live connection: it never waits, and knows how much has not left yet."""

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Send
from websockets.frames import Frame, Opcode

SEND_BUFFER = 256 * 1024
SILENT_MS = 8000  # a link that acknowledges nothing for so long is cut by the kernel
FAREWELL_S = 2.0


def frame_of(text: str) -> bytes:
    """A text frame as it goes over the wire, the same for every client."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False, extensions=())


class Pipe:
    """Writes whole frames to the transport beneath uvicorn's `websockets-sansio` protocol.

    Its `send` waits while a client does not read, which would let one slow client hold up all others, so frames are
    written beside it: only whole ones, and only here, so they never cut into one another.
    """

    def __init__(self, send: Send) -> None:
        protocol: Any = getattr(send, "__self__", None)
        transport = getattr(protocol, "transport", None)
        if transport is None:
            raise RuntimeError("run uvicorn with ws='websockets-sansio'")
        self._transport: asyncio.Transport = transport
        line = transport.get_extra_info("socket")
        if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MS)

    @property
    def waiting(self) -> int:
        """Bytes that the client has not yet taken."""
        return self._transport.get_write_buffer_size()

    def write(self, frame: bytes) -> None:
        """Queues a whole frame."""
        if not self._transport.is_closing():
            self._transport.write(frame)

    def close(self, code: int, reason: str) -> None:
        """Says why and closes once all is taken, or after two seconds."""
        if self._transport.is_closing():
            return
        body = struct.pack("!H", code) + reason.encode()
        self._transport.write(Frame(Opcode.CLOSE, body).serialize(mask=False, extensions=()))
        self._transport.close()
        asyncio.get_running_loop().call_later(FAREWELL_S, self._transport.abort)
