"""A PostgreSQL and a Redis for the moment: private, in a temporary folder, gone afterwards."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.children import end
from infra.place import Place
from infra.postgres import DATABASE, OWNER, Cluster, cluster_at
from infra.redis_server import redis_at

# Nobody needs these after a power cut, so they need not wait for the disk.
_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_connections": "300"}


@dataclass(frozen=True)
class Scratch:
    """The addresses of a scratch PostgreSQL (`cluster`, and its first database as owner) and Redis."""

    cluster: Cluster
    redis: str

    @property
    def owner(self) -> str:
        """The first database, as the role that may change schemas."""
        return self.cluster.url(DATABASE, OWNER)


@contextmanager
def scratch_databases(*, redis: bool = True) -> Iterator[Scratch]:
    """Starts both; they end and their files are removed with the block, and they die with this process."""
    folder = Path(tempfile.mkdtemp(prefix="muster-scratch-"))
    folder.chmod(0o755)  # the server may run under another account, which must be able to walk in
    place = Place(folder)
    (folder / "muster-data").touch()
    place.make()
    cluster = cluster_at(place)
    running = []
    try:
        cluster.init()
        server = cluster.start(_FORGETFUL)
        running.append((server, signal.SIGINT))
        cluster.wait_ready(server)
        cluster.make_database()
        cache = redis_at(place)
        if redis:
            started = cache.start()
            running.append((started, signal.SIGTERM))
            cache.wait_ready(started)
        yield Scratch(cluster, cache.url)
    finally:
        for process, farewell in reversed(running):
            end(process, farewell, patience_s=5, then=signal.SIGQUIT)
        shutil.rmtree(place.run, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
