"""How current a published article is, for its own page: JSON-LD in schema.org's words, made from the store.

An editor puts the file into the page's ``<script type="application/ld+json">`` and never types a date.
``lastReviewed`` and ``dateModified`` are schema.org's; for "evidence searched to" it has no word, so that the
statement says it in a sentence and in a term of its own. Open notices are not in it: the verdict is for the board, not
for the public.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from litwatch.model.judgement import Decision
from litwatch.model.text import spelled_dates
from litwatch.model.text.safe_text import visible
from litwatch.report.article_line import ArticleLine

_CONTEXT = (
    "https://schema.org",
    {"evidenceSearchedTo": {"@id": "tag:litwatch,2026:evidenceSearchedTo", "@type": "https://schema.org/Date"}},
)


def currency_statement(line: ArticleLine) -> str:
    """The statement as JSON-LD that may stand within HTML as it is; a date that is not known is left out.

    ``evidenceSearchedTo`` is the last day that completed searches cover: a night that fails does not move it. A
    decision to update the article is no review of the text that stands; one to withdraw it takes earlier ones back.
    """
    searched, reviewed, updated = line.verdict.searched_to, line.last_reviewed, line.last_updated
    if line.decision is Decision.REVIEWED_WITHDRAW:
        reviewed = None  # of an article that is to be withdrawn no review may be claimed
    dates = {"dateModified": updated, "lastReviewed": reviewed, "evidenceSearchedTo": searched}
    statement = {
        "@context": _CONTEXT,
        "@type": "MedicalWebPage",
        "name": visible(line.title),
        **{name: day.isoformat() for name, day in dates.items() if day is not None},
        "creativeWorkStatus": ("Demonstration data. " if line.demonstration else "")
        + sentence(searched, reviewed, updated),
    }
    text = json.dumps(statement, ensure_ascii=True, separators=(",", ":"))
    # Within a script element only these could end it or open a comment (HTML, "script content restrictions").
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text + "\n"


def only_searched_on(before: str, line: ArticleLine) -> bool:
    """Whether the line's statement would differ from one of ``before`` only in that later days are searched, too."""
    try:
        searched = date.fromisoformat(json.loads(before)["evidenceSearchedTo"])
    except (ValueError, TypeError, KeyError):
        return False
    now = line.verdict.searched_to
    at_that_day = replace(line, verdict=replace(line.verdict, searched_to=searched))
    return now is not None and searched <= now and currency_statement(at_that_day) == before


def sentence(searched: date | None, reviewed: date | None, updated: date | None) -> str:
    """``Evidence searched to 21 November 2026; last reviewed 1 September 2025; last updated 16 February 2025.``"""
    parts = [
        f"searched to {spelled_dates.long_date(searched)}" if searched else "not yet searched",
        f"last reviewed {spelled_dates.long_date(reviewed)}" if reviewed else "",
        f"last updated {spelled_dates.long_date(updated)}" if updated else "",
    ]
    return f"Evidence {'; '.join(part for part in parts if part)}."
