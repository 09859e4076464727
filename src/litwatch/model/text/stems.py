"""A text's words as terms with their places: cut to stems, British and American spelling made one, empty words dropped.

For comparing an article's sentences with a record's: "obese" meets "obesity", "apnoea" meets "apnea".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Term(NamedTuple):
    """One word of a text."""

    stem: str
    start: int
    end: int


_WORD = re.compile(r"\b[Tt]ype[ -](?:[1-4]|I{1,3}|IV)\b|[^\W\d_][^\W_]{2,}(?:-\d+[a-z]?)?|[^\W\d_]{1,4}-?\d+[a-z]?")
_COMMON = frozenset(
    "about according after again against all also although among and any are around article associate"
    " associated association associations because been before being between both but can cause caused causes"
    " causing certain clinical compared contribute contributes contributing contributor could data demonstrated"
    " demonstration develop developing development different due during each effect effects especially evidence"
    " factor factors find findings first for found four from had has have having help helps her high higher his"
    " how however important include included includes including increase increased increases increasing into"
    " investigated its key lead leads level levels like low lower main major make many may more most much new"
    " non nor not number observed one only other others our out over particularly patient patients plays"
    " population post pre present primarily pro quality rate related report reported research result results"
    " review reviewed risk role same second several should show showed shown significant significantly similar"
    " since some studied studies study such than that the their them then there these they this those three"
    " through thus time two type under use used using various via was well were what when where whether which"
    " while who will with within without year years".split()
)
_ENDING = re.compile(
    r"(?:isations?|izations?|ational|atory|ations?|ances?|ences?|ants?|ents?|ities|ity|ies|ical|ics|ic|als?|ous|ives?|"
    r"ions?|es|s|ings?|ed|y|e)$"
)


def terms_of(text: str) -> tuple[Term, ...]:
    """The text's telling words in their order, each with its offsets in the text."""
    found = []
    for match in _WORD.finditer(text):
        stem = _stem(match[0])
        if stem:
            found.append(Term(stem, match.start(), match.end()))
    return tuple(found)


def stems_of(text: str) -> frozenset[str]:
    """The stems alone."""
    return frozenset(term.stem for term in terms_of(text))


_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    """The word's stem, lower case; empty for a word that tells nothing."""
    plain = word.lower()
    if plain in _COMMON:
        return ""
    if plain.startswith(("type ", "type-")):
        return f"type-{_ROMAN.get(plain[5:], plain[5:])}"
    plain = plain.replace("ae", "e").replace("oe", "e").replace("our", "or").replace("ph", "f")
    if len(plain) < 5 or plain[-1].isdigit():
        return plain.removesuffix("s") if len(plain) == 4 else plain
    stem = _ENDING.sub("", plain)
    return stem if len(stem) >= 4 else plain.removesuffix("s")
