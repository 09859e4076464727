"""The canary: one record that PubMed certainly has, searched and fetched each night to prove that both truly find.

A search that finds nothing and a search that is broken look alike; only a record that must be found tells them apart.
"""

from __future__ import annotations

import re

from litwatch.model.identifiers import Pmid
from litwatch.model.search import Fetched, Search
from litwatch.model.text import phrases

_WORD = re.compile(r"[^\W\d_]+")
_WORDS = 3
_SHORTEST = 5
"""Shorter words are often stopwords, which PubMed does not search (NBK3827, "Stopwords")."""


def known_item_term(pmid: Pmid, title: str) -> str:
    """The search that must find the record and nothing else: its number and the longest words of its title.

    >>> known_item_term(Pmid(7), "Théorie of sleep, insulin and obesity")
    '7[uid] AND insulin[ti] AND obesity[ti] AND sleep[ti]'
    """
    whole = {word for word in _WORD.findall(title.casefold()) if word.isascii() and len(word) >= _SHORTEST}
    words = sorted(whole, key=lambda word: (-len(word), word))[:_WORDS]
    return " AND ".join((f"{pmid}[uid]", *(f"{word}[ti]" for word in words)))


def judge_fetch(pmid: Pmid, fetched: Fetched) -> str | None:
    """Why the fetch of the canary cannot be right, in a sentence; None where the record came."""
    if any(record.pmid == pmid for record in fetched.records):
        return None
    unreadable = dict(fetched.unreadable)
    if pmid in unreadable:
        return f"PMID {pmid} came and could not be read ({unreadable[pmid]})"
    return f"PMID {pmid} did not come when it was fetched{f': {fetched.error}' if fetched.error else ''}"


def judge_search(pmid: Pmid, search: Search) -> str | None:
    """Why the search for the canary cannot be right, in a sentence; None where it found the record alone."""
    if search.pmids == (pmid,):
        return None
    found = phrases.count(len(search.pmids), "record") if search.pmids else "nothing"
    return f"PMID {pmid} was fetched, and the search for its number and the words of its title found {found}"
