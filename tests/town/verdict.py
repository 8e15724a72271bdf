"""Everything that a storm can have done wrong, in words."""

from collections.abc import Iterator

from tests.town import invariants
from tests.town.history import recovery_s
from tests.town.people import SERVICES, STOCK_T
from tests.town.screen import seen
from tests.town.storm import Aftermath


def violations(made: Aftermath) -> list[str]:
    """All of them, nothing when all is well."""
    return [*violations_but_streams(made), *_of_streams(made)]


def violations_but_streams(made: Aftermath) -> list[str]:
    """The same where the test itself has torn the streams in Redis."""
    return [*_of_deeds(made), *_of_logs(made), *_of_audits(made), *_of_screens(made)]


def _of_deeds(made: Aftermath) -> Iterator[str]:
    """I2, I3: acknowledged once, refused never, one answer for each key, and work went on after every kill."""
    for deed in made.deeds:
        yield from deed.faults
        if deed.outcome == "info":
            yield f"{deed.method} {deed.path} stays uncertain"
    yield from invariants.lost_or_doubled(made.deeds, made.logs)
    yield from invariants.unnoted(made.deeds, made.audits["gateway"])
    for kill in made.kills:
        if recovery_s(kill, made.deeds) is None:
            yield f"nothing was acknowledged after {kill.name} was killed"


def _of_logs(made: Aftermath) -> Iterator[str]:
    """I1, I4, I5: no unit twice, no stock astray, no gap in a log."""
    yield from invariants.twice_committed(made.logs["dispatch"])
    yield from invariants.stock_astray(made.logs["dispatch"], made.logs["resources"], STOCK_T)
    for service in SERVICES:
        yield from (f"{service}: {each}" for each in invariants.gaps(made.logs[service], made.heads[service]))


def _of_streams(made: Aftermath) -> Iterator[str]:
    """What Redis holds is the end of each log, without a hole."""
    for service in SERVICES:
        yield from (f"{service}: {each}" for each in invariants.holes(made.streams[service], made.heads[service]))


def _of_audits(made: Aftermath) -> Iterator[str]:
    """I6: whole chains, one row for every change."""
    for service, rows in made.audits.items():
        yield from (f"{service}: {each}" for each in invariants.broken_chain(rows))
        yield from (f"{service}: {each}" for each in invariants.unaudited(made.logs.get(service, []), rows))
    if not all(made.chains):
        yield "a service found its own audit chain broken"


def _of_screens(made: Aftermath) -> Iterator[str]:
    """I5, I13: every screen saw everything once and ends where the services are."""
    for name, frames in made.screens.items():
        view = seen(frames)
        yield from (f"{name} screen: {each}" for each in view.faults)
        if view.standing != made.heads:
            yield f"the {name} screen stands at {view.standing}, not {made.heads}"
        yield from (f"{name} screen: {each}" for each in invariants.differing(view.things, made.snapshots))
