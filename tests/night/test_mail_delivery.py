"""From reports to mailboxes over days: what counts as told, to whom nothing goes any more, what never leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from litwatch.config.settings import Settings
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.verdict import Fired, Rule, Status
from litwatch.digest.operator_notice import Trouble, operator_letter
from litwatch.digest.signed_links import Purpose, open_link
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.member import Member, Unchanged
from litwatch.model.message import MessageState
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.model.topic import Topic
from litwatch.night.doors import Doors
from litwatch.night.mail_delivery import Delivery, deliver, queue_letter, run_delivery
from litwatch.night.queued_digests import queue_digests
from litwatch.report.contents import FailedTopic, Report, ReportedSignal
from litwatch.store.decision_grounds import GroundLaid
from tests.digest.test_smtp import Office, Post
from tests.factories import FIRST_PMID, make_report, make_retraction, make_signal, make_sweep, make_topic
from tests.store.store_scenes import made_store

MONDAY = date(2026, 11, 16)
BOARD = "board@example.org"
NOON = datetime.combine(MONDAY, time(12), UTC)
DAILY = Member(BOARD, unchanged=Unchanged.DAILY)
WEEKLY = Member(BOARD, days=frozenset({0}))
SECRET = "a secret of this test, long enough to be one"
DESK = {"desk_url": "https://desk.example.org/", "desk_secret": SECRET}
RETRACTION = make_retraction()
RECORD = make_signal()
FILE = "article: {slug}.md\nstrategy: sleep[tiab]\nrecipients: [{recipients}]\n"


@dataclass
class Mailroom:
    """A store with an outbox, topic files, and a clock; reports are given, no PubMed is asked."""

    folder: Path
    given: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.store = made_store(self.folder / "store")
        self.write_topic(BOARD)

    def write_topic(self, *recipients: str, slug: str = "insulin-resistance") -> None:
        queries = self.folder / "queries"
        queries.mkdir(exist_ok=True)
        (queries / f"{slug}.md").write_text("# Sleep?\n\nShort sleep is bad.\n")
        (queries / f"{slug}.yaml").write_text(FILE.format(slug=slug, recipients=", ".join(recipients)))

    def doors(self, **changes: Any) -> Doors:
        given = {"queries": self.folder / "queries", "mail_folder": self.folder / "mail", **self.given, **changes}
        return Doors(Settings(**given), self.store, None, lambda _: (), lambda: self.now)  # type: ignore[arg-type]

    def queue(self, day: int, *signals: ReportedSignal, member: Member = DAILY, topic: Topic | None = None,
              status: Status = Status.REVIEW_NOW, fired: tuple[Fired, ...] = (), sweeps: tuple[Sweep, ...] = (),
              read: Callable[[], None] = lambda: None, **changes: Any) -> tuple[str, ...]:  # fmt: skip
        """Compose the mails of the night ``day`` days after Monday."""
        self.now = datetime.combine(MONDAY + timedelta(day), time(5), UTC)
        report = replace(make_report(status, *signals, topic=topic or make_topic()), written_on=self.now.date())
        if fired:
            report = replace(report, verdict=replace(report.verdict, fired=fired))
        if sweeps:
            report = replace(report, sweeps=sweeps)
        doors = self.doors(**changes)

        def given(_: Collection[str]) -> dict[str, Report]:
            read()
            return {report.topic.slug: report}

        return queue_digests(doors, [report.topic], [report.topic], (), self.now, read=given, members=(member,))

    def night(self, day: int, *signals: ReportedSignal, **options: Any) -> Delivery:
        """A night's mails, composed and handed over."""
        self.queue(day, *signals, **options)
        return deliver(self.doors())

    def fates(self) -> list[tuple[str, str]]:
        return [(entry.message.scope, entry.state.value) for entry in self.store.outbox()]


def text_of(body: bytes) -> str:
    part = message_from_bytes(body, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Mailroom]:
    """Its store is opened once for the whole test, which is about mails and not about commits."""
    made = Mailroom(tmp_path)
    with made.store.saving():
        yield made


@contextmanager
def post_office(handler: Post) -> Iterator[dict[str, Any]]:
    """A mail server, and the settings that lead to it."""
    office = Office(handler, lambda given: SMTP(given, hostname="post"))
    office.start()
    try:
        yield {"smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_security": "none"}
    finally:
        office.stop(no_assert=True)


# --- what counts as told ----------------------------------------------------------------------------------------


def test_a_weekly_member_whose_digest_was_refused_is_told_of_the_retraction_on_the_next_night(room: Mailroom) -> None:
    handler = Post()
    with post_office(handler) as room.given:
        assert room.night(-7, member=WEEKLY).ok
        handler.data = "552 5.2.2 mailbox full"
        assert not room.night(0, RETRACTION, member=WEEKLY).ok
        handler.data = "250 taken"
        assert room.night(1, RETRACTION, member=WEEKLY).sent == (BOARD,)
        assert "Retracted: A retracted invented trial." in text_of(handler.taken[-1].content)  # type: ignore[arg-type]
        assert room.night(2, RETRACTION, member=WEEKLY).sent == (), "told, and not again before Monday"
        assert room.fates()[1][1] == "failed"


def test_an_urgent_mail_that_was_refused_is_sent_again_on_the_next_night(room: Mailroom) -> None:
    handler = Post()
    with post_office(handler) as room.given:
        assert room.night(0, member=WEEKLY).ok
        handler.data = "552 5.2.2 mailbox full"
        for day in (1, 2):
            assert not room.night(day, RETRACTION, member=WEEKLY).ok
        handler.data = "250 taken"
        assert room.night(3, RETRACTION, member=WEEKLY).sent == (BOARD,)
        assert room.night(4, RETRACTION, member=WEEKLY).sent == ()
    assert room.fates()[1:] == [("urgent", "failed"), ("urgent", "failed"), ("urgent", "sent")]


def test_a_digest_of_unknown_fate_has_told_its_records_and_not_its_retraction(room: Mailroom) -> None:
    room.night(-7, member=WEEKLY)
    room.queue(0, RETRACTION, RECORD, member=WEEKLY)
    (claimed,) = room.store.claim(room.now)
    room.store.settle(claimed.message.message_id, MessageState.UNKNOWN, at=room.now, error="no answer")
    room.queue(1, RETRACTION, RECORD, member=WEEKLY)
    (urgent,) = room.store.outbox([MessageState.QUEUED])
    assert urgent.message.scope == "urgent"
    room.queue(7, RETRACTION, RECORD, member=WEEKLY)
    digest = text_of(room.store.outbox([MessageState.QUEUED])[-1].message.body)
    assert "  * Retracted: " in digest
    assert "  * Level 2: " not in digest


def test_what_a_refused_mail_named_is_news_in_the_next_and_what_was_sent_is_not(room: Mailroom) -> None:
    handler = Post()
    second = make_signal(pmid=FIRST_PMID + 1)
    with post_office(handler) as room.given:
        room.night(0, RECORD)
        handler.data = "552 5.3.4 too large"
        room.night(1, RECORD, second)
        handler.data = "250 taken"
        room.night(2, RECORD, second)
    told = text_of(handler.taken[-1].content)  # type: ignore[arg-type]
    news, _, before = told.partition("TOLD BEFORE, STILL OPEN")
    assert (f"/{FIRST_PMID + 1}/" in news, f"/{FIRST_PMID}/" in news) == (True, False)
    assert f"/{FIRST_PMID}/" in before


def test_the_same_night_again_is_the_same_mail_whatever_was_sent_in_between(room: Mailroom) -> None:
    assert room.night(0, RETRACTION, RECORD).sent == (BOARD,)
    assert room.night(0, RETRACTION, RECORD).sent == ()
    assert room.night(1, RETRACTION, RECORD).sent == (BOARD,)
    assert len(room.fates()) == 2


def test_a_night_that_runs_again_after_the_mail_of_the_day_before_went_out_sends_no_second_mail(room: Mailroom) -> None:
    """What was told the day before has become certain in between; the day's own mail is still the same."""
    down = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none"}
    room.given = down
    assert room.night(0, RETRACTION, RECORD).waiting == 1
    room.given = {}
    assert room.night(1, RETRACTION, RECORD).sent == (BOARD, BOARD)
    assert room.night(1, RETRACTION, RECORD).sent == ()


def test_a_mail_that_waits_has_told_its_records_so_that_none_comes_twice(room: Mailroom) -> None:
    room.queue(0, RECORD)
    room.queue(1, RECORD)
    first, second = (text_of(entry.message.body) for entry in room.store.outbox())
    assert "  * Level 2: " in first
    assert "  * Level 2: " not in second


# --- a list in which nothing is new ------------------------------------------------------------------------------

SLEEPY = Member(BOARD)
"""One who has said nothing of how often."""


def test_a_list_in_which_nothing_is_new_comes_once_a_week_and_says_so(room: Mailroom) -> None:
    days = [day for day in range(15) if room.night(day, RETRACTION, RECORD, member=SLEEPY).sent]
    assert days == [0, 7, 14]
    last = text_of(room.store.outbox()[-1].message.body)
    assert "Nothing is new since your last list of 23 November 2026." in last
    assert "once a week" not in text_of(room.store.outbox()[0].message.body)
    assert str(FIRST_PMID) in last, "the list itself is whole"


LATE = replace(RETRACTION, deadline=MONDAY + timedelta(2))
DISPUTED = replace(RECORD, signal=replace(RECORD.signal, reasons=(Reason(ReasonCode.DISAGREEMENT),)))


@pytest.mark.parametrize(
    ("changed", "days"),
    [
        ((RETRACTION, RECORD, make_signal(pmid=FIRST_PMID + 1)), [0, 3]),
        ((RETRACTION, DISPUTED), [0, 3]),
        ((RETRACTION,), [0]),
        ((), [0]),
    ],
    ids=["a new record", "a disagreement", "an answer", "a review"],
)
def test_what_is_new_is_told_on_the_same_day_and_a_shorter_list_is_not(
    changed: tuple[ReportedSignal, ...], days: list[int], room: Mailroom
) -> None:
    signals = [(RETRACTION, RECORD)] * 3 + [changed] * 3
    told = [day for day, each in enumerate(signals) if room.night(day, *each, member=SLEEPY).sent]
    assert told == days


def test_a_member_with_one_day_gets_the_list_of_the_week_although_the_last_one_came_late(room: Mailroom) -> None:
    monday = replace(SLEEPY, days=frozenset({0}))
    assert [day for day in (1, 7, 14, 21) if room.night(day, RECORD, member=monday).sent] == [1, 7, 14, 21]


def test_a_deadline_that_passes_is_told_on_that_day_and_once(room: Mailroom) -> None:
    assert [day for day in range(6) if room.night(day, LATE, member=SLEEPY).sent] == [0, 3]


def test_an_incomplete_search_is_told_each_day_and_so_is_its_end(room: Mailroom) -> None:
    failed = replace(make_sweep(), state=SweepState.FAILED, error="PubMed did not answer")
    nights: list[tuple[Sweep, ...]] = [(), *[(failed, make_sweep(SweepKind.CITATION))] * 2, (), ()]
    told = [day for day, sweeps in enumerate(nights) if room.night(day, RECORD, member=SLEEPY, sweeps=sweeps).sent]
    assert told == [0, 1, 2, 3]


def test_another_verdict_is_news_although_no_change_is(room: Mailroom) -> None:
    due = Fired(Rule.AGE, Status.REVIEW_NEEDED, (), (Reason(ReasonCode.LONG_SINCE_REVIEW, (701, 700)),))
    assert room.night(0, RECORD, member=SLEEPY).sent
    assert room.night(1, RECORD, member=SLEEPY, fired=(due,)).sent
    older = replace(due, reasons=(replace(due.reasons[0], numbers=(702, 700)),))
    assert not room.night(2, RECORD, member=SLEEPY, fired=(older,)).sent, "it only became a day older"


def test_a_list_that_was_refused_comes_again_on_the_next_day(room: Mailroom) -> None:
    handler = Post()
    with post_office(handler) as room.given:
        room.night(0, RECORD, member=SLEEPY)
        handler.data = "552 5.3.4 too large"
        room.night(7, RECORD, member=SLEEPY)
        handler.data = "250 taken"
        assert room.night(8, RECORD, member=SLEEPY).sent


def test_a_member_with_days_gets_no_list_between_them_because_one_of_them_brought_nothing_new(room: Mailroom) -> None:
    twice = replace(SLEEPY, days=frozenset({0, 3}))
    signals = [(RECORD,)] * 4 + [(RECORD, make_signal(pmid=FIRST_PMID + 1))] * 4
    assert [day for day, each in enumerate(signals) if room.night(day, *each, member=twice).sent] == [0, 7]


def lay_ground(room: Mailroom, standing: int) -> None:
    laid = GroundLaid("insulin-resistance", "inputs", MONDAY, None, 0, frozenset(), frozenset())
    room.store.lay_grounds([laid], unfounded=())
    room.store.settle_grounds({"insulin-resistance": standing})


def test_what_a_waiting_mail_has_told_is_news_again_once_that_is_called_off(room: Mailroom) -> None:
    second = make_signal(pmid=FIRST_PMID + 1)
    lay_ground(room, 1)
    (waiting,) = room.queue(0, RECORD, member=SLEEPY)
    lay_ground(room, 2)
    (sent,) = room.queue(1, RECORD, second, member=SLEEPY)
    room.store.claim(room.now, besides=[waiting])
    room.store.settle(sent, MessageState.SENT, at=room.now)
    assert not room.queue(2, RECORD, second, member=SLEEPY), "the mail that waits has told the first"
    room.store.cancel(waiting, by="Dr Operator", at=room.now)
    assert room.queue(3, RECORD, second, member=SLEEPY), "the first record has been told to nobody"


def test_as_long_as_the_last_list_waits_its_reports_are_read_again(room: Mailroom) -> None:
    asked: list[int] = []
    lay_ground(room, 1)
    for day in range(3):
        room.queue(day, RECORD, member=SLEEPY, read=lambda: asked.append(0))
    assert len(asked) == 3


def test_no_report_is_read_where_the_decisions_rest_on_what_they_rested_on_when_nothing_was_new(
    room: Mailroom,
) -> None:
    lay_ground(room, 1)
    room.night(0, RECORD, member=SLEEPY)
    asked: list[int] = []

    def night(day: int, *, member: Member = SLEEPY) -> list[int]:
        asked.clear()
        room.night(day, RECORD, member=member, read=lambda: asked.append(day))
        return [*asked]

    assert night(1) == []
    lay_ground(room, 2)
    assert night(2) == [2], "the article was decided anew"
    assert night(3) == [], "and again nothing was new"
    assert night(7) == [7], "the list of the week"
    assert night(8, member=DAILY) == [8], "this member wants it every day"
    room.store.lay_grounds([], unfounded=["insulin-resistance"])
    assert night(9) == [9], "the decision cannot be carried on"


# --- who has left or stopped ------------------------------------------------------------------------------------


def left(room: Mailroom) -> None:
    room.write_topic("other@example.org")


def prefers_others(room: Mailroom) -> None:
    room.write_topic(BOARD, slug="other")
    room.write_topic(BOARD, "second@example.org")
    (room.folder / "queries" / "members.yaml").write_text(f"members:\n  - {{address: {BOARD}, topics: [other]}}\n")


def stopped(room: Mailroom) -> None:
    room.store.record_judgement(Judgement("", Decision.DIGEST_STOPPED, BOARD, room.now, member=BOARD))


@pytest.mark.parametrize("leave", [left, prefers_others, stopped])
def test_what_waits_for_one_who_has_left_or_stopped_is_called_off_and_shown(
    leave: Callable[[Mailroom], None], room: Mailroom
) -> None:
    room.queue(0, RETRACTION)
    queue_letter(operator_letter(Trouble(["x"], [], [], []), BOARD, MONDAY), room.doors(), room.now, scope="operator 1")
    leave(room)
    delivery = deliver(room.doors())
    assert delivery.ok
    assert room.fates() == [(f"digest {MONDAY}", "cancelled"), ("operator 1", "sent")], "an operator's mail is another"
    assert BOARD in (room.store.outbox([MessageState.CANCELLED])[0].last_error or "")
    assert room.store.last_digests(MONDAY + timedelta(1)) == {}


def broken(room: Mailroom) -> None:
    (room.folder / "queries" / "insulin-resistance.yaml").write_text("article: [\n")


def lost(room: Mailroom) -> None:
    (room.folder / "queries" / "insulin-resistance.yaml").unlink()
    room.write_topic("other@example.org", slug="other")


def no_folder(room: Mailroom) -> None:
    room.given["queries"] = room.folder / "elsewhere"


@pytest.mark.parametrize("spoil", [broken, lost, no_folder, lambda _: None])
def test_nobody_is_taken_to_have_left_a_list_that_cannot_be_seen(
    spoil: Callable[[Mailroom], None], room: Mailroom
) -> None:
    room.queue(0, RETRACTION)
    spoil(room)
    assert deliver(room.doors()).sent == (BOARD,)


# --- articles that cannot be read -------------------------------------------------------------------------------


def tell(room: Mailroom, *failed: str, topics: tuple[Topic, ...] = (), members: tuple[Member, ...] = ()) -> list[str]:
    """The subjects of the mails of a night on which these articles cannot be read."""
    lost = [FailedTopic(slug, "topic file missing") for slug in failed]
    queue_digests(room.doors(), topics, (), lost, room.now, read=lambda _: {}, members=members)
    deliver(room.doors())
    return [f"{each.message.recipient}: {each.message.subject}" for each in room.store.outbox((MessageState.SENT,))]


@pytest.mark.parametrize("spoil", [broken, lost])
def test_a_member_none_of_whose_articles_can_be_read_is_told_that_nothing_could_be_checked(
    spoil: Callable[[Mailroom], None], room: Mailroom
) -> None:
    room.store.note_readers([make_topic(), make_topic("gout", recipients=("other@example.org",))])
    spoil(room)
    assert tell(room, "insulin-resistance") == [f"{BOARD}: Nothing could be checked: 1 article could not be searched"]


def test_who_has_left_the_list_or_the_article_before_it_became_unreadable_is_told_nothing(room: Mailroom) -> None:
    room.store.note_readers([make_topic(recipients=("gone@example.org", "chooses@example.org", BOARD))])
    room.store.note_readers([make_topic(recipients=("chooses@example.org", BOARD))])
    lost(room)
    said = tell(room, "insulin-resistance", members=(Member("chooses@example.org", topics=("gout",)),))
    assert [line.partition(":")[0] for line in said] == [BOARD]


# --- links that would be dead -----------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [{}, {**DESK, "desk_url": "https://moved.example.org/"}], ids=["absent", "another"])
def test_a_mail_whose_links_would_stay_unsigned_waits_and_the_setting_is_named(
    other: dict[str, str], room: Mailroom
) -> None:
    room.queue(0, RETRACTION, **DESK)
    room.queue(1, RETRACTION, **other)
    delivery = deliver(room.doors(**other))
    assert delivery.sent == (BOARD,), "what was composed for the present desk goes"
    assert "LITWATCH_DESK_URL" in (delivery.failure or "")
    assert "https://desk.example.org/" in (delivery.failure or "")
    assert [state for _, state in room.fates()] == ["queued", "sent"]
    assert deliver(room.doors(**DESK)).sent == (BOARD,)
    signed = text_of(sorted((room.folder / "mail").glob("*.eml"))[0].read_bytes())
    token = signed.split("https://desk.example.org/answer/")[1].split()[0].partition("#")[0]
    assert open_link(token, Purpose.ANSWER, SECRET, room.now).member == BOARD


def test_a_mail_that_was_composed_for_another_secret_of_the_same_desk_waits_for_that_secret(room: Mailroom) -> None:
    other = {**DESK, "desk_secret": "another secret, which is long enough, too"}
    room.queue(0, RETRACTION, **DESK)
    delivery = deliver(room.doors(**other))
    assert delivery.sent == ()
    assert "another LITWATCH_DESK_SECRET" in (delivery.failure or "")
    assert "--cancel" in (delivery.failure or "")
    assert not room.queue(0, RETRACTION, **other), "the same digest is no new one"
    assert deliver(room.doors(**DESK)).sent == (BOARD,)


def test_a_mail_for_a_desk_that_has_moved_can_be_called_off_by_a_person(room: Mailroom) -> None:
    (waiting,) = room.queue(0, RETRACTION, **DESK)
    room.store.cancel(waiting, by="Operator", at=room.now)
    assert deliver(room.doors()).ok
    assert room.fates() == [(f"digest {MONDAY}", "cancelled")]
    with pytest.raises(LookupError):
        room.store.cancel(waiting, by="Operator", at=room.now)


# --- what a server quotes ---------------------------------------------------------------------------------------


class Quoting(Post):
    """Refuses a message with the first link that it finds in it, in some form."""

    def __init__(self, form: Callable[[str], str], page: str = "answer") -> None:
        super().__init__()
        self.form, self.page = form, page
        self.keys: set[str] = set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        links = re.findall(r"https://desk\.example\.org/[a-z]+/[\w.-]+", text_of(content))
        self.keys |= {link.rpartition("/")[2] for link in links}
        return self.form(next(link for link in links if f"/{self.page}/" in link))


@pytest.mark.parametrize("code", ["554 5.7.1", "451 4.7.1"])
def test_a_signed_link_that_a_server_quotes_is_shown_nowhere(
    code: str, room: Mailroom, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the store nor in what the operator reads; ``tests/digest/test_hidden_secrets.py`` has other forms."""
    handler = Quoting(lambda link: f"{code} Blocked URL {link}")
    with post_office(handler) as server:
        room.given = {**server, **DESK}
        room.queue(0, RETRACTION)
        delivery = run_delivery(room.doors())
    letter = operator_letter(Trouble([], [], [], delivery.troubles), "ops@example.org", MONDAY)
    shown = [delivery.failure or "", letter.text, caplog.text, repr(room.store.runs(1))]
    shown += [str(entry.last_error) for entry in room.store.outbox()]
    assert "Blocked URL https://desk.example.org/answer/***" in shown[0]
    assert handler.keys
    for said in shown:
        assert not any(key[:20] in said or key[-20:] in said for key in handler.keys), said


def test_a_link_of_an_earlier_mail_that_a_server_quotes_is_hidden_too(room: Mailroom) -> None:
    first: list[str] = []
    handler = Quoting(lambda link: f"554 5.7.1 {first.append(link) or first[0].replace('.', ' . ')}")
    with post_office(handler) as server:
        room.given = {**server, **DESK}
        room.write_topic(BOARD, "second@example.org")
        topic = make_topic(recipients=(BOARD, "second@example.org"))
        room.queue(0, RETRACTION, topic=topic)
        delivery = deliver(room.doors())
    assert len(delivery.errors) == 2
    signature = first[0].rpartition(".")[2]
    assert signature not in (delivery.failure or "")
