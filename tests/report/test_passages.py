"""What a record says about a sentence, quoted with marks: nothing is lost, nothing acts, all three formats agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.decisions.result_passage import NoResult
from litwatch.decisions.sentences_touched import Bearing, Passage
from litwatch.decisions.verdict import Status
from litwatch.model.record import AbstractPart, Record
from litwatch.report.contents import Report
from litwatch.report.passages import LONGEST, SHOWN, cut, stated
from litwatch.report.render import report_html, report_json, report_markdown
from tests.factories import make_article, make_record, make_report, make_signal

RESULT = "Sleep apnoea raised it by 20%."


def quoted(text: str, words: tuple[tuple[int, int], ...], *, title: str = "An invented paper") -> Report:
    """A report with one new record whose second abstract part is ``text``, all of it the passage."""
    record = make_record(
        title=title, abstract=(AbstractPart("AIM", None, "To see."), AbstractPart("RESULTS", None, text))
    )
    bearing = Bearing(1, 0.5, ((0, 3),), Passage(1, 0, len(text), words), ())
    return make_report(Status.NO_SIGNAL, make_signal(record=record, bearings=(bearing,)))


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_the_stretches_are_the_text_character_by_character(text: str, spans: list[tuple[int, int]]) -> None:
    stretches = cut(text, spans)
    assert "".join(stretch.text for stretch in stretches) == text
    assert all(stretch.text for stretch in stretches)
    assert all(one.marked != other.marked for one, other in pairwise(stretches))


def test_words_that_a_blank_or_a_hyphen_parts_are_one_mark() -> None:
    text = "after sleep apnoea-like nights"
    assert [s.text for s in cut(text, [(6, 11), (12, 18), (19, 23)]) if s.marked] == ["sleep apnoea-like"]


def test_sentence_and_passage_are_highlighted_in_the_page() -> None:
    page = report_html(quoted(RESULT, ((0, 5), (6, 12))))
    start = make_article().sentences[0].text[:3]
    assert f"<mark>{start}</mark>" in page
    assert page.count("<mark>Sleep apnoea</mark> raised it by 20%.") == 1
    assert f"<mark>{RESULT}</mark>" in page, "the passage stands out in the whole abstract, too"
    assert "you decide whether it contradicts, reinforces or clarifies the sentence" in page


def test_markdown_and_json_tell_the_same_passage() -> None:
    report = quoted(RESULT, ((0, 5), (6, 12)))
    assert "“**Sleep apnoea** raised it by 20%.” (results, on sentence 1)" in report_markdown(report)
    (item,) = json.loads(report_json(report))["new_evidence"]
    (bearing,) = item["bearings"]
    passage = bearing["passage"]
    abstract = item["record"]["abstract"]
    assert abstract[passage["start"] : passage["end"]] == passage["text"] == RESULT
    assert [abstract[a:b] for a, b in passage["words"]] == ["Sleep", "apnoea"]


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script> & <img src=x onerror=alert(1)>",
        "</mark></blockquote><h1>Retracted</h1>",
        "{{ 7 * 7 }} {% raw %}",
        "*bold* [link](javascript:alert(1)) `code` **",
        "left \u202eright\u202c \x00 end",
    ],
)
def test_a_hostile_passage_stays_text_wherever_the_marks_fall(evil: str) -> None:
    for place in range(0, len(evil) - 2, 5):
        report = quoted(evil, ((place, place + 3),), title=evil)
        page, text = report_html(report), report_markdown(report)
        assert "<script" not in page
        assert "<img" not in page
        assert "<h1>Retracted" not in page
        assert "\u202e" not in page + text
        assert "49" not in page.partition('class="said"')[2][:400]
        assert re.search(r"(?<!\\)\]\(javascript|(?<!\\)`code", text) is None


def test_a_result_without_a_full_stop_is_cut_and_says_so() -> None:
    found = stated(quoted("It fell by 20% of the " * 100, ((0, 2),)).signals[0])
    assert sum(len(stretch.text) for stretch in found.stretches) == LONGEST + 1
    assert found.stretches[-1].text == "…"


def test_marks_of_an_abstract_that_has_changed_since_are_left_out() -> None:
    (reported,) = quoted(RESULT, ((0, 5),)).signals
    shorter: Record = replace(reported.record, abstract=())
    found = stated(replace(reported, record=shorter))
    assert (found.stretches, found.nothing) == ((), NoResult.NO_ABSTRACT)


def test_one_result_for_two_sentences_is_printed_once() -> None:
    (reported,) = quoted(RESULT, ((0, 5),)).signals
    first = reported.signal.bearings[0]
    both = replace(reported, signal=replace(reported.signal, bearings=(first, replace(first, sentence=2))))
    assert stated(both).sentences == (1, 2)


def protocol() -> Report:
    record = make_record(
        abstract=(
            AbstractPart(None, None, "Sleep apnoea is common. Patients will be treated. Sleep will be measured."),
        )
    )
    return make_report(Status.NO_SIGNAL, make_signal(record=record))


@pytest.mark.parametrize("form", [report_html, report_markdown])
def test_a_protocol_is_said_to_state_no_result(form: Callable[[Report], str]) -> None:
    page = form(protocol())
    assert "The abstract states no result: it tells what is planned." in page
    assert json.loads(report_json(protocol()))["new_evidence"][0]["no_result"] == "none_stated"


def test_facts_stand_in_one_line_and_by_their_places_in_the_json() -> None:
    text = "In a randomised controlled trial, 240 patients with sleep apnoea were enrolled. "
    text += "The risk fell (HR 0.8; 95% CI 0.7 to 0.9)."
    report = quoted(text, ())
    assert "Design: <bdi>“randomised controlled trial”</bdi> · Number: <bdi>“240 patients”</bdi>" in report_html(report)
    (item,) = json.loads(report_json(report))["new_evidence"]
    assert item["record"]["abstract"][item["result"]["start"] : item["result"]["end"]] == item["result"]["text"]
    assert {fact["kind"] for fact in item["facts"] if fact["shown"]} == {"design", "number", "effect"} <= SHOWN
    for fact in item["facts"]:
        assert item["record"]["abstract"][fact["start"] : fact["end"]] == fact["text"]


@pytest.mark.parametrize(
    ("compared", "shown"), [("women without sleep apnoea", True), ("placebo", False), ("oral placebo", False)]
)
def test_what_was_compared_is_shown_unless_it_is_placebo(compared: str, shown: bool) -> None:
    text = f"We aimed to study sleep in women with sleep apnoea. The risk fell in 240 women compared with {compared}."
    report = quoted(text, ())
    for page in (report_html(report), report_markdown(report)):
        assert ("Comparison: " in page) is shown
        assert "Population: " not in page
    (item,) = json.loads(report_json(report))["new_evidence"]
    told = {fact["kind"]: (fact["text"], fact["shown"]) for fact in item["facts"]}
    assert told["comparison"] == (compared, shown)
    assert told["population"] == ("women with sleep apnoea", False)
