"""What an article is based on, put together for its report: profile, known items, newer versions, supplements.

Made from records in hand, tonight's or the store's; nobody is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from litwatch.articles.model import Article
from litwatch.decisions.newer_versions import Successor, find_successors
from litwatch.decisions.related_papers import RelatedPapers, Supplement, select_news
from litwatch.model.errors import StrategyError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState
from litwatch.model.topic import Topic
from litwatch.report.profile import Profile, draw_profile
from litwatch.strategy.known_items import KnownItems, recall_known_items


@dataclass(frozen=True, slots=True)
class ReportedSupplement:
    """A supplementary look with the papers that only it brought."""

    supplement: Supplement
    news: tuple[Record, ...]
    """New since the article's date, not cited and not found by the strategy; best first."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the article rests on, and what stands beside its strategy."""

    profile: Profile
    known_items: KnownItems | None
    """None where only PubMed can read the strategy."""
    newer: tuple[Successor, ...]
    supplements: tuple[ReportedSupplement, ...]
    looked_on: date | None
    """The day of the last look beside the searches."""
    errors: tuple[str, ...]
    """What of that look failed, one sentence each."""


def lay_basis(
    topic: Topic,
    article: Article,
    *,
    matches: Collection[Match],
    records: Mapping[Pmid, Record],
    related: RelatedPapers | None,
    since: date | None,
    day: date,
) -> Basis:
    """The basis on one day; ``records`` holds the cited ones and those that ``related_papers`` names.

    ``since`` is the day of the article's last update or review: older papers are no news to it.
    """
    confirmed = {m.pmid for m in matches if m.state is MatchState.CONFIRMED and m.pmid is not None}
    cited = [records[pmid] for pmid in sorted(confirmed) if pmid in records]
    others = [record for pmid, record in records.items() if pmid not in confirmed]
    try:
        known = recall_known_items(topic.strategy, article.references, matches, records, day)
    except StrategyError:
        known = None  # `#1` of a saved session: only PubMed knows what it finds
    return Basis(
        profile=draw_profile(article, matches, records, topic.question_kind, day),
        known_items=known.with_costs(dict(related.per_month)) if known and related else known,
        newer=find_successors(cited, others),
        supplements=tuple(
            ReportedSupplement(
                each, select_news(each, records, cited=confirmed, strategy=topic.strategy, since=since, today=day)
            )
            for each in (related.supplements if related and known else ())
        ),
        looked_on=related.looked_on if related else None,
        errors=related.errors if related else (),
    )
