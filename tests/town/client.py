"""A client as every client should be: one key per effect, sent again under the same key until somebody answers."""

import asyncio
import itertools
import time
from collections.abc import Sequence
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
            settle(deed, answers)
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


def settle(deed: Deed, answers: Sequence[httpx.Response | None]) -> None:
    """Takes the answers to what was sent at the same time into the history. Nobody may hear of a bug (500), and what
    was done has one answer.

    A refusal is not kept under its key, so of two simultaneous sendings the first may be refused and the second done.
    Then it was refused because another had the unit, and for no other reason; and while the second has no answer,
    nothing is certain.
    """
    told = [each for each in answers if each is not None and each.status_code not in AGAIN]
    deed.faults += [
        f"{deed.method} {deed.path}: {each.status_code} {each.text}" for each in told if each.is_server_error
    ]
    deed.replays += sum("Idempotency-Replayed" in each.headers for each in told)
    done = [each for each in told if each.is_success]
    refused = [each for each in told if each.is_client_error]
    if len({(each.status_code, each.content) for each in done}) > 1:
        deed.faults.append(f"{deed.key}: {' and '.join(each.text for each in done)}")
    if done:
        deed.faults += [f"{deed.key}: done and {each.text}" for each in refused if not _came_before(deed, each)]
    if done or len(refused) == len(answers):
        certain = (done or refused)[0]
        deed.outcome, deed.status, deed.text = "ok" if done else "fail", certain.status_code, certain.content
        deed.reply = certain.json() if certain.content else None
        deed.ended_s = time.monotonic()


def _came_before(deed: Deed, refusal: httpx.Response) -> bool:
    """Whether a refusal beside a deed is older than it: somebody had the unit, and not by this very order."""
    told, person = refusal.json(), deed.mark.partition(".")[0]
    own = str(told.get("incident_id", "-")) in deed.path and told.get("by") == f"account:{person}"
    return told.get("code") == "unit_taken" and not own
