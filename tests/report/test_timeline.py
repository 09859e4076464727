"""The picture over time: every record counted once, heights that tell the numbers, the same in words and as a table."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import html

from litwatch.decisions.verdict import Status
from litwatch.report import render
from litwatch.report.contents import Report
from litwatch.report.timeline import HEIGHT, MONTHS, WIDTH, Picture, picture_of
from tests.browser import samples
from tests.factories import FIRST_PMID, make_record, make_report, make_signal


def drawn(report: Report) -> Picture:
    picture = picture_of(report)
    assert picture is not None
    return picture


def report_with(*days: date, ranks: tuple[int | None, ...] = ()) -> Report:
    signals = [
        make_signal(
            pmid=FIRST_PMID + n,
            record=make_record(FIRST_PMID + n, entered=day),
            rank=ranks[n] if ranks else 2,
        )
        for n, day in enumerate(days)
    ]
    return make_report(Status.REVIEW_NEEDED, *signals)


def totals(picture: Picture) -> dict[str, int]:
    return {row.label: sum(row.counts) for row in picture.rows}


def test_new_evidence_stands_in_the_month_in_which_pubmed_got_it_by_level() -> None:
    days = (date(2026, 9, 1), date(2026, 11, 2), date(2026, 11, 30), date(2026, 11, 3))
    picture = drawn(report_with(*days, ranks=(1, 4, 7, None)))
    assert [(row.label, row.counts) for row in picture.rows] == [("2026-09", (1, 0, 0)), ("2026-11", (0, 1, 2))]
    assert picture.summary == (
        "4 open records: 1 of level 1 or 2, 1 of level 3 or 4 and 2 of level 5 to 7, or not known."
    )


def test_heights_are_in_proportion_and_nothing_leaves_the_picture() -> None:
    days = [date(2026, 11, 1)] * 6 + [date(2026, 10, 1)] * 3
    picture = drawn(report_with(*days))
    high, low = sorted(picture.boxes, key=lambda box: -box.height)
    assert high.height == pytest.approx(2 * low.height, abs=0.2)
    assert picture.highest == 6
    for box in picture.boxes:
        assert 0 <= box.x <= box.x + box.width <= WIDTH
        assert 0 <= box.y <= box.y + box.height <= HEIGHT


def test_what_is_older_than_the_picture_is_counted_in_one_column_before_it() -> None:
    days = [date(2026, 11, 1), *(date(2015, 1, n) for n in range(1, 6))]
    picture = drawn(report_with(*days))
    assert totals(picture) == {"before 2024-12": 5, "2026-11": 1}
    assert len(picture.ticks) <= 4
    assert MONTHS == 24


def test_nothing_to_show_is_no_picture_and_no_section() -> None:
    report = report_with()
    assert picture_of(report) is None
    assert "over time" not in render.report_html(report)
    assert "over time" not in render.report_markdown(report)


def test_the_page_says_each_picture_in_words_and_numbers_too() -> None:
    report = samples.urgent_report()
    page = html.fromstring(render.report_html(report))
    (chart,), picture = page.xpath("//svg[@class='chart']"), drawn(report)
    (caption,) = page.xpath(f"//*[@id='{chart.get('aria-labelledby')}']")
    assert picture.summary in caption.text_content()
    cells = [cell.text_content() for cell in chart.getparent().xpath(".//tbody//td")]
    assert sum(map(int, cells)) == sum(sum(row.counts) for row in picture.rows) == 5
    assert len(chart.xpath(".//rect")) == sum(n > 0 for row in picture.rows for n in row.counts)


def test_the_markdown_has_the_same_numbers_as_a_table() -> None:
    report = samples.urgent_report()
    source = render.report_markdown(report)
    picture = drawn(report)
    assert picture.summary in source
    for row in picture.rows:
        cells = " | ".join(map(str, row.counts))
        assert f"\n| {row.label} | {cells} |\n" in source.replace("\\-", "-")
