"""The articles of many topics, each read anew only where its file is not as it was read last."""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import partial

from litwatch.articles.model import Article
from litwatch.config.article_file import ArticleFile, take_article
from litwatch.model.topic import Topic
from litwatch.night.spared import Spare
from litwatch.store import Store
from litwatch.store.kept_articles import KeptArticle, keep_article

_log = logging.getLogger(__name__)


def read_articles(
    topics: Collection[Topic], store: Store, spare: Spare, *, keep: bool = True
) -> list[tuple[Topic, Article]]:
    """The topics with their articles; without those whose article cannot be read, which ``spare`` is told.

    What was read anew is kept, unless ``keep`` is False. Raises store errors.
    """
    files = [(topic, spare(topic.slug, partial(take_article, topic))) for topic in topics]
    kept = store.kept_articles([topic.slug for topic in topics])
    read: dict[str, KeptArticle] = {}
    articles: list[tuple[Topic, Article]] = []
    for topic, file in files:
        if file is None:
            continue
        before, key = kept.get(topic.slug), file.key
        article = _as_before(file, before, key)
        if article is None:
            fresh = spare(topic.slug, file.read)
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
