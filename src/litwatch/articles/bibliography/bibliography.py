"""A bibliography file (BibTeX, CSL-JSON, CSL-YAML) → entries by key, made when they are asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath

from litwatch.articles.bibliography.bibtex_file import read_bibtex
from litwatch.articles.bibliography.csl_items import find_items, key_of, read_item
from litwatch.articles.bibliography.listed_entry import ListedEntry
from litwatch.articles.front_matter import load_yaml
from litwatch.model.errors import ArticleUnreadable

BIBTEX, JSON, YAML = (".bib", ".bibtex"), (".json", ".csljson"), (".yaml", ".yml")
SUFFIXES = (*BIBTEX, *JSON, *YAML)
_ENDS = re.compile(r"\A---[ \t]*\n|\n(?:---|\.\.\.)[ \t]*\n*\Z")

Beside = Callable[[str], bytes | None]
"""Gives the bytes of a file in the article's own folder by its name, None where there is none such.

Raises ArticleUnreadable for a name that leads out of the folder, and for a file that cannot be read or is too large.
"""


def nothing_beside(name: str) -> bytes | None:
    """For an article that stands alone: there is no file beside it, whatever its name."""
    return _NOTHING.get(name)


_NOTHING: Mapping[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Bibliography:
    """Entries by the keys by which a text cites them, in the order of their source."""

    makers: Mapping[str, Callable[[], ListedEntry]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    """Entries that could not be read, by line and beginning."""

    def __contains__(self, key: object) -> bool:
        return key in self.makers

    def entry(self, key: str) -> ListedEntry:
        """The entry of a key. Raises KeyError where there is none."""
        return self.makers[key]()

    def entries(self) -> list[ListedEntry]:
        """Each entry once."""
        return [make() for make in dict.fromkeys(self.makers.values())]


def read_bibliography(data: bytes, name: str) -> Bibliography:
    """Read a file by its name's ending.

    Raises ArticleUnreadable, with ``name``, for another ending, another form than the name says, and too many entries.
    """
    suffix = PurePath(name).suffix.casefold()
    if suffix not in SUFFIXES:
        raise ArticleUnreadable(f"{name}: {_wanted()}; export it anew from your reference manager.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ArticleUnreadable(f"{name}: it is not UTF-8 at byte {error.start}; save it as UTF-8.") from None
    try:
        found = _read_text(text, suffix)
        reason = "" if found.makers else "it holds no entry of that form"
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200] or "it is nested too deeply"
    if reason:
        raise ArticleUnreadable(
            f"{name}: this bibliography cannot be read ({reason}); export it anew from your reference manager."
        )
    return found


def _read_text(text: str, suffix: str) -> Bibliography:
    if suffix in BIBTEX:
        return Bibliography(*read_bibtex(text))
    return read_items(json.loads(text) if suffix in JSON else load_yaml(_ENDS.sub("\n", text)))


def read_items(loaded: object) -> Bibliography:
    """The items of a loaded file, or of a front matter's ``references``."""
    makers: dict[str, Callable[[], ListedEntry]] = {}
    for item in find_items(loaded):
        makers.setdefault(key_of(item) or f"item {len(makers) + 1}", partial(read_item, item))
    return Bibliography(makers)


def _wanted() -> str:
    return f"a bibliography is read as BibTeX, CSL-JSON or CSL-YAML, by its ending ({', '.join(SUFFIXES)})"
