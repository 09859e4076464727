"""What a night costs beside 50,000 and beside 1,000,000 other records in the store: it should cost the same.

``python -m bench.night [--records 50000 1000000]`` fills a store for each count with invented records, then spends the
same nights of one topic through the real corridor (300 papers on the topic; 20 references with their PMIDs, 20 that
PubMed does not have and that are looked up every night). NCBI is played by ``RecordedPubMed`` without HTTP, because its
pace is not what is measured. It keeps nothing.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from bench.replay import Nights, RecordedPubMed, Replay, open_replay
from bench.store import invent

from litwatch.model.record import Record
from litwatch.model.reference import Reference
from litwatch.sources.entrez.ecitmatch import Proposal
from litwatch.store import Store

FIRST_DAY = date(2026, 3, 1)
NIGHTS = 12
WARM = 2
"""The first nights, which search and read everything, do not count."""
PAPERS = 300
CITED = 20

_FILL = """
INSERT INTO observation BY NAME
SELECT pmid, 1 AS revision, TIMESTAMP '2026-02-01' AS observed_at, sha256(doc) AS content_hash, 'bench' AS source, doc,
    1 AS version, (doc->>'$.entered')::DATE AS entered, (doc->>'$.created')::DATE AS created FROM (
    SELECT number::INTEGER AS pmid, regexp_replace(replace(docs[1 + number % len(docs)], '"title":"',
        '"title":"' || number || ' '), '"pmid":\\d+', '"pmid":' || number) AS doc
    FROM (SELECT unnest(range($first, $first + $count)) AS number, $docs::VARCHAR[] AS docs)
)
"""


class QuietPubMed(RecordedPubMed):
    """It has none of the papers that are looked up by title, identifier or citation."""

    def match_citations(self, references: Iterable[Reference]) -> tuple[Proposal, ...]:
        del references
        return ()


def fill(store: Store, count: int) -> None:
    """Add so many records that no topic has met; their PMIDs lie on both sides of the topic's."""
    from litwatch.store.documents import dump  # noqa: PLC0415

    docs = [dump(invent(number)) for number in range(500)]
    for first in (10_000_000, 99_500_000):
        for begin in range(0, count // 2, 100_000):
            with store._writing() as con:
                con.execute(_FILL, {"first": first + begin, "count": min(100_000, count // 2 - begin), "docs": docs})
    with store._writing() as con:
        con.execute(
            "INSERT INTO record_key SELECT unnest(name_keys(doc->>'$.title', NULL, NULL)), pmid FROM observation"
        )
        con.execute(
            "INSERT INTO citation"
            " SELECT unnest(from_json(doc->'$.cites', '[\"INTEGER\"]')), pmid, 1, true FROM observation"
        )


def write_article(folder: Path, cited: Iterable[Record]) -> None:
    """The topic's article cites papers that PubMed has, and as many that it has not."""
    lines = [f"{record.title}. Inv J Metab. 2026. PMID: {record.pmid}" for record in cited]
    lines += [f"Nobody N. Words of a report on matter {number} that no index holds. Ward Press. 2020."
              for number in range(CITED)]  # fmt: skip
    page = folder / "queries" / "article.md"
    references = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    page.write_text(f"{page.read_text()}\n## References\n\n{references}\n")


def make_house(count: int, folder: Path) -> Replay:
    """An installation whose store holds so many records that no topic has met."""
    records = [
        replace(invent(number), entered=day, created=day, revised=day)
        for number in range(PAPERS + CITED)
        for day in [FIRST_DAY - timedelta(days=20) + timedelta(days=number % 30)]
    ]
    records.sort(key=lambda record: (record.created or date.min, record.pmid))
    days = tuple(record.created or date.min for record in records)
    folder.mkdir()
    replay = open_replay(Nights(tuple(records), days), folder)
    replay.pubmed = QuietPubMed(replay.nights)
    write_article(folder, records[:CITED])
    fill(replay.store, count)
    return replay


def measure(counts: Sequence[int], folder: Path) -> None:
    """Spend each night in all the houses in turn, so that whatever else the machine does meets them alike."""
    houses = {count: make_house(count, folder / str(count)) for count in counts}
    took: dict[int, list[tuple[float, float]]] = {count: [] for count in counts}
    for number in range(NIGHTS):
        for count, house in houses.items():
            gc.collect()
            begun = time.perf_counter()
            summary = house.night(FIRST_DAY + timedelta(days=number))
            assert summary.ok, summary.failure
            if number >= WARM:
                took[count].append((house.seconds[-1], time.perf_counter() - begun))
    print(f"{'a night beside':<22}{'processor s':>15}{'least':>15}{'clock s':>15}{'least':>15}")
    first: list[float] = []
    for count, pairs in took.items():
        figures = [summed(each) for each in zip(*pairs, strict=True) for summed in (median, min)]
        first = first or figures
        told = "".join(f"{one:8.3f} ({one / other:4.2f})" for one, other in zip(figures, first, strict=True))
        print(f"{count:>9,} records     {told}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, nargs="+", default=[50_000, 1_000_000])
    parser.add_argument("--folder", help="where to work; a temporary folder by default")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place:
        measure(chosen.records, Path(place))
