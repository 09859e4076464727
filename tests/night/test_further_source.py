"""A night takes any source that answers the protocols: here a database and a list of notices of a few lines each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from litwatch.config.settings import Settings
from litwatch.decisions.verdict import Status
from litwatch.model.errors import SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.paper_notice import Nature, WatchEntry, WatchTable
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.search import Fetched, Search, Window
from litwatch.model.sweep import SweepKind
from litwatch.model.topic import Pin
from litwatch.night.doors import Doors, open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.sources.protocol import LinkName, NoticesAnswer, NoticesMark, ReferenceAsk, ReferencesMatched
from tests.factories import make_record
from tests.nights import ARTICLE, TOPIC

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
CITED = {1: Pmid(99000004), 2: Pmid(99000003)}
NEW = Pmid(99000077)


@dataclass
class TinyDatabase:
    """A few records in memory, found whatever the strategy."""

    records: Mapping[Pmid, Record]
    is_down: bool = False

    def search(self, strategy: str, window: Window | None = None) -> Search:
        if self.is_down:
            raise SourceUnavailable("the tiny database is down; the next run asks again")
        days = {pmid: one.entered for pmid, one in self.records.items() if one.entered}
        found = tuple(pmid for pmid, day in days.items() if window is None or window.first <= day <= window.last)
        return Search(strategy, window, len(found), found, strategy, (), NOW)

    def search_identifiers(self, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> tuple[Search, ...]:
        return ()

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        wanted = list(pmids)
        here = tuple(self.records[pmid] for pmid in wanted if pmid in self.records)
        return Fetched(here, frozenset(wanted) - self.records.keys(), ())

    def count(self, term: str) -> int:
        return len(self.records)

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        return tuple(self.records)[:limit]

    def link(self, seeds: Iterable[Pmid], name: LinkName) -> dict[Pmid, tuple[tuple[Pmid, int], ...]]:
        return dict.fromkeys(seeds, ())

    def match_references(
        self,
        references: Sequence[Reference],
        pins: Iterable[Pin],
        before: Mapping[int, Match],
        known: Mapping[Pmid, Record],
    ) -> tuple[Match, ...]:
        return tuple(Match(one.position, MatchState.CONFIRMED, CITED[one.position], 1.0, "pmid") for one in references)

    def match_many(self, asks: Sequence[ReferenceAsk]) -> ReferencesMatched:
        return ReferencesMatched(
            tuple(self.match_references(ask.references, ask.pins, ask.before, ask.known) for ask in asks)
        )


@dataclass
class TinyNotices:
    """One retraction."""

    name: str = "a list of one notice"
    asked_with: list[NoticesMark | None] = field(default_factory=list)

    def read(self, before: NoticesMark | None = None) -> NoticesAnswer:
        self.asked_with.append(before)
        mark = NoticesMark(etag="first")
        if before == mark:
            return NoticesAnswer(None, mark)
        day = date(2026, 11, 20)
        entry = WatchEntry(1, Nature.RETRACTION, day, CITED[1], None, None, None, "A study of sleep.", "Invented", ())
        return NoticesAnswer(WatchTable((entry,), 1, 0, 0, 0), mark)


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
        eutils="http://127.0.0.1:9/",  # nothing listens there
    )


def records() -> dict[Pmid, Record]:
    return {pmid: make_record(pmid) for pmid in (*CITED.values(), NEW)}


def night(settings: Settings, database: TinyDatabase, notices: TinyNotices | None = None) -> NightSummary:
    doors = Doors(settings, open_store(settings), database, lambda _: (), lambda: NOW, notices)
    return run_night(doors)


def test_a_night_reports_what_another_database_finds(settings: Settings) -> None:
    summary = night(settings, TinyDatabase(records()))
    (outcome,) = summary.outcomes
    assert summary.failure is None
    assert NEW in {told.signal.change.pmid for told in outcome.report.signals}
    assert open_store(settings).current_records([NEW]).keys() == {NEW}


def test_another_database_that_fails_makes_a_failed_sweep_and_no_all_clear(settings: Settings) -> None:
    summary = night(settings, TinyDatabase(records(), is_down=True))
    assert summary.failure is not None
    assert "the tiny database is down" in summary.failure
    assert summary.outcomes[0].report.verdict.status is not Status.NO_SIGNAL


def test_a_night_believes_another_source_of_notices_and_asks_it_anew_with_its_mark(settings: Settings) -> None:
    notices = TinyNotices()
    for _ in range(2):
        summary = night(settings, TinyDatabase(records()), notices)
        assert summary.failure is None
    (outcome,) = summary.outcomes
    assert outcome.report.verdict.status is Status.REVIEW_NOW
    assert [sweep.found for sweep in outcome.report.sweeps if sweep.kind is SweepKind.WATCH] == [1]
    assert notices.asked_with == [None, NoticesMark(etag="first")]
    file = open_store(settings).watch_file()
    assert file is not None
    assert file.source == "a list of one notice"
