"""The desk in a real Chromium: from the mail to the answer to the next night's report; what a page may never do."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import html
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from litwatch.digest.signed_links import Purpose
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_inbox, open_store, publish_snapshot
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.browser import chromium
from tests.desk.desk_scenes import MORNING, SECRET, Desk, served
from tests.factories import FIRST_PMID, make_record
from tests.nights import House, open_house
from tests.report.test_render_hostile import HOSTILE
from tests.store.store_scenes import make_night, save_night

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not chromium.is_installed(), reason="Chromium and its driver are not in /usr/bin"),
]
EVERYTHING = " ".join(HOSTILE.values())
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with served(house.settings()) as opened:
        yield opened


def night(house: House, desk: Desk, days: int = 0) -> None:
    keys = {"desk_url": desk.settings.desk_url, "desk_secret": SECRET}
    assert house.night(DEMONSTRATION_TODAY + timedelta(days=days), settings=keys).failure is None


def answers_in_the_mail(house: House) -> list[str]:
    """The addresses behind the newest mail's "Answer", in order."""
    mail = message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default)
    part = mail.get_body(("html",))
    assert part is not None
    return [str(link.get("href")) for link in html.fromstring(part.get_content()).xpath("//a[text()='Answer']")]


def press(browser: Chrome, place: str, button: str) -> None:
    """Press a button of the form at a place of the page, as a person does."""
    browser.execute_script(
        "document.querySelectorAll(arguments[0]).forEach(each => { each.open = true })", f"#{place} details"
    )
    form = browser.find_element(By.CSS_SELECTOR, f"#{place} form")
    form.find_element(By.CSS_SELECTOR, f"button[value='{button}']").click()
    WebDriverWait(browser, 10).until(lambda opened: opened.find_elements(By.CSS_SELECTOR, f"#{place} .waits"))


def test_from_the_mail_to_the_answer_to_the_next_nights_report(house: House, desk: Desk, browser: Chrome) -> None:
    night(house, desk)
    links = answers_in_the_mail(house)
    places = [link.partition("#")[2] for link in links]
    notice = next(place for place in places if place.startswith("notice-"))
    unwanted = next(place for place in places if place.startswith("new-"))
    report = (house.folder / "reports" / "sleep" / f"{DEMONSTRATION_TODAY}.html").read_text("utf-8")
    assert f'id="{unwanted}"' in report

    browser.get(links[places.index(unwanted)])
    assert browser.find_element(By.CSS_SELECTOR, ":target").get_attribute("id") == unwanted
    # a trial, which by itself asks for no review: that a reader keeps it is what does
    items = browser.find_elements(By.CSS_SELECTOR, "#evidence .item")
    wanted = next(item.get_attribute("id") or "" for item in items if "Randomised trial" in item.text)
    press(browser, unwanted, "not-relevant")
    press(browser, wanted, "keep")
    browser.find_element(By.CSS_SELECTOR, f"#{notice} input[name=reason]").send_keys("sentence 1 goes <with> it & more")
    press(browser, notice, "already-covered")
    assert "sentence 1 goes <with> it & more" in browser.find_element(By.ID, notice).text

    night(house, desk, days=1)
    report = (house.folder / "reports" / "sleep" / f"{DEMONSTRATION_TODAY + timedelta(1)}.html").read_text("utf-8")
    assert f'id="{unwanted}"' not in report
    assert f'id="{notice}' not in report
    assert f'id="{wanted}"' in report
    assert "A member has kept 1 new record as relevant." in report
    desk.now += timedelta(days=1)
    browser.get(str(desk.client.base_url) + desk.link())
    assert "wait" not in browser.find_element(By.TAG_NAME, "header").text
    assert "sentence 1 goes <with> it & more" in browser.find_element(By.ID, "said").text


@pytest.mark.slow
def test_an_editor_signs_in_reviews_and_the_next_report_says_when(house: House, desk: Desk, browser: Chrome) -> None:
    night(house, desk)
    browser.get(str(desk.client.base_url) + desk.link(Purpose.SIGN_IN, "editor@example.org"))
    browser.find_element(By.CSS_SELECTOR, "form button").click()
    WebDriverWait(browser, 10).until(lambda opened: opened.current_url.endswith("/queue"))
    browser.find_element(By.LINK_TEXT, "What causes insulin resistance?").click()
    browser.find_element(By.CSS_SELECTOR, "#review summary").click()
    review = browser.find_element(By.CSS_SELECTOR, "#review form")
    review.find_element(By.CSS_SELECTOR, "input[value=unchanged]").click()
    review.find_element(By.NAME, "reason").send_keys("The board has read it.")
    review.find_element(By.TAG_NAME, "button").click()
    WebDriverWait(browser, 10).until(lambda opened: "The board has read it." in opened.page_source)
    night(house, desk, days=1)
    report = (house.folder / "reports" / "sleep" / f"{DEMONSTRATION_TODAY + timedelta(1)}.html").read_text("utf-8")
    dates = dict(zip(*[iter(html.fromstring(report).xpath("//dl[@class='dates'][1]/div/*/text()"))] * 2, strict=True))
    assert dates["Last reviewed"] == "20 November 2026"


def poison(house: House, desk: Desk) -> None:
    """Hostile text in everything that people and PubMed can write."""
    title = json.dumps(EVERYTHING)
    topic = (house.folder / "queries" / "sleep.yaml").read_text("utf-8")
    (house.folder / "queries" / "sleep.yaml").write_text(topic + f"title: {title}\n", encoding="utf-8")
    store = open_store(desk.settings)
    evil = make_record(FIRST_PMID + 5000, title=EVERYTHING, copyright=EVERYTHING)
    changes = make_night().changes
    arrival = next(change for change in changes if change.notice_pmid is None)
    poisoned = make_night(
        topic="sleep",
        records=(evil, make_record(FIRST_PMID + 100, title=EVERYTHING)),
        sightings=(),
        changes=(changes[0], type(arrival)(arrival.kind, evil.pmid, "")),
    )
    save_night(store, poisoned)
    store.record_judgement(Judgement("sleep", Decision.CHECK_ASKED, EVERYTHING, MORNING, EVERYTHING))
    publish_snapshot(store, desk.settings)
    open_inbox(desk.settings).put(Judgement("sleep", Decision.CHECK_ASKED, EVERYTHING, MORNING, EVERYTHING))


def requested(browser: Chrome) -> set[str]:
    """Every address that pages have asked for since the last call."""
    entries = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [entry["params"] for entry in entries if entry["method"] == "Network.requestWillBeSent"]
    return {each["request"]["url"] for each in asked if each["documentURL"].startswith("http")}


@pytest.mark.slow
def test_hostile_text_is_shown_as_text_on_every_page(house: House, desk: Desk, browser: Chrome) -> None:
    night(house, desk)
    poison(house, desk)
    base = str(desk.client.base_url)
    browser.get(base + desk.link(Purpose.SIGN_IN))
    browser.find_element(By.CSS_SELECTOR, "form button").click()
    editors = ("article/sleep", "queue", "nights", "paper?paper=99000101")
    for path in (*editors, desk.link(), desk.link(Purpose.UNSUBSCRIBE), "answer/<script>x"):
        requested(browser)
        browser.get_log("browser")
        browser.get(base + path)
        browser.execute_script(
            "for (const each of document.querySelectorAll('*')) each.dispatchEvent(new Event('mouseover'))"
        )
        asked = {each for each in requested(browser) if not each.startswith("data:")}  # the browser's own calendar sign
        assert {urlsplit(each).netloc for each in asked} == {urlsplit(base).netloc}
        own = 1 if path.startswith("article/") or path == desk.link() else 0  # the keyboard's, named by its hash
        assert browser.execute_script("return document.scripts.length + document.images.length") == own
        complaints = [line for line in browser.get_log("browser") if "status of 40" not in line["message"]]
        assert [line for line in complaints if "favicon" not in line["message"]] == []
    browser.get(base + "article/sleep")
    assert "<script>alert(1)</script>" in browser.find_element(By.TAG_NAME, "h1").text
    assert "{{7*7}}" in browser.find_element(By.ID, "said").text


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_barrier_and_nothing_sticks_out(house: House, desk: Desk, browser: Chrome, dark: bool) -> None:
    night(house, desk)
    base = str(desk.client.base_url)
    open_inbox(desk.settings).put(Judgement("sleep", Decision.CHECK_ASKED, "editor@example.org", MORNING, "why"))
    found = importlib.util.find_spec("selenium_axe_python")
    assert found is not None
    assert found.submodule_search_locations is not None
    axe = Path(found.submodule_search_locations[0]) / "axe-core" / "axe.min.js"
    browser.get(base + desk.link(Purpose.SIGN_IN))
    browser.find_element(By.CSS_SELECTOR, "form button").click()
    editors = ("article/sleep", "queue", "nights", "minutes", "paper?paper=99000004")
    for page in (*editors, desk.link(), desk.link(Purpose.UNSUBSCRIBE), desk.link(Purpose.SIGN_IN)):
        for width in (320, 1200):
            metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen", "features": scheme})
            browser.get(base + page)
            browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
            sizes = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
            assert sizes == [width, width], page.partition("/")[0]
            assert "That did not work" not in browser.title
        browser.execute_script(axe.read_text("utf-8"))
        violations = browser.execute_async_script(
            "const done = arguments[1]; axe.run(document, {runOnly: arguments[0]}).then(r => done(r.violations))", RULES
        )
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in violations] == [], page.partition("/")[0]
