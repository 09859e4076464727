"""The "last updated" date as pages print it → a date, or the reason why not.

Day-month order is never guessed: 03/04/2025 is reported, not read.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from litwatch.articles.languages import alternatives, folded, languages

_NUMBER_OF = {
    folded(name): number
    for language in languages()
    for number, names in enumerate(language.months, start=1)
    for name in names
}
_MONTH = rf"({alternatives(name for language in languages() for names in language.months for name in names)})\b\.?"
_OF = rf"(?:(?:{alternatives(word for language in languages() for word in language.day_words)})\s+)?"
_TH = rf"(?:{alternatives(word for language in languages() for word in language.day_words if len(word) == 2)}|[ºª°])?"
_MONTH_DAY = re.compile(_MONTH + rf"\s+(\d{{1,2}}){_TH},?\s+(\d{{4}})", re.IGNORECASE)
_DAY_MONTH = re.compile(rf"(\d{{1,2}}){_TH}\.?\s+{_OF}{_MONTH},?\s+{_OF}(\d{{4}})", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d.*)?", re.IGNORECASE)
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})")


_SAID = re.compile(
    r"(?:(?:this |the )?(?:article|page|content|post|information|text|entry|topic|answer)s?"
    r"(?: (?:was|is|has been))? ?)?"
    r"(?:date of (?:the )?)?(?:(?:medically|clinically|fact|editorially|peer|last|date|most recently|first)[ -]?){0,3}+"
    r"(?P<what>updated?|modified|modification|revised|revision|edited|edit|reviewed|review|checked)\b"
    r"(?P<between>[^\d\n]{0,90}?)(?P<date>(?:\b" + _MONTH + r"(?=[\s\d,])|\d)[^\n]{0,60})",
    re.IGNORECASE,
)
_ON = alternatives(word for language in languages() for word in language.before_date)
_REVIEWED = alternatives(words for language in languages() for words in language.reviewed)
_SAID_ABROAD = re.compile(
    rf"(?:(?P<reviewed>{_REVIEWED})|{alternatives(words for language in languages() for words in language.updated)})"
    rf"\s*+(?:[:|–-]\s*+)?+(?:(?:{_ON})(?:\s*+:)?+\s++)?(?P<date>(?:\d|{_MONTH}\s)[^\n]{{0,60}})",
    re.IGNORECASE,
)
_PLAIN_WORDS = ("updated", "modified", "revised")
_REVIEW_WORDS = ("review", "check")
_MONTH_YEAR = re.compile(_MONTH + r",?\s+\d{4}\b", re.IGNORECASE)
"""Names no day, but says that the page is dated: it is told as a date that cannot be used."""
_FORMS = (_MONTH_DAY, _DAY_MONTH, _ISO, _SLASHED, _MONTH_YEAR)
_CLAUSE = re.compile(r"(?<=[.;|·•,)])\s+|\s[–—|·•-]\s+")
_LONGEST_LINE = 200
_LONGEST_DATE = 40
_MOST_BETWEEN = 10
"""Words between "reviewed" and the date: "reviewed by Jane Doe, MD, on"."""


def printed_update(line: str) -> tuple[str, bool] | None:
    """The date that a line of its own names as that of the last update, and whether it is one of review instead.

    >>> printed_update("This page was last edited on 4 May 2024, at 10:12 (UTC).")
    ('4 May 2024, at 10:12 (UTC).', False)
    >>> printed_update("Last reviewed: 10 October 2023")
    ('10 October 2023', True)
    >>> printed_update("Dernière mise à jour : le 1er mars 2024")
    ('1er mars 2024', False)
    """
    if len(line) > _LONGEST_LINE:
        return None
    abroad = _SAID_ABROAD.match(line)
    if abroad is not None and any(form.match(abroad["date"]) for form in _FORMS):
        return abroad["date"], abroad["reviewed"] is not None
    found = _SAID.match(line)
    if found is None or len(found["between"].split()) > _MOST_BETWEEN:
        return None
    plain = found["what"].casefold() in _PLAIN_WORDS and found["between"].strip(" :|").casefold() in ("", "on")
    if not plain and not any(form.match(found["date"]) for form in _FORMS):
        return None  # "Review the dose after 3 days" is advice
    return found["date"], found["what"].casefold().startswith(_REVIEW_WORDS)


def update_within(line: str) -> tuple[str, bool] | None:
    """As ``printed_update``, for a line that says something else first, such as who wrote the page.

    >>> update_within("By Jane Doe, MD. Last reviewed: 3 March 2024")
    ('3 March 2024', True)
    """
    if len(line) > _LONGEST_LINE:
        return None
    for begins in _CLAUSE.finditer(line):
        said = printed_update(line[begins.end() :])
        if said is not None and any(form.match(said[0]) for form in _FORMS):
            return said
    return None


def is_date(line: str) -> bool:
    """Whether a line is a day and nothing else.

    >>> is_date("March 1, 2024")
    True
    """
    return len(line) <= _LONGEST_DATE and any(form.fullmatch(line) for form in _FORMS)


def read_date(value: object) -> date | None:
    """The date that a printed text or a front-matter value means.

    None where there is none. Raises ValueError, with the reason, where something is there that names no single day.

    >>> read_date("February 16, 2025View editorial policy")
    datetime.date(2025, 2, 16)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()[:200] if value is not None else ""
    if not text:
        return None
    if found := _ISO.match(text):
        return _day(found[1], found[2], found[3], text)
    if found := _MONTH_DAY.match(text):
        return _day(found[3], _month(found[1]), found[2], text)
    if found := _DAY_MONTH.match(text):
        return _day(found[3], _month(found[2]), found[1], text)
    if found := _SLASHED.match(text):
        first, second = int(found[1]), int(found[3])
        if first > 12 or found[2] == ".":
            return _day(found[4], second, first, text)
        if second > 12 or first == second:
            return _day(found[4], first, second, text)
        raise ValueError(f"{found[0]!r} may be day/month or month/day; write it as YYYY-MM-DD")
    raise ValueError(f"{text[:40]!r} names no single day; write it as YYYY-MM-DD")


def _month(name: str) -> int:
    return _NUMBER_OF[folded(name)]


def _day(year: str, month: str | int, day: str | int, text: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a day of the calendar") from None
