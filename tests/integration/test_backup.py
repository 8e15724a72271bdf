"""Backup and restore: what comes back is what was there, under a new epoch, so that no old cursor means two things."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.hub.frames import decode_cursor, encode_cursor
from gateway.main import app as gateway
from infra import migrate
from infra.backup import archive, restore, save
from infra.backup.tables import connected, contents
from infra.children import end
from infra.claim import claim
from infra.environment import Databases, make_keys, service_environment, write_private
from infra.place import Place
from infra.postgres import DATABASE, OWNER, Cluster, cluster_at
from infra.steps import Refusal
from tests.integration import probe
from tests.integration.served import Town, Watcher, town, watching
from tests.launched import open_folder

FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
Things = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@contextmanager
def database(place: Place) -> Iterator[Cluster]:
    """The copy's own database, as a running copy has it: claimed, and served."""
    with claim(place):
        place.make()
        cluster = cluster_at(place)
        if not cluster.exists():
            cluster.init()
        server = cluster.start(FORGETFUL)
        try:
            cluster.wait_ready(server)
            yield cluster
        finally:
            end(server, signal.SIGINT, patience_s=10, then=signal.SIGQUIT)


@asynccontextmanager
async def copy(place: Place, redis_url: str) -> AsyncIterator[Town]:
    """The gateway and a service over the copy's database."""
    place.make()
    make_keys(place)
    write_private(place.keys / "admin-password", b"a-password-for-tests")
    with database(place) as cluster, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MUSTER_")]:
            patch.delenv(name)
        cluster.make_database()
        await migrate.on(cluster.url(DATABASE, OWNER), migrate.upgrade)
        if not cluster.sql("SELECT to_regnamespace('probe')", DATABASE):
            await probe.make_schema(cluster.url(DATABASE, OWNER))
        databases = Databases(app=cluster.url(), owner=cluster.url(DATABASE, OWNER), redis=redis_url)
        made = service_environment(place, databases, ports={}, sockets={}, demo=False) | {"MUSTER_MODE": "test"}
        for name, value in made.items():
            patch.setenv(name, value)
        apps = {name: probe.make_app(name) for name in ("dispatch", "resources", "plans")}
        async with town({"gateway": gateway, **apps}, made) as running:
            yield running


def without_environment(work: Any) -> Any:
    """Does an operator's work in a thread of its own, as a terminal that knows nothing of the running services."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("MUSTER_")}
    try:
        return work()
    finally:
        os.environ.update(kept)


async def picture(here: Town, wait_for: str, *, cursor: str | None = None, things: Things | None = None) -> Watcher:
    """What a screen shows that comes back with its cursor and what it held, once it has seen the newest thing."""
    async with here.signed_in("dispatcher") as browser, watching(browser, cursor) as screen:
        screen.things = dict(things or {})
        await screen.holds(wait_for)
        return screen


def ids(things: Things) -> set[str]:
    return {id_ for _, id_ in things}


@pytest.fixture(scope="module")
async def story(folder: Path, redis_url: str) -> dict[str, Any]:
    """A copy, its backup, three things made after it, a screen that saw them, and the restore."""
    place, file = Place(folder / "data"), folder / "muster.backup"
    async with copy(place, redis_url) as here:
        for number in range(5):
            await here.make(f"kept-{number}")
        await asyncio.to_thread(without_environment, lambda: save(place.data, file))
        for number in range(3):
            await here.make(f"lost-{number}")
        screen = await picture(here, "lost-2")
    assert ids(screen.things) == {f"kept-{n}" for n in range(5)} | {f"lost-{n}" for n in range(3)}
    with database(place) as cluster:
        epoch = cluster.sql("SELECT epoch FROM kernel.installation", DATABASE)
    assert await asyncio.to_thread(restore, place.data, file) == 0
    return {"place": place, "file": file, "screen": screen, "epoch": epoch}


def _of_dispatch(old: str, now: str) -> str:
    """The old place in dispatch's stream alone: what else happens at a start may be reason enough for a new picture."""
    return encode_cursor(decode_cursor(now) | {"dispatch": decode_cursor(old)["dispatch"]})


async def shown_after(story: dict[str, Any], redis_url: str, epoch: str | None = None) -> tuple[set[str], set[str]]:
    """What the old screen shows after the restore and five new things, and what there is."""
    place = story["place"]
    if epoch is not None:
        with database(place) as cluster:
            cluster.sql(f"UPDATE kernel.installation SET epoch = '{epoch}'", DATABASE)
        async with Redis.from_url(redis_url) as redis:  # as after a restart: what it held would give the bug away
            await redis.flushall()
    async with copy(place, redis_url) as here:
        await picture(here, "kept-4")  # the hub has begun
        for number in range(5):
            await here.make(f"new-{number}")
        fresh, old = await picture(here, "new-4"), story["screen"]
        screen = await picture(here, "new-4", cursor=_of_dispatch(old.cursor, fresh.cursor), things=old.things)
    return ids(screen.things), ids(fresh.things)


async def test_a_restore_that_keeps_the_epoch_is_caught(story: dict[str, Any], redis_url: str) -> None:
    """The planted bug: with the old epoch the old cursor still seems good, and the screen skips events unseen."""
    file, place = story["file"], story["place"]
    shown, there = await shown_after(story, redis_url, epoch=story["epoch"])
    assert shown != there
    assert {"lost-0", "lost-1"} <= shown
    assert "new-0" not in shown
    assert await asyncio.to_thread(restore, place.data, file) == 0


async def test_an_old_screen_shows_exactly_what_there_is(story: dict[str, Any], redis_url: str) -> None:
    shown, there = await shown_after(story, redis_url)
    assert shown == there == {f"kept-{n}" for n in range(5)} | {f"new-{n}" for n in range(5)}


async def test_every_table_is_what_the_manifest_says_but_for_the_epoch(story: dict[str, Any], folder: Path) -> None:
    other = Place(folder / "another")
    await asyncio.to_thread(restore, other.data, story["file"])
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    manifest = archive.unpack(story["file"], unpacked)
    with database(other) as cluster:
        async with connected(cluster.url(DATABASE, OWNER)) as connection:
            found = await contents(connection)
            epoch = await connection.fetchval("SELECT epoch FROM kernel.installation")
    assert epoch != manifest.epoch
    assert {name for name in found if found[name] != manifest.tables[name]} == {"kernel.installation"}
    assert found["gateway.accounts"][0] > 0
    assert not (other.keys / "admin-password").read_text(), "no password is printed that opens nothing"


async def test_a_stopped_copy_can_be_saved_and_a_changed_row_shows(story: dict[str, Any], folder: Path) -> None:
    """The planted bug of the hashes: one character in one row."""
    again, unpacked = folder / "again.backup", folder / "unpacked-again"
    unpacked.mkdir()
    await asyncio.to_thread(save, folder / "another", again)
    before = archive.unpack(again, unpacked).tables
    with database(Place(folder / "another")) as cluster:
        cluster.sql("UPDATE gateway.accounts SET title = title || 'x' WHERE name = 'admin'", DATABASE)
        async with connected(cluster.url(DATABASE, OWNER)) as connection:
            after = await contents(connection)
    assert [name for name in before if before[name] != after[name]] == ["gateway.accounts"]


async def test_a_running_copy_is_refused(story: dict[str, Any]) -> None:
    with claim(story["place"]), pytest.raises(Refusal, match="already runs"):
        restore(story["place"].data, story["file"])


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
async def test_a_torn_file_is_refused_and_changes_nothing(story: dict[str, Any], folder: Path, share: float) -> None:
    whole = story["file"].read_bytes()
    torn = folder / "torn"
    torn.write_bytes(whole[: int(len(whole) * share)])
    await refused(story["place"], torn, "not a whole backup")


async def test_a_flipped_byte_is_refused(story: dict[str, Any], folder: Path) -> None:
    whole = bytearray(story["file"].read_bytes())
    whole[len(whole) // 3] ^= 1
    (folder / "flipped").write_bytes(whole)
    await refused(story["place"], folder / "flipped", "not a whole backup")


async def refused(place: Place, file: Path, why: str) -> None:
    """The restore is refused, and the copy is as it was."""
    with database(place) as cluster:
        before = cluster.sql("SELECT epoch FROM kernel.installation", DATABASE)
    with pytest.raises(Refusal, match=why):
        await asyncio.to_thread(restore, place.data, file)
    with database(place) as cluster:
        assert cluster.sql("SELECT epoch FROM kernel.installation", DATABASE) == before


def resealed(story: dict[str, Any], folder: Path, name: str, **changes: Any) -> Path:
    """The backup with another manifest, sealed as if it were true."""
    unpacked, made = folder / f"unpacked-{name}", folder / name
    unpacked.mkdir()
    manifest = archive.unpack(story["file"], unpacked)
    archive.write(made, replace(manifest, **changes), unpacked)
    return made


async def test_a_newer_schema_is_refused_with_a_sentence(story: dict[str, Any], folder: Path) -> None:
    newer = resealed(story, folder, "newer", revisions={"dispatch": "dispatch_9999"})
    await refused(story["place"], newer, "newer Muster")


async def test_a_table_that_is_not_as_the_manifest_says_is_refused(story: dict[str, Any], folder: Path) -> None:
    unpacked = folder / "unpacked-tables"
    unpacked.mkdir()
    tables = archive.unpack(story["file"], unpacked).tables
    rows, digest = tables["gateway.accounts"]
    wrong = resealed(story, folder, "wrong", tables={**tables, "gateway.accounts": (rows + 1, digest)})
    await refused(story["place"], wrong, r"differ.*gateway\.accounts")


def test_a_backup_that_fails_leaves_the_last_one_whole(story: dict[str, Any], folder: Path) -> None:
    kept = folder / "kept.backup"
    subprocess.run(["cp", str(story["file"]), str(kept)], check=True)
    with pytest.raises(Refusal, match="no Muster"):
        save(folder / "nowhere", kept)
    assert kept.read_bytes() == story["file"].read_bytes()
    assert list(folder.glob("*.part")) == []
