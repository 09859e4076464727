"""NLM's baseline and update files of dated revisions: ``pubmed26n0001.xml.gz`` and its ``.md5``, in number order.

A baseline holds every record as it stood on its day, ascending; each later day with changes makes one update file or
more with the changed records and, at its end, the deleted PMIDs. A record that changed twice on one day is in the file
twice, the later version last, because a loader must let the last one win.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

from litwatch.standin.citation_xml import write_article_set
from litwatch.standin.life import Revision, served

PER_FILE: Final = 30_000
"""Records in a full file of NLM's."""


@dataclass(frozen=True, slots=True)
class BulkFile:
    """One file that was written."""

    path: Path
    number: int
    day: date
    records: int
    deleted: int


def write_bulk_files(
    revisions: Sequence[Revision],
    folder: Path,
    *,
    baseline: date,
    until: date,
    per_file: int = PER_FILE,
) -> tuple[BulkFile, ...]:
    """Write the baseline of one day and the update files of the days after it, up to ``until``, into ``folder``.

    ``revisions`` must be in order (``life.in_order``). The names carry the year after the baseline's, as NLM's do: the
    baseline of December 2025 is ``pubmed26n0001.xml.gz``. Same revisions, same bytes: the gzip header holds no time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    year = (baseline.year + (baseline.month == 12)) % 100
    files = []
    for number, (day, articles, deleted) in enumerate(_contents(revisions, baseline, until, per_file), start=1):
        path = folder / f"pubmed{year:02}n{number:04}.xml.gz"
        packed = gzip.compress(write_article_set(articles, deleted), mtime=0)
        digest = hashlib.md5(packed, usedforsecurity=False).hexdigest()
        path.write_bytes(packed)
        path.with_name(f"{path.name}.md5").write_text(f"MD5({path.name})= {digest}\n", encoding="ascii")
        files.append(BulkFile(path, number, day, len(articles), len(deleted)))
    return tuple(files)


def _contents(
    revisions: Sequence[Revision], baseline: date, until: date, per_file: int
) -> Iterator[tuple[date, Sequence[bytes], Sequence[int]]]:
    base = list(served(revisions, baseline).values())
    yield from ((baseline, part, ()) for part in _parts(base, per_file))
    later = (r for r in revisions if baseline < r.visible_from <= until)
    for day, changes in groupby(later, key=lambda r: r.visible_from):
        changed = list(changes)
        gone = sorted({r.pmid for r in changed if r.xml is None})
        parts = list(_parts([r.xml for r in changed if r.xml is not None], per_file)) or [[]]
        for part in parts[:-1]:
            yield day, part, ()
        yield day, parts[-1], gone


def _parts(articles: list[bytes], per_file: int) -> Iterable[list[bytes]]:
    return (articles[start : start + per_file] for start in range(0, len(articles), per_file))
