"""What axe-core says of a page: what keeps somebody with another sight, hand or reader from using it."""

from typing import Any

from playwright.sync_api import Page

from infra.node import FRONTEND

AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
# Rules of WCAG 2.0 to 2.2, levels A and AA.
ASK = """
async () => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return found.violations.flatMap((each) => each.nodes.map((node) =>
    ({rule: each.id, impact: each.impact, where: node.html.slice(0, 160), why: node.failureSummary})));
}
"""


def barriers(page: Page) -> list[dict[str, Any]]:
    """What axe-core calls serious or critical on a page whose context loads AXE."""
    found: list[dict[str, Any]] = page.evaluate(ASK)
    return [each for each in found if each["impact"] in GRAVE]
