"""The stand of tests and benches that need the whole product: the full city of the demonstration, drawn and running."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from infra.children import wait_until
from infra.maps import provide_city
from infra.node import build_frontend
from infra.place import ROOT, Place
from tests.launched import Copy, open_folder

START_S = 300
MADE_BEFORE = ("city", "roads.npz", "basemap.json", "map.json")


def drawn_city() -> Place:
    """The schematic city and its map, kept between runs: drawing them takes half a minute and never differs."""
    place = Place(ROOT / ".data" / "test-city")
    place.make()
    provide_city(place)
    return place


@contextmanager
def full_city(**environment: str) -> Iterator[Copy]:
    """A running demonstration of the whole city; everything ends and is removed with the block."""
    drawn = drawn_city()
    build_frontend(drawn.logs)
    with open_folder() as folder:
        place = Place(folder / "data")
        place.make()
        for name in MADE_BEFORE:
            source, target = drawn.data / name, place.data / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        made = Copy(place.data, [str(ROOT / "muster"), "run", "--data", str(place.data)], environment)
        try:
            wait_until(lambda: "Muster is running" in made.log.read_text() or made.process.poll() is not None, START_S)
            yield made.wait_up()
        finally:
            made.finish()


def address(copy: Copy) -> str:
    """Where the gateway of a copy answers."""
    return str(copy.state()["url"])


@contextmanager
def signed_in(copy: Copy, role: str) -> Iterator[httpx.Client]:
    """A client signed in with a demonstration seat."""
    url = address(copy)
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as client:
        client.post("/api/gateway/demo-session", json={"role": role}).raise_for_status()
        yield client
