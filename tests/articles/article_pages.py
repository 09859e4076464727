"""Reading a page written inside a test; ``codes`` are the doubts that its reading left."""

from __future__ import annotations

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Article


def read(text: str, name: str = "page.txt") -> Article:
    return read_article(text.encode(), name=name)


def codes(article: Article) -> list[str]:
    return [doubt.code for doubt in article.uncertain]
