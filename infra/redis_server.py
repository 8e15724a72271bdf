"""A private Redis: memory only, reached through a socket that only its owner can open."""

import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.children import spawn, wait_until
from infra.packages import find_redis, program_environment
from infra.place import Place
from infra.steps import Refusal

_READY_S = 20.0


@dataclass(frozen=True)
class RedisServer:
    """One private Redis: its program, its folder and its socket."""

    program: Path
    folder: Path
    log: Path

    @property
    def socket(self) -> Path:
        """The socket that it listens on; there is no port."""
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        """The address for redis-py."""
        return f"unix://{self.socket}"

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the server; it ends with this process, however that ends."""
        self.socket.unlink(missing_ok=True)
        argv = [str(self.program), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        argv += ["--save", "", "--appendonly", "no", "--dir", str(self.folder), "--daemonize", "no"]
        env = {**os.environ, **program_environment(self.program)}
        return spawn(argv, log=self.log, on_orphan=signal.SIGKILL, env=env)

    def is_ready(self, _process: object = None) -> bool:
        """Whether it answers PING."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(0.5)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Waits until it answers; refuses when it ended instead."""
        wait_until(lambda: process.poll() is not None or self.is_ready(), _READY_S)
        if not self.is_ready():
            raise Refusal(f"Redis did not start; see {self.log}.")


def redis_at(place: Place) -> RedisServer:
    """The Redis of a data directory."""
    program = find_redis()
    if program is None:
        raise Refusal("Redis is not installed.")
    return RedisServer(program, place.run, place.logs / "redis.log")
