"""Screening decisions of an earlier review, from a file: RIS or CSV with labels, or a project of ASReview.

The file may come from anybody. Its size is limited, a project's archive is read by the names of its parts and unpacked
nowhere, and its SQLite database is opened read-only, allowed nothing but to read two tables. The labels are those that
ASReview writes and reads (asreview/data/ris.py, asreview/data/utils.py of its version 3.0).
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from litwatch.model.errors import EditorError
from litwatch.model.identifiers import Doi, Pmid, parse_doi, parse_pmid

MOST_BYTES = 50_000_000
"""Of the file, and of a project's database once it is unpacked."""
MOST_ENTRIES = 20_000
_MOST_STEPS = 50_000_000
"""Of SQLite's machine, some seconds: a crafted database must not hold the command up."""
_LONGEST = 2_000
"""Characters of a title that are kept."""


@dataclass(frozen=True, slots=True)
class ScreenedEntry:
    """One entry of the file."""

    place: int
    """1-based, in the file's order."""
    included: bool | None
    """None where the earlier review has not decided."""
    title: str
    year: int | None
    pmid: Pmid | None
    doi: Doi | None


@dataclass(frozen=True, slots=True)
class ScreeningFile:
    """What a file holds."""

    form: str
    """``RIS``, ``CSV`` or ``ASReview project``."""
    entries: tuple[ScreenedEntry, ...]


def read_screening(file: Path) -> ScreeningFile:
    """The file's entries. Raises EditorError where it cannot be read, is too large, or holds no label at all."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise EditorError(f"{file}: {error.strerror or error}; check the file's permissions") from None
    if len(data) > MOST_BYTES:
        raise EditorError(f"{file}: more than {MOST_BYTES:,} bytes; split the file")
    if data.startswith(b"PK\x03\x04"):
        form = "ASReview project"
        rows: Iterable[dict[str, str]] = _read_project(file, data)
    elif re.search(rb"(?m)^\W*TY  ?- ", data[:2_000]):
        form, rows = "RIS", _read_ris(_decode(data))
    else:
        form, rows = "CSV", _read_csv(file, _decode(data))
    entries = tuple(_entry(place, row) for place, row in enumerate(rows, 1))
    if len(entries) > MOST_ENTRIES:
        raise EditorError(f"{file}: more than {MOST_ENTRIES:,} entries; split the file")
    if all(entry.included is None for entry in entries):
        raise EditorError(
            f"{file}: read as {form}; no entry says whether it was included. litwatch reads ASReview's notes in RIS"
            " (N1  - ASReview_relevant), and in CSV a column included, label_included or asreview_label with 1 and 0"
        )
    return ScreeningFile(form, entries)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "label": ("asreview_label", "label_included", "included", "included_label", "final_included", "label"),
    "pmid": ("pmid", "pubmed_id", "pubmedid", "accession_number", "an"),
    "doi": ("doi", "di"),
    "title": ("title", "primary_title", "ti", "t1"),
    "year": ("year", "publication_year", "py", "date"),
    "url": ("url", "urls", "openalex_id"),
}
"""Names of columns in the order in which they are looked for; the label that ASReview's user gave comes first."""

_YES = {"1", "yes", "y", "true", "included", "include", "relevant"}
_NO = {"0", "no", "n", "false", "excluded", "exclude", "irrelevant", "not relevant"}


def _entry(place: int, row: Mapping[str, str]) -> ScreenedEntry:
    label = row.get("label", "").strip().casefold().removesuffix(".0")
    year = re.search(r"\b(?:1[89]|20)\d\d\b", row.get("year", ""))
    pmid: Pmid | None = None
    doi: Doi | None = None
    found = re.search(r"pubmed\D{0,30}/(\d{1,9})\b", row.get("url", "")[:500])
    for text in (row.get("pmid", ""), found[1] if found else ""):
        if pmid is None and text:
            with suppress(ValueError):
                pmid = parse_pmid(text.removesuffix(".0"))
    with suppress(ValueError):
        doi = parse_doi(row.get("doi", "")[:500])
    return ScreenedEntry(
        place,
        True if label in _YES else False if label in _NO else None,
        " ".join(row.get("title", "").split())[:_LONGEST],
        int(year[0]) if year else None,
        pmid,
        doi,
    )


_RIS_LABELS = {"ASReview_relevant": "1", "ASReview_irrelevant": "0", "ASReview_not_seen": ""}
_RIS_TAGS = {"TI": "title", "T1": "title", "PY": "year", "Y1": "year", "DO": "doi", "AN": "number", "UR": "url"}
_RIS_TAGS |= {"DB": "database", "DP": "provider"}
_OF_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
"""What a database or its provider is called whose accession numbers are PMIDs."""


def _read_ris(text: str) -> Iterator[dict[str, str]]:
    row: dict[str, str] = {}
    for line in text.splitlines():
        tag, value = line[:2], line[6:].strip()
        if re.match(r"[A-Z][A-Z0-9] {1,2}- ?", line) is None:
            continue
        if tag == "TY":
            row = {}
        elif tag == "ER":
            yield _with_pmid(row)
            row = {}
        elif tag in _RIS_TAGS:
            row.setdefault(_RIS_TAGS[tag], value)
        elif tag == "N1":
            # Zotero wraps a note into <p>.
            label = next((said for note, said in _RIS_LABELS.items() if note in value), None)
            if label is not None:  # two that differ decide nothing
                row["label"] = label if row.get("label", label) == label else ""
    if row:
        yield _with_pmid(row)


def _with_pmid(row: dict[str, str]) -> dict[str, str]:
    """The row, with its accession number as a PMID where it is PubMed's."""
    if _OF_PUBMED.search(row.get("database", "")[:200] + " " + row.get("provider", "")[:200]):
        row["pmid"] = row.get("number", "")
    return row


def _read_csv(file: Path, text: str) -> Iterator[dict[str, str]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        names = [re.sub(r"\W+", "_", name.strip().casefold()).strip("_") for name in next(reader, [])]
        places = {key: [names.index(name) for name in wanted if name in names] for key, wanted in _COLUMNS.items()}
        if not places["label"]:
            raise EditorError(
                f"{file}: no column says what was included; name one included, with 1 and 0 (RIS and ASReview's"
                " projects are read, too; save a spreadsheet as CSV)"
            )
        rows = list(reader)
    except csv.Error as error:
        raise EditorError(f"{file}: it cannot be read as CSV: {error}") from None
    for cells in rows:
        yield {
            key: next((cells[place] for place in own if place < len(cells) and cells[place].strip()), "")
            for key, own in places.items()
        }


_DATABASE = "results.db"


def _read_project(file: Path, data: bytes) -> Sequence[dict[str, str]]:
    """The records and labels of a project of ASReview from version 3 on."""
    other = EditorError(
        f"{file}: it is no project of ASReview from version 3 on; export its dataset as RIS or CSV, and load that"
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(_DATABASE).file_size > MOST_BYTES:
                raise EditorError(f"{file}: its database has more than {MOST_BYTES:,} bytes; export it as CSV")
            with archive.open(_DATABASE) as part:
                database = part.read(MOST_BYTES + 1)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise other from None
    if len(database) > MOST_BYTES:
        raise EditorError(f"{file}: its database has more than {MOST_BYTES:,} bytes; export it as CSV")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / _DATABASE
        place.write_bytes(database)
        try:
            with closing(sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True)) as con:
                con.execute("PRAGMA trusted_schema = OFF")
                con.text_factory = lambda raw: raw.decode("utf-8", "replace")
                con.set_authorizer(_may)
                con.set_progress_handler(lambda: 1, _MOST_STEPS)
                rows = con.execute(
                    "SELECT record.title, record.year, record.doi, record.url, results.label, record.included"
                    " FROM record LEFT JOIN results ON results.record_id = record.record_id"
                    " ORDER BY record.record_id LIMIT ?",
                    [MOST_ENTRIES + 1],
                ).fetchall()
        except sqlite3.Error:
            raise other from None
    return [
        {
            "title": str(title or ""),
            "year": str(year or ""),
            "doi": str(doi or ""),
            "url": str(url or ""),
            "label": str(next((said for said in (label, included) if said is not None), "")),
        }
        for title, year, doi, url, label, included in rows
    ]


def _may(action: int, table: str | None, *_: str | None) -> int:
    """What the database may be asked: to read its two tables."""
    reads = action == sqlite3.SQLITE_READ and table in {"record", "results"}
    return sqlite3.SQLITE_OK if reads or action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY
