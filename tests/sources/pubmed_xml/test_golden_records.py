"""Golden pairs: one oddity of PubMed's XML a file, and beside it what must come out. All content is invented.

In the expectation a record names only the fields that its oddity bears on; each is compared whole.
"""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from litwatch.sources.pubmed_xml import parse_article_set

GOLDEN = sorted((Path(__file__).parents[2] / "data" / "pubmed_xml").glob("*.xml"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_oddity_is_read_as_written_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = parse_article_set(path.read_bytes())
    records = [orjson.loads(orjson.dumps(record)) for record in found.records]
    seen = [
        {field: record[field] for field in wanted} for record, wanted in zip(records, expected["records"], strict=True)
    ]
    assert seen == expected["records"]
    assert list(found.deleted) == expected["deleted"]
    assert [error.pmid for error in found.unreadable] == expected["unreadable"]


def test_there_are_at_least_25_oddities_each_with_its_expectation() -> None:
    assert len(GOLDEN) >= 25
    assert all(path.with_suffix(".json").exists() for path in GOLDEN)
