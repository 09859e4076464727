"""An earlier review's screening is the board's first answers: for the ranking, once, and it opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from litwatch.decisions.verdict import Rule
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision
from litwatch.reading.board_answers import read_answers
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.command_line import Run
from tests.nights import House, open_house, open_made_store

pytestmark = pytest.mark.slow

WRITTEN = Path(__file__).resolve().parent.parent / "data" / "screening"
BY = ("--by", "Dr Example")
QUESTION = """question: Does short sleep cause insulin resistance?
strategy: '"short sleep"[tiab]'
since: 2026-10-01
recipients: [board@example.org]
"""
INCLUDED, ALSO_INCLUDED, EXCLUDED = Pmid(99000004), Pmid(99000911), Pmid(99000003)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("screening"), Corpus(revisions())) as opened:
        for file in (opened.folder / "queries").iterdir():
            file.unlink()
        (opened.folder / "queries" / "sleep.yaml").write_text(QUESTION)
        open_made_store(opened.settings())
        yield opened


@pytest.fixture
def house(made: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    copied = made.copy(tmp_path / "copy")
    copied.show_commands(monkeypatch)
    return copied


@pytest.mark.parametrize("name", ["screened.ris", "screened.csv", "screened.asreview"])
def test_what_asreview_wrote_becomes_answers_by_doi_or_title_and_what_is_unknown_is_listed(
    house: House, run: Run, name: str
) -> None:
    status, out, err = run("screening", "load", "sleep", str(WRITTEN / name), *BY)
    assert status == 0, err
    assert "5 entries: 2 included, 2 excluded, 1 not decided" in out
    assert re.search(r"taken +2 included, 1 excluded", out)
    assert re.search(r"not found +1 entry: no record is confirmed\n +entry 4: A paper that nobody has \(1999\)", out)
    store = open_made_store(house.settings())
    said = {each.judgement.change.pmid: each.judgement.decision for each in store.judgements("sleep")
            if each.judgement.change is not None}  # fmt: skip
    assert said == {
        INCLUDED: Decision.INCLUDED_BEFORE,
        ALSO_INCLUDED: Decision.INCLUDED_BEFORE,
        EXCLUDED: Decision.EXCLUDED_BEFORE,
    }
    assert [each.worth for each in read_answers("sleep", store)] == [0.0, 1.0, 1.0]
    assert run("audit", "verify")[0] == 0


def test_a_load_opens_nothing_is_taken_once_and_gives_way_to_a_member(house: House, run: Run) -> None:
    file = WRITTEN.parent / "screening" / "screened.csv"
    status, out, _ = run("screening", "load", "sleep", str(file), *BY, "--dry-run")
    assert (status, "nothing is stored" in out) == (0, True)
    store = open_made_store(house.settings())
    assert (store.judgements("sleep"), store.episodes("sleep")) == ((), ())
    assert run("screening", "load", "sleep", str(file), *BY)[0] == 0
    status, out, _ = run("screening", "load", "sleep", str(file), *BY)
    assert (status, "left       3 records" in out) == (0, True)
    store = open_made_store(house.settings())
    assert len(store.judgements("sleep")) == 3
    assert store.open_changes("sleep", on=DEMONSTRATION_TODAY) == ()
    told = {paper.pmid: paper for paper in store.found_papers("sleep")}
    assert (told[INCLUDED].kept, told[INCLUDED].is_watched) == (True, True), "a retraction of it would be told"
    assert not told[EXCLUDED].is_watched
    verdict = house.night(DEMONSTRATION_TODAY, send_mail=False).outcomes[0].verdict
    assert verdict is not None
    assert ALSO_INCLUDED not in {pmid for fired in verdict.fired if fired.rule is Rule.UNREAD for pmid in fired.pmids}
    assert run("answer", "sleep", str(ALSO_INCLUDED), "relevant", "--by", "Dr Other")[0] == 0
    (open_now,) = [
        each
        for each in open_made_store(house.settings()).open_changes("sleep", on=DEMONSTRATION_TODAY + timedelta(days=1))
        if each.change.pmid == ALSO_INCLUDED
    ]
    assert (open_now.judged, open_now.differing) == (Decision.RELEVANT, ())


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("pmid,included\n99000004,1\n99000004,0\n", "refused    2 entries: which another entry decides otherwise"),
        ("pmid,included\n99000004,1\n99000004,1\n", "twice      1 entry of a record that another entry has"),
        ("pmid,included\n5,1\n", "not found  1 entry: no record is confirmed"),
    ],
)
def test_what_a_file_says_twice_or_of_nothing_is_told(house: House, run: Run, table: str, said: str) -> None:
    (house.folder / "table.csv").write_text(table)
    status, out, err = run("screening", "load", "sleep", str(house.folder / "table.csv"), *BY, "--dry-run")
    assert (status, said in out) == (0, True), out + err


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        (",10.5555/demo.99000004,,", 1),
        (",10.5555/demo.99000004,,2020", 1),
        ("99000004,,Demonstration data: 1 week of short sleep and insulin sensitivity. A randomized trial,2021", 1),
        (",10.5555/demo.99000004,Short sleep and insulin sensitivity,2021", 1),
        ("99000004,,Schlaf und Insulin,2020", 1),
        (",10.5555/demo.99000004,Fish oil in cats,2020", 0),
    ],
)
def test_a_pmid_or_doi_names_the_record_unless_the_title_is_quite_another(
    house: House, run: Run, row: str, taken: int
) -> None:
    (house.folder / "table.csv").write_text(f"pmid,doi,title,year,included\n{row},1\n")
    status, out, err = run("screening", "load", "sleep", str(house.folder / "table.csv"), *BY, "--dry-run")
    assert (status, f"{taken} included" in re.sub(r"[\s\S]*taken", "", out)) == (0, True), out + err


def test_on_day_one_the_report_estimates_what_is_still_to_be_found(house: House, run: Run) -> None:
    broad = QUESTION.replace('"short sleep"[tiab]', '"insulin resistance"[tiab]').replace("2026-10-01", "2019-01-01")
    (house.folder / "queries" / "sleep.yaml").write_text(broad)
    included, excluded = range(99000230, 99000236), range(99000260, 99000268)
    rows = [*(f"{pmid},1" for pmid in included), *(f"{pmid},0" for pmid in excluded)]
    (house.folder / "table.csv").write_text("pmid,included\n" + "\n".join(rows) + "\n")
    status, out, _ = run("screening", "load", "sleep", str(house.folder / "table.csv"), *BY)
    assert status == 0
    loaded = re.search(r"taken +(\d+) included, (\d+) excluded", out)
    assert loaded is not None
    assert int(loaded[1]) + int(loaded[2]) >= 10
    assert house.night(DEMONSTRATION_TODAY, send_mail=False).ok
    report = (house.folder / "reports" / "sleep" / f"{DEMONSTRATION_TODAY}.md").read_text()
    assert "Not enough answers yet" not in report
    assert re.search(r"are shown in full[^\n]*\b(relevant|keep)", report), report[:6000]
