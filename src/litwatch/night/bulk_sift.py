"""Which records of a bulk file litwatch watches: known to the store, cited by an article, or found by a strategy.

PubMed has some forty million records and a site's topics concern a few thousand, so the strategies of all topics are
tried on a whole batch of records together (``strategy.percolator``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from litwatch.model.errors import StrategyError, TopicErrors
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record, RefType
from litwatch.model.reference import Reference
from litwatch.model.topic import Pin, Topic
from litwatch.reading.known_articles import read_articles
from litwatch.references.sentences_citing import map_claims
from litwatch.store import Store
from litwatch.strategy import parse, translate
from litwatch.strategy.plan import Plan

if TYPE_CHECKING:
    from litwatch.strategy.percolator import Matched

_T = TypeVar("_T")

TOPICS_AT_ONCE = 500
"""Topics whose articles are read together; what was read anew is kept in one transaction."""


@dataclass(frozen=True, slots=True)
class Cited:
    """The papers that the articles cite, by the identifiers that are known of them."""

    pmids: frozenset[Pmid]
    dois: frozenset[Doi]

    def holds(self, record: Record) -> bool:
        """Whether the record is one of them."""
        return record.pmid in self.pmids or not self.dois.isdisjoint((record.doi, *record.other_dois))


def read_cited(topics: Sequence[Topic], store: Store) -> Cited:
    """What the topics' articles cite: found by earlier nights, printed in the list, or pinned by an editor.

    Raises store errors, and ArticleUnreadable: papers that such an article cites would be left out without a word.
    """
    pmids: set[Pmid] = set()
    dois: set[Doi] = set()
    for first in range(0, len(topics), TOPICS_AT_ONCE):
        group = topics[first : first + TOPICS_AT_ONCE]
        matches = store.matches_of([topic.slug for topic in group])
        for topic, article in read_articles(group, store, _insist):
            pmids |= map_claims(article, topic.pins, matches[topic.slug].values()).cited
            named: list[Reference | Pin] = [*article.references, *topic.pins]
            pmids |= {one.pmid for one in named if one.pmid is not None}
            dois |= {one.doi for one in named if one.doi is not None}
    return Cited(frozenset(pmids), frozenset(dois))


def _insist(_slug: str, step: Callable[[], _T]) -> _T | None:
    """An ``Attempt`` that spares nothing: one article that cannot be read ends the load."""
    return step()


class Strategies:
    """The topics' strategies, ready to be tried on many records."""

    def __init__(self, topics: Iterable[Topic], *, today: date, followed: Collection[str] = ()) -> None:
        """``followed`` are the texts of the strategies of which each match is told, and not only that there is one.

        Raises TopicErrors for a strategy that cannot be evaluated, such as one with ``#1``.
        """
        self.followed = frozenset(followed)
        texts: list[str] = []
        plans: list[Plan] = []
        for topic in topics:
            try:
                plans.append(translate(parse(topic.strategy), today=today).plan)
            except StrategyError as error:
                raise TopicErrors((f"{topic.file}: strategy: {error}",)) from None
            texts.append(topic.strategy)
        self.texts = tuple(texts)
        """Their texts, in the order of the topics."""
        from litwatch.strategy.percolator import Percolator  # noqa: PLC0415 - brings numpy, and most nights load no file

        self._percolator = Percolator(plans)

    def match(self, records: Sequence[Record]) -> Matched:
        """Which strategy, by its topic's place, finds which of the records, as ``strategy.matches`` says."""
        return self._percolator.match(records)


@dataclass(frozen=True, slots=True)
class Sifted:
    """The records of a batch that litwatch watches, and why, each counted under its first reason."""

    records: tuple[Record, ...]
    known: int
    cited: int
    matched: int
    linked: int
    matches: tuple[tuple[str, Pmid], ...]
    """Each record with each followed strategy, by its text, that finds it."""


_NOTICES = frozenset(
    {RefType.CORRECTED_AND_REPUBLISHED_FROM, RefType.ERRATUM_FOR, RefType.EXPRESSION_OF_CONCERN_FOR}
    | {RefType.REPUBLISHED_FROM, RefType.RETRACTED_AND_REPUBLISHED_FROM, RefType.RETRACTION_OF, RefType.UPDATE_OF}
)
"""By which a notice or a newer version names the paper that it is about."""


def papers_noticed(record: Record) -> tuple[Pmid, ...]:
    """The papers that the record is a notice or a newer version of."""
    return tuple(each.pmid for each in record.notices if each.pmid is not None and each.ref_type in _NOTICES)


def sift(records: Sequence[Record], known: Collection[Pmid], cited: Cited, strategies: Strategies) -> Sifted:
    """Keep what the store knows, an article cites or a strategy finds, in the order given.

    Where strategies are followed, notices about records that the store knows are kept as well: the topics' nights read
    them here and do not ask PubMed.
    """
    why = ["known" if one.pmid in known else "cited" if cited.holds(one) else "" for one in records]
    # Where no match is told one by one, what is kept anyway need not be tried.
    tried = [place for place, said in enumerate(why) if not said or strategies.followed]
    matched = strategies.match([records[place] for place in tried])
    for found in matched.anywhere:
        why[tried[found]] = why[tried[found]] or "matched"
    matches = {
        (strategies.texts[number], records[tried[found]].pmid)
        for number, places in matched.touched()
        if strategies.texts[number] in strategies.followed
        for found in places
    }
    if strategies.followed:
        for place, record in enumerate(records):
            if not why[place] and any(pmid in known for pmid in papers_noticed(record)):
                why[place] = "linked"
    kept = tuple(record for record, said in zip(records, why, strict=True) if said)
    counts = {said: why.count(said) for said in ("known", "cited", "matched", "linked")}
    return Sifted(kept, matches=tuple(sorted(matches)), **counts)
