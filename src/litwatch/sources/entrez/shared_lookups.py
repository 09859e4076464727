"""The needs of many articles' look-ups, answered together: requests are shared, answers are not.

Articles are answered in step: those that have come least far first, so that their next needs can be shared with the
others'. What was fetched for one is in stock for all. An error of a shared request that may be one article's own (what
NCBI refuses, and not what it does not answer) is told apart by asking for each article alone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeAlias, TypeVar

from litwatch.model.errors import SourceError, SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Reference
from litwatch.model.search import Fetched
from litwatch.sources.entrez.ecitmatch import BATCH as LINES
from litwatch.sources.entrez.ecitmatch import Proposal, prints_enough
from litwatch.sources.entrez.efetch import AT_ONCE
from litwatch.sources.entrez.efetch import BATCH as RECORDS
from litwatch.sources.entrez.identifier_search import A_SEARCH as IDENTIFIERS
from litwatch.sources.in_flight import ask_in_flight, ask_until_outage
from litwatch.sources.protocol import FetchesRecords, SearchesIdentifiers

_PLACES = 10
"""Places in one article's search; each brings one record, or hardly more."""

_PLACES_SHARED = 30
"""Places in a search that is made to learn that nothing stands at any of them."""

_Identifier: TypeAlias = tuple[Doi | None, str | None]
"""A DOI or a PMCID."""

_T = TypeVar("_T")
_R = TypeVar("_R")


class AnswersLookUps(FetchesRecords, SearchesIdentifiers, Protocol):
    """What the look-ups ask of PubMed; ``Entrez`` answers all of it."""

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        """The first PMIDs by relevance."""
        ...

    def match_citations(self, references: Iterable[Reference]) -> tuple[Proposal, ...]:
        """ECitMatch's proposals."""
        ...


@dataclass(frozen=True, slots=True)
class Need:
    """What an article needs next. ``stage`` says how far it has come."""

    stage: int


@dataclass(frozen=True, slots=True)
class Fetch(Need):
    """Records; answered with the stock."""

    pmids: tuple[Pmid, ...]


@dataclass(frozen=True, slots=True)
class Identify(Need):
    """What searches for identifiers find; answered with PMIDs, those of others among them."""

    dois: tuple[Doi, ...]
    pmcids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cite(Need):
    """ECitMatch's proposals; answered with those for references that print enough."""

    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Find(Need):
    """The first PMIDs for each term; answered with as many tuples."""

    terms: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class LookPlacesUp(Need):
    """What stands at places; answered with PMIDs."""

    terms: tuple[str, ...]


@dataclass(slots=True)
class Stock:
    """What has been fetched for all."""

    records: dict[Pmid, Record] = field(default_factory=dict)
    missing: set[Pmid] = field(default_factory=set)
    """PMIDs that PubMed left out of its answers."""
    unreadable: set[Pmid] = field(default_factory=set)


def answer_together(
    courses: Sequence[Generator[Need, Any, _T]], entrez: AnswersLookUps
) -> tuple[list[_T | Exception], Stock]:
    """What comes of each course when its needs are answered, or the error that ended it; and the stock."""
    stock = Stock()
    ends: dict[int, _T | Exception] = {}
    needs: dict[int, Need] = {}

    def go_on(number: int, step: Callable[[], Need]) -> None:
        try:
            needs[number] = step()
        except StopIteration as end:
            needs.pop(number, None)
            ends[number] = end.value
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this article's and no other's
            needs.pop(number, None)
            ends[number] = error

    for number, course in enumerate(courses):
        go_on(number, partial(next, course))
    while needs:
        stage = min(need.stage for need in needs.values())
        kind = next(type(need) for need in needs.values() if need.stage == stage)
        now = {number: need for number, need in needs.items() if need.stage == stage and type(need) is kind}
        answers = _fetch(now, entrez, stock) if kind is Fetch else _ANSWER[kind](now, entrez)
        for number, answer in answers.items():
            course = courses[number]
            go_on(number, partial(course.throw if isinstance(answer, SourceError) else course.send, answer))
    return [ends[number] for number in range(len(courses))], stock


def _fetch(needs: Mapping[int, Any], entrez: AnswersLookUps, stock: Stock) -> dict[int, Stock | SourceError]:
    here = stock.records.keys() | stock.missing | stock.unreadable
    wanted = [pmid for pmid in dict.fromkeys(p for need in needs.values() for p in need.pmids) if pmid not in here]
    batches = _cut(wanted, RECORDS)
    errors: dict[Pmid, SourceError] = {}
    answers = ask_until_outage((partial(entrez.fetch, batch) for batch in batches), most=AT_ONCE)
    for batch, fetched in zip(batches, answers, strict=True):
        if isinstance(fetched, Fetched):
            stock.records.update((record.pmid, record) for record in fetched.records)
            stock.missing |= fetched.missing
            stock.unreadable.update(pmid for pmid, _ in fetched.unreadable)
            errors |= dict.fromkeys(fetched.unanswered, SourceUnavailable(fetched.error or ""))
        else:
            errors |= dict.fromkeys(batch, fetched)
    return {
        number: next((errors[pmid] for pmid in need.pmids if pmid in errors), stock) for number, need in needs.items()
    }


def _identify(needs: Mapping[int, Identify], entrez: AnswersLookUps) -> dict[int, Any]:
    def search(identifiers: Sequence[_Identifier]) -> dict[_Identifier, tuple[Pmid, ...]]:
        dois = [doi for doi, _ in identifiers if doi is not None]
        pmcids = [pmcid for _, pmcid in identifiers if pmcid is not None]
        found = (pmid for search in entrez.search_identifiers(dois, pmcids) for pmid in search.pmids)
        return dict.fromkeys(identifiers, tuple(dict.fromkeys(found)))

    wanted: dict[int, tuple[_Identifier, ...]] = {
        number: (*((doi, None) for doi in need.dois), *((None, pmcid) for pmcid in need.pmcids))
        for number, need in needs.items()
    }
    return {
        number: found
        if isinstance(found, SourceError)
        else tuple(dict.fromkeys(pmid for each in wanted[number] for pmid in found[each]))
        for number, found in _share(wanted, search, IDENTIFIERS).items()
    }


def _cite(needs: Mapping[int, Cite], entrez: AnswersLookUps) -> dict[int, Any]:
    def match(references: Sequence[tuple[int, Reference]]) -> dict[tuple[int, Reference], Proposal]:
        # Positions are an article's own: in a shared request a reference goes by its place there.
        numbered = [replace(reference, position=place) for place, (_, reference) in enumerate(references)]
        return {references[found.position]: found for found in entrez.match_citations(numbered)}

    wanted = {
        number: tuple((number, reference) for reference in need.references if prints_enough(reference))
        for number, need in needs.items()
    }
    return {
        number: answers
        if isinstance(answers, SourceError)
        else [replace(answers[each], position=each[1].position) for each in wanted[number] if each in answers]
        for number, answers in _share(wanted, match, LINES).items()
    }


def _find(needs: Mapping[int, Find], entrez: AnswersLookUps) -> dict[int, Any]:
    searches = list(dict.fromkeys((term, need.limit) for need in needs.values() for term in need.terms))
    answers = ask_in_flight(partial(entrez.find, term, limit=limit) for term, limit in searches)
    found = dict(zip(searches, answers, strict=True))
    return {
        number: _first_error(own := [found[term, need.limit] for term in need.terms]) or own
        for number, need in needs.items()
    }


def _look_places_up(needs: Mapping[int, LookPlacesUp], entrez: AnswersLookUps) -> dict[int, Any]:
    """Most places at which no record was found by its title hold none: a search for many says so for all of them.

    Where it finds something, it is made again for halves of the articles, and at last for each alone.
    """

    def find(terms: tuple[str, ...]) -> tuple[Pmid, ...]:
        return entrez.find(" OR ".join(terms), limit=_PLACES * 3)

    found: dict[int, list[tuple[Pmid, ...] | SourceError]] = {number: [] for number in needs}
    own = [(number, tuple(part)) for number, need in needs.items() for part in _cut(need.terms, _PLACES)]
    groups: list[list[tuple[int, tuple[str, ...]]]] = [[]]
    for number, part in own:
        if sum(len(others) for _, others in groups[-1]) + len(part) > _PLACES_SHARED or len(needs) == 1:
            groups.append([])
        groups[-1].append((number, part))
    groups = [group for group in groups if group]
    while groups:
        terms = [tuple(dict.fromkeys(term for _, part in group for term in part)) for group in groups]
        answers = list(ask_in_flight(partial(find, each) for each in terms))
        again = []
        for group, answer in zip(groups, answers, strict=True):
            if len(group) > 1 and answer and not isinstance(answer, SourceUnavailable):
                again += _cut(group, (len(group) + 1) // 2)
                continue
            for number, _ in group:
                found[number].append(answer)
        groups = again
    return {number: _first_error(parts) or [p for part in parts for p in part] for number, parts in found.items()}  # type: ignore[union-attr]


_ANSWER: Mapping[type[Need], Callable[[Any, AnswersLookUps], dict[int, Any]]] = {
    Identify: _identify,
    Cite: _cite,
    Find: _find,
    LookPlacesUp: _look_places_up,
}


def _share(
    wanted: Mapping[int, tuple[_T, ...]], ask: Callable[[Sequence[_T]], Mapping[_T, _R]], most: int
) -> dict[int, dict[_T, _R] | SourceError]:
    """For each article what ``ask`` says of the things that it wants, ``most`` things a request, or its error."""
    batches = _cut(list(dict.fromkeys(each for own in wanted.values() for each in own)), most)
    known: dict[_T, _R] = {}
    errors: dict[_T, SourceError] = {}
    alone: dict[int, tuple[_T, ...]] = {}
    for batch, answer in zip(batches, ask_in_flight(partial(ask, batch) for batch in batches), strict=True):
        if not isinstance(answer, SourceError):
            known |= answer
            continue
        concerned = {number: part for number, own in wanted.items() if (part := tuple(set(own).intersection(batch)))}
        if isinstance(answer, SourceUnavailable) or len(concerned) == 1:
            errors |= dict.fromkeys(batch, answer)
        else:
            alone |= {number: wanted[number] for number in concerned}
    answers: dict[int, dict[_T, _R] | SourceError] = {
        number: next((errors[each] for each in own if each in errors), None)
        or {each: known[each] for each in own if each in known}
        for number, own in wanted.items()
        if number not in alone
    }
    for number, own in alone.items():
        answers |= _share({number: own}, ask, most)
    return answers


def _first_error(answers: Iterable[_T | SourceError]) -> SourceError | None:
    return next((answer for answer in answers if isinstance(answer, SourceError)), None)


def _cut(things: Sequence[_T], size: int) -> list[list[_T]]:
    return [list(things[start : start + size]) for start in range(0, len(things), size)]
