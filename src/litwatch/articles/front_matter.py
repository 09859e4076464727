"""YAML in articles and bibliographies: the front matter of a Markdown file, pandoc's further blocks, CSL-YAML.

Plain types only: no aliases, no bombs, bounded in size and depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import yaml

from litwatch.articles.model import Uncertainty

_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FURTHER = re.compile(
    r"(?<=\n\n)---[ \t]*\n(?=[^\S\n]{0,3}\w)((?:(?!---|\.\.\.)[^\n]*\n)+)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
"""Pandoc reads such a block anywhere; only one that names a bibliography is taken, else the lines are the text's."""
_TITLE_LINES = re.compile(r"\A%[ \t]+(\S[^\n]*)\n(?:%[ \t]*[^\n]*\n){0,2}")
_NAMES_SOURCES = re.compile(r"(?m)^(?:references|bibliography|nocite):")
_DEEPEST = 20
MOST_YAML = 1_000_000
"""Characters of YAML: a bibliography of some 2,000 entries."""


def has_front_matter(source: str) -> bool:
    """Whether a text begins with a front matter."""
    return _MATTER.match(source) is not None


def take_front_matter(source: str) -> tuple[Mapping[str, object], str, tuple[Uncertainty, ...]]:
    """The keys (lower-case, with ``_``) of the front matter, the text after it, and what is wrong with it."""
    matter: dict[str, object] = {}
    found = _MATTER.match(source)
    titled = _TITLE_LINES.match(source)
    if found is not None:
        try:
            matter = _keyed(found[1])
        except ValueError as error:
            note = Uncertainty(
                "front-matter-unreadable", f"The front matter was kept as text, because it cannot be read: {error}."
            )
            return {}, found[1] + "\n\n" + source[found.end() :], (note,)
        source = source[found.end() :]
    elif titled is not None:
        matter, source = {"title": titled[1].strip()}, source[titled.end() :]
    if not _NAMES_SOURCES.search(source):
        return matter, source, ()
    kept: list[str] = []
    at = 0
    notes = []
    for block in _FURTHER.finditer("\n\n" + source):
        if not _NAMES_SOURCES.search(block[1]):
            continue
        try:
            matter = {**_keyed(block[1]), **matter}
        except ValueError as error:
            message = f"A block of keys within the text was kept as text, because it cannot be read: {error}."
            notes.append(Uncertainty("front-matter-unreadable", message))
            continue
        kept.append(source[at : block.start() - 2])
        at = block.end() - 2
    return matter, "".join([*kept, source[at:]]), tuple(notes)


def _keyed(text: str) -> dict[str, object]:
    loaded = load_yaml(text)
    if not isinstance(loaded, dict):
        raise ValueError("it is no list of keys")  # noqa: TRY004 - a wrong value of a file, not of a call
    return {re.sub(r"[\s-]+", "_", str(key).strip().casefold()): value for key, value in loaded.items()}


def load_yaml(text: str) -> object:
    """The plain value of a YAML text. Raises ValueError for what is no YAML, or could grow without bound."""
    if len(text) > MOST_YAML:
        raise ValueError(f"it has more than {MOST_YAML:,} characters")
    try:
        _refuse_what_grows(yaml.parse(text, _LOADER))
        return yaml.load(text, _LOADER)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:160]) from None


def _refuse_what_grows(events: Iterable[yaml.Event]) -> None:
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("it uses aliases")  # noqa: TRY004 - a wrong value of a file, not of a call
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError(f"it is more than {_DEEPEST} levels deep")


_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, ten times as fast, where PyYAML was built with it."""
