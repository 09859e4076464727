"""What a night costs that is done in shards: what each worker does, what the writer does, and what lies in the folder.

``python -m bench.scale_shards [--articles 300] [--size 50]`` prints a row for each step of a first night and of a quiet
one: the processor's seconds, the requests, the bytes. From them follows how long a night takes with one worker and with
several: plan + the busiest worker + merge and reports. Everything runs in this process, one after the other, so that
other load on the machine is not counted. The site and its PubMed are those of ``bench.scale_site``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as moment
from pathlib import Path
from typing import TypeVar

from bench.scale_site import FIRST_NIGHT, serve, write_corpus, write_site

from litwatch.config.settings import Settings
from litwatch.night.doors import Doors, open_feeds, open_store
from litwatch.night.shards import ShardEnd, ShardOrder, ThisProcess
from litwatch.night.whole_night import run_night
from litwatch.sources.entrez import Entrez, EntrezSettings, Timepiece

_T = TypeVar("_T")
WORKERS = (1, 2, 3, 4, 8)


@dataclass
class Counted:
    """Workers whose steps are counted."""

    here: ThisProcess
    folder: Path
    began: float = field(default_factory=time.process_time)
    plan: float = 0.0
    shards: list[float] = field(default_factory=list)
    merged: float = 0.0
    after: float = 0.0
    put: int = 0
    left: int = 0

    def survey(self, orders: Sequence[ShardOrder]) -> Sequence[ShardEnd]:
        self.plan = time.process_time() - self.began
        self.put = size_of(self.folder)
        ends: list[ShardEnd] = []
        for order in orders:
            began = time.process_time()
            ends += self.here.survey([order])
            self.shards.append(time.process_time() - began)
        self.left = size_of(self.folder) - self.put
        return ends

    def merge(self, step: Callable[[], _T]) -> _T:
        began = time.process_time()
        merged = step()
        self.after = time.process_time()
        self.merged = self.after - began
        return merged


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def busiest(shards: Sequence[float], workers: int) -> float:
    """The processor's seconds of the worker that has most to do, where each takes the next shard when it is free."""
    loads = [0.0] * workers
    for shard in shards:
        loads[loads.index(min(loads))] += shard
    return max(loads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--size", type=int, default=50, help="articles of a shard")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home, shared = Path(scratch) / "site", Path(scratch) / "shared"
        write_site(home, given.articles)
        write_corpus(Path(scratch) / "corpus.xml", given.articles)
        with serve(Path(scratch) / "corpus.xml") as pubmed:
            settings = Settings(
                queries=home / "queries", reports=home / "reports", store=home / "var" / "litwatch.duckdb",
                mail_folder=home / "mail", email="bench@example.org", eutils=pubmed.base, rehearsal=True,
                shards=str(shared), shard_size=given.size,
            )  # fmt: skip
            for number, name in enumerate(("first night", "second night", "quiet night")):
                day = FIRST_NIGHT + timedelta(days=number)
                pubmed.at(day)
                pubmed.forget()
                now = datetime.combine(day, moment(5, 30), UTC)
                wait = Timepiece(sleep=lambda _: None, now=lambda now=now: now)  # type: ignore[misc]
                entrez = Entrez(EntrezSettings(email="bench@example.org", base_url=pubmed.base), timepiece=wait)
                doors = Doors(settings, open_store(settings), entrez, open_feeds(settings), lambda now=now: now)  # type: ignore[misc]
                counted = Counted(ThisProcess(doors), shared)
                summary = run_night(doors, workers=counted)
                ended = time.process_time()
                if not summary.ok:
                    sys.exit(summary.failure)
                asked = pubmed.requests().total()
                print_night(name, given.articles, counted, ended=ended, requests=asked, store=settings.store)


def print_night(name: str, articles: int, counted: Counted, *, ended: float, requests: int, store: Path) -> None:
    tell = ended - counted.after
    whole = sum(counted.shards)

    def row(step: str, seconds: float, more: str = "") -> None:
        print(f"{name:<14}{step:<22}{seconds:8.2f} s CPU{seconds / articles * 1000:8.1f} ms an article  {more}")

    row(
        "plan",
        counted.plan,
        f"{counted.put / 1e6:.2f} MB put into the folder (store {store.stat().st_size / 1e6:.2f} MB)",
    )
    row("shards, all together", whole, f"{len(counted.shards)} shards; {requests / articles:.2f} requests an article;"
        f" {counted.left / articles / 1000:.2f} kB of Parquet an article")  # fmt: skip
    row("merge", counted.merged)
    row("reports and mails", tell)
    alone = counted.plan + busiest(counted.shards, 1) + counted.merged + tell
    for workers in WORKERS:
        path = counted.plan + busiest(counted.shards, workers) + counted.merged + tell
        row(f"with {workers} workers", path, f"{alone / path:.2f} × one worker")


if __name__ == "__main__":
    main()
