"""What loading a bulk file costs by the number of strategies that watch: by reading the file alone.

``python -m bench.scale_load [--records 30000] [--strategies 1 1000 10000] [--beside CHECKOUT] [--nightly FILE.csv.gz]``
writes two files of so many records (real ones repeated; texts of a living review, no two alike, with invented
headings), and prints for each how many times the processor seconds of reading alone ``litwatch bulk load`` takes, the
best of the rounds. Strategies are those of ``bench.matching``. ``--most-beside`` says up to how many of them the other
checkout is measured: at 1,000 the checkout of before needs five minutes a file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from bench.bulk import DAY, make_site, repeat
from bench.matching import make_records, make_strategies
from bench.scale_site import JOURNAL, PROJECT

from litwatch.model.record import Record
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin.bulk_files import write_bulk_files
from litwatch.standin.citation_xml import Citation, write_article
from litwatch.standin.life import Revision

TARGETS = {1: 1.5, 1_000: 3.0, 10_000: 10.0}


def as_revision(record: Record) -> Revision:
    citation = Citation(
        pmid=record.pmid, title=record.title, periodical=JOURNAL, published="2026", created=DAY,
        types=record.publication_types, abstract=record.abstract, authors=record.authors, keywords=record.keywords,
        mesh=record.mesh, status="MEDLINE", doi=f"10.5555/scale.{record.pmid}",
    )  # fmt: skip
    return Revision(DAY, record.pmid, write_article(citation))


def write_files(folder: Path, count: int, real: Path, nightly: Path) -> Iterator[tuple[str, Path, list[Record]]]:
    """Each kind of file: its name, its folder, and some of its records, whose words the strategies are made of."""
    if real.is_dir():
        revisions = list(repeat(real, count))
        write_bulk_files(revisions, folder / "real", baseline=DAY, until=DAY)
        sample = b"".join(each.xml or b"" for each in islice(revisions, 800))
        parsed = parse_article_set(b"<PubmedArticleSet>" + sample + b"</PubmedArticleSet>")
        yield "real records repeated", folder / "real", list(parsed.records)
    if nightly.exists():
        records = list(make_records(count, nightly))
        write_bulk_files([as_revision(record) for record in records], folder / "distinct", baseline=DAY, until=DAY)
        yield "distinct texts, invented headings", folder / "distinct", records


def run(checkout: Path, folder: Path, *arguments: Path) -> tuple[float, int, float]:
    """Processor seconds, records, peak memory in MB."""
    figures = folder / "figures.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LITWATCH_")}
    environment |= {"PYTHONPATH": str(checkout / "src"), "OPENBLAS_NUM_THREADS": "1"}
    command = ("-P", PROJECT / "bench" / "counted_load.py", figures, *arguments)
    subprocess.run([sys.executable, *map(str, command)], env=environment, check=True, cwd=folder)
    told = json.loads(figures.read_text())
    return told["seconds"], told["records"], told["peak_mb"]


def best(checkout: Path, folder: Path, files: Path, queries: Path | None, rounds: int) -> tuple[float, int, float]:
    runs = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            site = (queries, Path(place) / "store.duckdb") if queries else ()
            runs.append(run(checkout, Path(place), files, *site))
    return min(runs)


def measure(
    strategies: Sequence[int],
    checkouts: Sequence[Path],
    folder: Path,
    files: Iterator[tuple[str, Path, list[Record]]],
    *,
    rounds: int,
    most_beside: int,
) -> Iterator[tuple[str, float | None, list[float], str]]:
    """For each kind of file and number of strategies: what it is, the target, ratios to reading alone, figures."""
    for name, file, records in files:
        alone = [best(checkout, folder, file, None, rounds)[0] for checkout in checkouts]
        texts = make_strategies(max(strategies), records)
        for number in strategies:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                queries = make_site(Path(place), tuple(texts[:number])).queries
                asked = [checkout for checkout in checkouts if checkout == PROJECT or number <= most_beside]
                runs = [best(checkout, folder, file, queries, rounds if checkout == PROJECT else 1)
                        for checkout in asked]  # fmt: skip
            ratios = [run[0] / seconds for run, seconds in zip(runs, alone, strict=False)]
            told = " : ".join(f"{seconds:.1f} s, {found:,} found, {peak:.0f} MB" for seconds, found, peak in runs)
            work = f"bulk load, {name}, {number:,} strategies, by reading alone"
            yield work, TARGETS.get(number), ratios, f"{told}; reading {' : '.join(f'{one:.1f} s' for one in alone)}"


def main() -> None:
    shared = Path(os.environ.get("LITWATCH_SHARED", PROJECT.parent / "shared")) / "data"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--strategies", type=int, nargs="+", default=[1, 1_000, 10_000])
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT")
    parser.add_argument("--most-beside", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--real", type=Path, default=shared / "pubmed_xml", help="a folder of PubMed XML")
    nightly = next(iter(sorted((shared / "nightly").glob("*.csv.gz"))), shared / "nightly")
    parser.add_argument(
        "--nightly", type=Path, default=nightly, help="a living review's records, as bench.replay reads"
    )
    given = parser.parse_args()
    checkouts = [PROJECT, *([given.beside.resolve()] if given.beside else [])]
    with tempfile.TemporaryDirectory() as place:
        files = write_files(Path(place), given.records, given.real, given.nightly)
        for work, target, ratios, figures in measure(given.strategies, checkouts, Path(place), files,
                                                     rounds=given.rounds, most_beside=given.most_beside):  # fmt: skip
            held = f"<= {target:g}" if target else ""
            print(f"{work}: {held} {' : '.join(f'{one:.2f}' for one in ratios)} ({figures})", flush=True)


if __name__ == "__main__":
    main()
