"""Tonight's post to a channel of Slack or Teams: what is urgent and was not told there, in one message.

What is urgent is what makes a mail urgent (``digest.schedule``). The post waits in the same outbox as the mails, is
handed over as they are, and tells nothing twice: what a post has told, waits to tell, or has perhaps told is left out.
What a post told that was refused is told again with the next matter, so that a webhook that was taken down is not tried
anew every night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from litwatch.digest.schedule import AT_ONCE, find_pressing
from litwatch.digest.webhook_message import WEBHOOK, dump_post, make_post
from litwatch.model.message import Message, ToldByMail
from litwatch.model.topic import Topic
from litwatch.night.doors import Doors
from litwatch.night.published_reports import report_address
from litwatch.night.queued_digests import ReadsReports
from litwatch.report.contents import Report, ReportedSignal

_TOGETHER = 50
"""So many reports are read together."""


def queue_webhook(doors: Doors, surveyed: Collection[Topic], at: datetime, *, read: ReadsReports) -> tuple[str, ...]:
    """Queue one post about everything urgent that the channel was not told; its Message-ID, or nothing.

    ``surveyed`` and ``read`` as of ``queue_digests``: a report is read only where something urgent is open that was
    not told. Raises StoreBusy.
    """
    settings = doors.settings
    if settings.webhook_url is None:
        return ()
    here = {topic.slug for topic in surveyed}
    with doors.store.reading():
        standing = doors.store.open_of_kinds(AT_ONCE, on=at.date())
        episodes = {each for slug, own in standing.items() if slug in here for each in own}
        before = doors.store.told_by_mail(episodes, besides=date.min) if episodes else {}
    mails = before.get(WEBHOOK, ToldByMail())
    if not episodes - mails.sent - mails.perhaps - mails.refused:
        return ()
    left = episodes - mails.sent - mails.perhaps
    slugs = sorted(slug for slug, own in standing.items() if slug in here and left & set(own))
    told: list[tuple[Report, tuple[ReportedSignal, ...]]] = []
    for start in range(0, len(slugs), _TOGETHER):
        reports = read(slugs[start : start + _TOGETHER])
        told += [
            (reports[slug], pressing)
            for slug in sorted(reports)
            if (pressing := find_pressing(reports[slug], mails.sent | mails.perhaps))
        ]
    if not told:
        return ()
    links = {report.topic.slug: link for report, _ in told if (link := report_address(report, settings))}
    made = make_post(told, links, settings.desk_url)
    news = tuple((report.topic.slug, each) for report, own in told for one in own for each in one.episodes)
    same = [f"{slug} {episode}" for slug, episode in news]
    if mails.refused.intersection(episode for _, episode in news):
        same.append(at.date().isoformat())
    digest = hashlib.sha256("\n".join(sorted(same)).encode()).hexdigest()
    message = Message(
        message_id=f"{WEBHOOK}-{digest[:24]}",
        recipient=WEBHOOK,
        scope=f"{WEBHOOK} {at.date().isoformat()}",
        content_hash=digest,
        subject=made.title,
        body=dump_post(made),
        topics=tuple(report.topic.slug for report, _ in told),
        news=news,
        day=at.date(),
    )
    return doors.store.enqueue([message], at=at)
