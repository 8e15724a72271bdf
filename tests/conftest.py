"""What every test may ask for: a real PostgreSQL with every schema, a real Redis, and the environment of a service.

    postgres       session   the private cluster (infra.postgres.Cluster), started once, gone afterwards
    redis_url      session   the private Redis
    database_url   module    a fresh database (a clone, 0.2 s) with every schema migrated, as the services' role
    owner_url      module    the same database as the role that may change schemas
    drawn_city     session   the Place of the schematic city and its map, drawn by a process of its own
    environment    module    MUSTER_* set for these and a fresh key pair, as the launcher hands them to a service

Ask for `environment` and start the app: `Settings()` then finds everything. Tests in one module share one database.
"""

import asyncio
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from infra import migrate
from infra.environment import Databases, make_keys, service_environment, write_private
from infra.place import Place
from infra.postgres import OWNER, Cluster
from infra.scratch import Scratch, scratch_databases
from tests import stand

TEMPLATE = "muster"
PATIENCE_S = "6"  # a machine that runs tests is busy; what happens when patience ends has tests of its own
_numbers = count(1)


@pytest.fixture(scope="session")
def scratch() -> Iterator[Scratch]:
    """Both servers; the first database is migrated and serves as the template."""
    with scratch_databases() as made:
        asyncio.run(migrate.on(made.owner, migrate.upgrade))
        yield made


@pytest.fixture(scope="session")
def postgres(scratch: Scratch) -> Cluster:
    """The private PostgreSQL."""
    return scratch.cluster


@pytest.fixture(scope="session")
def redis_url(scratch: Scratch) -> str:
    """The private Redis."""
    return scratch.redis


@pytest.fixture(scope="session")
def drawn_city() -> Place:
    """The schematic city and its map, kept between runs."""
    return stand.drawn_city()


@pytest.fixture(scope="module")
def database(postgres: Cluster) -> str:
    """The name of this module's own database."""
    name = f"test_{next(_numbers)}"
    postgres.make_database(name, template=TEMPLATE)
    # A clone numbers its events from 1 again, on the same Redis: it is another installation.
    postgres.sql("UPDATE kernel.installation SET epoch = replace(gen_random_uuid()::text, '-', '')", name)
    return name


@pytest.fixture(scope="module")
def database_url(postgres: Cluster, database: str) -> str:
    """This module's database, as the services reach it."""
    return postgres.url(database)


@pytest.fixture(scope="module")
def owner_url(postgres: Cluster, database: str) -> str:
    """This module's database, as migrations reach it."""
    return postgres.url(database, OWNER)


@pytest.fixture(scope="module")
def environment(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, owner_url: str, redis_url: str
) -> Iterator[dict[str, str]]:
    """A service's environment in test mode, set for the tests of this module."""
    place = Place(tmp_path_factory.mktemp("data"))
    place.keys.mkdir()
    make_keys(place)
    write_private(place.keys / "admin-password", b"a-password-for-tests")
    databases = Databases(app=database_url, owner=owner_url, redis=redis_url)
    made = service_environment(place, databases, ports={}, sockets={}, demo=False) | {
        "MUSTER_MODE": "test",
        "MUSTER_PATIENCE_S": PATIENCE_S,
    }
    for absent in ("MUSTER_ROADS", "MUSTER_BASEMAP", "MUSTER_FRONTEND"):
        if not Path(made[absent]).exists():
            del made[absent]
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MUSTER_")]:
            patch.delenv(name)
        for name, value in made.items():
            patch.setenv(name, value)
        yield made
