"""What pandoc adds to Markdown: attributes, fenced divs, raw output, notes within the line, and a rendered list.

Source: pandoc's manual ("Pandoc's Markdown"; for the rendered list, what ``--citeproc`` writes). Attributes, the
signs of divs and raw output are no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from litwatch.articles.blocks import KEPT_CLOSE
from litwatch.articles.reference_list.reference_region import is_reference_heading, looks_cited

_ATTRIBUTE = r"(?:[#.][\w:.+-]{1,100}|[\w:-]{1,60}=(?:\"[^\"\n]{0,200}\"|[^\s}\"]{1,100})|-)"
_ATTRIBUTES = rf"\{{[ ]?{_ATTRIBUTE}(?:(?: {{1,3}}|\n){_ATTRIBUTE}){{0,12}}[ ]?\}}"
_ON_HEADING = re.compile(rf"(?m)^(#{{1,6}} [^\n]{{1,500}}?)[ \t]*{_ATTRIBUTES}[ \t]*#*$")
_ON_UNDERLINED = re.compile(rf"(?m)^([^\n]{{1,300}}?)[ \t]*{_ATTRIBUTES}[ \t]*$(?=\n(?:={{2,}}|-{{2,}})[ \t]*$)")
_ON_SPAN = re.compile(
    rf"\[((?>[^\[\]\n]|\n(?!\s*\n)|\[(?>[^\[\]\n]|\[[^\[\]\n]{{0,200}}\]){{0,500}}\]){{0,2000}})\]{_ATTRIBUTES}"
)
_ON_OTHER = re.compile(rf"(?<=[){KEPT_CLOSE}]){_ATTRIBUTES}")
_ON_LINE = re.compile(rf"(?m)^[ \t]*{_ATTRIBUTES}[ \t]*$")
_RAISED = re.compile(r"(?<=[\w)])~([\w+-]{1,12})~(?!~)")
_DIV_OPEN = re.compile(r" {0,3}:{3,}[ \t]*(\{[^}\n]{0,400}\}|[\w.-]{1,60}(?:[ \t]+[\w.-]{1,60})?)[ \t]*:*[ \t]*")
_DIV_CLOSE = re.compile(r" {0,3}:{3,}[ \t]*")
_NAMED = re.compile(r"#([^\s}]{1,200})")
_LABEL = re.compile(r"\s*\\?[\[(]?(\d{1,3})\\?[\].)]\.?(?!\d)\s*")
_NOTE = re.compile(r"(?<!\\)\^\[((?>[^\[\]\n]|\n(?!\s*\n)|\[(?>[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,500}\]){1,2000})\]")
_DEFINITION = re.compile(r"(?m)^\[\^([^\]\[\s]{1,40})\]:[ \t]*([^\n]*(?:\n(?:[ \t]+\S[^\n]*|(?!\[\^|#|\s*\n)[^\n]+))*)")
_USE = re.compile(r"\[\^([^\]\[\s]{1,40})\](?!:)")
_WRITTEN = re.compile(r"(?m)^:{3,}[ \t]*[{\w]|\]\{[.#]|^#{1,6} [^\n]{1,300}\{[#.-][^}\n]{0,200}\}[ \t]*$")


@dataclass(frozen=True, slots=True)
class RenderedEntry:
    """One entry of the list that ``--citeproc`` writes."""

    key: str
    number: int | None
    """The number that it prints."""
    markdown: str
    """Its words, without that number."""


@dataclass(frozen=True, slots=True)
class PandocText:
    """A text without pandoc's attributes and divs, and the list that ``--citeproc`` left in it."""

    text: str
    rendered: tuple[RenderedEntry, ...] = ()
    """The entries of the rendered list."""
    is_pandoc: bool = False
    """Whether it had a sign that no other Markdown has."""


def read_pandoc(text: str) -> PandocText:
    """Take divs, attributes and the rendered list out of a text (code taken out before)."""
    signed = _WRITTEN.search(text) is not None
    text, rendered = _without_divs(text)
    text = _without_attributes(text)
    entries = (_rendered(key, _without_attributes(entry)) for key, entry in rendered)
    return PandocText(text, tuple(entry for entry in entries if entry.markdown), signed)


def _rendered(key: str, words: str) -> RenderedEntry:
    label = _LABEL.match(words)
    if label is None:
        return RenderedEntry(key, None, words.strip())
    return RenderedEntry(key, int(label[1]), words[label.end() :].strip())


def _without_attributes(text: str) -> str:
    text = _ON_UNDERLINED.sub(r"\1", _ON_HEADING.sub(r"\1", text))
    for _ in range(3):
        text, count = _ON_SPAN.subn(r"\1", text)
        if not count:
            break
    return _RAISED.sub(r"\1", _ON_LINE.sub("", _ON_OTHER.sub("", text)))


def _without_divs(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without the lines that open and close divs, and the entries of the div ``refs``."""
    kept: list[str] = []
    rendered: list[tuple[str, list[str]]] = []
    open_divs: list[str] = []
    for line in text.split("\n"):
        if not line.lstrip().startswith(":::"):
            if rendered and any(name.startswith("ref-") for name in open_divs):
                rendered[-1][1].append(line)
            elif "refs" not in open_divs:
                kept.append(line)
            continue
        if _DIV_CLOSE.fullmatch(line):
            if open_divs:
                open_divs.pop()
        elif (opened := _DIV_OPEN.fullmatch(line)) is not None:
            name = found[1] if (found := _NAMED.search(opened[1])) else ""
            name = "refs" if not name and "csl-bib-body" in opened[1] else name
            open_divs.append(name)
            if name.startswith("ref-"):
                rendered.append((name.removeprefix("ref-"), []))
        else:
            kept.append(line)
            continue
        kept.append("")
    return "\n".join(kept), [(key, "\n".join(lines)) for key, lines in rendered]


def name_notes(text: str) -> str:
    """Notes within the line (``^[…]``) as named ones, which the reader of footnotes knows."""
    added: list[str] = []

    def named(found: re.Match[str]) -> str:
        added.append(f"[^in-line-{len(added) + 1}]: {' '.join(found[1].split())}")
        return f"[^in-line-{len(added)}]"

    text = _NOTE.sub(named, text)
    return text + "\n\n" + "\n\n".join(added) + "\n" if added else text


def resolve_notes(text: str, keys_in: Callable[[str], tuple[str, ...]]) -> tuple[str, bool]:
    """Notes that cite by key, and notes within the line that print no citation, as text; whether any was resolved.

    The citations of such a note go to where its number stands, its words to the end of the article's text: they are
    sentences like others. All other notes are entries of the reference list and stay.
    """
    told: dict[str, tuple[str, str]] = {}
    for found in _DEFINITION.finditer(text):
        words = " ".join(found[2].split())
        keys = keys_in(words)
        if keys or (found[1].startswith("in-line-") and not looks_cited(words)):
            told[found[1]] = (words, "".join(f"; @{{{key}}}" for key in keys)[2:])
    if not told:
        return text, False
    text = _DEFINITION.sub(lambda found: "" if found[1] in told else found[0], text)
    used: list[str] = []

    def cite(found: re.Match[str]) -> str:
        if found[1] not in told:
            return found[0]
        used.append(found[1])
        citations = told[found[1]][1]
        return f"[{citations}]" if citations else ""

    text = _USE.sub(cite, text)
    words = "\n\n".join(told[name][0] for name in dict.fromkeys([*used, *told]))
    lines = text.split("\n")
    at = next(
        (at for at in range(len(lines) - 1, -1, -1) if lines[at].startswith("#") and is_reference_heading(lines[at])),
        len(lines),
    )
    return "\n".join([*lines[:at], "", words, "", *lines[at:]]), True
