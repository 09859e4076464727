"""From the store's outbox to mailboxes and the webhook, one message at a time.

A message is claimed before it is sent and settled after; one whose fate is unknown is called unknown, shown, and
never sent again without a person.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from litwatch.config.member_file import read_members
from litwatch.config.settings import MailRoute, Settings
from litwatch.config.topic_files import read_topic_files
from litwatch.digest.mail.letter import Letter, compose
from litwatch.digest.mail.smtp import MailSettings, Unknown, send, write_eml
from litwatch.digest.mailing_list import MailingList
from litwatch.digest.signed_links import keys_in, sign_mail, unsigned_for
from litwatch.digest.webhook import post
from litwatch.digest.webhook_message import WEBHOOK, load_post, write_post
from litwatch.model.errors import DeliveryError, LitwatchError, OperatorError, OutputFailed, SettingsError
from litwatch.model.message import Message, MessageState, OutboxEntry
from litwatch.model.text import phrases
from litwatch.night.doors import Doors
from litwatch.night.early_end import describe_end
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
    posted: int = 0
    """Messages handed over to the webhook."""

    @property
    def failure(self) -> str | None:
        """What a person must look at; None when everything was handed over."""
        return "\n".join(self.troubles) or None

    @property
    def troubles(self) -> tuple[str, ...]:
        """One sentence for each message that a person must look at."""
        lines = [*self.errors]
        settle = "then run `litwatch digest --received` or `--resend`; `litwatch digest --show` lists them"
        if people := [each for each in self.unknown if each != WEBHOOK]:
            lines.append(f"It is unknown whether {', '.join(people)} got their mail; ask them, {settle}")
        if WEBHOOK in self.unknown:
            lines.append(f"It is unknown whether a message reached the webhook; look at its channel, {settle}")
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
            posted=self.posted + later.posted,
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
        if self.posted:
            posted = f"{self.posted} posted to the webhook"
            done = f"{done}, {posted}" if self.sent else posted
        more = [f"{self.waiting} waiting"] if self.waiting else []
        more += [f"{len(self.unknown)} whose delivery is unknown"] if self.unknown else []
        return ", ".join([done, *more])


_LEFT = (MessageState.UNKNOWN, MessageState.QUEUED)
"""The states of messages with which a delivery has not come to an end."""


def queue_letter(letter: Letter, doors: Doors, at: datetime, *, scope: str) -> tuple[str, ...]:
    """Queue a mail that is no digest; its Message-ID, or nothing where the same was queued before. Raises StoreBusy."""
    mail = compose(letter, sender=doors.settings.sender, at=at)
    message = Message(
        str(mail["Message-ID"]), letter.recipient, scope, letter.key, str(mail["Subject"]), mail.as_bytes()
    )
    return doors.store.enqueue([message], at=at)


def deliver(doors: Doors, *, queued: int = 0, only: Collection[str] | None = None) -> Delivery:
    """Hand over whatever waits in the outbox (or what of ``only`` does), once each; ``queued`` is only reported.

    What waits for somebody who has meanwhile left or stopped the digest is called off. Raises StoreBusy. A refused or
    postponed message is in the result, not an exception, so that the others go.
    """
    settings, store = doors.settings, doors.store
    sent: list[str] = []
    posted = 0
    errors: list[str] = []
    secrets: set[str] = set()
    unsigned: dict[str, int] = {}
    put_off: set[str] = set()
    readers = _read_mailing_list(settings.queries)
    left: tuple[OutboxEntry, ...] | None = None
    with store.saving():
        store.mark_abandoned(doors.clock())
        if only is not None:
            put_off |= {entry.message.message_id for entry in store.outbox([MessageState.QUEUED])}.difference(only)
        readers = replace(readers, stopped=store.stopped_members())
        claimed = store.claim(doors.clock(), besides=put_off)
        left = None if claimed else store.outbox(_LEFT)
    while claimed:
        entry = claimed[0]
        try:
            state, error = _hand_over(entry, settings, doors.clock(), readers, secrets)
        except UnsignedLinks as fault:
            # Another mail may have been composed since the settings were changed, and can go.
            state, error = MessageState.QUEUED, str(fault)
            unsigned[error] = unsigned.get(error, 0) + 1
        except SettingsError as fault:
            # The next mail would fare the same, and a login tried too often is locked.
            errors.append(f"{fault} The mails wait in the outbox; `litwatch digest` sends them once this is corrected.")
            with store.saving():
                store.settle(entry.message.message_id, MessageState.QUEUED, at=doors.clock(), error=str(fault))
                waiting = store.outbox([MessageState.QUEUED])
                put_off |= {each.message.message_id for each in waiting if each.message.recipient != WEBHOOK}
                claimed = store.claim(doors.clock(), besides=put_off)
                left = None if claimed else store.outbox(_LEFT)
            continue
        if state is MessageState.QUEUED:
            put_off.add(entry.message.message_id)
        with store.saving():
            store.settle(entry.message.message_id, state, at=doors.clock(), error=error)
            claimed = store.claim(doors.clock(), besides=put_off)
            left = None if claimed else store.outbox(_LEFT)
        if state is MessageState.SENT and entry.message.recipient == WEBHOOK:
            posted += 1
        elif state is MessageState.SENT:
            sent.append(entry.message.recipient)
        elif error and error not in unsigned and state is not MessageState.CANCELLED:
            errors.append(f"{entry.message.recipient}: {error}")
    errors += [f"{fault} {_wait(number)}" for fault, number in unsigned.items()]
    left = store.outbox(_LEFT) if left is None else left
    return Delivery(
        queued=queued,
        sent=tuple(sent),
        folder=None if settings.smtp_host else str(settings.mail_folder),
        waiting=sum(entry.state is MessageState.QUEUED for entry in left),
        unknown=tuple(entry.message.recipient for entry in left if entry.state is MessageState.UNKNOWN),
        errors=tuple(errors),
        posted=posted,
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


def _hand_over(
    entry: OutboxEntry, settings: Settings, at: datetime, readers: MailingList, secrets: set[str]
) -> tuple[MessageState, str | None]:
    """Send or write one claimed message, its links signed: what it has become, and why where it was not sent.

    ``secrets`` grows by the links' keys: a server may quote an earlier mail. Raises UnsignedLinks and SettingsError.
    """
    if entry.message.recipient == WEBHOOK:
        return _post(entry, settings)
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


def _post(entry: OutboxEntry, settings: Settings) -> tuple[MessageState, str | None]:
    """Post one claimed message to the webhook, in the form that is set now."""
    if settings.webhook_url is None or settings.webhook_form is None:
        return MessageState.CANCELLED, "No webhook is set any more; not posted."
    try:
        body = write_post(load_post(entry.message.body), settings.webhook_form)
        unknown = post(settings.webhook_url.get_secret_value(), body)
    except ValueError as error:  # kept by a litwatch of another form
        return MessageState.FAILED, f"It cannot be read ({error}); what it told is told with the next retraction."
    except DeliveryError as error:
        return (MessageState.FAILED if error.permanent else MessageState.QUEUED), str(error)
    return (MessageState.SENT, None) if unknown is None else (MessageState.UNKNOWN, unknown)


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
