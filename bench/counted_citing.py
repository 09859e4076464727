"""What it costs to find who cites the papers of many articles beside a million stored records, in any checkout.

``python -P bench/counted_citing.py FIGURES.json STORE RECORDS ARTICLES`` with PYTHONPATH naming a checkout and its src.
Each stored record cites 29 of five million papers; an article asks for five, as the weekly look does. It writes the
processor's seconds of one question for all articles, and of a question of one article.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.store import invent

from litwatch.store import Store
from litwatch.store.documents import dump

CITES, CITED, SEEDS = 29, 5_000_000, 5
FIRST, FIRST_CITED = 10_000_000, 80_000_000
ALONE = 3
"""Articles that are asked for one by one."""

FILL = """
INSERT INTO observation BY NAME
SELECT pmid, 1 AS revision, TIMESTAMP '2026-02-01' AS observed_at, sha256(doc) AS content_hash, 'bench' AS source, doc,
    1 AS version, (doc->>'$.entered')::DATE AS entered, (doc->>'$.created')::DATE AS created FROM (
    SELECT number::INTEGER AS pmid, regexp_replace(regexp_replace(docs[1 + number % len(docs)],
        '"pmid":\\d+', '"pmid":' || number), '"cites":\\[[^]]*\\]', '"cites":['
        || array_to_string([$cited + hash(number * 29 + place) % $papers for place in range($cites)], ',')
        || ']') AS doc
    FROM (SELECT unnest(range($first, $first + $count)) AS number, $docs::VARCHAR[] AS docs)
)
"""
CITATIONS = """
INSERT INTO citation SELECT unnest(list_distinct(from_json(doc->'$.cites', '["INTEGER"]'))), pmid, 1, true
FROM observation WHERE pmid >= $first AND pmid < $first + $count
"""


def fill(store: Store, records: int) -> None:
    """Add the records, and the rows of citations where this checkout keeps them."""
    docs = [dump(invent(number)) for number in range(500)]
    step = 50_000
    for first in range(FIRST, FIRST + records, step):
        part = {"first": first, "count": min(step, FIRST + records - first)}
        with store._writing() as con:
            con.execute(FILL, part | {"docs": docs, "cited": FIRST_CITED, "papers": CITED, "cites": CITES})
            if con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'citation'").fetchall()[0][0]:
                con.execute(CITATIONS, part)


def main(figures: Path, path: Path, records: int, articles: int) -> None:
    store = Store(path)
    store.migrate()
    fill(store, records)
    seeds = [[FIRST_CITED + (number * SEEDS + place) * 997 for place in range(SEEDS)] for number in range(articles)]
    together, alone = float("inf"), float("inf")
    for _ in range(3):
        begun = time.process_time()
        found = store.citing([pmid for each in seeds for pmid in each])  # type: ignore[misc]
        together = min(together, time.process_time() - begun)
        begun = time.process_time()
        for each in seeds[:ALONE]:
            store.citing(each)  # type: ignore[arg-type]
        alone = min(alone, (time.process_time() - begun) / ALONE)
    told = {"together": together, "alone": alone, "citing": sum(map(len, found.values()))}
    figures.write_text(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
