"""Nothing acknowledged is lost and nothing is doubled when processes are killed under load; each checker sees a twin.

A longer tier raises CYCLES; the seed of a run is printed and can be given again in MUSTER_SEED.
"""

import os
import random
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.town import invariants
from tests.town.history import Deed, recovery_s
from tests.town.people import SERVICES, STOCK_T, Town
from tests.town.screen import seen
from tests.town.storm import KINDS, Aftermath, order_of, storm, told

CYCLES = 2


@pytest.fixture(scope="module")
async def after(town: Town) -> Aftermath:
    seed = int(os.environ.get("MUSTER_SEED", random.randrange(10**6)))
    made = await storm(town, seed=seed, names=order_of(random.Random(seed), CYCLES))
    print(f"\n{told(made)}")
    return made


def test_every_process_was_killed_under_load_and_work_went_on(after: Aftermath, town: Town) -> None:
    assert {name: [kill.name for kill in after.kills].count(name) for name in KINDS} == dict.fromkeys(KINDS, CYCLES)
    for kill in after.kills:
        took_s = recovery_s(kill, after.deeds)
        assert took_s is not None, f"nothing was acknowledged after {kill.name} was killed"
        print(f"{kill.name} killed: the next acknowledged write {took_s:.2f} s later")
    back = re.findall(r"(\S+) is back after ([0-9.]+) s", town.copy.log.read_text())
    print("back, by the launcher's own clock: " + ", ".join(f"{name} {took_s} s" for name, took_s in back))
    assert any(deed.tries > 1 for deed in after.deeds), "nobody noticed the storm"
    assert any(deed.replays for deed in after.deeds), "no reply was ever given twice"


def test_nobody_hears_of_a_bug_and_what_was_done_has_one_answer(after: Aftermath, town: Town) -> None:
    assert [fault for deed in after.deeds for fault in deed.faults] == [], complaints(town)
    assert [deed for deed in after.deeds if deed.outcome == "info"] == []


async def test_a_key_sent_again_afterwards_has_the_same_answer(after: Aftermath, town: Town) -> None:
    marks = {deed.mark for deed in after.deeds if deed.outcome == "ok"}
    for client in town.people.values():
        done = [deed for deed in client.deeds if deed.mark in marks]
        for deed in random.Random(after.seed).sample(done, min(8, len(done))):
            again = await client.send(deed)
            assert again is not None
            assert (again.status_code, again.content) == (deed.status, deed.text)
            assert again.headers["Idempotency-Replayed"] == "true"


def test_what_was_acknowledged_is_there_once(after: Aftermath) -> None:
    assert invariants.lost_or_doubled(after.deeds, after.logs) == []
    assert invariants.unnoted(after.deeds, after.audits["gateway"]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_streams_have_no_gap(after: Aftermath, service: str) -> None:
    assert invariants.gaps(after.logs[service], after.heads[service]) == []
    assert invariants.holes(after.streams[service], after.heads[service]) == []


def test_no_unit_was_ever_committed_twice(after: Aftermath) -> None:
    assert invariants.twice_committed(after.logs["dispatch"]) == []


def test_stock_is_what_was_promised_and_never_more(after: Aftermath) -> None:
    assert any(event["kind"] == "supply_order" for event in after.logs["dispatch"])
    assert invariants.stock_astray(after.logs["dispatch"], after.logs["resources"], STOCK_T) == []


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_the_audit_chain_is_whole(after: Aftermath, service: str) -> None:
    assert invariants.broken_chain(after.audits[service]) == []
    assert invariants.unaudited(after.logs.get(service, []), after.audits[service]) == []


def test_the_service_itself_always_found_its_chain_whole(after: Aftermath) -> None:
    assert all(after.chains)


@pytest.mark.parametrize("name", ["steady", "flaky"])
def test_a_screen_saw_every_event_once_and_ends_with_the_picture_of_the_services(after: Aftermath, name: str) -> None:
    view = seen(after.screens[name])
    assert view.opened > view.snapshots or name == "steady", "no line was ever resumed"
    assert view.faults == []
    assert view.standing == after.heads
    assert invariants.differing(view.things, after.snapshots) == []


def complaints(town: Town) -> str:
    """What the services' logs say of bugs; the copy's folder is gone when the test has ended."""
    lines = [line for path in town.copy.place.logs.glob("*.log") for line in path.read_text().splitlines()]
    return "\n".join(line for line in lines if "Error" in line or "Traceback" in line or line.startswith("  File"))


def an_ok(after: Aftermath, type_: str) -> Deed:
    return next(deed for deed in after.deeds if deed.outcome == "ok" and deed.type == type_)


def place_of(log: list[dict[str, Any]], deed: Deed) -> int:
    return next(nth for nth, event in enumerate(log) if event["type"] == deed.type and deed.mark in str(event["value"]))


@pytest.mark.parametrize("type_", ["report.received", "assignment.dispatched", "unit.changed"])
def test_twin_an_acknowledged_write_that_is_lost_or_doubled_is_caught(after: Aftermath, type_: str) -> None:
    deed = an_ok(after, type_)
    log = after.logs[deed.stream]
    nth = place_of(log, deed)
    for planted in (log[:nth] + log[nth + 1 :], log[: nth + 1] + log[nth:]):
        assert invariants.lost_or_doubled(after.deeds, {**after.logs, deed.stream: planted})
        assert invariants.gaps(planted, after.heads[deed.stream])
        assert invariants.unaudited(planted, after.audits[deed.stream])


def test_twin_a_refused_write_that_took_effect_is_caught(after: Aftermath) -> None:
    deed = replace(an_ok(after, "report.received"), outcome="fail")
    assert invariants.lost_or_doubled([deed], after.logs)


def test_twin_an_account_that_is_lost_is_caught(after: Aftermath) -> None:
    deed = an_ok(after, "account.created")
    rows = [row for row in after.audits["gateway"] if row["id"] != deed.mark]
    assert invariants.unnoted([deed], rows)


def test_twin_a_changed_swapped_or_missing_audit_row_is_caught(after: Aftermath) -> None:
    rows = after.audits["dispatch"]
    nth = len(rows) // 2
    changed = [*rows[:nth], {**rows[nth], "actor": "account:nobody"}, *rows[nth + 1 :]]
    swapped = [*rows[:nth], rows[nth + 1], rows[nth], *rows[nth + 2 :]]
    missing = rows[:nth] + rows[nth + 1 :]
    assert all(invariants.broken_chain(planted) for planted in (changed, swapped, missing))


def test_twin_a_unit_committed_twice_is_caught(after: Aftermath) -> None:
    log = after.logs["dispatch"]
    nth = place_of(log, an_ok(after, "assignment.dispatched"))
    assert invariants.twice_committed([*log[: nth + 1], {**log[nth], "id": "asg-planted"}])


def test_twin_stock_that_vanishes_or_is_promised_twice_is_caught(after: Aftermath) -> None:
    stock = [event for event in after.logs["resources"] if event["kind"] == "stock"]
    short = {**stock[0], "value": {**stock[0]["value"], "available": stock[0]["value"]["available"] - 1}}
    assert invariants.stock_astray(after.logs["dispatch"], [short, *stock[1:]], STOCK_T)
    assert invariants.stock_astray(after.logs["dispatch"], stock[:-1], STOCK_T)


def test_twin_a_screen_that_misses_or_repeats_events_is_caught(after: Aftermath) -> None:
    frames = after.screens["steady"]
    nth = max(nth for nth, frame in enumerate(frames) if frame["type"] == "events")
    assert invariants.differing(seen(frames[:nth]).things, after.snapshots)
    last_snapshot = max(nth for nth, frame in enumerate(frames) if frame["type"] == "snapshot")
    nth = next(nth for nth, frame in enumerate(frames) if nth > last_snapshot and frame["type"] == "events")
    assert seen(frames[:nth] + frames[nth + 1 :]).faults
    assert seen(frames[: nth + 1] + frames[nth:]).faults
