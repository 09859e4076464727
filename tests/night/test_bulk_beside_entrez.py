"""Bulk files beside what PubMed itself serves: the same store by either way, and the later word of the two counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import pytest

from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.record import content_hash
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin import Corpus, demonstration
from litwatch.standin.bulk_files import write_bulk_files
from litwatch.standin.life import Revision, served
from litwatch.standin.scenario import EXAMPLES, read_scenario
from litwatch.store import FateState, Store
from tests.night.bulk_scenes import FIRST, Installation, at, cheap, hashes
from tests.nights import House, open_house
from tests.store.store_scenes import note_gone


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def scenario() -> tuple[Revision, ...]:
    return read_scenario((EXAMPLES / "a-year-in-pubmed.yaml").read_text(encoding="utf-8"))


SERIES = {
    "a year": (
        scenario,
        date(2026, 3, 1),
        (date(2026, 3, 1), date(2026, 4, 27), date(2026, 10, 5), date(2026, 12, 31)),
    ),
    "the demonstration": (
        demonstration.revisions,
        date(2026, 8, 1),
        (date(2026, 8, 1), date(2026, 9, 30), demonstration.DEMONSTRATION_TODAY),
    ),
}


@pytest.mark.parametrize("series", SERIES)
def test_entrez_and_the_bulk_files_end_in_the_same_store_state(tmp_path: Path, series: str) -> None:
    """Two differences are legitimate. Entrez leaves a deleted record out ("missing"), NLM's files say so ("deleted").
    And Entrez shows what is served when it is asked: of a record that came and went in between it knows nothing."""
    make, baseline, days = SERIES[series]
    revisions = make()
    site = Installation(tmp_path / "bulk files")
    with open_house(tmp_path, Corpus(revisions), baseline) as house:
        for day in days:
            store = read_through_entrez(house, revisions, day)
            write_bulk_files(revisions, site.bulk, baseline=baseline, until=day, per_file=120)
            assert site.load(clock=lambda day=day: at(day)).failure is None
            by_bulk, by_entrez = hashes(site.store), hashes(store)
            gone = {pmid for pmid, (state, _) in fates(site.store).items() if state == "gone"}
            assert by_bulk.keys() - by_entrez.keys() <= gone
            assert {pmid: by_bulk[pmid] for pmid in by_entrez} == by_entrez
            assert {pmid: fate for pmid, fate in fates(site.store).items() if pmid in by_entrez} == fates(store)
            assert by_bulk.keys() - gone == served(revisions, day).keys()


def test_asked_on_every_day_of_change_entrez_gives_the_very_observations_of_the_bulk_files(tmp_path: Path) -> None:
    revisions = scenario()
    days = sorted({revision.visible_from for revision in revisions})
    site = Installation(tmp_path / "bulk files")
    with open_house(tmp_path, Corpus(revisions), days[0]) as house:
        for day in days:
            store = read_through_entrez(house, revisions, day)
        write_bulk_files(revisions, site.bulk, baseline=days[0], until=days[-1])
        assert site.load().failure is None
        assert histories(site.store) == histories(store)
        assert max(len(history) for history in histories(store).values()) > 3


def histories(store: Store) -> dict[int, list[str]]:
    """The content hashes of every record's observations, oldest first."""
    return {
        int(pmid): [content_hash(record) for _, record in store.record_histories([pmid])[pmid]]
        for pmid in store.current_records()
    }


def read_through_entrez(house: House, revisions: Iterable[Revision], day: date) -> Store:
    house.pubmed.today = day
    doors = house.doors(at(day))
    fetched = doors.entrez.fetch(sorted({Pmid(r.pmid) for r in revisions if r.visible_from <= day}))
    doors.store.add_records(fetched.records, observed_at=at(day), source="efetch")
    note_gone(doors.store, doors.store.known(fetched.missing), FateState.MISSING, at=at(day))
    return doors.store


def fates(store: Store) -> dict[int, tuple[str, datetime]]:
    """The fates of the records that were ever observed, "missing" and "deleted" as one."""
    return {
        int(pmid): ("returned" if fate.state is FateState.RETURNED else "gone", fate.noted_at)
        for pmid, fate in store.fates(store.current_records().keys()).items()
    }


def test_news_that_a_bulk_file_brought_first_is_still_news_for_the_night(tmp_path: Path) -> None:
    before, after = date(2026, 11, 15), date(2026, 11, 19)
    with open_house(tmp_path, today=before) as house:
        house.night(before)
        site = Installation(tmp_path)
        write_bulk_files(demonstration.revisions(), site.bulk, baseline=after, until=after)
        loaded = site.load(everything=False, clock=lambda: at(after))
        assert loaded.counts.changed
        assert site.store.current_records([Pmid(99000004)])[Pmid(99000004)].is_retracted
        (outcome,) = house.night(after).outcomes
        assert outcome.saved
        assert ChangeKind.CITED_RETRACTED in {change.kind for change in outcome.saved.opened}
        assert ChangeKind.NEW_RECORD in {change.kind for change in outcome.saved.opened}


def observe(site: Installation, xml: bytes, day: date) -> None:
    record = parse_article_set(b"<PubmedArticleSet>%b</PubmedArticleSet>" % xml).records
    site.store.add_records(record, observed_at=at(day), source="efetch sleep nightly")


def revised(xml: bytes, day: date) -> bytes:
    head, _, rest = xml.partition(b"<DateRevised>")
    old, _, tail = rest.partition(b"</DateRevised>")
    assert old
    new = f"<Year>{day.year}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day>".encode()
    return head + b"<DateRevised>" + new + b"</DateRevised>" + tail


@pytest.mark.parametrize(
    ("served", "bulk", "wins"),
    [((18, 20), (2, 3), "PubMed"), ((2, 3), (18, 19), "bulk"), ((2, 5), (2, 3), "PubMed"), ((2, 5), (2, 8), "bulk")],
    ids=["revised later", "revised earlier", "same day, seen later", "same day, seen earlier"],
)
def test_what_pubmed_itself_served_later_outranks_a_bulk_file(
    site: Installation, served: tuple[int, int], bulk: tuple[int, int], wins: str
) -> None:
    """Days of November: DateRevised, and when the record was served or the file made."""
    (served_revised, served_on), (bulk_revised, made) = [
        [date(2026, 11, day) for day in pair] for pair in (served, bulk)
    ]
    observe(site, revised(cheap(0, edition=" PubMed")[0], served_revised), served_on)
    site.write(1, [revised(cheap(0, edition=" bulk")[0], bulk_revised)], made=made)
    counts = site.load().counts
    assert f"data {wins}:" in site.store.current_records()[Pmid(FIRST)].title
    assert counts.outdated == (wins == "PubMed")


def test_a_record_that_pubmed_has_left_out_since_does_not_return_with_an_older_file(site: Installation) -> None:
    gone, never_seen = Pmid(FIRST), Pmid(FIRST + 1)
    observe(site, cheap(0)[0], date(2026, 11, 1))
    note_gone(site.store, [gone, never_seen], FateState.MISSING, at=at(date(2026, 11, 20)))
    site.write(1, cheap(0, 1), made=date(2026, 11, 10))
    site.load()
    assert {fate.state for fate in site.store.fates([gone, never_seen]).values()} == {FateState.MISSING}
    site.write(2, cheap(0), made=date(2026, 11, 21))
    site.load()
    assert site.store.fates([gone])[gone].state is FateState.RETURNED


def test_a_tombstone_older_than_what_pubmed_served_is_none(site: Installation) -> None:
    observe(site, cheap(0)[0], date(2026, 11, 20))
    site.write(1, (), [FIRST], made=date(2026, 11, 10))
    assert site.load().counts.deleted == 0
    assert site.store.fates([Pmid(FIRST)]) == {}
