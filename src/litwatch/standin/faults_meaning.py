"""Faults of meaning: a well-formed answer that is short, shifted, contradictory or about something else.

Bends work on what a utility is about to say: ``hits`` (a search's whole result), ``page`` (what one answer shows of
it), ``pmids`` (identifiers wanted), ``records`` (their bytes) and ``lines`` (of ECitMatch).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from types import MappingProxyType
from typing import Any, Final

from litwatch.standin.corpus import View
from litwatch.standin.esearch import Page
from litwatch.standin.fault import Bend, Change, Fault, FaultKind, one_record, root_of
from litwatch.standin.occasion import Occasion, forgotten
from litwatch.standin.search import Hits
from litwatch.standin.web import Answer

_RECORDS: Final = ("efetch",)
_SEARCH: Final = ("esearch",)
_BY_ID: Final = ("efetch", "esummary")


def _on(kind: str, bend: Callable[[Any], Any]) -> tuple[str, Bend]:
    return kind, lambda value, *_: bend(value)


def _fault(name: str, says: str, bend: tuple[str, Bend], utilities: tuple[str, ...], *, passing: bool = False) -> Fault:
    return Fault(name, FaultKind.MEANING, says, None, MappingProxyType(dict([bend])), utilities, passing)


def _changed(name: str, says: str, change: Change, utilities: tuple[str, ...]) -> Fault:
    return Fault(name, FaultKind.MEANING, says, change, utilities=utilities)


def _without_some(records: list[bytes], _: View, random: Random) -> list[bytes]:
    if not records:
        return records
    lost = set(random.sample(range(len(records)), max(1, len(records) // 10)))
    return [record for place, record in enumerate(records) if place not in lost]


def _others(pmids: Sequence[int], view: View, random: Random) -> list[int]:
    rest = sorted(set(view.pmids) - set(pmids))
    return random.sample(rest, min(len(pmids), len(rest)))


def _other_hits(hits: Hits, view: View, random: Random) -> Hits:
    found = tuple(sorted(_others(tuple(hits.pmids), view, random), reverse=True))
    return replace(hits, pmids=found, translation="somebody[All Fields] AND else[All Fields]")


def _one_more(records: list[bytes], view: View, random: Random) -> list[bytes]:
    pmids = sorted(view.pmids)
    others = (view.xml(pmid) for pmid in random.sample(pmids, len(pmids)))
    return [*records, *islice((xml for xml in others if xml is not None and xml not in records), 1)]


def _shuffled(values: list[Any], _: View, random: Random) -> list[Any]:
    shuffled = list(values)
    random.shuffle(shuffled)
    return shuffled if shuffled != list(values) else list(reversed(values))


def _shifted(hits: Hits, _: View, random: Random) -> Hits:
    gone = random.randint(1, 3)
    return replace(hits, pmids=hits.pmids[gone:])


def _wrong_pmid(lines: list[str], view: View, random: Random) -> list[str]:
    pmids = sorted(view.pmids)
    return [
        re.sub(r"\|(\d+)$", lambda right: f"|{random.choice([p for p in pmids if str(p) != right[1]])}", line)
        for line in lines
    ]


def _forgotten(answer: Answer, occasion: Occasion, _: Random) -> Answer:
    return forgotten(occasion, root_of(occasion)) if occasion.request.get("query_key") else answer


def _countless(answer: Answer, *_: object) -> Answer:
    body = re.sub(rb"<Count>\d+</Count>|\"count\":\"\d+\",?", b"", answer.body, count=1)
    return replace(answer, body=body)


def _tombstone(record: bytes) -> bytes:
    pmid = re.search(rb"<PMID[^>]*>\s*\d+\s*</PMID>", record)
    return b"<DeleteCitation>" + (pmid[0] if pmid else b"") + b"</DeleteCitation>"


def _deleted(records: list[bytes], _: View, random: Random) -> list[bytes]:
    if not records:
        return records
    place = random.randrange(len(records))
    # The DTD has DeleteCitation last.
    return [*records[:place], *records[place + 1 :], _tombstone(records[place])]


def _dated_ahead(record: bytes) -> bytes:
    return re.sub(rb"(<PubDate>\s*<Year>)\d{4}", rb"\g<1>2099", record)


def _page(bend: Callable[[Page], Page]) -> tuple[str, Bend]:
    return _on("page", bend)


def _hits(bend: Callable[[Hits], Hits]) -> tuple[str, Bend]:
    return _on("hits", bend)


FAULTS: Final = (
    _fault("omitted-ids", "a tenth of the records, at least one, is left out", ("records", _without_some), _RECORDS),
    _fault(
        "short-page",
        "only the first half of the records comes",
        _on("records", lambda records: records[: len(records) // 2]),
        _RECORDS,
    ),
    _fault("no-records", "an empty set, although the records exist", _on("records", lambda _: []), _RECORDS),
    _fault(
        "duplicate-records", "every record comes twice", _on("records", lambda records: [*records, *records]), _RECORDS
    ),
    _fault("unasked-record", "one record more than asked for", ("records", _one_more), _RECORDS),
    _fault("shuffled-records", "the records come in another order", ("records", _shuffled), _RECORDS),
    Fault(
        "mixed-up",
        FaultKind.MEANING,
        "the answer to somebody else's request",
        bends=MappingProxyType({"pmids": _others, "hits": _other_hits}),
        utilities=(*_BY_ID, *_SEARCH),
    ),
    _fault(
        "version-2",
        "one record comes as version 2 of its PMID",
        ("records", one_record(lambda record: re.sub(rb'<PMID Version="1">', b'<PMID Version="2">', record, count=1))),
        _RECORDS,
    ),
    _fault("deleted-record", "one record comes as a DeleteCitation", ("records", _deleted), _RECORDS),
    _fault("future-date", "one record is published in 2099", ("records", one_record(_dated_ahead)), _RECORDS),
    _fault(
        "notice-without-pmid",
        "the notices lose their PMIDs",
        _on(
            "records",
            lambda records: [re.sub(rb"(</RefSource>)\s*<PMID[^>]*>\d+</PMID>", rb"\1", record) for record in records],
        ),
        _RECORDS,
    ),
    _fault("result-shifts", "the result has lost its newest records since the last page", ("hits", _shifted), _SEARCH),
    _fault(
        "count-shrinks",
        "nine tenths of the result are gone",
        _hits(lambda hits: replace(hits, pmids=hits.pmids[: len(hits.pmids) // 10])),
        _SEARCH,
    ),
    _fault(
        "false-zero",
        "no hits, without any warning, as in a year-end's MeSH silence",
        _hits(lambda hits: replace(hits, pmids=())),
        _SEARCH,
    ),
    _fault(
        "translation-changes",
        "the same term is understood otherwise",
        _hits(lambda hits: replace(hits, translation=f'{hits.translation} OR "year end"[MeSH Terms]')),
        _SEARCH,
    ),
    _fault(
        "phrase-dropped",
        "a warning: a quoted phrase was not found",
        _hits(
            lambda hits: replace(
                hits, quoted_phrases_not_found=(*hits.quoted_phrases_not_found, '"insulin resistance"[tiab]')
            )
        ),
        _SEARCH,
    ),
    _fault(
        "phrase-ignored",
        "a warning: a phrase was ignored",
        _hits(lambda hits: replace(hits, phrases_ignored=(*hits.phrases_ignored, "of"))),
        _SEARCH,
    ),
    _fault(
        "count-without-ids", "Count says so many, IdList is empty", _page(lambda page: replace(page, pmids=())), _SEARCH
    ),
    _fault(
        "ids-missing",
        "IdList is shorter than RetMax says",
        _page(lambda page: replace(page, pmids=page.pmids[: len(page.pmids) // 2])),
        _SEARCH,
    ),
    _fault(
        "count-too-low",
        "Count is smaller than the identifiers shown",
        _page(lambda page: replace(page, count=max(0, len(page.pmids) - 1))),
        _SEARCH,
    ),
    _changed("count-missing", "no Count at all", _countless, _SEARCH),
    _changed(
        "history-lost",
        "Unable to obtain query #n, although it was just made",
        _forgotten,
        ("esearch", "esummary", "efetch", "elink"),
    ),
    _fault(
        "wrong-pmid", "ECitMatch returns other records' PMIDs, sure of itself", ("lines", _wrong_pmid), ("ecitmatch",)
    ),
    _fault(
        "lines-missing",
        "ECitMatch leaves out every second line",
        _on("lines", lambda lines: lines[::2] if len(lines) > 1 else []),
        ("ecitmatch",),
    ),
    _fault("lines-reordered", "ECitMatch answers in another order", ("lines", _shuffled), ("ecitmatch",)),
)
"""Records first, then searches, then citations."""
