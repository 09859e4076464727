"""What the board has decided to do: until when it stands, and which change of the text counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from litwatch.decisions.board_decision import BoardDecision, find_deadline, find_text_change, printed_text
from litwatch.model.judgement import Decision

DAY = date(2026, 11, 3)
LATER = date(2026, 11, 20)
ONE, TWO = "0123456789abcdef", "fedcba9876543210"
UPDATED = date(2025, 2, 16)
TEXT = ("What causes insulin resistance?", "Short sleep lowers insulin sensitivity.", "1", "Fictive A. A trial. 2020.")


def decide(outcome: Decision, *named: str, changed: date | None = None) -> BoardDecision:
    return BoardDecision(outcome, DAY, "Dr A", "why", None, frozenset(named), text_changed_on=changed)


@pytest.mark.parametrize(
    "other",
    [
        ("What causes insulin  resistance?", *TEXT[1:]),
        (*TEXT[:1], "Short sleep\u00a0lowers\n insulin sens\u00aditivity. ", *TEXT[2:]),
        (f"\ufeff{TEXT[0]}", *TEXT[1:]),
    ],
    ids=["two blanks", "another line end, a soft hyphen", "byte order mark"],
)
def test_a_cosmetic_change_is_none(other: tuple[str, ...]) -> None:
    assert find_text_change(printed_text(UPDATED, TEXT), [(LATER, printed_text(UPDATED, other))]) is None


@pytest.mark.parametrize(
    ("updated", "other"),
    [
        (date(2026, 11, 19), TEXT),
        (UPDATED, (*TEXT[:1], "Short sleep may lower insulin sensitivity.", *TEXT[2:])),
        (UPDATED, (*TEXT[:2], "2", *TEXT[3:])),
        (UPDATED, TEXT[:-1]),
        (None, TEXT),
    ],
    ids=["its date", "a word", "a marker", "a reference", "no date any more"],
)
def test_a_change_of_the_text_or_its_date_counts_from_the_night_that_read_it_first(
    updated: date | None, other: tuple[str, ...]
) -> None:
    before, after = printed_text(UPDATED, TEXT), printed_text(updated, other)
    assert find_text_change(before, []) is None
    assert find_text_change(before, [(DAY, before), (LATER, after), (date(2026, 12, 1), after)]) == LATER
    assert find_text_change(before, [(LATER, after), (date(2026, 12, 1), before)]) is None, "it was put back"


@pytest.mark.parametrize(
    ("decision", "still_open", "done"),
    [
        (decide(Decision.REVIEWED_UPDATE, ONE), (), False),
        (decide(Decision.REVIEWED_UPDATE, ONE, changed=LATER), (ONE,), False),
        (decide(Decision.REVIEWED_UPDATE, ONE, changed=LATER), (TWO,), True),
        (decide(Decision.REVIEWED_UPDATE, changed=LATER), (), False),
        (decide(Decision.REVIEWED_WITHDRAW, ONE, changed=LATER), (), False),
    ],
    ids=["same text", "one is open", "all are closed", "nothing was open", "a withdrawal"],
)
def test_an_update_is_done_once_the_text_has_changed_and_what_was_open_is_closed(
    decision: BoardDecision, still_open: tuple[str, ...], *, done: bool
) -> None:
    assert decision.is_carried_out(still_open) is done


def test_the_record_of_a_notice_is_settled_with_the_notice() -> None:
    decision = replace(decide(Decision.REVIEWED_UPDATE, ONE, TWO, changed=LATER), announcements=frozenset({TWO}))
    assert decision.is_carried_out((TWO,))
    assert not decision.is_carried_out((ONE,))


def test_it_is_due_on_the_day_that_the_board_named_or_so_many_days_later() -> None:
    open_end = decide(Decision.REVIEWED_UPDATE)
    assert open_end.due_within(30).due == date(2026, 12, 3)
    assert open_end.due_within(30).due_within(5).due == date(2026, 12, 3)


def test_only_what_was_open_as_a_whole_when_it_was_decided_is_told_under_it() -> None:
    decision = decide(Decision.REVIEWED_UPDATE, ONE)
    assert decision.names((ONE,))
    assert not decision.names((ONE, TWO)), "it began again since"
    assert not decision.names(())


@pytest.mark.parametrize(
    ("due", "deadline"),
    [(None, date(2026, 11, 17)), (date(2026, 11, 10), date(2026, 11, 17)), (LATER, LATER)],
)
def test_what_was_open_when_the_board_decided_waits_until_that_is_due(due: date | None, deadline: date) -> None:
    decided = replace(decide(Decision.REVIEWED_UPDATE), due=due)
    assert find_deadline(DAY, 14, decided) == deadline
    assert find_deadline(DAY, 14, None) == date(2026, 11, 17)
