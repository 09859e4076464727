"""``litwatch retractions``: what of the table could not be read ends with 1, and everything after it tells so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.decisions.notice_coverage import CoverageGap, GapCode, TableAge, find_coverage_gaps
from litwatch.decisions.paper_state import judge
from litwatch.decisions.verdict import Status
from litwatch.digest.digest_mail import digest_parts
from litwatch.report.render import report_html, report_markdown
from litwatch.report.report_json import report_json
from litwatch.report.wording import say_sources
from litwatch.store import Store
from tests.factories import make_digest, make_report
from tests.sources.test_retraction_watch import file_of

Run = Callable[..., tuple[int, str]]
TODAY = date(2026, 11, 22)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "queries").mkdir()
    monkeypatch.setenv("LITWATCH_STORE", str(tmp_path / "litwatch.duckdb"))
    monkeypatch.setenv("LITWATCH_QUERIES", str(tmp_path / "queries"))
    Store(tmp_path / "litwatch.duckdb").migrate()

    def run_it(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((said.out + said.err).split())

    return run_it


def table(folder: Path, *rows: dict[str, str]) -> str:
    file = folder / "watch.csv"
    file.write_bytes(file_of(*rows))
    return str(file)


def test_a_row_that_could_not_be_read_fails_the_load_and_is_told_by_status_and_impact(run: Run, tmp_path: Path) -> None:
    bad = {"OriginalPaperPubMedID": "99100001", "RetractionNature": "Retract and replace"}
    file = table(tmp_path, bad, {"OriginalPaperPubMedID": "99100002", "RetractionDate": "once"})
    code, said = run("retractions", "load", file)
    assert code == 1
    assert "1 row of the table could not be read (1)" in said
    assert "loaded: 1 new or changed" in said
    assert "Nights do not read this table. Set LITWATCH_RETRACTION_WATCH" in said
    code, said = run("retractions", "status")
    assert code == 1
    assert "1 row of the table could not be read (1)" in said
    assert "undated 1 entry, counted all the same" in said
    assert "far fewer than Crossref's" in said
    assert "no notice" not in run("impact", "99100001")[1]
    assert "Retraction Watch: retracted (on an unknown day)." in run("impact", "99100002")[1]
    mended = table(tmp_path, {**bad, "RetractionNature": "Retraction"}, {"OriginalPaperPubMedID": "99100002"})
    assert run("retractions", "load", mended)[0] == 0
    assert run("retractions", "status")[0] == 0
    assert "Retraction Watch: retracted (published 20 February 2026)" in run("impact", "99100001")[1]


def test_the_silence_of_a_table_that_was_read_in_part_is_said_to_be_that() -> None:
    told = judge((), (), watched=True, watched_in_part=True)
    assert say_sources(told) == "PubMed: no notice. Retraction Watch: no notice in the rows that could be read."


def test_a_replacement_that_is_retracted_itself_is_retracted(run: Run, tmp_path: Path) -> None:
    file = table(
        tmp_path,
        {"OriginalPaperPubMedID": "99100001", "RetractionPubMedID": "99100002", "RetractionDate": "2/20/2022 0:00"},
        {"OriginalPaperPubMedID": "99100002", "OriginalPaperDOI": "10.5555/nap.2"},
    )
    assert "2 entries about papers" in run("retractions", "load", file)[1]
    assert "Retraction Watch: retracted (published 20 February 2026)" in run("impact", "99100002")[1]


def test_a_table_that_lost_a_third_is_refused_until_a_person_replaces_it(run: Run, tmp_path: Path) -> None:
    rows = [{"OriginalPaperPubMedID": str(99100000 + number)} for number in range(1, 101)]
    assert run("retractions", "load", table(tmp_path, *rows))[0] == 0
    code, said = run("retractions", "load", table(tmp_path, *rows[:65]))
    assert code != 0
    assert "lacks 35 of the 100 entries that are loaded" in said
    assert "100 about papers" in run("retractions", "status")[1]
    assert run("retractions", "load", "--replace", table(tmp_path, *rows[:65]))[0] == 0


WHOLE = TableAge(read_on=TODAY, newest=date(2026, 11, 20), rows=71_311, unreadable=0)


@pytest.mark.parametrize(
    ("age", "gaps"),
    [
        (None, (CoverageGap(GapCode.NO_TABLE),)),
        (WHOLE, ()),
        (TableAge(TODAY, None, 71_311, 0), ()),
        (TableAge(TODAY, date(2026, 10, 23), 71_311, 0), ()),
        (TableAge(TODAY, date(2026, 10, 22), 71_311, 0), (CoverageGap(GapCode.OLD_TABLE, day=date(2026, 10, 22)),)),
        (TableAge(date(2026, 10, 1), date(2026, 10, 2), 71_311, 0),
         (CoverageGap(GapCode.OLD_TABLE, day=date(2026, 10, 1)),)),
        (TableAge(TODAY, TODAY, 71_311, 2), (CoverageGap(GapCode.UNREAD_ROWS, rows=2),)),
        (TableAge(TODAY, TODAY, 59_999, 0), (CoverageGap(GapCode.SMALL_TABLE, rows=59_999),)),
    ],
)  # fmt: skip
def test_no_table_an_old_one_and_one_that_was_read_in_part_are_gaps(
    age: TableAge | None, gaps: tuple[CoverageGap, ...]
) -> None:
    assert find_coverage_gaps(age, TODAY) == gaps


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (CoverageGap(GapCode.NO_TABLE), "No Retraction Watch table is loaded:"),
        (CoverageGap(GapCode.OLD_TABLE, day=date(2026, 10, 1)), "reaches only to 1 October 2026"),
        (CoverageGap(GapCode.UNREAD_ROWS, rows=2), "2 rows of the Retraction Watch table could not be read"),
    ],
)
def test_a_gap_stands_in_every_form_of_the_report_and_at_the_foot_of_the_mail(gap: CoverageGap, said: str) -> None:
    report = make_report(Status.NO_SIGNAL, coverage_gaps=(gap,))
    texts = (report_html(report), report_markdown(report), report_json(report).decode())
    for text in (*texts, *digest_parts(make_digest(report, report))):
        assert " ".join(text.split()).count(said) == 1
