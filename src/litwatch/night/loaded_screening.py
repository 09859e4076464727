"""Screening decisions of an earlier review into the store, as the first answers about an article's new records.

An entry's PMID settles which record it is; others are matched like references (DOI, else title and year). Each becomes
an event in the chain, once however often the file is loaded. What members have answered stays as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from litwatch.config.screening_file import ScreenedEntry
from litwatch.decisions.change_life import Episode, Observed
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import ABOUT_A_CHANGE, Decision, Judgement
from litwatch.model.record import Record
from litwatch.model.reference import Feature, Match, MatchState, Reference, ReferenceKind
from litwatch.references.matching.titles import words_of
from litwatch.sources.protocol import BibliographicDatabase
from litwatch.store import Store

_TOGETHER = 200
"""So many entries are looked up at a time."""
_ALIKE = 0.6
"""Of the shorter title's words, where a DOI names the record."""


@dataclass(frozen=True, slots=True)
class MatchedScreening:
    """The decided entries of a file, each with the record that it is."""

    found: tuple[tuple[ScreenedEntry, Pmid], ...]
    """Each record once."""
    unmatched: tuple[tuple[ScreenedEntry, tuple[Pmid, ...]], ...]
    """Those that no record is confirmed for, each with the records that it may be."""
    twice: tuple[ScreenedEntry, ...]
    """Those whose record another entry has with the same decision."""
    contrary: tuple[ScreenedEntry, ...]
    """Those whose record another entry decides otherwise; none of them counts."""
    records: tuple[Record, ...]
    """Those that the store does not have yet."""


@dataclass(frozen=True, slots=True)
class LoadedScreening:
    """What a load kept."""

    included: int
    excluded: int
    answered: int
    """Records that somebody had answered about, or that were loaded before: left as they are."""


def match_screening(
    entries: Sequence[ScreenedEntry],
    store: Store,
    entrez: BibliographicDatabase,
    on_step: Callable[[str], None] = lambda _step: None,
) -> MatchedScreening:
    """Which records the decided entries are. Raises SourceError and store errors."""
    decided = [entry for entry in entries if entry.included is not None]
    matches: dict[int, Match] = {}
    for first in range(0, len(decided), _TOGETHER):
        on_step(f"looking entries up, {first:,} of {len(decided):,}")
        some = decided[first : first + _TOGETHER]
        references = [_as_reference(entry) for entry in some if entry.pmid is None]
        found = entrez.match_references(references, (), {}, store.look_up(references))
        matches |= {match.position: match for match in found}
    by_pmid: dict[Pmid, list[ScreenedEntry]] = {}
    unmatched = []
    for entry in decided:
        match = matches.get(entry.place)
        pmid = entry.pmid if match is None else _meant(match)
        if pmid is not None:
            by_pmid.setdefault(pmid, []).append(entry)
        elif match is not None:
            unmatched.append((entry, tuple(pmid for pmid in (match.pmid, *match.others) if pmid is not None)))
    agreed = {pmid: own for pmid, own in by_pmid.items() if len({entry.included for entry in own}) == 1}
    on_step("records")
    known = store.known(agreed)
    lacking = [pmid for pmid in agreed if pmid not in known]
    records = entrez.fetch(lacking).whole().records if lacking else ()
    known |= {record.pmid for record in records}
    titles = {record.pmid: record.title for record in (*store.current_records(known).values(), *records)}
    for pmid, own in agreed.items():
        others = [entry for entry in own if not _is_likely(entry, titles.get(pmid, ""))]
        unmatched += [(entry, (pmid,)) for entry in others]
        own[:] = [entry for entry in own if entry not in others]
    agreed = {pmid: own for pmid, own in agreed.items() if own}
    unmatched += [(entry, ()) for pmid, own in agreed.items() if pmid not in known for entry in own]
    agreed = {pmid: own for pmid, own in agreed.items() if pmid in known}
    return MatchedScreening(
        found=tuple((own[0], pmid) for pmid, own in agreed.items()),
        unmatched=tuple(unmatched),
        twice=tuple(entry for own in agreed.values() for entry in own[1:]),
        contrary=tuple(entry for pmid, own in by_pmid.items() if pmid not in agreed for entry in own),
        records=tuple(records),
    )


def load_screening(
    slug: str, matched: MatchedScreening, store: Store, *, by: str, now: datetime, reason: str, keep: bool = True
) -> LoadedScreening:
    """Keep the answers, all or none of them, or with ``keep`` False none. Raises store errors."""
    with store.saving(keep=keep):
        store.add_records(matched.records, observed_at=now, source="screening")
        changes = {pmid: Change(ChangeKind.NEW_RECORD, pmid, "") for _, pmid in matched.found}
        answered = {
            chained.judgement.change.pmid
            for chained in store.judgements(slug)
            if chained.judgement.decision in ABOUT_A_CHANGE and chained.judgement.change is not None
        }
        fresh = [(entry, pmid) for entry, pmid in matched.found if pmid not in answered]
        facts = tuple(changes[pmid] for _, pmid in fresh)
        store.save_life(slug, Observed(now, facts, frozenset()), run="screening")
        newest = _newest(store.episodes(slug))
        judgements = list(_judge(slug, fresh, newest, by=by, now=now, reason=reason))
        store.take_in(judgements)
        store.note_told([episode for each in judgements for episode in each.episodes or ()], at=now)
    included = sum(each.decision is Decision.INCLUDED_BEFORE for each in judgements)
    return LoadedScreening(included, len(judgements) - included, len(matched.found) - len(judgements))


def _meant(match: Match) -> Pmid | None:
    """The record that an entry without a PMID is: one that is confirmed, one that the entry names by DOI, or the only
    one of the same title and year.

    An export often has no more than these, and its titles are typed otherwise; in a reference list they would not do.
    """
    if match.state is MatchState.CONFIRMED or match.reason is None:
        return match.pmid if match.state is MatchState.CONFIRMED else None
    reason = match.reason
    if Feature.DOI in reason.agreed:
        return match.pmid
    same = {Feature.TITLE, Feature.YEAR} <= {*reason.agreed} and not reason.differing
    return match.pmid if same and not (match.others or reason.rivals or reason.is_notice) else None


def _is_likely(entry: ScreenedEntry, title: str) -> bool:
    """Whether the entry's title, if it has one, shares most of its words with the record's: its DOI may be another's.

    A PMID settles it, whatever the title, which may be a translation.
    """
    if entry.pmid is not None:
        return True
    ours, theirs = set(words_of(entry.title)), set(words_of(title))
    return not ours or not theirs or len(ours & theirs) >= _ALIKE * min(len(ours), len(theirs))


def _as_reference(entry: ScreenedEntry) -> Reference:
    text = entry.title or (f"https://doi.org/{entry.doi}" if entry.doi else "")
    return Reference(entry.place, None, ReferenceKind.OTHER, entry.title, "", entry.year, doi=entry.doi, text=text)


def _newest(episodes: Sequence[Episode]) -> dict[Pmid, Episode]:
    return {each.change.pmid: each for each in episodes if each.change.kind is ChangeKind.NEW_RECORD}


def _judge(
    slug: str,
    fresh: Sequence[tuple[ScreenedEntry, Pmid]],
    newest: dict[Pmid, Episode],
    *,
    by: str,
    now: datetime,
    reason: str,
) -> Iterator[Judgement]:
    for entry, pmid in fresh:
        episode = newest[pmid]
        decision = Decision.INCLUDED_BEFORE if entry.included else Decision.EXCLUDED_BEFORE
        name = hashlib.sha256(f"{slug}\n{episode.id}\n{decision}".encode()).hexdigest()[:32]
        yield Judgement(
            slug, decision, by, now, reason, episode.change, event=f"screening-{name}", episodes=(episode.id,)
        )
