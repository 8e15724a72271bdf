"""The common operating picture as a pure fold: everything current, by kind and id."""

from collections.abc import Iterable, Mapping
from typing import Any

from kernel.contracts.events import Envelope, Snapshot
from kernel.contracts.vocabulary import ENDED_INCIDENT, MoveUpStatus

Shelf = Mapping[str, Envelope]
Picture = Mapping[str, Shelf]
EMPTY: Picture = {}


def apply(picture: Picture, envelopes: Iterable[Envelope]) -> Picture:
    """The picture after these events. Idempotent, and indifferent to order: the highest version of a thing wins."""
    touched: dict[str, dict[str, Envelope]] = {}
    for envelope in envelopes:
        shelf = touched.get(envelope.kind) or picture.get(envelope.kind) or {}
        held = shelf.get(envelope.id)
        if held is not None and held.version >= envelope.version:
            continue
        if envelope.kind not in touched:
            touched[envelope.kind] = dict(shelf)
        touched[envelope.kind][envelope.id] = envelope
    return {**picture, **touched} if touched else picture


def forget_ended(picture: Picture) -> Picture:
    """The picture without what the services' own snapshots leave out: ended incidents with all that belongs to them,
    lifted closures, and move-ups that are over. Nothing ended ever comes back."""
    ended = frozenset(
        id_ for id_, each in picture.get("incident", {}).items() if each.value.get("status") in ENDED_INCIDENT
    )
    lifted = frozenset(id_ for id_, each in picture.get("closure", {}).items() if each.value.get("lifted"))
    over = frozenset(
        id_ for id_, each in picture.get("move_up_order", {}).items() if each.value.get("status") == MoveUpStatus.ENDED
    )
    if not ended and not lifted and not over:
        return picture
    gone = {"incident": ended, "closure": lifted, "move_up_order": over}
    return {
        kind: {
            id_: each
            for id_, each in shelf.items()
            if id_ not in gone.get(kind, ()) and each.value.get("incident_id") not in ended
        }
        for kind, shelf in picture.items()
    }


def replace(picture: Picture, snapshot: Snapshot) -> Picture:
    """The picture with everything of one stream replaced by its snapshot."""
    others = {
        kind: {id_: each for id_, each in shelf.items() if each.stream != snapshot.stream}
        for kind, shelf in picture.items()
    }
    return apply({kind: shelf for kind, shelf in others.items() if shelf}, snapshot.things)


def values(picture: Picture) -> dict[str, dict[str, dict[str, Any]]]:
    """What the picture says, without its envelopes."""
    return {kind: {id_: each.value for id_, each in shelf.items()} for kind, shelf in picture.items()}


def scopes(picture: Picture) -> frozenset[str]:
    """Every scope that occurs in the picture."""
    return frozenset(each.scope for shelf in picture.values() for each in shelf.values())
