"""The door before the stand-in for PubMed: whatever goes wrong, a result is whole, accounted for, or an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from litwatch.model.errors import SourceError
from litwatch.model.record import Record
from litwatch.model.reference import MatchState, Reference, ReferenceKind
from litwatch.model.search import Window
from litwatch.sources.entrez import Entrez, EntrezSettings, resolve
from litwatch.sources.in_flight import one_after_the_other
from litwatch.standin.cheap_records import cheap_records
from litwatch.standin.corpus import Corpus
from litwatch.standin.faults import FAULTS
from litwatch.standin.server import StandIn
from tests.sources.entrez.scripted_ncbi import EMAIL, FakeTime

TODAY = date(2026, 11, 20)
WINDOW = Window(TODAY - timedelta(days=19), TODAY)
STRATEGY = '"insulin resistance"[tiab]'
KEY = "SENTINEL0123456789abcdef"

PLAUSIBLE_LIES = {"result-shifts", "count-shrinks", "false-zero", "mixed-up"}
"""Search results that are whole in themselves; only a comparison with other nights finds them out."""
OTHER_CONTENT = {"version-2", "future-date", "hostile-title", "notice-without-pmid"}
"""Records that are readable and say something else; not for the door to judge."""
SLOW = {"huge-record", "slow-drip", "hang-before-headers", "hang-after-headers"}
"""Faults that take time by their nature; the first of each must be survived all the same."""


def faults_of(utility: str) -> set[str]:
    return {name for name, fault in FAULTS.items() if utility in fault.utilities}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(cheap_records(40, last_day=TODAY))


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def standin(corpus: Corpus, time: FakeTime) -> Iterator[StandIn]:
    with StandIn(corpus, today=TODAY, steady=lambda: time.present, strict=True) as running:
        yield running


def open_door(standin: StandIn, time: FakeTime, folder: Path, **settings: object) -> Entrez:
    values = {"base_url": standin.base, "email": EMAIL, "pace_file": folder / "pace", "read_timeout": 5.0, **settings}
    return Entrez(EntrezSettings(**values), timepiece=time.timepiece())  # type: ignore[arg-type]


def print_reference(record: Record, position: int) -> Reference:
    assert record.published is not None
    return Reference(
        position, position, ReferenceKind.RESEARCH, record.title, record.journal.title or "",
        record.published.earliest.year, authors=tuple(f"{a.last_name} {a.initials}" for a in record.authors),
    )  # fmt: skip


def test_a_sweep_and_its_look_ups_keep_to_the_limit_and_hide_the_key(
    standin: StandIn, time: FakeTime, tmp_path: Path
) -> None:
    for key in (None, KEY):
        standin.reset()
        entrez = open_door(standin, time, tmp_path, api_key=key)
        search = entrez.search(STRATEGY, WINDOW)
        with (
            one_after_the_other()
        ):  # requests in flight share one pretended clock, which may leap between slot and sending
            records = entrez.fetch(search.pmids).records
        assert search.count == len(records) == 40
        references = [print_reference(record, n) for n, record in enumerate(records[:5], 1)]
        with one_after_the_other():
            matches = resolve(references, (), {}, {}, entrez)
        assert [(match.state, match.pmid) for match in matches] == [
            (MatchState.CONFIRMED, record.pmid) for record in records[:5]
        ]
        entries = list(standin.journal)
        assert {entry.status for entry in entries} == {200}
        assert {entry.method for entry in entries} == {"POST"}
        assert all(KEY not in str(entry) for entry in entries)
        time.sleep(2.0)


@pytest.mark.parametrize("name", sorted(faults_of("esearch") - PLAUSIBLE_LIES))
@pytest.mark.parametrize("times", [1, 9])
def test_a_search_is_whole_or_an_error_whatever_goes_wrong(
    standin: StandIn, time: FakeTime, tmp_path: Path, name: str, times: int
) -> None:
    patience = 0.2 if name in SLOW else 5.0
    entrez = open_door(standin, time, tmp_path, tries=2, read_timeout=patience)
    whole = entrez.search(STRATEGY, WINDOW)
    standin.faults.on(name, utility="esearch", nth=1, times=times)
    try:
        search = entrez.search(STRATEGY, WINDOW)
    except SourceError:
        return
    assert (search.count, search.pmids) == (whole.count, whole.pmids)


@pytest.mark.parametrize("name", sorted(faults_of("efetch") - OTHER_CONTENT))
@pytest.mark.parametrize("times", [1, 9])
def test_every_pmid_of_a_fetch_is_accounted_for_whatever_goes_wrong(
    standin: StandIn, time: FakeTime, tmp_path: Path, name: str, times: int
) -> None:
    times = 1 if name == "huge-record" else times
    patience = 0.2 if name in SLOW - {"huge-record"} else 5.0
    entrez = open_door(standin, time, tmp_path, tries=2, read_timeout=patience)
    wanted = entrez.search(STRATEGY, WINDOW).pmids
    whole = {record.pmid: record for record in entrez.fetch(wanted).records}
    standin.faults.on(name, utility="efetch", nth=1, times=times)
    try:
        fetched = entrez.fetch(wanted)
    except SourceError:
        return
    delivered = [record.pmid for record in fetched.records]
    unreadable = [pmid for pmid, _ in fetched.unreadable]
    assert sorted([*delivered, *fetched.missing, *unreadable]) == sorted(wanted)
    assert all(whole[record.pmid] == record for record in fetched.records)
    assert times > 1 or len(delivered) == len(wanted)


@pytest.mark.slow
def test_a_result_beyond_the_ceiling_comes_whole_from_the_stand_in(time: FakeTime, tmp_path: Path) -> None:
    with StandIn(Corpus(cheap_records(12_000, last_day=TODAY)), today=TODAY, rate=None) as standin:
        search = open_door(standin, time, tmp_path).search(STRATEGY, WINDOW)
    assert search.count == len(set(search.pmids)) == 12_000
    assert sum(part.count for part in search.parts) == 12_000
