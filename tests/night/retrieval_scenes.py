"""A PubMed that withholds, spoils and hushes single records, and a house whose article cites nothing.

What a night asks is read from the stand-in's journal, what it kept from the store.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from litwatch.model.sweep import Sweep
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.report.contents import Report
from litwatch.standin import Corpus, Revision, StandIn
from litwatch.standin.citation_xml import Citation, Periodical, write_article
from litwatch.standin.life import publication_types
from litwatch.standin.web import Answer, Request
from tests.nights import TOPIC, House
from tests.watermarks import watermark

START = date(2026, 3, 1)
UPDATED = date(2026, 1, 1)
FIRST = 99_100_001

ARTICLE = f"""---
question: What causes insulin resistance?
last_updated: {UPDATED}
status: Approved
---

## Causes

Short sleep lowers insulin sensitivity.
"""


class Hushed(StandIn):
    """A stand-in that treats some PMIDs as the real PubMed now and then does."""

    def __init__(self, corpus: Corpus, **given: Any) -> None:
        super().__init__(corpus, **given)
        self.withheld: set[int] = set()
        """Found, and left out by EFetch."""
        self.spoilt: set[int] = set()
        """Delivered as something that is no XML."""
        self.unnamed: set[int] = set()
        """Not found by any search."""
        self.unserved: set[int] = set()
        """EFetch answers none who asks for one of them."""

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.utility == "efetch" and not self.unserved.isdisjoint(map(int, request.get("id").split(","))):
            return replace(answer, status=503, body=b"")
        if request.utility == "efetch":
            body = re.sub(rb"<PubmedArticle>.*?</PubmedArticle>", self._treat, answer.body, flags=re.DOTALL)
            return replace(answer, body=body)
        if request.utility == "esearch":
            return replace(answer, body=self._hush(answer.body))
        return answer

    def _treat(self, element: re.Match[bytes]) -> bytes:
        found = re.search(rb"<PMID[^>]*>(\d+)</PMID>", element[0])
        pmid = int(found[1]) if found else 0
        if pmid in self.withheld:
            return b""
        return element[0].replace(b"<ArticleTitle>", b"<ArticleTitle") if pmid in self.spoilt else element[0]

    def _hush(self, body: bytes) -> bytes:
        hits = 0
        for pmid in self.unnamed:
            body, removed = re.subn(rb"\s*<Id>%d</Id>" % pmid, b"", body)
            hits += removed
        return re.sub(rb"<Count>(\d+)</Count>", lambda m: b"<Count>%d</Count>" % (int(m[1]) - hits), body, count=1)


@dataclass
class Scene:
    """One installation with one topic, ``sleep``, and its PubMed."""

    house: House
    pubmed: Hushed
    day: date = START
    asked: Counter[str] = field(default_factory=Counter)
    """Requests of the last night, by utility."""
    fetched: tuple[int, ...] = ()
    """PMIDs that the last night asked EFetch for, in order."""

    def night(self, days: int = 1, **options: Any) -> NightSummary:
        """The night so many days after the last one."""
        self.day += timedelta(days=days)
        self.pubmed.journal.clear()
        summary = self.house.night(self.day, **({"send_mail": False} | options))
        self.asked = Counter(entry.utility for entry in self.pubmed.journal)
        self.fetched = tuple(int(pmid) for entry in self.pubmed.journal.entries("efetch") for pmid in entry.ids)
        return summary

    def watermark(self, topic: str = "sleep") -> date | None:
        return watermark(open_store(self.house.settings()), topic, since=UPDATED)

    def seen(self, topic: str = "sleep") -> set[int]:
        return {row[1] for row in self.house.rows("sighting") if row[0] == topic}

    def page(self) -> str:
        """The report of the last night as a reader sees it."""
        return (
            (self.house.folder / "reports" / "sleep" / f"{self.day}.md").read_text(encoding="utf-8").replace("\\", "")
        )


@contextmanager
def open_scene(folder: Path, revisions: Iterable[Revision]) -> Iterator[Scene]:
    """A scene on START, before its first night."""
    with Hushed(Corpus(revisions), today=START, rate=None) as pubmed:
        house = House(folder, pubmed)
        house.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        yield Scene(house, pubmed)


def records(
    count: int, first: date, last: date | None = None, *, pmid: int = FIRST, phrase: str = "insulin resistance"
) -> list[Revision]:
    """So many invented records with the phrase in their titles, spread over the days on which they enter."""
    span = ((last or first) - first).days + 1
    days = [first + timedelta(days=number * span // count) for number in range(count)]
    return [Revision(day, pmid + n, write_article(_paper(pmid + n, day, phrase))) for n, day in enumerate(days)]


def _paper(pmid: int, day: date, phrase: str) -> Citation:
    return Citation(
        pmid=pmid,
        title=f"On {phrase}, a survey, number {pmid}",
        periodical=Periodical("Invented Journal of Surveys", "Inv J Surv"),
        published=f"{day:%Y %b}",
        created=day,
        revised=day,
        types=publication_types("Journal Article"),
    )


def appearing(revisions: Iterable[Revision], day: date) -> list[Revision]:
    """The same records, which PubMed shows from a later day on than they are dated."""
    return [replace(revision, visible_from=day) for revision in revisions]


def revised(revisions: Iterable[Revision], day: date, *, title: str = "a case series") -> list[Revision]:
    """Each record once more, with another title and its modification date moved to ``day``."""
    again = []
    for revision in revisions:
        assert revision.xml is not None
        xml = revision.xml.replace(b", a survey, number", f", {title}, number".encode())
        stamp = f"<DateRevised><Year>{day:%Y}</Year><Month>{day:%m}</Month><Day>{day:%d}</Day></DateRevised>".encode()
        xml, dated = re.subn(rb"<DateRevised>.*?</DateRevised>", stamp, xml, flags=re.DOTALL)
        assert dated == 1
        again.append(Revision(day, revision.pmid, xml))
    return again


def topic_sweep(summary: NightSummary) -> Sweep:
    (outcome,) = summary.outcomes
    return outcome.report.sweeps[0]


def report_of(summary: NightSummary) -> Report:
    (outcome,) = summary.outcomes
    return outcome.report


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
