"""624 real nights through the real store and corridor, then all of them once more; what a night costs at both ends.

``python -m bench.replay FILE [--nights N] [--folder DIR]`` reads the nightly records of a living review (title,
abstract, authors, link, date, source, night; one row a record) and prints figures. The store, the survey, the reports
and the index are the real ones; only the door to NCBI is played by ``RecordedPubMed``, which answers from the same
records without HTTP, because NCBI's pace is not what is measured. Nothing of the file is kept.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import resource
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from itertools import groupby
from pathlib import Path
from statistics import median

import numpy as np

from litwatch.config.settings import Settings
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.record import AbstractPart, Author, DatePrecision, Journal, PartialDate, Record, blank_record
from litwatch.model.reference import Reference
from litwatch.model.search import Fetched, Search, Window
from litwatch.night.doors import Doors, open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.report.contents import new_evidence
from litwatch.sources.entrez import Entrez
from litwatch.sources.entrez.ecitmatch import Proposal
from litwatch.sources.entrez.esearch import write_term
from litwatch.store import Store

FIRST_PMID = 99_000_001
"""The file names no PMID, so each row gets one of its own."""

STRATEGY = "covid*[tiab] OR suicid*[tiab]"
SLUG = "living-review"
KEPT = ("observation", "sighting", "episode", "match_list", "fate", "stored_judgement", "outstanding")
"""Tables in which a repeated night writes nothing. The verdict is left out: its day is part of it."""

_DOI = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\S+)")
_TOPIC = f"""article: article.md
question_kind: other
strategy: '{STRATEGY}'
recipients: [board@example.org]
"""
_ARTICLE = """---
question: How does the pandemic bear on suicide?
last_updated: DAY
status: Approved
---

## Answer

It is watched night by night.
"""


@dataclass(frozen=True, slots=True)
class Nights:
    """The file: records in order of their nights, and where each night begins."""

    records: tuple[Record, ...]
    days: tuple[date, ...]
    """The day of each record."""

    @property
    def calendar(self) -> tuple[date, ...]:
        """Each night once."""
        return tuple(day for day, _ in groupby(self.days))

    def first(self, nights: int) -> Nights:
        """The first so many nights."""
        end = bisect_right(self.days, self.calendar[: nights or None][-1])
        return Nights(self.records[:end], self.days[:end])


def read_nights(path: Path) -> Nights:
    """Read the file; the record of a row enters and is created on its night."""
    csv.field_size_limit(1 << 24)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        records = [_read_row(number, row) for number, row in enumerate(csv.DictReader(lines))]
    records.sort(key=lambda record: (record.created or date.min, record.pmid))
    return Nights(tuple(records), tuple(record.created or date.min for record in records))


def _read_row(number: int, row: dict[str, str]) -> Record:
    night, doi = date.fromisoformat(row["night"]), _DOI.match(row["link"])
    published = date.fromisoformat(row["date"]) if row["date"] else None
    return replace(
        blank_record(Pmid(FIRST_PMID + number), row["title"], status="PubMed-not-MEDLINE"),
        abstract=(AbstractPart(None, None, row["abstract"]),) if row["abstract"] else (),
        languages=("eng",),
        journal=Journal(row["source"], None, None, None, None, None, None, None),
        published=PartialDate(row["date"], published, published, DatePrecision.DAY) if published else None,
        entered=night,
        created=night,
        revised=night,
        authors=tuple(Author(name) for name in row["authors"].split(", ") if name),
        keywords=tuple(word for word in row["subject"].split("; ") if word),
        doi=Doi(doi[1].lower()) if doi else None,
    )


class RecordedPubMed(Entrez):
    """The door to NCBI, answering from the file as it stood on ``today``; every record is on the topic."""

    def __init__(self, nights: Nights) -> None:
        self.today = date.min
        self.searches = self.fetches = 0
        self.read: list[int] = []
        """Records delivered, night by night."""
        self.found: list[int] = []
        """Papers that the night's widest search found: 100 days of them once the window is full."""
        self._nights = nights
        self._by_pmid = {record.pmid: record for record in nights.records}

    def search(self, strategy: str, window: Window | None = None) -> Search:
        self.searches += 1
        last = min(self.today, window.last) if window else self.today
        low, high = (
            bisect_left(self._nights.days, window.first if window else date.min),
            bisect_right(self._nights.days, last),
        )
        pmids = tuple(record.pmid for record in reversed(self._nights.records[low:high]))
        self.found[-1] = max(self.found[-1], len(pmids))
        term = write_term(strategy, window)
        return Search(term, window, len(pmids), pmids, term, (), datetime.combine(self.today, clock_time(5), UTC))

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        del on_progress
        wanted = list(dict.fromkeys(pmids))
        self.fetches += 1
        found = tuple(self._by_pmid[pmid] for pmid in wanted if self._by_pmid[pmid].created <= self.today)  # type: ignore[operator]
        self.read[-1] += len(found)
        return Fetched(found, frozenset(wanted) - {record.pmid for record in found}, ())

    def count(self, term: str) -> int:
        del term
        return bisect_right(self._nights.days, self.today)

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        del term, limit
        return ()

    def match_citations(self, references: Iterable[Reference]) -> tuple[Proposal, ...]:
        assert not list(references), "the article cites nothing"
        return ()


@dataclass
class Replay:
    """An installation with one topic, through which the nights go."""

    nights: Nights
    settings: Settings
    pubmed: RecordedPubMed
    seconds: list[float] = field(default_factory=list)
    """What each night took of the processor: the machine's other load is not measured with it."""
    open_records: list[int] = field(default_factory=list)
    """New records that each night's report found open."""

    @property
    def store(self) -> Store:
        return open_store(self.settings)

    def night(self, day: date) -> NightSummary:
        """One night, as the scheduler does it, without mail."""
        self.pubmed.today = day
        self.pubmed.read.append(0)
        self.pubmed.found.append(0)
        at = datetime.combine(day, clock_time(5, 30), UTC)
        doors = Doors(self.settings, self.store, self.pubmed, lambda _: (), lambda: at)
        begun = time.process_time()
        summary = run_night(doors, send_mail=False)
        self.seconds.append(time.process_time() - begun)
        self.open_records += [len(new_evidence(outcome.report)) for outcome in summary.outcomes]
        return summary

    def run(self, *, board: bool) -> None:
        """Every night; where there is a board, it reviews the article each Friday, which closes what it has seen."""
        for day in self.nights.calendar:
            summary = self.night(day)
            assert summary.ok, summary.failure
            if board and day.weekday() == 4:
                self.review(day)

    def review(self, day: date) -> None:
        at = datetime.combine(day, clock_time(17), UTC)
        shown = tuple(episode for item in self.store.open_changes(SLUG, on=day) for episode in item.episodes)
        self.store.record_judgement(Judgement(SLUG, Decision.REVIEWED_UNCHANGED, "The board", at, episodes=shown))

    def rows(self) -> dict[str, tuple[int, str]]:
        """How many rows each kept table has, and a hash of all their values."""
        with self.store._reading() as con:
            return {
                table: con.execute(f"SELECT count(*), md5(string_agg(row, '|' ORDER BY row)) FROM"
                                   f" (SELECT {table}::VARCHAR AS row FROM {table})").fetchone()
                for table in KEPT
            }  # type: ignore[misc] # fmt: skip

    def visible(self) -> dict[Pmid, Record]:
        """Every current record that the topic has seen, and reported as new to the article."""
        reported = {change.pmid for change in self.store.recorded_changes(SLUG)}
        return self.store.current_records(self.store.sightings(SLUG) & reported)


def open_replay(nights: Nights, folder: Path) -> Replay:
    """A new installation in a folder."""
    queries = folder / "queries"
    queries.mkdir()
    (queries / f"{SLUG}.yaml").write_text(_TOPIC, encoding="utf-8")
    day_before = nights.calendar[0] - timedelta(days=1)
    (queries / "article.md").write_text(_ARTICLE.replace("DAY", str(day_before)), encoding="utf-8")
    settings = Settings(
        canary="off",  # these records are all that PubMed has here
        queries=queries,
        reports=folder / "reports",
        store=folder / "litwatch.duckdb",
        email="bench@example.org",
    )
    return Replay(nights, settings, RecordedPubMed(nights))


def medians(values: Sequence[float]) -> tuple[float, float, float]:
    """Of nights 1 to 50, of nights 101 to 150, by when the window is full, and of the last 50."""
    return median(values[:50]), median(values[100:150] or values), median(values[-50:])


def fit(seconds: Sequence[float], *causes: Sequence[int]) -> tuple[float, ...]:
    """Seconds of a night by least squares: a constant, and what 1,000 of each cause add.

    Without the first 50 nights, in which the process warms up and the window fills.
    """
    columns = [np.array(list(cause)[50:] or list(cause)) / 1_000 for cause in causes]
    took = np.array(list(seconds)[50:] or list(seconds))
    return tuple(np.linalg.lstsq(np.column_stack([np.ones(len(took)), *columns]), took, rcond=None)[0])


def measure(nights: Nights, folder: Path) -> Iterator[tuple[str, str]]:
    """The figures, one by one as they are known."""
    replay = open_replay(nights, folder)
    yield "nights, records", f"{len(nights.calendar):,}, {len(nights.records):,}"
    begun = time.perf_counter()
    replay.run(board=True)
    first = replay.seconds
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # before all records are held for comparing
    yield "first pass", f"{time.perf_counter() - begun:,.0f} s, {sum(first):,.0f} s of the processor"
    yield "a night: 1-50; 101-150; last 50", "{:.3f} s; {:.3f} s; {:.3f} s".format(*medians(first))
    yield "papers found a night, likewise", "{:,.0f}; {:,.0f}; {:,.0f}".format(*medians(replay.pubmed.found))
    yield "records read a night, likewise", "{:,.0f}; {:,.0f}; {:,.0f}".format(*medians(replay.pubmed.read))
    stored = [bisect_right(nights.days, day) for day in nights.calendar]
    yield "open new records a night, likewise", "{:,.0f}; {:,.0f}; {:,.0f}".format(*medians(replay.open_records))
    yield (
        "a night, by least squares",
        "{:.3f} s, {:+.3f} s for 1,000 open records, {:+.3f} s for 1,000 papers found,"
        " {:+.4f} s for 1,000 records stored".format(*fit(first, replay.open_records, replay.pubmed.found, stored)),
    )
    yield "largest memory", f"{memory:,.0f} MB"
    yield "searches, fetches", f"{replay.pubmed.searches:,}, {replay.pubmed.fetches:,}"
    yield (
        "visible records equal the file's",
        str(replay.visible() == {record.pmid: record for record in nights.records}),
    )
    yield "the store", f"{replay.settings.store.stat().st_size / 1e6:.1f} MB"
    before, replay.seconds = replay.rows(), []
    begun = time.perf_counter()
    replay.run(board=False)
    again = replay.seconds
    yield "second pass", f"{time.perf_counter() - begun:,.0f} s, {sum(again):,.0f} s of the processor"
    yield "the second pass wrote nothing", str(replay.rows() == before)
    ratios = (one / other for one, other in zip(medians(again), medians(first), strict=True))
    yield "the same nights by those of the first pass", "{:.2f}; {:.2f}; {:.2f}".format(*ratios)
    yield "check of the store", "; ".join(replay.store.check().problems) or "no problem"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--nights", type=int, default=0, help="the first so many; all by default")
    parser.add_argument("--folder", help="where to work; a temporary folder by default")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place:
        for figures in measure(read_nights(chosen.file).first(chosen.nights), Path(place)):
            print("{:<50} {}".format(*figures), flush=True)
