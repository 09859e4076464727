"""What the desk's pages show: the last published snapshot of the store, and the answers that still wait.

A snapshot is replaced whole, so what was read of one is kept until the next; an article is read once for each.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, cast

from litwatch.config.article_file import bibliographies_beside, open_article
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files, slug_of
from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.change_life import OpenChange
from litwatch.decisions.reason import ReasonCode
from litwatch.decisions.responsible_person import find_responsible_for, still_responsible
from litwatch.decisions.verdict import Status, Verdict
from litwatch.desk.answers import Candidate, open_candidates
from litwatch.model.errors import LitwatchError, OutputFailed, StoreUnusable, TopicErrors
from litwatch.model.identifiers import Doi, Pmid, parse_doi, parse_pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.judgement_chain import ChainedJudgement
from litwatch.model.month import Month
from litwatch.model.record import Record
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.topic import Topic
from litwatch.night.doors import open_inbox, open_snapshot
from litwatch.reading.cited_paper_states import read_papers
from litwatch.reading.dependents import Impact, find_impact
from litwatch.reading.monthly_minutes import choose_month, read_minutes_view
from litwatch.reading.stored_report import read_report
from litwatch.report.contents import URGENCY, Report
from litwatch.report.minutes_view import MinutesView
from litwatch.report.responsible_sentence import say_responsible
from litwatch.report.view import ReportView, arrange
from litwatch.store import Run, Standing, Store
from litwatch.store.inbox import Inbox

Value = TypeVar("Value")
_KEPT: dict[object, int] = {"article": 12, "minutes": 12}
"""How many values of a kind stay in memory; an article with hundreds of open records takes some megabytes."""


_ANSWERED = 60
"""So many changes that were answered and closed can still be kept from an article's page."""


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """One article as its page shows it."""

    report: Report
    view: ReportView
    candidates: tuple[Candidate, ...]
    records: dict[Pmid, Record]
    """Those of the candidates and of what was answered that the store has."""
    said: tuple[ChainedJudgement, ...]
    """What people have said of the article, newest first."""
    answered: tuple[OpenChange, ...]
    """The changes that members' answers have closed, at most ``_ANSWERED``, the last to begin first."""
    history: tuple[Verdict, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One article in the editor's queue."""

    slug: str
    title: str
    standing: Standing | None
    """None before the first night."""
    waiting: int
    """Answers that wait for the next run."""
    responsible: str = ""
    """Who is to do what, and until when; empty where nobody was named."""


class Readings:
    """What is known, for the pages of one desk; safe for several threads."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._snapshot: Store = open_snapshot(settings)
        self._inbox: Inbox = open_inbox(settings)
        self._kept: dict[object, OrderedDict[object, object]] = {}
        self._stamp: object = None
        self._guard = threading.Lock()

    @property
    def published_at(self) -> datetime | None:
        """When the snapshot was written; None where there is none yet."""
        with suppress(OSError):
            return datetime.fromtimestamp(self._snapshot.path.stat().st_mtime, self._clock().tzinfo)
        return None

    def topic(self, slug: str) -> Topic | None:
        """The topic of that name, as its file stands now."""
        return self._topics()[0].get(slug)

    def topics(self) -> tuple[Topic, ...]:
        """All topics, as their files stand now."""
        return tuple(self._topics()[0].values())

    def broken_files(self) -> tuple[str, ...]:
        """What is wrong with topic files, a line each."""
        return self._topics()[1]

    def recipients(self, slug: str) -> frozenset[str]:
        """Mailbox keys of those who may answer about an article; empty where it is not watched.

        Raises TopicErrors where its file has mistakes, so that nobody is taken for a stranger because of them.
        """
        topic = self.topic(slug)
        if topic is None and (own := tuple(line for line in self.broken_files() if slug_of(line) == slug)):
            raise TopicErrors(own)
        return topic.may_answer if topic else frozenset()

    def revoked(self) -> dict[str, datetime]:
        """Up to when links are void, by mailbox key; what waits in the inbox holds already."""
        try:
            known = dict(self._keep(("revoked",), self._snapshot.links_revoked))
        except StoreUnusable:
            known = {}
        for event in self.waiting():
            if event.decision is Decision.LINKS_REVOKED:
                key = mailbox_key(event.member)
                known[key] = max(event.at, known.get(key, event.at))
        return known

    def is_stopped(self, member: str) -> bool:
        """Whether a member has stopped the digest; what waits in the inbox has the last word."""
        key = mailbox_key(member)
        words = {Decision.DIGEST_STOPPED: True, Decision.DIGEST_RESUMED: False}
        said = [
            words[event.decision]
            for event in self.waiting()
            if mailbox_key(event.member) == key and event.decision in words
        ]
        if said:
            return said[-1]
        try:
            return key in self._keep(("stopped",), self._snapshot.stopped_members)
        except StoreUnusable:
            return False

    def waiting(self, slug: str | None = None) -> tuple[Judgement, ...]:
        """Events that no run has taken in yet, oldest first; all, or those about one article."""
        try:
            events = self._inbox.read()[0]
        except OutputFailed:
            return ()
        return events if slug is None else tuple(event for event in events if event.topic == slug)

    def article(self, slug: str) -> ArticleReading | None:
        """An article's page; None where it is not watched or was not surveyed yet.

        Raises EditorError where its file cannot be read, and store errors.
        """
        topic = self.topic(slug)
        if topic is None or self.published_at is None:
            return None
        own = (topic.article, *bibliographies_beside(topic.article)) if topic.article is not None else ()
        read = (topic.file, *own)
        files = tuple((path.name, _stamp(path)) for path in read)
        return self._keep(("article", slug, self._today(), files), lambda: self._read_article(topic))

    def queue(self) -> tuple[QueueLine, ...]:
        """All watched articles, most urgent first. Raises store errors."""
        topics = self._topics()[0]
        standings = (
            self._keep(("queue", self._today()), lambda: self._snapshot.standings(on=self._today()))
            if self.published_at
            else {}
        )
        said = self._keep(("responsible",), self._snapshot.words_on_responsible) if self.published_at else {}
        decided = self._keep(("decided",), lambda: self._snapshot.board_decisions_of(said)) if said else {}
        no_answers = {Decision.COMMENT, Decision.TOPIC_EDITED}
        waiting = [event.topic for event in self.waiting() if event.decision not in no_answers]
        lines = [
            QueueLine(
                slug,
                self._title(topic),
                standings.get(slug),
                waiting.count(slug),
                _say_responsible(topic, said.get(slug, ()), decided.get(slug), standings.get(slug), self._today()),
            )
            for slug, topic in topics.items()
        ]
        return tuple(sorted(lines, key=_urgency))

    def impact(self, paper: str) -> Impact:
        """What rests on a paper, named by PMID or DOI as people write them.

        Raises ValueError where the text is neither, and store errors.
        """
        wanted: Pmid | Doi
        try:
            wanted = parse_pmid(paper)
        except ValueError:
            wanted = parse_doi(paper)
        return find_impact(wanted, self._topics()[0].values(), self._snapshot)

    def runs(self) -> tuple[Run, ...]:
        """The latest runs, newest first. Raises store errors."""
        return self._keep(("runs",), lambda: self._snapshot.runs(40)) if self.published_at else ()

    def first_month(self) -> Month | None:
        """The first month that has minutes; None before the first night. Raises store errors."""
        if self.published_at is None:
            return None
        begins = self._keep(("begins",), self._snapshot.begins_at)
        return Month.of(begins) if begins is not None else None

    def minutes(self, asked: str | None) -> MinutesView:
        """The minutes of a month as of the snapshot, by default of the last whole month.

        Raises ValueError as ``choose_month`` does and where no night has published anything yet, and store errors.
        """
        known_at = self.published_at
        if known_at is None:
            raise ValueError("no night has run yet")
        store, topics = self._snapshot, self._topics()[0]
        month = choose_month(asked, store, self._clock())
        until = min(known_at, self._clock())
        return self._keep(
            ("minutes", month, self._today()), lambda: read_minutes_view(month, store, topics.values(), until)
        )

    def _read_article(self, topic: Topic) -> ArticleReading | None:
        store = self._snapshot
        article = open_article(topic)
        with store.reading():
            report = read_report(topic, article, store, self._today())
            if report is None:
                return None
            report = _without_second_readers(report)
            view = arrange(report)
            candidates = open_candidates(report, view.entries)
            answered = store.answered_changes(topic.slug, on=self._today(), readers=topic.readers)[
                : -_ANSWERED - 1 : -1
            ]
            shown = [*(pmid for each in candidates for pmid in each.pmids), *(each.change.pmid for each in answered)]
            return ArticleReading(
                report,
                view,
                candidates,
                read_papers(shown, store),
                store.judgements(topic.slug)[::-1],
                answered,
                store.verdict_history(topic.slug, limit=60),
            )

    def _title(self, topic: Topic) -> str:
        question = None
        if not topic.title:  # else its file need not be read
            with suppress(LitwatchError):
                article = self._keep(
                    ("title", topic.slug, _stamp(topic.article or topic.file)), lambda: open_article(topic)
                )
                question = article.question
        return topic.called(question)

    def _topics(self) -> tuple[dict[str, Topic], tuple[str, ...]]:
        folder = self._settings.queries
        stamps = tuple(sorted((path.name, _stamp(path)) for path in folder.glob("*.yaml")))
        topics, problems = self._keep(("topics", stamps), lambda: read_topic_files(folder))
        return {topic.slug: topic for topic in topics}, tuple(problems)

    def _today(self) -> date:
        return self._clock().date()

    def _keep(self, key: tuple[object, ...], read: Callable[[], Value]) -> Value:
        """What ``read`` gives for this snapshot: read once, and again where the snapshot was replaced meanwhile."""
        while True:
            stamp = _stamp(self._snapshot.path)
            with self._guard:
                if stamp != self._stamp:
                    self._kept.clear()
                    self._stamp = stamp
                kept = self._kept.setdefault(key[0], OrderedDict())
                if key in kept:
                    kept.move_to_end(key)
                    return cast("Value", kept[key])
            value = read()
            if _stamp(self._snapshot.path) == stamp:
                break
        with self._guard:
            kept[key] = value
            while len(kept) > _KEPT.get(key[0], 500):
                kept.popitem(last=False)
        return value


def _without_second_readers(report: Report) -> Report:
    """The report without the words that a second reader is asked: the page says so itself, with what still waits."""
    signals = tuple(
        replace(
            each,
            signal=replace(
                each.signal, reasons=tuple(r for r in each.signal.reasons if r.code is not ReasonCode.SECOND_READER)
            ),
        )
        if each.answered_by
        else each
        for each in report.signals
    )
    return replace(report, signals=signals)


def _say_responsible(
    topic: Topic, said: Sequence[Judgement], decided: BoardDecision | None, standing: Standing | None, today: date
) -> str:
    """Who is to do what about an article in the queue, and until when."""
    if not said or standing is None:
        return ""
    found = find_responsible_for(topic, said)
    person = still_responsible(found, decided, is_carried_out=standing.decision is None)
    asks = standing.verdict.status.asks_for_review
    return say_responsible(person, decided_to=standing.decision, asks_for_review=asks, day=today)


def _urgency(line: QueueLine) -> tuple[int, int, str]:
    if line.standing is None:
        return URGENCY[Status.NOT_SURVEYED], 0, line.slug
    return URGENCY[line.standing.verdict.status], -line.standing.notices, line.slug


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
