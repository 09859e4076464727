"""One night carried by one of NLM's update files: from the .gz to the pages of the articles that changed, and mails.

``python -m bench.scale_pass [--articles 1000 10000] [--stored 100000] [--records 30000] [--touched 300]`` prints three
lines for each size of the site and of the store: processor and clock seconds and peak memory of the night, of a night
whose file touches a tenth as many articles, and of one with a tenth as many records as well. The site is that of
``bench.scale_site`` with two references and two papers a topic, all ``source: bulk``; its first night, which searches
PubMed, is not counted. Each touched article has one new paper in the file; the other records match nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.scale_site import CITED, FIRST_NIGHT, PAPERS, PROJECT, Site, paper, serve, write_corpus, write_site

from litwatch.standin.bulk_files import write_bulk_files
from litwatch.standin.cheap_records import cheap_records
from litwatch.standin.citation_xml import write_article
from litwatch.standin.life import Revision, in_order

SMALL = 2
"""References and papers of a topic, so that the first night of 50,000 is bearable."""
FIRST_NEW = 97_000_000


def new_paper(topic: int, number: int, day: date) -> Revision:
    """A record that the topic's strategy finds and nobody has seen."""
    pmid = FIRST_NEW + number
    told = replace(paper(topic, CITED + PAPERS - 1), pmid=pmid, doi=f"10.5555/new.{pmid}", created=day, mesh_dated=day,
                   completed=day, revised=day, references=())  # fmt: skip
    return Revision(day, pmid, write_article(told))


def write_file(folder: Path, number: int, day: date, revisions: list[Revision]) -> None:
    """The update file of that number, dated as NLM's of that day."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        (made,) = write_bulk_files(in_order(revisions), Path(place), baseline=day, until=day, per_file=len(revisions))
        for file in made.path, made.path.with_name(f"{made.path.name}.md5"):
            name = file.name.replace("n0001", f"n{number:04}")
            text = file.read_bytes().replace(b"n0001", f"n{number:04}".encode()) if name.endswith("5") else None
            target = folder / name
            target.write_bytes(text if text is not None else file.read_bytes())
            moment = datetime(day.year, day.month, day.day, 18, tzinfo=UTC).timestamp()
            os.utime(target, (moment, moment))


def records_of(day: date, touched: int, articles: int, count: int, first: int) -> list[Revision]:
    """One new paper for each touched article, spread over the site, and others up to the count."""
    own = [new_paper(place * articles // touched, first + place, day) for place in range(touched)]
    others = cheap_records(count - touched, seed=first, first_day=day, last_day=day)
    return own + list(others)


def fill(store: Path, records: int) -> None:
    """Add records that no topic has met."""
    script = (
        "import sys; from pathlib import Path; from bench.counted_citing import fill; from litwatch.store import Store;"
        "fill(Store(Path(sys.argv[1])), int(sys.argv[2]))"
    )
    environment = os.environ | {"PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}"}
    subprocess.run([sys.executable, "-c", script, str(store), str(records)], env=environment, check=True, cwd=PROJECT)


def measure(articles: int, stored: int, count: int, touched: int, folder: Path) -> Iterator[str]:
    files = folder / "files"
    files.mkdir(parents=True)
    write_corpus(folder / "corpus.xml", articles, cited=SMALL, papers=SMALL)
    with serve(folder / "corpus.xml") as pubmed:
        site = Site(folder / "site", PROJECT, pubmed)
        write_site(site.folder, articles, cited=SMALL)
        day = FIRST_NIGHT
        made = day - timedelta(days=1)
        write_file(files, 1, made, list(cheap_records(10, first_day=made, last_day=made)))
        settings = {"source": "bulk", "bulk_files": str(files)}
        first = site.night(day, settings=settings)
        say(f"{articles:,} articles: first night {first.processor:.0f} s, {first.peak_mb:.0f} MB")
        fill(site.folder / "var" / "litwatch.duckdb", stored)
        site.night(day + timedelta(days=1), settings=settings)
        nights = ((touched, count), (touched // 10, count), (touched // 10, count // 10))
        for number, (some, records) in enumerate(nights, 2):
            today = day + timedelta(days=number)
            made = today - timedelta(days=1)
            write_file(files, number, made, records_of(made, some, articles, records, number * 1_000_000))
            pubmed.forget()
            since = site.clock()
            cost = site.night(today, settings=settings)
            counts = " | ".join(f"{one:,}" for one in (articles, stored, records, some))
            seconds = f"{cost.processor:.1f} | {cost.clock:.1f} | {cost.peak_mb:.0f}"
            yield f"| {counts} | {seconds} | {site.written_since(since)[0]:,} | {pubmed.requests().total():,} |"


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    parser.add_argument("--stored", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--touched", type=int, default=300, help="articles that the file has a new paper for")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    given = parser.parse_args()
    print("| articles | records stored | in the file | articles touched | CPU s | clock s | peak MB | files written |"
          " requests |\n|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    for articles in given.articles:
        for stored in given.stored:
            with tempfile.TemporaryDirectory(dir=given.folder) as place:
                for text in measure(articles, stored, given.records, given.touched, Path(place)):
                    print(text, flush=True)


if __name__ == "__main__":
    main()
