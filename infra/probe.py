"""Asks a starting process whether it answers, without ever blocking the one who asks."""

import socket
import time
from pathlib import Path

_PATH = "/readyz"
_PAUSE_S = 0.1
_PATIENCE_S = 5.0
_ACCEPTS = 0x10000  # __SO_ACCEPTCON in the kernel's flags of a socket


class Probe:
    """One question to one process: GET on its port, or is its socket listened to; with neither, it has answered."""

    def __init__(self, port: int | None, path: str | None) -> None:
        self._port = port
        self._path = path
        self._next_at = 0.0
        self._asked_at = 0.0
        self.socket: socket.socket | None = None
        self.answered = port is None and path is None

    def ask(self) -> None:
        """Asks, unless a question is open or the last one was only just refused."""
        now = time.monotonic()
        if self.socket is not None and now - self._asked_at > _PATIENCE_S:
            self.close()
        if self.socket is not None or now < self._next_at:
            return
        self._next_at, self._asked_at = now + _PAUSE_S, now
        if self._path is not None:
            self.answered = _is_listened_to(self._path)
        elif self._port is not None:
            self._request(self._port)

    def read(self) -> None:
        """Takes the answer that has come; anything but 200 is asked again."""
        if self.socket is None:
            return
        try:
            self.answered = b" 200 " in self.socket.recv(64)
        except OSError:
            self.answered = False
        self.close()

    def close(self) -> None:
        """Drops the open question."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _request(self, port: int) -> None:
        asked = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            # The launcher itself holds the listening socket, so this connects at once even while the service is down.
            asked.settimeout(0.2)
            asked.connect(("127.0.0.1", port))
            asked.sendall(f"GET {_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        except OSError:
            asked.close()
            return
        asked.setblocking(False)
        self.socket = asked


def _is_listened_to(path: str) -> bool:
    """Whether somebody listens on a Unix socket, by the kernel's list: a caller who hangs up would disturb."""
    listening = f"{_ACCEPTS:08X}"
    lines = Path("/proc/net/unix").read_text().splitlines()
    return any(line.split()[3] == listening and line.endswith(f" {path}") for line in lines[1:])
