"""A first search strategy for an article, from its question and the papers that it cites.

Two are made: a broad one of the words and MeSH headings on the question's subject that the cited papers share, and a
focused one that also asks for what else they are about. Each finds every cited paper by litwatch's evaluator; what it
costs only PubMed can count. Headings always stand beside words, because a new paper has none. A suggestion is a start
for an editor, not a finished strategy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.strategy import lint_strategy, matches, parse
from litwatch.strategy.characters import STOP_WORDS, normalise
from litwatch.strategy.known_items import alternative_pairs, subject_headings, title_phrases, title_words
from litwatch.strategy.mesh_tree import SUBSET
from litwatch.strategy.record_index import RecordIndex

_ASKING = frozenset(
    "what which how why when who whose where does best causes cause treatment treatments treat diagnosis diagnose "
    "symptoms signs prevent prevention risk factors factor common main effective effectiveness patients people "
    "management manage approach difference between should can first line options option work".split()
)
"""Words of a question that ask and name no subject."""

_MOST_TERMS = 14
"""Alternatives in one clause; more would fit the cited papers and nothing that is to come."""

_FEWEST_FOR_FOCUS = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed strategy and how it fares on the cited papers."""

    name: str
    """``broad`` or ``focused``."""
    strategy: str
    found: tuple[Pmid, ...]
    missed: tuple[Pmid, ...]


def suggest(question: str, cited: Sequence[Record], today: date) -> tuple[Suggestion, ...]:
    """Strategies for the question, the broad one first; none where no cited record is given.

    Without a focused one the cited papers are too few to tell what else they have in common.
    """
    papers = [record for record in cited if title_words(record)]
    if not papers:
        return ()
    subject = [word for word in normalise(question).split() if word not in STOP_WORDS | _ASKING and len(word) > 2]
    index = RecordIndex(papers)
    terms = {term: frozenset(index.search(parse(term), today=today).pmids) for term in _terms(papers)}
    # A heading and its words find different papers among those to come, so a pair counts as one alternative.
    own = {term: found for term, found in terms.items() if found and set(_words(term)) & set(subject)}
    broad = [*_headings_of(question), *_cover(own or terms, papers, exhaust=bool(own))]
    suggestions = [_judge("broad", _join(broad), papers, today)]
    if len(papers) >= _FEWEST_FOR_FOCUS:
        rest = {
            term: found
            for term, found in terms.items()
            if len(found) < len(papers) and not set(_words(term)) & {word for each in broad for word in _words(each)}
        }
        focus = _cover(rest, papers, exhaust=False) if rest else []
        if focus:
            suggestions.append(_judge("focused", f"({_join(broad)}) AND ({_join(focus)})", papers, today))
    return tuple(suggestions)


def _terms(papers: Iterable[Record]) -> Iterable[str]:
    """Every alternative that the papers offer and the lint has nothing against, most frequent first."""
    counted: Counter[str] = Counter()
    for record in papers:
        # In the title's order, so that of equals the first is taken, the same each time.
        phrases = [phrase for phrase in title_phrases(record) if not set(phrase.split()) & _ASKING]
        counted.update(f'"{phrase}"[tiab]' for phrase in phrases)
        counted.update(f"{word}[tiab]" for word in title_words(record) if word not in _ASKING)
        for heading in subject_headings(record):
            counted[f'("{heading.label}"[mh] OR "{_as_spoken(heading.label)}"[tiab])'] += 1
    return (term for term, _ in counted.most_common() if not _is_faulty(term))


def _headings_of(question: str) -> list[str]:
    """Headings that the question itself names, as far as the shipped part of MeSH goes; the longest first."""
    words = [word for word in normalise(question).split() if word not in STOP_WORDS]
    runs = [" ".join(words[n : n + length]) for length in (4, 3, 2) for n in range(len(words) - length + 1)]
    found = [heading for run in runs if (heading := SUBSET.find(run)) is not None]
    return list(dict.fromkeys(f'("{each.label}"[mh] OR "{_as_spoken(each.label)}"[tiab])' for each in found))


def _as_spoken(label: str) -> str:
    """``Diabetes Mellitus, Type 2`` as authors write it: ``type 2 diabetes mellitus``."""
    return normalise(" ".join(reversed(label.split(", "))))


def _is_faulty(term: str) -> bool:
    return any(problem.severity.value != "note" for problem in lint_strategy(term))


def _words(term: str) -> list[str]:
    return normalise(term.replace("[tiab]", " ").replace("[mh]", " ").replace(" OR ", " ")).split()


def _cover(terms: dict[str, frozenset[Pmid]], papers: Sequence[Record], *, exhaust: bool) -> list[str]:
    """Few alternatives that together find every paper; with ``exhaust`` all that find two and more are taken too."""
    chosen: list[str] = []
    left = {record.pmid for record in papers}
    offered = dict(terms)
    while left and offered and len(chosen) < _MOST_TERMS:
        best = max(offered, key=lambda term: (len(offered[term] & left), len(offered[term]), " " in term, -len(term)))
        if not offered[best] & left:
            break
        chosen.append(best)
        left -= offered.pop(best)
    if exhaust:
        more = sorted(offered, key=lambda term: (-len(offered[term]), term))
        chosen += [term for term in more if len(offered[term]) > 1 and " " in term][: max(0, 6 - len(chosen))]
    by_pmid = {record.pmid: record for record in papers}
    for pmid in sorted(left):
        pair = next((pair for pair in alternative_pairs(by_pmid[pmid]) if not _is_faulty(pair)), None)
        chosen += [pair] if pair else []
    return chosen


def _join(terms: Iterable[str]) -> str:
    """One flat OR: ``(a OR b)`` among the alternatives loses its parentheses, a pair joined by AND keeps them."""
    flat = [part for term in terms for part in (term[1:-1].split(" OR ") if " OR " in term else [term])]
    return " OR ".join(dict.fromkeys(flat))


def _judge(name: str, strategy: str, papers: Sequence[Record], today: date) -> Suggestion:
    expression = parse(strategy)
    found = tuple(record.pmid for record in papers if matches(expression, record, today=today))
    return Suggestion(name, strategy, found, tuple(record.pmid for record in papers if record.pmid not in set(found)))
