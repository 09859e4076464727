"""Citations by the keys of a bibliography in Markdown: ``[@doe2019]``, ``[see @doe2019, p. 3; -@roe]``, ``@doe2019``.

The forms are those of pandoc's manual ("Citation syntax"); Obsidian's plug-ins write the same. A key in brackets is a
citation, also where no bibliography knows it; a bare one only where one does, since "@" begins other words as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from litwatch.articles.blocks import KEPT_OPEN, LINK_CLOSE, LINK_OPEN

KEY = r"(?:\{[^{}\s]{1,200}\}|\w(?:\w|[:.#$%&+?<>~/-](?=\w)){0,200})"
_MENTION = re.compile(rf"(?<![\w.@/\\])-?@({KEY})")
_BARE = re.compile(
    rf"(?<![\w.@/\\\[!-])(-?)@({KEY})"
    rf"(?:[ \n]\[(?=[^\[\]@\n]{{0,100}}[a-z])[^\[\]@\n]{{1,200}}\](?![(\[:{{{KEPT_OPEN}]))?"
)
"""A key in the text, with the place in brackets behind it: ``@doe2019 [p. 3]``."""
_GROUP = re.compile(
    rf"(?<![\\!\]])\[((?>[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]{{0,200}}\]){{1,1000}})\](?![(\[:{{{KEPT_OPEN}])"
)
_PART_OF_ARTICLE = re.compile(r"(?:fig|tbl|eq|sec|lst)[:-]", re.IGNORECASE)
"""What pandoc-crossref and Quarto point to with the same sign: figures, tables, equations, sections, listings."""


def keys_in(text: str) -> tuple[str, ...]:
    """The keys that a text cites in brackets, each once, in their order."""
    found = [key for group in _GROUP.finditer(text) for key in _keys_of(group[1])]
    return tuple(dict.fromkeys(found))


def cited_keys(text: str, known: Collection[str]) -> tuple[str, ...]:
    """All keys that a text cites, those in brackets and the known bare ones, in the order of first citation."""
    found: list[str] = []

    def take(keys: tuple[str, ...], bare: str) -> str:
        found.extend(keys)
        return "" if bare else "[]"

    replace_citations(text, known, take)
    return tuple(dict.fromkeys(found))


def replace_citations(text: str, known: Collection[str], written: Callable[[tuple[str, ...], str], str]) -> str:
    """The text with each citation replaced by what ``written`` gives for its keys.

    Its second argument is the key that stands in the text itself, in place of the authors' names; else empty.
    """

    def group(found: re.Match[str]) -> str:
        keys = _keys_of(found[1])
        return written(keys, "") if keys else found[0]

    def bare(found: re.Match[str]) -> str:
        key = _bare_key(found[2])
        return written((key,), "" if found[1] else key) if key in known else found[0]

    # One walk, so that the keys come in the order in which they stand.
    parts: list[str] = []
    at = 0
    for found in _GROUP.finditer(text):
        keys = _keys_of(found[1])
        if not keys:
            continue
        parts += [_BARE.sub(bare, text[at : found.start()]), group(found)]
        at = found.end()
    return "".join([*parts, _BARE.sub(bare, text[at:])])


def marker(numbers: Collection[int]) -> str:
    """Numbers as a citation that every later step takes for certain."""
    return f"[{LINK_OPEN}{','.join(map(str, numbers))}{LINK_CLOSE}]"


def _keys_of(inside: str) -> tuple[str, ...]:
    keys = (_bare_key(found[1]) for found in _MENTION.finditer(inside))
    return tuple(dict.fromkeys(key for key in keys if not _PART_OF_ARTICLE.match(key)))


def _bare_key(key: str) -> str:
    return key.strip("{}")
