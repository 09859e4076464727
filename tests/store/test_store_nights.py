"""A topic's night in the store: one transaction, the watermark, and nothing written where nothing changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from litwatch.decisions.verdict import Status
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Window
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.store import FateState, Store
from tests.factories import make_match, make_record, make_search, make_sweep, make_verdict
from tests.store.store_scenes import (
    ARRIVAL,
    CITED,
    NEW,
    RETRACTION,
    WholeNight,
    made_store,
    make_night,
    moment,
    read_tables,
    save_night,
)
from tests.watermarks import watermark

TOPIC = "insulin-resistance"
OTHER_TOPIC = "sleep-apnoea"
LOG = {"sweep", "search"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_store(tmp_path)


def topic_sweep(first: date, last: date, state: SweepState = SweepState.COMPLETE, strategy: str = "") -> Sweep:
    error = None if state is SweepState.COMPLETE else "No answer."
    return make_sweep(window=Window(first, last), state=state, error=error, searches=(), strategy=strategy)


def sweep_night(day: int, *sweeps: Sweep) -> WholeNight:
    return make_night(day, sweeps=sweeps, records=(), sightings=(), matches=(), changes=())


def november(day: int) -> date:
    return date(2026, 11, day)


def test_a_night_is_read_back_as_it_was_written(store: Store) -> None:
    night = make_night()
    saved = save_night(store, night)
    assert saved.new_records == {NEW, CITED}
    assert saved.opened == (RETRACTION, ARRIVAL)
    assert store.latest_sweeps(TOPIC) == night.sweeps
    assert store.latest_sweeps(TOPIC)[0].searches == night.sweeps[0].searches
    assert store.matches(TOPIC) == {match.position: match for match in night.matches}
    assert store.latest_verdict(TOPIC) == night.verdict
    assert store.sightings(TOPIC) == {NEW, CITED}
    assert store.sightings(TOPIC, SweepKind.TOPIC) == {NEW}
    assert watermark(store, TOPIC) == night.surveyed_at.date()
    assert store.recorded_changes(TOPIC) == {RETRACTION, ARRIVAL}
    assert store.last_surveyed(TOPIC) == night.surveyed_at


def test_the_very_same_night_written_again_adds_nothing_at_all(store: Store) -> None:
    save_night(store, make_night())
    before = read_tables(store.path)
    saved = save_night(store, make_night())
    assert (saved.new_records, saved.changed_records, saved.opened) == (frozenset(), frozenset(), ())
    assert read_tables(store.path) == before


def test_a_second_run_without_change_adds_only_its_lines_to_the_log(store: Store) -> None:
    save_night(store, make_night())
    before = read_tables(store.path)
    again = replace(make_night(), run="nightly-1-2", surveyed_at=moment(1, hour=5))
    saved = save_night(store, again)
    after = read_tables(store.path)
    assert (saved.new_records, saved.changed_records, saved.opened) == (frozenset(), frozenset(), ())
    assert {table for table in after if after[table] != before[table]} == LOG
    assert all(set(before[table]) < set(after[table]) for table in LOG)
    assert store.last_surveyed(TOPIC) == again.surveyed_at


def test_a_fortnight_of_nights_without_change_hardly_grows_the_file(store: Store) -> None:
    for day in range(1, 6):
        save_night(store, make_night(day))
    before = store.path.stat().st_size
    for day in range(6, 21):
        save_night(store, make_night(day))
    grown = store.path.stat().st_size - before
    assert grown <= 2 * 2**20, f"{grown} bytes for 15 nights"


def test_the_status_of_a_day_is_that_of_its_last_verdict(store: Store) -> None:
    for day, status in ((1, Status.REVIEW_NOW), (1, Status.NO_SIGNAL), (2, Status.REVIEW_NEEDED)):
        verdict = make_verdict(status, decided_on=november(day))
        save_night(store, make_night(day, verdict=verdict, run=f"{day} {status}"))
    save_night(store, make_night(1, topic="other", verdict=make_verdict(Status.REVIEW_NEEDED, decided_on=november(1))))
    told = store.statuses({TOPIC: [november(1), november(3)], "other": [november(2)], "another": [november(1)]})
    assert told == {TOPIC: {november(1): Status.NO_SIGNAL}}
    assert store.statuses({TOPIC: []}) == {}


def test_a_new_day_adds_a_verdict_and_the_history_is_newest_first(store: Store) -> None:
    for day in (1, 1, 2):
        save_night(store, make_night(day))
    assert [verdict.decided_on for verdict in store.verdict_history(TOPIC)] == [november(2), november(1)]


def test_a_changed_verdict_of_the_same_day_is_kept_beside_the_first(store: Store) -> None:
    save_night(store, make_night())
    save_night(store, make_night(verdict=make_verdict(decided_on=november(1), searched_to=None), run="again"))
    assert len(store.verdict_history(TOPIC)) == 2
    latest = store.latest_verdict(TOPIC)
    assert latest is not None
    assert latest.searched_to is None
    save_night(store, make_night(run="as at first"))
    assert len(store.verdict_history(TOPIC)) == 3, "it is compared with the last"


def test_before_its_first_night_a_topic_has_nothing(store: Store) -> None:
    assert watermark(store, TOPIC) is None
    assert store.latest_verdict(TOPIC) is None
    assert store.last_surveyed(TOPIC) is None
    assert store.latest_sweeps(TOPIC) == ()
    assert store.matches(TOPIC) == {}
    assert store.open_changes(TOPIC, on=november(1)) == ()


def test_a_failed_topic_sweep_does_not_move_the_watermark(store: Store) -> None:
    save_night(store, sweep_night(5, topic_sweep(november(1), november(5))))
    save_night(store, sweep_night(6, topic_sweep(november(1), november(6), SweepState.FAILED)))
    assert watermark(store, TOPIC) == november(5)
    save_night(store, sweep_night(7, topic_sweep(november(1), november(7))))
    assert watermark(store, TOPIC) == november(7)


def test_the_watermark_stands_before_a_gap_until_the_gap_is_covered(store: Store) -> None:
    save_night(store, sweep_night(5, topic_sweep(november(1), november(5))))
    save_night(store, sweep_night(12, topic_sweep(november(8), november(12))))
    assert watermark(store, TOPIC) == november(5)
    save_night(store, sweep_night(13, topic_sweep(november(6), november(7))))
    assert watermark(store, TOPIC) == november(12)


def test_a_first_window_that_failed_holds_the_watermark_until_its_days_are_covered(store: Store) -> None:
    save_night(store, sweep_night(5, topic_sweep(november(1), november(5), SweepState.FAILED)))
    save_night(store, sweep_night(6, topic_sweep(november(3), november(6))))
    assert watermark(store, TOPIC) is None
    save_night(store, sweep_night(7, topic_sweep(november(1), november(2))))
    assert watermark(store, TOPIC) == november(6)


def test_the_watermark_answers_for_the_day_from_which_the_article_needs_to_be_searched(store: Store) -> None:
    save_night(store, sweep_night(5, topic_sweep(november(1), november(3), SweepState.FAILED)))
    save_night(store, sweep_night(12, topic_sweep(november(5), november(12))))
    assert watermark(store, TOPIC, since=november(5)) == november(12)
    assert watermark(store, TOPIC, since=november(13)) == november(12)
    assert watermark(store, TOPIC, since=november(4)) is None, "the article's date went back: search again"
    assert watermark(store, TOPIC, since=november(20)) is None


def test_coverage_by_one_search_strategy_is_none_by_another(store: Store) -> None:
    save_night(store, sweep_night(5, topic_sweep(november(1), november(5), strategy="sleep[tiab]")))
    assert watermark(store, TOPIC, strategy="sleep[tiab]") == november(5)
    assert watermark(store, TOPIC, strategy="sleep[mh]") is None
    save_night(store, sweep_night(6, topic_sweep(november(4), november(6), strategy="sleep[mh]")))
    assert watermark(store, TOPIC) == november(6), "the strategy swept last"
    assert watermark(store, TOPIC, strategy="sleep[tiab]") == november(5)


def test_a_window_into_the_future_covers_no_day_after_the_sweep(store: Store) -> None:
    save_night(store, sweep_night(5, topic_sweep(november(1), date(2030, 1, 1))))
    assert watermark(store, TOPIC) == november(5)


def test_a_topic_is_not_moved_by_its_neighbour(store: Store) -> None:
    save_night(store, make_night(3, topic=OTHER_TOPIC))
    assert watermark(store, TOPIC) is None
    assert store.sightings(TOPIC) == set()
    saved = save_night(store, make_night(4))
    assert saved.new_records == frozenset(), "the store holds one copy of each record"
    assert saved.opened == (RETRACTION, ARRIVAL), "and each topic its own changes"


def test_a_topic_sees_as_before_what_its_own_sweep_saw_last(store: Store) -> None:
    first, second = make_record(CITED, title="First"), make_record(CITED, title="Second")
    save_night(store, make_night(1, records=(first,), sightings=((CITED, SweepKind.CITATION),)))
    save_night(
        store, make_night(2, topic=OTHER_TOPIC, records=(second,), sightings=((CITED, SweepKind.CITATION),), matches=())
    )
    assert store.current_records([CITED]) == {CITED: second}
    assert store.records_last_seen(TOPIC, SweepKind.CITATION) == {CITED: first}
    save_night(store, make_night(3, records=(second,), sightings=((CITED, SweepKind.TOPIC),)))
    assert store.records_last_seen(TOPIC, SweepKind.CITATION) == {CITED: first}, "the search met it, not the re-reading"
    save_night(store, make_night(4, records=(second,), sightings=((CITED, SweepKind.CITATION),)))
    assert store.records_last_seen(TOPIC, SweepKind.CITATION) == {CITED: second}


def test_a_sighting_keeps_the_search_that_found_it_first(store: Store) -> None:
    save_night(store, make_night(1))
    save_night(store, make_night(2))
    term = make_night(1).sweeps[0].searches[0].term
    sightings = {(row[1], row[2]): row[5] for row in read_tables(store.path)["sighting"]}
    assert sightings == {(NEW, "topic"): term, (CITED, "citation"): None}


def test_pmids_that_a_complete_sweep_did_not_get_are_noted_as_missing(store: Store) -> None:
    lost = Pmid(CITED + 1)
    failed = make_sweep(SweepKind.TOPIC, state=SweepState.FAILED, missing=(lost,), error="No answer.")
    save_night(store, make_night(1, sweeps=(failed,)))
    assert store.fates([lost]) == {}
    save_night(store, make_night(2, sweeps=(make_sweep(SweepKind.TOPIC, missing=(lost,)),)))
    assert store.fates([lost])[lost].state is FateState.MISSING


def test_a_cited_paper_that_pubmed_left_out_is_noted_as_missing_whatever_else_failed(store: Store) -> None:
    failed = make_sweep(SweepKind.CITATION, state=SweepState.FAILED, missing=(CITED,), error="No answer.")
    save_night(store, make_night(1, records=(), sweeps=(failed,)))
    assert store.fates([CITED])[CITED].state is FateState.MISSING, "the night opens a change that says so"


def test_matches_follow_the_article_and_outlive_a_failed_citation_sweep(store: Store) -> None:
    save_night(store, make_night(1))
    failed = make_sweep(SweepKind.CITATION, state=SweepState.FAILED, error="No answer.")
    save_night(store, make_night(2, matches=(make_match(2, CITED),), sweeps=(failed,)))
    assert set(store.matches(TOPIC)) == {1, 2}
    assert store.matches(TOPIC)[2].pmid == CITED
    save_night(store, make_night(3, matches=(make_match(1, CITED),)))
    assert set(store.matches(TOPIC)) == {1}, "the article lost an entry"
    assert len(read_tables(store.path)["match_list"]) == 3


def test_latest_sweeps_hold_the_last_night_of_each_kind_and_its_failures(store: Store) -> None:
    save_night(store, make_night(1))
    failed = replace(
        topic_sweep(november(1), november(2), SweepState.FAILED),
        searches=(make_search(searched_at=moment(2), warnings=("Phrase not found: x",)),),
        unreadable=((NEW, "no title"),),
        missing=(CITED,),
    )
    save_night(store, make_night(2, sweeps=(failed,)))
    assert store.latest_sweeps(TOPIC) == (failed, make_night(1).sweeps[1])


def test_a_feed_that_failed_and_is_followed_no_more_is_not_told_any_longer(store: Store) -> None:
    searched = make_night().sweeps
    feed = make_sweep(SweepKind.FEED, state=SweepState.FAILED, error="No answer.")
    save_night(store, make_night(1, sweeps=(*searched, feed)))
    assert feed in store.latest_sweeps(TOPIC)
    save_night(store, make_night(2, sweeps=searched))
    assert store.latest_sweeps(TOPIC) == searched


def test_a_change_is_opened_once_however_many_nights_report_it(store: Store) -> None:
    save_night(store, make_night(1))
    assert save_night(store, make_night(2, changes=(RETRACTION, RETRACTION, ARRIVAL))).opened == ()
    opened = store.open_changes(TOPIC, on=november(2))
    assert [(item.change, item.opened_at) for item in opened] == [(RETRACTION, moment(1)), (ARRIVAL, moment(1))]


def test_a_change_stays_open_when_a_later_night_does_not_report_it(store: Store) -> None:
    save_night(store, make_night(1))
    save_night(store, make_night(2, changes=()))
    assert {item.change for item in store.open_changes(TOPIC, on=november(2))} == {RETRACTION, ARRIVAL}


def test_a_night_of_ten_thousand_records_is_one_transaction(store: Store) -> None:
    pmids = [Pmid(NEW + number) for number in range(9_999)]
    night = make_night(
        records=tuple(make_record(pmid) for pmid in pmids),
        sightings=tuple((pmid, SweepKind.TOPIC) for pmid in pmids),
        changes=tuple(replace(ARRIVAL, pmid=pmid) for pmid in pmids),
    )
    assert len(save_night(store, night).opened) == 9_999
    assert [item.change.pmid for item in store.open_changes(TOPIC, on=november(1))] == pmids


def test_an_article_stands_with_its_open_notices_and_each_new_record_that_pubmed_has_once(store: Store) -> None:
    lost = Pmid(NEW + 1)
    befallen = [Change(ChangeKind.FOUND_RETRACTED, NEW, f"pmid:{NEW + number}") for number in (7, 8)]
    gone = (replace(ARRIVAL, pmid=lost), Change(ChangeKind.FOUND_MISSING, lost, ""))
    save_night(store, make_night(1, changes=(RETRACTION, ARRIVAL, *befallen, *gone)))
    standing = store.standings(on=november(1))[TOPIC]
    assert (standing.notices, standing.new_records) == (1, 1)


def test_the_views_read_like_the_methods(store: Store) -> None:
    import duckdb

    save_night(store, make_night())
    with duckdb.connect(str(store.path), read_only=True) as con:
        assert con.execute("SELECT pmid, title FROM current_record ORDER BY pmid").fetchall() == [
            (NEW, make_record(NEW).title),
            (CITED, make_record(CITED).title),
        ]
        assert con.execute("SELECT count(*) FROM record_known_on('2026-10-31')").fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM record_known_on('2026-11-01')").fetchall() == [(2,)]
        assert con.execute("SELECT pmid FROM open_episode('2026-11-01') ORDER BY 1").fetchall() == [(NEW,), (CITED,)]
        assert con.execute("SELECT position, state, pmid FROM current_match").fetchall() == [
            (1, "confirmed", CITED),
            (2, "not_found", None),
        ]
        assert con.execute("SELECT status, decided_on FROM current_verdict").fetchall() == [("no_signal", november(1))]


def test_the_views_show_the_newest_matches_and_the_newest_verdict(store: Store) -> None:
    save_night(store, make_night(1))
    verdict = make_verdict(Status.NOT_SURVEYED, decided_on=november(2))
    save_night(store, make_night(2, matches=(make_match(1, NEW),), verdict=verdict))
    with store._reading() as con:
        assert con.execute("SELECT position, pmid FROM current_match").fetchall() == [(1, NEW)]
        assert con.execute("SELECT status FROM current_verdict").fetchall() == [("not_surveyed",)]
    assert store.standings(on=november(2))[TOPIC].verdict == store.latest_verdict(TOPIC) == verdict


def test_nights_out_of_order_do_not_lose_a_day(store: Store) -> None:
    later = sweep_night(9, topic_sweep(november(4), november(9)))
    earlier = sweep_night(3, topic_sweep(november(1), november(3)))
    save_night(store, later)
    save_night(store, earlier)
    assert watermark(store, TOPIC) == november(9)
    assert watermark(store, TOPIC, since=november(2) - timedelta(days=1)) == november(9)


def test_since_when_an_article_stands_as_it_does_is_counted_from_the_last_difference(store: Store) -> None:
    assert store.standings_since([TOPIC]) == {}
    failed = (make_sweep(state=SweepState.FAILED, error="HTTP 503"), make_sweep(SweepKind.CITATION))
    late = date(2027, 3, 1)
    nights = {
        1: {"verdict": make_verdict(Status.REVIEW_NEEDED, decided_on=november(1))},
        2: {"verdict": make_verdict(decided_on=november(2)), "sweeps": failed},
        3: {"verdict": make_verdict(decided_on=november(3))},
        4: {"verdict": make_verdict(decided_on=november(4), reassess_on=late), "sweeps": failed},
        5: {"verdict": make_verdict(decided_on=november(5), reassess_on=late), "sweeps": failed},
    }
    found = []
    for day, changes in nights.items():
        save_night(store, make_night(day, **changes))
        found.append(store.standings_since([TOPIC])[TOPIC])
    failing = [one.failing for one in found]
    assert [one.verdict for one in found] == [november(1), *[november(2)] * 4]
    assert [one.due for one in found] == [*[november(1)] * 3, *[november(4)] * 2]
    assert failing[1:] == [
        ((SweepKind.TOPIC, november(2)),), (), ((SweepKind.TOPIC, november(4)),), ((SweepKind.TOPIC, november(4)),),
    ]  # fmt: skip
