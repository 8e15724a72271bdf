"""Who sits before a screen in a journey: a signed-in page, what it asked of whom, and the keys that were pressed."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, WebSocket

WALL_SIZE = (1280, 720)
DESK_SIZE = (1920, 1080)
PHONE_SIZE = (412, 915)
PATIENCE_MS = 30_000  # for a busy machine; how fast it really is stands in docs/promises.md
KEY_S = 0.28
PAUSE_S = 1.35


@dataclass
class Seat:
    """One person's browser. `hosts`: every host that it asked; `errors`: what its console complained of."""

    context: BrowserContext
    page: Page
    url: str
    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        """The API under this seat's session; fails the test on any refusal."""
        headers = {"Origin": self.url} | ({"Idempotency-Key": key} if key else {})
        answer = self.context.request.fetch(
            f"{self.url}{path}", method=method, data=body, headers=headers, max_retries=3
        )
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json()

    def open(self, path: str) -> "Seat":
        """Shows a screen."""
        self.page.goto(f"{self.url}{path}")
        return self

    def leave(self) -> None:
        """Closes the page and its session."""
        self.context.close()


def take_seat(browser: Browser, url: str, size: tuple[int, int], role: str | None = None, **device: Any) -> Seat:
    """A browser of one's own; with a role it is signed in as the demonstration allows."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN", **device)
    context.set_default_timeout(PATIENCE_MS)
    seat = Seat(context, context.new_page(), url)
    seat.page.on("request", lambda request: seat.hosts.update(_host(request)))
    seat.page.on("websocket", lambda socket: seat.hosts.add(urlsplit(socket.url).netloc))
    seat.page.on("console", lambda said: seat.errors.append(_place(said)) if said.type == "error" else None)
    seat.page.on("pageerror", lambda error: seat.errors.append(str(error)))
    if role is not None:
        seat.ask("POST", "/api/gateway/demo-session", {"role": role})
    return seat


def _host(request: Request) -> set[str]:
    """Nothing for what never leaves the browser."""
    parts = urlsplit(request.url)
    return {parts.netloc} if parts.scheme in {"http", "https", "ws", "wss"} else set()


def _place(said: Any) -> str:
    return f"{said.text} {urlsplit(said.location.get('url', '')).path}".strip()


@dataclass
class Hands:
    """Fingers on a keyboard: presses as a person does, and counts."""

    page: Page
    keys: int = 0
    pauses: int = 0

    def press(self, *names: str) -> "Hands":
        """Thinks once, then presses these keys one after the other."""
        self.pauses += 1
        for name in names:
            self.keys += 1
            self.page.keyboard.press(name)
        return self

    def type(self, text: str) -> "Hands":
        """Thinks once, then types a text key by key."""
        return self.press(*text)

    @property
    def human_s(self) -> float:
        """Seconds of an average typist (keystroke-level model: 0.28 s a key, 1.35 s a thought)."""
        return self.keys * KEY_S + self.pauses * PAUSE_S


@dataclass
class Wire:
    """What the gateway told a page over its WebSocket."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    sockets: int = 0

    def listen(self, page: Page) -> "Wire":
        """Hears every frame of every socket that the page opens from now on."""
        page.on("websocket", self._opened)
        return self

    def _opened(self, socket: WebSocket) -> None:
        self.sockets += 1
        socket.on("framereceived", lambda text: self.frames.append(json.loads(text)))

    def places(self, unit_ids: set[str]) -> dict[str, set[tuple[float, float]]]:
        """Every place at which the page was told that these units are."""
        found: dict[str, set[tuple[float, float]]] = {}
        for frame in self.frames:
            for fix in frame.get("positions", []):
                if fix["unit_id"] in unit_ids:
                    found.setdefault(fix["unit_id"], set()).add(tuple(fix["at"]))
        return found
