"""A lead: an entry of a feed, which may name a paper; and those that name none that PubMed has.

Guideline bodies and safety alerts often carry neither PMID nor DOI. Such a lead is shown as what it is, a title and a
link that nobody verified, nearest to the article first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from litwatch.articles.model import Article
from litwatch.model.lead import Lead
from litwatch.model.record import Record

MOST = 100
"""So many leads of one feed are kept; a feed is shorter."""

_WORD = re.compile(r"[^\W\d_]{5,}")
"""Words of five letters on: shorter ones say nothing of a subject."""


def without_record(leads: Iterable[Lead], records: Iterable[Record]) -> tuple[Lead, ...]:
    """The leads that name no paper in PubMed: no identifier at all, or a DOI that none of the records carries."""
    dois = {doi.casefold() for record in records for doi in (record.doi, *record.other_dois) if doi}
    left = [lead for lead in leads if lead.pmid is None and not (lead.doi and lead.doi.casefold() in dois)]
    return tuple(left[:MOST])


def nearest_first(leads: Iterable[Lead], article: Article) -> tuple[tuple[Lead, int], ...]:
    """Each lead once with how many of its title's words the article shares, most first, then in feed order."""
    sentences = (sentence.text for section in article.sections for sentence in section.sentences)
    known = {word.casefold() for text in (article.question or "", *sentences) for word in _WORD.findall(text)}
    counted = [
        (lead, len({word.casefold() for word in _WORD.findall(lead.title)} & known)) for lead in dict.fromkeys(leads)
    ]
    return tuple(sorted(counted, key=lambda pair: -pair[1]))
