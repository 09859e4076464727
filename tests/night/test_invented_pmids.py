"""PMIDs that PubMed does not have, in an article or a feed: they stop no watch, and people are told which they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.decisions.awaited_records import FEED_PATIENCE
from litwatch.decisions.completeness import CONTROLS
from litwatch.decisions.verdict import Status
from litwatch.model.identifiers import Pmid
from litwatch.model.lead import Lead
from litwatch.model.sweep import Ending, Sweep, SweepKind, SweepState
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.report.contents import Report
from litwatch.standin import Corpus
from litwatch.standin.scenario import read_scenario
from tests.faults.ward import ARTICLE, EVE, NIGHT, RECORDS
from tests.faults.ward import TOPIC as WARD_TOPIC
from tests.nights import House, open_house

INVENTED = tuple(Pmid(91000005 + number) for number in range(12))
ENTRIES = "".join(
    f"{place}. Nobody N. An invented study of things, part {place}. Invented Journal. 2021. PMID: {pmid}\n"
    for place, pmid in enumerate(INVENTED, 5)
)
TOPIC = WARD_TOPIC.replace("board@example.org", "RECIPIENT")
FEEDS = "feeds: [{name: journal, url: https://journal.example.org/rss}]\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, Corpus(read_scenario(RECORDS)), today=EVE) as opened:
        opened.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        yield opened


def report_of(summary: NightSummary, slug: str = "sleep") -> Report:
    return next(each.report for each in summary.outcomes if each.report.topic.slug == slug)


def unknown_pmids(report: Report) -> list[str]:
    return [each.message for each in report.findings if each.code == "L19-pmid-unknown-to-pubmed"]


def test_an_article_with_invented_references_is_watched_and_its_editor_is_told_which_they_are(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house.write_topic("sleep", topic=TOPIC, article=ARTICLE + ENTRIES)
    summary = house.night(NIGHT)
    assert summary.ok, summary.failure
    report = report_of(summary)
    told = unknown_pmids(report)
    assert told[0] == (
        "PubMed has no record 91000005, which reference 5 (“An invented study of things, part 5”) prints."
    )
    assert len(told) == len(INVENTED)
    assert "V4" in {fired.rule for fired in report.verdict.fired}
    assert report.verdict.status is Status.REVIEW_NOW, "its one real paper has been retracted"
    house.show_commands(monkeypatch)
    with pytest.raises(SystemExit):
        main(["articles", "lint", str(house.folder / "queries" / "sleep.md")])
    assert "PubMed has no record 91000016, which reference 16" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(SystemExit):
        main(["references", "list", "sleep", "--open"])
    assert "PubMed has no record 91000016, which the entry prints." in capsys.readouterr().out


def test_a_real_pmid_is_never_called_unknown_because_pubmed_is_out_of_order(house: House) -> None:
    house.pubmed.faults.on("no-records", utility="efetch")
    summary = house.night(EVE)
    assert not summary.ok
    assert "which PubMed has" in (summary.failure or "")
    assert unknown_pmids(report_of(summary)) == []


def led_to(house: House, day: date, pmids: Collection[Pmid]) -> NightSummary:
    """A night whose feed names these."""
    house.pubmed.today = day
    house.pubmed.journal.clear()
    leads = tuple(Lead(f"Paper {pmid}", pmid, None, None) for pmid in pmids)
    return run_night(replace(house.doors(datetime.combine(day, time(5, 30), UTC)), read_leads=lambda _: leads))


def sweeps_of(summary: NightSummary, slug: str) -> dict[SweepKind, Sweep]:
    return {sweep.kind: sweep for sweep in report_of(summary, slug).sweeps}


def remember(house: House, *, nights: int, pmids: Collection[int]) -> None:
    """Have the store hold what feeds named and PubMed did not deliver on so many days before NIGHT."""
    with house.doors(datetime.combine(EVE, time(6), UTC)).store._writing() as con:
        con.executemany(
            "INSERT INTO outstanding VALUES"
            " ('sleep', ?, TIMESTAMP '2026-03-01 05:30', 'feed', NULL, ?, '2026-03-10', 0, NULL)",
            [[pmid, nights] for pmid in pmids],
        )


def test_invented_pmids_of_a_feed_fail_that_feed_alone(house: House) -> None:
    house.write_topic("sick", topic=TOPIC + FEEDS, article=ARTICLE)
    real = Pmid(99800041)
    summary = led_to(house, NIGHT, [*INVENTED, real])
    for slug in ("sleep", "sick"):
        sweeps = sweeps_of(summary, slug)
        assert {sweeps[kind].state for kind in (SweepKind.TOPIC, SweepKind.CITATION)} == {SweepState.COMPLETE}
    feed = sweeps_of(summary, "sick")[SweepKind.FEED]
    assert (feed.state, feed.delivered, feed.missing) == (SweepState.FAILED, 1, INVENTED)
    for entry in house.pubmed.journal.entries("efetch"):
        asked = {int(pmid) for pmid in entry.ids}
        assert asked.isdisjoint(INVENTED) or len(asked - {*INVENTED, real}) <= CONTROLS


def test_what_a_feed_names_and_pubmed_does_not_have_for_a_week_is_given_up_and_told_once(house: House) -> None:
    house.write_topic("sleep", topic=TOPIC + FEEDS, article=ARTICLE)
    remember(house, nights=FEED_PATIENCE - 1, pmids=INVENTED)
    for day, told in ((NIGHT, len(INVENTED)), (NIGHT + timedelta(days=1), 0)):
        summary = led_to(house, day, INVENTED)
        assert summary.ok, summary.failure
        notes = sweeps_of(summary, "sleep")[SweepKind.FEED].notes
        assert sum("the feed names a wrong PMID" in note for note in notes) == len(notes) == told
    assert {row[-1] for row in house.rows("outstanding")} == {Ending.UNKNOWN}


def test_a_ledger_that_stuck_in_an_old_store_ends_on_the_next_night_after_its_feed_is_gone(house: House) -> None:
    remember(house, nights=0, pmids=[*INVENTED, 99800041])
    summary = house.night(NIGHT)
    assert summary.ok, summary.failure
    notes = sweeps_of(summary, "sleep")[SweepKind.TOPIC].notes
    assert sum("by a feed that the topic file no longer has" in note for note in notes) == len(INVENTED)
    assert {(row[1], row[-1]) for row in house.rows("outstanding")} == {
        *((pmid, Ending.FEEDS_GONE) for pmid in INVENTED),
        (99800041, Ending.DELIVERED),
    }
