"""Text from outside made fit to be shown, and the only links that are ever built from it.

Titles, abstracts and articles are data: a control character, a direction override or Markdown's own signs must not
change what a reader sees. HTML is escaped by the template engine, not here. Nothing is shortened in silence:
``clip`` always shows that it did.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

from litwatch.model.identifiers import Doi, Pmid

_INVISIBLE = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)]),
    **dict.fromkeys(map(ord, "\t\n\v\f\r\x85\u2028\u2029"), " "),
    **{code: f"[U+{code:04X}]" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
    **dict.fromkeys([0xFEFF, 0xFFFE, 0xFFFF, *range(0xE0000, 0xE0080)]),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
"""Unicode's controls: C0 and C1 and tags vanish, breaks become blanks, direction overrides (UAX 9) become visible."""

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>|~#&$!^]|(?<=:)//|(?<=www)\.", re.IGNORECASE)
_MARKDOWN_START = re.compile(r"^([-+=]|\d+(?=[.)](?: |$)))")
_ENDS = (".", "?", "!", "…", "。", "？", "！")
_CLOSING = "\"'”’»)]"
"""What may stand behind the end of a sentence."""
_RELATIVE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")


def visible(text: str) -> str:
    """The text on one line, without anything that could act on its surroundings unseen.

    >>> visible("a\\x00b\\u202ec\\nd")
    'ab[U+202E]c d'
    """
    return text if text.isascii() and text.isprintable() else text.translate(_INVISIBLE)


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen.

    >>> is_blank("\\x00\\u202e \\ufeff\\u200b"), is_blank("\\u202ea")
    (True, False)
    """
    return all(char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn"} for char in text)


def clip(text: str, length: int) -> str:
    """At most ``length`` characters, cut between words where possible and ended by an ellipsis when cut."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank and len(head) > length // 2 else cut).rstrip(" ,;:.") + "…"


def end_sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence or was cut; what follows is then told apart from it.

    >>> end_sentence("A randomized trial"), end_sentence("Does it help?”"), end_sentence("A tri…")
    ('A randomized trial.', 'Does it help?”', 'A tri…')
    """
    shown = text.rstrip()
    return shown if not shown or shown.rstrip(_CLOSING).endswith(_ENDS) else f"{shown}."


def escape_markdown(text: str) -> str:
    """The text such that CommonMark and GitHub's dialect show exactly its characters and make nothing of them.

    >>> escape_markdown("1. *p* < 0.05")
    '1\\\\. \\\\*p\\\\* \\\\< 0.05'
    """
    line = " ".join(visible(text).split())
    escaped = _MARKDOWN.sub(lambda match: "\\" + match[0], line)
    start = _MARKDOWN_START.match(escaped)
    if start is None:
        return escaped
    return "\\" + escaped if start[1] in "-+=" else f"{start[1]}\\{escaped[start.end() :]}"


def pubmed_link(pmid: Pmid) -> str:
    """The record's page at PubMed."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{int(pmid)}/"


def pubmed_search(text: str) -> str:
    """A search of PubMed for a paper by its title or its whole printed entry, at most 300 characters of it.

    In lower case, so that no word of it is an operator, and without a field, so that PubMed may read a citation in it.
    """
    words = " ".join(re.findall(r"[\w'-]+", visible(text)[:300].lower()))
    return f"https://pubmed.ncbi.nlm.nih.gov/?term={quote(words)}"


def doi_link(doi: Doi) -> str:
    """The resolver's address for a DOI, every sign quoted that has a meaning in an address (DOI Handbook 3.8)."""
    return "https://doi.org/" + quote(str(doi).encode("utf-8", "replace"), safe="/")


def web_link(url: str | None) -> str | None:
    """The address if it is a plain http or https one, else None: no ``javascript:``, no ``data:``, no user name."""
    if url is None or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return quote(url, safe="/:?#[]@!$&'()*+,;=%~-._")


def relative_link(link: str) -> str:
    """A link from one of litwatch's pages to another; ValueError for anything but plain folder and file names."""
    if _RELATIVE.fullmatch(link) is None:
        raise ValueError(f"{link[:80]!r} is not a relative link made of [A-Za-z0-9._-] names")
    return link
