"""Many strategies against many records at once: which of ten thousand topics does a batch of new records concern.

A search index keeps records and answers one strategy after the other (``record_index``). A percolator turns that round:
it keeps the strategies, each distinct word, phrase and value of them once, and reads each record's words once.
"""

from __future__ import annotations

from litwatch.strategy.percolator.percolator import Matched, Percolator

__all__ = ["Matched", "Percolator"]
