"""What the store remembers of topics besides papers, as a report is put together from it (``stored_report``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from litwatch.articles.model import Article
from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.change_life import OpenChange
from litwatch.decisions.found_papers import FoundPaper
from litwatch.decisions.related_papers import RelatedPapers
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import NamedRecord
from litwatch.model.judgement_chain import ChainedJudgement
from litwatch.model.reference import Match
from litwatch.model.sweep import Sweep, SweepKind
from litwatch.model.topic import Topic
from litwatch.reading.known_papers import KnownPapers
from litwatch.store import Store


@dataclass(frozen=True, slots=True)
class TopicMemory:
    """What the store remembers of one topic, as its report shows it."""

    confirmed: tuple[NamedRecord, ...]
    """What people have confirmed of its references, oldest first."""
    matches: tuple[Match, ...]
    unchanged: frozenset[int]
    """The places of the references that are printed as the last night read them."""
    standing: tuple[OpenChange, ...]
    related: RelatedPapers | None
    judgements: tuple[ChainedJudgement, ...]
    decision: BoardDecision | None
    reviewed: date | None
    told: tuple[FoundPaper, ...]
    """The new records told before, where anything has befallen one of them."""
    sweeps: tuple[Sweep, ...]
    looked_at: Mapping[Pmid, date]
    """When each cited paper was looked at first."""
    surveyed_at: datetime | None
    closed_leads: frozenset[str]


def read_memories(
    articles: Sequence[tuple[Topic, Article]], store: Store, papers: KnownPapers, day: date
) -> dict[str, TopicMemory]:
    """What the store remembers of these topics: one statement for all, whatever is asked.

    ``papers`` are told which of them to expect.
    """
    slugs = [topic.slug for topic, _ in articles]
    confirmed, matches = store.confirmed_references_of(slugs), store.matches_of(slugs)
    unchanged = store.unchanged_references_of({topic.slug: article.references for topic, article in articles})
    readers = {topic.slug: topic.readers for topic, _ in articles}
    standing, related = store.open_changes_of(slugs, on=day, readers=readers), store.related_papers_of(slugs)
    judgements, decisions = store.judgements_of(slugs), store.board_decisions_of(slugs)
    reviews, sweeps = store.last_reviews(slugs), store.latest_sweeps_of(slugs)
    looked_at = store.first_sightings_of(slugs, SweepKind.CITATION)
    surveyed, leads = store.last_surveyed_of(slugs), store.closed_leads_of(slugs)
    befallen = [slug for slug in slugs if any(item.change.is_about_found for item in standing[slug])]
    told = store.found_papers_of(befallen, readers) if befallen else {}
    papers.expect(
        cited=(pmid for own in matches.values() for each in own.values() for pmid in (each.pmid, *each.others) if pmid),
        others=(
            *(item.change.pmid for items in standing.values() for item in items),
            *(pmid for each in related.values() if each is not None for pmid in each.pmids),
        ),
        dois=(reference.doi for _, article in articles for reference in article.references),
    )
    return {
        slug: TopicMemory(
            confirmed[slug],
            tuple(matches[slug].values()),
            unchanged[slug],
            standing[slug],
            related[slug],
            judgements[slug],
            decisions[slug],
            reviews[slug],
            told.get(slug, ()),
            sweeps[slug],
            looked_at[slug],
            surveyed.get(slug),
            leads[slug],
        )
        for slug in slugs
    }
