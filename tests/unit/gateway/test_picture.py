"""The picture folds events as the screens do: one corpus drives both."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.picture import EMPTY, Picture, apply, forget_ended, replace, scopes, values
from kernel.contracts.events import Envelope, Snapshot

CORPUS = json.loads((Path(__file__).parents[2] / "corpus" / "picture.json").read_text())
CASES: list[dict[str, Any]] = CORPUS["cases"]


def envelopes(case: dict[str, Any]) -> tuple[Envelope, ...]:
    return tuple(Envelope.model_validate(each) for each in case["envelopes"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_corpus_folds_to_its_picture(case: dict[str, Any]) -> None:
    assert values(apply(EMPTY, envelopes(case))) == case["picture"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_one_by_one_twice_and_at_once_are_the_same(case: dict[str, Any]) -> None:
    picture: Picture = EMPTY
    for envelope in (*envelopes(case), *envelopes(case)):
        picture = apply(picture, (envelope,))
    assert values(picture) == values(apply(EMPTY, envelopes(case)))


def test_a_fold_that_takes_the_latest_instead_of_the_highest_is_caught() -> None:
    """The planted bug: the corpus must tell it from the right fold."""

    def latest(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for each in envelopes(case):
            found.setdefault(each.kind, {})[each.id] = each.value
        return found

    assert any(latest(case) != case["picture"] for case in CASES)


def test_an_event_changes_nothing_of_the_picture_before_it() -> None:
    first, *others = envelopes(CASES[0])
    before = apply(EMPTY, (first,))
    kept = values(before)
    apply(before, others)
    assert values(before) == kept


def envelope(stream: str, kind: str, id_: str, version: int = 1, scope: str = "urumqi|open") -> Envelope:
    return Envelope.model_validate(
        {**CASES[0]["envelopes"][0], "stream": stream, "kind": kind, "id": id_, "version": version, "scope": scope}
    )


def test_a_snapshot_replaces_its_own_stream_only() -> None:
    before = apply(EMPTY, [envelope("dispatch", "incident", "i1", 9), envelope("resources", "unit", "u1")])
    snapshot = Snapshot(
        stream="dispatch", epoch="e2", seq=1, realm="live", things=(envelope("dispatch", "incident", "i2"),)
    )
    assert {kind: set(shelf) for kind, shelf in replace(before, snapshot).items()} == {
        "incident": {"i2"},
        "unit": {"u1"},
    }


def test_scopes_of_everything_held() -> None:
    picture = apply(EMPTY, [envelope("a", "k", "1"), envelope("a", "k", "2", scope="urumqi|restricted")])
    assert scopes(picture) == {"urumqi|open", "urumqi|restricted"}


def thing(kind: str, id_: str, version: int = 1, **value: Any) -> Envelope:
    body = {
        **CASES[0]["envelopes"][0],
        "kind": kind,
        "id": id_,
        "version": version,
        "value": {"id": id_, "version": version, **value},
    }
    return Envelope.model_validate(body)


@pytest.mark.parametrize("status", ["closed", "merged", "canceled"])
def test_an_ended_incident_leaves_with_all_that_belongs_to_it(status: str) -> None:
    picture = apply(
        EMPTY,
        [
            thing("incident", "i1", status="on_scene"),
            thing("incident", "i2", status="on_scene"),
            thing("entry", "e1", incident_id="i1"),
            thing("entry", "e2", incident_id="i2"),
            thing("closure", "c1", lifted=False),
            thing("move_up_order", "m1", status="ordered"),
            thing("move_up_order", "m2", status="ordered"),
            thing("unit", "u1"),
        ],
    )
    assert forget_ended(picture) is picture
    ended = [
        thing("incident", "i1", 2, status=status),
        thing("closure", "c1", 2, lifted=True),
        thing("move_up_order", "m1", 2, status="ended"),
    ]
    later = forget_ended(apply(picture, ended))
    assert {(kind, id_) for kind, shelf in later.items() for id_ in shelf} == {
        ("incident", "i2"),
        ("entry", "e2"),
        ("move_up_order", "m2"),
        ("unit", "u1"),
    }
