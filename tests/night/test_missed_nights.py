"""Which late nights have nothing left to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from litwatch.config.settings import Settings
from litwatch.night.missed_nights import find_later_night
from litwatch.store import RunState, Store
from tests.store.store_scenes import made_store

DUE = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)


def spend(store: Store, kind: str, at: datetime, state: RunState = RunState.SUCCEEDED) -> str:
    run = store.start_run(kind, at)
    store.finish_run(run, state, at=at + timedelta(minutes=5))
    return run


def test_a_night_is_caught_up_by_one_that_began_later_and_ended_in_order(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    settings = Settings(store=store.path)
    spend(store, "nightly", DUE - timedelta(days=1))
    spend(store, "nightly", DUE + timedelta(hours=1), RunState.FAILED)
    for n in range(30):
        spend(store, "check", DUE + timedelta(hours=2, minutes=n))
    assert find_later_night(settings, DUE) is None
    later = spend(store, "nightly", DUE + timedelta(hours=3), RunState.INCOMPLETE)
    spend(store, "check", DUE + timedelta(hours=4))
    assert find_later_night(settings, DUE) == later


def test_where_the_store_cannot_tell_the_night_is_not_skipped(tmp_path: Path) -> None:
    """It is the night that migrates an older store, and that says what is wrong with a damaged one."""
    settings = Settings(store=tmp_path / "litwatch.duckdb")
    assert find_later_night(settings, DUE) is None
    settings.store.write_bytes(b"no database")
    assert find_later_night(settings, DUE) is None
