"""Lint rules on characters that look like others or like nothing: they come with text copied from pages and PDFs.

Each rule names its source. "Recorded" means an ESearch answer of September or October 2026 published by
ernestobarrera/pubmed-filters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from litwatch.model.severity import Severity
from litwatch.strategy.characters import TYPOGRAPHIC_ASTERISKS
from litwatch.strategy.problems import Reading, StrategyProblem

_ERROR = Severity.ERROR


def typographic_asterisk(reading: Reading) -> Iterator[StrategyProblem]:
    """A look-alike of the asterisk, from a PDF or a word processor, does not truncate.

    Source: recorded, ``intervent∗[ti]`` → searched as ``"intervent"[Title]``, 9 hits.
    """
    for place, char in enumerate(reading.text):
        if char in TYPOGRAPHIC_ASTERISKS:
            yield reading.problem(
                ("S08-typographic-asterisk", _ERROR),
                place,
                place + 1,
                f'"{char}" (U+{ord(char):04X}) is not an asterisk: nothing is truncated.',
                'Type a plain "*".',
            )


_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-f]{1,6});", re.IGNORECASE)


def html_entity(reading: Reading) -> Iterator[StrategyProblem]:
    """A character code from a web page is searched letter by letter.

    Source: recorded, ``"BMJ Simulation &amp; …"[jour]`` → 0 hits, quoted phrase not found.
    """
    for found in _ENTITY.finditer(reading.text):
        yield reading.problem(
            ("S14-html-entity", _ERROR),
            found.start(),
            found.end(),
            f"{found[0]} is a web page's code for a character; PubMed searches it as letters.",
            "Type the character itself.",
        )


def invisible_character(reading: Reading) -> Iterator[StrategyProblem]:
    """A character that no screen shows, copied from a page or a PDF, hides inside a word or an operator.

    ``OR`` followed by a zero-width space is no operator, and a word with a soft hyphen in it is another word.

    A no-break space or another blank that is not the keyboard's is one, too.

    Source: Unicode's general categories Z (blanks), Cf (format: zero-width, soft hyphen, byte order mark, direction
    marks), Cc (control), Co (private use) and Cs, and the fillers and joiners of other categories. What PubMed makes of
    each is not documented.
    """
    for place, char in enumerate(reading.text):
        if _is_invisible(char):
            blank = char.isspace() or unicodedata.category(char).startswith("Z")
            sign = f"{'An unusual blank' if blank else 'An invisible character'} (U+{ord(char):04X}) stands here; "
            yield reading.problem(
                ("S28-invisible-character", _ERROR),
                place,
                place + 1,
                sign + ("PubMed may not read it as one." if blank else "it changes the word or operator beside it."),
                "Type a plain blank." if blank else "Delete it: type the text around it anew, without copying.",
            )


_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Shown as nothing although Unicode counts them as letters, marks or symbols."""


def _is_invisible(char: str) -> bool:
    if char.isascii():
        return not char.isprintable() and not char.isspace()
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or char in _FILLERS or unicodedata.category(char) in {"Cf", "Cc", "Co", "Cs", "Zs", "Zl", "Zp"}


def full_width_sign(reading: Reading) -> Iterator[StrategyProblem]:
    """A sign of an East Asian keyboard looks like a parenthesis, colon or letter and is none to PubMed.

    Source: Unicode blocks "Halfwidth and Fullwidth Forms" and "CJK Symbols and Punctuation"; PubMed documents only the
    ASCII signs.
    """
    for found in _FULL_WIDTH.finditer(reading.text):
        if found[0] in TYPOGRAPHIC_ASTERISKS:
            continue
        plain = unicodedata.normalize("NFKC", found[0])
        yield reading.problem(
            ("S29-full-width-sign", _ERROR),
            found.start(),
            found.end(),
            f"{found[0]} is a full-width sign (U+{ord(found[0][0]):04X}): PubMed does not read it as {plain}.",
            f"Type {plain} on a Latin keyboard." if plain.isascii() else "Remove it.",
        )


_FULL_WIDTH = re.compile("[\uff01-\uff60\uffe0-\uffee\u3001-\u3020]+")


def look_alike_letter(reading: Reading) -> Iterator[StrategyProblem]:
    """A Cyrillic or Greek letter in place of a Latin one makes another word: OR with a Cyrillic O is no operator.

    A Greek letter with a sound of its own (TNFα, β-cell) is none of these.

    Source: Unicode Technical Standard 39, "Unicode Security Mechanisms" (confusables), for capital letters.
    """
    for found in _LETTERS.finditer(reading.text):
        word = found[0]
        if word.isascii() or not any(char in _LOOK_ALIKES for char in word):
            continue
        latin = word.translate(_LOOK_ALIKE_TABLE)
        if latin.isascii() and (any(char.isascii() for char in word) or latin in {"AND", "OR", "NOT"}):
            yield reading.problem(
                ("S30-look-alike-letter", _ERROR),
                found.start(),
                found.end(),
                f"This word has a letter of another alphabet that looks like a Latin one ({latin}).",
                "Type the word anew.",
            )


_LETTERS = re.compile(r"[^\W\d_]+")
_LOOK_ALIKES = dict(
    zip(
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456"
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
        "ABEKMHOPCTXaeopcyxiABEZHIKMNOPTYXo",
        strict=True,
    )
)
"""Letters of the Cyrillic and Greek alphabets, each with the Latin letter that it looks like."""
_LOOK_ALIKE_TABLE = str.maketrans(_LOOK_ALIKES)


def damaged_character(reading: Reading) -> Iterator[StrategyProblem]:
    """A ligature of a PDF, a sign for a lost letter, or UTF-8 read as Latin-1: the word is not what it looks like.

    Source: Unicode blocks "Alphabetic Presentation Forms" (ﬀ to ﬆ) and "Specials" (U+FFFD). What PubMed makes of a
    ligature is not documented.
    """
    for found in _DAMAGED.finditer(reading.text):
        plain = unicodedata.normalize("NFKC", found[0])
        ligature = plain.isascii()
        yield reading.problem(
            ("S39-damaged-character", _ERROR),
            found.start(),
            found.end(),
            f'"{found[0]}" (U+{ord(found[0][0]):04X}) is one sign for the letters {plain}, from a PDF.'
            if ligature
            else f'"{found[0]}" is what a lost or misread character leaves behind.',
            f"Type {plain}." if ligature else "Type the text around it anew.",
        )


_DAMAGED = re.compile(
    "[\ufb00-\ufb06\ufffd]|\u00e2\u20ac.?|\u00c3[\u0080-\u00bf]|\u00c2[\u00a0-\u00bf]|\u00ce[\u00b1-\u00bf]"
)


RULES = (
    typographic_asterisk,
    html_entity,
    invisible_character,
    full_width_sign,
    look_alike_letter,
    damaged_character,
)
