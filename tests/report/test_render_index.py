"""The index of all reports: in order of urgency, with counts, dates and plain links."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import html

from litwatch.decisions.verdict import Status
from litwatch.report import render
from litwatch.report.article_line import PastReport, index_entry, line_of
from litwatch.report.contents import FailedTopic
from tests.browser import samples
from tests.factories import DAY, make_report, make_verdict
from tests.shown import text_of


def test_the_index_is_in_order_of_urgency_with_dates_counts_and_history() -> None:
    page = html.fromstring(render.index_html(samples.index_entries(), samples.FAILED, on=DAY))
    assert page.xpath("//ol[@class='queue']/li/@id") == [
        "insulin-resistance",
        "sleep-apnoea",
        "iron-deficiency",
        "vitamin-b12",
    ]
    shown = " ".join(page.text_content().split())
    assert "gout-diet: queries/gout-diet.yaml" in shown
    assert "2 notices about cited papers · 5 new records" in shown
    assert "updated 16 February 2025 · reviewed 1 September 2025 · about 17 of 100 as old are out of date" in shown
    assert shown.count("evidence searched to") == 1, "of the one that is not searched to the day before"
    assert "Search not complete" in shown
    assert "Demonstration data" in shown
    assert page.xpath("//details//a/@href")[0] == "insulin-resistance/2026-11-21.html"


def test_the_index_counts_every_status() -> None:
    page = html.fromstring(render.index_html(samples.index_entries(), (), on=DAY))
    assert [" ".join(li.text_content().split()) for li in page.xpath("//ul[@class='tally']/li")] == [
        "1Review now",
        "0Review needed",
        "1Not surveyed",
        "2No signal",
    ]


def test_an_index_of_nothing_says_what_to_do() -> None:
    assert "queries/" in text_of(render.index_html((), (), on=DAY))
    assert "Demonstration" not in text_of(render.index_html((), (), on=DAY))


def test_one_looks_for_an_article_among_several_and_by_status_where_they_differ() -> None:
    several = samples.index_entries()
    same = tuple(entry for entry in several if entry.status is Status.NO_SIGNAL)
    for entries, searched, sorted_out in ((several, 1, 3), (same, 1, 0), (several[:1], 0, 0), ((), 0, 0)):
        page = html.fromstring(render.index_html(entries, (), on=DAY))
        assert len(page.xpath("//*[@role='search']")) == searched
        assert len(page.xpath("//*[@role='search']//input[@type='checkbox']")) == sorted_out


def test_the_index_lists_the_last_reports_and_counts_those_before_them() -> None:
    past = PastReport(date(2026, 11, 1), Status.NO_SIGNAL, "a/2026-11-01.html")
    entry = index_entry(line_of(make_report()), on=DAY, link="a/2026-11-22.html", history=(past,), before_history=1200)
    shown = text_of(render.index_html((entry,), (), on=DAY))
    assert "1,201 earlier reports" in shown
    assert "and 1,200 before it, in the folder" in shown


def test_the_index_links_to_plain_relative_names_only() -> None:
    past = PastReport(date(2026, 11, 1), Status.NO_SIGNAL, "../../etc/passwd")
    entry = index_entry(line_of(make_report()), on=DAY, link="a/2026-11-22.html", history=(past,))
    with pytest.raises(ValueError, match="relative link"):
        render.index_html((entry,), (FailedTopic("a", "b"),), on=DAY)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2011, 1, 5), "was due on 5 January 2011"),
        (DAY, "due on 22 November 2026"),
        (date(2027, 2, 16), "due on 16 February 2027"),
        (None, "not set"),
    ],
)
def test_the_index_says_when_a_re_assessment_is_or_was_due(due: date | None, said: str) -> None:
    report = make_report(verdict=make_verdict(reassess_on=due))
    page = html.fromstring(render.index_html((index_entry(line_of(report), on=DAY, link="a/x.html"),), (), on=DAY))
    assert f"re-assessment {said}" in " ".join(page.text_content().split())
    assert len(page.xpath("//*[contains(@class, 'overdue')]")) == said.startswith("was due")
