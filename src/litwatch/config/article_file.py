"""An article as its file stands now."""

from __future__ import annotations

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Article
from litwatch.model.errors import ArticleUnreadable
from litwatch.model.topic import Topic


def open_article(topic: Topic) -> Article:
    """The topic's article as its file stands now. Raises ArticleUnreadable with the file's name."""
    try:
        data = topic.article.read_bytes()
    except OSError as error:
        raise ArticleUnreadable(
            f"{topic.article}: {error.strerror or error}; save the article there, or correct `article` in {topic.file}"
        ) from None
    return read_article(data, name=topic.article.name)
