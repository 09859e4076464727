"""Laws of the ranking, on invented papers: one order whatever the order of arrival, and nothing makes it stumble."""

from __future__ import annotations

import random
import re
from itertools import product

import numpy as np
import pytest
from snowballstemmer import stemmer

from litwatch.decisions.ranking import WORTH, ArticleProfile, Judged, Paper, paper_of
from litwatch.decisions.ranking.comparisons import Compared
from litwatch.decisions.ranking.importance import measure_clinical, people_studied, weigh_importance
from litwatch.decisions.ranking.learning import FIRST, estimate_recall
from litwatch.decisions.ranking.ranking import rank, rank_with_answers
from litwatch.decisions.ranking.term_matrix import Terms, split, stem, weigh
from litwatch.decisions.reason import ReasonCode
from litwatch.model.judgement import Decision
from tests.factories import make_record
from tests.reading.invented_benchmark import invent_topic

SUBJECTS = "soil rainfall steel bridge turbine pension novel orchestra pottery sailing".split()
HOSTILE = (
    "",
    " ",
    "\x00\u202e\ud7ff",
    "<script>alert(1)</script>",
    "'; DROP TABLE record; --",
    "{{ 7 * 7 }}",
    "=cmd|' /C calc'!A0",
    "9" * 5000 + " patients",
    "1 " * 5000,
    "a" * 20_000,
    "the of and " * 500,
    "日本語 العربية ελληνικά",
)


def share_found(scores: np.ndarray, wanted: int, shown: int) -> float:
    """The share of the first ``wanted`` candidates among the ``shown`` highest."""
    return float(np.mean(np.isin(np.arange(wanted), np.argsort(-scores)[:shown])))


def test_what_resembles_the_cited_papers_comes_first() -> None:
    profile, candidates = invent_topic(1)
    assert share_found(rank(profile, candidates), 15, 15) >= 0.9


def test_records_in_another_order_get_the_same_scores() -> None:
    profile, candidates = invent_topic(2)
    scores = dict(zip((paper.id for paper in candidates), rank(profile, candidates), strict=True))
    random.Random(7).shuffle(candidates)
    again = dict(zip((paper.id for paper in candidates), rank(profile, candidates), strict=True))
    assert scores == again


def test_cited_papers_in_another_order_change_nothing_a_reader_could_see() -> None:
    profile, candidates = invent_topic(3)
    turned = ArticleProfile(profile.question, profile.cited[::-1])
    assert np.allclose(rank(profile, candidates), rank(turned, candidates), atol=1e-6)


def test_two_rankings_of_the_same_are_equal_to_the_last_bit() -> None:
    profile, candidates = invent_topic(4)
    assert rank(profile, candidates).tobytes() == rank(profile, candidates).tobytes()


def test_papers_that_are_much_alike_keep_their_order_the_next_time() -> None:
    """Their themes are all as strong as one another; which stands for which must not be left to chance."""
    known = ["Short sleep and insulin resistance", "Supervised exercise", "Prednisone and glucose", "Fibre and insulin"]
    cited = tuple(Paper(f"c{place}", title, headings=("insulin resistance",)) for place, title in enumerate(known))
    sentences = ("Short sleep lowers insulin sensitivity.", "Exercise raises it.", "Prednisone raises glucose.")
    ends = ["in adolescents", "and magnesium", "in shift workers", "after stroke", "on the day after", "in retrospect"]
    alike = [Paper(f"p{place}", f"Insulin resistance {end}") for place, end in enumerate(ends)]
    alike += [Paper("g", "A guideline on insulin resistance"), Paper("h", "HOMA in a mountain village")]
    profile = ArticleProfile("What causes insulin resistance?", cited, sentences)
    assert len({tuple(rank(profile, alike)) for _ in range(20)}) == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_a_few_records_are_ranked_like_many(count: int) -> None:
    profile, candidates = invent_topic(5)
    scores = rank(profile, candidates[:count])
    assert scores.shape == (count,)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("cited", [0, 1, 2])
def test_an_article_that_cites_little_is_ranked_by_its_question(cited: int) -> None:
    profile, candidates = invent_topic(6)
    scores = rank(ArticleProfile("glintase inhibitor insulin", profile.cited[:cited]), candidates)
    assert share_found(scores, 15, 30) > 0.6


def test_an_article_without_question_and_papers_gives_an_order_all_the_same() -> None:
    _, candidates = invent_topic(7)
    assert np.isfinite(rank(ArticleProfile("", ()), candidates)).all()


def test_hostile_text_is_ranked_like_any_other() -> None:
    papers = [Paper(str(n), text, other, (text,)) for n, text in enumerate(HOSTILE) for other in ("", text)]
    profile = ArticleProfile(HOSTILE[3], (Paper("x", HOSTILE[7], HOSTILE[4]), Paper("y", "", "")))
    assert np.isfinite(rank(profile, papers)).all()


def test_identical_records_get_one_score() -> None:
    profile, candidates = invent_topic(8)
    twin = candidates[20]
    scores = rank(profile, [*candidates, Paper("twin", twin.title, twin.abstract, twin.headings)])
    assert scores[20] == pytest.approx(scores[-1])


def test_only_the_closest_thousand_are_read_closely_and_stay_before_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    profile, candidates = invent_topic(9)
    monkeypatch.setattr("litwatch.decisions.ranking.ranking.READ_CLOSELY", 30)
    scores = rank(profile, candidates)
    assert len(np.unique(scores.round(9))) > 100
    assert share_found(scores, 15, 30) >= 0.9


def test_a_signal_that_finds_hidden_cited_papers_is_trusted_and_a_blind_one_is_not() -> None:
    profile, candidates = invent_topic(10)
    trust = {signal.name: signal.trust for signal in Compared(profile, candidates).measure()}
    assert trust["what sets them apart"] > 1
    assert trust["nearest papers"] > 1
    assert trust["themes"] > 1
    blind = ArticleProfile("orchestra pottery", profile.cited)
    trust = {signal.name: signal.trust for signal in Compared(blind, candidates).measure()}
    assert trust["question"] < 0.5


def scores_of(profile: ArticleProfile, records: list[Paper]) -> dict[str, np.ndarray]:
    return {signal.name: signal.scores for signal in Compared(profile, records).measure()}


SALT, SLEEP = "Salt intake and blood pressure", "Short sleep and insulin resistance"
FILLERS = [Paper(f"f{place}", f"{word} and {other}") for place, (word, other) in enumerate(product(SUBJECTS, SUBJECTS))]


def test_what_sets_the_cited_papers_apart_is_not_what_all_records_have_in_common() -> None:
    records = [Paper("1", "Trial of salt"), Paper("2", "Trial of sleep"), *(Paper(f"t{n}", "Trial") for n in range(9))]
    scores = scores_of(ArticleProfile("", (Paper("c", "Trial of salt"), Paper("d", "Salt trial"))), records)
    first, second, *others = scores["what sets them apart"]
    assert first > max(second, *others)
    assert max(others) < 0, "a record that has nothing but what all have is further from them than the usual one"


def test_a_record_like_three_of_the_cited_papers_is_near_though_the_others_are_about_something_else() -> None:
    cited = tuple(Paper(f"c{n}", SALT if n < 3 else f"{SUBJECTS[n]} {n}") for n in range(8))
    scores = scores_of(ArticleProfile("", cited), [Paper("1", SALT), Paper("2", SLEEP), *FILLERS])["nearest papers"]
    assert scores[0] == pytest.approx(3, abs=1e-9)
    assert scores[0] > max(scores[1:])


def test_a_hidden_paper_is_not_its_own_nearest() -> None:
    alone = tuple(Paper(f"c{n}", f"{word} {word}ing") for n, word in enumerate(SUBJECTS[:4]))
    trust = {one.name: one.trust for one in Compared(ArticleProfile("", alone), FILLERS[:20]).measure()}
    assert trust["nearest papers"] < 0.5, "four papers without a word in common do not find each other"


def test_papers_that_share_a_theme_are_close_without_sharing_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("litwatch.decisions.ranking.comparisons._DIMENSIONS", 6)  # fewer than the fillers have words
    bridges = [Paper(f"b{n}", "apnoea hypopnoea sleep snoring") for n in range(6)]
    records = [Paper("1", "hypopnoea snoring"), *bridges, *FILLERS]
    cited = (Paper("c", "apnoea sleep"), Paper("d", "sleep apnoea"))
    scores = scores_of(ArticleProfile("", cited), records)["themes"]
    assert scores[0] > 0.9
    assert max(scores[7:]) < 0.5


def test_an_article_without_a_question_asks_what_its_sentences_say() -> None:
    records = [Paper("1", SALT), Paper("2", SLEEP), *FILLERS]
    asked = scores_of(ArticleProfile(SALT, ()), records)["question"]
    said = scores_of(ArticleProfile(" ", (), (SALT,)), records)["question"]
    assert asked.tolist() == said.tolist()
    assert asked[0] > max(asked[1:])


def test_a_record_that_cites_what_the_cited_papers_cite_is_close() -> None:
    cited = (Paper("c", "x", cites=frozenset({"7", "8"})), Paper("d", "y", cites=frozenset({"8", "9"})))
    records = [Paper("1", "z", cites=frozenset({"8", "9"})), Paper("2", "z", cites=frozenset({"5"})), Paper("3", "z")]
    first, second, third = scores_of(ArticleProfile("", cited), records)["shared references"]
    assert first > max(second, third)
    assert "shared references" not in scores_of(ArticleProfile("", cited[:0]), FILLERS)


@pytest.mark.parametrize(("british", "american"), [("Anaemia in tumours", "Anemia in tumors")])
def test_british_and_american_spelling_are_one(british: str, american: str) -> None:
    papers = [[british], [american]]
    assert Terms(papers).words.todense()[0].tolist() == Terms(papers).words.todense()[1].tolist()
    profile, candidates = invent_topic(15)
    ours, theirs = (ArticleProfile(question, profile.cited) for question in (british, american))
    records = [*candidates, Paper("1", f"{british}.")]
    assert rank(ours, records).tobytes() == rank(theirs, records).tobytes()


def test_a_trial_that_counts_deaths_in_thousands_comes_before_a_review_and_a_kinetic_study() -> None:
    trial = Paper("1", "A randomised trial of glintase", "Among 14,120 patients mortality fell (95% CI 0.7 to 0.9).")
    review = Paper("2", "Glintase: a review of its use", "Glintase is reviewed.")
    kinetic = Paper("3", "Glintase and food", "Pharmacokinetics in 12 healthy volunteers.")
    first, second, third = weigh_importance([trial, review, kinetic])
    assert first - max(second, third) > 2


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("14,120 patients were randomised", 14_120),
        ("a total of 820 elderly Dutch women", 820),
        ("n = 45", 45),
        ("in 2004 patients were asked", 0),
        ("20 mg daily", 0),
        ("", 0),
    ],
)
def test_the_number_of_people_is_read_and_a_year_is_not(text: str, people: int) -> None:
    assert people_studied(text) == people


def test_clinical_importance_counts_only_where_the_cited_papers_are_about_people() -> None:
    people, mice = Paper("1", "Women with migraine"), Paper("2", "Mice with migraine")
    assert measure_clinical([people, people]) == 1
    assert measure_clinical([mice, people, mice]) == 0
    assert measure_clinical([]) == 1


def test_rows_have_length_one_and_a_pair_never_crosses_title_and_abstract() -> None:
    terms = Terms([["hepatic glucose", "fasting state"], ["glucose fasting"], [""]])
    assert terms.pairs.shape == (3, 3)
    assert terms.pairs[[0]].multiply(terms.pairs[[1]]).sum() == 0
    lengths = weigh(terms.words).power(2).sum(axis=1)
    assert np.allclose(lengths, [1, 1, 0])


def test_a_pubmed_record_gives_its_words_headings_and_references() -> None:
    record = make_record(99_000_001, keywords=("*Diet",), cites=(99_000_002,))
    paper = paper_of(record)
    assert (paper.id, paper.title) == ("99000001", record.title)
    assert "diet" in paper.headings
    assert paper.cites == {"99000002"}


def answered(papers: list[Paper], worth: float) -> list[Judged]:
    return [Judged(paper, worth) for paper in papers]


def test_records_like_those_that_were_kept_move_up_and_say_so() -> None:
    profile, candidates = invent_topic(11)
    other, _ = invent_topic(12, subject="morbane")
    kept = list(other.cited[:4])
    twin = Paper("99005555", kept[0].title, kept[0].abstract, kept[0].headings)
    before = rank_with_answers(profile, [*candidates, twin], ())
    answers = [*answered(kept, 1.0), *answered(candidates[60:70], 0.0)]
    after = rank_with_answers(profile, [*candidates, twin], answers)
    assert after.order.index(120) < before.order.index(120)
    assert after.reasons[120] is not None
    assert after.reasons[120].code is ReasonCode.RANKED_HIGHER
    assert 1 <= after.reasons[120].numbers[0] <= len(kept)
    alone = rank_with_answers(profile, [*candidates, twin], answered([twin], 1.0))
    assert alone.reasons[120] is None, "a kept record is not like another one because it is like itself"
    assert set(before.reasons) == {None}


@pytest.mark.parametrize("kept", [3, 8, 15])
def test_what_answers_did_is_said_only_of_records_that_they_brought_among_the_first_or_took_away(kept: int) -> None:
    profile, candidates = invent_topic(11)
    order = [candidates[row] for row in rank_with_answers(profile, candidates, ()).order]
    # Answers all over the topic, as after some nights: each of them moves every score a little.
    after = rank_with_answers(profile, candidates, answered(order[:kept], 1.0) + answered(order[-kept:], 0.0))
    place, before = (np.argsort(np.argsort(-scores)) for scores in (after.scores, after.without_answers))
    said = {row: reason.code for row, reason in enumerate(after.reasons) if reason}
    for row, code in said.items():
        up = place[row] < FIRST <= before[row]
        assert code is (ReasonCode.RANKED_HIGHER if up else ReasonCode.RANKED_LOWER)
        assert (place[row] < FIRST) is not (before[row] < FIRST)
    assert len(said) <= 10, "it would mean nothing where it is said of most"


def test_of_a_few_records_that_are_all_read_nothing_is_said() -> None:
    profile, candidates = invent_topic(11)
    after = rank_with_answers(profile, candidates[:3], answered(candidates[3:6], 1.0))
    assert set(after.reasons) == {None}


def test_answers_never_lose_a_record_and_keep_places_for_what_they_might_hide() -> None:
    profile, candidates = invent_topic(13)
    ranking = rank_with_answers(profile, candidates, answered(candidates[:8], 0.0) + answered(candidates[90:94], 1.0))
    assert sorted(ranking.order) == list(range(len(candidates)))
    by_rule = np.argsort(-ranking.without_answers, kind="stable").tolist()
    for place in (10, 20, 30):
        earlier = set(ranking.order[: place - 1])
        assert ranking.order[place - 1] == next(row for row in by_rule if row not in earlier)
    assert ranking.shares[ranking.order[0]] > ranking.shares[ranking.order[-1]]


def test_answers_about_everything_the_same_way_and_none_at_all_are_borne() -> None:
    profile, candidates = invent_topic(14)
    for worth in (0.0, 1.0):
        assert np.isfinite(rank_with_answers(profile, candidates, answered(candidates, worth)).scores).all()
    plain = rank_with_answers(profile, candidates, ())
    assert plain.scores.tobytes() == plain.without_answers.tobytes()
    assert len(rank_with_answers(profile, [], answered(candidates, 1.0)).scores) == 0


def test_later_teaches_nothing_and_already_covered_is_on_the_subject() -> None:
    assert Decision.LATER not in WORTH
    assert WORTH[Decision.NOT_RELEVANT] < WORTH[Decision.ALREADY_COVERED] < WORTH[Decision.RELEVANT]


def test_the_estimate_of_recall_rises_with_what_is_seen_and_is_silent_without_ground() -> None:
    shares = []
    for count in (20, 40, 80):
        estimate = estimate_recall(range(1, count + 1), [1.0] * 10 + [0.0] * (count - 10), 200)
        assert estimate is not None
        shares.append(estimate.share)
    assert 0 < shares[0] < shares[1] < shares[2] < 1
    assert estimate_recall(range(1, 10), [1.0] * 9, 200) is None
    assert estimate_recall(range(1, 21), [0.0] * 20, 200) is None
    everything = estimate_recall(range(1, 21), [1.0] * 20, 20)
    assert everything is not None
    assert everything.share == 1


BEGINNINGS = """arsen commun emerg gener inter later past univers even inn succ sk id gentl earl onl singl how atl cosm
    bi and new y by tr q a quee b12 re metabol insul""".split()
ENDINGS = """s ss us ies ied ed eed ing edly ingly bb at bl iz anci ogi li abli fulli ousli aliti iviti tional ational
    alism ization izer ator iveness ogist icate ative alize ical ful ness ic ance able ive al ism ion er ous ant ment
    e l y x""".split()


def test_the_short_ways_to_a_stem_lead_to_the_stemmers_own() -> None:
    own = stemmer("english")
    words = ["".join(parts) for parts in product(BEGINNINGS, ["", "er", "at"], ENDINGS, ["", "s", "es"])]
    words += [f"{singular}s" for singular in ("sky", "early", "gently", "singly", "only", "howe", "eied")]
    assert [word for word in words if stem(word) != own.stemWord(word)] == []


@pytest.mark.parametrize("text", [*HOSTILE, "Kelvin's 5-HT1A; \u212a, na\u00efve\x1cB-12"])
def test_a_word_is_a_run_of_plain_letters_and_digits(text: str) -> None:
    assert split(text) == re.findall(r"[a-z0-9]+", text.lower())
