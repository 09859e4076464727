"""What a night publishes is what the store tells of it afterwards: over random nights, whatever went wrong in them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from litwatch.config.article_file import open_article
from litwatch.config.topic_files import read_topics
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.judgement import Decision, Effect, Judgement
from litwatch.model.lead import Lead
from litwatch.night.doors import Doors, open_store
from litwatch.reading.stored_report import read_report
from litwatch.report.render import report_json
from litwatch.sources.protocol import ReadsLeads
from litwatch.standin import Corpus
from litwatch.standin.demonstration import revisions
from litwatch.standin.retraction_watch import WatchedNotice, write_csv
from litwatch.standin.scenario import EXAMPLES, read_scenario_file
from tests.night.retrieval_scenes import Hushed
from tests.nights import TOPIC, House

START = date(2026, 3, 1)
NIGHTS = 5
"""A story; fifty such nights were compared before there was one path. They cost a second or two each."""
LIFE, SLEEP, EXERCISE = 99500001, 99000004, 99000003
"""Cited papers; the first goes from concern to retraction to reinstatement between March and August 2026."""
ENTRIES = (
    "Example AB. Demonstration data: waist circumference and insulin resistance, a cohort study. Demonstration Journal"
    f" of Invented Results. 2024. PMID: {LIFE}",
    "Fictive A. Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial."
    f" Demonstration Journal of Invented Results. 2020. PMID: {SLEEP}",
    "Fictive B. Demonstration data: supervised exercise and insulin sensitivity in inactive adults, a randomised trial."
    f" Demonstration Archives of Invented Metabolism. 2021. PMID: {EXERCISE}",
    "Nobody N. A pamphlet that no database has. 1987.",
)
FEEDS = "feeds:\n- {name: Agency, url: 'https://agency.example.org/feed.xml'}\n"


class Restless(House):
    """A house whose feed says something else every night."""

    leads: tuple[Lead, ...] = ()

    def doors(self, at: datetime, **changes: Any) -> Doors:
        return replace(super().doors(at, **changes), read_leads=self._read())

    def _read(self) -> ReadsLeads:
        return lambda *_, **__: self.leads


def write_article(house: House, slug: str, chance: random.Random) -> None:
    """The article with its references in some order, one of them perhaps left out."""
    chosen = chance.sample(ENTRIES, k=chance.choice((3, 4, 4)))
    listed = "\n".join(f"{place}. {entry}" for place, entry in enumerate(chosen, 1))
    article = f"""---
question: What causes insulin resistance?
last_updated: {chance.choice((date(2025, 6, 16), START - timedelta(days=20)))}
status: Approved
---

## Causes

Short sleep lowers insulin sensitivity [1]. Exercise raises it [2]. Fat precedes insulin resistance [3].

## References

{listed}
"""
    house.write_topic(slug, topic=TOPIC + (FEEDS if slug == "sleep" else ""), article=article)


def judge_something(house: House, day: date, chance: random.Random) -> None:
    """One answer or review, given in the morning after a night."""
    store, at = open_store(house.settings()), datetime.combine(day, time(9), UTC)
    slug = chance.choice(("sleep", "waist"))
    standing = store.open_changes(slug, on=day)
    if chance.random() < 0.2:
        shown = tuple(episode for item in standing for episode in item.episodes)
        store.record_judgement(Judgement(slug, Decision.REVIEWED_UNCHANGED, "Dr A", at, "read", episodes=shown))
        return
    if not standing:
        return
    item = chance.choice(standing)
    change = item.change
    decision = chance.choice((Decision.NOT_RELEVANT, Decision.ALREADY_COVERED, Decision.RELEVANT, Decision.LATER))
    store.record_judgement(
        Judgement(
            *(slug, decision, "Dr A", at, "read", change),
            until=day + timedelta(days=chance.randint(1, 9)) if decision is Decision.LATER else None,
            effect=chance.choice((*Effect, None))
            if decision is Decision.RELEVANT and not change.is_about_cited
            else None,
            episodes=item.episodes,
        )
    )


def upset(house: Restless, pubmed: Hushed, day: date, chance: random.Random) -> dict[str, Any]:
    """What goes wrong tonight, and the settings of the night."""
    known = [LIFE, SLEEP, EXERCISE, 99000001, 99000002, 99000005, 99000006, 99000010]
    pubmed.withheld = set(chance.sample(known, k=chance.choice((0, 0, 1, 2))))
    pubmed.unnamed = set(chance.sample(known, k=chance.choice((0, 0, 1))))
    pubmed.spoilt = set(chance.sample(known, k=1)) if chance.random() < 0.1 else set()
    house.leads = tuple(
        chance.sample(
            (
                Lead("Safety alert: an insulin pump", None, None, "https://agency.example.org/alert"),
                Lead("A guideline on insulin resistance", None, Doi("10.5555/not.in.pubmed"), None),
                Lead("On short sleep", Pmid(SLEEP), None, None),
                Lead("On some paper", Pmid(99000007), None, None),
            ),
            k=chance.randint(0, 4),
        )
    )
    settings: dict[str, Any] = {}
    if chance.random() < 0.15:
        settings["eutils"] = "http://127.0.0.1:9/"
    if chance.random() < 0.6:
        born = date(2024, 11, 1)
        told = [
            WatchedNotice("A paper", nature, born + timedelta(days=99), born, f"10.5555/scenario.{pmid}", pmid)
            for pmid in (LIFE, EXERCISE)
            for nature in chance.sample(("Retraction", "Correction", "Reinstatement"), k=chance.choice((0, 1, 1)))
        ]
        other = WatchedNotice("Another", "Retraction", born, born, "10.5555/another", None)
        table = house.folder / "watch.csv"
        table.write_bytes(write_csv([other, *told]))
        settings["retraction_watch"] = str(table)
    return settings


@contextmanager
def open_restless(folder: Path) -> Iterator[tuple[Restless, Hushed]]:
    corpus = Corpus((*revisions(), *read_scenario_file(EXAMPLES / "cited-paper.yaml")))
    with Hushed(corpus, today=START, rate=None) as pubmed:
        yield Restless(folder, pubmed), pubmed


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_published_report_is_what_the_store_tells_of_the_same_day(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    day = START
    with open_restless(tmp_path) as (house, pubmed):
        for slug in ("sleep", "waist"):
            write_article(house, slug, chance)
        for _ in range(NIGHTS):
            day += timedelta(days=chance.choice((1, 1, 2, 20, 40, -1)))
            if chance.random() < 0.2:
                write_article(house, chance.choice(("sleep", "waist")), chance)
            house.night(day, settings=upset(house, pubmed, day, chance), send_mail=False)
            for topic in read_topics(house.folder / "queries"):
                published = house.folder / "reports" / topic.slug / f"{day}.json"
                told = read_report(topic, open_article(topic), open_store(house.settings()), day)
                assert told is not None
                assert orjson.loads(report_json(told)) == orjson.loads(published.read_bytes()), (day, topic.slug)
            for _ in range(chance.randint(0, 2)):
                judge_something(house, day, chance)
