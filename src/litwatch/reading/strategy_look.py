"""What is known of a strategy without asking PubMed: its check, the known papers that it finds, and its load.

For an editor who is about to change it. The load is counted by litwatch's evaluator in the store's own newest records;
these came by the strategies of before, so a wider strategy brings more than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from litwatch.articles.model import Article
from litwatch.decisions.related_papers_schedule import counted_window
from litwatch.model.errors import StrategyError
from litwatch.model.sweep import SweepKind
from litwatch.model.topic import Topic
from litwatch.reading.strategy_recall import CitedRecords, read_expected_papers, recall_cited
from litwatch.references.lint import Severity
from litwatch.store import Store
from litwatch.strategy import explain, parse
from litwatch.strategy.explanation import Explanation
from litwatch.strategy.known_items import KnownItems, Missed, Why
from litwatch.strategy.record_index import RecordIndex

MOST_RECORDS = 5_000
"""So many of the store's records are looked at for the load, the newest: reading them takes a second."""
_MONTH = 30.4
"""Days."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many records a strategy finds in a month, among those that the store has."""

    per_month: float
    records: int
    """So many records of the store were held against it."""
    since: date
    """The first day of entry that was counted."""
    until: date


@dataclass(frozen=True, slots=True)
class LastSearch:
    """The last complete search of PubMed with the strategy that stands in the file."""

    found: int
    first: date
    last: date
    searched_on: date


@dataclass(frozen=True, slots=True)
class StrategyLook:
    """One strategy as an editor should see it before it is used."""

    strategy: str
    explanation: Explanation
    known: KnownItems | None
    """None where the strategy cannot be read, or there is nothing that it should find."""
    load: Load | None
    """None where the strategy cannot be read, or the store has no dated records."""

    @property
    def has_error(self) -> bool:
        """Whether PubMed would surely misread it."""
        return any(one.severity is Severity.ERROR for one in self.explanation.problems)

    @property
    def missed(self) -> tuple[Missed, ...]:
        """The known papers that were held against it and are not found."""
        missed = self.known.missed if self.known is not None else ()
        return tuple(one for one in missed if one.why in (Why.EXCLUDED, Why.NOT_INDEXED))


@dataclass(frozen=True, slots=True)
class StrategyGrounds:
    """What strategies of one topic are held against, read once."""

    topic: Topic
    article: Article
    expected: CitedRecords
    recent: RecordIndex
    """Records of the store that entered PubMed in the last 365 days."""
    since: date
    today: date
    last_search: LastSearch | None

    def look(self, strategy: str) -> StrategyLook:
        """The strategy held against them."""
        explanation = explain(strategy, today=self.today)
        try:
            expression = parse(strategy)
            known = recall_cited(replace(self.topic, strategy=strategy), self.article, self.expected, self.today)
            found = len(self.recent.search(expression, today=self.today).pmids) if len(self.recent) else 0
        except StrategyError:
            return StrategyLook(strategy, explanation, None, None)
        days = (self.today - self.since).days + 1
        load = Load(round(found * _MONTH / days, 1), len(self.recent), self.since, self.today)
        return StrategyLook(strategy, explanation, known if known.judged else None, load if len(self.recent) else None)


def read_strategy_grounds(topic: Topic, article: Article, store: Store | None, today: date) -> StrategyGrounds:
    """What the topic's strategies are held against; ``store`` is None where no night has run. Raises store errors."""
    if store is None:
        return StrategyGrounds(topic, article, CitedRecords((), {}), RecordIndex(), today, today, None)
    with store.reading():
        article, expected = read_expected_papers(topic, article, store, None, slug=topic.slug)
        newest = store.newest_records(MOST_RECORDS)
        last = _find_last_search(store, topic)
    window = counted_window(today)
    dated = [(record.entered, record) for record in newest if record.entered is not None]
    recent = RecordIndex(record for entered, record in dated if window.first <= entered <= today)
    since = _first_day([entered for entered, _ in dated], window.first, today, whole=len(newest) < MOST_RECORDS)
    return StrategyGrounds(topic, article, expected, recent, since, today, last)


def _first_day(entered: Sequence[date], first: date, today: date, *, whole: bool) -> date:
    """From which day on the records stand for all that the store has: the window's, or that of the oldest of them."""
    if whole or not entered:
        return first
    return min(max(first, min(entered)), today - timedelta(days=1))


def _find_last_search(store: Store, topic: Topic) -> LastSearch | None:
    for sweep in store.latest_sweeps_of([topic.slug])[topic.slug]:
        if sweep.kind is SweepKind.TOPIC and sweep.window is not None and sweep.strategy == topic.strategy:
            surveyed = store.last_surveyed(topic.slug)
            if surveyed is not None and sweep.error is None:
                return LastSearch(sweep.found, sweep.window.first, sweep.window.last, surveyed.date())
    return None
