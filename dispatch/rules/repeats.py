"""Whether a report repeats an open incident, by space, time and kind; the evidence is shown, never a score."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dispatch.rules.geometry import metres
from dispatch.rules.incident import ENDED
from kernel.contracts.base import LonLat
from kernel.contracts.incident import Incident, MergeSuggestion
from kernel.contracts.vocabulary import IncidentKind

NEAR_M = 500
NEAR_OTHER_KIND_M = 200
WITHIN = timedelta(minutes=30)


def suggestions(
    kind: IncidentKind, at: LonLat, when: datetime, incidents: Iterable[Incident]
) -> tuple[MergeSuggestion, ...]:
    """Open incidents that a report may repeat, nearest first: 500 m for the same family of kinds, 200 m for others."""
    found = [_evidence(kind, at, when, each) for each in incidents if each.status not in ENDED]
    near = [each for each in found if _repeats(each)]
    return tuple(sorted(near, key=lambda each: (each.distance_m, each.incident_id)))


def _evidence(kind: IncidentKind, at: LonLat, when: datetime, incident: Incident) -> MergeSuggestion:
    return MergeSuggestion(
        incident_id=incident.id,
        distance_m=round(metres(at, incident.at)),
        seconds_apart=abs(round((when - incident.reported_at).total_seconds())),
        same_kind=kind.split(".")[0] == incident.kind.split(".")[0],
    )


def _repeats(evidence: MergeSuggestion) -> bool:
    near = NEAR_M if evidence.same_kind else NEAR_OTHER_KIND_M
    return evidence.distance_m <= near and evidence.seconds_apart <= WITHIN.total_seconds()
