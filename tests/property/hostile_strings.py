"""Every regular expression of litwatch that meets outside text, and strings made from it to slow it down.

A backtracking matcher needs more than linear time where a long run can be read from many beginnings or divided in many
ways. Such runs are made from the pattern itself: of what each of its repeats accepts, of its own beginnings, and of
pairs of the characters that it names.
"""

from __future__ import annotations

import ast
import importlib
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from litwatch.decisions.sentence_cues import Cue

SOURCE = Path(__file__).resolve().parents[2] / "src" / "litwatch"
APART = "standin"
"""What serves invented records to litwatch's own tests meets no outside text."""

SCANS = {"search", "sub", "subn", "split", "findall", "finditer", "scanner"}
"""Methods that try a pattern at every place of a text; the others try it at one."""
ONCE = {"match", "fullmatch"}
FUNCTIONS = SCANS | ONCE


@dataclass(frozen=True, slots=True)
class Found:
    """One pattern, where it stands, and whether every place of a text is tried."""

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text of any length: ``head``, then ``unit`` again and again, then ``tail``."""

    head: str
    unit: str
    tail: str

    def of_length(self, size: int) -> str:
        """The text of about so many characters."""
        return self.head + self.unit * max(1, (size - len(self.head) - len(self.tail)) // len(self.unit)) + self.tail


@cache
def find_patterns() -> tuple[Found, ...]:
    """Every pattern of the package: its modules' constants, in whatever they lie, and those written in place."""
    used = _methods_by_name()
    found: dict[tuple[object, int], Found] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = _name_of(path)
        if f".{APART}" in name or name.endswith("__main__"):
            continue
        module = importlib.import_module(name)
        for variable, value in vars(module).items():
            for pattern in _patterns_in(value):
                methods = frozenset(used.get((name, variable), ())) or frozenset(SCANS)
                key = pattern.pattern, pattern.flags
                before = found.get(key)
                both = methods | before.methods if before else methods
                found[key] = Found(before.place if before else f"{name}.{variable}", pattern, both)
        for line, method, pattern in _written_in_place(path):
            key = pattern.pattern, pattern.flags
            before = found.get(key)
            both = frozenset({method}) | (before.methods if before else frozenset())
            found[key] = Found(before.place if before else f"{name}, line {line}", pattern, both)
    return tuple(found.values())


def _patterns_in(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Cue):
        yield from _patterns_in((value.pattern, value.hint), depth)
    elif depth < 4 and isinstance(value, dict):
        yield from (p for each in value.items() for part in each for p in _patterns_in(part, depth + 1))
    elif depth < 4 and isinstance(value, (tuple, list, set, frozenset)):
        yield from (p for each in value for p in _patterns_in(each, depth + 1))


_CALLED = tuple(f".{name}" for name in FUNCTIONS)


@cache
def _nodes() -> dict[Path, tuple[ast.AST, ...]]:
    """The imports, attributes and calls of every module that can use a pattern: only these are of interest."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        if any(name in text for name in _CALLED):
            nodes = (n for n in ast.walk(ast.parse(text)) if isinstance(n, (ast.ImportFrom, ast.Attribute, ast.Call)))
            found[path] = tuple(nodes)
    return found


@cache
def _methods_by_name() -> dict[tuple[str, str], set[str]]:
    """The methods that are called on each module's names, there and where they are imported."""
    used: dict[tuple[str, str], set[str]] = {}
    for path, nodes in _nodes().items():
        origin: dict[str, str] = {}
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module:
                origin |= {alias.asname or alias.name: node.module for alias in node.names}
        for node in nodes:
            if not (isinstance(node, ast.Attribute) and node.attr in FUNCTIONS):
                continue
            of = node.value
            if isinstance(of, ast.Name):
                used.setdefault((origin.get(of.id, _name_of(path)), of.id), set()).add(node.attr)
            elif isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and of.value.id in origin:
                used.setdefault((f"{origin[of.value.id]}.{of.value.id}", of.attr), set()).add(node.attr)
    return used


def _name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def _written_in_place(path: Path) -> Iterator[tuple[int, str, re.Pattern[Any]]]:
    """``re.sub("…", …)`` and its like: line, method, pattern. One that is put together in place is left out."""
    for node in _nodes().get(path, ()):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        of, method = node.func.value, node.func.attr
        if not (isinstance(of, ast.Name) and of.id == "re" and method in FUNCTIONS):
            continue
        if isinstance(node.args[0], ast.Constant):
            flags = re.RegexFlag(0)
            for each in (*node.args[1:], *node.keywords):
                for part in ast.walk(each):
                    if isinstance(part, ast.Attribute) and part.attr in re.RegexFlag.__members__:
                        flags |= re.RegexFlag[part.attr]
            yield node.lineno, method, re.compile(node.args[0].value, flags)


PALETTE = (
    *(".", "…", "!", ",", ";", ":", "-", "–", "(", "[", "<", "{", ")", "]", ">", "*", "_", "`", "#", "/", "\\", "'"),
    *(
        '"',
        "“",
        "&",
        "%",
        "=",
        "|",
        "@",
        "+",
        "1",
        "0",
        "a",
        "A",
        " ",
        "\n",
        "\t",
        "\r\n",
        "\u200b",
        "é",
        "一",
        "a.",
        "a. ",
    ),
    *("1.", "1,", "111,", "1 ", "[1]", "[1", "(1", "1-", "[1,", "a ", "A ", "A. ", "Aa ", "\n1", " \n", "a\n", "\n\n"),
    *("<a", "</", "<a>", "<!--", "<!--a-->", "<p><", "&a", "](", "[a](", "http://", "doi:10.", "10.1234/", "PMID "),
    *("2020;", " AND ", "a[", '"a" ', "a* ", "( ", " )"),
)
"""Runs that are tried on every pattern."""

_TAILS = ("", "\x00", "\n!")


def hostile_strings(pattern: re.Pattern[Any], most: int = 110) -> tuple[Hostile, ...]:
    """Texts that may slow this pattern down, without repeats."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(text, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    made = dict.fromkeys(islice(dict.fromkeys(_from_tree(tree)), most))
    return tuple(made | dict.fromkeys(Hostile("", unit, "\x00") for unit in PALETTE))


def _from_tree(tree: Any) -> Iterator[Hostile]:
    whole = list(islice(_samples(tree), 6))
    for before, body, after in _repeats(tree, "", ""):
        for unit in islice(_samples(body), 6):
            if not unit:
                continue
            for tail in _TAILS:
                yield Hostile("", unit, tail)
                yield Hostile(before, unit, tail)
                if before:
                    yield Hostile("", before + unit, tail)
                if after:
                    yield Hostile("", unit + after, tail)
                    yield Hostile("", unit + after[:-1] or unit, tail)
    for sample in whole:
        for unit in (sample, sample[:-1], sample[1:]):
            if unit:
                yield Hostile("", unit, "")
                yield Hostile("", unit, "\x00")
    letters = list(dict.fromkeys(_letters(tree)))[:9]
    for pair in product(letters, repeat=2):
        yield Hostile("", "".join(pair), "\x00")


def _samples(tree: Any) -> Iterator[str]:
    """A few short texts that a tree accepts, as far as one can tell without matching."""
    parts = [list(islice(_node_samples(op, value), 3)) or [""] for op, value in tree]
    width = max(map(len, parts), default=1)
    for turn in range(width):
        yield "".join(each[min(turn, len(each) - 1)] for each in parts)


def _node_samples(op: Any, value: Any) -> Iterator[str]:
    if op is sre.LITERAL:
        yield chr(value)
    elif op is sre.NOT_LITERAL:
        yield next(c for c in "a1 ." if ord(c) != value)
    elif op is sre.ANY:
        yield from ("a", " ", ".")
    elif op is sre.IN:
        yield from _members(value)
    elif op is sre.BRANCH:
        for branch in value[1]:
            yield from islice(_samples(branch), 1)
    elif op is sre.SUBPATTERN:
        yield from _samples(value[3])
    elif op is sre.ATOMIC_GROUP:
        yield from _samples(value)
    elif op in _REPEATS:
        least, most, body = value
        count = max(least, 1 if most else 0)
        for sample in _samples(body):
            yield sample * min(count, 8)


_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}


def _members(items: Any) -> Iterator[str]:
    """A few characters of a set, one for each range or class of it."""
    if items and items[0][0] is sre.NEGATE:
        taken = set(_every(items[1:]))
        yield from islice((c for c in "a1 .,-(A[é\n<" if c not in taken), 4)
        return
    yield from islice((c for op, value in items for c in islice(_class(op, value), 1)), 5)


def _class(op: Any, value: Any) -> Iterator[str]:
    if op is sre.LITERAL:
        yield chr(value)
    elif op is sre.RANGE:
        yield chr(value[0])
    elif op is sre.CATEGORY:
        yield from _CATEGORIES[value]


_CATEGORIES = {
    sre.CATEGORY_DIGIT: "1", sre.CATEGORY_NOT_DIGIT: "a. ", sre.CATEGORY_SPACE: " \n\t", sre.CATEGORY_NOT_SPACE: "a.1",
    sre.CATEGORY_WORD: "a1_", sre.CATEGORY_NOT_WORD: ". -",
}  # fmt: skip


def _every(items: Any) -> Iterator[str]:
    for op, value in items:
        if op is sre.LITERAL:
            yield chr(value)
        elif op is sre.RANGE:
            yield from (chr(code) for code in range(value[0], min(value[1], value[0] + 300) + 1))
        elif op is sre.CATEGORY:
            yield from (c for c in string.printable + "é一" if _in_category(c, value))


def _in_category(letter: str, category: Any) -> bool:
    name = str(category).removeprefix("CATEGORY_")
    is_in = {"DIGIT": letter.isdigit(), "SPACE": letter.isspace(), "WORD": letter.isalnum() or letter == "_"}
    return not is_in[name[4:]] if name.startswith("NOT_") else is_in[name]


def _repeats(tree: Any, before: str, after: str) -> Iterator[tuple[str, Any, str]]:
    """Every repeat without a near end, with a text that leads to it and one that its pattern wants behind it."""
    nodes = list(tree)
    said = [next(_node_samples(*node), "") for node in nodes]
    lead = before
    for place, (op, value) in enumerate(nodes):
        rest = "".join(said[place + 1 :]) + after
        if op in _REPEATS:
            _, most, body = value
            if most > 20:
                yield lead, body, rest
            yield from _repeats(body, lead, rest)
        elif op is sre.SUBPATTERN:
            yield from _repeats(value[3], lead, rest)
        elif op is sre.ATOMIC_GROUP:
            yield from _repeats(value, lead, rest)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, lead, rest)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _repeats(value[1], lead, rest)
        lead += said[place]


def _letters(tree: Any) -> Iterator[str]:
    for op, value in tree:
        if op is sre.LITERAL:
            yield chr(value)
        elif op in (sre.IN, sre.ANY, sre.NOT_LITERAL):
            yield from _node_samples(op, value)
        elif op in _REPEATS:
            yield from _letters(value[2])
        elif op is sre.SUBPATTERN:
            yield from _letters(value[3])
        elif op is sre.ATOMIC_GROUP:
            yield from _letters(value)
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from _letters(branch)
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _letters(value[1])
