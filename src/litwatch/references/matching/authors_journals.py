"""Whether a printed journal is a record's journal, and whether a printed author is among a record's authors.

Journals are printed in full, abbreviated word by word, or by initials; authors with initials before or after, with and
without accents. No list of journals is used: it would be out of date.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate

from litwatch.articles.reference_list.reference_entry import read_divisions
from litwatch.model.record import Author, Journal
from litwatch.model.reference import Reference
from litwatch.references.matching.titles import plain, within


class Authorship(IntEnum):
    """How the printed authors stand to a record's."""

    NONE = 0
    """Authors are known on both sides and none is shared."""
    AMONG = 1
    """A printed author is one of the record's."""
    FIRST = 2
    """The first printed author is the record's first."""


_SMALL = frozenset(
    "the of and for in on at de der den des die das und et la le les du y del e di da do fur i och sur to".split()
)


def compare_journals(printed: str, journal: Journal) -> bool | None:
    """Whether they are one journal; None when either side is silent or one typing mistake would make them one.

    ``Diabetes Metab Syndr Obes`` is ``Diabetes, metabolic syndrome and obesity : targets and therapy``, but
    ``Diabetes`` is not ``Diabetes care``: only what follows a colon, a bracket or an equals sign may be missing.
    """
    known = [name for name in (journal.title, journal.abbreviation) if name]
    ours = [words for name in _forms(printed) if (words := _words(name))]
    theirs = [words for name in known for form in _forms(name) if (words := _words(form))]
    if not ours or not theirs:
        return None
    if any(_abbreviates(a, b) for a in ours for b in theirs):
        return True
    initials = re.sub(r"[^\w]", "", plain(printed))
    if len(initials) >= 3 and any(initials in accumulate(word[0] for word in words) for words in theirs):
        return True
    # Hepatology and hematology are one letter apart.
    return None if any(within(" ".join(a), " ".join(b), 1) for a in ours for b in theirs) else False


def compare_printed_journal(reference: Reference, journal: Journal) -> bool | None:
    """Whether an entry prints a record's journal: as its source was read, or where else a sentence of it ends.

    None where that is not known, as for ``compare_journals``.
    """
    source = reference.source
    if reference.year is not None:  # some layouts print it behind the journal
        source = source.removesuffix(str(reference.year)).rstrip(" ,;.(")
    agrees = compare_journals(source, journal)
    if agrees is not True and any(compare_journals(other, journal) for _, other in read_divisions(reference.text)):
        return True
    return agrees


def compare_authors(printed: tuple[str, ...], authors: tuple[Author, ...]) -> Authorship | None:
    """Whether the printed authors wrote the record; None when either side is silent or a group wrote it."""
    names = [name for name in printed if name.strip() and not re.fullmatch(r"\W*et\s+al\W*", name, re.IGNORECASE)]
    if not names or not authors:
        return None
    if _is(names[0], authors[0]):
        return Authorship.FIRST
    if any(_is(name, author) for name in names for author in authors):
        return Authorship.AMONG
    if any(author.collective_name for author in authors) or all(_is_group(name) for name in names):
        return None
    return Authorship.NONE


def occurs(surname: str, text: str) -> bool:
    """Whether the surname stands in the text as whole words."""
    wanted = _name_words(surname)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(_name_words(text))} "


def _is(printed: str, author: Author) -> bool:
    surname = "".join(_name_words(author.last_name or ""))
    words = _name_words(printed if len(surname) > 3 else _without_initials(printed))
    if surname:
        runs = ["".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, min(i + 4, len(words)) + 1)]
        if surname in runs:
            return True
        allowed = 0 if len(surname) < 5 else 1 if len(surname) < 9 else 2
        return any(len(run) >= 4 and run[0] == surname[0] and within(run, surname, allowed) for run in runs)
    if author.collective_name:
        group = [word for word in _name_words(author.collective_name) if word not in _SMALL]
        ours = [word for word in words if word not in _SMALL]
        return bool(ours) and (ours == group or "".join(ours) == "".join(word[0] for word in group))
    return False


def _without_initials(printed: str) -> str:
    """``Smith MA`` is not by an author named Ma; a name all in capitals stays as it is."""
    return re.sub(r"\b[^\W\d_a-z]{1,3}\b", " ", printed) if re.search(r"[^\W\d_][a-z]", printed) else printed


def _is_group(printed: str) -> bool:
    """Organisations are printed in three words and more, none of them initials."""
    words = re.findall(r"[^\W\d_]+", printed)
    return len(words) >= 3 and all(len(word) > 2 or word.lower() in _SMALL for word in words) and "," not in printed


@lru_cache(maxsize=65536)
def _name_words(name: str) -> tuple[str, ...]:
    """Words of a name; ``ae``, ``oe`` and ``ue`` become one vowel, so that Mueller is Müller and Muller."""
    return tuple(re.findall(r"[^\W\d_]+", re.sub(r"([aou])e", r"\1", re.sub(r"['’`´]", "", plain(name)))))


def _forms(name: str) -> tuple[str, str]:
    """A journal's name as printed, and without what follows a colon, semicolon, bracket or equals sign."""
    return name, re.split(r"[:;=(\[]", name, maxsplit=1)[0]


def _words(name: str) -> tuple[str, ...]:
    text = re.sub(r"\b[dl]['’]|['’]", "", plain(name))
    return tuple(word for word in re.findall(r"[^\W_]+", text) if word not in _SMALL)


def _abbreviates(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether the names agree word by word, each word being the other, its beginning or its contraction.

    A name of one word is never abbreviated (ISO 4): ``Cancer`` is not ``Cancers``.
    """
    if "".join(a) == "".join(b):
        return True
    return 1 < len(a) == len(b) and all(map(_same_word, a, b))


def _same_word(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    if long.startswith(short):
        return True
    # "Natl", "Dtsch", "Jpn": contractions keep the first letter and the order of the others.
    letters = iter(long)
    return len(short) >= 3 and len(short) < len(long) and short[0] == long[0] and all(c in letters for c in short)
