"""Every real PubMed record of the reference material, parsed; read once a process. Nothing of them is kept here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from litwatch.model.errors import LitwatchError
from litwatch.model.record import Record
from litwatch.sources.pubmed_xml import parse_article_set


@cache
def read_real_records(shared: Path) -> tuple[Record, ...]:
    """The records of every file that litwatch's parser accepts, one for each PMID, by PMID."""
    records: dict[int, Record] = {}
    for path in sorted((shared / "data" / "pubmed_xml").rglob("*.xml")):
        try:
            found = parse_article_set(path.read_bytes()).records
        except (LitwatchError, ValueError):
            continue  # captures of other things than an article set lie beside them
        records |= {int(record.pmid): record for record in found}
    return tuple(records[pmid] for pmid in sorted(records))
