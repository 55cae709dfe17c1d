"""Which pages a browser opens, and what it looks for in each of them."""

import csv
import os
from pathlib import Path
from typing import Any

from tests.browser.chromium import Page

SITES, MEASURES = "centres", "mesures"
_EVERY = 25
"""One site page in so many is opened, as they are all made alike; all of them with GREENCLOUD_PAGES=all."""

# Texts of the charts drawn by hand (headings, values): pairs that overlap by more than two pixels both ways.
OVERLAPS = """
[...document.querySelectorAll(".dessin")].flatMap((chart) => {
  const boxes = [...chart.querySelectorAll(".annotation-text, .xtick text, .ytick text, .bartext")]
    .map((text) => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], place) => boxes.slice(place + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
    .map(([other]) => `${chart.id}: ${one} / ${other}`));
})
"""
# Texts of the charts that leave their chart sideways by more than two pixels, but for the watermark.
CUT = """
[...document.querySelectorAll(".dessin, .fixe")].flatMap((chart) => {
  const frame = chart.getBoundingClientRect();
  return [...chart.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width > 0 && text.textContent !== "DONNÉES SYNTHÉTIQUES"
      && (box.left < frame.left - 2 || box.right > frame.right + 2);
  }).map((text) => `${chart.id}: ${text.textContent}`);
})
"""
# Elements that stick out of the page sideways, but for those that a frame of their own lets scroll. (The width of the
# document, not innerWidth: a phone widens that one to show what sticks out.)
WIDER = """
(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth ? [] : [...document.body.querySelectorAll("*")]
  .filter((element) => element.getBoundingClientRect().right > clientWidth + 1 && !element.closest(".defilant, svg"))
  .map((element) => `${element.tagName}.${element.className}`).slice(0, 8).concat(`${scrollWidth} px`)
)(document.documentElement)
"""
UNDRAWN = """
[...document.querySelectorAll(".dessin")].filter((chart) => chart.checkVisibility()
  && !chart.querySelector(".main-svg")).map((chart) => chart.id)
"""


def names(folder: Path) -> list[str]:
    """The pages of an edition to open: all of them, but for most of those of its sites."""
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    sites = [name for name in found if name.startswith((f"{SITES}/", f"{MEASURES}/"))]
    kept = sites if os.environ.get("GREENCLOUD_PAGES") == "all" else sites[::_EVERY]
    return [name for name in found if name not in sites] + kept


def states(folder: Path) -> dict[str, str]:
    """The pages as choices made by a reader change them: the address, and what is there once they are made."""
    with (folder.parent / "indicateurs_annuels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["synthetique"] == "true"]
    last = max(row["annee"] for row in rows)
    levels = {row["niveau_comparabilite"]: row["id_centre"] for row in rows if row["annee"] == last}
    return {
        f"classement.html?annee={last}&hebergement=salle_serveurs": '[data-compte]:has-text("retenu")',
        f"comparer.html?sites={','.join(levels.values())}": "#comparaison:not([hidden]) thead th:nth-child(3)",
        "pue-par-hebergement.html?comparabilite=tous": "#comparabilite [role=status]:not(:empty)",
    }


def visit(page: Page, folder: Path, name: str, width: int = 1280) -> None:
    """Open a page of an edition, or a state of it, and draw its figures."""
    path, mark, choices = name.partition("?")
    page.open(f"{(folder / path).as_uri()}{mark}{choices}", width)
    if mark:
        page.inside.locator(states(folder)[name]).first.wait_for(timeout=10_000)
    page.draw()


def same(shown: str, published: str) -> bool:
    """Whether two texts are the same value, as text or as number."""
    try:
        return float(shown) == float(published)
    except ValueError:
        return shown == published


def complaints(page: Page) -> dict[str, Any]:
    """What is wrong with the page that is open, whose figures have been drawn; empty when all is well."""
    found = {
        "console": page.complaints,
        "outside": page.outside,
        "wider than the screen": page.run(WIDER),
        "texts that overlap": page.run(OVERLAPS),
        "texts cut": page.run(CUT),
        "not drawn": page.run(UNDRAWN),
    }
    return {what: list(items) for what, items in found.items() if items}


def violations(page: Page) -> list[str]:
    """The rules of accessibility that the page that is open breaks, by axe-core, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page.inside).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['html'][:120]}" for rule in found for node in rule["nodes"]]
