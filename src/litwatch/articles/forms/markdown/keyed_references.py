"""An article that cites by the keys of a bibliography → its text with numbers, and its reference list.

The entries come from the front matter's ``references``, then from the files that its ``bibliography`` names, then from
a list that ``pandoc --citeproc`` has rendered; without any of these from a bibliography beside the article that has its
name. They are numbered in the order of first citation, as pandoc's numeric styles do. Of a file, which may be a whole
library, only what is cited or named in ``nocite`` belongs to the article (pandoc's manual, "Including uncited items in
the bibliography").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from markdown_it import MarkdownIt

from litwatch.articles.bibliography.bibliography import SUFFIXES, Beside, Bibliography, read_bibliography, read_items
from litwatch.articles.bibliography.listed_entry import ListedEntry
from litwatch.articles.blocks import Block, BlockSort, clean_source, one_line
from litwatch.articles.forms.markdown.citation_keys import cited_keys, keys_in, marker, replace_citations
from litwatch.articles.forms.markdown.pandoc_markdown import RenderedEntry, resolve_notes
from litwatch.articles.model import ListOrigin, ListSource, Uncertainty
from litwatch.articles.reference_list.reference_region import is_reference_heading
from litwatch.model.errors import ArticleUnreadable

_MOST_FILES = 10
_SHOWN = 10
_FOOTNOTE = re.compile(r"(?m)^ {0,3}\[\^(\d{1,3})\]:")
_ONLY_CITED = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[^\[\]\n]{0,200}@[^\[\]\n]{1,200}\]|@\S{1,200})[.;,]?\s*")


@dataclass(frozen=True, slots=True)
class KeyedText:
    """A text whose citations are numbers, and the list to which they lead."""

    text: str
    blocks: tuple[Block, ...] = ()
    """The reference list, its heading first."""
    sources: tuple[ListSource, ...] = ()
    uncertain: tuple[Uncertainty, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """One place that entries come from."""

    named: ListSource
    held: Bibliography
    is_whole: bool
    """Whether all its entries belong to the article, cited or not."""


def number_by_keys(
    text: str, matter: Mapping[str, object], rendered: Sequence[RenderedEntry], beside: Beside, name: str
) -> KeyedText:
    """Replace the keys that a text cites by numbers, and list their entries.

    ``name`` is the article's file name. A text for which there are no entries comes back as it is. Raises
    ArticleUnreadable for a bibliography that is missing, cannot be read, or holds none of the keys.
    """
    sources = _sources(text, matter, rendered, beside, name)
    if not sources:
        return KeyedText(text)
    known = {key for source in sources for key in source.held.makers}
    text, listed = _without_listed_keys(text)
    text, _ = resolve_notes(text, lambda words: cited_keys(words, known))
    cited = cited_keys(text, known)
    wanted = [key for key in (*cited, *listed, *_nocite(matter, known)) if key in known]
    if cited and not wanted:
        where = ", ".join(source.named.file or "the front matter" for source in sources)
        raise ArticleUnreadable(
            f"{name}: none of the keys that it cites (@{', @'.join(cited[:3])}) is in its bibliography ({where}); name"
            " the right file in `bibliography`, or correct the keys."
        )
    rest = [key for source in sources if source.is_whole for key in source.held.makers]
    entries = _entries([*wanted, *rest], sources)
    numbers = _numbered(text, entries, cited)
    text = replace_citations(text, known, lambda keys, bare: _written(keys, bare, entries, numbers))
    printed = {entry.key: entry.number for entry in rendered}
    blocks = [Block(BlockSort.HEADING, "References", level=1)]
    shown = {entry.key or key: key for key, entry in reversed(entries.items())}
    for place, key in enumerate(key for key in entries if shown[entries[key].key or key] == key):
        blocks.append(entries[key].block(place, numbers[key] if cited else printed.get(key)))
    used = tuple(source.named for source in sources if any(key in source.held for key in entries))
    return KeyedText(text, tuple(blocks) if entries else (), used, tuple(_doubts(sources, entries, cited, listed)))


def _sources(
    text: str, matter: Mapping[str, object], rendered: Sequence[RenderedEntry], beside: Beside, name: str
) -> list[_Source]:
    found = []
    if (items := read_items(matter.get("references"))).makers:
        found.append(_Source(ListSource(ListOrigin.FRONT_MATTER), items, is_whole=True))
    for file in _named_files(matter.get("bibliography"), name):
        data = beside(file)
        if data is None:
            raise ArticleUnreadable(
                f"{name}: its bibliography {file} is not beside it; save that file in the article's folder, or correct"
                " `bibliography` in its front matter."
            )
        found.append(_Source(ListSource(ListOrigin.FILE, file), read_bibliography(data, file), is_whole=False))
    if rendered:
        held = {entry.key: _Rendered(entry.key, entry.markdown) for entry in rendered}
        found.append(_Source(ListSource(ListOrigin.RENDERED), Bibliography(held), is_whole=True))
    if not found and keys_in(text):
        stem = PurePath(name).stem
        for file in (f"{stem}{suffix}" for suffix in SUFFIXES if suffix not in (".yaml", ".yml")):
            if (data := beside(file)) is not None:
                found.append(_Source(ListSource(ListOrigin.FILE, file), read_bibliography(data, file), is_whole=False))
                break
    return found


def _named_files(value: object, name: str) -> list[str]:
    listed = value if isinstance(value, list) else [value] if value else []
    files = [str(one).strip() for one in listed if isinstance(one, str) and one.strip()]
    if len(files) > _MOST_FILES:
        raise ArticleUnreadable(f"{name}: it names more than {_MOST_FILES} bibliographies; join them in one file.")
    return files


@dataclass(frozen=True, slots=True)
class _Rendered:
    """An entry that stands rendered in the article, made when it is called."""

    key: str
    markdown: str

    def __call__(self) -> ListedEntry:
        words: list[str] = []
        links: list[str] = []
        for token in MarkdownIt("commonmark").parse(self.markdown[:20_000]):
            for child in token.children or ():
                words.append(child.content if child.type in ("text", "code_inline") else "")
                words.append(" " if child.type in ("softbreak", "hardbreak") else "")
                if child.type == "link_open":
                    links.append(str(child.attrs.get("href", ""))[:2000])
        return ListedEntry(key=self.key, text=one_line(clean_source("".join(words))), links=tuple(links))


def _without_listed_keys(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the items below a heading "References" that are only keys, and these keys."""
    kept: list[str] = []
    keys: list[str] = []
    in_list = False
    for line in text.split("\n"):
        if line.startswith("#"):
            in_list = is_reference_heading(line)
        if in_list and _ONLY_CITED.fullmatch(line):
            keys += keys_in(line) or [line.partition("@")[2].rstrip(" .;,")]
        else:
            kept.append(line)
    return ("\n".join(kept), tuple(keys)) if keys else (text, ())


def _nocite(matter: Mapping[str, object], known: Collection[str]) -> tuple[str, ...]:
    """The keys that a front matter lists without a citation; ``@*`` is all."""
    value = matter.get("nocite")
    said = " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    if re.search(r"@\*", said):
        return tuple(known)
    return cited_keys(said, known)


def _entries(keys: Sequence[str], sources: Sequence[_Source]) -> dict[str, ListedEntry]:
    """The entry of each key from the first source that has it; one paper under two keys stands once."""
    found: dict[str, ListedEntry] = {}
    for key in dict.fromkeys(keys):
        source = next(source for source in sources if key in source.held)
        found[key] = source.held.entry(key)
    return found


def _numbered(text: str, entries: Mapping[str, ListedEntry], cited: Sequence[str]) -> dict[str, int]:
    """A number for each entry, and after them for each key without entry; none that a footnote of the text has."""
    taken = {int(found[1]) for found in _FOOTNOTE.finditer(text)}
    numbers: dict[str, int] = {}
    own: dict[str, int] = {}
    number = 0
    for key in (*entries, *(key for key in cited if key not in entries)):
        same = entries[key].key if key in entries else ""
        if same and same in own:
            numbers[key] = own[same]
            continue
        number += 1
        while number in taken:
            number += 1
        numbers[key] = number
        own[same or key] = number
    return numbers


def _written(keys: Sequence[str], bare: str, entries: Mapping[str, ListedEntry], numbers: Mapping[str, int]) -> str:
    """What stands in the text for a citation: the numbers, and where it is part of the sentence the names."""
    cited = marker(dict.fromkeys(numbers[key] for key in keys))
    return f"{entries[bare].called} {cited}" if bare in entries else cited


def _doubts(
    sources: Sequence[_Source], entries: Mapping[str, ListedEntry], cited: Sequence[str], listed: Sequence[str]
) -> list[Uncertainty]:
    doubts = []
    if unknown := [key for key in dict.fromkeys((*cited, *listed)) if key not in entries]:
        message = (
            f"No bibliography of the article holds {_shown(unknown)}: what is cited there is not watched. Correct the"
            " key, or add the entry."
        )
        doubts.append(Uncertainty("citation-key-unknown", message))
    uncited = [key for key in entries if key not in cited]
    if uncited and cited:
        message = f"Listed without being cited, and so behind the cited ones: {_shown(uncited)}."
        doubts.append(Uncertainty("entries-uncited", message))
    for source in sources:
        if source.named.origin is not ListOrigin.FILE:
            continue
        left = [key for key in source.held.makers if key not in entries]
        if left:
            message = (
                f"{source.named.file} holds further entries that the article does not cite and that are not watched for"
                f" it: {_shown(left)}. `nocite: '@*'` in the front matter lists them all."
            )
            doubts.append(Uncertainty("bibliography-not-cited", message))
        if source.held.faults:
            message = f"Entries of {source.named.file} that cannot be read: {'; '.join(source.held.faults[:_SHOWN])}."
            doubts.append(Uncertainty("bibliography-damaged", message))
    return doubts


def _shown(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(f"@{key}" for key in keys[:_SHOWN]) + more
