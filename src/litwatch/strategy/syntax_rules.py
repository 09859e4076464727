"""Lint rules on how a strategy is written: what PubMed reads differently from the person who wrote it.

Each rule names its source. "Recorded" means an ESearch answer of September or October 2026 published by
ernestobarrera/pubmed-filters.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import pairwise

from litwatch.model.severity import Severity
from litwatch.model.text.phrases import count
from litwatch.strategy.characters import (
    SHORTEST_STEM,
    STOP_WORDS,
    WILDCARD,
    normalise,
    usable_wildcards,
)
from litwatch.strategy.expression import Chain, Group, HistoryReference, Operator, Term, as_written, walk
from litwatch.strategy.fields import BY_TAG, OTHER_NAMES, FieldKind, read_tag
from litwatch.strategy.mapping import LOWER_OPERATORS
from litwatch.strategy.mesh_tree import MESH_IN_USE
from litwatch.strategy.other_databases import find_foreign_forms
from litwatch.strategy.parser import Token, TokenKind
from litwatch.strategy.problems import Reading, StrategyProblem

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def unknown_tag(reading: Reading) -> Iterator[StrategyProblem]:
    """A tag that PubMed does not know is dropped and the term mapped as if untagged.

    Source: recorded, ``asthma[foo]`` → 246,024 hits, with an empty fieldsnotfound in JSON; in XML FieldNotFound names
    the tag (July 2026). Which fields there are: EInfo's list of 2025 and the User Guide's tags.
    """
    for term in reading.terms:
        if term.tag and term.tag.field is None:
            written = " ".join(term.tag.written.lower().split())
            meant = OTHER_NAMES.get(written)
            near = [meant] if meant else difflib.get_close_matches(written, BY_TAG, n=1, cutoff=0.6)
            yield reading.problem(
                ("S02-unknown-tag", _ERROR),
                term.start,
                term.end,
                f"PubMed has no field [{term.tag.written}] and searches the term in All Fields; only its XML says so.",
                f"Did you mean [{BY_TAG[near[0]].tag}] ({BY_TAG[near[0]].name})?"
                if near
                else "Use a tag such as [tiab], [mh] or [pt].",
            )


def tag_on_group(reading: Reading) -> Iterator[StrategyProblem]:
    """A tag behind a closing parenthesis has no effect on the terms inside.

    Source: recorded, ``(asthma OR copd)[tiab]`` → 351,416 hits, against 257,958 with a tag on each term.
    """
    for node in walk(reading.expression) if reading.expression else ():
        if isinstance(node, Group) and node.tag:
            yield reading.problem(
                ("S03-tag-on-group", _ERROR),
                node.tag.start,
                node.tag.end,
                "PubMed ignores a tag behind parentheses: the terms inside are searched in All Fields.",
                f"Put [{node.tag.written}] behind every term inside the parentheses.",
            )


def ignored_modifier(reading: Reading) -> Iterator[StrategyProblem]:
    """``:noexp`` works only on MeSH and publication types, ``:~n`` only on ti, tiab and ad; elsewhere both vanish.

    Source: recorded, ``asthma[mh:~3]`` → searched as ``"asthma"[MeSH Terms]`` without a warning; PubMed User Guide,
    "Proximity search".
    """
    for term in reading.terms:
        if term.tag and term.tag.field and term.tag.ignored is not None:
            yield reading.problem(
                ("S04-ignored-modifier", _ERROR),
                term.start,
                term.end,
                f'PubMed ignores ":{term.tag.ignored}" in [{term.tag.field.tag}] without a word.',
                "Proximity (:~n) exists in ti, tiab and ad, :noexp in MeSH and publication types; drop it elsewhere.",
            )


def lower_case_operator(reading: Reading) -> Iterator[StrategyProblem]:
    """Operators count only in capitals; lower-case ones are words, and usually stop-words.

    Only an "and" inside a tagged run of words changes little (NLM's own systematic[sb] has one): PubMed joins the words
    of an unknown phrase by AND. In a run that is to be a heading, type or subheading it belongs to the name ("wounds
    and injuries").

    Source: NLM Technical Bulletin 1997 Jul–Aug and PubMed tutorial 020_230 ("must be entered in UPPERCASE"); NNLM NER
    newsletter 2007;6(4): lower case sometimes works, NLM does not promise it.
    """
    for term in reading.terms:
        words = term.text.split()
        places = [place for place, word in enumerate(words) if word.lower() in LOWER_OPERATORS]
        alone = len(words) == len(reading.terms) == 1
        if term.quoted or not places or alone or _is_name(term):
            continue
        word = words[places[0]]
        inside = all(0 < place < len(words) - 1 and words[place].lower() == "and" for place in places)
        if inside and term.tag and term.tag.field and term.tag.field.kind is FieldKind.MESH:
            continue
        yield reading.problem(
            ("S05-lower-case-operator", _NOTE if term.tag and inside else _ERROR),
            term.start,
            term.end,
            f'"{word}" is an operator only in capitals: PubMed reads it as a word.',
            f"Write {word.upper()}, or put the phrase in quotation marks if the word belongs to it.",
        )


def _is_name(term: Term) -> bool:
    kind = term.tag.field.kind if term.tag and term.tag.field else None
    return kind is FieldKind.VALUES or MESH_IN_USE.find(term.text) is not None


def sign_for_operator(reading: Reading) -> Iterator[StrategyProblem]:
    """``&``, ``|``, ``+``, a comma or a minus between two terms joins nothing: PubMed drops it and reads AND.

    Source: PubMed User Guide, "Combining search terms with Boolean operators" (AND, OR and NOT are all that it names).
    Looked for behind a tag or a quoted phrase alone, because signs stand inside many names.
    """
    before: Token | None = None
    for token in reading.tokens:
        ends_term = before is not None and before.kind in {TokenKind.TAG, TokenKind.QUOTED, TokenKind.CLOSE}
        found = _SIGN_WORD.match(token.text) if ends_term and token.kind is TokenKind.WORD else None
        if found and before is not None:
            tag = read_tag(before.text, 0).field if before.kind is TokenKind.TAG else None
            days = tag is not None and tag.kind is FieldKind.DAYS
            meant = {"&": "AND", "+": "AND", "|": "OR", "a": "OR", "o": "OR", "!": "NOT"}.get(found[0][0].lower())
            if days and found[0] in _DASHES:
                meant = "a range with a colon, 2020:2026[dp]"
            elif found[0] == "-":
                meant = "NOT" if found.end() < len(token.text) else None
            yield reading.problem(
                ("S35-sign-for-operator", _ERROR),
                token.start,
                token.start + len(found[0]),
                f'"{found[0]}" is no operator of PubMed\'s: the terms beside it are joined by AND.',
                f"Write {meant or 'AND, OR or NOT'}.",
            )
        before = token


_DASHES = ("-", "\u2013", "\u2014")
_SIGN_WORD = re.compile(
    r"(?:&&?|\|\|?|[+;,]|XOR|xor|SAME)(?:;|$)|&amp;?$|(?i:and/or|or/and)$|[-\u2013\u2014]$|[!-](?=\w)"
)


def mixed_operators(reading: Reading) -> Iterator[StrategyProblem]:
    """AND and OR side by side: PubMed has no precedence, it works from left to right.

    Source: NLM Technical Bulletin 1997 Jul–Aug; PubMed User Guide, "Combining search terms with Boolean operators".
    """
    for node in walk(reading.expression) if reading.expression else ():
        if not isinstance(node, Chain):
            continue
        used = [link.operator for link in node.links]
        if Operator.AND in used and Operator.OR in used:
            implicit = any(link.implicit for link in node.links)
            yield reading.problem(
                ("S06-mixed-operators", _WARNING),
                node.start,
                node.end,
                "AND and OR stand side by side without parentheses: PubMed works strictly from left to right"
                + (" (two terms without an operator between them count as AND)." if implicit else "."),
                "Put parentheses around each group of alternatives.",
            )


def short_wildcard(reading: Reading) -> Iterator[StrategyProblem]:
    """An asterisk needs at least four characters before it.

    Source: PubMed User Guide, "Wildcards and truncation".
    """
    for term in reading.terms:
        if WILDCARD in term.text and usable_wildcards(term.text) != term.text:
            yield reading.problem(
                ("S07-short-wildcard", _ERROR),
                term.start,
                term.end,
                f"PubMed truncates only after at least {SHORTEST_STEM} characters.",
                "Write the endings out, joined by OR, or lengthen the stem.",
            )


def unbalanced_quotes(reading: Reading) -> Iterator[StrategyProblem]:
    """A quotation mark or bracket without its partner is ignored, so the phrase or tag is none.

    Source: PubMed searches such text without a message; that it drops the mark is our assumption.
    """
    for token in reading.tokens:
        if token.kind is TokenKind.STRAY:
            name = "quotation mark" if token.text == '"' else "bracket"
            yield reading.problem(
                ("S09-unbalanced-quotes", _ERROR),
                token.start,
                token.end,
                f"This {name} has no partner; PubMed ignores it.",
                f"Add the missing {name} or remove this one.",
            )


def nested_quotes(reading: Reading) -> Iterator[StrategyProblem]:
    """A quotation mark inside a quoted phrase ends it: what follows is no part of the phrase.

    ``"hip "knee" pain"[tiab]`` is three terms, of which the last has the tag. Seen where a mark touches a word, or two
    marks stand together. Source: PubMed User Guide, "Phrase searching", which knows no quotation within another.
    """
    foreign = bytearray(len(reading.text))
    for form in find_foreign_forms(reading.text):
        foreign[form.start : form.end] = b"\x01" * (form.end - form.start)
    for before, after in pairwise(reading.tokens):
        if before.end != after.start or TokenKind.QUOTED not in {before.kind, after.kind}:
            continue
        if {before.kind, after.kind} <= {TokenKind.QUOTED, TokenKind.WORD}:
            if any(foreign[before.start : after.end]):
                continue
            lucene = after.kind is TokenKind.WORD and re.match(r"[~^]\d", after.text)
            yield reading.problem(
                ("S36-nested-quotes", _ERROR),
                before.start,
                after.end,
                f"{after.text} behind a phrase is another search engine's syntax; PubMed searches it as a word."
                if lucene
                else "A quotation mark that touches a word ends the phrase before, and the rest is searched as words.",
                'Write proximity as "first second"[tiab:~2].'
                if lucene
                else "Write one pair of quotation marks around each phrase, with a blank on its outer sides.",
            )


def tag_in_parentheses(reading: Reading) -> Iterator[StrategyProblem]:
    """``"hip pain"(tiab)``: a tag in round brackets is a word of its own.

    Source: PubMed User Guide, "Search field tags" (square brackets).
    """
    for term, opening, inside, closing in zip(*(reading.tokens[n:] for n in range(4)), strict=False):
        term_ends = term.kind in {TokenKind.QUOTED, TokenKind.WORD} and term.end == opening.start
        kinds = (opening.kind, inside.kind, closing.kind)
        if term_ends and kinds == (TokenKind.OPEN, TokenKind.WORD, TokenKind.CLOSE) and inside.text.lower() in BY_TAG:
            yield reading.problem(
                ("S40-tag-in-parentheses", _ERROR),
                term.start,
                closing.end,
                f"({inside.text}) is searched as a word: PubMed's tags stand in square brackets.",
                f"Write [{inside.text}].",
            )


def empty_parentheses(reading: Reading) -> Iterator[StrategyProblem]:
    """Parentheses or quotation marks with nothing in them: a term is missing.

    Source: PRESS 2015, element "Spelling, syntax, and line numbers".
    """
    for before, after in pairwise(reading.tokens):
        if before.kind is TokenKind.OPEN and after.kind is TokenKind.CLOSE:
            yield reading.problem(
                ("S37-empty-parentheses", _ERROR),
                before.start,
                after.end,
                "Nothing stands between these parentheses.",
                "Write the term that is missing, or remove them.",
            )
    for token in reading.tokens:
        if token.kind is TokenKind.QUOTED and not normalise(token.text.replace(WILDCARD, " ")):
            yield reading.problem(
                ("S37-empty-parentheses", _ERROR),
                token.start,
                token.end,
                "No word stands between these quotation marks.",
                "Write the phrase that is missing, or remove them.",
            )


def quoted_wildcard(reading: Reading) -> Iterator[StrategyProblem]:
    """Truncation inside a quoted phrase finds only endings that PubMed keeps in its phrase index.

    Source: PubMed User Guide, "Wildcards and truncation" and "Phrase searching".
    """
    for term in reading.terms:
        near = term.tag is not None and term.tag.near is not None
        if term.quoted and not near and " " in term.text and usable_wildcards(term.text).count(WILDCARD):
            yield reading.problem(
                ("S15-quoted-wildcard", _NOTE),
                term.start,
                term.end,
                "A truncated phrase finds only those endings that stand in PubMed's phrase index.",
                "Check the count, or use proximity without truncation, one phrase for each ending.",
            )


def stop_word(reading: Reading) -> Iterator[StrategyProblem]:
    """A stop-word alone is never found, and an AND with it finds nothing.

    Source: recorded, ``the[tiab] AND asthma[tiab]`` → 0 hits, phrasesnotfound ``the``; list in PubMed Help, NBK3827.
    """
    for term in reading.terms:
        words = normalise(term.text).split()
        text_field = term.tag is None or term.tag.field is None or term.tag.field.kind is FieldKind.WORDS
        if not term.quoted and len(reading.terms) > 1 and term.text.lower() in LOWER_OPERATORS:
            continue  # an operator in small letters, which has a rule of its own
        if text_field and words and all(word in STOP_WORDS for word in words):
            yield reading.problem(
                ("S18-stop-word", _ERROR),
                term.start,
                term.end,
                "PubMed does not search stop-words: this term finds nothing, and AND makes the whole search empty.",
                "Remove it.",
            )


def duplicate_term(reading: Reading) -> Iterator[StrategyProblem]:
    """The same term twice adds nothing and hides a slip of the pen (a variant that was meant).

    Source: PRESS 2015, element "Spelling, syntax, and line numbers".
    """
    seen: dict[object, Term] = {}
    for term in reading.terms:
        field = term.tag.field.tag if term.tag and term.tag.field else None
        key = (" ".join(term.text.lower().split()), term.until, field, term.tag and (term.tag.noexp, term.tag.near))
        first = seen.setdefault(key, term)
        if first is not term:
            yield reading.problem(
                ("S19-duplicate-term", _NOTE),
                term.start,
                term.end,
                f"The same term stands at position {first.start + 1} already.",
                "Remove one, unless it is needed in two groups.",
            )


def proximity(reading: Reading) -> Iterator[StrategyProblem]:
    """Proximity wants two or more words, in quotation marks, without wildcards.

    Source: PubMed User Guide, "Proximity search".
    """
    for term in reading.terms:
        if term.tag is None or term.tag.near is None:
            continue
        if not term.quoted:
            wrong = "Proximity needs quotation marks around its words; without them the distance is ignored."
        elif inside := _QUOTED_OPERATOR.search(term.text):
            wrong = f"Proximity takes no operators; {inside[0]} is searched as a word."
        elif WILDCARD in term.text:
            wrong = "Proximity takes no wildcards; the asterisk is ignored."
        elif len(normalise(term.text).split()) < 2:
            wrong = "Proximity needs at least two words."
        else:
            continue
        hint = f'Write "first second"[{term.tag.field.tag if term.tag.field else "tiab"}:~{term.tag.near}].'
        yield reading.problem(("S20-proximity", _ERROR), term.start, term.end, wrong, hint)


_QUOTED_OPERATOR = re.compile(r"(?<= )(?:AND|OR|NOT)(?= )")


def quoted_operator(reading: Reading) -> Iterator[StrategyProblem]:
    """An operator inside quotation marks is a word of the phrase: ``"asthma OR copd"[tiab]`` is one phrase.

    Source: PubMed User Guide, "Phrase searching". ``AND`` stands in many a heading and name and is left alone.
    """
    for term in reading.terms:
        near = term.tag is not None and term.tag.near is not None
        inside = _QUOTED_OPERATOR.search(term.text) if term.quoted and not near else None
        if inside and inside[0] != "AND" and not _is_name(term):
            yield reading.problem(
                ("S33-quoted-operator", _WARNING),
                term.start,
                term.end,
                f"{inside[0]} stands inside quotation marks, so PubMed reads it as a word of the phrase.",
                "Put each phrase in quotation marks of its own, and the operator between them.",
            )


def phrase_index(reading: Reading) -> Iterator[StrategyProblem]:
    """A quoted phrase is looked up in PubMed's phrase index; one that is not in it is dropped.

    Headings and entry terms that litwatch knows are in it. Source: PubMed User Guide, "Phrase searching"; recorded,
    ``"body battery"[tiab]`` → quoted phrase not found.
    """
    phrases = [
        term
        for term in reading.terms
        if term.quoted
        and WILDCARD not in term.text
        and term.tag is not None
        and term.tag.field is not None
        and term.tag.field.near
        and term.tag.near is None
        and len(normalise(term.text).split()) > 1
        and MESH_IN_USE.find(term.text) is None
    ]
    if phrases:
        names = ", ".join(as_written(term) for term in phrases[:3])[:120]
        found, them = ("is found", "it") if len(phrases) == 1 else ("are found", "them")
        tag = phrases[0].tag.field.tag if phrases[0].tag and phrases[0].tag.field else "tiab"
        yield reading.problem(
            ("S34-phrase-index", _NOTE),
            phrases[0].start,
            phrases[0].end,
            f"{count(len(phrases), 'phrase')} ({names}) {found} only if PubMed's phrase index has {them}; one that it"
            " lacks is dropped.",
            f'A night names what was dropped; "{phrases[0].text}"[{tag}:~0] needs no index.',
        )


def history_reference(reading: Reading) -> Iterator[StrategyProblem]:
    """``#1`` means a search of one session; a saved strategy has none.

    Source: NBK25499, ESearch, ``WebEnv`` and ``query_key``.
    """
    for node in walk(reading.expression) if reading.expression else ():
        if isinstance(node, HistoryReference):
            yield reading.problem(
                ("S21-history-reference", _ERROR),
                node.start,
                node.end,
                f"#{node.number} refers to an earlier search of a session that will not exist at night.",
                "Write that search out in parentheses.",
            )


def dangling_operator(reading: Reading) -> Iterator[StrategyProblem]:
    """An operator with nothing on one side, or two operators in a row: all but the first are dropped.

    Source: a public project's validation of 2026 (``X AND NOT systematic[sb]`` and ``X AND systematic[sb]`` gave the
    same 313 PMIDs, and PubMed's translation no NOT).
    """
    opens = {TokenKind.OPERATOR, TokenKind.OPEN, None}
    kinds: list[TokenKind | None] = [token.kind for token in reading.tokens if token.kind is not TokenKind.STRAY]
    tokens = [token for token in reading.tokens if token.kind is not TokenKind.STRAY]
    for place, token in enumerate(tokens):
        if token.kind is not TokenKind.OPERATOR:
            continue
        before = kinds[place - 1] if place else None
        after = kinds[place + 1] if place + 1 < len(kinds) else None
        if before in opens or after in {None, TokenKind.CLOSE}:
            yield reading.problem(
                ("S22-dangling-operator", _ERROR),
                token.start,
                token.end,
                f"{token.text} has nothing to join on one side."
                if before is not TokenKind.OPERATOR
                else f"PubMed keeps the first of two operators, {tokens[place - 1].text}, and drops {token.text}.",
                "Write NOT alone."
                if (before, token.text) == (TokenKind.OPERATOR, "NOT")
                else "Remove it or add the missing term.",
            )


def tag_before_term(reading: Reading) -> Iterator[StrategyProblem]:
    """A tag belongs behind its term; one that follows nothing is ignored.

    Source: NLM, PubMed training workbook ("the search field tag must follow the term").
    """
    takes_tag = {TokenKind.WORD, TokenKind.QUOTED, TokenKind.CLOSE}
    before: TokenKind | None = None
    for token in reading.tokens:
        if token.kind is TokenKind.TAG and before not in takes_tag:
            yield reading.problem(
                ("S24-tag-before-term", _ERROR),
                token.start,
                token.end,
                "This tag follows no term, so PubMed ignores it.",
                "Put it directly behind its term.",
            )
        before = token.kind


RULES = (
    unknown_tag,
    tag_on_group,
    ignored_modifier,
    lower_case_operator,
    sign_for_operator,
    mixed_operators,
    short_wildcard,
    unbalanced_quotes,
    nested_quotes,
    tag_in_parentheses,
    empty_parentheses,
    quoted_wildcard,
    stop_word,
    duplicate_term,
    proximity,
    quoted_operator,
    phrase_index,
    history_reference,
    dangling_operator,
    tag_before_term,
)
