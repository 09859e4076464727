"""Nights that mail editors their errands: at once, then once a week, and never what is clinical."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from litwatch.config.settings import Settings
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.verdict import Fired, Rule, Status
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.message import MessageState
from litwatch.model.reference import MatchState
from litwatch.night.doors import Doors, open_entrez, open_inbox, open_store
from litwatch.night.queued_digests import queue_digests
from litwatch.night.queued_errands import queue_errands
from litwatch.report.contents import FailedTopic
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.factories import make_match, make_report, make_topic, make_verdict
from tests.nights import ARTICLE, TOPIC, House, open_house, open_made_store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EDITORS = TOPIC + "editors: [editor@example.org]\n"
UNKNOWN = ARTICLE + "3. Nobody N. A paper that no index has ever seen. Journal of Nothing. 1999.\n"


def errands(house: House) -> list[str]:
    """The texts of the mails to the editor, oldest first."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in house.mails()]
    return [str(mail.get_body(("plain",)).get_content()) for mail in mails if mail["To"] == "editor@example.org"]  # type: ignore[attr-defined]


def test_an_editor_is_told_on_the_first_night_and_again_after_a_week_and_the_board_is_not(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.write_topic("sleep", topic=EDITORS, article=UNKNOWN.replace("raises it [2]", "raises it [2, 3]"))
        for days in (0, 7):
            assert house.night(DEMONSTRATION_TODAY + timedelta(days=days)).ok
            told = errands(house)
            assert len(told) == (1 if not days else 2)
        assert "new: 1" in told[0]
        assert "reference list entry 3" in " ".join(told[0].split())
        assert "Nothing is new since your last list" in told[1]
        assert not any("retract" in text for text in told)
        to = {str(message_from_bytes(path.read_bytes(), policy=policy.default)["To"]) for path in house.mails()}
        assert to == {"board@example.org", "editor@example.org"}
        boards = [p.read_text() for p in house.mails() if b"To: board@" in p.read_bytes()]
        assert not any("For an editor" in text for text in boards)


def test_a_list_that_the_server_refused_has_told_nothing(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path / "s.duckdb", email="tests@example.org", mail_folder=tmp_path / "mail")
    doors = Doors(settings, open_made_store(settings), open_entrez(settings), lambda _: (), lambda: NOON)
    topic, broken = make_topic("sleep", editors=("editor@example.org",)), FailedTopic("sleep", "a bracket is missing")

    def queue(day: int) -> tuple[str, ...]:
        return queue_errands(doors, [topic], (), [broken], NOON + timedelta(days=day), read=lambda _: {})

    def settle(state: MessageState) -> str:
        (claimed,) = doors.store.claim(NOON)
        doors.store.settle(claimed.message.message_id, state, at=NOON)
        return claimed.message.subject

    assert len(queue(0)) == 1
    settle(MessageState.FAILED)
    assert len(queue(1)) == 1
    assert settle(MessageState.SENT).endswith("new: 1")
    assert queue(1) == queue(2) == ()


def test_where_the_only_editor_has_stopped_all_mails_the_board_reads_the_errands(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path / "s.duckdb", email="tests@example.org", mail_folder=tmp_path / "mail")
    doors = Doors(settings, open_made_store(settings), open_entrez(settings), lambda _: (), lambda: NOON)
    unconfirmed = Fired(Rule.CITATIONS, Status.REVIEW_NEEDED, (), (Reason(ReasonCode.UNCONFIRMED, (2,)),))
    report = make_report(
        Status.REVIEW_NEEDED,
        topic=make_topic("sleep", editors=("editor@example.org",)),
        verdict=make_verdict(Status.REVIEW_NEEDED, fired=(unconfirmed,)),
        matches=(make_match(2, None, state=MatchState.NOT_FOUND),),
    )

    def subject(days: int) -> str:
        at = NOON + timedelta(days=days)
        queue_digests(doors, [report.topic], [report.topic], (), at, read=lambda _: {"sleep": report})
        (claimed,) = doors.store.claim(at)
        doors.store.settle(claimed.message.message_id, MessageState.SENT, at=at)
        return claimed.message.subject

    assert "with an editor" in subject(0)
    who = "editor@example.org"
    open_inbox(settings).put(Judgement("", Decision.DIGEST_STOPPED, who, NOON, member=who))
    open_store(settings)
    told = subject(1)
    assert "with an editor" not in told
    assert "review" in told
