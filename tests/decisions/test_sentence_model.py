"""The sentence model's arithmetic on invented weights, and what its embeddings do to an order."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from litwatch.decisions.ranking import ArticleProfile, Paper, key_of_text, text_read
from litwatch.decisions.ranking.comparisons import Compared
from litwatch.decisions.ranking.ranking import rank
from litwatch.decisions.ranking.sentence_model import LONGEST, SentenceModel
from tests.reading.invented_benchmark import invent_topic
from tests.sentence_models import VOCABULARY, WIDTH, invent_weights

MODEL = SentenceModel(invent_weights(), VOCABULARY)


def likeness(one: str, other: str) -> float:
    first, second = (np.frombuffer(MODEL.embed(text), dtype=np.int8).astype(float) for text in (one, other))
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def test_an_embedding_is_a_byte_a_number_and_the_same_each_time() -> None:
    assert len(MODEL.embed("salt")) == WIDTH
    assert MODEL.embed("Salt, sleep") == SentenceModel(invent_weights(), VOCABULARY).embed("Salt, sleep")
    assert max(abs(number) for number in np.frombuffer(MODEL.embed("salt"), dtype=np.int8).tolist()) == 127


def test_texts_that_share_words_lie_closer_than_texts_that_do_not() -> None:
    assert likeness("salt blood pressure", "blood pressure salt") > likeness("salt blood pressure", "steel bridge soil")


def test_case_accents_and_the_pieces_of_a_word_are_read_as_bert_reads_them() -> None:
    assert MODEL.embed("SALT blöod") == MODEL.embed("salt blood")
    assert MODEL._tokens("salts") == [2, 7, 5, 3]
    assert MODEL._tokens("salting.") == [2, 7, 6, 4, 3]
    assert MODEL._tokens("saltxx") == [2, 1, 3], "a word that has an unknown piece is unknown"


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    long = "salt " * 500
    assert len(MODEL._tokens(long)) == LONGEST
    assert MODEL.embed(long) == MODEL.embed(f"{long} steel")


@pytest.mark.parametrize("text", ["", " ", "\x00\u202e\ud7ff", "a" * 50_000, "日本語", "'; DROP TABLE record; --"])
def test_hostile_text_has_an_embedding_like_any_other(text: str) -> None:
    assert len(MODEL.embed(text)) == WIDTH


@pytest.mark.parametrize("file", [b"", b"\x00" * 40, b"\x02\0\0\0\0\0\0\0{}", b"\x02\0\0\0\0\0\0\0[]"])
def test_a_file_that_is_no_model_is_refused(file: bytes) -> None:
    with pytest.raises(ValueError, match="not a"):
        SentenceModel(file, VOCABULARY)


def embedded(paper: Paper) -> Paper:
    return replace(paper, embedding=MODEL.embed(text_read(paper.title, paper.abstract)))


def test_what_means_the_same_rises_though_it_shares_no_word() -> None:
    profile, candidates = invent_topic(21)
    near, far = np.full(WIDTH, 100, dtype=np.int8), np.full(WIDTH, -100, dtype=np.int8)
    near[0] = far[0] = 3
    cited = tuple(replace(paper, embedding=near.tobytes()) for paper in profile.cited)
    records = [replace(paper, embedding=far.tobytes()) for paper in candidates]
    records[100] = replace(records[100], embedding=near.tobytes())
    place = {}
    for label, some in (("without", candidates), ("with", records)):
        scores = rank(ArticleProfile(profile.question, cited if label == "with" else profile.cited), some)
        place[label] = int(np.argsort(np.argsort(-scores))[100])
    assert place["with"] < place["without"]


def test_nothing_is_compared_by_meaning_unless_every_text_has_an_embedding() -> None:
    profile, candidates = invent_topic(22)
    cited, records = tuple(map(embedded, profile.cited)), list(map(embedded, candidates))
    whole = ArticleProfile(profile.question, cited, embedding=MODEL.embed(profile.question))
    plain = rank(profile, candidates)
    assert Compared(whole, records).compare_meaning() is not None
    assert rank(whole, records).tobytes() != plain.tobytes()
    assert rank(whole, [candidates[0], *records[1:]]).tobytes() == plain.tobytes()
    lacking = ArticleProfile(profile.question, (profile.cited[0], *cited[1:]))
    assert rank(lacking, records).tobytes() == plain.tobytes()
    assert rank(replace(whole, cited=()), records).tobytes() == rank(replace(profile, cited=()), candidates).tobytes()


def test_both_orders_are_the_same_twice_and_whatever_the_order_of_arrival() -> None:
    profile, candidates = invent_topic(23)
    for read in (embedded, lambda paper: paper):
        given = ArticleProfile(profile.question, tuple(map(read, profile.cited)))
        records = list(map(read, candidates))
        scores = rank(given, records)
        assert rank(given, records).tobytes() == scores.tobytes()
        mixed = records[:]
        random.Random(5).shuffle(mixed)
        again = dict(zip((paper.id for paper in mixed), rank(given, mixed), strict=True))
        assert [again[paper.id] for paper in records] == scores.tolist()


def test_a_text_has_one_key_and_another_text_another() -> None:
    assert key_of_text("Salt", "and sleep") == key_of_text("Salt", "and sleep")
    assert len({key_of_text("Salt"), key_of_text("Salt", "x"), key_of_text("Salt. x", ""), key_of_text("")}) == 3
