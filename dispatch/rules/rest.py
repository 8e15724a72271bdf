"""Rest: how long the crew of a unit has operated of late, added up from its assignments.

  worked(u) = length of the union of [arrived, ended] over the assignments of u, cut to [since, until]

An assignment that has not ended lasts until `until`. Those that overlap, as a shareable unit's may, count once.
Standing by, rehab and resupply at the scene count too: an assignment keeps when its unit arrived and when it left,
nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from kernel.contracts.policy import RestRule

Span = tuple[str, datetime, datetime | None]  # unit, on scene, released or returning


def worked_s(spans: Iterable[Span], *, since: datetime, until: datetime) -> dict[str, int]:
    """Whole seconds by unit; units that have not worked in the window are left out."""
    worked: dict[str, timedelta] = {}
    counted: dict[str, datetime] = {}
    for unit_id, arrived_at, ended_at in sorted(spans, key=lambda span: span[:2]):
        begins = max(arrived_at, counted.get(unit_id, since))
        ends = min(until, ended_at or until)
        if ends > begins:
            worked[unit_id] = worked.get(unit_id, timedelta()) + (ends - begins)
            counted[unit_id] = ends
    return {
        unit_id: int(length.total_seconds()) for unit_id, length in worked.items() if length >= timedelta(seconds=1)
    }


def tired(worked: Mapping[str, int], rule: RestRule) -> dict[str, int]:
    """Of the seconds worked, those of the crews that should rest."""
    return {unit_id: seconds for unit_id, seconds in worked.items() if seconds >= rule.worked_s}
