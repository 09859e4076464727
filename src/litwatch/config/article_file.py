"""An article as its file stands now, with the bibliography beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePath

from litwatch.articles.article_reader import read_article, read_pdf_article
from litwatch.articles.bibliography.bibliography import SUFFIXES, Beside
from litwatch.articles.model import Article, absent_article
from litwatch.articles.reference_list.list_numbering import counted_as_listed
from litwatch.config.pdf_text import is_pdf, take_pdf_text
from litwatch.config.rules_version import rules_version
from litwatch.model.errors import ArticleUnreadable
from litwatch.model.topic import Numbering, Topic

MOST_BESIDE = 5_000_000
"""Bytes of a bibliography beside an article."""


def open_article(topic: Topic) -> Article:
    """The topic's article as its file stands now, its list counted as the topic says.

    Raises ArticleUnreadable with the file's name.
    """
    return take_article(topic).read()[0]


def read_article_file(file: Path, otherwise: str = "check the file's permissions") -> Article:
    """The article of a file; its bibliography may stand in the same folder.

    Raises ArticleUnreadable, with the file's name; ``otherwise`` is what to do where there is no such file.
    """
    return _read(_take(file, otherwise), file, files_beside(file))


def read_article_and_beside(file: Path) -> tuple[Article, tuple[str, ...]]:
    """The article of a file, and the names of the files in its folder that its reading needed.

    Raises ArticleUnreadable, with the file's name.
    """
    asked: dict[str, bytes | None] = {}
    beside = files_beside(file)

    def note(name: str) -> bytes | None:
        asked[name] = beside(name)
        return asked[name]

    article = _read(_take(file, "check the file's permissions"), file, note)
    return article, tuple(name for name, data in asked.items() if data is not None)


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """The bytes of a topic's article, which need not be read where they are as they were."""

    topic: Topic
    data: bytes

    @property
    def key(self) -> str:
        """SHA-256 of all that the reading depends on, but for the files beside it."""
        digest = hashlib.sha256(self.data)
        for part in (self.topic.source_name, self.topic.numbering, rules_version(), *_reading_libraries()):
            digest.update(f"\0{part}".encode())
        return digest.hexdigest()

    def is_beside_as(self, kept: Iterable[tuple[str, str | None]]) -> bool:
        """Whether the files beside it, each with its SHA-256 or None where there was none, are as they were."""
        if self.topic.article is None:
            return True
        beside = files_beside(self.topic.article)
        try:
            return all(_digest(beside(name)) == digest for name, digest in kept)
        except ArticleUnreadable:
            return False

    def read(self) -> tuple[Article, dict[str, str | None]]:
        """The article, and the files beside it that its reading asked for, each with its SHA-256 or None.

        Raises ArticleUnreadable as ``open_article`` does.
        """
        asked: dict[str, str | None] = {}
        if self.topic.article is None:
            return absent_article(self.topic.question or self.topic.slug), asked
        beside = files_beside(self.topic.article)

        def note(name: str) -> bytes | None:
            data = beside(name)
            asked[name] = _digest(data)
            return data

        article = _read(self.data, self.topic.article, note)
        return counted_as_listed(article) if self.topic.numbering is Numbering.AS_LISTED else article, asked


def take_article(topic: Topic) -> ArticleFile:
    """The bytes of the topic's article as its file stands now; of a topic without one, those that its question makes.

    Raises ArticleUnreadable with the file's name.
    """
    if topic.article is None:
        return ArticleFile(topic, (topic.question or topic.slug).encode())
    return ArticleFile(topic, _take(topic.article, f"correct `article` in {topic.file}"))


def _take(file: Path, otherwise: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ArticleUnreadable(f"{file}: {error.strerror or error}; save the article there, or {otherwise}") from None


def _read(data: bytes, file: Path, beside: Beside) -> Article:
    if is_pdf(data):
        return read_pdf_article(take_pdf_text(data, file.name), name=file.name)
    return read_article(data, name=file.name, beside=beside)


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


@cache
def _reading_libraries() -> tuple[str, ...]:
    return tuple(
        f"{name} {version(name)}"
        for name in ("bibtexparser", "lxml", "markdown-it-py", "pylatexenc", "pypdf", "pyyaml")
    )


def files_beside(article: Path) -> Beside:
    """What gives the files in an article's own folder by name, and no other file."""
    folder = article.parent

    def beside(name: str) -> bytes | None:
        if PurePath(name).name != name or "\\" in name or "\0" in name or name in (".", ".."):
            raise ArticleUnreadable(
                f"{article.name}: its bibliography “{name[:200]}” is not in the article's own folder, and no other is"
                " read; save it beside the article and give its name alone."
            )
        file = folder / name
        try:
            if not file.resolve().is_relative_to(folder.resolve()):
                raise ArticleUnreadable(
                    f"{article.name}: {name} leads out of the article's folder; save the file itself there."
                )
            if not file.is_file():
                return None
            with file.open("rb") as stream:
                data = stream.read(MOST_BESIDE + 1)
        except OSError as error:
            raise ArticleUnreadable(f"{file}: {error.strerror or error}; check the file's permissions") from None
        if len(data) > MOST_BESIDE:
            raise ArticleUnreadable(
                f"{file}: more than the {MOST_BESIDE:,} bytes that a bibliography may have; keep the article's own"
                " entries in a file beside it."
            )
        return data

    return beside


def bibliographies_beside(article: Path) -> tuple[Path, ...]:
    """The files in an article's folder that its reading may depend on."""
    try:
        return tuple(sorted(file for file in article.parent.iterdir() if file.suffix.casefold() in _DEPENDED_ON))
    except OSError:
        return ()


_DEPENDED_ON = frozenset(SUFFIXES)
