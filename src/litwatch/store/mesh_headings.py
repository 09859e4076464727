"""The MeSH headings that the operator has loaded from NLM's descriptor file, and the year that they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from litwatch.store.store_file import StoreFile
from litwatch.strategy.mesh_tree import Descriptor


@dataclass(frozen=True, slots=True)
class MeshEdition:
    """Which headings are loaded."""

    year: int
    headings: int
    loaded_at: datetime


class MeshHeadings(StoreFile):
    """The part of the store that holds NLM's headings."""

    def replace_mesh(self, year: int, descriptors: Sequence[Descriptor], *, now: datetime) -> None:
        """Keep these headings in the place of those of before."""
        with self._writing() as con:
            con.execute("DELETE FROM mesh_descriptor")
            con.execute("DELETE FROM mesh_edition")
            con.execute(
                "INSERT INTO mesh_descriptor SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[][]),"
                " unnest(?::VARCHAR[][])",
                [
                    [one.label for one in descriptors],
                    [one.ui for one in descriptors],
                    [list(one.numbers) for one in descriptors],
                    [list(one.entry_terms) for one in descriptors],
                ],
            )
            con.execute("INSERT INTO mesh_edition VALUES (?, ?, ?)", [year, len(descriptors), now])

    def mesh_edition(self) -> MeshEdition | None:
        """What is loaded; None where nothing is."""
        with self._reading() as con:
            row = con.execute("SELECT year, headings, loaded_at FROM mesh_edition").fetchone()
        return MeshEdition(*row) if row else None

    def mesh_headings(self) -> tuple[Descriptor, ...]:
        """The headings that are loaded, in the order of NLM's file."""
        with self._reading() as con:
            rows = con.execute("SELECT label, ui, numbers, entry_terms FROM mesh_descriptor ORDER BY rowid").fetchall()
        return tuple(Descriptor(label, ui, tuple(numbers), tuple(terms)) for label, ui, numbers, terms in rows)
