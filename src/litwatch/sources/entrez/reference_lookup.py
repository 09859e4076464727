"""From references to records: PubMed asked by PMID, DOI, PMCID, ECitMatch, title and place, for what is not known yet.

What may be proposed for a reference, in which order, and what is believed is decided in ``references.matching``. Here
an article's look-ups are written down as a course of needs: each is answered before the next is told. The needs of many
articles are answered together, with shared requests (``shared_lookups``), and none can tell whether it is alone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from litwatch.model.errors import SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.topic import Pin
from litwatch.references.matching.confidence import judge
from litwatch.references.matching.proposals import (
    LookUp,
    Proposals,
    conclude,
    find_bearers,
    find_unknown,
    follow_pin,
    judge_proposed,
    propose_by_doi,
    propose_by_place,
    propose_by_pmcid,
    propose_known,
    propose_printed_pmids,
    select_waiting,
    still_holds,
)
from litwatch.references.matching.title_search import NEIGHBOURS, write_place_term, write_title_terms
from litwatch.sources.entrez.ecitmatch import Outcome
from litwatch.sources.entrez.shared_lookups import (
    AnswersLookUps,
    Cite,
    Fetch,
    Find,
    Identify,
    LookPlacesUp,
    Need,
    Stock,
    answer_together,
)
from litwatch.sources.protocol import ReferenceAsk, ReferencesMatched

_T = TypeVar("_T")
_Course: TypeAlias = Generator[Need, Any, _T]
"""What an article needs, one after the other, and what comes of it."""


@dataclass(slots=True)
class _Desk:
    """What is known while an article's references are looked up."""

    records: dict[Pmid, Record]
    stage: int = 0
    """How far the look-ups have come: articles are answered together that have come equally far."""
    proposed: dict[int, dict[Pmid, str]] = field(default_factory=dict)
    """Position → PMID → the look-up that proposed it first."""
    unanswered: set[int] = field(default_factory=set)
    """Positions that ECitMatch should have answered and did not."""
    missing: set[Pmid] = field(default_factory=set)
    """PMIDs that PubMed left out of its answers; one whose record cannot be read is not among them."""

    def fetch(self, pmids: Iterable[Pmid]) -> _Course[None]:
        wanted = tuple(pmid for pmid in dict.fromkeys(pmids) if pmid not in self.records)
        if wanted:
            stock: Stock = yield Fetch(self.stage, wanted)
            self.records |= {pmid: stock.records[pmid] for pmid in wanted if pmid in stock.records}
            self.missing |= stock.missing.intersection(wanted)

    def search(self, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> _Course[list[Record]]:
        """The records that bear these identifiers; what else a search for them brings belongs to nobody here."""
        dois, pmcids = tuple(dict.fromkeys(dois)), tuple(dict.fromkeys(pmcids))
        if not dois and not pmcids:
            return []
        found: tuple[Pmid, ...] = yield Identify(self.stage, dois, pmcids)
        unread = tuple(pmid for pmid in found if pmid not in self.records)
        if unread:
            stock: Stock = yield Fetch(self.stage, unread)
            read = {pmid: stock.records[pmid] for pmid in unread if pmid in stock.records}
            self.records |= {pmid: record for pmid, record in read.items() if _bears(record, dois, pmcids)}
        return [self.records[pmid] for pmid in found if pmid in self.records]


def resolve(
    references: Sequence[Reference],
    pins: Iterable[Pin],
    before: Mapping[int, Match],
    known: Mapping[Pmid, Record],
    entrez: AnswersLookUps,
) -> tuple[Match, ...]:
    """One match a reference, in their order.

    ``before`` are the last matches by position: a confirmed one whose record in ``known`` still verifies is kept as it
    is, without a request. ``known`` may hold further records that the references might be. Raises SourceError when NCBI
    cannot be asked; then nothing is known anew.
    """
    (answer,) = resolve_many([ReferenceAsk(references, tuple(pins), before, known)], entrez).answers
    if isinstance(answer, Exception):
        raise answer
    return answer


def resolve_many(asks: Sequence[ReferenceAsk], entrez: AnswersLookUps) -> ReferencesMatched:
    """``resolve`` for many articles, with shared requests: for each its matches, or the error that it met.

    An article gets what it would get alone. What nobody answers is the error of all that needed it.
    """
    answers, stock = answer_together([_look_up(ask) for ask in asks], entrez)
    return ReferencesMatched(tuple(answers), stock.records)


def _look_up(ask: ReferenceAsk) -> _Course[tuple[Match, ...]]:
    desk = _Desk(dict(ask.known))
    matches = yield from _follow_pins(ask.references, ask.pins, desk)
    resting: dict[int, Match] = {}
    for reference in ask.references:
        old = ask.before.get(reference.position)
        if reference.position in matches or old is None:
            continue
        if still_holds(reference, old, ask.known):
            matches[reference.position] = old
        elif old.state is not MatchState.CONFIRMED:
            if reference.position in ask.resting:
                resting[reference.position] = old
        elif old.pmid is not None:
            # What the store has may be what a garbled answer said last night; only PubMed can tell.
            desk.records.pop(old.pmid, None)
    for stage, look_up in enumerate(LookUp, 1):
        desk.stage = stage
        waiting = select_waiting(ask.references, matches)
        if look_up is not LookUp.STORE:  # which asks nobody, so that it goes by what others have found meanwhile
            waiting = [reference for reference in waiting if reference.position not in resting]
        proposals = yield from _ASK[look_up](waiting, desk)
        yield from desk.fetch(pmid for pmids in proposals.values() for pmid in pmids)
        for reference in waiting:
            found = desk.proposed.setdefault(reference.position, {})
            for pmid in proposals.get(reference.position, ()):
                found.setdefault(pmid, look_up.value)
            match = judge_proposed(reference, found, desk.records, look_up.value)
            if reference.position in resting and match.state is MatchState.CONFIRMED:
                del resting[reference.position]
            matches[reference.position] = resting.get(reference.position, match)
    unknown = desk.missing | (find_unknown(ask.before.values()) - desk.records.keys())
    return tuple(
        conclude(
            reference,
            matches.get(reference.position),
            unanswered=reference.position in desk.unanswered,
            unknown=unknown,
        )
        for reference in ask.references
    )


def _follow_pins(references: Sequence[Reference], pins: Iterable[Pin], desk: _Desk) -> _Course[dict[int, Match]]:
    """Matches that an editor has laid down.

    A record in ``desk`` needs no request, so that one which PubMed no longer serves stays what the editor pinned.
    """
    by_position = {pin.position: pin for pin in pins if pin.position is not None}
    pinned = [(reference, by_position[reference.position]) for reference in references
              if reference.position in by_position]  # fmt: skip
    dois = [pin.doi for _, pin in pinned if pin.doi is not None and pin.pmid is None]
    bearers = yield from desk.search(dois=dois)
    pmid_of = find_bearers(dois, bearers)
    yield from desk.fetch(pin.pmid for _, pin in pinned if pin.pmid is not None)
    matches = {}
    for reference, pin in pinned:
        pmid = pin.pmid or (pmid_of.get(pin.doi) if pin.doi else None)
        match = follow_pin(reference, pin, pmid, desk.records, desk.missing)
        if match is not None:
            matches[reference.position] = match
    return matches


def _propose_printed(references: Sequence[Reference], _: _Desk) -> _Course[Proposals]:
    return propose_printed_pmids(references)
    yield  # a course without a need


def _propose_known(references: Sequence[Reference], desk: _Desk) -> _Course[Proposals]:
    return propose_known(references, desk.records)
    yield  # a course without a need


def _ask_by_doi(references: Sequence[Reference], desk: _Desk) -> _Course[Proposals]:
    found = yield from desk.search(dois=[ref.doi for ref in references if ref.doi is not None])
    return propose_by_doi(references, found)


def _ask_by_pmcid(references: Sequence[Reference], desk: _Desk) -> _Course[Proposals]:
    found = yield from desk.search(pmcids=[ref.pmcid for ref in references if ref.pmcid is not None])
    return propose_by_pmcid(references, found)


def _ask_by_citation(references: Sequence[Reference], desk: _Desk) -> _Course[Proposals]:
    """ECitMatch is a convenience: without its answer the title search still finds most."""
    if not references:
        return {}
    try:
        proposals = yield Cite(desk.stage, tuple(references))
    except SourceUnavailable:
        desk.unanswered.update(reference.position for reference in references)
        return {}
    desk.unanswered.update(proposal.position for proposal in proposals if proposal.outcome is Outcome.UNANSWERED)
    return {proposal.position: proposal.pmids for proposal in proposals}


def _ask_by_title(references: Sequence[Reference], desk: _Desk) -> _Course[Proposals]:
    """Neighbours of each title: by all its words, and only where none of them is it, by halves of them."""
    terms = {reference.position: write_title_terms(reference) for reference in references}
    proposals: dict[int, list[Pmid]] = {}
    asked = list(references)
    for turn in range(max(map(len, terms.values()), default=0)):
        asked = [reference for reference in asked if len(terms[reference.position]) > turn]
        answers = yield Find(desk.stage, tuple(terms[reference.position][turn] for reference in asked), NEIGHBOURS)
        yield from desk.fetch(pmid for found in answers for pmid in found)
        waiting = []
        for reference, found in zip(asked, answers, strict=True):
            proposals.setdefault(reference.position, []).extend(found)
            candidates = [desk.records[pmid] for pmid in found if pmid in desk.records]
            if judge(reference, candidates, LookUp.TITLE.value).state is not MatchState.CONFIRMED:
                waiting.append(reference)
        asked = waiting
    return proposals


def _ask_by_place(references: Sequence[Reference], desk: _Desk) -> _Course[Proposals]:
    """What stands at the printed places: for titles that were misread, and for those that PubMed has otherwise."""
    terms = tuple(term for reference in references if (term := write_place_term(reference)) is not None)
    if not terms:
        return {}
    found = yield LookPlacesUp(desk.stage, terms)
    yield from desk.fetch(found)
    return propose_by_place(references, [desk.records[pmid] for pmid in dict.fromkeys(found) if pmid in desk.records])


_ASK: Mapping[LookUp, Callable[[Sequence[Reference], _Desk], _Course[Proposals]]] = {
    LookUp.PRINTED_PMID: _propose_printed,
    LookUp.STORE: _propose_known,
    LookUp.DOI: _ask_by_doi,
    LookUp.PMCID: _ask_by_pmcid,
    LookUp.CITATION: _ask_by_citation,
    LookUp.TITLE: _ask_by_title,
    LookUp.PLACE: _ask_by_place,
}


def _bears(record: Record, dois: tuple[Doi, ...], pmcids: tuple[str, ...]) -> bool:
    return not {record.doi, *record.other_dois}.isdisjoint(dois) or record.pmcid in pmcids
