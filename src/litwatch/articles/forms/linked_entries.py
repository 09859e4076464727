"""Which elements of a web page are the entries of its reference list, by the page's own markup.

Two signs count before any guess: a number in the text that links to an entry (``#ref-…``, ``#cite_note-…``, ``#fn1``),
and the roles, class names and ids that publishers, wikis and converters give their lists. Links that lead from an entry
back to the text are no text. Each element is looked at a fixed number of times.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from lxml import html

from litwatch.articles.reference_list.reference_region import is_reference_heading, looks_cited

_NUMBER_LABEL = re.compile(r"[\[(]?\^?(\d{1,3})[\])]?[.,;]?")
_BACK_TARGET = re.compile(
    r"(?:cite_?ref|_?ftn_?ref|fn-?ref|footnote-?(?:ref|anchor)|(?:end)?note-?ref|_?ednref|fr-?\d|xref-ref-)",
    re.IGNORECASE,
)
_NOTE_LABEL = re.compile(
    r"\[(?:[a-z]{1,2}|[ivx]{1,5}|(?:n|nb|note|fn|註|注|lower-alpha) ?\d{1,3})\]|[*†‡§¶#]{1,3}", re.IGNORECASE
)
_ARROWS = r"[\^↑↩⏎↵⤴︎️⇧⬆\s:.]*+"
_BACK_LABEL = re.compile(
    rf"{_ARROWS}(?:[a-z]{{1,2}}|\d{{1,2}}(?:[.,]\d)?|jump (?:up|back)|back|return|back to (?:text|citation))?{_ARROWS}",
    re.IGNORECASE,
)
_NO_ENTRY = re.compile(
    r"(?:fig|tab|tbl|eq|sec|scheme|box|app|video|suppl?|toc|s|f|t|h|page|p|step|chapter)[-_:.]?[a-z]?\d", re.IGNORECASE
)
_LIST_NAMES = frozenset(
    """article-section__references references reference-list reference_list referencelist references-list ref-list
    reflist ref_list refs
    bibliography biblist bib-list citations citation-list cited-references article-references footnotes footnote-list
    endnotes works-cited literature literature-cited csl-bib-body doc-bibliography doc-endnotes easy-footnotes-wrapper
    wp-block-footnotes mw-references c-article-references article__references references__list rlist-references
    sources article-sources source-list literatur literaturverzeichnis quellen""".split()
)
"""Class names, roles and ids of reference lists: MediaWiki, pandoc, Springer, BioMed Central, PMC, WordPress."""
_ITEM_NAMES = frozenset(
    """references__item c-article-references__item csl-entry doc-biblioentry doc-footnote doc-endnote
    citation-item reference-item bibliography-item bibliographyitem bib-item ref-content reflist-item
    references-item reference__item article-reference easy-footnote-single footnote-definition""".split()
)
_NOTE_NAMES = frozenset("footnote endnote fn msofootnotetext msoendnotetext".split())
_BLOCK_TAGS = frozenset("li p div dd dt tr td aside section article blockquote".split())
_LISTED = frozenset("li dd tr".split())
_TITLES = frozenset("h1 h2 h3 h4 h5 h6".split())
_CITED_NAMED, _MOSTLY_CITED = 0.4, 0.5
_CITED = 0.2
"""The share of a list's items that must read like references where another list has their heading."""
_HEADS = frozenset("h1 h2 h3 h4 h5 h6 figure table main body html nav".split())
_HEADING_LIKE = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "li", "span", "button", "summary", "dt", "strong", "b")
_FEW = 3
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LOOKED_AT = 12
_SAID_YEAR = re.compile(r"(?:[,.(] ?|\b)(?:19|20)\d\d\)?(?:[.;:,)]|$)")
_CLIMB = 4
_LONGEST = 4000
_LONGEST_NOTE = 2500


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list: a key that no other has, and its number as far as the markup gives it."""

    key: int
    number: int | None


@dataclass(slots=True)
class LinkedEntries:
    """The entries of a page's list, and what its links are."""

    of: dict[html.HtmlElement, Entry] = field(default_factory=dict)
    """Each entry's element."""
    around: set[html.HtmlElement] = field(default_factory=set)
    """All elements that hold an entry."""
    back: set[html.HtmlElement] = field(default_factory=set)
    """Links that only lead back from an entry to the text."""
    notes: set[html.HtmlElement] = field(default_factory=set)
    """Numbers that link to a note, figure or table instead of a reference."""


@dataclass(slots=True)
class _Target:
    """An element that numbers in the text link to."""

    element: html.HtmlElement
    labels: Counter[int] = field(default_factory=Counter)
    links: list[html.HtmlElement] = field(default_factory=list)


def names_of(element: html.HtmlElement) -> set[str]:
    """The class names, role and id of an element in lower case."""
    parts = (element.get("class"), element.get("role"), element.get("id"))
    return {name for part in parts if part for name in str(part).casefold().split()}


def find_linked_entries(root: html.HtmlElement) -> LinkedEntries:
    """Find the entries of the page's reference list by links and names; empty where the markup says nothing."""
    found = LinkedEntries()
    order = {element: at for at, element in enumerate(root.iter())}
    places: dict[str, html.HtmlElement] = {}
    for element in order:
        own = (element.get("id"), element.get("name") if element.tag == "a" else None)
        for name in (*own, element.get("data-bib-id"), element.get("content-id")):
            if name:
                places.setdefault(str(name), element)
    targets = _targets(order, places, found)
    groups = _groups(targets)
    named = _named_lists(order)
    heads = [at for element, at in order.items() if element.tag in _TITLES and is_reference_heading(_label(element))]
    groups = [group for group in groups if _share(group) >= _CITED or not heads or order[group[0]] > heads[-1]]
    numbers = {target.element: _number(target) for target in targets.values()}
    chosen = _choose(groups, named, numbers) or (_notes(order) if not heads else set())
    for at, element in enumerate(sorted(chosen, key=lambda one: order[one])):
        found.of[element] = Entry(at, numbers.get(element))
    if not chosen:
        found.around.update(_around_hidden_list([element for element in order if element.tag in _TITLES]))
    for target in targets.values():
        if target.element not in found.of:
            found.notes.update(target.links)
    for element in found.of:
        parent = element.getparent()
        while parent is not None and parent not in found.around:
            found.around.add(parent)
            parent = parent.getparent()
        found.back.update(link for link in element.iter("a") if _leads_back(link, element, order, places))
    return found


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether a page does not show an element until a script or a reader's click asks for it."""
    return element.get("hidden") is not None or bool(_HIDDEN.search(str(element.get("style") or "")))


def _around_hidden_list(titles: list[html.HtmlElement]) -> list[html.HtmlElement]:
    """What holds the heading of a list that opens at a press ("Show references"), where the page shows none."""
    heads = [title for title in titles if is_reference_heading(_label(title))][:_FEW]
    for head in heads:
        above = [head, *head.iterancestors()]
        if not any(is_hidden(element) for element in above):
            return []
    for head in heads:
        above = [head, *head.iterancestors()]
        part = next(element for element in above if is_hidden(element))
        items = islice(part.iter("li", "p"), _LOOKED_AT)
        if any(looks_cited("".join(islice(_texts(item), _LOOKED_AT))[:_LONGEST].strip()) for item in items):
            return above
    return []


def fragment_of(link: html.HtmlElement) -> str:
    """What stands behind ``#`` in a link, else "": pages are saved with their full address, or without.

    Links that a script follows name their target elsewhere (Oxford's ``reveal-id``, Taylor & Francis's ``data-rid``).
    """
    href = str(link.get("href") or "")
    fragment = unquote(href.partition("#")[2])
    if not fragment and (href in ("", "#") or href.startswith("javascript:")):
        return next((str(link.get(name)) for name in ("reveal-id", "data-rid", "rid") if link.get(name)), "")
    return fragment


def _label(link: html.HtmlElement) -> str:
    return "".join(islice(_texts(link), 12)).strip()[:40]


def _texts(element: html.HtmlElement) -> Iterator[str]:
    return (str(text) for text in element.itertext())


def _targets(
    order: dict[html.HtmlElement, int], places: dict[str, html.HtmlElement], found: LinkedEntries
) -> dict[html.HtmlElement, _Target]:
    """The elements that numbers in the text above them link to, each as the block that it begins."""
    targets: dict[html.HtmlElement, _Target] = {}
    for link, at in order.items():
        if link.tag != "a" or not (fragment := fragment_of(link)):
            continue
        place = places.get(fragment)
        label = _label(link)
        number = _NUMBER_LABEL.fullmatch(label)
        if number is None and place is not None and order[place] > at and _NOTE_LABEL.fullmatch(label):
            found.notes.add(link)
        if number is not None and _BACK_TARGET.match(fragment) and (place is None or order[place] < at):
            # Word's footnotes are not marked but for their number, which links back to the text.
            element = _block_of(link)
            if element is not None and _begins(element, link):
                targets.setdefault(element, _Target(element)).labels[int(number[1])] += 1
            continue
        if place is None or number is None or _BACK_TARGET.match(fragment):
            continue
        figure = _NO_ENTRY.match(fragment) is not None or place.tag in ("figure", "table")
        if order[place] <= at and not figure:
            continue
        element = None if figure else _block_of(place)
        if element is None or _length(element) > _LONGEST_NOTE:
            found.notes.add(link)
            continue
        target = targets.setdefault(element, _Target(element))
        target.labels[int(number[1])] += 1
        target.links.append(link)
    return targets


def _block_of(place: html.HtmlElement) -> html.HtmlElement | None:
    """The list item or block that a link's target is or begins; None for a heading, a figure or a table."""
    element: html.HtmlElement | None = place
    block: html.HtmlElement | None = None
    for _ in range(_CLIMB):
        if element is None or element.tag in _HEADS or not isinstance(element.tag, str):
            break
        if element.tag in _LISTED:
            return element
        if block is None and element.tag in _BLOCK_TAGS:
            block = element
        element = element.getparent()
    if block is None or any(child.tag in _HEADS for child in block):
        return None
    return block


def _begins(element: html.HtmlElement, link: html.HtmlElement) -> bool:
    """Whether a link is the first thing that a block says."""
    said = "".join(islice(_texts(element), 6)).strip()
    return said.startswith(_label(link))


def _length(element: html.HtmlElement) -> int:
    """The number of characters of an element's text, counted no further than needed."""
    length = 0
    for text in _texts(element):
        length += len(text.strip())
        if length > _LONGEST:
            break
    return length


def _number(target: _Target) -> int | None:
    return target.labels.most_common(1)[0][0] if target.labels else None


def _groups(targets: dict[html.HtmlElement, _Target]) -> list[list[html.HtmlElement]]:
    """The targets of one list each: with the same parent, or, for blocks that stand alone, all of one tag."""
    groups: dict[object, list[html.HtmlElement]] = {}
    for element in targets:
        parent = element.getparent()
        listed = element.tag in _LISTED and parent is not None
        groups.setdefault(parent if listed else (element.tag, str(element.get("class"))), []).append(element)
    whole: list[list[html.HtmlElement]] = []
    for key, members in groups.items():
        if isinstance(key, tuple):
            whole.append(members)
            continue
        # Entries that the text never links to stand in the same list.
        whole.append([item for item in members[0].getparent() if item.tag == members[0].tag])
    return whole


def _named_lists(order: dict[html.HtmlElement, int]) -> list[list[html.HtmlElement]]:
    """The items of every list that its names call a reference list, and items that name themselves so."""
    lists: list[list[html.HtmlElement]] = []
    inside: set[html.HtmlElement] = set()
    items: dict[html.HtmlElement, list[html.HtmlElement]] = {}
    for element in order:
        if not isinstance(element.tag, str) or element in inside:
            continue
        names = names_of(element)
        parent = element.getparent()
        if (
            element.tag in _BLOCK_TAGS
            and parent is not None
            and (names & _ITEM_NAMES or element.get("itemprop") == "citation")
        ):
            items.setdefault(parent, []).append(element)
            inside.update(element.iter())
        elif element.tag in ("ol", "ul", "div", "section", "dl", "aside") and names & _LIST_NAMES:
            if any(names_of(child) & _ITEM_NAMES for child in islice(element.iter(), 60) if isinstance(child.tag, str)):
                continue
            tag = "dd" if element.tag == "dl" else "li"
            members = [item for item in element.iter(tag) if not any(True for _ in item.iterancestors("li"))]
            nested = next(element.iterancestors("li"), None) is not None
            if members and not nested:
                lists.append(members)
                inside.update(element.iter())
    return [*items.values(), *lists]


def _choose(
    linked: list[list[html.HtmlElement]],
    named: list[list[html.HtmlElement]],
    numbers: Mapping[html.HtmlElement, int | None],
) -> set[html.HtmlElement]:
    """The lists that hold the page's references.

    A list that numbers link to counts where it reads like references or nothing else does; a list that is only named
    must read like references. Of two linked lists whose numbers would clash, the one that reads so more often wins,
    and a list that is called footnotes counts only where none is called references.
    """
    chosen: set[html.HtmlElement] = set()
    cited = [members for members in named if _share(members) >= _CITED_NAMED]
    rest = [members for members in cited if not any(item in group for group in linked for item in members)]
    rest = [members for members in rest if not _is_called_footnotes(members)] or rest
    largest = max((len(members) for members in rest), default=0)
    taken: set[int] = set()
    rated = [(_share(members), members) for members in linked]
    for share, members in sorted(rated, key=lambda one: (-one[0], -len(one[1]))):
        own = {number for item in members if (number := numbers.get(item)) is not None}
        first = not chosen and (not rest or (share >= _MOSTLY_CITED and 3 * len(members) >= largest))
        more = bool(chosen) and share >= _MOSTLY_CITED and members[0].tag in _LISTED and not own & taken
        if first or more:
            chosen.update(members)
            taken |= own
    for members in rest:
        if not any(other in chosen for item in members for other in islice(item.iterancestors(), 3)):
            chosen.update(item for item in members if item not in chosen)
    return chosen


def _is_called_footnotes(members: list[html.HtmlElement]) -> bool:
    parent = members[0].getparent()
    return parent is not None and any("footnote" in name or "endnote" in name for name in names_of(parent))


def find_headed_lists(root: html.HtmlElement) -> set[html.HtmlElement]:
    """The elements around what looks like a reference list below a line such as "References", tag or no tag.

    Many pages show their sources in a tab beside the article; a menu's link of that name is none.
    """
    around: set[html.HtmlElement] = set()
    for element in root.iter(*_HEADING_LIKE):
        if len(element) > _FEW or not is_reference_heading(_label(element)):
            continue
        if next(element.iterancestors("a", "nav"), None) is not None:
            continue
        for container in islice(element.iterancestors(), _CLIMB):
            items = islice(container.iter("li", "p", "dd", "tr"), _LOOKED_AT)
            if any(_reads_like_paper(item) for item in items):
                around.update((container, *container.iterancestors()))
                break
    return around


def _reads_like_paper(item: html.HtmlElement) -> bool:
    text = " ".join("".join(islice(_texts(item), 80)).split())[:_LONGEST]
    return looks_cited(text) or (len(text) > 40 and _SAID_YEAR.search(text) is not None and "©" not in text)


def _notes(order: dict[html.HtmlElement, int]) -> set[html.HtmlElement]:
    """Blocks that are called footnotes and begin with a number, wherever they stand."""
    return {
        element
        for element in order
        if element.tag in _BLOCK_TAGS
        and names_of(element) & _NOTE_NAMES
        and re.match(r"\s*[\[(]?\d{1,3}(?!\d)", "".join(islice(_texts(element), 4)))
        and _length(element) <= _LONGEST_NOTE
    }


def _share(members: list[html.HtmlElement]) -> float:
    """Which part of a list's items reads like references."""
    telling = [item for item in members if _length(item) > 3]
    if not telling:
        return 0.0
    return sum(_reads_cited(item) for item in telling) / len(telling)


def _reads_cited(item: html.HtmlElement) -> bool:
    text = " ".join("".join(islice(_texts(item), 80)).split())[:_LONGEST]
    if looks_cited(text) or re.search(r"\b(?:19|20)\d\d\b", text):
        return True
    return any("doi.org/" in str(link.get("href")) or "pubmed" in str(link.get("href")) for link in item.iter("a"))


def _leads_back(
    link: html.HtmlElement,
    entry: html.HtmlElement,
    order: dict[html.HtmlElement, int],
    places: dict[str, html.HtmlElement],
) -> bool:
    """Whether a link within an entry only leads back to where the text cites it."""
    fragment = fragment_of(link)
    if not fragment or _BACK_LABEL.fullmatch(_label(link)) is None:
        return False
    place = places.get(fragment)
    return _BACK_TARGET.match(fragment) is not None or (place is not None and order[place] < order[entry])
