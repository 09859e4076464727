"""Since when a slug stands for its present article: what was kept before counts no longer, and what counts again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from litwatch.decisions.change_life import Observed
from litwatch.model.change import Change, ChangeKind
from litwatch.model.judgement import Decision, Judgement
from litwatch.store import Store
from litwatch.store.article_texts import ReadArticle
from tests.factories import make_article
from tests.store.store_scenes import (
    ARRIVAL,
    NEW,
    RETRACTION,
    episodes_of,
    made_store,
    make_night,
    moment,
    save_night,
)

TOPIC = "insulin-resistance"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = made_store(tmp_path)
    save_night(store, make_night(1))
    return store


def say(store: Store, decision: Decision, day: int) -> None:
    store.record_judgement(Judgement(TOPIC, decision, "Dr A", moment(day), "why", episodes=()))


def test_a_review_counts_until_the_text_looks_like_another_article_and_again_once_it_is_the_same(store: Store) -> None:
    say(store, Decision.REVIEWED_UNCHANGED, 2)
    store.note_article_change(TOPIC, at=moment(3))
    assert store.last_reviewed(TOPIC) is None
    say(store, Decision.REVIEWED_UNCHANGED, 4)
    assert store.last_reviewed(TOPIC) == date(2026, 11, 4)
    store.note_article_change(TOPIC, at=moment(5))
    assert store.last_reviewed(TOPIC) is None, "it was about the text between the two"
    assert store.asked_since(TOPIC) == date(2026, 11, 3)
    say(store, Decision.SAME_ARTICLE, 6)
    assert (store.last_reviewed(TOPIC), store.asked_since(TOPIC)) == (date(2026, 11, 4), None)


def test_an_answer_says_nothing_of_an_earlier_change_that_was_answered(store: Store) -> None:
    say(store, Decision.REVIEWED_UNCHANGED, 2)
    store.note_article_change(TOPIC, at=moment(3))
    say(store, Decision.NEW_ARTICLE, 4)
    store.note_article_change(TOPIC, at=moment(5))
    say(store, Decision.SAME_ARTICLE, 6)
    assert store.last_reviewed(TOPIC) is None


def test_what_was_searched_for_another_article_covers_no_day_of_this_one(store: Store) -> None:
    assert len(store.swept_windows(TOPIC, "")) == 1
    store.note_article_change(TOPIC, at=moment(2))
    assert store.swept_windows(TOPIC, "") == ()


def read(question: str) -> ReadArticle:
    return ReadArticle("Insulin resistance", make_article(question=question))


def test_what_befell_a_new_record_stays_open_when_the_update_does_not_cite_it(store: Store) -> None:
    gap = Change(ChangeKind.FOUND_MISSING, NEW, "")
    save_night(store, make_night(2, changes=(RETRACTION, ARRIVAL, gap), read=read("Before?")))
    episodes = episodes_of(store, TOPIC)
    store.record_judgement(Judgement(TOPIC, Decision.REVIEWED_UPDATE, "Dr A", moment(3), "why", episodes=episodes))
    with store.saving():
        store.save_night(make_night(4, read=read("And after it?")))
        store.save_life(TOPIC, Observed(moment(4), (), (), cited=(), told=frozenset({NEW})), run="nightly-4")
    ended = {episode.change for episode in store.episodes(TOPIC) if episode.ended_at is not None}
    assert ended == {RETRACTION, gap}
    with store._reading() as con:
        closed = con.execute("SELECT kind FROM episode_state WHERE topic = ? AND closes", [TOPIC]).fetchall()
    assert closed == [(RETRACTION.kind.value,)], "the retracted paper was taken out"


def test_the_last_review_says_whether_anything_is_left_to_do(store: Store) -> None:
    for day, decision in ((2, Decision.REVIEWED_UPDATE), (3, Decision.REVIEWED_WITHDRAW)):
        say(store, decision, day)
        found = store.board_decision(TOPIC)
        assert found is not None
        assert found.outcome is decision
    say(store, Decision.REVIEWED_UNCHANGED, 4)
    assert store.board_decision(TOPIC) is None


def test_an_entry_that_litwatch_reads_otherwise_is_no_change_of_the_text(store: Store) -> None:
    article = make_article()
    first, *rest = article.references
    save_night(store, replace(make_night(2), read=ReadArticle("One", article)))
    say(store, Decision.REVIEWED_UPDATE, 3)
    for day, changes, on in ((4, {"title": "Read better", "year": 1999}, None), (5, {"text": "2. Another."}, 5)):
        entries = (replace(first, **changes), *rest)
        save_night(store, replace(make_night(day), read=ReadArticle("One", replace(article, references=entries))))
        decision = store.board_decision(TOPIC)
        assert decision is not None
        assert decision.text_changed_on == (moment(on).date() if on else None)
