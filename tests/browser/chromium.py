"""A headless Chromium, and in it one page: what it asked for, what it complained about, what is found in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright import sync_api

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE = 600
"""A screen less wide than that is a phone's."""
HEIGHT = 900
LEVELS = ("error", "warning", "assert")
# Brings each figure into view, which draws it, and comes back to the top of the page.
DRAW = """async () => {
  const wait = (delay) => new Promise((done) => setTimeout(done, delay));
  for (const place of document.querySelectorAll(".dessin")) {
    if (!place.checkVisibility()) continue;
    place.scrollIntoView();
    for (let turn = 0; turn < 400 && !place.querySelector(".main-svg"); turn += 1) await wait(25);
  }
  window.scrollTo(0, 0);
}"""


def executable() -> str | None:
    """The first Chromium found, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One page at a time: the one that was opened last."""

    def __init__(self, browser: "sync_api.Browser") -> None:
        self._browser = browser
        self._pages: dict[tuple[bool, bool], sync_api.Page] = {}
        self._current = self._page(scripts=True, mobile=False)
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def open(self, path: Path | str, width: int = 1280, *, scripts: bool = True) -> None:
        """Load a file or an address, `width` CSS pixels wide, and wait for its end."""
        self._current = self._page(scripts=scripts, mobile=width < PHONE)
        self._current.goto("about:blank")
        self._current.set_viewport_size({"width": width, "height": HEIGHT})
        self.requests.clear()
        self.complaints.clear()
        self._current.goto(path.as_uri() if isinstance(path, Path) else path, wait_until="load")

    @property
    def inside(self) -> "sync_api.Page":
        """The page as playwright knows it: to click, to type, to read."""
        return self._current

    @property
    def outside(self) -> list[str]:
        """What the page asked for that is neither a file of its folder nor in itself."""
        origin = self._current.url.split("/", 3)[:3]
        return [
            url
            for url in self.requests
            if not url.startswith(("data:", "blob:", "about:")) and url.split("/", 3)[:3] != origin
        ]

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page (waited for when it is a promise)."""
        return self._current.evaluate(script)

    def draw(self) -> None:
        """Bring each figure into view, as somebody who reads the page to its end does."""
        self._current.evaluate(DRAW)

    def media(self, media: Literal["print", "screen"] = "screen", *, still: bool = False) -> None:
        """Show the page on paper or on a screen, and with or without the wish for less motion."""
        self._current.emulate_media(media=media, reduced_motion="reduce" if still else "no-preference")

    def _page(self, *, scripts: bool, mobile: bool) -> "sync_api.Page":
        if (scripts, mobile) not in self._pages:
            context = self._browser.new_context(java_script_enabled=scripts, is_mobile=mobile, locale="fr-FR")
            page = context.new_page()
            page.on("request", lambda request: self.requests.append(request.url))
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("requestfailed", lambda request: self.complaints.append(f"{request.url}: {request.failure}"))
            page.on("console", self._note)
            self._pages[scripts, mobile] = page
        return self._pages[scripts, mobile]

    def _note(self, message: "sync_api.ConsoleMessage") -> None:
        if message.type in LEVELS:
            self.complaints.append(message.text)


@contextmanager
def browser(program: str) -> Iterator[Page]:
    """Start Chromium and end it afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield Page(started)
        finally:
            started.close()
