"""From references to records: PubMed asked by PMID, DOI, PMCID, ECitMatch, title and place, for what is not known yet.

What may be proposed for a reference, in which order, and what is believed is decided in ``references.matching``. A
reference that stays unconfirmed is looked up again every night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from litwatch.model.errors import SourceError, SourceUnavailable
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
from litwatch.sources.entrez.ecitmatch import Outcome, Proposal
from litwatch.sources.protocol import FetchesRecords, ReferenceAsk, ReferencesMatched, SearchesIdentifiers

_PLACES_AT_ONCE = 10
"""Places in one search; each brings one record, or hardly more."""


class AnswersLookUps(FetchesRecords, SearchesIdentifiers, Protocol):
    """What the look-ups ask of PubMed; ``Entrez`` answers all of it."""

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        """The first PMIDs by relevance."""
        ...

    def match_citations(self, references: Iterable[Reference]) -> tuple[Proposal, ...]:
        """ECitMatch's proposals."""
        ...


@dataclass(slots=True)
class _Desk:
    """What is known while references are looked up."""

    entrez: AnswersLookUps
    records: dict[Pmid, Record]
    proposed: dict[int, dict[Pmid, str]] = field(default_factory=dict)
    """Position → PMID → the look-up that proposed it first."""
    unanswered: set[int] = field(default_factory=set)
    """Positions that ECitMatch should have answered and did not."""
    missing: set[Pmid] = field(default_factory=set)
    """PMIDs that PubMed left out of its answers; one whose record cannot be read is not among them."""

    def fetch(self, pmids: Iterable[Pmid]) -> None:
        wanted = [pmid for pmid in dict.fromkeys(pmids) if pmid not in self.records]
        if wanted:
            fetched = self.entrez.fetch(wanted).whole()
            self.records.update((record.pmid, record) for record in fetched.records)
            self.missing |= fetched.missing

    def search(self, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> list[Record]:
        """The records that PubMed's search for identifiers brings, others than their bearers among them."""
        found = [pmid for search in self.entrez.search_identifiers(dois, pmcids) for pmid in search.pmids]
        self.fetch(found)
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
    desk = _Desk(entrez, dict(known))
    matches = _follow_pins(references, pins, desk)
    for reference in references:
        old = before.get(reference.position)
        if reference.position in matches or old is None:
            continue
        if still_holds(reference, old, known):
            matches[reference.position] = old
        elif old.state is MatchState.CONFIRMED and old.pmid is not None:
            # What the store has may be what a garbled answer said last night; only PubMed can tell.
            desk.records.pop(old.pmid, None)
    for look_up in LookUp:
        waiting = select_waiting(references, matches)
        proposals = _ASK[look_up](waiting, desk)
        desk.fetch(pmid for pmids in proposals.values() for pmid in pmids)
        for reference in waiting:
            found = desk.proposed.setdefault(reference.position, {})
            for pmid in proposals.get(reference.position, ()):
                found.setdefault(pmid, look_up.value)
            matches[reference.position] = judge_proposed(reference, found, desk.records, look_up.value)
    unknown = desk.missing | (find_unknown(before.values()) - desk.records.keys())
    return tuple(
        conclude(
            reference,
            matches.get(reference.position),
            unanswered=reference.position in desk.unanswered,
            unknown=unknown,
        )
        for reference in references
    )


def resolve_many(asks: Sequence[ReferenceAsk], entrez: AnswersLookUps) -> ReferencesMatched:
    """``resolve`` for many articles: for each its matches, or the SourceError that it met."""
    answers: list[tuple[Match, ...] | SourceError] = []
    for ask in asks:
        try:
            answers.append(resolve(ask.references, ask.pins, ask.before, ask.known, entrez))
        except SourceError as error:
            answers.append(error)
    return ReferencesMatched(tuple(answers))


def _follow_pins(references: Sequence[Reference], pins: Iterable[Pin], desk: _Desk) -> dict[int, Match]:
    """Matches that an editor has laid down.

    A record in ``desk`` needs no request, so that one which PubMed no longer serves stays what the editor pinned.
    """
    by_position = {pin.position: pin for pin in pins if pin.position is not None}
    pinned = [(reference, by_position[reference.position]) for reference in references
              if reference.position in by_position]  # fmt: skip
    dois = [pin.doi for _, pin in pinned if pin.doi is not None and pin.pmid is None]
    pmid_of = find_bearers(dois, desk.search(dois=dois))
    desk.fetch(pin.pmid for _, pin in pinned if pin.pmid is not None)
    matches = {}
    for reference, pin in pinned:
        pmid = pin.pmid or (pmid_of.get(pin.doi) if pin.doi else None)
        match = follow_pin(reference, pin, pmid, desk.records, desk.missing)
        if match is not None:
            matches[reference.position] = match
    return matches


def _ask_by_doi(references: Sequence[Reference], desk: _Desk) -> Proposals:
    return propose_by_doi(references, desk.search(dois=[ref.doi for ref in references if ref.doi is not None]))


def _ask_by_pmcid(references: Sequence[Reference], desk: _Desk) -> Proposals:
    return propose_by_pmcid(references, desk.search(pmcids=[ref.pmcid for ref in references if ref.pmcid is not None]))


def _ask_by_citation(references: Sequence[Reference], desk: _Desk) -> Proposals:
    """ECitMatch is a convenience: without its answer the title search still finds most."""
    try:
        proposals = desk.entrez.match_citations(references)
    except SourceUnavailable:
        desk.unanswered.update(reference.position for reference in references)
        return {}
    desk.unanswered.update(proposal.position for proposal in proposals if proposal.outcome is Outcome.UNANSWERED)
    return {proposal.position: proposal.pmids for proposal in proposals}


def _ask_by_title(references: Sequence[Reference], desk: _Desk) -> Proposals:
    """Neighbours of each title: by all its words, and only where none of them is it, by halves of them."""
    proposals: dict[int, list[Pmid]] = {}
    for reference in references:
        for term in write_title_terms(reference):
            found = desk.entrez.find(term, limit=NEIGHBOURS)
            proposals.setdefault(reference.position, []).extend(found)
            desk.fetch(found)
            candidates = [desk.records[pmid] for pmid in found if pmid in desk.records]
            if judge(reference, candidates, LookUp.TITLE.value).state is MatchState.CONFIRMED:
                break
    return proposals


def _ask_by_place(references: Sequence[Reference], desk: _Desk) -> Proposals:
    """What stands at the printed places: for titles that were misread, and for those that PubMed has otherwise."""
    terms = [term for reference in references if (term := write_place_term(reference)) is not None]
    found: list[Pmid] = []
    for start in range(0, len(terms), _PLACES_AT_ONCE):
        found += desk.entrez.find(" OR ".join(terms[start : start + _PLACES_AT_ONCE]), limit=_PLACES_AT_ONCE * 3)
    desk.fetch(found)
    return propose_by_place(references, [desk.records[pmid] for pmid in dict.fromkeys(found) if pmid in desk.records])


_ASK: Mapping[LookUp, Callable[[Sequence[Reference], _Desk], Proposals]] = {
    LookUp.PRINTED_PMID: lambda references, _: propose_printed_pmids(references),
    LookUp.STORE: lambda references, desk: propose_known(references, desk.records),
    LookUp.DOI: _ask_by_doi,
    LookUp.PMCID: _ask_by_pmcid,
    LookUp.CITATION: _ask_by_citation,
    LookUp.TITLE: _ask_by_title,
    LookUp.PLACE: _ask_by_place,
}
