"""The checkers: pure functions over a recorded history that say in words what is wrong, nothing when all is well."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kernel.audit import FIRST, chain, fingerprint
from kernel.contracts.vocabulary import ACTIVE_ASSIGNMENT, ENDED_INCIDENT, MoveUpStatus
from tests.town.history import Deed

Event = Mapping[str, Any]
Row = Mapping[str, Any]
ACTIVE_MOVE_UP = frozenset(MoveUpStatus) - {MoveUpStatus.ENDED}
ALLOWED = {"ok": (1,), "fail": (0,), "info": (0, 1)}


def twice_committed(events: Iterable[Event]) -> list[str]:
    """Units that had two active assignments, or one and a move-up, at any prefix of dispatch's log."""
    holding: dict[str, set[str]] = {}
    faults = []
    for event in events:
        if event["kind"] != "move_up_order" and (event["kind"] != "assignment" or not event["value"]["exclusive"]):
            continue
        held = holding.setdefault(event["value"]["unit_id"], set())
        if event["value"]["status"] in (ACTIVE_ASSIGNMENT if event["kind"] == "assignment" else ACTIVE_MOVE_UP):
            held.add(event["id"])
        else:
            held.discard(event["id"])
        if len(held) > 1:
            faults.append(f"{event['value']['unit_id']} is committed {len(held)} times at {event['seq']}")
    return faults


def gaps(events: Sequence[Event], head: int) -> list[str]:
    """Whether a stream is 1..head without a gap, and each thing's versions rise by one."""
    numbers = [event["seq"] for event in events]
    faults = [] if numbers == list(range(1, head + 1)) else [f"{len(numbers)} events do not count 1 to {head}"]
    versions: dict[tuple[str, str], int] = {}
    for event in events:
        thing = (event["kind"], event["id"])
        if thing in versions and event["version"] != versions[thing] + 1:
            faults.append(f"{thing} goes from version {versions[thing]} to {event['version']}")
        versions[thing] = event["version"]
    return faults


def lost_or_doubled(deeds: Iterable[Deed], logs: Mapping[str, Sequence[Event]]) -> list[str]:
    """Acknowledged writes that are not exactly once in the log, refused ones that are in it, doubtful ones twice."""
    said = {name: [(event["type"], json.dumps(event["value"])) for event in log] for name, log in logs.items()}
    held = {
        name: {(event["id"], event["version"]): event["value"] for event in log if event["kind"] != "register"}
        for name, log in logs.items()
    }
    faults = []
    for deed in deeds:
        if deed.stream not in logs:
            continue
        found = sum(type_ == deed.type and deed.mark in text for type_, text in said[deed.stream])
        if deed.type and found not in ALLOWED[deed.outcome]:
            faults.append(f"{deed.outcome} {deed.type} {deed.mark} is {found} times in the log")
        faults += [
            f"{deed.mark} was acknowledged as {thing['id']} version {thing['version']}, which the log does not hold"
            for thing in deed.things()
            if held[deed.stream].get((thing["id"], thing["version"])) != thing
        ]
    return faults


def unnoted(deeds: Iterable[Deed], rows: Sequence[Row]) -> list[str]:
    """Writes that only the audit log knows and that are not there as often as they were acknowledged."""
    noted = Counter((row["action"], row["id"]) for row in rows)
    return [
        f"{deed.outcome} {deed.type} {deed.mark} is {noted[(deed.type, deed.mark)]} times in the audit log"
        for deed in deeds
        if deed.stream == "gateway" and noted[(deed.type, deed.mark)] not in ALLOWED[deed.outcome]
    ]


def holes(numbers: Sequence[int], head: int) -> list[str]:
    """Whether what a stream in Redis holds is the end of the log: any beginning, then no hole up to the head."""
    expected = list(range(head - len(numbers) + 1, head + 1))
    return [] if list(numbers) == expected else [f"the stream holds {len(numbers)} of the last events up to {head}"]


def broken_chain(rows: Sequence[Row]) -> list[str]:
    """The first audit row that does not hang on the one before it."""
    previous = FIRST
    for number, row in enumerate(rows, 1):
        if row["number"] != number or chain(previous, row) != row["hash"]:
            return [f"audit row {number} does not fit the chain"]
        previous = row["hash"]
    return []


def unaudited(events: Sequence[Event], rows: Sequence[Row]) -> list[str]:
    """Events without exactly one audit row that says the same, and audited changes without an event."""
    happened = Counter(
        (e["type"], e["kind"], e["id"], e["version"], e["actor"], fingerprint(e["value"])) for e in events
    )
    audited = Counter(
        (row["action"], row["kind"], row["id"], row["version"], row["actor"], row["value_hash"])
        for row in rows
        if row["value_hash"]
    )
    return [f"{what} happened {happened[what]} times, audited {audited[what]}" for what in happened - audited] + [
        f"{what} audited {audited[what]} times, happened {happened[what]}" for what in audited - happened
    ]


def stock_astray(dispatch: Iterable[Event], resources: Iterable[Event], opening: int) -> list[str]:
    """Where stock appears or vanishes at a prefix of the register's log, or is not what dispatch was promised."""
    orders = {event["id"]: event["value"] for event in dispatch if event["kind"] == "supply_order"}
    promised = sum(
        line["quantity"] for order in orders.values() if order["status"] == "committed" for line in order["lines"]
    )
    faults, committed = [], 0
    for event in resources:
        if event["kind"] == "stock":
            held, committed = event["value"], event["value"]["committed"]
            total = sum(held[name] for name in ("available", "committed", "in_transit", "delivered", "expired"))
            faults += [f"{event['id']} is {total} at {event['seq']}, not {opening}"] if total != opening else []
    return faults + ([f"{promised} promised, {committed} committed"] if promised != committed else [])


def differing(held: Mapping[tuple[str, str], Event], snapshots: Iterable[Mapping[str, Any]]) -> list[str]:
    """Where a picture by (kind, id) differs from what the services' snapshots say."""
    current = {(each["kind"], each["id"]): each for snapshot in snapshots for each in snapshot["things"]}
    faults = []
    for thing, each in current.items():
        mine = held.get(thing)
        if mine is None or (mine["version"], mine["value"]) != (each["version"], each["value"]):
            faults.append(f"{thing} is version {mine and mine['version']}, the service has {each['version']}")
    return faults + [
        f"{thing} is no longer there" for thing in held if thing not in current and not _may_go(thing, held)
    ]


def _may_go(thing: tuple[str, str], held: Mapping[tuple[str, str], Event]) -> bool:
    """A snapshot leaves out the older lines of long logs and what has ended; a picture may still hold them."""
    value = held[thing]["value"]
    incident = thing if thing[0] == "incident" else ("incident", str(value.get("incident_id")))
    over = thing[0] == "move_up_order" and value["status"] == MoveUpStatus.ENDED
    return over or thing[0] == "entry" or (incident in held and held[incident]["value"]["status"] in ENDED_INCIDENT)
