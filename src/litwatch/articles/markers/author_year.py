"""Author–year citations, "(Smith et al., 2019; Jones & Li, 2020a)" or "Smith (2019)", and the entries that they name.

Harvard and APA style, with what other languages print instead of "and", "et al." and "see" (``languages``). Surnames
are compared without accents and particles. Where two entries fit, both are named and neither is taken for sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from litwatch.articles.blocks import one_line
from litwatch.articles.languages import alternatives, languages
from litwatch.articles.reference_list.printed_names import UPPER
from litwatch.model.reference import Reference

_YEAR = r"(?:1[89]|20)\d\d"
_JOINED = alternatives(word for language in languages() for word in language.conjunctions)
_YEARS = (
    rf"{_YEAR}[a-z]?(?:(?:, ?|; ?(?={_YEAR}[a-z]?(?:[;,)\]]|$))| (?:{_JOINED}) )"
    rf"(?:{_YEAR}[a-z]?|[a-h])(?![\w])){{0,5}}"
)
_PARTICLES = frozenset(
    "van von de der den del della di da do du la le el al ter ten zu zur dos das af bin ibn te y san st".split()
)
_PARTICLE = r"(?:(?:van|von|de|der|den|del|della|di|da|do|du|la|le|el|al|ter|ten|zu|zur|dos|das|af|bin|ibn) |al-|d['’])"
_WORD = rf"[{UPPER}][\w'’-]{{1,30}}"
_ONE = rf"(?:{_PARTICLE}){{0,3}}{_WORD}(?: (?:of (?:the )?|for (?:the )?)?(?:{_PARTICLE}){{0,2}}{_WORD}){{0,6}}"
_AND = rf",? (?:{_JOINED}) "
_OTHERS = rf",? (?:{alternatives(words for language in languages() for words in language.others)})"
_SHORT = rf"(?: [\[(][{UPPER}]{{2,12}}[\])])?"
"""The short name that a body's first citation gives in brackets: "World Health Organization [WHO], 2016"."""
_NAMES = (
    rf"(?P<first>{_ONE})(?: [{UPPER}]{{1,3}}(?=[ ,]))?{_SHORT}"
    rf"(?P<more>(?:, {_ONE}){{0,5}}(?:{_AND}{_ONE})?)(?P<others>{_OTHERS})?(?:['’]s)?"
)
_WITHIN = re.compile(rf"{_NAMES}(?:,|:)? ?(?<=[ ,:])(?P<years>{_YEARS})(?![\w/–-])")
_SPOKEN = re.compile(rf"{_NAMES},? ?[(\[](?P<years>{_YEARS})(?:[,:] ?[^()\[\]]{{1,30}})?[)\]]")
_BRACKETS = re.compile(rf"[(\[]((?:[^()\[\]]|[\[(][{UPPER}]{{2,12}}[\])]){{6,800}})[)\]]")
_LEAD_IN = re.compile(
    rf"(?:{alternatives(words for language in languages() for words in language.lead_ins)})[,:]? ", re.IGNORECASE
)
_PLACE = re.compile(r"[,:]? ?(?:(?:p|pp|S|s|pág|págs|ch|chap|chapter|Kap|Table|Fig)\.? ?)?[\dIVXivx][\w–,. -]{0,20}")
_ALONE = re.compile(rf"[{UPPER}]{{2,12}}")
_INITIALS = re.compile(rf"(?:[{UPPER}][.-]?){{1,4}}")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "a", "œ": "o", "ı": "i"})
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class NameCitation:
    """One citation by author and year within a text."""

    end: int
    """Where its year ends; ``printed`` stands directly before it."""
    printed: str
    positions: tuple[int, ...]
    """The entries that it may mean, by their places in the list; none where no entry fits."""
    is_sure: bool
    """One entry fits, and nothing printed speaks against it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry can be recognised by."""

    position: int
    first: frozenset[str]
    others: frozenset[str]
    authors: int
    short: str
    """The first letters of a body's name: WHO."""
    head: tuple[str, ...]
    """The first words of the entry."""
    years: frozenset[str]
    letter: str
    """What is printed behind the year: the a of 2020a."""


def name_entries(references: Sequence[Reference]) -> tuple[_Entry, ...]:
    """The entries of a list as citations name them; to be given to ``find_name_citations``."""
    return tuple(map(_known, references))


def find_name_citations(text: str, entries: Sequence[_Entry]) -> list[NameCitation]:
    """The citations by author and year in a text of one line, in order; years without brackets only where one fits.

    What stands in brackets and reads like a citation but fits no entry comes without ``positions``.
    """
    text = text[:_LONGEST]
    found: dict[int, NameCitation] = {}
    covered: list[tuple[int, int]] = []
    for spoken in _SPOKEN.finditer(text):
        covered.append(spoken.span())
        _take(spoken, entries, found, told=True)
    for bracket in _BRACKETS.finditer(text):
        if re.search(_YEAR, bracket[1]) is None or any(start < bracket.end() <= end for start, end in covered):
            continue
        covered.append(bracket.span())
        for citation in _WITHIN.finditer(text, bracket.start() + 1, bracket.end() - 1):
            before = text[bracket.start() + 1 : citation.start()].rpartition(";")[2].strip()
            behind = text[citation.end() : bracket.end() - 1].partition(";")[0].strip()
            whole = (not before or _LEAD_IN.fullmatch(before + " ") is not None) and (
                not behind or _PLACE.fullmatch(behind) is not None
            )
            _take(citation, entries, found, told=whole)
    for citation in _WITHIN.finditer(text):
        if not any(start <= citation.start() < end or start < citation.end() <= end for start, end in covered):
            _take(citation, entries, found, told=False)
    return sorted(found.values(), key=lambda citation: citation.end)


def _take(match: re.Match[str], entries: Sequence[_Entry], found: dict[int, NameCitation], *, told: bool) -> None:
    """Add what a match cites, each year at its own place; ``told``: also where no entry fits."""
    year = ""
    for part in re.finditer(rf"(?P<year>{_YEAR})?(?P<letter>(?<=\d)[a-z]|(?<![\w])[a-z](?![\w]))?", match["years"]):
        if not part[0]:
            continue
        year = part["year"] or year
        end = match.start("years") + part.end()
        positions, is_sure = _fitting(match, year, part["letter"] or "", entries)
        if positions or told:
            names = one_line(match[0][: match.start("years") - match.start()]).rstrip(" ,:([")
            found.setdefault(end, NameCitation(end, f"{names} {year}{part['letter'] or ''}", positions, is_sure))


def _fitting(match: re.Match[str], year: str, letter: str, entries: Sequence[_Entry]) -> tuple[tuple[int, ...], bool]:
    """The entries that a match may mean for one of its years, and whether that is sure."""
    fitting = [entry for entry in entries if year in entry.years]
    names = [match["first"], *filter(None, re.split(rf"{_AND}|, ", match["more"]))]
    candidates: list[_Entry] = []
    at = 0
    while not candidates and at < len(names):
        # "In Smith (2019)", "However, Smith (2019)": the names may begin later than the capital letters do.
        words = names[at].split()
        for start in range(len(words)):
            name = " ".join(words[start:])
            if candidates := [entry for entry in fitting if _is_named(entry, name)]:
                break
        at += 1
        if match.re is not _SPOKEN or not match["more"].startswith(", "):
            break
    if not candidates:
        return (), False
    second = frozenset(token for name in names[at:] for token in _tokens(name))
    narrowings = (
        [entry for entry in candidates if letter and entry.letter == letter],
        [entry for entry in candidates if second and second <= entry.others | entry.first],
        [entry for entry in candidates if match["others"] and entry.authors > 1],
        [entry for entry in candidates if not match["others"] and not second and entry.authors == 1],
    )
    for narrower in narrowings:
        both = [entry for entry in candidates if entry in narrower]
        candidates = both if len(candidates) > 1 and both else candidates
    one = candidates[0]
    contradicted = bool(second) and one.authors > 1 and not second & (one.others | one.first)
    other_letter = bool(letter) and bool(one.letter) and one.letter != letter
    return tuple(entry.position for entry in candidates), len(candidates) == 1 and not contradicted and not other_letter


def _is_named(entry: _Entry, name: str) -> bool:
    said = _tokens(name)
    if not said:
        return False
    if said <= entry.first:
        return True
    if _ALONE.fullmatch(name):
        return name.casefold() in (entry.short, *entry.head[:12])
    ordered = tuple(map(_fold, _TOKEN.findall(name)))
    return len(ordered) > (0 if not entry.first else 1) and entry.head[: len(ordered)] == ordered


def _known(reference: Reference) -> _Entry:
    authors = reference.authors
    first = authors[0] if authors else ""
    capitals = "".join(word[0] for word in _TOKEN.findall(first) if word[0].isupper())
    years = {str(reference.year)} if reference.year else set(re.findall(_YEAR, reference.text))
    letter = next(
        (found[1] for year in years if (found := re.search(rf"(?<!\d){year}([a-z])(?!\w)", reference.text))), ""
    )
    return _Entry(
        reference.position,
        _tokens(first),
        frozenset(token for name in authors[1:] for token in _tokens(name)),
        len(authors) + bool(re.search(r"\bet al\b", reference.text)),
        capitals.casefold() if len(capitals) > 1 else "",
        tuple(map(_fold, _TOKEN.findall(reference.text[:300]))),
        frozenset(years),
        letter,
    )


def _tokens(name: str) -> frozenset[str]:
    """The words of a name that identify it: no initials, no particles; a body's short name stays."""
    words = [re.sub(r"['’]s?$", "", word) for word in _TOKEN.findall(name)]
    telling = [word for word in words if not (_INITIALS.fullmatch(word) and len(words) > 1)]
    return frozenset(_fold(word) for word in telling if word.casefold() not in _PARTICLES)


def _fold(word: str) -> str:
    """A word without capitals and accents; "Müller", "Mueller" and "Muller" are one."""
    apart = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    plain = "".join(sign for sign in apart if sign.isalnum())
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
