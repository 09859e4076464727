"""What people have answered, as the ranking hears it: the last word about each new record, and never a notice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from litwatch.decisions.changes import find_cited_changes, find_new_records
from litwatch.decisions.ranking import Judged, paper_of
from litwatch.decisions.triage import Signal, triage
from litwatch.model.change import Change
from litwatch.model.judgement import Decision, Effect, Judgement
from litwatch.model.record import RefType
from litwatch.reading.board_answers import read_answers
from litwatch.report.reason_sentences import say_signal
from litwatch.store import Store
from tests.spec import cases
from tests.store.store_scenes import ARRIVAL, NEW, RETRACTION, episodes_of, made_store, make_night, moment, save_night

TOPIC = "insulin-resistance"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = made_store(tmp_path)
    save_night(store, make_night(1))
    return store


def judge(store: Store, decision: Decision, change: Change, day: int, until: date | None = None) -> None:
    shown = episodes_of(store, TOPIC, change)
    store.record_judgement(Judgement(TOPIC, decision, "Dr A", moment(day), change=change, until=until, episodes=shown))


def heard(store: Store) -> list[tuple[str, float]]:
    return [(one.paper.id, one.worth) for one in read_answers(TOPIC, store)]


def test_the_last_word_about_a_new_record_counts_and_later_teaches_nothing(store: Store) -> None:
    assert heard(store) == []
    judge(store, Decision.NOT_RELEVANT, ARRIVAL, 2)
    assert heard(store) == [(str(NEW), 0.0)]
    judge(store, Decision.ALREADY_COVERED, ARRIVAL, 3)
    assert heard(store) == [(str(NEW), 0.5)]
    judge(store, Decision.RELEVANT, ARRIVAL, 4)
    assert heard(store) == [(str(NEW), 1.0)]
    judge(store, Decision.LATER, ARRIVAL, 5, until=date(2026, 12, 1))
    assert heard(store) == []


def test_what_is_said_about_a_notice_teaches_the_ranking_nothing(store: Store) -> None:
    judge(store, Decision.NOT_RELEVANT, RETRACTION, 2)
    assert heard(store) == []


def test_a_kept_record_says_what_a_reader_found_and_one_that_contradicts_stands_behind_notices_only() -> None:
    news = [cases.record(700 + n, title=f"Sleep apnoea and insulin resistance, part {n}") for n in range(3)]
    retracted = cases.noticed(RefType.RETRACTION_IN)
    newest = {each.pmid: each for each in (retracted, *news)}
    changes = [
        *find_cited_changes((cases.CITED,), {}, newest),
        *find_new_records(news, {cases.CITED}, (), cases.UPDATED),
    ]
    kept = {news[0].pmid: None, news[2].pmid: Effect.CONTRADICTS, retracted.pmid: None}
    signals = triage(changes, newest, cases.topic(), cases.article(), cases.claims(), kept=kept)
    said = {each.change.pmid: say_signal(each)[0] for each in signals}
    assert said[news[2].pmid] == "A member finds that it contradicts the article."
    assert said[news[0].pmid] == "A member has kept it as relevant."
    assert not any("reader" in said[pmid] for pmid in (news[1].pmid, retracted.pmid))
    assert [each.change.pmid for each in signals][:2] == [retracted.pmid, news[2].pmid]


def test_no_answer_moves_a_notice_or_changes_a_word_of_it() -> None:
    retracted = cases.noticed(RefType.RETRACTION_IN)
    news = [cases.record(700 + n, title=f"Sleep apnoea and insulin resistance, part {n}") for n in range(6)]
    newest = {each.pmid: each for each in (retracted, *news)}
    changes = [
        *find_cited_changes((cases.CITED,), {}, newest),
        *find_new_records(news, {cases.CITED}, (), cases.UPDATED),
    ]

    def first(*answers: Judged) -> Signal:
        return triage(changes, newest, cases.topic(), cases.article(), cases.claims(), answers=answers)[0]

    plain = first()
    assert plain.change.is_about_cited
    for worth in (0.0, 1.0):
        about_all = [Judged(paper_of(each), worth) for each in (retracted, *news)]
        assert first(*about_all) == plain
    assert first(Judged(paper_of(retracted), 0.0), Judged(paper_of(news[0]), 1.0)) == plain
