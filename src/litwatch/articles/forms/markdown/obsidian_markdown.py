"""What Obsidian adds to Markdown, as its reader sees it: links between notes, embedded notes, comments, callouts, tags.

Source: Obsidian's help ("Obsidian Flavored Markdown"). What a reader of the note does not see as its text is returned
apart, so that it can be told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from litwatch.articles.blocks import KEPT_OPEN

_COMMENT = re.compile(r"%%((?>[^%]|%(?!%)){0,20000})%%")
_EMBED = re.compile(r"!\[\[([^\[\]\n]{1,400})\]\]")
_LINK = re.compile(rf"(?<![!\[])\[\[(?!\^?\d[\d,\s–-]*\]\])([^\[\]\n]{{1,400}})\]\](?![(\[{KEPT_OPEN}])")
_CALLOUT = re.compile(r"(?m)^((?: {0,3}> ?)++)\[!([a-zA-Z][\w-]{0,30})(?:\|[^\]\n]{0,60})?\][+-]?[ \t]*([^\n]*)$")
_BLOCK_ID = re.compile(r"(?m)(?:(?<=[ \t])|^)\^(?=[\w-]{0,40}[a-zA-Z])[a-zA-Z0-9-]{1,40}[ \t]*$")
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=\S)([^=\n]{1,500})(?<=\S)==(?![=\w])")
_TAG = r"#(?=[\w/-]{0,80}[^\W\d])[\w/-]{1,80}"
_TAG_LINE = re.compile(rf"(?m)^[ \t]*(?:[Tt]ags?:[ \t]*)?{_TAG}(?:[ \t,]+{_TAG})*[ \t]*$")
_TAG_AT_END = re.compile(rf"(?m)(?<=[.!?])((?:[ \t]+{_TAG})+)[ \t]*$")
_TAG_WITHIN = re.compile(rf"(?<![\w#/&(\[{KEPT_OPEN}]){_TAG}")
_CITED_KEY = re.compile(r"@[^\s|#\]]+")


@dataclass(frozen=True, slots=True)
class ObsidianText:
    """A text as CommonMark, and what was left out of it."""

    text: str
    left_out: tuple[str, ...] = ()
    """Comments, embedded files, tags on lines of their own."""
    is_obsidian: bool = False
    """Whether it had a sign that no other Markdown has."""


def read_obsidian(text: str) -> ObsidianText:
    """Rewrite Obsidian's own signs (code taken out before); a text without any comes back as it is."""
    left_out: list[str] = []

    def drop(found: re.Match[str]) -> str:
        words = " ".join(found[1].split())
        if words:
            left_out.append(words)
        return "\n" if "\n" in found[0] else ""

    def drop_whole(found: re.Match[str]) -> str:
        left_out.append(" ".join(found[0].split()))
        return ""

    signs = 0
    text, count = _COMMENT.subn(drop, text)
    signs += count
    text, count = _EMBED.subn(drop_whole, text)
    signs += count
    text, count = _LINK.subn(_shown, text)
    signs += count
    signs += sum(not found[2].isupper() for found in _CALLOUT.finditer(text))  # GitHub writes [!NOTE]
    text = _CALLOUT.sub(_callout, text)
    if not signs:
        return ObsidianText(text)
    text = _BLOCK_ID.sub("", text)
    text = _HIGHLIGHT.sub(r"\1", text)
    text = _TAG_LINE.sub(drop_whole, text)
    text = _TAG_AT_END.sub(drop_whole, text)
    text = _TAG_WITHIN.sub(lambda found: found[0][1:], text)
    return ObsidianText(text, tuple(left_out), is_obsidian=True)


def _shown(found: re.Match[str]) -> str:
    """What a link between notes shows; one to a note named by a citation key is a citation."""
    target, bar, shown = found[1].partition("|")
    target, shown = target.strip().removesuffix("\\"), shown.strip()
    if key := _CITED_KEY.match(target):
        return f"{shown} [{key[0]}]" if shown and not shown.startswith("@") else f"[{key[0]}]"
    if bar and shown:
        return shown
    note, _, heading = target.partition("#")
    return note.rpartition("/")[2].removesuffix(".md") or heading.lstrip("^").rpartition("#")[2]


def _callout(found: re.Match[str]) -> str:
    """A callout's title as a paragraph of its own; its type, which is shown as a picture, is no text."""
    quote, title = found[1], found[3].strip()
    return f"{quote}{title}\n{quote.rstrip()}" if title else quote.rstrip()
