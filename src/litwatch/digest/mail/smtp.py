"""One message to one person over SMTP, with an honest answer about its fate; or as a file, for rehearsals.

SMTP has no receipt: between the final dot and the server's reply a lost connection leaves the message's fate open (RFC
5321 4.5.3.2.6, RFC 1047). That is ``Unknown``, a result of its own, and never tried again from here. The password is
never sent over a connection on which it could be read.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from functools import partial
from pathlib import Path

from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import DeliveryError, OutputFailed, SettingsError
from litwatch.model.smtp_security import SmtpSecurity
from litwatch.model.text.hidden_secrets import hide_secrets
from litwatch.model.text.loopback import is_loopback
from litwatch.model.text.safe_text import clip, visible


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where and how messages are handed over."""

    host: str
    port: int
    security: SmtpSecurity
    sender: str
    """Envelope sender: where bounces go."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    """Seconds for each single answer of the server."""
    certificates: Path | None = None
    """PEM file of a private authority to trust instead of the system's."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message over; ``reply`` is its word, usually with a queue id."""

    reply: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The whole message went out and no answer came: perhaps delivered, so sending again may deliver twice."""

    reason: str


Outcome = Accepted | Unknown
"""What ``send`` returns; a message that certainly was not taken over is a DeliveryError instead."""


_Hide = Callable[[str], str]
"""Takes what must not be repeated out of a server's words."""


def send(message: bytes, recipient: str, settings: MailSettings, *, secrets: Collection[str] = ()) -> Outcome:
    """Hand one message (RFC 5322 bytes) to the mail server for one recipient (a bare address).

    ``secrets``, the login and whatever looks like a signed link's key are taken out of everything that is repeated of
    the server's words: a filter that refuses a message quotes the address that it does not like.

    Raises DeliveryError where it certainly was not taken over: ``permanent`` for a 5xx about the message or its
    recipient; not permanent for a 4xx, a refused or lost connection, a time-out before the final dot. Raises
    SettingsError for a refused login, a missing or untrusted TLS, and, before any connection, for a login that would
    cross the network in the clear.
    """
    _check_login(settings)
    envelope = _check_recipient(recipient)
    login = [f"\0{settings.user}\0{settings.password}"] if settings.password else []
    hide = partial(hide_secrets, secrets=(*secrets, settings.password, *login))
    server: smtplib.SMTP | None = None
    try:
        with _translated(settings, hide):
            server = _connect(settings)
            _offer(server, envelope, settings)
            server.send(_stuffed(message))
        return _finish(server, f"the mail server {settings.host}:{settings.port}", hide)
    finally:
        if server is not None:
            _leave(server)


def try_login(settings: MailSettings) -> None:
    """Connect, log in and say NOOP and goodbye; no message is offered. Raises DeliveryError and SettingsError as
    ``send`` does.
    """
    _check_login(settings)
    login = [f"\0{settings.user}\0{settings.password}"] if settings.password else []
    server: smtplib.SMTP | None = None
    try:
        with _translated(settings, partial(hide_secrets, secrets=(settings.password, *login))):
            server = _connect(settings)
            _expect(server, *server.noop())
    finally:
        if server is not None:
            _leave(server)


def write_eml(folder: Path, message: bytes) -> Path:
    """Write a message (RFC 5322 bytes) as ``<date>-<recipient>-<hash>.eml``, whole or not at all; returns the file.

    The same Message-ID gives the same name, so a repeat replaces it. Raises OutputFailed.
    """
    headers = BytesHeaderParser(policy=policy.SMTP).parsebytes(message)
    sent = headers["Date"]
    dated = sent.datetime.date().isoformat() if sent is not None and sent.datetime is not None else "undated"
    to = re.sub(r"[^A-Za-z0-9]+", "-", parseaddr(str(headers["To"] or ""))[1]).strip("-")[:60] or "nobody"
    key = str(headers["Message-ID"] or "").encode() or message
    target = folder / f"{dated}-{to}-{hashlib.sha256(key).hexdigest()[:12]}.eml"
    try:
        write_whole_file(target, message, private=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutputFailed(f"The message for {to} could not be written to {folder}: {why}.") from error
    return target


def _check_login(settings: MailSettings) -> None:
    if settings.user is None and settings.password is None:
        return
    if settings.user is None or settings.password is None:
        raise SettingsError("A mail login needs a user and a password; only one of the two is set.")
    if settings.security is SmtpSecurity.NONE and not is_loopback(settings.host):
        raise SettingsError(
            f"The login for {settings.host} would cross the network unencrypted: set the SMTP security to "
            "starttls or tls, or remove the login."
        )


def _check_recipient(recipient: str) -> str:
    local, at, domain = recipient.rpartition("@")
    plain = recipient.isprintable() and not any(sign in recipient for sign in ' <>,;\\"')
    if not (local and at and domain and plain):
        shown = clip(visible(recipient), 80)
        raise DeliveryError(f"{shown!r} is not a single mail address; correct it in the topic files.", permanent=True)
    return recipient


@contextlib.contextmanager
def _translated(settings: MailSettings, hide: _Hide) -> Iterator[None]:
    """What goes wrong before the final dot: the message certainly was not taken over.

    A fault of the settings (login, certificate, TLS) is a SettingsError: no message is to blame, and a person must act.
    """
    where = f"the mail server {settings.host}:{settings.port}"
    try:
        yield
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or "TLS failed"
        said = f"No trusted connection to {where}: {why}. Check its certificate and LITWATCH_SMTP_SECURITY."
        raise SettingsError(said) from error
    except smtplib.SMTPAuthenticationError as error:
        said = f"The login to {where} was refused ({error.smtp_code}): check LITWATCH_SMTP_USER and _PASSWORD."
        raise SettingsError(said) from None
    except smtplib.SMTPNotSupportedError as error:
        said = f"A setting requires something that {where} does not offer: {_short(hide(str(error)))}"
        if "SMTPUTF8" in said:
            raise DeliveryError(said, permanent=True) from None
        raise SettingsError(f"{said} Check LITWATCH_SMTP_SECURITY.") from None
    except smtplib.SMTPResponseException as error:
        raise _refused(where, error.smtp_code, error.smtp_error, hide) from None
    except (smtplib.SMTPException, OSError) as error:
        said = f"The connection to {where} failed before the message was handed over ({_name(error, hide)})."
        raise DeliveryError(said + " The next delivery tries again.", permanent=False) from None


def _connect(settings: MailSettings) -> smtplib.SMTP:
    server: smtplib.SMTP
    if settings.security is SmtpSecurity.TLS:
        context = _trusting(settings)
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
    try:
        server.ehlo_or_helo_if_needed()
        if settings.security is SmtpSecurity.STARTTLS:
            code, reply = server.starttls(context=_trusting(settings))
            _expect(server, code, reply)
            server.ehlo()
        if settings.user is not None and settings.password is not None:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _trusting(settings: MailSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.certificates)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _offer(server: smtplib.SMTP, recipient: str, settings: MailSettings) -> None:
    """MAIL FROM, RCPT TO and DATA, up to the server's word to go ahead."""
    options: list[str] = []
    if not recipient.isascii() or not settings.sender.isascii():
        if not server.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError(f"addresses beyond ASCII (SMTPUTF8), for {visible(recipient)}.")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
        server.command_encoding = "utf-8"
    _expect(server, *server.mail(settings.sender, options))
    _expect(server, *server.rcpt(recipient))
    server.putcmd("data")
    code, reply = server.getreply()
    if code != 354:
        raise smtplib.SMTPDataError(code, reply)


def _expect(server: smtplib.SMTP, code: int, reply: bytes) -> None:
    """Raise unless the reply is a 2xx; a 421 means that the server is closing (RFC 5321 3.8)."""
    if code == 421:
        server.close()
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, reply)


def _stuffed(message: bytes) -> bytes:
    """The message with CRLF line ends and doubled leading dots (RFC 5321 4.5.2), without the final dot."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines)


def _finish(server: smtplib.SMTP, where: str, hide: _Hide) -> Outcome:
    """Send the final dot, from which on a lost answer means that nobody knows."""
    try:
        server.send(b".\r\n")
        code, reply = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        return Unknown(f"{where} accepted the whole message and then gave no answer ({_name(error, hide)})")
    if 200 <= code < 300:
        return Accepted(_short(hide(reply.decode("utf-8", "replace"))))
    raise _refused(where, code, reply, hide)


def _refused(where: str, code: int, reply: bytes | str, hide: _Hide) -> DeliveryError:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    said = f"{where} refused the message: {code} {_short(hide(text))}"
    return DeliveryError(said[:1].upper() + said[1:], permanent=code >= 500)


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; whatever happens then changes nothing about the message."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if server.sock is not None:
            server.sock.settimeout(2.0)
            server.quit()
    server.close()


def _short(text: str) -> str:
    return clip(" ".join(visible(text).split()), 200)


def _name(error: Exception, hide: _Hide) -> str:
    return _short(hide(str(error))) or type(error).__name__
