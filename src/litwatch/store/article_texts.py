"""Articles in the store, as nights read them: what a signal's sentences and a match's references point to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
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
        with self._reading() as con:
            rows = con.execute(
                "SELECT position, text, title, source, year, pmid, doi FROM article_reference WHERE topic = $topic"
                " AND revision = (SELECT max(revision) FROM article_text WHERE topic = $topic)",
                {"topic": topic},
            ).fetchall()
        last = {position: printed for position, *printed in rows}
        now = {
            each.position: [each.text, each.title, each.source, each.year, each.pmid, each.doi] for each in references
        }
        return frozenset(position for position, printed in now.items() if last.get(position) == printed)


def write_article(con: duckdb.DuckDBPyConnection, topic: str, read: ReadArticle, at: datetime) -> None:
    """Add a revision of the article's text if it differs from the last one, inside an open transaction."""
    article = read.article
    digest = hashlib.sha256(dump(read).encode()).hexdigest()
    row = con.execute(
        "SELECT max(revision), max_by(digest, revision) FROM article_text WHERE topic = ?", [topic]
    ).fetchone()
    last, known = row or (None, None)
    if known == digest:
        return
    revision = (last or 0) + 1
    con.execute(
        "INSERT INTO article_text VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(topic, revision, to_utc(at), read.title, article.question, article.last_updated),
            *(article.status.state.value, digest),
        ],
    )
    sentences = [
        (each.number, section.heading, each.text, [marker.number for marker in each.markers])
        for section in article.sections
        for each in section.sentences
    ]
    if sentences:
        con.execute(_ADD_SENTENCES, [topic, revision, *map(list, zip(*sentences, strict=True))])
    references = [_row(each) for each in article.references]
    if references:
        con.execute(_ADD_REFERENCES, [topic, revision, *map(list, zip(*references, strict=True))])


def _row(reference: Reference) -> tuple[object, ...]:
    return (
        *(reference.position, reference.number, reference.kind.value, reference.text),
        *(reference.title, reference.source, reference.year, list(reference.authors), reference.pmid, reference.doi),
    )


_ADD_SENTENCES = """
INSERT INTO article_sentence
SELECT ?, ?, unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[][])
"""
_ADD_REFERENCES = """
INSERT INTO article_reference
SELECT ?, ?, unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[][]), unnest(?::INTEGER[]),
    unnest(?::VARCHAR[])
"""
"""One statement for all rows: one for each row takes 1.6 ms a row."""
