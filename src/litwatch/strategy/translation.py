"""From what an editor wrote to what PubMed looks for: ``Expression`` → plan, QueryTranslation and warnings.

What is not found matches nothing: it disappears from an OR, empties an AND, and when nothing is left the translation
is the text as typed. Unknown tags and tags on groups are passed over without a word, as PubMed does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from litwatch.model.errors import StrategyError
from litwatch.strategy.characters import STOP_WORDS, normalise, normalise_pattern, usable_wildcards
from litwatch.strategy.expression import Chain, Expression, Group, HistoryReference, Operator, Term, as_written
from litwatch.strategy.fields import ALL_FIELDS
from litwatch.strategy.lexicon import GENERAL, Lexicon
from litwatch.strategy.mapping import map_run
from litwatch.strategy.meaning import Meaning, Remarks, parenthesised, shown_text
from litwatch.strategy.parser import parse
from litwatch.strategy.plan import Nothing, Plan, Pmids, Steps, Words
from litwatch.strategy.published_filters import BEHIND_FILTER_TAG
from litwatch.strategy.tagged import Circumstances, report_missing, resolve

History = Callable[[int], Collection[int] | None]
"""Answers ``#n`` with that search's PMIDs, or None when there is no such search."""


@dataclass(frozen=True, slots=True)
class Translation:
    """What PubMed would look for and say."""

    plan: Plan
    text: str
    """QueryTranslation; the strategy as typed when nothing in it was found."""
    translation_set: tuple[tuple[str, str], ...]
    """(From, To) of every mapped term."""
    phrases_not_found: tuple[str, ...]
    phrases_ignored: tuple[str, ...]
    quoted_phrases_not_found: tuple[str, ...]


def translate(
    expression: Expression, *, today: date | None, lexicon: Lexicon = GENERAL, history: History | None = None
) -> Translation:
    """Translate for the corpus that ``lexicon`` speaks for; ``today`` is what ``"last 30 days"`` counts back from.

    With ``today`` None such a clause is shown as written and its plan finds nothing: for explaining, not for searching.

    Raises StrategyError for ``#n`` when ``history`` is None or knows no such search.
    """
    worker = _Translator(lexicon, today, history)
    whole = expression.inner if isinstance(expression, Group) else expression
    meaning = worker.meaning(whole)
    remarks = worker.remarks
    if meaning is None and isinstance(whole, Term) and _is_one_plain_word(whole) and remarks.phrases_not_found:
        # Recorded in July 2026: a search of one unknown word names it among the quoted phrases, although nobody quoted
        # it; in May 2023 it still stood in PhraseNotFound.
        remarks.phrases_not_found.clear()
        remarks.quoted_phrases_not_found.append(f'"{whole.text}"')
    return Translation(
        plan=meaning.plan if meaning else Nothing(),
        text=meaning.shown if meaning else as_written(expression),
        translation_set=tuple(dict.fromkeys(remarks.translation_set)),
        phrases_not_found=tuple(dict.fromkeys(remarks.phrases_not_found)),
        phrases_ignored=tuple(dict.fromkeys(remarks.phrases_ignored)),
        quoted_phrases_not_found=tuple(dict.fromkeys(remarks.quoted_phrases_not_found)),
    )


def _is_one_plain_word(term: Term) -> bool:
    words = normalise(term.text)
    return term.tag is None and not term.quoted and len(term.text.split()) == 1 and words not in STOP_WORDS


class _Translator:
    def __init__(self, lexicon: Lexicon, today: date | None, history: History | None) -> None:
        self._lexicon = lexicon
        self._history = history
        self.remarks = Remarks()
        self._given = Circumstances(lexicon, today, self._open_filter, self.remarks)

    def meaning(self, expression: Expression) -> Meaning | None:
        match expression:
            case Term():
                return self._term(expression)
            case HistoryReference():
                return self._earlier(expression)
            case Group():
                inner = self.meaning(expression.inner)
                return Meaning(inner.plan, parenthesised(inner)) if inner else None
            case Chain():
                return self._chain(expression)

    def _chain(self, chain: Chain) -> Meaning | None:
        so_far = self.meaning(chain.first)
        steps: list[tuple[Operator, Plan]] = []
        first = so_far.plan if so_far else None
        shown = [so_far.shown] if so_far else []
        joined = so_far.joined if so_far else None
        for link in chain.links:
            operand = self.meaning(link.operand)
            if operand is None and link.operator is not Operator.AND:
                continue
            if first is None and link.operator is Operator.OR and operand:
                first, steps, shown, joined = operand.plan, [], [operand.shown], operand.joined
            elif first is None or operand is None:
                first, steps, shown, joined = None, [], [], None
            else:
                if joined not in {None, link.operator}:
                    shown = [f"({''.join(shown)})"]
                shown += [f" {link.operator} ", parenthesised(operand)]
                steps.append((link.operator, operand.plan))
                joined = link.operator
        if first is None:
            return None
        return Meaning(Steps(first, tuple(steps)) if steps else first, "".join(shown), joined)

    def _earlier(self, reference: HistoryReference) -> Meaning:
        pmids = self._history(reference.number) if self._history else None
        if pmids is None:
            raise StrategyError(
                f"Unable to obtain query #{reference.number} (position {reference.start + 1}): it refers to an earlier "
                "search of the same session. Write that search out."
            )
        return Meaning(Pmids(frozenset(pmids)), f"#{reference.number}")

    def _term(self, term: Term) -> Meaning | None:
        if term.tag and term.tag.field:
            return resolve(term, term.tag, term.tag.field, self._given)
        if not term.quoted:
            return map_run(
                term.text if term.until is None else f"{term.text} {term.until}", self._lexicon, self.remarks
            )
        words = normalise_pattern(usable_wildcards(term.text))
        if not words or words in STOP_WORDS or not self._lexicon.has_words(ALL_FIELDS.sections, words):
            report_missing(term, self.remarks)
            return None
        return Meaning(Words(ALL_FIELDS.sections, words), f'"{shown_text(term.text)}"[All Fields]')

    def _open_filter(self, name: str) -> Plan | None:
        text = BEHIND_FILTER_TAG.get(name)
        if text is None:
            return None
        return translate(parse(text), today=self._given.today, lexicon=self._lexicon).plan
