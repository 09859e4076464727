"""A mail server that is busy, refuses, falls silent after the dot or is gone: never twice, never lost unmarked."""

from __future__ import annotations

import asyncio
import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from litwatch.digest.mail.smtp import MailSettings
from litwatch.model.message import MessageState
from litwatch.night.mail_delivery import deliver
from litwatch.store import RunState
from tests.faults.conftest import Note
from tests.faults.contract import keep_secrets
from tests.faults.night_process import Nursery
from tests.faults.reference import Reference, look
from tests.faults.ward import EVE, MORNING, NIGHT, PASSWORD, TOPIC, Ward

GOOD = "250 2.0.0 taken"


class Office:
    """An SMTP server on loopback whose answers are set while it runs; ``taken`` is what it took over for good."""

    def __init__(self) -> None:
        self.rcpt: dict[str, str] = {}
        self.data = GOOD
        self.after_dot = "answer"
        self.greets = True
        self.login = True
        self.taken: list[tuple[str, bytes]] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken += [(to, content) for to in envelope.rcpt_tos]
        if self.after_dot == "silence":
            await asyncio.Event().wait()
        if self.after_dot == "hang up":
            server.transport.abort()
        return self.data

    def authenticate(self, *_: Any) -> AuthResult:
        return AuthResult(success=self.login, handled=False)


class Door(Controller):
    """aiosmtpd on a free port of loopback."""

    def factory(self) -> Any:
        if not self.handler.greets:
            return Busy()
        return SMTP(self.handler, authenticator=self.handler.authenticate, auth_require_tls=False, hostname="ward")

    def _trigger_server(self) -> None:
        """Learn the port first; the base class would connect to port 0."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Busy(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 too busy, come again\r\n")
        transport.close()


@pytest.fixture
def office() -> Iterator[tuple[Office, dict[str, Any]]]:
    """The server, and the settings that lead to it."""
    made = Office()
    door = Door(made, hostname="127.0.0.1", port=0)
    door.start()
    yield made, {"smtp_host": "127.0.0.1", "smtp_port": door.port, "smtp_security": "none"}
    door.stop(no_assert=True)


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of silence is enough here; the settings have no name for it."""
    module = importlib.import_module("litwatch.night.mail_delivery")
    monkeypatch.setattr(module, "MailSettings", partial(MailSettings, timeout=0.5))


def fates(ward: Ward) -> Counter[tuple[str, str]]:
    return Counter((entry.message.scope, entry.state.value) for entry in ward.store.outbox())


def never_twice(office: Office, ward: Ward) -> None:
    """(3) Nobody got a message twice, and whatever was not taken over, and surely so, is not called sent."""
    ids = [(to, str(message_from_bytes(raw, policy=policy.default)["Message-ID"])) for to, raw in office.taken]
    assert len(ids) == len(set(ids)), "a digest was sent twice"
    eve = f"digest {EVE}"  # was written as a file, before there was a server
    sent = {e.message.message_id for e in ward.store.outbox([MessageState.SENT]) if e.message.scope != eve}
    assert sent <= {message_id for _, message_id in ids}, "called sent and never taken over"
    lost = {message_id for _, message_id in ids} - sent
    unknown = {e.message.message_id for e in ward.store.outbox([MessageState.UNKNOWN])}
    assert lost <= unknown, "taken over and neither sent nor unknown"


PASSING: dict[str, dict[str, Any]] = {
    "535 login refused": {"login": False},
    "421 on connect": {"greets": False},
    "451 after the dot": {"data": "451 4.3.0 try again"},
    "452 after the dot": {"data": "452 4.2.2 mailbox full"},
    "450 for the recipient": {"rcpt": {"board@example.org": "450 4.2.1 greylisted"}},
}
LASTING: dict[str, dict[str, Any]] = {
    "550 for the recipient": {"rcpt": {"board@example.org": "550 5.1.1 no such user"}},
    "552 too large": {"data": "552 5.3.4 too large"},
    "554 after the dot": {"data": "554 5.6.0 no"},
}
DOUBTFUL: dict[str, dict[str, Any]] = {
    "silence after the dot": {"after_dot": "silence"},
    "hang-up after the dot": {"after_dot": "hang up"},
}


def under(office: Office, changes: dict[str, Any]) -> Callable[[], None]:
    before = {name: getattr(office, name) for name in changes}
    for name, value in changes.items():
        setattr(office, name, value)
    return lambda: [setattr(office, name, value) for name, value in before.items()] and None


@pytest.mark.parametrize("name", [*PASSING, *LASTING, *DOUBTFUL])
def test_a_digest_meets(  # noqa: PLR0917
    name: str, ward: Ward, office: tuple[Office, dict[str, Any]], reference: Reference, note: Note,
    heard: Callable[[], str],
) -> None:  # fmt: skip
    post, settings = office
    mend = under(post, {**PASSING, **LASTING, **DOUBTFUL}[name])
    summary = ward.night(NIGHT, settings=settings)
    mend()
    assert not summary.ok
    assert ward.store.runs(1)[0].state is RunState.INCOMPLETE
    assert look(ward) == reference.after[NIGHT], "mail has no part in what is known"
    state = "queued" if name in PASSING else "failed" if name in LASTING else "unknown"
    assert fates(ward)[f"digest {NIGHT}", state] == 1
    never_twice(post, ward)
    taken = len(post.taken)
    morning = ward.night(MORNING, settings=settings)
    assert len(post.taken) == taken + (2 if name in PASSING else 1)
    assert morning.ok is (name not in DOUBTFUL), morning.failure
    again = ward.night(MORNING, settings=settings)
    assert len(post.taken) == taken + (2 if name in PASSING else 1)
    assert again.delivery is not None
    never_twice(post, ward)
    if name in DOUBTFUL:
        assert "board@example.org" in (again.failure or "")
    assert look(ward) == reference.after[MORNING]
    keep_secrets(ward, heard())
    fate = {"queued": "the next night delivers it, once", "failed": "marked as refused, never sent again",
            "unknown": "marked as unknown at every run until a person looks, never sent again"}  # fmt: skip
    note(f"mail: {name}", "SMTP", "failed loudly", fate[state])


def test_a_server_that_is_gone_is_told_and_the_digest_waits(
    ward: Ward, office: tuple[Office, dict[str, Any]], note: Note, heard: Callable[[], str]
) -> None:
    post, settings = office
    summary = ward.night(NIGHT, settings={**settings, "smtp_port": 9})
    assert not summary.ok
    assert fates(ward)[f"digest {NIGHT}", "queued"] == 1
    assert ward.night(MORNING, settings=settings).ok
    assert [to for to, _ in post.taken] == ["board@example.org"] * 2
    never_twice(post, ward)
    keep_secrets(ward, heard())
    note("mail: server gone", "SMTP", "failed loudly", "the next night delivers it, once")


def test_one_recipient_of_three_is_refused_and_the_others_get_theirs(
    ward: Ward, office: tuple[Office, dict[str, Any]], note: Note
) -> None:
    post, settings = office
    ward.write_topic(topic=TOPIC.replace("[board@example.org]", "[a@example.org, b@example.org, c@example.org]"))
    post.rcpt = {"b@example.org": "550 5.1.1 no such user"}
    assert not ward.night(NIGHT, settings=settings).ok
    assert sorted(to for to, _ in post.taken) == ["a@example.org", "c@example.org"]
    never_twice(post, ward)
    note("mail: 550 for one of three", "SMTP", "failed loudly", "the others got theirs")


def test_a_login_is_never_sent_in_the_clear_to_another_machine(
    ward: Ward, note: Note, heard: Callable[[], str]
) -> None:
    summary = ward.night(NIGHT, settings={"smtp_host": "mail.example.org", "smtp_security": "none"})
    assert "unencrypted" in (summary.failure or "")
    keep_secrets(ward, heard())
    note("mail: login without encryption", "settings", "failed loudly", (summary.failure or "").splitlines()[0])


def test_a_server_without_starttls_gets_no_login(
    ward: Ward, office: tuple[Office, dict[str, Any]], note: Note, heard: Callable[[], str]
) -> None:
    post, settings = office
    summary = ward.night(NIGHT, settings={**settings, "smtp_security": "starttls"})
    assert not summary.ok
    assert not post.taken
    keep_secrets(ward, heard())
    note("mail: STARTTLS stripped", "SMTP", "failed loudly", (summary.failure or "").splitlines()[0])


def test_a_night_killed_after_the_dot_leaves_a_mail_of_unknown_fate(
    ward: Ward, office: tuple[Office, dict[str, Any]], note: Note, tmp_path: Path
) -> None:
    """The message was taken over, and the process that sent it cannot say so any more: it is not sent again."""
    post, settings = office
    post.after_dot = "silence"
    ward.pubmed.today = NIGHT
    ward.pubmed.pace = type(ward.pubmed.pace)(None, None)
    nursery = Nursery(tmp_path / "log")
    try:
        _, (status,) = nursery.run(
            ward.folder, ward.pubmed.base, (NIGHT, "nightly"), smtp=settings["smtp_port"], kill_after=8.0
        )
    finally:
        nursery.close()
    assert status == -9
    assert [to for to, _ in post.taken] == ["board@example.org"]
    post.after_dot = "answer"
    assert fates(ward)[f"digest {NIGHT}", "sending"] == 1
    morning = ward.night(MORNING, settings=settings)
    assert fates(ward)[f"digest {NIGHT}", "unknown"] == 1
    assert "board@example.org" in (morning.failure or "")
    assert [to for to, _ in post.taken] == ["board@example.org"] * 2
    never_twice(post, ward)
    note("kill -9", "after the final dot, before the mail is marked", "failed loudly", "unknown, and shown")


def test_a_mail_folder_that_cannot_be_written_is_told_and_the_digest_waits(ward: Ward, note: Note) -> None:
    import shutil

    folder = ward.folder / "mail"
    shutil.rmtree(folder)
    folder.write_text("a file where the folder should be")
    assert not ward.night(NIGHT).ok
    assert fates(ward)[f"digest {NIGHT}", "queued"] == 1
    folder.unlink()
    assert deliver(ward.doors(ward.pubmed.now)).ok
    assert fates(ward)[f"digest {NIGHT}", "sent"] == 1
    note("mail folder cannot be written", "mail", "failed loudly", "the next delivery writes it")


def test_the_password_went_to_the_server_and_nowhere_else(
    ward: Ward, office: tuple[Office, dict[str, Any]], heard: Callable[[], str]
) -> None:
    post, settings = office
    seen: list[Any] = []
    post.authenticate = lambda *given: seen.append(given) or AuthResult(success=True)  # type: ignore[method-assign]
    assert ward.night(NIGHT, settings=settings).ok
    assert seen[0][-1].password == PASSWORD.encode()
    keep_secrets(ward, heard())
