"""What axe-core says of the pages, and what it does not see: the keyboard."""

from pathlib import Path

import pytest

from tests.browser import visits
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser

# Elements that take the focus and are not seen when they have it.
UNSEEN = """async () => {
  const unseen = [];
  for (const element of document.querySelectorAll("a[href], button, select, input, summary, [tabindex='0']")) {
    if (!element.checkVisibility()) continue;
    element.focus({ focusVisible: true });
    if (document.activeElement !== element) { unseen.push(`${element.outerHTML.slice(0, 90)} : sans focus`); continue; }
    const style = getComputedStyle(element);
    const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    const box = element.getBoundingClientRect();
    if (!marked || box.width < 1 || box.height < 1) unseen.push(element.outerHTML.slice(0, 90));
  }
  return unseen;
}"""


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_violation_on_any_page(page: Page, pages_dir: Path, width: int) -> None:
    found = {}
    for name in (*visits.names(pages_dir), *visits.states(pages_dir)):
        visits.visit(page, pages_dir, name, width)
        found[name] = visits.violations(page)
    assert len(found) > 20
    assert {name: broken for name, broken in found.items() if broken} == {}


def test_a_violation_would_be_found(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "methode.html")
    page.run("""{
        const main = document.querySelector("main");
        main.insertAdjacentHTML("beforeend", '<p style="color: #bbb">pâle</p><img src="data:,"><button></button>');
    }""")
    assert {broken.partition(":")[0] for broken in visits.violations(page)} == {
        *("color-contrast", "image-alt", "button-name"),
    }


def test_whatever_takes_the_focus_shows_it(page: Page, pages_dir: Path) -> None:
    found = {}
    for name in (*visits.names(pages_dir), *visits.states(pages_dir)):
        visits.visit(page, pages_dir, name)
        found[name] = page.run(UNSEEN)
    assert {name: unseen for name, unseen in found.items() if unseen} == {}


def test_the_details_open_with_the_keyboard(page: Page, pages_dir: Path) -> None:
    page.open(pages_dir / "index.html")
    page.run('document.querySelector("main summary").focus()')
    page.inside.keyboard.press("Enter")
    assert page.run('document.querySelector("main summary").parentElement.open')
    assert page.run('document.querySelector("main details table").checkVisibility()')
