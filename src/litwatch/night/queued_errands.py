"""Tonight's mails to editors: which errands are open, composed and queued in the store's outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from litwatch.digest.errands import ArticleErrands, errands_letter, find_errands, is_due, marks_to_keep, rests
from litwatch.digest.mail.letter import compose
from litwatch.digest.signed_links import unsubscribe_link
from litwatch.model.member import Member
from litwatch.model.message import ListLook, Message
from litwatch.model.text.mail_address import distinct_mailboxes, mailbox_key
from litwatch.model.topic import Topic
from litwatch.night.doors import Doors
from litwatch.night.published_reports import page_address
from litwatch.night.queued_digests import ReadsReports, digest_grounds
from litwatch.report.contents import FailedTopic

_LOOK = "errands "
"""Before a mailbox key: what the last look at an editor's errands is kept under."""


def queue_errands(
    doors: Doors,
    topics: Collection[Topic],
    surveyed: Collection[Topic],
    failed: Sequence[FailedTopic],
    at: datetime,
    *,
    read: ReadsReports,
) -> tuple[str, ...]:
    """Queue one mail for every editor with errands that are new, or a week old; the Message-IDs of those queued.

    ``topics``, ``surveyed`` and ``read`` as of ``queue_digests``. A topic file that cannot be read names no editors: it
    is told to all. An editor who has stopped the digest gets none. What a mail told that was refused or called off is
    told anew. Raises StoreBusy.
    """
    own = [topic for topic in topics if topic.editors]
    if not own:
        return ()
    here = {topic.slug for topic in surveyed}
    readable = {topic.slug for topic in topics}
    with doors.store.reading():
        stopped, looks = doors.store.stopped_members(), doors.store.list_looks()
        sent = doors.store.last_digests(at.date() + timedelta(1), kind="errands")
        grounds = doors.store.grounds([topic.slug for topic in own if topic.slug in here])
    messages, kept = [], {}
    for editor in sorted(distinct_mailboxes([each for topic in own for each in topic.editors]), key=mailbox_key):
        key = mailbox_key(editor)
        named = {topic.slug for topic in own if key in set(map(mailbox_key, topic.editors))}
        unread = [each for each in failed if each.slug in named or each.slug not in readable]
        slugs = sorted(named & here)
        if key in stopped:
            continue
        look = looks.get(_LOOK + key, ListLook())
        if look.sent_on is not None and (key not in sent or sent[key].day != look.sent_on):
            look = ListLook()  # nobody got that list
        made_of = "" if unread else digest_grounds(Member(editor), slugs, grounds)
        if made_of and made_of == look.listed and rests(look, at.date()):
            continue
        reports = read(slugs) if slugs else {}
        errands = find_errands(reports.values(), unread)
        unseen = named.union(each.slug for each in unread).difference(reports)
        if is_due(errands, look, at.date()):
            messages.append(_message(doors, editor, errands, look, at))
            look = replace(look, sent_on=at.date())
        kept[_LOOK + key] = replace(look, marks=marks_to_keep(errands, look, unseen), listed=made_of)
    with doors.store.saving():
        queued = doors.store.enqueue(messages, at=at)
        doors.store.note_list_looks(kept)
    return tuple(queued)


def _message(doors: Doors, editor: str, errands: Sequence[ArticleErrands], look: ListLook, at: datetime) -> Message:
    settings, day = doors.settings, at.date()
    secret = settings.desk_secret.get_secret_value() if settings.desk_secret is not None else None
    letter = errands_letter(
        editor,
        day,
        errands,
        look,
        links={each.slug: link for each in errands if (link := page_address(each.slug, settings, day))},
        unsubscribe=unsubscribe_link(settings.desk_url, editor, secret) if settings.desk_url else None,
    )
    mail = compose(letter, sender=settings.sender, at=at)
    return Message(
        message_id=str(mail["Message-ID"]),
        recipient=editor,
        scope=f"errands {day.isoformat()}",
        content_hash=letter.key,
        subject=letter.subject,
        body=mail.as_bytes(),
        topics=tuple(each.slug for each in errands),
        news=(),
        day=day,
    )
