"""What is asked about an article once a week in addition to its searches, and the limits of these questions.

The looks for newer versions, for the cost of proposed changes and for similar and citing papers are made once a week,
because they add to a report: nothing that the nightly searches find depends on them. The limits keep one topic's look
within one count for each proposed change, one search, six seeds to be linked and 200 records.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from litwatch.decisions.newer_versions import write_successor_term
from litwatch.decisions.related_papers import RelatedPapers, choose_seeds
from litwatch.model.errors import StrategyError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.search import Window
from litwatch.model.topic import Topic
from litwatch.strategy.known_items import recall_known_items

LOOK_EVERY = timedelta(days=7)
"""How long a look is good for at most while its question stays the same: these looks only supplement the strategy (rule
R-24), so a week's delay costs no article its survey, and it keeps a night's requests few."""

COUNTED_DAYS = timedelta(days=365)
"""Days of entry dates over which the cost of a search is counted: a whole year, because journals and NLM are slow in
some months."""

MOST_COUNTS = 10
"""Proposed changes to a strategy whose cost is counted; an editor weighs a few, and each is one request."""

MOST_NEWER = 50
"""Records that the search for newer versions may bring, most relevant first: it names series and bodies, each with few
editions."""

MOST_SUPPLEMENTARY = 100
"""Records kept of each supplement, best first: similar articles found what was new with a median of 71 records to read
(rule R-23)."""

MOST_FETCHED = 200
"""Records of a look that are fetched, newer versions first: as many as one request holds (NBK25499)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What one look asks PubMed."""

    newer: str | None
    """The search for newer versions of cited papers; None where none is cited that may have one."""
    additions: tuple[str, ...]
    """Search terms of the proposed changes to the strategy."""
    seeds: tuple[Pmid, ...]
    """Cited papers whose similar and citing papers are asked for."""

    @property
    def text(self) -> str:
        """The whole question: another text makes another look. Empty where there is nothing to ask."""
        return "\n".join([self.newer or "", *self.additions, " ".join(map(str, self.seeds))]).strip()

    @property
    def counted(self) -> tuple[str, ...]:
        """The additions whose cost is counted."""
        return self.additions[:MOST_COUNTS]


def write_question(
    topic: Topic,
    references: Iterable[Reference],
    matches: Iterable[Match],
    cited: Mapping[Pmid, Record],
    today: date,
) -> Question:
    """What to ask for an article, from its confirmed references; ``cited`` holds their records in hand.

    A strategy that cannot be read proposes no changes; a topic that wants no supplements has no seeds.
    """
    matches = tuple(matches)
    confirmed = {m.pmid for m in matches if m.pmid is not None and m.state is MatchState.CONFIRMED}
    own = [cited[pmid] for pmid in sorted(confirmed) if pmid in cited]
    try:
        missed = recall_known_items(topic.strategy, references, matches, cited, today).missed
    except StrategyError:
        missed = ()
    additions = tuple(dict.fromkeys(one.change.addition for one in missed if one.change))
    seeds = tuple(record.pmid for record in choose_seeds(own)) if topic.supplements else ()
    return Question(write_successor_term(own), additions, seeds)


def is_still_good(last: RelatedPapers | None, question: Question, slug: str, today: date) -> bool:
    """Whether the last look answers tonight's question: it asked the same, had all answers, and is not due again.

    Each article has a day of the week of its own on which it is, so that a site whose articles all began on one night
    is not looked at on one night for ever.
    """
    if last is None or last.question != question.text or last.errors:
        return False
    tomorrow = last.looked_on + timedelta(days=1)
    return today < tomorrow + timedelta(days=_days_to(slug, tomorrow))


def is_day_of(slug: str, today: date) -> bool:
    """Whether this is the article's own day of the week."""
    return _days_to(slug, today) == 0


def _days_to(slug: str, day: date) -> int:
    chance = int(hashlib.sha256(slug.encode()).hexdigest(), 16)
    return (chance - day.toordinal()) % LOOK_EVERY.days


def counted_window(today: date) -> Window:
    """The days, today included, by whose entries the cost of a search is counted."""
    return Window(today - COUNTED_DAYS + timedelta(days=1), today)


def per_month(records: int) -> float:
    """Records a month, to one decimal place, from the records of ``counted_window``."""
    return round(records / 12, 1)


def rank_similar(links: Iterable[Iterable[tuple[Pmid, int]]]) -> list[Pmid]:
    """Similar papers, those first whose scores for all seeds together are highest, and of equals the newest PMID.

    ``links`` holds for each seed the papers like it with PubMed's score.
    """
    scores: Counter[Pmid] = Counter()
    for each in links:
        scores.update(dict(each))
    return [pmid for pmid, _ in sorted(scores.items(), key=lambda item: (-item[1], -item[0]))]


def rank_citing(linked: Iterable[Pmid], known: Iterable[Pmid]) -> list[Pmid]:
    """Citing papers by ELink and by the reference lists in the store, newest PMID first."""
    return sorted({*linked, *known}, reverse=True)


def select_unread(wanted: Iterable[Pmid], in_hand: Collection[Pmid] | Mapping[Pmid, object]) -> tuple[Pmid, ...]:
    """Of a look's records those to be fetched, best first."""
    return tuple(pmid for pmid in wanted if pmid not in in_hand)[:MOST_FETCHED]
