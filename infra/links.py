"""Writes one-use links into the screens of the demonstration: forked from the zygote once the gateway runs."""

import asyncio
import json
from pathlib import Path

from gateway.identity.accounts import ITSELF, SCREENS, make_demo_link
from gateway.tables import LEDGER
from kernel.clock import RealmClock
from kernel.contracts.base import LIVE
from kernel.database import begin, connect
from kernel.outbox import flush
from kernel.settings import Settings


async def make(settings: Settings) -> dict[str, str]:
    """An address per screen, each good for one use within ten minutes."""
    engine = connect(settings.database_url, pool_size=1)
    at = RealmClock(settings.clock_anchor, settings.clock_rate).now()
    try:
        async with begin(engine, realm=LIVE, principal=ITSELF, at=at) as tx:
            paths = {screen: await make_demo_link(tx, settings, screen) for screen in SCREENS}
            await flush(LEDGER, tx)
    finally:
        await engine.dispose()
    return {screen: settings.gateway_url + path for screen, path in paths.items()}


def write(target: str) -> None:
    """Writes the links as JSON to a file, whole or not at all, for the owner's eyes only."""
    made = json.dumps(asyncio.run(make(Settings())))
    scratch = Path(f"{target}.part")
    scratch.touch(mode=0o600)
    scratch.write_text(made)
    scratch.replace(target)
