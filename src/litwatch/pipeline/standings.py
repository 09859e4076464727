"""How cited papers stand, from what the store has observed and tonight's records: the input of ``integrity``.

This module refuses to ask a source; records of notices that are not in the store are named for the night's fetch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from litwatch.citations import Pmid
from litwatch.integrity import Integrity, PaperState, judge
from litwatch.pipeline.second_source import entries_about
from litwatch.records import Record, RefType
from litwatch.store import FateState, Store

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


def notices_on(records: Iterable[Record]) -> tuple[Pmid, ...]:
    """PMIDs of the notices and newer versions that stand on these records, without repeats."""
    linked = (notice for record in records for notice in record.notices if notice.ref_type in _TELLING)
    return tuple(dict.fromkeys(notice.pmid for notice in linked if notice.pmid is not None))


def read_integrity(
    pmids: Collection[Pmid], store: Store, *, fresh: Mapping[Pmid, Record] | None = None, on: date
) -> dict[Pmid, Integrity]:
    """How each paper stands on a day, by PMID; ``fresh`` holds records of tonight that the store does not have yet."""
    tonight = fresh or {}
    histories = store.record_histories(pmids)
    newest = {pmid: history[-1][1] for pmid, history in histories.items()}
    newest |= {pmid: tonight[pmid] for pmid in pmids if pmid in tonight}
    linked = notices_on(newest.values())
    notices = {**store.current_records(linked), **{pmid: tonight[pmid] for pmid in linked if pmid in tonight}}
    watched = entries_about(newest, pmids, store)
    reads_table = store.watch_file() is not None
    gone = _gone([pmid for pmid in pmids if pmid not in tonight], newest, store)
    found = {}
    for pmid in pmids:
        observed = [(at.date(), record) for at, record in histories.get(pmid, ())]
        if pmid in tonight and (not observed or observed[-1][1] != tonight[pmid]):
            observed.append((on, tonight[pmid]))
        found[pmid] = judge(observed, watched.get(pmid, ()), notices=notices, watched=reads_table, gone=gone.get(pmid))
    return found


def _gone(pmids: Collection[Pmid], known: Mapping[Pmid, Record], store: Store) -> dict[Pmid, tuple[PaperState, date]]:
    """Records that PubMed no longer serves: deleted by its own word, merged where another record bears the DOI."""
    fates = {pmid: fate for pmid, fate in store.fates(pmids).items() if fate.state is not FateState.RETURNED}
    merged = _bearers_of([known[pmid] for pmid in fates if pmid in known], store) if fates else set()
    return {
        pmid: (
            PaperState.MERGED
            if pmid in merged
            else PaperState.DELETED
            if fate.state is FateState.DELETED
            else PaperState.MISSING,
            _day(fate.noted_at),
        )
        for pmid, fate in fates.items()
    }


def _bearers_of(lost: Collection[Record], store: Store) -> set[Pmid]:
    """Those of the lost records whose DOI another record bears."""
    bearing = store.pmids_by_doi([record.doi for record in lost if record.doi is not None])
    return {record.pmid for record in lost if record.doi and set(bearing.get(record.doi, ())) - {record.pmid}}


def _day(moment: datetime) -> date:
    return moment.date()
