"""MeSH for searching: headings, entry terms, explosion, subheading families and publication types.

``MeshTree`` answers from whatever descriptors it is given. ``MESH_IN_USE`` is the small tree that litwatch ships,
enough for the subjects of its demonstration, until the store holds NLM's own headings (``litwatch mesh load``). A
heading outside the tree explodes to itself.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

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


_heading_words = lru_cache(maxsize=16_384)(normalise)
"""The words of headings and subheadings, which records repeat: a few thousand make up most of a day's."""


class MeshTree:
    """Descriptors by label, entry term, unique ID and tree number."""

    def __init__(self, descriptors: Iterable[Descriptor]) -> None:
        self.descriptors = tuple(descriptors)
        self._words_by_ui = {one.ui: normalise(one.label) for one in self.descriptors if one.ui}
        self._by_words: dict[str, Descriptor] = {}
        for descriptor in self.descriptors:
            for entry in descriptor.entry_terms:
                self._by_words.setdefault(normalise(entry), descriptor)
        self._by_words.update({normalise(descriptor.label): descriptor for descriptor in self.descriptors})
        self._numbered = sorted((number, normalise(one.label)) for one in self.descriptors for number in one.numbers)

    def find(self, words: str) -> Descriptor | None:
        """The descriptor whose label or entry term reads ``words``, whatever its case and punctuation."""
        return self._by_words.get(normalise(words))

    def current_label(self, ui: str | None, label: str) -> str:
        """The normalised label under which a record's heading is searched: today's label of its unique ID.

        NLM renames headings but keeps their IDs (D016440 was "Retraction of Publication", now "Retraction Notice").
        """
        known = self._words_by_ui.get(ui) if ui else None
        return known if known is not None else _heading_words(label)

    def explode(self, label: str) -> frozenset[str]:
        """Normalised labels of the heading and of all that stand below it; just itself when the tree lacks it."""
        found = self.find(label)
        if found is None:
            return frozenset({normalise(label)})
        labels = {_heading_words(found.label)}
        for number in found.numbers:
            first = bisect_left(self._numbered, (number + ".", ""))
            last = bisect_left(self._numbered, (number + "/", ""))  # the sign behind the full stop
            labels.update(words for _, words in self._numbered[first:last])
        return frozenset(labels)

    def near_matches(self, label: str) -> tuple[str, ...]:
        """Up to three labels of the tree that look like ``label``, best first."""
        wanted = normalise(label)
        alike = [
            words for words in self._by_words if words[:1] == wanted[:1] and abs(len(words) - len(wanted)) <= _ALIKE
        ]
        close = difflib.get_close_matches(wanted, alike, n=5, cutoff=0.8)
        return tuple(dict.fromkeys(self._by_words[words].label for words in close))[:3]


_ALIKE = 4
"""Characters that a misspelt heading may be longer or shorter; NLM has a quarter of a million terms to compare."""


class MeshInUse(MeshTree):
    """The headings that strategies are read with, one tree in a process: litwatch's own, or those that are loaded."""

    edition: tuple[int, datetime] | None = None
    """Year and time of loading of NLM's headings; None while litwatch's own are used."""

    def __init__(self, shipped: Iterable[Descriptor]) -> None:
        self._shipped = tuple(shipped)
        super().__init__(self._shipped)

    def become(self, descriptors: Iterable[Descriptor], edition: tuple[int, datetime] | None) -> None:
        """Use these headings from now on; with ``edition`` None litwatch's own."""
        if edition != self.edition:
            super().__init__(self._shipped if edition is None else descriptors)
            self.edition = edition


def _lines(table: str) -> list[str]:
    return table.strip().replace("\n    ", " ").splitlines()


def _read(table: str) -> Iterable[Descriptor]:
    for line in _lines(table):
        label, ui, numbers, entries = (part.strip() for part in line.split("|"))
        terms = tuple(entry.strip() for entry in entries.split(";") if entry.strip())
        yield Descriptor(label, ui or None, tuple(numbers.split()), terms)


MESH_IN_USE = MeshInUse(_read(mesh_subset.HEADINGS))
"""NLM's headings where they are loaded, else about 190 around insulin resistance, its company, and clinical
research."""

PUBLICATION_TYPES = MeshTree(_read(mesh_subset.PUBLICATION_TYPES))
"""The publication types that litwatch decides on, with their hierarchy: Clinical Trial holds the randomized ones."""

_FAMILIES = {
    normalise(head): frozenset(normalise(member) for member in members.split(";"))
    for head, members in (line.split(":") for line in _lines(mesh_subset.SUBHEADING_FAMILIES))
}
_ABBREVIATIONS = dict(pair.split("=") for pair in mesh_subset.SUBHEADING_ABBREVIATIONS.replace("\n", " ").split("; "))
_SUBHEADINGS = {normalise(one): one for one in (*_ABBREVIATIONS.values(), *mesh_subset.FORMER_SUBHEADINGS.split("; "))}


def subheading(written: str) -> str:
    """A subheading's normalised full name from its name or two-letter abbreviation (``ge`` → ``genetics``)."""
    words = _heading_words(written).replace(" and ", " ")
    return _heading_words(_ABBREVIATIONS.get(words, words))


def subheading_name(written: str) -> str:
    """A subheading as NLM writes it (``ad`` → ``administration & dosage``); an unknown one as it is, normalised."""
    words = subheading(written)
    return _SUBHEADINGS.get(words, words)


def is_subheading(written: str) -> bool:
    """Whether MeSH has, or once had, a subheading of this name or two-letter abbreviation."""
    return subheading(written) in _SUBHEADINGS


def near_subheadings(written: str) -> list[str]:
    """At most two subheadings, as NLM writes them, that look like a misspelt one."""
    near = difflib.get_close_matches(subheading(written), _SUBHEADINGS, n=2, cutoff=0.75)
    return [_SUBHEADINGS[one] for one in near]


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
