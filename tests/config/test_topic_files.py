"""The editors' files: every mistake is named with file and key path, all at once, and the good ones go on."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from litwatch.config.strict_yaml import MAX_BYTES
from litwatch.config.topic_files import read_topic_files, read_topics
from litwatch.model.errors import TopicErrors
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.topic import Pin, QuestionKind, Thresholds

GOOD = "article: page.md\nstrategy: insulin resistance[tiab]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.md").write_text("# What?\n")
    return tmp_path


def problems(folder: Path, text: str, name: str = "topic.yaml") -> list[str]:
    """The mistakes in one file, without its path."""
    (folder / name).write_text(text)
    found = read_topic_files(folder)[1]
    assert all(line.startswith(str(folder / name)) for line in found)
    return [line.removeprefix(f"{folder / name}: ") for line in found]


def test_a_short_file_is_enough(folder: Path) -> None:
    (folder / "sleep.yaml").write_text(GOOD)
    (topic,) = read_topics(folder)
    assert (topic.slug, topic.strategy, topic.question_kind) == (
        "sleep",
        "insulin resistance[tiab]",
        QuestionKind.OTHER,
    )
    assert topic.thresholds == Thresholds()
    assert topic.article == folder / "page.md"


def test_every_key_is_read(folder: Path) -> None:
    (folder / "sleep.yaml").write_text(
        GOOD
        + """
title: Sleep
question_kind: etiology
filters: [etiology/broad]
recipients: [board@example.org, board@example.org]
feeds: [{name: saved search, url: "https://example.org/rss"}]
pins:
  - {marker: 1, position: 2, pmid: "PMID: 33116712"}
  - {marker: 6, position: 3, doi: "https://doi.org/10.5555/ABC"}
  - {position: 1, not_in_pubmed: true}
thresholds: {reassess_after_days: 90, review_level: 3, digest_items: 5}
last_reviewed: 2026-02-16
"""
    )
    (topic,) = read_topics(folder)
    assert topic.recipients == ("board@example.org",)
    assert topic.pins == (
        Pin(1, 2, Pmid(33116712), None),
        Pin(6, 3, None, Doi("10.5555/abc")),
        Pin(None, 1, None, None, not_in_pubmed=True),
    )
    assert topic.thresholds == Thresholds(reassess_after_days=90, review_level=3, digest_items=5)
    assert topic.last_reviewed == date(2026, 2, 16)
    assert [feed.name for feed in topic.feeds] == ["saved search"]


def test_all_mistakes_of_all_files_are_told_at_once_and_the_good_file_goes_on(folder: Path) -> None:
    (folder / "good.yaml").write_text(GOOD)
    (folder / "one.yaml").write_text("article: page.md\n")
    (folder / "two.yaml").write_text(GOOD + "recipients: [nobody]\nthresholds: {review_level: many}\n")
    topics, found = read_topic_files(folder)
    assert [topic.slug for topic in topics] == ["good"]
    assert [line.removeprefix(f"{folder}/").split(": ")[:2] for line in found] == [
        ["one.yaml", "strategy"],
        ["two.yaml", "recipients[0]"],
        ["two.yaml", "thresholds.review_level"],
    ]
    with pytest.raises(TopicErrors) as caught:
        read_topics(folder)
    assert caught.value.problems == found


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("article: ../page.md", "article"),
        ("article: /etc/passwd", "article"),
        ("article: sub/page.md", "article"),
        ("article: missing.md", "article"),
        ("strategy: ''", "strategy"),
        ("strategy: (a OR b", "strategy"),
        ("strategy: https://pubmed.ncbi.nlm.nih.gov/?term=naps%5Btiab%5D", "strategy"),
        ("filters: [made up]", "filters[0]"),
        ("recipients: [no]", "recipients[0]"),
        ('recipients: ["a@example.org\\nBcc: b@example.org"]', "recipients[0]"),
        ('recipients: ["a@example.org, b@example.org"]', "recipients[0]"),
        ('recipients: ["o:b@example.org"]', "recipients[0]"),
        ('recipients: ["a(b@example.org"]', "recipients[0]"),
        ('recipients: ["a@@example.org"]', "recipients[0]"),
        ('recipients: ["=?utf-8?q?x?=@example.org"]', "recipients[0]"),
        ("feeds: [{name: x, url: 'file:///etc/passwd'}]", "feeds[0].url"),
        ("feeds: [{name: x, url: 'javascript:alert(1)'}]", "feeds[0].url"),
        ("pins: [{marker: 0, position: 1}]", "pins[0].marker"),
        ("pins: [{marker: true, position: 1}]", "pins[0].marker"),
        ("pins: [{marker: 1, pmid: none}]", "pins[0].pmid"),
        ("pins: [{marker: 1}]", "pins[0]"),
        ("pins: [{marker: 1, doi: 10.5555/x}]", "pins[0]"),
        ("pins: [{position: 1, pmid: 5, not_in_pubmed: true}]", "pins[0]"),
        ("thresholds: {digest_items: 0}", "thresholds.digest_items"),
        ("thresholds: {digest_items: 1.5}", "thresholds.digest_items"),
        ("last_reviewed: 2026-13-40", "last_reviewed"),
        ("last_reviewed: yesterday", "last_reviewed"),
        ("question_kind: why", "question_kind"),
        ("retmax: 100", "retmax"),
    ],
)
def test_a_mistake_is_named_by_its_key(folder: Path, line: str, key: str) -> None:
    kept = [given for given in GOOD.splitlines() if given.split(":")[0] != line.split(":", maxsplit=1)[0]]
    (found,) = problems(folder, "\n".join([*kept, line]))
    assert found.startswith(f"{key}: ")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("recipients: board@example.org", "recipients: it is not a list; write [one, two]"),
        ("thresholds: 3", "thresholds: it is not a set of keys"),
        ("supplements: perhaps", "supplements: it is neither true nor false"),
    ],
)
def test_a_value_of_the_wrong_shape_is_told_in_yamls_words(folder: Path, line: str, says: str) -> None:
    kept = [given for given in GOOD.splitlines() if given.split(":")[0] != line.split(":", maxsplit=1)[0]]
    (found,) = problems(folder, "\n".join([*kept, line]))
    assert found.startswith(says)


def test_a_marker_pinned_twice_is_refused_and_two_markers_for_one_paper_are_not(folder: Path) -> None:
    twice = "pins: [{marker: 1, position: 1}, {marker: 1, position: 2}]\n"
    assert "pinned twice" in problems(folder, GOOD + twice)[0]
    assert not problems(folder, GOOD + "pins: [{marker: 1, position: 1}, {marker: 2, position: 1}]\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("article: page.md\narticle: page.md\n", "given twice"),
        ("a: &x 1\nb: *x\n", "alias"),
        ("article: [\n", "line 2"),
        ("- a list\n", "keys and values"),
        ("", "keys and values"),
        ("!!python/object/apply:os.system ['true']\n", "not YAML"),
        ("[" * 5000, ""),
        ("# " + "x" * MAX_BYTES, "larger"),
    ],
    ids=["key twice", "alias", "syntax", "list", "empty", "object", "deep", "huge"],
)
def test_a_file_that_is_no_topic_is_told_and_nothing_else_happens(folder: Path, text: str, said: str) -> None:
    (found,) = problems(folder, text)
    assert said in found


@pytest.mark.parametrize("name", ["Sleep.yaml", "a b.yaml", "x" * 81 + ".yaml", "é.yaml", "-x.yaml", "topic.yml"])
def test_a_file_name_that_is_no_slug_is_refused(folder: Path, name: str) -> None:
    (found,) = problems(folder, GOOD, name)
    assert "rename" in found


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "topic.yaml").write_bytes(b"article: \xff\xfe\n")
    assert "UTF-8" in read_topic_files(folder)[1][0]


def test_a_folder_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    assert "no such folder" in read_topic_files(tmp_path / "nowhere")[1][0]


def test_an_article_linked_from_elsewhere_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text("secret")
    (folder / "link.md").symlink_to(outside)
    assert problems(folder, GOOD.replace("page.md", "link.md"))


def test_a_question_can_be_watched_without_an_article(folder: Path) -> None:
    (folder / "sleep.yaml").write_text(
        "question: Does short sleep cause insulin resistance?\nsince: 2026-01-31\nknown_papers: [33116712, 33116712]\n"
        "strategy: insulin resistance[tiab]\n"
    )
    (topic,) = read_topics(folder)
    assert (topic.article, topic.question) == (None, "Does short sleep cause insulin resistance?")
    assert (topic.since, topic.known_papers) == (date(2026, 1, 31), (Pmid(33116712),))
    assert topic.files, "its state is known, so that it need not be read again"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("strategy: sleep\n", "article: missing; every topic file needs it, or else a question that is watched alone"),
        (GOOD + "question: Why?\n", "question: only for a topic without an article; take it out, or article"),
        (
            GOOD + "since: 2026-01-01\nknown_papers: [1]\n",
            "since and known_papers: only for a topic without an article",
        ),
        ("question: Why?\nstrategy: sleep\nnumbering: as-listed\n", "pins, numbering: about an article's references"),
        ("question: Why?\nstrategy: sleep\npins: [{marker: 1, pmid: 1}]\n", "pins, numbering: about an article's"),
        ("question: Why?\nstrategy: sleep\nsince: soon\n", "since: it should be a date"),
        ("question: Why?\nstrategy: sleep\nknown_papers: [x]\n", "known_papers[0]: "),
    ],
)
def test_keys_of_an_article_and_of_a_question_alone_exclude_each_other(folder: Path, text: str, said: str) -> None:
    (told,) = problems(folder, text)
    assert said in told


def test_a_pipe_in_the_place_of_a_topic_file_holds_nothing_up(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "sleep.yaml").write_text(GOOD)
    topics, problems = read_topic_files(folder)
    assert [topic.slug for topic in topics] == ["sleep"]
    assert problems == (f"{folder / 'pipe.yaml'}: it is no file; put the editor's file there, or take it away",)


def test_a_key_given_twice_is_named_with_both_lines(folder: Path) -> None:
    (told,) = problems(folder, "article: page.md\n\nstrategy: a\narticle: page.md\n")
    assert told == "article: given twice, in lines 1 and 4; delete one of them"
