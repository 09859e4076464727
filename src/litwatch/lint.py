"""Citation lint: what is wrong with an article's markers and reference list, each finding with a place and a hint.

An editor's pins settle what no program may guess, and silence exactly what they settle. This module refuses to mend
anything, to guess in silence, and to look anything up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from litwatch.articles.model import Article, Section
from litwatch.citations import Reference
from litwatch.topics import Pin


class Severity(StrEnum):
    """How bad a finding is: an error misleads a reader, a warning may, a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding."""

    code: str
    """Stable: ``L01-marker-without-reference``, …"""
    severity: Severity
    message: str
    hint: str
    section: str | None = None
    """The section's heading."""
    sentence: int | None = None
    """The sentence's number."""
    position: int | None = None
    """The reference's 1-based place in the list."""


def lint(article: Article, pins: Iterable[Pin] = ()) -> tuple[Finding, ...]:
    """Every finding about an article's citations, in the order of their codes, then of the text.

    ``pins`` are the topic file's; without them an unnumbered reference list leaves the meaning of its markers open.
    """
    pinned = tuple(pins)
    position_of = _positions(article, pinned)
    findings = [
        *_markers_without_reference(article, pinned, position_of),
        *_references_never_cited(article, position_of),
        *_gaps(article),
        *_duplicates(article.references),
        *_order_of_first_use(article),
        *_uncertain_mapping(article, pinned, position_of),
        *_self_citations(article.references),
        *_leftovers(article),
        *_uncheckable(article, pinned),
        *_single_uncheckable_source(article, pinned, position_of),
        *_no_citations(article),
        *_pins_without_target(article, pinned),
    ]
    return tuple(findings)


def _positions(article: Article, pins: Sequence[Pin]) -> dict[int, int]:
    """Marker → place in the list: by the printed numbers, and above them by pins."""
    printed = {ref.number: ref.position for ref in article.references if ref.number is not None}
    return printed | {pin.marker: pin.position for pin in pins if pin.marker is not None and pin.position is not None}


def _settled_markers(pins: Sequence[Pin]) -> set[int]:
    """Markers whose paper an editor has named without any place in the list."""
    return {pin.marker for pin in pins if pin.marker is not None and (pin.pmid is not None or pin.not_in_pubmed)}


def _markers_without_reference(article: Article, pins: Sequence[Pin], position_of: dict[int, int]) -> Iterator[Finding]:
    known = {ref.position for ref in article.references}
    settled = _settled_markers(pins)
    sure = {marker.number for sentence in article.sentences for marker in sentence.markers if marker.sure}
    uses: dict[int, list[tuple[Section, int]]] = {}
    for section, sentence, number in _uses(article):
        uses.setdefault(number, []).append((section, sentence))
    for number, places in sorted(uses.items()):
        position = position_of.get(number)
        if number in settled or position in known:
            continue
        if position is None and not article.references_numbered and number <= len(article.references):
            continue  # an unnumbered list may well have it: the uncertain mapping is a finding of its own
        where = f"sentence {_list([n for _, n in places])}" if len(places) == 1 else f"{len(places)} sentences"
        yield Finding(
            "L01-marker-without-reference",
            Severity.ERROR if number in sure else Severity.WARNING,
            f"Marker {number}, in {where}, points to no entry of the reference list, which has "
            f"{len(article.references)}{'' if number in sure else '; that it is a marker at all is not certain'}.",
            "Add the reference, correct the marker, or pin the marker to its paper in the topic file.",
            places[0][0].heading or None,
            places[0][1],
        )


def _references_never_cited(article: Article, position_of: dict[int, int]) -> Iterator[Finding]:
    if not article.markers or not (article.references_numbered or set(article.markers) <= set(position_of)):
        return  # without a certain mapping nobody can say which entry is unused
    used = {position_of[number] for number in article.markers if number in position_of}
    for ref in article.references:
        if ref.position not in used:
            yield Finding(
                "L02-reference-never-cited",
                Severity.WARNING,
                f"{_name(ref)} is in the list, and no sentence cites it.",
                "Cite it where it is used, or take it out.",
                position=ref.position,
            )


def _gaps(article: Article) -> Iterator[Finding]:
    for what, numbers in (
        ("The text's markers", article.markers),
        ("The reference list's numbers", sorted({ref.number for ref in article.references if ref.number is not None})),
    ):
        missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
        if missing:
            yield Finding(
                "L03-gap-in-numbering",
                Severity.WARNING,
                f"{what} run to {max(numbers)} and leave out {_list(missing)}.",
                "Look whether a sentence or a reference was lost, then number again.",
            )
    numbers_printed = [ref.number for ref in article.references if ref.number is not None]
    for number in sorted({n for n in numbers_printed if numbers_printed.count(n) > 1}):
        yield Finding(
            "L03-gap-in-numbering",
            Severity.ERROR,
            f"The reference list has the number {number} more than once.",
            "Give each entry its own number.",
        )


def _duplicates(references: Sequence[Reference]) -> Iterator[Finding]:
    seen: dict[tuple[str, object], Reference] = {}
    for ref in references:
        keys: list[tuple[str, object]] = []
        keys += [("PMID", ref.pmid)] if ref.pmid is not None else []
        keys += [("DOI", ref.doi)] if ref.doi is not None else []
        # Editions of one guideline share their title and differ in their year.
        keys += [("title", (title, ref.year))] if len(title := _plain(ref.title)) > 10 else []
        found = next(((what, seen[what, value]) for what, value in keys if (what, value) in seen), None)
        if found is not None:
            same, earlier = found
            yield Finding(
                "L04-duplicate-reference",
                Severity.WARNING,
                f"{_name(ref)} repeats {_name(earlier).lower()}: the same {same}.",
                "Keep one entry and point both markers to it.",
                position=ref.position,
            )
        for key in keys:
            seen.setdefault(key, ref)


def _order_of_first_use(article: Article) -> Iterator[Finding]:
    first_uses = list(dict.fromkeys(number for _, _, number in _uses(article)))
    if first_uses != sorted(first_uses):
        late = next(n for n, before in zip(first_uses[1:], first_uses, strict=False) if n < before)
        yield Finding(
            "L05-markers-out-of-order",
            Severity.NOTE,
            f"Markers are not numbered in the order of their first use: {late} first appears after a higher number.",
            "Number the references in the order in which the text first cites them.",
        )


def _uncertain_mapping(article: Article, pins: Sequence[Pin], position_of: dict[int, int]) -> Iterator[Finding]:
    if article.references_numbered or not article.markers:
        return
    open_markers = sorted(set(article.markers) - set(position_of) - _settled_markers(pins))
    if open_markers:
        yield Finding(
            "L06-mapping-uncertain",
            Severity.ERROR,
            f"The text cites {_list(article.markers)} and the page lists {_count(len(article.references), 'reference')}"
            f" without numbers: which entry marker {_list(open_markers)} means is not certain.",
            "Number the list, or pin each marker to its entry in the topic file; litwatch does not guess.",
        )


_OWN_HOUSE = re.compile(
    r"\b(?:advisory|editorial|review) board\b|\bboard (?:&|and) editors\b|\beditors(?:'|’)? (?:team|staff)\b"
    r"|\btopic overview\b",
    re.IGNORECASE,
)


def _self_citations(references: Sequence[Reference]) -> Iterator[Finding]:
    for ref in references:
        if is_own_house(ref):
            yield Finding(
                "L07-self-citation",
                Severity.ERROR,
                f"{_name(ref)} is the site's own board or overview, presented as a {ref.kind.value}.",
                "Cite the guideline or study that the overview rests on.",
                position=ref.position,
            )


def is_own_house(ref: Reference) -> bool:
    """Whether a reference names the site's own board or overview as its source."""
    return bool(_OWN_HOUSE.search(" ".join((ref.title, ref.source, *ref.authors))))


def _leftovers(article: Article) -> Iterator[Finding]:
    for text in article.leftovers:
        place = next(((part, s.number) for part in article.sections for s in part.sentences if s.text == text), None)
        yield Finding(
            "L08-leftover-text",
            Severity.ERROR,
            f"“{text[:160]}” is no part of an answer; it reads like an instruction to whoever wrote the text.",
            "Take it out.",
            place[0].heading or None if place else None,
            place[1] if place else None,
        )


def _uncheckable(article: Article, pins: Sequence[Pin]) -> Iterator[Finding]:
    for ref in article.references:
        if not _can_be_checked(ref, pins):
            yield Finding(
                "L09-source-cannot-be-checked",
                Severity.WARNING,
                f"{_name(ref)} gives neither a PMID or DOI nor a journal and a year, so nobody can look it up.",
                "Complete the entry, or pin its record in the topic file.",
                position=ref.position,
            )


def _can_be_checked(ref: Reference, pins: Sequence[Pin]) -> bool:
    named = any(pin.position == ref.position and (pin.pmid or pin.doi or pin.not_in_pubmed) for pin in pins)
    printed = ref.pmid is not None or ref.doi is not None or ref.url is not None
    return named or printed or (bool(ref.title and ref.source and ref.year) and not is_own_house(ref))


def _single_uncheckable_source(article: Article, pins: Sequence[Pin], position_of: dict[int, int]) -> Iterator[Finding]:
    by_position = {ref.position: ref for ref in article.references}
    for section in article.sections:
        numbers = {marker.number for sentence in section.sentences for marker in sentence.markers}
        if len(numbers) != 1:
            continue
        (number,) = numbers
        ref = by_position.get(position_of.get(number, 0))
        if ref is not None and not _can_be_checked(ref, pins):
            yield Finding(
                "L10-section-rests-on-uncheckable-source",
                Severity.WARNING,
                f"Every cited claim of this section rests on {_name(ref).lower()}, which cannot be checked.",
                "Add a source that readers can find.",
                section.heading or None,
                position=ref.position,
            )


def _no_citations(article: Article) -> Iterator[Finding]:
    if not article.markers:
        yield Finding(
            "L11-no-markers",
            Severity.WARNING,
            "No sentence carries a marker, so no claim can be traced to a source.",
            "Cite the sources in the text.",
        )


def _pins_without_target(article: Article, pins: Sequence[Pin]) -> Iterator[Finding]:
    places = {ref.position for ref in article.references}
    for pin in pins:
        missing = [f"marker {pin.marker}"] if pin.marker is not None and pin.marker not in article.markers else []
        missing += [f"place {pin.position}"] if pin.position is not None and pin.position not in places else []
        if missing:
            yield Finding(
                "L12-pin-without-target",
                Severity.ERROR,
                f"The topic file pins {' and '.join(missing)}, which the article does not have.",
                "Correct the pin, or take it out.",
            )


def _uses(article: Article) -> Iterator[tuple[Section, int, int]]:
    """Every use of a marker: (section, sentence number, marker number), once for each sentence, in reading order."""
    for section in article.sections:
        for sentence in section.sentences:
            for number in dict.fromkeys(marker.number for marker in sentence.markers):
                yield section, sentence.number, number


def _name(ref: Reference) -> str:
    title = f" (“{ref.title[:80]}”)" if ref.title else ""
    return f"Reference {ref.number if ref.number is not None else f'at place {ref.position}'}{title}"


def _plain(title: str) -> str:
    return re.sub(r"[^\w]+", " ", unicodedata.normalize("NFKC", title).casefold()).strip()


def _list(numbers: Collection[int]) -> str:
    """``1–6`` for a run, ``1, 3 and 7`` otherwise."""
    ordered = sorted(numbers)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]}–{ordered[-1]}"
    return ", ".join(map(str, ordered[:-1])) + (" and " if len(ordered) > 1 else "") + str(ordered[-1])


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
