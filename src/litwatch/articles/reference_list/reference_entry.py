"""One entry of a reference list → a Reference: identifiers, year, authors, title and source as far as the form tells.

Column by column: identifiers and librarians' notes are taken off (``printed_identifiers``), authors are known by the
shape of names at the front (``printed_names``), the place by its figures at the end (``source_line``), the title is
what is left. Entries whose kind, title and "Source, year" stand on lines of their own are read by their lines. Only
what is printed is returned; a kind is never guessed from a title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from litwatch.articles.blocks import one_line
from litwatch.articles.reference_list.printed_identifiers import read_identifiers, without_identifiers
from litwatch.articles.reference_list.printed_names import UPPER, Authors, read_authors
from litwatch.articles.reference_list.reference_region import ends_in_year, kind_of
from litwatch.articles.reference_list.source_line import (
    ABBREVIATED,
    Place,
    boundaries,
    find_place,
    journal_of,
    split_title,
)
from litwatch.model.reference import Reference, ReferenceKind

_KIND_PREFIX = re.compile(
    r"[\[(]?([A-Za-z ]{3,30}?)[\])]?\s*(?::|\||[–—]|\s-\s|\.\s)\s*(?=\S)|\[([A-Za-z ]{3,30})\]\s+(?=\S)"
)
_KIND_SUFFIX = re.compile(r"(?<!\s)\s*[\[(]([A-Za-z ]{3,30})[\])]\.?$")
_YEAR_IN_BRACKETS = re.compile(
    r"[,.]?\s?[(\[](?:\d{1,2}\s)?(?:[^\W\d_]{3,9}\s)?(?P<year>(?:1[89]|20)\d\d)[a-z]?(?:[,;/\s-][^()\[\]]{0,40})?[)\]][.,:;]?\s*"
)
_YEAR_BARE = re.compile(r"(?P<year>(?:1[89]|20)\d\d)[a-z]?(?:,\s(?:[A-Z][a-z]{2,8}\.?\s?\d{0,2}))?[.,:;]\s+(?=\S)")
_DATE_BEHIND_TITLE = re.compile(r"(?<=\w)\.\s(?P<year>(?:19|20)\d\d)\s[A-Z][a-z]{2}(?:\s\d{1,2})?\.?$")
_NO_DATE = re.compile(r"\(n\.\s?d\.\)[.,]?\s*", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d/.–—-])(?:19|20)\d\d(?![\d/])")
_LINK_WORDS = re.compile(
    r"(?:[\W\d_]|\b(?:view article|view in article|abstract|article|pdf|full[- ]?text|free|pubmed(?: central)?"
    r"|google scholar|cross-?ref|medline|pmc|scopus|web of science|ads|cas|links?"
    r"|download(?: references)?|access|open|isi|chemport|show context|return to ref)\b)*+",
    re.IGNORECASE,
)
_QUOTES = {"“": "”", "«": "»", "„": "“”", '"': '"', "‘": "’", "'": "'"}
_LONGEST = 3000


@dataclass(frozen=True, slots=True)
class _Parts:
    authors: tuple[str, ...]
    title: str
    source: str
    year: int | None = None


def read_entry(
    position: int,
    number: int | None,
    *,
    kind: ReferenceKind | None,
    kind_line: str,
    lines: tuple[str, ...],
    links: tuple[str, ...],
) -> Reference:
    """Read one entry from its lines (kind line and number taken off) and the addresses that it links to."""
    whole = one_line(" ".join(lines))
    doi, pmid, url = read_identifiers(_clip(whole), links)
    text, label = (whole, kind_line) if whole else (kind_line, "")
    ahead: int | None = None
    kept: list[str] = []
    for line in lines:
        cleaned, year_ahead = without_identifiers(unicodedata.normalize("NFC", _clip(line)))
        ahead = ahead or year_ahead
        if cleaned and (not kept or _LINK_WORDS.fullmatch(cleaned) is None):
            kept.append(cleaned)
    if kept:
        stated, first = _take_kind(kept[0])
        kind, kept = kind or stated, [first, *kept[1:]] if first else kept[1:]
    if not kept:
        # What names a paper by its number alone has no title that could differ from the record's.
        title = kind_line if not lines else "" if url or doi or pmid else whole[:_LONGEST]
        sort = kind or ReferenceKind.OTHER
        return Reference(position, number, sort, title, "", None, (), pmid, doi, url, text, label)
    parts = _by_lines(kept) or _by_form(one_line(" ".join(kept)))
    return Reference(
        position,
        number,
        kind or ReferenceKind.OTHER,
        _bare_title(parts.title),
        parts.source,
        parts.year or ahead,
        parts.authors,
        pmid,
        doi,
        url,
        text,
        label,
    )


def _clip(text: str) -> str:
    """An entry's text, of a very long one its two ends: hundreds of authors may stand before the title."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2].rpartition(',')[0]}, ..., {_last_part(text)}"


def _last_part(text: str) -> str:
    return text[-_LONGEST // 2 :].partition(", ")[2]


@lru_cache(maxsize=4096)
def read_divisions(text: str) -> tuple[tuple[str, str], ...]:
    """Every (title, journal) into which a whole printed entry may be divided at the ends of its sentences, at most 36.

    For whoever holds a record and can tell which is right; the entry alone often cannot (``… in China. Environmental
    Science. Processes & Impacts``).
    """
    cleaned, _ = without_identifiers(unicodedata.normalize("NFC", _clip(text)))
    cleaned = one_line(cleaned)
    head = cleaned[: find_place(cleaned).start].rstrip(" ,;:(")
    authors = read_authors(head)
    ends = boundaries(head)[-_MOST_ENDS:]
    starts = [0, *([authors.end] if authors is not None else []), *(start for _, start in ends)]
    found = []
    for end, start in ends:
        source = journal_of(head[start:])
        begins = [begin for begin in starts if begin < end and len(head[begin:end].split()) > 1]
        found += [(_bare_title(_take_year(head[begin:end])[1]), source) for begin in begins if source]
    return tuple(dict.fromkeys(found))


_MOST_ENDS = 8


def _bare_title(title: str) -> str:
    """The title without emphasis, the quotation marks around it, and its full stop."""
    bare = title.strip(" *_,;:").lstrip("–— ")
    bare = re.sub(r"(?<=[?!])\.$", "", bare).removesuffix(".")
    if len(bare) > 1 and bare[-1] in _QUOTES.get(bare[0], "") and bare[0] not in bare[1:-1]:
        bare = bare[1:-1]
    if bare.startswith("[") and bare.endswith("]") and bare.count("[") == 1:
        bare = bare[1:-1]  # PubMed's and NLM's sign of a translated title
    return re.sub(r"(?<=[?!])\.$", "", bare).removesuffix(".").strip(" *_,")


def _take_kind(line: str) -> tuple[ReferenceKind | None, str]:
    """A kind printed before or behind the entry on the same line, and the rest."""
    found = _KIND_PREFIX.match(line)
    if found is not None:
        kind = kind_of(found[1] or found[2] or "")
        if kind is not None:
            return kind, line[found.end() :].strip()
    found = _KIND_SUFFIX.search(line)
    if found is not None and (kind := kind_of(found[1])) is not None:
        return kind, line[: found.start()].strip()
    return None, line


def _by_lines(lines: list[str]) -> _Parts | None:
    """Title and source from lines of their own; None where the lines are one wrapped entry."""
    if len(lines) < 2:
        return None
    authors = read_authors(lines[1])
    if len(lines) > 2 and authors is not None and authors.is_sure and authors.end >= len(lines[1]):
        # Manubot's lists: title, authors, source.
        source = " ".join(lines[2:])
        return _Parts(authors.names, lines[0], journal_of(source), _last_year(source))
    first = read_authors(lines[0])
    if first is not None and first.is_sure:
        return _in_parts(lines)
    last = lines[-1]
    named = ends_in_year(last) and not re.search(r"\d{4}\s*;", last)
    if not (named or lines[0].endswith((".", "?", "!")) or len(lines) == 2) or re.search(
        r";\s*\d+\s*[(:]", " ".join(lines)
    ):
        return None
    source = " ".join(lines[1:])
    return _Parts((), lines[0], _without_year(source), _last_year(last) or _last_year(source))


def is_in_parts(lines: Sequence[str]) -> bool:
    """Whether authors, title and source stand on lines of their own, as in ScienceDirect's lists."""
    return len(lines) > 2 and _in_parts(lines) is not None


def _in_parts(lines: Sequence[str]) -> _Parts | None:
    authors, source = read_authors(lines[0]), " ".join(lines[2:])
    place = find_place(source)
    if authors is None or not authors.is_sure or authors.end < len(lines[0]) or lines[0][-1] in ".,":
        return None
    if place.start == len(source) or boundaries(lines[1]):
        return None
    return _Parts(authors.names, lines[1], journal_of(source[: place.start]), place.year or _last_year(source))


def _without_year(source: str) -> str:
    return re.sub(r"(?<![\s,.(])[\s,.(]*+(?:19|20)\d\d\)?\.?$", "", source).strip(" ,;")


def _last_year(text: str) -> int | None:
    years = _YEAR.findall(text)
    return int(years[-1]) if years else None


def _by_form(text: str) -> _Parts:
    """Authors, title, source and year from an entry in one line."""
    authors = _find_authors(text)
    names, rest = (authors.names, text[authors.end :]) if authors is not None else ((), text)
    year, rest = _take_year(rest)
    if authors is None:
        apart = _year_between(rest)
        if apart is not None:
            names, year, rest = apart
        elif (behind := _authors_behind_title(rest)) is not None:
            names, rest = behind
    title, source, place = _divide(rest, has_authors=bool(names))
    if (dated := _DATE_BEHIND_TITLE.search(title)) is not None:  # GeneReviews, web pages
        title, year = title[: dated.start()], year or int(dated["year"])
    year = year or place.year or _year_outside(title, rest)
    return _Parts(names, title, journal_of(source), year)


def _find_authors(text: str) -> Authors | None:
    """The authors at the front, if what follows them has a title yet."""
    authors = read_authors(text)
    if authors is None:
        return None
    rest = text[authors.end :]
    last = text[: authors.end].rstrip()[-1]
    if not authors.is_sure and (last == ":" or (rest[:1].isdigit() and last not in ".,")):
        return None  # "Naps In Bakers: A Trial", "KDIGO 2020 Guideline"
    year, behind = _take_year(rest)
    if not behind.strip(" ."):
        return None
    if year is not None or rest[:1] in _QUOTES or authors.names[0] == "":
        return authors
    place = find_place(behind)
    parts = boundaries(behind[: place.start].rstrip(" ,;:(."))
    if authors.is_sure and ("et al" in text[: authors.end] or not _is_words(authors.names)):
        return authors
    # A body's name or words in capitals may be the title itself: then only the source is left.
    has_figures = place.volume is not None or place.first_page is not None
    is_body = authors.is_sure and not has_figures
    return authors if parts or is_body or re.search(r"\s[Ii]n:\s", behind) else None


def _is_words(names: tuple[str, ...]) -> bool:
    """Whether the only name holds no initials: a body's, or a title's."""
    return len(names) == 1 and re.search(rf"(?:^|[\s.,])[{UPPER}]{{1,3}}\.?(?:$|[\s.,])", names[0]) is None


def _take_year(text: str) -> tuple[int | None, str]:
    """A year at the front, as authors have it behind them, and the rest."""
    for form in (_YEAR_IN_BRACKETS, _YEAR_BARE):
        if (found := form.match(text)) is not None:
            return int(found["year"]), text[found.end() :]
    if (undated := _NO_DATE.match(text)) is not None:
        return None, text[undated.end() :]
    return None, text


def _authors_behind_title(text: str) -> tuple[tuple[str, ...], str] | None:
    """ "Naps in bakers. Example A, Sample C. Sleep Inv. 2020": the authors, and the entry without them."""
    ends = boundaries(text[: find_place(text).start])
    for (end, start), (after, rest) in pairwise(ends[:3]):
        authors = read_authors(text[start:after])
        if authors is not None and authors.is_sure and len(authors.names) > 1 and authors.end >= after - start:
            return authors.names, f"{text[:end].rstrip('.')}. {text[rest:]}"
    return None


def _year_between(text: str) -> tuple[tuple[str, ...], int, str] | None:
    """An entry with its year in brackets in the middle whose authors were not known: (authors, year, title and source).

    Where nothing but the source follows the year, the title stands before it (APA without authors).
    """
    for found in _YEAR_IN_BRACKETS.finditer(text):
        before, after = text[: found.start()].strip(" ,."), text[found.end() :]
        if not before or not after or found.start() > 1200:
            return None
        place = find_place(after)
        head = after[: place.start].strip(" ,;:(.")
        if not head:
            continue
        has_title = after[:1] in _QUOTES or bool(boundaries(head))
        if text[found.start() - 1] in "'’”\"" or (not has_title and len(before.split()) >= 3):
            return (), int(found["year"]), f"{before.rstrip('.')}. {after}"
        if has_title and found[0].strip()[:1] in "([" and not re.search(r"\d\s*$", before):
            return (before,), int(found["year"]), after
        return None
    return None


def _divide(text: str, *, has_authors: bool) -> tuple[str, str, Place]:
    """Title, source and place of what follows the authors and their year."""
    if (book := _IN_EDITED_BOOK.match(text)) is not None:
        return "", book[1], find_place(text)
    if (quoted := _quoted(text)) is not None:
        title, rest = quoted
        place = find_place(rest)
        return title, rest[: place.start], place
    place = find_place(text)
    head = text[: place.start]
    if place.start < len(text) and not head.strip(" ,;:(."):
        place, head = Place(len(text)), text
    if has_authors and place.volume is not None and _is_journal_alone(head.strip(" ,;:(")):
        return "", head, place
    title, source = split_title(head, has_place=place.start < len(text))
    return title, source, place


_IN_EDITED_BOOK = re.compile(r"in\s([A-Z][^()]{3,200}?)\s\(eds?\.?\s")
"""Nature's chapters, which have no titles: "Example, A. in Textbook of Sleep (ed. Baker, E.) 45–50"."""
_SMALL = frozenset("of the and in for & de la der für et".split())


def _is_journal_alone(head: str) -> bool:
    """Whether what stands before a volume is a journal's name and no title, as in the lists of chemists."""
    words = head.split()
    if not words or len(words) > 7 or not all(word[:1].isupper() or word in _SMALL for word in words):
        return False
    if boundaries(head):
        short = [word.rstrip(".").casefold() for word in words if word not in _SMALL]
        return (
            all(word.endswith(".") or word in _SMALL for word in words[:-1])
            and all(len(word) == 1 or word in ABBREVIATED for word in short[:-1])
            and (len(short) > 2 or len(short[0]) == 1 or short[-1] in ABBREVIATED)
        )
    return "," not in head and ":" not in head and head[-1:] not in "?!" and len(words) <= 6


def _quoted(text: str) -> tuple[str, str] | None:
    """A title in quotation marks at the front, and what follows it. Quotation marks within it stay."""
    text = text.lstrip(" *_")
    closing = _QUOTES.get(text[:1])
    if closing is None:
        return None
    limit = find_place(text).start
    ends = [
        found
        for found in re.finditer(
            rf"[{closing}][.,]?[”’\"']?[.,]?(?=\s+[^\sa-z]|\s+in\b|\s+e[A-Z]|\s+(?:npj|medRxiv|bioRxiv)|\s*$|\s*\()",
            text[1:],
        )
        if found.start() + 1 < limit and found.start() > 2
    ]
    if text[0] in "'‘":
        ends = [
            found for found in ends if re.match(r"[’'][,.]|[’']\s*[(\[]|[’']\s+[A-Z]|[’']$", text[found.start() + 1 :])
        ]
    if not ends:
        return None
    depth_closed = next(
        (found for found in ends if _is_balanced(text[: found.start() + 2], text[0], closing)), ends[-1]
    )
    end = depth_closed if text[0] != '"' else ends[-1] if text[1:limit].count('"') % 2 else ends[0]
    return text[1 : end.start() + 1], text[end.end() + 1 :].lstrip(" .,;:")


def _is_balanced(text: str, opening: str, closing: str) -> bool:
    return opening == closing[0] or text.count(opening) <= sum(text.count(sign) for sign in closing)


def _year_outside(title: str, text: str) -> int | None:
    """The last year that the entry prints outside its title."""
    return _last_year(text.replace(title, " ", 1)) if title else _last_year(text)
