"""`./muster status`: each degraded part is said in words, and a healthy copy is said to be well."""

from typing import Any

import pytest

from infra.condition import Figures, figures_of, findings

STATE: dict[str, Any] = {
    "processes": {
        "postgres": {"pid": 1, "ready": True},
        "gateway": {"pid": 2, "port": 8600, "ready": True},
        "dispatch": {"pid": 3, "port": 8601, "ready": True},
    }
}
GATEWAY: Figures = {
    ("muster_source_fast", "dispatch"): 1,
    ("muster_source_age_seconds", "dispatch"): 1.9,
    ("muster_relay_lag_seconds", "live"): 0,
    ("muster_relay_lag_events", "live"): 0,
    ("muster_canary_age_seconds", ""): 42,
    ("muster_canary_misses", ""): 0,
}
DISPATCH: Figures = {
    ("muster_copy_age_seconds", "resources"): 2.5,
    ("muster_worker_age_seconds", ""): 0.8,
    ("muster_road_map_loaded", ""): 1,
}


def codes(state: dict[str, Any] = STATE, **told: Figures | None) -> list[str]:
    return [each.code for each in findings(state, {"gateway": GATEWAY, "dispatch": DISPATCH, **told})]


def test_a_healthy_copy_is_well() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("service", "name", "subject", "value", "code"),
    [
        ("gateway", "muster_source_fast", "dispatch", 0, "redis_away"),
        ("gateway", "muster_source_age_seconds", "dispatch", 30, "source_away"),
        ("gateway", "muster_relay_lag_seconds", "live", 9, "relay_lag"),
        ("gateway", "muster_canary_age_seconds", "", 200, "canary_missed"),
        ("gateway", "muster_canary_misses", "", 2, "canary_missed"),
        ("dispatch", "muster_copy_age_seconds", "resources", 12, "copy_stale"),
        ("dispatch", "muster_worker_age_seconds", "", 60, "worker_away"),
        ("dispatch", "muster_road_map_loaded", "", 0, "no_road_map"),
    ],
)
def test_what_is_degraded_is_said(service: str, name: str, subject: str, value: float, code: str) -> None:
    healthy = {"gateway": GATEWAY, "dispatch": DISPATCH}[service]
    assert (name, subject) in healthy, "the figure exists in a healthy copy, so that its fault can be seen"
    assert codes(**{service: {**healthy, (name, subject): value}}) == [code]


def test_a_process_that_is_down_starting_or_silent_is_said() -> None:
    down = {"processes": {**STATE["processes"], "postgres": {"pid": None}}}
    starting = {"processes": {**STATE["processes"], "dispatch": {"pid": 0, "port": 1}}}
    young = {"processes": {**STATE["processes"], "dispatch": {"pid": 3, "port": 1, "ready": False}}}
    assert codes(down) == ["postgres_down"]
    assert codes(starting, dispatch=None) == ["dispatch_down"]
    assert codes(young, dispatch=None) == ["dispatch_starting"]
    assert codes(dispatch=None) == ["dispatch_silent"]


def test_figures_are_read_by_what_they_are_about() -> None:
    text = (
        'muster_source_fast{service="gateway",source="plans"} 1.0\n'
        'muster_relay_lag_events{service="gateway",realm="live"} 3.0\n'
        'muster_worker_age_seconds{service="dispatch"} 0.5\nprocess_open_fds 9.0\n'
    )
    assert figures_of(text) == {
        ("muster_source_fast", "plans"): 1,
        ("muster_relay_lag_events", "live"): 3,
        ("muster_worker_age_seconds", ""): 0.5,
    }
