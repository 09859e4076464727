"""From reports to mailboxes: digests are queued in the store's outbox, then handed over one at a time.

A message is claimed before it is sent and settled after; one whose fate is unknown is called unknown, shown, and
never sent again without a person. This module refuses to decide what a digest says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from litwatch.errors import DeliveryError, LitwatchError, OutputFailed, SettingsError
from litwatch.links import answer_link
from litwatch.mail import MailSettings, Unknown, send, write_eml
from litwatch.messages import Message, MessageState, OutboxEntry
from litwatch.pipeline.doors import Doors
from litwatch.pipeline.publish import report_address
from litwatch.render import digest_hash, digest_message
from litwatch.reports import Digest, FailedTopic, Report, compose_digest
from litwatch.settings import Settings
from litwatch.signed_mail import sign_mail
from litwatch.store import RunState
from litwatch.topics import Topic


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
        lines = [*self.errors]
        if self.unknown:
            lines.append(
                f"It is not known whether {', '.join(self.unknown)} got their mail; ask them, then "
                "`litwatch digest --received` or `--resend`; `litwatch digest --show` lists them"
            )
        return "\n".join(lines) or None

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
        more += [f"{len(self.unknown)} of unknown fate"] if self.unknown else []
        return ", ".join([done, *more])


def queue_digests(
    doors: Doors, topics: Collection[Topic], reports: Sequence[Report], failed: Sequence[FailedTopic], at: datetime
) -> tuple[str, ...]:
    """Queue one digest for every recipient of the reports; the Message-IDs of those queued now.

    A member who has been told the same on that day already gets no second message, and one who has stopped the digest
    gets none. Raises StoreBusy.
    """
    stopped = doors.store.stopped_members()
    recipients = sorted({r.casefold(): r for topic in topics for r in topic.recipients}.items())
    messages = []
    for member, recipient in recipients:
        if member in stopped:
            continue
        own = [report for report in reports if _concerns(report.topic, recipient)]
        named = {topic.slug for topic in topics if _concerns(topic, recipient)}
        # A file that cannot be read names no recipients: its failure is told to everybody.
        readable = {topic.slug for topic in topics}
        unsurveyed = [topic for topic in failed if topic.slug in named or topic.slug not in readable]
        if own or unsurveyed:
            digest = compose_digest(recipient, at.date(), own, unsurveyed)
            messages.append(_message(digest, doors.settings, at))
    return doors.store.enqueue(messages, at=at)


def deliver(doors: Doors, *, queued: int = 0) -> Delivery:
    """Hand over whatever waits in the outbox, once each; ``queued`` is only reported.

    Raises StoreBusy. A refused or postponed message is in the result, not an exception, so that the others go.
    """
    settings, store = doors.settings, doors.store
    store.mark_abandoned(doors.clock())
    sent: list[str] = []
    errors: list[str] = []
    put_off: set[str] = set()
    while claimed := store.claim(doors.clock(), limit=1, besides=put_off):
        entry = claimed[0]
        try:
            state, error = _hand_over(entry, settings, doors.clock())
        except SettingsError as fault:
            # The next message would fare the same, and a login tried too often is locked.
            store.settle(entry.message.message_id, MessageState.QUEUED, at=doors.clock(), error=str(fault))
            errors.append(f"{fault} The mails wait in the outbox; `litwatch digest` sends them once it is mended.")
            break
        store.settle(entry.message.message_id, state, at=doors.clock(), error=error)
        if state is MessageState.QUEUED:
            put_off.add(entry.message.message_id)
        if state is MessageState.SENT:
            sent.append(entry.message.recipient)
        elif error:
            errors.append(f"{entry.message.recipient}: {error}")
    unknown = store.outbox([MessageState.UNKNOWN])
    return Delivery(
        queued=queued,
        sent=tuple(sent),
        folder=None if settings.smtp_host else str(settings.mail_folder),
        waiting=len(store.outbox([MessageState.QUEUED])),
        unknown=tuple(entry.message.recipient for entry in unknown),
        errors=tuple(errors),
    )


def run_delivery(doors: Doors) -> Delivery:
    """``deliver`` as a run of its own, with its row in the store; for the command and the flow. Raises StoreBusy."""
    run = doors.store.start_run("digest", doors.clock())
    try:
        delivery = deliver(doors)
    except BaseException as error:
        reason = str(error) if isinstance(error, LitwatchError) else f"{type(error).__name__} ended the run"
        doors.store.finish_run(run, RunState.FAILED, at=doors.clock(), error=reason)
        raise
    state = RunState.SUCCEEDED if delivery.ok else RunState.INCOMPLETE
    receipt = {"mails_sent": len(delivery.sent), "mails_waiting": delivery.waiting}
    doors.store.finish_run(run, state, at=doors.clock(), summary=receipt, error=delivery.failure)
    return delivery


def _concerns(topic: Topic, recipient: str) -> bool:
    return recipient.casefold() in {address.casefold() for address in topic.recipients}


def _message(digest: Digest, settings: Settings, at: datetime) -> Message:
    links = {report.topic.slug: link for report in digest.reports if (link := report_address(report, settings))}
    answers = {}
    if settings.desk_url:
        slugs = [report.topic.slug for report in digest.reports]
        answers = {slug: answer_link(settings.desk_url, digest.recipient, slug) for slug in slugs}
    mail = digest_message(digest, sender=settings.sender, at=at, links=links, answers=answers)
    # Another article's broken file is no reason to tell a member on the same day what was told already.
    told = replace(digest, failed=()) if digest.reports else digest
    return Message(
        message_id=str(mail["Message-ID"]),
        recipient=digest.recipient,
        scope=f"digest {digest.day.isoformat()}",
        content_hash=digest_hash(told, links, answers),
        subject=str(mail["Subject"]),
        body=mail.as_bytes(),
    )


def _hand_over(entry: OutboxEntry, settings: Settings, at: datetime) -> tuple[MessageState, str | None]:
    """Send or write one claimed message, its links signed: what it has become, and why where it was not sent."""
    body = entry.message.body
    if settings.desk_secret is not None:
        body = sign_mail(body, settings.desk_secret.get_secret_value(), at)
    try:
        if settings.smtp_host is None:
            write_eml(settings.mail_folder, body)
            return MessageState.SENT, None
        outcome = send(body, entry.message.recipient, _mail_settings(settings, settings.smtp_host))
    except DeliveryError as error:
        return (MessageState.FAILED if error.permanent else MessageState.QUEUED), str(error)
    except OutputFailed as error:
        return MessageState.QUEUED, str(error)
    if isinstance(outcome, Unknown):
        return MessageState.UNKNOWN, outcome.reason
    return MessageState.SENT, None


def _mail_settings(settings: Settings, host: str) -> MailSettings:
    return MailSettings(
        host=host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.sender,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
    )
