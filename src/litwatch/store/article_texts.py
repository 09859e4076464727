"""Articles in the store, as nights read them: what a signal's sentences and a match's references point to."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from litwatch.articles.model import Article
from litwatch.model.reference import Reference
from litwatch.store.documents import dump, to_utc
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as a night read it, and what reports call it."""

    title: str
    article: Article


class Articles(StoreFile):
    """The part of the store that holds the articles' texts."""

    def unchanged_references(self, topic: str, references: Iterable[Reference]) -> frozenset[int]:
        """The places in the list whose entries are printed as the article's last night read them."""
        return self.unchanged_references_of({topic: references})[topic]

    def unchanged_references_of(self, references: Mapping[str, Iterable[Reference]]) -> dict[str, frozenset[int]]:
        """``unchanged_references`` of many topics."""
        with self._reading() as con:
            rows = con.execute(_PRINTED_LAST, {"topics": [*references]}).fetchall()
        last = {(topic, position): printed for topic, position, *printed in rows}
        return {
            topic: frozenset(each.position for each in own if last.get((topic, each.position)) == _printed(each))
            for topic, own in references.items()
        }


def _printed(reference: Reference) -> list[object]:
    of = reference
    return [of.text, of.title, of.source, of.year, of.pmid, of.doi]


_PRINTED_LAST = """
SELECT topic, position, text, title, source, year, pmid, doi FROM article_reference
WHERE (topic, revision) IN (
    SELECT (topic, max(revision)) FROM article_text WHERE topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic
)
"""


def write_article(con: duckdb.DuckDBPyConnection, topic: str, read: ReadArticle, at: datetime) -> None:
    """Add a revision of the article's text if it differs from the last one, inside an open transaction."""
    write_articles(con, [(topic, read, at)])


def write_articles(con: duckdb.DuckDBPyConnection, articles: Collection[tuple[str, ReadArticle, datetime]]) -> None:
    """``write_article`` of many topics, each once."""
    if not articles:
        return
    last = {
        topic: (revision, digest)
        for topic, revision, digest in con.execute(
            "SELECT topic, max(revision), max_by(digest, revision) FROM article_text"
            " WHERE topic IN (SELECT unnest(?::VARCHAR[])) GROUP BY topic",
            [[topic for topic, *_ in articles]],
        ).fetchall()
    }
    texts: list[tuple[object, ...]] = []
    sentences: list[tuple[object, ...]] = []
    references: list[tuple[object, ...]] = []
    for topic, read, at in articles:
        article, digest = read.article, hashlib.sha256(dump(read).encode()).hexdigest()
        before, known = last.get(topic, (0, None))
        if known == digest:
            continue
        own = (topic, before + 1)
        state = article.status.state.value
        texts.append((*own, to_utc(at), read.title, article.question, article.last_updated, state, digest))
        sentences += (
            (*own, each.number, section.heading, each.text, [marker.number for marker in each.markers])
            for section in article.sections
            for each in section.sentences
        )
        references += ((*own, *_row(each)) for each in article.references)
    for statement, rows in ((_ADD_TEXTS, texts), (_ADD_SENTENCES, sentences), (_ADD_REFERENCES, references)):
        if rows:
            con.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _row(reference: Reference) -> tuple[object, ...]:
    return (
        *(reference.position, reference.number, reference.kind.value, reference.text),
        *(reference.title, reference.source, reference.year, list(reference.authors), reference.pmid, reference.doi),
    )


_ADD_TEXTS = """
INSERT INTO article_text
SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::TIMESTAMP[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::DATE[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])
"""
_ADD_SENTENCES = """
INSERT INTO article_sentence
SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::INTEGER[][])
"""
_ADD_REFERENCES = """
INSERT INTO article_reference
SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]),
    unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[][]),
    unnest(?::INTEGER[]), unnest(?::VARCHAR[])
"""
"""One statement for all rows: one for each row takes 1.6 ms a row."""
