"""Verdicts decided anew from the store: as they would have been on an earlier day, or under another policy.

No source is asked. The article and the topic file are as they are now; records, changes, answers and searches as the
store knew them. Nothing is kept, written or sent.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from litwatch.config.article_file import open_article
from litwatch.decisions.verdict import Verdict
from litwatch.decisions.verdict_comparison import Difference, compare
from litwatch.model.errors import LitwatchError
from litwatch.model.topic import Topic
from litwatch.reading.stored_report import decide_report
from litwatch.report.contents import FailedTopic, Report
from litwatch.report.wording import words
from litwatch.store import Store


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What litwatch would have said of an article on a day, and what it did say."""

    report: Report
    """Decided by the rules, article and topic file of today from what was known then."""
    said: Verdict
    """The last verdict that was kept up to that day."""
    remarks: tuple[str, ...]
    """What is not as it was then."""


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """What another policy makes of one article's last night."""

    topic: str
    difference: Difference
    """From the present rules and topic file to the other policy, both on what the store knows."""
    stored: Verdict
    remarks: tuple[str, ...]


@contextmanager
def as_known_on(store: Store, day: date) -> Iterator[Store]:
    """A store that knows what this one knew at the end of a day (UTC); gone after the block."""
    with tempfile.TemporaryDirectory(prefix="litwatch-past-") as folder:
        past = Store(Path(folder) / "past.duckdb", wait_seconds=store.wait_seconds)
        store.copy_as_known_on(day, past.path)
        yield past


def look_back(topic: Topic, past: Store, day: date) -> Hindsight | None:
    """What would have been said on a day, from a store ``as_known_on`` it; None where the article was not surveyed yet.

    Raises ArticleUnreadable and store errors.
    """
    said = past.latest_verdict(topic.slug)
    if said is None:
        return None
    article = open_article(topic)
    remarks = ["The article, its topic file and the rules are those of today."]
    if article.last_updated is not None and article.last_updated > day:
        remarks.append(f"The article has been updated since, on {article.last_updated.isoformat()}.")
    if topic.last_reviewed is not None and topic.last_reviewed > day:
        remarks.append(f"The topic file notes a later review, of {topic.last_reviewed.isoformat()}; it is left out.")
        topic = replace(topic, last_reviewed=None)
    if said.decided_on < day:
        remarks.append(f"The last night until then was that of {said.decided_on.isoformat()}.")
    return Hindsight(
        decide_report(topic, article, past, day, searched_to=said.searched_to, before=said), said, tuple(remarks)
    )


def compare_policies(
    topics: Collection[Topic], other: Collection[Topic], store: Store
) -> tuple[tuple[PolicyDifference, ...], tuple[FailedTopic, ...]]:
    """Each surveyed topic's last night decided by its present file and by the one of the same name in ``other``.

    A topic that ``other`` leaves out, or whose article cannot be read, is a failed one; one not surveyed yet is left
    out. Raises store errors.
    """
    changed = {topic.slug: topic for topic in other}
    found, failed = [], []
    with store.reading():
        for topic in topics:
            stored = store.latest_verdict(topic.slug)
            if stored is None:
                continue
            if topic.slug not in changed:
                failed.append(FailedTopic(topic.slug, "the changed topic files include none of this name"))
                continue
            try:
                found.append(_compare(topic, changed[topic.slug], store, stored))
            except LitwatchError as error:
                failed.append(FailedTopic(topic.slug, str(error)))
    return tuple(found), tuple(failed)


def _compare(topic: Topic, other: Topic, store: Store, stored: Verdict) -> PolicyDifference:
    day = stored.decided_on

    def decide_by(policy: Topic) -> Verdict:
        article, reached = open_article(policy), stored.searched_to
        return decide_report(policy, article, store, day, searched_to=reached, before=stored).verdict

    before, after = decide_by(topic), decide_by(other)
    remarks = []
    if compare(stored, before).is_any:
        remarks.append(
            f"The verdict kept on {day.isoformat()} was {words(stored.status)}; with today's rules, files and answers"
            f" it is {words(before.status)}."
        )
    if topic.strategy != other.strategy:
        remarks.append("The search strategy differs too; what a different search would find is not in the store.")
    return PolicyDifference(topic.slug, compare(before, after), stored, tuple(remarks))
