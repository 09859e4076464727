"""A plan of faults by which PubMed does not show certain papers, while every answer looks whole."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from random import Random
from typing import Any

from litwatch.standin.fault import Fault, FaultKind
from litwatch.standin.faults import Plan

PMID = re.compile(rb"<PMID[^>]*>(\d+)</PMID>")


class Veil(Plan):
    """Leaves papers out of searches, or their records out of answers, or garbles these; every answer looks whole."""

    def __init__(
        self, *, unnamed: Collection[int] = (), undelivered: Collection[int] = (), garbled: Collection[int] = ()
    ) -> None:
        super().__init__()
        self.unnamed, self.undelivered, self.garbled = frozenset(unnamed), frozenset(undelivered), frozenset(garbled)

    def strike(self, utility: str) -> tuple[Fault | None, Random]:
        def pass_over(hits: Any, *_: Any) -> Any:
            return replace(hits, pmids=tuple(pmid for pmid in hits.pmids if pmid not in self.unnamed))

        def keep_back(records: list[bytes], *_: Any) -> list[bytes]:
            named = [(int(PMID.findall(record)[0]), record) for record in records]
            return [
                record.replace(b"<ArticleTitle>", b"<ArticleTitle>R & D < ", 1) if pmid in self.garbled else record
                for pmid, record in named
                if pmid not in self.undelivered
            ]

        return Fault("veil", FaultKind.MEANING, "", bends={"hits": pass_over, "records": keep_back}), Random(0)
