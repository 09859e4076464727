"""An editor without a shell, in a real Chromium: from a file to the first report, and every change on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from litwatch.config.topic_files import read_topic_file
from litwatch.digest.signed_links import Purpose
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.browser import chromium
from tests.desk.desk_scenes import EDITOR, SECRET, Desk, served
from tests.nights import ARTICLE, House, open_house

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium.is_installed(), reason="Chromium and its driver are not in /usr/bin"),
]
AXE = Path(next(iter(find_spec("selenium_axe_python").submodule_search_locations))) / "axe-core" / "axe.min.js"  # type: ignore[union-attr,arg-type]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


def night(house: House, desk: Desk, days: int = 0) -> None:
    keys = {"desk_url": desk.settings.desk_url, "desk_secret": SECRET}
    assert house.night(DEMONSTRATION_TODAY + timedelta(days=days), settings=keys).failure is None


def fill(browser: Chrome, name: str, text: str) -> None:
    field = browser.find_element(By.NAME, name)
    field.clear()
    field.send_keys(text)


def press(browser: Chrome, label: str) -> None:
    """Press the button and wait for the next page."""
    (button,) = [each for each in browser.find_elements(By.TAG_NAME, "button") if each.text == label]
    button.click()
    WebDriverWait(browser, 30).until(lambda _: is_gone(button))


def is_gone(element: object) -> bool:
    try:
        element.is_enabled()  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - Selenium's word for an element of a page that was left
        return True
    return False


def check_for_everybody(browser: Chrome) -> None:
    """No barrier that axe finds, and nothing wider than a phone."""
    browser.execute_script(AXE.read_text("utf-8"))
    found = browser.execute_async_script(
        "const done = arguments[1]; axe.run(document, {runOnly: arguments[0]}).then(r => done(r.violations))", RULES
    )
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def sign_in(browser: Chrome, desk: Desk) -> None:
    browser.get(str(desk.client.base_url) + desk.link(Purpose.SIGN_IN, EDITOR))
    press(browser, f"Sign in as {EDITOR}")


def test_an_editor_needs_no_shell_from_a_file_to_the_first_report(
    house: House, browser: Chrome, tmp_path: Path
) -> None:
    file, newer = tmp_path / "Sleep loss (final).md", tmp_path / "newer.md"
    file.write_text(ARTICLE.replace("What causes", "Does sleep loss cause"))
    newer.write_text(file.read_text().replace("Exercise raises it [2].", "Exercise may raise it [2]. Food counts."))
    with served(house.settings()) as desk:
        night(house, desk)
        sign_in(browser, desk)
        add(browser, file)
        night(house, desk, days=1)
        report = house.folder / "reports" / "sleep-loss" / f"{DEMONSTRATION_TODAY + timedelta(1)}.html"
        assert "Does sleep loss cause insulin resistance?" in report.read_text("utf-8")
        desk.now += timedelta(days=1)
        sign_in(browser, desk)
        browser.find_element(By.LINK_TEXT, "Does sleep loss cause insulin resistance?").click()
        replace_text(browser, newer)
        assert (desk.settings.queries / "sleep-loss.md").read_text() == newer.read_text()
        change_strategy(browser)
        change_people(browser)
        topic = read_topic_file(desk.settings.queries, "sleep-loss")
        assert topic.recipients == ("board@example.org", "lee@example.org")
        assert topic.strategy == "sleep[tiab] AND (insulin[tiab] OR glucose[tiab])"
        see_history_and_end_the_watch(browser)
        night(house, desk, days=2)
        assert not browser.find_elements(By.ID, "sleep-loss")


def add(browser: Chrome, file: Path) -> None:
    browser.find_element(By.LINK_TEXT, "Add an article").click()
    check_for_everybody(browser)
    browser.find_element(By.NAME, "article").send_keys(str(file))
    press(browser, "Read it")
    assert "Does sleep loss cause insulin resistance?" in browser.find_element(By.CSS_SELECTOR, ".read").text
    check_for_everybody(browser)
    fill(browser, "name", "sleep-loss")
    fill(browser, "strategy", "(sleep OR nap)[tiab]")
    fill(browser, "recipients", "board@example.org")
    press(browser, "Watch this article")
    assert "PubMed would misread it" in browser.find_element(By.ID, "e-strategy").text
    fill(browser, "strategy", "sleep[tiab] AND insulin[tiab]")
    press(browser, "Watch this article")
    assert "Does sleep loss cause insulin resistance?" in browser.find_element(By.ID, "sleep-loss").text


def replace_text(browser: Chrome, newer: Path) -> None:
    browser.find_element(By.CSS_SELECTOR, "#edit").find_element(By.LINK_TEXT, "Text").click()
    browser.find_element(By.NAME, "article").send_keys(str(newer))
    press(browser, "Read it")
    assert "Sentences that come: 2" in browser.find_element(By.ID, "changes").text
    check_for_everybody(browser)
    fill(browser, "reason", "new <trial> & more")
    press(browser, "Replace the text")
    assert "Saved." in browser.find_element(By.CSS_SELECTOR, "[role=status]").text


def change_strategy(browser: Chrome) -> None:
    browser.find_element(By.LINK_TEXT, "Search strategy").click()
    fill(browser, "strategy", "(sleep[tiab] AND insulin[tiab]")
    press(browser, "Save it")
    assert "never closed" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
    fill(browser, "strategy", "sleep[tiab] AND (insulin[tiab] OR glucose[tiab])")
    press(browser, "Check it")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".look")) == 2
    check_for_everybody(browser)
    press(browser, "Save it")
    assert "Saved." in browser.find_element(By.CSS_SELECTOR, "[role=status]").text


def change_people(browser: Chrome) -> None:
    browser.find_element(By.LINK_TEXT, "People and thresholds").click()
    fill(browser, "recipients", "board@example.org\nnobody")
    press(browser, "Save")
    assert "“nobody”" in browser.find_element(By.ID, "e-recipients").text
    check_for_everybody(browser)
    fill(browser, "recipients", "board@example.org\nlee@example.org")
    press(browser, "Save")
    browser.find_element(By.LINK_TEXT, "The whole file").click()
    check_for_everybody(browser)


def see_history_and_end_the_watch(browser: Chrome) -> None:
    browser.find_element(By.LINK_TEXT, "The article").click()
    browser.execute_script("document.querySelectorAll('#edits, #edits details').forEach(each => { each.open = true })")
    told = browser.find_element(By.ID, "edits").text
    assert "new <trial> & more" in told
    assert "lee@example.org" in told
    check_for_everybody(browser)
    browser.find_element(By.CSS_SELECTOR, "#edit").find_element(By.LINK_TEXT, "Stop watching").click()
    check_for_everybody(browser)
    fill(browser, "reason", "an exercise")
    press(browser, "Stop watching this article")
    assert "sleep-loss is no longer watched." in browser.find_element(By.CSS_SELECTOR, "[role=status]").text
    check_for_everybody(browser)
