"""The real launcher on a tiny table of processes: `python tiny_launch.py DATA [PORT]`."""

import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from infra.run import Options, run
from infra.topology import Process

TABLE = (
    Process("gateway", "tiny_launch:app", listens=True),
    Process("dispatch", "tiny_launch:app", listens=True, reads_roads=True),
    Process("worker-live", "tiny_launch:serve", has_socket=True),
)


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Answers every request with its own pid; /hang blocks it for ten seconds."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/hang":
        time.sleep(10)  # noqa: ASYNC251 - a service that is stuck and cannot even be asked to stop
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})


def serve(path: str) -> None:
    """A worker that answers every connection with its pid."""
    import socket

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        while True:
            with door.accept()[0] as caller:
                caller.sendall(str(os.getpid()).encode())


if __name__ == "__main__":
    port = int(sys.argv[2]) if len(sys.argv) > 2 else None
    run(Options(data=Path(sys.argv[1]), port=port, demo=False, fresh=False), TABLE, parts=lambda _place, _options: None)
