"""The names at the front of a printed entry → the authors, and what follows them.

Names are known by their shape, in any script: family names with particles (``van den Berg JB``, ``d'Arcy P``),
initials before or after, given names, suffixes, groups. No list of names is used; it would be out of date.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from litwatch.articles.reference_list.source_line import ABBREVIATED


def _ranges(letters: list[int]) -> str:
    """The letters as a character class writes them, neighbours joined."""
    parts: list[list[int]] = []
    for code in letters:
        if parts and code == parts[-1][1] + 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(
        re.escape(chr(first)) + (f"-{re.escape(chr(last))}" if last > first else "") for first, last in parts
    )


_ALPHABETS = (*range(0x41, 0x590), *range(0x10A0, 0x10FF), *range(0x1E00, 0x2000))
"""Blocks whose letters have two cases: Latin, Greek, Cyrillic, Armenian, Georgian."""
UPPER = _ranges([code for code in _ALPHABETS if unicodedata.category(chr(code)) in ("Lu", "Lt")])
"""For a character class: what a name or a title begins with."""
CASELESS = "\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3\u0904-\u0939\u0e01-\u0e2e\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
"""Letters of scripts without case: Hebrew, Arabic, Devanagari, Thai, Japanese, Chinese, Korean."""

_UP = f"[{UPPER}{CASELESS}]"
_APOSTROPHE = "['’ʼʻʾʿ‘`´]"
_PARTICLE = (
    r"(?:van|von und zu|von|vom|vander|vanden|zu|zum|zur|de|del|della|delle|dello|degli|dei|dem|den|der|di|da|das|do"
    r"|dos|du|des|la|le|les|lo|el|al|as|bin|bint|ibn|ben|abu|ould|ter|ten|te|tot|op|in ['’]t|['’][dt]|de['’]|af|av"
    r"|y|e|i|san|st\.?)"
)
_WORD = (
    rf"(?:[dlsDL]{_APOSTROPHE}\s?|[Oo]{_APOSTROPHE}|(?:al|el|ad|ar|as|az|ul)[-‐‑–]|{_APOSTROPHE}|h(?=[ÁÉÍÓÚ]))?"
    rf"{_UP}(?:[^\W\d_]|[\u0300-\u036f]|[-‐‑'’ʼʻ`´](?=[^\W\d_])){{0,40}}+"
)
_FAMILY = rf"(?:{_PARTICLE}\s)?(?:{_PARTICLE}\s)?(?:{_PARTICLE}\s)?{_WORD}(?:\s(?:{_PARTICLE}\s){{0,3}}{_WORD}){{0,2}}"
_DOTTED = rf"{_UP}[a-z]?\.(?:[\s\u00a0]?[-‐‑]?[\s\u00a0]?{_UP}[a-z]?\.){{0,5}}(?:[-‐‑]?[{UPPER}](?![^\W\d_]))?"
_PLAIN = rf"[{UPPER}]{{1,4}}(?:[-‐‑\s][{UPPER}]{{1,2}}){{0,3}}(?![^\W\d_]|[-‐‑]\w)"
_INITIALS = rf"(?:{_DOTTED}(?:\s(?:{_PARTICLE}\s){{1,3}}{_DOTTED}){{0,3}}|{_PLAIN})"
_SUFFIX = r"(?:,?\s(?:Jr|Sr|Junior|Senior|II|III|IV|1st|2nd|3rd|[4-6]th|Filho|Neto)\b\.?)?"
_GIVEN = rf"{_WORD}(?:[\s-](?:{_UP}\.|{_WORD})){{0,3}}"
_DEGREES = r"(?:,?\s(?:MD|PhD|M\.D\.|Ph\.D\.|MPH|MSc|RN|DO|FRCP|MBBS|DrPH|PharmD)\b\.?){0,3}"
_END = (
    rf"{_DEGREES}(?:[*†‡§¶]|\s?\d{{1,2}}(?=[,.]))?"
    r"(?=\s?(?:[,;:.(\[&+]|$)|\s(?:and|und|et|y|e|og|och|en|with|u\.?\s?a)\b|\s[“\"‘'«„]|\s(?:19|20)\d\d\b"
    r"|(?<=\.)\s)"
)
_INVERTED = re.compile(rf"{_FAMILY},\s{_INITIALS}(?:\s(?:{_PARTICLE})(?=[,.;\s]))*{_SUFFIX}{_END}")
_FAMILY_FIRST = re.compile(rf"{_FAMILY},?\s{_INITIALS}{_SUFFIX}{_END}")
_INITIALS_FIRST = re.compile(rf"{_INITIALS}\s?{_FAMILY}{_SUFFIX}{_END}")
_GIVEN_BEHIND = re.compile(rf"{_FAMILY},\s{_GIVEN}(?:\s(?:{_PARTICLE})(?=[,.;\s]))*{_SUFFIX}{_END}")
_GIVEN_FIRST = re.compile(rf"{_GIVEN}\s{_FAMILY}{_SUFFIX}{_END}")
_ALONE = re.compile(rf"{_FAMILY}{_SUFFIX}{_END}")
_FAMILY_BEHIND = re.compile(rf"\.\s{_FAMILY}{_SUFFIX}{_END}")
_WITH_MIDDLE = re.compile(rf"{_WORD}(?:\s{_WORD})?\s{_DOTTED}\s{_FAMILY}{_SUFFIX}{_END}")
_SIGNED = re.compile(
    rf"{_WITH_MIDDLE.pattern}(?:,\s(?=[“\"«„])|\s(?=et\sal\b)|,?\s(?:and|und|et|y|&)\s(?={_WORD}\s(?:{_DOTTED}\s)?{_FAMILY}[,:])"
    rf"|,\s(?={_WORD}\s(?:{_DOTTED}\s)?{_FAMILY}\s?(?:[,:]|and\s)))"
)
"""Given name, initial and family name, as notes and German lists print them; one such name alone could be a title's
first words ("Smith J. Obesity. …")."""
_CAPITALS = re.compile(rf"{_FAMILY}\s[{UPPER}]{{1,2}}(?=,\s(?:[{UPPER}]{{2,30}}|{_FAMILY})\s[{UPPER}]{{1,3}}[,.;])")
"""The first of "WANG XM, LI JG", which else reads like a family name of two words before its initials."""
_HAN = "[\u3400-\u9fff]"
_TWO_PERSONS = re.compile(
    rf"(?P<one>{_WORD}(?:\s{_WORD}){{1,2}}),\s{_WORD}(?:\s{_WORD}){{1,2}}|(?P<han>{_HAN}{{2,4}}),\s{_HAN}{{2,4}}"
)
"""Two whole names with a comma ("Wang Xiaoming, Li Yan"), no family name before its given names."""
_STOP_BETWEEN = re.compile(r"\.\s")
_WITH_INITIALS = (_INVERTED, _FAMILY_FIRST, _INITIALS_FIRST)
_WITHOUT = (_GIVEN_BEHIND, _GIVEN_FIRST, _ALONE)
_JOURNAL_FOLLOWS = re.compile(r"\.\s(?:[A-Z][a-z]{1,9}\.\s|\d)")

_SEPARATOR = re.compile(
    r"(?:\s?[,;]\s?(?:and|&|und|et|y|e|og|och|en|with)\s|\s?[,;]\s?&\s?|\s?[,;]\s?\.{3}\s?(?:&\s?)?|\s?[,;]\s?…\s?(?:&\s?)?"
    r"|\s(?:and|und|et(?! al)|y|e|og|och|en|with)\s|\s?&\s?|\s?[,;]\s|\s?;\s?)"
)
_ET_AL = re.compile(
    r"\s?[,;]?\s?(?:\(?et\sal\b\.?\)?|and others\b|and colleagues\b|et\scoll?\b\.?|u\.\s?a\.|…|\.\.\.)[,;]?",
    re.IGNORECASE,
)
_EDITORS = re.compile(r"\s?,?\s?\(?(?:eds?\b\.?|editors?\b|hrsg\.?)\)?", re.IGNORECASE)
_BEHIND_EDITORS = re.compile(r"[.:,]?\s(?=\S)")
_STOP = re.compile(
    r"\s?[.:]+\s(?=\S)|(?<=\.)\s(?=[^\s&])|\s?[.:]?\s?$|[,.]?\s?(?=[(\[](?:[^\W\d_]{3,9}\s)?(?:19|20)\d\d)|[,.]?\s(?=(?:19|20)\d\d[a-z]?\b)|[,.;:]?\s?(?=[“\"«„])|,\s(?=['‘])(?!['’][dt]\s[A-Z])"
)
_BODY = re.compile(
    r"\b(?:associations?|societ(?:y|ies)|colleges?|committees?|organi[sz]ations?|institutes?|institutions?|collaborati(?:on|ve)s?"
    r"|collaborators?|task forces?|investigators?|federations?|councils?|foundations?|academ(?:y|ies)|ministry|agency"
    r"|administration|departments?|(?:study|working|writing|research|expert|consensus|steering|development|trial|trialists)"
    r"[- ]groups?|groups?|networks?|initiatives?|consorti(?:um|a)|panels?|boards?|unions?|commission|alliance|registry"
    r"|cent(?:er|re)s?|collaborating|gesellschaft|société|sociedad|società|service|secretariat|bureau|program(?:me)?"
    r"|teams?|universit(?:y|ies)|hospitals?|clinic|ClinicalTrials\.gov|NICE|WHO|FDA|CDC|NHS|UNICEF|UpToDate|StatPearls|DynaMed|Medscape|EASL|ADA|ESC)\b",
    re.IGNORECASE,
)
"""Words that make a segment a group's name."""
_OF_A_PAPER = re.compile(
    r"\b(?:guidelines?|recommendations?|statement|consensus (?:report|document)|standards of"
    r"|review of|report of|trial of"
    r"|study of|effects? of|management of|diagnosis and|treatment of)\b",
    re.IGNORECASE,
)
"""Words of titles, which name a body as well."""
_LEAD_OF_GROUP = re.compile(
    r"(?:(?:on behalf of|for|writing (?:group|committee) (?:for|of)|representing|from)\s(?:the\s)?|the\s)",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    "vitamin hepatitis influenza type part phase group class factor protein grade stage appendix coenzyme botulinum "
    "chapter section table figure vol volume case report streptococcus candida escherichia staphylococcus world".split()
)
_LONGEST_GROUP = 250
_MOST_AUTHORS = 400


@dataclass(frozen=True, slots=True)
class Authors:
    """The authors as printed, "et al." dropped, and where what follows them begins."""

    names: tuple[str, ...]
    end: int
    is_sure: bool
    """Whether initials or a group's name tell it; words in capitals alone may be a title."""


def read_authors(text: str) -> Authors | None:
    """The authors at the beginning of an entry; None where it does not begin with names and their end.

    >>> read_authors("van den Berg JB, Smith AC Jr. Naps in bakers.").names
    ('van den Berg JB', 'Smith AC Jr')
    """
    if _SIGNED.match(text) is not None:
        return _read_list(text, (_WITH_MIDDLE, *_WITHOUT))
    return _read_list(text, _WITH_INITIALS) or _read_list(text, (*_WITH_INITIALS, *_WITHOUT))


def _read_list(text: str, forms: tuple[re.Pattern[str], ...]) -> Authors | None:
    names: list[str] = []
    at, sure, has_initials_before, ended = 0, False, False, None
    while len(names) < _MOST_AUTHORS:
        found = _read_person(text, at, forms)
        group = _read_group(text, at) if found is None or not found[1] else None
        if group is not None:
            found = (group, True)
        if found is None:
            break
        end, has_initials = found
        if len(names) > 0 and sure and _is_journal(text, at, end):
            return _end_before_journal(text, at, end, names)
        names.append(_clean(text[at:end]))
        sure = sure or has_initials
        others = _ET_AL.match(text, end)
        if others is not None and re.search(r"…|\.\.\.", others[0]):
            further = _skip(text, others.end(), " .,:;&")
            if _read_person(text, further, forms) is not None or _read_group(text, further) is not None:
                at = further
                continue
        if others is not None:
            return _end_behind_et_al(text, others, names)
        editors = _EDITORS.match(text, end)
        stop = _STOP.match(text, editors.end() if editors else end)
        if stop is None and editors is not None:
            stop = _BEHIND_EDITORS.match(text, editors.end())
        initial = end - (text[end - 1] == ".")
        is_given = stop is not None and len(names) > 1 and not has_initials_before and "," not in names[-1]
        if is_given and text[initial - 2] == " " and (family := _FAMILY_BEHIND.match(text, initial)) is not None:
            # "Doe, Jane, and Louise C. Kenny. “…": the stop is the initial's, and the family name follows.
            end = family.end()
            names[-1] = _clean(text[at:end])
            stop = _STOP.match(text, end)
        has_initials_before = has_initials
        if stop is not None and not _goes_on(text, stop, end):
            if stop[0].isspace() and re.search(r",\s\w{3}[^.]{0,80}\s\w\.$", names[-1]):
                names[-1] = names[-1][:-1]  # "Kenny, Louise C. Naps": the stop is the list's
            ended = Authors(tuple(names), stop.end(), sure)
            break
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            # "J. B. Smith. A. Jones": a stop between names, as some lists have it.
            separator = _STOP_BETWEEN.match(text, end) if stop is not None else None
        if separator is None:
            break
        at = separator.end()
        if len(names) >= 1 and sure and _read_person(text, at, forms) is None and _read_group(text, at) is None:
            lead = _ET_AL.match(text, at)
            if lead is not None:
                return Authors(tuple(names), _skip(text, lead.end()), is_sure=True)
            # "A. Smith, B. Jones, Naps in bakers, J. Naps 12 (2020)": a comma ends the names.
            ended = Authors(tuple(names), at, is_sure=len(names) > 1)
            break
    return ended


def _end_before_journal(text: str, at: int, end: int, names: list[str]) -> Authors:
    """The authors before a journal without title: "…; Doe, E. J. Am. Chem. Soc. 2020", whose J is the journal's."""
    person = re.match(r"[^,]+,\s(?:[A-Z]\.\s)??[A-Z]\.(?=\s(?:J\.\s)?\w+\.?$)", text[at:end])
    if person is None:
        return Authors(tuple(names), at, is_sure=True)
    return Authors((*names, _clean(person[0])), at + person.end() + 1, is_sure=True)


def _end_behind_et_al(text: str, others: re.Match[str], names: list[str]) -> Authors:
    """The authors that end in "et al.", with the group that may follow: "…, et al; NAP Investigators. Naps"."""
    at = _skip(text, others.end())
    if ";" in text[others.start() : at] and (group := _read_group(text, at)) is not None:
        return Authors((*names, text[at:group]), _skip(text, group), is_sure=True)
    return Authors(tuple(names), at, is_sure=True)


def _clean(name: str) -> str:
    """One name in one line, without footnote signs and without the stop that ends the list."""
    name = " ".join(name.split()).strip(" *†‡§¶")
    return name[:-1] if name.endswith(".") and name.count(".") == 1 and "," not in name else name


def _skip(text: str, at: int, signs: str = " .,:;") -> int:
    """Past the signs that end a list of names."""
    return len(text) - len(text[at:].lstrip(signs))


def _goes_on(text: str, stop: re.Match[str], end: int) -> bool:
    """Whether what looks like the list's end stands between an initial and the next name."""
    if "." not in stop[0] and text[end - 1 : end] != ".":
        return False
    rest = text[stop.end() :]
    return re.match(rf"(?:{_DOTTED}[,;]|(?:&|and|und|et|y|e|og|och|en)\s)", rest) is not None


def _is_journal(text: str, at: int, end: int) -> bool:
    """Whether what reads like a name ("J. Med") is the beginning of a journal's ("J. Med. Chem. 63")."""
    last = text[at:end].rstrip(".").rsplit(None, 1)[-1].rsplit(".", 1)[-1]
    return (
        not last.isupper()
        and last.casefold() in ABBREVIATED
        and _JOURNAL_FOLLOWS.match(text, end - (text[end - 1] == ".")) is not None
    )


def _is_of_a_body(name: str, behind: str) -> bool:
    """Whether what has a person's form begins a body's name: "U.S. Task Force", "NAP Collaboration (NAPC)"."""
    if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", name):
        return behind.startswith(".")
    family = name.partition(",")[0]
    return (" " in family and _BODY.search(family) is not None) or re.match(r"\s\([A-Z][\w-]+\)", behind) is not None


def _read_person(text: str, at: int, forms: tuple[re.Pattern[str], ...]) -> tuple[int, bool] | None:
    """Where the name of a person ends that begins here, and whether it has initials."""
    for form in forms:
        found = form.match(text, at)
        if found is None:
            continue
        first = re.match(r"[^\W\d_]+", found[0])
        if first is not None and first[0].casefold() in _NO_NAME:
            return None
        if form in _WITH_INITIALS and _is_of_a_body(found[0], text[found.end() : found.end() + 40]):
            return None
        if form is _INVERTED and (nearer := _CAPITALS.match(text, at)) is not None:
            return nearer.end(), True
        if form is _GIVEN_BEHIND and (two := _TWO_PERSONS.fullmatch(found[0])) is not None:
            one = two["one"] or two["han"]
            if re.fullmatch(_PARTICLE, one.split()[0].casefold()) is None:
                return at + len(one), False
        return found.end(), form in _WITH_INITIALS or form is _WITH_MIDDLE
    return None


def _read_group(text: str, at: int) -> int | None:
    """Where the name of a group ends that begins here."""
    chunk = text[at : at + _LONGEST_GROUP]
    lead = _LEAD_OF_GROUP.match(chunk)
    if re.match(rf"(?:{_UP}|\d|[a-z])", chunk[lead.end() if lead else 0 :]) is None:
        return None
    ends = [
        found.start()
        for found in re.finditer(
            r"[*†]?\.\s(?=[^a-z\s])|[*†]?[.]?$|;\s|:\s|\s?\((?:19|20)\d\d|,\s(?:19|20)\d\d\b|[.,]?\s[“\"«„]|\.\s(?:19|20)\d\d\b",
            chunk,
        )
        if not re.search(r"\b(?:U\.S|U\.K|St|Dr|No|Inc|Ltd|[A-Z])$", chunk[: found.start()])
    ]
    if not ends or (ends[0] == len(chunk) and len(chunk) == _LONGEST_GROUP):
        return None
    whole, first = chunk[: ends[0]], None
    if len(ends) > 1 and chunk[ends[0]] == ":" and _is_group_with_colon(chunk[: ends[1]]):
        return at + ends[1]
    for comma in re.finditer(r",\s(?:and\s|&\s?)?", whole):
        part = whole[: comma.start()]
        first = comma.start() if first is None and _is_group(part) else first
        if _is_group(part) and (
            _read_person(text, at + comma.end(), _WITH_INITIALS) is not None or _ET_AL.match(text, at + comma.start())
        ):
            return at + comma.start()
    others = _ET_AL.search(whole)
    if others is not None:
        whole = whole[: others.start()]
    if _is_group(whole) and (first is None or _OF_A_PAPER.search(whole, first) is None):
        return at + len(whole.rstrip())
    return at + first if first is not None else None  # a comma ends the names


def _is_group_with_colon(text: str) -> bool:
    """Whether a name goes on behind its colon: "Kidney Disease: Improving Global Outcomes (KDIGO) Work Group"."""
    ends_so = re.search(r"(?:Group|Panel|Committee|Collaborat\w{2,4}|Investigators|Network)$", text) is not None
    return ends_so and len(text.split()) <= 15 and _is_group(text)


def _is_group(text: str) -> bool:
    lead = _LEAD_OF_GROUP.match(text)
    if lead is not None and lead[0][:7].casefold() == "writing":
        return len(text.split()) <= 30
    text = text[lead.end() :] if lead is not None else text
    words = text.split()
    name = re.split(r"\s(?:on|for|of)\s", text, maxsplit=1)[0].split()  # "Study Group on the activity of naps"
    long = [word for word in name if len(word) > 3]
    return (
        bool(words)
        and len(words) <= 30
        and not re.match(r"[A-Z]\w+ing$", words[0])
        and (len(words) <= 3 or sum(word[:1].islower() for word in long) <= len(long) / 2)
        and _BODY.search(text) is not None
        and (_OF_A_PAPER.search(text) is None or _BODY.search(words[-1]) is not None or "Panel" in text)
        and not re.search(r"[?!]", text)
    )
