"""The protocol's hostile texts through every way in at once, and each page and mail of that night in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from selenium.webdriver import Chrome

from litwatch.standin import Corpus
from litwatch.standin.occasion import Occasion
from litwatch.standin.scenario import read_scenario
from litwatch.standin.web import Answer
from tests.browser import chromium
from tests.browser.test_pages import requested
from tests.faults.test_hostile_content import TEXTS, assert_harmless
from tests.faults.ward import ARTICLE, EVE, NIGHT, RECORDS, TOPIC, Ward, open_ward

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium.is_installed(), reason="Chromium and its driver are not in /usr/bin"),
]

RUNS = "<script>document.title = 'ran'</script><img src=https://evil.example/x onerror=\"document.title = 'ran'\">"
HOSTILE = {**TEXTS, "runs": RUNS, "close": f"</style></title></textarea></script>{RUNS}", "comment": f"--> ]]>{RUNS}"}
EVERYTHING = " ".join(text[:300] for text in HOSTILE.values())
KEPT = "".join(sign for sign in EVERYTHING if sign >= " ")


def records() -> str:
    made = [
        {
            "pmid": 99800061 + n,
            "title": f"Insulin resistance {''.join(sign for sign in text if sign >= ' ')}",
            "published": "2026",
            "authors": [f"{KEPT[:200]} Z"],
            "abstract": f"Insulin resistance and short sleep. {KEPT}",
            "keywords": [KEPT[:300]],
            "types": ["Practice Guideline"],
            "life": [{"day": str(NIGHT), "becomes": "in process"}],
        }
        for n, text in enumerate(HOSTILE.values())
    ]
    return RECORDS + "".join(f"  - {json.dumps(record)}\n" for record in made)


def feed(_: Occasion) -> Answer:
    """Entries that name no paper: a guideline body's, with a script in the title and in the link."""
    shown = escape(KEPT)
    items = "".join(
        f"<item><title>insulin resistance {shown}</title><link>{link}</link></item>"
        for link in ("javascript:document.title='ran'", "https://agency.example.org/alert")
    )
    return Answer(f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode(), "text/xml")


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = tmp_path_factory.mktemp("hostile") / "ward"
    article = ARTICLE.replace("What causes insulin resistance?", json.dumps(f"What causes {KEPT}?"))
    article = article.replace("Short sleep", f"{EVERYTHING} short sleep")
    with open_ward(folder, corpus=Corpus(read_scenario(records())), routes={"/feed": feed}) as opened:
        source = f"{{name: {json.dumps(KEPT[:200])}, url: '{opened.pubmed.url}/feed'}}"
        follow = f"title: {json.dumps(KEPT[:2000])}\nfeeds: [{source}]\n"
        opened.write_topic(article=article, topic=TOPIC + follow)
        assert opened.night(EVE).ok
        summary = opened.night(NIGHT)
        assert summary.ok, summary.failure
        yield opened


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium.open_browser(tmp_path_factory.mktemp("profile") / "new") as opened:
        yield opened


def test_all_of_it_at_once_is_text_in_every_file_and_mail(ward: Ward) -> None:
    assert_harmless(ward, EVERYTHING)
    page = next((ward.folder / "reports" / "sleep").glob(f"{NIGHT}.html")).read_text("utf-8")
    assert page.count("Insulin resistance ") >= len(HOSTILE), "the records are on the page, not left out"
    assert "Leads without a PubMed record" in page


def test_no_page_and_no_mail_runs_or_fetches_anything(ward: Ward, browser: Chrome, tmp_path: Path) -> None:
    pages = sorted((ward.folder / "reports").rglob("*.html"))
    for n, mail in enumerate(ward.mails().values()):
        part = mail.get_body(("html",))
        assert part is not None
        pages.append(tmp_path / f"mail-{n}.html")
        pages[-1].write_text(part.get_content(), encoding="utf-8")
    assert len(pages) >= 4
    for page in pages:
        requested(browser)
        browser.get_log("browser")
        chromium.show(browser, page, width=1200)
        browser.execute_script(
            "for (const each of document.querySelectorAll('details')) each.open = true;"
            "for (const each of document.querySelectorAll('*')) each.dispatchEvent(new Event('mouseover'))"
        )
        assert set(requested(browser)) == {page.as_uri()}, page.name
        assert browser.get_log("browser") == [], page.name
        assert browser.title != "ran"
