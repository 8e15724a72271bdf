"""Command line: `python -m plans.cards list | show ID | put FILE.yaml | retire ID | seed`, on MUSTER_DATABASE_URL."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import yaml

from kernel.auth import Principal, Role
from kernel.clock import RealmClock
from kernel.contracts.base import LIVE
from kernel.contracts.plans import ResponseCard
from kernel.database import Transaction, begin, connect
from kernel.errors import Refusal
from kernel.outbox import flush
from kernel.settings import Settings
from plans import commands, files, store
from plans.seeding import seed
from plans.tables import LEDGER

OPERATOR = Principal(subject="operator:console", name="console", roles=frozenset({Role.PLAN_KEEPER}))
Work = Callable[[Transaction], Awaitable[list[str]]]


def listing(*, retired: bool) -> Work:
    """One line per current card."""

    async def work(tx: Transaction) -> list[str]:
        return [summary(card) for card in await commands.list_cards(tx, retired=retired)]

    return work


def showing(card_id: str, version: int | None) -> Work:
    """A card as YAML that `put` takes back."""

    async def work(tx: Transaction) -> list[str]:
        return [as_yaml(await store.get(tx, store.CARD, card_id, version))]

    return work


def putting(path: Path) -> Work:
    """Publishes every card of a file, or none."""

    async def work(tx: Transaction) -> list[str]:
        cards = files.read_cards(path)
        return [summary(await commands.put_card(tx, card_id, form)) for card_id, form in cards.items()]

    return work


def retiring(card_id: str) -> Work:
    """Ends a card."""

    async def work(tx: Transaction) -> list[str]:
        return [summary(await commands.retire_card(tx, card_id))]

    return work


def summary(card: ResponseCard) -> str:
    """A card on one line."""
    state = " (retired)" if card.retired else ""
    formation = f" + {card.formation.key}" if card.formation else ""
    return f"{card.id} v{card.version}{state}  {card.name}  {len(card.lines)} lines{formation}"


def as_yaml(card: ResponseCard) -> str:
    """A card in the form of a file, without what stands at its default."""
    body = card.model_dump(mode="json", exclude_defaults=True, exclude={"version", "retired"})
    text: str = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=120)
    return text.rstrip()


async def seeding(tx: Transaction) -> list[str]:
    """Publishes what comes with the product."""
    return [f"{await seed(tx)} published"]


async def run(work: Work) -> list[str]:
    """Does the work in one transaction with its events."""
    settings = Settings()
    at = RealmClock(settings.clock_anchor, settings.clock_rate).now()
    engine = connect(settings.database_url, pool_size=1)
    try:
        async with begin(engine, realm=LIVE, principal=OPERATOR, at=at) as tx:
            lines = await work(tx)
            await flush(LEDGER, tx)
        return lines
    finally:
        await engine.dispose()


def wish(arguments: list[str] | None) -> Work:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m plans.cards", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="the current cards").add_argument("--retired", action="store_true")
    show = verbs.add_parser("show", help="one card as YAML")
    show.add_argument("id")
    show.add_argument("--version", type=int)
    verbs.add_parser("put", help="publish the cards of a file").add_argument("file", type=Path)
    verbs.add_parser("retire", help="end a card").add_argument("id")
    verbs.add_parser("seed", help="publish what comes with the product and was never published here")
    given = parser.parse_args(arguments)
    if given.verb == "list":
        return listing(retired=given.retired)
    if given.verb == "show":
        return showing(given.id, given.version)
    if given.verb == "put":
        return putting(given.file)
    return retiring(given.id) if given.verb == "retire" else seeding


def main(arguments: list[str] | None = None) -> int:
    """0 when done, 1 when refused with a sentence."""
    work = wish(arguments)
    try:
        lines = asyncio.run(run(work))
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.detail}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
