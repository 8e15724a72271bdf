"""Command line: `python -m resources.importer DIR [--dry-run] [--lang zh|en]`; the database is MUSTER_DATABASE_URL."""

import argparse
import asyncio
import sys
from pathlib import Path

from kernel.auth import Principal, Role
from kernel.clock import RealmClock
from kernel.contracts.resources import ImportSummary
from kernel.database import connect
from kernel.settings import Settings
from resources.importer.importing import import_folder
from resources.importer.problems import Language

OPERATOR = Principal(subject="operator:console", name="console", roles=frozenset({Role.ADMINISTRATOR}))
SENTENCES = {
    "zh": ("已写入", "试运行，未写入", "拒绝 {n} 处，未写入任何内容", "新增 {a}，变更 {b}，不变 {c}"),
    "en": (
        "written",
        "dry run, nothing written",
        "{n} refusals, nothing written",
        "{a} new, {b} changed, {c} as before",
    ),
}


async def run(path: Path, *, dry_run: bool = False, language: Language = "zh") -> ImportSummary:
    """Imports a folder into the installation that the environment names, as its operator."""
    settings = Settings()
    engine = connect(settings.database_url, pool_size=1)
    clock = RealmClock(settings.clock_anchor, settings.clock_rate)
    try:
        return await import_folder(engine, path, principal=OPERATOR, at=clock.now(), dry_run=dry_run, language=language)
    finally:
        await engine.dispose()


def tell(summary: ImportSummary, language: Language, *, dry_run: bool) -> str:
    """The outcome in lines: every refusal, or the counts per kind."""
    written, tried, refusals, counts = SENTENCES[language]
    if summary.problem_count:
        lines = [
            f"{p.file}:{p.row}{':' + p.column if p.column else ''} [{p.code}] {p.message}" for p in summary.problems
        ]
        return "\n".join([*lines, refusals.format(n=summary.problem_count)])
    kinds = [
        f"{word}: " + counts.format(a=summary.created[word], b=summary.changed[word], c=summary.unchanged[word])
        for word in summary.created
    ]
    return "\n".join([*kinds, tried if dry_run else written])


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 with refusals, 2 when there is no such folder."""
    parser = argparse.ArgumentParser(prog="python -m resources.importer", description=__doc__)
    parser.add_argument("folder", type=Path, help="the import folder; see docs/import.md")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the sentences")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        print(f"{given.folder} is not a folder", file=sys.stderr)
        return 2
    summary = asyncio.run(run(given.folder, dry_run=given.dry_run, language=given.lang))
    print(tell(summary, given.lang, dry_run=given.dry_run), file=sys.stderr if summary.problem_count else sys.stdout)
    return 1 if summary.problem_count else 0


if __name__ == "__main__":
    sys.exit(main())
