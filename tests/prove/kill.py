"""Proof: nothing acknowledged is lost or doubled when any process dies at any moment, also between its promises."""

import asyncio
import random
from collections.abc import Sequence
from itertools import chain

from kernel.failpoints import AFTER_COMMIT, BEFORE_COMMIT, PUBLISHED
from tests.rows import Options, Row, proof, twin
from tests.town.people import SERVICES
from tests.town.running import running_town
from tests.town.storm import FORKED, LAUNCHER, Aftermath, storm, told
from tests.town.verdict import violations

CYCLES = 20
CYCLES_A_TOWN = 4
WHOLE = ("zygote", "postgres")
CHILDREN = (*FORKED, "worker-background", "canary", "simulator", "redis")
MOMENTS = (
    *(f"{service}.{moment}" for service in SERVICES for moment in (BEFORE_COMMIT, AFTER_COMMIT, PUBLISHED)),
    *(f"gateway.{moment}" for moment in (BEFORE_COMMIT, AFTER_COMMIT)),
)
TWINS = {
    "tests.prove.planted.early_reply:app": (f"dispatch.{BEFORE_COMMIT}", "a service that answers before it commits"),
    "tests.prove.planted.early_mark:app": (f"dispatch.{PUBLISHED}", "a relay that marks before it publishes"),
}
TWIN_KILLS = 4


def measure(options: Options) -> Sequence[Row]:
    """Storms over fresh towns, then the same storm over planted bugs."""
    aftermaths = [asyncio.run(_storm(options.seed + nth, names)) for nth, names in enumerate(_orders(options))]
    faults = [fault for made in aftermaths for fault in violations(made)]
    twins = [_twin(options.seed, target) for target in TWINS]
    return [_row(options, aftermaths, faults), *twins]


def _orders(options: Options) -> list[list[str]]:
    """What is killed in each town: every kind and every failpoint once a cycle."""
    chance = random.Random(options.seed)
    cycles = options.count(CYCLES)
    kinds = (*CHILDREN, *MOMENTS)
    one = [[*WHOLE, *chance.sample(kinds, len(kinds)), LAUNCHER] for _ in range(cycles)]
    return [list(chain(*one[start : start + CYCLES_A_TOWN])) for start in range(0, cycles, CYCLES_A_TOWN)]


async def _storm(seed: int, names: Sequence[str], *arguments: str) -> Aftermath:
    async with running_town("--test", *(arguments or ["--simulator"])) as town:
        made = await storm(town, seed=seed, names=names)
        print(told(made), flush=True)
        return made


def _row(options: Options, aftermaths: Sequence[Aftermath], faults: list[str]) -> Row:
    kills = sum(len(made.kills) for made in aftermaths)
    acknowledged = sum(deed.outcome == "ok" for made in aftermaths for deed in made.deeds)
    events = sum(sum(made.heads.values()) for made in aftermaths)
    kinds = len(WHOLE) + len(CHILDREN) + 1
    what = (
        f"{kills} kills of {kinds} kinds of process and at {len(MOMENTS)} failpoints under load,"
        f" {acknowledged:,} writes acknowledged, {events:,} events: 0 lost, 0 doubled, gapless, audit whole"
    )
    return proof("kill", what, faults, kills, options.seed)


def _twin(seed: int, target: str) -> Row:
    moment, what = TWINS[target]
    made = asyncio.run(_storm(seed, [moment] * TWIN_KILLS, "--dispatch", target))
    name = target.rpartition(":")[0].rpartition(".")[2]
    return twin(f"kill_{name}", what, len(violations(made)), seed)
