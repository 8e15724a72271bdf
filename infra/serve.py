"""Runs one process of the table in the foreground, for containers: `python -m infra.serve NAME`, or `prepare` first.

The launcher does not use this: it forks. The environment is the same.
"""

import argparse
import asyncio
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from infra import migrate
from infra.environment import make_admin_password, make_keys
from infra.place import Place, listen
from infra.topology import PROCESSES, Process
from infra.zygote import serve_http
from kernel import logs

PORT = 8600


def prepare() -> None:
    """What must be there before the first service starts: keys, the administrator's password, the schema."""
    place = Place(Path(os.environ["MUSTER_DATA"]))
    place.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_keys(place)
    make_admin_password(place)
    asyncio.run(migrate.on(os.environ["MUSTER_OWNER_DATABASE_URL"], migrate.upgrade))


def serve(process: Process, host: str) -> None:
    """Runs an ASGI application on its port, or a blocking function with its socket."""
    module, _, name = process.target.partition(":")
    thing: Callable[..., object] = getattr(import_module(module), name)
    if process.listens:
        serve_http(thing, listen(PORT, host=host, tries=1))
    elif process.has_socket:
        path = Path(os.environ[f"MUSTER_{process.name.upper().replace('-', '_')}"])
        path.unlink(missing_ok=True)
        os.nice(process.niceness)
        thing(str(path))
    else:
        thing()


def main() -> None:
    """The command line."""
    table = {process.name: process for process in PROCESSES}
    parser = argparse.ArgumentParser(prog="python -m infra.serve", description=__doc__)
    parser.add_argument("name", choices=["prepare", *table])
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; a container's own network only")
    options = parser.parse_args()
    logs.begin(options.name)
    if options.name == "prepare":
        prepare()
    else:
        serve(table[options.name], options.host)


if __name__ == "__main__":
    main()
