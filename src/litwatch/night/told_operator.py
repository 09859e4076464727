"""What a run tells the operator: what failed, and of which articles nobody gets a digest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from litwatch.digest.operator_notice import Trouble, operator_letter
from litwatch.model.member import find_silent
from litwatch.model.text.spelled_dates import dated
from litwatch.model.topic import Topic
from litwatch.night.doors import Doors
from litwatch.night.mail_delivery import deliver, queue_letter
from litwatch.night.night_outcome import NightSummary, TopicOutcome
from litwatch.report.reason_sentences import say_reason
from litwatch.report.wording import words
from litwatch.store import Store


def tell_operator(summary: NightSummary, doors: Doors, now: datetime) -> NightSummary:
    """Mail the operator what failed, once a day and trouble; the summary with what became of that mail, too."""
    if doors.settings.operator is None or summary.delivery is None:
        return summary
    trouble = Trouble(
        unread=[f"{topic.slug}: {topic.reason}" for topic in summary.failed],
        incomplete=[
            *(summary.canary.troubles if summary.canary else ()),
            *(f"{o.topic.slug}: {line}" for o in summary.outcomes for line in o.failures),
        ],
        unwritten=summary.unready,
        doubts=summary.doubts,
        unaddressed=summary.unaddressed,
        undelivered=summary.delivery.troubles,
        ended=summary.ended,
        update_files=(*summary.file_troubles, *summary.differences),
    )
    letter = operator_letter(trouble, doors.settings.operator, now.date())
    queued = queue_letter(letter, doors, now, scope=f"operator {now.date().isoformat()}")
    if not queued:
        return summary
    return replace(summary, delivery=summary.delivery.and_then(deliver(doors, queued=len(queued), only=queued)))


def say_unaddressed(topics: Collection[Topic], outcomes: Collection[TopicOutcome], store: Store) -> tuple[str, ...]:
    """What the digest would say of the articles of which nobody gets one, in a line each."""
    silent = find_silent(topics, store.stopped_members())
    found = {outcome.topic.slug: outcome.verdict for outcome in outcomes}
    lines = []
    for slug, why in silent.items():
        line = f"{slug}: {words(why)}"
        if (verdict := found.get(slug)) is not None:
            reasons = "; ".join(dated(say_reason(fired)) for fired in verdict.fired)
            line += f". {words(verdict.status).capitalize()}: {reasons}"
        lines.append(line)
    return tuple(lines)
