"""What a corpus knows of words, phrases and headings: the part of a translation that depends on the database.

``GENERAL`` is the lexicon of no corpus in particular.
"""

from __future__ import annotations

from typing import Protocol

from litwatch.strategy.mesh_tree import MESH_IN_USE


class Lexicon(Protocol):
    """What PubMed's phrase index, heading list and value lists answer."""

    def has_words(self, sections: tuple[str, ...], words: str) -> bool:
        """Whether any record holds the normalised word or phrase, ``*`` allowed, in one of the sections."""

    def has_value(self, section: str, value: str) -> bool:
        """Whether any record holds the normalised value, ``*`` allowed, in the section."""

    def is_heading(self, label: str) -> bool:
        """Whether the normalised label is a heading of the tree or of any record."""


class _General:
    """Every phrase and value may occur somewhere; headings are those of the shipped tree."""

    def has_words(self, sections: tuple[str, ...], words: str) -> bool:  # noqa: ARG002
        return True

    def has_value(self, section: str, value: str) -> bool:  # noqa: ARG002
        return True

    def is_heading(self, label: str) -> bool:
        return MESH_IN_USE.find(label) is not None


GENERAL: Lexicon = _General()
