"""A night's fetch for many topics: in few requests, in order, and at an end when the source is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest

from litwatch.model.errors import SourceError, SourceRefused, SourceUnavailable
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Fetched
from litwatch.night.fetch import A_REQUEST, Outage, fetch_all
from tests.factories import make_record

DOWN, REFUSED = SourceUnavailable("it is down"), SourceRefused("a wrong key")


@dataclass
class Shelf:
    """Delivers what it is asked for, without some, and answers nobody who asks for what breaks it."""

    without: frozenset[int] = frozenset()
    breaks: dict[int, SourceError] = field(default_factory=dict)
    asked: list[list[Pmid]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        wanted = list(pmids)
        with self.lock:
            self.asked.append(wanted)
        for pmid in wanted:
            if pmid in self.breaks:
                raise self.breaks[pmid]
        here = tuple(make_record(pmid) for pmid in wanted if pmid not in self.without)
        return Fetched(here, frozenset(pmid for pmid in wanted if pmid in self.without), ())

    @property
    def sizes(self) -> list[int]:
        return sorted(map(len, self.asked))


def pmids(first: int, number: int) -> list[Pmid]:
    return [Pmid(pmid) for pmid in range(first, first + number)]


def test_records_come_in_few_requests_each_once_and_no_request_mixes_groups() -> None:
    shelf = Shelf(without=frozenset({5}))
    steps: list[str] = []
    delivery = fetch_all([pmids(1, 3), pmids(2, A_REQUEST + 5)], shelf, on_step=steps.append)
    assert shelf.sizes == [3, 3, A_REQUEST]
    assert sorted(pmid for batch in shelf.asked for pmid in batch) == pmids(1, A_REQUEST + 6)
    assert list(delivery.records) == [pmid for pmid in pmids(1, A_REQUEST + 6) if pmid != 5]
    assert delivery.missing == {5}
    assert steps == [f"records, {asked:,} of 406 asked for" for asked in (3, 403, 406)]


def test_what_the_night_has_delivered_is_not_asked_for_again() -> None:
    shelf = Shelf()
    record = make_record(2)
    delivery = fetch_all([pmids(1, 3)], shelf, delivered={Pmid(2): record, Pmid(9): make_record(9)})
    assert shelf.asked == [[1, 3]]
    assert delivery.records.keys() == {1, 2, 3}
    assert delivery.records[Pmid(2)] is record


def test_a_batch_without_an_answer_fails_its_own_records_and_no_others() -> None:
    shelf = Shelf(breaks={1: DOWN})
    delivery = fetch_all([pmids(1, 1), pmids(2, 1)], shelf)
    assert delivery.unasked == {1: "it is down"}
    assert delivery.records.keys() == {2}


@pytest.mark.parametrize("error", [DOWN, REFUSED])
def test_an_outage_ends_the_asking_and_is_remembered_by_the_fetches_that_follow(error: SourceError) -> None:
    shelf = Shelf(breaks=dict.fromkeys(pmids(1, 60), error))
    outage = Outage()
    groups = [[pmid] for pmid in pmids(1, 60)]
    first = fetch_all(groups, shelf, outage=outage)
    assert first.unasked == dict.fromkeys(pmids(1, 60), str(error))
    assert 2 <= len(shelf.asked) <= 6, "those that were in flight"
    shelf.breaks, shelf.asked = {}, []
    second = fetch_all([pmids(100, 2)], shelf, outage=outage)
    assert second.unasked == dict.fromkeys(pmids(100, 2), str(error))
    assert shelf.asked == []


def test_failures_in_a_row_are_counted_over_the_fetches_of_a_night() -> None:
    outage = Outage()
    fetch_all([pmids(1, 1)], Shelf(breaks={1: DOWN}), outage=outage)
    assert outage.error is None
    fetch_all([pmids(2, 1)], Shelf(), outage=outage)
    fetch_all([pmids(1, 1)], Shelf(breaks={1: DOWN}), outage=outage)
    assert outage.error is None, "an answer came in between"
    fetch_all([pmids(1, 1)], Shelf(breaks={1: DOWN}), outage=outage)
    assert outage.error == "it is down"
