"""A small installation on which faults are tried: eighteen invented records, one article, three nights.

On EVE the first night is spent, on NIGHT the fault strikes, on MORNING all is well again. Time is a clock of its own
that only pauses move, so that nothing is waited for and the rate of requests can be counted to the microsecond.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from litwatch.config.settings import Settings
from litwatch.night.doors import Doors
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.sources.entrez import Entrez, EntrezSettings, Timepiece
from litwatch.sources.feeds.reader import read_feed
from litwatch.standin import Corpus, StandIn
from litwatch.standin.scenario import read_scenario
from litwatch.store import Store
from tests.nights import open_made_store

EVE, NIGHT, MORNING = date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)

API_KEY = "sentinelkey0123456789abcdefABCDEF"
PASSWORD = "sentinel-Passwort/+=0815"

SECRETS = (API_KEY, PASSWORD)

RECORDS = Path(__file__).with_name("ward.yaml").read_text("utf-8")

ARTICLE = """---
question: What causes insulin resistance?
last_updated: 2025-12-01
status: Approved
---

## Causes

Short sleep lowers insulin sensitivity [1]. Exercise raises it [2]. Prednisone raises glucose [3]. Fibre helps [4].

## References

1. Adam A. Short sleep and insulin resistance, a crossover trial. Ward Journal of Sleep. 2019. PMID: 99800001
2. Berta B. Supervised exercise for insulin sensitivity in adults. Ward Archives of Effort. 2020. doi:10.5555/ward.2
3. Cilla C. Prednisone and glucose after one week of treatment. Ward Letters on Steroids. 2021;13:301-309.
4. Dora D. Dietary fibre lowers fasting insulin in older people. Ward Notes on Diet. 2022.
"""

NEWS = {
    EVE: {99800011, 99800012, 99800013, 99800014},
    NIGHT: {99800021, 99800022, 99800023, 99800024, 99800091},
    MORNING: {99800031},
}
NOTICES: dict[date, dict[tuple[str, int], int]] = {
    EVE: {},
    NIGHT: {("retracted", 99800001): 99800091, ("erratum", 99800002): 99800092},
    MORNING: {("concern", 99800003): 99800093},
}
CITED = {1: 99800001, 2: 99800002, 3: 99800003, 4: 99800004}
"""What each night must bring: papers, and what befell which cited one with the notice of it; and what ARTICLE cites.

Read from ``ward.yaml`` by a person, not by the code.
"""

TOPIC = """article: SLUG.md
question_kind: etiology
strategy: >-
  "Insulin Resistance"[mh] OR "insulin resistance"[tiab]
recipients: [board@example.org]
"""


class FakeClock:
    """Seconds that pass only while somebody pauses; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds = 10_000.0

    def read(self) -> float:
        with self._lock:
            return self._seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._seconds += seconds


@dataclass
class Ward:
    """One installation, its PubMed and its clock."""

    folder: Path
    pubmed: StandIn
    clock: FakeClock
    api_key: str | None = API_KEY
    max_body: int = 4_000_000
    read_timeout: float = 0.25
    heard: list[str] = field(default_factory=list)
    """What was said aloud: exceptions and summaries, for the search for secrets."""

    def settings(self, **changes: Any) -> Settings:
        given: dict[str, Any] = {
            "queries": self.folder / "queries",
            "reports": self.folder / "reports",
            "store": self.folder / "var" / "litwatch.duckdb",
            "mail_folder": self.folder / "mail",
            "store_wait": 10.0,
            "email": "ward@example.org",
            "api_key": self.api_key,
            "eutils": self.pubmed.base,
            "smtp_user": "ward",
            "smtp_password": PASSWORD,
            "sender": "ward@example.org",
        }
        return Settings(**{**given, **changes})

    def doors(self, at: datetime, **changes: Any) -> Doors:
        settings = self.settings(**changes)
        entrez = Entrez(
            EntrezSettings(
                email="ward@example.org",
                base_url=settings.eutils,
                api_key=self.api_key,
                tries=3,
                connect_timeout=2.0,
                read_timeout=self.read_timeout,
                max_body=self.max_body,
                pace_file=self.folder / "var" / "litwatch.pace",
            ),
            # no chance delay: whatever keeps the repeats apart must be the pacer
            timepiece=Timepiece(monotonic=self.clock.read, now=lambda: at, sleep=self.clock.sleep, random=lambda: 0.0),
        )
        read = partial(read_feed, user_agent="litwatch tests", is_allowed=lambda _: True)
        return Doors(settings, open_made_store(settings), entrez, read, lambda: at)

    def night(self, day: date, *, settings: dict[str, Any] | None = None, **options: Any) -> NightSummary:
        """One night on a day, at half past five UTC."""
        self.pubmed.today = day
        try:
            summary = run_night(self.doors(datetime.combine(day, time(5, 30), UTC), **(settings or {})), **options)
        except BaseException as error:
            self.heard.append(f"{type(error).__name__}: {error!s} {error!r}")
            raise
        self.heard.append(f"{summary!r} {summary.failure}")
        return summary

    @cached_property
    def store(self) -> Store:
        return Store(self.settings().store, wait_seconds=10.0)

    def reading(self) -> AbstractContextManager[None]:
        """One look into the store for all that is asked inside, which is far cheaper; nothing where there is none."""
        return self.store.reading() if self.store.path.exists() else nullcontext()

    def write_topic(self, slug: str = "sleep", *, topic: str = TOPIC, article: str = ARTICLE) -> None:
        queries = self.folder / "queries"
        queries.mkdir(parents=True, exist_ok=True)
        (queries / f"{slug}.yaml").write_text(topic.replace("SLUG", slug), encoding="utf-8")
        (queries / f"{slug}.md").write_text(article, encoding="utf-8")

    def mails(self) -> dict[Path, EmailMessage]:
        """Every mail that was written as a file."""
        return {
            path: message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((self.folder / "mail").glob("*.eml"))
        }

    def reports(self, slug: str) -> list[Path]:
        """The pages of a topic's nights, oldest first."""
        return sorted((self.folder / "reports" / slug).glob("????-??-??.html"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.store._reading() as con:
            return con.execute(query).fetchall()


def mail_text(mail: Any) -> str:
    return "\n".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text" and not part.is_multipart()
    )


def read_mail(raw: bytes) -> str:
    """A raw mail's subject and texts, decoded, white space made plain."""
    mail = message_from_bytes(raw, policy=policy.default)
    return re.sub(r"\s+", " ", f"{mail['Subject']}\n{mail_text(mail)}")


@contextmanager
def open_ward(
    folder: Path,
    *,
    corpus: Corpus | None = None,
    copy_of: Path | None = None,
    api_key: str | None = API_KEY,
    **standin: Any,
) -> Iterator[Ward]:
    """A ward in a new folder, or in a copy of another one's."""
    if copy_of is not None:
        shutil.copytree(copy_of, folder, dirs_exist_ok=True)
    clock = FakeClock()
    with StandIn(corpus or small_corpus(), today=EVE, steady=clock.read, **standin) as pubmed:
        ward = Ward(folder, pubmed, clock, api_key)
        if copy_of is None:
            ward.write_topic()
        yield ward


def small_corpus(records: str = RECORDS) -> Corpus:
    return Corpus(read_scenario(records))
