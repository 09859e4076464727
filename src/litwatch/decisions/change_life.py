"""The life of a change: a fact about a paper begins, ends, and may begin again; each beginning is an episode.

A person closes episodes, never facts: what begins again later has an episode of its own, and is told again whatever was
closed before. What begins, ends or is closed is never decided by comparing two times, so that a wrong clock can
neither close nor hide anything; ``redate`` alone compares them, for deadlines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from litwatch.decisions.changes import ends, shown_by
from litwatch.decisions.member_answers import Answer, LastWord, Settlement
from litwatch.model.change import FOUND_ANNOUNCED, FOUND_NOTICES, Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Effect
from litwatch.model.record import Record

ID_LENGTH = 16
"""Hex digits of an episode's id: 64 bits, so that two of a million episodes share one with a chance of 3 in 10^8."""

Fact = tuple[ChangeKind, Pmid, str]
"""What identifies a fact of one article: kind, paper, detail."""


def fact_of(change: Change) -> Fact:
    """What identifies the fact that a change tells."""
    return change.kind, change.pmid, change.detail


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch in which a fact stood, as far as litwatch saw."""

    article: str
    """The article's slug."""
    change: Change
    number: int
    """1 for the first time that this article was told the fact, then 2, 3, without gaps."""
    began_at: datetime
    """The night that saw it first; with time zone. It dates the episode and decides nothing."""
    ended_at: datetime | None = None
    """None while it stands, as far as litwatch knows."""
    dated_at: datetime | None = None
    """When it is known to have begun at the latest, where the clock of its night was ahead (``redate``)."""

    @property
    def opened_at(self) -> datetime:
        """The moment from which "first seen" and its deadline count."""
        return self.dated_at or self.began_at

    @property
    def id(self) -> str:
        """Its name: ``ID_LENGTH`` hex digits of SHA-256 over what it is, never a sequence number.

        After a store was restored from a snapshot, a sequence would give the next fact the name of a lost one, and an
        answer that still waits would close it.
        """
        kind, pmid, detail = fact_of(self.change)
        began = self.began_at.astimezone(UTC).isoformat(timespec="microseconds")
        text = "\n".join((self.article, kind.value, str(pmid), detail, str(self.number), began))
        return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


@dataclass(frozen=True, slots=True)
class Observed:
    """What one night saw of the facts about one article."""

    at: datetime
    facts: tuple[Change, ...]
    """What stands tonight, notices that were taken back tonight, and new records, in the order of telling."""
    looked_at: frozenset[Pmid]
    """The cited papers whose records came. A paper that is not among them says nothing about its notices."""
    cited: frozenset[Pmid] | None = None
    """The papers that the article cites; None where its references could not be looked up."""
    lapsed: Mapping[str, datetime] = field(default_factory=dict)
    """Episodes, by id, that ended before tonight although no night of this article saw it, and when."""
    another_article: bool = False
    """Whether the text may be another article than before: then all that lives ends, and what stands begins anew."""
    told: frozenset[Pmid] = frozenset()
    """The new records told before that were asked for: they came, or PubMed left them out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a night changes: episodes that begin, and episodes that end, with their end."""

    begun: tuple[Episode, ...]
    ended: tuple[Episode, ...]
    resting: Mapping[str, bool] = field(default_factory=dict)
    """Of the episodes about new records, by id, whether they rest (``find_resting``)."""


def advance(article: str, episodes: Iterable[Episode], observed: Observed) -> Turn:
    """What a night's facts make of an article's episodes.

    A fact that stands begins an episode unless its newest one still lives. A living episode ends where its paper was
    looked at and the fact does not stand, where the article no longer cites the paper (or, of a new record told before,
    cites it now), and where it has lapsed. The end
    of a notice (a reinstatement, a notice taken back) is seen on one night and lasts until that notice stands again. A
    new record begins once. Where the text may be another article, everything of before ends. The same night a second
    time changes nothing.
    """
    newest = newest_episodes(episodes)
    facts = {fact_of(change): change for change in reversed(observed.facts)}
    ended = []
    for fact, episode in newest.items():
        if episode.ended_at is None and (at := _end_of(episode, facts, observed)) is not None:
            newest[fact] = replace(episode, ended_at=at)
            ended.append(newest[fact])
    begun = []
    for change in observed.facts:
        last = newest.get(fact_of(change))
        if last is None or last.ended_at is not None:
            number = last.number + 1 if last is not None else 1
            newest[fact_of(change)] = Episode(article, change, number, observed.at)
            begun.append(newest[fact_of(change)])
    return Turn(tuple(begun), tuple(ended), find_resting(newest.values(), observed.cited or ()))


def find_resting(newest: Iterable[Episode], cited: Collection[Pmid]) -> dict[str, bool]:
    """Of the newest episodes about new records, by id, whether they rest: nothing is asked of anybody about them.

    A new record rests while PubMed does not have it, and for good where it is the notice of something that befell
    another one, with which it is told. That PubMed does not have it, or that its level has risen, rests once it no
    longer holds; what is told of a record rests once the article cites it, because then it is told of a cited paper.
    An answer that was given is not touched: when a record wakes, it still counts.
    """
    episodes = tuple(newest)
    lost = {e.change.pmid for e in episodes if e.change.kind is ChangeKind.FOUND_MISSING and e.ended_at is None}
    joined = {e.change.notice_pmid for e in episodes if e.change.kind in FOUND_ANNOUNCED}
    resting = {}
    for episode in episodes:
        change = episode.change
        if change.kind is ChangeKind.NEW_RECORD:
            resting[episode.id] = change.pmid in lost or change.pmid in joined
        elif change.is_about_found:
            over = change.kind not in FOUND_NOTICES or change.pmid in cited
            resting[episode.id] = episode.ended_at is not None and over
    return resting


def redate(began_at: datetime, before: datetime | None, later: datetime) -> datetime | None:
    """When an episode began at the latest, where the next night shows that its own night's clock was ahead; else None.

    ``before`` is the night before it began, None where there was none, and ``later`` one that came after. A later night
    that is earlier by the clock than both had a wrong clock itself and dates nothing: its deadlines would be too early.
    """
    return later if later < began_at and (before is None or before <= later) else None


def count_listings(listed: Collection[tuple[datetime, datetime | None]]) -> int:
    """How many times the Retraction Watch table began to list an entry.

    ``listed`` holds since when and until when the table had each form of it. A form that takes the place of another at
    the same reading of the table is the same listing.
    """
    replaced = {until for _, until in listed}
    return sum(since not in replaced for since, _ in listed)


def newest_episodes(episodes: Iterable[Episode]) -> dict[Fact, Episode]:
    """The episode of each fact that began last: the one with the highest number."""
    newest: dict[Fact, Episode] = {}
    for episode in episodes:
        known = newest.get(fact_of(episode.change))
        if known is None or known.number < episode.number:
            newest[fact_of(episode.change)] = episode
    return newest


def _end_of(episode: Episode, facts: Mapping[Fact, Change], observed: Observed) -> datetime | None:
    change = episode.change
    if episode.id in observed.lapsed:
        return observed.lapsed[episode.id]
    if observed.another_article:
        return observed.at
    if change.is_about_found:
        over = change.pmid in observed.told and fact_of(change) not in facts
        return observed.at if over or change.pmid in (observed.cited or ()) else None
    if not change.is_about_cited:
        return None
    if observed.cited is not None and change.pmid not in observed.cited:
        return observed.at
    if change.ended is not None:
        over = any(ends(change, fact) for fact in facts.values() if fact.pmid == change.pmid)
    else:
        over = change.pmid in observed.looked_at and fact_of(change) not in facts
    return observed.at if over else None


def find_lapses(
    living: Iterable[Episode],
    before: Mapping[Pmid, Record],
    unseen: Mapping[Pmid, Sequence[tuple[datetime, Record]]],
    returned: Mapping[str, datetime],
    notices: Mapping[Pmid, Record],
) -> dict[str, datetime]:
    """Episodes that ended between two nights of the article, by id, with the moment of the end.

    ``before`` holds each paper's record as this article's last night saw it, ``unseen`` the observations that others
    (another article's night, a bulk file) made since, oldest first. A notice that ``before`` shows and one of them does
    not has ended, even if it stands again tonight. ``returned`` holds the episodes, by id, whose paper PubMed has
    served again since, or whose entry Retraction Watch has listed anew. ``notices`` holds the records of notices as far
    as known.
    """
    lapsed = {}
    for episode in living:
        change = episode.change
        if episode.id in returned:
            lapsed[episode.id] = returned[episode.id]
            continue
        last = before.get(change.pmid)
        if last is None or fact_of(change) not in _facts_on(last, notices):
            continue  # not a notice on the record: an entry of Retraction Watch, or a new record
        gone = [at for at, record in unseen.get(change.pmid, ()) if fact_of(change) not in _facts_on(record, notices)]
        if gone:
            lapsed[episode.id] = gone[0]
    return lapsed


def _facts_on(record: Record, notices: Mapping[Pmid, Record]) -> set[Fact]:
    return {fact_of(change) for change in shown_by(record, notices)}


# --- what a person closes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A fact that asks for an answer: all its open episodes, told once and answered together."""

    change: Change
    opened_at: datetime
    """When the earliest of them began: first seen, deadline and escalation count from there."""
    judged: Decision | None
    """What was said of the newest of them: RELEVANT where a member has kept it, LATER where its day has come, None
    where nobody has answered."""
    effect: Effect | None = None
    """What the member who kept it finds that it does to the article, where they said so."""
    episodes: tuple[str, ...] = ()
    """Their ids, oldest first: what an answer to it closes."""
    differing: tuple[Answer, ...] = ()
    """The answers of members who disagree about the newest of them."""
    settlement: Settlement | None = None
    """How their disagreement about it was settled."""
    unpaired: tuple[Answer, ...] = ()
    """The answer to the newest of them that does not count yet, because a second reader is asked."""
    kept_by: tuple[str, ...] = ()
    """Those who keep the newest of them open as relevant."""


def is_open(word: LastWord | None, day: date) -> bool:
    """Whether an episode asks for an answer on a day: unless what was said of it closes it (``member_answers``).

    That the fact has ended closes nothing: nobody has read of it yet.
    """
    if word is None:
        return True
    closing = word.closing
    return not closing.closes or (closing.open_again_on is not None and closing.open_again_on <= day)


def gather_open(said: Iterable[tuple[Episode, LastWord | None]], day: date) -> tuple[OpenChange, ...]:
    """What is open on a day, a fact once, in the order in which its first open episode stands in ``said``."""
    kept: dict[Fact, list[tuple[Episode, LastWord | None]]] = {}
    for episode, word in said:
        if is_open(word, day):
            kept.setdefault(fact_of(episode.change), []).append((episode, word))
    gathered = []
    for episodes in kept.values():
        episodes.sort(key=lambda each: each[0].number)
        (first, _), (newest, word) = episodes[0], episodes[-1]
        gathered.append(
            OpenChange(
                newest.change,
                first.opened_at,
                word.decision if word and not word.unpaired else None,
                word.effect if word and not word.unpaired else None,
                tuple(episode.id for episode, _ in episodes),
                word.differing if word else (),
                word.settlement if word else None,
                word.unpaired if word else (),
                word.kept_by if word else (),
            )
        )
    return tuple(gathered)


def kept_among(standing: Iterable[OpenChange]) -> dict[Pmid, Effect | None]:
    """The new records among open changes that a member has called relevant, with what they do to the article."""
    told = {ChangeKind.NEW_RECORD, ChangeKind.FOUND_RAISED}
    return {
        item.change.pmid: item.effect
        for item in standing
        if item.judged is Decision.RELEVANT and item.change.kind in told
    }
