"""Nights of any size: an article whose board is content with everything up to yesterday, then N new records.

Whole nights against a stand-in, made as the scheduler makes them; the page and the mail are what readers get. For the
pictures and for the tests of what a busy person can use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from random import Random

from litwatch.config.shipped_files import EXAMPLE, copy_shipped
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.night_outcome import NightSummary
from litwatch.standin import Corpus, Revision, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from litwatch.standin.scenario import read_scenario
from tests.nights import House
from tests.store.store_scenes import episodes_of

EVE = max(revision.visible_from for revision in revisions())
NIGHT = EVE + timedelta(days=1)
FIRST = 99_700_001
SLUG = "insulin-resistance"
ARTICLE = """---
question: What are the causes of insulin resistance?
last_updated: 2026-02-16
status: Approved
---

## Main causes

Visceral fat, inactivity and inherited susceptibility are the main causes of insulin resistance. \
Exercise raises insulin sensitivity in inactive adults [1]. Muscle loss in older adults lowers it.

## Contributing factors

- Short sleep lowers insulin sensitivity within a week [2].
- Sleep apnoea raises hepatic glucose output, independent of weight.
- Prednisone and other glucocorticoids raise glucose from the first days on.
- Olanzapine and some other antipsychotics do so within weeks, in adolescents too.
- Polycystic ovary syndrome goes with insulin resistance in young women of any weight.
- Fatty liver and insulin resistance worsen each other.

## References

1. Fictive E. Demonstration data: supervised exercise and insulin sensitivity in inactive adults, a randomised trial. \
Demonstration Archives of Invented Metabolism. 2021. PMID: 99000003
2. Fictive G. Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial. \
Demonstration Journal of Invented Results. 2020. PMID: 99000004
"""
ADDRESSES = {
    "reports_url": "https://board.example.org/reports/",
    "desk_url": "https://desk.example.org/",
    "desk_secret": "only for pictures: no door opens with it",
}

_DESIGNS = (
    ("a practice guideline", ["Practice Guideline"], 1),
    ("a systematic review and meta-analysis", ["Systematic Review"], 5),
    ("a randomised trial", ["Randomized Controlled Trial"], 9),
    ("a cohort study", ["Observational Study"], 25),
    ("a cross-sectional survey", ["Journal Article"], 40),
    ("a narrative review", ["Review"], 12),
    ("a letter", ["Letter"], 8),
)
_THEMES = (
    ("Short sleep", "shift workers"), ("Visceral fat", "women after the menopause"), ("Prednisone", "renal patients"),
    ("Walking after meals", "inactive adults"), ("Olanzapine", "adolescents"), ("Sleep apnoea", "obese men"),
    ("Dietary fibre", "older adults"), ("Polycystic ovary syndrome", "young women"), ("Fatty liver", "adults"),
    ("Muscle loss", "people in care"), ("Night eating", "students"), ("Gestational diabetes", "their children"),
)  # fmt: skip
_PEOPLE = ("Varga I", "Okoro C", "Lindqvist M", "Haddad R", "Nakagawa T", "Moreau E", "Petrov D", "Osei K", "Silva J")


@dataclass(frozen=True, slots=True)
class Scene:
    """What readers get of one night."""

    summary: NightSummary
    page: Path
    index: Path
    mail: EmailMessage | None
    """None where nobody was to be told anything."""

    def part(self, kind: str) -> str:
        """``plain`` or ``html`` of the mail."""
        assert self.mail is not None
        body = self.mail.get_body((kind,))
        assert body is not None
        return str(body.get_content())


def new_records(count: int, day: date = NIGHT) -> tuple[Revision, ...]:
    """So many invented papers on insulin resistance that PubMed shows from that day on, of every design."""
    rng = Random(count)
    weights = [weight for *_, weight in _DESIGNS]
    papers = []
    for n in range(count):
        design, types, _ = rng.choices(_DESIGNS, weights)[0] if n else _DESIGNS[1]
        theme, people = rng.choice(_THEMES)
        size = rng.randrange(40, 4000)
        papers.append(
            {
                "pmid": FIRST + n,
                "title": f"Demonstration data: {theme.lower()} and insulin resistance in {people}, {design}",
                "abstract": {
                    "BACKGROUND": f"{theme} may be a cause of insulin resistance.",
                    "METHODS": f"{size} {people} took part in {design}.",
                    "RESULTS": f"{theme} went with a HOMA-IR higher by {rng.randrange(2, 19) / 10}.",
                    "CONCLUSIONS": f"{theme} is associated with insulin resistance in {people}.",
                },
                "published": f"{day:%Y %b}",
                "authors": rng.sample(_PEOPLE, 3),
                "types": types,
                "keywords": ["insulin resistance"],
                "life": [{"day": str(day), "becomes": "in process"}],
            }
        )
    return read_scenario(json.dumps({"title": "A night", "records": papers})) if papers else ()


def run_scene(folder: Path, count: int) -> Scene:
    """A quiet eve with a board that is content, then a night with ``count`` new records."""
    with StandIn(Corpus([*revisions(), *new_records(count)]), today=EVE, rate=None) as pubmed:
        house = House(folder, pubmed)
        house.write_topic(SLUG, article=ARTICLE)
        assert house.night(EVE, settings=ADDRESSES, send_mail=False).ok
        content = datetime.combine(EVE, time(18), UTC)
        store = house.doors(content, **ADDRESSES).store
        shown = episodes_of(store, SLUG)
        store.record_judgement(
            Judgement(SLUG, Decision.REVIEWED_UNCHANGED, "Dr Example", content, "all of it was read", episodes=shown)
        )
        summary = house.night(NIGHT, settings=ADDRESSES)
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in house.mails()]
        own = [mail for mail in mails if mail["To"] == "board@example.org"]
        assert all(isinstance(mail, EmailMessage) for mail in own)
    reports = folder / "reports"
    return Scene(
        summary,
        reports / SLUG / f"{NIGHT}.html",
        reports / "index.html",
        own[0] if own else None,  # type: ignore[arg-type]
    )


@contextmanager
def open_demonstration(folder: Path, **settings: str) -> Iterator[House]:
    """The demonstration's night, as ``make run`` makes it but without Prefect; everything is in ``folder``."""
    with StandIn(Corpus(revisions()), today=DEMONSTRATION_TODAY, rate=None) as pubmed:
        house = House(folder, pubmed)
        for name in EXAMPLE:
            copy_shipped(name, folder)
        assert house.night(DEMONSTRATION_TODAY, settings=settings).ok
        yield house
