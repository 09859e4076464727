"""A lost topic file, a clock that is wrong, an older copy of the store, an article that nobody reads: all are told."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.config.topic_files import read_topic_files
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_kept_store, open_store
from litwatch.night.doubts import find_doubts
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import find_unread, run_night
from litwatch.store import RunState
from tests.faults.ward import ARTICLE, read_mail, small_corpus
from tests.faults.ward import NIGHT as TODAY
from tests.nights import TOPIC, House, open_house

OPERATOR = "operator@example.org"
RETIRE = ("articles", "retire", "sleep", "--by", "Dr Example", "--reason", "merged into another article")
Run = Callable[..., tuple[int, str]]
OTHER = "---\nquestion: How is gout treated?\nlast_updated: 2025-12-01\n---\n\n## Drugs\n\nBy several.\n"


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of two articles after its first night."""
    with open_house(tmp_path_factory.mktemp("surveyed"), small_corpus(), today=TODAY) as opened:
        opened.write_topic("sleep", article=ARTICLE)
        opened.write_topic("gout", article=OTHER)
        opened.night(TODAY, send_mail=False)
        yield opened


@pytest.fixture
def house(surveyed: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    copy = surveyed.copy(tmp_path / "house")
    copy.show_commands(monkeypatch)
    return copy


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((said.out + said.err).split())

    return call


def a_night(house: House, days: int = 0, **settings: object) -> NightSummary:
    return house.night(TODAY + timedelta(days=days), settings=settings)


def told(house: House) -> list[str]:
    return [read_mail(path.read_bytes()) for path in house.mails() if OPERATOR.encode() in path.read_bytes()]


# --- a topic file that is gone -----------------------------------------------------------------------------------


def lose(house: House, slug: str = "sleep") -> None:
    (house.folder / "queries" / f"{slug}.yaml").unlink()


def lost(house: House) -> list[str]:
    """What a night would now say of the articles that it cannot read."""
    store = open_store(house.settings())
    return [failed.reason for failed in find_unread(*read_topic_files(house.settings().queries), store)]


def close_all(house: House, decision: Decision = Decision.REVIEWED_UNCHANGED) -> None:
    store = open_store(house.settings())
    shown = tuple(episode.id for episode in store.episodes("sleep"))
    at = datetime.combine(TODAY, time(9), UTC)
    store.record_judgement(Judgement("sleep", decision, "Dr Example", at, "decided", episodes=shown))


def test_a_lost_topic_file_is_told_although_nothing_is_open_for_it(house: House) -> None:
    close_all(house)
    lose(house)
    summary = a_night(house, operator=OPERATOR)
    assert not summary.ok
    assert [topic.slug for topic in summary.failed] == ["sleep"]
    assert '`litwatch articles retire sleep --by "YOUR NAME" --reason "' in summary.failed[0].reason
    assert "topic file missing" in (house.folder / "reports" / "index.html").read_text()
    assert "sleep: topic file missing" in told(house)[0]
    board = next(read_mail(path.read_bytes()) for path in house.mails() if b"To: board@" in path.read_bytes())
    assert "topic file missing" in board


def test_a_person_retires_an_article_and_coming_back_undoes_it(house: House, run: Run) -> None:
    topic = (house.folder / "queries" / "sleep.yaml").read_text()
    assert "Remove" in run(*RETIRE)[1]
    lose(house)
    assert lost(house) == []
    assert "article retired" in run("audit", "list")[1]
    (house.folder / "queries" / "sleep.yaml").write_text(topic)
    back = a_night(house, 1)
    assert len(back.outcomes) == 2
    lose(house)
    assert len(lost(house)) == 1


def test_an_article_that_the_board_withdraws_may_lose_its_file_at_any_time(house: House) -> None:
    close_all(house, Decision.REVIEWED_WITHDRAW)
    lose(house)
    assert lost(house) == []
    assert a_night(house, 1).ok
    assert lost(house) == [], "nor does a night without it change that"
    close_all(house)
    assert len(lost(house)) == 1, "the board has changed its mind"


def test_a_renamed_topic_file_is_named_under_its_new_name(house: House) -> None:
    queries = house.folder / "queries"
    (queries / "sleep.yaml").rename(queries / "short-sleep.yaml")
    renamed = "short-sleep.yaml seems to be the same article under a new name"
    (failed,) = a_night(house).failed
    assert renamed in failed.reason
    (again,) = lost(house)
    assert renamed in again, "also after a night that watched the new name"


def test_a_topic_file_that_is_renamed_back_keeps_its_name_and_the_one_that_was_tried_is_to_be_retired(
    house: House, run: Run
) -> None:
    queries = house.folder / "queries"
    (queries / "sleep.yaml").rename(queries / "nap-health.yaml")
    a_night(house, 1)
    assert "rename it back to sleep.yaml" in lost(house)[0]
    (queries / "nap-health.yaml").rename(queries / "sleep.yaml")
    (failed,) = a_night(house, 2).failed
    assert failed.slug == "nap-health"
    assert "sleep.yaml seems to be the same article and has the longer history" in failed.reason
    assert "rename" not in failed.reason
    command = shlex.split(failed.reason.split("`")[1])
    assert run(*command[1:])[0] == 0, "the command works as printed"
    assert lost(house) == []


def test_doctor_misses_the_file_and_a_retirement_needs_a_reason_and_an_article(house: House, run: Run) -> None:
    lose(house)
    assert "BAD articles sleep: topic file missing" in run("doctor")[1]
    assert run("articles", "retire", "sleep", "--by", "Dr Example")[0] == 2
    assert run("articles", "retire", "slepe", "--by", "Dr Example", "--reason", "a mistake")[0] == 2
    assert run(*RETIRE)[0] == 0
    assert "ok articles" in run("doctor")[1]


# --- a clock that is wrong ---------------------------------------------------------------------------------------


def at_clock(house: House, day: date) -> NightSummary:
    """A night of which the machine believes that it is that day; PubMed knows better."""
    house.pubmed.today = TODAY
    return run_night(house.doors(datetime.combine(day, time(5, 30), UTC), rehearsal=False))


def test_a_leap_of_the_clock_is_told_and_so_is_the_way_back_and_then_no_more(house: House) -> None:
    ahead = at_clock(house, TODAY + timedelta(days=400))
    assert "400 days after the last run" in (ahead.failure or "")
    said = ahead.outcomes[0].report.verdict.searched_to
    assert said is not None
    assert said <= TODAY, "no member is told that a day has been searched that has not come"
    back = at_clock(house, TODAY + timedelta(days=1))
    assert "that one was ahead" in (back.failure or "")
    windows = [row for row in house.rows("sweep") if row[3] == "sleep" and row[6] == "topic"]
    assert max(row[10] for row in windows[-1:]) <= TODAY + timedelta(days=1)
    later = datetime.combine(TODAY + timedelta(days=2), time(5, 30), UTC)
    assert find_doubts(house.doors(later, rehearsal=False), later) == ()


def test_a_night_from_the_future_is_not_the_last_good_night(house: House, run: Run) -> None:
    store, now = open_store(house.settings()), datetime.now(UTC)

    def note(at: datetime) -> None:
        store.finish_run(store.start_run("nightly", at), RunState.SUCCEEDED, at=at)

    note(now - timedelta(hours=3))
    assert "ok last night" in run("doctor")[1]
    note(now + timedelta(days=400))
    status, said = run("doctor")
    assert status == 1
    assert "BAD last night" in said
    assert "lies in the future" in said
    note(now - timedelta(hours=1))
    assert "ok last night" in run("doctor")[1], "a good night by the right clock came after it"


# --- an older copy of the store ----------------------------------------------------------------------------------


def test_answers_that_an_older_store_lacks_are_told_once(house: House, run: Run) -> None:
    copy = house.folder / "copy.duckdb"
    open_kept_store(house.settings()).snapshot(copy)
    assert run("articles", "retire", "gout", "--by", "Dr Example", "--reason", "a test")[0] == 0
    copy.replace(house.settings().store)
    restored = a_night(house, 1)
    assert "the store lacks 1 answer that it had" in (restored.failure or "")
    assert f"since {TODAY}" in (restored.failure or "")
    later = datetime.combine(TODAY + timedelta(days=2), time(5, 30), UTC)
    assert find_doubts(house.doors(later), later) == ()


# --- an article that nobody reads --------------------------------------------------------------------------------


def nobody(house: House) -> None:
    house.write_topic("sleep", topic=TOPIC.replace("recipients: [RECIPIENT]\n", ""), article=ARTICLE)


def test_the_operator_reads_what_the_digest_of_an_article_that_nobody_gets_would_say(house: House) -> None:
    nobody(house)
    stop = Judgement("", Decision.DIGEST_STOPPED, "them", datetime.now(UTC), member="board@example.org")
    open_store(house.settings()).record_judgement(stop)
    summary = a_night(house, operator=OPERATOR)
    assert summary.ok
    (mail,) = told(house)
    assert "sleep: its topic file names no recipients, so nobody is told. Review now:" in mail
    assert "retracted" in mail
    assert "gout: all of its recipients have stopped the digest, so nobody is told." in mail


def test_without_an_operator_the_night_fails_because_of_it(house: House, run: Run) -> None:
    nobody(house)
    summary = a_night(house)
    assert not summary.ok
    assert "sleep: its topic file names no recipients" in (summary.failure or "")
    assert "recipients: missing" in run("topics", "check")[1]
    assert "names no recipients" in run("doctor")[1]
