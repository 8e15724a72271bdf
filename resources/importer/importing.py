"""An import from folder to register in one transaction: read, compare, write, and one event for all of it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from kernel.auth import Principal
from kernel.contracts.base import LIVE, Realm, Versioned
from kernel.contracts.resources import ImportStamp, ImportSummary
from kernel.database import Engine, Transaction, begin
from kernel.http import decide
from kernel.outbox import flush
from resources.importer.building import Register, build
from resources.importer.comparing import Changes, compare, compare_people
from resources.importer.problems import Language, Problem, worded
from resources.importer.reading import read
from resources.store import imports, things
from resources.tables import LEDGER

REGISTER = "register"
MOST_PROBLEMS = 1000
Diff = dict[str, Changes]


async def import_folder(
    engine: Engine,
    path: Path,
    *,
    principal: Principal,
    at: datetime,
    realm: Realm = LIVE,
    dry_run: bool = False,
    language: Language = "zh",
) -> ImportSummary:
    """Imports a folder. With one refusal, or as a dry run, nothing is written; the same folder twice changes nothing.

    `at` is realm time. Raises NotAllowed unless `principal` may `register.import`.
    """
    decide(principal, "register.import")
    files = read_files(path)
    async with begin(engine, realm=realm, principal=principal, at=at) as tx:
        await imports.lock_register(tx)
        known = await imports.registered(tx)
        folder = read(files)
        register = build(folder, known)
        if folder.problems:
            return refused(folder.problems, language)
        diff = {word: compare(word, wanted, known.get(word, {})) for word, wanted in register.things.items()}
        people = compare_people(register.people, await imports.registered_people(tx))
        summary = _summary(diff, (len(people[0]), len(people[1]), people[2]), written=not dry_run)
        if not dry_run:
            await _write(tx, diff, known)
            await imports.write_people(tx, people[0], people[1])
            await _stamp(tx, register, summary)
            await flush(LEDGER, tx)
    return summary


def read_files(path: Path) -> dict[str, bytes]:
    """The files of a folder by name; what is hidden is left alone."""
    return {file.name: file.read_bytes() for file in sorted(path.iterdir()) if file.is_file() and file.name[0] != "."}


async def _write(tx: Transaction, diff: Diff, known: Mapping[str, dict[str, Versioned]]) -> None:
    for kind in imports.ORDER:
        await things.add(tx, kind, diff[kind.word].created)
        await things.update_all(tx, kind, diff[kind.word].changed)
    batches = diff["batch"]
    await imports.write_batches(tx, batches.created, batches.changed, known["batch"])


async def _stamp(tx: Transaction, register: Register, summary: ImportSummary) -> None:
    """One event says that the register changed; readers take a snapshot. Nothing changed is no event."""
    created, changed = sum(summary.created.values()), sum(summary.changed.values())
    if not created + changed:
        return
    before = await things.find_stamp(tx)
    stamp = ImportStamp(
        id=REGISTER,
        version=before.version + 1 if before else 1,
        imported_at=tx.at,
        source=register.name,
        synthetic=register.synthetic,
        counts={
            word: summary.created[word] + summary.changed[word] + summary.unchanged[word] for word in summary.created
        },
        created=created,
        changed=changed,
    )
    await imports.save_stamp(tx, stamp)
    tx.record("register.imported", REGISTER, stamp)


def _summary(diff: Diff, people: tuple[int, int, int], *, written: bool) -> ImportSummary:
    counts = {word: (len(each.created), len(each.changed), each.unchanged) for word, each in diff.items()}
    counts["person"] = people
    return ImportSummary(
        written=written,
        created={word: each[0] for word, each in counts.items()},
        changed={word: each[1] for word, each in counts.items()},
        unchanged={word: each[2] for word, each in counts.items()},
    )


def refused(problems: list[Problem], language: Language) -> ImportSummary:
    """The answer when something is refused: every problem in order, worded, up to a thousand."""
    ordered = sorted(problems, key=lambda each: (each.file, each.row))
    return ImportSummary(
        written=False,
        created={},
        changed={},
        unchanged={},
        problems=tuple(worded(each, language) for each in ordered[:MOST_PROBLEMS]),
        problem_count=len(ordered),
    )
