"""The Retraction Watch table as Crossref publishes it: rows in, the CSV file's bytes out, its defects included.

Columns, date form and defects as measured on the file of August 2026: "0" where a paper has no PMID, "Unavailable"
where it has no DOI, dates ``M/D/YYYY 0:00``, reasons that each end in a semicolon (until 2024 each began with a "+",
since 2025 none does), empty rows at the end, names in a
wrong encoding, several notices about one paper, reinstatements.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from litwatch.model.record import Record, RefType

COLUMNS: Final = (
    "Record ID",
    "Title",
    "Subject",
    "Institution",
    "Journal",
    "Publisher",
    "Country",
    "Author",
    "URLS",
    "ArticleType",
    "RetractionDate",
    "RetractionDOI",
    "RetractionPubMedID",
    "OriginalPaperDate",
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
    "Reason",
    "Paywalled",
    "Notes",
    "",
)
"""The twenty named columns and the unnamed twenty-first."""
EMPTY_TAIL: Final = 190
"""Rows without any content at the end of the file."""
_NATURES: Final = {
    RefType.RETRACTION_IN: "Retraction",
    RefType.RETRACTED_AND_REPUBLISHED_IN: "Retraction",
    RefType.EXPRESSION_OF_CONCERN_IN: "Expression of concern",
    RefType.ERRATUM_IN: "Correction",
    RefType.CORRECTED_AND_REPUBLISHED_IN: "Correction",
}


@dataclass(frozen=True, slots=True)
class WatchedNotice:
    """One row: a notice about a paper. None is written as the file writes what it does not know."""

    title: str
    nature: str
    """Retraction, Expression of concern, Correction or Reinstatement; the case varies in the file."""
    noticed: date
    published: date
    paper_doi: str | None
    paper_pmid: int | None
    notice_doi: str | None = None
    notice_pmid: int | None = None
    reasons: tuple[str, ...] = ("Investigation by Journal/Publisher",)
    journal: str = "Demonstration Journal of Invented Results"
    authors: tuple[str, ...] = ("A Example",)
    notes: str = ""


def notices_in(records: Iterable[Record]) -> tuple[WatchedNotice, ...]:
    """The notices that a set of records speaks of, dated by the notice's own record where it is among them."""
    by_pmid = {record.pmid: record for record in records}
    found: list[WatchedNotice] = []
    for paper in by_pmid.values():
        for notice in paper.notices:
            nature = _NATURES.get(notice.ref_type)
            announcing = by_pmid.get(notice.pmid) if notice.pmid else None
            day = (announcing.created if announcing else None) or paper.revised
            if nature is None or day is None:
                continue
            found.append(
                WatchedNotice(
                    title=paper.title,
                    nature=nature,
                    noticed=day,
                    published=paper.published.earliest if paper.published else day,
                    paper_doi=paper.doi,
                    paper_pmid=paper.pmid,
                    notice_doi=announcing.doi if announcing else None,
                    notice_pmid=notice.pmid,
                    journal=paper.journal.title or "",
                    authors=tuple(f"{a.fore_name or ''} {a.last_name or ''}".strip() for a in paper.authors),
                )
            )
    return tuple(sorted(found, key=lambda row: (row.noticed, row.paper_pmid or 0, row.nature)))


def defective_notices() -> tuple[WatchedNotice, ...]:
    """Invented rows with what makes the real file hard: no ids at all, a life of four notices, odd case and names."""
    title, doi, pmid = "Demonstration data: a paper with a long history", "10.5555/watch.1", 99600001
    born, why = date(2019, 4, 2), ("Concerns/Issues About Data", "Investigation by Journal/Publisher")
    return (
        WatchedNotice("Demonstration data: a paper without any id", "Retraction", date(2024, 3, 1), born, None, None),
        WatchedNotice("Demonstration data: only a DOI", "Retraction", date(2024, 3, 9), born, "10.5555/watch.2", None),
        WatchedNotice("Demonstration data: only a PMID", "Retraction", date(2024, 11, 30), born, None, 99600002),
        WatchedNotice(title, "Expression of concern", date(2026, 3, 9), born, doi, pmid, reasons=why),
        WatchedNotice(title, "Correction", date(2026, 5, 11), born, doi, pmid, reasons=why),
        WatchedNotice(title, "Retraction", date(2026, 6, 15), born, doi, pmid, "10.5555/watch.n", 99600003, why),
        WatchedNotice(title, "Reinstatement", date(2026, 8, 17), born, doi, pmid),
        WatchedNotice(
            "Demonstration data: reinstated first, then retracted again",
            "RETRACTION",
            date(2026, 9, 1),
            born,
            "https://doi.org/10.5555/WATCH.4",
            99600004,
            authors=("Jos\u00e9 Example", "Zo\u00eb Sample"),
            notes='See also "the notice", in full',
        ),
        WatchedNotice(
            "Demonstration data: reinstated first, then retracted again",
            "Reinstatement",
            date(2025, 9, 1),
            born,
            "10.5555/watch.4",
            99600004,
        ),
        WatchedNotice(
            '=HYPERLINK("https://journal.example"), Demonstration data: a formula',
            "Retraction",
            date(2026, 1, 5),
            born,
            "10.5555/watch.5",
            99600005,
        ),
    )


def write_csv(notices: Iterable[WatchedNotice], *, sound_encoding: bool = False) -> bytes:
    """Write the file: CRLF lines, a header, a row a notice, ``EMPTY_TAIL`` rows of commas.

    Names with accents come as Latin-1 bytes amid UTF-8 unless ``sound_encoding``: the file as a whole cannot be decoded
    strictly, which is the defect that the real one has.
    """
    buffer = io.StringIO(newline="")
    table = csv.writer(buffer, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows(_row(number, notice) for number, notice in enumerate(notices, start=1))
    table.writerows([[""] * len(COLUMNS)] * EMPTY_TAIL)
    if sound_encoding:
        return buffer.getvalue().encode()
    return b"".join(c.encode("latin-1" if "\u00c0" <= c <= "\u00ff" else "utf-8") for c in buffer.getvalue())


def _row(number: int, notice: WatchedNotice) -> tuple[str, ...]:
    return (
        str(number),
        notice.title,
        "(HSC) Medicine - Endocrinology;",
        "Institute of Invented Medicine, Exampleton;",
        notice.journal,
        "Demonstration Press",
        "Unknown",
        ";".join(notice.authors),
        "",
        "Research Article;",
        _american(notice.noticed),
        notice.notice_doi or "Unavailable",
        str(notice.notice_pmid or 0),
        _american(notice.published),
        notice.paper_doi or "Unavailable",
        str(notice.paper_pmid or 0),
        notice.nature,
        "".join(f"{reason};" for reason in notice.reasons),
        "No",
        notice.notes,
        "",
    )


def _american(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year} 0:00"
