"""References over the nights: looked up together, fetched once, and left in peace where PubMed does not have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from litwatch.decisions.reference_schedule import due_on
from litwatch.model.reference import MatchState
from litwatch.night.doors import open_store
from litwatch.night.whole_night import run_night
from litwatch.report.contents import Report
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.nights import ARTICLE, House, open_house

TODAY = DEMONSTRATION_TODAY
WITH_UNKNOWN = (
    ARTICLE
    + """3. Nobody N. Whales that count their sleepless porters by moonlight. Journal of Unknown Things. 2019;3:17-21.
4. Ministry of Rest. When to nap and why nobody does it on Tuesdays. 2022.
"""
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(revisions())


@pytest.fixture
def house(tmp_path: Path, corpus: Corpus) -> Iterator[House]:
    with open_house(tmp_path, corpus) as opened:
        opened.write_topic("sleep", article=WITH_UNKNOWN)
        yield opened


def asked(house: House, day: date, *, kind: str = "nightly") -> tuple[Counter[str], Report]:
    """The requests of a night, searches for titles and places apart from sweeps, and the article's report."""
    house.pubmed.journal.clear()
    house.pubmed.today = day
    doors = house.doors(datetime.combine(day, time(5, 30), UTC))
    summary = run_night(doors, kind=kind, send_mail=False)
    assert summary.ok, summary.failure
    requests = Counter[str]()
    for entry in house.pubmed.journal:
        words = entry.utility == "esearch" and "[ti]" in str(entry) and "[edat]" not in str(entry)
        requests["by words" if words else entry.utility] += 1
    return requests, summary.outcomes[0].report


def test_a_reference_that_pubmed_does_not_have_is_not_looked_up_every_night(house: House) -> None:
    first, report = asked(house, TODAY)
    assert first["by words"] >= 2
    assert first["ecitmatch"] == 1
    states = [match.state for match in report.matches]
    assert states.count(MatchState.NOT_FOUND) == 2
    second, again = asked(house, TODAY + timedelta(days=1))
    print(f"\nfirst night {dict(first)}, second {dict(second)}")
    assert (second["by words"], second["ecitmatch"]) == (0, 0)
    assert again.matches == report.matches
    assert [fired.rule for fired in again.verdict.fired] == [fired.rule for fired in report.verdict.fired]
    tries = open_store(house.settings()).reference_tries_of(["sleep"])["sleep"]
    assert [each.position for each in tries] == [3, 4]
    due = due_on("sleep", tries[0])
    assert asked(house, due)[0]["by words"] >= 1
    (tried, _) = open_store(house.settings()).reference_tries_of(["sleep"])["sleep"]
    assert (tried.since, tried.tried_on) == (TODAY, due)


@pytest.mark.slow
def test_it_is_looked_up_at_once_when_its_entry_changes_or_a_check_is_asked_for(house: House) -> None:
    asked(house, TODAY)
    assert asked(house, TODAY + timedelta(days=1), kind="check")[0]["by words"] >= 2
    house.write_topic("sleep", article=WITH_UNKNOWN.replace("Whales", "Dolphins"))
    changed, _ = asked(house, TODAY + timedelta(days=2))
    assert changed["by words"] >= 1
    assert asked(house, TODAY + timedelta(days=3))[0]["by words"] == 0


@pytest.mark.slow
def test_a_failed_look_up_is_made_again_the_next_night(house: House) -> None:
    house.pubmed.faults.on("unavailable", utility="esearch", times=99)
    house.night(TODAY, send_mail=False)
    house.pubmed.faults.clear()
    assert asked(house, TODAY + timedelta(days=1))[0]["by words"] >= 2


def test_on_a_first_night_many_articles_share_their_look_ups_and_nothing_is_fetched_twice(house: House) -> None:
    for number in range(4):
        house.write_topic(f"article-{number}")
    house.write_topic("sleep")
    requests, _ = asked(house, TODAY)
    print(f"\nfive articles, a first night: {dict(requests)}")
    fetched = Counter(pmid for entry in house.pubmed.journal.entries("efetch") for pmid in entry.ids)
    assert set(fetched.values()) == {1}
    assert requests["esearch"] == 5
    assert requests["efetch"] <= 4
