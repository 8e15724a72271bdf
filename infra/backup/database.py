"""The database of a data directory for the time of a backup or a restore: running, started for it, or elsewhere."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from infra.backup.tables import plain
from infra.children import end
from infra.claim import claim, holder
from infra.environment import async_url, given_databases
from infra.packages import find_postgres, program_environment
from infra.place import Place
from infra.postgres import DATABASE, OWNER, Cluster, cluster_at, data_of
from infra.steps import Refusal


def given_owner() -> str | None:
    """The address of a database that runs elsewhere, as the role that may change schemas; None for the private one."""
    owner = os.environ.get("MUSTER_OWNER_DATABASE_URL")
    return async_url(owner) if owner else given_databases(os.environ)[0]


@contextmanager
def readable(place: Place) -> Iterator[str]:
    """The address of the copy's database, whether the copy runs or not."""
    elsewhere = given_owner()
    if elsewhere is not None:
        yield elsewhere
    elif holder(place) is not None:
        yield cluster_at(place).url(DATABASE, OWNER)
    elif not place.data.exists() or not (data_of(place) / "PG_VERSION").exists():
        raise Refusal(f"There is no Muster in {place.data}.")
    else:
        with claim(place), started(place) as cluster:
            yield cluster.url(DATABASE, OWNER)


@contextmanager
def started(place: Place) -> Iterator[Cluster]:
    """The private cluster, made if there is none, running for the length of the block."""
    place.make()
    cluster = cluster_at(place)
    if not cluster.exists():
        cluster.init()
    server = cluster.start()
    try:
        cluster.wait_ready(server)
        yield cluster
    finally:
        end(server, signal.SIGINT, patience_s=20, then=signal.SIGQUIT)


def program(name: str) -> Path:
    """One of PostgreSQL's own programs."""
    folder = find_postgres()
    if folder is None or not (folder / name).exists():
        raise Refusal(f"PostgreSQL's {name} is not installed here.")
    return folder / name


def run(name: str, url: str, *arguments: str) -> None:
    """Runs `pg_dump` or `pg_restore` on a database. A password goes by the environment, out of sight of `ps`."""
    password = unquote(urlsplit(plain(url)).password or "")
    address = plain(url).replace(f":{urlsplit(plain(url)).password}@", "@", 1) if password else plain(url)
    found = program(name)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **program_environment(found)}
    env |= {"PGPASSWORD": password} if password else {}
    argv = [str(found), f"--dbname={address}", *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, env=env, check=False)
    if done.returncode != 0:
        raise Refusal(f"{name} failed: {done.stderr.strip()[-600:]}")
