"""Ranks the topics of a benchmark folder: what appeared after an article was last updated, by what the article has.

A topic is a folder with ``article.json`` (question and cited papers) and ``candidates.jsonl.gz``. The labels beside
these files (``qrels.csv``) are never opened; they are for whoever judges the ranking.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from litwatch.decisions.ranking import ArticleProfile, Paper, text_read
from litwatch.decisions.ranking.papers import LONGEST_TEXT
from litwatch.decisions.ranking.ranking import rank
from litwatch.decisions.ranking.sentence_model import SentenceModel
from litwatch.model.errors import BenchmarkUnreadable, OutputFailed

LARGEST_FILE = 512 * 1024 * 1024
"""Bytes that are read of one file, unpacked: over a hundred times the largest topic known."""


def find_topics(folder: Path) -> tuple[Path, ...]:
    """The topic folders in a benchmark folder, or the folder itself where it is one; by name.

    Raises BenchmarkUnreadable where there is none.
    """
    if (folder / "article.json").is_file():
        return (folder,)
    try:
        found = tuple(sorted(path for path in folder.iterdir() if (path / "article.json").is_file()))
    except OSError as error:
        raise BenchmarkUnreadable(f"{folder}: {error.strerror or error}; name the benchmark's folder") from None
    if not found:
        raise BenchmarkUnreadable(f"{folder}: no topic; a topic is a folder with article.json and candidates.jsonl.gz")
    return found


def read_topic(folder: Path) -> tuple[ArticleProfile, tuple[Paper, ...]]:
    """An article's question and cited papers, and the candidates. Raises BenchmarkUnreadable with file and line."""
    file = folder / "article.json"
    article = _parse(_read(file), f"{file}")
    cited = article.get("cited")
    if not isinstance(article.get("question"), str) or not isinstance(cited, list):
        raise BenchmarkUnreadable(f'{file}: needs "question" (a text) and "cited" (a list of papers)')
    papers = tuple(_paper(one, f"{file}: cited paper {number}") for number, one in enumerate(cited, 1))
    file = folder / "candidates.jsonl.gz"
    lines = _unpack(file).splitlines()
    candidates = tuple(
        _paper(_parse(line, f"{file}: line {number}"), f"{file}: line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    )
    ids = {paper.id for paper in candidates}
    if len(ids) < len(candidates):
        raise BenchmarkUnreadable(f"{file}: {len(candidates) - len(ids)} ids stand twice; each candidate needs its own")
    return ArticleProfile(article["question"], papers), candidates


def embed_topic(
    model: SentenceModel, profile: ArticleProfile, candidates: Iterable[Paper]
) -> tuple[ArticleProfile, tuple[Paper, ...]]:
    """The same with what the model makes of their texts."""

    def read(paper: Paper) -> Paper:
        return replace(paper, embedding=model.embed(text_read(paper.title, paper.abstract)))

    asked = model.embed(text_read(profile.question)) if profile.question else b""
    cited = tuple(map(read, profile.cited))
    return replace(profile, cited=cited, embedding=asked), tuple(map(read, candidates))


def rank_topics(
    folder: Path, on_topic: Callable[[str, int], None], model: SentenceModel | None = None
) -> Iterator[tuple[str, str, float]]:
    """``(topic, id, score)`` for every candidate of every topic; ``on_topic`` hears each topic's name and size.

    With a ``model``, texts are compared by meaning too.

    Raises BenchmarkUnreadable.
    """
    for topic in find_topics(folder):
        profile, candidates = read_topic(topic)
        on_topic(topic.name, len(candidates))
        if model is not None:
            profile, candidates = embed_topic(model, profile, candidates)
        for paper, score in zip(candidates, rank(profile, candidates), strict=True):
            yield topic.name, paper.id, float(score)


def write_run(
    folder: Path, out: Path, on_topic: Callable[[str, int], None], model: SentenceModel | None = None
) -> None:
    """Write ``topic,id,score`` for a benchmark folder, as ``rank_topics`` ranks it.

    Nothing is written where a topic cannot be read. Raises BenchmarkUnreadable and OutputFailed.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("topic", "id", "score"))
    writer.writerows((topic, id_, f"{score:.6f}") for topic, id_, score in rank_topics(folder, on_topic, model))
    try:
        out.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise OutputFailed(f"{out}: {error.strerror or error}; choose another place with --out") from None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return _within(opened.read(LARGEST_FILE + 1), file)
    except OSError as error:
        raise BenchmarkUnreadable(f"{file}: {error.strerror or error}") from None


def _unpack(file: Path) -> bytes:
    try:
        with gzip.open(file) as opened:
            return _within(opened.read(LARGEST_FILE + 1), file)
    except FileNotFoundError:
        raise BenchmarkUnreadable(f"{file}: there is no such file; it holds one candidate a line, packed") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BenchmarkUnreadable(f"{file}: cannot be unpacked: {error}") from None


def _within(data: bytes, file: Path) -> bytes:
    if len(data) > LARGEST_FILE:
        raise BenchmarkUnreadable(f"{file}: more than {LARGEST_FILE} bytes; split the topic")
    return data


def _parse(data: bytes, place: str) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BenchmarkUnreadable(f"{place}: not JSON: {error}") from None
    if not isinstance(found, dict):
        raise BenchmarkUnreadable(f"{place}: a JSON object is expected")
    return found


def _paper(fields: object, place: str) -> Paper:
    if not isinstance(fields, dict) or not isinstance(fields.get("id"), str) or not fields["id"]:
        raise BenchmarkUnreadable(f'{place}: a paper needs an "id" (a text)')
    title, abstract, mesh = (fields.get(name) for name in ("title", "abstract", "mesh"))
    if not isinstance(title, str | None) or not isinstance(abstract, str | None):
        raise BenchmarkUnreadable(f'{place}: "title" and "abstract" are texts or null')
    if not isinstance(mesh, list | None) or not all(isinstance(one, str) for one in mesh or ()):
        raise BenchmarkUnreadable(f'{place}: "mesh" is a list of texts or null')
    # Some collections keep all author keywords in one text, between commas.
    names = (name.strip(" *").lower() for one in mesh or () for name in one.replace(";", ",").split(","))
    return Paper(
        id=fields["id"],
        title=(title or "")[:LONGEST_TEXT],
        abstract=(abstract or "")[:LONGEST_TEXT],
        headings=tuple(dict.fromkeys(name for name in names if name)),
    )
