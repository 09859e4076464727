"""What the pages about all articles tell of each: its line in codes, and its parts of the pages as last published.

Both are kept so that a page of thousands of articles is written without reading a report. A line says by itself what it
was read from (``LineBasis``); ``decisions.line_currency`` decides whether that still stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from litwatch.decisions.line_currency import LineBasis, LineNow
from litwatch.store.documents import from_utc, to_utc
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class KeptLine:
    """An article's line with what it was read from."""

    topic: str
    night: int
    heard: int
    """The judgements up to this one are told (``JudgementsKept.last_judgement``)."""
    files: str
    doc: str
    """The line as JSON."""


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """The newest report that litwatch wrote of an article."""

    day: date
    told: str
    """The digest of what it tells."""


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """An article's parts of the index page, the feed and the calendar of a day."""

    topic: str
    day: date
    made_by: str
    pages: str
    surveyed_at: datetime
    status: str
    demonstration: bool
    index_key: str
    index_line: str
    feed_key: str
    feed_entry: str
    event: str


_PUBLISHED = tuple(PublishedLine.__dataclass_fields__)
_values = attrgetter(*_PUBLISHED)


class ArticleLines(StoreFile):
    """The part of the store that keeps what is published of all articles."""

    def last_nights(self, topics: Collection[str] | None = None) -> dict[str, int]:
        """The number of each topic's last night, of all or of these."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, max(night) FROM sweep"
                " WHERE $topics IS NULL OR topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic",
                {"topics": None if topics is None else list(topics)},
            ).fetchall()
        return dict(rows)

    def nights_before(self, nights: Mapping[str, int]) -> dict[str, int]:
        """The number of the night before this one of each topic; those of which it was the first are left out."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT sweep.topic, max(sweep.night) FROM sweep JOIN (SELECT unnest($topics::VARCHAR[]) AS topic,"
                " unnest($nights::INTEGER[]) AS night) AS tonight ON tonight.topic = sweep.topic"
                " AND sweep.night < tonight.night GROUP BY sweep.topic",
                {"topics": list(nights), "nights": list(nights.values())},
            ).fetchall()
        return dict(rows)

    def files_read(self) -> dict[str, str]:
        """The state of each article's files as its line was read from them."""
        with self._reading() as con:
            return dict(con.execute("SELECT topic, files FROM article_line").fetchall())

    def line_bases(self) -> tuple[dict[str, LineBasis], dict[str, LineNow]]:
        """What each kept line was read from, and what is in the store now of each article that was ever surveyed."""
        with self.reading(), self._reading() as con:
            kept = con.execute("SELECT topic, night, heard, good_from, good_until, files FROM article_line").fetchall()
            nights = self.last_nights()
            judged = dict(
                con.execute(
                    "SELECT doc->>'$.topic' AS about, max(seq) FROM stored_judgement"
                    " WHERE seq > (SELECT min(heard) FROM article_line) GROUP BY about"
                ).fetchall()
            )
        bases = {topic: LineBasis(*basis) for topic, *basis in kept}
        return bases, {topic: LineNow(night, judged.get(topic, 0)) for topic, night in nights.items()}

    def keep_lines(self, lines: Sequence[KeptLine], *, day: date) -> None:
        """Put these, read on a day, in the place of the articles' lines; their parts of the pages are to be made anew.

        Which page of theirs is the newest stays as it was (``note_pages``).
        """
        topics = [line.topic for line in lines]
        with self._writing() as con:
            kept = con.execute(_KEPT, {"topics": topics}).fetchall()
            pages = {topic: (page, told) for topic, page, told in kept}
            for table in ("article_line", "published_line"):
                con.execute(f"DELETE FROM {table} WHERE topic IN (SELECT unnest(?::VARCHAR[]))", [topics])  # noqa: S608
            con.execute(
                _KEEP,
                {
                    "day": day,
                    "topics": topics,
                    "nights": [line.night for line in lines],
                    "heard": [line.heard for line in lines],
                    "files": [line.files for line in lines],
                    "docs": [line.doc for line in lines],
                    "pages": [pages.get(topic, (None, None))[0] for topic in topics],
                    "told": [pages.get(topic, (None, None))[1] for topic in topics],
                },
            )

    def article_lines(self, topics: Collection[str]) -> dict[str, str]:
        """The kept lines of these articles as JSON."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, doc FROM article_line WHERE topic IN (SELECT unnest(?::VARCHAR[]))", [list(topics)]
            ).fetchall()
        return dict(rows)

    def written_pages(self, topics: Collection[str]) -> dict[str, WrittenPage]:
        """The newest reports that litwatch wrote of these articles."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, page, told FROM article_line"
                " WHERE page IS NOT NULL AND told IS NOT NULL AND topic IN (SELECT unnest(?::VARCHAR[]))",
                [list(topics)],
            ).fetchall()
        return {topic: WrittenPage(page, told) for topic, page, told in rows}

    def note_pages(self, pages: Collection[tuple[str, WrittenPage]]) -> None:
        """Keep which report of an article is the newest; only of articles whose line is kept."""
        with self._writing() as con:
            con.execute(
                "UPDATE article_line SET page = new.page, told = new.told FROM (SELECT unnest($topics::VARCHAR[]) AS"
                " topic, unnest($days::DATE[]) AS page, unnest($told::VARCHAR[]) AS told) AS new"
                " WHERE article_line.topic = new.topic",
                {
                    "topics": [topic for topic, _ in pages],
                    "days": [page.day for _, page in pages],
                    "told": [page.told for _, page in pages],
                },
            )

    def published_lines(self, day: date, made_by: str) -> dict[str, PublishedLine]:
        """The articles' parts of the pages that were made for a day by the present program."""
        with self._reading() as con:
            rows = con.execute(
                f"SELECT {', '.join(_PUBLISHED)} FROM published_line WHERE day = ? AND made_by = ?",  # noqa: S608
                [day, made_by],
            ).fetchall()
        given = (dict(zip(_PUBLISHED, row, strict=True)) for row in rows)
        lines = (PublishedLine(**{**each, "surveyed_at": from_utc(each["surveyed_at"])}) for each in given)
        return {line.topic: line for line in lines}

    def keep_published(self, lines: Sequence[PublishedLine]) -> None:
        """Put these in the place of the articles' former parts of the pages."""
        columns = list(zip(*map(_values, lines), strict=True)) if lines else [()] * len(_PUBLISHED)
        given = {name: list(column) for name, column in zip(_PUBLISHED, columns, strict=True)}
        given["surveyed_at"] = [to_utc(line.surveyed_at) for line in lines]
        with self._writing() as con:
            con.execute("DELETE FROM published_line WHERE topic IN (SELECT unnest(?::VARCHAR[]))", [given["topic"]])
            con.execute(_PUBLISH, given)


_KEPT = "SELECT topic, page, told FROM article_line WHERE topic IN (SELECT unnest($topics::VARCHAR[]))"

_KEEP = """
WITH new AS (
    SELECT unnest($topics::VARCHAR[]) AS topic, unnest($nights::INTEGER[]) AS night, unnest($heard::INTEGER[]) AS heard,
        unnest($files::VARCHAR[]) AS files, unnest($docs::VARCHAR[]) AS doc, unnest($pages::DATE[]) AS page,
        unnest($told::VARCHAR[]) AS told
), put_off AS (
    SELECT
        topic,
        max(open_again_on) FILTER (open_again_on <= $day) AS since,
        min(open_again_on) FILTER (open_again_on > $day) AS until
    FROM episode_state
    WHERE NOT resting AND closes AND topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic
)
INSERT INTO article_line
SELECT topic, night, heard, since, until, files, doc, page, told FROM new LEFT JOIN put_off USING (topic)
"""
_TYPES = {"day": "DATE", "surveyed_at": "TIMESTAMP", "demonstration": "BOOLEAN"}
_PUBLISH = "INSERT INTO published_line SELECT " + ", ".join(
    f"unnest(${name}::{_TYPES.get(name, 'VARCHAR')}[])" for name in _PUBLISHED
)
