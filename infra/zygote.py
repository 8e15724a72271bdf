"""Imports the services once and forks them on command, so that a dead one is back in a fraction of a second.

Loop-free and single-threaded by law: a fork copies only the thread that calls it, and a lock held by another would stay
locked in the child for ever. Commands and reports are lines of JSON on one inherited socket.
"""

import contextlib
import gc
import importlib
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from infra.children import die_with_parent, show_name, wait_until
from kernel import logs
from kernel.memory import keep_no_large_blocks

GRACE_S = 2
# Libraries import these only when first used; imported here, every child shares their memory.
LATE = (
    "uvicorn",
    "uvloop",
    "httptools",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "uvicorn.lifespan.on",
    "asyncpg",
    "httpcore",
    "anyio._backends._asyncio",
    "anyio.streams.tls",
)
_ADOPTION_S = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What to fork: `fd` is a listening socket for an ASGI application, `argument` goes to a blocking function."""

    name: str
    target: str
    log: str
    fd: int | None = None
    argument: str | None = None
    niceness: int = 0


@dataclass(frozen=True)
class Zygote:
    """The process that forks: its line to the launcher, and the listening sockets that it holds for its children."""

    line: socket.socket
    listeners: tuple[int, ...]
    launcher: int

    def report(self, **facts: Any) -> None:
        """Tells the launcher one fact."""
        with contextlib.suppress(BrokenPipeError):  # the launcher is gone; the next read ends this process
            self.line.sendall(json.dumps(facts).encode() + b"\n")

    def obey(self, command: dict[str, Any]) -> None:
        """Forks a process, twice: when the one between ends, the launcher adopts the service.

        So the launcher buries its services itself, they die with it and not with this process.
        """
        order = Order(**command)
        between = os.fork()
        if between == 0:
            if os.fork() == 0:
                self._become(order)
            os._exit(0)
        os.waitpid(between, 0)

    def _become(self, order: Order) -> NoReturn:
        """Turns the fork into the ordered process; never returns into the zygote's loop."""
        code = 1
        try:
            if not wait_until(lambda: os.getppid() == self.launcher, _ADOPTION_S, step_s=0.001):
                os._exit(code)
            die_with_parent(self.launcher, signal.SIGKILL)
            self.report(fact="started", name=order.name, pid=os.getpid())
            show_name(order.name)
            self.line.close()
            for fd in self.listeners:
                if fd != order.fd:
                    os.close(fd)
            _redirect(order.log)
            logs.begin(order.name)
            os.nice(order.niceness)
            _run(order)
            code = 0
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        except BaseException as error:
            log.critical("ended by %s: %s", type(error).__name__, error, exc_info=error)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def _redirect(log: str) -> None:
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def _run(order: Order) -> None:
    """Runs an ASGI application on its socket, or a blocking function."""
    module, _, name = order.target.partition(":")
    thing: Callable[..., object] = getattr(importlib.import_module(module), name)
    if order.fd is None:
        thing(*([order.argument] if order.argument is not None else []))
        return
    serve_http(thing, socket.socket(fileno=order.fd))


def serve_http(app: Callable[..., object], listener: socket.socket) -> None:
    """Serves an ASGI application on a listening socket until SIGTERM, then lets requests finish for two seconds."""
    import uvicorn

    keep_no_large_blocks()
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=65_536,
        ws_ping_interval=5,
        ws_ping_timeout=5,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run(sockets=[listener])


def prepare(modules: list[str]) -> float:
    """Imports everything that a child will need and freezes it; returns the seconds it took."""
    began = time.monotonic()
    for module in (*LATE, *modules):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    if len(os.listdir("/proc/self/task")) != 1 or threading.active_count() != 1:
        raise RuntimeError("an import started a thread; a fork would copy its locks without it")
    return time.monotonic() - began


def serve(zygote: Zygote, modules: list[str]) -> None:
    """Prepares, then forks on command until the launcher hangs up."""
    zygote.report(fact="ready", imports_s=prepare(modules))
    pending = b""
    while heard := zygote.line.recv(65536):
        *whole, pending = (pending + heard).split(b"\n")
        for one in whole:
            zygote.obey(json.loads(one))


def main() -> None:
    """`python -m infra.zygote LINE_FD LISTENER_FDS MODULES`, the latter two separated by commas."""
    line, listeners, modules = sys.argv[1:4]
    fds = tuple(int(fd) for fd in listeners.split(",") if fd)
    zygote = Zygote(socket.socket(fileno=int(line)), fds, os.getppid())
    serve(zygote, [name for name in modules.split(",") if name])


if __name__ == "__main__":
    main()
