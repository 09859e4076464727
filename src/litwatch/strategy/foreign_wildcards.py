"""Wildcards that other databases have and PubMed has not: ``wom?n``, ``wom#n``, ``diabet$``, ``diabet*3``, ``diabet%``.

PubMed knows the asterisk alone. Sources: PubMed User Guide, "Wildcards and truncation"; the help pages of Ovid (``$``,
``?``, ``#``), Embase (``$``, ``?``) and the Cochrane Library (``?``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

_MOST_SPELLINGS = 8
_TRUNCATED = re.compile(r"(?<=\w)(?:\$\d{0,2}|\*\d{1,2}|\[\*\d{1,2}\]|(?<!\d)%)(?=\W|$)")
_ONE_SIGN = re.compile(r"(?<=\w)[?#]{1,5}(?=\w)")
_AT_END = re.compile(r"(?<=\w)[?#]{1,5}(?=\W|$)")

_LONGEST_WORD = 60
_PIECE = re.compile(r"[\w?#$*%]+")
_FOREIGN = re.compile(r"\w+(?:[?#]+\w|\$|\*\d|[?#]|(?<=[^\W\d]{3})%)[\w?#$*%]*")


def words_with_foreign_wildcards(text: str) -> tuple[str, ...]:
    """The words of at most 60 characters with such a sign, one that ends a question among them."""
    return tuple(
        found[0] for found in _PIECE.finditer(text) if len(found[0]) <= _LONGEST_WORD and _FOREIGN.fullmatch(found[0])
    )


_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[str, str], tuple[str, ...]]], ...] = (
    (re.compile(r"(?P<a>\w{0,40}wom)[?#](?P<b>n)", re.I), lambda a, b: (f"{a}a{b}", f"{a}e{b}")),
    (re.compile(r"(?P<a>m)[?#](?P<b>n)", re.I), lambda a, b: (f"{a}a{b}", f"{a}e{b}")),
    (re.compile(r"(?P<a>\w{0,40}i)[?#](?P<b>(?:e|ed|er|ers|es|ing|ation|ations|able)[*]?)", re.I),
     lambda a, b: (f"{a}s{b}", f"{a}z{b}")),
    (re.compile(r"(?P<a>\w{0,40}[yo])[?#](?P<b>(?:e|ed|er|ers|es|ing)[*]?)", re.I),
     lambda a, b: (f"{a}s{b}", f"{a}z{b}")),
    (re.compile(r"(?P<a>\w{0,40}o)[?#](?P<b>r\w{0,40}[*]?)", re.I), lambda a, b: (f"{a}{b}", f"{a}u{b}")),
    (re.compile(r"(?P<a>\w{0,40})[?#](?P<b>e\w{0,40}[*]?)", re.I), lambda a, b: (f"{a}{b}", f"{a}a{b}", f"{a}o{b}")),
)  # fmt: skip
"""Where English has two spellings: woman and women, -ise and -ize, -or and -our, e and ae or oe."""


def pubmed_spellings(term: str) -> tuple[str, ...]:
    """The term's words with PubMed's wildcards, once for each spelling that ``?`` or ``#`` may stand for.

    A sign whose spellings are not known becomes an asterisk where four characters stand before it, else it is dropped.

    >>> pubmed_spellings("diabet$ wom?n")
    ('diabet* woman', 'diabet* women')
    """
    each = [_word_spellings(_TRUNCATED.sub("*", word)) for word in term.split()]
    count = 1
    for one in each:
        count *= len(one)
    if count > _MOST_SPELLINGS:
        each = [one[:1] for one in each]
    return tuple(" ".join(words) for words in product(*each))


def _word_spellings(word: str) -> tuple[str, ...]:
    if not _ONE_SIGN.search(word) and not _AT_END.search(word):
        return (word,)
    for pattern, write in _SPELLINGS:
        if found := pattern.fullmatch(word):
            return write(found["a"], found["b"])
    stem = re.split(r"[?#]", word, maxsplit=1)[0]
    if _ONE_SIGN.search(word):
        return (f"{stem}*",) if len(stem) >= 4 else (re.sub(r"[?#]+", "", word),)
    return (f"{stem}*",) if len(stem) >= 4 and word != f"{stem}?" else (stem,)
