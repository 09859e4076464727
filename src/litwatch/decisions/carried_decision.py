"""Whether an article's last decision can be carried on: everything that it rests on is as it was.

A decision is a function of the article, its topic file, what PubMed and the other sources answer, what the store knows,
what people have said, the rules, and the day. The night compares all of these with those of the last decision; where
nothing differs, deciding anew would say the same, and only what counts days is told anew (``verdict.carry_on``).
Where that is in doubt, the article is decided anew: that costs a tenth of a second and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from litwatch.decisions.verdict import Rule, Verdict
from litwatch.model.sweep import Sweep, SweepState


class Difference(StrEnum):
    """Why a decision is not carried on."""

    NEVER_DECIDED = "never_decided"
    """There is no decision that may be carried on."""
    NOT_WHOLE = "not_whole"
    """Tonight something failed, is missing, outstanding or not to be read."""
    INPUTS = "inputs"
    """The article, its topic file, its references, the signs of its search, its related papers, or the rules."""
    RECORDS = "records"
    """A record is new to the article, has another content than the article saw last, or is back at PubMed."""
    STORE = "store"
    """Others have learnt something of a paper on which the decision rests."""
    JUDGED = "judged"
    """Somebody has said something about the article."""
    DAY = "day"
    """Something falls due, or the clock went back."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a decision rested on."""

    inputs: str
    """A digest of what the night read and was answered, and of the rules."""
    decided_on: date
    holds_to: date | None
    """The last day before something falls due; None where nothing does."""
    judgements: int
    """The last judgement in the chain that was counted."""
    standing: int | None
    """What the store knew of the papers concerned, as a number; None where that was not settled."""


@dataclass(frozen=True, slots=True)
class Tonight:
    """The same of a night that has not been decided yet."""

    inputs: str
    judged: int
    """The last judgement about the article; 0 where there is none."""
    standing: int | None
    differing: int
    """How many of tonight's records the article has not met as they are."""
    whole: bool
    """As of ``is_whole``."""


def stands_on(ground: Ground, day: date, *, judged: int, standing: int) -> bool:
    """Whether a decision still stands on a day by what the store knows, without asking anybody.

    ``judged`` and ``standing`` are as of ``Tonight``.
    """
    same = ground.standing is not None and standing == ground.standing and judged <= ground.judgements
    return same and ground.decided_on <= day and (ground.holds_to is None or day <= ground.holds_to)


def find_difference(ground: Ground | None, tonight: Tonight, today: date) -> Difference | None:
    """Why the last decision is not carried on; None where it is."""
    if ground is None or ground.standing is None:
        return Difference.NEVER_DECIDED
    if not tonight.whole:
        return Difference.NOT_WHOLE
    if today < ground.decided_on or (ground.holds_to is not None and today > ground.holds_to):
        return Difference.DAY
    if tonight.inputs != ground.inputs:
        return Difference.INPUTS
    if tonight.judged > ground.judgements:
        return Difference.JUDGED
    if tonight.differing:
        return Difference.RECORDS
    return Difference.STORE if tonight.standing != ground.standing else None


def is_whole(sweeps: Iterable[Sweep], *, outstanding: int, vanished: int, lost: int) -> bool:
    """Whether a night brought everything that it asked for, so that what it did not bring can mean nothing.

    ``outstanding`` is the number of records that were announced and are not in hand, ``vanished`` of those that the
    search found before and finds no more, and ``lost`` of those told before that PubMed left out.
    """
    sound = all(
        sweep.state is SweepState.COMPLETE and not sweep.missing and not sweep.unreadable and sweep.error is None
        for sweep in sweeps
    )
    return sound and not outstanding and not vanished and not lost


_DEPENDS_ON_MORE = frozenset({Rule.NOT_SEARCHED, Rule.FINDS_NOTHING, Rule.IDENTITY})
"""Rules that fire by how many nights there were, or for a question that only the next night settles."""


def may_stand(
    verdict: Verdict,
    *,
    whole: bool,
    finds_something: bool,
    counts_back: bool,
    has_signs: bool,
    last_reviewed: date | None,
    unread: int,
    befallen: int,
) -> bool:
    """Whether a decision that was just made can be carried on at all, as long as nothing differs.

    ``finds_something`` says that the search, or the strategy among the cited papers, finds any; ``counts_back`` that
    the strategy names days that move with today; ``has_signs`` that something asks for a look at the strategy, which a
    review that the editor noted for this day or a later one (``last_reviewed``) would close tomorrow; ``unread`` how
    many of the records told before were not looked at tonight; ``befallen`` how many of those told tonight bear a
    notice, which is told on the night after.
    """
    closes_tomorrow = has_signs and last_reviewed is not None and last_reviewed >= verdict.decided_on
    return (
        whole
        and finds_something
        and not counts_back
        and not closes_tomorrow
        and not unread
        and not befallen
        and not any(fired.rule in _DEPENDS_ON_MORE for fired in verdict.fired)
    )


def find_last_day(verdict: Verdict, *, due: Collection[date], put_off: Collection[date]) -> date | None:
    """The last day on which nothing new falls due; None where nothing will.

    ``due`` are the last days for what is to be done: the board's decision to be carried out, notices to be answered;
    ``put_off`` the days on which what was put off asks again.
    """
    today, one_day = verdict.decided_on, timedelta(days=1)
    ends = [day - one_day for day in put_off if day > today]
    if verdict.reassess_on is not None and verdict.reassess_on > today:
        ends.append(verdict.reassess_on - one_day)
    ends += [day for day in due if day >= today]
    return min(ends, default=None)
