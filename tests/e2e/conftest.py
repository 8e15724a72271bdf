"""The whole of Muster for browser and fault tests: `./muster run` in its demonstration, started once per session."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from infra.children import is_alive
from tests.conftest import PATIENCE_S
from tests.e2e.measures import CHROMIUM, FLAGS
from tests.e2e.seats import PATIENCE_MS
from tests.launched import Copy, children_of
from tests.stand import full_city

_LINK = re.compile(r"(wall|desk|planner), one use within 10 minutes: (\S+)")


@pytest.fixture(scope="session")
def muster() -> Iterator[Copy]:
    """A running demonstration: `muster.state()["url"]` is its address, `sign_in_links(muster)` its first links.

    A test may `kill` its processes; that waits until all are back.
    """
    with full_city(MUSTER_PATIENCE_S=PATIENCE_S) as made:
        yield made
        pids = [*made.pids(), *children_of(made.pid("postgres"))]
        made.finish()
        alive = [pid for pid in pids if is_alive(pid)]
        assert alive == [], made.log.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file of tests."""
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def patience() -> Iterator[None]:
    """For a file that waits for solver and roads: what it expects to see may take as long as on a busy machine."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


def sign_in_links(copy: Copy) -> dict[str, str]:
    """The links into the screens that the terminal shows, by screen."""
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
