"""The markers against the reference list: missing, unused, out of order, of uncertain meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from litwatch.articles.languages import examples
from litwatch.articles.model import Article, Section
from litwatch.model.severity import Severity
from litwatch.model.text.phrases import count, listed
from litwatch.model.topic import Pin
from litwatch.references.lint.findings import Finding, found, in_words, name_of

_SHOWN = 100
"""Characters of a line in a message."""


def positions(article: Article, pins: Sequence[Pin]) -> dict[int, int]:
    """Marker → place in the list: by the printed numbers, and above them by pins."""
    printed = {ref.number: ref.position for ref in article.references if ref.number is not None}
    return printed | {pin.marker: pin.position for pin in pins if pin.marker is not None and pin.position is not None}


def settled_markers(pins: Sequence[Pin]) -> set[int]:
    """Markers whose paper an editor has named without any place in the list."""
    return {pin.marker for pin in pins if pin.marker is not None and (pin.pmid is not None or pin.not_in_pubmed)}


def check_marking(article: Article, pins: Sequence[Pin], position_of: Mapping[int, int]) -> Iterator[Finding]:
    """Findings about markers, numbering and pins; ``position_of`` as ``positions`` gives it."""
    yield from _markers_without_reference(article, pins, position_of)
    yield from _list_not_found(article, pins)
    yield from _links_without_list(article)
    yield from _references_never_cited(article, position_of)
    yield from _cited_only_in_furniture(article, position_of)
    yield from _gaps(article)
    yield from _order_of_first_use(article)
    yield from _uncertain_mapping(article, pins, position_of)
    yield from _no_markers(article)
    yield from _pins_without_target(article, pins)
    yield from _order_of_list(article)
    yield from _backward_ranges(article)
    yield from _author_year(article)
    yield from _names_without_entry(article)


def _markers_without_reference(
    article: Article, pins: Sequence[Pin], position_of: Mapping[int, int]
) -> Iterator[Finding]:
    if not article.references and len(article.markers) > 1 and not pins:
        return  # one finding says that the list was not found
    known = {ref.position for ref in article.references}
    settled = settled_markers(pins)
    sure = {marker.number for sentence in article.sentences for marker in sentence.markers if marker.sure}
    unknown_keys = next((doubt.message for doubt in article.uncertain if doubt.code == "citation-key-unknown"), None)
    uses: dict[int, list[tuple[Section, int]]] = {}
    for section, sentence, number in _uses(article):
        uses.setdefault(number, []).append((section, sentence))
    for number, places in sorted(uses.items()):
        position = position_of.get(number)
        if number in settled or position in known:
            continue
        if position is None and not article.references_numbered and number <= len(article.references):
            continue  # an unnumbered list may well have it: the uncertain mapping is a finding of its own
        where = f"sentence {in_words([n for _, n in places])}" if len(places) == 1 else f"{len(places)} sentences"
        yield found(
            "L01-marker-without-reference",
            f"Marker {number}, in {where}, points to no entry of the reference list, which has "
            f"{len(article.references)}{'' if number in sure else '; that it is a marker at all is not certain'}.",
            unknown_keys or "Add the reference, correct the marker, or pin the marker to its paper in the topic file.",
            severity=None if number in sure else Severity.WARNING,
            section=places[0][0].heading,
            sentence=places[0][1],
        )


def _list_not_found(article: Article, pins: Sequence[Pin]) -> Iterator[Finding]:
    if article.references or len(article.markers) < 2 or pins:
        return
    citing = sum(bool(sentence.markers) for sentence in article.sentences)
    yield found(
        "L20-list-not-found",
        f"The text cites {in_words(article.markers)} in {count(citing, 'sentence')}, but no reference list was found on"
        " the page.",
        f"Put the list below a heading that litwatch knows, such as {examples()}, or save the page with it; litwatch"
        " articles show prints what was read.",
    )


def _links_without_list(article: Article) -> Iterator[Finding]:
    for doubt in article.uncertain:
        if doubt.code == "links-without-list":
            yield found(
                "L23-links-without-list",
                doubt.message,
                "List the papers below a heading such as “References”, each with its DOI or PMID, and cite them there.",
            )


def _references_never_cited(article: Article, position_of: Mapping[int, int]) -> Iterator[Finding]:
    if not article.markers or not (article.references_numbered or set(article.markers) <= set(position_of)):
        return  # without a certain mapping nobody can say which entry is unused
    beside = (number for number, _ in article.cited_in_furniture)  # a finding of its own
    used = {position_of[number] for number in (*article.markers, *beside) if number in position_of}
    for ref in article.references:
        if ref.position not in used:
            yield found(
                "L02-reference-never-cited",
                f"{name_of(ref)} is in the list, and no sentence cites it.",
                "Cite it where it is used, or remove it.",
                position=ref.position,
            )


def _cited_only_in_furniture(article: Article, position_of: Mapping[int, int]) -> Iterator[Finding]:
    used = {position_of[number] for number in article.markers if number in position_of}
    entries = {ref.position: ref for ref in article.references}
    for number, line in article.cited_in_furniture:
        ref = entries.get(position_of.get(number, 0))
        if ref is not None and ref.position not in used:
            shown = line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
            yield found(
                "L22-cited-only-in-furniture",
                f"{name_of(ref)} is cited only in “{shown}”, which was left out as furniture of the page.",
                "Cite it in the article's text, or remove the entry; if that line is part of the article, save the page"
                " without the box around it.",
                position=ref.position,
            )


def _gaps(article: Article) -> Iterator[Finding]:
    if article.cites_by_name:
        return  # nobody prints these numbers
    for what, numbers in (
        ("The text's markers", article.markers),
        ("The reference list's numbers", sorted({ref.number for ref in article.references if ref.number is not None})),
    ):
        beside = {number for number, _ in article.cited_in_furniture}
        missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers) - beside)
        if missing:
            yield found(
                "L03-gap-in-numbering",
                f"{what} run to {max(numbers)} and leave out {in_words(missing)}.",
                "Look whether a sentence or a reference was lost, then number again.",
            )
    numbers_printed = [ref.number for ref in article.references if ref.number is not None]
    for number in sorted({n for n in numbers_printed if numbers_printed.count(n) > 1}):
        yield found(
            "L03-gap-in-numbering",
            f"The reference list has the number {number} more than once.",
            "Give each entry its own number.",
            severity=Severity.ERROR,
            position=next(ref.position for ref in reversed(article.references) if ref.number == number),
        )


def _order_of_first_use(article: Article) -> Iterator[Finding]:
    if article.cites_by_name:
        return
    first = {number: (section, sentence) for section, sentence, number in reversed(list(_uses(article)))}
    in_text = list(dict.fromkeys(number for _, _, number in _uses(article)))
    if in_text != sorted(in_text):
        late = next(n for n, before in zip(in_text[1:], in_text, strict=False) if n < before)
        section, sentence = first[late]
        yield found(
            "L05-markers-out-of-order",
            f"Markers are not numbered in the order of their first use: {late} first appears after a higher number.",
            "Number the references in the order in which the text first cites them.",
            section=section.heading,
            sentence=sentence,
        )


def _uncertain_mapping(article: Article, pins: Sequence[Pin], position_of: Mapping[int, int]) -> Iterator[Finding]:
    if article.references_numbered or not article.markers or not article.references:
        return
    open_markers = sorted(set(article.markers) - set(position_of) - settled_markers(pins))
    if open_markers:
        yield found(
            "L06-mapping-uncertain",
            f"The text cites {in_words(article.markers)} and the page lists"
            f" {count(len(article.references), 'reference')} without numbers: which entry marker"
            f" {in_words(open_markers)} means is not certain.",
            "Number the list, or pin each marker to its entry in the topic file; if all markers count the entries from"
            " the first on, `numbering: as-listed` in the topic file says so. litwatch does not guess.",
        )


def _no_markers(article: Article) -> Iterator[Finding]:
    if not article.markers:
        yield found(
            "L11-no-markers",
            "No sentence carries a marker, so no claim can be traced to a source.",
            "Cite the sources in the text.",
        )


def _pins_without_target(article: Article, pins: Sequence[Pin]) -> Iterator[Finding]:
    places = {ref.position for ref in article.references}
    for pin in pins:
        missing = [f"marker {pin.marker}"] if pin.marker is not None and pin.marker not in article.markers else []
        missing += [f"place {pin.position}"] if pin.position is not None and pin.position not in places else []
        if missing:
            yield found(
                "L12-pin-without-target",
                f"The topic file pins {listed(missing)}, which the article does not have.",
                "Correct the pin, or remove it.",
            )


def _order_of_list(article: Article) -> Iterator[Finding]:
    printed = [(ref.number, ref.position) for ref in article.references if ref.number is not None]
    for (before, _), (number, position) in pairwise(printed):
        if number < before:
            yield found(
                "L13-list-out-of-order",
                f"The reference list prints {number} after {before}.",
                "Put the entries in the order of their numbers, and look whether the markers still mean them.",
                position=position,
            )
            return


_BACKWARDS = re.compile(r"[\[(] ?(\d{1,3}) ?[-–—] ?(\d{1,3}) ?[\])]")


def _backward_ranges(article: Article) -> Iterator[Finding]:
    highest = max((len(article.references), *article.markers))
    for section in article.sections:
        for sentence in section.sentences:
            for match in _BACKWARDS.finditer(sentence.text):
                first, last = int(match[1]), int(match[2])
                if last < first <= highest and last > 0:
                    yield found(
                        "L14-range-backwards",
                        f"“{match[0]}” runs backwards, so it points to no reference.",
                        "Correct the range.",
                        section=section.heading,
                        sentence=sentence.number,
                    )


def _author_year(article: Article) -> Iterator[Finding]:
    if not article.markers or article.cites_by_name:
        return  # an article in that style throughout has its markers, or is the finding of L11
    section_of = _sections_of(article)
    for doubt in article.uncertain:
        if doubt.code == "author-year":
            yield found(
                "L18-author-year-citation",
                doubt.message,
                "Give it the number of its entry in the list.",
                section=section_of.get(doubt.sentence or 0),
                sentence=doubt.sentence,
            )


def _names_without_entry(article: Article) -> Iterator[Finding]:
    """Citations by author and year that name no entry, or more than one."""
    section_of = _sections_of(article)
    for doubt in article.uncertain:
        section, sentence = section_of.get(doubt.sentence or 0), doubt.sentence
        if doubt.code == "author-year-unlinked":
            hint = "Add the reference, or correct the name or the year."
            yield found("L01-marker-without-reference", doubt.message, hint, section=section, sentence=sentence)
        elif doubt.code == "author-year-ambiguous":
            hint = "Add the letters (2020a, 2020b) to text and list, or correct the names."
            yield found("L21-author-year-ambiguous", doubt.message, hint, section=section, sentence=sentence)


def _sections_of(article: Article) -> dict[int, str]:
    return {sentence.number: section.heading for section in article.sections for sentence in section.sentences}


def _uses(article: Article) -> Iterator[tuple[Section, int, int]]:
    """Every use of a marker: (section, sentence number, marker number), once for each sentence, in reading order."""
    for section in article.sections:
        for sentence in section.sentences:
            for number in dict.fromkeys(marker.number for marker in sentence.markers):
                yield section, sentence.number, number
