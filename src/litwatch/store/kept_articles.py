"""Articles as they were read last, with what they were read from: reading one anew takes a hundred times as long."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson

from litwatch.articles.model import Article
from litwatch.store.documents import dump, load
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class KeptArticle:
    """One article as it was read, and from what."""

    key: str
    """SHA-256 (64 hex digits) of what it was read from and by, but for the files beside it."""
    beside: tuple[tuple[str, str | None], ...]
    """The files beside it that the reading asked for, each with the SHA-256 of its bytes; None where there was none."""
    text: str
    """The article as JSON; ``article`` reads it."""

    @property
    def article(self) -> Article:
        """The article itself; ValueError where an older litwatch kept another form."""
        return load(Article, self.text)


def keep_article(article: Article, key: str, beside: Mapping[str, str | None]) -> KeptArticle:
    """An article to be kept."""
    return KeptArticle(key, tuple(sorted(beside.items())), dump(article))


class KeptArticles(StoreFile):
    """The part of the store that keeps them."""

    def kept_articles(self, topics: Collection[str]) -> dict[str, KeptArticle]:
        """What is kept of these topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, key, beside, doc FROM kept_article WHERE topic IN (SELECT unnest(?::VARCHAR[]))",
                [list(topics)],
            ).fetchall()
        return {
            topic: KeptArticle(key, tuple((name, digest) for name, digest in orjson.loads(beside)), doc)
            for topic, key, beside, doc in rows
        }

    def keep_articles(self, articles: Mapping[str, KeptArticle]) -> None:
        """Keep these articles in the place of those of before."""
        if not articles:
            return
        rows = [(slug, each.key, dump(each.beside), each.text) for slug, each in articles.items()]
        with self._writing() as con:
            con.execute(
                "INSERT OR REPLACE INTO kept_article SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),"
                " unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [list(column) for column in zip(*rows, strict=True)],
            )
