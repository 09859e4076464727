"""Changing the articles' files: one at a time, never over another's change, and with an event that no crash loses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from litwatch.config import files_together
from litwatch.config.topic_files import read_topic_file
from litwatch.model.errors import OutputFailed, TopicErrors
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.judgement_chain import canonical_text
from litwatch.model.topic_edit import describe_edit
from litwatch.night.topic_edits import Author, ChangedSince, TopicEdits, read_topic_text
from litwatch.store import Store
from litwatch.store.inbox import Inbox

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
AUTHOR = Author("editor@example.org", NOW, "too many records")
TEXT = "# By hand.\narticle: page.md\nstrategy: >-\n  sleep[tiab]\n\nrecipients:\n  - board@example.org  # chair\n"


@pytest.fixture
def edits(tmp_path: Path) -> TopicEdits:
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "page.md").write_text("# What?\n")
    (queries / "sleep.yaml").write_text(TEXT)
    return TopicEdits(queries, tmp_path / "litwatch.edits", Inbox(tmp_path / "litwatch.inbox"))


def events(edits: TopicEdits) -> tuple[Judgement, ...]:
    return edits._inbox.read()[0]


def test_a_change_is_written_and_told_with_its_diff(edits: TopicEdits) -> None:
    topic = edits.set_keys("sleep", {"strategy": "sleep[tiab]\nAND insulin[tiab]"}, AUTHOR)
    assert topic.strategy == "sleep[tiab] AND insulin[tiab]"
    text = (edits.queries / "sleep.yaml").read_text()
    assert text == TEXT.replace("  sleep[tiab]\n", "  sleep[tiab]\n  AND insulin[tiab]\n")
    (event,) = events(edits)
    assert (event.decision, event.topic, event.by, event.reason) == (
        Decision.TOPIC_EDITED,
        "sleep",
        "editor@example.org",
        "too many records",
    )
    assert event.edit is not None
    assert "+  AND insulin[tiab]" in event.edit.diff
    (file,) = event.edit.files
    assert (file.name, file.bytes_before, file.bytes_after) == ("sleep.yaml", len(TEXT), len(text))
    assert (edits._together.former / str(file.before)).read_text() == TEXT


def test_nothing_changed_is_no_event(edits: TopicEdits) -> None:
    edits.set_keys("sleep", {"strategy": "sleep[tiab]"}, AUTHOR)
    assert events(edits) == ()


def test_what_the_strict_reader_refuses_is_never_written(edits: TopicEdits) -> None:
    with pytest.raises(TopicErrors, match=r"recipients\[0\]: it should be one mail address"):
        edits.set_keys("sleep", {"recipients": ["no-address"]}, AUTHOR)
    with pytest.raises(TopicErrors, match="no such key"):
        edits.set_keys("sleep", {"titel": "x"}, AUTHOR)
    assert (edits.queries / "sleep.yaml").read_text() == TEXT
    assert events(edits) == ()


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(edits: TopicEdits) -> None:
    seen = read_topic_text(edits.queries / "sleep.yaml").digest
    edits.set_keys("sleep", {"title": "Sleep"}, AUTHOR, opened=seen)
    with pytest.raises(ChangedSince, match=r"Somebody changed sleep\.yaml at \d\d:\d\d UTC") as refused:
        edits.set_keys("sleep", {"title": "Nap"}, AUTHOR, opened=seen)
    assert "title: Sleep" in refused.value.text
    assert len(events(edits)) == 1
    file = edits.queries / "new.yaml"
    file.write_text("by another")
    with pytest.raises(ChangedSince, match=r"new\.yaml is there meanwhile"):
        edits.put("new", {file: b"mine"}, AUTHOR, expected={file: None})


class Died(BaseException):
    """The process ends here."""


def die_at(name: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the process at the so-and-so-many-th call of a function of the journal's module."""
    calls = 0
    real: Callable[..., object] = getattr(files_together, name)

    def counted(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == number:
            raise Died
        return real(*given, **named)

    monkeypatch.setattr(files_together, name, counted)


@pytest.mark.parametrize(
    ("function", "number", "happened"),
    [("_write", 1, False), ("_write", 2, False), ("_carry_out", 1, False), ("put_in_place", 2, True)],
)
def test_a_process_that_dies_leaves_all_or_nothing_and_never_loses_the_event(
    edits: TopicEdits, monkeypatch: pytest.MonkeyPatch, function: str, number: int, *, happened: bool
) -> None:
    page, file = edits.queries / "page.md", edits.queries / "sleep.yaml"
    with monkeypatch.context() as context:
        die_at(function, number, context)
        with pytest.raises(Died):
            edits.put("sleep", {page: b"# Why?\n", file: TEXT.replace("chair", "Dr A").encode()}, AUTHOR, expected={})
    edits.mend()
    edits.mend()
    assert page.read_text() == ("# Why?\n" if happened else "# What?\n")
    assert ("# Dr A" in file.read_text()) is happened
    assert len(events(edits)) == int(happened)
    edits.set_keys("sleep", {"title": "Sleep"}, AUTHOR)
    assert sorted(each.name for each in edits.queries.iterdir()) == ["page.md", "sleep.yaml"]
    assert len(events(edits)) == 1 + happened


def test_an_event_that_could_not_be_kept_is_kept_by_the_next_command_once(
    edits: TopicEdits, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OutputFailed("no space")

    with monkeypatch.context() as context:
        context.setattr(Inbox, "put", full)
        edits.set_keys("sleep", {"title": "Sleep"}, AUTHOR)
    assert events(edits) == ()
    edits.mend()
    (event,) = events(edits)
    # The process died after the event was kept and before the journal forgot it: it is put again, and taken once.
    edits._together.change({edits.queries / "page.md": b"# Why?\n"}, canonical_text(event))
    edits.mend()
    assert events(edits) == (event,)
    store = Store(tmp_path / "litwatch.duckdb")
    store.migrate()
    store.take_in([event])
    store.take_in([event])
    assert [each.judgement for each in store.audit_trail()] == [event]
    assert store.verify_chain().problems == ()


def test_two_at_once_change_one_after_the_other(edits: TopicEdits) -> None:
    def add(number: int) -> None:
        edits.set_keys("sleep", {"title": f"Sleep {number}"}, AUTHOR)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(events(edits)) == 6
    assert read_topic_file(edits.queries, "sleep").title in {f"Sleep {number}" for number in range(6)}
    with edits._together.alone(), pytest.raises(OutputFailed, match="under way"), edits._together.alone(wait_seconds=0):
        pass


def test_a_folder_that_cannot_be_written_changes_nothing(edits: TopicEdits, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system", str(edits.queries))

    monkeypatch.setattr(files_together, "_write", refuse)
    with pytest.raises(OutputFailed, match="Read-only file system; nothing was changed"):
        edits.set_keys("sleep", {"title": "Sleep"}, AUTHOR)
    assert (edits.queries / "sleep.yaml").read_text() == TEXT
    assert events(edits) == ()


def test_the_files_of_before_are_bounded(edits: TopicEdits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_together, "_MOST_FORMER", 3)
    for number in range(6):
        edits.set_keys("sleep", {"title": f"Sleep {number}"}, AUTHOR)
    assert len(list(edits._together.former.iterdir())) == 3
    monkeypatch.setattr(files_together, "_FORMER_BYTES", 10)
    edits.set_keys("sleep", {"title": "Sleep"}, AUTHOR)
    (last,) = edits._together.former.iterdir()
    assert "Sleep 5" in last.read_text()


def test_a_person_can_be_taken_out_of_the_diffs(tmp_path: Path) -> None:
    store = Store(tmp_path / "litwatch.duckdb")
    store.migrate()
    after = TEXT.replace("board@example.org", "Dr.O'New@Example.org")
    edit = describe_edit({"sleep.yaml": TEXT.encode()}, {"sleep.yaml": after.encode()}, "sleep.yaml")
    store.record_judgement(Judgement("sleep", Decision.TOPIC_EDITED, "editor@example.org", NOW, edit=edit))
    (kept,) = store.audit_trail()
    assert kept.judgement.edit == edit
    assert store.forget_person("dr.o'new@example.org")
    (kept,) = store.audit_trail()
    assert kept.judgement.edit is not None
    assert "New" not in kept.judgement.edit.diff
    assert "board@example.org" in kept.judgement.edit.diff
    assert store.verify_chain().problems == ()
