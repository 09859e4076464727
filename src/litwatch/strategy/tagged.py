"""What a term with a known tag means, field by field.

The forms of QueryTranslation and the lists in which something not found is reported follow recorded answers (see
``docs/decisions/search-query.md``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from litwatch.model.language_names import LANGUAGE_CODES
from litwatch.strategy.characters import STOP_WORDS, WILDCARD, normalise, normalise_pattern, usable_wildcards
from litwatch.strategy.date_ranges import is_relative, read_range, shown_relative, slashed
from litwatch.strategy.expression import Operator, Term, as_written
from litwatch.strategy.fields import Field, FieldKind, Tag
from litwatch.strategy.lexicon import Lexicon
from litwatch.strategy.meaning import Meaning, Remarks, join, shown_heading, shown_text
from litwatch.strategy.mesh_tree import MESH_IN_USE, PUBLICATION_TYPES, explode_subheading, subheading
from litwatch.strategy.plan import Days, Near, Nothing, Plan, PmidRange, Pmids, ValuePattern, Values, Words, either
from litwatch.strategy.searchable import KNOWN_FLAGS

OpenFilter = Callable[[str], Plan | None]
"""Answers a filter's lower-case name with its plan, None when PubMed has no such filter."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the meaning of a term depends on besides the term."""

    lexicon: Lexicon
    today: date | None
    open_filter: OpenFilter
    remarks: Remarks


def resolve(term: Term, tag: Tag, field: Field, given: Circumstances) -> Meaning | None:
    """The meaning of a term in ``field``; None when PubMed does not find it, which ``given.remarks`` then says."""
    lexicon, remarks = given.lexicon, given.remarks
    match field.kind:
        case FieldKind.DAYS:
            found = _days(term, field, given.today)
        case FieldKind.NUMBER:
            found = _numbers(term, field)
        case FieldKind.FILTER:
            found = _filter(term, field, given.open_filter, given.today)
        case FieldKind.AUTHOR:
            found = _author(term, field, lexicon)
        case FieldKind.VALUES:
            found = _value(term, field, lexicon)
        case FieldKind.WORDS:
            return _words(term, tag, field, lexicon, remarks)
        case FieldKind.MESH:
            return _indexing(term, tag, field, lexicon, remarks)
    if found is None:
        report_missing(term, remarks)
    return found


def report_missing(term: Term, remarks: Remarks) -> None:
    """Put a term that was not found into the list where PubMed puts it.

    A quoted one is repeated as typed, tag included, and escaped for XML once too often (recorded: ``&amp;amp;``); an
    unquoted one is named without its tag.
    """
    if term.quoted:
        escaped = as_written(term).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        remarks.quoted_phrases_not_found.append(escaped)
    else:
        remarks.phrases_not_found.append(term.text)


def _days(term: Term, field: Field, today: date | None) -> Meaning | None:
    if today is None and term.until is None and is_relative(term.text):
        return Meaning(Nothing(), as_written(term))
    found = read_range(term.text, term.until, today or date.min)
    if found is None:
        return None
    if term.until is None and is_relative(term.text):
        return Meaning(Days(field.tag, *found), f"{shown_relative(found[0])}[{field.name}]")
    first, last = map(slashed, found)
    # PubMed prints a single day alone: a recorded answer has 2024/11/09[Date - Publication] for 2024-11-09[dp].
    return Meaning(Days(field.tag, *found), f"{first if first == last else f'{first}:{last}'}[{field.name}]")


def _numbers(term: Term, field: Field) -> Meaning | None:
    parts = term.text.replace(",", " ").split()
    if not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in (*parts, term.until or "0")):
        return None
    numbers = [int(part) for part in parts]
    if term.until is not None:
        if len(numbers) != 1:
            return None
        return Meaning(PmidRange(numbers[0], int(term.until)), f"{numbers[0]}:{int(term.until)}[{field.name}]")
    return join([Meaning(Pmids(frozenset({one})), f"{one}[{field.name}]") for one in numbers], Operator.OR)


FREE_FULL_TEXT = frozenset({"free full text", "loattrfree full text", "ffrft"})
"""Names of one filter. PubMed finds papers that are free in PubMed Central or at their publisher; a record only says
the first."""
YEARS_BACK = re.compile(r"y_(\d{1,3})")
"""``y_5``: publication date within the last five years (the side bar of PubMed's results)."""


def _filter(term: Term, field: Field, open_filter: OpenFilter, today: date | None) -> Meaning | None:
    name = " ".join(term.text.lower().split())
    flag = normalise(name)
    plan = open_filter(name)
    if name == "all":
        plan = PmidRange(0, 10**9)
    elif name in FREE_FULL_TEXT:
        name, plan = "loattrfree full text", Values("sb", frozenset({"pubmed pmc"}))
    elif plan is None and flag in KNOWN_FLAGS:
        plan = Values("sb", frozenset({flag}))
    elif years := YEARS_BACK.fullmatch(name):
        found = read_range(f"last {years[1]} years", None, today or date.min)
        plan = Days("dp", *found) if found and today else Nothing()
    return Meaning(plan, f'"{name}"[{field.name}]') if plan else None


def _author(term: Term, field: Field, lexicon: Lexicon) -> Meaning | None:
    """``smith j`` finds every Smith whose initials begin with J; in quotes only exactly that name (User Guide)."""
    name = normalise_pattern(usable_wildcards(term.text))
    if not name:
        return None
    section = field.sections[0]
    if term.quoted and WILDCARD not in name:
        options: list[str] = [name]
    elif WILDCARD in name:
        options = [name]
    elif " " in name:
        options = [name + WILDCARD, f"{name} {WILDCARD}"]
    else:
        options = [name, f"{name} {WILDCARD}"]
    if not any(lexicon.has_value(section, option) for option in options):
        return None
    return Meaning(
        either([_value_plan(section, option) for option in options]), f'"{shown_text(term.text)}"[{field.name}]'
    )


def _value_plan(section: str, value: str) -> Plan:
    return ValuePattern(section, value) if WILDCARD in value else Values(section, frozenset({value}))


def _value(term: Term, field: Field, lexicon: Lexicon) -> Meaning | None:
    value = normalise_pattern(usable_wildcards(term.text))
    section = field.sections[0]
    if section == "la":
        value = LANGUAGE_CODES.get(value, value)
    if not value or not lexicon.has_value(section, value):
        return None
    shown = " ".join(term.text.split())
    return Meaning(_value_plan(section, value), f'"{shown if term.quoted else shown.lower()}"[{field.name}]')


def _words(term: Term, tag: Tag, field: Field, lexicon: Lexicon, remarks: Remarks) -> Meaning | None:
    if tag.near is not None and term.quoted:
        words = normalise(term.text)
        if words:
            plan = Near(field.sections, tuple(words.split()), tag.near)
            return Meaning(plan, f'"{shown_text(term.text.replace(WILDCARD, " "))}"[{field.name}:~{tag.near}]')
    text = f"{term.text} {term.until}" if term.until else term.text
    words = normalise_pattern(usable_wildcards(text))
    if words in KNOWN_FLAGS and words.startswith("has") and field.tag in {"all", "tw"}:
        return Meaning(Values("sb", frozenset({words})), f'"{words}"[All Fields]')
    if words and words not in STOP_WORDS and lexicon.has_words(field.sections, words):
        # A run without quotation marks comes back in small letters, one word as typed (both recorded).
        shown = shown_text(text.lower() if not term.quoted and " " in words else text)
        return Meaning(Words(field.sections, words), f'"{shown}"[{field.name}]')
    if term.quoted or " " not in words:
        report_missing(term, remarks)
        return None
    return _word_by_word(text, field, lexicon, remarks)


def _word_by_word(text: str, field: Field, lexicon: Lexicon, remarks: Remarks) -> Meaning | None:
    """An unquoted run that is no known phrase: its words joined by AND, the unknown ones dropped with a report."""
    parts: list[Meaning] = []
    for written in usable_wildcards(text).split():
        words = normalise_pattern(written)
        if words in STOP_WORDS:
            remarks.phrases_ignored.append(written)
        elif words and lexicon.has_words(field.sections, words):
            parts.append(Meaning(Words(field.sections, words), f'"{shown_text(written)}"[{field.name}]'))
        elif words:
            remarks.phrases_not_found.append(written)
    return join(parts, Operator.AND) if parts else None


def _indexing(term: Term, tag: Tag, field: Field, lexicon: Lexicon, remarks: Remarks) -> Meaning | None:
    """MeSH headings, subheadings and publication types; unquoted ones may be entry terms and are reported as mapped."""
    name = f"{field.name}:noexp" if tag.noexp else field.name
    found = _indexed_values(term.text, tag, field, lexicon)
    if found is None and not term.quoted and " " in term.text:
        return _heading_by_heading(term, tag, field, lexicon, remarks)
    if found is None:
        report_missing(term, remarks)
        return None
    plan, label = found
    if not term.quoted:
        remarks.translation_set.append((as_written(term), f'"{label}"[{name}]'))
    return Meaning(plan, f'"{shown_heading(term.text if term.quoted else label)}"[{name}]')


def _heading_by_heading(term: Term, tag: Tag, field: Field, lexicon: Lexicon, remarks: Remarks) -> Meaning | None:
    """An unquoted run that is no heading: PubMed drops the words it does not know and searches the rest as headings.

    Seen with ``Townes-Brocks-Branchiootorenal-Like Syndrome[MeSH Terms:noexp]``, searched as ``Syndrome``
    (hetio/medline issue 3).
    """
    name = f"{field.name}:noexp" if tag.noexp else field.name
    parts: list[Meaning] = []
    for word in term.text.split():
        found = _indexed_values(word, tag, field, lexicon)
        if normalise(word) in STOP_WORDS:
            remarks.phrases_ignored.append(word)
        elif found:
            parts.append(Meaning(found[0], f'"{shown_heading(found[1])}"[{name}]'))
        else:
            remarks.phrases_not_found.append(word)
    return join(parts, Operator.AND) if parts else None


def _indexed_values(text: str, tag: Tag, field: Field, lexicon: Lexicon) -> tuple[Plan, str] | None:
    section = field.sections[0]
    pattern = normalise_pattern(usable_wildcards(text))
    if WILDCARD in pattern:
        heading, slash, qualifier = usable_wildcards(text).partition("/")
        wanted = normalise_pattern(heading) + (f"/{subheading(qualifier)}" if slash else "")
        return (ValuePattern(section, wanted), pattern) if lexicon.has_value(section, wanted) else None
    if section == "sh":
        values = frozenset({subheading(text)}) if tag.noexp else explode_subheading(text)
        known = any(lexicon.has_value("sh", value) for value in values)
        return (Values("sh", values), subheading(text)) if known else None
    tree = PUBLICATION_TYPES if section == "pt" else MESH_IN_USE
    heading, slash, qualifier = text.partition("/")
    found = tree.find(heading)
    label = found.label.lower() if found else " ".join(heading.lower().split())
    known_section = "mh" if section == "majr" else section
    if not label or (found is None and not lexicon.has_value(known_section, normalise(heading))):
        return None
    labels = frozenset({normalise(label)}) if tag.noexp else tree.explode(label)
    if slash and section in {"mh", "majr"}:
        names = frozenset({subheading(qualifier)}) if tag.noexp else explode_subheading(qualifier)
        return Values(section, frozenset(f"{one}/{name}" for one in labels for name in names)), f"{label}/{qualifier}"
    return Values(section, labels), label
