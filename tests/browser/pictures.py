"""Take pictures of every page: ``python -m tests.browser.pictures [folder]``.

With a folder, every page at desktop and phone width, in the light and in the dark, to look at; without, the few that
the documentation shows, into docs/pictures. A picture of 400 kB or more is an error.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from selenium.webdriver import Chrome

from litwatch.digest import digest_mail
from litwatch.report import render
from tests.browser import chromium, samples
from tests.browser.night_scenes import Scene, run_scene
from tests.desk.desk_scenes import still_pages
from tests.factories import DAY

NIGHTS = (0, 1, 12, 300)
"""Numbers of new records of whole nights, made with the stand-in."""


@cache
def scene_of(count: int) -> Scene:
    """A night with so many new records, in a folder that goes when the script ends."""
    return run_scene(Path(mkdtemp(dir=WORK.name)), count)


@cache
def desk_pages() -> dict[str, str]:
    """Pages of the desk after the demonstration's night."""
    return still_pages(Path(mkdtemp(dir=WORK.name)))


def unfolded(page: str) -> str:
    """The page with everything open."""
    return page.replace("<details", "<details open")


WORK = tempfile.TemporaryDirectory()
PAGES: dict[str, Callable[[], str]] = {
    "report": lambda: render.report_html(samples.urgent_report()),
    "article": lambda: unfolded(render.report_html(samples.urgent_report())),
    "basis": lambda: unfolded(render.report_html(samples.urgent_report())),
    "search": lambda: unfolded(render.report_html(samples.urgent_report())),
    "failed": lambda: render.report_html(samples.failed_report()),
    "crowded": lambda: render.report_html(samples.crowded_report()),
    "index": lambda: render.index_html(samples.index_entries(), samples.FAILED, on=DAY),
    "digest": lambda: digest_mail.digest_parts(samples.digest())[1],
    **{
        name: lambda name=name: desk_pages()[name]
        for name in ("desk", "desk-queue", "desk-paper", "desk-strategy", "desk-upload")
    },
    **{f"night-{count}-report": lambda count=count: scene_of(count).page.read_text() for count in NIGHTS},
    **{f"night-{count}-digest": lambda count=count: scene_of(count).part("html") for count in NIGHTS},
}
FROM = {"article": "#article", "basis": "#basis", "search": "#references"}
"""Pictures that begin at a section of the report."""
WIDTHS = {"desktop": 1200, "phone": 390}
KEPT = {
    "report-desktop-light",
    "report-phone-dark",
    "article-desktop-light",
    "failed-phone-light",
    "index-desktop-light",
    "digest-desktop-light",
    "digest-phone-dark",
    "desk-desktop-light",
    "desk-phone-dark",
    "desk-paper-desktop-light",
    "desk-strategy-desktop-light",
    "desk-upload-phone-light",
    "night-0-digest-phone-light",
    "night-300-digest-phone-light",
    "night-12-report-desktop-light",
}
"""What docs/pictures holds."""
TALLEST = {1200: 2200, 390: 3000}
LIMIT = 400_000


def take(browser: Chrome, page: Path, target: Path, *, start: str, width: int, dark: bool) -> int:
    """One picture of a page from the element ``start`` on; its size in bytes."""
    chromium.show(browser, page, width=width, dark=dark)
    whole = browser.execute_script("return document.documentElement.scrollHeight")
    top = browser.execute_script("return document.querySelector(arguments[0]).getBoundingClientRect().top", start)
    clip = {"x": 0, "y": top, "width": width, "height": min(TALLEST[width], whole - top), "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    target.write_bytes(base64.b64decode(shot["data"]))
    return target.stat().st_size


def main(folder: Path, kept: set[str] | None = None) -> int:
    """Take all pictures, or those in ``kept``; the exit status is 1 when one is too large."""
    folder.mkdir(parents=True, exist_ok=True)
    large = False
    with tempfile.TemporaryDirectory() as work, chromium.open_browser(Path(work) / "profile") as browser:
        for name, make in PAGES.items():
            if kept is not None and not any(each.startswith(f"{name}-") for each in kept):
                continue
            page = Path(work) / f"{name}.html"
            page.write_text(make(), encoding="utf-8")
            for place, width in WIDTHS.items():
                for dark in (False, True):
                    target = folder / f"{name}-{place}-{'dark' if dark else 'light'}.png"
                    if kept is not None and target.stem not in kept:
                        continue
                    size = take(browser, page, target, start=FROM.get(name, "html"), width=width, dark=dark)
                    large |= size >= LIMIT
                    print(f"{target.name}: {size:,} bytes")
    return int(large)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    sys.exit(main(Path(__file__).resolve().parents[2] / "docs" / "pictures", KEPT))
