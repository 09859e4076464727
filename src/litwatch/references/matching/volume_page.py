"""Volume and first page of a printed reference, compared with a record's.

What is not printed, or not in a style that is known, is None, and None never speaks against a record.
"""

from __future__ import annotations

import re
from functools import lru_cache

from litwatch.articles.reference_list.printed_identifiers import without_identifiers
from litwatch.articles.reference_list.source_line import Place, find_place
from litwatch.model.record import Journal


@lru_cache(maxsize=8192)
def read_place(text: str) -> Place:
    """Volume and first page from a whole printed entry.

    >>> read_place("Wondmkun YT. Obesity. Diabetes Metab Syndr Obes. 2020;13:3611-3616.").first_page
    '3611'
    """
    return find_place(without_identifiers(text[-3000:])[0])


def compare_volume(place: Place, journal: Journal) -> bool | None:
    """Whether the volumes agree; None when either side is silent."""
    if place.volume is None or not journal.volume:
        return None
    return place.volume.lower() in re.findall(r"\w+", journal.volume.lower())


def compare_first_page(place: Place, journal: Journal) -> bool | None:
    """Whether the first pages agree; None when either side is silent."""
    first = re.match(r"\s*(\w+)", journal.pages or "")
    if place.first_page is None or first is None:
        return None
    return place.first_page.lower() == first[1].lower()
