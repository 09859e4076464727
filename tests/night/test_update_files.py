"""Nights of topics whose new records come from NLM's update files: the same story as by PubMed's own search."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from litwatch.decisions.related_papers_schedule import is_day_of
from litwatch.model.errors import SettingsError
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.night.night_outcome import NightSummary
from litwatch.night.untouched_topics import read_keys
from litwatch.standin import Corpus
from litwatch.standin.bulk_files import write_bulk_files
from litwatch.standin.life import Revision
from litwatch.standin.scenario import read_scenario
from tests.factories import make_topic
from tests.nights import House, open_house
from tests.watermarks import watermark

CITED, DELETED, NEW, TURNED, LATE, NOTICE = 99590001, 99590002, 99590003, 99590004, 99590005, 99590006
STRATEGY = '"insulin resistance"[tiab] OR "Insulin Resistance"[mh]'
STORY = """
title: What update files bring
records:
  - {pmid: 99590001, title: "Demonstration data: a cited trial of sleep and insulin", published: 2025 Nov,
     life: [{day: 2025-11-03, becomes: indexed}, {day: 2026-11-12, retracted: 99590006}]}
  - {pmid: 99590002, title: "Demonstration data: a cited cohort of naps", published: 2025 Nov,
     life: [{day: 2025-11-04, becomes: indexed}, {day: 2026-11-13, deleted: true}]}
  - {pmid: 99590003, title: "Demonstration data: insulin resistance in bakers, a systematic review",
     published: 2026 Nov, types: [Journal Article, Systematic Review],
     life: [{day: 2026-11-11, becomes: ahead of print}]}
  - {pmid: 99590004, title: "Demonstration data: insulin resistance in millers, a trial", published: 2026 Nov,
     types: [Journal Article, Randomized Controlled Trial], life: [{day: 2026-11-05, becomes: ahead of print},
     {day: 2026-11-11, title: "Demonstration data: sunburn in millers, a trial"}]}
  - {pmid: 99590005, title: "Demonstration data: glucose in night nurses, a trial", published: 2026 Nov,
     types: [Journal Article, Randomized Controlled Trial], mesh: ["Insulin Resistance*"],
     life: [{day: 2026-11-06, becomes: ahead of print}, {day: 2026-11-13, becomes: indexed}]}
"""
ARTICLE = f"""---
question: Does short sleep cause insulin resistance?
last_updated: 2026-10-01
---

## Answer

Short sleep lowers insulin sensitivity [1]. Naps do not raise it [2].

## References

1. Demonstration data: a cited trial of sleep and insulin. 2025. PMID: {CITED}
2. Demonstration data: a cited cohort of naps. 2025. PMID: {DELETED}
"""
TOPIC = f"""article: SLUG.md
question_kind: therapy
strategy: >-
  {STRATEGY}
recipients: [RECIPIENT]
supplements: false
"""
FIRST = date(2026, 11, 10)
DAYS = (date(2026, 11, 11), date(2026, 11, 12), date(2026, 11, 13))


@pytest.fixture(scope="module")
def story() -> tuple[Revision, ...]:
    return read_scenario(STORY)


@pytest.fixture(scope="module")
def files(story: Sequence[Revision], tmp_path_factory: pytest.TempPathFactory) -> Callable[[date], list[Path]]:
    """NLM's files that are made of these records up to a day, each at the beginning of its day."""
    folder = tmp_path_factory.mktemp("files")
    made = {file.path: file.day for file in write_bulk_files(story, folder, baseline=FIRST, until=DAYS[-1])}
    for path, day in made.items():
        moment = datetime.combine(day, time(), UTC).timestamp()
        os.utime(path, (moment, moment))
    return lambda until: [path for path, day in made.items() if day <= until]


class Carried(House):
    """A house whose topic is carried by update files."""

    def __init__(self, house: House, files: Callable[[date], list[Path]]) -> None:
        super().__init__(house.folder, house.pubmed)
        self.made = files
        self.files = house.folder / "files"
        self.files.mkdir(exist_ok=True)
        self.asked: list[str] = []

    def publish(self, until: date, *, leave_out: date | None = None) -> None:
        """NLM publishes its files up to a day."""
        for path in self.made(until):
            if leave_out is None or path not in set(self.made(leave_out)) - set(self.made(leave_out - timedelta(1))):
                for each in (path, path.with_name(f"{path.name}.md5")):
                    shutil.copy2(each, self.files / each.name)

    def spend(self, day: date, **options: Any) -> NightSummary:
        """A night; what it asks PubMed stands in ``asked``."""
        self.pubmed.journal.clear()
        summary = self.night(day, settings={"bulk_files": str(self.files)}, **options)
        self.asked = [entry.utility for entry in self.pubmed.journal]
        return summary


@contextmanager
def carried_house(
    folder: Path, story: Sequence[Revision], files: Callable[[date], list[Path]], source: str = "bulk"
) -> Iterator[Carried]:
    """The house after its first night."""
    folder.mkdir(exist_ok=True)
    with open_house(folder, Corpus(story), FIRST) as plain:
        plain.write_topic("sleep", topic=f"{TOPIC}source: {source}\n", article=ARTICLE)
        house = Carried(plain, files)
        house.publish(FIRST)
        assert house.spend(FIRST).ok
        yield house


@pytest.fixture(scope="module")
def begun(
    story: Sequence[Revision],
    files: Callable[[date], list[Path]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Carried]:
    with carried_house(tmp_path_factory.mktemp("begun"), story, files) as carried:
        yield carried


@pytest.fixture
def house(begun: Carried, tmp_path: Path) -> Carried:
    house = Carried(begun.copy(tmp_path / "house"), begun.made)
    house.asked = begun.asked
    return house


def told(summary: NightSummary) -> tuple[Any, ...]:
    """What a night told of its one topic: the changes that it opened, the verdict, its rules and the sweeps' states."""
    (outcome,) = summary.outcomes
    assert outcome.saved
    verdict = outcome.report.verdict
    opened = {(change.kind.value, change.pmid, change.detail) for change in outcome.saved.opened}
    states = [sweep.state for sweep in outcome.sweeps]
    return opened, verdict.status, [fired.rule for fired in verdict.fired], states


def topic_sweep(summary: NightSummary) -> Any:
    (outcome,) = summary.outcomes
    (sweep,) = (each for each in outcome.sweeps if each.kind is SweepKind.TOPIC)
    return sweep


@pytest.mark.slow
def test_the_same_story_by_search_and_by_files_and_by_files_nothing_is_asked(
    tmp_path: Path, story: Sequence[Revision], files: Callable[[date], list[Path]], house: Carried
) -> None:
    (tmp_path / "entrez").mkdir()
    with open_house(tmp_path / "entrez", Corpus(story), FIRST) as other:
        other.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        other.night(FIRST)
        by_search = [told(other.night(day)) for day in DAYS]
    by_files = []
    for day in DAYS:
        house.publish(day)
        by_files.append(told(house.spend(day)))
        # The one search is for the paper in whose place the deleted one's record may have been merged.
        assert house.asked == (["esearch"] if day == DAYS[2] else [])
    assert by_files == by_search
    opened = {change for night in by_files for change in night[0]}
    assert {pmid for _, pmid, _ in opened} == {CITED, DELETED, NEW, LATE}
    assert watermark(house.doors(datetime(2026, 11, 14, tzinfo=UTC)).store, "sleep") == DAYS[1]


def test_the_first_look_is_a_search_and_says_what_the_later_ones_are(house: Carried) -> None:
    assert "esearch" in house.asked
    house.publish(DAYS[0])
    summary = house.spend(DAYS[0])
    (search,) = topic_sweep(summary).searches
    assert search.term.endswith("in NLM's update files up to pubmed26n0002.xml.gz")
    assert set(search.pmids) == {NEW}
    assert topic_sweep(summary).window.last == FIRST


def test_without_a_new_file_the_night_is_complete_and_reaches_no_further(house: Carried) -> None:
    before = watermark(house.doors(datetime(2026, 11, 11, tzinfo=UTC)).store, "sleep")
    summary = house.spend(DAYS[0])
    assert summary.ok
    assert house.asked == []
    assert topic_sweep(summary).state is SweepState.COMPLETE
    assert watermark(house.doors(datetime(2026, 11, 12, tzinfo=UTC)).store, "sleep") == before == FIRST


def test_a_missing_file_leaves_the_watermark_where_it_was_until_it_comes(house: Carried) -> None:
    house.publish(DAYS[1], leave_out=DAYS[0])
    summary = house.spend(DAYS[1])
    assert "pubmed26n0002.xml.gz is missing" in (summary.failure or "")
    assert topic_sweep(summary).state is SweepState.FAILED
    assert watermark(house.doors(datetime(2026, 11, 12, tzinfo=UTC)).store, "sleep") == FIRST
    house.publish(DAYS[1])
    summary = house.spend(DAYS[1])
    assert summary.ok
    assert {pmid for _, pmid, _ in told(summary)[0]} == {NEW}
    assert house.asked == []
    assert watermark(house.doors(datetime(2026, 11, 12, tzinfo=UTC)).store, "sleep") == DAYS[0]


def test_while_a_file_is_damaged_cited_papers_are_asked_for(house: Carried) -> None:
    house.publish(DAYS[1])
    damaged = house.files / "pubmed26n0003.xml.gz"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    summary = house.spend(DAYS[1])
    assert "MD5" in (summary.failure or "")
    assert "whoever runs litwatch is told why" in (topic_sweep(summary).error or "")
    assert "MD5" not in "".join(outcome.report.sweeps[0].error or "" for outcome in summary.outcomes)
    assert house.asked == ["efetch"] * len(house.asked) != []
    assert {pmid for _, pmid, _ in told(summary)[0]} == {CITED}


@pytest.mark.slow
def test_files_that_come_no_more_are_told_after_three_days(house: Carried) -> None:
    assert house.spend(FIRST + timedelta(days=2)).ok
    late = house.spend(FIRST + timedelta(days=3))
    assert "was made on 2026-11-10, and NLM makes one every day" in (late.failure or "")
    assert topic_sweep(late).state is SweepState.FAILED


@pytest.mark.slow
def test_a_file_published_again_changes_nothing(house: Carried) -> None:
    house.publish(DAYS[0])
    house.spend(DAYS[0])
    again = house.files / "pubmed26n0002.xml.gz"
    os.utime(again)
    rows = house.rows("file_match")
    summary = house.spend(DAYS[0])
    assert summary.ok
    assert told(summary)[0] == set()
    assert house.rows("file_match") == rows


@pytest.mark.slow
def test_another_strategy_is_searched_for_and_then_carried(house: Carried) -> None:
    topic = house.folder / "queries" / "sleep.yaml"
    topic.write_text(topic.read_text().replace(STRATEGY, '"insulin resistance"[tiab]'))
    house.publish(DAYS[0])
    house.spend(DAYS[0])
    assert "esearch" in house.asked
    house.publish(DAYS[1])
    house.spend(DAYS[1])
    assert house.asked == []


def test_a_check_of_one_article_loads_no_file(house: Carried) -> None:
    house.write_topic("naps", topic=f"{TOPIC}source: bulk\n".replace("insulin", "naps"), article=ARTICLE)
    house.publish(DAYS[0])
    house.spend(DAYS[0], only=["sleep"], kind="check", send_mail=False)
    assert [row[0] for row in house.rows("bulk_file")] == ["pubmed26n0001.xml.gz"]


@pytest.mark.slow
def test_a_strategy_that_litwatch_cannot_match_is_searched_and_told(house: Carried) -> None:
    topic = house.folder / "queries" / "sleep.yaml"
    topic.write_text(topic.read_text().replace(STRATEGY, "insulin resistance"))
    house.publish(DAYS[0])
    summary = house.spend(DAYS[0])
    assert "esearch" in house.asked
    assert "sleep: searched in PubMed, because litwatch cannot match its strategy" in (summary.failure or "")


def test_without_the_files_address_a_night_does_not_begin(house: Carried) -> None:
    with pytest.raises(SettingsError, match="LITWATCH_BULK_FILES is not set"):
        house.night(DAYS[0])


@pytest.mark.slow
def test_both_compares_the_two_ways_and_tells_the_operator(
    tmp_path: Path, story: Sequence[Revision], files: Callable[[date], list[Path]]
) -> None:
    with carried_house(tmp_path / "both", story, files, source="both") as house:
        without = [revision for revision in story if revision.pmid != NEW]
        house.pubmed.corpus = Corpus(without)
        for day in DAYS:
            house.publish(day)
            summary = house.spend(day)
            assert "esearch" in house.asked
    assert summary.differences == (
        f"sleep: litwatch, in the update files, finds 1 record that PubMed's search does not: PMID {NEW}",
    )
    assert summary.ok


@pytest.fixture(scope="module")
def quiet(begun: Carried, tmp_path_factory: pytest.TempPathFactory) -> Carried:
    """A house of which nothing differs from night to night."""
    house = Carried(begun.copy(tmp_path_factory.mktemp("quiet") / "house"), begun.made)
    house.publish(DAYS[1])  # of what PubMed has lost a decision is made anew every night
    for day in (DAYS[1], OVER):
        assert house.spend(day).ok
    return house


OVER = DAYS[1] + timedelta(days=1)
REST = OVER + timedelta(days=1)


def differences(one: Carried, other: Carried, *tables: str) -> list[Any]:
    return [(table, row) for table in tables for row in set(one.rows(table)) ^ set(other.rows(table))]


@pytest.mark.slow
def test_an_untouched_topic_is_told_as_if_it_had_been_decided_anew_and_is_not_opened(
    quiet: Carried, tmp_path: Path
) -> None:
    assert not is_day_of("sleep", REST)
    anew, carried = (Carried(quiet.copy(tmp_path / name), quiet.made) for name in ("anew", "carried"))
    told_anew = anew.spend(REST, carries=False)
    steps: list[str] = []
    untouched = carried.spend(REST, on_step=lambda slug, _step: steps.append(slug))
    assert (told_anew.ok, untouched.ok, set(steps), carried.asked) == (True, True, {""}, [])
    assert differences(anew, carried, "sighting", "episode", "observation", "outstanding") == []
    (one,), (other,) = untouched.outcomes, told_anew.outcomes
    assert one.verdict == other.verdict
    assert [(s.kind, s.state, s.window, s.found) for s in one.sweeps] == [
        (s.kind, s.state, s.window, s.found) for s in other.sweeps
    ]
    page = carried.folder / "queries" / "sleep.md"
    page.write_text(page.read_text().replace("Naps do not", "Long naps do not"))
    carried.spend(REST, on_step=lambda slug, _step: steps.append(slug))
    assert "sleep" in steps


def test_a_night_with_one_source_more_or_less_leaves_no_topic_untouched(tmp_path: Path) -> None:
    topics = (make_topic(article=None),)
    alone, beside = read_keys(topics, tmp_path), read_keys(topics, tmp_path, sources=["Crossref"])
    assert alone.keys() == beside.keys()
    assert set(alone.values()).isdisjoint(beside.values())
    assert read_keys(topics, tmp_path, sources=["Retraction Watch"]) not in (alone, beside)
