"""Which sentence of an abstract is quoted as its result: never aim, background or methods; none rather than those."""

from __future__ import annotations

import time

import pytest

from litwatch.decisions.abstract_sentences import AbstractSentence, Part, part_of_label, read_sentences
from litwatch.decisions.result_passage import NoResult, find_result, tells_no_own_result, tells_what_was_done
from litwatch.decisions.sentence_cues import fold
from litwatch.model.record import AbstractPart, Record
from tests.factories import make_record

AIM = "We aimed to compare two invented drugs in adults with asthma."
METHOD = "Patients were randomly assigned to the new drug or placebo for 12 weeks."
FLOW = "A total of 240 patients were included."
RESULT = "The new drug lowered the risk of an attack (HR 0.70; 95% CI 0.55 to 0.90)."
SECOND = "In addition, sleep improved (MD 1.2; 95% CI 0.4 to 2.0)."
CONCLUSION = "The new drug prevents attacks better than placebo."
NEXT = "Further studies are needed in children."
BACKGROUND = "Asthma is a common disease that has been associated with anxiety."


def record(*parts: str | tuple[str, str], title: str = "An invented trial") -> Record:
    """A record whose abstract has these parts, with a label each or none."""
    made = (
        AbstractPart(part[0], None, part[1]) if isinstance(part, tuple) else AbstractPart(None, None, part)
        for part in parts
    )
    return make_record(title=title, abstract=tuple(made))


def sentence(text: str) -> AbstractSentence:
    return AbstractSentence(0, len(text), text, Part.NONE, 0, fold(text))


def quoted(one: Record) -> str | NoResult:
    found = find_result(one)
    return found if isinstance(found, NoResult) else one.abstract_text[found.start : found.end]


@pytest.mark.parametrize(
    "one",
    [
        record(" ".join((BACKGROUND, AIM, METHOD, FLOW, SECOND, RESULT, NEXT))),
        record(("BACKGROUND", BACKGROUND), ("METHODS", METHOD), ("RESULTS", f"{FLOW} {RESULT}"), ("CONCLUSIONS", NEXT)),
        record(f"Background: {BACKGROUND} Methods: {METHOD} Results: {FLOW} {RESULT} Conclusions: {NEXT}"),
        record(f"{BACKGROUND}METHODS {METHOD}RESULTS {RESULT}CONCLUSION {NEXT}"),
    ],
    ids=["no labels", "labels", "labels in the text", "labels glued to it"],
)
def test_direction_size_and_uncertainty_go_first(one: Record) -> None:
    assert quoted(one) == RESULT


def test_the_conclusion_states_the_result_where_no_sentence_has_an_interval() -> None:
    one = record(("METHODS", METHOD), ("RESULTS", "Attacks fell."), ("CONCLUSIONS", f"{CONCLUSION} {NEXT}"))
    assert quoted(one) == CONCLUSION


@pytest.mark.parametrize(
    "sentence",
    [
        BACKGROUND,
        AIM,
        METHOD,
        FLOW,
        NEXT,
        "Odds ratios with 95% confidence intervals were calculated using SPSS.",
        "Clinicians should consider the new drug.",
        "The drug may be a useful tool in future practice.",
    ],
)
def test_what_is_no_result_is_never_quoted(sentence: str) -> None:
    assert isinstance(find_result(record(sentence)), NoResult)
    assert quoted(record(f"{AIM} {METHOD} {RESULT} {sentence}")) == RESULT


def test_a_review_of_other_peoples_work_is_not_quoted() -> None:
    one = record(f"{BACKGROUND} The drug reduces inflammation. This review discusses how the drug prevents attacks.")
    assert isinstance(find_result(one), NoResult)


def test_a_difference_that_was_not_found_is_a_result() -> None:
    nothing = "No significant difference was found between the groups (p=0.6)."
    assert quoted(record(f"{AIM} {METHOD} {nothing} {NEXT}")) == nothing


def test_a_guideline_is_quoted_with_what_it_recommends() -> None:
    advice = "Inhaled steroids are recommended for adults with daily symptoms."
    assert quoted(record(f"{BACKGROUND} {advice}", title="Clinical practice guideline on asthma")) == advice


def test_a_protocol_states_no_result_and_an_empty_abstract_has_none() -> None:
    plan = record("Patients will be treated with the drug. Attacks will be measured. It reduces inflammation.")
    assert find_result(plan) is NoResult.NONE_STATED
    assert find_result(record()) is NoResult.NO_ABSTRACT
    assert find_result(record(BACKGROUND)) is NoResult.NONE_RECOGNISED


def test_each_sentence_stands_at_its_place_in_the_abstract() -> None:
    one = record(("AIM", AIM), ("RESULTS", f"{FLOW} {RESULT}"), f"Conclusion: {CONCLUSION}")
    found = read_sentences(one.abstract)
    assert [one.abstract_text[each.start : each.end] for each in found] == [AIM, FLOW, RESULT, CONCLUSION]
    assert [each.part for each in found] == [Part.AIM, Part.RESULTS, Part.RESULTS, Part.CONCLUSIONS]
    assert [each.abstract_part for each in found] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 200_000,
        "we " * 60_000,
        "(" * 100_000,
        "no a a a a " * 20_000,
        "the study of the " * 12_000,
        "1, " * 60_000,
    ],
    ids=["letters", "words", "brackets", "almost", "of", "numbers"],
)
def test_hostile_text_costs_no_more_than_long_text(hostile: str) -> None:
    begun = time.process_time()
    find_result(record(hostile))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("piece", ["a-", "a,", "1,", "ATGC-", "et al "])
def test_a_sentence_costs_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        begun = time.process_time()
        tells_what_was_done(sentence(text))
        tells_no_own_result(sentence(text))
        return time.process_time() - begun

    short = max(0.002, min(seconds(4_000) for _ in range(4)))
    assert min(seconds(32_000) for _ in range(2)) < 24 * short


def test_a_table_that_runs_on_as_one_sentence_is_not_quoted() -> None:
    table = "Attacks fell by 30% (HR 0.70; 95% CI 0.55 to 0.90), " * 60
    assert find_result(record(("RESULTS", f"{table}and so on."))) is NoResult.NONE_RECOGNISED
    assert quoted(record(("RESULTS", f"{table}and so on. {RESULT}"))) == RESULT


def test_what_stands_before_the_aim_is_background_however_it_is_worded() -> None:
    known = "The drug lowered the risk of death (HR 0.50; 95% CI 0.40 to 0.60)."
    assert quoted(record(f"{known} {AIM} {METHOD} {CONCLUSION}")) != known


@pytest.mark.parametrize(
    "weak",
    ["Asthma differs between countries.", "Drugs that inhibit inflammation exist.", "Attacks are predicted poorly."],
)
def test_a_bare_statement_without_labels_is_too_little(weak: str) -> None:
    assert (
        find_result(record(f"Asthma is old. {weak} Lungs are large. Much is written about lungs."))
        is NoResult.NONE_RECOGNISED
    )


def test_a_conclusion_goes_before_a_result_without_an_interval() -> None:
    one = record(
        ("RESULTS", "Sleep improved in 40% of the patients."), ("CONCLUSIONS", "The drug prevents attacks in 40%.")
    )
    assert quoted(one) == "The drug prevents attacks in 40%."


@pytest.mark.parametrize(
    "weak",
    [
        "The drug may be a useful tool that reduces risk.",
        "Further trials are needed to show that the drug reduces attacks.",
        "This strengthens the literature on how the drug reduces attacks.",
        "It adds to the growing literature that the drug reduces attacks.",
        "It extends the body of evidence that the drug reduces attacks.",
    ],
)
def test_hope_and_what_comes_next_are_no_conclusion(weak: str) -> None:
    assert find_result(record(("METHODS", METHOD), ("CONCLUSIONS", weak))) is NoResult.NONE_RECOGNISED


def test_a_number_before_the_aim_is_of_earlier_work() -> None:
    known = "The drug lowered the risk of death (HR 0.50; 95% CI 0.40 to 0.60)."
    assert find_result(record(f"{BACKGROUND} Asthma is old. {known} {AIM} {METHOD}")) is NoResult.NONE_RECOGNISED


def test_an_interval_goes_before_a_bare_difference() -> None:
    assert quoted(record(("RESULTS", f"Attacks fell by 30% (p<0.05). {RESULT}"))) == RESULT


@pytest.mark.parametrize(
    "known",
    [
        "A previous meta-analysis found an increased risk of cancer (RR 1.4, 95% CI 1.1 to 1.7).",
        "In an earlier trial the hazard ratio for death was 0.50 (95% CI 0.30 to 0.80).",
        "In two previous trials of it aspirin lowered the risk of death by 10% (95% CI 5 to 15).",
        "Smith et al. reported that aspirin lowered the risk of death (HR 0.70, 95% CI 0.60 to 0.80).",
        "The sample size was calculated to detect a lower risk (hazard ratio 0.70, 95% CI 0.60 to 0.80).",
    ],
)
def test_what_others_found_or_what_was_assumed_is_no_result(known: str) -> None:
    assert quoted(record(("RESULTS", f"{known} {RESULT}"))) == RESULT
    assert find_result(record(("RESULTS", known))) is NoResult.NONE_RECOGNISED
    assert find_result(record(("CONCLUSIONS", known))) is NoResult.NONE_RECOGNISED


def test_a_result_that_is_set_against_earlier_work_is_still_one() -> None:
    own = "Previous studies showed a higher risk, but we found a lower one (HR 0.70; 95% CI 0.55 to 0.90)."
    assert quoted(record(("RESULTS", own))) == own
    own = "In earlier trials attacks rose, while in the present trial they fell (HR 0.70; 95% CI 0.55 to 0.90)."
    assert quoted(record(("RESULTS", own))) == own


@pytest.mark.parametrize(
    ("label", "nlm", "part"),
    [
        ("METHODS AND RESULTS", "RESULTS", Part.RESULTS),
        ("MEASUREMENTS AND MAIN RESULTS", None, Part.RESULTS),
        ("STUDY RESULTS", "RESULTS", Part.RESULTS),
        ("DATA SYNTHESIS", "RESULTS", Part.RESULTS),
        ("PATIENTS AND CONCLUSIONS", None, Part.CONCLUSIONS),
        ("DATA SOURCES", "METHODS", Part.METHODS),
    ],
)
def test_of_a_label_with_several_words_the_results_count(label: str, nlm: str | None, part: Part) -> None:
    assert part_of_label(label, nlm) is part


@pytest.mark.parametrize(
    "text",
    [
        "Naps are expected to reduce mortality (HR 0.70; 95% CI 0.55 to 0.90).",
        "The power calculation assumed a hazard ratio of 0.70 (95% CI 0.55 to 0.90).",
        "Naps might reduce mortality (HR 0.70; 95% CI 0.55 to 0.90) according to our simulation.",
        "This trial will show whether naps reduce insulin resistance (expected HR 0.70; 95% CI 0.55 to 0.90).",
    ],
)
def test_what_is_planned_or_expected_is_no_result(text: str) -> None:
    assert tells_no_own_result(sentence(text))
