"""A store that is locked, damaged, newer or told the wrong time, and editors' files that are wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pytest

from litwatch.decisions.search_window import LOOK_BACK
from litwatch.model.errors import OperatorError, StoreBusy, StoreUnusable
from litwatch.night.whole_night import run_night
from litwatch.store import RunState
from tests.faults.conftest import Note, Prove
from tests.faults.contract import Outcome, prove_recovery, see_everything
from tests.faults.reference import Reference, look
from tests.faults.ward import EVE, MORNING, NIGHT, TOPIC, Ward
from tests.store.store_scenes import another_process
from tests.store.store_scenes import heard as hear

LONDON = ZoneInfo("Europe/London")


def test_a_store_that_another_process_holds_is_named(ward: Ward, proven: Prove) -> None:
    path = ward.settings().store
    script = (
        "import fcntl, duckdb, sys; from litwatch.store import Store; from pathlib import Path\n"
        f"with Store(Path({str(path)!r}))._writing(): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreBusy, match=str(holder.pid)):
            ward.night(NIGHT, settings={"store_wait": 0.2})
        holder.communicate(b"")
    proof = proven(ward, "store locked", "by another process", day=NIGHT)
    assert proof.outcome is Outcome.SURVIVED


def test_a_store_that_is_locked_for_an_hour_costs_only_that_hour(ward: Ward, proven: Prove) -> None:
    """Every try of the hour is refused with the name of the holder; the first after it makes up for all."""
    with another_process("hold", ward.settings().store) as holder:
        assert hear(holder)
        for _ in range(3):
            with pytest.raises(StoreBusy, match=str(holder.pid)):
                ward.night(NIGHT, settings={"store_wait": 0.05})
    assert look(ward).watermarks == {"sleep": EVE}
    assert proven(ward, "store locked", "for an hour, three tries", day=NIGHT).outcome is Outcome.SURVIVED


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("zeros in the header", lambda data: bytes(4096) + data[4096:]),
        ("zeros in the middle", lambda data: data[: len(data) // 2] + bytes(8192) + data[len(data) // 2 + 8192 :]),
        ("cut in half", lambda data: data[: len(data) // 2]),
        ("another file altogether", lambda data: b"SQLite format 3\x00" + data[16:]),
        ("emptied", lambda data: b""),
    ],
)
def test_a_damaged_store_is_told_or_harmless(  # noqa: PLR0917
    name: str, damage: Callable[[bytes], bytes], ward: Ward, reference: Reference, note: Note, heard: Callable[[], str]
) -> None:
    """Never a quiet night on half a store; the copy that the operator then puts back carries on."""
    path = ward.settings().store
    sound = path.read_bytes()
    path.write_bytes(damage(sound))
    said = ""
    try:
        summary = ward.night(NIGHT)
        assert summary.ok or summary.failure
        if not summary.ok:
            said = summary.failure or ""
    except OperatorError as error:
        said = str(error)
        assert str(path) in said
    if not said:
        see_everything(look(ward), reference.after[NIGHT])
    else:  # after a night that succeeded, the copy of before would rightly be told as an older store
        for left in path.parent.glob("litwatch.duckdb*"):
            left.unlink()
        path.write_bytes(sound)
    prove_recovery(ward, reference, [MORNING], heard=heard, doubt=True)
    note(f"store damaged: {name}", "store", "failed loudly" if said else "survived", said.partition("\n")[0])


def test_a_store_of_a_newer_version_is_left_alone(ward: Ward, proven: Prove, note: Note) -> None:
    path = ward.settings().store
    with duckdb.connect(str(path)) as con:
        con.execute("INSERT INTO ledger VALUES ('9999_from_the_future.sql', 9999, 'unknown')")
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match="newer"):
        ward.night(NIGHT)
    assert path.read_bytes() == before
    with duckdb.connect(str(path)) as con:
        con.execute("DELETE FROM ledger WHERE number = 9999")
    assert proven(ward, "store of a newer version", "store").outcome is Outcome.SURVIVED
    note("store of a newer version", "store", "failed loudly", "and is left byte for byte as it was")


@pytest.mark.parametrize("days", [40, 140])
def test_a_clock_that_goes_back_loses_nothing(
    days: int, ward: Ward, reference: Reference, note: Note, heard: Callable[[], str]
) -> None:
    """By less and by more than a search looks back. Days between what was covered then and now are searched again."""
    doors = ward.doors(datetime.combine(EVE - timedelta(days=days), time(5, 30), UTC))
    ward.pubmed.today = NIGHT
    assert "this clock is behind, or that one was ahead" in (run_night(doors).failure or "")
    assert days > LOOK_BACK.days or look(ward).watermarks == {"sleep": EVE}
    prove_recovery(ward, reference, [MORNING], heard=heard)
    assert look(ward).watermarks == {"sleep": MORNING}
    note(f"clock goes back {days} days", "machine", "failed loudly", "told once; no day is left out")


def test_a_clock_that_ran_ahead_covers_no_future(
    ward: Ward, reference: Reference, note: Note, heard: Callable[[], str]
) -> None:
    """A night dated a month ahead must not make the days until then look searched."""
    doors = ward.doors(datetime.combine(EVE + timedelta(days=45), time(5, 30), UTC))
    ward.pubmed.today = EVE
    assert "45 days after the last run" in (run_night(doors).failure or "")
    assert "that one was ahead" in (ward.night(NIGHT).failure or "")
    assert ward.night(MORNING).ok
    see_everything(look(ward), reference.after[MORNING])
    told = "told on the way there and back; the overlap reaches back from today, not from the watermark"
    note("clock runs ahead 45 days", "machine", "failed loudly", told)


@pytest.mark.parametrize(
    "local",
    [
        datetime(2026, 3, 29, 0, 30, tzinfo=LONDON),
        datetime(2026, 3, 29, 2, 30, tzinfo=LONDON),
        datetime(2026, 10, 25, 0, 30, tzinfo=LONDON),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1),
    ],
    ids=["before spring", "after spring", "before autumn", "first half past one", "second half past one"],
)  # fmt: skip
def test_the_nights_of_the_changing_clock_leave_no_day_out(local: datetime, ward: Ward, note: Note) -> None:
    """Europe/London: windows are days in UTC, so an hour too many or too few leaves none out."""
    at = local.astimezone(UTC)
    days = [at - timedelta(days=1), at, at + timedelta(days=1)]
    for moment in days:
        ward.pubmed.today = moment.date()
        summary = run_night(ward.doors(moment))
        assert summary.ok or (moment == days[0] and summary.doubts), "the pause of months before it is told"
        assert look(ward).watermarks["sleep"] == moment.date()
    windows = ward.rows("SELECT window_first, window_last FROM sweep WHERE kind = 'topic' ORDER BY night")
    assert all(later[0] <= earlier[1] + timedelta(days=1) for earlier, later in pairwise(windows))
    note("changing clock", local.isoformat() + (", second time" if local.fold else ""), "survived", "")


WRONG: dict[str, str] = {
    "no YAML": "article: [",
    "unknown key": TOPIC + "colour: red\n",
    "strategy that cannot be read": TOPIC.replace('"Insulin Resistance"[mh]', '(("Insulin'),
    "no strategy": "article: SLUG.md\nquestion_kind: etiology\nrecipients: [board@example.org]\n",
    "article that is not there": TOPIC.replace("SLUG.md", "nowhere.md"),
    "article outside of the folder": TOPIC.replace("SLUG.md", "../../../../etc/passwd"),
    "a binary file": "\x00\x01\x02",
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_one_wrong_topic_file_stops_no_other(name: str, ward: Ward, proven: Prove) -> None:
    bad = ward.folder / "queries" / "bad.yaml"
    proof = proven(
        ward,
        f"topic file: {name}",
        "among good ones",
        inject=lambda: bad.write_text(WRONG[name].replace("SLUG", "sleep"), encoding="utf-8"),
        mend=bad.unlink,
    )
    assert proof.outcome is Outcome.LOUD
    assert "bad" in proof.said
    assert proof.surveyed == ("sleep",)


def test_an_article_that_vanishes_is_told(ward: Ward, proven: Prove) -> None:
    article = ward.folder / "queries" / "sleep.md"
    text = article.read_text()
    # The only topic of this ward cannot be read, so that nobody is left whom a digest could tell.
    how = {"inject": article.unlink, "mend": lambda: article.write_text(text), "digest_says": False}
    proof = proven(ward, "article vanishes", "queries", **how)
    assert proof.outcome is Outcome.LOUD


@pytest.mark.parametrize("text", ["", "\x00\x01\x02\x03" * 50], ids=["empty", "binary"])
def test_one_unreadable_article_stops_no_other(
    text: str, ward: Ward, proven: Prove, request: pytest.FixtureRequest
) -> None:
    queries = ward.folder / "queries"

    def spoil() -> None:
        ward.write_topic("bad", article=text)
        assert (queries / "bad.md").exists()

    def mend() -> None:
        (queries / "bad.yaml").unlink()

    name = request.node.callspec.id
    proof = proven(ward, f"article that cannot be read: {name}", "among good ones", inject=spoil, mend=mend)
    assert proof.outcome is Outcome.LOUD
    assert "bad" in proof.said
    assert proof.surveyed == ("sleep",)


def test_a_reports_folder_that_cannot_be_written_is_told(ward: Ward, proven: Prove) -> None:
    import shutil

    folder = ward.folder / "reports"

    def block() -> None:
        shutil.rmtree(folder)
        folder.write_text("a file where the folder should be")

    proof = proven(ward, "reports folder cannot be written", "reports", inject=block, mend=folder.unlink)
    assert proof.outcome is Outcome.LOUD


def test_pubmed_that_cannot_be_reached_at_all_is_told(ward: Ward, proven: Prove) -> None:
    gone = {"eutils": "http://127.0.0.1:9/entrez/eutils/"}
    assert proven(ward, "connection refused", "PubMed", settings=gone).outcome is Outcome.LOUD


def test_a_name_that_cannot_be_found_is_told(ward: Ward, proven: Prove) -> None:
    from litwatch.sources.entrez import Entrez, EntrezSettings, Timepiece

    doors = ward.doors

    def elsewhere(at: datetime, **changes: object):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        made = EntrezSettings(email="ward@example.org", base_url="https://eutils.invalid/", tries=2,
                              pace_file=ward.folder / "var" / "litwatch.pace")  # fmt: skip
        clock = Timepiece(monotonic=ward.clock.read, now=lambda: at, sleep=ward.clock.sleep)
        return replace(doors(at), entrez=Entrez(made, timepiece=clock))

    proof = proven(
        ward, "DNS failure", "PubMed",
        inject=lambda: setattr(ward, "doors", elsewhere), mend=lambda: setattr(ward, "doors", doors),
    )  # fmt: skip
    assert proof.outcome is Outcome.LOUD


def test_a_whole_week_of_failure_is_caught_up(
    ward: Ward, reference: Reference, note: Note, heard: Callable[[], str]
) -> None:
    """Seven nights fail one after the other, each is told, and the watermark stands."""
    ward.pubmed.faults.on("unavailable")
    for place in range(7):
        moment = datetime.combine(NIGHT, time(1 + place), UTC)
        ward.pubmed.today = NIGHT
        assert not run_night(ward.doors(moment)).ok
        assert look(ward).watermarks == {"sleep": EVE}
        assert ward.store.runs(1)[0].state is RunState.INCOMPLETE
    ward.pubmed.faults.clear()
    prove_recovery(ward, reference, [MORNING], heard=heard)
    note("seven failed runs in a row", "PubMed", "failed loudly", "each told; the first good night catches up")


def test_a_day_is_never_searched_by_the_local_calendar(ward: Ward) -> None:
    """Half past midnight in Auckland is still yesterday in UTC, where the windows live."""
    at = datetime(2026, 3, 12, 0, 30, tzinfo=ZoneInfo("Pacific/Auckland")).astimezone(UTC)
    ward.pubmed.today = at.date()
    assert run_night(ward.doors(at)).ok
    assert look(ward).watermarks == {"sleep": date(2026, 3, 11)}
