"""The text of an element that may hold markup: b, i, u, sup, sub, MathML, formulas.

The whole subtree's text is kept and the markup dropped, so that HbA<sub>1c</sub> is found as HbA1c and Ca<sup>2+</sup>
as Ca2+. One exception protects the reader: a raised number behind a digit is joined with ``^``, because
10<sup>9</sup> is not 109; fractions and powers in MathML likewise keep their sign. XML's blanks are folded to one.
"""

from __future__ import annotations

import re

from lxml import etree

_BLANKS = re.compile(r"[ \t\r\n]+")
_RAISED_NUMBER = re.compile(r"\s*[-+\u2212\u2013]?\d")
_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_JOINED_BY = {f"{_MATHML}msup": "^", f"{_MATHML}mfrac": "/"}
_UNSHOWN = {f"{_MATHML}annotation", f"{_MATHML}annotation-xml"}


def fold(found: str | None) -> str:
    """The text with XML's blanks folded to one and none at its ends; empty for None."""
    if not found:
        return ""
    if "\n" in found or "  " in found or "\t" in found or "\r" in found:
        found = _BLANKS.sub(" ", found)
    return found.strip(" ")


def text(element: etree._Element | None) -> str:
    """The element's whole text, markup dropped, blanks folded; empty for None."""
    if element is None:
        return ""
    return fold(_flatten(element) if len(element) else element.text)


def text_or_none(element: etree._Element | None) -> str | None:
    """The element's text, or None where it is missing or blank."""
    return text(element) or None


def _flatten(element: etree._Element) -> str:
    found = element.text or ""
    for child in element:
        tag = child.tag
        inner = _formula(child) if tag.startswith(_MATHML) else _flatten(child)
        found = (raise_to(found, inner) if tag == "sup" else found + inner) + (child.tail or "")
    return found


def raise_to(base: str, inner: str) -> str:
    """The text so far and, behind it, what a ``sup`` holds."""
    sign = "^" if base[-1:].isdigit() and _RAISED_NUMBER.match(inner) else ""
    return base + sign + inner


def _formula(element: etree._Element) -> str:
    """A MathML subtree's text: blanks between its elements mean nothing, powers and fractions keep their sign."""
    if element.tag in _UNSHOWN:
        return ""
    own = (element.text or "").strip()
    return own + _JOINED_BY.get(str(element.tag), "").join(map(_formula, element)) if len(element) else own
