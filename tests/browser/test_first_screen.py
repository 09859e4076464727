"""What a reader sees before scrolling, measured in a real Chromium on the demonstration's night."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from pypdf import PdfReader
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from litwatch.model.judgement import Decision
from litwatch.night.doors import open_inbox
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.browser import chromium
from tests.browser.night_scenes import ADDRESSES, SLUG, open_demonstration
from tests.desk.desk_scenes import Desk, served
from tests.nights import House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(not chromium.is_installed(), reason="Chromium and its driver are not in /usr/bin"),
]

SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}
RETRACTED = "Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial"
SENTENCE = "One week of short sleep lowers insulin sensitivity in healthy adults"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_demonstration(tmp_path_factory.mktemp("demonstration"), **ADDRESSES) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(house: House) -> Path:
    return house.folder / "reports" / SLUG / f"{DEMONSTRATION_TODAY}.html"


@pytest.fixture(scope="module")
def mail(house: House) -> EmailMessage:
    """The board member's digest of that night."""
    read = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in house.mails())
    (own,) = [each for each in read if each["To"] == "board@example.org"]
    assert isinstance(own, EmailMessage)
    return own


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.fixture(scope="module")
def desk(house: House) -> Iterator[Desk]:
    with served(house.settings()) as opened:
        yield opened


def desk_page(desk: Desk) -> str:
    return str(desk.client.base_url) + desk.link(topic=SLUG)


ABOVE_THE_FOLD = """
const seen = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const range = document.createRange();
  range.selectNodeContents(walker.currentNode);
  const box = range.getBoundingClientRect();
  if (box.height && box.bottom <= window.innerHeight && walker.currentNode.parentElement.checkVisibility())
    seen.push(walker.currentNode.textContent);
}
return seen.join(' ').replace(/\\s+/g, ' ');
"""


def first_screen(browser: Chrome, page: Path | str, screen: str, *, dark: bool) -> str:
    """Every text that stands wholly above the fold."""
    width, height = SCREENS[screen]
    chromium.show(browser, page, width=width, height=height, dark=dark)
    return str(browser.execute_script(ABOVE_THE_FOLD))


def screens(browser: Chrome) -> float:
    """How many screens high the page is that is shown."""
    return float(browser.execute_script("return document.documentElement.scrollHeight / window.innerHeight"))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_reports_first_screen_says_what_happened_which_sentence_is_concerned_and_what_to_decide_by_when(
    browser: Chrome, report: Path, screen: str, dark: bool
) -> None:
    seen = first_screen(browser, report, screen, dark=dark)
    for wanted in (
        "Review now",
        "A paper that the article cites has been retracted.",
        RETRACTED,
        SENTENCE,
        "decide whether the sentences that depend on the paper hold without it",
        "Decide by 4 December 2026",
        "Answer at the desk",
        "Read the notice",
    ):
        assert wanted in seen
    assert "Rule V" not in seen
    assert "99000004" not in seen, "their words, not ids"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_mails_first_screen_says_the_same_and_has_the_button(
    browser: Chrome, mail: EmailMessage, tmp_path: Path, screen: str, dark: bool
) -> None:
    page = tmp_path / "mail.html"
    page.write_text(part(mail, "html"), encoding="utf-8")
    seen = first_screen(browser, page, screen, dark=dark)
    for wanted in (
        "1 article needs review: a cited trial was retracted",
        "Review now",
        "decide by 4 December 2026",
        "What are the causes of insulin resistance?",
        RETRACTED,
        SENTENCE,
        "decide whether the sentences that depend on the paper hold without it",
        "Answer",
        "Read the notice",
    ):
        assert wanted in seen


def test_the_mails_text_says_it_alone_within_72_columns(mail: EmailMessage) -> None:
    lines = part(mail, "plain").splitlines()
    assert [line for line in lines if len(line) > 72 and "https://" not in line] == []
    first = " ".join(" ".join(lines[:30]).split())
    for wanted in ("decide by 4 December 2026", RETRACTED, SENTENCE, "Answer: https://", "Read the notice: https://"):
        assert wanted in first


def test_a_mail_program_can_sort_digests_by_their_list(mail: EmailMessage) -> None:
    assert mail["List-Id"].startswith("<digest.litwatch.")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_desks_first_screen_says_the_same_and_leads_to_answer_and_review(
    browser: Chrome, desk: Desk, screen: str, dark: bool
) -> None:
    seen = first_screen(browser, desk_page(desk), screen, dark=dark)
    for wanted in (
        "Review now",
        "Decide by 4 December 2026",
        RETRACTED,
        SENTENCE,
        "decide whether the sentences that depend on the paper hold without it",
        "Answer",
        "Review the article",
        "Read the notice",
    ):
        assert wanted in seen
    assert screens(browser) <= (9 if screen == "desktop" else 14)


def test_who_switches_it_on_answers_by_keyboard_and_takes_it_back(browser: Chrome, desk: Desk) -> None:
    def waiting() -> list[Decision]:
        return [event.decision for event in open_inbox(desk.settings).read()[0]]

    def press(keys: str) -> None:
        ActionChains(browser).send_keys(keys).perform()

    def until(number: int) -> None:
        WebDriverWait(browser, 10).until(
            lambda opened: (
                len(waiting()) == number and opened.execute_script("return document.readyState") == "complete"
            )
        )

    chromium.show(browser, desk_page(desk), width=1280, height=800)
    press("jr")
    assert waiting() == [], "it is off until somebody wants it"
    browser.find_element(By.ID, "keys-on").click()
    chromium.show(browser, desk_page(desk), width=1280, height=800)
    press("jjn")
    reason = browser.switch_to.active_element
    assert reason.get_attribute("name") == "reason", "a notice is closed with a reason only"
    browser.execute_script("document.activeElement.blur()")
    press("jjjn")
    until(1)
    assert waiting() == [Decision.NOT_RELEVANT]
    press("u")
    until(0)


@pytest.mark.parametrize(("screen", "most"), [("desktop", 6), ("phone", 10)])
def test_the_report_is_short_and_folds_the_rest_without_losing_it(
    browser: Chrome, report: Path, screen: str, most: int
) -> None:
    seen = first_screen(browser, report, screen, dark=False)
    assert screens(browser) <= most
    assert "71 more new records" not in seen
    folded = browser.execute_script("return document.querySelectorAll('#evidence article, #evidence ol > li').length")
    assert folded == 71
    cards = browser.execute_script("return document.querySelectorAll('.lead, #open > .notice, #open > .card').length")
    assert cards == 7


def test_a_link_into_a_folded_part_opens_it(browser: Chrome, report: Path) -> None:
    chromium.show(browser, report, width=1280, height=800)
    shown = "return document.getElementById('s11').checkVisibility({contentVisibilityAuto: true})"
    assert not browser.execute_script(shown)
    browser.execute_script("document.querySelector('.rests-on a').click()")
    assert browser.execute_script(shown)


def test_the_decision_prints_on_the_first_two_pages_and_the_rest_follows(browser: Chrome, report: Path) -> None:
    chromium.show(browser, report, width=1280, height=800)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    paper = {"paperWidth": 8.27, "paperHeight": 11.69}
    printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", paper)["data"])
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(printed)).pages]
    assert RETRACTED in pages[0]
    assert SENTENCE in pages[0]
    assert "4 December 2026" in pages[0]
    assert "Record the outcome for the article: unchanged, update, or withdraw." in " ".join(pages[:2])
    whole = " ".join(pages)
    assert "translated by ncbi to" in whole.lower(), "what is folded on the screen is printed"
    assert "What would take it away" in whole
