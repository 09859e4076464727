"""Answers that wait: whole or absent, taken in once, in order, and one bad file holds up nobody."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from litwatch.config.settings import Settings
from litwatch.decisions.change_life import Episode
from litwatch.desk.handlers import Desk, Limits, Refusal
from litwatch.model.errors import OutputFailed
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement, NamedRecord
from litwatch.night.doors import inbox_trouble, open_inbox, open_snapshot, open_store
from litwatch.store import Store
from litwatch.store.inbox import LARGEST, Inbox
from tests.store.store_scenes import ARRIVAL, RETRACTION, make_night, moment, save_night

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
TOPIC = "insulin-resistance"
SHOWN = Episode(TOPIC, ARRIVAL, 1, moment(1))
"""What the night of these tests told, and the member answers."""


def answer(minute: int = 0, decision: Decision = Decision.NOT_RELEVANT) -> Judgement:
    at = AT + timedelta(minutes=minute)
    return Judgement(TOPIC, decision, "board@example.org", at, "why", change=ARRIVAL, episodes=(SHOWN.id,))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(
        store=tmp_path / "litwatch.duckdb",
        desk_url="https://desk.example.org/",  # type: ignore[arg-type]
        desk_secret="a secret of this test, long enough to be one",  # type: ignore[arg-type]
    )
    save_night(open_store(made), make_night(1))
    return made


def test_an_event_is_kept_under_a_name_of_its_own_for_its_user_alone(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    kept = [inbox.put(answer()), inbox.put(answer())]
    assert len({event.event for event in kept}) == 2
    assert inbox.read() == (tuple(sorted(kept, key=lambda each: each.event)), ())
    assert (tmp_path / "inbox").stat().st_mode & 0o77 == 0
    assert all(path.stat().st_mode & 0o77 == 0 for path in (tmp_path / "inbox").iterdir())


def test_events_of_every_kind_come_back_as_they_were(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    given = [
        Judgement(TOPIC, Decision.LATER, "a", AT, change=RETRACTION, until=date(2026, 12, 1)),
        Judgement(TOPIC, Decision.REVIEWED_UPDATE, "a", AT + timedelta(1), "why", seen=AT),
        Judgement(TOPIC, Decision.REFERENCE_CONFIRMED, "a", AT + timedelta(2), reference=NamedRecord("x", Pmid(5))),
        Judgement("", Decision.DIGEST_STOPPED, "a", AT + timedelta(3), member="a@example.org"),
    ]
    kept = tuple(inbox.put(each) for each in given)
    assert Inbox(tmp_path).read() == (kept, ())
    assert [replace(each, event="") for each in kept] == given


def test_many_answers_at_once_are_all_kept(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    threads = [threading.Thread(target=inbox.put, args=(answer(n % 3),)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inbox.read()[0]) == 40


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("a file where the folder should be")
    with pytest.raises(OutputFailed, match="not kept"):
        Inbox(tmp_path / "inbox").put(answer())
    inbox = Inbox(tmp_path / "other")
    with pytest.raises(OutputFailed, match="too long"):
        inbox.put(replace(answer(), reason="x" * LARGEST))
    assert not inbox.folder.exists()


def test_opening_the_store_takes_the_answers_in_once_and_in_their_order(settings: Settings) -> None:
    inbox = open_inbox(settings)
    later, earlier = inbox.put(answer(5, Decision.ALREADY_COVERED)), inbox.put(answer(1))
    store = open_store(settings)
    assert [each.judgement for each in store.judgements(TOPIC)] == [earlier, later]
    assert inbox.read() == ((), ())
    open_store(settings)
    assert len(store.judgements(TOPIC)) == 2
    assert store.verify_chain().problems == ()


def test_a_process_that_died_between_keeping_and_clearing_counts_nothing_twice(settings: Settings) -> None:
    inbox = open_inbox(settings)
    events = (inbox.put(answer(1)), inbox.put(answer(2)))
    Store(settings.store).take_in(events)
    assert inbox.read() == (events, ())
    assert len(open_store(settings).judgements(TOPIC)) == 2
    assert inbox.read() == ((), ())


def test_readers_see_an_answer_in_the_inbox_or_in_the_snapshot_at_every_moment(settings: Settings) -> None:
    event = open_inbox(settings).put(answer())
    open_store(settings)
    assert [each.judgement for each in open_snapshot(settings).judgements(TOPIC)] == [event]


def test_an_answer_that_the_store_has_cannot_be_taken_back(settings: Settings) -> None:
    inbox = open_inbox(settings)
    event = inbox.put(answer())
    open_snapshot(settings).path.mkdir(parents=True)  # no copy for the desk can be published: the answer stays here
    store = open_store(settings)
    assert [each.judgement for each in store.judgements(TOPIC)] == [event]
    assert not inbox.withdraw((event,)), "the member would read that it was taken back"
    assert inbox.read() == ((event,), ()), "the desk's page must still show it"
    open_snapshot(settings).path.rmdir()
    assert len(open_store(settings).judgements(TOPIC)) == 1
    assert inbox.read() == ((), ())


def test_an_answer_of_several_events_is_taken_back_whole_or_not_at_all(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    first, second = inbox.put(answer()), inbox.put(answer(1))
    assert inbox.withdraw((first, second))
    assert list(tmp_path.iterdir()) == []
    first, second = inbox.put(answer()), inbox.put(answer(1))
    (tmp_path / f"{second.event}.json").unlink()  # a run has taken it in and cleared it
    assert not inbox.withdraw((first, second))
    assert inbox.read() == ((first,), ())


def test_an_answer_of_which_a_part_cannot_be_kept_is_not_kept_at_all(settings: Settings) -> None:
    desk = Desk(settings, {}, lambda: AT, Limits())
    too_long = replace(answer(1), reason="x" * LARGEST)
    with pytest.raises(Refusal, match="could not be saved"):
        desk.keep_answers([answer(), too_long], "board@example.org")
    assert open_inbox(settings).read() == ((), ())


def test_what_is_put_while_a_run_takes_in_waits_for_the_next_and_can_be_taken_back(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    taken = inbox.put(answer())
    assert inbox.take() == ((taken,), ())
    late = inbox.put(answer(1))
    assert inbox.read() == ((taken, late), ())
    inbox.clear((taken,))
    assert inbox.withdraw((late,))
    assert inbox.take() == ((), ())


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"{}", b'{"topic":"../x"}', b"[" * 10_000, b"x" * (LARGEST + 1), b"null"],
    ids=["empty", "nul", "object", "path", "deep", "long", "null"],
)
def test_a_bad_file_is_set_aside_told_and_holds_up_nobody(settings: Settings, content: bytes) -> None:
    inbox = open_inbox(settings)
    good = inbox.put(answer())
    (inbox.folder / "20261103T090000.000000Z-bad.json").write_bytes(content)
    assert [each.judgement for each in open_store(settings).judgements(TOPIC)] == [good]
    assert "1 answer given at the desk could not be taken in" in (inbox_trouble(settings) or "")
    assert [each.event for each in inbox.aside()] == ["20261103T090000.000000Z-bad"]


def test_a_note_that_cannot_be_read_is_told_and_ends_no_run(settings: Settings) -> None:
    (open_inbox(settings).folder / "refused" / "a.txt").mkdir(parents=True)  # no file: it can be read by nobody
    assert "could not be taken in" in (inbox_trouble(settings) or "")


def test_an_answer_about_a_change_that_never_was_is_set_aside(settings: Settings) -> None:
    inbox = open_inbox(settings)
    strange = inbox.put(replace(answer(), change=replace(ARRIVAL, pmid=Pmid(99009999))))
    good = inbox.put(answer(1))
    assert [each.judgement for each in open_store(settings).judgements(TOPIC)] == [good]
    (aside,) = inbox.aside()
    assert aside.event == strange.event
    assert "99009999" in aside.reason


def test_an_answer_that_waited_while_the_store_was_restored_is_set_aside_and_closes_nothing_else(
    settings: Settings,
) -> None:
    store, late = open_store(settings), replace(RETRACTION, detail="pmid:99000950")
    backup = settings.store.read_bytes()
    save_night(store, make_night(2, changes=(late,)))
    lost = Episode(TOPIC, late, 1, moment(2))
    inbox = open_inbox(settings)
    inbox.put(replace(answer(), change=late, episodes=(lost.id,)))
    inbox.put(Judgement(TOPIC, Decision.REVIEWED_UNCHANGED, "a", AT, "why", episodes=(lost.id,)))
    settings.store.write_bytes(backup)
    save_night(store, make_night(3, changes=(late,)))
    restored = open_store(settings)
    (aside,) = inbox.aside()
    assert "not in this store; open the article's page and answer what it shows" in aside.reason
    assert {item.change for item in restored.open_changes(TOPIC, on=AT.date())} == {RETRACTION, ARRIVAL, late}
    assert [each.judgement.decision for each in restored.judgements(TOPIC)] == [Decision.REVIEWED_UNCHANGED]


def test_a_file_under_another_events_name_is_not_taken_in(settings: Settings) -> None:
    inbox = open_inbox(settings)
    event = inbox.put(answer())
    path = inbox.folder / f"{event.event}.json"
    path.with_name("20261103T090000.000000Z-copy.json").write_bytes(path.read_bytes())
    assert len(open_store(settings).judgements(TOPIC)) == 1
    assert len(inbox.aside()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_inbox_that_cannot_be_read_is_told(settings: Settings) -> None:
    inbox = open_inbox(settings)
    inbox.put(answer())
    inbox.folder.chmod(0)
    try:
        open_store(settings)
        assert "Permission denied" in (inbox_trouble(settings) or "")
    finally:
        inbox.folder.chmod(0o700)
