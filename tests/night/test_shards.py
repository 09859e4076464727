"""A night in shards is the night of one machine; whatever dies, nothing is lost, and nothing is told twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pytest

from litwatch.model.errors import NightUnderWay, SettingsError
from litwatch.night.night_outcome import NightSummary
from litwatch.night.run_ends import tell_early_end
from litwatch.night.shards import ShardEnd, ShardOrder, ThisProcess, survey_shard
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from litwatch.store import RunState, Store
from tests.nights import House, open_house
from tests.store.store_scenes import read_tables

_T = TypeVar("_T")
FIRST, SECOND = DEMONSTRATION_TODAY - timedelta(days=7), DEMONSTRATION_TODAY
SLUGS = ("apnoea", "night-shifts", "sleep")


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Workers:
    """Workers that may die: ``survey`` and ``merge`` are called in their places."""

    here: ThisProcess
    before_merge: Callable[[], None] = lambda: None
    after_merge: Callable[[], None] = lambda: None
    lost: frozenset[int] = frozenset()
    asked: tuple[int, ...] = ()

    def survey(self, orders: Sequence[ShardOrder]) -> Sequence[ShardEnd]:
        self.asked = tuple(order.number for order in orders)
        kept = [order for order in orders if order.number not in self.lost]
        return [*self.here.survey(kept), *(ShardEnd(number, None, "its machine burns") for number in self.lost)]

    def merge(self, step: Callable[[], _T]) -> _T:
        self.before_merge()
        merged = step()
        self.after_merge()
        return merged


TOPIC_OF_FEW_PAPERS = "article: SLUG.md\nstrategy: sleep[ti] AND crossover[ti]\nrecipients: [RECIPIENT]\n"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A site before its first night."""
    with open_house(tmp_path_factory.mktemp("furnished")) as house:
        for slug in SLUGS:
            asks_two = "readers: 2\n" if slug == SLUGS[0] else ""
            house.write_topic(slug, topic=TOPIC_OF_FEW_PAPERS + asks_two)
        yield house


@pytest.fixture(scope="module")
def broken_off(furnished: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The same after a night whose writer died when all shards were surveyed and none was merged."""
    house = furnished.copy(tmp_path_factory.mktemp("broken"))
    with pytest.raises(Killed):
        night(house, FIRST, before_merge=die)
    return house


@pytest.fixture
def house(furnished: House, tmp_path: Path) -> House:
    return furnished.copy(tmp_path / "house")


def shared(house: House) -> dict[str, Any]:
    return {"shards": str(house.folder / "shared"), "shard_size": 2}


def night(house: House, day: date, **workers: Any) -> tuple[NightSummary, Workers]:
    """A night in shards."""
    settings = shared(house)
    by = Workers(ThisProcess(house.doors(datetime.combine(day, time(5, 30), UTC), **settings)), **workers)
    return house.night(day, settings=settings, workers=by), by


def die() -> None:
    raise Killed


def contents(house: House) -> dict[str, Any]:
    tables = read_tables(house.settings().store)
    for table, place in (("article_line", 5), ("published_line", 3)):  # the state of files, which are copies
        tables[table] = [(*row[:place], *row[place + 1 :]) for row in tables[table]]
    return tables


def pages(house: House) -> dict[str, bytes]:
    reports = house.folder / "reports"
    return {str(file.relative_to(reports)): file.read_bytes() for file in reports.rglob("*") if file.is_file()}


def test_nights_in_shards_leave_store_pages_and_mails_of_one_machine(house: House, tmp_path: Path) -> None:
    alone = house.copy(tmp_path / "alone")
    for day in (FIRST, SECOND):
        alone.night(day)
        summary, workers = night(house, day)
        assert summary.ok, summary.failure
        assert workers.asked == (1, 2)
        assert [outcome.report.topic.slug for outcome in summary.outcomes] == list(SLUGS)
        assert contents(house) == contents(alone)
        assert pages(house) == pages(alone)
        assert len(house.mails()) == len(alone.mails())
        assert not [*(house.folder / "shared").rglob("*.*")], "what a night left in the folder goes when it is over"


def test_the_articles_of_a_lost_shard_are_told_and_the_next_night_does_them(house: House) -> None:
    summary, _ = night(house, FIRST, lost=frozenset({1}))
    assert {topic.slug: topic.reason for topic in summary.failed} == {
        "apnoea": "its shard was not surveyed: its machine burns"
    }
    assert [outcome.report.topic.slug for outcome in summary.outcomes] == ["night-shifts", "sleep"]
    summary, _ = night(house, SECOND)
    assert summary.ok
    assert len(summary.outcomes) == 3


@pytest.mark.parametrize("merged", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_night_whose_writer_dies_is_merged_once_by_the_next_run_of_the_day(
    broken_off: House, furnished: House, tmp_path: Path, *, merged: bool
) -> None:
    house, alone = broken_off.copy(tmp_path / "house"), furnished.copy(tmp_path / "alone")
    alone.night(FIRST)
    if merged:
        with pytest.raises(Killed):
            night(house, FIRST, after_merge=die)
    assert not house.mails()
    house.pubmed.journal.clear()
    summary, workers = night(house, FIRST)
    assert summary.ok, summary.failure
    assert workers.asked == ()
    assert not len(house.pubmed.journal), "nothing is asked again"
    assert pages(house) == pages(alone)
    assert len(house.mails()) == len(alone.mails())
    for table in ("sweep", "sighting", "episode", "told_signal", "stored_verdict", "observation"):
        assert len(contents(house)[table]) == len(contents(alone)[table]), table


def test_a_merge_that_breaks_off_leaves_the_store_as_it_was(
    broken_off: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = broken_off.copy(tmp_path / "house")
    before, save = contents(house), Store.save_verdict

    @wraps(save)  # what reads the journal looks at its arguments
    def fail_at_the_last(store: Store, topic: str, *args: Any, **kwargs: Any) -> None:
        if topic == SLUGS[-1]:
            raise Killed
        save(store, topic, *args, **kwargs)

    monkeypatch.setattr(Store, "save_verdict", fail_at_the_last)
    with pytest.raises(Killed):
        night(house, FIRST)
    after = contents(house)
    assert {table for table in before if before[table] != after[table]} == {"run"}


def test_a_second_night_leaves_the_folder_to_the_one_that_is_alive(house: House) -> None:
    environment = {"LITWATCH_STORE": str(house.settings().store)}
    later = datetime.combine(SECOND, time(12), UTC)

    def begin_another() -> None:
        for day, overdue in ((FIRST, False), (FIRST + timedelta(days=1), True)):
            with (
                pytest.raises(
                    NightUnderWay, match=r"nightly-.* is at work .* Wait for its end .* or end it"
                ) as refused,
                tell_early_end("nightly", environment, clock=lambda: later),
            ):
                night(house, day)
            assert refused.value.overdue is overdue
            ended = [run.state for run in Store(house.settings().store).runs() if run.state is not RunState.RUNNING]
            assert ended == ([RunState.FAILED] if overdue else []), "told only where the other should have ended"

    summary, _ = night(house, FIRST, before_merge=begin_another)
    assert summary.ok, summary.failure
    assert len(summary.outcomes) == len(SLUGS)


def test_what_an_earlier_day_left_is_not_merged(broken_off: House, tmp_path: Path) -> None:
    house = broken_off.copy(tmp_path / "house")
    summary, workers = night(house, SECOND)
    assert summary.ok
    assert workers.asked == (1, 2)
    assert {row[5].date() for row in contents(house)["sweep"]} == {SECOND}


def test_an_article_that_cannot_be_read_is_told_by_the_editors_path(house: House) -> None:
    (house.folder / "queries" / "apnoea.md").write_bytes(b"\0\1\2")
    summary, _ = night(house, FIRST)
    (failed,) = summary.failed
    assert failed.slug == "apnoea"
    assert ".shard-" not in failed.reason


def test_a_worker_with_another_litwatch_refuses_the_shard(broken_off: House, tmp_path: Path) -> None:
    house = broken_off.copy(tmp_path / "house")
    (plan,) = (house.folder / "shared").glob("*/plan.json")
    plan.write_text(plan.read_text().replace('"program":"', '"program":"another '))
    order = ShardOrder(str(house.folder / "shared"), plan.parent.name, 1, 2, 1)
    with pytest.raises(SettingsError, match="install the same version on every machine"):
        survey_shard(order, "try-2", house.settings(), lambda _settings, _store: pytest.fail("it began"))


def test_what_a_shard_leaves_can_be_read_by_any_program_that_reads_parquet(broken_off: House) -> None:
    files = str(broken_off.folder / "shared" / "*" / "shard-*" / "try-1" / "writes-*.parquet")
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT arguments->>'$.night.topic' FROM read_parquet(?) WHERE method = 'save_night' ORDER BY 1", [files]
        ).fetchall()
    assert rows == [(slug,) for slug in SLUGS]


@pytest.mark.parametrize("options", [{"dry_run": True}, {"kind": "check", "only": ("sleep",)}])
def test_a_dry_run_and_a_check_of_an_article_are_not_divided(house: House, options: dict[str, Any]) -> None:
    house.night(FIRST, settings=shared(house), **options)
    assert not (house.folder / "shared").exists()
