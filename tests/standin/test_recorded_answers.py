"""Every recorded answer that is at hand, asked of a stand-in: none may differ without a reason that is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.standin import faithfulness
from tests.standin.comparison import differences
from tests.standin.faithfulness import Row, ask, idle_reasons, judge
from tests.standin.holdings import hold, library_of, paper
from tests.standin.recordings import Recording, read_samples

pytestmark = pytest.mark.realdata

PASSES = {"translation", "document type"}
WITHOUT = "the recorded answers (eutils_samples beside the project) are not on this machine"


@pytest.fixture(scope="module")
def samples(shared: Path) -> Path:
    folder = shared / "data" / "eutils_samples"
    if not folder.is_dir():
        pytest.skip(WITHOUT)
    return folder


@pytest.fixture(scope="module")
def recordings(samples: Path) -> list[Recording]:
    return read_samples(samples).recordings


@pytest.fixture(scope="module")
def rows(samples: Path) -> list[Row]:
    return judge(samples)


def test_no_recorded_answer_differs_without_a_reason(rows):
    assert [f"{row.name}: {row.why}" for row in rows if row.verdict == "differs"] == []
    assert sum(row.verdict == "same" for row in rows) > 100


def test_every_reason_is_still_needed(rows):
    assert idle_reasons(rows) == []


def test_the_table_of_the_documentation_is_todays(rows):
    """``python -m tests.standin.faithfulness`` writes it."""
    page = faithfulness.PAGE.read_text("utf-8")
    assert faithfulness.with_table(page, rows) == page


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("recorded_2023/client_fetch_36410718_rettype_medline.txt", (b"PMC9851994", b"PMC1")),
        ("recorded_2023/client_fetch_36410718.xml", (b"<Volume>613<", b"<Volume>614<")),
        ("recorded_2023/client_search_covid.xml", (b"<RetStart>0</RetStart>", b"")),
        ("recorded_2026/espell_asthma.xml", (b"<CorrectedQuery/>", b"<CorrectedQuery></CorrectedQuery>")),
        ("ecitmatch_2026/citmatch_mixed.txt", (b"||ref2|", b"|ref2|")),
        ("biopython/einfo2.xml", (b"<IsDate>", b"<IsDay>")),
        ("biopython/elink8.xml", (b"HasNeighbor", b"HasLinkOut")),
        ("biopython/epost1.xml", (b"<QueryKey>1</QueryKey>", b"")),
        ("biopython/esummary1.xml", (b'Name="EPubDate" Type="Date"', b'Name="EPubDate" Type="String"')),
        ("recorded_2026/esearch_ai_radiology_sort_date.json", (b"ignored", b"obeyed")),
    ],
)
def test_a_changed_recording_is_seen_to_differ(recordings, name, change):
    """The comparison itself: what it lets pass, it would let pass of the stand-in, too."""
    recording = next(each for each in recordings if each.name == name)
    assert change[0] in recording.body
    corpus, _ = hold(recording, library_of(recordings))
    answer = ask(recording, corpus)
    assert set(differences(recording, answer)) <= PASSES
    altered = replace(recording, body=recording.body.replace(*change, 1))
    assert set(differences(altered, answer)) - PASSES


@pytest.mark.parametrize(
    "change",
    [(b'"pmcrefcount":""', b'"pmcrefcount":0'), (b'"pubstatus":"256"', b'"pubstatus":"4"'), (b'"uid":', b'"id":')],
)
def test_a_summary_in_json_is_compared_by_its_values_where_the_record_is_known(change):
    """None is recorded whole; one of an invented record shows that the comparison would see a difference."""
    electronic = date(2025, 11, 2)
    pmid, xml = paper(99000901, "Sleep in nurses", electronic=electronic)
    parameters = {"db": ["pubmed"], "id": [str(pmid)], "retmode": ["json"]}
    asked = Recording("invented", "esummary", parameters, b"{}")
    answer = ask(asked, hold(asked, {pmid: xml})[0])
    assert change[0] in answer.body
    assert list(differences(replace(asked, body=answer.body), answer)) == []
    assert list(differences(replace(asked, body=answer.body.replace(*change)), answer))
