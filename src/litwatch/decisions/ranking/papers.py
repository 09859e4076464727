"""What a ranking reads of a record and of an article: plain text, headings and reference lists.

A ``Paper`` is made from a PubMed record or from a benchmark's line alike, so that both are ranked by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.model.record import Record

LONGEST_TEXT = 20_000
"""Characters of an abstract that are read; the longest abstracts of PubMed have about half of that."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a ranking reads it."""

    id: str
    """PMID, or whatever names it in the collection."""
    title: str
    abstract: str = ""
    headings: tuple[str, ...] = ()
    """MeSH headings and author keywords, in lower case."""
    cites: frozenset[str] = frozenset()
    """Ids of the papers in its own reference list."""
    embedding: bytes = b""
    """What a sentence model makes of it (``sentence_model``); empty where there is none."""


@dataclass(frozen=True, slots=True)
class ArticleProfile:
    """What an article has: the question it answers, its sentences, and the papers that it cites."""

    question: str
    cited: tuple[Paper, ...]
    sentences: tuple[str, ...] = ()
    embedding: bytes = b""
    """Of its question."""


def paper_of(record: Record, embedding: bytes = b"") -> Paper:
    """A PubMed record as a ranking reads it."""
    headings = [heading.label for heading in record.mesh] + list(record.keywords)
    return Paper(
        id=str(record.pmid),
        title=record.title[:LONGEST_TEXT],
        abstract=record.abstract_text[:LONGEST_TEXT],
        headings=tuple(dict.fromkeys(heading.strip(" *").lower() for heading in headings)),
        cites=frozenset(map(str, record.cites)),
        embedding=embedding,
    )
