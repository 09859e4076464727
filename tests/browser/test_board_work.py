"""Who is responsible, two readers, and comments, in a real Chromium in which scripts are switched off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from litwatch.digest.signed_links import Purpose
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.browser import chromium
from tests.desk.desk_scenes import DESK_SETTINGS, EDITOR, Desk, served
from tests.nights import TOPIC, House, open_house

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium.is_installed(), reason="Chromium and its driver are not in /usr/bin"),
]
LEE = "lee@example.org"
TWO = TOPIC.replace("[RECIPIENT]", f"[board@example.org, {LEE}]") + "readers: 2\n"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium.open_browser(tmp_path_factory.mktemp("profile") / "new", loopback=True) as opened:
        opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        yield opened


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("surveyed")) as house:
        house.write_topic("sleep", topic=TWO)
        assert house.night(DEMONSTRATION_TODAY, settings=DESK_SETTINGS).ok
        yield house


@pytest.fixture
def house(surveyed: House, tmp_path: Path) -> House:
    return surveyed.copy(tmp_path / "house")


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with served(house.settings()) as opened:
        yield opened


def open_page(browser: Chrome, desk: Desk, path: str, width: int = 1280) -> None:
    """Open a page of the desk and unfold everything on it, by the summaries that a person presses."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(str(desk.client.base_url) + path)


def sign_in(browser: Chrome, desk: Desk) -> None:
    open_page(browser, desk, desk.link(Purpose.SIGN_IN, EDITOR))
    browser.find_element(By.CSS_SELECTOR, "form button").click()
    WebDriverWait(browser, 10).until(lambda opened: opened.current_url.endswith("/queue"))


def unfold(browser: Chrome, place: str) -> WebElement:
    """The section or card with its fold open."""
    found = browser.find_element(By.CSS_SELECTOR, place)
    for summary in found.find_elements(By.CSS_SELECTOR, ":scope details:not([open]) > summary"):
        if summary.is_displayed():
            summary.click()
    return found


def wait_for(browser: Chrome, text: str) -> None:
    WebDriverWait(browser, 10).until(lambda opened: text in opened.page_source)


def test_an_editor_names_a_person_and_the_next_night_says_so_everywhere(
    house: House, desk: Desk, browser: Chrome
) -> None:
    sign_in(browser, desk)
    open_page(browser, desk, "article/sleep")
    section = unfold(browser, "#responsible")
    Select(section.find_element(By.NAME, "responsible")).select_by_value(LEE)
    section.find_element(By.NAME, "reason").send_keys("knows <these> trials")
    section.find_element(By.CSS_SELECTOR, "button[value=named]").click()
    wait_for(browser, "is kept and waits for the next run")
    keys = {"desk_url": desk.settings.desk_url}
    assert house.night(DEMONSTRATION_TODAY + timedelta(days=1), settings=DESK_SETTINGS | keys).ok
    said = f"{LEE} is to see to it by 20 December 2026."
    for path in ("queue", "article/sleep", desk.link(member=LEE)):
        open_page(browser, desk, path, width=390)
        assert said in browser.find_element(By.TAG_NAME, "body").text
    report = (house.folder / "reports" / "sleep" / f"{DEMONSTRATION_TODAY + timedelta(days=1)}.html").as_uri()
    browser.get(report)
    assert said in browser.find_element(By.TAG_NAME, "body").text
    assert "“knows <these> trials”" in browser.find_element(By.TAG_NAME, "body").text


def test_a_second_reader_answers_blind_and_an_editor_settles(desk: Desk, browser: Chrome) -> None:
    open_page(browser, desk, desk.link())
    lead = browser.find_element(By.CSS_SELECTOR, "article.lead")
    place = lead.get_attribute("id")
    lead.find_element(By.NAME, "reason").send_keys("sentence 1 is out")
    lead.find_element(By.CSS_SELECTOR, "button[value=not-relevant]").click()
    wait_for(browser, "You answered; a second reader is asked")

    open_page(browser, desk, desk.link(member=LEE), width=390)
    assert "board@example.org answered; you are asked as second reader." in browser.find_element(By.ID, str(place)).text
    assert "sentence 1 is out" not in browser.page_source
    browser.find_element(By.CSS_SELECTOR, "article.lead button[value=keep]").click()
    wait_for(browser, "Members disagree, so it stays open.")
    assert "sentence 1 is out" in browser.find_element(By.ID, str(place)).text
    assert not browser.find_elements(By.CSS_SELECTOR, "article.lead input[name=settles]")

    sign_in(browser, desk)
    open_page(browser, desk, "article/sleep")
    lead = browser.find_element(By.CSS_SELECTOR, "article.lead")
    lead.find_element(By.NAME, "reason").send_keys("I have read both")
    lead.find_element(By.NAME, "settles").click()
    lead.find_element(By.CSS_SELECTOR, "button[value=keep]").click()
    wait_for(browser, "settling the disagreement of")
    assert "Members disagree" not in browser.find_element(By.CSS_SELECTOR, "article.lead").text


def test_a_comment_is_written_shown_and_taken_back(desk: Desk, browser: Chrome) -> None:
    open_page(browser, desk, desk.link(), width=390)
    form = browser.find_element(By.CSS_SELECTOR, "article.lead form.comment")
    form.find_element(By.TAG_NAME, "summary").click()
    form.find_element(By.NAME, "comment").send_keys("Is the <b>dose</b> right?")
    form.find_element(By.TAG_NAME, "button").click()
    wait_for(browser, "1 comment is kept and waits for the next run.")
    assert "“Is the <b>dose</b> right?”" in browser.find_element(By.CSS_SELECTOR, "article.lead").text
    open_page(browser, desk, desk.link(member=LEE))
    assert "Is the <b>dose</b> right?" in browser.find_element(By.CSS_SELECTOR, "article.lead").text
    open_page(browser, desk, desk.link())
    undo = browser.find_element(By.CSS_SELECTOR, "#undo button")
    assert undo.text == "Undo the comment"
    undo.click()
    WebDriverWait(browser, 10).until(lambda opened: "Undo the comment" not in opened.page_source)
    assert "Is the <b>dose</b> right?" not in browser.find_element(By.TAG_NAME, "body").text
