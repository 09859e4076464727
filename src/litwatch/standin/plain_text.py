"""EFetch's text forms: the MEDLINE (nbib) format, the abstract format and the list of identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from litwatch.standin import abstract_text, medline_text
from litwatch.standin.corpus import View


def write(kind: str, pmids: Sequence[int], view: View, today: date) -> str:
    """Write the records as ``uilist``, ``medline`` or ``abstract`` text; an absent one leaves NCBI's sentence."""
    if kind == "uilist":
        return "".join(f"{pmid}\n" for pmid in pmids if pmid in view)
    parts = []
    for number, pmid in enumerate(pmids, 1):
        element = view.element(pmid)
        if element is None:
            parts.append(f"id: {pmid} Error occurred: The following PMID is not available: {pmid}\n")
        elif kind == "medline":
            parts.append(medline_text.write(element))
        else:
            parts.append(abstract_text.write(element, number, today) + "\n")
    return "\n" + "\n".join(parts) if kind == "medline" else "\n\n".join(parts)
