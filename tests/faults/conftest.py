"""What every case shares: the reference, a ward with a past, and a witness that writes the table of outcomes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from litwatch.sources.in_flight import one_after_the_other
from litwatch.standin import Corpus
from tests.faults.contract import Proof, prove
from tests.faults.reference import Reference, make_reference
from tests.faults.ward import Ward, open_ward, small_corpus

FAST = frozenset(
    """
    test_nothing_is_lost_after[unavailable-resolution-always]
    test_nothing_is_lost_after[reset-mid-body-fetch-always]
    test_nothing_is_lost_after[omitted-ids-fetch-once]
    test_nothing_is_lost_after[omitted-ids-fetch-always]
    test_nothing_is_lost_after[false-zero-search-always]
    test_nothing_is_lost_after[translation-changes-search-always]
    test_every_fault_of_the_stand_in_has_a_case
    test_no_answer_to_the_very_first_search_is_a_failure_and_no_zero[rate-limit-as-200]
    test_a_key_that_an_answer_repeats_is_never_repeated_by_us[2]
    test_a_paper_that_every_search_leaves_out_for_two_months_is_found_by_the_next
    test_a_paper_that_is_announced_once_and_not_delivered_is_asked_for_until_it_comes
    test_a_cited_paper_whose_record_alone_cannot_be_read_fails_the_citation_sweep
    test_a_search_of_more_papers_than_pubmed_shows_comes_whole[]
    test_more_papers_than_one_request_holds_all_come_and_one_that_is_malformed_hides_none
    test_a_feed_that_cannot_be_read_is_told[server_error_(500)]
    test_a_paper_that_a_feed_names_once_is_asked_for_until_it_comes[not_asked_for]
    test_a_store_of_a_newer_version_is_left_alone
    test_a_clock_that_goes_back_loses_nothing[140]
    test_a_night_killed_while_it_waits_for_pubmed_loses_nothing[2-during_the_fetch,_before_any_commit]
    test_one_wrong_topic_file_stops_no_other[no_strategy]
    test_a_digest_meets[hang-up_after_the_dot]
    test_the_checker_itself_goes_red_when_something_is_lost
    """.split()
)
"""One of each sort, for ``make test``. The others are hundreds of whole nights, which ``make test-all`` spends."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        here = Path(__file__).parent in item.path.parents and item.path.name != "test_table.py"
        if here and item.name.replace(" ", "_") not in FAST:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package", autouse=True)
def _on_a_clock_that_pauses_move() -> Iterator[None]:
    with one_after_the_other():
        yield


@pytest.fixture(scope="session")
def records() -> Corpus:
    return small_corpus()


@pytest.fixture(scope="session")
def reference(records: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    with open_ward(folder / "ward", corpus=records) as ward, one_after_the_other():
        return make_reference(ward, folder / "eve")


@pytest.fixture
def ward(records: Corpus, reference: Reference, tmp_path: Path) -> Iterator[Ward]:
    """A ward after its good first night."""
    with open_ward(tmp_path / "ward", corpus=records, copy_of=reference.folder) as opened:
        yield opened


@pytest.fixture
def new_ward(records: Corpus, tmp_path: Path) -> Iterator[Ward]:
    """A ward before its first night, without an API key: three requests a second, of which that night has many."""
    with open_ward(tmp_path / "ward", corpus=records, api_key=None) as opened:
        yield opened


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything logged, at any level, and printed so far."""
    caplog.set_level(logging.DEBUG)

    def listen() -> str:
        printed = capfd.readouterr()
        return "\n".join([caplog.text, *(repr(record.__dict__) for record in caplog.records), *printed])

    return listen


Note = Callable[[str, str, str, str], None]


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Enter (fault, where, outcome, what was said) for docs/reliability.md; see ``table``."""

    def write(fault: str, where: str, outcome: str, said: str = "") -> None:
        for name, value in (("fault", fault), ("where", where), ("outcome", outcome), ("said", said)):
            record_property(name, value)

    return write


Prove = Callable[..., Proof]


@pytest.fixture
def proven(reference: Reference, heard: Callable[[], str], note: Note) -> Prove:
    """``prove`` against the reference, with its outcome noted; ``remark`` is for a case that had nothing to say."""

    def run(ward: Ward, fault: str, where: str, *, remark: str = "", **how: Any) -> Proof:
        proof = prove(ward, reference, heard=heard, **how)
        note(fault, where, proof.outcome.value, proof.said or remark)
        return proof

    return run
