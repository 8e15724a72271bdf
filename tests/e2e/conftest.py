"""The whole of Muster for browser and fault tests: `./muster run` in its demonstration, started once per session."""

import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from infra.children import is_alive, wait_until
from infra.node import build_frontend
from infra.place import ROOT, Place
from tests.launched import Copy, children_of, open_folder

MADE_BEFORE = ("city", "roads.npz", "basemap.json", "map.json")
_LINK = re.compile(r"(wall|desk), one use within 10 minutes: (\S+)")


@pytest.fixture(scope="session")
def muster(drawn_city: Place) -> Iterator[Copy]:
    """A running demonstration: `muster.state()["url"]` is its address, `sign_in_links(muster)` its first links.

    A test may `kill` its processes; that waits until all are back.
    """
    build_frontend(drawn_city.logs)
    with open_folder() as folder:
        place = Place(folder / "data")
        place.make()
        for name in MADE_BEFORE:
            source, target = drawn_city.data / name, place.data / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        made = Copy(place.data, [str(ROOT / "muster"), "run", "--data", str(place.data)])
        assert wait_until(lambda: "Muster is running" in made.log.read_text() or made.process.poll() is not None, 180)
        made.wait_up()
        yield made
        pids = [*made.pids(), *children_of(made.pid("postgres"))]
        made.finish()
        alive = [pid for pid in pids if is_alive(pid)]
        assert alive == [], made.log.read_text()


def sign_in_links(copy: Copy) -> dict[str, str]:
    """The links into wall and desk that the terminal shows, by screen."""
    return dict(_LINK.findall(copy.log.read_text()))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_: object) -> None:
        """Never follows."""


def status_of(url: str) -> tuple[int, str]:
    """Status and Location of an answer."""
    try:
        with urllib.request.build_opener(NoRedirect).open(url, timeout=10) as answer:
            return answer.status, answer.headers.get("Location", "")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location", "")
