"""One fetch for many topics: every record once, however many topics want it, and an account of each that failed.

A batch that NCBI does not answer fails the topics that wanted its records and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from litwatch.decisions.completeness import is_outage
from litwatch.decisions.newer_versions import MOST_VERSIONS
from litwatch.model.errors import SourceError, SourceRefused
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.search import Fetched
from litwatch.sources.in_flight import ask_in_flight
from litwatch.sources.protocol import FetchesRecords

BATCH = 200
"""Records of one topic that are read again for as much as a search costs."""

A_REQUEST = 400
"""PMIDs a request. Every record in hand is read again each night, so that this number decides how many requests an
article costs beside its search: 0.1 for 38 records."""

AT_ONCE = 3
"""Requests in flight; each may have 8 MB of records in memory."""


@dataclass(slots=True)
class Delivery:
    """What the night's fetch brought, and what became of every other PMID that was wanted."""

    records: dict[Pmid, Record] = field(default_factory=dict)
    missing: set[Pmid] = field(default_factory=set)
    """PubMed answers and does not have them."""
    unreadable: dict[Pmid, str] = field(default_factory=dict)
    unasked: dict[Pmid, str] = field(default_factory=dict)
    """Not answered for, each with the error."""

    def add(self, other: Delivery) -> None:
        """Take in what another fetch brought."""
        self.records |= other.records
        self.missing |= other.missing
        self.unreadable |= other.unreadable
        self.unasked |= other.unasked

    def count(self, wanted: Iterable[Pmid]) -> int:
        """How many of them came."""
        return sum(pmid in self.records for pmid in wanted)

    def left_out(self, wanted: Iterable[Pmid]) -> tuple[Pmid, ...]:
        """Those that PubMed left out."""
        return tuple(pmid for pmid in wanted if pmid in self.missing)

    def broken(self, wanted: Iterable[Pmid]) -> tuple[tuple[Pmid, str], ...]:
        """Those that came and could not be read, each with the reason."""
        return tuple((pmid, self.unreadable[pmid]) for pmid in wanted if pmid in self.unreadable)

    def error(self, wanted: Iterable[Pmid]) -> str | None:
        """Why some of them could not be asked for."""
        return next((self.unasked[pmid] for pmid in wanted if pmid in self.unasked), None)


@dataclass(slots=True)
class Outage:
    """Whether the source has stopped answering, over all fetches of one night."""

    failures: int = 0
    """Batches in a row that brought no usable answer."""
    error: str | None = None
    """Why nothing more is asked for; None as long as it is."""

    def note(self, answer: Fetched | SourceError) -> None:
        """Count a batch that failed, wholly or in part, or one that did not."""
        if isinstance(answer, Fetched):
            self.failures = self.failures + 1 if answer.error else 0
            return
        self.failures += 1
        if is_outage(self.failures, refused=isinstance(answer, SourceRefused)):
            self.error = self.error or str(answer)


def fetch_all(
    groups: Iterable[Collection[Pmid]],
    entrez: FetchesRecords,
    *,
    delivered: Mapping[Pmid, Record] | None = None,
    outage: Outage | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Delivery:
    """Fetch every PMID of the groups once, in this order and in as few requests as hold a group.

    No request mixes groups, so that a record which spoils its batch cannot hide those of another group. What the night
    has ``delivered`` on another way is not asked for again. A failing batch is part of the result. After a refusal or
    in an ``outage`` (``decisions.completeness``), which a night hands on from fetch to fetch, nothing more is asked for
    and the rest shares the error.
    """
    delivered = delivered or {}
    outage = outage or Outage()
    delivery = Delivery()
    wanted = [list(dict.fromkeys(group)) for group in groups]
    delivery.records = {pmid: delivered[pmid] for group in wanted for pmid in group if pmid in delivered}
    batches = _divide([pmid for pmid in group if pmid not in delivered] for group in wanted)
    total = sum(map(len, batches))
    asked = 0

    def asks() -> Iterator[Callable[[], Fetched]]:
        for batch in batches:
            if outage.error is not None:
                return
            yield partial(entrez.fetch, batch)

    answered = 0
    with closing(ask_in_flight(asks(), most=AT_ONCE)) as answers:
        for batch, fetched in zip(batches, answers, strict=False):
            answered += 1
            outage.note(fetched)
            if isinstance(fetched, SourceError):
                delivery.unasked.update(dict.fromkeys(batch, str(fetched)))
                continue
            delivery.unasked.update(dict.fromkeys(fetched.unanswered, fetched.error or ""))
            delivery.records.update((record.pmid, record) for record in fetched.records)
            delivery.missing |= fetched.missing
            delivery.unreadable.update(fetched.unreadable)
            asked += len(batch)
            on_step(f"records, {asked:,} of {total:,} asked for")
    for batch in batches[answered:]:
        delivery.unasked.update(dict.fromkeys(batch, outage.error or ""))
    return delivery


def fetch_notices(
    delivery: Delivery, find_linked: Callable[[Mapping[Pmid, Record]], Iterable[Pmid]], entrez: FetchesRecords
) -> Delivery:
    """Records of notices about cited papers that this night has not brought, read anew every night as the papers are.

    ``find_linked`` names those to be fetched by what is known of them so far: a newer version may itself name a newer
    one. It is asked again after each fetch, ``MOST_VERSIONS`` times at most, until it names none that was not asked.

    Their titles say more than NLM's link does: only there a partial retraction differs from an erratum, and NLM may
    correct them later, as it may retract the newer version of a paper. What could not be asked for or read is the
    citation sweep's failure; that PubMed does not serve a notice itself is none.
    """
    found = Delivery()
    for _ in range(MOST_VERSIONS):
        settled = found.records.keys() | found.missing | found.unreadable.keys() | found.unasked.keys()
        linked = find_linked(delivery.records | found.records)
        wanted = {pmid for pmid in linked if pmid not in delivery.records and pmid not in delivery.unasked} - settled
        if not wanted or found.unasked:
            break
        found.add(fetch_all([sorted(wanted)], entrez))
    return found


def _divide(groups: Iterable[Collection[Pmid]]) -> list[list[Pmid]]:
    batches: list[list[Pmid]] = []
    placed: set[Pmid] = set()
    for group in groups:
        pmids = [pmid for pmid in dict.fromkeys(group) if pmid not in placed]
        placed.update(pmids)
        batches += [pmids[start : start + A_REQUEST] for start in range(0, len(pmids), A_REQUEST)]
    return batches
