"""Tonight's digests: who is told what, composed from the reports and queued in the store's outbox.

A member is looked at in every night and mailed when the list says something new, or a week after the last one
(``digest/schedule.py``). Where all of a member's articles rest on the decisions on which they rested when nothing was
new, nothing is new tonight either, and no report is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict

import orjson
from pydantic import SecretStr

from litwatch.config.settings import Settings
from litwatch.decisions.carried_decision import Ground
from litwatch.digest.digest import Digest, compose_digest
from litwatch.digest.digest_mail import digest_hash, digest_letter, digest_message
from litwatch.digest.mail.letter import compose
from litwatch.digest.schedule import (
    compare,
    fails,
    heard_in,
    is_due,
    is_repeated,
    marks_of,
    retractions,
    told_before,
    urgent,
)
from litwatch.digest.signed_links import answer_link, unsubscribe_link
from litwatch.digest.view import news_told
from litwatch.model.member import WEEKDAYS, Member, Unchanged, editors_told, find_member, gets, members_of, wants
from litwatch.model.message import ListLook, Message, SentList, ToldByMail
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.topic import Topic
from litwatch.night.doors import Doors
from litwatch.night.published_reports import report_address
from litwatch.report.contents import FailedTopic, Report, escalate

ReadsReports = Callable[[Collection[str]], Mapping[str, Report]]
"""Reads the reports of articles, by slug; where one cannot be read, it is left out."""

_AT_ONCE = 20
"""So many reports are read together, or those of one member, and so many mails queued in one transaction. 50 reports
of 30 new records each took 30 MB more."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """A member, and what the night may have to tell."""

    member: Member
    slugs: tuple[str, ...]
    """The member's articles that have a report of tonight."""
    unsurveyed: tuple[FailedTopic, ...]
    whole: bool
    """As of ``queue_digests``."""
    due: bool
    made_of: str
    """A digest of what all of the articles' decisions rest on; empty where one will not stand tomorrow."""
    look: ListLook
    last: SentList | None

    @property
    def key(self) -> str:
        """The member's mailbox key."""
        return mailbox_key(self.member.address)

    def has_nothing_new(self, today: date) -> bool:
        """Whether that is certain without reading a report."""
        if not self.made_of or self.last is None or not self.last.is_certain or self.last.day != self.look.sent_on:
            return False
        if self.due:
            return self.made_of == self.look.listed and not is_repeated(self.member, today, self.last.day)
        return self.made_of == self.look.pressed


def queue_digests(
    doors: Doors,
    topics: Collection[Topic],
    surveyed: Collection[Topic],
    failed: Sequence[FailedTopic],
    at: datetime,
    *,
    read: ReadsReports,
    members: Sequence[Member] = (),
    whole: bool = True,
) -> tuple[str, ...]:
    """Queue one digest for every recipient of the reports who is to be told something; the Message-IDs of those queued.

    ``surveyed`` are those of the ``topics`` that have a report of tonight; ``read`` is asked for some members' reports
    after the others', so that memory grows with the articles of one member and not with all.

    A member who has been told the same on that day already gets no second message, one who has stopped the digest
    gets none, and one whose day it is not, or whose list holds nothing new, gets only what cannot wait. ``whole`` is
    false where only some articles were looked at because someone asked: their readers are told at once, and their next
    digest comes as ever. An article with a notice past its deadline is told to those whom its topic names for that,
    too. Of an article whose topic file cannot be read, those are told whom it named before. Of one whose editors have
    all stopped their mails, the recipients are told the errands. Raises StoreBusy.
    """
    by_slug = {topic.slug: topic for topic in (*surveyed, *_find_escalated(surveyed, read))}
    topics = [by_slug.get(topic.slug, topic) for topic in topics]
    stopped = doors.store.stopped_members()
    readers = _find_readers(doors, topics, by_slug, failed, at.date(), stopped=stopped, members=members, whole=whole)
    queued: list[str] = []
    for group in _groups(readers):
        reports = _read_all(group, read, stopped)
        told = {episode for report in reports.values() for episode in report.episodes}
        before: Mapping[str, ToldByMail] = {}
        again: frozenset[str] = frozenset()
        if reports:
            with doors.store.reading():
                before = doors.store.told_by_mail(told, besides=at.date())
                again = doors.store.asked_for_review(at.date())
        messages: list[Message] = []
        looks: dict[str, ListLook] = {}
        for reader in group:
            own = [reports[slug] for slug in reader.slugs if slug in reports]
            composed = compose_digest(reader.member.address, at.date(), own, reader.unsurveyed)
            mails = before.get(reader.key, ToldByMail())
            message, look = _tell(reader, _for(reader.member, composed, mails, again), mails, doors.settings, at)
            messages += [message] if message is not None else []
            looks |= {reader.key: look} if look is not None else {}
        with doors.store.saving():
            queued += doors.store.enqueue(messages, at=at)
            doors.store.note_list_looks(looks)
    return tuple(queued)


def _find_readers(
    doors: Doors,
    topics: Collection[Topic],
    surveyed: Mapping[str, Topic],
    failed: Sequence[FailedTopic],
    today: date,
    *,
    stopped: Collection[str],
    members: Sequence[Member],
    whole: bool,
) -> list[_Reader]:
    """Those whom the night may have something to tell; that a list was due and holds nothing new is noted."""
    # A file that cannot be read names no recipients: its failure is told to everybody, and to its readers of before.
    readable = {topic.slug for topic in topics}
    with doors.store.reading():
        last = doors.store.last_digests(today)
        named_before = doors.store.readers([topic.slug for topic in failed if topic.slug not in readable])
        looks = doors.store.list_looks() if whole else {}
        grounds = doors.store.grounds(surveyed) if whole else {}
    told_of = [
        address
        for slug, addresses in named_before.items()
        for address in addresses
        if wants(find_member(address, members), slug)
    ]
    readers, quiet = [], {}
    for member in members_of(topics, members, told_of):
        key = mailbox_key(member.address)
        slugs = tuple(slug for slug, topic in surveyed.items() if gets(member, topic))
        named = {topic.slug for topic in topics if gets(member, topic)}
        unsurveyed = tuple(topic for topic in failed if topic.slug in named or topic.slug not in readable)
        if key in stopped or not (slugs or unsurveyed):
            continue
        look, sent = looks.get(key, ListLook()), last.get(key)
        days = [day for day in (sent and sent.day, look.looked_on) if day]
        due = is_due(member, today, max(days, default=None))
        alone = [slug for slug in slugs if surveyed[slug].editors and not editors_told(surveyed[slug], stopped)]
        made_of = "" if unsurveyed else digest_grounds(member, slugs, grounds, alone)
        reader = _Reader(member, slugs, unsurveyed, whole, due, made_of, look, sent)
        if not reader.has_nothing_new(today):
            readers.append(reader)
        elif due and (looked := _note_day(member, look, today)) != look:
            quiet[key] = looked
    if quiet:
        doors.store.note_list_looks(quiet)
    return readers


def _note_day(member: Member, look: ListLook, today: date) -> ListLook:
    """The look with the day on which the list was due and held nothing new, for a member who has chosen days."""
    return replace(look, looked_on=today) if len(member.days) < len(WEEKDAYS) else look


def digest_grounds(
    member: Member, slugs: Iterable[str], grounds: Mapping[str, Ground], without_editors: Iterable[str] = ()
) -> str:
    """A digest of what a member's list rests on; empty where the decision about an article will not stand tomorrow.

    ``without_editors``: the articles whose editors have all stopped their mails.
    """
    rests_on = [(slug, grounds.get(slug)) for slug in sorted(slugs)]
    if any(ground is None or ground.standing is None for _, ground in rests_on):
        return ""
    alone = sorted(without_editors)
    found = (member, rests_on, alone) if alone else (member, rests_on)
    return hashlib.sha256(orjson.dumps(found, default=sorted)).hexdigest()


def _groups(readers: Sequence[_Reader]) -> Iterator[list[_Reader]]:
    """The readers in their order, so many at a time that their reports can be in memory together."""
    group: list[_Reader] = []
    for reader in readers:
        together = {slug for each in (*group, reader) for slug in each.slugs}
        if group and (len(together) > _AT_ONCE or len(group) == _AT_ONCE):
            yield group
            group = []
        group.append(reader)
    if group:
        yield group


def _read_all(group: Iterable[_Reader], read: ReadsReports, stopped: Collection[str]) -> dict[str, Report]:
    """The reports of the readers' articles, by slug, each naming those editors alone who get mail."""
    slugs = [*dict.fromkeys(slug for reader in group for slug in reader.slugs)]
    reports = read(slugs) if slugs else {}
    return {
        slug: replace(told, topic=replace(told.topic, editors=editors_told(told.topic, stopped)))
        for slug, report in reports.items()
        for told in [escalate(report)]
    }


def _find_escalated(surveyed: Iterable[Topic], read: ReadsReports) -> Iterator[Topic]:
    """The topics whose overdue notices are told to others as well, with these among their recipients."""
    named = [topic.slug for topic in surveyed if topic.escalate_to]
    for start in range(0, len(named), _AT_ONCE):
        for report in read(named[start : start + _AT_ONCE]).values():
            if (raised := escalate(report)) is not report:
                yield raised.topic


def _tell(
    reader: _Reader, digest: Digest, mails: ToldByMail, settings: Settings, at: datetime
) -> tuple[Message | None, ListLook | None]:
    """What the reader is told tonight, if anything, and what the next night must remember of this look."""
    look, last, today = reader.look, reader.last, at.date()
    got_last = last is not None and last.day == look.sent_on
    digest = replace(compare(digest, look if got_last else ListLook()), is_first=not got_last)
    if not reader.whole:
        return _message(digest, settings, at, scope="check"), None
    if not reader.due:
        if not (pressing := urgent(digest.reports, mails.sent)):
            return None, replace(look, pressed=reader.made_of)
        composed = compose_digest(digest.recipient, today, pressing)
        told = _for(reader.member, composed, mails)
        return _urgent_message(replace(told, urgent=True), settings, at, mails.refused), replace(look, pressed="")
    every = {episode for report in digest.reports for episode in report.episodes}
    is_new = not got_last or digest.says_something_new
    digest = replace(digest, heard=heard_in(look.marks) if got_last else {})
    if not is_new and last is not None:
        if not is_repeated(reader.member, today, last.day):
            looked = _note_day(reader.member, look, today)
            # What only a mail of doubtful fate has told may be news again tomorrow.
            rests_on = reader.made_of if every <= mails.sent else ""
            return None, replace(looked, listed=rests_on, pressed=rests_on)
        if reader.member.unchanged is Unchanged.WEEKLY:
            digest = replace(digest, unchanged_since=last.day)
    message = _message(digest, settings, at, scope="digest")
    left = every - mails.sent - {episode for _, episode in message.news}
    return message, ListLook(
        sent_on=today,
        marks=marks_of(digest),
        listed="" if left or fails(marks_of(digest)) else reader.made_of,
    )


def _for(member: Member, digest: Digest, before: ToldByMail, again: frozenset[str] = frozenset()) -> Digest:
    """The digest as the member wants it, and what is no news to the member; ``again``: as of ``Digest``."""
    told = told_before(digest.reports, before)
    return replace(digest, items=member.items, dates=member.dates, told=told, known=before.topics, again=again)


def _message(digest: Digest, settings: Settings, at: datetime, *, scope: str) -> Message:
    """Its identity is what is open on that day.

    What of it was told before, another article's broken file, and another secret of the desk are no reason to mail a
    member twice on a day.
    """
    failed = () if digest.reports else digest.failed
    plain = _links(digest, settings, None)
    same = digest_hash(
        replace(
            digest, failed=failed, told=frozenset(), known=frozenset(), unchanged_since=None, heard=None, new_marks=None
        ),
        **plain,
    )
    letter = digest_letter(digest, **_links(digest, settings, settings.desk_secret))
    mail = compose(
        replace(letter, key=hashlib.sha256(f"{letter.key} {same}".encode()).hexdigest()), sender=settings.sender, at=at
    )
    return Message(
        message_id=str(mail["Message-ID"]),
        recipient=digest.recipient,
        scope=f"{scope} {digest.day.isoformat()}",
        content_hash=same,
        subject=str(mail["Subject"]),
        body=mail.as_bytes(),
        topics=tuple(report.topic.slug for report in digest.reports) or tuple(topic.slug for topic in digest.failed),
        news=news_told(digest),
        day=digest.day,
    )


def _urgent_message(digest: Digest, settings: Settings, at: datetime, refused: frozenset[str]) -> Message:
    """Told once: its identity is what was retracted, and the day where an earlier mail about it was ``refused``."""
    mail = digest_message(digest, sender=settings.sender, at=at, **_links(digest, settings, settings.desk_secret))
    told = [f"{report.topic.slug} {each}" for report in digest.reports for each in retractions(report)]
    if any(refused.intersection(report.episodes) for report in digest.reports):
        told.append(digest.day.isoformat())
    return Message(
        message_id=str(mail["Message-ID"]),
        recipient=digest.recipient,
        scope="urgent",
        content_hash=hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest(),
        subject=str(mail["Subject"]),
        body=mail.as_bytes(),
        topics=tuple(report.topic.slug for report in digest.reports),
        news=news_told(digest),
        day=digest.day,
    )


class _Links(TypedDict):
    links: dict[str, str]
    answers: dict[str, str]
    unsubscribe: str | None


def _links(digest: Digest, settings: Settings, desk_secret: SecretStr | None) -> _Links:
    desk, slugs = settings.desk_url, [report.topic.slug for report in digest.reports]
    secret = desk_secret.get_secret_value() if desk_secret is not None else None
    return {
        "links": {r.topic.slug: link for r in digest.reports if (link := report_address(r, settings))},
        "answers": {slug: answer_link(desk, digest.recipient, slug, secret) for slug in slugs} if desk else {},
        "unsubscribe": unsubscribe_link(desk, digest.recipient, secret) if desk else None,
    }
