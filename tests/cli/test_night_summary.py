"""What a night prints: two lines an article on a small site, counts and the most urgent on one of many articles."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.cli.night_summary import ONE_BY_ONE, print_summary
from litwatch.decisions.verdict import Status
from litwatch.night.night_outcome import NightSummary, TopicOutcome
from litwatch.report.contents import Report
from tests.factories import make_sweep, make_topic, make_verdict


def never() -> Report:
    raise AssertionError("a report was read")


def test_a_night_of_many_articles_is_told_on_one_screen_without_reading_a_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def status(number: int) -> Status:
        return Status.REVIEW_NOW if number == 39 else Status.REVIEW_NEEDED if number % 2 else Status.NO_SIGNAL

    outcomes = tuple(
        TopicOutcome(make_topic(f"a-{number}"), make_verdict(status(number)), (make_sweep(),), None, ("x",), never)
        for number in range(60)
    )
    print_summary(NightSummary("r", "nightly", date(2026, 11, 3), outcomes, (), (), None, "reports/index.html"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == ONE_BY_ONE + 4
    assert lines[1].startswith("  a-39: review now"), "the most urgent first"
    assert "  and 10 more that ask for a review, on the index page" in lines
    assert "  60 articles: 1 review now, 29 review needed, 30 no signal" in lines
    assert lines[-1] == "  index   reports/index.html"
