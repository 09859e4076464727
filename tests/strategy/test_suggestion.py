"""First strategies: by the concepts of the question, weighed by how common words are, and clean to the linter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from litwatch.config.settings import Settings
from litwatch.config.topic_files import parse_topic
from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, MeshHeading, Record
from litwatch.model.topic import QuestionKind
from litwatch.reading.proposed_strategies import propose_strategies
from litwatch.standin import Corpus
from litwatch.standin.demonstration import revisions
from litwatch.strategy import lint_strategy, matches, parse
from litwatch.strategy.characters import STOP_WORDS
from litwatch.strategy.common_words import ASKING, JOINING
from litwatch.strategy.expression import terms
from litwatch.strategy.mesh_tree import MESH_IN_USE, Descriptor
from litwatch.strategy.suggestion import SCREENED, Suggestion, Suggestions, Width, suggest
from litwatch.strategy.term_frequency import RECORDS_A_MONTH, TermFrequency
from tests.command_line import Run
from tests.factories import make_record
from tests.nights import ARTICLE, TOPIC, House, open_house, open_made_store

DAY = date(2026, 11, 22)


def paper(pmid: int, title: str, *headings: str, abstract: str = "") -> Record:
    mesh = tuple(MeshHeading("", label, major=True) for label in headings)
    return make_record(pmid, title=title, mesh=mesh, abstract=(AbstractPart(None, None, abstract),) if abstract else ())


STATINS = "Hydroxymethylglutaryl-CoA Reductase Inhibitors"
LIVER = (
    paper(
        99000001, "Statin use and hepatocellular carcinoma: a cohort study.", STATINS, "Liver Neoplasms", "Incidence"
    ),
    paper(99000002, "Statins and hepatocellular carcinoma after hepatitis B.", STATINS, "Liver Neoplasms", "Incidence"),
    paper(99000003, "Lipophilic statins after cirrhosis and primary liver cancer in an invented land.", "Incidence"),
    paper(99000004, "Chemoprevention of hepatic cancer with statins, a randomised trial."),
    paper(99000005, "Naps, bakers and dough.", "Sleep"),
)
RESISTANCE = (
    paper(99000011, "Short sleep and insulin resistance in porters: a cohort study.", "Insulin Resistance", "Sleep"),
    paper(99000012, "Insulin resistance after prednisolone.", "Insulin Resistance", "Humans", "Prednisolone"),
    paper(99000013, "Insulin sensitivity with exercise, a randomised trial."),
    paper(99000014, "Naps, bakers and dough.", "Sleep"),
)
LIVER_QUESTION, RESISTANCE_QUESTION = "Do statins prevent liver cancer?", "What are the causes of insulin resistance?"


def both(made: Suggestions) -> tuple[Suggestion, Suggestion]:
    sensitive, precise = made.proposals
    assert (sensitive.width, precise.width) == (Width.SENSITIVE, Width.PRECISE)
    return sensitive, precise


# What is proposed


def test_each_concept_of_the_question_is_asked_for_by_heading_and_by_words() -> None:
    sensitive, _ = both(suggest(LIVER_QUESTION, LIVER, DAY))
    statins, liver = sensitive.strategy.split(" AND ")
    assert statins == f'("{STATINS}"[mh] OR statin*[tiab])'
    assert liver.startswith('("Liver Neoplasms"[mh] OR "liver cancer"[tiab:~3] OR "hepatic cancer"[tiab:~0]')
    assert sensitive.found == tuple(record.pmid for record in LIVER[:4])
    assert sensitive.missed == (Pmid(99000005),)


def test_what_the_cited_papers_call_a_concept_is_added_to_it() -> None:
    """The papers are indexed with Liver Neoplasms, but a new one is not: its words must find it."""
    made = suggest(LIVER_QUESTION, LIVER, DAY)
    assert made.proposals[0].further == ('"hepatocellular carcinoma"[tiab:~0]',)
    assert finds(made.proposals[0], paper(99000020, "Rosuvastatin, a statin, in hepatocellular carcinoma."))


def finds(one: Suggestion, record: Record) -> bool:
    return matches(parse(one.strategy), record, today=DAY)


def test_what_else_the_cited_papers_share_is_no_concept() -> None:
    told = " ".join(one.strategy for one in suggest(LIVER_QUESTION, LIVER, DAY).proposals)
    for foreign in ("Incidence", "incidence", "after", "cohort", "Sleep", "cancer[tiab]"):
        assert foreign not in told.replace('"hepatic cancer"[tiab:~0]', "")


def test_the_precise_one_asks_for_more_and_finds_no_other_paper() -> None:
    for question, cited in ((LIVER_QUESTION, LIVER), (RESISTANCE_QUESTION, RESISTANCE)):
        sensitive, precise = both(suggest(question, cited, DAY))
        assert set(precise.found) <= set(sensitive.found)
        assert len(precise.found) >= 0.5 * len(sensitive.found)
        assert precise.strategy != sensitive.strategy
    assert (
        precise.strategy == '"Insulin Resistance"[majr] OR "insulin resistance"[ti:~3] OR "insulin sensitivity"[ti:~0]'
    )


def test_a_list_in_the_question_is_one_concept() -> None:
    cited = [
        paper(99000031, "Beta blockers in hypertension."),
        paper(99000032, "Beta blockers and heart failure."),
        paper(99000033, "A beta blocker for angina pectoris."),
    ]
    made = suggest("How do beta blockers compare for hypertension, angina and after heart failure?", cited, DAY)
    assert [each.name for each in made.question.concepts] == [
        "beta blockers",
        "hypertension or angina or heart failure",
    ]
    assert len(made.proposals[0].found) == 3


def test_both_spellings_are_asked_for() -> None:
    cited = [paper(99000041, "Oesophageal tumours in bakers."), paper(99000042, "Oesophageal tumours in porters.")]
    (sensitive, *_) = suggest("What causes oesophageal tumours?", cited, DAY).proposals
    for american in ("Esophageal tumors in pilots.", "An esophageal tumor."):
        assert finds(sensitive, paper(99000043, american)), sensitive.strategy


def test_an_abbreviation_that_the_papers_explain_is_asked_for_too() -> None:
    told = "Chronic obstructive pulmonary disease (COPD) was watched."
    cited = [paper(99000051 + n, "Chronic obstructive pulmonary disease in bakers.", abstract=told) for n in range(2)]
    (sensitive, *_) = suggest("How is chronic obstructive pulmonary disease treated?", cited, DAY).proposals
    assert "COPD[tiab]" in sensitive.strategy


def test_a_remedy_gets_no_illness_among_its_wordings() -> None:
    """The papers have no other words for the remedy than its names, and all speak of one illness."""
    titles = ("Atrial fibrillation and nifedipine on walks", "Nifedipine on walks, and atrial fibrillation")
    cited = [paper(99000055 + n, titles[n % 2], "Calcium Channel Blockers") for n in range(4)]
    (sensitive, *_) = suggest("Calcium channel blockers on walks", cited, DAY).proposals
    assert "nifedipine[tiab]" in sensitive.strategy
    assert "fibrillation" not in sensitive.strategy


def test_a_heading_is_written_as_the_loaded_mesh_has_it_or_not_at_all() -> None:
    headings = (
        MeshHeading("D008113", "Liver Neoplasms", major=True),
        MeshHeading("D999", "Liver Cancer, Old", major=True),
    )
    cited = [make_record(99000001 + n, title="Statins and liver cancer.", mesh=headings) for n in range(2)]
    loaded = [Descriptor("Hepatic Neoplasms", "D008113", ("C04.588",), ("cancer of liver",))]
    MESH_IN_USE.become(loaded, (2027, datetime(2026, 11, 22, tzinfo=UTC)))
    try:
        (sensitive, *_) = suggest(LIVER_QUESTION, cited, DAY).proposals
        assert '"Hepatic Neoplasms"[mh]' in sensitive.strategy
        assert '"Liver ' not in sensitive.strategy
        assert lint_strategy(sensitive.strategy) == ()
    finally:
        MESH_IN_USE.become((), None)


def test_two_concepts_that_say_the_same_do_not_repeat_it() -> None:
    for one in suggest("Is liver cancer worse than hepatic cancer with statins?", LIVER, DAY).proposals:
        assert one.strategy.count('"Liver Neoplasms"') == 1
        assert lint_strategy(one.strategy) == ()


def test_a_concept_of_which_no_cited_paper_speaks_is_left_out_and_named() -> None:
    made = suggest("Do statins help beyond cholesterol?", LIVER, DAY)
    assert made.left_out == ("cholesterol",)
    assert all("cholesterol" not in one.strategy for one in made.proposals)


def test_a_question_in_german_is_answered_from_the_papers_and_says_so() -> None:
    made = suggest("Welche Ursachen hat Insulinresistenz?", RESISTANCE, DAY)
    assert made.from_papers_alone
    assert '"insulin resistance"[tiab:~0]' in made.proposals[0].strategy
    assert "insulinresistenz" not in made.proposals[0].strategy


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What are the causes of gout?", QuestionKind.ETIOLOGY),
        ("How is gout treated?", QuestionKind.THERAPY),
        ("How is gout diagnosed and treated?", QuestionKind.DIAGNOSIS),
        ("What are the symptoms of gout?", QuestionKind.DIAGNOSIS),
        ("Posttraumatic stress symptoms after trauma", None),
        ("What is the outlook with gout?", QuestionKind.PROGNOSIS),
        ("Gout in porters", None),
    ],
)
def test_the_words_that_ask_tell_the_kind_of_question(question: str, kind: QuestionKind | None) -> None:
    assert suggest(question, (), DAY).question.kind is kind


# How common a word is


def test_a_wording_that_pubmed_finds_too_often_is_not_added() -> None:
    counted = TermFrequency(counted={'"hepatocellular carcinoma"[tiab:~0]': 2_000.0})
    made = suggest(LIVER_QUESTION, LIVER, DAY, counted)
    assert all("hepatocellular" not in one.strategy for one in made.proposals), "nor the word, which finds yet more"


def test_a_concept_is_given_up_only_where_one_alone_finds_little() -> None:
    cited = [paper(99000061 + n, f"Borderline personality disorder and mentalization {n}.") for n in range(4)]
    question = "Mentalization for borderline personality disorder"
    first = suggest(question, cited, DAY)
    assert " AND " in first.proposals[0].strategy, "nobody knows what one concept finds"
    for a_month, joined in ((SCREENED, False), (SCREENED + 1, True)):
        counted = TermFrequency(counted={each.written: a_month for each in first.concepts})
        assert (" AND " in suggest(question, cited, DAY, counted).proposals[0].strategy) is joined


def test_a_background_tells_how_common_a_term_is() -> None:
    background = tuple(paper(99100001 + n, "Zebras." if n < 100 else "Porters.") for n in range(1_000))
    known = TermFrequency(background=background, today=DAY)
    assert known.per_month("zebras[tiab]") == pytest.approx(RECORDS_A_MONTH / 10, rel=0.02)
    assert known.is_too_common("zebras[tiab]")
    assert not known.is_too_common("sloths[tiab]")
    assert known.is_too_common("patients[tiab]"), "on the list, though no record of this background has it"
    assert not TermFrequency(background=background[:100], today=DAY).is_too_common("zebras[tiab]"), "too few to tell"


# Nothing for the linter to say


@pytest.mark.parametrize(
    "question",
    [
        LIVER_QUESTION,
        RESISTANCE_QUESTION,
        '"; DROP [mh] OR (',
        "Ménière’s disease AND naps?",
        "#1 NOT sleep* :~3",
        "dough",
    ],
)
@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_proposal_parses_has_no_findings_and_no_word_that_asks(question: str, number: int) -> None:
    for cited in (LIVER[:number], RESISTANCE[-number:]):
        for one in suggest(question, cited, DAY).proposals:
            assert lint_strategy(one.strategy) == (), one.strategy
            for term in terms(parse(one.strategy)):
                assert term.text not in ASKING | JOINING | STOP_WORDS


def test_hostile_titles_headings_and_keywords_make_no_syntax() -> None:
    hostile = 'Sleep" [mh] OR (NOT "loss*" AND [tiab]) of #1 porters'
    cited = [
        make_record(99000071 + n, title=hostile, mesh=(MeshHeading("", 'Sleep"[mh] OR "', major=True),),
                    keywords=('"naps" OR', "x*", "(((", "dough[tiab]"))
        for n in range(2)
    ]  # fmt: skip
    made = suggest("Why do porters sleep?", cited, DAY)
    for one in made.proposals:
        assert lint_strategy(one.strategy) == (), one.strategy
        assert one.strategy.count('"') % 2 == 0


def test_a_long_question_and_long_titles_take_no_time() -> None:
    long = "sleep of porters and bakers, " * 3_000
    cited = [paper(99000081 + n, long, abstract=long) for n in range(3)]
    assert len(suggest(long, cited, DAY).question.concepts) <= 4


@pytest.mark.parametrize("question", ["", "Why?", "What are the causes?", "?!", "How is it treated in adults?"])
def test_a_question_that_names_nothing_gets_no_proposal(question: str) -> None:
    made = suggest(question, RESISTANCE, DAY)
    assert (made.question.concepts, made.proposals) == ((), ())


def test_without_cited_papers_there_is_nothing_to_suggest() -> None:
    assert suggest(RESISTANCE_QUESTION, [], DAY).proposals == ()


# What PubMed is asked


class Counting:
    """Answers every count alike, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def count(self, term: str) -> int:
        self.asked.append(term)
        return 1_200


def test_pubmed_is_asked_for_ten_counts_at_most(tmp_path: Path) -> None:
    titles = ("rusty gates", "cloudy paths", "straw bales", "ochre tiles", "olive crops", "ivory beads")
    cited = [paper(99000091 + n, f"Statins in liver cancer, gout and asthma: {titles[n // 2]}.") for n in range(12)]
    cited += [paper(99000191 + n, f"Statins in gout and asthma: {titles[n // 2]}.") for n in range(12)]
    pubmed, store = Counting(), open_made_store(Settings(store=tmp_path / "s.duckdb"))
    made = propose_strategies("Do statins in liver cancer with gout prevent asthma?", cited, store, pubmed, DAY)
    assert 4 < len(pubmed.asked) <= 10
    assert len(pubmed.asked) == len(set(pubmed.asked))
    assert all("[edat]" in term for term in pubmed.asked)
    assert set(made.per_month.values()) == {100.0}


# The commands


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(revisions())


@pytest.fixture
def house(tmp_path: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with open_house(tmp_path, corpus) as opened:
        opened.show_commands(monkeypatch)
        yield opened


def test_an_article_that_is_not_watched_yet_gets_strategies_to_paste(house: House, run: Run) -> None:
    file = house.folder / "queries" / "new.md"
    file.write_text(ARTICLE)
    status, out, _ = run("topics", "suggest", str(file), "--json")
    told = json.loads(out)
    assert (status, told["confirmed"], told["question"]) == (0, 2, "What causes insulin resistance?")
    assert (told["question_kind"], told["concepts"][0]["name"]) == ("etiology", "insulin resistance")
    assert [one["name"] for one in told["suggestions"]] == ["sensitive", "precise"]
    assert all(one["records_per_month"] >= 0 for one in told["suggestions"])
    status, out, _ = run("topics", "suggest", str(file))
    assert out.count("strategy: >-") == 2
    assert "# sensitive: finds" in out
    assert "counted by PubMed over the last 365 days" in out
    for one in told["suggestions"]:
        status, out, _ = run("topics", "suggest", str(file), "--only", one["name"])
        topic = parse_topic(out, house.folder / "queries" / "new.yaml")
        assert (status, topic.strategy, topic.question_kind) == (0, one["strategy"], QuestionKind.ETIOLOGY)


def test_what_cannot_be_made_a_strategy_of_says_what_to_do(house: House, run: Run) -> None:
    def refuse(text: str, *options: str) -> str:
        file = house.folder / "queries" / "new.md"
        file.write_text(text)
        status, _, err = run("topics", "suggest", str(file), *options)
        assert status == 1
        return err

    nothing = ARTICLE.replace("99000004", "1").replace("99000003", "2").replace("Demonstration data", "Bees")
    assert "none of the 2 references is confirmed" in refuse(nothing)
    assert "names nothing to search for" in refuse(ARTICLE.replace("What causes insulin resistance?", "Why?"))
    assert "names nothing to search for" in refuse(ARTICLE, "--question", "What are the causes?")
    assert "no reference list was found" in refuse(ARTICLE.partition("## References")[0])
    assert "set LITWATCH_EMAIL" in refuse(ARTICLE, "--offline")
    assert run("topics", "suggest", "bees")[0] == 2


def test_a_watched_article_is_answered_from_the_store_without_pubmed(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write_topic("sleep")
    house.night(date(2026, 11, 22))
    monkeypatch.delenv("LITWATCH_EMAIL")
    status, out, err = run("topics", "suggest", "sleep")
    assert status == 0, err
    assert "LITWATCH_EMAIL is not set, so PubMed is not asked" in err
    assert "at least" in out
    assert "counted by the evaluator over the store's last 365 days" in out
    assert "article:" not in out, "the topic file has it already"


def test_recall_says_what_is_missed_and_what_a_change_costs(house: House, run: Run) -> None:
    house.write_topic("sleep", topic=TOPIC.replace('sensitivity"[tiab]', 'sensitivity"[tiab] NOT exercise[tiab]'))
    status, out, _ = run("topics", "recall", "sleep", "--json")
    told = json.loads(out)
    assert (status, told["recall"], told["judged"]) == (0, 0.5, 2)
    (missed,) = told["missed"]
    assert (missed["pmid"], missed["why"], missed["change"]) == (99000003, "excluded", "take out NOT exercise[tiab]")
    assert missed["records_per_month"] >= 0
    status, out, _ = run("topics", "recall", "sleep")
    assert "the strategy finds 1 of 2 cited papers (50%)" in out
    assert "counted by PubMed" in out
    status, out, _ = run("topics", "recall", "sleep", "--offline")
    assert "no cited paper could be compared with the strategy" in out, "no night has put a record into the store"
