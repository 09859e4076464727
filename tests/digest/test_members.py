"""Who gets which mail and when: the members' file, the rhythm over nights, what cannot wait, what the operator gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.config.member_file import read_members
from litwatch.config.settings import read_settings
from litwatch.decisions.verdict import Status
from litwatch.digest.operator_notice import Trouble, operator_letter
from litwatch.digest.schedule import is_due, retractions, told_before, urgent
from litwatch.model.member import Member, gets
from litwatch.model.message import MessageState, ToldByMail
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.factories import DAY, make_report, make_retraction, make_signal, make_topic
from tests.nights import House, open_house

MONDAY = date(2026, 11, 16)
WEEKLY = Member("board@example.org", days=frozenset({0}))
TOPICS = (make_topic("a"), make_topic("b", recipients=("board@example.org", "Second@example.org")))


@pytest.mark.parametrize(
    ("today", "last", "due"),
    [
        (MONDAY, None, True),
        (MONDAY + timedelta(2), None, True),
        (MONDAY, MONDAY - timedelta(7), True),
        (MONDAY + timedelta(1), MONDAY, False),
        (MONDAY + timedelta(6), MONDAY, False),
        (MONDAY + timedelta(7), MONDAY, True),
        (MONDAY + timedelta(1), MONDAY - timedelta(7), True),
        (MONDAY + timedelta(2), MONDAY + timedelta(1), False),
    ],
)
def test_a_weekly_digest_comes_on_its_day_or_as_soon_as_a_night_runs_after_it(
    today: date, last: date | None, due: bool
) -> None:
    assert is_due(WEEKLY, today, last) is due


def test_one_who_says_nothing_gets_a_digest_every_day() -> None:
    assert all(is_due(Member("x@example.org"), MONDAY + timedelta(n), MONDAY + timedelta(n - 1)) for n in range(8))


def test_an_urgent_mail_tells_the_retractions_since_the_last_digest_and_notices_only() -> None:
    report = make_report(Status.REVIEW_NOW, make_retraction(first_seen=DAY), make_signal())
    quiet = make_report(Status.REVIEW_NEEDED, make_signal())
    (told,) = urgent([report, quiet], ())
    assert [each.signal.change.is_about_cited for each in told.signals] == [True]
    assert retractions(told)
    assert urgent([report, quiet], report.episodes) == ()
    back = replace(report.signals[0], episodes=(*report.signals[0].episodes, "began again"))
    assert urgent([replace(report, signals=(back,))], report.episodes), "a second episode was told to nobody"
    reinstated = make_report(Status.REVIEW_NEEDED, make_retraction(first_seen=DAY, outlived=True))
    assert urgent([reinstated], ()) == (), "what a reinstatement has ended can wait"


def test_a_mail_of_doubtful_fate_has_told_a_new_record_and_no_notice() -> None:
    notice, record = make_retraction(), make_signal()
    report = make_report(Status.REVIEW_NOW, notice, record)
    every = frozenset(report.episodes)
    assert told_before([report], ToldByMail(perhaps=every)) == frozenset(record.episodes)
    assert told_before([report], ToldByMail(sent=every)) == every
    assert told_before([report], ToldByMail(refused=every)) == frozenset()


def members_file(tmp_path: Path, text: str) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    (tmp_path / "members.yaml").write_text(text, encoding="utf-8")
    return read_members(tmp_path, TOPICS)


def test_the_file_says_topics_days_cap_and_dates(tmp_path: Path) -> None:
    members, problems = members_file(
        tmp_path,
        "members:\n  - {address: board@example.org, topics: [a], days: [Monday, thursday], items: 5, dates: DE}\n"
        "  - address: second@example.org\n",
    )
    assert problems == ()
    assert members[0] == Member("board@example.org", ("a",), frozenset({0, 3}), 5, "de")
    assert gets(members[0], TOPICS[0])
    assert not gets(members[0], TOPICS[1])
    assert gets(members[1], TOPICS[1])


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    assert read_members(tmp_path, TOPICS) == ((), ())


MISTAKES = {
    "members[0].address": "- {address: nobody}",
    "members[0].days[1]": "- {address: board@example.org, days: [monday, funday]}",
    "members[0].days": "- {address: board@example.org, days: []}",
    "members[0].dates": "- {address: board@example.org, dates: klingon}",
    "members[0].items": "- {address: board@example.org, items: many}",
    "members[0].rhythm": "- {address: board@example.org, rhythm: weekly}",
    "there is no article 'c'": "- {address: board@example.org, topics: [c, b, a]}",
    "a does not list second@example.org": "- {address: second@example.org, topics: [a, b]}",
    "no topic file lists": "- {address: stranger@example.org}",
    "is listed twice": "- {address: board@example.org}\n  - {address: BOARD@example.org}",
    "every recipient of a has left it out": "- {address: board@example.org, topics: [b]}",
}


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_makes_the_whole_file_void(said: str, tmp_path: Path) -> None:
    members, problems = members_file(tmp_path, f"members:\n  {MISTAKES[said]}\n")
    assert members == ()
    assert any(said in problem and problem.startswith(str(tmp_path / "members.yaml")) for problem in problems), problems


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    _, problems = members_file(tmp_path, "members:\n  - {address: x, days: [never], dates: q}\n  - {items: 3}\n")
    assert len(problems) == 4


@pytest.mark.parametrize("text", ["members: [", "- a", "members: &x []\nmore: *x", "\xff", "members: 1"])
def test_a_file_that_is_no_yaml_of_this_form_is_a_mistake_and_no_crash(text: str, tmp_path: Path) -> None:
    (tmp_path / "members.yaml").write_bytes(text.encode("latin-1"))
    members, problems = read_members(tmp_path, TOPICS)
    assert members == ()
    assert problems


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(revisions())


@pytest.fixture
def house(tmp_path: Path, corpus: Corpus) -> Iterator[House]:
    with open_house(tmp_path, corpus) as opened:
        yield opened


def write_members(house: House, *days: str, more: str = "") -> None:
    listed = f"days: [{', '.join(days)}], " if days else ""
    text = f"members:\n  - {{address: board@example.org, {listed}dates: iso{more}}}\n"
    (house.folder / "queries" / "members.yaml").write_text(text, encoding="utf-8")


def read(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


RETRACTED = date(2026, 11, 18)
"""The demonstration's retraction appears in PubMed on this day."""


def weekday(day: date) -> str:
    return f"{day:%A}".lower()


def test_a_retraction_between_two_digests_is_told_at_once_and_once(house: House) -> None:
    """Weekly digests; the retraction comes on the day after the first."""
    eve = RETRACTED - timedelta(1)
    write_members(house, weekday(eve))
    for n in (0, 1, 2, 7, 8):
        summary = house.night(eve + timedelta(n))
        assert summary.ok, summary.failure
    mails = {str(read(path)["Subject"]): read(path) for path in house.mails()}
    told = [str(read(path)["Date"].datetime.date()) for path in house.mails()]
    assert sorted(told) == [str(eve + timedelta(n)) for n in (0, 1, 7)]
    (subject,) = [subject for subject in mails if "Urgent: " in subject]
    body = mails[subject].get_body(("plain",))
    assert body is not None
    assert "retracted" in subject
    assert "NEW EVIDENCE" not in body.get_content()
    digests = sorted((m for s, m in mails.items() if "Urgent" not in s), key=lambda m: m["Date"].datetime)
    last = digests[-1].get_body(("plain",))
    assert last is not None
    assert f"Open since {RETRACTED}" in last.get_content(), "told already, by the urgent mail"
    assert "still" not in str(digests[-1]["Subject"]), "there is other news"


@pytest.mark.slow
def test_an_article_that_is_checked_on_request_is_mailed_at_once_and_the_digest_comes_as_ever(house: House) -> None:
    house.write_topic("other")
    write_members(house, weekday(DEMONSTRATION_TODAY))
    assert house.night(DEMONSTRATION_TODAY).ok
    later = DEMONSTRATION_TODAY + timedelta(1)
    assert house.night(later, only=["other"], kind="check").ok
    scopes = [entry.message.scope for entry in house.doors(datetime.now(UTC)).store.outbox()]
    assert scopes == [f"digest {DEMONSTRATION_TODAY}", f"check {later}"]


@pytest.mark.slow
def test_a_members_file_with_a_mistake_is_told_and_everybody_gets_everything(house: House) -> None:
    write_members(house, "someday")
    summary = house.night(DEMONSTRATION_TODAY)
    assert "members[0].days[0]" in (summary.failure or "")
    assert len(house.mails()) == 1


@pytest.mark.slow
def test_dates_and_cap_of_the_file_reach_the_mail(house: House) -> None:
    write_members(house, more=", items: 1")
    assert house.night(DEMONSTRATION_TODAY).ok
    body = read(house.mails()[0]).get_body(("plain",))
    assert body is not None
    assert f"litwatch digest · {DEMONSTRATION_TODAY}\r\n" in body.get_content()
    assert body.get_content().count("  * Level") == 1


def test_a_night_whose_only_topic_file_is_broken_tells_the_operator(house: House) -> None:
    (house.folder / "queries" / "sleep.yaml").write_text("article: [\n", encoding="utf-8")
    told = {"operator": "ops@example.org"}
    assert not house.night(DEMONSTRATION_TODAY, settings=told).ok
    (path,) = house.mails()
    mail = read(path)
    assert mail["To"] == "ops@example.org"
    assert "1 article not read" in mail["Subject"]
    assert "sleep.yaml" in mail.get_content()
    assert not house.night(DEMONSTRATION_TODAY, settings=told).ok
    assert house.mails() == [path], "the same trouble is told once a day"
    house.night(DEMONSTRATION_TODAY + timedelta(1), settings=told)
    assert len(house.mails()) == 2


@pytest.mark.slow
def test_a_good_night_tells_the_operator_nothing(house: House) -> None:
    assert house.night(DEMONSTRATION_TODAY, settings={"operator": "ops@example.org"}).ok
    assert [read(path)["To"] for path in house.mails()] == ["board@example.org"]


@pytest.mark.slow
def test_what_the_mail_server_put_off_is_in_the_operators_mail_which_waits_with_it(house: House) -> None:
    down = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none", "operator": "ops@example.org"}
    summary = house.night(DEMONSTRATION_TODAY, settings=down)
    assert summary.delivery is not None
    assert summary.delivery.waiting == 2
    store = house.doors(datetime.combine(DEMONSTRATION_TODAY, time(9), UTC)).store
    waiting = store.outbox([MessageState.QUEUED])
    assert [entry.attempts for entry in waiting] == [1, 1]
    assert b"1 mail not delivered" in waiting[1].message.body


def test_no_line_of_trouble_reaches_a_header_of_the_operators_mail() -> None:
    letter = operator_letter(Trouble(["x\r\nBcc: a@example.org\r\n\r\nhi"], [], [], ["y"]), "ops@example.org", DAY)
    assert letter.subject == "litwatch, 22 November 2026: 1 article not read and 1 mail not delivered"
    assert "\nBcc" not in letter.text


def test_the_mail_servers_private_authority_is_a_setting(tmp_path: Path) -> None:
    settings = read_settings({"LITWATCH_SMTP_CERTIFICATES": str(tmp_path / "ca.pem")})
    assert settings.smtp_certificates == tmp_path / "ca.pem"


def test_members_check_says_who_gets_what_and_exits_with_1_on_a_mistake(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LITWATCH_QUERIES", str(house.folder / "queries"))
    write_members(house, "monday", "thursday")

    def check(*more: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["members", "check", *more])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out + told.err

    assert check()[0] == 0
    said = "board@example.org: sleep; monday, thursday, once a week while nothing is new; at most 20 new records with"
    assert said in check()[1]
    assert json.loads(check("--json")[1])["members"][0]["days"] == ["monday", "thursday"]
    write_members(house, "funday")
    status, told = check()
    assert status == 1
    assert "1 problem" in told
