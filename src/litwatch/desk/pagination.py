"""The pages of an article's new records ("leaves"): which records one page shows in full, and which it only lists.

A page must open on a phone however many records are open, so it holds one leaf; every other record is one link away.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.report.contents import Report, ReportedSignal, listed_evidence
from litwatch.report.view import SHOWN_IN_FULL, EvidenceGroup, group_by_sentence

LISTED = 100
"""So many of the records that follow are listed by their titles; the others are counted."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one page shows of the open new records; places count from 0."""

    first: int
    """The place of the first record in full."""
    total: int
    """All open new records that are not told as notices."""
    groups: tuple[EvidenceGroup, ...]
    """Those in full, under the sentences that they bear on."""
    listed: tuple[tuple[int, ReportedSignal], ...]
    """What follows, each with the ``first`` of the leaf that shows it in full."""

    def address(self, page: str) -> str:
        """Where this leaf of the ``page`` is found."""
        return f"{page}?from={self.first}" if self.first else page

    @property
    def last(self) -> int:
        """The place after the last record in full."""
        return min(self.first + SHOWN_IN_FULL, self.total)

    @property
    def before(self) -> int | None:
        """The ``first`` of the leaf before; None on the first."""
        return max(0, self.first - SHOWN_IN_FULL) if self.first else None

    @property
    def after(self) -> int | None:
        """The ``first`` of the next leaf; None on the last."""
        return self.last if self.last < self.total else None

    @property
    def next_size(self) -> int:
        """How many records the next leaf shows in full."""
        return min(SHOWN_IN_FULL, self.total - self.last)

    @property
    def unlisted(self) -> int:
        """How many follow those that are listed."""
        return self.total - self.last - len(self.listed)


def turn_to(report: Report, asked: str) -> Leaf:
    """The leaf with the record at the place that an address asks for; the first for what is no place."""
    records = listed_evidence(report)
    place = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0
    first = place // SHOWN_IN_FULL * SHOWN_IN_FULL if place < len(records) else 0
    last = first + SHOWN_IN_FULL
    return Leaf(
        first,
        len(records),
        group_by_sentence(records[first:last], report.article),
        tuple(
            (place // SHOWN_IN_FULL * SHOWN_IN_FULL, reported)
            for place, reported in enumerate(records[last : last + LISTED], last)
        ),
    )
