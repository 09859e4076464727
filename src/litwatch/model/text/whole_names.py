"""A name or a mail address within a text: found as a whole, not as a part of another word, name or address."""

from __future__ import annotations

import re


def find_whole_name(name: str) -> re.Pattern[str]:
    """What finds it in any case and spacing: ``Ann`` in "by ann.", not in "annual", "Ann-Marie" or ``ann@example.org``.

    Raises ValueError for a name of nothing but blanks, which would be everywhere.
    """
    words = name.split()
    if not words:
        raise ValueError("a name has at least one character")
    whole = r"\s+".join(map(re.escape, words))
    return re.compile(rf"(?<![\w@])(?<!\w[.+-]){whole}(?!\w|[.+@-]\w)", re.IGNORECASE)
