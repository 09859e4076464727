"""The abbreviations that a text defines: ``obstructive sleep apnea (OSA)`` → where OSA stands for it.

By the letters of the words before the bracket, as Schwartz and Hearst do it (Pac Symp Biocomput 2003;8:451). Only
abbreviations that the text itself explains are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_SHORT = re.compile(r"\(([A-Za-z][A-Za-z0-9-]{1,9})\)")
_WORDS = re.compile(r"[^\W_][\w-]*")


COMMON: Mapping[str, str] = MappingProxyType(
    {
        "ACE": "angiotensin converting enzyme",
        "CKD": "chronic kidney disease",
        "COPD": "chronic obstructive pulmonary disease",
        "HbA1c": "glycated haemoglobin",
        "HOMA-IR": "homeostasis model assessment of insulin resistance",
        "NAFLD": "nonalcoholic fatty liver disease",
        "NSAIDs": "nonsteroidal anti-inflammatory drugs",
        "PCOS": "polycystic ovary syndrome",
        "T2D": "type 2 diabetes",
        "T2DM": "type 2 diabetes",
    }
)
"""Abbreviations that abstracts leave unexplained and that mean one thing in medicine."""


def find_abbreviations(text: str) -> dict[str, str]:
    """Short form → long form, the first definition of each.

    >>> find_abbreviations("Obstructive sleep apnea (OSA) and arterial hypertension (AH) go together.")
    {'OSA': 'Obstructive sleep apnea', 'AH': 'arterial hypertension'}
    """
    found: dict[str, str] = {}
    for match in _SHORT.finditer(text):
        short = match[1]
        if short in found or sum(letter.isupper() for letter in short) < 2:
            continue
        long = _long_form(short, text[max(0, match.start() - 120) : match.start()])
        if long:
            found[short] = long
    return found


def _long_form(short: str, before: str) -> str:
    """The shortest run of words that ends before the bracket and holds the short form's letters in their order."""
    letters = [letter.lower() for letter in short if letter.isalnum()]
    words = list(_WORDS.finditer(before))[-min(len(letters) + 5, len(letters) * 2) :]
    at = len(before)
    for place, letter in reversed(list(enumerate(letters))):
        while True:
            at = before.lower().rfind(letter, 0, at)
            if at < 0:
                return ""
            # The first letter must begin a word; the others may stand anywhere.
            if place > 0 or at == 0 or not before[at - 1].isalnum():
                break
    return before[at:].strip() if words and at >= words[0].start() else ""
