"""What is degraded in a running copy, in words: read from the figures that the services tell, decided purely."""

import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from infra.place import Place

_PATIENCE_S = 3.0
AWAY_S = 5.0  # a quiet source is verified every two seconds
LAG_S = 2.0
WORKER_S = 15.0
CANARY_MISSES, CANARY_SILENT_S = 2, 150.0
SHOWN_BY = "gateway"

Figures = Mapping[tuple[str, str], float]  # by name and by what it is about: a source, a realm, a step, or nothing


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: a code for programs, a sentence for people."""

    code: str
    words: str


def ask(place: Place, state: Mapping[str, Any]) -> dict[str, Figures | None]:
    """The figures of every process that has a port, None where it does not answer with any."""
    ports = {name: one["port"] for name, one in state["processes"].items() if one.get("port")}
    file = place.keys / "metrics-token"
    token = file.read_text().strip() if file.exists() else ""
    with ThreadPoolExecutor(max(1, len(ports))) as pool:
        return dict(zip(ports, pool.map(lambda name: _figures(name, ports[name], token), ports), strict=True))


def _figures(name: str, port: int, token: str) -> Figures | None:
    path, headers = ("/metrics", {})
    if name == SHOWN_BY:
        path, headers = "/api/gateway/metrics", {"Authorization": f"Bearer {token}"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=_PATIENCE_S) as answer:  # noqa: S310
            return figures_of(answer.read().decode())
    except (OSError, ValueError, urllib.error.URLError):
        return None


def figures_of(text: str) -> Figures:
    """Our own figures out of Prometheus's text. Raises ValueError for anything else."""
    from prometheus_client.parser import text_string_to_metric_families

    found: dict[tuple[str, str], float] = {}
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            about = next((each.labels[name] for name in ("source", "realm", "step") if name in each.labels), "")
            if each.name.startswith("muster_"):
                found[each.name, about] = each.value
    return found


def findings(state: Mapping[str, Any], told: Mapping[str, Figures | None]) -> list[Finding]:
    """Everything that is degraded, the gravest first; empty when all is well."""
    return [
        *_processes(state["processes"], told),
        *(each for name, figures in told.items() if figures is not None for each in _relay(name, figures)),
        *_screens(told.get(SHOWN_BY) or {}),
        *_dispatch(told.get("dispatch") or {}),
        *_canary(told.get(SHOWN_BY) or {}),
    ]


def _processes(processes: Mapping[str, Any], told: Mapping[str, Figures | None]) -> Iterator[Finding]:
    for name, one in processes.items():
        if not one.get("pid"):
            yield Finding(f"{name}_down", f"{name} is down and is being started again")
        elif one.get("ready") is False:
            yield Finding(f"{name}_starting", f"{name} is starting")
        elif name in told and told[name] is None:
            yield Finding(f"{name}_silent", f"{name} does not tell its figures; read its log")


def _relay(name: str, figures: Figures) -> Iterator[Finding]:
    for realm, seconds in about(figures, "muster_relay_lag_seconds"):
        if seconds > LAG_S:
            events = figures["muster_relay_lag_events", realm]
            words = f"{events:.0f} events of {name} ({realm}) are not on the stream, the oldest for {seconds:.0f} s"
            yield Finding("relay_lag", words)


def _screens(figures: Figures) -> Iterator[Finding]:
    if any(not fast for _, fast in about(figures, "muster_source_fast")):
        yield Finding("redis_away", "Redis is away: screens are fed from PostgreSQL, a little later")
    for source, seconds in about(figures, "muster_source_age_seconds"):
        if seconds > AWAY_S:
            yield Finding("source_away", f"the screens have not heard {source} for {seconds:.0f} s")


def _dispatch(figures: Figures) -> Iterator[Finding]:
    for source, seconds in about(figures, "muster_copy_age_seconds"):
        if seconds > AWAY_S:
            yield Finding("copy_stale", f"dispatch's copy of {source} is {seconds:.0f} s old")
    if figures.get(("muster_worker_age_seconds", ""), 0) > WORKER_S:
        yield Finding("worker_away", "the optimizer's worker is away: recommendations are nearest first, straight line")
    elif figures.get(("muster_road_map_loaded", ""), 1) == 0:
        words = "there is no road map: travel times are straight-line estimates until ./muster roads FILE.osm.pbf"
        yield Finding("no_road_map", words)


def _canary(figures: Figures) -> Iterator[Finding]:
    silent_s, misses = (figures.get((f"muster_canary_{name}", ""), 0) for name in ("age_seconds", "misses"))
    if misses >= CANARY_MISSES or silent_s > CANARY_SILENT_S:
        where = ", ".join(step for step, _ in about(figures, "muster_canary_missed")) or "every step"
        yield Finding("canary_missed", f"no synthetic report came through for {silent_s:.0f} s; missed at {where}")


def about(figures: Figures, name: str) -> Iterable[tuple[str, float]]:
    """The samples of one figure, with what each is about."""
    return [(subject, value) for (found, subject), value in figures.items() if found == name]
