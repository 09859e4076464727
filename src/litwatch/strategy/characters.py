"""How PubMed reads characters: words, stop-words and wildcards, the same for records and for strategies.

PubMed indexes words without case, punctuation or diacritics: ``"[18F]FDG"`` is searched as ``18f fdg`` and
``asthma's`` as ``asthma s`` (both seen in QueryTranslation).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

BREAK = "|"
"""Stands between two texts that no phrase may cross (a title and a keyword, two affiliations)."""

WILDCARD = "*"
SHORTEST_STEM = 4
"""Characters that PubMed wants before the first wildcard (PubMed User Guide, "Truncation")."""

TYPOGRAPHIC_ASTERISKS = "\u2217\u204e\uff0a\u273b\u2731\u2732\u2733\u22c6\u066d\ufe61\ua673"
"""Look like ``*`` but are not: ``intervent∗[ti]`` is searched as ``intervent`` (measured in 2026)."""

STOP_WORDS = frozenset(
    """a about again all almost also although always among an and another any are as at be because been before
    being between both but by can could did do does done due during each either enough especially etc for found
    from further had has have having here how however i if in into is it its itself just kg km made mainly make
    may mg might ml mm most mostly must nearly neither no nor obtained of often on our overall perhaps pmid quite
    rather really regarding seem seen several should show showed shown shows significantly since so some such
    than that the their theirs them then there therefore these they this those through thus to upon use used
    using various very was we were what when which while with within without would""".split()
)
"""PubMed's list (PubMed Help, NBK3827, table "Stopwords"). They stand in phrases but are never searched alone."""

_ASCII_WORDS = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_NOT_A_WORD = re.compile(r"[^\w]|_")
TEXT_END = "\x01"
"""Stands behind each text among the words of many. XML cannot hold it, and in a record it is a blank like any other."""
_MANY_TEXTS = bytes(code if code > 127 or chr(code) == TEXT_END else ord(_ASCII_WORDS[code]) for code in range(256))
"""For UTF-8, whose bytes of other characters than ASCII stay as they are."""


class _Folded(dict[int, str]):
    """What each character leaves in normalised text, worked out when it is first met.

    Character by character is exact: decomposing a text only reorders combining marks, and those are dropped.
    """

    def __missing__(self, code: int) -> str:
        parts = "".join(char for char in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(char))
        self[code] = _NOT_A_WORD.sub(" ", parts.casefold())
        return self[code]


_FOLDED = _Folded()


def normalise(text: str) -> str:
    """Words of ``text`` joined by one blank: lower case, no punctuation, no diacritics; empty if it has none.

    >>> normalise("Ménière's disease: [18F]FDG")
    'meniere s disease 18f fdg'
    """
    return " ".join(text.translate(_ASCII_WORDS if text.isascii() else _FOLDED).split())


def words_of_texts(texts: Sequence[str]) -> bytes:
    """The words of each text between blanks, as ``normalise`` reads it, in UTF-8, with ``TEXT_END`` behind each text.

    >>> words_of_texts(["Ménière's disease", "", "Gout"]).split()
    [b'meniere', b's', b'disease', b'\\x01', b'\\x01', b'gout', b'\\x01']
    """
    whole = f" {TEXT_END} ".join((*texts, ""))
    if whole.count(TEXT_END) != len(texts):
        whole = f" {TEXT_END} ".join((*(text.replace(TEXT_END, " ") for text in texts), ""))
    return whole.encode("ascii", _FOREIGN).translate(_MANY_TEXTS)


def _fold(foreign: UnicodeError) -> tuple[bytes, int]:
    """What stands in place of characters that are not ASCII, for the encoder, which passes over the others quickly."""
    if not isinstance(foreign, UnicodeEncodeError):
        raise foreign
    return foreign.object[foreign.start : foreign.end].translate(_FOLDED).encode(), foreign.end


_FOREIGN = "litwatch.fold"
codecs.register_error(_FOREIGN, _fold)


def normalise_pattern(text: str) -> str:
    """Like ``normalise`` but keeps ``*``: ``"Follow-up stud*"`` → ``follow up stud*``, ``risk *`` → ``risk *``."""
    if WILDCARD not in text:
        return normalise(text)
    read: list[str] = []
    for part in text.split():
        if WILDCARD not in part:
            read.append(normalise(part))
            continue
        pieces = [(normalise(piece), piece) for piece in part.split(WILDCARD)]
        joined = pieces[0][0]
        for words, raw in pieces[1:]:
            joined += WILDCARD + (" " if words and not raw[0].isalnum() else "") + words
        read.append(re.sub(r"\*+", WILDCARD, joined))
    return " ".join(word for word in read if word)


def usable_wildcards(text: str) -> str:
    """``text`` without the asterisks that PubMed does not take for wildcards: those after fewer than four characters.

    That such an asterisk is dropped, and not the whole term, is an assumption; the linter calls it an error.
    """
    stem = text.split(WILDCARD, 1)[0]
    if WILDCARD in text and sum(char.isalnum() for char in stem) < SHORTEST_STEM:
        return text.replace(WILDCARD, " ")
    return text


@lru_cache(maxsize=4096)
def word_pattern(words: str) -> re.Pattern[str]:
    """A pattern for normalised text " w w | w "; ``stud*`` stands for a word's rest, a lone ``*`` for one word."""
    regex = " ".join("[^ |]+" if word == WILDCARD else _glob(word) for word in words.split(" "))
    return re.compile(f"(?<= ){regex}(?= )")


@lru_cache(maxsize=4096)
def value_pattern(value: str) -> re.Pattern[str]:
    """A pattern for a whole normalised value (a heading, a journal); a lone ``*`` stands for one or more words.

    Words between two lone asterisks are taken at their first place and never again, as within a word (``_glob``).
    """
    regex, gap = "", ""
    runs = [(lone, list(run)) for lone, run in groupby(value.split(" "), key=lambda word: word == WILDCARD)]
    for place, (lone, run) in enumerate(runs):
        if lone:
            gap = "[^ ]+ " * (len(run) - 1) + ".+"
            continue
        words = " ".join(map(_glob, run))
        if not gap:
            regex = words
        elif place + 1 < len(runs):
            regex += f"{' ' if regex else ''}(?>{gap}? {words}(?= ))"
        else:
            regex += f"{' ' if regex else ''}{gap} {words}"
        gap = ""
    return re.compile(f"{regex}{' ' if regex and gap else ''}{gap}")


def _glob(word: str) -> str:
    """Each part between two asterisks is taken at its first place and never again, so no text takes long to refuse."""
    first, *middle = (re.escape(part) for part in word.split(WILDCARD))
    if not middle:
        return first
    *middle, last = middle
    return first + "".join(f"(?>[^ |]*?{part})" for part in middle) + f"[^ |]*{last}"
