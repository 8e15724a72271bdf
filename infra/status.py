"""`./muster status` and `./muster stop`: what runs in a data directory, and its end."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from infra.children import wait_until
from infra.claim import holder
from infra.place import Place
from infra.steps import Refusal, say

_STOP_S = 15.0


def read_state(place: Place) -> dict[str, Any] | None:
    """What the launcher last wrote, or None when no launcher runs here."""
    if holder(place) is None or not place.state.exists():
        return None
    state: dict[str, Any] = json.loads(place.state.read_text())
    return state


def age(seconds: float) -> str:
    """A span of time in the largest unit that fits."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def table(state: dict[str, Any], now: float) -> str:
    """The running processes as aligned text."""
    lines = [f"{'process':<20}{'pid':>8}{'port':>8}{'age':>10}{'restarts':>10}  state"]
    for name, one in state["processes"].items():
        shown = "starting" if one.get("ready") is False else "running"
        shown = shown if one.get("pid") else "down"
        old = age(now - one["since"]) if one.get("since") else "-"
        numbers = f"{one.get('pid') or '-':>8}{one.get('port') or '-':>8}{old:>10}{one.get('restarts') or 0:>10}"
        lines.append(f"{name:<20}{numbers}  {shown}")
    return "\n".join(lines)


def status(data: Path) -> int:
    """Prints what runs; 1 when nothing does."""
    place = Place(data.resolve())
    pid, state = holder(place), read_state(place)
    if pid is None:
        print(f"Muster does not run in {place.data}.")
        return 1
    if state is None:
        print(f"Muster is starting in {place.data}, launcher pid {pid}.")
        return 0
    print(f"Muster runs in {place.data} ({state['mode']}), launcher pid {pid}, {state['url']}/")
    print(table(state, time.time()))
    return 0


def stop(data: Path) -> int:
    """Ends the launcher of a data directory and waits until everything is down."""
    place = Place(data.resolve())
    pid = holder(place)
    if pid is None:
        print(f"Muster does not run in {place.data}.")
        return 0
    say(f"stopping Muster (pid {pid}) in {place.data}")
    os.kill(pid, signal.SIGTERM)
    if not wait_until(lambda: holder(place) is None, _STOP_S):
        raise Refusal(f"The launcher (pid {pid}) did not end within {_STOP_S:.0f} s.")
    say("everything is stopped")
    return 0
