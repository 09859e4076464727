"""The doctor says what is wrong and what mends it, is content with what was mended, and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from litwatch.model.errors import LitwatchError
from litwatch.model.receipt import Measured
from litwatch.night import health
from litwatch.night.doors import open_inbox, open_snapshot, publish_snapshot
from litwatch.night.health import (
    Ailing,
    check_clock,
    check_disk,
    check_last_night,
    check_mail_server,
    check_permissions,
)
from litwatch.night.night_outcome import NightSummary, make_receipt
from litwatch.night.scheduler import SchedulerUnwell, ask_scheduler
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from litwatch.store import RunState, Store
from tests.command_line import Run
from tests.local_server import serving
from tests.nights import House, open_house, open_made_store

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An installation without a night."""
    with open_house(tmp_path_factory.mktemp("made")) as opened:
        open_made_store(opened.settings())
        yield opened


@pytest.fixture
def house(made: House, tmp_path: Path) -> House:
    """A copy of it."""
    return made.copy(tmp_path)


def note(store: Store, state: RunState, *, hours: float = 2.0, kind: str = "nightly", **faults: list[str]) -> str:
    """A run that ended so many hours ago."""
    at = NOW - timedelta(hours=hours)
    run = store.start_run(kind, at)
    error = None if state is RunState.SUCCEEDED else "sleep: no answer"
    store.finish_run(run, state, at=at, summary={"faults": faults} if faults else {}, error=error)
    return run


def test_a_running_night_is_no_fault_and_the_one_before_it_counts(house: House) -> None:
    store = open_made_store(house.settings())
    run = store.start_run("nightly", NOW)
    assert check_last_night(house.settings()) == f"the first one, {run}, is running"
    store.finish_run(run, RunState.SUCCEEDED, at=NOW)
    under_way = store.start_run("nightly", NOW + timedelta(minutes=1))
    assert check_last_night(house.settings()) == f"{run} succeeded; {under_way} is running"


def test_a_night_that_runs_for_days_is_one(house: House) -> None:
    open_made_store(house.settings()).start_run("nightly", NOW - timedelta(days=2))
    with pytest.raises(Ailing, match="more than 26 hours"):
        check_last_night(house.settings())


def test_files_that_were_written_since_are_mended(house: House) -> None:
    store = open_made_store(house.settings())
    note(store, RunState.INCOMPLETE, files=[])
    with pytest.raises(Ailing, match="not mended since: files that could not be written") as found:
        check_last_night(house.settings())
    assert found.value.fix == "litwatch report"
    note(store, RunState.SUCCEEDED, kind="report", hours=1)
    assert "has been mended since" in check_last_night(house.settings())


def test_members_answers_and_the_desk_are_mended_where_they_are_broken(house: House) -> None:
    settings = house.settings()
    summary = NightSummary(
        *("run", "nightly", NOW.date(), (), (), (), None, None),
        member_mistakes=("one",),
        answer_trouble="two",
        desk_trouble="three",
    )
    faults = make_receipt(summary, Measured(NOW, NOW, 0, {})).faults
    assert (faults, summary.failure) == ({"members": (), "answers": (), "desk": ()}, "one\ntwo\nthree")
    note(open_made_store(settings), RunState.INCOMPLETE, **{kind: [] for kind in faults})
    (settings.queries / "members.yaml").write_text("members: 1")
    refused = open_inbox(settings).folder / "refused"
    refused.mkdir(parents=True)
    (refused / "answer.txt").write_text("no such article")
    with pytest.raises(
        Ailing, match=r"not mended since: mistakes in .*members.yaml, answers .*, the desk's copy"
    ) as found:
        check_last_night(settings)
    assert found.value.fix == f"litwatch members check\nls -l {refused}\nlitwatch nightly"
    (settings.queries / "members.yaml").unlink()
    shutil.rmtree(refused)
    publish_snapshot(open_made_store(settings), settings)
    assert "has been mended since" in check_last_night(settings)


def test_row_and_mail_say_that_the_desks_copy_could_not_be_renewed(house: House) -> None:
    settings = {"desk_url": "https://desk.example.org/", "desk_secret": "s" * 40, "operator": "op@example.org"}
    (open_snapshot(house.settings()).path / "in the way").mkdir(parents=True)
    summary = house.night(DEMONSTRATION_TODAY, settings=settings)
    assert "The desk still shows what was known before" in str(summary.failure)
    last = open_made_store(house.settings()).runs(1)[0]
    assert (last.state, last.error, last.summary["faults"]) == (RunState.INCOMPLETE, summary.failure, {"desk": []})
    assert any("The desk still shows" in mail.read_text() for mail in house.mails() if "-op-" in mail.name)


def test_an_article_is_mended_by_a_later_look_at_it_that_was_whole(house: House) -> None:
    store = open_made_store(house.settings())
    note(store, RunState.INCOMPLETE, articles=["sleep", "left-long-ago"])
    with pytest.raises(Ailing, match=r"not mended since: sleep$") as found:
        check_last_night(house.settings())
    assert found.value.fix == "litwatch check sleep"
    house.night(DEMONSTRATION_TODAY, kind="check", only=["sleep"], send_mail=False)
    with house.doors(NOW).store._writing() as con:
        con.execute("UPDATE sweep SET surveyed_at = now()")  # the demonstration's day lies before the night
    assert "has been mended since" in check_last_night(house.settings())
    with house.doors(NOW).store._writing() as con:
        con.execute("UPDATE sweep SET state = 'failed' WHERE kind = 'topic'")
    with pytest.raises(Ailing, match=r"not mended since: sleep$"):
        check_last_night(house.settings())


def test_what_only_a_night_mends_stands_until_the_next_one(house: House) -> None:
    store = open_made_store(house.settings())
    note(store, RunState.INCOMPLETE, canary=[], mails=[], doubts=[])
    with pytest.raises(Ailing, match=r"not mended since: the canary$") as found:
        check_last_night(house.settings())
    assert found.value.fix == "litwatch nightly"
    note(store, RunState.SUCCEEDED, hours=1)
    assert "succeeded" in check_last_night(house.settings())


def test_a_run_in_the_future_is_a_wrong_clock(house: House) -> None:
    store = open_made_store(house.settings())
    note(store, RunState.SUCCEEDED, kind="check", hours=-48)
    with pytest.raises(LitwatchError, match="lies in the future"):
        check_clock(house.settings())
    note(store, RunState.SUCCEEDED)
    assert "after the last run" in check_clock(house.settings())


def test_a_disk_without_room_for_a_copy_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "free at" in check_disk(house.settings())
    monkeypatch.setattr(health, "ROOM", 10**18)
    with pytest.raises(Ailing, match="GB should be"):
        check_disk(house.settings())


def test_what_cannot_be_written_is_told_and_who_may_read_the_store(house: House) -> None:
    house.settings().store.chmod(0o600)
    assert check_permissions(house.settings()) == "everything that a night writes can be written"
    house.settings().store.chmod(0o604)
    assert "everybody on this machine may read" in check_permissions(house.settings())
    file = house.folder / "a file"
    file.write_text("")
    with pytest.raises(Ailing, match="a file is a file where a folder should be"):
        check_permissions(house.settings(log_folder=file / "log"))


def test_a_mail_server_that_is_away_is_told(house: House) -> None:
    with pytest.raises(Ailing, match=r"failed .*refused") as found:
        check_mail_server(house.settings(smtp_host="127.0.0.1", smtp_port=9))
    assert found.value.fix == "nc -vz 127.0.0.1 9"
    assert "mails are written to" in check_mail_server(house.settings())


def test_the_doctor_migrates_nothing(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    house.show_commands(monkeypatch)
    with open_made_store(house.settings())._writing() as con:
        con.execute("DELETE FROM ledger WHERE number = (SELECT max(number) FROM ledger)")
    before = house.settings().store.read_bytes()
    status, out, _ = run("doctor", "--fix-hints")
    assert status == 1
    assert "BAD store" in out
    assert "an older litwatch" in out
    assert "$ litwatch store migrate" in out
    assert house.settings().store.read_bytes() == before


def test_the_status_is_ten_lines(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    house.show_commands(monkeypatch)
    monkeypatch.setenv("LITWATCH_CANARY", "17469039")
    monkeypatch.setenv("LITWATCH_KEEP_LOGS", "30")
    assert run("status")[1].splitlines()[:2] == [
        "last night    none yet",
        "next night    now: no night has ended yet",
    ]
    store = open_made_store(house.settings())
    at = NOW - timedelta(hours=1)
    summary = {"found": 12, "seconds": 3.4, "canary": "found", "litwatch": "0.1.0", "duckdb": "2.0"}
    store.finish_run(store.start_run("nightly", at), RunState.SUCCEEDED, at=at, summary=summary)
    status, out, _ = run("status")
    lines = out.splitlines()
    assert status == 0
    assert len(lines) == 10
    assert lines[0] == f"last night    {at:%Y-%m-%d %H:%M}Z, whole"
    assert lines[1] == f"next night    due by {at + timedelta(hours=26):%Y-%m-%d %H:%M}Z"
    assert lines[6] == "receipt       found 12, 3.4 s"
    assert lines[7] == "canary        PMID 17469039 found"
    assert lines[9] == "kept          logs 30 days; the rest for ever"
    told = json.loads(run("status", "--json")[1])
    assert (told["last_night"]["state"], told["retention"]["logs"]) == ("succeeded", 30)


class Scheduler(ThreadingHTTPServer):
    """A Prefect server's answers, as 3.8 gives them, from what a test sets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.answers: dict[str, Any] = {
            "/api/deployments/filter": [
                {"id": "d1", "paused": False, "schedules": [{"active": True}], "work_pool_name": "litwatch"}
            ],
            "/api/flow_runs/filter": [{"expected_start_time": (NOW + timedelta(hours=5)).isoformat()}],
            "/api/work_pools/litwatch/workers/filter": [{"status": "ONLINE"}, {"status": "OFFLINE"}],
        }
        self.asked: list[tuple[str, Any, str | None]] = []
        self.deleted: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        return {"PREFECT_API_URL": f"http://127.0.0.1:{self.server_port}/api"}


class _Answer(BaseHTTPRequestHandler):
    server: Scheduler

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, self.headers["Authorization"]))
        said = json.dumps(self.server.answers.get(self.path)).encode()
        self.send_response(200 if self.path in self.server.answers else 404)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def do_DELETE(self) -> None:
        self.server.deleted.append(self.path)
        if self.path.startswith("/api/flow_runs/"):
            self.server.answers["/api/flow_runs/filter"] = []
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    server = Scheduler()
    with serving(server):
        yield server


def test_a_schedule_that_works_is_told_with_its_next_night(scheduler: Scheduler) -> None:
    found = ask_scheduler(scheduler.environment | {"PREFECT_API_KEY": "key"}, NOW)
    assert found is not None
    at = f"{NOW + timedelta(hours=5):%Y-%m-%d %H:%M}Z"
    assert found.sentence == f"next night at {at}; 1 worker online in the pool litwatch"
    assert {login for _, _, login in scheduler.asked} == {"Bearer key"}
    assert scheduler.asked[1][1]["deployments"]["id"]["any_"] == ["d1"]
    assert ask_scheduler({}, NOW) is None


@pytest.mark.parametrize(
    ("path", "answer", "said", "fix"),
    [
        ("deployments/filter", [], "knows no deployment named nightly", "prefect --no-prompt deploy --all"),
        (
            "deployments/filter",
            [{"id": "d1", "paused": True, "schedules": [{"active": True}]}],
            "schedules nothing: the deployment nightly is paused",
            "prefect deployment schedule resume --all nightly/nightly",
        ),
        (
            "deployments/filter",
            [{"id": "d1", "paused": False, "schedules": [{"active": False}]}],
            "has no active schedule",
            "prefect --no-prompt deploy --all",
        ),
        ("flow_runs/filter", [], "no run is planned", "prefect server start"),
        (
            "flow_runs/filter",
            [{"expected_start_time": "2026-01-01T05:30:00Z"}],
            "no run is planned",
            "prefect server start",
        ),
        ("work_pools/litwatch/workers/filter", [{"status": "OFFLINE"}], "no worker", "worker start --pool litwatch"),
    ],
)
def test_a_prefect_that_will_run_no_night_is_named(
    path: str, answer: object, said: str, fix: str, scheduler: Scheduler
) -> None:
    scheduler.answers[f"/api/{path}"] = answer
    with pytest.raises(SchedulerUnwell, match=said) as found:
        ask_scheduler(scheduler.environment, NOW)
    assert fix in found.value.fix


def test_a_prefect_that_does_not_answer_is_named(scheduler: Scheduler) -> None:
    del scheduler.answers["/api/deployments/filter"]
    with pytest.raises(SchedulerUnwell, match=r"does not answer .HTTP 404"):
        ask_scheduler(scheduler.environment, NOW)
    with pytest.raises(SchedulerUnwell, match=r"does not answer .ConnectError"):
        ask_scheduler({"PREFECT_API_URL": "http://127.0.0.1:9/api"}, NOW)
    assert os.environ.get("PREFECT_API_URL") is None
