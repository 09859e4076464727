"""Where a printed entry says that the paper appeared: year, volume, issue and first page, in the usual print styles.

The figures are looked for from the end of the entry, because titles hold figures too. What stands before them is the
title and the journal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_YEAR = r"(?P<year>(?:1[89]|20)\d\d)[a-z]?"
_MONTHS = r"(?:[^\W\d_]{3,10}\.?(?:[-–/][^\W\d_]{3,10}\.?)?)"
_DAY = rf"(?:[\s.,]{{0,2}}{_MONTHS}(?:[\s.]{{0,2}}\d{{1,2}}(?:[-–]\d{{1,2}})?)?|[-/–]\d{{2,4}}(?:[-/]\d{{1,2}})?)"
_VOLUME = r"(?P<volume>(?:[A-Z]{0,2}\d{1,4}[A-Z]?(?:[-–/]\d{1,4})?|(?:[Ss]uppl?|S)\.?\s?\d{1,3}))"
_ISSUE = (
    r"(?:\s?\([^()]{1,40}\)|\s?[Ss]uppl(?:ement)?\.?\s?[A-Z]?\d{0,3}(?:\s?[Pp]t\.?\s?\d)?|[.,]\s?(?:no|[Nn]r|n|Heft|H|iss(?:ue)?|n°|№)s?\.?\s?[\w/–-]{1,12}"
    r"|\s(?:[Pp]t|[Pp]art)\.?\s?\w{1,3})"
)
_PAGE = r"(?P<page>(?:ENEURO\.|[A-Za-z]{1,5}[-.]?)?\d{1,12}(?:[A-Za-z]\d{0,6})?(?:\.(?:e|pub|g)\d{1,3})?)"
_PAGES = (
    rf"(?:(?:pp?|pages?|S\.|[Aa]rt(?:icle)?\.?(?:\s[Nn]o\.?|\snumber)?)\.?:?\s?)?{_PAGE}"
    r"(?:\s?[-‐‑–—−]{1,2}\s?[A-Za-z]{0,5}\d{1,9}[A-Za-z]?(?:(?<=[-–]\d\d)\.20\d\d(?=[\s.,;)]|$))?)?"
)
"""The longest pages are those of eNeuro: ENEURO.0172-19.2019."""
_AFTER = r"(?![\w(])"

_STYLES = tuple(
    re.compile(style)
    for style in (
        # Vancouver, NLM, AMA, Lancet, BMJ: 2019 Aug 1;394(10193):121-30 – 2024;47(Suppl 1):S20 – 2020;(3):CD000123
        rf"(?:(?<=[,.]\s)[A-Z][a-z]{{2,8}}\.?\s\d{{1,2}},\s)?{_YEAR}{_DAY}?\s?;\s?{_VOLUME}?{_ISSUE}{{0,2}}\s?[:,]\s?{_PAGES}{_AFTER}",
        rf"{_YEAR}{_DAY}?\s?;\s?{_VOLUME}{_ISSUE}{{0,2}}{_AFTER}",
        rf"{_YEAR}{_DAY}?\s?;\s?{_PAGES}{_AFTER}",
        # MLA, IEEE, Harvard: vol. 12, no. 3, Mar. 2020, pp. 11–19 – vol. 12, no. 3, pp. 11–19, Mar. 2020
        rf"\b(?:[Vv]ol(?:ume)?|Band|Bd|Jahrgang|Jg|[Tt]ome|(?<=,\s)v)\.?\s?{_VOLUME}{_ISSUE}?(?:,\s?(?:{_MONTHS}\s)?(?:\d{{1,2}}\s)?(?P<middle>(?:1[89]|20)\d\d))?"
        rf"(?:[,:]\s?{_PAGES})?(?:,\s?(?:{_MONTHS}\s)?(?:\d{{1,2}},?\s)?{_YEAR})?{_AFTER}",
        # Chicago, MLA 7, Elsevier: 12, no. 3 (2020): 11–19 – 12.3 (2020): 11–19 – 12 (2020) 11–19
        rf"(?<![\w–‑-]){_VOLUME}(?:\.\d{{1,4}})?{_ISSUE}?,?\s?\((?:[^()\d,]{{0,20}}(?:\d{{1,2}},\s)?){_YEAR}\)(?:[:,]?\s{_PAGES})?{_AFTER}",
        # Nature: 12, 11–19 (2020)
        rf"(?<![\w–‑-]){_VOLUME}{_ISSUE}?\s?[,:]\s?{_PAGES}\s?\((?:{_MONTHS}\s)?{_YEAR}\)",
        # The American Physiological Society's and others with the year at the end: 12:11–19, 2020 – 12 (3), 11–19, 2020
        rf"(?<![\w–‑-]){_VOLUME}{_ISSUE}?\s?[,:]\s?{_PAGES}[,;]\s(?:{_MONTHS}\s)?{_YEAR}(?=[\s.;)\]]*$)",
        # A chapter: Example Press; 2018:11–29
        rf"(?<=[;,]\s){_YEAR}:\s?{_PAGES}{_AFTER}",
        # ACS: 2020, 12 (3), 11–19
        rf"{_YEAR},\s{_VOLUME}{_ISSUE}?(?:[,:]\s?{_PAGES})?{_AFTER}",
        # RSC and others: 2020 12:11–19, (2020) 12:11-19
        rf"\({_YEAR}\),?\s{_VOLUME}{_ISSUE}?:\s?{_PAGES}{_AFTER}",
        rf"(?<![:\d]\s)(?<![:(\d]){_YEAR},?\s{_VOLUME}{_ISSUE}?:\s?{_PAGES}{_AFTER}",
    )
)
_WITHOUT_YEAR = (
    # APA, Chicago author-date, Springer, Elsevier Harvard: 12(3), 11–19 – 12 (3): 11–19 – 12:11–19 – 12, e11
    re.compile(rf"(?<![\w.:/-])(?!(?:19|20)\d\d:){_VOLUME}{_ISSUE}?\s?[,:;]\s?{_PAGES}(?=[\s.,;)\]]*$|\.\s|\s\()"),
    re.compile(rf"(?<![\w.:/-]){_VOLUME}\s?\((?![^()]{{0,36}}(?:19|20)\d\d)[^()]{{1,40}}\)(?=[\s.,;)\]]*$)"),
    re.compile(r"(?<=[,.]\s)(?P<volume>(?!(?:1[89]|20)\d\d\b)\d{1,4})(?=[\s.,;)\]]*$)"),
)
_YEAR_ALONE = (
    re.compile(rf"[;,(]\s?(?:{_MONTHS}\s)?(?:\d{{1,2}},?\s)?{_YEAR}{_DAY}?\)?[\s.,;)]*$"),
    re.compile(rf"(?<=[.?!])\s\(?{_YEAR}{_DAY}?\)?[\s.,;)]*$"),
    re.compile(rf"(?<=[.?!])\s\(?{_YEAR}{_DAY}?\)?[.;,](?=\s)"),
    re.compile(rf"[;,:]\s?{_YEAR}(?:[-–](?:\d{{2,4}}))?[.;,]?(?=\s|$)"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper appeared, as printed; None and empty where the entry does not say."""

    start: int
    """Where in the text the figures begin; its length where there are none."""
    year: int | None = None
    volume: str | None = None
    first_page: str | None = None


def find_place(text: str) -> Place:
    """The last place that a text prints in one of the usual styles.

    >>> find_place("Obesity. Diabetes Metab Syndr Obes. 2020;13:3611-3616.")
    Place(start=36, year=2020, volume='13', first_page='3611')
    """
    found = [match for style in (*_STYLES, *_WITHOUT_YEAR) if (match := _last(style, text)) is not None]
    if found:
        end = max(match.end() for match in found)
        last = next(match for match in found if match.end() == end)
        # "12, 11–19 (2020)" ends like "19 (2020)": of what overlaps, the longest is meant.
        return _place(min((match for match in found if match.end() > last.start()), key=lambda match: match.start()))
    for style in _YEAR_ALONE:
        if (match := _last(style, text)) is not None:
            return _place(match)
    return Place(len(text))


def _last(style: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(style.finditer(text))
    return found[-1] if found else None


def _place(match: re.Match[str]) -> Place:
    told = match.groupdict()
    year = told.get("year") or told.get("middle")
    return Place(match.start(), int(year) if year else None, told.get("volume"), told.get("page"))


_BOUNDARY = re.compile(r"(?:[.?!…](?:[\"”’»)\]]|'(?=\s))?\.?|[\"”»]\.?)\s(?=[^\s.,;:)])")
_NO_END = frozenset(
    "vs. v. st. dr. no. nos. vol. spp. sp. var. subsp. cf. approx. ca. etc. e.g. i.e. viz. fig. inc. ltd. eq. ser. "
    "u.s. u.k. ed. eds. edn. p. pp. pt. mr. mrs. prof. resp.".split()
)
ABBREVIATED = frozenset(
    "a acad acta actuators adv agric allergy am anaesth anal anesth anim ann appl arch arthritis assoc atheroscler "
    "aust behav biochem bioeng bioinform biol biomech biomed biophys bioresour biotechnol blood bone br brain brit "
    "bull can cancer cardiol cardiovasc care cell chem chin circ circulation clin cogn coll commun comput conserv "
    "crit curr dent dermatol diabet diabetes dis dtsch ear ecol econ educ electrochem emerg endocrinol eng engl "
    "environ epidemiol eur evol exp fam fertil food front fr funct gastroenterol gen genet genom geriatr gerontol grad "
    "gynaecol gynecol haematol haemost head health heart hematol hepatol hosp hum hyg hypertens imaging immunol "
    "indian infect inform inst int intern ital j joint jpn kidney laryngol lasers lett leuk lung lymphoma manag "
    "mater math med metab methods microbiol microsc mind mol mutat n nanotechnol nat natl neck nephrol neurol "
    "neurosci nurs nutr obstet occup oncogene oncol ophthalmol opin opt oral orthop otol paediatr pathol pediatr "
    "pharmacol phys physiol plant policy postgrad pract proc psychiatr psychiatry psychol public qual radiol rec "
    "rehabil rep reprod res resour respir rev rheumatol rundsch s saf scand schweiz sci sens sleep soc spectrosc "
    "sport stat stroke struct surg technol ther thorac thromb toxicol transfus transplant trends trop tumor tumori "
    "u urol vasc vet virol wochenschr z".split()
)
"""Words of journals' abbreviations (ISO 4) that a stop may follow within a journal's name."""
_PARENT = re.compile(
    r"(?:the\s)?(?:lancet|circulation|american journal of physiology|acta crystallographica|journals of gerontology"
    r"|proceedings(?: of the royal society)?|philosophical transactions\b[^.]{0,60}|comptes rendus|nature reviews"
    r"|jama|bmj"
    r"|journal of polymer science|methods|wiley interdisciplinary reviews|current protocols|current opinion"
    r"|physical review|bulletin|zeitschrift für [^.]{3,40}|annales [^.]{3,40}|journal of physics)",
    re.IGNORECASE,
)
"""Journals whose name goes on after a stop: "The lancet. Respiratory medicine"."""
_SERIES = re.compile(r"(?:section|series|part|ser\.)\s[A-Z\d]\b", re.IGNORECASE)
_EDITION = re.compile(
    r"[.,;]?\s\(?(?:\d{1,2}(?:st|nd|rd|th)|second|third|fourth|fifth|rev(?:ised)?\.?|new)\s(?:rev(?:ised)?\.?\s)?ed(?:n|ition|\.)?\.?\)?\.?$",
    re.IGNORECASE,
)
_EDITION_FIRST = re.compile(r"\d{1,2}(?:st|nd|rd|th)\sed(?:n|ition)?\.?,?\s")
_SERIES_OF_BODY = re.compile(
    r"(?:[A-Z][\w-]*\s)?(?:[\w-]+\s){0,3}(?:[Gg]uid(?:eline|ance)|[Pp]ublication|[Rr]eport|[Ss]eries|[Ss]tandard)s?"
    r"\s(?:[\[(][A-Z]{1,4}\s?\d+[\])]|(?:[Nn]o|[Nn]umber)\.?\s?\d+)\.?"
)
"""What a body calls its papers: "NICE guideline [NG99]", "WHO Technical Report Series No. 894"."""
_IN_BOOK = re.compile(r"[.,?!”\"’]?\s[Ii]n:\s|[.?!”\"’,]\sIn\s(?=[A-Z“][^;]{0,200}?\b[Ee]d(?:s|ited|itors?)?\b)")
_EDITORS = re.compile(
    r"(?!UpToDate).{0,300}?(?:,?\s\(?[Ee]ds?\.?\)?[.,:]?|,?\s\(?[Ee]ditors?\)?[.,:]?|,?\s\(?Hrsg\.?\)?[.,:]?)\s+"
)


def boundaries(text: str) -> list[tuple[int, int]]:
    """Where one part of an entry ends and the next begins: (end of the one, beginning of the next)."""
    found = []
    for match in _BOUNDARY.finditer(text):
        head = text[: match.end()].rstrip()
        last = head.rsplit(None, 1)[-1] if head else ""
        following = text[match.end() :]
        if last.casefold().lstrip("([“") in _NO_END or re.fullmatch(r"(?:[A-Z]\.){1,3}", last):
            if not (
                re.fullmatch(r"[A-Z]\.", last) and len(head.split()) > 3 and _starts_part(following) and match.start()
            ):
                continue
            if (
                head.endswith(f", {last}")
                or re.match(r"[A-Z]\.\s", following)
                or re.search(r"\s[A-Z]\.\s[A-Z]\.$", head)
            ):
                continue
        if re.fullmatch(r"\W?\d{1,2}[.]", head) or not _starts_part(following):
            continue  # "2. Diagnosis and classification", "vs. placebo"
        found.append((match.start() + len(match[0].rstrip()), match.end()))
    return found


def _starts_part(text: str) -> bool:
    word = re.match(r"[\[(\"“‘'«¿¡]*([^\s]+)", text)
    if word is None:
        return False
    first = word[1]
    return (
        not first[:1].islower()
        or any(c.isupper() or c.isdigit() for c in first)
        or first[0] > "ʯ"
        or first.startswith(("npj", "medrxiv", "biorxiv"))
    )


def split_title(text: str, *, has_place: bool) -> tuple[str, str]:
    """Title and source of what stands between the authors and the figures of the place."""
    text = text.lstrip(" ,;").rstrip(" ,;(")
    if (book := _IN_BOOK.search(text)) is not None and book.start() > 3:
        source = text[book.end() :]
        editors = _EDITORS.match(source)
        source = source[editors.end() :] if editors else source
        ends = boundaries(source)
        return text[: book.start()], source[: ends[0][0]] if ends else source
    ends = boundaries(text)
    if not ends:
        if has_place and (initials := _last(re.compile(r"\w\s(?:[A-Z]\.){2,4}\s(?=[A-Z])"), text)) is not None:
            return text[: initials.end()].rstrip(), text[initials.end() :]  # "Naps in the U.S.A. Sleep Inv"
        if has_place and (comma := _last(re.compile(r",\s+(?=[A-Z])"), text)) is not None:
            return text[: comma.start()], text[comma.end() :]
        return text, ""
    at = len(ends) - 1 if has_place else 0
    if not has_place:
        while at < len(ends) - 1 and text[ends[at][0] - 1] in "?!":
            at += 1
    while (
        has_place
        and at > 0
        and _belongs_to_journal(text[: ends[at - 1][0]], text[ends[at - 1][1] : ends[at][0]], text[ends[at][1] :])
    ):
        at -= 1
    if has_place and at > 0 and _SERIES_OF_BODY.fullmatch(text[ends[at - 1][1] : ends[at][0]]):
        at -= 1
    end, start = ends[at]
    title, source = text[:end], text[start:]
    while (edition := _EDITION.search(title)) is not None and edition.start() > 3:
        title = title[: edition.start()]
    return title, _EDITION_FIRST.sub("", source)


def _belongs_to_journal(title: str, part: str, following: str) -> bool:
    """Whether a part that ends in a stop begins the journal's name: ``J. Clin. Invest.``, ``The lancet. Oncology``."""
    if not part.endswith("."):
        return False
    words = part.rstrip(".").split()
    if len(words) == 1 and (len(words[0]) == 1 or words[0].casefold() in ABBREVIATED):
        return len(following.split()) <= 8
    if len(words) <= 3 and all(
        len(word) == 1 or word.casefold() in ABBREVIATED or word in ("of", "&") for word in words
    ):
        return len(following.split()) <= 3 and following.rstrip(".").casefold().split()[0] in ABBREVIATED
    if len(words) <= 4 and _is_heading(words) and _is_heading(following.split()) and not _OF_A_TITLE.search(part):
        # "… in bakers. Environmental Science. Processes & Impacts": a title in small letters, a journal in capitals.
        return sum(word[:1].islower() and len(word) > 3 for word in title.split()) >= 3
    return _PARENT.fullmatch(part.rstrip(".")) is not None or (
        _SERIES.match(following) is not None and len(words) <= 12 and part[:1].isupper()
    )


def _is_heading(words: list[str]) -> bool:
    return all(word[:1].isupper() or word in ("&", "of", "and", "the", "in", "for") for word in words)


_OF_A_TITLE = re.compile(
    r"\b(?:part|review|report|trial|study|analysis|survey|protocol|\w*\d\w*|[IVX]+)\b", re.IGNORECASE
)


@lru_cache(maxsize=8192)
def journal_of(source: str) -> str:
    """The journal or publisher at the start of a source, without the figures and signs behind it."""
    if (book := _EDITED.search(source)) is not None:
        source = re.sub(r"^[Ii]n:?\s", "", source[: book.start()])
    cut = _BEHIND_JOURNAL.search(source)
    kept = source[: cut.start()] if cut is not None and cut.start() > 2 else source
    if kept.count("(") > kept.count(")") and (closed := source.find(")", len(kept))) >= 0:
        kept = source[: closed + 1]  # "Micron (Oxford, England : 1993)"
    return kept.strip(' .,;:*_[“”"').rstrip("(").strip(" .,;:")


_BEHIND_JOURNAL = re.compile(
    r"(?<![\s,;(])[\s,;(]{0,4}(?:\b[Vv]ol(?:ume)?\.?\s?\d.*|\(?\b(?:19|20)\d\d\b.*|\(?\bpp?\.\s?\d.*"
    r"|\b\d{1,2}(?:st|nd|rd|th)\s(?:rev(?:ised)?\.?\s)?ed(?:n|ition)?\b.*)$",
    re.DOTALL,
)
_EDITED = re.compile(
    r"(?<=[\w)]),\sedited\sby\s|(?<=[\w)]);\s[^;]{3,200},\s[Ee]ds?\.[;,]|(?<=\w),\s[^,;()]{3,60}\s\([Ee]ds?\.?\)"
)
"""A book's editors behind its name: Chicago's and MDPI's chapters."""
