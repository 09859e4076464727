"""A night on which nothing of an article differs is carried on, and comes to the same as deciding anew.

Each night here is spent twice from the same store: once as it is, once with every article decided anew. What is in the
store afterwards is compared table by table, the mails among it, and so is whatever is carried on by mistake.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from litwatch.config.article_file import open_article
from litwatch.config.topic_files import read_topic_file, read_topic_files
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.night.published_reports import recall
from litwatch.reading import kept_report, stored_report
from litwatch.reading.kept_report import read_kept_reports
from litwatch.reading.stored_report import read_report, with_confirmed
from litwatch.report.contents import Report
from litwatch.standin import Corpus
from tests.nights import House, open_house
from tests.world.papers import Paper, Papers, years_before

MONDAY = date(2026, 3, 2)
OF_THE_CARRYING = {"decision_ground", "ledger"}
"""Tables that only say what may be carried on, and the schema's."""
LEFT_OUT = {
    "article_line": "files",
    "published_line": "pages",
    "run": "summary",
    "list_look": "listed, pressed",
}
"""Columns that tell the state of files and how long a run took, and those that only say what may be carried on."""
TOPIC = """article: SLUG.md
question_kind: etiology
supplements: false
strategy: >-
  SLUG[tiab] OR "SLUG habit"[tiab]
recipients: [RECIPIENT]
thresholds: {reassess_after_days: AFTER}
"""


@dataclass
class Watched:
    """Two articles that share a cited paper and most of what is new, and their nights."""

    house: House
    papers: Papers
    cited: list[Paper]
    today: date = MONDAY
    copies: Iterator[int] = field(default_factory=itertools.count)

    def write(self, slug: str = "napping", *, cites: int = 3, after: int = 365, strategy: str = "") -> None:
        entries = "".join(f"{n}. {paper.printed('pmid')}\n" for n, paper in enumerate(self.cited[:cites], 1))
        body = " ".join(f"Habit number {n} matters to {slug} [{n}]." for n in range(1, cites + 1))
        self.house.write_topic(
            slug,
            topic=TOPIC.replace("AFTER", str(after)).replace('SLUG[tiab] OR "', f'SLUG[tiab] OR {strategy}"'),
            article=f"---\nquestion: Does {slug} improve health?\nlast_updated: 2026-02-01\nstatus: Approved\n---\n\n"
            f"## Findings\n\n{body}\n\n## References\n\n{entries}",
        )

    def appear(self, *levels: str) -> list[Paper]:
        new = [self.papers.add(("napping", "reading"), self.today, 1, level=level) for level in levels]
        self.papers.show(self.today, *new)
        return new

    def night(self, days: int = 1) -> tuple[str, ...]:
        """The next night, spent twice; the articles that were carried on. The two must come to the same."""
        self.today += timedelta(days=days)
        other = self.house.copy(self.house.folder.with_name(f"anew{next(self.copies)}"))
        summary, anew = self.house.night(self.today), other.night(self.today, carries=False)
        assert not any(outcome.as_before for outcome in anew.outcomes)
        told, expected = rows(self.house), rows(other)
        different = [name for name, kept in expected.items() if told[name] != kept and name not in OF_THE_CARRYING]
        assert not different, {name: set(told[name]) ^ set(expected[name]) for name in different}
        assert reports(summary) == reports(anew)
        self.agree_on_kept_reports()
        return tuple(outcome.topic.slug for outcome in summary.outcomes if outcome.as_before)

    def agree_on_kept_reports(self) -> None:
        """What is kept of a report and brought to the day is what is put together from the whole store."""
        store = open_store(self.house.settings())
        topics, _ = read_topic_files(self.house.settings().queries)
        articles = [(topic, open_article(topic)) for topic in topics]
        articles = [(with_confirmed(topic, article, store), article) for topic, article in articles]
        kept = read_kept_reports(articles, store, self.today)
        assert kept.keys() == {topic.slug for topic, _ in articles}, "every decision stands"
        assert kept == {topic.slug: read_report(topic, article, store, self.today) for topic, article in articles}

    def judge(self, decision: Decision, paper: Paper | None = None, *, until: date | None = None) -> None:
        store = open_store(self.house.settings())
        items = [
            item
            for item in store.open_changes("napping", on=self.today)
            if paper is None or item.change.pmid == paper.pmid
        ]
        at = datetime.combine(self.today, time(17), UTC)
        shown = tuple(episode for item in items for episode in item.episodes)
        change = items[0].change if paper is not None else None
        store.record_judgement(
            Judgement("napping", decision, "Dr One", at, change=change, until=until, episodes=shown, reason="so it is")
        )


def rows(house: House) -> dict[str, list[str]]:
    """Every row of every table, as text, but for what the copy's files are on the disk."""
    with open_store(house.settings())._reading() as con:
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        return {name: sorted(row for (row,) in con.execute(_all_of(name)).fetchall()) for (name,) in tables}


def _all_of(table: str) -> str:
    left_out = f" EXCLUDE ({LEFT_OUT[table]})" if table in LEFT_OUT else ""
    return f'SELECT row::VARCHAR FROM (SELECT *{left_out} FROM "{table}") AS row'


def reports(summary: NightSummary) -> list[Report]:
    """Every article's report, without where its files lie."""
    return [
        replace(report, topic=replace(report.topic, file=Path(), article=Path(), files=""))
        for report in (outcome.report for outcome in summary.outcomes)
    ]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    (tmp_path / "house").mkdir()
    with open_house(tmp_path / "house", Corpus(()), MONDAY) as house:
        papers = Papers(house.pubmed)
        cited = [papers.add(("napping",), years_before(MONDAY), 0) for _ in range(4)]
        papers.show(years_before(MONDAY), *cited)
        for file in (house.folder / "queries").iterdir():
            file.unlink()
        here = Watched(house, papers, cited)
        here.write("napping")
        here.write("reading", cites=1)
        here.appear("trial", "review", "plain")
        yield here


BOTH = ("napping", "reading")


def test_the_second_night_carries_on_and_whatever_differs_is_decided_anew(watched: Watched) -> None:
    assert watched.night() == ()
    assert watched.night() == BOTH
    (new,) = watched.appear("review")
    assert watched.night() == (), "a new paper"
    assert watched.night() == BOTH

    watched.cited[1].retracted = "by link"
    watched.papers.show(watched.today, watched.cited[1])
    assert watched.night() == ("reading",), "a cited paper was retracted"
    assert watched.night() == BOTH

    watched.judge(Decision.LATER, new, until=watched.today + timedelta(days=4))
    assert watched.night() == ("reading",), "a member has answered"
    assert watched.night(2) == BOTH, "and so is the weekly look at related papers that finds the same"
    assert watched.night() == ("reading",), "what was put off asks again"


def test_what_an_editor_the_board_or_another_source_changes_is_decided_anew(watched: Watched) -> None:
    watched.night()
    watched.write(cites=4)
    assert watched.night() == ("reading",), "the text cites another paper"
    watched.write(cites=4, after=30)
    assert watched.night() == ("reading",), "a threshold of the topic file was edited"
    watched.judge(Decision.REVIEWED_UPDATE)
    assert watched.night() == ("reading",), "the board has decided to update the article"
    store, cited = open_store(watched.house.settings()), Pmid(watched.cited[2].pmid)
    seen = replace(store.current_records([cited])[cited], title="A title for a day.")
    store.add_records([seen], observed_at=datetime.combine(watched.today, time(9), UTC), source="a bulk file")
    assert watched.night() == ("reading",), "others have seen another form of a cited paper"
    assert watched.night() == BOTH


def test_nobody_waits_for_the_store_while_a_report_is_put_together(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranking its records and comparing its sentences takes a quarter of a second."""
    watched.night()
    store, topic = open_store(watched.house.settings()), read_topic_file(watched.house.settings().queries, "napping")
    done: list[tuple[str, bool]] = []

    def watch(module: ModuleType, name: str) -> None:
        work = getattr(module, name)

        def watched(*args: Any, **more: Any) -> Any:
            done.append((name, getattr(store._held, "connection", None) is None))
            return work(*args, **more)

        monkeypatch.setattr(module, name, watched)

    watch(stored_report, "triage")
    watch(stored_report, "lay_basis")
    watch(kept_report, "lay_basis")
    assert recall(topic, open_article(topic), store, watched.today) is not None
    assert done == [("lay_basis", True)], "as it was kept"
    done.clear()
    assert recall(topic, open_article(topic), store, watched.today + timedelta(days=400)) is not None
    assert done == [("lay_basis", True), ("triage", True)], "anew, because its date has passed"
