"""The wall alone, on a stage: legible from the last row, nothing cut, no foreign host, honest when the data stop."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e import city_scene
from tests.e2e.measures import CHROMIUM, Geometry, cut_texts, text_sizes
from tests.e2e.stage import DIST, Stage, on_stage

FLOOR_MINUTES = 16
SCRIPT_BUDGET = 400_000
READY = "html[data-ready=map]"

pytestmark = [
    pytest.mark.skipif(not shutil.which(CHROMIUM), reason="NO CHROMIUM: the wall is not looked at"),
    pytest.mark.skipif(not (DIST / "index.html").is_file(), reason="THE SCREENS ARE NOT BUILT: npm run build"),
]


def _tiny_map(folder: Path) -> Path:
    """Two roads and a name: enough for the base map to load in a moment."""
    roads = [
        {
            "type": "Feature",
            "properties": {"kind": "trunk", "name": name},
            "geometry": {"type": "LineString", "coordinates": line},
        }
        for name, line in (("河滩快速路", [[87.6, 43.7], [87.65, 44.0]]), ("苏州路", [[87.4, 43.85], [87.75, 43.86]]))
    ]
    names = ("built", "green", "water", "waterways", "districts", "rail", "limits", "places", "landmarks")
    layers = {name: {"type": "FeatureCollection", "features": []} for name in names}
    layers["roads"] = {"type": "FeatureCollection", "features": roads}
    path = folder / "basemap.json"
    path.write_text(
        json.dumps(
            {"attribution": "示意 · schematic", "map_version": "t", "box": [87.2, 43.6, 87.9, 44.1], "layers": layers}
        )
    )
    return path


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, str]]:
    basemap = _tiny_map(tmp_path_factory.mktemp("map"))
    with on_stage(city_scene.build(), basemap=basemap, rate=6) as made:
        yield made


def _open(browser: Browser, address: str, language: str = "zh") -> Page:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(f"{address}/wall?lang={language}")
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    return page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_is_legible_from_eight_metres_and_nothing_is_cut(
    browser: Browser, stage: tuple[Stage, str], language: str
) -> None:
    page = _open(browser, stage[1], language)
    small = [t for t in text_sizes(page, Geometry()) if t["minutes"] < FLOOR_MINUTES]
    cut = [c for c in cut_texts(page) if not c["ellipsis"]]
    page.close()
    assert small == []
    assert cut == []


def test_the_measure_catches_small_words(browser: Browser, stage: tuple[Stage, str]) -> None:
    page = _open(browser, stage[1])
    smallest = min(t["minutes"] for t in text_sizes(page, Geometry()))
    farther = min(t["minutes"] for t in text_sizes(page, Geometry(distance_m=12)))
    page.close()
    assert farther < FLOOR_MINUTES <= smallest


def test_the_wall_answers_worst_on_target_missing_and_next(browser: Browser, stage: tuple[Stage, str]) -> None:
    page = _open(browser, stage[1])
    expect(page.locator("main")).to_contain_text("化工储罐火灾", timeout=30_000)
    text = page.locator("main").inner_text()
    assert "4:22 / 5:00 ✓" in text.replace("\n", "")
    assert "缺 2" in text.replace("\n", " ")
    assert page.get_by_text("演示时钟").count() == 1
    page.close()


def test_the_wall_weighs_no_more_than_it_may(browser: Browser, stage: tuple[Stage, str]) -> None:
    page = browser.new_page()
    scripts: dict[str, int] = {}
    page.on("response", lambda answer: scripts.update(_weight(answer)))
    page.goto(f"{stage[1]}/wall")
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    page.close()
    print(scripts)
    assert 300_000 < sum(scripts.values()) <= SCRIPT_BUDGET


def _weight(answer: Response) -> dict[str, int]:
    """Bytes of a script on the wire; the map's worker runs beside the page and has a budget of its own."""
    if not answer.url.endswith(".js") or "worker" in answer.url:
        return {}
    return {answer.url: len(gzip.compress((DIST / answer.url.split("/", 3)[3]).read_bytes()))}


def test_no_other_host_is_asked(browser: Browser, stage: tuple[Stage, str]) -> None:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{stage[1]}/wall")
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    page.close()
    assert hosts == {stage[1].removeprefix("http://")}


COUNT_DRAWS = """
window.__draws = {city: 0, units: 0};
for (const [name, what] of [['drawElements', 'city'], ['drawArraysInstanced', 'units']]) {
  const before = WebGL2RenderingContext.prototype[name];
  WebGL2RenderingContext.prototype[name] = function (...all) {
    window.__draws[what] += 1;
    return before.apply(this, all);
  };
}
"""


def _settled(page: Page) -> dict[str, int]:
    """Waits until the city has not been painted for three seconds: everything that it shows has arrived."""
    last: dict[str, int] = {}
    for _ in range(15):
        page.wait_for_timeout(3_000)
        now: dict[str, int] = page.evaluate("() => ({...window.__draws})")
        if now["city"] == last.get("city"):
            return now
        last = now
    pytest.fail("the city is painted again and again although nothing changes")


def test_moving_units_never_repaint_the_city(browser: Browser, stage: tuple[Stage, str]) -> None:
    on, address = stage
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.add_init_script(COUNT_DRAWS)
    page.goto(f"{address}/wall")
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    before = _settled(page)
    on.moving = True
    page.wait_for_timeout(4_000)
    on.moving = False
    after = page.evaluate("() => window.__draws")
    page.close()
    assert after["units"] > before["units"] + 5
    assert after["city"] == before["city"]


def test_the_wall_says_that_data_stopped_and_recovers_without_reload(
    browser: Browser, stage: tuple[Stage, str]
) -> None:
    on, address = stage
    page = _open(browser, address)
    on.silence(True)
    try:
        expect(page.get_by_role("alert")).to_contain_text("数据中断", timeout=8_000)
    finally:
        on.silence(False)
    expect(page.get_by_role("alert")).to_have_count(0, timeout=10_000)
    expect(page.get_by_text("实时")).to_be_visible()
    page.close()
