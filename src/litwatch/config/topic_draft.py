"""A new topic file: its text, tried in a folder of its own, then put into the editors' folder with its article."""

from __future__ import annotations

import re
import shutil
import tempfile
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from litwatch.config.article_file import read_article_and_beside
from litwatch.config.topic_files import MEMBERS, SLUG, read_topic_file, read_topic_files
from litwatch.model.errors import EditorError, OutputFailed, TopicErrors
from litwatch.model.identifiers import Pmid
from litwatch.model.topic import QuestionKind, Topic

_WIDTH = 108


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A topic that has no file yet."""

    slug: str
    article: Path | None
    """Where the article lies now; None for a question without one."""
    text: str
    """The topic file's text."""
    topic: Topic
    """What the text says; its article and the files beside it lie in a folder of their own."""
    folder: Path
    """The folder that it is to be put into."""

    @property
    def file(self) -> Path:
        """The topic file that is to be written."""
        return self.folder / f"{self.slug}.yaml"


def slug_for(named: str) -> str:
    """The name that a topic gets from its article's file or its question: a-z, 0-9 and "-".

    Raises EditorError where none is left.

    >>> slug_for("Insulin-Résistance (final)")
    'insulin-resistance-final'
    """
    plain = unicodedata.normalize("NFKD", named).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-")
    if not slug:
        raise EditorError(f"{named}: no letter of a-z in it to name the article by; give a name with --name")
    return slug


def refuse_taken(slug: str, article: Path | None, folder: Path) -> None:
    """Raise EditorError where the topic, or a file of the article's name, is in the folder already."""
    if not SLUG.fullmatch(slug) or f"{slug}.yaml" == MEMBERS:
        raise EditorError(f"{slug}: it cannot name an article: a-z, 0-9 and '-', at most 80, and not 'members'")
    if (folder / f"{slug}.yaml").exists():
        raise EditorError(
            f"{folder / f'{slug}.yaml'} is there already: change it, or give the article another name with --name"
        )
    if article is None:
        return
    target = folder / article.name
    if not target.exists():
        return
    if not _same(target, article):
        raise EditorError(
            f"{target} is another file than {article}: rename one of the two. (If it is a new version of the same"
            " article, put it there in its place: then nothing needs to be added.)"
        )
    watching = [
        topic.slug
        for topic in read_topic_files(folder)[0]
        if topic.article is not None and topic.article.samefile(target)
    ]
    if watching:
        raise EditorError(
            f"{target} is watched already, as {watching[0]}: `litwatch check {watching[0]}` looks at it now"
        )


def refuse_other_files(beside: Iterable[str], article: Path, folder: Path) -> None:
    """Raise EditorError where the folder has another file of the name of one that the article's reading needs.

    Such a file belongs to another article, whose bibliography this one would get.
    """
    for name in beside:
        if (folder / name).exists() and not _same(folder / name, article.parent / name):
            raise EditorError(
                f"{folder / name} is another file than {article.parent / name}, which {article.name} is read with: give"
                " the bibliography a name of its own, there and in the article"
            )


def _same(one: Path, other: Path) -> bool:
    return one.samefile(other) or one.read_bytes() == other.read_bytes()


def strategy_lines(strategy: str) -> str:
    """The strategy as lines of a topic file."""
    lines = textwrap.wrap(strategy, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "strategy: >-\n" + "".join(f"  {line}\n" for line in lines)


def yaml_lines(given: dict[str, object]) -> str:
    """Keys and values as lines of a topic file, in their order."""
    return yaml.safe_dump(given, sort_keys=False, allow_unicode=True) if given else ""


def topic_text(
    article: str,
    strategy: str,
    recipients: Sequence[str],
    *,
    title: str | None = None,
    kind: QuestionKind | None = None,
    remarks: Sequence[str] = (),
    numbered: bool = True,
    made_by: str = "by `litwatch add`",
) -> str:
    """The text of a new topic file; the remarks are comments before its strategy.

    Where the page does not number its list, a comment says what an editor can state about it.
    """
    head: dict[str, object] = {"article": article}
    if title:
        head["title"] = title
    if kind:
        head["question_kind"] = kind.value
    comments = "".join(f"# {line}\n" for remark in remarks for line in textwrap.wrap(remark, _WIDTH))
    counted = (
        ""
        if numbered
        else (
            "\n# The page does not number its reference list. If marker 1 means its first entry, marker 2 the second,\n"
            "# and so on, say so by taking the # from the next line; else pin markers to entries (pins:).\n"
            "# numbering: as-listed\n"
        )
    )
    paragraphs = (
        f"# Made {made_by}. docs/topic-file.md explains every key.\n{yaml_lines(head)}",
        f"{comments}{strategy_lines(strategy)}",
        f"{yaml_lines({'recipients': list(recipients)})}{counted}",
    )
    return "\n".join(paragraphs)


def question_text(
    question: str,
    strategy: str,
    recipients: Sequence[str],
    *,
    since: date,
    known_papers: Sequence[Pmid] = (),
    kind: QuestionKind | None = None,
    remarks: Sequence[str] = (),
) -> str:
    """The text of a new topic file for a question without an article; otherwise as ``topic_text``."""
    head: dict[str, object] = {"question": question, "since": since}
    if kind:
        head["question_kind"] = kind.value
    if known_papers:
        head["known_papers"] = list(map(int, known_papers))
    comments = "".join(f"# {line}\n" for remark in remarks for line in textwrap.wrap(remark, _WIDTH))
    paragraphs = (
        f"# Made by `litwatch add`: a question without an article (docs/topics.md).\n{yaml_lines(head)}",
        f"{comments}{strategy_lines(strategy)}",
        yaml_lines({"recipients": list(recipients)}),
    )
    return "\n".join(paragraphs)


@contextmanager
def try_topic(slug: str, article: Path | None, text: str, folder: Path) -> Iterator[TopicDraft]:
    """The topic of the text, read in a folder that is thrown away with its article.

    Raises TopicErrors with all mistakes of the text, named as of its later place, ArticleUnreadable and OutputFailed.
    """
    with _tried(slug, _list_files(article), text, folder) as topic:
        yield TopicDraft(slug, article, text, topic, folder)


def check_topic(slug: str, files: Mapping[str, Path], text: str, folder: Path) -> None:
    """Raise TopicErrors with all mistakes of a topic file's text that is to stand in the folder beside these files, by
    the names that they will have there; none of them is read. Raises OutputFailed, too.
    """
    with _tried(slug, files, text, folder):
        pass


@contextmanager
def _tried(slug: str, files: Mapping[str, Path], text: str, folder: Path) -> Iterator[Topic]:
    with tempfile.TemporaryDirectory() as made:
        trial = Path(made)
        try:
            for name, file in files.items():
                shutil.copyfile(file, trial / name)
            (trial / f"{slug}.yaml").write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputFailed(f"{trial}: {error.strerror}; there is no room to try the topic in") from None
        try:
            topic = read_topic_file(trial, slug)
        except TopicErrors as errors:
            raise TopicErrors(tuple(one.replace(made, str(folder)) for one in errors.problems)) from None
        yield topic


def _list_files(article: Path | None) -> dict[str, Path]:
    """The files that a topic's article is read from, by name, the article last; none where there is no article."""
    if article is None:
        return {}
    _, beside = read_article_and_beside(article)
    return {**{name: article.parent / name for name in beside}, article.name: article}


def files_of(draft: TopicDraft) -> dict[Path, bytes]:
    """The files to be put into the folder: the article and the files beside it that are not there yet, and last the
    topic file, so that no night finds one without its article.

    Raises OutputFailed where one cannot be read.
    """
    files = {}
    try:
        for name, file in _list_files(draft.article).items():
            place = draft.folder / name
            if not place.exists():
                files[place] = file.read_bytes()
    except OSError as error:
        raise OutputFailed(f"{draft.folder}: {error.strerror}; nothing was added") from None
    return {**files, draft.file: draft.text.encode()}
