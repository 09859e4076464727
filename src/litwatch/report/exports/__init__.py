"""What litwatch hands to other programs: citation files, an Atom feed, a calendar, a statement of currency.

    records → CSV, RIS, BibTeX, NBIB            ``citation_files``
    reports → Atom, iCalendar, JSON-LD          ``atom_feed``, ``calendar``, ``currency``

Every function takes values and gives text; the same values give the same bytes. Titles and names come from outside,
so each form gets them on one line, without control characters, with its own special characters escaped, and no cell of
a table can be a formula.
"""

from litwatch.report.exports.atom_feed import atom_feed
from litwatch.report.exports.calendar import reassess_calendar
from litwatch.report.exports.citation_files import CITATION_FORMS, bibtex, csv_table, nbib, ris
from litwatch.report.exports.currency import currency_statement

__all__ = [
    "CITATION_FORMS",
    "atom_feed",
    "bibtex",
    "csv_table",
    "currency_statement",
    "nbib",
    "reassess_calendar",
    "ris",
]
