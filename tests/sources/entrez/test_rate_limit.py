"""How long is waited and how fast is asked: patience, jitter, Retry-After, and NCBI's limit kept by all processes."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from litwatch.model.errors import LitwatchError, OutputFailed, SettingsError, SourceUnavailable
from litwatch.sources.entrez import Entrez, EntrezSettings
from litwatch.sources.entrez.rate_limit import GAP, GAP_WITH_KEY, Pacer, gap_between
from tests.sources.entrez.scripted_ncbi import EMAIL, GOOD, FakeTime, Received, Reply, ScriptedNcbi, hits, open_entrez


def search_in_vain(entrez: Entrez) -> str:
    with pytest.raises(SourceUnavailable) as caught:
        entrez.search("x")
    return str(caught.value)


def test_after_three_asks_in_vain_each_has_one_try_until_one_succeeds(ncbi: ScriptedNcbi) -> None:
    time = FakeTime()
    entrez = open_entrez(ncbi, time)
    ncbi.answering = lambda _: Reply(status=503)
    patient = [search_in_vain(entrez) for _ in range(3)]
    assert len(ncbi.received) == 15
    assert all("(tries: 5)" in said for said in patient)
    time.slept.clear()
    hasty = [search_in_vain(entrez) for _ in range(100)]
    assert len(ncbi.received) == 115
    assert all("(tries: 1, after earlier failures)" in said for said in hasty)
    assert max(time.slept) <= GAP
    ncbi.answering = lambda _: GOOD
    assert entrez.search("x").count == 1
    ncbi.answering = lambda _: Reply(status=503)
    assert "(tries: 5)" in search_in_vain(entrez)


def test_an_answer_between_asks_in_vain_keeps_the_patience(ncbi: ScriptedNcbi) -> None:
    entrez = open_entrez(ncbi)
    for _ in range(4):
        ncbi.answering = lambda _: Reply(status=503)
        assert "(tries: 5)" in search_in_vain(entrez)
        ncbi.answering = lambda _: GOOD
        entrez.search("x")


@pytest.mark.parametrize(
    "fault",
    [Reply(hits(99000001, count=2)), Reply(status=302), Reply(b"Bad request", status=400), Reply(b"x" * 9000)],
    ids=["short", "redirect", "refusal", "too large"],
)
def test_an_ask_that_failed_for_its_own_sake_does_not_use_up_the_patience(ncbi: ScriptedNcbi, fault: Reply) -> None:
    entrez = open_entrez(ncbi, max_body=8000)
    ncbi.answering = lambda _: fault
    for _ in range(4):
        with pytest.raises(LitwatchError):
            entrez.search("x")
    ncbi.answering = lambda _: Reply(status=503)
    assert "(tries: 5)" in search_in_vain(entrez)


def test_patience_is_each_doors_own(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = lambda _: Reply(status=503)
    first = open_entrez(ncbi)
    for _ in range(4):
        search_in_vain(first)
    assert "(tries: 5)" in search_in_vain(open_entrez(ncbi))


def test_waits_grow_by_full_jitter(ncbi: ScriptedNcbi) -> None:
    time = FakeTime()
    ncbi.answering = lambda _: Reply(status=503)
    with pytest.raises(SourceUnavailable):
        open_entrez(ncbi, time).search("x")
    assert [pause for pause in time.slept if pause > GAP] == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(("header", "pause"), [("7", 7.0), ("86400", 60.0), ("date", 30.0), ("nonsense", 1.0)])
def test_retry_after_is_honoured_up_to_a_minute(ncbi: ScriptedNcbi, header: str, pause: float) -> None:
    time = FakeTime()
    value = format_datetime(time.wall + timedelta(seconds=30), usegmt=True) if header == "date" else header
    ncbi.replies = [Reply(status=429, headers={"Retry-After": value}), GOOD]
    open_entrez(ncbi, time).search("x")
    assert time.present - 1000.0 >= pause
    assert pause in time.slept


def test_a_retry_after_in_the_past_does_not_stop_the_retry(ncbi: ScriptedNcbi) -> None:
    time = FakeTime()
    past = format_datetime(time.wall - timedelta(hours=1), usegmt=True)
    ncbi.replies = [Reply(status=503, headers={"Retry-After": past}), GOOD]
    assert open_entrez(ncbi, time).search("x").count == 1


class Stopwatch(FakeTime):
    """Threads sleep on it without waiting: each request is timed by the slot that its thread slept until."""

    def __init__(self) -> None:
        super().__init__()
        self.mine = threading.local()

    def now(self) -> float:
        return getattr(self.mine, "now", 1000.0)

    def sleep(self, seconds: float) -> None:
        self.mine.now = self.now() + seconds


@pytest.mark.parametrize("shared_file", [True, False])
@pytest.mark.parametrize(("gap", "most"), [(GAP, 3), (GAP_WITH_KEY, 10)])
def test_no_second_holds_more_requests_than_ncbi_allows_whoever_asks(
    tmp_path: Path, gap: float, most: int, *, shared_file: bool
) -> None:
    watch = Stopwatch()
    times: list[float] = []
    one_for_all = Pacer(None, gap, monotonic=watch.now, sleep=watch.sleep)
    one_for_all.wait()
    watch.mine.now = 1000.0

    def work() -> None:
        pacer = Pacer(tmp_path / "pace", gap, monotonic=watch.now, sleep=watch.sleep) if shared_file else one_for_all
        for _ in range(10):
            pacer.wait()
            times.append(watch.now())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    assert len(times) == 60
    assert min(later - earlier for earlier, later in pairwise(times)) > gap - 1e-6
    assert max(sum(start <= at < start + 1.0 for at in times) for start in times) <= most


@pytest.mark.parametrize(("with_key", "most"), [(False, 3), (True, 10)])
@pytest.mark.parametrize("machines", [1, 2, 3])
def test_machines_that_share_an_address_never_exceed_what_ncbi_allows(
    tmp_path: Path, *, with_key: bool, most: int, machines: int
) -> None:
    """However their clocks stand: in the worst case all of them begin at the same moment."""
    times: list[float] = []
    for machine in range(machines):
        watch = Stopwatch()
        watch.mine.now = 1000.0
        gap = gap_between(with_key=with_key, machines=machines)
        pacer = Pacer(tmp_path / f"pace-{machine}", gap, monotonic=watch.now, sleep=watch.sleep)
        for _ in range(30):
            pacer.wait()
            times.append(watch.now())
    assert max(sum(start <= at < start + 1.0 for at in times) for start in times) <= most


def test_more_machines_than_requests_a_second_are_refused() -> None:
    with pytest.raises(SettingsError, match="at most 3 machines"):
        gap_between(with_key=False, machines=4)
    assert gap_between(with_key=True, machines=4) == pytest.approx(10 * GAP_WITH_KEY / 2)


def test_processes_share_one_row_of_slots(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from litwatch.sources.entrez.rate_limit import Pacer\n"
        "for _ in range(8):\n"
        "    now = time.monotonic(); slot = [now]\n"
        f"    Pacer(Path(sys.argv[1]), {GAP}, monotonic=lambda: now, sleep=lambda s: slot.append(now + s)).wait()\n"
        "    print(slot[-1])\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "pace")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    slots = sorted(float(line) for process in running for line in process.communicate(timeout=60)[0].splitlines())
    assert len(slots) == 24
    assert min(later - earlier for earlier, later in pairwise(slots)) > GAP - 1e-6


def test_retries_draw_slots_like_first_tries(ncbi: ScriptedNcbi, tmp_path: Path) -> None:
    time = FakeTime()
    time.chance = 0.0
    arrived: list[float] = []

    def answer(_: Received) -> Reply:
        arrived.append(time.present)
        return Reply(status=503) if len(arrived) % 3 else GOOD

    ncbi.answering = answer
    entrez = open_entrez(ncbi, time, pace_file=tmp_path / "pace")
    for _ in range(4):
        entrez.search("x")
    assert len(arrived) == 12
    assert all(later - earlier >= GAP - 1e-6 for earlier, later in pairwise(arrived))


def test_a_429_holds_everybody_back(ncbi: ScriptedNcbi, tmp_path: Path) -> None:
    ours, theirs = FakeTime(), FakeTime()
    ncbi.replies = [Reply(status=429, headers={"Retry-After": "5"}), GOOD, GOOD]
    with pytest.raises(SourceUnavailable):
        open_entrez(ncbi, ours, tries=1, pace_file=tmp_path / "pace").search("x")
    open_entrez(ncbi, theirs, pace_file=tmp_path / "pace").search("x")
    assert theirs.present >= 1005.0


def test_a_slot_left_over_from_before_a_restart_cannot_block(tmp_path: Path) -> None:
    before, after = FakeTime(), FakeTime()
    before.present, after.present = 9_000_000.0, 5.0
    Pacer(tmp_path / "pace", GAP, monotonic=lambda: before.present, sleep=before.sleep).wait()
    Pacer(tmp_path / "pace", GAP, monotonic=lambda: after.present, sleep=after.sleep).wait()
    assert after.slept == []


@pytest.mark.parametrize("content", [b"", b"abc", b"\xff" * 8, b"\x00" * 4096])
def test_a_damaged_pace_file_is_written_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pace").write_bytes(content)
    time = FakeTime()
    pacer = Pacer(tmp_path / "pace", GAP, monotonic=lambda: time.present, sleep=time.sleep)
    pacer.wait()
    pacer.wait()
    assert time.slept == pytest.approx([GAP])


def test_a_pace_file_that_cannot_be_written_stops_the_request_and_is_named(ncbi: ScriptedNcbi, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputFailed, match=r"file/pace"):
        open_entrez(ncbi, pace_file=tmp_path / "file" / "pace").search("x")
    assert ncbi.received == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("gap", "most"), [(GAP, 3), (GAP_WITH_KEY, 10)])
def test_threads_that_wake_too_late_for_their_slots_do_not_crowd_a_second(
    tmp_path: Path, gap: float, most: int, seed: int
) -> None:
    """With several in flight, one that is sent late would stand too close to those behind it."""
    chance = random.Random(seed)
    sent = []
    for _ in range(60):
        mine = FakeTime()

        def oversleep(seconds: float, mine: FakeTime = mine) -> None:
            mine.sleep(seconds + chance.choice([0.0, 0.001, 0.5 * gap, gap, 3 * gap]))

        Pacer(tmp_path / "pace", gap, monotonic=lambda mine=mine: mine.present, sleep=oversleep).wait()  # type: ignore[misc]
        sent.append(mine.present)
    assert max(sum(start <= at < start + 1.0 for at in sent) for start in sent) <= most


def test_a_request_is_paced_when_its_connection_stands(
    monkeypatch: pytest.MonkeyPatch, ncbi: ScriptedNcbi, tmp_path: Path
) -> None:
    """One that is paced before it connects arrives later by the time that connecting takes, and crowds the others."""
    steps: list[str] = []
    connect = socket.create_connection

    def connecting(*given: object, **more: object) -> socket.socket:
        steps.append("connect")
        return connect(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", connecting)
    ncbi.replies = [GOOD]
    time = FakeTime()
    Pacer(tmp_path / "pace", GAP, monotonic=lambda: time.present, sleep=time.sleep).wait()
    timepiece = replace(time.timepiece(), sleep=lambda seconds: (steps.append("pace"), time.sleep(seconds))[1])
    Entrez(EntrezSettings(email=EMAIL, base_url=ncbi.url, pace_file=tmp_path / "pace"), timepiece=timepiece).search("x")
    assert steps == ["connect", "pace"]


def test_a_host_that_cannot_be_reached_is_not_knocked_at_any_faster(tmp_path: Path) -> None:
    time = FakeTime()
    timepiece = replace(time.timepiece(), random=lambda: 0.0)
    settings = EntrezSettings(email=EMAIL, base_url="http://127.0.0.1:9/", pace_file=tmp_path / "pace")
    entrez = Entrez(settings, timepiece=timepiece)
    for _ in range(20):
        search_in_vain(entrez)
    assert time.present - 1000.0 >= 31 * GAP - 1e-6
