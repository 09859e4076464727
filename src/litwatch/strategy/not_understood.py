"""Which clauses of a strategy PubMed did not understand, by what ESearch says that it did not find.

PubMed drops a term that it does not know. Among alternatives that costs what the term alone would have found; where no
alternative is left, a clause that every paper must meet is met by none, and the search finds nothing for ever. A single
word of a run without quotation marks is left out of the run: what remains matches more than was meant.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from litwatch.model.errors import StrategyError
from litwatch.strategy.characters import STOP_WORDS, normalise, normalise_pattern
from litwatch.strategy.expression import Chain, Expression, Group, HistoryReference, Operator, Term, as_written, terms
from litwatch.strategy.fields import Tag
from litwatch.strategy.parser import parse


@dataclass(frozen=True, slots=True)
class LostClause:
    """A clause that every paper must meet and of which PubMed understood no alternative."""

    clause: str
    """As written in the strategy, blanks normalised."""
    phrases: tuple[str, ...]
    """Its terms that PubMed did not find, as written, in their order."""


@dataclass(frozen=True, slots=True)
class ShortenedRun:
    """A run of words, without quotation marks, that PubMed searched without some of them, so that it matches more."""

    run: str
    """As written in the strategy, blanks normalised."""
    words: tuple[str, ...]
    """Those that PubMed did not find, normalised, in their order."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """What PubMed did not find of a strategy."""

    lost: tuple[LostClause, ...]
    alternatives: tuple[str, ...]
    """Terms that were not found and without which their clause still means something, as written."""
    shortened: tuple[ShortenedRun, ...] = ()
    """Outside the lost clauses; also behind NOT, where a shorter run excludes more."""


def find_not_understood(strategy: str, not_found: Iterable[str]) -> NotUnderstood:
    """Sort what ESearch did not find by what it costs; nothing is lost of a strategy that cannot be read.

    ``not_found`` holds the texts of PhraseNotFound and QuotedPhraseNotFound. A FieldNotFound is none of these: PubMed
    searches the term without its tag (recorded in July 2026, 870 hits). The forms are those of recorded answers (2023
    to 2026): a quoted phrase comes back as typed, tag included, and escaped for XML once too often; an unquoted one
    without its tag; a single unknown word in quotation marks that nobody typed; of an untagged run each word by itself.
    """
    try:
        expression = parse(strategy)
    except StrategyError:
        return NotUnderstood((), ())
    missing = _Missing(tuple(map(_read_phrase, not_found)))
    lost: list[LostClause] = []
    kept: list[str] = []
    for clause in required_clauses(expression):
        unknown = tuple(as_written(term) for term in _unknown(clause, missing))
        if unknown and not _is_understood(clause, missing):
            lost.append(LostClause(as_written(clause), unknown))
        else:
            kept += unknown
    named = tuple(each.clause for each in lost)
    shortened = [
        ShortenedRun(as_written(term), words)
        for term in terms(expression)
        if (words := missing.left_out(term)) and as_written(term) not in named
    ]
    return NotUnderstood(tuple(lost), tuple(dict.fromkeys(kept)), tuple(dict.fromkeys(shortened)))


def required_clauses(expression: Expression) -> Iterator[Expression]:
    """The clauses that a record must meet, as far down as AND and NOT lead."""
    bare = expression
    while isinstance(bare, Group):
        bare = bare.inner
    if isinstance(bare, Chain) and all(link.operator is not Operator.OR for link in bare.links):
        yield from required_clauses(bare.first)
        for link in bare.links:
            if link.operator is Operator.AND:
                yield from required_clauses(link.operand)
    else:
        yield expression


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One text that PubMed names as not found."""

    text: str
    """Normalised."""
    tag: Tag | None


@dataclass(frozen=True, slots=True)
class _Missing:
    phrases: tuple[_Phrase, ...]

    def has(self, term: Term) -> bool:
        """Whether PubMed did not find the term, whole or word by word."""
        text = _key(term.text)
        named = self._named(term)
        if text in named:
            return True
        words = set(text.split()) - STOP_WORDS
        return not term.quoted and bool(words) and words <= named

    def left_out(self, term: Term) -> tuple[str, ...]:
        """The words of a run without quotation marks that PubMed did not find, where it found others of them."""
        if term.quoted or self.has(term):
            return ()
        words = _key(term.text).split()
        lost: set[int] = set()
        for phrase in self._named(term):
            parts = phrase.split()
            for start in range(len(words) - len(parts) + 1):
                if parts and words[start : start + len(parts)] == parts:
                    lost.update(range(start, start + len(parts)))
        return tuple(dict.fromkeys(words[n] for n in sorted(lost) if words[n] not in STOP_WORDS))

    def _named(self, term: Term) -> frozenset[str]:
        return frozenset(phrase.text for phrase in self.phrases if _same_tag(phrase.tag, term.tag))


def _read_phrase(written: str) -> _Phrase:
    text = written
    while (plain := html.unescape(text)) != text:
        text = plain
    try:
        read = parse(text)
    except StrategyError:
        return _Phrase(_key(text), None)
    while isinstance(read, Group):
        read = read.inner
    return _Phrase(_key(read.text), read.tag) if isinstance(read, Term) else _Phrase(_key(text), None)


def _key(text: str) -> str:
    plain = text
    while (shorter := html.unescape(plain)) != plain:
        plain = shorter
    return normalise_pattern(plain) or " ".join(plain.lower().split())


def _same_tag(named: Tag | None, typed: Tag | None) -> bool:
    """Whether a phrase named with this tag can be the term with that one; PubMed leaves tags out."""
    if named is None:
        return True
    if typed is None:
        return named.field is not None and named.field.tag == "all"
    if named.field is None or typed.field is None:
        return normalise(named.written) == normalise(typed.written)
    return named.field.tag == typed.field.tag and named.noexp == typed.noexp and named.near == typed.near


def _unknown(expression: Expression, missing: _Missing) -> Iterator[Term]:
    """The terms of a clause that were not found; those behind NOT only exclude, and are left out."""
    match expression:
        case Term():
            if missing.has(expression):
                yield expression
        case Group():
            yield from _unknown(expression.inner, missing)
        case Chain():
            yield from _unknown(expression.first, missing)
            for link in expression.links:
                if link.operator is not Operator.NOT:
                    yield from _unknown(link.operand, missing)


def _is_understood(expression: Expression, missing: _Missing) -> bool:
    """Whether some record could meet the clause after what was not found is dropped, from left to right."""
    match expression:
        case Term():
            return not missing.has(expression)
        case HistoryReference():
            return True
        case Group():
            return _is_understood(expression.inner, missing)
        case Chain():
            result = _is_understood(expression.first, missing)
            for link in expression.links:
                if link.operator is Operator.OR:
                    result = result or _is_understood(link.operand, missing)
                elif link.operator is Operator.AND:
                    result = result and _is_understood(link.operand, missing)
            return result
