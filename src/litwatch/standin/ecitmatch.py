"""ECitMatch: citation strings in, PMIDs out, with all of its faults.

Journal, volume and first page decide alone; author and year hardly count, so that a wrong PMID comes back as surely as
a right one. What is not found comes back with its author emptied, as recorded in February 2026. A line without journal
that matches nothing ends the answer: the lines behind it are left out. Sources:
NBK25499 (input and output strings); measured behaviour in public issue threads (cyanheads/pubmed-mcp-server 35, 54).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from litwatch.model.record import Record
from litwatch.standin.corpus import View
from litwatch.standin.occasion import Occasion
from litwatch.standin.web import TEXT, Answer

_NAMED: Final = 5
"""Candidates up to this number are named, more are only counted; recorded: two named, seven and 783 counted."""


def ecitmatch(occasion: Occasion) -> Answer:
    """Answer one ECitMatch request.

    Lines end with a line feed alone, as in three recordings, and as rentrez's own test against NCBI needs.
    """
    if not occasion.request.get("bdata"):
        return Answer(b"", TEXT)
    lines = [line for line in re.split(r"[\r\n]+", occasion.request.get("bdata")) if line.strip()]
    answers = occasion.bend("lines", list(_answers(lines, occasion.view)))
    return Answer("".join(f"{line}\n" for line in answers).encode("utf-8", "replace"), TEXT)


def _answers(lines: list[str], view: View) -> Iterator[str]:
    for line in lines:
        journal, year, volume, page, author, key = ([*line.split("|"), "", "", "", "", "", ""])[:6]
        spoken = _plain(journal)
        if spoken and spoken not in _journals(view):
            yield f"{journal}|{year}|{volume}|{page}||{key}|NOT_FOUND;INVALID_JOURNAL"
            continue
        found = _candidates(view, spoken, *(value.strip() for value in (year, volume, page, author)))
        if not found and not spoken:
            return
        if not found:
            yield f"{journal}|{year}|{volume}|{page}||{key}|NOT_FOUND"
        elif len(found) == 1:
            yield f"{journal}|{year}|{volume}|{page}|{author}|{key}|{found[0].pmid}"
        elif len(found) <= _NAMED:
            named = ",".join(str(record.pmid) for record in found)
            yield f"{journal}|{year}|{volume}|{page}|{author}|{key}|AMBIGUOUS {named}"
        else:
            yield f"{journal}|{year}|{volume}|{page}|{author}|{key}|AMBIGUOUS ({len(found)} citations)"


def _candidates(view: View, journal: str, *given: str) -> list[Record]:
    year, volume, page, author = given
    pool = _journals(view).get(journal, []) if journal else list(view.records.values())
    if volume and page:
        return [record for record in pool if record.journal.volume == volume and _first_page(record) == _first(page)]
    if not journal and not (author and year):
        return []
    for value, says in (
        (volume, lambda record: record.journal.volume == volume),
        (page, lambda record: _first_page(record) == _first(page)),
        (year, lambda record: record.published is not None and str(record.published.earliest.year) == year),
        (author, lambda record: _by(record, author)),
    ):
        if value:
            pool = [record for record in pool if says(record)]
    return pool


def _journals(view: View) -> dict[str, list[Record]]:
    return view.derived("journals", _by_journal)


def _by_journal(view: View) -> dict[str, list[Record]]:
    journals: dict[str, list[Record]] = {}
    for record in sorted(view.records.values(), key=lambda record: -record.pmid):
        journal = record.journal
        for name in {_plain(name) for name in (journal.abbreviation, journal.title, journal.issn) if name}:
            journals.setdefault(name, []).append(record)
    return journals


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w&]+", " ", name).lower().split())


def _first(page: str) -> str:
    return page.partition("-")[0].strip().lower()


def _first_page(record: Record) -> str:
    return _first(record.journal.pages or "")


def _by(record: Record, author: str) -> bool:
    wanted = author.split(maxsplit=1)[0].casefold()
    return any((person.last_name or "").casefold().startswith(wanted) for person in record.authors)
