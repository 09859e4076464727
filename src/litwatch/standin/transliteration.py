"""Writes text in ASCII as PubMed's MEDLINE format does: Greek letters by name, accents dropped, signs spelled out.

Seen in recorded answers of 2019 to 2026: ``pTalpha``, ``(c) 2022``, ``+/-``, ``>/=``, ``degrees C``, ``Universite``,
and in capitals ``Omicronrthopedics``. Signs that none of them shows follow the same pattern; what has no spelling
becomes a question mark.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SIGNS: Final = {
    "©": "(c)", "®": "(R)", "™": "(TM)", "±": "+/-", "≥": ">/=", "⩾": ">/=", "≧": ">/=", "≤": "</=", "⩽": "</=",
    "≦": "</=", "≠": "not equal", "≈": " approximately ", "∼": "approximately ", "≅": " approximately ",
    "×": "x", "÷": "/", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "⁻": "-", "·": ".",
    "•": "*", "∙": ".", "⋅": ".", "°": " degrees ", "º": " degrees ", "′": "'", "″": '"', "‘": "'", "’": "'", "‚": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "…": "...", "→": "-->", "←": "<--", "↔": "<-->",
    "↑": "upward arrow", "↓": "downward arrow", "∞": "infinity", "√": "square root", "∑": "sum", "∆": "Delta",
    "£": "pound", "€": "euro", "¥": "yen",
    "§": "section sign", "†": "dagger", "‡": "double dagger", "¶": "paragraph sign", "ß": "ss", "æ": "ae",
    "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "Th", "ı": "i", "¿": "?", "¡": "!", "´": "'", "ʼ": "'", "¨": "", "⁄": "/",
}  # fmt: skip
_RAISED: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+|[₀₁₂₃₄₅₆₇₈₉₊₋]+")
_GREEK: Final = re.compile(r"GREEK (CAPITAL|SMALL) LETTER (?:FINAL )?(\w+)")


def in_ascii(text: str) -> str:
    """The text with nothing beyond ASCII in it."""
    if text.isascii():
        return text
    bracketed = _RAISED.sub(lambda found: f"({unicodedata.normalize('NFKD', found[0])})", text)
    return re.sub("  +", " ", "".join(map(_spelled, bracketed)))


def _spelled(sign: str) -> str:
    if sign.isascii():
        return sign
    if (known := _SIGNS.get(sign)) is not None:
        return known
    plain = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    if plain.isascii():
        return plain
    if plain != sign:
        return "".join(map(_spelled, plain))
    letter = _GREEK.match(unicodedata.name(sign, ""))
    if letter is None:
        return "" if unicodedata.category(sign) in ("Cf", "Mn", "Lm") else "?"
    name = letter[2].lower()
    return name.capitalize() if letter[1] == "CAPITAL" else name
