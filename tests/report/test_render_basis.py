"""What an article rests on, as it is shown: the picture with its words, misses with their cost, failures said."""

from __future__ import annotations

from dataclasses import replace

from lxml import html

from litwatch.report import render
from litwatch.report.profile_drawing import drawing_of
from tests.browser.samples import make_basis, urgent_report
from tests.factories import DAY, make_record, make_report

REPORT = urgent_report()


def test_the_picture_says_in_words_what_it_shows_to_those_who_do_not_see_it() -> None:
    (picture,) = html.fromstring(render.report_html(REPORT)).xpath("//section[@id='basis']//svg[@role='img']")
    drawing = drawing_of(make_basis().profile, DAY)
    assert drawing
    named = {part.get("id"): part.text for part in picture.xpath("title | desc")}
    assert picture.get("aria-labelledby").split() == list(named)
    assert drawing.description in named.values()
    assert len(picture.xpath(".//rect")) == sum(
        bool(bar.in_pubmed) + bool(bar.elsewhere) for bar in drawing.bars
    ) + len(drawing.band)


def test_page_and_text_say_the_same_of_misses_newer_versions_and_supplements() -> None:
    for page in (html.fromstring(render.report_html(REPORT)).text_content(), render.report_markdown(REPORT)):
        plain = " ".join(page.replace("\\", "").replace("**", "").split())
        assert "A newer version may exist: Standards of sleep in shift workers-2026." in plain
        assert "it does not mean that the cited version was withdrawn" in plain
        assert "Known-item recall: 2 of 3" in plain
        assert "Cost: about 14.2 records per month" in plain
        assert "It found 1 of the 2 other cited papers" in plain
        assert "NCBI gave no usable answer" in plain
        assert "15 % are not, and are not monitored" in plain


def test_a_report_without_a_basis_has_no_such_section() -> None:
    assert 'id="basis"' not in render.report_html(make_report())


def test_hostile_titles_stay_text_in_the_basis() -> None:
    hostile = make_record(title='</title><script>alert(1)</script>{{ 7 * 7 }}"')
    basis = make_basis()
    report = replace(
        REPORT,
        basis=replace(
            basis,
            newer=(replace(basis.newer[0], record=hostile, reasons=("<b>",)),),
            profile=replace(basis.profile, newest_guideline=hostile, levels=(('"><script>', 1),)),
        ),
    )
    page = render.report_html(report)
    assert "<script" not in page
    assert "{{ 7 * 7 }}" in page
