"""Whether what is kept of an article for the pages about all articles is still what its report would say.

A line is read from the article's last night, from what people have said up to a judgement, and from two files. It
changes with time only where something that was put off is open again. What other articles' nights learn of the same
papers is told with the article's own next night, as its verdict is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LineBasis:
    """What a kept line was read from."""

    night: int
    """The number of the article's night."""
    heard: int
    """The number of the last judgement, of all articles, that it can tell of."""
    good_from: date | None
    """The last day, until it was read, on which something that was put off was open again; None for never."""
    good_until: date | None
    """The first day after that on which something that was put off is open again; None for never."""
    files: str
    """The state of the topic file and the article's."""


@dataclass(frozen=True, slots=True)
class LineNow:
    """What is in the store now of an article."""

    night: int
    """The number of its last night."""
    judged: int
    """The number of the last judgement about it, or 0 where no kept line lacks it."""


def still_stands(kept: LineBasis, now: LineNow, *, files: str, day: date) -> bool:
    """Whether a line that was kept says on a day what the article's report would say; ``files``: their state now."""
    told = kept.night == now.night and now.judged <= kept.heard
    same_day = (kept.good_from is None or kept.good_from <= day) and (kept.good_until is None or day < kept.good_until)
    return told and same_day and kept.files == files != ""
