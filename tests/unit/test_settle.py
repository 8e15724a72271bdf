"""What the clients of a fault test believe of two answers to one double click."""

import httpx
import pytest

from tests.town.client import settle
from tests.town.history import Deed

DONE = httpx.Response(201, json={"id": "x"})
ELSE = httpx.Response(201, json={"id": "y"})
OTHERS = httpx.Response(409, json={"code": "unit_taken", "incident_id": "inc-2", "by": "account:ann"})
ANOTHER = httpx.Response(409, json={"code": "unit_taken", "incident_id": "inc-1", "by": "account:bob"})
ITSELF = httpx.Response(409, json={"code": "unit_taken", "incident_id": "inc-1", "by": "account:ann"})
REUSED = httpx.Response(422, json={"code": "key_reused"})
AWAY = httpx.Response(503, json={"code": "dispatch_away"})
BUG = httpx.Response(500, json={"code": "unexpected"})
CASES = {
    "done and told again": ((DONE, DONE), "ok", 0),
    "refused, then done once the unit was free": ((DONE, OTHERS), "ok", 0),
    "the same, heard in the other order": ((OTHERS, DONE), "ok", 0),
    "refused because of another's order to the same incident": ((DONE, ANOTHER), "ok", 0),
    "refused, the other unheard": ((OTHERS, None), "info", 0),
    "refused, the other away": ((AWAY, OTHERS), "info", 0),
    "refused twice": ((OTHERS, OTHERS), "fail", 0),
    "nobody heard": ((None, AWAY), "info", 0),
    "done, and refused because of itself": ((DONE, ITSELF), "ok", 1),
    "done, and its key refused": ((REUSED, DONE), "ok", 1),
    "done twice": ((DONE, ELSE), "ok", 1),
    "a bug": ((BUG, DONE), "ok", 1),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_certain_and_what_is_a_fault(name: str) -> None:
    answers, outcome, faults = CASES[name]
    deed = Deed("dispatch", "t", "ann.00001.", "POST", "/api/dispatch/incidents/inc-1/orders", {}, "k", began_s=0)
    settle(deed, answers)
    assert (deed.outcome, len(deed.faults)) == (outcome, faults), deed.faults
