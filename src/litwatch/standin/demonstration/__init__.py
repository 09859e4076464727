"""The demonstration corpus: invented PubMed records about insulin resistance and its causes, the same bytes each time.

Every invented record is marked: its title begins "Demonstration data: ", its journal "Demonstration …", its PMID is
99000001 or more and its DOI begins 10.5555/. Two real papers that the example article cites are there as bare
citations. Nothing here is evidence about anything.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

from litwatch.standin import life
from litwatch.standin.demonstration.arrivals import arrivals
from litwatch.standin.demonstration.corpus import background
from litwatch.standin.demonstration.story import story
from litwatch.standin.life import Revision

DEMONSTRATION_TODAY: Final = date(2026, 11, 20)
"""The day on which the demonstration takes place; records go on to appear until ``LAST_DAY``."""
LAST_DAY: Final = date(2026, 11, 30)
SEED: Final = 20261120


@cache
def revisions(seed: int = SEED) -> tuple[Revision, ...]:
    """Every dated state of every record, ordered by day and PMID; one seed always gives the same bytes.

    Steps that fall after ``LAST_DAY``, such as the MeSH headings of the newest records, are included.
    """
    return life.in_order((*background(seed, LAST_DAY), *story(), *arrivals()))


def article_set(day: date = DEMONSTRATION_TODAY) -> bytes:
    """One PubmedArticleSet with every record as served on ``day``, by ascending PMID."""
    return life.article_set(revisions(), day)
