"""`./muster run`: brings up everything in order, says each step, and stays until Ctrl-C."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra import packages
from infra.claim import claim
from infra.disk import require
from infra.environment import (
    Databases,
    given_databases,
    make_admin_password,
    make_keys,
    make_simulator_secret,
    service_environment,
)
from infra.launcher import Daemon, Launcher
from infra.maps import city_of, fill_register, provide_city
from infra.node import build_frontend
from infra.place import Place, listen
from infra.postgres import DATABASE, OWNER, cluster_at, erase_cluster
from infra.predecessor import wait_for_its_end
from infra.redis_server import redis_at
from infra.schema import is_current
from infra.services import Service
from infra.steps import Refusal, command, doing, say, together
from infra.topology import PROCESSES, Process
from infra.wishes import Stopped, Wishes

_LINKS_S = 30.0
NEED_MB = 500


@dataclass(frozen=True)
class Options:
    """What the command line of `run` says."""

    data: Path
    port: int | None
    demo: bool
    fresh: bool


def make_parts(place: Place, options: Options) -> None:
    """Makes what the services only read: the built screens, and in the demonstration the schematic city and its map."""
    if options.demo:
        together(lambda: build_frontend(place.logs), lambda: provide_city(place))
        return
    build_frontend(place.logs)
    if not (place.data / "roads.npz").exists():
        say("there is no road map yet: travel times are straight-line estimates until ./muster roads FILE.osm.pbf")


def run(
    options: Options,
    processes: Sequence[Process] = PROCESSES,
    parts: Callable[[Place, Options], None] = make_parts,
) -> None:
    """Starts Muster and keeps it running until SIGINT or SIGTERM; the tests bring a table of processes of their own."""
    place = Place(options.data.resolve())
    wishes = Wishes()
    with claim(place):
        if options.fresh:
            erase(place)
        if not (place.data / "postgres").exists():
            require(place.data, NEED_MB)
        place.make()
        wait_for_its_end(place)
        given = given_databases(os.environ)
        packages.provide(place.logs, postgres=given[0] is None, redis=given[1] is None)
        launcher = assemble(place, given, options, processes, wishes)
        wishes.listen()
        try:
            parts(place, options)
            bring_up(launcher, place, options)
            _stay(launcher, wishes)
        except Stopped:
            pass
        finally:
            began = time.monotonic()
            say("stopping")
            launcher.stop()
            say(f"everything is stopped ({time.monotonic() - began:.1f} s)")


def erase(place: Place) -> None:
    """Begins anew: removes what this copy has kept, wherever the database lives."""
    with doing(f"erasing {place.data}"):
        place.erase()
        erase_cluster(place)


def present(processes: Sequence[Process], *, demo: bool) -> list[Process]:
    """The processes of this start."""
    return [one for one in processes if demo or not one.demo_only]


def make_services(place: Place, processes: list[Process], port: int | None) -> dict[str, Service]:
    """A service per process, with its listening socket held by the launcher so that no caller is ever refused."""
    services = {}
    for at, process in enumerate(processes):
        wanted_here = port is not None and process.name == "gateway"
        listener = None
        if process.listens:
            preferred = port if wanted_here and port is not None else place.first_port + at
            listener = listen(preferred, tries=1 if wanted_here else 40)
        argument = str(place.run / f"{process.name}.sock") if process.has_socket else None
        services[process.name] = Service(process, listener, argument)
    return services


def assemble(
    place: Place,
    given: tuple[str | None, str | None],
    options: Options,
    processes: Sequence[Process],
    wishes: Wishes,
) -> Launcher:
    """The launcher with everything that it will keep, nothing of it started."""
    services = make_services(place, present(processes, demo=options.demo), options.port)
    databases = Databases(
        app=given[0] or cluster_at(place).url(),
        owner=os.environ.get("MUSTER_OWNER_DATABASE_URL") or given[0] or cluster_at(place).url(role=OWNER),
        redis=given[1] or redis_at(place).url,
    )
    ports = {name: one.port for name, one in services.items() if one.port is not None}
    sockets = {name: one.argument for name, one in services.items() if one.argument is not None}
    env = service_environment(place, databases, ports, sockets, demo=options.demo)
    env["MUSTER_OWNER_DATABASE_URL"] = databases.owner
    facts = {"mode": env["MUSTER_MODE"], "url": env.get("MUSTER_GATEWAY_URL")}
    return Launcher(place, env, services, wishes, facts=facts)


def bring_up(launcher: Launcher, place: Place, options: Options) -> None:
    """The order of a start: databases, schema, services."""
    make_keys(place)
    make_admin_password(place)
    if options.demo:
        make_simulator_secret(place)
    launcher.start_zygote()
    start_databases(launcher, place)
    migrate(launcher, place)
    if options.demo and city_of(place).exists():
        fill_register(place, {**os.environ, **launcher.env})
    names = list(launcher.services)
    with doing(f"starting {', '.join(names)}"):
        launcher.want(names)
        launcher.wait_ready(names)
    if options.demo:
        show_links(launcher, place)
    say(f"Muster is running: {launcher.facts['url']}/   (Ctrl-C stops it)")


def start_databases(launcher: Launcher, place: Place) -> None:
    """Starts the private PostgreSQL and Redis, unless the environment gave others."""
    postgres, redis = given_databases(os.environ)
    if postgres is None:
        cluster = cluster_at(place)
        if not cluster.exists():
            with doing(f"PostgreSQL: making a private cluster in {cluster.data}"):
                cluster.init()
        say("PostgreSQL: starting the private cluster")
        cluster.wait_ready(launcher.keep(Daemon("postgres", cluster.start, cluster.is_ready, signal.SIGINT)))
        cluster.make_database()
    if redis is None:
        say("Redis: starting a private one, in memory only")
        server = redis_at(place)
        server.wait_ready(launcher.keep(Daemon("redis", server.start, server.is_ready, signal.SIGTERM)))


def migrate(launcher: Launcher, place: Place) -> None:
    """Brings every schema up to date, in a process of its own so that the launcher stays small."""
    if given_databases(os.environ)[0] is None and is_current(cluster_at(place), DATABASE):
        say("the database schema is up to date")
        return
    argv = [sys.executable, "-P", "-m", "infra.migrate", "upgrade"]
    command(
        "bringing the database schema up to date",
        argv,
        log=place.logs / "migrate.log",
        env={**os.environ, **launcher.env},
    )


def show_links(launcher: Launcher, place: Place) -> None:
    """Prints links that open the demonstration's wall, desk and planning screen without a password, once each."""
    target = place.run / "links.json"
    target.unlink(missing_ok=True)
    launcher.errand("links", "infra.links:write", str(target))
    if not launcher.wait(target.exists, _LINKS_S):
        raise Refusal(f"No links were made for the demonstration; see {place.logs}/links.log.")
    for screen, link in json.loads(target.read_text()).items():
        say(f"{screen:>7}, one use within 10 minutes: {link}")
    target.unlink()


def _stay(launcher: Launcher, wishes: Wishes) -> None:
    while not wishes.stop:
        launcher.tick()
        if wishes.reload_roads:
            wishes.reload_roads = False
            say("restarting what reads the road map")
            launcher.restart([name for name, one in launcher.services.items() if one.process.reads_roads])
