"""Screening decisions are read from what ASReview 3.0 writes and from CSV, and hostile files are refused."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from litwatch.config import screening_file
from litwatch.config.screening_file import read_screening
from litwatch.model.errors import EditorError

WRITTEN = Path(__file__).resolve().parent.parent / "data" / "screening"


@pytest.mark.parametrize(
    ("name", "form"),
    [("screened.ris", "RIS"), ("screened.csv", "CSV"), ("screened.asreview", "ASReview project")],
)
def test_what_asreview_writes_is_read(name: str, form: str) -> None:
    read = read_screening(WRITTEN / name)
    assert read.form == form
    assert [entry.included for entry in read.entries] == [True, True, False, False, None]
    first = read.entries[0]
    assert (first.place, first.year, first.doi) == (1, 2020, "10.5555/demo.99000004")
    assert first.title.startswith("Demonstration data: one week of short sleep")
    assert read.entries[3].doi is None


@pytest.mark.parametrize(
    ("text", "included", "pmids"),
    [
        ("pmid,included\n1,1\n2,0\n3,\n", [True, False, None], [1, 2, 3]),
        ("PMID;Label included\n1.0;yes\n2;No\n", [True, False], [1, 2]),
        ("pubmed_id\tlabel\n1\trelevant\n2\tperhaps\n", [True, None], [1, 2]),
        ("url,label_included\nhttps://pubmed.ncbi.nlm.nih.gov/7/,1\n", [True], [7]),
        ("included,asreview_label,pmid\n0,1,5\n", [True], [5]),
        ('pmid,included,title\n1,1,"a, b\nc"\n', [True], [1]),
    ],
)
def test_labels_of_a_table_are_read_by_the_names_of_columns(
    tmp_path: Path, text: str, included: list[bool | None], pmids: list[int]
) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="utf-8-sig")
    entries = read_screening(tmp_path / "table.csv").entries
    assert [entry.included for entry in entries] == included
    assert [entry.pmid for entry in entries] == pmids


def project(sql: str, name: str = "results.db") -> bytes:
    """A project whose database was made by these statements."""
    with closing(sqlite3.connect(":memory:")) as con:
        con.executescript(sql)
        data = con.serialize()
    return archive({name: data})


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


TABLES = (
    "CREATE TABLE results (record_id INTEGER, label INTEGER);"
    "CREATE TABLE secret (title, year, doi, url, included, record_id); INSERT INTO secret VALUES ('t',1,2,3,1,1);"
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column says what was included"),
        (b"title,year\nSleep,2020\n", "no column says what was included"),
        (b"title,included\nSleep,\n", "no entry says whether it was included"),
        (b"TY  - JOUR\nTI  - Sleep\nER  - \n", "read as RIS; no entry says whether it was included"),
        (b"\x00\x01\x02" * 100, "no column says what was included"),
        (b"PK\x03\x04 and nothing else", "no project of ASReview from version 3 on"),
        (archive({"reviews/1/results.sql": b"x", "../../results.db": b"x"}), "no project of ASReview"),
        (archive({"results.db": b"no database"}), "no project of ASReview"),
        (project("CREATE TABLE other (a)"), "no project of ASReview"),
        (project(TABLES + "CREATE VIEW record AS SELECT * FROM secret;"), "no project of ASReview"),
        (archive({"results.db": b"\0" * 50_000_001}), "its database has more than 50,000,000 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_one_is_refused_with_what_to_do(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "hostile").write_bytes(data)
    with pytest.raises(EditorError) as refused:
        read_screening(tmp_path / "hostile")
    assert said in str(refused.value)


def test_a_file_of_too_many_bytes_or_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "table.csv").write_text("pmid,included\n" + "1,1\n" * 11)
    monkeypatch.setattr(screening_file, "MOST_ENTRIES", 10)
    with pytest.raises(EditorError, match="more than 10 entries; split the file"):
        read_screening(tmp_path / "table.csv")
    monkeypatch.setattr(screening_file, "MOST_BYTES", 10)
    with pytest.raises(EditorError, match="more than 10 bytes; split the file"):
        read_screening(tmp_path / "table.csv")


@pytest.mark.parametrize(("database", "pmid"), [("PubMed", 99000004), ("Embase", None)])
def test_an_accession_number_is_a_pmid_where_the_database_is_pubmed(
    tmp_path: Path, database: str, pmid: int | None
) -> None:
    file = tmp_path / "export.ris"
    file.write_text(f"TY  - JOUR\nTI  - Sleep\nAN  - 99000004\nDB  - {database}\nN1  - ASReview_relevant\nER  - \n")
    (entry,) = read_screening(file).entries
    assert (entry.pmid, entry.included) == (pmid, True)
