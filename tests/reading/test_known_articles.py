"""An article is read anew where its file, the files beside it or litwatch's reader have changed, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from litwatch.articles.model import Article
from litwatch.config.article_file import open_article
from litwatch.model.topic import Numbering, Topic
from litwatch.night.spared import Spare
from litwatch.reading.known_articles import read_articles
from litwatch.store import Store
from litwatch.store.documents import dump
from tests.factories import make_topic
from tests.store.store_scenes import made_store

PAGE = """---
question: Does sleep matter?
bibliography: papers.bib
---

Sleep matters [@okoro2020].
"""
PAPERS = """@article{okoro2020, author = {Okoro, C}, title = {Short sleep and insulin}, journal = {Inv J}, year = 2020}
"""
OTHER = "This is not what the file says."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_store(tmp_path / "store")


@pytest.fixture
def topic(tmp_path: Path) -> Topic:
    (tmp_path / "page.md").write_text(PAGE)
    (tmp_path / "papers.bib").write_text(PAPERS)
    return make_topic(file=tmp_path / "sleep.yaml", article=tmp_path / "page.md")


def read(topic: Topic, store: Store) -> Article:
    spare = Spare()
    ((_, article),) = read_articles([topic], store, spare)
    assert not spare.failed
    return article


def put_other_article(topic: Topic, store: Store) -> None:
    """Let the store say something else than the file does, so that it shows which of the two was read."""
    other = replace(open_article(topic), question=OTHER)
    with store._writing() as con:
        con.execute("UPDATE kept_article SET doc = ?", [dump(other)])


def test_what_is_kept_is_the_article_that_was_read(topic: Topic, store: Store) -> None:
    first = read(topic, store)
    assert first == open_article(topic) == read(topic, store)
    assert [reference.title for reference in first.references] == ["Short sleep and insulin"]


def test_a_file_that_is_as_it_was_is_not_read_again(topic: Topic, store: Store) -> None:
    read(topic, store)
    put_other_article(topic, store)
    assert read(topic, store).question == OTHER


@pytest.mark.parametrize(
    "change",
    [
        lambda topic: topic.article.write_text(PAGE.replace("matter?", "count?")),
        lambda topic: (topic.article.parent / "papers.bib").write_text(PAPERS.replace("2020,", "2020, note = {x},")),
        lambda topic: (topic.article.parent / "papers.bib").unlink(),
    ],
    ids=["the page", "the bibliography beside it", "the bibliography is gone"],
)
def test_a_change_of_any_file_that_it_was_read_from_has_it_read_anew(
    topic: Topic, store: Store, change: object
) -> None:
    read(topic, store)
    put_other_article(topic, store)
    assert callable(change)
    change(topic)
    spare = Spare()
    found = [article.question for _, article in read_articles([topic], store, spare)]
    assert OTHER not in found
    assert found or spare.failed


def test_a_list_counted_otherwise_is_read_anew(topic: Topic, store: Store) -> None:
    read(topic, store)
    put_other_article(topic, store)
    assert read(replace(topic, numbering=Numbering.AS_LISTED), store).question != OTHER


def test_a_dry_run_keeps_no_article(topic: Topic, store: Store) -> None:
    read_articles([topic], store, Spare(), keep=False)
    assert store.kept_articles([topic.slug]) == {}


def test_what_an_older_litwatch_kept_in_another_form_is_read_anew(topic: Topic, store: Store) -> None:
    read(topic, store)
    with store._writing() as con:
        con.execute("UPDATE kept_article SET doc = '{}'")
    assert read(topic, store) == open_article(topic)
