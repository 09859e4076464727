"""What the store costs: opening, a bulk of changed records, a quiet night, and how the file grows over quiet nights.

``python -m bench.store [folder]`` prints one line for each figure: by the clock, which holds the machine's other load
as well, and by the processor. All records are invented. It keeps nothing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb

from litwatch.decisions.change_life import Observed
from litwatch.decisions.verdict import Status, Verdict
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, Author, Journal, PublicationType, Record, blank_record
from litwatch.model.search import Search, Window
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.store import Store
from litwatch.store.topic_night import TopicNight

FIRST = 99_000_001
START = datetime(2026, 1, 1, 2, tzinfo=UTC)
WORDS = "sleep insulin glucose adults trial placebo tissue liver muscle response cohort follow-up dose weeks".split()
JOURNAL = Journal("Invented Journal of Metabolism", "Inv J Metab", "0000-0000", None, "4", "2", "11-19", "England")


def invent(number: int, edition: int = 0) -> Record:
    """A record with an abstract of about 900 characters that no other record has."""
    words = [
        WORDS[(number * 7 + place * place + edition) % len(WORDS)] + str((number + place) % 97) for place in range(110)
    ]
    return replace(
        blank_record(Pmid(FIRST + number), " ".join(words[:14]), status="MEDLINE"),
        abstract=(AbstractPart(None, None, " ".join(words)),),
        languages=("eng",),
        journal=JOURNAL,
        entered=date(2026, 1, 1),
        created=date(2026, 1, 1),
        publication_status="ppublish",
        authors=tuple(Author(word.title(), "A B", "AB", affiliations=(" ".join(words[:9]),)) for word in words[:5]),
        publication_types=(PublicationType("D016428", "Journal Article"),),
        keywords=tuple(words[:4]),
        cites=tuple(Pmid(FIRST + number + place) for place in range(1, 30)),
    )


def make_night(topic: str, day: int, records: Sequence[Record]) -> TopicNight:
    """A complete night that finds the same records as every other."""
    at = START + timedelta(days=day)
    window = Window(at.date() - timedelta(days=14), at.date())
    pmids = tuple(record.pmid for record in records)
    search = Search(f"invented AND {window.last}[edat]", window, len(pmids), pmids, "invented", (), at)
    complete = SweepState.COMPLETE
    return TopicNight(
        topic, f"nightly-{day}", at,
        (
            Sweep(SweepKind.TOPIC, complete, window, (search,), len(pmids), len(pmids), (), (), None),
            Sweep(SweepKind.CITATION, complete, None, (), 40, 40, (), (), None),
        ),
        tuple(records), tuple((pmid, SweepKind.TOPIC) for pmid in pmids), (),
    )  # fmt: skip


def save(store: Store, night: TopicNight) -> None:
    """The night with its changes and its verdict, in one transaction as a real one."""
    day = night.surveyed_at.date()
    changes = tuple(Change(ChangeKind.NEW_RECORD, record.pmid, "") for record in night.records)
    with store.saving():
        saved = store.save_night(night)
        store.save_life(night.topic, Observed(night.surveyed_at, changes, frozenset()), run=night.run)
        store.save_verdict(night.topic, Verdict(Status.NO_SIGNAL, (), day, day, None), run=night.run, night=saved.night)


def timed(what: str, work: Callable[[], object], *, times: int = 1) -> None:
    """Print the median time of doing it, by the clock and by the processor."""
    took, worked = [], []
    for _ in range(times):
        begun = time.perf_counter(), time.process_time()
        work()
        took.append(time.perf_counter() - begun[0])
        worked.append(time.process_time() - begun[1])
    print(f"{what:<62} {median(took) * 1000:10.1f} ms {median(worked) * 1000:10.1f} ms of the processor", flush=True)


def start_anew(path: Path) -> None:
    """What an opening would cost without an engine that is kept."""
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("SELECT count(*) FROM record").fetchall()


def size(store: Store) -> float:
    """The file's size in MB."""
    return store.path.stat().st_size / 1e6


def measure(folder: Path) -> None:
    store = Store(folder / "bench.duckdb")
    timed("make a new store", store.migrate)
    timed("start DuckDB with the store, ask one thing, close", lambda: start_anew(store.path), times=20)
    timed("open, ask one thing, close", lambda: store.known([]), times=20)
    timed("open, commit one row, close", lambda: store.start_run("bench", START), times=20)

    base = [invent(number) for number in range(200_000)]
    timed("add 200,000 records to an empty store", lambda: store.add_records(base, observed_at=START, source="bench"))
    print(f"{'  size':<62} {size(store):10.1f} MB")
    half_new = [invent(number, edition=1) for number in range(185_000, 215_000)]
    timed(
        "add 30,000 records (15,000 changed, 15,000 new) into 200,000",
        lambda: store.add_records(half_new, observed_at=START, source="bench"),
    )
    timed("the same 30,000 again", lambda: store.add_records(half_new, observed_at=START, source="bench"))
    some = [Pmid(FIRST + number * 700) for number in range(300)]
    timed("read 300 current records of 215,000", lambda: store.current_records(some), times=5)

    seeds = [Pmid(FIRST + number * 140) for number in range(1500)]
    timed("find who cites 1,500 papers, 29 each, of 215,000 records", lambda: store.citing(seeds), times=5)

    quiet = Store(folder / "quiet.duckdb")
    quiet.migrate()
    topics = {f"topic-{number}": base[number * 60 : number * 60 + 60] for number in range(10)}
    for topic, records in topics.items():
        save(quiet, make_night(topic, 0, records))
    before = size(quiet)
    nights = (make_night(topic, day, records) for day in range(1, 101) for topic, records in topics.items())
    timed("a quiet night of one topic with 60 records", lambda: save(quiet, next(nights)), times=1000)
    print(f"{'file after the first night of 10 topics':<62} {before:10.1f} MB")
    print(f"{'file after 100 quiet nights of 10 topics':<62} {size(quiet):10.1f} MB")
    _, after = quiet.vacuum()
    print(f"{'  vacuumed':<62} {after / 1e6:10.1f} MB")
    timed("snapshot of 215,000 records", lambda: store.snapshot(folder / "snapshot.duckdb"))
    timed("vacuum 215,000 records", store.vacuum)
    print(f"{'  size':<62} {size(store):10.1f} MB")
    timed("check 215,000 records", store.check)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as place:
        measure(Path(place))
