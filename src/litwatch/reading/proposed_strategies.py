"""First search strategies for an article, weighed by PubMed's counts, or where it may not be asked by the store.

PubMed is asked for at most ``MOST_COUNTS`` counts in all, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from litwatch.decisions.related_papers_schedule import MOST_COUNTS
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.reading.strategy_recall import count_costs, count_per_month
from litwatch.sources.protocol import CountsRecords
from litwatch.store import Store
from litwatch.strategy.suggestion import Suggestions, suggest
from litwatch.strategy.term_frequency import TermFrequency

LARGEST_BACKGROUND = 20_000
"""Records of the store that are asked how common a word is; more would not tell much more."""


@dataclass(frozen=True, slots=True)
class ProposedStrategies:
    """What is proposed for an article, and what each proposal costs."""

    suggestions: Suggestions
    per_month: Mapping[str, float]
    """Strategy → records a month: PubMed's count where it was asked, else those of the store, which are fewer."""


def propose_strategies(
    question: str, cited: Sequence[Record], store: Store, entrez: CountsRecords | None, today: date
) -> ProposedStrategies:
    """Strategies for the question of an article that cites these records. Raises SourceError and store errors."""
    if entrez is None:
        own = {record.pmid for record in cited}
        frequency = TermFrequency(background=_read_background(store, own), today=today)
    else:
        frequency = TermFrequency(counted=_count_doubtful(suggest(question, cited, today), entrez, today), today=today)
    made = suggest(question, cited, today, frequency)
    known = {
        one.strategy: frequency.counted[one.strategy] for one in made.proposals if one.strategy in frequency.counted
    }
    missing = [one.strategy for one in made.proposals if one.strategy not in known]
    return ProposedStrategies(made, known | count_costs(missing, store, entrez, today))


def _count_doubtful(first: Suggestions, entrez: CountsRecords, today: date) -> dict[str, float]:
    """PubMed's counts of the concepts, which tell how many are needed, and of what only the cited papers would add."""
    left = MOST_COUNTS - len(first.proposals)
    concepts = [concept.written for concept in first.concepts]
    further = [term for concept in first.concepts for term in concept.further]
    wanted = list(dict.fromkeys([*concepts, *further]))
    return {term: count_per_month(entrez, term, today) for term in wanted[:left]}


def _read_background(store: Store, own: set[Pmid]) -> tuple[Record, ...]:
    records = store.current_records().values()
    return tuple(islice((record for record in records if record.pmid not in own), LARGEST_BACKGROUND))
