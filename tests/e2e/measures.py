"""What a browser is asked about a page: how large its text looks, what is cut off, which hosts it spoke to."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--ignore-gpu-blocklist",
    "--font-render-hinting=none",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-rasterization",  # by an emulated card it takes longer than by the processor itself
]
HANZI_HEIGHT = 0.92
LATIN_HEIGHT = 0.73

_TEXTS = """
({wallM, distanceM, hanzi, latin}) => {
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element || /^[·/%\\s]+$/.test(text)) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || element.closest('.sr')) continue;
    let px = parseFloat(getComputedStyle(element).fontSize);
    if (element instanceof SVGElement) px *= element.getScreenCTM().a;
    const share = /\\p{Script=Han}/u.test(text) ? hanzi : latin;
    const metres = (px * share * wallM) / window.innerWidth;
    out.push({text, px, minutes: (2 * Math.atan(metres / 2 / distanceM) * 180 * 60) / Math.PI});
  }
  return out;
}
"""

_CUT = """
() => [...document.querySelectorAll('body *')].flatMap((element) => {
  const fits = element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0;
  if (element instanceof SVGElement || fits) return [];
  const style = getComputedStyle(element);
  if (style.overflowX === 'visible' && style.display !== 'inline') {
    const box = element.getBoundingClientRect();
    if (box.left + element.scrollWidth <= window.innerWidth) return [];
  }
  if (style.display === 'inline' || !element.textContent.trim()) return [];
  return [{text: element.textContent.slice(0, 60), by: element.scrollWidth - element.clientWidth,
           ellipsis: style.textOverflow === 'ellipsis', name: element.className}];
})
"""


@dataclass(frozen=True)
class Geometry:
    """A wall's width and how far away its readers sit, in metres."""

    wall_m: float = 5.0
    distance_m: float = 8.0


def text_sizes(page: Page, geometry: Geometry) -> list[dict[str, Any]]:
    """Every visible text with its size in px and in minutes of arc."""
    facts = {"wallM": geometry.wall_m, "distanceM": geometry.distance_m, "hanzi": HANZI_HEIGHT, "latin": LATIN_HEIGHT}
    found: list[dict[str, Any]] = page.evaluate(_TEXTS, facts)
    return found


def cut_texts(page: Page) -> list[dict[str, Any]]:
    """Elements that are wider than they show; `ellipsis` where that is the rule (names of places and things)."""
    found: list[dict[str, Any]] = page.evaluate(_CUT)
    return found
