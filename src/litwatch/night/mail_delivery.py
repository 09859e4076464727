"""From reports to mailboxes: digests are queued in the store's outbox, then handed over one at a time.

A message is claimed before it is sent and settled after; one whose fate is unknown is called unknown, shown, and
never sent again without a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from pydantic import SecretStr

from litwatch.config.member_file import read_members
from litwatch.config.settings import MailRoute, Settings
from litwatch.config.topic_files import read_topic_files
from litwatch.digest.digest import Digest, compose_digest
from litwatch.digest.digest_mail import digest_hash, digest_letter, digest_message
from litwatch.digest.mail.letter import Letter, compose
from litwatch.digest.mail.smtp import MailSettings, Unknown, send, write_eml
from litwatch.digest.mailing_list import MailingList
from litwatch.digest.schedule import is_due, retractions, told_before, urgent
from litwatch.digest.signed_links import answer_link, keys_in, sign_mail, unsigned_for, unsubscribe_link
from litwatch.digest.view import news_told
from litwatch.model.errors import DeliveryError, LitwatchError, OperatorError, OutputFailed, SettingsError
from litwatch.model.member import Member, find_member, gets, members_of, wants
from litwatch.model.message import Message, MessageState, OutboxEntry, ToldByMail
from litwatch.model.text import phrases
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.topic import Topic
from litwatch.night.doors import Doors
from litwatch.night.early_end import describe_end
from litwatch.night.published_reports import report_address
from litwatch.report.contents import FailedTopic, Report, escalate
from litwatch.store import RunState


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the messages of one run."""

    queued: int
    """Messages queued by this run; none where everybody has been told the same already."""
    sent: tuple[str, ...]
    """Recipients of the messages handed over, or written as files."""
    folder: str | None
    """Where they were written, when no mail server is set."""
    waiting: int
    """Messages still in the outbox; the next delivery tries again."""
    unknown: tuple[str, ...]
    """Recipients of messages whose fate is unknown, of earlier runs too."""
    errors: tuple[str, ...]
    """One sentence for each message that was refused or put off."""

    @property
    def failure(self) -> str | None:
        """What a person must look at; None when everything was handed over."""
        return "\n".join(self.troubles) or None

    @property
    def troubles(self) -> tuple[str, ...]:
        """One sentence for each message that a person must look at."""
        lines = [*self.errors]
        if self.unknown:
            lines.append(
                f"It is unknown whether {', '.join(self.unknown)} got their mail; ask them, then run "
                "`litwatch digest --received` or `--resend`; `litwatch digest --show` lists them"
            )
        return tuple(lines)

    def and_then(self, later: Delivery) -> Delivery:
        """This delivery and one that followed it in the same run, as one."""
        return Delivery(
            queued=self.queued + later.queued,
            sent=(*self.sent, *later.sent),
            folder=later.folder,
            waiting=later.waiting,
            unknown=later.unknown,
            errors=(*self.errors, *later.errors),
        )

    @property
    def ok(self) -> bool:
        """Whether nothing was refused, put off or left in doubt."""
        return self.failure is None

    @property
    def sentence(self) -> str:
        """The delivery in one line."""
        where = f" as files in {self.folder}" if self.folder and self.sent else ""
        idle = "none sent" if self.waiting or self.errors else "nothing to send"
        done = f"{len(self.sent)} sent{where}" if self.sent else idle
        more = [f"{self.waiting} waiting"] if self.waiting else []
        more += [f"{len(self.unknown)} whose delivery is unknown"] if self.unknown else []
        return ", ".join([done, *more])


ReadsReports = Callable[[Collection[str]], Mapping[str, Report]]
"""Reads the reports of articles, by slug; where one cannot be read, it is left out."""

_MAILS_AT_ONCE = 50
"""So many mails are queued in one transaction, and no more are in memory."""


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
    """Queue one digest for every recipient of the reports; the Message-IDs of those queued now.

    ``surveyed`` are those of the ``topics`` that have a report of tonight; ``read`` is asked for one member's reports
    after the other's, so that memory does not grow with the number of articles.

    A member who has been told the same on that day already gets no second message, one who has stopped the digest
    gets none, and one whose day it is not gets only what cannot wait. ``whole`` is false where only some articles were
    looked at because someone asked: their readers are told at once, and their next digest comes as ever. An article
    with a notice past its deadline is told to those whom its topic names for that, too. Of an article whose topic file
    cannot be read, those are told whom it named before. Raises StoreBusy.
    """
    # A file that cannot be read names no recipients: its failure is told to everybody, and to its readers of before.
    readable = {topic.slug for topic in topics}
    unreadable = [topic.slug for topic in failed if topic.slug not in readable]
    by_slug = {topic.slug: topic for topic in (*surveyed, *_find_escalated(surveyed, read))}
    topics = [by_slug.get(topic.slug, topic) for topic in topics]
    with doors.store.reading():
        stopped = doors.store.stopped_members()
        last = doors.store.last_digests(at.date())
        named_before = doors.store.readers(unreadable)
        again = doors.store.asked_for_review(at.date())
    queued: list[str] = []
    messages: list[Message] = []
    readers = [
        address
        for slug, addresses in named_before.items()
        for address in addresses
        if wants(find_member(address, members), slug)
    ]
    for member in members_of(topics, members, readers):
        if mailbox_key(member.address) in stopped:
            continue
        slugs = [slug for slug, topic in by_slug.items() if gets(member, topic)]
        named = {topic.slug for topic in topics if gets(member, topic)}
        unsurveyed = [topic for topic in failed if topic.slug in named or topic.slug not in readable]
        if not slugs and not unsurveyed:
            continue
        key = mailbox_key(member.address)
        own = [escalate(report) for report in read(slugs).values()]
        before = ToldByMail()
        if own:
            told = {episode for report in own for episode in report.episodes}
            before = doors.store.told_by_mail(told, besides=at.date()).get(key, before)
        if not whole or is_due(member, at.date(), last.get(key)):
            digest = _for(member, compose_digest(member.address, at.date(), own, unsurveyed), before, again)
            messages.append(_message(digest, doors.settings, at, scope="digest" if whole else "check"))
        elif pressing := urgent(own, before.sent):
            digest = _for(member, compose_digest(member.address, at.date(), pressing), before)
            messages.append(_urgent_message(replace(digest, urgent=True), doors.settings, at, before.refused))
        if len(messages) >= _MAILS_AT_ONCE:
            queued += doors.store.enqueue(messages, at=at)
            messages = []
    return (*queued, *(doors.store.enqueue(messages, at=at) if messages else ()))


def _find_escalated(surveyed: Iterable[Topic], read: ReadsReports) -> Iterator[Topic]:
    """The topics whose overdue notices are told to others as well, with these among their recipients."""
    named = [topic.slug for topic in surveyed if topic.escalate_to]
    for start in range(0, len(named), _MAILS_AT_ONCE):
        for report in read(named[start : start + _MAILS_AT_ONCE]).values():
            if (raised := escalate(report)) is not report:
                yield raised.topic


def queue_letter(letter: Letter, doors: Doors, at: datetime, *, scope: str) -> tuple[str, ...]:
    """Queue a mail that is no digest; its Message-ID, or nothing where the same was queued before. Raises StoreBusy."""
    mail = compose(letter, sender=doors.settings.sender, at=at)
    message = Message(
        str(mail["Message-ID"]), letter.recipient, scope, letter.key, str(mail["Subject"]), mail.as_bytes()
    )
    return doors.store.enqueue([message], at=at)


def _for(member: Member, digest: Digest, before: ToldByMail, again: frozenset[str] = frozenset()) -> Digest:
    """The digest as the member wants it, and what is no news to the member; ``again``: as of ``Digest``."""
    told = told_before(digest.reports, before)
    return replace(digest, items=member.items, dates=member.dates, told=told, known=before.topics, again=again)


def deliver(doors: Doors, *, queued: int = 0, only: Collection[str] | None = None) -> Delivery:
    """Hand over whatever waits in the outbox (or what of ``only`` does), once each; ``queued`` is only reported.

    What waits for somebody who has meanwhile left or stopped the digest is called off. Raises StoreBusy. A refused or
    postponed message is in the result, not an exception, so that the others go.
    """
    settings, store = doors.settings, doors.store
    sent: list[str] = []
    errors: list[str] = []
    secrets: set[str] = set()
    unsigned: dict[str, int] = {}
    put_off: set[str] = set()
    readers = _read_mailing_list(settings.queries)
    with store.saving():
        store.mark_abandoned(doors.clock())
        if only is not None:
            put_off |= {entry.message.message_id for entry in store.outbox([MessageState.QUEUED])}.difference(only)
        readers = replace(readers, stopped=store.stopped_members())
        claimed = store.claim(doors.clock(), besides=put_off)
    while claimed:
        entry = claimed[0]
        try:
            state, error = _hand_over(entry, settings, doors.clock(), readers, secrets)
        except UnsignedLinks as fault:
            # Another mail may have been composed since the settings were changed, and can go.
            state, error = MessageState.QUEUED, str(fault)
            unsigned[error] = unsigned.get(error, 0) + 1
        except SettingsError as fault:
            # The next message would fare the same, and a login tried too often is locked.
            store.settle(entry.message.message_id, MessageState.QUEUED, at=doors.clock(), error=str(fault))
            errors.append(f"{fault} The mails wait in the outbox; `litwatch digest` sends them once this is corrected.")
            break
        if state is MessageState.QUEUED:
            put_off.add(entry.message.message_id)
        with store.saving():
            store.settle(entry.message.message_id, state, at=doors.clock(), error=error)
            claimed = store.claim(doors.clock(), besides=put_off)
        if state is MessageState.SENT:
            sent.append(entry.message.recipient)
        elif error and error not in unsigned and state is not MessageState.CANCELLED:
            errors.append(f"{entry.message.recipient}: {error}")
    errors += [f"{fault} {_wait(number)}" for fault, number in unsigned.items()]
    with store.reading():
        unknown, waits = store.outbox([MessageState.UNKNOWN]), store.outbox([MessageState.QUEUED])
    return Delivery(
        queued=queued,
        sent=tuple(sent),
        folder=None if settings.smtp_host else str(settings.mail_folder),
        waiting=len(waits),
        unknown=tuple(entry.message.recipient for entry in unknown),
        errors=tuple(errors),
    )


class UnsignedLinks(SettingsError):
    """A mail's links would leave unsigned, and so dead: the desk's settings are absent, or are another desk's."""


def _wait(number: int) -> str:
    verb = "waits" if number == 1 else "wait"
    return (
        f"{phrases.count(number, 'mail')} {verb} in the outbox; `litwatch digest` sends what waits once this is "
        "corrected. If the desk has moved or its secret was changed for good, call them off with `litwatch digest "
        "--cancel`: the next digest tells the same."
    )


def _read_mailing_list(folder: Path) -> MailingList:
    """What the folder's files say; who has stopped the digest is in the store."""
    try:
        topics, problems = read_topic_files(folder)
        members, _ = read_members(folder, topics)
    except LitwatchError:
        return MailingList({}, (), whole=False, stopped=())
    return MailingList({topic.slug: topic for topic in topics}, members, whole=not problems, stopped=())


def run_delivery(doors: Doors) -> Delivery:
    """``deliver`` as a run of its own, with its row in the store; for the command and the flow. Raises StoreBusy."""
    run = doors.store.start_run("digest", doors.clock())
    try:
        delivery = deliver(doors)
    except BaseException as error:
        with suppress(OperatorError):  # the first reason is the one to tell, and tell_early_end keeps it elsewhere
            doors.store.finish_run(run, RunState.FAILED, at=doors.clock(), error=describe_end(error))
        raise
    state = RunState.SUCCEEDED if delivery.ok else RunState.INCOMPLETE
    receipt = {"mails_sent": len(delivery.sent), "mails_waiting": delivery.waiting}
    doors.store.finish_run(run, state, at=doors.clock(), summary=receipt, error=delivery.failure)
    return delivery


def _message(digest: Digest, settings: Settings, at: datetime, *, scope: str) -> Message:
    """Its identity is what is open on that day.

    What of it was told before, another article's broken file, and another secret of the desk are no reason to mail a
    member twice on a day.
    """
    failed = () if digest.reports else digest.failed
    plain = _links(digest, settings, None)
    same = digest_hash(replace(digest, failed=failed, told=frozenset(), known=frozenset()), **plain)
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


def _hand_over(
    entry: OutboxEntry, settings: Settings, at: datetime, readers: MailingList, secrets: set[str]
) -> tuple[MessageState, str | None]:
    """Send or write one claimed message, its links signed: what it has become, and why where it was not sent.

    ``secrets`` grows by the links' keys: a server may quote an earlier mail. Raises UnsignedLinks and SettingsError.
    """
    if objection := readers.objection_to(entry.message):
        return MessageState.CANCELLED, objection
    body = entry.message.body
    if settings.desk_url is not None and settings.desk_secret is not None:
        secret = settings.desk_secret.get_secret_value()
        body = sign_mail(body, settings.desk_url, entry.message.recipient, secret, at)
        secrets |= keys_in(body, settings.desk_url)
    if (desk := unsigned_for(body)) is not None:
        raise UnsignedLinks(_say_unsigned(desk, settings))
    try:
        if settings.smtp_host is None:
            write_eml(settings.mail_folder, body)
            return MessageState.SENT, None
        outcome = send(body, entry.message.recipient, mail_settings(settings, settings.smtp_host), secrets=secrets)
    except DeliveryError as error:
        return (MessageState.FAILED if error.permanent else MessageState.QUEUED), str(error)
    except OutputFailed as error:
        return MessageState.QUEUED, str(error)
    if isinstance(outcome, Unknown):
        return MessageState.UNKNOWN, outcome.reason
    return MessageState.SENT, None


def _say_unsigned(desk: str, settings: Settings) -> str:
    if desk == settings.desk_url:
        return (
            f"The links of a mail that waits are for the desk at {desk} with another LITWATCH_DESK_SECRET than the one "
            "that is set, and would open nothing: set it as it was for the night."
        )
    now = f"is {settings.desk_url}" if settings.desk_url else "is not set"
    return (
        f"The links of a mail that waits lead to the desk at {desk}, but LITWATCH_DESK_URL {now}: set it, and "
        "LITWATCH_DESK_SECRET, as they were for the night."
    )


def mail_settings(settings: MailRoute, host: str, *, timeout: float = 60.0) -> MailSettings:
    """What the mail server needs of the settings; ``timeout``: seconds for each of its answers."""
    return MailSettings(
        host=host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.sender,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        certificates=settings.smtp_certificates,
        timeout=timeout,
    )
