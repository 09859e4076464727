"""Handing mail to a real SMTP server on loopback that answers by script, and writing it as files."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session, syntax

from litwatch.digest.digest_mail import digest_message
from litwatch.digest.mail import smtp
from litwatch.digest.mail.smtp import Accepted, MailSettings, Unknown
from litwatch.model.errors import DeliveryError, OutputFailed, SettingsError
from litwatch.model.smtp_security import SmtpSecurity
from tests.factories import MOMENT, make_digest, make_report

MESSAGE = b"From: w@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nbody\r\n"
TO = "b@example.org"


class Post:
    """A handler that keeps what it takes and answers RCPT and DATA by script."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 2.0.0 taken as Q1", after_dot: str = "answer") -> None:
        self.rcpt, self.data, self.after_dot = rcpt, data, after_dot
        self.taken: list[Envelope] = []
        self.tls: list[bool] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        self.tls.append(session.ssl is not None)
        if self.after_dot == "silence":
            await asyncio.Event().wait()
        if self.after_dot == "hang up":
            server.transport.abort()
        return self.data


class Turned(SMTP):
    """A server that offers STARTTLS and then refuses it."""

    @syntax("STARTTLS")
    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        await self.push("454 4.7.0 TLS not available")


class Busy(asyncio.Protocol):
    """A server that turns everybody away."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 too busy, come again\r\n")
        transport.close()


class Office(Controller):
    """aiosmtpd on a free port of loopback."""

    def __init__(self, handler: Post, make: Callable[[Post], Any]) -> None:
        self.make = make
        super().__init__(handler, hostname="127.0.0.1", port=0)

    def factory(self) -> Any:
        return self.make(self.handler)

    def _trigger_server(self) -> None:
        """Learn the port first; the base class would connect to port 0."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def certificates(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


Start = Callable[..., MailSettings]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server for a handler; returns settings that lead to it."""
    running: list[Office] = []

    def begin(handler: Post, make: Callable[[Post], Any] = SMTP, **changes: Any) -> MailSettings:
        office = Office(handler, make)
        running.append(office)
        office.start()
        plain = MailSettings("127.0.0.1", office.port, SmtpSecurity.NONE, "w@example.org", timeout=5.0)
        return replace(plain, **changes)

    yield begin
    for office in running:
        office.stop(no_assert=True)


def test_an_accepted_message_arrives_unchanged_for_its_one_recipient(start: Start) -> None:
    post = Post()
    assert smtp.send(MESSAGE, TO, start(post)) == Accepted("2.0.0 taken as Q1")
    (envelope,) = post.taken
    assert (envelope.mail_from, envelope.rcpt_tos, envelope.content) == ("w@example.org", [TO], MESSAGE)


def test_lines_that_begin_with_dots_and_bare_line_feeds_survive(start: Start) -> None:
    post = Post()
    smtp.send(b"Subject: x\n\n.\n..two\nno end", TO, start(post))
    assert post.taken[0].content == b"Subject: x\r\n\r\n.\r\n..two\r\nno end\r\n"


def test_a_composed_digest_arrives_byte_for_byte(start: Start) -> None:
    post = Post()
    raw = digest_message(make_digest(make_report()), sender="w@example.org", at=MOMENT).as_bytes()
    smtp.send(raw, TO, start(post))
    assert post.taken[0].content == raw


@pytest.mark.parametrize(
    ("post", "permanent"),
    [
        (Post(rcpt="550 5.1.1 no such person"), True),
        (Post(rcpt="451 4.3.0 try later"), False),
        (Post(data="451 4.3.0 try later"), False),
        (Post(data="552 5.3.4 too big"), True),
        (Post(data="554 5.7.1 refused"), True),
        (Post(rcpt="421 4.3.2 closing"), False),
    ],
    ids=lambda value: f"{value.rcpt} | {value.data}" if isinstance(value, Post) else "",
)
def test_a_refusal_says_whether_trying_again_is_useless(start: Start, post: Post, permanent: bool) -> None:
    with pytest.raises(DeliveryError) as refused:
        smtp.send(MESSAGE, TO, start(post))
    assert refused.value.permanent is permanent
    assert next(code for code in (post.rcpt, post.data) if not code.startswith("250"))[:3] in str(refused.value)


def test_one_refused_recipient_spares_the_next(start: Start) -> None:
    post = Post(rcpt="550 5.1.1 no such person")
    settings = start(post)
    with pytest.raises(DeliveryError):
        smtp.send(MESSAGE, TO, settings)
    post.rcpt = "250 OK"
    assert isinstance(smtp.send(MESSAGE, "c@example.org", settings), Accepted)


def test_a_server_that_turns_everybody_away_is_tried_again_later(start: Start) -> None:
    with pytest.raises(DeliveryError, match="421") as refused:
        smtp.send(MESSAGE, TO, start(Post(), lambda _: Busy()))
    assert not refused.value.permanent


def test_no_server_at_all_is_tried_again_later(start: Start) -> None:
    settings = start(Post())
    with pytest.raises(DeliveryError, match="before the message was handed over") as refused:
        smtp.send(MESSAGE, TO, replace(settings, port=1))
    assert not refused.value.permanent


@pytest.mark.parametrize("after_dot", ["silence", "hang up"])
def test_no_answer_after_the_final_dot_is_neither_success_nor_failure(start: Start, after_dot: str) -> None:
    post = Post(after_dot=after_dot)
    outcome = smtp.send(MESSAGE, TO, replace(start(post), timeout=0.3))
    assert isinstance(outcome, Unknown)
    assert "127.0.0.1" in outcome.reason
    assert post.taken[0].content == MESSAGE


def with_tls(context: ssl.SSLContext) -> Callable[[Post], SMTP]:
    return lambda post: SMTP(post, tls_context=context)


def test_starttls_protects_the_message(start: Start, server_tls: ssl.SSLContext, certificates: Path) -> None:
    post = Post()
    settings = start(post, with_tls(server_tls), security=SmtpSecurity.STARTTLS, certificates=certificates)
    assert isinstance(smtp.send(MESSAGE, TO, settings), Accepted)
    assert post.tls == [True]


def test_a_server_that_does_not_offer_starttls_gets_no_message(start: Start) -> None:
    post = Post()
    with pytest.raises(SettingsError, match="does not offer"):
        smtp.send(MESSAGE, TO, start(post, security=SmtpSecurity.STARTTLS))
    assert post.taken == []


def test_a_server_that_refuses_starttls_gets_no_message(start: Start, server_tls: ssl.SSLContext) -> None:
    post = Post()
    settings = start(post, lambda p: Turned(p, tls_context=server_tls), security=SmtpSecurity.STARTTLS)
    with pytest.raises(DeliveryError, match="454") as refused:
        smtp.send(MESSAGE, TO, settings)
    assert not refused.value.permanent
    assert post.taken == []


def test_an_untrusted_certificate_gets_no_message(start: Start, server_tls: ssl.SSLContext) -> None:
    post = Post()
    with pytest.raises(SettingsError, match="certificate"):
        smtp.send(MESSAGE, TO, start(post, with_tls(server_tls), security=SmtpSecurity.STARTTLS))
    assert post.taken == []


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"user", b"right"), handled=False)


def with_login(context: ssl.SSLContext) -> Callable[[Post], SMTP]:
    return lambda post: SMTP(post, tls_context=context, authenticator=login, auth_required=True)


def test_a_login_is_sent_under_tls(start: Start, server_tls: ssl.SSLContext, certificates: Path) -> None:
    post = Post()
    settings = start(
        post,
        with_login(server_tls),
        security=SmtpSecurity.STARTTLS,
        certificates=certificates,
        user="user",
        password="right",
    )
    assert isinstance(smtp.send(MESSAGE, TO, settings), Accepted)


def test_a_refused_login_is_the_settings_fault_and_tells_no_password(
    start: Start, server_tls: ssl.SSLContext, certificates: Path
) -> None:
    settings = start(
        Post(),
        with_login(server_tls),
        security=SmtpSecurity.STARTTLS,
        certificates=certificates,
        user="user",
        password="wrong-sentinel",
    )
    with pytest.raises(SettingsError, match="535") as refused:
        smtp.send(MESSAGE, TO, settings)
    assert "wrong-sentinel" not in f"{refused.value} {settings!r}"


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "localhost.example.org", "0.0.0.0"])
def test_no_login_goes_over_the_network_in_the_clear(host: str) -> None:
    settings = MailSettings(host, 25, SmtpSecurity.NONE, "w@example.org", "user", "secret-sentinel")
    with pytest.raises(SettingsError, match="unencrypted") as refused:
        smtp.send(MESSAGE, TO, settings)
    assert "secret-sentinel" not in str(refused.value)


def test_half_a_login_is_a_mistake_in_the_settings() -> None:
    settings = MailSettings("127.0.0.1", 25, SmtpSecurity.NONE, "w@example.org", "user")
    with pytest.raises(SettingsError, match="user and a password"):
        smtp.send(MESSAGE, TO, settings)


def test_a_login_on_loopback_needs_no_tls(start: Start) -> None:
    open_login = start(
        Post(),
        lambda p: SMTP(p, authenticator=login, auth_require_tls=False),
        user="user",
        password="right",
    )
    assert isinstance(smtp.send(MESSAGE, TO, open_login), Accepted)


@pytest.mark.parametrize("recipient", ["a@b\r\nRCPT TO:<c@d>", "a@b>,<c@d", "", "a", "a@", "a b@c", "a@b\x00"])
def test_no_recipient_can_bring_in_a_command(recipient: str) -> None:
    settings = MailSettings("127.0.0.1", 1, SmtpSecurity.NONE, "w@example.org")
    with pytest.raises(DeliveryError, match="not a single mail address") as refused:
        smtp.send(MESSAGE, recipient, settings)
    assert refused.value.permanent


def test_an_address_beyond_ascii_goes_to_a_server_that_can(start: Start) -> None:
    post = Post()
    settings = start(post, lambda p: SMTP(p, enable_SMTPUTF8=True))
    assert isinstance(smtp.send(MESSAGE, "jürgen@example.org", settings), Accepted)
    assert post.taken[0].rcpt_tos == ["jürgen@example.org"]


def test_an_address_beyond_ascii_is_refused_for_a_server_that_cannot(start: Start) -> None:
    with pytest.raises(DeliveryError, match="SMTPUTF8") as refused:
        smtp.send(MESSAGE, "jürgen@example.org", start(Post(), lambda p: SMTP(p, enable_SMTPUTF8=False)))
    assert refused.value.permanent


def test_what_happens_at_the_goodbye_changes_nothing(start: Start) -> None:
    class Rude(SMTP):
        @syntax("QUIT")
        async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
            self.transport.abort()

    assert isinstance(smtp.send(MESSAGE, TO, start(Post(), Rude)), Accepted)


def test_a_file_is_named_by_day_recipient_and_hash_and_holds_the_very_bytes(tmp_path: Path) -> None:
    raw = digest_message(make_digest(make_report()), sender="w@example.org", at=MOMENT).as_bytes()
    path = smtp.write_eml(tmp_path / "new" / "folder", raw)
    assert path.read_bytes() == raw
    assert path.name.startswith("2026-11-22-board-example-org-")
    assert [path] == list(path.parent.iterdir())


def test_the_same_message_gives_the_same_file_and_another_another(tmp_path: Path) -> None:
    first, other = (
        digest_message(make_digest(*own), sender="w@example.org", at=MOMENT).as_bytes() for own in ([make_report()], [])
    )
    assert smtp.write_eml(tmp_path, first) == smtp.write_eml(tmp_path, first)
    assert smtp.write_eml(tmp_path, other) != smtp.write_eml(tmp_path, first)


@pytest.mark.parametrize("header", [b"To: ../../etc/passwd@x", b"To: \x00/\xff@x", b"Date: never", b"X: y", b""])
def test_no_header_can_lead_the_file_elsewhere(tmp_path: Path, header: bytes) -> None:
    path = smtp.write_eml(tmp_path, header + b"\r\n\r\nbody")
    assert path.parent == tmp_path
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_an_output_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputFailed, match="could not be written"):
        smtp.write_eml(tmp_path / "file", MESSAGE)
