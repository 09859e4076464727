"""The outbox and the runs: nothing is sent twice by the program's own doing, nothing is lost unmarked."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from litwatch.model.message import MessageState, SentList, ToldByMail
from litwatch.model.text.mail_address import mailbox_key
from litwatch.store import RunEnd, RunState, Store
from litwatch.store.processes import name_process
from tests.store.store_scenes import START, another_process, heard, made_store, make_message, moment

FIRST, SECOND = make_message(1), make_message(2)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_store(tmp_path)


def states(store: Store) -> dict[str, MessageState]:
    return {entry.message.message_id: entry.state for entry in store.outbox()}


def test_a_message_goes_out_as_it_was_queued(store: Store) -> None:
    assert store.enqueue([FIRST, SECOND], at=moment(1)) == (FIRST.message_id, SECOND.message_id)
    (claimed,) = store.claim(moment(2))
    assert claimed.message == FIRST
    assert (claimed.state, claimed.attempts, claimed.claimed_at) == (MessageState.SENDING, 1, moment(2))
    store.settle(FIRST.message_id, MessageState.SENT, at=moment(3))
    (entry,) = store.outbox([MessageState.SENT])
    assert (entry.message, entry.settled_at, entry.last_error) == (FIRST, moment(3), None)
    assert states(store) == {FIRST.message_id: MessageState.SENT, SECOND.message_id: MessageState.QUEUED}


@pytest.mark.parametrize("fate", [None, MessageState.SENT, MessageState.UNKNOWN, MessageState.FAILED])
def test_the_same_message_is_queued_once_whatever_became_of_it(store: Store, fate: MessageState | None) -> None:
    store.enqueue([FIRST], at=moment(1))
    if fate:
        store.claim(moment(1))
        store.settle(FIRST.message_id, fate, at=moment(1), error="550")
    composed_again = make_message(1, message_id="<other@litwatch.example>", body=b"other boundary")
    assert store.enqueue([FIRST, composed_again, FIRST], at=moment(2)) == ()
    assert len(store.outbox()) == 1


@pytest.mark.parametrize(
    "other", [{"recipient": "editor@example.org"}, {"scope": "digest 2026-11-02"}, {"content_hash": "f" * 64}], ids=str
)
def test_another_reader_day_or_content_is_another_message(store: Store, other: dict[str, str]) -> None:
    store.enqueue([FIRST], at=moment(1))
    assert store.enqueue([make_message(1, message_id="<3@x>", **other)], at=moment(1)) == ("<3@x>",)


def test_a_message_id_that_is_taken_by_another_message_queues_nothing(store: Store) -> None:
    store.enqueue([FIRST], at=moment(1))
    with pytest.raises(ValueError, match="already that of another message"):
        store.enqueue([SECOND, make_message(3, message_id=FIRST.message_id)], at=moment(1))
    assert len(store.outbox()) == 1


def test_an_address_written_with_other_capitals_gets_no_second_mail(store: Store) -> None:
    store.enqueue([FIRST], at=START)
    again = replace(FIRST, recipient=FIRST.recipient.upper())
    assert store.enqueue([again], at=moment(1)) == ()
    assert store.enqueue([replace(again, message_id="<other@example.org>")], at=moment(1)) == ()
    assert [entry.message.recipient for entry in store.outbox()] == [FIRST.recipient]


def test_a_message_is_claimed_by_one_only_and_in_order(store: Store) -> None:
    messages = [make_message(number) for number in range(5)]
    store.enqueue(messages[:3], at=moment(2))
    store.enqueue(messages[3:], at=moment(1))
    with another_process("claim and wait", store.path) as other:
        assert heard(other) == "1"
        mine = store.claim(moment(3), limit=10)
    assert [entry.message.message_id for entry in mine] == [messages[n].message_id for n in (4, 0, 1, 2)]
    assert store.claim(moment(3)) == ()


def test_what_a_dead_process_was_sending_becomes_unknown_and_is_not_sent_again(store: Store) -> None:
    store.enqueue([FIRST], at=START)
    with another_process("claim and die", store.path) as process:
        assert heard(process) == "1"
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and not yet collected
        assert states(store) == {FIRST.message_id: MessageState.SENDING}
        assert store.mark_abandoned(moment(2)) == (FIRST.message_id,)
    (entry,) = store.outbox([MessageState.UNKNOWN])
    assert entry.settled_at == moment(2)
    assert entry.last_error is not None
    assert store.mark_abandoned(moment(3)) == ()
    assert store.claim(moment(3)) == ()


def test_what_a_living_process_is_sending_is_left_alone(store: Store) -> None:
    store.enqueue([FIRST, SECOND], at=START)
    store.claim(START)
    with another_process("claim and wait", store.path) as other:
        assert heard(other) == "1"
        assert store.mark_abandoned(moment(2)) == ()
    assert store.mark_abandoned(moment(3)) == (SECOND.message_id,)


def test_only_a_named_person_has_a_message_of_unknown_or_failed_fate_sent_again(store: Store) -> None:
    store.enqueue([FIRST], at=START)
    for state in (MessageState.UNKNOWN, MessageState.FAILED):
        store.claim(moment(1))
        with pytest.raises(LookupError):
            store.requeue(FIRST.message_id, by="Dr A")
        store.settle(FIRST.message_id, state, at=moment(1), error="lost")
        with pytest.raises(ValueError, match="person"):
            store.requeue(FIRST.message_id, by=" ")
        store.requeue(FIRST.message_id, by="Dr A")
    (entry,) = store.claim(moment(2))
    assert (entry.attempts, entry.requeued_by) == (3, "Dr A")


def test_only_a_named_person_says_that_a_message_of_unknown_fate_arrived(store: Store) -> None:
    store.enqueue([FIRST], at=START)
    store.claim(moment(1))
    with pytest.raises(LookupError):
        store.receive(FIRST.message_id, by="Dr A", at=moment(1))
    store.settle(FIRST.message_id, MessageState.UNKNOWN, at=moment(1), error="silence")
    with pytest.raises(ValueError, match="person"):
        store.receive(FIRST.message_id, by=" ", at=moment(2))
    store.receive(FIRST.message_id, by="Dr A", at=moment(2))
    (entry,) = store.outbox()
    assert (entry.state, entry.received_by, entry.settled_at) == (MessageState.SENT, "Dr A", moment(2))
    assert entry.last_error == "silence", "what happened stays on record"
    assert store.claim(moment(3)) == ()


def test_a_message_that_surely_was_not_delivered_may_be_tried_again(store: Store) -> None:
    store.enqueue([FIRST], at=START)
    store.claim(moment(1))
    store.settle(FIRST.message_id, MessageState.QUEUED, at=moment(1), error="421 try later")
    assert store.outbox()[0].last_error == "421 try later"
    assert store.claim(moment(2))[0].attempts == 2


def test_a_process_that_knows_better_settles_an_unknown_message_as_sent(store: Store) -> None:
    store.enqueue([FIRST], at=START)
    store.claim(START)
    store.settle(FIRST.message_id, MessageState.UNKNOWN, at=START)
    for state in (MessageState.QUEUED, MessageState.FAILED):
        with pytest.raises(LookupError):
            store.settle(FIRST.message_id, state, at=START)
    store.settle(FIRST.message_id, MessageState.SENT, at=START)
    for state in (MessageState.QUEUED, MessageState.UNKNOWN, MessageState.FAILED, MessageState.SENT):
        with pytest.raises(LookupError):
            store.settle(FIRST.message_id, state, at=START)
    with pytest.raises(ValueError, match="sending"):
        store.settle(FIRST.message_id, MessageState.SENDING, at=START)


def test_a_run_is_running_then_ended_and_ends_once(store: Store) -> None:
    run = store.start_run("nightly", moment(1))
    assert run == "nightly-20261101T021500Z"
    assert [(item.id, item.state, item.finished_at) for item in store.runs()] == [(run, RunState.RUNNING, None)]
    store.finish_run(run, RunState.INCOMPLETE, at=moment(1, hour=3), summary={"failed": 1}, error="no answer")
    (ended,) = store.runs()
    assert (ended.state, ended.summary, ended.error) == (RunState.INCOMPLETE, {"failed": 1}, "no answer")
    assert ended.finished_at == moment(1, hour=3)
    with pytest.raises(LookupError):
        store.finish_run(run, RunState.SUCCEEDED, at=moment(2))
    with pytest.raises(ValueError, match="interrupted"):
        store.finish_run(run, RunState.INTERRUPTED, at=moment(2))


def test_the_reason_for_which_a_run_ended_is_written_once(store: Store) -> None:
    run = store.start_run("nightly", moment(1))
    ends = [RunEnd("nightly", name_process() or "", moment(1), moment(day), f"reason {day}") for day in (1, 2)]
    assert [store.settle_end(end) for end in ends] == [run, run]
    assert [(item.state, item.error) for item in store.runs()] == [(RunState.FAILED, "reason 1")]


def test_two_runs_started_in_one_second_are_told_apart(store: Store) -> None:
    runs = [store.start_run("nightly", moment(1)) for _ in range(3)]
    assert runs == [f"nightly-20261101T021500Z{suffix}" for suffix in ("", "-2", "-3")]


def test_a_run_whose_process_died_is_interrupted(store: Store) -> None:
    with another_process("start a run and die", store.path) as process:
        run = heard(process)
        assert process.wait() == -signal.SIGKILL
    assert [(item.id, item.state) for item in store.runs()] == [(run, RunState.INTERRUPTED)]


def test_runs_are_listed_newest_first_and_limited(store: Store) -> None:
    runs = [store.start_run("nightly", moment(day)) for day in (1, 2, 3)]
    assert [item.id for item in store.runs(limit=2)] == [runs[2], runs[1]]


def test_only_a_message_that_waits_is_called_off_and_only_one_of_unknown_fate_has_arrived(store: Store) -> None:
    store.enqueue([FIRST, SECOND], at=moment(1))
    store.claim(moment(2))
    store.settle(FIRST.message_id, MessageState.SENT, at=moment(2))
    with pytest.raises(LookupError, match="neither waits nor has failed"):
        store.cancel(FIRST.message_id, by="Dr A", at=moment(3))
    store.cancel(SECOND.message_id, by="Dr A", at=moment(3))
    for message in (FIRST, SECOND):
        with pytest.raises(LookupError, match="no unknown delivery"):
            store.receive(message.message_id, by="Dr A", at=moment(4))
    assert states(store) == {FIRST.message_id: MessageState.SENT, SECOND.message_id: MessageState.CANCELLED}


def test_a_failed_message_is_called_off_and_none_that_was_called_off_is_sent_again(store: Store) -> None:
    store.enqueue([FIRST, SECOND], at=moment(1))
    store.claim(moment(2))
    store.settle(FIRST.message_id, MessageState.FAILED, at=moment(2), error="552 mailbox full")
    for message in (FIRST, SECOND):
        store.cancel(message.message_id, by="Dr A", at=moment(3))
        with pytest.raises(LookupError, match="neither failed"):
            store.requeue(message.message_id, by="Dr A")
    assert set(states(store).values()) == {MessageState.CANCELLED}


def test_a_digest_that_was_refused_is_no_last_digest_and_has_told_of_no_article(store: Store) -> None:
    first, second = (
        replace(make_message(number), scope=f"digest {day}", news=(("sleep", f"episode {number}"),), day=day)
        for number, day in enumerate((date(2026, 11, 1), date(2026, 11, 2)), 1)
    )
    (reader,) = {mailbox_key(first.recipient), mailbox_key(second.recipient)}
    store.enqueue([first, second], at=moment(2))
    assert store.last_digests(date(2026, 11, 2)) == {reader: SentList(date(2026, 11, 1), is_certain=False)}
    assert store.last_digests(date(2026, 11, 3)) == {reader: SentList(date(2026, 11, 2), is_certain=False)}
    for message in (first, second):
        store.claim(moment(2))
        store.settle(message.message_id, MessageState.FAILED, at=moment(2), error="550")
    assert store.last_digests(date(2026, 11, 3)) == {}
    told = store.told_by_mail(["episode 1"], besides=date(2026, 11, 3))
    assert told == {reader: ToldByMail(refused=frozenset({"episode 1"}))}
