"""Which records of a bulk file litwatch watches: known to the store, cited by an article, or found by a strategy.

PubMed has some forty million records and a site's topics concern a few thousand, so a record must be refused in a few
microseconds: its words are put in one text, every strategy is tried on that first, and only what may match is
evaluated in full. That shortcut never decides: ``strategy.plan.holds`` has the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.config.article_file import open_article
from litwatch.model.errors import StrategyError, TopicErrors
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, Reference
from litwatch.model.topic import Pin, Topic
from litwatch.references.sentences_citing import map_claims
from litwatch.strategy import parse, translate
from litwatch.strategy.characters import WILDCARD
from litwatch.strategy.expression import Operator
from litwatch.strategy.plan import Near, Nothing, Plan, Steps, Values, Words, holds
from litwatch.strategy.searchable import text_of, values_of


@dataclass(frozen=True, slots=True)
class Cited:
    """The papers that the articles cite, by the identifiers that are known of them."""

    pmids: frozenset[Pmid]
    dois: frozenset[Doi]

    def holds(self, record: Record) -> bool:
        """Whether the record is one of them."""
        return record.pmid in self.pmids or not self.dois.isdisjoint((record.doi, *record.other_dois))


def read_cited(topics: Iterable[Topic], matches: Callable[[str], Mapping[int, Match]]) -> Cited:
    """What the topics' articles cite: found by earlier nights, printed in the list, or pinned by an editor.

    ``matches`` gives a topic's matches by its slug. Raises ArticleUnreadable: papers that an unreadable article cites
    would be left out without a word.
    """
    pmids: set[Pmid] = set()
    dois: set[Doi] = set()
    for topic in topics:
        article = open_article(topic)
        pmids |= map_claims(article, topic.pins, matches(topic.slug).values()).cited
        named: list[Reference | Pin] = [*article.references, *topic.pins]
        pmids |= {one.pmid for one in named if one.pmid is not None}
        dois |= {one.doi for one in named if one.doi is not None}
    return Cited(frozenset(pmids), frozenset(dois))


class Strategies:
    """The topics' strategies, ready to be tried on many records."""

    def __init__(self, topics: Iterable[Topic], *, today: date) -> None:
        """Raises TopicErrors for a strategy that cannot be evaluated, such as one with ``#1``."""
        self._plans: list[Plan] = []
        for topic in topics:
            try:
                self._plans.append(translate(parse(topic.strategy), today=today).plan)
            except StrategyError as error:
                raise TopicErrors((f"{topic.file}: strategy: {error}",)) from None
        self._sections = sorted({section for plan in self._plans for section in _word_sections(plan)})

    def find(self, record: Record) -> bool:
        """Whether any of the strategies finds the record, as ``strategy.matches`` says."""
        text = "".join(text_of(record, section) for section in self._sections)
        return any(_may_hold(plan, record, text) and holds(plan, record) for plan in self._plans)


def _word_sections(plan: Plan) -> Iterable[str]:
    match plan:
        case Words() | Near():
            yield from plan.sections
        case Steps():
            for one in (plan.first, *(operand for _, operand in plan.rest)):
                yield from _word_sections(one)
        case _:
            pass


def _may_hold(plan: Plan, record: Record, text: str) -> bool:
    """False only where the plan cannot hold; ``text`` is every section that any plan reads words from."""
    match plan:
        case Nothing():
            return False
        case Words():
            # Before its first asterisk a pattern is plain text; without one it ends where a word ends.
            stem, wildcard, _ = plan.words.partition(WILDCARD)
            return f" {stem}" in text if wildcard else f" {stem} " in text
        case Near():
            return all(f" {word.partition(WILDCARD)[0]}" in text for word in plan.words)
        case Values():
            return not plan.values.isdisjoint(values_of(record, plan.section))
        case Steps():
            result = _may_hold(plan.first, record, text)
            for operator, operand in plan.rest:
                if operator is Operator.OR:
                    result = result or _may_hold(operand, record, text)
                elif operator is Operator.AND:
                    result = result and _may_hold(operand, record, text)
            return result
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Sifted:
    """The records of a batch that litwatch watches, and why, each counted under its first reason."""

    records: tuple[Record, ...]
    known: int
    cited: int
    matched: int


def sift(records: Sequence[Record], known: Collection[Pmid], cited: Cited, strategies: Strategies) -> Sifted:
    """Keep what the store knows, an article cites or a strategy finds, in the order given."""
    kept: list[Record] = []
    counts = {"known": 0, "cited": 0, "matched": 0}
    for record in records:
        if record.pmid in known:
            why = "known"
        elif cited.holds(record):
            why = "cited"
        elif strategies.find(record):
            why = "matched"
        else:
            continue
        counts[why] += 1
        kept.append(record)
    return Sifted(tuple(kept), **counts)
