"""`./muster status` and `./muster stop`: what runs in a data directory, and its end."""

import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.children import wait_until
from infra.claim import holder
from infra.condition import SHOWN_BY, Figures, Finding, about, ask, findings
from infra.disk import full_disk
from infra.place import Place
from infra.steps import Refusal, say

DEGRADED, NOT_RUNNING = 1, 3
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


def table(state: dict[str, Any], ages: Mapping[str, float], now: float) -> str:
    """The running processes as aligned text; `data` is how old what the screens have of a service is."""
    lines = [f"{'process':<20}{'pid':>8}{'port':>8}{'age':>10}{'data':>8}{'restarts':>10}  state"]
    for name, one in state["processes"].items():
        old = age(now - one["since"]) if one.get("since") else "-"
        data = age(ages[name]) if name in ages else "-"
        numbers = (
            f"{one.get('pid') or '-':>8}{one.get('port') or '-':>8}{old:>10}{data:>8}{one.get('restarts') or 0:>10}"
        )
        lines.append(f"{name:<20}{numbers}  {_shown(one)}")
    return "\n".join(lines)


def canary(figures: Figures) -> str:
    """The last synthetic report in a line: how long ago one came through, and how long each step took."""
    silent_s = figures.get(("muster_canary_age_seconds", ""))
    steps = about(figures, "muster_canary_step_seconds")
    if silent_s is None or not steps:
        return "canary: no synthetic report yet"
    told = ", ".join(f"{step.replace('_', ' ')} {seconds * 1000:.0f} ms" for step, seconds in steps)
    return f"canary: came through {age(silent_s)} ago; {told}"


def _shown(one: Mapping[str, Any]) -> str:
    if not one.get("pid"):
        return "down"
    return "starting" if one.get("ready") is False else "running"


def status(data: Path, *, as_json: bool = False) -> int:
    """Prints what runs and what is degraded; 0 when all is well, 1 when something is not, 3 when nothing runs."""
    place = Place(data.resolve())
    pid, state = holder(place), read_state(place)
    if pid is None:
        _print(as_json, {"running": False, "data": str(place.data)}, f"Muster does not run in {place.data}.")
        return NOT_RUNNING
    if state is None:
        starting = {"running": True, "healthy": False, "starting": True, "pid": pid, "data": str(place.data)}
        _print(as_json, starting, f"Muster is starting in {place.data}, launcher pid {pid}.")
        return DEGRADED
    told = ask(place, state)
    full = full_disk(place.data)
    found = [*([Finding("disk_full", full.strip())] if full else []), *findings(state, told)]
    ages = dict(about(told.get(SHOWN_BY) or {}, "muster_source_age_seconds"))
    now = time.time()
    if as_json:
        print(json.dumps(_document(place, state, told.get(SHOWN_BY) or {}, found, now), indent=1))
    else:
        print(f"Muster runs in {place.data} ({state['mode']}), launcher pid {pid}, {state['url']}/")
        print(table(state, ages, now))
        print(canary(told.get(SHOWN_BY) or {}))
        print("\n".join(f"degraded: {each.words}" for each in found) or "all is well")
    return DEGRADED if found else 0


def _document(
    place: Place, state: dict[str, Any], figures: Figures, found: Sequence[Finding], now: float
) -> dict[str, Any]:
    """The same for programs; ages in seconds."""
    ages = dict(about(figures, "muster_source_age_seconds"))
    flown = {
        "age_s": figures.get(("muster_canary_age_seconds", "")),
        "steps_s": dict(about(figures, "muster_canary_step_seconds")),
    }
    processes = {
        name: {
            "pid": one.get("pid") or None,
            "port": one.get("port"),
            "age_s": round(now - one["since"], 1) if one.get("since") else None,
            "data_age_s": ages.get(name),
            "restarts": one.get("restarts") or 0,
            "state": _shown(one),
        }
        for name, one in state["processes"].items()
    }
    head = {"running": True, "healthy": not found, "pid": state["pid"], "data": str(place.data)}
    told = [{"code": each.code, "words": each.words} for each in found]
    return {
        **head,
        "mode": state["mode"],
        "url": state["url"],
        "processes": processes,
        "canary": flown,
        "degraded": told,
    }


def _print(as_json: bool, document: Mapping[str, Any], words: str) -> None:
    print(json.dumps(document, indent=1) if as_json else words)


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
