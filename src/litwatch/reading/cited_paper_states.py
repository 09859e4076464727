"""How cited papers stand, from what the store has observed: the input of ``decisions.paper_state``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from litwatch.decisions.merged_records import find_survivors
from litwatch.decisions.newer_versions import MOST_VERSIONS, updates_of
from litwatch.decisions.notice_coverage import CoverageGap, TableAge, find_coverage_gaps, find_unwatched
from litwatch.decisions.paper_state import Integrity, judge
from litwatch.model.identifiers import Doi, Pmid, is_pmid
from litwatch.model.paper_notice import FurtherNotice, PaperState
from litwatch.model.record import Record, RefType, blank_record
from litwatch.model.reference import Match, Reference, ReferenceKind
from litwatch.model.text.safe_text import clip
from litwatch.reading.known_papers import PaperSource
from litwatch.store import FateState

_TELLING = frozenset(
    {
        RefType.ERRATUM_IN,
        RefType.RETRACTION_IN,
        RefType.RETRACTED_AND_REPUBLISHED_IN,
        RefType.EXPRESSION_OF_CONCERN_IN,
        RefType.CORRECTED_AND_REPUBLISHED_IN,
        RefType.UPDATE_IN,
    }
)
"""Links whose other end is worth reading: its title tells a partial retraction, a withdrawal, a successor."""


def notices_on(records: Iterable[Record], known: Mapping[Pmid, Record] | None = None) -> tuple[Pmid, ...]:
    """PMIDs of the notices and newer versions that stand on these records, without repeats.

    Of a newer version that is ``known`` the version that follows, too, and so on, ``MOST_VERSIONS`` deep.
    """
    linked = (notice for record in records for notice in record.notices if notice.ref_type in _TELLING)
    found = dict.fromkeys(notice.pmid for notice in linked if notice.pmid is not None)
    level = list(found)
    for _ in range(MOST_VERSIONS):
        versions = (pmid for each in level if known and each in known for pmid in updates_of(known[each]))
        level = [pmid for pmid in dict.fromkeys(versions) if pmid not in found]
        found |= dict.fromkeys(level)
    return tuple(found)


def read_linked(records: Collection[Record], papers: PaperSource) -> dict[Pmid, Record]:
    """The records of the notices and newer versions that stand on these records, chains of versions to their end."""
    known: dict[Pmid, Record] = {}
    while len(known) < len(wanted := notices_on(records, known)):
        found = papers.current_records([pmid for pmid in wanted if pmid not in known])
        if not found:
            break
        known |= found
    return known


def read_papers(numbers: Collection[Pmid], papers: PaperSource) -> dict[Pmid, Record]:
    """What can be shown of papers: the current records, and of works that PubMed does not have title and DOI."""
    works = {number: show_work(number, work.doi, work.title) for number, work in papers.cited_works(numbers).items()}
    return {**papers.current_records(numbers), **works}


def show_work(number: Pmid, doi: Doi, title: str) -> Record:
    """A record in place of the one that PubMed does not have; ``number`` is the work's ``number_of_work``."""
    return replace(blank_record(number, clip(title, 300), status="not in PubMed"), doi=doi)


def read_integrity(
    pmids: Collection[Pmid], papers: PaperSource, *, works: Mapping[Doi, Pmid] = MappingProxyType({})
) -> dict[Pmid, Integrity]:
    """How each paper stands by what the store knows, by PMID or number of a work; ``works`` are those of which no night
    has noted the DOI.
    """
    histories = papers.record_histories(pmids)
    newest = {pmid: history[-1][1] for pmid, history in histories.items()}
    notices = read_linked(newest.values(), papers)
    further = further_notices(newest, pmids, papers, works=works)
    by_doi = dois_of(newest, pmids, papers, works=works)
    asked = {by_doi[doi] for doi in papers.update_looks(list(by_doi))}
    table = papers.watch_file()
    lost = _noted_as_gone(pmids, papers)
    merged = read_survivors(pmids, papers)
    lived_on = papers.record_histories([survivor.pmid for survivor in merged.values()])
    if merged:
        notices |= read_linked(merged.values(), papers)
    found = {}
    for pmid in pmids:
        observed = [(at.date(), record) for at, record in histories.get(pmid, ())]
        gone = lost.get(pmid)
        if gone is not None and pmid in merged:
            gone = (PaperState.MERGED, gone[1])
        found[pmid] = judge(
            observed,
            further.get(pmid, ()),
            notices=notices,
            watched=table is not None,
            watched_in_part=table is not None and table.unreadable > 0,
            asked_crossref=pmid in asked,
            in_pubmed=is_pmid(pmid),
            gone=gone,
            survivor=[(at.date(), record) for at, record in lived_on[merged[pmid].pmid]] if pmid in merged else (),
        )
    return found


def read_coverage_gaps(papers: PaperSource, today: date) -> tuple[CoverageGap, ...]:
    """How the Retraction Watch table that is loaded falls short."""
    file = papers.watch_file()
    if file is None:
        return find_coverage_gaps(None, today)
    age = TableAge(file.read_at.date(), file.newest, file.rows, file.unreadable)
    return find_coverage_gaps(age, today)


def read_unwatched(references: Collection[Reference], matches: Iterable[Match], papers: PaperSource) -> tuple[int, ...]:
    """The places of the references of which no source tells whether they were retracted or corrected, ascending."""
    dois = [reference.doi for reference in references if reference.doi is not None]
    return find_unwatched(
        references,
        {match.position for match in matches if match.pmid is not None},
        asked=papers.update_looks(dois).keys(),
        reads_table=papers.watch_file() is not None,
    )


def _noted_as_gone(pmids: Collection[Pmid], papers: PaperSource) -> dict[Pmid, tuple[PaperState, date]]:
    state_of = {FateState.DELETED: PaperState.DELETED, FateState.MISSING: PaperState.MISSING}
    fates = papers.fates(pmids)
    return {pmid: (state_of[f.state], f.noted_at.date()) for pmid, f in fates.items() if f.state in state_of}


def read_survivors(pmids: Collection[Pmid], papers: PaperSource) -> dict[Pmid, Record]:
    """Of the papers that PubMed no longer serves, the record in the store that most likely has their place."""
    gone = [pmid for pmid, fate in papers.fates(pmids).items() if fate.state is not FateState.RETURNED]
    lost = papers.current_records(gone).values()
    if not lost:
        return {}
    wanted = [
        Reference(place, None, ReferenceKind.OTHER, record.title, "", None, doi=record.doi)
        for place, record in enumerate(lost, 1)
    ]
    known = papers.look_up(wanted)
    away = {pmid for pmid, fate in papers.fates([*known]).items() if fate.state is not FateState.RETURNED}
    return find_survivors(lost, [record for pmid, record in known.items() if pmid not in away])


def with_notices_of(record: Record, survivor: Record) -> Record:
    """A lost record with what PubMed shows against the paper on the one that has its place."""
    own = {(notice.ref_type, notice.pmid, notice.source) for notice in record.notices}
    further = (each for each in survivor.notices if (each.ref_type, each.pmid, each.source) not in own)
    return replace(record, notices=(*record.notices, *further))


def further_notices(
    records: Mapping[Pmid, Record],
    pmids: Iterable[Pmid],
    papers: PaperSource,
    *,
    works: Mapping[Doi, Pmid] = MappingProxyType({}),
) -> dict[Pmid, tuple[FurtherNotice, ...]]:
    """What Retraction Watch and Crossref say of each of the papers, by its PMID, one of its DOIs or, for a work that
    PubMed does not have, its DOI; papers without any notice are left out.

    A notice that Crossref has from the Retraction Watch table is left out where the table itself is loaded.
    """
    wanted = tuple(dict.fromkeys(pmids))
    by_doi = dois_of(records, wanted, papers, works=works)
    named = {pmid: pmid for pmid in wanted if is_pmid(pmid)}
    for lost, survivor in read_survivors([*named], papers).items():
        named.setdefault(survivor.pmid, lost)
        for doi in (survivor.doi, *survivor.other_dois):
            if doi is not None:
                by_doi.setdefault(doi, lost)
    found: dict[Pmid, list[FurtherNotice]] = {}
    for entry in papers.watch_entries([*named], list(by_doi)):
        own = named.get(entry.paper_pmid) if entry.paper_pmid is not None else None
        own = own if own is not None else by_doi.get(entry.paper_doi or Doi(""))
        listed = found.setdefault(own, []) if own is not None else []
        if all(entry.entry != other.entry for other in listed):  # a row that names a paper twice is one notice
            listed.append(entry)
    for update in papers.update_notices(list(by_doi)):
        listed = found.setdefault(by_doi[update.paper], [])
        if update.entry is None or all(update.entry != other.entry for other in listed):
            listed.append(update)
    return {pmid: tuple(told) for pmid, told in found.items()}


def dois_of(
    records: Mapping[Pmid, Record],
    pmids: Iterable[Pmid],
    papers: PaperSource,
    *,
    works: Mapping[Doi, Pmid] = MappingProxyType({}),
) -> dict[Doi, Pmid]:
    """The papers by their DOIs; a work that PubMed does not have only where no paper's record bears its DOI."""
    wanted = tuple(pmids)
    found = {**works, **{work.doi: number for number, work in papers.cited_works(wanted).items()}}
    for pmid in wanted:
        record = records.get(pmid)
        for doi in (record.doi, *record.other_dois) if record is not None else ():
            if doi is not None:
                found[doi] = pmid
    return found
