"""Lint rules on what a strategy cannot find, although it is written correctly.

They matter because litwatch runs a strategy on records that are days old: those have no MeSH headings yet, and
notices about cited papers must never be filtered away. Each rule names its source; none mends anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from litwatch.model.severity import Severity
from litwatch.strategy.characters import WILDCARD, normalise, usable_wildcards
from litwatch.strategy.date_ranges import read_range
from litwatch.strategy.expression import Chain, Expression, Group, Operator, Term, as_written, terms, walk
from litwatch.strategy.fields import FieldKind, read_tag
from litwatch.strategy.mesh_tree import MESH_IN_USE, is_subheading, near_subheadings
from litwatch.strategy.not_understood import required_clauses
from litwatch.strategy.parser import parse
from litwatch.strategy.problems import Reading, StrategyProblem
from litwatch.strategy.published_filters import BEHIND_FILTER_TAG
from litwatch.strategy.searchable import KNOWN_FLAGS, NOTICE_FLAGS
from litwatch.strategy.tagged import FREE_FULL_TEXT, YEARS_BACK

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_HUMANS = frozenset({"human", "humans"})
_INDEXING_ONLY_FILTERS = frozenset({"medline"})
"""Filters that look at the state of indexing itself; the others are judged by what stands behind their names."""


def _tag_of(expression: Expression) -> str | None:
    if isinstance(expression, Term) and expression.tag and expression.tag.field:
        return expression.tag.field.tag
    return None


def _bare(expression: Expression) -> Expression:
    while isinstance(expression, Group):
        expression = expression.inner
    return expression


def humans_only(reading: Reading) -> Iterator[StrategyProblem]:
    """``AND humans[mh]`` shuts out every record that is not indexed yet.

    Source: Cochrane Handbook, filters for randomised trials (the double NOT); mission c.4.
    """
    for node in walk(reading.expression) if reading.expression else ():
        if not isinstance(node, Chain):
            continue
        operands = [(node.links[0].operator, node.first)] + [(link.operator, link.operand) for link in node.links]
        for operator, operand in operands:
            bare = _bare(operand)
            named = isinstance(bare, Term) and normalise(bare.text) in _HUMANS and _tag_of(bare) in {"mh", "majr", "sb"}
            if operator is Operator.AND and named:
                yield reading.problem(
                    ("S10-humans-only", _WARNING),
                    operand.start,
                    operand.end,
                    "Records that are not indexed yet carry no Humans heading, so this leaves out every new one.",
                    "Write NOT (animals[mh] NOT humans[mh]).",
                )


def mesh_only(reading: Reading) -> Iterator[StrategyProblem]:
    """A clause that only MeSH, subheadings or publication types can meet finds no paper until it is indexed.

    Source: NLM on My NCBI alerts (a MeSH-only alert misses unindexed records); Hadfield 2020: indexing took 153.6 to
    409.9 days on average; PRESS 2015, element "Subject headings" and "Text word searching".
    """
    if reading.expression is None:
        return
    for clause in required_clauses(reading.expression):
        if not _findable_unindexed(clause) and not _is_humans(clause):
            yield reading.problem(
                ("S11-mesh-only", _WARNING),
                clause.start,
                clause.end,
                "Only indexed records can meet this clause; a new paper gets its MeSH headings and types later.",
                'Add the same idea in words, for example OR "insulin resistance"[tiab].',
            )


def _is_humans(expression: Expression) -> bool:
    bare = _bare(expression)
    return isinstance(bare, Term) and normalise(bare.text) in _HUMANS


def _findable_unindexed(expression: Expression) -> bool:
    """Whether some record without MeSH and specific publication types could match."""
    bare = _bare(expression)
    if isinstance(bare, Chain):
        result = _findable_unindexed(bare.first)
        for link in bare.links:
            if link.operator is Operator.OR:
                result = result or _findable_unindexed(link.operand)
            elif link.operator is Operator.AND:
                result = result and _findable_unindexed(link.operand)
        return result
    if isinstance(bare, Term) and bare.tag and bare.tag.field:
        if bare.tag.field.kind is FieldKind.MESH:
            return normalise(bare.text) == "journal article"
        if bare.tag.field.kind is FieldKind.FILTER:
            name = " ".join(bare.text.lower().split())
            behind = BEHIND_FILTER_TAG.get(name)
            return name not in _INDEXING_ONLY_FILTERS and (behind is None or _findable_unindexed(parse(behind)))
    return True


def retired_publication_type(reading: Reading) -> Iterator[StrategyProblem]:
    """NLM renamed a type; the old name finds nothing.

    Source: protocol fact 8: ``"Retraction of Publication"[pt]`` now returns 0, the type is ``Retraction Notice``.
    """
    for term in reading.terms:
        if _tag_of(term) == "pt" and normalise(term.text) == "retraction of publication":
            yield reading.problem(
                ("S12-retired-publication-type", _ERROR),
                term.start,
                term.end,
                "NLM renamed this publication type; the old name finds nothing.",
                'Write "Retraction Notice"[pt]. It finds notices; the papers are "Retracted Publication"[pt].',
            )


def date_clause(reading: Reading) -> Iterator[StrategyProblem]:
    """A date in a saved strategy either ages or fights with the window that litwatch adds every night.

    Source: litwatch searches overlapping windows on entry, create, MeSH and modification date (protocol fact 4).
    """
    for term in reading.terms:
        field = term.tag.field if term.tag else None
        if field is None or field.kind is not FieldKind.DAYS:
            continue
        days = read_range(term.text, term.until, date(2000, 1, 1))
        if days is not None and days[0] > days[1]:
            yield reading.problem(
                ("S25-unreadable-date", _ERROR),
                term.start,
                term.end,
                "This range ends before it begins and finds nothing.",
                "Write the earlier date before the colon.",
            )
        elif days is None:
            yield reading.problem(
                ("S25-unreadable-date", _ERROR),
                term.start,
                term.end,
                "PubMed cannot read this as a date.",
                'Write YYYY, YYYY/MM or YYYY/MM/DD, a range with a colon, or "last 30 days" in quotation marks.',
            )
        else:
            yield reading.problem(
                ("S13-date-clause", _WARNING),
                term.start,
                term.end,
                f"litwatch adds its own window of days; this clause on {field.name} narrows it further.",
                "Remove it, unless the topic really ends at that date.",
            )


def words_for_range(reading: Reading) -> Iterator[StrategyProblem]:
    """``2020 to 2026[dp]`` is the year 2026 alone, and 2020 a word: the tag belongs to the date before it.

    Source: recorded in May 2023 (``long covid 2023/04/23:2023/04/30[crdt]``): the words before a date stand alone.
    """
    for found in _RANGE_IN_WORDS.finditer(reading.text):
        tag = read_tag(found["tag"], 0).field
        if tag is not None and tag.kind is FieldKind.DAYS:
            yield reading.problem(
                ("S25-unreadable-date", _ERROR),
                found.start(),
                found.end(),
                f"PubMed reads {found['last']}[{found['tag']}] as the date and what stands before it as words.",
                f"Write {found['first']}:{found['last']}[{found['tag']}].",
            )


_RANGE_IN_WORDS = re.compile(
    r"(?<![\w/\"])(?P<first>\d{4}[\d/]{0,6}) {1,3}(?:to|through|until|till|-|\u2013|\u2014) {1,3}"
    r"(?P<last>\d{4}[\d/]{0,6})"
    r" {0,3}\[(?P<tag>[^\]\[]{1,40})\]"
)


def unknown_subheading(reading: Reading) -> Iterator[StrategyProblem]:
    """A subheading that MeSH does not have finds nothing.

    Source: NLM, "MeSH Qualifiers" (76 of them, with their two-letter abbreviations), and those of former years.
    """
    for term in reading.terms:
        tag = _tag_of(term)
        if WILDCARD in term.text or tag not in {"mh", "majr", "sh"}:
            continue
        _, slash, qualifier = term.text.partition("/")
        name = qualifier if tag != "sh" else term.text
        if (slash or tag == "sh") and not is_subheading(name) and MESH_IN_USE.find(term.text) is None:
            near = near_subheadings(name)
            yield reading.problem(
                ("S38-unknown-subheading", _WARNING),
                term.start,
                term.end,
                f'MeSH has no subheading "{name.strip()}"; one that PubMed does not have finds nothing.',
                f"Did you mean {' or '.join(near)}?" if near else "Look it up under the heading in the MeSH browser.",
            )


def unknown_heading(reading: Reading) -> Iterator[StrategyProblem]:
    """A heading that does not exist finds nothing; litwatch's own tree is small, so only a near miss is noted.

    Source: recorded, ``"Atherosclerotic Cardiovascular Disease"[Mesh]`` → 0, quoted phrase not found.
    """
    for term in reading.terms:
        heading = term.text.partition("/")[0]
        if _tag_of(term) in {"mh", "majr"} and WILDCARD not in heading and not MESH_IN_USE.find(heading):
            near = MESH_IN_USE.near_matches(heading)
            similar = f" Similar: {', '.join(near)}." if near else ""
            if MESH_IN_USE.edition is not None:
                yield reading.problem(
                    ("S16-unknown-heading", _WARNING),
                    term.start,
                    term.end,
                    f"MeSH {MESH_IN_USE.edition[0]} has no such heading; one that PubMed does not have finds nothing.",
                    f"Check it in the MeSH browser.{similar}",
                )
            elif near:
                yield reading.problem(
                    ("S16-unknown-heading", _NOTE),
                    term.start,
                    term.end,
                    "litwatch's small MeSH tree has no such heading; an invented one finds nothing.",
                    f"Check it in the MeSH browser.{similar}",
                )


_NOTICE_TYPES = frozenset({"published erratum", "retraction notice", "retracted publication", "expression of concern"})
_OFTEN_NOTICES = frozenset({"comment", "letter", "editorial", "news"})


def not_hides_notices(reading: Reading) -> Iterator[StrategyProblem]:
    """Behind NOT, a publication type or flag of notices keeps a retraction or correction out of sight.

    No filter may hide a notice about a cited paper. Two public alert tools drop errata and retraction notices by
    default.
    """
    for node in walk(reading.expression) if reading.expression else ():
        for link in node.links if isinstance(node, Chain) else ():
            if link.operator is not Operator.NOT:
                continue
            for term in terms(link.operand):
                name = normalise(term.text)
                notice = (_tag_of(term) == "pt" and name in _NOTICE_TYPES) or name in NOTICE_FLAGS.values()
                if notice or (_tag_of(term) == "pt" and name in _OFTEN_NOTICES):
                    yield reading.problem(
                        ("S17-not-hides-notices", _WARNING if notice else _NOTE),
                        term.start,
                        term.end,
                        "Behind NOT, this can hide a retraction, correction or concern on the topic."
                        if notice
                        else "Some notices are also indexed as this type, so NOT can hide them.",
                        "Leave it out: litwatch sorts by publication type and shows notices always.",
                    )


def unknown_filter(reading: Reading) -> Iterator[StrategyProblem]:
    """A filter name that PubMed does not have finds nothing.

    Source: PubMed User Guide, "Filters"; litwatch's list is not complete.
    """
    for term in reading.terms:
        name = " ".join(term.text.lower().split())
        known = name in BEHIND_FILTER_TAG or normalise(name) in KNOWN_FLAGS
        known = known or name == "all" or name in FREE_FULL_TEXT or bool(YEARS_BACK.fullmatch(name))
        if _tag_of(term) == "sb" and not known:
            yield reading.problem(
                ("S23-unknown-filter", _NOTE),
                term.start,
                term.end,
                "litwatch does not know this filter and cannot evaluate it itself; a misspelt one finds nothing.",
                "Check its count in PubMed.",
            )


def truncated_heading(reading: Reading) -> Iterator[StrategyProblem]:
    """A wildcard switches explosion off: narrower headings are no longer found.

    Source: PubMed Help (NBK3827), "Truncating search terms": truncation turns off automatic explosion.
    """
    for term in reading.terms:
        exploded = _tag_of(term) in {"mh", "majr"} and term.tag is not None and not term.tag.noexp
        if exploded and WILDCARD in usable_wildcards(term.text):
            yield reading.problem(
                ("S26-truncated-heading", _WARNING),
                term.start,
                term.end,
                "A truncated heading is not exploded, so papers under narrower headings are missed.",
                "Write the headings out.",
            )


def untagged_term(reading: Reading) -> Iterator[StrategyProblem]:
    """What an untagged term is mapped to changes whenever NLM changes MeSH; a search is then not reproducible.

    Source: PubMed User Guide, "Automatic Term Mapping"; PRISMA-S item 8 (report the full strategy as run).
    """
    untagged = [term for term in reading.terms if term.tag is None]
    if untagged:
        names = ", ".join(as_written(term) for term in untagged[:3])
        yield reading.problem(
            ("S27-untagged-term", _NOTE),
            untagged[0].start,
            untagged[0].end,
            f"{len(untagged)} term(s) without a tag ({names[:80]}) are mapped by PubMed in ways that change over time.",
            "Tag every term, for example [tiab] and [mh].",
        )


RULES = (
    humans_only,
    mesh_only,
    retired_publication_type,
    date_clause,
    words_for_range,
    unknown_subheading,
    unknown_heading,
    not_hides_notices,
    unknown_filter,
    truncated_heading,
    untagged_term,
)
