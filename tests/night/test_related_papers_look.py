"""The looks beside a night's searches: seeds, supplements with their recall, costs, and how they fail."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from litwatch.config.topic_files import read_topic_files
from litwatch.decisions.related_papers import SupplementKind, choose_seeds, measure, select_news, size_of
from litwatch.model.errors import SourceUnavailable
from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, DatePrecision, PartialDate, PublicationType, Record
from litwatch.night.doors import open_store
from litwatch.night.related_papers_look import RelatedAsk, RelatedLook, look_for_related_papers
from litwatch.report.contents import Report
from litwatch.standin import Corpus, read_corpus
from litwatch.standin.citation_xml import Citation, Periodical, write_article, write_article_set
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.factories import PUBLICATION_TYPES, make_record
from tests.nights import ARTICLE, TOPIC, House, open_house
from tests.sources.entrez.scripted_ncbi import Reply, ScriptedNcbi, open_entrez

TODAY = DEMONSTRATION_TODAY


def paper(pmid: int, year: int, says: str = "", **changes: object) -> Record:
    published = PartialDate(str(year), date(year, 1, 1), date(year, 12, 31), DatePrecision.YEAR)
    return make_record(pmid, published=published, abstract=(AbstractPart(None, None, says),), **changes)


@pytest.mark.parametrize(
    ("says", "size"),
    [
        ("We randomised 1,204 patients to naps.", 1204),
        ("Porters (n = 240) and bakers (n=31).", 240),
        ("In 12 trials with 34 567 participants over 10 years.", 34567),
        ("A cohort of 988 middle-aged women.", 988),
        ("Sleep lasted 480 minutes.", None),
        ("", None),
    ],
)
def test_the_size_of_a_study_is_what_its_abstract_says(says: str, size: int | None) -> None:
    assert size_of(paper(99000001, 2020, says)) == size


def test_seeds_are_the_three_newest_and_the_three_largest() -> None:
    papers = [paper(99000000 + n, 2000 + n, f"{1000 - n * 10} patients" if n < 6 else "") for n in range(1, 11)]
    assert [record.pmid - 99000000 for record in choose_seeds(papers)] == [10, 9, 8, 3, 2, 1]
    notice = paper(99000099, 2026, publication_types=(PUBLICATION_TYPES["retraction"],))
    assert notice not in choose_seeds([*papers, notice])


def test_a_supplements_recall_counts_the_cited_papers_beside_its_seeds() -> None:
    cited = [Pmid(n) for n in (1, 2, 3, 4)]
    seen = measure(SupplementKind.SIMILAR, cited[:2], map(Pmid, (1, 9, 3, 9)), cited)
    assert (seen.found, seen.known, seen.of_known, seen.recall) == ((9, 3), (3,), 2, 0.5)
    assert measure(SupplementKind.SIMILAR, cited, [], cited).recall is None


def test_a_supplement_adds_only_new_papers_that_the_strategy_misses() -> None:
    old, found, cited, new = (paper(99000000 + n, 2025, "Sleep.", title=f"{word}.", created=day) for n, word, day in (
        (1, "Bees", date(2024, 1, 1)), (2, "Naps", date(2026, 1, 1)), (3, "Wasps", date(2026, 1, 1)),
        (4, "Ants", date(2026, 1, 1))))  # fmt: skip
    supplement = measure(SupplementKind.CITING, [], [old.pmid, found.pmid, cited.pmid, new.pmid, Pmid(99000009)], [])
    records = {record.pmid: record for record in (old, found, cited, new)}
    told = select_news(
        supplement, records, cited={cited.pmid}, strategy="naps[ti]", since=date(2025, 2, 16), today=TODAY
    )
    assert told == (new,)


# Over the wire


LINKS = """<?xml version="1.0"?><eLinkResult>
<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>99000001</Id></IdList><LinkSetDb><DbTo>pubmed</DbTo>
<LinkName>pubmed_pubmed</LinkName><Link><Id>99000001</Id><Score>900</Score></Link>
<Link><Id>99000005</Id><Score>300</Score></Link></LinkSetDb></LinkSet>
<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>99000002</Id></IdList></LinkSet></eLinkResult>"""


def test_links_are_read_seed_by_seed_and_none_is_normal(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = lambda _: Reply(LINKS.encode())
    links = open_entrez(ncbi).link([Pmid(99000001), Pmid(99000002)], "pubmed_pubmed")
    assert links == {99000001: ((99000001, 900), (99000005, 300)), 99000002: ()}
    assert open_entrez(ncbi).link([], "pubmed_pubmed") == {}
    assert len(ncbi.received) == 1


@pytest.mark.parametrize(
    "body",
    [
        LINKS.replace("<Id>99000002</Id>", "<Id>99000007</Id>"),
        LINKS.replace("<IdList><Id>99000002</Id></IdList>", "<IdList></IdList>"),
        LINKS[: LINKS.rindex("<LinkSet>")] + "</eLinkResult>",
        LINKS.replace("<Score>300</Score>", "<Score>many</Score>"),
        '<?xml version="1.0"?><!DOCTYPE eLinkResult>',
        '{"ERROR":"Couldn\'t resolve #exLinkSrv2, the address table is empty."}',
        "",
    ],
)
def test_links_that_are_not_what_was_asked_are_no_answer(ncbi: ScriptedNcbi, body: str) -> None:
    ncbi.answering = lambda _: Reply(body.encode())
    with pytest.raises(SourceUnavailable):
        open_entrez(ncbi).link([Pmid(99000001), Pmid(99000002)], "pubmed_pubmed")


# Whole nights


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(revisions())


@pytest.fixture
def house(tmp_path: Path, corpus: Corpus) -> Iterator[House]:
    with open_house(tmp_path, corpus) as opened:
        yield opened


def report_of(house: House, day: date = TODAY) -> Report:
    (outcome,) = house.night(day).outcomes
    return outcome.report


def asked(house: House) -> Counter[str]:
    return Counter(entry.utility for entry in house.pubmed.journal)


NARROW = TOPIC.replace('"insulin sensitivity"[tiab]', '"insulin sensitivity"[tiab] NOT exercise[tiab]')


def test_a_night_looks_beside_once_a_week_and_shows_it_with_its_own_recall(house: House) -> None:
    report = report_of(house)
    assert report.basis
    kinds = [each.supplement.kind for each in report.basis.supplements]
    assert kinds == [SupplementKind.SIMILAR, SupplementKind.CITING]
    assert report.basis.looked_on == TODAY
    first = asked(house)
    assert first["elink"] == 2
    doors = house.doors(datetime.combine(TODAY, time(), UTC))
    (topic,), _ = read_topic_files(house.folder / "queries")
    ask = RelatedAsk(topic, report.article.references, report.matches, {record.pmid: record for record in report.cited})
    looked_on = [
        look.found.looked_on
        for days in range(1, 8)
        for look in look_for_related_papers(
            [replace(ask, last=doors.store.related_papers(topic.slug))],
            entrez=doors.entrez,
            store=doors.store,
            today=TODAY + timedelta(days=days),
        )
        if look.found
    ]
    due = next(day for day in looked_on if day > TODAY)
    assert looked_on[: (due - TODAY).days - 1] == [TODAY] * ((due - TODAY).days - 1)
    again = report_of(house, due)
    assert again.basis
    assert again.basis.looked_on == due


def test_many_articles_share_the_links_and_the_records_of_their_looks(house: House) -> None:
    report = report_of(house)
    doors = house.doors(datetime.combine(TODAY, time(), UTC))
    (topic,), _ = read_topic_files(house.folder / "queries")
    cited = {record.pmid: record for record in report.cited}
    asks = [
        RelatedAsk(replace(topic, slug=f"article-{n}"), report.article.references, report.matches, cited)
        for n in range(30)
    ]
    asks.append(replace(asks[0], reachable=False))
    before = asked(house)
    looks = look_for_related_papers(asks, entrez=doors.entrez, store=doors.store, today=TODAY)
    assert asked(house)["elink"] - before["elink"] == 2
    assert asked(house)["efetch"] - before["efetch"] <= 1
    alone = [look_for_related_papers([ask], entrez=doors.entrez, store=doors.store, today=TODAY)[0] for ask in asks[:2]]
    assert looks[:2] == tuple(alone)
    assert looks[-1] == RelatedLook(None)


def test_a_link_that_fails_is_the_failure_of_the_articles_whose_seeds_it_held(house: House) -> None:
    report = report_of(house)
    doors = house.doors(datetime.combine(TODAY, time(), UTC))
    (topic,), _ = read_topic_files(house.folder / "queries")
    cited = {record.pmid: record for record in report.cited}
    ask = RelatedAsk(replace(topic, slug="other"), report.article.references, report.matches, cited)
    without = replace(ask, topic=replace(topic, slug="without", supplements=False))
    house.pubmed.faults.on("unavailable", utility="elink", times=99)
    try:
        failed, spared = look_for_related_papers([ask, without], entrez=doors.entrez, store=doors.store, today=TODAY)
    finally:
        house.pubmed.faults.clear()
    assert failed.found
    assert len(failed.found.errors) == 2
    assert all(each.error for each in failed.found.supplements)
    assert not (spared.found and spared.found.errors)


def test_the_cost_of_a_change_is_counted_by_pubmed_and_remembered(house: House) -> None:
    house.write_topic("sleep", topic=NARROW)
    report = report_of(house)
    assert report.basis
    assert report.basis.known_items
    (missed,) = report.basis.known_items.missed
    assert missed.change
    assert missed.change.says == "take out NOT exercise[tiab]"
    assert missed.per_month is not None
    kept = open_store(house.settings()).related_papers("sleep")
    assert kept
    assert dict(kept.per_month) == {missed.change.addition: missed.per_month}


def test_a_supplement_that_fails_is_said_and_hides_nothing(house: House) -> None:
    house.pubmed.faults.on("unavailable", utility="elink", times=99)
    summary = house.night(TODAY)
    assert summary.ok, summary.failure
    report = summary.outcomes[0].report
    assert report.basis
    assert all(each.supplement.error for each in report.basis.supplements)
    assert len(report.basis.errors) == 2
    house.pubmed.faults.clear()
    assert not (report_of(house, TODAY + timedelta(days=1)).basis or report.basis).errors


def test_switched_off_nothing_is_linked_and_the_verdict_is_the_same(house: House) -> None:
    with_it = house.night(TODAY, dry_run=True).outcomes[0].report
    before = asked(house)["elink"]
    house.write_topic("sleep", topic=f"{TOPIC}supplements: false\n")
    without = house.night(TODAY, dry_run=True).outcomes[0].report
    assert (before, asked(house)["elink"]) == (2, 2)
    assert with_it.basis
    assert without.basis
    assert (len(with_it.basis.supplements), len(without.basis.supplements)) == (2, 0)
    assert [one.signal for one in with_it.signals] == [one.signal for one in without.signals]
    assert with_it.verdict == without.verdict


def test_a_newer_edition_that_the_strategy_misses_is_found_and_shown_as_a_candidate(tmp_path: Path) -> None:
    editions = [
        write_article(
            Citation(
                pmid=pmid,
                title=f"Standards of sleep in porters-{year}.",
                periodical=Periodical("Invented Guidelines", "Inv Guidel"),
                published=str(year),
                created=date(year, 1, 2),
                types=(PublicationType("D017065", "Practice Guideline"),),
            )
        )
        for pmid, year in ((99000001, 2021), (99000002, 2024))
    ]
    (tmp_path / "editions.xml").write_bytes(write_article_set(editions))
    cites = ARTICLE[: ARTICLE.index("1. Fictive A.")] + "1. Standards of sleep in porters-2021. 2021. PMID: 99000001\n"
    with open_house(tmp_path, read_corpus([tmp_path / "editions.xml"])) as house:
        house.write_topic("sleep", topic=TOPIC.replace("insulin", "beekeeping"), article=cites)
        report = report_of(house)
        assert report.basis
        assert [(each.cited, each.record.pmid) for each in report.basis.newer] == [(99000001, 99000002)]
        assert report.signals == ()
        page = next((house.folder / "reports" / "sleep").glob("*.html")).read_text()
        assert "A newer version may exist: " in page
        assert "the same title except for its year or edition" in page
        (kept,) = json.loads(next((house.folder / "reports" / "sleep").glob("*.json")).read_text())["basis"][
            "newer_versions"
        ]
        assert kept["record"]["pmid"] == 99000002
