"""A question that is watched without an article: nights, pages, mails and commands say only what a topic can."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from litwatch.config.article_file import open_article
from litwatch.config.topic_files import read_topic_file
from litwatch.decisions.verdict import Rule, Status
from litwatch.model.identifiers import Pmid
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.command_line import Run
from tests.desk.desk_scenes import DESK_SETTINGS, forms_about, served
from tests.nights import House, open_house
from tests.shown import markdown_text, text_of

pytestmark = pytest.mark.slow

TODAY = DEMONSTRATION_TODAY
KNOWN = Pmid(99000004)
"""A retracted trial, which the strategy finds."""
QUESTION = f"""question: Does short sleep cause insulin resistance?
strategy: '"short sleep"[tiab]'
since: 2019-01-01
known_papers: [{KNOWN}]
recipients: [board@example.org]
"""
OF_AN_ARTICLE = re.compile(
    r"\b(?:the|an) article\b|\bcites?\b|\bcited\b|\bcitation|\bsentences?\b|\bthe text\b|\bre-assess|last updated",
    re.IGNORECASE,
)
"""Words about a text that there is not."""
NLM_SAYS = "Citation data and abstracts"


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that watches one question, after its first night."""
    with open_house(tmp_path_factory.mktemp("question"), Corpus(revisions())) as opened:
        for file in (opened.folder / "queries").iterdir():
            file.unlink()
        (opened.folder / "queries" / "sleep.yaml").write_text(QUESTION)
        assert opened.night(TODAY, settings=DESK_SETTINGS).ok
        yield opened


@pytest.fixture
def house(surveyed: House, tmp_path: Path) -> House:
    return surveyed.copy(tmp_path / "copy")


def latest_mail(house: House) -> tuple[str, str]:
    """Subject and text of the last mail."""
    message = email.message_from_bytes(house.mails()[-1].read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(message["subject"]), body.get_content()


def test_pages_and_mail_say_only_what_a_topic_can(house: House) -> None:
    folder = house.folder / "reports" / "sleep"
    page = text_of((folder / f"{TODAY}.html").read_text())
    markdown = markdown_text((folder / f"{TODAY}.md").read_text())
    subject, mail = latest_mail(house)
    for said in (page, markdown, mail, subject, (house.folder / "reports" / "changes.atom").read_text()):
        assert OF_AN_ARTICLE.findall(said.replace(NLM_SAYS, "")) == [], said
    for said in (page, markdown, mail):
        assert "8 new records since 1 January 2019; none read yet." in " ".join(said.split())
    assert subject == "[Demonstration] 8 records to read on 1 topic; new: 8 records"
    assert "Does short sleep cause insulin resistance?" in page
    assert not (folder / "currency.jsonld").exists(), "there is no text whose currency could be stated"
    assert str(KNOWN) not in mail, "a known paper is not new"
    index = text_of((house.folder / "reports" / "index.html").read_text())
    assert "none read yet" in index
    assert "Out of date at this age" not in index
    assert "BEGIN:VEVENT" not in (house.folder / "reports" / "reassess.ics").read_text()


def test_the_next_night_asks_for_the_same_records_until_they_are_read(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.show_commands(monkeypatch)
    by = ("--by", "Dr Example")
    assert house.night(TODAY + timedelta(days=1), send_mail=False).outcomes[0].verdict is not None
    status, out, err = run("export", "sleep", "--format", "csv")
    assert status == 0, err
    pmids = re.findall(r"99\d{6}", out)
    first = pmids[0]
    status, _, err = run("answer", "sleep", first, "relevant", "--effect", "contradicts", *by)
    assert (status, "sleep has no article that a paper could bear on" in err) == (2, True)
    assert run("answer", "sleep", first, "relevant", *by)[0] == 0
    verdict = house.night(TODAY + timedelta(days=2), send_mail=False).outcomes[0].verdict
    assert verdict is not None
    assert (verdict.status, verdict.fired[0].rule) == (Status.REVIEW_NEEDED, Rule.UNREAD)
    assert verdict.fired[0].reasons[0].numbers == (8, 7)
    status, _, err = run("review", "sleep", "update", *by, "--reason", "why not")
    assert (status, "no article that could be updated" in err) == (2, True)
    status, out, err = run("review", "sleep", "unchanged", *by, "--reason", "read")
    assert (status, "sleep: reviewed: unchanged" in out) == (0, True), err
    verdict = house.night(TODAY + timedelta(days=3)).outcomes[0].verdict
    assert verdict is not None
    assert (verdict.status, verdict.fired[0].rule) == (Status.NO_SIGNAL, Rule.ALL_READ)
    assert OF_AN_ARTICLE.findall(" ".join(latest_mail(house)).replace(NLM_SAYS, "")) == []


@pytest.mark.parametrize(
    "asked",
    [
        (("references", "list", "sleep"), 2, "a question without an article, so there are no references"),
        (("references", "confirm", "sleep", "1", "99000004"), 2, "a question without an article"),
        (("export", "sleep", "--format", "json-ld"), 2, "no text has a currency to state"),
        (("export", "sleep", "--format", "ris"), 0, "TY  - JOUR"),
        (("topics", "check", "sleep"), 0, "no article; question: Does short sleep cause insulin resistance?"),
        (("topics", "list"), 0, "no article; question: Does short sleep"),
        (("topics", "recall", "sleep", "--offline"), 0, "the strategy finds 1 of 1 known papers (100%)"),
        (("topics", "suggest", "sleep", "--offline"), 0, "known paper"),
        (("articles", "lint", "queries/sleep.yaml"), 2, "a question without an article"),
        (("report", "sleep"), 0, "reports/sleep/"),
    ],
    ids=lambda asked: " ".join(asked[0]),
)
def test_a_command_works_or_says_why_it_cannot_mean_anything(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch, asked: tuple[tuple[str, ...], int, str]
) -> None:
    command, status, said = asked
    house.show_commands(monkeypatch)
    monkeypatch.chdir(house.folder)
    got, out, err = run(*command)
    assert (got, said in out + err) == (status, True), out + err


def test_the_desk_offers_what_a_question_has(house: House) -> None:
    with served(house.settings()) as desk:
        page = desk.page(desk.link())
        told = " ".join(page.find("body").text_content().split())
        assert OF_AN_ARTICLE.findall(told) == [], told
        assert "8 new records since 1 January 2019; none read yet." in told
        form = forms_about(page, "article")[0]
        refused = desk.send(desk.link(), form, outcome="update", reason="why not")
        assert (refused.status_code, "There is no article that could be updated" in refused.text) == (422, True)
        assert desk.send(desk.link(), form, reason="read").status_code == 303


def test_without_an_article_there_is_only_the_question(house: House) -> None:
    article = open_article(read_topic_file(house.folder / "queries", "sleep"))
    assert article.is_absent
    assert (article.question, article.sentences, article.references, article.last_updated) == (
        "Does short sleep cause insulin resistance?",
        (),
        (),
        None,
    )
