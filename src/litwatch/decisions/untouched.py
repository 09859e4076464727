"""Whether tonight's update files touch an article at all, so that its night need not be spent topic by topic.

An article is touched by a record that its strategy finds, by a change of any record on which its last decision rests
(``carried_decision``), and by whatever a person has changed. Once a week, on the article's own day, its night is spent
in full all the same: then its weekly questions and look-ups go to PubMed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.decisions.carried_decision import Ground, Tonight, find_difference
from litwatch.decisions.related_papers_schedule import is_day_of


@dataclass(frozen=True, slots=True)
class CarriedTopic:
    """A topic whose last night ended with what was then known."""

    key: str
    """A digest of its files and of the rules."""
    file: str
    """The newest update file of that night."""


@dataclass(frozen=True, slots=True)
class TopicTonight:
    """What is known of a topic before its night, without opening its article."""

    slug: str
    key: str
    last: CarriedTopic | None
    ground: Ground | None
    judged: int
    """The last judgement about it since the one that its ground counts; 0 where there is none."""
    standing: int | None
    """What the store knows of the papers that its last decision rests on, as a number."""
    matched_against: tuple[str, str] | None
    """The first and last of the unbroken run of files that its strategy was matched against."""
    found_in: Collection[str]
    """Files in which its strategy found a record."""
    has_feeds: bool


def is_untouched(topic: TopicTonight, run: Sequence[str], today: date) -> bool:
    """Whether the files that came since the topic's last night, up to the last of the ``run``, leave it as it is."""
    last, matched = topic.last, topic.matched_against
    if last is None or matched is None or topic.ground is None or topic.has_feeds or is_day_of(topic.slug, today):
        return False
    if topic.key != last.key or last.file not in run or matched[0] not in run or matched[1] != run[-1]:
        return False
    since = run[run.index(last.file) + 1 :]
    if since and run.index(matched[0]) > run.index(since[0]):
        return False
    if not set(since).isdisjoint(topic.found_in):
        return False
    tonight = Tonight(topic.ground.inputs, topic.judged, topic.standing, differing=0, whole=True)
    return find_difference(topic.ground, tonight, today) is None
