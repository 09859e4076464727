"""What the proposed strategies find on a benchmark folder: ``make bench-suggestion``.

    python -m bench.suggestion FOLDER [--background FILE [--weigh]] [--show]

FOLDER holds topic folders as ``bench.ranking`` reads them; of each, the question and the cited papers are given to
``suggest``. Printed for both strategies: the cited papers found, the later relevant ones found, the share of all
candidates found, and, with a background (CSV, packed, with pmid, title, abstract and mesh: papers drawn at random),
the records a month that this share of it would be in PubMed. Labels are read only to score.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson

from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, MeshHeading, Record, blank_record
from litwatch.reading.ranking_benchmark import find_topics
from litwatch.strategy import lint_strategy, parse
from litwatch.strategy.record_index import RecordIndex
from litwatch.strategy.suggestion import suggest
from litwatch.strategy.term_frequency import RECORDS_A_MONTH, TermFrequency

DAY = date(2026, 11, 22)
FIRST_PMID = 99_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--background", type=Path)
    parser.add_argument("--weigh", action="store_true", help="weigh words by the background, too")
    parser.add_argument("--show", action="store_true", help="print the strategies")
    arguments = parser.parse_args()
    csv.field_size_limit(sys.maxsize)
    background = tuple(read_background(arguments.background)) if arguments.background else ()
    everywhere = RecordIndex(background)
    frequency = TermFrequency(background=background if arguments.weigh else (), today=DAY)
    sums: dict[str, list[tuple[float, float, float, float]]] = {}
    print(f"{'topic':28} {'width':10} {'cited':>7} {'later relevant':>15} {'candidates':>11} {'a month':>9}")
    for folder in find_topics(arguments.folder):
        topic = orjson.loads((folder / "article.json").read_bytes())
        cited = [make_record(number, one) for number, one in enumerate(topic["cited"], 1)]
        papers = [
            orjson.loads(line) for line in gzip.decompress((folder / "candidates.jsonl.gz").read_bytes()).splitlines()
        ]
        with (folder / "qrels.csv").open(newline="") as lines:
            gains = {row["id"]: int(row["gain"]) for row in csv.DictReader(lines)}
        relevant = {FIRST_PMID + n for n, one in enumerate(papers, 1) if gains.get(one["id"]) == 2}
        index = RecordIndex(make_record(number, one) for number, one in enumerate(papers, 1))
        made = suggest(topic["question"], cited, DAY, frequency)
        if arguments.show:
            print("\n" + topic["question"], "| left out:", made.left_out, "| papers alone:", made.from_papers_alone)
        for one in made.proposals:
            found = set(index.search(parse(one.strategy), today=DAY).pmids)
            noise = len(everywhere.search(parse(one.strategy), today=DAY).pmids)
            row = (
                len(one.found) / len(cited),
                len(found & relevant) / len(relevant),
                len(found) / len(papers),
                noise / max(1, len(background)) * RECORDS_A_MONTH,
            )
            sums.setdefault(one.width, []).append(row)
            print(
                f"{folder.name[:28]:28} {one.width:10} {len(one.found):4}/{len(cited)} "
                f"{len(found & relevant):5}/{len(relevant):<3}{row[1]:6.0%} {row[2]:11.0%} {row[3]:9.0f}"
            )
            if arguments.show:
                print("   ", one.strategy, [p.code for p in lint_strategy(one.strategy)])
    for width, rows in sums.items():
        means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        print(f"{'MEAN':28} {width:10} {means[0]:7.0%} {means[1]:15.0%} {means[2]:11.0%} {means[3]:9.0f}")


def make_record(number: int, paper: dict[str, object]) -> Record:
    """A benchmark's paper as a record; names in one text between commas are author keywords, not headings."""
    names = [str(name) for name in _listed(paper.get("mesh"))]
    keywords = [each.strip(" *") for name in names if is_joined(name) for each in name.replace(";", ",").split(",")]
    headings = tuple(
        MeshHeading("", name.strip("* "), major=name.startswith("*")) for name in names if not is_joined(name)
    )
    abstract = str(paper.get("abstract") or "")
    return replace(
        blank_record(Pmid(FIRST_PMID + number), str(paper.get("title") or ""), status="MEDLINE"),
        abstract=(AbstractPart(None, None, abstract),) if abstract else (),
        mesh=headings,
        keywords=tuple(keywords),
    )


def is_joined(name: str) -> bool:
    return name.count(",") > 2 or ";" in name


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def read_background(file: Path) -> Iterator[Record]:
    with gzip.open(file, "rt", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 1):
            names = [name for name in (row.get("mesh") or "").split(";") if name]
            yield make_record(number, {"title": row["title"], "abstract": row["abstract"], "mesh": names})


if __name__ == "__main__":
    main()
