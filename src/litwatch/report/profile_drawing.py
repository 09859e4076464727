"""The profile as a small picture: a bar for each year, one band of evidence levels; all places in its own units.

Everything that the picture shows is said in its description too, for those who do not see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from litwatch.report.profile import Profile

WIDTH, BARS_HEIGHT = 640, 96
"""Units of the view box, and of the highest bar."""

_MOST_BARS = 32
_GAP = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``elsewhere`` stands on top of ``in_pubmed``."""

    x: float
    width: float
    in_pubmed: float
    elsewhere: float
    """Heights."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One evidence level's piece of the band."""

    x: float
    width: float
    shade: int
    """1 (best level) to 6, for the style sheet."""
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything stands, and what it says in words."""

    bars: tuple[Bar, ...]
    first: int
    last: int
    """The years under the first and the last bar."""
    highest: int
    """References in the highest bar."""
    band: tuple[Piece, ...]
    description: str


def drawing_of(profile: Profile, day: date) -> Drawing | None:
    """The picture up to the present year; None where no reference has a year."""
    if not profile.years:
        return None
    first, last = profile.years[0].year, max(day.year, profile.years[-1].year)
    step = -(-(last - first + 1) // _MOST_BARS)
    held: dict[int, tuple[int, int]] = {}
    for each in profile.years:
        place = (each.year - first) // step
        before = held.get(place, (0, 0))
        held[place] = before[0] + each.in_pubmed, before[1] + each.elsewhere
    places = (last - first) // step + 1
    highest = max(map(sum, held.values()))
    width = WIDTH / places
    unit = BARS_HEIGHT / highest
    return Drawing(
        bars=tuple(
            Bar(round(place * width, 1), round(max(width - _GAP, 1), 1), round(found * unit, 1), round(other * unit, 1))
            for place, (found, other) in sorted(held.items())
        ),
        first=first,
        last=last,
        highest=highest,
        band=_band(profile),
        description=describe(profile),
    )


def _band(profile: Profile) -> tuple[Piece, ...]:
    whole = sum(count for _, count in profile.levels)
    pieces, x = [], 0.0
    for shade, (label, count) in enumerate(profile.levels, 1):
        width = WIDTH * count / whole
        pieces.append(Piece(round(x, 1), round(max(width - _GAP, 1), 1), min(shade, 6), label, count))
        x += width
    return tuple(pieces)


def describe(profile: Profile) -> str:
    """What the picture shows, in two or three sentences."""
    years = ", ".join(f"{each.year}: {each.in_pubmed + each.elsewhere}" for each in profile.years)
    said = [f"References by year of publication: {years}."] if years else []
    if profile.undated:
        said.append(f"Without a year: {profile.undated}.")
    if profile.levels:
        levels = ", ".join(f"{label.lower()} {count}" for label, count in profile.levels)
        said.append(f"Evidence levels of the {profile.in_pubmed} in PubMed: {levels}.")
    return " ".join(said)
