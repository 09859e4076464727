"""The line that cites a record in EFetch's text forms: journal, date, volume, pages, DOI and its other date.

As recorded in 2019 to 2026: an article of an electronic collection is dated by its electronic day and names the
collection at the end (``eCollection 2025``), one that was printed names the electronic day (``Epub 2022 Nov 21``), and
one that is not printed yet says so (``Online ahead of print``).
"""

from __future__ import annotations

from typing import NamedTuple

from litwatch.standin.docsum import Summary


class Dating(NamedTuple):
    """How a record's publication model dates its citation."""

    day: str
    """``2022 Nov 21``."""
    rest: str
    """What follows the DOI, with its full stop; empty where nothing does."""


def dating(summary: Summary) -> Dating:
    """The day of the citation and what is said of the other one."""
    printed, electronic = summary.published, summary.electronic
    if not electronic:
        return Dating(printed, "")
    if summary.status == "aheadofprint":
        return Dating(electronic, "Online ahead of print.")
    match summary.model:
        case "Electronic-eCollection":
            return Dating(electronic, f"eCollection {printed}.")
        case "Electronic-Print":
            return Dating(electronic, f"Print {printed}.")
        case "Print-Electronic":
            return Dating(printed, f"Epub {electronic}.")
    return Dating(printed, "")


def cite(summary: Summary) -> str:
    """``Nature. 2023 Jan;613(7944):565-574. doi: 10.1038/s41586-022-05555-7. Epub 2022 Nov 21.``"""
    day, rest = dating(summary)
    issue = f"({summary.issue})" if summary.issue else ""
    volume = f";{summary.volume}{issue}" if summary.volume or issue else ""
    pages = summary.pages or next((value for kind, value in summary.places if kind == "pii"), "")
    parts = [f"{summary.source}.", f"{day}{volume}{f':{pages}' if pages else ''}."]
    if summary.doi:
        parts.append(f"doi: {summary.doi}.")
    return " ".join([*parts, rest] if rest else parts)
