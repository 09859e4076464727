"""The Retraction Watch table as Crossref publishes it: CSV lines in, entries out, its defects counted and told.

Columns and defects as measured on the file of August 2026: "0" where a paper has no PMID, "Unavailable" where it has no
DOI, dates ``M/D/YYYY 0:00``, reasons that each end in a semicolon, empty rows at the end, names in a wrong encoding.
A row whose "paper" is the notice of another row is a notice, not a paper, and is left out.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from litwatch.model.errors import AnswerUnreadable
from litwatch.model.identifiers import Doi, Pmid, parse_doi, parse_pmid
from litwatch.model.paper_notice import Nature, WatchEntry, WatchTable

_NEEDED = {
    "Record ID", "Title", "Journal", "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDOI",
    "OriginalPaperPubMedID", "RetractionNature", "Reason",
}  # fmt: skip
_LONGEST = 1_000_000
"""Characters of one row; the longest real one has some 20,000."""

Value = TypeVar("Value")


def read_watch_table(lines: Iterable[bytes], *, name: str) -> WatchTable:
    """The entries of a file's lines. Raises AnswerUnreadable where it is not that table, or holds no entry at all."""
    rows = csv.DictReader(_in_order(lines))
    try:
        missing = _NEEDED - set(rows.fieldnames or ())
        if missing:
            raise AnswerUnreadable(
                f"{name} is not the Retraction Watch table: it has no column {', '.join(sorted(missing))}; check the"
                " address or file"
            )
        content = without_id = unreadable = 0
        entries: list[WatchEntry] = []
        for row in rows:
            if not any(text for key, text in row.items() if isinstance(text, str) and key):
                continue
            content += 1
            pmid = _identifier(row["OriginalPaperPubMedID"], parse_pmid)
            doi = _identifier(row["OriginalPaperDOI"], parse_doi)
            if pmid is None and doi is None:
                without_id += 1
            elif (entry := _entry(row, pmid, doi)) is None:
                unreadable += 1
            else:
                entries.append(entry)
    except csv.Error as error:
        raise AnswerUnreadable(f"{name} breaks off or is not CSV ({error}); the next run reads it again") from None
    papers = _without_notices(entries)
    if not papers:
        # Zotero's rule: an empty list would lift every warning at once, so it is an error.
        raise AnswerUnreadable(f"{name} holds no entry about any paper; what was loaded before stays in force")
    return WatchTable(tuple(papers), content, without_id, len(entries) - len(papers), unreadable)


def _in_order(lines: Iterable[bytes]) -> Iterator[str]:
    """Each line in its own encoding: some names came in Latin-1 into a file of UTF-8."""
    for place, line in enumerate(lines):
        data = line.removeprefix(b"\xef\xbb\xbf") if place == 0 else line
        if len(data) > _LONGEST:
            raise csv.Error("a line is too long")
        try:
            yield data.decode("utf-8").replace("\0", "")
        except UnicodeDecodeError:
            yield data.decode("cp1252", "replace").replace("\0", "")


def _entry(row: dict[str, str], pmid: Pmid | None, doi: Doi | None) -> WatchEntry | None:
    nature = next((each for each in Nature if each.value.casefold() == _text(row["RetractionNature"]).casefold()), None)
    noticed = _day(_text(row["RetractionDate"]))
    if nature is None or noticed is None:
        return None
    return WatchEntry(
        entry=_number(_text(row["Record ID"]), nature, noticed, pmid, doi),
        nature=nature,
        noticed=noticed,
        paper_pmid=pmid,
        paper_doi=doi,
        notice_pmid=_identifier(row["RetractionPubMedID"], parse_pmid),
        notice_doi=_identifier(row["RetractionDOI"], parse_doi),
        title=_text(row["Title"])[:500],
        journal=_text(row["Journal"])[:200],
        reasons=tuple(part for part in (p.strip(" +") for p in _text(row["Reason"]).split(";")) if part)[:40],
    )


def _number(printed: str, nature: Nature, noticed: date, pmid: Pmid | None, doi: Doi | None) -> int:
    """The row's Record ID. One without a usable id gets a number of its own, made from what it says.

    Two rows of one number would be one fact: closing the first would silence the second. Record IDs have at most nine
    digits, the numbers made here ten; they fit into 31 bits.
    """
    if printed.isascii() and printed.isdigit() and len(printed) < 10:
        return int(printed)
    told = "\n".join((nature.value, noticed.isoformat(), str(pmid), str(doi)))
    return 10**9 + int(hashlib.sha256(told.encode()).hexdigest()[:7], 16)


def _without_notices(entries: list[WatchEntry]) -> list[WatchEntry]:
    """Entries about papers. A notice that took the paper's own place shares its id: there the id is the paper's."""
    pmids = {e.notice_pmid for e in entries if e.notice_pmid and e.notice_pmid != e.paper_pmid}
    dois = {e.notice_doi for e in entries if e.notice_doi and e.notice_doi != e.paper_doi}
    pmids -= {e.paper_pmid for e in entries if e.notice_pmid == e.paper_pmid}
    dois -= {e.paper_doi for e in entries if e.notice_doi == e.paper_doi}
    return [e for e in entries if e.paper_pmid not in pmids and e.paper_doi not in dois]


def _text(value: str | None) -> str:
    return " ".join((value or "").split())


def _identifier(value: str | None, parse_it: Callable[[str], Value]) -> Value | None:
    """None for "0", "Unavailable", an empty cell and whatever else is no identifier."""
    try:
        return parse_it(_text(value))
    except ValueError:
        return None


def _day(text: str) -> date | None:
    """``M/D/YYYY 0:00``, as Americans write it."""
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d\d(?::\d\d)?)?", text)
    try:
        return date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None
