"""Which sentences a record bears on: the sanity law over the example articles, and what is highlighted and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Article
from litwatch.config.article_file import read_article_file
from litwatch.config.topic_files import read_topics
from litwatch.decisions.compared_record import Reader
from litwatch.decisions.sentences_touched import AT_MOST, Bearings
from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, Record
from litwatch.model.text.abbreviations import find_abbreviations
from litwatch.model.text.stems import stems_of, terms_of
from litwatch.references.matching.confidence import judge
from litwatch.references.sentences_citing import map_claims
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin.demonstration import article_set
from tests.factories import make_article, make_record, make_sentence
from tests.spec.cases import article, heading

PROJECT = Path(__file__).resolve().parents[2]
SLEEP, FAT = 2, 1
"""Sentences of the specification's article."""


def told(*texts: str, title: str = "An invented paper", **fields: object) -> Record:
    """A record with an abstract of these parts; a part's label stands before a colon."""
    parts = tuple(
        AbstractPart(label or None, None, text) for label, _, text in (each.rpartition("|") for each in texts)
    )
    return replace(make_record(99000100, title=title, abstract=parts), **fields)  # type: ignore[arg-type]


def bearings(cited: Mapping[Pmid, Record] | None = None) -> Bearings:
    sentences_of = {Pmid(99000001): (1, 2), Pmid(99000002): (2,)}
    return Bearings(article(), sentences_of, cited or {})


def reciprocal_ranks(
    article: Article, sentences_of: Mapping[Pmid, tuple[int, ...]], records: Mapping[Pmid, Record]
) -> dict[Pmid, float]:
    """For each cited record 1 / the rank of the first sentence that cites it, with no knowledge that it is cited."""
    found = {}
    for pmid, record in records.items():
        wanted = sentences_of.get(pmid, ())
        if not wanted:
            continue
        others = {one: numbers for one, numbers in sentences_of.items() if one != pmid}
        known = {one: record for one, record in records.items() if one != pmid}
        ranked = sorted(Bearings(article, others, known).rank(record), key=lambda each: (-each[1], each[0].number))
        found[pmid] = 1 / min(place for place, (claim, *_) in enumerate(ranked, 1) if claim.number in wanted)
    return found


def test_each_cited_record_of_the_example_ranks_the_sentences_that_cite_it_first() -> None:
    (topic,) = read_topics(PROJECT / "queries")
    page = read_article(topic.article.read_bytes(), name=topic.article.name)
    records = {record.pmid: record for record in parse_article_set(article_set()).records}
    matches = [judge(reference, list(records.values()), "title") for reference in page.references]
    claims = map_claims(page, topic.pins, matches)
    with_abstract = {pmid: records[pmid] for pmid in claims.cited if pmid in records and records[pmid].abstract}
    ranks = reciprocal_ranks(page, claims.sentences_of, with_abstract)
    assert len(ranks) == 5
    assert set(ranks.values()) == {1.0}, ranks


def test_a_reference_known_by_its_title_alone_still_ranks_its_sentences_high() -> None:
    ranks: list[float] = []
    for file in sorted((PROJECT / "tests" / "data" / "articles").glob("*")):
        if file.suffix in (".json", ".bib"):
            continue
        page = read_article_file(file)
        numbered = {ref.number: ref for ref in page.references if ref.number is not None and ref.title}
        records = {
            Pmid(99100000 + n): make_record(99100000 + n, title=ref.title, abstract=()) for n, ref in numbered.items()
        }
        sentences_of = {
            Pmid(99100000 + n): tuple(s.number for s in page.sentences if n in {m.number for m in s.markers})
            for n in numbered
        }
        ranks += reciprocal_ranks(page, sentences_of, records).values()
    assert len(ranks) >= 50
    assert sum(ranks) / len(ranks) >= 0.6


@pytest.mark.realdata
def test_the_seeds_own_papers_rank_the_sentences_that_cite_them_first(shared: Path) -> None:
    told = json.loads((shared / "data" / "example_article" / "references.json").read_text())["references"]
    (seed,) = (shared / "seed").glob("*.txt")
    page = read_article(seed.read_bytes(), name=seed.name)
    marker = {33116712: 4, 17469039: 5}
    records = {
        Pmid(int(ref["pmid"])): make_record(
            int(ref["pmid"]), title=ref["cited_title"], abstract=(AbstractPart(None, None, ref["abstract"]),)
        )
        for ref in told
        if ref["pmid"]
    }
    sentences_of = {
        pmid: tuple(s.number for s in page.sentences if marker[pmid] in {m.number for m in s.markers})
        for pmid in records
    }
    ranks = reciprocal_ranks(page, sentences_of, records)
    print(f"mean reciprocal rank over the seed's {len(ranks)} identified papers: {sum(ranks.values()) / len(ranks)}")
    assert set(ranks.values()) == {1.0}


def test_a_record_names_the_sentence_on_its_subject_and_highlights_both() -> None:
    record = told(
        "BACKGROUND|Short sleep is common.",
        "RESULTS|Insulin sensitivity fell by 18% after a week of short sleep (95% CI 11 to 25). Mood fell too.",
    )
    (first, *_) = bearings().find(record)
    assert first.sentence == SLEEP
    text = article().sentences[SLEEP - 1].text
    assert {text[start:end] for start, end in first.words} >= {"Short", "sleep"}
    assert first.passage is not None
    said = record.abstract[1].text
    assert first.passage.part == 1
    assert said[first.passage.start : first.passage.end].startswith("Insulin sensitivity fell by 18%")
    assert {said[start:end] for start, end in first.passage.words} >= {"short", "sleep"}


@pytest.mark.parametrize(
    "better",
    [
        "Sleep apnoea raised it by 20% in one year.",
        "Sleep apnoea impairs it in one way.",
        "Sleep apnoea does not do so in one way.",
    ],
    ids=["number", "effect word", "negation"],
)
def test_of_like_passages_the_one_with_a_number_an_effect_or_a_negation_is_shown(better: str) -> None:
    record = told(f"Sleep apnoea is a thing of one kind. {better}", title="Paper")
    passage = bearings().find(record)[0].passage
    assert passage is not None
    assert record.abstract[0].text[passage.start : passage.end] == better


def test_a_passage_from_the_results_is_preferred_to_the_same_words_in_the_background() -> None:
    said = "Sleep apnoea and short sleep go with insulin resistance."
    passage = bearings().find(told(f"BACKGROUND|{said}", f"RESULTS|{said}"))[0].passage
    assert passage is not None
    assert passage.part == 1


def test_results_are_preferred_to_a_part_of_any_other_name() -> None:
    said = "Sleep apnoea and short sleep go with insulin resistance."
    passage = bearings().find(told(f"REMARKS|{said}", f"RESULTS|{said}"))[0].passage
    assert passage is not None
    assert passage.part == 1


def test_a_word_said_in_passing_does_not_place_a_paper() -> None:
    passing = told(
        "The drug lowered blood pressure. Patients had no sleep apnoea at the start. Pressure stayed low.",
        title="A drug for blood pressure",
    )
    assert bearings().find(passing) == ()


def test_words_of_the_question_alone_place_nothing() -> None:
    assert bearings().find(told("Insulin resistance was measured.", title="Insulin resistance")) == ()


def test_a_shared_reference_places_a_paper_without_a_shared_word() -> None:
    found = bearings().find(told("Nothing alike.", cites=(Pmid(99000002),)))
    assert [(each.sentence, each.references, each.passage) for each in found] == [(SLEEP, (99000002,), None)]


def test_of_two_sentences_that_share_the_same_words_the_one_with_a_shared_reference_comes_first() -> None:
    page = make_article(
        question=None,
        sections=(
            replace(
                make_article().sections[0],
                sentences=(make_sentence(1, "Apnoea matters."), make_sentence(2, "Apnoea matters.")),
            ),
        ),
    )
    sentences_of = {Pmid(99000002): (2,)}
    record = told("Apnoea matters.", title="Apnoea", cites=(Pmid(99000002),))
    assert next(each.sentence for each in Bearings(page, sentences_of, {}).find(record)) == 2


def test_a_record_is_not_compared_with_itself() -> None:
    record = replace(told("Polysomnography at night."), pmid=Pmid(99000001))
    itself, without = bearings({Pmid(99000001): record}), bearings()
    assert [score for _, score, _ in itself.rank(record)] == [score for _, score, _ in without.rank(record)]


def test_mesh_headings_place_a_paper_without_an_abstract() -> None:
    record = told(
        title="A paper without abstract", mesh=(heading("D012893", "Sleep Apnea"), heading("D1", "Short Sleep"))
    )
    assert bearings().find(record)[0].sentence == SLEEP


def test_likeness_to_a_cited_paper_speaks_for_the_sentence_that_cites_it() -> None:
    """Neither sentence says "polysomnography"; the paper that one of them cites does."""
    plain = make_article(
        question=None,
        sections=(
            replace(
                make_article().sections[0],
                sentences=(make_sentence(1, "Rest matters."), make_sentence(2, "Food matters.")),
            ),
        ),
    )
    cited = {
        Pmid(99000001): told("Polysomnography at night in volunteers."),
        Pmid(99000002): told("Calorimetry after breakfast in volunteers."),
    }
    sentences_of = {Pmid(99000001): (1,), Pmid(99000002): (2,)}
    scores = [score for _, score, _ in Bearings(plain, sentences_of, cited).rank(told("Polysomnography at home."))]
    assert scores[0] > scores[1]


def test_at_most_three_sentences_are_named_and_a_leftover_never() -> None:
    texts = [f"Sleep apnoea causes trouble number {word}." for word in ("one", "two", "three", "four", "five")]
    section = replace(
        make_article().sections[0], sentences=tuple(make_sentence(n, text) for n, text in enumerate(texts, 1))
    )
    page = make_article(sections=(section,), leftovers=(texts[0],))
    found = Bearings(page, {}, {}).find(told("Sleep apnoea.", title="Sleep apnoea and trouble"))
    assert [each.sentence for each in found] == [2, 3, 4]
    assert len(found) == AT_MOST


def test_offsets_hold_in_texts_with_unusual_letters() -> None:
    text = "İİ ﬁne \ud83d\ude00 Sleep apnoea (Schlaf­apnoe) rose by 5%.".encode("utf-16", "surrogatepass").decode(
        "utf-16"
    )
    record = told(text, title="Sleep apnoea")
    passage = bearings().find(record)[0].passage
    assert passage is not None
    assert {text[start:end] for start, end in passage.words} == {"Sleep", "apnoea"}


def test_inflected_and_british_words_meet() -> None:
    pairs = (
        "obesity obese",
        "apnoea apnea",
        "antipsychotics antipsychotic",
        "inflammation inflammatory",
        "tumour tumor",
    )
    for pair in pairs:
        one, other = pair.split()
        assert stems_of(one) == stems_of(other) != frozenset(), pair
    assert [(term.start, term.end) for term in terms_of("the obese HbA1c")] == [(4, 9), (10, 15)]


def test_an_abbreviation_stands_for_the_words_that_explain_it() -> None:
    record = told("Obstructive sleep apnoea (OSA) is common. OSA raised insulin resistance by 20%.", title="OSA")
    (first, *_) = bearings().find(record)
    assert first.sentence == SLEEP
    assert first.passage is not None
    said = record.abstract[0].text
    assert said[first.passage.start : first.passage.end].startswith("OSA raised")
    assert [said[start:end] for start, end in first.passage.words] == ["OSA"]


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("polycystic ovary syndrome (PCOS)", "polycystic ovary syndrome"),
        ("type 2 diabetes mellitus (T2DM)", "type 2 diabetes mellitus"),
        ("in the year (NASA)", None),
        ("sleep at night (XQ)", None),
        ("(OSA) without words", None),
    ],
)
def test_an_abbreviation_is_explained_by_the_letters_of_the_words_before_it(text: str, long: str | None) -> None:
    assert find_abbreviations(text) == ({text[text.index("(") + 1 : -1]: long} if long else {})


def test_type_1_and_type_2_are_two_things() -> None:
    assert stems_of("type 2 diabetes") == stems_of("Type II diabetic") != stems_of("type 1 diabetes")


def test_a_word_of_many_records_tells_little_about_one() -> None:
    """Of fifty papers on sleep and one on sleep and fat, the last is about fat."""
    many = [replace(told(title=f"Short sleep and sleep apnoea {n}"), pmid=Pmid(99000200 + n)) for n in range(50)]
    record = told("RESULTS|Sleep apnoea rose with abdominal obesity.", title="Sleep")
    plain, weighed = (Bearings(article(), {}, {}, found).liken(record) for found in ((), many))
    assert plain[SLEEP] > plain[FAT]
    assert weighed[FAT] > weighed[SLEEP]


def test_an_aim_is_no_finding() -> None:
    record = told("Sleep apnoea was found in many. We investigated sleep apnoea in 20% of women.", title="Paper")
    passage = bearings().find(record)[0].passage
    assert passage is not None
    assert record.abstract[0].text[passage.start : passage.end] == "Sleep apnoea was found in many."


def test_general_words_are_marked_only_beside_a_telling_one() -> None:
    record = told("Sleep disease was seen. The disease of sleep.", title="Sleep apnoea")
    page = make_article(
        sections=(replace(make_article().sections[0], sentences=(make_sentence(1, "Sleep apnoea is a disease."),)),)
    )
    (first, *_) = Bearings(page, {}, {}).find(record)
    assert [page.sentences[0].text[start:end] for start, end in first.words] == ["Sleep", "apnoea"]


def test_a_passage_that_names_the_question_beside_the_claim_counts_more() -> None:
    plain = told("Apnoea was measured.", title="A paper")
    stated = told("Apnoea raises insulin resistance.", title="A paper")
    found = {
        record.abstract[0].text: next(score for claim, score, _ in bearings().rank(record) if claim.number == SLEEP)
        for record in (plain, stated)
    }
    assert found["Apnoea raises insulin resistance."] > found["Apnoea was measured."] + 0.03


def beside(text: str) -> Bearings:
    """An article of this sentence and another one."""
    sentences = (make_sentence(1, text), make_sentence(2, "Sleep is needed by all people."))
    return Bearings(make_article(sections=(replace(make_article().sections[0], sentences=sentences),)), {}, {})


def test_what_was_found_must_speak_of_half_of_the_sentence() -> None:
    found = beside("Metformin lowers glycated haemoglobin as much as a sulphonylurea.")
    both = told("RESULTS|Metformin lowered glycated haemoglobin by 1% and a sulphonylurea by 1%.", title="Metformin")
    two_of_five = told(
        "RESULTS|Metformin was as costly as a sulphonylurea. Metformin and sulphonylurea users differed in age.",
        title="Metformin and sulphonylurea users",
        mesh=(heading("D1", "Metformin"), heading("D2", "sulphonylurea")),
    )
    assert [bearing.sentence for bearing in found.find(both)] == [1]
    assert found.find(two_of_five) == ()


def test_one_word_in_common_is_not_enough() -> None:
    found = beside("Metformin acts.")
    about = told(
        "RESULTS|Metformin was costly and differed in price.", title="Metformin", mesh=(heading("D1", "Metformin"),)
    )
    assert found.find(about) == ()
    assert max(score for _, score, _ in found.rank(about)) > 0.155, "it is close enough but for that"


def test_a_finding_on_a_drug_tells_something_of_its_class_and_nothing_of_another_drug() -> None:
    of_the_class = beside("ACE inhibitors reduce proteinuria in nephropathy.")
    of_one_drug = beside("Captopril reduces proteinuria in nephropathy.")
    record = told("RESULTS|Enalapril reduced albuminuria in nephropathy by 20%.", title="Enalapril in nephropathy")
    assert [bearing.sentence for bearing in of_the_class.find(record)] == [1]
    assert of_one_drug.find(record) == ()
    form = beside("Extended-release captopril once daily reduces proteinuria.")
    for drug, expected in (("captopril", [1]), ("enalapril", [])):
        title = f"Extended-release {drug} once daily for proteinuria"
        found = form.find(told(f"RESULTS|Extended-release {drug} once daily reduced proteinuria.", title=title))
        assert [bearing.sentence for bearing in found] == expected


def test_what_the_sentence_says_of_its_subject_must_have_been_found() -> None:
    found = beside("Long-acting nifedipine prevents stroke in older patients with systolic hypertension.")
    for outcome, expected in (("stroke", [1]), ("dementia", [])):
        record = told(
            f"RESULTS|Nifedipine reduced {outcome} in older patients with systolic hypertension.",
            title="Nifedipine in older patients with systolic hypertension",
        )
        assert [bearing.sentence for bearing in found.find(record)] == expected


def test_a_protocol_bears_on_nothing() -> None:
    found = beside("Metformin lowers glycated haemoglobin as much as a sulphonylurea.")
    said = "Metformin lowers glycated haemoglobin as much as a sulphonylurea."
    assert found.find(told(said, title="Metformin or a sulphonylurea"))
    assert found.find(told(said, title="Metformin or a sulphonylurea: study protocol")) == ()


def test_words_for_the_same_thing_meet() -> None:
    reader = Reader("", with_classes=True)
    for one, other in (
        ("heart attack", "myocardial infarction"),
        ("glyburide", "glibenclamide"),
        ("HbA1c", "glycosylated hemoglobin"),
        ("renal", "kidney"),
        ("beta-blockade", "beta blockers"),
    ):
        assert reader.stems_of(one) & reader.stems_of(other), (one, other)
    assert not reader.stems_of("in April") & reader.stems_of("an ACE inhibitor")
    assert not reader.stems_of("tumour necrosis factor") & reader.stems_of("cancer")
    assert [(term.start, term.end) for term in reader.terms_of("a heart attack") if term.stem[0] == "="] == [(2, 14)]
