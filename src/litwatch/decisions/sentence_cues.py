"""Cues: words that tell what a sentence does, such as "we aimed to" or "was lower than", and whether a text has one.

Thousands of sentences are asked for some twenty cues each, so a cue is written to fail fast. It is looked for in the
text in small letters: a pattern that must ignore capitals tries every character of it twice. Its alternatives are
sorted by their first letters, so that one look at a word's first letter rules out nearly all of them. And where no
match can do without one of a few words, these are looked for first. None of this changes what is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ALONE = {0x130: "i", 0x131: "i", 0x17F: "s"}
"""What ``re.IGNORECASE`` takes for an "i" or an "s", and ``str.lower`` leaves or makes two characters of."""


def fold(text: str) -> str:
    """A text in small letters, with every character where it was.

    A pattern in small letters finds in it, at the same offsets, what it finds in the text by ``re.IGNORECASE``.
    """
    return text.lower() if text.isascii() else text.translate(_ALONE).lower()


@dataclass(frozen=True, eq=False, slots=True)
class Cue:
    """What may be found in a text. A cue is equal to itself alone: to hash its pattern takes longer than to search."""

    pattern: re.Pattern[str]
    needs: tuple[str, ...] = ()
    """Every match holds one of these; none where that is not known."""
    hint: re.Pattern[str] | None = None
    """Found in every text that has a match, and sooner."""

    def search(self, text: str) -> re.Match[str] | None:
        """The first match; the text is folded, unless the cue is one of capitals."""
        if not self._may_be_in(text):
            return None
        if self.pattern.pattern[:1] == "^":  # ``search`` would go on to try every other place
            return self.pattern.match(text)
        return self.pattern.search(text)

    def find_all(self, text: str) -> Iterator[re.Match[str]]:
        """All matches."""
        return self.pattern.finditer(text) if self._may_be_in(text) else iter(())

    def is_in(self, text: str) -> bool:
        """Whether the text has it."""
        return self.search(text) is not None

    def _may_be_in(self, text: str) -> bool:
        if self.needs and not any(need in text for need in self.needs):
            return False
        return self.hint is None or self.hint.search(text) is not None


def cue(pattern: str, *, needs: str = "", hint: str | None = None) -> Cue:
    """A cue by its pattern, in small letters; ``needs`` are separated by ``|``.

    A pattern that begins with "^" is looked for at the beginning only, whichever of its alternatives stands there.
    """
    return Cue(re.compile(pattern), tuple(filter(None, needs.split("|"))), re.compile(hint) if hint else None)


def words(alternatives: str, *, needs: str = "") -> Cue:
    """A cue that begins a word: one of the alternatives, in small letters, separated by ``|``."""
    return cue(rf"\b(?:{sort_by_first_letter(alternatives)})", needs=needs)


def sort_by_first_letter(alternatives: str) -> str:
    """A pattern that matches wherever one of the alternatives does; those that begin alike stand together.

    >>> sort_by_first_letter("rose|fell|raised|(?:was|is) lower")
    'r(?:ose|aised)|fell|was lower|is lower'
    """
    groups: dict[str, list[str]] = {}
    for each in _spread(alternatives):
        first = _first_letter(each)
        groups.setdefault(first, []).append(each[len(first) :])
    return "|".join(first + _choice(rest) if first else "|".join(rest) for first, rest in groups.items())


def _choice(alternatives: list[str]) -> str:
    return alternatives[0] if len(alternatives) == 1 else f"(?:{sort_by_first_letter('|'.join(alternatives))})"


def _first_letter(pattern: str) -> str:
    """The letter with which each match begins; empty where that is not one letter."""
    return pattern[:1] if pattern[:1].isalpha() and pattern[1:2] not in _REPEATS else ""


_REPEATS = frozenset("?*+{")


def _spread(alternatives: str) -> Iterator[str]:
    """The alternatives; in place of one that begins with a choice of words, one for each first letter of these."""
    for each in _split(alternatives):
        end = _end_of_choice(each)
        if not end or each[end : end + 1] in _REPEATS:
            yield each
            continue
        by_letter: dict[str, list[str]] = {}
        for choice in _split(each[3 : end - 1]):
            by_letter.setdefault(_first_letter(choice), []).append(choice)
        for first, choices in by_letter.items():
            if first and len(choices) > 1:
                yield f"{first}(?:{'|'.join(choice[1:] for choice in choices)}){each[end:]}"
            else:
                yield from (choice + each[end:] for choice in choices)


_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""A part of a pattern that no bracket or bar inside it divides."""


def _split(alternatives: str) -> list[str]:
    """The alternatives of a pattern, without dividing what stands in brackets."""
    found, depth = [""], 0
    for piece in _PIECE.findall(alternatives):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found


def _end_of_choice(pattern: str) -> int:
    """Where the choice ends with which a pattern begins, as in "(?:was|is) lower"; 0 where it begins otherwise."""
    if not pattern.startswith("(?:"):
        return 0
    depth = 0
    for piece in _PIECE.finditer(pattern):
        depth += (piece[0] == "(") - (piece[0] == ")")
        if not depth:
            return piece.end()
    return 0
