"""How likely a text of a given age is to be out of date: for the order of work, never for a verdict (rule R-05).

The curve is that of 100 systematic reviews (rule R-01: Shojania 2007, Ann Intern Med 147:224): a signal for updating
had appeared for 7 % on the day of publication, 15 % within one year, 23 % within two, half within 5.5. Guidelines'
recommendations aged more slowly (rule R-08: Martínez García 2014, CMAJ: 8, 14, 19 and 22 % at one to four years). It
never says that a particular article is out of date.
"""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

_YEAR = 365.25
_SIGNAL_SEEN = ((0.0, 0.07), (1.0, 0.15), (2.0, 0.23), (5.5, 0.50))
"""Age in years, share of texts with a signal by then (rule R-01)."""


def expected_outdated(since: date | None, today: date, hazard_ratio: float = 1.0) -> float | None:
    """The share, 0 to 1, of texts last looked at on ``since`` that are expected to be out of date; None without a day.

    Between the published points the hazard is taken as constant, after the last as in the last stretch.
    ``hazard_ratio`` is the field's: 2.7 for cardiovascular medicine (rule R-01), 1 for the average.
    """
    if since is None:
        return None
    years = max(0.0, (today - since).days / _YEAR)
    survival = 1.0 - _SIGNAL_SEEN[0][1]
    for (start, share), (end, later) in pairwise(_SIGNAL_SEEN):
        hazard = math.log((1 - share) / (1 - later)) / (end - start)
        last = end == _SIGNAL_SEEN[-1][0]
        survival *= math.exp(-hazard * (max(0.0, years - start) if last else min(max(0.0, years - start), end - start)))
    return 1.0 - math.pow(survival, hazard_ratio)
