"""Every end of a night leaves a receipt: in the store, the log, the monitoring's file, and at the dead man's switch."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from litwatch.config.settings import read_receipt_places, secrets_in
from litwatch.model.canary_record import CANARY
from litwatch.model.identifiers import Pmid
from litwatch.model.receipt import Looks, Measured, Receipt, count_looks
from litwatch.model.search import Search, SearchPart
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.model.text.hidden_secrets import hide_secrets, secrets_of_address
from litwatch.night.dead_man_ping import ping
from litwatch.night.log_lines import keeping_log
from litwatch.night.metrics_file import describe_metrics, write_metrics
from litwatch.night.receipts import announce_start, leave_receipt
from litwatch.night.run_ends import tell_early_end
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from litwatch.store import RunState
from tests.faults.ward import read_mail
from tests.local_server import serving
from tests.nights import House, open_house, open_made_store

BEGAN = datetime(2026, 11, 30, 5, 30, tzinfo=UTC)
ENDED = datetime(2026, 11, 30, 5, 31, 40, tzinfo=UTC)
VERSIONS = {"litwatch": "1.0", "duckdb": "2.0"}
WHOLE = Receipt(
    "nightly-20261130T053000Z",
    "nightly",
    "succeeded",
    Measured(BEGAN, ENDED, 4096, VERSIONS),
    as_of=date(2026, 11, 30),
    surveyed=3,
    looks=Looks(found=12, fetched=5),
    mails_sent=2,
    canary="found",
)
STOPPED = Receipt(None, "nightly", "failed", Measured(BEGAN, ENDED, 4096, VERSIONS), "The disk is full")


def sweep(kind: SweepKind = SweepKind.TOPIC, **changes: object) -> Sweep:
    made = Sweep(kind, SweepState.COMPLETE, None, (), 0, 0, (), (), None)
    return replace(made, **changes)  # type: ignore[arg-type]


def searched(
    *, pmids: tuple[Pmid, ...] = (), warnings: tuple[str, ...] = (), parts: tuple[SearchPart, ...] = ()
) -> Search:
    return Search("sleep", None, len(pmids), pmids, "", warnings, BEGAN, parts)


def test_looks_are_counted_over_all_articles() -> None:
    looks = count_looks(
        [
            sweep(found=10, delivered=10, known=7, searches=(searched(warnings=("PhraseIgnored: of",)),)),
            sweep(SweepKind.CITATION, found=4, delivered=3, missing=(Pmid(1),)),
            sweep(
                state=SweepState.FAILED, found=5, delivered=3, missing=(Pmid(1), Pmid(2)), unreadable=((Pmid(3), "x"),)
            ),
            sweep(searches=(searched(parts=(SearchPart("1:5[uid]", 5),)),)),
        ]
    )
    assert looks == Looks(found=15, fetched=9, missing=3, truncations=1, split=1, warnings=1)


def test_a_run_that_ended_early_counted_nothing_which_is_not_zero() -> None:
    assert STOPPED.as_row() == {"seconds": 100.0, "store_bytes": 4096, **VERSIONS}
    assert "litwatch_night_found" not in describe_metrics(STOPPED)
    assert WHOLE.as_row()["found"] == 12


def test_the_monitoring_reads_the_night_and_remembers_the_last_good_one(tmp_path: Path) -> None:
    file = tmp_path / "textfile" / "litwatch.prom"
    write_metrics(WHOLE, file)
    lines = file.read_text().splitlines()
    assert "# TYPE litwatch_night_found gauge" in lines
    assert {"litwatch_night_found 12", "litwatch_night_success 1", "litwatch_night_canary_found 1"} <= set(lines)
    assert f"litwatch_night_last_success_timestamp_seconds {int(ENDED.timestamp())}" in lines
    later = Measured(BEGAN, ENDED.replace(day=29), 4096, {"litwatch": 'a"\\\n'})
    write_metrics(replace(STOPPED, measured=later), file)
    lines = file.read_text().splitlines()
    assert f"litwatch_night_last_success_timestamp_seconds {int(ENDED.timestamp())}" in lines
    assert {"litwatch_night_success 0", r'litwatch_night_info{state="failed",litwatch="a\"\\\n"} 1'} <= set(lines)
    assert [path.name for path in file.parent.iterdir()] == ["litwatch.prom"], "no draft stays beside it"


class Watcher(ThreadingHTTPServer):
    """A dead man's switch on loopback, which keeps what it hears."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.heard: list[tuple[str, str]] = []
        self.answer: tuple[int, str | None] = (200, None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/5c2f6e1a-very-secret"


class _Answer(BaseHTTPRequestHandler):
    server: Watcher

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.heard.append((self.path.removeprefix("/5c2f6e1a-very-secret"), body))
        status, location = self.server.answer
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    server = Watcher()
    with serving(server):
        yield server


def test_a_ping_says_what_happened_below_its_address(watcher: Watcher) -> None:
    assert ping(watcher.url, event="start")
    assert ping(f"{watcher.url}/?create=1", "all of it", event="")
    assert ping(watcher.url, "the disk is full", event="fail")
    assert watcher.heard == [("/start", ""), ("?create=1", "all of it"), ("/fail", "the disk is full")]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, None), "HTTP 500"),
        ((404, None), "HTTP 404"),
        ((302, "file:///etc/passwd"), "HTTP 302"),
        ((302, "https://127.0.0.1/5c2f6e1a-very-secret"), "redirect to another scheme"),
    ],
)
def test_a_ping_that_fails_is_a_warning_without_the_address(
    answer: tuple[int, str], said: str, watcher: Watcher, caplog: pytest.LogCaptureFixture
) -> None:
    watcher.answer = answer
    assert not ping(watcher.url, "x", event="fail")
    assert said in caplog.text
    assert "secret" not in caplog.text


def test_a_watcher_that_says_nothing_or_is_not_there_holds_up_no_night(caplog: pytest.LogCaptureFixture) -> None:
    assert not ping("http://127.0.0.1:9/5c2f6e1a-very-secret")
    assert not ping("http://127.0.0.1:9/5c2f6e1a-very-secret", patience=0.0)
    assert caplog.text.count("could not be told of the end") == 2
    assert "secret" not in caplog.text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("receipts")) as opened:
        open_made_store(opened.settings())
        yield opened


@pytest.fixture
def house(made: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    here = made.copy(tmp_path)
    here.show_commands(monkeypatch)
    return here


def test_a_whole_night_leaves_its_receipt_in_four_places(
    house: House, watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "ping_url": watcher.url,
        "metrics_file": tmp_path / "litwatch.prom",
        "log_folder": tmp_path / "log",
        "canary": str(CANARY),
        "rehearsal": False,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"LITWATCH_{name.upper()}", str(value))
    with tell_early_end("nightly", os.environ):
        house.night(DEMONSTRATION_TODAY, settings=settings)
    (run,) = open_made_store(house.settings()).runs()
    assert run.state is RunState.SUCCEEDED
    assert {"found", "fetched", "missing", "truncations", "warnings", "seconds", "store_bytes", "duckdb"} < {
        *run.summary
    }
    assert run.summary["found"]
    assert (run.summary["mails_sent"], run.summary["canary"]) == (1, "found")
    assert [event for event, _ in watcher.heard] == ["/start", ""]
    (file,) = (tmp_path / "log").iterdir()
    line = json.loads(file.read_text().splitlines()[-1])
    assert line["logger"] == "litwatch.receipt"
    assert {name: line[name] for name in run.summary} == run.summary
    assert json.loads(watcher.heard[-1][1])["run"] == run.id
    assert f"litwatch_night_found {run.summary['found']}" in (tmp_path / "litwatch.prom").read_text()

    # The second night loses its canary: it is not whole, and all are told why.
    watcher.heard.clear()
    lost = settings | {"canary": "99999999", "operator": "operator@example.org"}
    summary = house.night(DEMONSTRATION_TODAY, settings=lost)
    assert not summary.ok
    assert summary.outcomes[0].saved is not None, "the articles are searched all the same"
    (run, _) = open_made_store(house.settings()).runs()
    assert (run.state, run.summary["canary"]) == (RunState.INCOMPLETE, "failed")
    assert str(run.error).startswith("canary: PMID 99999999 did not come")
    told = [read_mail(path.read_bytes()) for path in house.mails()]
    assert any("canary: PMID 99999999 did not come" in " ".join(mail.split()) for mail in told)
    ((event, said),) = watcher.heard
    assert event == "/fail", "a night that is not whole is no success"
    assert said == "incomplete: canary; `litwatch store runs` tells why"


def test_a_night_that_cannot_begin_pings_its_reason_and_leaves_a_receipt(
    house: House, watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITWATCH_PING_URL", watcher.url)
    monkeypatch.setenv("LITWATCH_REHEARSAL", "false")
    monkeypatch.setenv("LITWATCH_LOG_FOLDER", str(tmp_path / "log"))
    with pytest.raises(OSError, match="gone"), tell_early_end("nightly", os.environ):
        raise OSError(f"{watcher.url} is gone")
    (_, _), (event, said) = watcher.heard
    assert event == "/fail"
    assert said == "failed; `litwatch store runs` tells why"
    (row,) = open_made_store(house.settings()).runs()
    assert row.state is RunState.FAILED
    assert {"seconds", "store_bytes", "litwatch"} < {*row.summary}
    (file,) = (tmp_path / "log").iterdir()
    assert "is gone" in file.read_text()
    assert "very-secret" not in file.read_text()


def test_an_alarm_outside_names_kinds_and_numbers_and_nobody() -> None:
    faults = {"articles": ("sleep", "diet"), "mails": ()}
    lost = replace(WHOLE, state="incomplete", reason="mail to board@example.org was refused", faults=faults)
    assert lost.alarm == "incomplete: articles 2, mails; `litwatch store runs` tells why"


def test_what_of_the_switchs_address_is_secret_is_secret_everywhere() -> None:
    token = "5c2f6e1a-41d0"
    url = f"https://me:pass-word-1@hc.example.org/ping?token={token}"
    hidden = secrets_in({"LITWATCH_PING_URL": url})
    assert hidden == secrets_of_address(url)
    told = hide_secrets(f"shipping {url} failed: no {token}, pass-word-1; hc.example.org", hidden)
    assert token not in told
    assert "pass" not in told
    assert told.startswith("shipping https://")
    assert told.endswith("hc.example.org")


def test_a_rehearsal_neither_pings_nor_passes_for_the_sites_night(watcher: Watcher, tmp_path: Path) -> None:
    file = tmp_path / "litwatch.prom"
    given = {"LITWATCH_PING_URL": watcher.url, "LITWATCH_METRICS_FILE": str(file), "LITWATCH_REHEARSAL": "1"}
    announce_start(read_receipt_places(given))
    leave_receipt(WHOLE, read_receipt_places(given))
    assert (watcher.heard, file.exists()) == ([], False)
    leave_receipt(WHOLE, read_receipt_places(given | {"LITWATCH_REHEARSAL": "0"}))
    assert (len(watcher.heard), file.exists()) == (1, True)


def test_a_place_that_is_wrong_keeps_the_others(tmp_path: Path) -> None:
    places = read_receipt_places({"LITWATCH_PING_URL": "ftp://x", "LITWATCH_LOG_FOLDER": str(tmp_path)})
    assert (places.ping_url, places.log_folder) == (None, tmp_path)


def test_the_log_is_kept_as_json_without_secrets(tmp_path: Path) -> None:
    environment = {"LITWATCH_PING_URL": "https://hc.example.org/5c2f6e1a-very-secret"}
    with keeping_log(tmp_path, secrets_in(environment)):
        logging.getLogger("litwatch.somewhere").warning("asked %s", environment["LITWATCH_PING_URL"])
    logging.getLogger("litwatch.somewhere").warning("afterwards")
    (line,) = next(tmp_path.iterdir()).read_text().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"]) == ("WARNING", "litwatch.somewhere")
    assert "hc.example.org" in told["message"]
    assert "secret" not in told["message"]


def test_a_log_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    with keeping_log(tmp_path / "log"):
        logging.getLogger("litwatch.somewhere").info("said")
