"""What litwatch hands to other programs: citation files, an Atom feed, a calendar, a statement of currency.

    records → CSV, RIS, BibTeX, NBIB            ``citation_files``
    article lines → Atom, iCalendar, JSON-LD    ``atom_feed``, ``calendar``, ``currency``
    an article's changes → Atom                 ``atom_feed``

Every function takes values and gives text; the same values give the same bytes. Titles and names come from outside,
so each form gets them on one line, without control characters, with its own special characters escaped, and no cell of
a table can be a formula.
"""

from litwatch.report.exports.atom_feed import (
    CHANGES,
    MOST_CHANGES,
    article_entry,
    atom_feed,
    changes_feed,
    failed_entry,
    feed_of,
)
from litwatch.report.exports.calendar import calendar_of, reassess_calendar, reassess_event
from litwatch.report.exports.citation_files import CITATION_FORMS, bibtex, csv_table, nbib, ris
from litwatch.report.exports.currency import currency_statement, only_searched_on

__all__ = [
    "CHANGES",
    "CITATION_FORMS",
    "MOST_CHANGES",
    "article_entry",
    "atom_feed",
    "bibtex",
    "calendar_of",
    "changes_feed",
    "csv_table",
    "currency_statement",
    "failed_entry",
    "feed_of",
    "nbib",
    "only_searched_on",
    "reassess_calendar",
    "reassess_event",
    "ris",
]
