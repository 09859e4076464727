"""A kept line stands exactly as long as nothing that it was read from has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from litwatch.decisions.line_currency import LineBasis, LineNow, still_stands

KEPT = LineBasis(night=7, heard=20, good_from=date(2026, 11, 20), good_until=date(2026, 12, 1), files="a")
NOW = LineNow(night=7, judged=20)
DAY = date(2026, 11, 30)


def test_a_line_stands_while_nothing_has_changed() -> None:
    assert still_stands(KEPT, NOW, files="a", day=DAY)
    assert still_stands(replace(KEPT, good_until=None), NOW, files="a", day=date(2036, 1, 1))
    assert still_stands(replace(KEPT, good_from=None), NOW, files="a", day=date(2016, 1, 1))
    assert still_stands(KEPT, NOW, files="a", day=date(2026, 11, 20))
    assert still_stands(KEPT, replace(NOW, judged=3), files="a", day=DAY)


@pytest.mark.parametrize(
    ("now", "files", "day"),
    [
        (replace(NOW, night=8), "a", DAY),
        (replace(NOW, judged=21), "a", DAY),
        (NOW, "b", DAY),
        (NOW, "a", date(2026, 12, 1)),
        (NOW, "a", date(2026, 11, 19)),
    ],
    ids=[
        "another night",
        "somebody has answered",
        "a file has changed",
        "what was put off is open again",
        "it was not yet",
    ],
)
def test_a_line_falls_with_what_it_was_read_from(now: LineNow, files: str, day: date) -> None:
    assert not still_stands(KEPT, now, files=files, day=day)


def test_a_line_of_files_whose_state_is_not_known_never_stands() -> None:
    assert not still_stands(replace(KEPT, files=""), NOW, files="", day=DAY)
