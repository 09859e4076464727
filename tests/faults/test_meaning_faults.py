"""Nights on which PubMed is odd and right: papers deleted or merged, notices withdrawn, year's end, a full window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from litwatch.model.change import ChangeKind
from litwatch.night.night_outcome import NightSummary
from litwatch.standin import Corpus
from litwatch.standin.cheap_records import cheap_records
from litwatch.standin.scenario import read_scenario
from tests.faults.conftest import Note
from tests.faults.contract import (
    Outcome,
    deliver_once,
    keep_secrets,
    keep_the_pace,
    keep_the_watermark,
    repeat_without_change,
)
from tests.faults.reference import look
from tests.faults.ward import EVE, MORNING, NIGHT, RECORDS, TOPIC, Ward, open_ward

FIBRE = 99800004
LAST_LIFE = "life: [{day: 2022-02-07, becomes: indexed}]"
FIRST_LIFE = "{day: 2026-03-11, retracted: 99800091}"


def spend(ward: Ward, *days: date) -> list[NightSummary]:
    """Good nights, the watermark judged after each; then everything else that the contract asks."""
    summaries = []
    for day in days:
        before = look(ward)
        summaries.append(ward.night(day))
        assert summaries[-1].ok, summaries[-1].failure
        keep_the_watermark(ward, before, look(ward), day)
    repeat_without_change(ward)
    deliver_once(ward)
    keep_secrets(ward)
    keep_the_pace(ward)
    return summaries


def kinds(summary: NightSummary) -> list[tuple[ChangeKind, int]]:
    """What is open after a night, about cited papers."""
    signals = [entry.signal for outcome in summary.outcomes for entry in outcome.report.signals]
    return sorted((s.change.kind, int(s.change.pmid)) for s in signals if s.change.kind is not ChangeKind.NEW_RECORD)


@pytest.mark.parametrize("end", ["deleted: true", "merged into: 99800002"], ids=["deleted", "merged"])
def test_a_cited_paper_that_is(end: str, tmp_path: Path, note: Note, request: pytest.FixtureRequest) -> None:
    gone = LAST_LIFE.replace("]", f", {{day: 2026-03-11, {end}}}]")
    records = Corpus(read_scenario(RECORDS.replace(LAST_LIFE, gone)))
    with open_ward(tmp_path / "ward", corpus=records) as ward:
        eve, night, morning = spend(ward, EVE, NIGHT, MORNING)
        told = (ChangeKind.CITED_MISSING, FIBRE)
        assert [told in kinds(summary) for summary in (eve, night, morning)] == [False, True, True]
        rows = ward.rows(f"SELECT count(*) FROM episode WHERE pmid = {FIBRE} AND kind = '{ChangeKind.CITED_MISSING}'")
        assert rows == [(1,)]
        assert (FIBRE,) in ward.rows("SELECT pmid FROM current_record"), "what it said is kept"
    note(f"cited paper {request.node.callspec.id}", "fetch", Outcome.TOLD.value, "a change, until a person closes it")


@pytest.mark.parametrize(
    ("life", "kind", "end"),
    [
        (
            f"{FIRST_LIFE}, {{day: 2026-03-12, reinstated: true}}",
            ChangeKind.CITED_RETRACTED,
            ChangeKind.CITED_REINSTATED,
        ),
        (
            "{day: 2026-03-11, concern: 99800091}, {day: 2026-03-12, concern withdrawn: true}",
            ChangeKind.CITED_CONCERN,
            ChangeKind.NOTICE_WITHDRAWN,
        ),
    ],
    ids=["retraction", "expression of concern"],
)
def test_a_notice_that_is_withdrawn_closes_nothing_by_itself(  # noqa: PLR0917
    life: str, kind: ChangeKind, end: ChangeKind, tmp_path: Path, note: Note, request: pytest.FixtureRequest
) -> None:
    records = Corpus(read_scenario(RECORDS.replace(FIRST_LIFE, life)))
    with open_ward(tmp_path / "ward", corpus=records) as ward:
        _, night, morning = spend(ward, EVE, NIGHT, MORNING)
        assert (kind, 99800001) in kinds(night)
        assert {(kind, 99800001), (end, 99800001)} <= set(kinds(morning))
    note(f"{request.node.callspec.id} withdrawn", "fetch", "survived", "both stay open until a person closes them")


def test_a_notice_is_never_taken_for_the_paper_that_it_retracts(tmp_path: Path, note: Note) -> None:
    """The notice bears the paper's title, journal and authors; the reference without a PMID is looked up by them."""
    title = "Retraction notice to: Dietary fibre lowers fasting insulin in older people"
    notice = (
        f'  - {{pmid: 99800060, title: "{title}", published: 2022, journal: Ward Notes on Diet, volume: 14, '
        "pages: 401-409, authors: [Dora D], types: [Retraction Notice], life: [{day: 2022-06-07, becomes: indexed}]}\n"
    )
    with open_ward(tmp_path / "ward", corpus=Corpus(read_scenario(RECORDS + notice))) as ward:
        ward.pubmed.faults.on("wrong-pmid", utility="ecitmatch")
        spend(ward, EVE, NIGHT, MORNING)
        confirmed = ward.rows("SELECT pmid FROM current_match WHERE state = 'confirmed'")
        assert (99800060,) not in confirmed
        assert (FIBRE,) in confirmed
    note("notice mistaken for the paper", "resolution", "survived", "")


def test_the_years_end_delays_headings_and_revises_everything_and_nothing_is_lost(tmp_path: Path, note: Note) -> None:
    """NLM holds all headings for weeks, then revises every record; the strategy finds papers by heading alone."""
    records = Corpus(read_scenario(RECORDS.replace("title: Ward\n", YEAR_END)))
    with open_ward(tmp_path / "ward", corpus=records) as ward:
        ward.write_topic(topic=TOPIC.replace(' OR "insulin resistance"[tiab]', ""))
        *_, night, morning = spend(ward, date(2026, 2, 20), EVE, NIGHT, MORNING)
        late = {row[0] for row in ward.rows("SELECT pmid FROM episode WHERE kind = 'new_record'")}
        assert 99800024 in late
        opened = [sorted(change.pmid for change in saved.opened) for saved in _saved(night, morning)]
        assert 99800024 in opened[1]
        assert 99800024 not in opened[0], "it had no heading yet"
        assert len(opened[1]) <= 2, "what is only revised is no news"
    note("year's end", "search", "survived", "no zero is believed, and a revision of everything is no news")


YEAR_END = "title: Ward\nyear end: {from: 2026-02-01, until: 2026-03-12}\n"


def _saved(*summaries: NightSummary) -> list[object]:
    return [outcome.saved for summary in summaries for outcome in summary.outcomes]


def test_a_window_of_more_papers_than_pubmed_shows_is_split_and_all_are_kept(
    tmp_path: Path, note: Note, heard: Callable[[], str]
) -> None:
    """PubMed shows 9,999 of a search, and cuts a page at that end without a word (protocol 1.4)."""
    count = 12_000
    many = [*read_scenario(RECORDS), *cheap_records(count)]
    with open_ward(tmp_path / "ward", corpus=Corpus(many), rate_with_key=None) as ward:
        ward.max_body, ward.read_timeout = 40_000_000, 30.0
        summary = ward.night(date(2026, 11, 22))
        assert summary.ok, summary.failure
        (outcome,) = summary.outcomes
        sweep = outcome.report.sweeps[0]
        assert sweep.found == sweep.delivered >= count
        assert ward.rows("SELECT count(DISTINCT pmid) >= 12000 FROM observation") == [(True,)]
        assert len(ward.rows("SELECT DISTINCT pmid FROM sighting WHERE how = 'topic'")) >= count
        keep_secrets(ward, heard())
    note("window crossed", "search", "survived", f"{count:,} papers of one search, all kept")
