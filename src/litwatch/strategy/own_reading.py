"""What of a strategy litwatch cannot match as PubMed does, so that only PubMed can search for it.

A topic whose new records are read from NLM's update files (``source: bulk``) is matched here and nowhere else, so its
strategy must hold nothing of the sort. What is simplified is listed in ``docs/decisions/search-query.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from litwatch.model.errors import StrategyError
from litwatch.strategy.characters import WILDCARD
from litwatch.strategy.expression import Term, as_written, terms
from litwatch.strategy.fields import FieldKind
from litwatch.strategy.mesh_tree import MESH_IN_USE
from litwatch.strategy.parser import parse
from litwatch.strategy.searchable import is_carried
from litwatch.strategy.tagged import FREE_FULL_TEXT
from litwatch.strategy.translation import translate

_READ_FROM_SECTIONS = frozenset({FieldKind.WORDS, FieldKind.VALUES, FieldKind.MESH, FieldKind.AUTHOR})


def find_for_pubmed_alone(strategy: str, *, today: date) -> tuple[str, ...]:
    """A sentence for each term that only PubMed can search for, in the order of the text; none where litwatch can.

    ``today`` is what relative dates count back from.
    """
    return _find(strategy, today, MESH_IN_USE.edition)


@lru_cache(maxsize=20_000)
def _find(strategy: str, today: date, _edition: object) -> tuple[str, ...]:
    try:
        expression = parse(strategy)
        translation = translate(expression, today=today)
    except StrategyError as error:
        return (str(error),)
    found = [sentence for term in terms(expression) for sentence in _judge(term)]
    missing = (*translation.phrases_not_found, *translation.quoted_phrases_not_found)
    found += [f"{phrase}: litwatch does not know what PubMed finds by it" for phrase in missing]
    return tuple(dict.fromkeys(found))


def _judge(term: Term) -> Iterator[str]:
    written, field = as_written(term), term.tag.field if term.tag else None
    if field is None:
        if not term.quoted and not term.text.replace(" ", "").isdigit():
            yield f"{written}: PubMed maps words without a tag to headings, journals and authors; add a tag, as [tiab]"
        return
    if field.kind is FieldKind.MESH and field.tag in {"mh", "majr"}:
        heading = term.text.partition("/")[0]
        if WILDCARD not in heading and MESH_IN_USE.find(heading) is None:
            which = f"MeSH {MESH_IN_USE.edition[0]}" if MESH_IN_USE.edition else "litwatch's own small list"
            more = "" if MESH_IN_USE.edition else "; load NLM's headings with `litwatch mesh load`"
            yield f"{written}: {which} has no such heading{more}"
    if field.kind is FieldKind.FILTER and " ".join(term.text.lower().split()) in FREE_FULL_TEXT:
        yield f"{written}: a record does not say whether the paper is free at its publisher"
    if field.kind in _READ_FROM_SECTIONS and not all(map(is_carried, field.sections)):
        yield f"{written}: records as litwatch keeps them do not have {field.name}"
