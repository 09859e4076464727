"""The minutes from a real store: on the command line, as files, and at the desk."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from litwatch.config.settings import Settings
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.month import Month
from litwatch.night.doors import publish_snapshot
from litwatch.reading.monthly_minutes import choose_month, read_minutes, read_minutes_view
from litwatch.report.minutes_view import say_median
from litwatch.store import Store
from tests.command_line import Run
from tests.desk.desk_scenes import DESK_SETTINGS, Desk, served
from tests.factories import make_topic
from tests.store.store_scenes import (
    ARRIVAL,
    RETRACTION,
    episodes_of,
    made_store,
    make_night,
    moment,
    save_night,
)

TOPIC = "insulin-resistance"
NOVEMBER = Month(2026, 11)
NEW_YEAR = datetime(2027, 1, 5, 9, tzinfo=UTC)


def say(store: Store, decision: Decision, day: int, *, topic: str = TOPIC, **given: object) -> None:
    change = given.get("change")
    shown = episodes_of(store, topic, change)  # type: ignore[arg-type]
    store.record_judgement(
        Judgement(topic, decision, "Dr A", moment(day, 12), "why", episodes=shown, **given)  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two articles from 1 and 3 November on; a notice was closed after four days, another is open; one was retired."""
    store = made_store(tmp_path_factory.mktemp("minutes"))
    with store.saving():
        save_night(store, make_night(1))
        save_night(store, make_night(3, topic="gout"))
        say(store, Decision.NOT_RELEVANT, 5, change=RETRACTION)
        say(store, Decision.RELEVANT, 6, change=ARRIVAL)
        say(store, Decision.REVIEWED_UPDATE, 7, topic="gout")
        save_night(store, make_night(40, topic="gout", changes=(RETRACTION, ARRIVAL)))
        store.record_judgement(
            Judgement("gout", Decision.RESPONSIBLE_NAMED, "Dr A", moment(8), "", responsible="board@example.org")
        )
        store.record_judgement(Judgement(TOPIC, Decision.ARTICLE_RETIRED, "Dr A", moment(20), "merged"))
    return store


def test_the_store_tells_the_month_as_it_stood_at_its_end(store: Store) -> None:
    minutes = read_minutes(NOVEMBER, store, [make_topic("gout")], NEW_YEAR)
    assert [each.slug for each in minutes.articles] == ["gout", TOPIC]
    assert [each.slug for each in minutes.began] == ["gout", TOPIC]
    assert [each.slug for each in minutes.retired] == [TOPIC]
    assert [(each.story.episode.article, each.days) for each in minutes.closed] == [(TOPIC, 4)]
    assert [each.episode.article for each in minutes.still_open] == ["gout"]
    assert say_median(minutes) == "4 days; 1 still open"
    (decided,) = minutes.decisions
    assert (decided.given.article, decided.given.decision.due, decided.overdue) == ("gout", date(2026, 12, 7), False)
    assert len(minutes.said) == 5
    assert {slug: each.address for slug, each in minutes.responsible.items()} == {"gout": "board@example.org"}
    assert minutes.responsible["gout"].due == date(2026, 12, 7), "until the decision is due"


def test_the_next_month_has_what_was_left_and_none_of_the_events(store: Store) -> None:
    minutes = read_minutes(NOVEMBER.next, store, [], NEW_YEAR)
    assert [each.slug for each in minutes.articles] == ["gout"]
    assert (minutes.said, minutes.open_before, [each.overdue for each in minutes.decisions]) == ((), 1, [True])
    assert [each.slug for each in minutes.with_nothing_new] == ["gout"]


def test_a_month_that_has_no_minutes_is_refused_with_what_there_is(store: Store, tmp_path: Path) -> None:
    assert choose_month(None, store, NEW_YEAR) == Month(2026, 12)
    assert choose_month(None, store, moment(9)) == NOVEMBER, "the store's first month, although it is not over"
    for asked, said in {
        "2027-02": "2027-02 has not begun; the newest minutes are those of 2027-01, which is not over",
        "2026-10": "the store begins on 2026-11-01; its first minutes are those of 2026-11",
        "last": "'last' is not a month; write it as 2026-10",
    }.items():
        with pytest.raises(ValueError, match=said):
            choose_month(asked, store, NEW_YEAR)
    with pytest.raises(ValueError, match="no night has run yet"):
        choose_month(None, made_store(tmp_path / "empty"), NEW_YEAR)


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    (tmp_path / "queries").mkdir()
    given = {"queries": tmp_path / "queries", "reports": tmp_path / "reports", "mail_folder": tmp_path / "mail"}
    made = Settings(**given, store=tmp_path / "copy.duckdb", **DESK_SETTINGS)  # type: ignore[arg-type]
    made.store.write_bytes(store.path.read_bytes())
    return made


def test_the_command_prints_the_minutes_and_writes_them_as_page_and_table(
    settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("queries", "reports", "store", "mail_folder"):
        monkeypatch.setenv(f"LITWATCH_{name.upper()}", str(getattr(settings, name)))
    status, out, _ = run("minutes", "--month", "2026-11")
    assert status == 0
    assert "Minutes of November 2026" in out
    assert "4 days; 1 still open" in out
    assert f"2026-11-20  {TOPIC}: retired" in out
    status, out, _ = run("minutes", "--month", "2026-11", "--csv", tmp_path / "m.csv", "--html", tmp_path / "m.html")
    assert (status, "Minutes of" in out) == (0, False)
    assert "<h1>Minutes of November 2026</h1>" in (tmp_path / "m.html").read_text()
    assert len([*csv.DictReader(io.StringIO((tmp_path / "m.csv").read_text("utf-8-sig")))]) == 2
    status, _, err = run("minutes", "--month", "2026-11", "--csv", tmp_path / "no" / "m.csv")
    assert status == 1
    assert f"there is no folder {tmp_path / 'no'}; make it, or choose another file" in err
    assert not (tmp_path / "no").exists()
    status, _, err = run("minutes", "--month", "2026-10")
    assert (status, "the store begins on 2026-11-01" in err) == (2, True)


@pytest.fixture
def desk(settings: Settings, store: Store) -> Iterator[Desk]:
    publish_snapshot(Store(settings.store), settings)
    with served(settings, now=NEW_YEAR) as desk:
        yield desk


def test_an_editor_reads_the_minutes_at_the_desk_and_takes_the_table_away(desk: Desk) -> None:
    assert desk.client.get("/minutes").status_code == 403
    desk.sign_in()
    page = desk.page("/minutes?month=2026-11")
    assert page.findtext(".//h1") == "Minutes of November 2026"
    assert "4 days; 1 still open" in page.text_content()
    assert page.xpath("//a[@href='/minutes?month=2026-12']")
    assert not page.xpath("//a[@href='/minutes?month=2026-10']")
    (link,) = page.xpath("//a[@href='/minutes.csv?month=2026-11']/@href")
    table = desk.client.get(link)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="minutes-2026-11.csv"'
    assert table.content.decode("utf-8-sig").count("\r\n") == 3
    assert desk.page("/minutes").findtext(".//h1") == "Minutes of December 2026"
    assert desk.page("/queue").xpath("//a[@href='/minutes']")
    refused = desk.client.get("/minutes?month=<b>soon")
    assert (refused.status_code, "is not a month; write it as 2026-10." in refused.text) == (404, True)
    assert "<b>soon" not in refused.text


def test_the_minutes_name_papers_by_their_titles(store: Store) -> None:
    view = read_minutes_view(NOVEMBER, store, [], NEW_YEAR)
    came = next(part for part in view.parts if part.heading == "Notices that came")
    assert [line.day for line in came.lines] == [date(2026, 11, 1), date(2026, 11, 3)]
    assert "PMID" in came.lines[0].text
    assert timedelta(days=4).days == view.minutes.closed[0].days
