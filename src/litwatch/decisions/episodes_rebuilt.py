"""Episodes of a time in which a change was told once for ever, rebuilt from what was observed.

Used by one migration. A fact that ended and began again back then was not told a second time; its later episodes are
rebuilt here, and no judgement closes them that its author gave without having been told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from litwatch.decisions.change_life import Episode, fact_of
from litwatch.decisions.changes import shown_by
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision
from litwatch.model.record import Record

Look = tuple[datetime, bool]
"""A moment at which a fact could be seen, and whether it stood then."""


def relive(first: Episode, looks: Iterable[Look]) -> tuple[Episode, ...]:
    """The first episode with its end, and those that followed, from the looks after it began, oldest first."""
    episodes = [replace(first, ended_at=None)]
    for at, stands in looks:
        last = episodes[-1]
        if not stands and last.ended_at is None:
            episodes[-1] = replace(last, ended_at=at)
        elif stands and last.ended_at is not None:
            episodes.append(replace(first, number=last.number + 1, began_at=at, ended_at=None))
    return tuple(episodes)


def looks_at_record(
    change: Change, began_at: datetime, observed: Sequence[tuple[datetime, Record]], notices: Mapping[Pmid, Record]
) -> tuple[Look, ...]:
    """Whether a fact stood in each observation of its paper since the one that an episode began with.

    The end of a notice stands while the notice is gone. ``observed`` is in order. Empty where no observation shows the
    fact, as for an entry of Retraction Watch.
    """
    looks = [(at, _stands(change, record, notices)) for at, record in observed]
    shown = [place for place, (at, stands) in enumerate(looks) if stands and at <= began_at]
    shown = shown[-1:] or [place for place, (_, stands) in enumerate(looks) if stands]
    return tuple(looks[shown[0] + 1 :]) if shown else ()


def looks_at_fate(began_at: datetime, fates: Sequence[tuple[datetime, bool]]) -> tuple[Look, ...]:
    """Whether a record was gone at each turn of its fate since an episode of "no longer served" began."""
    gone = [place for place, (at, is_gone) in enumerate(fates) if is_gone and at <= began_at]
    return tuple(fates[gone[-1] + 1 :]) if gone else tuple(fates)


def looks_at_entry(began_at: datetime, listed: Iterable[tuple[datetime, datetime | None]]) -> tuple[Look, ...]:
    """Whether an entry stood in the Retraction Watch table at each moment after an episode began at which that changed.

    ``listed`` holds since when and until when the table had it, in each form that it has had.
    """
    turns = [(at, True) for at, _ in listed] + [(until, False) for _, until in listed if until is not None]
    return tuple(sorted(turn for turn in turns if turn[0] > began_at))


def _stands(change: Change, record: Record, notices: Mapping[Pmid, Record]) -> bool:
    shown = shown_by(record, notices)
    if change.ended is not None:
        return not any(fact.kind is change.ended and fact.detail == change.notice for fact in shown)
    return fact_of(change) in {fact_of(fact) for fact in shown}


@dataclass(frozen=True, slots=True)
class EarlierWord:
    """A judgement from before episodes had ids that was about one change, in the order of the chain."""

    seq: int
    decision: Decision
    seen: datetime
    """How recent the report was that its author had."""
    until: date | None


def told_again(episodes: Sequence[Episode], words: Iterable[EarlierWord]) -> dict[int, tuple[Episode, ...]]:
    """Which of the second and later episodes each judgement is about, by its number; ``words`` in the chain's order.

    A judgement is about an episode that had begun when its report was made, if that report told it: because nobody had
    closed the change before, or because the change was "no longer served", which was told again even then.
    """
    found: dict[int, tuple[Episode, ...]] = {}
    last: EarlierWord | None = None
    for word in words:
        told = last is None or last.decision is Decision.RELEVANT
        told = told or (last is not None and last.until is not None and last.until <= word.seen.date())
        found[word.seq] = tuple(
            episode
            for episode in episodes
            if episode.number > 1
            and episode.began_at <= word.seen
            and (told or episode.change.kind is ChangeKind.CITED_MISSING)
        )
        last = word
    return {seq: episodes for seq, episodes in found.items() if episodes}
