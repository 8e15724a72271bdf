"""A client as every client should be: one key per effect, sent again under the same key until somebody answers."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.town.history import Deed

PATIENCE_S = 60.0
PAUSE_S = 0.1
AGAIN = frozenset({429, 502, 503})
_numbers = itertools.count(1)


@dataclass
class Client:
    """Somebody signed in, and what they did."""

    name: str
    http: httpx.AsyncClient
    deeds: list[Deed] = field(default_factory=list)

    def mark(self) -> str:
        """A word that occurs nowhere else."""
        return f"{self.name}.{next(_numbers):05d}."

    async def do(
        self, stream: str, type_: str, method: str, path: str, body: Any, *, mark: str = "", twice: bool = False
    ) -> Deed:
        """Does one effect until the answer is certain; `twice` sends every try two times at once, as a double click."""
        deed = Deed(
            stream, type_, mark or self.mark(), method, f"/api/{stream}{path}", body, "", began_s=time.monotonic()
        )
        deed.key = f"key-{deed.mark}"
        self.deeds.append(deed)
        while deed.outcome == "info" and time.monotonic() - deed.began_s < PATIENCE_S:
            deed.tries += 1
            deed.sent_s = time.monotonic()
            answers = await asyncio.gather(*(self.send(deed) for _ in range(2 if twice else 1)))
            for answer in answers:
                settle(deed, answer)
            if deed.outcome == "info":
                await asyncio.sleep(PAUSE_S)
        return deed

    async def send(self, deed: Deed) -> httpx.Response | None:
        """Sends a deed once, under its key; None when the line broke."""
        try:
            return await self.http.request(
                deed.method, deed.path, json=deed.body, headers={"Idempotency-Key": deed.key}
            )
        except httpx.TransportError:
            return None


def settle(deed: Deed, answer: httpx.Response | None) -> None:
    """Takes an answer into the history. What was done has one answer, and nobody may hear of a bug (500).

    A refusal is not kept under its key, so the second of two simultaneous sendings may still be done.
    """
    if answer is None or answer.status_code in AGAIN:
        return
    if answer.status_code >= 500:
        deed.faults.append(f"{deed.method} {deed.path}: {answer.status_code} {answer.text}")
        return
    if answer.headers.get("Idempotency-Replayed"):
        deed.replays += 1
    outcome = "ok" if answer.status_code < 300 else "fail"
    if deed.outcome == "ok":
        if (answer.status_code, answer.content) != (deed.status, deed.text):
            deed.faults.append(f"{deed.key}: {deed.status} {deed.text!r} and {answer.status_code} {answer.text}")
        return
    deed.outcome, deed.status, deed.text = outcome, answer.status_code, answer.content
    deed.reply = answer.json() if answer.content else None
    deed.ended_s = time.monotonic()
