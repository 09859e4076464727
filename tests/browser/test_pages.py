"""Reports, index and digest in a real Chromium: nothing runs, nothing is fetched, nothing sticks out."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from litwatch.digest import digest_mail
from litwatch.report import render
from litwatch.report.article_line import index_entry, line_of
from litwatch.report.contents import FailedTopic
from tests.browser import chromium, samples
from tests.factories import DAY, make_digest
from tests.report.test_render_hostile import HOSTILE, poisoned

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chromium.is_installed(), reason="Chromium and its driver are not in /usr/bin"),
]

EVERYTHING = " ".join(HOSTILE.values())
PAGES: dict[str, Callable[[], str]] = {
    "report": lambda: render.report_html(samples.urgent_report()),
    "failed": lambda: render.report_html(samples.failed_report()),
    "crowded": lambda: render.report_html(samples.crowded_report()),
    "hostile": lambda: render.report_html(poisoned(EVERYTHING)),
    "index": lambda: render.index_html(samples.index_entries(), samples.FAILED, on=DAY),
    "hostile-index": lambda: render.index_html(
        [index_entry(line_of(poisoned(EVERYTHING)), on=DAY, link="insulin-resistance/2026-11-22.html")],
        [FailedTopic("x", EVERYTHING)],
        on=DAY,
    ),
    "digest": lambda: digest_mail.digest_parts(samples.digest())[1],
    "hostile-digest": lambda: digest_mail.digest_parts(make_digest(poisoned(EVERYTHING)))[1],
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium.open_browser(tmp_path_factory.mktemp("profile") / "new") as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: folder / f"{name}.html" for name in PAGES}
    for name, path in paths.items():
        path.write_text(PAGES[name](), encoding="utf-8")
    return paths


def requested(browser: Chrome) -> list[str]:
    """Every address that files have asked for since the last call; the browser's own start page is not ours."""
    entries = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [entry["params"] for entry in entries if entry["method"] == "Network.requestWillBeSent"]
    return [each["request"]["url"] for each in asked if each["documentURL"].startswith("file:")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_no_script_and_fetches_nothing_but_itself(
    browser: Chrome, pages: dict[str, Path], name: str
) -> None:
    requested(browser)
    browser.get_log("browser")
    chromium.show(browser, pages[name], width=1200)
    assert set(requested(browser)) == {pages[name].as_uri()}
    assert browser.get_log("browser") == []
    own = 1 if "index" in name else 0
    assert browser.execute_script("return document.scripts.length + document.images.length") == own
    browser.execute_script(
        "for (const each of document.querySelectorAll('*')) each.dispatchEvent(new Event('mouseover'))"
    )
    assert browser.title != ""


@pytest.mark.parametrize("width", [320, 390, 768, 1200])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_at_any_width(browser: Chrome, pages: dict[str, Path], name: str, width: int) -> None:
    chromium.show(browser, pages[name], width=width)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    sizes = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert sizes == [width, width]


@pytest.mark.parametrize("name", ["report", "index", "digest"])
def test_a_page_turns_dark_with_the_readers_device(browser: Chrome, pages: dict[str, Path], name: str) -> None:
    grounds = []
    for dark in (False, True):
        chromium.show(browser, pages[name], width=1200, dark=dark)
        ground = browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
        grounds.append(max(int(part) for part in ground[ground.index("(") + 1 : -1].split(",")[:3]))
    assert grounds[0] > 200
    assert grounds[1] < 60


def test_abstracts_are_folded_on_screen_and_open_on_paper(browser: Chrome, pages: dict[str, Path]) -> None:
    chromium.show(browser, pages["report"], width=1200)
    height = "return document.querySelector('details').getBoundingClientRect().height"
    assert browser.execute_script(height) < 40
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    WebDriverWait(browser, 10).until(lambda opened: opened.execute_script(height) > 100)


def shown(browser: Chrome) -> list[str]:
    entries = browser.find_elements(By.CSS_SELECTOR, ".queue > li")
    return [entry.get_attribute("id") or "" for entry in entries if entry.is_displayed()]


def test_the_queue_is_narrowed_by_words_and_by_status(browser: Chrome, pages: dict[str, Path]) -> None:
    chromium.show(browser, pages["index"], width=1200)
    assert len(shown(browser)) == 4
    words = browser.find_element(By.ID, "words")
    words.send_keys("OLDER b12")
    assert shown(browser) == ["vitamin-b12"]
    assert browser.find_element(By.ID, "found").text == "1 of 4 articles shown"
    for _ in range(9):
        words.send_keys(Keys.BACKSPACE)
    browser.find_element(By.CSS_SELECTOR, "#find input[value=no-signal]").click()
    assert shown(browser) == ["iron-deficiency", "vitamin-b12"]
    browser.find_element(By.CSS_SELECTOR, "#find input[value=review-now]").click()
    assert shown(browser) == ["insulin-resistance", "iron-deficiency", "vitamin-b12"]


def test_the_queue_is_whole_without_script(browser: Chrome, pages: dict[str, Path]) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.show(browser, pages["index"], width=1200)
        assert len(shown(browser)) == 4
        assert not browser.find_element(By.ID, "find").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


AXE = next(
    Path(place) / "axe-core" / "axe.min.js"
    for place in (importlib.util.find_spec("selenium_axe_python").submodule_search_locations)  # type: ignore[union-attr]
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def views() -> Iterator[Any]:
    """Every page at both widths, light and dark; the usual ones in `make test`, the others with the slow tests."""
    for name in PAGES:
        for width, dark in ((1200, False), (390, True), (1200, True), (390, False)):
            usual = name in {"report", "index", "digest"} and dark == (width == 390)
            yield pytest.param(name, width, dark, marks=[] if usual else [pytest.mark.slow])


@pytest.mark.parametrize(("name", "width", "dark"), list(views()))
def test_axe_finds_no_barrier(browser: Chrome, pages: dict[str, Path], name: str, width: int, dark: bool) -> None:
    """With everything unfolded, so that contrast and names within are checked, too."""
    chromium.show(browser, pages[name], width=width, dark=dark)
    browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script(
        "const done = arguments[1]; axe.run(document, {runOnly: arguments[0]}).then(r => done(r.violations))", RULES
    )
    told = [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]
    allowed = MAIL_HAS_NO_LANDMARKS if "digest" in name else set()
    assert [each for each in told if each[0] not in allowed] == []


MAIL_HAS_NO_LANDMARKS = {"region", "landmark-one-main"}
"""A mail is shown within a program's page, which has its own."""


def test_axe_would_have_seen_a_barrier(browser: Chrome, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<!doctype html><title>x</title><p style='color: #ccc; background: #fff'>pale</p><img src='data:,'>"
    )
    chromium.show(browser, page, width=1200)
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script(
        "const done = arguments[1]; axe.run(document, {runOnly: arguments[0]}).then(r => done(r.violations))", RULES
    )
    assert {"color-contrast", "image-alt", "html-has-lang"} <= {each["id"] for each in found}


def test_a_script_would_have_been_seen(browser: Chrome, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text("<title>x</title><img src='https://evil.example/x'><script>document.title = 'ran'</script>")
    requested(browser)
    chromium.show(browser, page, width=1200)
    assert browser.title == "ran"
    assert "https://evil.example/x" in requested(browser)
