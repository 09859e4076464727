"""What is quoted of a study, and from where; what looks like a fact and is none."""

from __future__ import annotations

import time

import pytest

from litwatch.decisions.quoted_fact import StatedFactKind
from litwatch.decisions.result_passage import NoResult, find_result
from litwatch.decisions.stated_facts import find_facts
from litwatch.decisions.studied_people import without_people
from litwatch.model.record import AbstractPart, Record
from tests.factories import make_record


def record(text: str, label: str | None = None) -> Record:
    return make_record(abstract=(AbstractPart(label, None, text),))


def facts(one: Record) -> dict[StatedFactKind, str]:
    result = find_result(one)
    found = find_facts(one, None if isinstance(result, NoResult) else result)
    assert len({fact.kind for fact in found}) == len(found), "at most one of each kind"
    return {fact.kind: one.abstract_text[fact.start : fact.end] for fact in found}


def test_the_facts_of_a_trial_are_quoted() -> None:
    found = facts(
        record(
            "We performed a double-blind, randomised, placebo-controlled trial. A total of 240 patients with severe"
            " asthma were enrolled. The primary outcome was the time to the first attack. The risk fell"
            " more than with placebo (hazard ratio 0.70; 95% CI 0.55 to 0.90; P=0.01)."
        )
    )
    assert found == {
        StatedFactKind.DESIGN: "double-blind, randomised, placebo-controlled trial",
        StatedFactKind.NUMBER: "240 patients",
        StatedFactKind.POPULATION: "patients with severe asthma",
        StatedFactKind.COMPARISON: "placebo",
        StatedFactKind.OUTCOME: "time to the first attack",
        StatedFactKind.EFFECT: "hazard ratio 0.70; 95% CI 0.55 to 0.90; P=0.01",
    }


@pytest.mark.parametrize(
    ("text", "design"),
    [
        ("This was a retrospective cohort study of 30 adults.", "retrospective cohort study"),
        ("We conducted a systematic review and meta-analysis.", "systematic review and meta-analysis"),
        ("We report a rare case of asthma.", "report a rare case"),
        ("Patients were randomly assigned to two groups.", "were randomly assigned"),
        ("In this review, we discuss asthma.", "review"),
        ("Further randomised controlled trials are needed.", None),
        ("Previous cohort studies were small.", None),
        ("A randomised trial showed that the drug works.", None),
    ],
)
def test_a_design_is_that_of_this_study(text: str, design: str | None) -> None:
    assert facts(record(text)).get(StatedFactKind.DESIGN) == design


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("We randomly assigned 1,822 women to the drug.", "1,822 women"),
        ("Seventeen children with asthma were identified.", "Seventeen children"),
        ("Eight hundred and fifty-five pregnant women were randomized.", "Eight hundred and fifty-five pregnant women"),
        ("Patients with at least 10 subjects in each group were compared.", None),
        ("Of these, 12 patients died and were excluded.", None),
        ("After 12 weeks patients were examined.", None),
    ],
)
def test_a_number_is_of_those_who_were_examined(text: str, number: str | None) -> None:
    assert facts(record(text)).get(StatedFactKind.NUMBER) == number


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("The risk was lower (aOR = 1.62, 95%CI 1.16-2.26).", "aOR = 1.62, 95%CI 1.16-2.26"),
        ("The difference favoured it (MD -0.41 [95% CI, -0.70 to -0.13]).", "MD -0.41 [95% CI, -0.70 to -0.13]"),
        ("Depression was a risk factor (OR=6.05).", "OR=6.05"),
        ("Insulin sensitivity fell by 18% (95% CI 11 to 25; I2=41%).", "18% (95% CI 11 to 25; I2=41%)"),
        ("The mean age was 45.3 years.", None),
        ("The risk was lower (RR 0.85 [0.70, 0.95]).", "RR 0.85 [0.70, 0.95]"),
        ("The risk was lower (OR 0.62,95% CI 0.40,0.95).", "OR 0.62,95% CI 0.40,0.95"),
        ("The risk was lower (OR 1.62; 1.16-2.26).", "OR 1.62; 1.16-2.26"),
        ("The risk was lower (RR 0.85, 12 trials, 3000 patients).", None),
        ("The pooled odds ratio was 1.25, 14 studies reported it.", "pooled odds ratio was 1.25"),
        ("The risk was lower (HR 0.80; 2 years of follow-up).", None),
        ("The risk was lower (HR 0.80; 2 to 5 years of follow-up).", None),
        ("The risk was lower (HR 0.80 (2, 5 years)).", None),
        ("The risk was lower (HR 0,85).", None),
        ("Odds ratios rose by 1.24 and 2.16, respectively.", "Odds ratios rose by 1.24 and 2.16"),
    ],
)
def test_an_effect_is_quoted_with_its_interval(text: str, effect: str | None) -> None:
    assert facts(record(text, "RESULTS")).get(StatedFactKind.EFFECT) == effect


def test_the_effect_of_the_quoted_result_goes_first() -> None:
    one = record(
        "In a subgroup it rose (OR 3.0; 95% CI 1.1 to 8.0). The risk fell (OR 0.5; 95% CI 0.3 to 0.8).", "RESULTS"
    )
    result = find_result(one)
    assert not isinstance(result, NoResult)
    effect = next(fact for fact in find_facts(one, result) if fact.kind is StatedFactKind.EFFECT)
    assert result.start <= effect.start < result.end


def test_without_the_people_only_what_is_said_of_them_is_left() -> None:
    assert "diabetes" not in without_people("The drug lowered glucose in elderly patients with type 2 diabetes.")
    assert "diabetes" in without_people("Insulin resistance precedes type 2 diabetes.")


@pytest.mark.parametrize(
    "hostile",
    [
        "1 patient " * 20_000,
        "a " * 100_000,
        "HR 1 " * 40_000,
        "[" * 100_000,
        "randomised, " * 17_000,
        "in in " * 30_000,
    ],
    ids=["patients", "words", "ratios", "brackets", "designs", "in"],
)
def test_hostile_text_costs_no_more_than_long_text(hostile: str) -> None:
    begun = time.process_time()
    find_facts(record(hostile))
    find_facts(record(". ".join(hostile[:2_900] for _ in range(6)) + "."))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("piece", ["1-", "ATGC-", "a’"])
def test_a_sentence_costs_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        """Process time for six sentences of that length; the last word tells one abstract from the next."""
        took = []
        for turn in range(3):
            sentences = " ".join(f"{(piece * length)[:length]} end." for _ in range(6))
            one = record(f"{sentences} {length}{turn}.", "RESULTS")
            begun = time.process_time()
            find_facts(one)
            took.append(time.process_time() - begun)
        return min(took)

    assert seconds(2_900) < 3 * seconds(1_450) + 0.05


@pytest.mark.parametrize(
    "text",
    [
        "A previous meta-analysis found an increased risk of cancer (RR 1.4, 95% CI 1.1 to 1.7).",
        "Smith et al. reported that aspirin lowered the risk (HR 0.70, 95% CI 0.60 to 0.80).",
        "A lower risk has previously been reported (HR 0.70, 95% CI 0.60 to 0.80).",
        "The sample size was calculated to detect a hazard ratio of 0.70 (95% CI 0.60 to 0.80).",
        "Assuming a hazard ratio of 0.70, 400 patients were needed.",
    ],
)
def test_an_effect_that_others_found_or_that_was_assumed_is_not_the_studys(text: str) -> None:
    assert StatedFactKind.EFFECT not in facts(record(text, "RESULTS"))


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("In ALPHA-1 the hazard ratio was 0.80; in ours 0.95.", None),
        (
            "In ALPHA-1 the hazard ratio was 0.80, whereas in our trial the hazard ratio was 0.95 (95% CI 0.80"
            " to 1.10).",
            "hazard ratio was 0.95 (95% CI 0.80 to 1.10)",
        ),
        (
            "In contrast to ALPHA-1 (hazard ratio 0.80; 95% CI 0.70 to 0.90), we found a hazard ratio of 0.95 (95% CI"
            " 0.80 to 1.10).",
            "hazard ratio of 0.95 (95% CI 0.80 to 1.10)",
        ),
        ("In an earlier trial the odds ratio was 0.50 (95% CI 0.30 to 0.70).", None),
        # A trial may call itself by its name.
        (
            "In the ALPHA-1 trial, the hazard ratio was 0.80 (95% CI 0.70 to 0.90).",
            "hazard ratio was 0.80 (95% CI 0.70 to 0.90)",
        ),
        ("In COPD the odds ratio was 0.50 (95% CI 0.30 to 0.70).", "odds ratio was 0.50 (95% CI 0.30 to 0.70)"),
    ],
)
def test_an_effect_is_that_of_this_study(text: str, effect: str | None) -> None:
    assert facts(record(text, "RESULTS")).get(StatedFactKind.EFFECT) == effect


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        (
            "The drug lowered the risk (HR 0·82 [95 % CI 0·70–0·95], P=0·03).",
            "HR 0·82 [95 % CI 0·70–0·95], P=0·03",
        ),
        ("Mortality was lower (0·82 (95 % CI 0·70–0·95)).", "0·82 (95 % CI 0·70–0·95)"),
        ("The risk fell (risk ratio 0∙82, 95% CI 0∙70 to 0∙95).", "risk ratio 0∙82, 95% CI 0∙70 to 0∙95"),
    ],
)
def test_a_raised_dot_is_a_decimal_point_and_is_quoted_as_it_stands(text: str, effect: str) -> None:
    assert facts(record(text, "RESULTS")).get(StatedFactKind.EFFECT) == effect


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Of 1,200 screened, 400 were randomised.", "400 were randomised"),
        ("Of 1,200 patients screened, 400 were randomised to drug or placebo.", "400 were randomised"),
        ("Of 1200 patients assessed for eligibility, 400 (33%) were enrolled.", "400 (33%) were enrolled"),
        ("1,200 patients were screened. A total of 400 patients were randomised to drug or placebo.", "400 patients"),
        ("1,200 patients were screened. 400 children were randomised to drug or placebo.", "400 children"),
        ("Of 1,200 studies considered, 21 met our selection criteria.", "21 met our selection criteria"),
        ("Phase 3 randomised trials in 240 adults with asthma were included.", "240 adults"),
        ("A model in 240 adults with asthma compared 2 treatment strategies.", "240 adults"),
        ("1,200 patients were screened at two hospitals.", "1,200 patients"),
    ],
)
def test_the_number_is_that_of_those_who_were_taken_in(text: str, number: str) -> None:
    assert facts(record(text, "METHODS")).get(StatedFactKind.NUMBER) == number


@pytest.mark.parametrize(
    ("text", "design"),
    [
        ("Unlike a randomised trial, this study used records.", None),
        ("This was not a randomised controlled trial.", None),
        (
            "Unlike a randomised controlled trial, ours was a retrospective cohort study of 30 adults.",
            "retrospective cohort study",
        ),
        ("We made a cross-sectional survey rather than a cohort study.", "cross-sectional survey"),
        ("These results do not represent an interventional clinical trial.", None),
        ("We measured sleep in mice. A phase 3 clinical trial of naps is currently underway.", None),
        ("We emulated a randomised trial in a prospective cohort study.", "prospective cohort study"),
    ],
)
def test_a_design_that_the_study_is_set_against_is_not_its_own(text: str, design: str | None) -> None:
    assert facts(record(text, "METHODS")).get(StatedFactKind.DESIGN) == design


@pytest.mark.parametrize(
    ("text", "design"),
    [
        ("The literature has not been summed up by meta-analysis in 15 years.", None),
        ("We recommend a systematic review of more studies.", None),
        ("We report a meta-analysis of studies of naps.", "meta-analysis"),
    ],
)
def test_a_design_that_is_missed_or_recommended_is_not_this_studys(text: str, design: str | None) -> None:
    assert facts(record(text, "METHODS")).get(StatedFactKind.DESIGN) == design


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("The mean level of drivers was 0.143 ± 0.096% (95% confidence interval, 0.127 to 0.160%).", None),
        ("The mean level was 0.75 mg (95% CI 0.74-0.76).", None),
        ("The cutoff values of MPR and MHR were 2.09 and 0.0030.", None),
        ("The mean reduction was 0.75 (95% CI 0.74-0.76).", "0.75 (95% CI 0.74-0.76)"),
        ("Naps helped (AOR = 1.50).", "AOR = 1.50"),
    ],
)
def test_a_mean_of_one_group_and_letters_within_a_word_are_no_effect(text: str, effect: str | None) -> None:
    assert facts(record(text, "RESULTS")).get(StatedFactKind.EFFECT) == effect


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A total of 1,163 studies were identified, and 16 were included.", "16 were included"),
        ("Two distinct sets of marked isolates were used.", None),
    ],
)
def test_the_number_is_of_the_studies_that_were_taken_in_and_never_of_sets(text: str, number: str | None) -> None:
    assert facts(record(text, "METHODS")).get(StatedFactKind.NUMBER) == number


@pytest.mark.parametrize(
    ("text", "comparison", "sure"),
    [
        ("Naps were longer in women with gout compared with women without gout.", "women without gout", True),
        ("Adults were compared with matched healthy controls.", "matched healthy controls", True),
        ("Adults were randomised to either naps or walking.", "either naps or walking", True),
        ("Adults received naps or usual care and were compared.", "usual care", True),
        ("Adults were randomised to the drug or to placebo.", "placebo", False),
        ("At the end of the placebo and the active periods, sleep was measured.", "placebo", False),
        ("Adults were compared with an earlier trial of oral placebo.", "oral placebo", False),
    ],
)
def test_a_comparison_is_of_a_sure_form_unless_it_is_placebo(text: str, comparison: str, sure: bool) -> None:
    assert form_of(StatedFactKind.COMPARISON, record(text, "METHODS")) == (comparison, sure)


@pytest.mark.parametrize(
    ("parts", "population", "sure"),
    [
        ({"RESULTS": "A 49-year-old woman with gout was examined."}, "49-year-old woman", True),
        ({"AIM": "To measure sleep in adults with severe gout."}, "adults with severe gout", True),
        ({"AIM": "To measure sleep in elderly adults."}, "elderly adults", False),
        ({"METHODS": "A total of 240 adults with severe gout were enrolled."}, "adults with severe gout", False),
        ({"METHODS": "A total of 240 hypertensive adults were enrolled."}, "hypertensive adults", False),
        ({"METHODS": "Eligible were adults with severe gout."}, "adults with severe gout", False),
        (
            {"AIM": "To measure sleep in adults with gout.", "METHODS": "A total of 240 elderly adults were enrolled."},
            "elderly adults",
            False,
        ),
    ],
)
def test_a_population_is_of_a_sure_form_in_the_aim_or_as_one_person(
    parts: dict[str, str], population: str, sure: bool
) -> None:
    one = make_record(abstract=tuple(AbstractPart(label, None, text) for label, text in parts.items()))
    assert form_of(StatedFactKind.POPULATION, one) == (population, sure)


def form_of(kind: StatedFactKind, one: Record) -> tuple[str, bool]:
    (fact,) = (fact for fact in find_facts(one) if fact.kind is kind)
    return one.abstract_text[fact.start : fact.end], fact.of_sure_form
