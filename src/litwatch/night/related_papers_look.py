"""Questions asked once a week about each article: newer versions, the cost of proposed changes, supplements.

Made after the night's fetch, when the cited records are in hand, and again as soon as their question changes; each
article has a day of the week of its own. Those of many articles share their requests: two ELinks for a hundred seeds, a
fetch for 400 records; newer versions and up to ten counts are one search each, several in flight. A failure is said in
the report, tried again the next night and touches neither sweeps nor verdict. None of it counts as the topic's new
evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from litwatch.decisions.related_papers import RelatedPapers, Supplement, SupplementKind, measure
from litwatch.decisions.related_papers_schedule import (
    MOST_NEWER,
    MOST_SUPPLEMENTARY,
    Question,
    is_still_good,
    rank_citing,
    rank_similar,
    select_unread,
    write_question,
)
from litwatch.model.errors import SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.topic import Topic
from litwatch.night.fetch import Delivery, Outage, fetch_all
from litwatch.reading.strategy_recall import count_per_month
from litwatch.report.wording import words
from litwatch.sources.in_flight import ask_in_flight
from litwatch.sources.protocol import BibliographicDatabase, LinkName
from litwatch.store import Store

_SEEDS = 100
"""Seeds in one ELink; each brings some hundred links of 50 bytes."""

_Links = dict[Pmid, tuple[tuple[Pmid, int], ...]]


@dataclass(frozen=True, slots=True)
class RelatedAsk:
    """An article about which the weekly questions may be due."""

    topic: Topic
    references: Sequence[Reference]
    matches: Sequence[Match]
    cited: Mapping[Pmid, Record]
    """The records in hand of what it cites."""
    another_article: bool = False
    """Whether it may be another article than before: what was found for that one is not taken over."""
    last: RelatedPapers | None = None
    """What was found when it was asked about last."""
    reachable: bool = True
    """Whether PubMed has answered what was asked about it tonight."""


@dataclass(frozen=True, slots=True)
class RelatedLook:
    """The result of a topic's weekly questions, and the records fetched for it tonight."""

    found: RelatedPapers | None
    records: Mapping[Pmid, Record] = field(default_factory=dict)


@dataclass(slots=True)
class _Due:
    """An article that is asked about tonight, and what has come of it so far."""

    ask: RelatedAsk
    question: Question
    per_month: dict[str, float] = field(default_factory=dict)
    newer: tuple[Pmid, ...] = ()
    errors: list[str] = field(default_factory=list)

    @property
    def confirmed(self) -> tuple[Pmid, ...]:
        matches = (match for match in self.ask.matches if match.state is MatchState.CONFIRMED)
        return tuple(dict.fromkeys(match.pmid for match in matches if match.pmid))

    def fail(self, what: str, error: object) -> None:
        self.errors.append(f"{what} could not be asked for: {error}")


def look_for_related_papers(
    asks: Sequence[RelatedAsk],
    *,
    entrez: BibliographicDatabase,
    store: Store,
    today: date,
    delivered: Mapping[Pmid, Record] | None = None,
) -> tuple[RelatedLook, ...]:
    """For each article the look of tonight, or the last one where that is still good or PubMed is not reachable.

    What the night has ``delivered`` is not fetched again. Raises store errors.
    """
    looks: dict[int, RelatedLook] = {}
    due: dict[int, _Due] = {}
    for number, ask in enumerate(asks):
        question = write_question(ask.topic, ask.references, ask.matches, ask.cited, today)
        before = None if ask.another_article else ask.last
        if is_still_good(before, question, ask.topic.slug, today) or not ask.reachable:
            looks[number] = RelatedLook(before)
        elif not question.text:  # nothing is asked any more, so what was learnt by another question is told no longer
            looks[number] = RelatedLook(RelatedPapers(today, "") if before is not None and before.question else before)
        else:
            due[number] = _Due(ask, question)
    if due:
        found = _ask(list(due.values()), entrez, store, today, delivered or {})
        looks |= dict(zip(due, found, strict=True))
    return tuple(looks[number] for number in range(len(asks)))


def _ask(
    due: Sequence[_Due],
    entrez: BibliographicDatabase,
    store: Store,
    today: date,
    delivered: Mapping[Pmid, Record],
) -> list[RelatedLook]:
    _count(due, entrez, today)
    _find_newer(due, entrez)
    supplements = _supplement(due, entrez, store)
    made = [
        RelatedPapers(today, one.question.text, tuple(one.per_month.items()), one.newer, own, tuple(one.errors))
        for one, own in zip(due, supplements, strict=True)
    ]
    known = store.known({pmid for each in made for pmid in each.pmids})
    unread = [select_unread(each.pmids, known | one.ask.cited.keys()) for one, each in zip(due, made, strict=True)]
    fetched = fetch_all([[pmid for own in unread for pmid in own]], entrez, delivered=delivered, outage=Outage())
    return [_conclude(each, own, fetched) for each, own in zip(made, unread, strict=True)]


def _conclude(made: RelatedPapers, unread: Iterable[Pmid], fetched: Delivery) -> RelatedLook:
    unread = tuple(unread)
    if error := fetched.error(unread):
        made = replace(made, errors=(*made.errors, f"Their records could not be asked for: {error}"))
    return RelatedLook(made, {pmid: fetched.records[pmid] for pmid in unread if pmid in fetched.records})


def _count(due: Sequence[_Due], entrez: BibliographicDatabase, today: date) -> None:
    """What each proposed change would cost; after the first that fails no more is said of an article's."""
    wanted = [(one, term) for one in due for term in one.question.counted]
    terms = list(dict.fromkeys(term for _, term in wanted))
    counts = ask_in_flight(partial(count_per_month, entrez, term, today) for term in terms)
    known = dict(zip(terms, counts, strict=True))
    for one in due:
        for term in one.question.counted:
            count = known[term]
            if isinstance(count, SourceError):
                one.fail("The cost of a change", count)
                break
            one.per_month[term] = count


def _find_newer(due: Sequence[_Due], entrez: BibliographicDatabase) -> None:
    asking = [(one, one.question.newer) for one in due if one.question.newer]
    answers = ask_in_flight(partial(entrez.find, term, limit=MOST_NEWER) for _, term in asking)
    for (one, _), found in zip(asking, answers, strict=True):
        if isinstance(found, SourceError):
            one.fail("Newer versions", found)
        else:
            one.newer = found


def _supplement(due: Sequence[_Due], entrez: BibliographicDatabase, store: Store) -> list[tuple[Supplement, ...]]:
    """Both supplements of each; one that fails is there with its error, the other with what it found."""
    seeds = list(dict.fromkeys(seed for one in due for seed in one.question.seeds))
    similar, citedin = _link(seeds, ("pubmed_pubmed", "pubmed_pubmed_citedin"), entrez)
    citing = store.citing(seeds) if seeds else {}

    def find(kind: SupplementKind, own: Sequence[Pmid]) -> list[Pmid]:
        if kind is SupplementKind.SIMILAR:
            return rank_similar(_links_of(own, similar).values())
        linked = {pmid for links in _links_of(own, citedin).values() for pmid, _ in links}
        return rank_citing(linked, (pmid for seed in own for pmid in citing.get(seed, ())))

    made = []
    for one in due:
        supplements = []
        for kind in (SupplementKind.SIMILAR, SupplementKind.CITING) if one.question.seeds else ():
            try:
                whole = measure(kind, one.question.seeds, find(kind, one.question.seeds), one.confirmed)
                found = whole.found[:MOST_SUPPLEMENTARY]
                supplements.append(Supplement(kind, one.question.seeds, found, whole.of_known, whole.known))
            except SourceError as error:
                supplements.append(Supplement(kind, one.question.seeds, (), 0, (), str(error)))
                one.fail(f"The {words(kind)}", error)
        made.append(tuple(supplements))
    return made


def _link(
    seeds: Sequence[Pmid], names: Sequence[LinkName], entrez: BibliographicDatabase
) -> list[dict[Pmid, _Links | SourceError]]:
    """For each kind of link what is linked to each seed, or why it could not be asked for.

    All kinds are asked for together: a night is long by the times that it waits with few requests in flight.
    """
    batches = [seeds[start : start + _SEEDS] for start in range(0, len(seeds), _SEEDS)]
    asks = [(number, batch, name) for number, name in enumerate(names) for batch in batches]
    links: list[dict[Pmid, _Links | SourceError]] = [{} for _ in names]
    answers = ask_in_flight(partial(entrez.link, batch, name) for _, batch, name in asks)
    for (number, batch, _), answer in zip(asks, answers, strict=True):
        for seed in batch:
            links[number][seed] = answer if isinstance(answer, SourceError) else {seed: answer.get(seed, ())}
    return links


def _links_of(seeds: Iterable[Pmid], links: Mapping[Pmid, _Links | SourceError]) -> _Links:
    """The links of these seeds. Raises the SourceError of the first that could not be asked for."""
    own: _Links = {}
    for seed in seeds:
        found = links[seed]
        if isinstance(found, SourceError):
            raise found
        own |= found
    return own
