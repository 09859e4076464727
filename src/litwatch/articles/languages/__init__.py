"""What pages print in each language: headings of reference lists, months, dates of update, states of review, citations.

Each language is one module of this package that holds a ``LANGUAGE``; a further one is found by being there, and
``tests/articles/test_languages.py`` says what it lacks. Capitals do not matter, and accents may be missing.
"""

from __future__ import annotations

import pkgutil
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import import_module

from litwatch.articles.languages.language import Language


@cache
def languages() -> tuple[Language, ...]:
    """Every language that there is a file for, English first, then by name."""
    names = [found.name for found in pkgutil.iter_modules(__path__) if found.name != "language"]
    known: list[Language] = [import_module(f"{__name__}.{name}").LANGUAGE for name in names]
    return tuple(sorted(known, key=lambda language: (language.name != "English", language.name)))


def folded(text: str) -> str:
    """A text without capitals and accents, for comparing.

    >>> folded("Références")
    'references'
    """
    return _unaccented(text.casefold())


@cache
def list_headings() -> frozenset[str]:
    """The headings, folded, below which a reference list stands for certain."""
    return frozenset(folded(words) for language in languages() for words in language.references)


@cache
def source_headings() -> frozenset[str]:
    """The headings, folded, below which a reference list may stand, but also text: "Sources", "Further reading"."""
    return frozenset(
        folded(words) for language in languages() for words in (*language.sources, *language.further_reading)
    )


def alternatives(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first, with or without accents; for a search that ignores case.

    >>> alternatives(["März", "Mär"])
    'März|Marz|Mär|Mar'
    """
    ordered = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    spelled = dict.fromkeys(form for word in ordered for form in (word, _unaccented(word)))
    return "|".join(re.escape(word).replace("\\ ", " ").replace("’", "['’]") for word in spelled)


def _unaccented(text: str) -> str:
    if text.isascii():  # most lines of an article, and nothing to be changed
        return text
    return "".join(s for s in unicodedata.normalize("NFKD", text) if not unicodedata.combining(s))


def examples() -> str:
    """One heading of each language, for a message: ``“References” (English), “Literatur” (German)``."""
    return ", ".join(f"“{language.references[0]}” ({language.name})" for language in languages())
