"""From references to records: PMID as printed, what is known, DOI, PMCID, ECitMatch, title, each verified.

Who proposes a record counts for nothing: ``references.matching`` judges every proposal on what the reference prints. A
reference that stays unconfirmed is looked up again every night. An editor's pin is never overruled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from litwatch.model.errors import SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference, ReferenceKind
from litwatch.model.topic import Pin
from litwatch.references.matching.confidence import judge, judge_pin
from litwatch.references.matching.titles import Likeness, compare_titles
from litwatch.sources.entrez.client import Entrez
from litwatch.sources.entrez.ecitmatch import Outcome
from litwatch.sources.entrez.identifier_search import search_identifiers

_NEIGHBOURS = 20

_STOP_WORDS = frozenset(
    "a about again all almost also although always among an and another any are as at be because been before "
    "being between both but by can could did do does done due during each either enough especially etc for found "
    "from further had has have having here how however i if in into is it its itself just kg km made mainly make "
    "may mg might ml mm most mostly must nearly neither no nor obtained of often on our overall perhaps pmid "
    "quite rather really regarding seem seen several should show showed shown shows significantly since so some "
    "such than that the their theirs them then there therefore these they this those through thus to upon use "
    "used using various very was we were what when which while with within without would".split()
)
"""Words that PubMed does not search for (NLM, PubMed Help, "Stopwords")."""


@dataclass(slots=True)
class _Desk:
    """What is known while references are looked up."""

    entrez: Entrez
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
            fetched = self.entrez.fetch(wanted)
            self.records.update((record.pmid, record) for record in fetched.records)
            self.missing |= fetched.missing

    def judge(self, reference: Reference, method: str) -> Match:
        """Judge everything proposed so far, so that a later look-up's find has the earlier ones for rivals."""
        proposed = self.proposed.get(reference.position, {})
        match = judge(reference, [self.records[pmid] for pmid in proposed if pmid in self.records], method)
        return match if match.pmid is None else replace(match, method=proposed[match.pmid])


def resolve(
    references: Sequence[Reference],
    pins: Iterable[Pin],
    before: Mapping[int, Match],
    known: Mapping[Pmid, Record],
    entrez: Entrez,
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
        if _still_holds(reference, old, known):
            matches[reference.position] = old
        elif old.state is MatchState.CONFIRMED and old.pmid is not None:
            # What the store has may be what a garbled answer said last night; only PubMed can tell.
            desk.records.pop(old.pmid, None)
    for method, propose in _LOOK_UPS.items():
        waiting = [ref for ref in references if _is_open(matches.get(ref.position)) and _may_be_in_pubmed(ref)]
        proposals = propose(waiting, desk)
        desk.fetch(pmid for pmids in proposals.values() for pmid in pmids)
        for reference in waiting:
            found = desk.proposed.setdefault(reference.position, {})
            for pmid in proposals.get(reference.position, ()):
                found.setdefault(pmid, method)
            matches[reference.position] = desk.judge(reference, method)
    return tuple(_finish(reference, matches.get(reference.position), desk) for reference in references)


def _follow_pins(references: Sequence[Reference], pins: Iterable[Pin], desk: _Desk) -> dict[int, Match]:
    """Matches that an editor has laid down: compared with what is printed, refused only where PubMed has no record.

    A record in ``desk`` needs no request, so that one which PubMed no longer serves stays what the editor pinned.
    """
    by_position = {pin.position: pin for pin in pins if pin.position is not None}
    pinned = [(reference, by_position[reference.position]) for reference in references
              if reference.position in by_position]  # fmt: skip
    dois = [pin.doi for _, pin in pinned if pin.doi is not None and pin.pmid is None]
    pmid_of = _find_dois(dois, desk)
    desk.fetch(pin.pmid for _, pin in pinned if pin.pmid is not None)
    matches = {}
    for reference, pin in pinned:
        position = reference.position
        pmid = pin.pmid or (pmid_of.get(pin.doi) if pin.doi else None)
        if pmid in desk.records:
            matches[position] = judge_pin(reference, desk.records[pmid])
        elif pmid in desk.missing:
            reason = f"The topic file pins PMID {pmid}, which PubMed does not have; correct the pin."
            matches[position] = Match(position, MatchState.NOT_FOUND, None, 0.0, "pinned", reason)
        elif pmid is not None:
            reason = "An editor pinned this record; what PubMed delivered of it could not be read."
            matches[position] = Match(position, MatchState.CONFIRMED, pmid, 1.0, "pinned", reason)
        elif pin.not_in_pubmed:
            matches[position] = Match(
                position, MatchState.NOT_FOUND, None, 1.0, "pinned", "An editor says that it is not in PubMed."
            )
        elif pin.doi:
            matches[position] = Match(
                position,
                MatchState.NOT_FOUND,
                None,
                0.0,
                "pinned",
                f"PubMed has no record with the pinned DOI {pin.doi}.",
            )
    return matches


def _still_holds(reference: Reference, old: Match, known: Mapping[Pmid, Record]) -> bool:
    if old.state is not MatchState.CONFIRMED or old.method == "pinned" or old.pmid is None or old.pmid not in known:
        return False
    return judge(reference, [known[old.pmid]], old.method).state is MatchState.CONFIRMED


def _is_open(match: Match | None) -> bool:
    return match is None or (match.state is not MatchState.CONFIRMED and match.method != "pinned")


def _may_be_in_pubmed(reference: Reference) -> bool:
    """Drug labels are not; they are looked up only by a printed identifier."""
    return reference.kind is not ReferenceKind.DRUG_LABEL or reference.pmid is not None or reference.doi is not None


def _finish(reference: Reference, match: Match | None, desk: _Desk) -> Match:
    if match is None:
        reason = "A drug label is no PubMed record."
        return Match(reference.position, MatchState.NOT_FOUND, None, 0.0, "title", reason)
    if reference.position in desk.unanswered and _is_open(match):
        return replace(match, reason=f"{match.reason} ECitMatch did not answer; the next run asks again.")
    return match


_Proposals = Mapping[int, Sequence[Pmid]]


def _propose_printed_pmids(references: Sequence[Reference], _: _Desk) -> _Proposals:
    return {ref.position: (ref.pmid,) for ref in references if ref.pmid is not None}


def _propose_known(references: Sequence[Reference], desk: _Desk) -> _Proposals:
    """Records in hand that bear the printed identifier or, where none is printed, the title."""
    return {
        ref.position: tuple(pmid for pmid, record in desk.records.items() if _may_be(ref, record)) for ref in references
    }


def _may_be(reference: Reference, record: Record) -> bool:
    if reference.pmid or reference.doi or reference.pmcid:
        # Another record of the same title, a preprint say, must not come before the one that the entry names.
        named = {reference.pmid, reference.doi, reference.pmcid} - {None}
        return not named.isdisjoint({record.pmid, record.doi, record.pmcid, *record.other_dois})
    return compare_titles(reference.title, record.title).kind >= Likeness.SHORTENED


def _propose_by_doi(references: Sequence[Reference], desk: _Desk) -> _Proposals:
    pmid_of = _find_dois([ref.doi for ref in references if ref.doi is not None], desk)
    return {ref.position: (pmid_of[ref.doi],) for ref in references if ref.doi is not None and ref.doi in pmid_of}


def _propose_by_pmcid(references: Sequence[Reference], desk: _Desk) -> _Proposals:
    wanted = {ref.position: ref.pmcid for ref in references if ref.pmcid is not None}
    found = _search_identifiers(desk, pmcids=wanted.values())
    return {
        position: tuple(record.pmid for record in found if record.pmcid == pmcid) for position, pmcid in wanted.items()
    }


def _propose_by_citation(references: Sequence[Reference], desk: _Desk) -> _Proposals:
    """ECitMatch is a convenience: without its answer the title search still finds most."""
    try:
        proposals = desk.entrez.match_citations(references)
    except SourceUnavailable:
        desk.unanswered.update(reference.position for reference in references)
        return {}
    desk.unanswered.update(proposal.position for proposal in proposals if proposal.outcome is Outcome.UNANSWERED)
    return {proposal.position: proposal.pmids for proposal in proposals}


def _propose_by_title(references: Sequence[Reference], desk: _Desk) -> _Proposals:
    """Neighbours of each title: by all its words, and only where none of them is it, by halves of them."""
    proposals: dict[int, list[Pmid]] = {}
    for reference in references:
        for term in write_title_terms(reference):
            found = desk.entrez.find(term, limit=_NEIGHBOURS)
            proposals.setdefault(reference.position, []).extend(found)
            desk.fetch(found)
            candidates = [desk.records[pmid] for pmid in found if pmid in desk.records]
            if judge(reference, candidates, "title").state is MatchState.CONFIRMED:
                break
    return proposals


_LOOK_UPS: dict[str, Callable[[Sequence[Reference], _Desk], _Proposals]] = {
    "pmid": _propose_printed_pmids,
    "store": _propose_known,
    "doi": _propose_by_doi,
    "pmcid": _propose_by_pmcid,
    "ecitmatch": _propose_by_citation,
    "title": _propose_by_title,
}


def _find_dois(dois: Sequence[Doi], desk: _Desk) -> dict[Doi, Pmid]:
    """The record that bears each DOI."""
    bearers = _search_identifiers(desk, dois=dois)
    return {doi: record.pmid for doi in dois for record in reversed(bearers) if doi in {record.doi, *record.other_dois}}


def _search_identifiers(desk: _Desk, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> list[Record]:
    """The records that PubMed's search for identifiers brings, others than their bearers among them."""
    found = [pmid for search in search_identifiers(desk.entrez, dois, pmcids) for pmid in search.pmids]
    desk.fetch(found)
    return [desk.records[pmid] for pmid in found if pmid in desk.records]


def write_title_terms(reference: Reference) -> tuple[str, ...]:
    """Searches for a title, strictest first; none for a title of fewer than two words that PubMed would search for.

    One mistyped word empties a search that ANDs them all, so the second needs only every other word, or a few beside
    the first author, within a year of the printed one.
    """
    words = [word for word in re.findall(r"[^\W_]+", reference.title.lower()) if word not in _STOP_WORDS]
    words = [word for word in dict.fromkeys(words) if len(word) > 1 or word.isdigit()][:16]
    if len(words) < 2:
        return ()
    all_of_them = _and(words)
    looser = [_and(words[0::2]), _and(words[1::2])] if len(words) >= 4 else []
    surname = _surname(reference)
    if surname:
        looser.append(
            f"{surname}[au] AND ({' OR '.join(f'{word}[ti]' for word in words if len(word) > 3) or all_of_them})"
        )
    if not looser:
        return (all_of_them,)
    years = f" AND {reference.year - 1}:{reference.year + 1}[dp]" if reference.year else ""
    return all_of_them, f"({' OR '.join(f'({term})' for term in looser)}){years}"


def _and(words: Sequence[str]) -> str:
    return " AND ".join(f"{word}[ti]" for word in words)


def _surname(reference: Reference) -> str | None:
    """The longest word of the first printed author, which is hardly ever a given name's initial."""
    words: list[str] = re.findall(r"[^\W\d_]{3,}", next(iter(reference.authors), ""))
    if not words or len(words) > 3:
        return None
    return words[0] if "," in reference.authors[0] else max(words, key=len)
