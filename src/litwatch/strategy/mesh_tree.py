"""MeSH for searching: headings, entry terms, explosion, subheading families and publication types.

``MeshTree`` answers from whatever descriptors it is given; ``SUBSET`` is the small tree that litwatch ships, enough
for the subjects of its demonstration. A bigger tree is a ``MeshTree`` built from NLM's descriptor file by whoever has
it. A heading outside the tree explodes to itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from litwatch.strategy import mesh_subset
from litwatch.strategy.characters import normalise


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A MeSH heading or a publication type."""

    label: str
    ui: str | None
    """NLM's unique ID, None where litwatch's own list is not sure of it."""
    numbers: tuple[str, ...]
    """Tree numbers; a heading stands below another when its number continues the other's."""
    entry_terms: tuple[str, ...] = ()


class MeshTree:
    """Descriptors by label, entry term, unique ID and tree number."""

    def __init__(self, descriptors: Iterable[Descriptor]) -> None:
        self.descriptors = tuple(descriptors)
        self._by_ui = {descriptor.ui: descriptor for descriptor in self.descriptors if descriptor.ui}
        self._by_words: dict[str, Descriptor] = {}
        for descriptor in self.descriptors:
            for entry in descriptor.entry_terms:
                self._by_words.setdefault(normalise(entry), descriptor)
        self._by_words.update({normalise(descriptor.label): descriptor for descriptor in self.descriptors})

    def find(self, words: str) -> Descriptor | None:
        """The descriptor whose label or entry term reads ``words``, whatever its case and punctuation."""
        return self._by_words.get(normalise(words))

    def current_label(self, ui: str | None, label: str) -> str:
        """The normalised label under which a record's heading is searched: today's label of its unique ID.

        NLM renames headings but keeps their IDs (D016440 was "Retraction of Publication", now "Retraction Notice").
        """
        known = self._by_ui.get(ui) if ui else None
        return normalise(known.label if known else label)

    def explode(self, label: str) -> frozenset[str]:
        """Normalised labels of the heading and of all that stand below it; just itself when the tree lacks it."""
        found = self.find(label)
        if found is None:
            return frozenset({normalise(label)})
        below = tuple(number + "." for number in found.numbers)
        labels = {normalise(one.label) for number, one in self._numbered if below and number.startswith(below)}
        return frozenset(labels | {normalise(found.label)})

    def near_matches(self, label: str) -> tuple[str, ...]:
        """Up to three labels of the tree that look like ``label``, best first."""
        close = difflib.get_close_matches(normalise(label), self._by_words, n=5, cutoff=0.8)
        return tuple(dict.fromkeys(self._by_words[words].label for words in close))[:3]

    @cached_property
    def _numbered(self) -> tuple[tuple[str, Descriptor], ...]:
        return tuple((number, descriptor) for descriptor in self.descriptors for number in descriptor.numbers)


def _lines(table: str) -> list[str]:
    return table.strip().replace("\n    ", " ").splitlines()


def _read(table: str) -> Iterable[Descriptor]:
    for line in _lines(table):
        label, ui, numbers, entries = (part.strip() for part in line.split("|"))
        terms = tuple(entry.strip() for entry in entries.split(";") if entry.strip())
        yield Descriptor(label, ui or None, tuple(numbers.split()), terms)


SUBSET = MeshTree(_read(mesh_subset.HEADINGS))
"""About 190 headings around insulin resistance, its company, and clinical research."""

PUBLICATION_TYPES = MeshTree(_read(mesh_subset.PUBLICATION_TYPES))
"""The publication types that litwatch decides on, with their hierarchy: Clinical Trial holds the randomized ones."""

_FAMILIES = {
    normalise(head): frozenset(normalise(member) for member in members.split(";"))
    for head, members in (line.split(":") for line in _lines(mesh_subset.SUBHEADING_FAMILIES))
}
_ABBREVIATIONS = dict(pair.split("=") for pair in mesh_subset.SUBHEADING_ABBREVIATIONS.replace("\n", " ").split("; "))


def subheading(written: str) -> str:
    """A subheading's normalised full name from its name or two-letter abbreviation (``ge`` → ``genetics``)."""
    words = normalise(written)
    return normalise(_ABBREVIATIONS.get(words, words))


def explode_subheading(name: str) -> frozenset[str]:
    """A subheading with the narrower ones of its family, as PubMed searches it unless ``:noexp`` stands behind."""
    reached: set[str] = set()
    waiting = [subheading(name)]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(_FAMILIES.get(one, ()))
    return frozenset(reached)
