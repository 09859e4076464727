"""The article's own sentences in a report: numbers, leads of list items, marks, and markers into its reference list."""

from __future__ import annotations

from dataclasses import replace

from lxml import html

from litwatch.articles.model import BlockKind, Marker, Section, Sentence, Uncertainty
from litwatch.decisions.verdict import Status
from litwatch.model.reference import Reference
from litwatch.model.topic import Pin
from litwatch.report import render
from litwatch.report.view import marker_position, quote_all
from tests.browser import samples
from tests.factories import (
    FIRST_PMID,
    make_article,
    make_reference,
    make_report,
    make_retraction,
    make_sentence,
    make_signal,
    make_topic,
)
from tests.shown import both_forms


def test_a_record_stands_once_under_the_sentence_that_it_concerns_most() -> None:
    signal = make_signal(sentences=(2, 1))
    page = html.fromstring(render.report_html(make_report(Status.REVIEW_NEEDED, signal)))
    (card,) = page.xpath("//*[@id='new-99000001']")
    assert card.xpath(".//figcaption/a/@href") == ["#s2"]
    assert card.xpath(".//p[@class='links']//a[@href='#s1']")


def test_a_signal_for_a_sentence_that_the_article_has_lost_is_still_shown() -> None:
    page = render.report_html(make_report(Status.REVIEW_NEEDED, make_signal(sentences=())))
    assert "no specific sentence" in page


def test_touched_sentences_are_marked_with_words_and_not_by_colour_alone() -> None:
    page = html.fromstring(render.report_html(samples.urgent_report()))
    marks = page.xpath("//mark")
    assert {mark.get("id") for mark in marks} == {"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"}
    for mark in marks:
        assert mark.getparent().xpath(".//span[contains(@class, 'touch')]")
    assert page.xpath("//span[@id='s9']")


def test_markers_lead_to_the_numbered_entry() -> None:
    page = html.fromstring(render.report_html(make_report()))
    assert page.xpath("//sup/a/@href") == ["#ref-1", "#ref-1", "#ref-2"]


def unnumbered(position: int) -> Reference:
    return make_reference(position, number=None)


def test_a_marker_into_an_unnumbered_list_is_never_guessed() -> None:
    article = make_article(references=(unnumbered(1), unnumbered(2)), references_numbered=False)
    page = html.fromstring(render.report_html(make_report(article=article)))
    assert set(page.xpath("//sup/a/@href")) == {"#references"}
    assert "has no numbers" in page.text_content()
    assert marker_position(1, article, ()) is None


def test_a_pin_says_which_entry_a_marker_means() -> None:
    article = make_article(references=(unnumbered(1), unnumbered(2)), references_numbered=False)
    pins = (Pin(1, 2, None, None), Pin(2, None, None, None, not_in_pubmed=True))
    assert (marker_position(1, article, pins), marker_position(2, article, pins)) == (2, None)
    page = html.fromstring(render.report_html(make_report(article=article, topic=make_topic(pins=pins))))
    assert page.xpath("//li[@id='ref-2']/span/text()") == ["[1]"]


def test_what_pins_have_settled_is_no_longer_called_uncertain() -> None:
    doubt = Uncertainty("mapping-uncertain", "Which marker means which is not certain.")
    other = Uncertainty("no-question", "No question was found.")
    article = make_article(references=(unnumbered(1), unnumbered(2)), references_numbered=False)
    article = replace(article, uncertain=(doubt, other))
    by_place = tuple(Pin(number, None, FIRST_PMID, None) for number in article.markers)
    for pins, told in ((by_place[1:], True), (by_place, False)):
        for shown in both_forms(make_report(article=article, topic=make_topic(pins=pins))):
            assert (doubt.message in shown) is told
            assert other.message in shown


def test_a_marker_without_an_entry_leads_to_the_list_with_a_question_mark() -> None:
    sentence = replace(make_article().sentences[0], markers=(Marker(9, "9", sure=True),))
    section = replace(make_article().sections[0], sentences=(sentence,))
    page = html.fromstring(render.report_html(make_report(article=make_article(sections=(section,)))))
    assert page.xpath("//sup/a/text()") == ["9?"]


def test_every_sentence_shows_its_number_which_no_screen_reader_reads_into_the_text() -> None:
    report = samples.urgent_report()
    page = html.fromstring(render.report_html(report))
    places = page.xpath("//*[@class='place']")
    assert [each.text for each in places] == [f"({sentence.number})" for sentence in report.article.sentences]
    assert all(each.get("aria-hidden") == "true" for each in places)
    for each in places:
        assert each.tail == "\u00a0", "no line may end between a number and its sentence"
        assert each.getnext().get("id") == f"s{each.text.strip('()')}"


def listed(*sentences: Sentence, heading: str = "Associated conditions") -> dict[int, str]:
    article = make_article(sections=(Section(heading, 2, sentences),))
    return {number: quote.lead for number, quote in quote_all(article).items()}


def item(number: int, text: str = "Type 2 diabetes", depth: int = 0) -> Sentence:
    return make_sentence(number, text, kind=BlockKind.BULLET, depth=depth)


def test_an_item_of_a_list_has_the_sentence_that_opens_the_list_as_its_lead() -> None:
    opening = make_sentence(1, "It goes with:")
    assert listed(opening, item(2), item(3)) == {1: "", 2: "It goes with", 3: "It goes with"}


def test_an_item_of_a_list_without_such_a_sentence_has_the_heading_as_its_lead() -> None:
    assert listed(item(1), item(2)) == {1: "Associated conditions", 2: "Associated conditions"}
    assert listed(make_sentence(1, "Opens:"), make_sentence(2, "Ends."), item(3))[3] == "Associated conditions"
    assert listed(item(1), heading="") == {1: ""}


def test_an_inner_item_has_the_nearest_outer_item_that_opens_it_as_its_lead() -> None:
    leads = listed(make_sentence(1, "Outer:"), item(2, "Inner:"), item(3, depth=1), item(4, depth=1), item(5))
    assert leads == {1: "", 2: "Outer", 3: "Inner", 4: "Inner", 5: "Outer"}
    assert listed(make_sentence(1, "Outer:"), item(2, "No colon"), item(3, depth=1))[3] == "Outer"
    other = (item(2, "Another:"), item(3, "No colon"), item(4, depth=1))
    assert listed(make_sentence(1, "Outer:"), *other)[4] == "Outer"


def test_a_quoted_item_of_a_list_stands_behind_its_lead() -> None:
    opening = make_sentence(1, "It goes with:")
    article = make_article(sections=(Section("Conditions", 2, (opening, item(2))),))
    told = (make_retraction(sentences=(2,)), make_signal(sentences=(2,)))
    for shown in both_forms(make_report(Status.REVIEW_NOW, *told, article=article)):
        assert shown.count("It goes with › Type 2 diabetes") >= 2, (
            "with the lead, and in the Markdown with its notice again"
        )
