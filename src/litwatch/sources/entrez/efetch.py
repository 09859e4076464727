"""EFetch: the records of a list of PMIDs, with an account of every one that did not come.

EFetch reports a missing record by leaving it out, so what was asked minus what came is computed every time, and what
was left out is asked for again until that brings nothing more. It is asked for together with a few control records,
which PubMed certainly has: only an answer that holds one of them tells that PubMed does not have the others. An answer
without any record comes from an outage as well as from wrong PMIDs. Records that nobody asked for are rejected: an
answer to somebody else's request is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from litwatch.decisions.completeness import proves_absence
from litwatch.model.errors import AnswerUnreadable, SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.search import Fetched
from litwatch.sources.entrez.control_records import ControlRecords
from litwatch.sources.entrez.replies import check_xml_text
from litwatch.sources.entrez.retries import AnswerTooLarge, Asker
from litwatch.sources.entrez.transport import Unusable
from litwatch.sources.in_flight import ask_in_flight
from litwatch.sources.pubmed_xml import ParsedSet, parse_article_set

BATCH = 400
"""PMIDs a request: 400 records have about 8 MB, which at 1 Mbit/s take a third of a request's time. NCBI asks for POST
from about 200 on (NBK25499) and gives up to 10,000 records."""

AT_ONCE = 3
"""Requests in flight: each may have a whole body in memory."""


@dataclass(slots=True)
class _Tray:
    """What has come so far."""

    records: dict[Pmid, Record] = field(default_factory=dict)
    unreadable: dict[Pmid, str] = field(default_factory=dict)
    error: SourceError | None = None
    """Why not all could be asked for; then nothing more is."""

    def without(self, pmids: Iterable[Pmid]) -> list[Pmid]:
        return [pmid for pmid in pmids if pmid not in self.records]

    def add(self, other: _Tray) -> None:
        self.records |= other.records
        self.unreadable |= other.unreadable
        self.error = self.error or other.error


def fetch(
    asker: Asker,
    pmids: Iterable[Pmid],
    controls: ControlRecords,
    on_progress: Callable[[int, int], None] | None = None,
) -> Fetched:
    """Fetch records; ``on_progress`` is told (PMIDs asked for, PMIDs in all) after each request.

    PMIDs that usable answers left out twice are ``missing``. When NCBI stops giving usable answers, what came is kept
    and the rest is ``unanswered``. Raises SourceError when nothing came at all.
    """
    wanted = list(dict.fromkeys(pmids))
    tray = _Tray()
    _fetch_all(asker, wanted, tray, on_progress=on_progress)
    # A record may be unreadable because it was damaged on its way, so it is asked for again like one left out.
    left_out, before = tray.without(wanted), -1
    while left_out and len(left_out) != before and not tray.error:
        before = len(left_out)
        try:
            known = controls.choose(tray.records, left_out)
        except SourceError as error:
            tray.error = error
            break
        _fetch_all(asker, left_out, tray, known)
        controls.note(() if tray.error else known)
        left_out = tray.without(left_out)
    if tray.error and not tray.records:
        raise tray.error
    left_out = tray.without(wanted)
    controls.note(tray.records)
    absent = frozenset(pmid for pmid in left_out if pmid not in tray.unreadable)
    return Fetched(
        records=tuple(tray.records[pmid] for pmid in wanted if pmid in tray.records),
        missing=frozenset() if tray.error else absent,
        unreadable=tuple((pmid, tray.unreadable[pmid]) for pmid in left_out if pmid in tray.unreadable),
        unanswered=absent if tray.error else frozenset(),
        error=str(tray.error) if tray.error and absent else None,
    )


def _fetch_all(
    asker: Asker,
    wanted: list[Pmid],
    tray: _Tray,
    controls: tuple[Pmid, ...] = (),
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Ask for all of them, a few requests at a time; after one without a usable answer for no more."""
    size = BATCH - len(controls)

    def asks() -> Iterator[Callable[[], _Tray]]:
        for start in range(0, len(wanted), size):
            if tray.error is None:
                yield partial(_fill, asker, wanted[start : start + size], controls)

    with closing(ask_in_flight(asks(), most=AT_ONCE)) as trays:
        for number, filled in enumerate(trays, 1):
            if isinstance(filled, SourceError):
                raise filled
            tray.add(filled)
            if on_progress and not filled.error:
                on_progress(min(number * size, len(wanted)), len(wanted))


def _fill(asker: Asker, batch: list[Pmid], controls: tuple[Pmid, ...]) -> _Tray:
    """What one request, or its halves, brought, with the error that ended it."""
    tray = _Tray()
    try:
        _fetch_batch(asker, batch, tray, controls)
    except SourceError as error:
        tray.error = error
    return tray


def _fetch_batch(asker: Asker, batch: list[Pmid], tray: _Tray, controls: tuple[Pmid, ...] = ()) -> None:
    """Ask for one batch; one that is too large, or holds a record that cannot be named, is asked for in halves.

    With ``controls``, an answer that leaves something out is usable only if it holds one of them.
    """
    asked = (*controls, *batch)
    try:
        parsed = asker.ask(
            "efetch",
            lambda body: _read_set(body, asked, controls),
            db="pubmed",
            id=",".join(map(str, asked)),
            retmode="xml",
        )
    except AnswerTooLarge as error:
        if len(batch) == 1:
            tray.unreadable[batch[0]] = str(error)
        else:
            _fetch_halves(asker, batch, tray, controls)
        return
    for record in sorted(parsed.records, key=lambda record: record.version):
        if record.pmid not in controls:
            tray.records[record.pmid] = record
    nameless = False
    for unreadable in parsed.unreadable:
        if unreadable.pmid in controls:
            continue
        if unreadable.pmid is not None:
            tray.unreadable[Pmid(unreadable.pmid)] = str(unreadable)
        elif len(batch) == 1:
            tray.unreadable[batch[0]] = str(unreadable)
        else:
            nameless = True
    if nameless and (rest := [pmid for pmid in tray.without(batch) if pmid not in tray.unreadable]):
        _fetch_halves(asker, rest, tray, controls)


def _fetch_halves(asker: Asker, batch: list[Pmid], tray: _Tray, controls: tuple[Pmid, ...]) -> None:
    half = (len(batch) + 1) // 2
    for part in filter(None, (batch[:half], batch[half:])):
        _fetch_batch(asker, part, tray, controls)


def _read_set(body: bytes, asked: tuple[Pmid, ...], controls: tuple[Pmid, ...]) -> ParsedSet:
    check_xml_text(body, "PubmedArticleSet")
    try:
        parsed = parse_article_set(body)
    except AnswerUnreadable as error:
        raise Unusable(str(error)) from None
    named = {record.pmid for record in parsed.records}
    named |= {Pmid(unreadable.pmid) for unreadable in parsed.unreadable if unreadable.pmid is not None}
    if strangers := named.difference(asked):
        raise Unusable(f"the answer holds PMID {min(strangers)}, which nobody asked for")
    leaves_out = not named.union(parsed.deleted, controls).issuperset(asked)
    if controls and leaves_out and not proves_absence(named, controls):
        raise Unusable(f"the answer leaves out PMID {controls[0]}, which PubMed has")
    return parsed
