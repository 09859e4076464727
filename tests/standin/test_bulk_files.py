"""NLM's bulk files and the Retraction Watch table, as the stand-in writes them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from litwatch.model.record import Record
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin import demonstration
from litwatch.standin.bulk_files import BulkFile, write_bulk_files
from litwatch.standin.life import Revision, served
from litwatch.standin.retraction_watch import COLUMNS, EMPTY_TAIL, defective_notices, notices_in, write_csv
from litwatch.standin.scenario import EXAMPLES, read_scenario

BASELINE = date(2026, 3, 1)
END = date(2026, 12, 31)


def year() -> tuple[Revision, ...]:
    return read_scenario((EXAMPLES / "a-year-in-pubmed.yaml").read_text(encoding="utf-8"))


def load(files: tuple[BulkFile, ...]) -> dict[int, Record]:
    """Load files in number order as NLM says: a later record replaces, DeleteCitation removes."""
    state: dict[int, Record] = {}
    for file in files:
        parsed = parse_article_set(gzip.decompress(file.path.read_bytes()))
        assert not parsed.unreadable
        state.update({int(record.pmid): record for record in parsed.records})
        for pmid in parsed.deleted:
            state.pop(int(pmid), None)
    return state


def test_baseline_and_updates_loaded_in_order_give_what_pubmed_serves(tmp_path: Path) -> None:
    revisions = year()
    for until in (BASELINE, date(2026, 4, 27), date(2026, 10, 5), END):
        files = write_bulk_files(revisions, tmp_path / until.isoformat(), baseline=BASELINE, until=until, per_file=2)
        loaded = load(files)
        expected = served(revisions, until)
        assert loaded.keys() == expected.keys()
        now = {
            int(r.pmid): r
            for r in parse_article_set(b"<PubmedArticleSet>%b</PubmedArticleSet>" % b"".join(expected.values())).records
        }
        assert loaded == now


def test_names_carry_the_year_and_run_on_from_baseline_to_updates(tmp_path: Path) -> None:
    files = write_bulk_files(year(), tmp_path, baseline=date(2026, 2, 15), until=date(2026, 3, 9), per_file=2)
    assert [(f.path.name, f.day, f.records, f.deleted) for f in files] == [
        ("pubmed26n0001.xml.gz", date(2026, 2, 15), 2, 0),
        ("pubmed26n0002.xml.gz", date(2026, 2, 15), 2, 0),
        ("pubmed26n0003.xml.gz", date(2026, 2, 16), 0, 1),
        ("pubmed26n0004.xml.gz", date(2026, 2, 23), 1, 0),
        ("pubmed26n0005.xml.gz", date(2026, 3, 9), 1, 0),
    ]
    december = write_bulk_files(year(), tmp_path / "next", baseline=date(2026, 12, 20), until=END)
    assert [f.path.name for f in december] == ["pubmed27n0001.xml.gz"]


def test_every_file_has_its_checksum_beside_it(tmp_path: Path) -> None:
    for file in write_bulk_files(year(), tmp_path, baseline=BASELINE, until=END):
        digest = hashlib.md5(file.path.read_bytes()).hexdigest()
        assert Path(f"{file.path}.md5").read_text() == f"MD5({file.path.name})= {digest}\n"


def test_the_same_revisions_give_the_same_files(tmp_path: Path) -> None:
    one, two = (write_bulk_files(year(), tmp_path / n, baseline=BASELINE, until=END) for n in ("one", "two"))
    assert [f.path.read_bytes() for f in one] == [f.path.read_bytes() for f in two]
    time_in_header = one[0].path.read_bytes()[4:8]
    assert time_in_header == bytes(4)


def test_a_record_that_changed_twice_on_one_day_is_there_twice_the_later_version_last(tmp_path: Path) -> None:
    first, second = (r for r in year() if r.pmid == 99510003 and r.visible_from < date(2026, 6, 1))
    day = date(2026, 6, 1)
    same_day = (Revision(day, first.pmid, first.xml), Revision(day, second.pmid, second.xml))
    (file,) = write_bulk_files(same_day, tmp_path, baseline=date(2026, 5, 31), until=day)
    assert file.records == 2
    assert load((file,))[99510003].doi == "10.5555/scenario.99510003"


def rows(**options: bool) -> list[dict[str, str]]:
    text = write_csv(defective_notices(), **options).decode(errors="replace")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_has_twenty_named_columns_an_unnamed_one_and_an_empty_tail() -> None:
    lines = list(csv.reader(io.StringIO(write_csv(defective_notices()).decode(errors="replace"))))
    assert tuple(lines[0]) == COLUMNS
    assert {len(line) for line in lines} == {21}
    assert [any(line) for line in lines[1:]] == [True] * len(defective_notices()) + [False] * EMPTY_TAIL


def test_unknown_ids_are_written_as_zero_and_unavailable() -> None:
    unknown = rows()[0]
    assert unknown["OriginalPaperPubMedID"] == unknown["RetractionPubMedID"] == "0"
    assert unknown["OriginalPaperDOI"] == unknown["RetractionDOI"] == "Unavailable"


def test_dates_are_american_with_a_midnight_and_reasons_end_in_semicolons() -> None:
    written = [row for row in rows() if row["Record ID"]]
    assert written[1]["RetractionDate"] == "3/9/2024 0:00"
    assert written[2]["RetractionDate"] == "11/30/2024 0:00"
    assert all(row["Reason"].endswith(";") for row in written)
    assert written[3]["Reason"] == "Concerns/Issues About Data;Investigation by Journal/Publisher;"


def test_a_paper_may_have_several_notices_and_a_reinstatement_may_come_first_or_last() -> None:
    long = [row for row in rows() if row["OriginalPaperPubMedID"] == "99600001"]
    assert [row["RetractionNature"] for row in long] == [
        "Expression of concern",
        "Correction",
        "Retraction",
        "Reinstatement",
    ]
    again = [row for row in rows() if row["OriginalPaperPubMedID"] == "99600004"]
    assert [row["RetractionNature"] for row in again] == ["RETRACTION", "Reinstatement"]


def test_the_file_cannot_be_decoded_strictly_unless_asked_for() -> None:
    with pytest.raises(UnicodeDecodeError):
        write_csv(defective_notices()).decode()
    assert "José Example" in write_csv(defective_notices(), sound_encoding=True).decode()


@cache
def on(day: date) -> tuple[Record, ...]:
    return parse_article_set(demonstration.article_set(day)).records


def test_the_demonstrations_own_notices_are_in_the_table_from_their_day_on() -> None:
    found = {(row.paper_pmid, row.nature, row.noticed) for row in notices_in(on(demonstration.DEMONSTRATION_TODAY))}
    assert found == {
        (99000003, "Correction", date(2025, 9, 10)),
        (99000005, "Expression of concern", date(2026, 8, 12)),
        (99000004, "Retraction", date(2026, 11, 18)),
    }
    assert not notices_in(on(date(2025, 2, 16)))


def test_only_invented_papers_are_in_the_table() -> None:
    everything = (*defective_notices(), *notices_in(on(demonstration.DEMONSTRATION_TODAY)))
    assert all(row.paper_pmid is None or row.paper_pmid >= 99_000_001 for row in everything)
    assert all("Demonstration data" in row.title for row in everything)


@pytest.mark.realdata
def test_the_natures_are_those_of_the_real_table(shared: Path) -> None:
    with gzip.open(shared / "data/retractions/retraction_watch_doi_nature.csv.gz", "rt", encoding="utf-8") as table:
        real = {row["nature"].casefold() for row in csv.DictReader(table)}
    assert {row.nature.casefold() for row in defective_notices()} <= real
