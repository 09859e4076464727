"""The Retraction Watch table as it comes: every row that names a paper is read, or the reading says which is not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from litwatch.decisions.paper_state import judge
from litwatch.model.errors import AnswerUnreadable, SourceError
from litwatch.model.paper_notice import Nature, PaperState, WatchTable
from litwatch.sources.retraction_watch.download import read_retraction_watch
from litwatch.sources.retraction_watch.table import read_watch_table
from litwatch.standin.retraction_watch import COLUMNS

ROW = {"Title": "Naps", "Journal": "Sleep Inv", "ArticleType": "Research Article;", "RetractionNature": "Retraction",
       "RetractionDate": "2/20/2026 0:00", "Reason": "+Error in Data;", "Notes": 'See "the notice"'}  # fmt: skip


def file_of(*rows: dict[str, str]) -> bytes:
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    out.writeheader()
    out.writerows({"Record ID": str(number), **ROW, **row} for number, row in enumerate(rows, 1))
    return text.getvalue().encode()


def read(data: bytes) -> WatchTable:
    return read_watch_table(io.BytesIO(data), name="the table")


@pytest.mark.parametrize(
    "printed",
    ["2/20/2026 0:00", "2/20/2026", "02/20/2026 12:00:00 AM", "2026-02-20", "2026-02-20 00:00:00",
     "2026-02-20T00:00:00Z", "2026-02-20T00:00:00+01:00", "2026/2/20", "20260220", "20.02.2026", "20 Feb 2026",
     "20-Feb-2026", "February 20, 2026", "20/2/2026"],
)  # fmt: skip
def test_a_day_is_read_in_every_form_that_names_one_day(printed: str) -> None:
    (entry,) = read(file_of({"OriginalPaperPubMedID": "99100001", "RetractionDate": printed})).entries
    assert entry.noticed == date(2026, 2, 20)


@pytest.mark.parametrize("printed", ["", "0", "spring 2026", "31/31/2026", "2026-02-30", "2/20/26", "46073"])
def test_a_notice_without_a_readable_day_counts_as_of_unknown_day(printed: str) -> None:
    told = read(file_of({"OriginalPaperPubMedID": "99100001", "RetractionDate": printed}))
    assert [(each.nature, each.noticed) for each in told.entries] == [(Nature.RETRACTION, None)]
    assert (told.unreadable, told.undated) == (0, 1)
    assert judge((), told.entries, watched=True).state is PaperState.RETRACTED


def test_the_files_own_days_tell_which_of_two_numbers_is_the_month() -> None:
    def days(*printed: str) -> list[date | None]:
        rows = [{"OriginalPaperPubMedID": f"9910000{n}", "RetractionDate": day} for n, day in enumerate(printed, 1)]
        return [each.noticed for each in read(file_of(*rows)).entries]

    assert days("3/2/2026", "2/20/2026") == [date(2026, 3, 2), date(2026, 2, 20)]
    assert days("3/2/2026", "20/2/2026") == [date(2026, 2, 3), date(2026, 2, 20)]
    assert days("3/2/2026", "20/2/2026", "2/20/2026") == [None, date(2026, 2, 20), date(2026, 2, 20)]


def test_a_reinstatement_of_unknown_day_ends_no_retraction_and_ends_none_of_unknown_day() -> None:
    def state(retracted: str, reinstated: str) -> PaperState:
        paper = {"OriginalPaperPubMedID": "99100001"}
        told = read(file_of({**paper, "RetractionDate": retracted},
                            {**paper, "RetractionDate": reinstated, "RetractionNature": "Reinstatement"}))  # fmt: skip
        return judge((), told.entries, watched=True).state

    assert state("2/20/2026", "3/20/2026") is PaperState.REINSTATED
    assert state("2/20/2026", "unknown") is PaperState.RETRACTED
    assert state("unknown", "3/20/2026") is PaperState.RETRACTED


@pytest.mark.parametrize(
    ("pmid", "doi", "papers"),
    [
        ("99100001.0", "", [(99100001, None)]),
        ("0.0", "10.5555/NAP.1", [(None, "10.5555/nap.1")]),
        ("99100001.00", "", [(99100001, None)]),
        ("99,100,001", "", [(99100001, None)]),
        ("PMID: 99100001", "", [(99100001, None)]),
        ("https://pubmed.ncbi.nlm.nih.gov/99100001/", "", [(99100001, None)]),
        ("\u200b９９１００００１", "", [(99100001, None)]),
        ("99100001;99100002", "unavailable", [(99100001, None), (99100002, None)]),
        ("99100001, 99100002", "10.5555/nap.1", [(99100001, "10.5555/nap.1"), (99100002, None)]),
        ("99100001 99100002", "nan", [(99100001, None), (99100002, None)]),
        ("0", "10.5555/nap.1; 10.5555/nap.2", [(None, "10.5555/nap.1"), (None, "10.5555/nap.2")]),
        ("0", "10.5555/nap.1,10.5555/nap.2", [(None, "10.5555/nap.1"), (None, "10.5555/nap.2")]),
        ("0", "10.5555/nap.1 https://doi.org/10.5555%2Fnap.2", [(None, "10.5555/nap.1"), (None, "10.5555/nap.2")]),
        ("", "https://doi.org/10.1016/S0140-6736%2820%2931180-6", [(None, "10.1016/s0140-6736(20)31180-6")]),
        ("", "10.1002/(SICI)1097-0258(19980815)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
         [(None, "10.1002/(sici)1097-0258(19980815)17:15/16<1661::aid-sim968>3.0.co;2-2")]),
    ],
)  # fmt: skip
def test_every_id_of_a_cell_is_read(pmid: str, doi: str, papers: list[tuple[int | None, str | None]]) -> None:
    told = read(file_of({"OriginalPaperPubMedID": pmid, "OriginalPaperDOI": doi}))
    assert [(each.paper_pmid, each.paper_doi) for each in told.entries] == papers
    assert {each.entry for each in told.entries} == {1}


@pytest.mark.parametrize(
    "row",
    [{"RetractionNature": "Retract and Replace"}, {"RetractionNature": ""}, {"OriginalPaperPubMedID": "9.91E+07"},
     {"OriginalPaperPubMedID": "0", "OriginalPaperDOI": "see the publisher's page"}],
)  # fmt: skip
def test_a_row_that_names_a_paper_and_cannot_be_read_is_counted_and_named(row: dict[str, str]) -> None:
    good = {"OriginalPaperPubMedID": "99100002"}
    told = read(file_of({"OriginalPaperPubMedID": "99100001", "Record ID": "72001", **row}, good))
    assert [each.paper_pmid for each in told.entries] == [99100002]
    assert (told.unreadable, told.unread, told.without_id) == (1, ("72001",), 0)


@pytest.mark.parametrize("pmid", ["9.91E+07", "9910000l", "99100001 (see notes)", "#REF!"])
def test_a_row_counts_by_its_doi_and_is_named_where_its_pmid_cannot_be_read(pmid: str) -> None:
    told = read(file_of({"Record ID": "72001", "OriginalPaperPubMedID": pmid, "OriginalPaperDOI": "10.5555/nap.1"}))
    assert [(each.paper_pmid, each.paper_doi) for each in told.entries] == [(None, "10.5555/nap.1")]
    assert (told.unreadable, told.unread) == (1, ("72001",))


def test_a_row_that_has_shifted_by_a_stray_comma_is_not_read_as_another() -> None:
    data = file_of(*({"OriginalPaperPubMedID": f"9910000{n}"} for n in range(1, 4))).splitlines(keepends=True)
    data[2] = data[2].replace(b"Naps", b"Naps,after,lunch")
    told = read(b"".join(data))
    assert [each.paper_pmid for each in told.entries] == [99100001, 99100003]
    assert told.unread == ("2",)


def test_a_last_line_without_a_line_break_is_told_as_that_and_how_to_mend_it() -> None:
    with pytest.raises(AnswerUnreadable, match=r"its last line has no line break .* if it is whole, add one"):
        read(file_of({"OriginalPaperPubMedID": "99100001"}).removesuffix(b"\r\n"))


WHOLE = file_of(*({"OriginalPaperPubMedID": f"9910000{n}"} for n in range(1, 5)))


def test_a_table_that_breaks_off_anywhere_but_at_a_rows_end_is_refused_on_the_first_load() -> None:
    ends = {place + 2 for place in range(len(WHOLE)) if WHOLE.startswith(b"\r\n", place)}
    assert read(WHOLE).rows == 4
    for place in set(range(len(WHOLE))) - ends - {end - 1 for end in ends}:
        with pytest.raises(AnswerUnreadable):
            read(WHOLE[:place])


def test_a_table_that_breaks_off_at_a_lines_end_within_a_quoted_field_is_refused() -> None:
    papers = [{"OriginalPaperPubMedID": f"9910000{n}"} for n in range(1, 4)]
    whole = file_of(papers[0], {**papers[1], "Notes": "See the notice,\r\nin full"}, papers[2])
    assert read(whole).rows == 3
    with pytest.raises(AnswerUnreadable, match="quoted field"):
        read(whole[: whole.index(b"in full")])


class Cut(BaseHTTPRequestHandler):
    """Sends two of four rows: as a part of what it announced, or without announcing anything."""

    def do_GET(self) -> None:
        half = b"".join(WHOLE.splitlines(keepends=True)[:3])
        self.send_response(200)
        if self.path == "/announced":
            self.send_header("Content-Length", str(len(WHOLE)))
        elif self.path == "/whole":
            self.send_header("Content-Length", str(len(half)))
        self.end_headers()
        self.wfile.write(half)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Cut) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["/announced", "/nothing"])
def test_a_table_that_breaks_off_on_its_way_at_a_rows_end_is_refused(address: str, path: str) -> None:
    with pytest.raises(SourceError):
        read_retraction_watch(address + path, user_agent="tests")


def test_a_table_that_comes_with_its_length_is_read(address: str) -> None:
    answer = read_retraction_watch(address + "/whole", user_agent="tests")
    assert answer.table is not None
    assert answer.table.rows == 2
    assert not answer.is_original
