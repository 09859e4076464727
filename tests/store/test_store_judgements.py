"""Judgements in the store: what closes a change, what opens it again, and the chain that they form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from litwatch.decisions.change_life import is_open
from litwatch.decisions.member_answers import LastWord
from litwatch.model.change import Change
from litwatch.model.judgement import ABOUT_A_CHANGE, REVIEWS, STILL_TO_DO, Decision, Effect, Judgement, NamedRecord
from litwatch.model.lead import Lead
from litwatch.store import Store
from tests.store.store_scenes import (
    ARRIVAL,
    CITED,
    NEW,
    RETRACTION,
    episodes_of,
    made_store,
    make_night,
    moment,
    save_night,
)

TOPIC = "insulin-resistance"
TODAY = date(2026, 11, 3)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = made_store(tmp_path)
    save_night(store, make_night(1))
    return store


def judge(store: Store, decision: Decision, change: Change | None = None, *, day: int = 3, until: date | None = None,
          shown: tuple[str, ...] | None = None, effect: Effect | None = None) -> None:  # fmt: skip
    shown = episodes_of(store, TOPIC, change) if shown is None else shown
    store.record_judgement(
        Judgement(TOPIC, decision, "Dr A", moment(day), "why", change, until, effect=effect, episodes=shown)
    )


def open_on(store: Store, day: date = TODAY) -> set[Change]:
    return {item.change for item in store.open_changes(TOPIC, on=day)}


@pytest.mark.parametrize("decision", [Decision.NOT_RELEVANT, Decision.ALREADY_COVERED])
@pytest.mark.parametrize("change", [RETRACTION, ARRIVAL], ids=["notice", "new record"])
def test_not_relevant_and_already_covered_close_that_change_alone(
    store: Store, decision: Decision, change: Change
) -> None:
    judge(store, decision, change)
    assert open_on(store) == {RETRACTION, ARRIVAL} - {change}


def test_relevant_keeps_a_change_open_and_says_so(store: Store) -> None:
    assert store.kept(TOPIC, on=TODAY) == {}
    judge(store, Decision.RELEVANT, ARRIVAL)
    assert open_on(store) == {RETRACTION, ARRIVAL}
    assert [item.judged for item in store.open_changes(TOPIC, on=TODAY)] == [None, Decision.RELEVANT]
    assert store.kept(TOPIC, on=TODAY) == {NEW: None}


@pytest.mark.parametrize("effect", Effect)
def test_what_a_kept_record_does_to_the_article_is_kept_with_it(store: Store, effect: Effect) -> None:
    judge(store, Decision.RELEVANT, ARRIVAL, effect=effect)
    assert store.kept(TOPIC, on=TODAY) == {NEW: effect}
    judge(store, Decision.RELEVANT, ARRIVAL)
    assert store.kept(TOPIC, on=TODAY) == {NEW: None}, "the last word counts"


def test_a_change_put_off_is_open_again_on_its_day(store: Store) -> None:
    judge(store, Decision.LATER, RETRACTION, until=date(2026, 12, 1))
    assert open_on(store, date(2026, 11, 30)) == {ARRIVAL}
    assert open_on(store, date(2026, 12, 1)) == {RETRACTION, ARRIVAL}


def test_a_review_of_the_article_closes_what_was_open_and_leaves_what_comes_after(store: Store) -> None:
    judge(store, Decision.REVIEWED_UNCHANGED)
    assert open_on(store) == set()
    later = replace(RETRACTION, detail="pmid:99000950")
    save_night(store, make_night(4, changes=(RETRACTION, later, ARRIVAL)))
    assert open_on(store) == {later}


@pytest.mark.parametrize("decision", sorted(STILL_TO_DO))
def test_to_update_or_to_withdraw_closes_nothing_and_takes_no_answer_back(store: Store, decision: Decision) -> None:
    judge(store, Decision.RELEVANT, ARRIVAL, effect=Effect.CONTRADICTS)
    judge(store, decision)
    assert open_on(store) == {RETRACTION, ARRIVAL}
    assert store.kept(TOPIC, on=TODAY) == {NEW: Effect.CONTRADICTS}
    assert store.last_reviewed(TOPIC) is None
    decided = store.board_decision(TOPIC)
    assert decided is not None
    assert (decided.outcome, decided.decided_on, decided.by, decided.reason) == (decision, TODAY, "Dr A", "why")
    assert decided.names(episodes_of(store, TOPIC))
    judge(store, Decision.REVIEWED_UNCHANGED, day=4)
    assert (open_on(store), store.board_decision(TOPIC)) == (set(), None)
    assert store.last_reviewed(TOPIC) == date(2026, 11, 4)
    assert store.check().problems == ()


def test_of_two_decisions_the_newer_has_the_word(store: Store) -> None:
    judge(store, Decision.REVIEWED_WITHDRAW)
    judge(store, Decision.REVIEWED_UPDATE, day=4, shown=())
    decided = store.board_decision(TOPIC)
    assert decided is not None
    assert (decided.is_withdrawal, decided.episodes) == (False, frozenset())


@pytest.mark.parametrize("said", [
    Judgement(TOPIC, Decision.CHECK_ASKED, "An editor", moment(3)),
    Judgement(TOPIC, Decision.REFERENCE_CONFIRMED, "Dr A", moment(3), reference=NamedRecord("x", CITED)),
    Judgement("", Decision.DIGEST_STOPPED, "Dr A", moment(3), member="a@example.org"),
    Judgement(TOPIC, Decision.LEAD_CLOSED, "Dr A", moment(3), lead=Lead("An alert", None, None, None)),
], ids=lambda said: said.decision.value)  # fmt: skip
def test_what_is_no_answer_and_no_review_closes_nothing(store: Store, said: Judgement) -> None:
    before = open_on(store)
    store.record_judgement(said)
    assert open_on(store) == before != set()
    assert store.last_reviewed(TOPIC) is None
    assert store.verify_chain().problems == ()


def test_a_review_leaves_open_what_its_reader_had_not_yet_seen(store: Store) -> None:
    overnight, page = replace(RETRACTION, detail="pmid:99000950"), episodes_of(store, TOPIC)
    save_night(store, make_night(2, changes=(overnight,)))
    judge(store, Decision.REVIEWED_UNCHANGED, day=3, shown=page)
    assert open_on(store) == {overnight}


def test_a_later_review_from_an_older_page_opens_nothing_that_an_earlier_one_closed(store: Store) -> None:
    overnight, page = replace(RETRACTION, detail="pmid:99000950"), episodes_of(store, TOPIC)
    save_night(store, make_night(2, changes=(overnight,)))
    judge(store, Decision.REVIEWED_UNCHANGED, day=3)
    judge(store, Decision.REVIEWED_UPDATE, day=4, shown=page)
    assert open_on(store) == set()
    with store._reading() as con:
        said = dict(con.execute("SELECT detail, decision FROM episode_state").fetchall())
    assert said[overnight.detail] == Decision.REVIEWED_UNCHANGED
    assert said[RETRACTION.detail] == Decision.REVIEWED_UNCHANGED, "to update neither closes nor opens"


def test_the_last_word_counts(store: Store) -> None:
    judge(store, Decision.NOT_RELEVANT, ARRIVAL)
    judge(store, Decision.RELEVANT, ARRIVAL)
    assert ARRIVAL in open_on(store)
    judge(store, Decision.REVIEWED_UNCHANGED)
    assert open_on(store) == set()
    judge(store, Decision.LATER, ARRIVAL, until=TODAY)
    assert open_on(store) == {ARRIVAL}


def test_the_last_word_is_the_last_recorded_even_if_a_clock_went_back(store: Store) -> None:
    judge(store, Decision.NOT_RELEVANT, ARRIVAL, day=9)
    judge(store, Decision.RELEVANT, ARRIVAL, day=8)
    assert ARRIVAL in open_on(store)


def test_a_judgement_about_a_neighbouring_topic_closes_nothing_here(store: Store) -> None:
    save_night(store, make_night(1, topic="sleep-apnoea"))
    everything = (*episodes_of(store, TOPIC), *episodes_of(store, "sleep-apnoea"))
    for decision, change in ((Decision.REVIEWED_UNCHANGED, None), (Decision.NOT_RELEVANT, ARRIVAL)):
        said = Judgement("sleep-apnoea", decision, "Dr A", moment(3), change=change, episodes=everything)
        store.record_judgement(said)
    assert store.open_changes("sleep-apnoea", on=TODAY) == ()
    assert open_on(store) == {RETRACTION, ARRIVAL}


def test_a_judgement_about_a_change_that_was_never_opened_is_refused(store: Store) -> None:
    with pytest.raises(LookupError, match="PMID"):
        judge(store, Decision.NOT_RELEVANT, replace(ARRIVAL, pmid=CITED), shown=episodes_of(store, TOPIC))
    assert store.judgements(TOPIC) == ()


def test_the_last_review_is_the_day_of_the_last_one_recorded(store: Store) -> None:
    assert store.last_reviewed(TOPIC) is None
    judge(store, Decision.RELEVANT, ARRIVAL, day=9)
    assert store.last_reviewed(TOPIC) is None
    judge(store, Decision.REVIEWED_UNCHANGED, day=5)
    judge(store, Decision.REVIEWED_UNCHANGED, day=6)
    judge(store, Decision.REVIEWED_UPDATE, day=7)
    judge(store, Decision.REVIEWED_WITHDRAW, day=8)
    assert store.last_reviewed(TOPIC) == date(2026, 11, 6), "what is to be changed or withdrawn has not been confirmed"


def test_judgements_come_back_as_given_and_form_a_chain(store: Store) -> None:
    given = [
        Judgement(
            TOPIC,
            Decision.LATER,
            "Dr Å; DROP TABLE judgement",
            moment(2),
            "'\"",
            RETRACTION,
            TODAY,
            episodes=episodes_of(store, TOPIC, RETRACTION),
        ),
        Judgement(TOPIC, Decision.REVIEWED_WITHDRAW, "Dr B", moment(3), seen=moment(2), episodes=()),
    ]
    recorded = [store.record_judgement(judgement) for judgement in given]
    assert store.judgements(TOPIC) == tuple(recorded)
    assert [item.judgement for item in recorded] == given
    assert recorded[1].previous == recorded[0].hash
    report = store.verify_chain()
    assert (report.length, report.head, report.problems) == (2, recorded[1].hash, ())


def test_the_same_judgement_sent_twice_is_kept_once(store: Store) -> None:
    shown = episodes_of(store, TOPIC, ARRIVAL)
    judgement = Judgement(TOPIC, Decision.RELEVANT, "Dr A", moment(3), change=ARRIVAL, episodes=shown)
    assert store.record_judgement(judgement) == store.record_judgement(judgement)
    assert store.verify_chain().length == 1


def test_a_judgement_altered_in_the_file_shows(store: Store) -> None:
    for day in (3, 4, 5):
        judge(store, Decision.RELEVANT, ARRIVAL, day=day)
    with duckdb.connect(str(store.path)) as con:
        con.execute("UPDATE stored_judgement SET doc = replace(doc::VARCHAR, 'Dr A', 'Dr X') WHERE seq = 2")
    assert store.verify_chain().problems == (), "it names no person"
    with duckdb.connect(str(store.path)) as con:
        con.execute("UPDATE stored_judgement SET doc = replace(doc::VARCHAR, 'person-', 'someone-') WHERE seq = 2")
    assert store.verify_chain().problems == ("Judgement 2 was altered after it was recorded.",)
    assert store.check().problems == store.verify_chain().problems


def test_another_name_in_a_persons_place_shows(store: Store) -> None:
    judge(store, Decision.RELEVANT, ARRIVAL, day=3)
    with duckdb.connect(str(store.path)) as con:
        con.execute("UPDATE person SET name = 'Dr X'")
    assert store.verify_chain().problems == ("Judgement 1 names a person whose name was altered afterwards.",)
    assert store.verify_chain().broken == (1,)


def test_an_answer_or_a_review_that_does_not_say_what_it_is_about_is_refused(store: Store) -> None:
    for decision, change in ((Decision.REVIEWED_UNCHANGED, None), (Decision.NOT_RELEVANT, ARRIVAL)):
        with pytest.raises(ValueError, match="names the episodes"):
            store.record_judgement(Judgement(TOPIC, decision, "Dr A", moment(3), change=change))
    assert store.judgements(TOPIC) == ()


@pytest.mark.parametrize("decision", [Decision.REVIEWED_UNCHANGED, Decision.NOT_RELEVANT])
def test_what_begins_again_is_open_whatever_was_closed_and_whatever_the_clock_said(
    store: Store, decision: Decision
) -> None:
    judge(store, decision, None if decision.is_review else RETRACTION, day=40)
    taken_back = make_night(4, changes=(), looked_at=frozenset({CITED}))
    save_night(store, taken_back)
    assert RETRACTION not in open_on(store)
    again = make_night(2, run="a clock that went back", looked_at=frozenset({CITED}))
    assert RETRACTION in save_night(store, again).opened
    (item,) = [each for each in store.open_changes(TOPIC, on=TODAY) if each.change == RETRACTION]
    assert (item.opened_at, len(item.episodes)) == (moment(2), 1)
    assert store.check().problems == ()


def test_one_answer_closes_all_open_episodes_of_a_fact_that_it_names(store: Store) -> None:
    looked = frozenset({CITED})
    save_night(store, make_night(2, changes=(), looked_at=looked))
    save_night(store, make_night(3, looked_at=looked))
    (item,) = [each for each in store.open_changes(TOPIC, on=TODAY) if each.change == RETRACTION]
    assert (item.opened_at, len(item.episodes)) == (moment(1), 2)
    assert len(store.open_changes(TOPIC, on=TODAY)) == 2, "a fact counts once"
    judge(store, Decision.NOT_RELEVANT, RETRACTION, shown=item.episodes[:1])
    (item,) = [each for each in store.open_changes(TOPIC, on=TODAY) if each.change == RETRACTION]
    assert (item.opened_at, len(item.episodes)) == (moment(3), 1)
    judge(store, Decision.NOT_RELEVANT, RETRACTION, shown=item.episodes)
    assert RETRACTION not in open_on(store)


@pytest.mark.parametrize("decision", Decision)
def test_the_view_of_open_episodes_and_the_rule_in_the_core_are_one(store: Store, decision: Decision) -> None:
    until = TODAY if decision is Decision.LATER else None
    if decision not in ABOUT_A_CHANGE | REVIEWS:
        return
    change = ARRIVAL if decision in ABOUT_A_CHANGE else None
    judge(store, decision, change, until=until)
    for day in (TODAY - timedelta(days=1), TODAY):
        is_listed = ARRIVAL in open_on(store, day)
        assert is_listed is is_open(LastWord(decision, until), day)


def test_an_answer_that_waited_while_the_store_was_restored_closes_nothing_else(store: Store, tmp_path: Path) -> None:
    snapshot = store.path.read_bytes()
    late = replace(RETRACTION, detail="pmid:99000950")
    save_night(store, make_night(2, changes=(RETRACTION, late)))
    answers = [
        Judgement(TOPIC, Decision.NOT_RELEVANT, "Dr A", moment(3), "why", late, event="one",
                  episodes=episodes_of(store, TOPIC, late)),
        Judgement(TOPIC, Decision.REVIEWED_UNCHANGED, "Dr A", moment(3), "why", event="two",
                  episodes=episodes_of(store, TOPIC)),
    ]  # fmt: skip
    store.path.write_bytes(snapshot)
    other = replace(RETRACTION, detail="pmid:99000960")
    save_night(store, make_night(3, changes=(RETRACTION, other, late)))
    assert "one" in store.take_in(answers), "what it answers was told by nights that this store does not know"
    assert open_on(store) == {other, late}, "the review closes what both know"


def answer(store: Store, by: str, decision: Decision, change: Change = ARRIVAL, *, reason: str = "",
           effect: Effect | None = None, until: date | None = None,
           shown: tuple[str, ...] | None = None, settles: tuple[str, ...] | None = None) -> None:  # fmt: skip
    episodes = episodes_of(store, TOPIC, change) if shown is None else shown
    store.record_judgement(
        Judgement(
            TOPIC, decision, by, moment(3), reason, change, until, effect=effect, episodes=episodes, settles=settles
        )
    )


@pytest.mark.parametrize("ben_first", [True, False], ids=["contradicts first", "not relevant first"])
def test_one_members_answer_does_not_overrule_anothers(store: Store, *, ben_first: bool) -> None:
    shown = episodes_of(store, TOPIC, ARRIVAL)
    answers = [
        ("Ben", Decision.RELEVANT, Effect.CONTRADICTS),
        ("Anna", Decision.NOT_RELEVANT, None),
    ]
    for by, decision, effect in answers if ben_first else reversed(answers):
        answer(store, by, decision, effect=effect, shown=shown)
    (item,) = (item for item in store.open_changes(TOPIC, on=TODAY) if item.change == ARRIVAL)
    assert (item.judged, item.effect) == (Decision.RELEVANT, Effect.CONTRADICTS)
    assert {each.by: each.decision for each in item.differing} == {by: decision for by, decision, _ in answers}
    assert store.kept(TOPIC, on=TODAY) == {NEW: Effect.CONTRADICTS}
    answer(store, "Carl", Decision.NOT_RELEVANT, reason="a study of mice", shown=shown)
    assert ARRIVAL in open_on(store), "one more opinion"
    answer(store, "Carl", Decision.NOT_RELEVANT, reason="a study of mice", shown=shown, settles=("Ben", "Anna", "Carl"))
    assert open_on(store) == {RETRACTION}
    (closed,) = store.answered_changes(TOPIC, NEW, on=TODAY)
    assert (closed.change, closed.episodes) == (ARRIVAL, shown)
    judge(store, Decision.REVIEWED_UNCHANGED)
    assert store.answered_changes(TOPIC, NEW, on=TODAY) == (), "a review of the article has the word"


def test_members_may_disagree_about_a_notice_too_and_a_later_does_not_put_it_off(store: Store) -> None:
    answer(store, "Ben", Decision.RELEVANT, RETRACTION)
    answer(store, "Anna", Decision.LATER, RETRACTION, until=date(2026, 12, 1), reason="after the congress")
    (item,) = (item for item in store.open_changes(TOPIC, on=TODAY) if item.change == RETRACTION)
    assert len(item.differing) == 2
    (item,) = (item for item in store.open_changes(TOPIC, on=date(2026, 12, 1)) if item.change == RETRACTION)
    assert item.differing == (), "Anna's day has come"
    answer(store, "Ben", Decision.ALREADY_COVERED, RETRACTION, reason="left out")
    assert RETRACTION not in open_on(store, date(2027, 1, 1))
