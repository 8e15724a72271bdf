"""`python -m gateway.identity`: one-use links of the demonstration, or a new password, from the terminal.

`links` prints one line per screen: its name and the address that opens it once, within 10 minutes.
`password NAME` asks for a password twice and sets it. Both read the environment of the services (MUSTER_*).
"""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable

from gateway.identity.accounts import ITSELF, SCREENS, make_demo_link, set_password
from gateway.identity.forms import PasswordForm
from gateway.tables import LEDGER
from kernel.clock import RealmClock
from kernel.contracts.base import LIVE
from kernel.database import Transaction, begin, connect
from kernel.errors import Refusal
from kernel.outbox import flush
from kernel.settings import Settings


async def once(settings: Settings, work: Callable[[Transaction], Awaitable[None]]) -> None:
    """Does one thing in one transaction with its own connection, audited like a request."""
    engine = connect(settings.database_url, pool_size=1)
    try:
        at = RealmClock(settings.clock_anchor, settings.clock_rate).now()
        async with begin(engine, realm=LIVE, principal=ITSELF, at=at) as tx:
            await work(tx)
            await flush(LEDGER, tx)
    finally:
        await engine.dispose()


async def demo_links(settings: Settings) -> dict[str, str]:
    """The address of every screen of the demonstration that opens by a link."""
    made: dict[str, str] = {}

    async def work(tx: Transaction) -> None:
        for screen in SCREENS:
            made[screen] = settings.gateway_url + await make_demo_link(tx, settings, screen)

    await once(settings, work)
    return made


def _asked_password() -> str:
    first, second = getpass.getpass("new password: "), getpass.getpass("once more: ")
    if first != second:
        raise SystemExit("The two are not the same; nothing was changed.")
    return PasswordForm(password=first).password


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m gateway.identity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("links", help="print one-use links to the screens (demonstration only)")
    commands.add_parser("password", help="set the password of an account").add_argument("name")
    options = parser.parse_args()
    settings = Settings()
    try:
        if options.command == "links":
            for screen, address in asyncio.run(demo_links(settings)).items():
                print(screen, address)
        else:
            password = _asked_password()
            asyncio.run(once(settings, lambda tx: set_password(tx, options.name, password)))
    except (Refusal, ValueError) as refusal:
        print(f"muster: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
