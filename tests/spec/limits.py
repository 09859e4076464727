"""The windows and limits that a board signs, as it signed them: the page prints them, a test holds the program to them.

A figure is written here in words and as a number of its own, never read from the program: a changed constant must not
change what was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from litwatch.decisions import (
    awaited_records,
    completeness,
    reference_schedule,
    related_papers,
    search_signs,
    search_window,
)
from litwatch.decisions import related_papers_schedule as weekly
from litwatch.references.matching import title_search


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure."""

    name: str
    """As the source calls it."""
    now: timedelta | float
    """What the program goes by."""
    signed: timedelta | float
    means: str
    why: str
    """The reason, with the source of the figure where there is one."""

    @property
    def shown(self) -> str:
        """The signed figure as the page prints it."""
        if isinstance(self.signed, timedelta):
            return f"{self.signed.days} days"
        return f"{self.signed * 100:g} %" if isinstance(self.signed, float) else str(self.signed)


def _days(number: int) -> timedelta:
    return timedelta(days=number)


SEARCH = (
    Limit(
        "FIRST_LOOK", search_window.FIRST_LOOK, _days(365),
        "how far the first search looks back for an article without any date",
        "as long as a review is good for unless set otherwise (R-07, R-08)",
    ),
    Limit(
        "OVERLAP", search_window.OVERLAP, _days(30),
        "how far before an article's date a record is still news; how far before the watermark changes are read again;"
        " how long a feed's paper is looked up",
        "records become findable days after their dates; ReCiter lost papers with less (ReCiter#689 to #738)",
    ),
    Limit(
        "LOOK_BACK", search_window.LOOK_BACK, _days(100),
        "how far each later search looks back before the watermark",
        "headings and late words come after the dates (R-22); PubCrawler has looked back as far since 2004",
    ),
    Limit(
        "EDGE", search_signs.EDGE, _days(2),
        "days at a window's beginning on which nothing is expected",
        "PubMed's index and a record's own dates may differ by a day",
    ),
    Limit(
        "FEWEST", search_signs.FEWEST, 3,
        "papers that a search must have lost before it is not believed",
        "more than chance: each has been looked up by its PMID",
    ),
    Limit(
        "LOST_SHARE", search_signs.LOST_SHARE, 0.5,
        "share of what must be found that it must have lost besides; fewer are named in the report",
        "a few may have been indexed anew",
    ),
    Limit(
        "KEPT_AFTER_EDIT", search_signs.KEPT_AFTER_EDIT, 0.2,
        "share of what the strategy before it found that an edited one must find; at or below it an editor is asked",
        "an edit may narrow a strategy on purpose; litwatch's own figure",
    ),
    Limit(
        "FEWEST_CITED", search_signs.FEWEST_CITED, 4,
        "cited papers that can be held against a strategy, from which on what it misses of them is judged",
        "of fewer, one paper on methods would decide; litwatch's own figure",
    ),
    Limit(
        "IN_VAIN", search_signs.IN_VAIN, _days(365),
        "days that a strategy has searched without finding any paper, from which on it is said to find nothing",
        "a narrow question may bring nothing for months; litwatch's own figure",
    ),
    Limit(
        "PATIENCE", awaited_records.PATIENCE, 3,
        "days on which a record that does not come still fails its sweep",
        "one record that PubMed cannot serve must not hold up all others",
    ),
    Limit(
        "SILENCE", awaited_records.SILENCE, 3,
        "days in a row on which complete searches must not name it before it is no longer asked for",
        "a single answer may be false",
    ),
    Limit(
        "FEED_PATIENCE", awaited_records.FEED_PATIENCE, 7,
        "days on which PubMed must have no record of a PMID that a feed names before it is no longer waited for",
        "PubMed numbers a record when it enters it; a feed may name anything",
    ),
    Limit(
        "OUTAGE", completeness.OUTAGE, 2,
        "batches of a fetch in a row without an answer after which nothing more is asked",
        "one alone may be a single record's fault",
    ),
    Limit(
        "CONTROLS", completeness.CONTROLS, 3,
        "records known to exist, at most, that are asked for together with what an answer left out",
        "one that comes proves that PubMed has no record of the others; one may have been deleted",
    ),
    Limit(
        "KEPT_SHARE", completeness.KEPT_SHARE, 0.97,
        "share of its entries that a new Retraction Watch table must have kept to be believed",
        "entries are added to the table and hardly ever removed; one that was cut off would lift warnings",
    ),
    Limit(
        "SPARED", completeness.SPARED, 10,
        "entries that may be gone from a Retraction Watch table all the same, as long as half are left",
        "a small table changes by larger shares",
    ),
    Limit(
        "WHOLE_TABLE", completeness.WHOLE_TABLE, 60_000,
        "rows that the table at Crossref's own address must have; a smaller one from elsewhere is told as an extract",
        "it had 71,311 in August 2026 and only grows",
    ),
    Limit(
        "OLD_TABLE", completeness.OLD_TABLE, _days(30),
        "how long after its newest notice or last reading a Retraction Watch table is told as old",
        "Crossref renews it each working day",
    ),
    Limit(
        "AGAIN_AFTER", reference_schedule.AGAIN_AFTER, _days(7),
        "after how long a reference that was not found is looked up again, on one of the seven days from then on; at"
        " once where its entry changes or a person asks for a check",
        "PubMed gets most records within a week of publication; what it never gets cost six requests in seven",
    ),
    Limit(
        "ONCE_IN", reference_schedule.ONCE_IN, _days(28),
        "how often it is looked up from then on",
        "what the nights store is compared with it every night, without a request",
    ),
    Limit(
        "NEIGHBOURS", title_search.NEIGHBOURS, 20,
        "records that the search for a reference's title may propose",
        "all are judged; the others are the rivals among which the paper must stand out",
    ),
)  # fmt: skip
"""How far is searched, and when an answer is not believed."""

BESIDE = (
    Limit(
        "LOOK_EVERY", weekly.LOOK_EVERY, _days(7),
        "how long a look beside the searches is good for at most while its question stays the same; each article has"
        " its own day of the week",
        "it only supplements the strategy (R-24)",
    ),
    Limit(
        "SEEDS", related_papers.SEEDS, 3,
        "newest cited papers, and largest ones, whose similar and citing papers are asked for",
        "found 69 of 72 (R-23)",
    ),
    Limit(
        "MOST_SUPPLEMENTARY", weekly.MOST_SUPPLEMENTARY, 100,
        "similar or citing papers kept, best first",
        "a median of 71 had to be read to find what was new (R-23)",
    ),
    Limit(
        "MOST_NEWER", weekly.MOST_NEWER, 50,
        "records that the search for newer versions may bring, most relevant first",
        "each series has few editions",
    ),
    Limit(
        "MOST_FETCHED", weekly.MOST_FETCHED, 200,
        "records of one look that are fetched, newer versions first",
        "one request (NCBI, NBK25499)",
    ),
    Limit(
        "COUNTED_DAYS", weekly.COUNTED_DAYS, _days(365),
        "days of entry dates over which the cost of a change is counted, shown as records a month",
        "a whole year, because some months are slow",
    ),
    Limit(
        "MOST_COUNTS", weekly.MOST_COUNTS, 10,
        "proposed changes to a strategy whose cost is counted",
        "each is a request",
    ),
)  # fmt: skip
"""What is asked beside the searches; a notice about a cited paper is bound by none of it."""

LIMITS = (*SEARCH, *BESIDE)

SIGNED_MODULES = (
    awaited_records,
    completeness,
    reference_schedule,
    related_papers,
    search_signs,
    search_window,
    title_search,
    weekly,
)
"""Every public figure of these stands in a table."""
