"""What of other members' answers a visitor sees, and what they come to with those that still wait for a run.

Where two readers are asked, the second one sees nothing of what the first one said before answering.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from litwatch.decisions.member_answers import Answer, LastWord, weigh_judgements
from litwatch.desk.answers import change_id
from litwatch.desk.readings import ArticleReading
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.text.mail_address import mailbox_key


def everything_said(reading: ArticleReading, waiting: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """What the store knows and what still waits, oldest first."""
    return (*(each.judgement for each in reversed(reading.said)), *waiting)


def weigh_all(reading: ArticleReading, waiting: Sequence[Judgement], today: date) -> dict[str, LastWord]:
    """What counts of the answers to each open change that has any, by the change's name."""
    everything = everything_said(reading, waiting)
    about = {change_id(judgement.change) for judgement in everything if judgement.change is not None}
    readers = reading.report.topic.readers
    return {
        name: word
        for each in reading.report.signals
        if (name := change_id(each.signal.change)) in about
        and (word := weigh_judgements(each.episodes[-1], everything, today, readers=readers))
    }


def find_disputes(counted: Mapping[str, LastWord]) -> dict[str, tuple[Answer, ...]]:
    """The answers of members who disagree, by the name of the change that they are about."""
    return {name: word.differing for name, word in counted.items() if word.differing}


def find_hidden(reading: ArticleReading, counted: Mapping[str, LastWord], member: str) -> Callable[[Judgement], bool]:
    """What the visitor must not see: others' words on a change for which the visitor is asked as second reader."""
    blind = {
        name: frozenset(each.episodes)
        for each in reading.report.signals
        for name in [change_id(each.signal.change)]
        if (word := counted.get(name)) is not None
        and word.unpaired
        and not any(is_own(member, answer.by) for answer in word.unpaired)
    }

    def is_hidden(judgement: Judgement) -> bool:
        if judgement.change is None or is_own(member, judgement.by):
            return False
        episodes = blind.get(change_id(judgement.change))
        if episodes is None:
            return False
        return judgement.decision is Decision.COMMENT or not episodes.isdisjoint(judgement.episodes or ())

    return is_hidden


def is_own(member: str, name: str) -> bool:
    """Whether an answer given under a name is the member's own."""
    return mailbox_key(member) == mailbox_key(name)
