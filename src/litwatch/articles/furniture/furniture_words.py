"""What a line's wording says of it: button, notice, byline, teaser, closing line, disclaimer, heading of a contents.

The words are those of each language's file (``languages``); here stands how a line is compared with them. All take a
line without marks and with single blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from litwatch.articles.languages import alternatives, folded, languages
from litwatch.articles.languages.language import FurnitureWords

_NETWORKS = frozenset(
    """facebook twitter x linkedin pinterest reddit whatsapp instagram youtube telegram threads mastodon bluesky xing
    tiktok rss pocket flipboard messenger shutterstock istock istockphoto""".split()
) | {"getty images"}
"""Lines that name a network or a picture agency are no article's text in any language."""
_SIGNS = re.compile(r"[\W_]{1,6}|(?:copyright )?©.*", re.IGNORECASE)
_END_SIGNS = " :!?.…»›>→+"
_COUNT = re.compile(r" ?\(\d{1,4}\)$")
_DATED = re.compile(r"[ :]{1,3}(?:[^.]|(?<=\d)\.){0,30}(?:19|20)\d\d.{0,10}")
_LONGEST_LINE, _LONGEST_BYLINE, _LONGEST_NOTICE = 80, 200, 400
_LONGEST_READING_TIME = 40


def _key(line: str) -> str:
    return folded(line.replace("’", "'"))


def _all(words: Callable[[FurnitureWords], Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_key(word) for language in languages() for word in words(language.furniture)))


@cache
def _lines(kind: str) -> frozenset[str]:
    """The whole lines of one kind, folded, without the signs that may end them."""
    return frozenset(word.rstrip(_END_SIGNS) for word in _all(lambda words: getattr(words, kind)))


@cache
def _starts(kind: str) -> tuple[str, ...]:
    return _all(lambda words: getattr(words, kind))


def _is_whole(key: str, kind: str) -> bool:
    return _COUNT.sub("", key.rstrip(_END_SIGNS)).rstrip(_END_SIGNS + ")]") in _lines(kind)


def _begins(key: str, kind: str, longest: int) -> str | None:
    """What follows the words of this kind that a line begins with, where it is not too long; None for other lines."""
    if len(key) > longest or not key.startswith(_starts(kind)):
        return None
    for start in _starts(kind):
        rest = key[len(start) :]
        if key.startswith(start) and not (start[-1].isalnum() and rest[:1].isalnum()):
            return rest
    return None


def is_chrome(line: str) -> bool:
    """Whether a line is a button, a notice, a byline or the journal's own line on the article's history.

    >>> [is_chrome(line) for line in ("Diesen Artikel teilen", "Temps de lecture : 5 min", "Reçu le 3 mars 2021")]
    [True, True, True]
    >>> is_chrome("Published trials show no benefit.")
    False
    """
    if _SIGNS.fullmatch(line):
        return True
    key = _key(line).strip(" *†‡([")
    if len(key) > _LONGEST_NOTICE:
        return False
    if _is_whole(key, "buttons") or key.strip(" )]") in _NETWORKS:
        return True
    if not key.endswith(".") and _begins(key, "openings", _LONGEST_LINE) is not None:
        return True
    if _begins(key, "notices", _LONGEST_NOTICE) is not None or _begins(key, "bylines", _LONGEST_BYLINE) is not None:
        return True
    return _is_history(key) or _is_reading_time(key) or (len(key) < _LONGEST_LINE and _is_encyclopedia(key))


def _is_history(key: str) -> bool:
    return len(key) <= _LONGEST_LINE and any(
        key.startswith(word) and _DATED.fullmatch(key, len(word)) for word in _starts("history")
    )


def _is_reading_time(key: str) -> bool:
    return (
        len(key) <= _LONGEST_READING_TIME
        and any(sign.isdigit() for sign in key)
        and any(words in key for words in _starts("reading_time"))
    )


def _is_encyclopedia(key: str) -> bool:
    return key.rstrip(".").endswith(_starts("encyclopedia"))


def is_teaser(line: str) -> bool:
    """Whether a line stands above links to other pages; it can stand in the middle of an article."""
    return _is_whole(_key(line), "teasers")


def is_closing(line: str) -> bool:
    """Whether the article does not go on below a line: comments, related questions, a disclaimer.

    >>> [is_closing(line) for line in ("3 Kommentare", "Leave a comment on this", "Laisser un commentaire")]
    [True, True, True]
    """
    key = _key(line)
    if _is_whole(key, "closings") or _comments().fullmatch(key) is not None:
        return True
    return len(key) <= _LONGEST_LINE and not key.endswith(".") and key.startswith(_long_closings())


@cache
def _long_closings() -> tuple[str, ...]:
    """Closing lines of three words and more may go on: "Leave a comment on this article"."""
    return tuple(f"{line} " for line in _starts("closings") if line.count(" ") >= 2)


@cache
def _comments() -> re.Pattern[str]:
    """A count of comments with or without the page's name: "3 comments", "Comments (3)", "2 thoughts on “Naps”"."""
    words = alternatives(_starts("comments"))
    return re.compile(rf"(?:{words}) ?\(\d{{1,4}}\):?|\d{{1,4}} (?:{words})(?::?| \S{{1,8}} [“\"«„‘'].{{0,200}})")


def is_disclaimer(text: str) -> bool:
    """Whether a text disclaims liability or being medical advice."""
    return re.search(rf"(?<!\w)(?:{_disclaimers()})(?!\w)", _key(text)) is not None


@cache
def _disclaimers() -> str:
    return alternatives(_starts("disclaimers"))


def is_contents(line: str) -> bool:
    """Whether a line is the heading of a table of contents, also with the button that hides it."""
    key = _key(line)
    return _is_whole(re.sub(r" ?\[[^\[\]]{1,12}\]$", "", key), "contents")


def names_institution(text: str) -> bool:
    """Whether a text names a place of work as affiliations do."""
    key = _key(text)
    return any(word in key for word in _starts("institutions"))


def is_authors_label(line: str, *, alone: bool) -> bool:
    """Whether a line is a label such as "Authors" (``alone``), or begins with one, a colon and names."""
    key = _key(line)
    if alone:
        return _is_whole(key, "authors")
    label, colon, names = key.partition(":")
    return bool(colon) and label.rstrip() in _lines("authors") and 0 < len(names.strip()) <= 2 * _LONGEST_LINE


@cache
def _edit_link() -> re.Pattern[str]:
    words = alternatives(word for language in languages() for word in language.furniture.edit_links)
    return re.compile(rf"\s?\[\s?(?:{words})(?:\s?\|\s?(?:{words}))?\s?\]$", re.IGNORECASE)


def without_edit_link(line: str) -> str | None:
    """A wiki's heading without the link that edits it; None for a line that ends in no such link, or is nothing else.

    >>> without_edit_link("Wirkung[Bearbeiten | Quelltext bearbeiten]")
    'Wirkung'
    """
    found = _edit_link().search(line) if line.endswith("]") else None
    return (line[: found.start()] or None) if found else None


@cache
def source_needed() -> re.Pattern[str]:
    """Finds the words in brackets by which a text itself says that a source is missing: "[citation needed]"."""
    words = alternatives(word for language in languages() for word in language.furniture.source_needed)
    return re.compile(rf"\[\s?(?:{words})(?:[\s,:;][^\[\]]{{0,60}})?\]", re.IGNORECASE)
