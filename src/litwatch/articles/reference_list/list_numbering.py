"""Numbers for a reference list that prints none: an editor vouches for them, or names in the text stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from litwatch.articles.model import Article
from litwatch.model.reference import Reference


def in_place(references: Sequence[Reference]) -> tuple[Reference, ...]:
    """The references numbered by their places."""
    return tuple(replace(reference, number=reference.position) for reference in references)


def counted_as_listed(article: Article) -> Article:
    """The article with its unnumbered list counted from the first entry on, as an editor vouches for it.

    A list that prints numbers, wholly or in part, stays as it is: its numbers say what they mean.
    """
    if article.references_numbered or any(reference.number is not None for reference in article.references):
        return article
    doubts = tuple(doubt for doubt in article.uncertain if doubt.code != "mapping-uncertain")
    return replace(article, references=in_place(article.references), references_numbered=True, uncertain=doubts)
