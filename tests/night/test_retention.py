"""Settings say for how long reports, mails, logs and Prefect's runs are kept; without them nothing is removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from litwatch.model.message import MessageState
from litwatch.night.retention import Pruned, prune, prune_quietly
from litwatch.night.scheduler import forget_runs
from tests.command_line import Run
from tests.night.test_health import Scheduler, scheduler
from tests.nights import House, open_house, open_made_store
from tests.store.store_scenes import make_message

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
__all__ = ["scheduler"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        for name in ("reports/sleep/2026-01-01.html", "reports/sleep/2026-01-01.json", "reports/sleep/2026-11-29.html",
                     "reports/rest/2026-01-02.html", "reports/rest/notes.txt", "reports/index.html",
                     "log/litwatch-2026-01-01.jsonl", "log/litwatch-2026-11-29.jsonl", "log/other-2026-01-01.jsonl",
                     "mail/2026-01-01-board-abc.eml", "mail/2026-11-29-board-abc.eml"):  # fmt: skip
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("text")
        store = open_made_store(opened.settings())
        states = ((300, MessageState.SENT), (300, MessageState.UNKNOWN), (1, MessageState.SENT))
        for number, (days, state) in enumerate(states, 1):
            at = NOW - timedelta(days=days)
            store.enqueue([make_message(number)], at=at)
            (claimed,) = store.claim(at)
            store.settle(claimed.message.message_id, state, at=at)
        yield opened


def kept(house: House) -> dict[str, Any]:
    return dict.fromkeys(("keep_reports", "keep_mails", "keep_logs"), 30) | {"log_folder": house.folder / "log"}


def files(house: House) -> set[str]:
    return {
        path.relative_to(house.folder).as_posix()
        for folder in ("reports", "log", "mail")
        for path in (house.folder / folder).rglob("*")
        if path.is_file()
    }


def bodies(house: House) -> list[bool]:
    return [bool(entry.message.body) for entry in open_made_store(house.settings()).outbox()]


def test_without_a_setting_nothing_is_removed(house: House) -> None:
    before = files(house)
    store = open_made_store(house.settings())
    assert prune(house.settings(), store, NOW, {}) == Pruned()
    prune_quietly(house.settings(), store, NOW)
    assert (files(house), bodies(house)) == (before, [True] * 3)


def test_what_is_too_old_goes_and_an_articles_newest_report_stays(house: House) -> None:
    before = files(house)
    settings = house.settings(**kept(house))
    store = open_made_store(settings)
    would = prune(settings, store, NOW, {}, dry_run=True)
    assert (files(house), bodies(house)) == (before, [True] * 3), "a dry run removes nothing"
    assert prune(settings, store, NOW, {}) == would == Pruned(reports=2, mails=2, logs=1, freed=16)
    assert before - files(house) == {
        "reports/sleep/2026-01-01.html",
        "reports/sleep/2026-01-01.json",
        "log/litwatch-2026-01-01.jsonl",
        "mail/2026-01-01-board-abc.eml",
    }
    assert bodies(house) == [False, True, True], "what may still be sent again keeps its text"
    assert store.enqueue([make_message(1)], at=NOW) == (), "and is not told twice"


def test_the_command_says_what_it_removed(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    house.show_commands(monkeypatch)
    monkeypatch.setenv("LITWATCH_KEEP_REPORTS", "30")
    status, out, _ = run("prune", "--dry-run")
    assert status == 0
    assert out.startswith("would remove 2 report files, 0 mails, 0 log files")
    assert run("prune")[1].startswith("removed 2 report files")
    assert run("prune")[1].startswith("removed 0 report files")


def test_a_folder_that_cannot_be_changed_is_told_and_fails_no_night(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    prune_quietly(house.settings(keep_reports=30), open_made_store(house.settings()), NOW)
    assert "2026-01-01.html: Permission denied" in caplog.text


def test_a_folder_that_cannot_be_read_is_told_and_the_others_are_cleared(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:
        if folder.name in {"rest", "log"}:
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    pruned = prune(house.settings(**kept(house)), open_made_store(house.settings()), NOW, {})
    assert (pruned.reports, pruned.logs) == (2, 0)
    assert pruned.troubles == tuple(f"{house.folder / name}: Permission denied" for name in ("reports/rest", "log"))


def test_prefects_runs_go_with_their_artifacts(scheduler: Scheduler) -> None:
    scheduler.answers["/api/flow_runs/filter"] = [{"id": "r1"}]
    scheduler.answers["/api/artifacts/filter"] = [{"id": "a1"}, {"id": "a2"}]
    assert forget_runs({}, NOW) == 0
    assert forget_runs(scheduler.environment, NOW, dry_run=True) == 3
    assert scheduler.deleted == []
    assert forget_runs(scheduler.environment, NOW) == 3
    assert scheduler.deleted == ["/api/artifacts/a1", "/api/artifacts/a2", "/api/flow_runs/r1"]
    asked = next(body for path, body, _ in scheduler.asked if path == "/api/flow_runs/filter")
    assert asked["flow_runs"]["end_time"] == {"before_": NOW.isoformat()}
    assert "nightly" in asked["flows"]["name"]["any_"]
    assert asked["flow_runs"]["tags"] == {"all_": ["litwatch"]}, "another team's flow may be called nightly, too"
    assert os.environ.get("PREFECT_API_URL") is None
