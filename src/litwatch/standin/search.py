"""Runs a search as ESearch does: the term, the date parameters, ``#1`` from the history, and the order of the result.

The search language itself is ``litwatch.strategy``'s.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from litwatch.model.errors import StrategyError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.standin.corpus import View
from litwatch.standin.history import Kept
from litwatch.standin.web import Request
from litwatch.strategy import parse
from litwatch.strategy.expression import Chain, Group, HistoryReference, Term, walk

_DATE_TAGS: Final = {
    "pdat": "dp", "edat": "edat", "mdat": "lr", "crdt": "crdt", "mhda": "mhda", "cdat": "dcom",
    "epdt": "dep", "ppdt": "ppdt",
}  # fmt: skip
"""``datetype`` (einfo's names of the date fields, lower-case) → the search tag."""

_DAY = re.compile(r"(\d{4})(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?")
_FIELD_TAG = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Hits:
    """A search's whole result, and what PubMed says about how it understood the term."""

    pmids: tuple[int, ...]
    """In PubMed's default order, newest entry first."""
    translation: str
    translation_set: tuple[tuple[str, str], ...] = ()
    """(From, To) of each automatic term mapping."""
    phrases_not_found: tuple[str, ...] = ()
    phrases_ignored: tuple[str, ...] = ()
    quoted_phrases_not_found: tuple[str, ...] = ()
    unknown_tags: tuple[str, ...] = ()
    """Tags that PubMed does not know, as typed, without brackets."""
    group_tagged: bool = False
    """Whether a tag stood behind a group, where PubMed passes it over."""


class QueryForgotten(Exception):
    """The history holds no such query; ``args[0]`` is its number as asked for."""


def run(term: str, view: View, *, today: date, recall: Callable[[str], Kept | None]) -> Hits:
    """Search ``view`` for a PubMed term; ``recall`` finds an earlier query of the session by its number.

    Raises StrategyError for what PubMed cannot run and QueryForgotten for a ``#n`` that the session lacks.
    """
    tree = parse(term)
    earlier: dict[int, Kept] = {}
    for node in walk(tree):
        if isinstance(node, HistoryReference):
            kept = recall(str(node.number))
            if kept is None:
                raise QueryForgotten(str(node.number))
            earlier[node.number] = kept
    found = view.search(tree, today=today, history=lambda number: earlier[number].pmids)
    return Hits(
        tuple(int(pmid) for pmid in found.pmids),
        found.translation,
        found.translation_set,
        found.phrases_not_found,
        found.phrases_ignored,
        found.quoted_phrases_not_found,
        unknown_tags=tuple(
            dict.fromkeys(
                node.tag.written
                for node in walk(tree)
                if isinstance(node, Term) and node.tag is not None and node.tag.field is None
            )
        ),
        group_tagged=any(isinstance(node, Group) and node.tag is not None for node in walk(tree)),
    )


def dated(term: str, request: Request, *, today: date) -> str:
    """The term with the limits of datetype, reldate, mindate and maxdate added as PubMed adds them.

    One of mindate and maxdate without the other limits nothing, nor does a date that is none; NBK25499 asks for both.
    Without datetype the entry date is meant.
    """
    tag = _DATE_TAGS.get(request.get("datetype").lower(), "edat")
    days = request.get("reldate")
    span: tuple[date, date] | None = None
    if days.isascii() and days.isdigit() and 0 < int(days) < 400_000:
        span = today - timedelta(days=int(days)), today
    elif (earliest := _bounds(request.get("mindate"))) and (latest := _bounds(request.get("maxdate"))):
        span = earliest[0], latest[1]
    if span is None:
        return term
    first, last = (f"{day:%Y/%m/%d}" for day in span)
    limit = f"{first}:{last}[{tag}]" if first != last else f"{first}[{tag}]"
    return f"{_as_operand(term)} AND {limit}" if term else limit


def in_field(term: str, field: str) -> str:
    """The term with the ``field`` parameter's tag, which counts only where the term has no tag of its own."""
    return f"{term}[{field}]" if field and term and not _FIELD_TAG.search(term) else term


def ordered(pmids: Sequence[int], view: View, sort: str) -> tuple[int, ...]:
    """The result in the order that ``sort`` asks for; an unknown word leaves PubMed's own order, as there.

    Relevance is the default order here, because PubMed's "Best Match" is a trained model that nobody outside can
    repeat.
    """
    records = view.records
    match sort.lower():
        case "pub_date":
            return tuple(sorted(pmids, key=lambda pmid: _published(records[pmid]), reverse=True))
        case "author":
            return tuple(sorted(pmids, key=lambda pmid: _first_author(records[pmid])))
        case "journalname":
            return tuple(sorted(pmids, key=lambda pmid: (records[pmid].journal.abbreviation or "~").casefold()))
        case _:
            return tuple(pmids)


def unknown_sort(sort: str) -> str | None:
    """The word that PubMed does not know as an order, in small letters; None when it knows it or none is asked for.

    The known ones are NBK25499's. ``date``, ``journal`` and ``most recent``, which many programs send, are none (two
    recorded answers of 2026 for ``date``).
    """
    word = sort.lower()
    return word if word and word not in _SORT_WORDS else None


_SORT_WORDS: Final = frozenset({"relevance", "pub_date", "author", "journalname"})


def _as_operand(term: str) -> str:
    """The term in parentheses where it is more than one operand, or cannot be read at all."""
    try:
        return f"({term})" if isinstance(parse(term), Chain) else term
    except StrategyError:
        return f"({term})"


def _bounds(text: str) -> tuple[date, date] | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first
        return first, date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None


def _published(record: Record) -> tuple[date, Pmid]:
    return (record.published.earliest if record.published else date.min), record.pmid


def _first_author(record: Record) -> str:
    author = record.authors[0] if record.authors else None
    return ((author.last_name or author.collective_name or "~") if author else "~").casefold()
