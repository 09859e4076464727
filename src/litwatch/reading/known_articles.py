"""The articles of many topics, each read anew only where its file is not as it was read last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import Protocol, TypeVar

from litwatch.articles.model import Article
from litwatch.config.article_file import ArticleFile, take_article
from litwatch.model.errors import ArticleUnreadable
from litwatch.model.topic import Topic
from litwatch.store import Store
from litwatch.store.kept_articles import KeptArticle, keep_article

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Attempt(Protocol):
    """Does a step for one topic; None where the step failed and the others are to go on."""

    def __call__(self, slug: str, step: Callable[[], _T], /) -> _T | None:
        """What the step returns."""
        ...


def or_none(_slug: str, step: Callable[[], _T]) -> _T | None:
    """An ``Attempt`` that leaves articles out which cannot be read."""
    try:
        return step()
    except ArticleUnreadable:
        return None


def read_articles(
    topics: Collection[Topic], store: Store, attempt: Attempt, *, keep: bool = True
) -> list[tuple[Topic, Article]]:
    """The topics with their articles; without those whose article cannot be read, which ``attempt`` is told.

    What was read anew is kept, unless ``keep`` is False. Raises store errors.
    """
    files = [(topic, attempt(topic.slug, partial(take_article, topic))) for topic in topics]
    kept = store.kept_articles([topic.slug for topic in topics])
    read: dict[str, KeptArticle] = {}
    articles: list[tuple[Topic, Article]] = []
    for topic, file in files:
        if file is None:
            continue
        before, key = kept.get(topic.slug), file.key
        article = _as_before(file, before, key)
        if article is None:
            fresh = attempt(topic.slug, file.read)
            if fresh is None:
                continue
            article, beside = fresh
            read[topic.slug] = keep_article(article, key, beside)
        articles.append((topic, article))
    if keep:
        store.keep_articles(read)
    return articles


def _as_before(file: ArticleFile, kept: KeptArticle | None, key: str) -> Article | None:
    if kept is None or kept.key != key or not file.is_beside_as(kept.beside):
        return None
    try:
        return kept.article
    except ValueError:
        _log.warning("%s: what was kept of the article cannot be read; it is read anew", file.topic.slug)
        return None
