"""A whole installation in a folder: topic file, article, store, and a stand-in for PubMed whose day can be set.

``House.night(day)`` is what the scheduler does. No pause is waited for; everything else is the real thing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from litwatch.config.settings import Settings
from litwatch.night.doors import Doors, open_crossref, open_store, watch_reader
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.sources.entrez import Entrez, EntrezSettings, Timepiece, rate_limit
from litwatch.standin import Corpus, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from litwatch.standin.feed_routes import SOURCES
from litwatch.store import Store

ARTICLE = """---
question: What causes insulin resistance?
last_updated: 2025-02-16
status: Approved
---

## Causes

Short sleep lowers insulin sensitivity [1]. Exercise raises it [2].

## References

1. Fictive A. Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial. \
Demonstration Journal of Invented Results. 2020. PMID: 99000004
2. Fictive B. Demonstration data: supervised exercise and insulin sensitivity in inactive adults, a randomised trial. \
Demonstration Archives of Invented Metabolism. 2021. PMID: 99000003
"""

TOPIC = """article: SLUG.md
question_kind: etiology
strategy: >-
  "Insulin Resistance"[mh] OR "insulin resistance"[tiab] OR "insulin sensitivity"[tiab]
recipients: [RECIPIENT]
"""


@cache
def _empty_store() -> tuple[tuple[str, bytes], ...]:
    """The files of an empty store ``s``, by suffix: to make one costs as much as a small night."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        open_store(Settings(store=path))
        return tuple((each.name[1:], each.read_bytes()) for each in Path(folder).iterdir() if each.suffix != ".lock")


def open_made_store(settings: Settings) -> Store:
    """The store; where there is none, a copy of an empty one."""
    if not settings.store.exists():
        settings.store.parent.mkdir(parents=True, exist_ok=True)
        for suffix, content in _empty_store():
            settings.store.with_name(settings.store.name + suffix).write_bytes(content)
    return open_store(settings)


def hasten_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands run in this process ask the stand-in ten times as fast as NCBI may be asked."""
    monkeypatch.setenv("LITWATCH_API_KEY", "0" * 36)
    monkeypatch.setattr(rate_limit, "GAP_WITH_KEY", 0.01)


@dataclass
class House:
    """One installation and its PubMed."""

    folder: Path
    pubmed: StandIn

    def settings(self, **changes: Any) -> Settings:
        """The installation's settings, mails as files unless told otherwise."""
        given: dict[str, Any] = {
            "queries": self.folder / "queries",
            "reports": self.folder / "reports",
            "store": self.folder / "var" / "litwatch.duckdb",
            "mail_folder": self.folder / "mail",
            "email": "tests@example.org",
            "eutils": self.pubmed.base,
            "rehearsal": True,
        }
        return Settings(**{**given, **changes})

    def doors(self, at: datetime, **changes: Any) -> Doors:
        """The doors of one run at one instant; pauses are not waited for."""
        settings = self.settings(**changes)
        entrez = Entrez(
            EntrezSettings(email="tests@example.org", base_url=settings.eutils, tries=3),
            timepiece=Timepiece(sleep=lambda _: None, now=lambda: at),
        )
        store, notices, updates = open_made_store(settings), watch_reader(settings), open_crossref(settings)
        return Doors(settings, store, entrez, lambda _: (), lambda: at, notices, updates)

    def night(self, day: date, *, settings: dict[str, Any] | None = None, **options: Any) -> NightSummary:
        """One night on a day."""
        self.pubmed.today = day
        return run_night(self.doors(datetime.combine(day, time(5, 30), UTC), **(settings or {})), **options)

    def copy(self, folder: Path) -> House:
        """The installation as it is, in another folder: for a test that changes it. Both have the same PubMed."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return House(folder, self.pubmed)

    def show_commands(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have commands run in this process work in this house, in which there is a store.

        They hardly wait between two requests.
        """
        settings = self.settings()
        open_made_store(settings)
        hasten_requests(monkeypatch)
        for name in ("queries", "reports", "store", "mail_folder", "email", "eutils", "rehearsal"):
            monkeypatch.setenv(f"LITWATCH_{name.upper()}", str(getattr(settings, name)))

    def write_topic(
        self, slug: str, *, topic: str = TOPIC, article: str = ARTICLE, recipient: str = "board@example.org"
    ) -> None:
        """Add or replace a topic file and its article."""
        queries = self.folder / "queries"
        queries.mkdir(exist_ok=True)
        (queries / f"{slug}.yaml").write_text(
            topic.replace("SLUG", slug).replace("RECIPIENT", recipient), encoding="utf-8"
        )
        (queries / f"{slug}.md").write_text(article, encoding="utf-8")

    def mails(self) -> list[Path]:
        """The mails written so far."""
        return sorted((self.folder / "mail").glob("*.eml"))

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Every row of one of the store's tables."""
        with open_store(self.settings())._reading() as con:
            return con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()


@contextmanager
def open_house(folder: Path, corpus: Corpus | None = None, today: date = DEMONSTRATION_TODAY) -> Iterator[House]:
    """A house with one topic, ``sleep``, and the demonstration's PubMed."""
    with StandIn(corpus or Corpus(revisions()), today=today, rate=None, rate_with_key=None, routes=SOURCES) as pubmed:
        house = House(folder, pubmed)
        house.write_topic("sleep")
        yield house
