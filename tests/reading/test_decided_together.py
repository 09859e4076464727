"""Articles that are decided in one transaction: what the store is asked, and that each is told as if it were alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from litwatch.decisions.change_life import Observed
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.sweep import SweepKind
from litwatch.reading.known_papers import KnownPapers
from litwatch.reading.stored_report import ToDecide, decide_report, decide_reports
from litwatch.report.contents import Report
from litwatch.store import FateState, Store
from litwatch.store.nights import DecidedNight
from tests.factories import FIRST_PMID, make_article, make_match, make_record, make_sweep, make_topic
from tests.store.store_scenes import CITED, WholeNight, made_store, make_night, moment, note_gone, read_tables

DAY = moment(1).date()


class Counted(Store):
    """A store that counts its statements."""

    statements = 0

    @contextmanager
    def _opened(self, *, read_only: bool) -> Iterator[Any]:
        with super()._opened(read_only=read_only) as con:
            yield _Counting(con, self)


class _Counting:
    def __init__(self, con: Any, store: Counted) -> None:
        self._con, self._store = con, store

    def execute(self, *args: Any) -> Any:
        self._store.statements += 1
        return self._con.execute(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


def night(number: int, **changes: Any) -> WholeNight:
    """The first night of one of several articles: it cites a paper of its own, and one that all cite."""
    own, new = Pmid(FIRST_PMID + 200 + number), Pmid(FIRST_PMID + 300 + number)
    records = (
        make_record(own, doi=Doi(f"10.5555/own.{number}")),
        make_record(CITED),
        make_record(new, title=f"New paper {number} on insulin resistance"),
    )
    return make_night(
        topic=f"topic-{number}",
        records=records,
        matches=(make_match(1, own), make_match(2, CITED)),
        changes=(Change(ChangeKind.NEW_RECORD, new, ""),),
        **changes,
    )


def decide(store: Store, nights: Sequence[WholeNight]) -> list[Report]:
    """Save the nights in one transaction and decide on each, as a night does."""
    with store.saving():
        saved = store.save_nights(nights)
        store.save_lives({each.topic: Observed(moment(1), each.changes, frozenset()) for each in nights}, run="nightly")
        asked = [ToDecide(make_topic(each.topic), make_article(), DAY) for each in nights]
        reports = decide_reports(asked, store, KnownPapers(store), DAY)
        told = zip(reports, saved, strict=True)
        store.save_verdicts(
            [DecidedNight(each.topic.slug, each.verdict, (), one.night) for each, one in told], run="nightly"
        )
    return reports


def test_deciding_six_articles_asks_the_store_no_more_often_than_deciding_two(tmp_path: Path) -> None:
    asked = {}
    for number in (2, 6):
        store = Counted(made_store(tmp_path / str(number)).path)
        decide(store, [night(place) for place in range(number)])
        asked[number] = store.statements
    assert asked[6] == asked[2]


def test_each_of_several_articles_is_decided_as_it_is_alone(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    nights = [night(0), night(1), night(2)]
    with store.saving():
        store.save_nights(nights)
    note_gone(store, [Pmid(FIRST_PMID + 201)], FateState.DELETED, at=moment(1))
    with store.saving():
        store.save_lives({each.topic: Observed(moment(1), each.changes, frozenset()) for each in nights}, run="nightly")
        asked = [ToDecide(make_topic(each.topic), make_article(), DAY) for each in nights]
        together = decide_reports(asked, store, KnownPapers(store), DAY)
        alone = [decide_report(each.topic, each.article, store, DAY, searched_to=DAY) for each in asked]
    assert [report.topic.slug for report in together] == [each.topic for each in nights]
    assert together == alone
    assert len(together[1].signals) == 1


@pytest.mark.parametrize("disagree", ["not", "about a record", "about whether it is served"])
def test_nights_saved_together_leave_what_nights_saved_in_turn_leave(tmp_path: Path, disagree: str) -> None:
    nights = [night(0), night(1), night(2)]
    if disagree == "about a record":
        nights[1] = replace(nights[1], records=(*nights[1].records[:1], make_record(CITED, title="Another title")))
    if disagree == "about whether it is served":
        nights[0] = replace(nights[0], sweeps=(make_sweep(), make_sweep(SweepKind.CITATION, missing=(CITED,))))
        nights[0] = replace(nights[0], records=nights[0].records[:1])
    together, in_turn = made_store(tmp_path / "together"), made_store(tmp_path / "in_turn")
    with together.saving():
        saved = together.save_nights(nights)
    with in_turn.saving():
        assert saved == [in_turn.save_night(each) for each in nights]
    assert read_tables(together.path) == read_tables(in_turn.path)
