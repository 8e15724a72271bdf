"""What an import would change: the folder's things beside the registered ones. What the desk keeps since stays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kernel.contracts.base import Versioned
from kernel.contracts.resources import Batch, CrewMember, Stockpile
from resources.rules import BALANCES_OUT

# State that an import only opens: afterwards the station, the desk and the ledger keep it.
KEPT: Mapping[str, tuple[str, ...]] = {
    "unit": ("in_service", "out_reason", "back_at"),
    "micro_station": ("in_service",),
    "stockpile": ("trucks_out",),
}


@dataclass(frozen=True)
class Changes:
    """The new things of one kind, the next versions of changed ones, and how many stay as they are."""

    created: Sequence[Versioned]
    changed: Sequence[Versioned]
    unchanged: int


def compare(word: str, wanted: Iterable[Versioned], registered: Mapping[str, Versioned]) -> Changes:
    """The changes of one kind."""
    created: list[Versioned] = []
    changed: list[Versioned] = []
    unchanged = 0
    for thing in wanted:
        before = registered.get(thing.id)
        after = thing if before is None else _next(word, before, thing)
        if before is None:
            created.append(thing)
        elif after == before:
            unchanged += 1
        else:
            changed.append(after.model_copy(update={"version": before.version + 1}))
    return Changes(created, changed, unchanged)


def _next(word: str, before: Versioned, wanted: Versioned) -> Versioned:
    """What the thing becomes, still with the version it has."""
    if isinstance(before, Batch) and has_moved(before):
        return before
    kept = {name: getattr(before, name) for name in KEPT.get(word, ())}
    if isinstance(wanted, Stockpile):
        kept["trucks_out"] = min(kept["trucks_out"], wanted.trucks)
    return wanted.model_copy(update={**kept, "version": before.version})


def has_moved(batch: Batch) -> bool:
    """Whether some of a batch is away from its shelf: then the ledger is the truth and not the folder."""
    return any(getattr(batch, name) for name in BALANCES_OUT)


def compare_people(
    wanted: Iterable[CrewMember], registered: Mapping[str, CrewMember]
) -> tuple[list[CrewMember], list[CrewMember], int]:
    """New crew members, changed ones, and how many stay as they are."""
    people = list(wanted)
    created = [person for person in people if person.id not in registered]
    changed = [person for person in people if registered.get(person.id, person) != person]
    return created, changed, len(people) - len(created) - len(changed)
