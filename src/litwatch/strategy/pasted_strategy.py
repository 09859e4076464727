"""A strategy of another database, put into PubMed's syntax: a proposal for an editor to check, never run by itself.

Fields become the nearest tag, ``adj3`` a proximity search, ``$`` and ``?`` what PubMed has instead. Lines that refer to
others by number are put together. What has no counterpart (limits, a line that is not there) gives no proposal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

from litwatch.model.errors import StrategyError
from litwatch.strategy.foreign_wildcards import pubmed_spellings
from litwatch.strategy.other_databases import (
    BRACES,
    COLON_SUFFIX,
    LIMITS,
    NEAR,
    OVID_SUFFIX,
    PREFIX,
    find_foreign_forms,
    foreign_headings,
    is_near,
    words_between,
)
from litwatch.strategy.parser import LONGEST_STRATEGY, parse

MOST_PAIRS = 24
"""Proximity searches that one group near another may become; beyond that nothing is proposed."""
DEEPEST = 50

_TAGS = {
    "ti": "ti", "title": "ti", "ab": "tiab", "abs": "tiab", "tw": "tw", "mp": "tw", "tx": "tw", "af": "all", "kf": "ot",
    "kw": "ot", "ot": "ot", "key": "ot", "ak": "ot", "au": "au", "jn": "ta", "jw": "ta", "jt": "ta", "ta": "ta",
    "so": "ta", "pt": "pt", "it": "pt", "sh": "mh:noexp", "de": "mh:noexp", "su": "mh", "hw": "mh", "xm": "mh",
    "mesh": "mh",
    "fs": "sh", "xs": "sh", "lnk": "sh", "nm": "nm", "tn": "nm", "rn": "rn", "in": "ad", "yr": "dp", "py": "dp",
    "la": "la", "lg": "la", "ui": "pmid", "noft": "tw", "ts": "tiab", "to": "tiab", "tiab": "tiab", "exp": "mh",
    "bt": "ti", "m_titl": "ti", "all": "all", "auth": "au", "author": "au", "indexterms": "mh", "srctitle": "ta",
    "chemname": "nm", "affil": "ad", "ad": "ad", "language": "la", "intitle": "ti", "abstract": "tiab", "mh": "mh",
    "mw": "mh", "title_abs": "tiab", "do": "doi",
    "tt": "tt", "rs": "nm", "px": "sh", "id": "ot",
}  # fmt: skip


def _tag(fields: str) -> str:
    """The tag that searches as much as all of these fields: abstract with anything means title and abstract."""
    tags = {_TAGS.get(field, "tw") for field in re.split(r"[,\s-]+", fields.lower()) if field}
    if ("tiab" in tags and tags <= {"tiab", "ti", "ot"}) or tags == {"ti", "ot"}:
        return "tiab"
    return tags.pop() if len(tags) == 1 else "tw"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """``(``, ``)``, ``op``, ``near``, ``done``, ``phrase``, ``word``, ``suffix``, ``prefix`` or ``tag``."""
    text: str


@dataclass(frozen=True, slots=True)
class _Leaf:
    text: str
    tag: str | None = None
    done: bool = False
    """Whether the text is PubMed's syntax already."""


@dataclass(frozen=True, slots=True)
class _Joined:
    operands: tuple[_Tree, ...]
    operators: tuple[str, ...]
    """AND, OR, NOT, or a number: so many words may stand between."""


_Tree = _Leaf | _Joined


class _Untranslatable(Exception):
    """Something has no counterpart in PubMed."""


def propose_translation(text: str) -> str | None:
    """The strategy in PubMed's syntax, None when it is PubMed's own or cannot be put into it."""
    if len(text) > LONGEST_STRATEGY // 5 or not find_foreign_forms(text):
        return None
    try:
        proposal = _whole(text)
        parse(proposal)
    except (_Untranslatable, StrategyError, RecursionError):
        return None
    return proposal if not find_foreign_forms(proposal) else None


_LINE = re.compile(r"\s{0,9}[#S]?(\d{1,3})(?:\s{0,3}[.:)#])?\s{1,9}(\S.*)")
_COMBINED = re.compile(
    r"(?:(?P<op>and|or)/(?P<list>[\d,\s-]+)|(?P<chain>(?:#|S)?\d{1,3}(?:\s+(?:and|or|not)\s+(?:#|S)?\d{1,3})+))", re.I
)


def _whole(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    numbered = [_LINE.fullmatch(line) for line in lines]
    if len(lines) < 2 or not all(numbered):
        return _render(_Reader(_tokens(text)).read())
    known: dict[int, str] = {}
    last = ""
    for line in numbered:
        if line is None:
            raise _Untranslatable
        body = line[2].strip()
        combined = _COMBINED.fullmatch(body)
        last = _combine(combined, known) if combined else _render(_Reader(_tokens(body)).read())
        known[int(line[1])] = last
    return last


def _combine(combined: re.Match[str], known: Mapping[int, str]) -> str:
    if combined["chain"]:
        parts = combined["chain"].split()
        return " ".join(
            part.upper() if place % 2 else _line(int(part.lstrip("#Ss")), known) for place, part in enumerate(parts)
        )
    numbers: list[int] = []
    for piece in combined["list"].replace(" ", "").split(","):
        first, _, last = piece.partition("-")
        if not first.isdigit() or (last and not last.isdigit()):
            raise _Untranslatable
        numbers += range(int(first), int(last or first) + 1)
    return f" {combined['op'].upper()} ".join(_line(number, known) for number in numbers)


def _line(number: int, known: Mapping[int, str]) -> str:
    if number not in known:
        raise _Untranslatable
    return f"({known[number]})"


_QUOTED = re.compile(
    r"[\"\u201c\u201d]([^\"\u201c\u201d]*)[\"\u201c\u201d]|(?<!\w)['\u2018]([^'\u2018\u2019]+)['\u2019](?!\w)"
)
_PLAIN_WORD = re.compile(r"[^\s()\"\[\]]+")
_OVID_LEGEND = re.compile(r"\[mp=[^\]\n]{0,400}\]")
"""What Ovid appends to a line: the fields that ``.mp.`` looks into."""
_PUBMED_TAG = re.compile(r"\s*\[([\w /:~-]+)\]")


def _tokens(text: str) -> list[_Token]:
    headings = {form.start: form for form in foreign_headings(text)}
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif legend := _OVID_LEGEND.match(text, place):
            place = legend.end()
        elif LIMITS.match(text, place):
            raise _Untranslatable
        elif found := BRACES.match(text, place):
            tokens.append(_Token("phrase", found[0][1:-1]))
            place = found.end()
        elif place in headings:
            tokens.append(_Token("done", headings[place].instead or ""))
            place = headings[place].end
        elif text[place] in "()":
            tokens.append(_Token(text[place], text[place]))
            place += 1
        elif found := PREFIX.match(text, place):
            tokens.append(_Token("prefix", _tag(next(name for name in found.groups() if name))))
            place = found.end()
        elif found := OVID_SUFFIX.match(text, place) or COLON_SUFFIX.match(text, place):
            tokens.append(_Token("suffix", _tag(found["fields"])))
            place = found.end()
        elif found := _PUBMED_TAG.match(text, place):
            tokens.append(_Token("tag", found[1]))
            place = found.end()
        elif found := _QUOTED.match(text, place):
            tokens.append(_Token("phrase", found[1] or found[2] or ""))
            place = found.end()
        else:
            token, place = _word(text, place)
            tokens.append(token)
    return tokens


def _word(text: str, place: int) -> tuple[_Token, int]:
    near = NEAR.match(text, place)
    if near and is_near(near):
        return _Token("near", str(words_between(near))), near.end()
    found = _PLAIN_WORD.match(text, place)
    if found is None:
        raise _Untranslatable
    word = found[0]
    for suffix in (OVID_SUFFIX, COLON_SUFFIX):
        if cut := suffix.search(text, place, found.end()):
            word = text[place : cut.start()]
    if word.lower() in {"and", "or", "not"}:
        return _Token("op", word.upper()), place + len(word)
    if re.fullmatch(r"#\d+|limit|S?\d{1,3}", word, re.IGNORECASE) or (
        "/" in word and word.lower().startswith(("and/", "or/"))
    ):
        raise _Untranslatable
    return _Token("word", word), place + len(word)


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def read(self) -> _Tree:
        tree = self._chain(0)
        if self._place < len(self._tokens):
            raise _Untranslatable
        return tree

    def _next(self, *kinds: str) -> _Token | None:
        if self._place < len(self._tokens) and self._tokens[self._place].kind in kinds:
            self._place += 1
            return self._tokens[self._place - 1]
        return None

    def _chain(self, depth: int) -> _Tree:
        if depth > DEEPEST:
            raise _Untranslatable
        operands = [self._operand(depth)]
        operators: list[str] = []
        while self._place < len(self._tokens) and self._tokens[self._place].kind != ")":
            joint = self._next("op", "near")
            operators.append(joint.text if joint else "AND")
            operands.append(self._operand(depth))
        return _bound(operands, operators)

    def _operand(self, depth: int) -> _Tree:
        prefix = self._next("prefix")
        if done := self._next("done"):
            return _Leaf(done.text, done=True)
        tree: _Tree
        if self._next("("):
            tree = self._chain(depth + 1)
            if not self._next(")"):
                raise _Untranslatable
        elif phrase := self._next("phrase"):
            tree = _Leaf(phrase.text)
        else:
            words = []
            while word := self._next("word"):
                words.append(word.text)
            if not words:
                raise _Untranslatable
            tree = _Leaf(" ".join(words))
        if (behind := self._next("tag")) and isinstance(tree, _Leaf):
            return _Leaf(
                f'"{tree.text}"[{behind.text}]' if " " in tree.text else f"{tree.text}[{behind.text}]", done=True
            )
        suffix = self._next("suffix") or prefix
        return _tagged(tree, suffix.text) if suffix else tree


def _bound(operands: list[_Tree], operators: list[str]) -> _Tree:
    """One tree; what stands near binds closer than AND and OR, as in every database that has it."""
    grouped: list[_Tree] = [operands[0]]
    kept: list[str] = []
    for operator, operand in zip(operators, operands[1:], strict=True):
        if operator.isdigit():
            grouped[-1] = _Joined((grouped[-1], operand), (operator,))
        else:
            kept.append(operator)
            grouped.append(operand)
    return grouped[0] if not kept else _Joined(tuple(grouped), tuple(kept))


def _tagged(tree: _Tree, tag: str) -> _Tree:
    if isinstance(tree, _Leaf):
        return tree if tree.done or tree.tag else replace(tree, tag=tag)
    return replace(tree, operands=tuple(_tagged(one, tag) for one in tree.operands))


def _render(tree: _Tree) -> str:
    if isinstance(tree, _Leaf):
        if tree.done:
            return tree.text
        each = [_term(words, tree.tag or "tw") for words in pubmed_spellings(tree.text)]
        return each[0] if len(each) == 1 else f"({' OR '.join(each)})"
    if tree.operators[0].isdigit():
        return _near(tree)
    parts = [_inner(tree.operands[0])]
    for operator, operand in zip(tree.operators, tree.operands[1:], strict=True):
        parts += [operator, _inner(operand)]
    return " ".join(parts)


def _inner(tree: _Tree) -> str:
    text = _render(tree)
    return f"({text})" if isinstance(tree, _Joined) and not tree.operators[0].isdigit() else text


def _term(words: str, tag: str) -> str:
    return f'"{words}"[{tag}]' if " " in words else f"{words}[{tag}]"


def _near(tree: _Joined) -> str:
    choices = _choices(tree)
    if len(choices) > MOST_PAIRS:
        raise _Untranslatable
    tag = "ti" if _tags(tree) == {"ti"} else "tiab"
    each = [
        f'"{words}"[{tag}:~{between}]'
        if "*" not in words
        else f"({' AND '.join(f'{word}[{tag}]' for word in words.split())})"
        for words, between in choices
    ]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


def _choices(tree: _Tree) -> list[tuple[str, int]]:
    """Each way to fill a proximity search: the words, and how many others may stand between."""
    if isinstance(tree, _Leaf):
        if tree.done:
            raise _Untranslatable
        return [(words, 0) for words in pubmed_spellings(tree.text)]
    if tree.operators[0].isdigit():
        left, right = (_choices(one) for one in tree.operands)
        if len(left) * len(right) > MOST_PAIRS:
            raise _Untranslatable
        return [(f"{one[0]} {two[0]}", one[1] + two[1] + int(tree.operators[0])) for one, two in product(left, right)]
    if set(tree.operators) != {"OR"}:
        raise _Untranslatable
    return [choice for one in tree.operands for choice in _choices(one)]


def _tags(tree: _Tree) -> set[str | None]:
    return {tree.tag} if isinstance(tree, _Leaf) else set().union(*map(_tags, tree.operands))
