"""A stage for the screens: the built frontend before a gateway that speaks frames from a scene.

It tests the screens alone; the suite's own end-to-end tests run the real services.
"""

import asyncio
import math
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse, Response

from kernel.contracts.base import utc
from tests.e2e.scene import NOW, Scene

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "frontend" / "dist"


class Stage:
    """Serves the built screens and speaks to every WebSocket. `silent` stops beats; `push` sends envelopes."""

    def __init__(self, scene: Scene, basemap: Path | None, rate: float = 1) -> None:
        self.scene = scene
        self.basemap = basemap
        self.rate = rate
        self.silent = False
        self.moving = False
        self.hellos: list[dict[str, Any]] = []
        self.sockets: set[WebSocket] = set()
        self.app = FastAPI()
        self._routes()

    def silence(self, silent: bool) -> None:
        """Stops every frame, or lets them flow again."""
        self.silent = silent

    def _driven(self) -> list[dict[str, Any]]:
        """Every unit some 20 m farther to the east."""
        self.scene.positions = [
            each.model_copy(update={"at": (each.at[0] + 0.00025, each.at[1])}) for each in self.scene.positions
        ]
        return [each.model_dump(mode="json") for each in self.scene.positions]

    async def _until_speaking(self) -> None:
        for _ in range(600):
            if not self.silent:
                return
            await asyncio.sleep(0.1)

    def now(self) -> datetime:
        return NOW

    def _routes(self) -> None:
        app = self.app

        @app.post("/api/gateway/ws-ticket")
        def ticket() -> dict[str, str]:
            return {"ticket": "t"}

        @app.get("/api/gateway/basemap")
        def basemap() -> Response:
            return FileResponse(self.basemap) if self.basemap else JSONResponse({"code": "no_map"}, 503)

        @app.get("/api/resources/micro-stations")
        def micro() -> list[dict[str, Any]]:
            rng = random.Random(3)
            return [
                {"id": f"x{i}", "at": [87.45 + rng.gauss(0.12, 0.07), 43.74 + rng.gauss(0.09, 0.06)]}
                for i in range(4665)
            ]

        @app.get("/api/dispatch/assignments/{id}/route")
        def route(id: str) -> dict[str, Any]:
            return _bent_route(self.scene, id)

        app.websocket("/live")(self.live)
        app.get("/{path:path}")(page)

    async def live(self, socket: WebSocket) -> None:
        await socket.accept(subprotocol="muster")
        self.hellos.append(await socket.receive_json())
        await self._until_speaking()
        await socket.send_json(
            {
                "type": "snapshot",
                "cursor": f"c{self.scene.seq}",
                "things": [e.model_dump(mode="json") for e in self.scene.things.values()],
                "positions": [p.model_dump(mode="json") for p in self.scene.positions],
                "now": utc(self.now()),
                "rate": self.rate,
            }
        )
        self.sockets.add(socket)
        try:
            while True:
                if not self.silent:
                    await socket.send_json(
                        {"type": "beat", "now": utc(self.now()), "rate": self.rate, "degraded": [], "ages_s": {}}
                    )
                if self.moving:
                    await socket.send_json({"type": "positions", "positions": self._driven()})
                await asyncio.sleep(0.5)
        except (WebSocketDisconnect, RuntimeError):
            self.sockets.discard(socket)


def page(path: str) -> FileResponse:
    file = DIST / path
    return FileResponse(file if path and file.is_file() else DIST / "index.html")


def _bent_route(scene: Scene, id: str) -> dict[str, Any]:
    assignment = scene.things[("assignment", id)].value
    unit = scene.things[("unit", assignment["unit_id"])].value
    incident = scene.things[("incident", assignment["incident_id"])].value
    (x0, y0), (x1, y1) = unit["at"], incident["at"]
    points = [
        [x0 + (x1 - x0) * s + 0.008 * math.sin(s * math.pi), y0 + (y1 - y0) * s] for s in (i / 12 for i in range(13))
    ]
    return {
        "points": points,
        "elapsed_s": [i * 50 for i in range(13)],
        "length_m": 6000,
        "method": "road",
        "avoided": [],
    }


@contextmanager
def on_stage(scene: Scene, *, basemap: Path | None, rate: float = 1) -> Iterator[tuple[Stage, str]]:
    """The stage in a thread of its own, and its address on the loopback, which answers from the start."""
    stage = Stage(scene, basemap, rate)
    server = uvicorn.Server(uvicorn.Config(stage.app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield stage, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=5)
