"""A cited work that PubMed does not have is watched by its DOI, and one that no source watches is named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.config.settings import Settings
from litwatch.decisions.verdict import Status
from litwatch.model.change import Change, ChangeKind
from litwatch.model.errors import SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid, number_of_work
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.paper_notice import Nature, UpdateNotice, UpdateType, WatchEntry, WatchTable
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.model.topic import Pin
from litwatch.night.doors import Doors, open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.report.template_engine import make_engine
from litwatch.sources.protocol import NoticesAnswer, NoticesMark
from tests.factories import make_record
from tests.night.test_further_source import TinyDatabase
from tests.nights import TOPIC

FIRST = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
PAPER, BOOK = Pmid(99000004), Doi("10.5555/book.1")
WORK = number_of_work(BOOK)
ARTICLE = """---
question: What helps sleep?
last_updated: 2026-06-16
status: Approved
---

## Answer

Naps help [1]. A book says how long [2]. A leaflet says when [3].

## References

1. Varga I, Okoro C. An invented study of sleep. Inv J Metab. 2026. PMID: 99000004
2. Sample CD. The book of naps. Invented Press. 2023. doi:10.5555/BOOK.1
3. Ministry of Rest. When to nap. 2022.
"""


@dataclass
class Shelf(TinyDatabase):
    """One paper; the book and the leaflet are not there."""

    def match_references(
        self,
        references: Sequence[Reference],
        pins: Iterable[Pin],
        before: Mapping[int, Match],
        known: Mapping[Pmid, Record],
    ) -> tuple[Match, ...]:
        return tuple(
            Match(one.position, MatchState.CONFIRMED, one.pmid, 1.0, "pmid")
            if one.pmid
            else Match(one.position, MatchState.NOT_FOUND, None, 0.0, "none")
            for one in references
        )


@dataclass
class Registry:
    """Says nothing, one notice about the book, or that it is down."""

    says: UpdateType | None = None
    is_down: bool = False
    name: str = "Crossref"
    entry: int | None = 9
    """Of the Retraction Watch table; None where the publisher registered the notice."""
    asked: list[Doi] = field(default_factory=list)

    def updates_of(self, paper: Doi) -> tuple[UpdateNotice, ...]:
        self.asked.append(paper)
        if self.is_down:
            raise SourceUnavailable(f"Crossref did not answer about DOI {paper}; the next run asks again")
        if self.says is None or paper != BOOK:
            return ()
        return (
            UpdateNotice(
                paper, Doi("10.5555/notice.1"), self.says, date(2026, 11, 20), "Notice", "Invented", self.entry
            ),
        )


@dataclass
class Table:
    """The Retraction Watch table with one entry about the book."""

    name: str = "a table"

    def read(self, before: NoticesMark | None = None) -> NoticesAnswer:
        entry = WatchEntry(9, Nature.RETRACTION, date(2026, 11, 19), None, BOOK, None, None, "The book of naps", "", ())
        return NoticesAnswer(WatchTable((entry,), 1, 0, 0, 0), NoticesMark(etag="one"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "queries").mkdir()
    topic = TOPIC.replace("SLUG", "sleep").replace("RECIPIENT", "board@example.org")
    (tmp_path / "queries" / "sleep.yaml").write_text(topic, encoding="utf-8")
    (tmp_path / "queries" / "sleep.md").write_text(ARTICLE, encoding="utf-8")
    return Settings(
        queries=tmp_path / "queries",
        reports=tmp_path / "reports",
        store=tmp_path / "litwatch.duckdb",
        mail_folder=tmp_path / "mail",
        email="tests@example.org",
        eutils="http://127.0.0.1:9/",
    )


def night(
    settings: Settings, registry: Registry | None = None, table: Table | None = None, *, day: int = 0
) -> NightSummary:
    at = FIRST + timedelta(days=day)
    shelf = Shelf({PAPER: make_record(PAPER, title="An invented study of sleep.")})
    return run_night(Doors(settings, open_store(settings), shelf, lambda _: (), lambda: at, table, registry))


def told(summary: NightSummary) -> list[tuple[ChangeKind, Pmid, str]]:
    signals = [each.signal.change for each in summary.outcomes[0].report.signals]
    return [(change.kind, change.pmid, change.detail) for change in signals if change.is_about_cited]


def opened(summary: NightSummary) -> int:
    saved = summary.outcomes[0].saved
    assert saved is not None
    return sum(change.is_about_cited for change in saved.opened)


def pages(summary: NightSummary) -> list[str]:
    texts = [Path(file).read_text(encoding="utf-8") for file in summary.outcomes[0].files]
    return [" ".join((text if text.startswith("{") else text.replace("\\", "")).split()) for text in texts]


def outside(text: str) -> list[str]:
    """Where a text shows the number of the work as if it were PubMed's."""
    shown = (f"pubmed.ncbi.nlm.nih.gov/{WORK}", f"PubMed {WORK}", f"PMID {WORK}", f'"pmid": {WORK}', f">{WORK}<")
    return [each for each in shown if each in text]


def test_a_retracted_book_is_told_by_its_doi_with_its_sentence_and_answered_by_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry()
    assert told(night(settings, registry)) == []
    assert registry.asked == [BOOK, make_record(PAPER).doi], "what PubMed does not have comes first"
    registry.says = UpdateType.RETRACTION
    assert night(settings, registry, day=1).ok
    assert len(registry.asked) == 2, "asked once a week"
    summary = night(settings, registry, day=7)
    assert summary.ok, summary.failure
    assert told(summary) == [(ChangeKind.CITED_RETRACTED, WORK, "crossref:10.5555/notice.1")]
    report = summary.outcomes[0].report
    assert report.verdict.status is Status.REVIEW_NOW
    assert report.signals[0].signal.sentences == (2,)
    mails = sorted(settings.mail_folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    for text in (*pages(summary), mails[-1].read_text(encoding="utf-8")):
        assert "10.5555/book.1" in text
        assert not outside(text), "the number is for the store alone"
    (data,) = [json.loads(text) for text in pages(summary) if text.startswith("{")]
    (notice,) = data["notices"]
    assert (notice["pmid"], notice["doi"], notice["detail"]) == (None, BOOK, "crossref:10.5555/notice.1")
    night(settings, registry, day=14)
    (again,) = {*settings.mail_folder.glob("*.eml")} - {*mails}
    assert "TOLD BEFORE" in again.read_text(encoding="utf-8")
    assert not outside(again.read_text(encoding="utf-8")), "in the line of what was told before, too"
    for name in ("queries", "store", "email"):
        monkeypatch.setenv(f"LITWATCH_{name.upper()}", str(getattr(settings, name)))
    for arguments, said in (
        (["impact", "https://doi.org/10.5555%2FBook.1"], "Crossref: retracted (published 20 November 2026)"),
        (["answer", "sleep", BOOK, "relevant", "--by", "Dr Other"], f"DOI {BOOK}"),
        (["answer", "sleep", BOOK, "not-relevant", "--by", "Dr Example", "--reason", "x"], f"answer sleep {BOOK} "),
        (
            ["answer", "sleep", BOOK, "already-covered", "--by", "Dr Example", "--reason", "y", "--settle"],
            f"DOI {BOOK}",
        ),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert not ended.value.code
        assert said in capsys.readouterr().out
    after = night(settings, registry, day=9)
    assert (told(after), opened(after)) == ([], 0), "answered for good"


def test_the_desk_shows_an_answer_about_a_work_without_its_number() -> None:
    change = Change(ChangeKind.CITED_RETRACTED, WORK, "crossref:10.5555/notice.1")
    judgement = Judgement("sleep", Decision.RELEVANT, "Dr Example", FIRST, "", change, episodes=("0" * 16,))
    page = make_engine("html", besides="litwatch.desk").from_string(
        '{% import "_forms.html.j2" as forms %}{{ forms.event(judgement) }}'
    )
    shown = page.render(judgement=judgement)
    assert "a work outside PubMed" in shown
    assert str(WORK) not in shown


def test_one_notice_by_two_sources_is_one_signal(settings: Settings) -> None:
    summary = night(settings, Registry(UpdateType.RETRACTION, entry=None), Table())
    assert told(summary) == [(ChangeKind.CITED_RETRACTED, WORK, "retraction_watch:9")]
    assert told(night(settings, Registry(UpdateType.ERRATUM), Table(), day=8)) == [
        (ChangeKind.CITED_RETRACTED, WORK, "retraction_watch:9")
    ], "Crossref has this entry from the table, which is loaded"


def test_an_outage_of_crossref_is_told_and_ends_no_notice(settings: Settings) -> None:
    first = night(settings, Registry(is_down=True))
    assert not first.ok
    assert "Crossref did not answer about DOI 10.5555/book.1" in (first.failure or "")
    (sweep,) = [each for each in first.outcomes[0].report.sweeps if each.kind is SweepKind.UPDATES]
    assert sweep.state is SweepState.FAILED
    assert first.outcomes[0].report.unwatched == (2, 3)
    night(settings, Registry(UpdateType.EXPRESSION_OF_CONCERN), day=1)
    down = night(settings, Registry(is_down=True), day=9)
    assert not down.ok
    assert [kind for kind, *_ in told(down)] == [ChangeKind.CITED_CONCERN]
    assert opened(down) == 0
    gone = night(settings, Registry(), day=10)
    assert [each.signal.taken_back for each in gone.outcomes[0].report.signals if each.signal.change.pmid == WORK] == [
        True
    ]


def test_a_reference_that_no_source_watches_is_named_in_every_form(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = night(settings)
    assert summary.outcomes[0].report.unwatched == (2, 3), "nobody is asked about the DOI"
    for text in pages(summary):
        if text.startswith("{"):
            assert [each["watched"] for each in json.loads(text)["references"]] == [True, False, False]
        else:
            assert "Entries 2 and 3 of the reference list: no source would tell" in text
            assert text.count("No source would tell that it was retracted or corrected.") == 2
    assert night(settings, Registry()).outcomes[0].report.unwatched == (3,)
    for name in ("queries", "store", "email"):
        monkeypatch.setenv(f"LITWATCH_{name.upper()}", str(getattr(settings, name)))
    with pytest.raises(SystemExit):
        main(["references", "list", "sleep"])
    assert capsys.readouterr().out.count("not watched: no source would tell") == 1


def test_a_work_is_watched_by_the_table_alone_where_crossref_is_off(settings: Settings) -> None:
    summary = night(settings, None, Table())
    assert told(summary) == [(ChangeKind.CITED_RETRACTED, WORK, "retraction_watch:9")]
    assert summary.outcomes[0].report.unwatched == (3,)
