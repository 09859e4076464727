"""The records that the stand-in serves: dated revisions of PubMed citations, and what is visible of them on a day.

A corpus is a sequence of revisions; the view on a day holds the last revision of each PMID that was visible by then.
Each record keeps its bytes as they were read, because EFetch must serve them unchanged; parsing happens at the first
search or by ``View.prepare``.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final, TypeVar, cast

from lxml import etree

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin.life import Revision
from litwatch.strategy import Expression
from litwatch.strategy.record_index import Found, RecordIndex
from litwatch.strategy.translation import History

T = TypeVar("T")

_BATCH: Final = 1_000
_VIEWS_KEPT: Final = 4


class Corpus:
    """All revisions, in order; safe to share between threads."""

    def __init__(self, revisions: Iterable[Revision] = ()) -> None:
        # A stable sort: of two revisions of one PMID on one day, the later in the sequence holds.
        self._revisions: Sequence[Revision] = sorted(revisions, key=lambda revision: revision.visible_from)
        self._days = [revision.visible_from for revision in self._revisions]
        self._records: dict[int, Record] = {}
        self._views: dict[int, View] = {}
        self._index = RecordIndex()
        self._indexed: dict[int, int] = {}
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._revisions)

    @property
    def change_days(self) -> tuple[date, ...]:
        """The days on which something became visible, in order, each once."""
        return tuple(dict.fromkeys(self._days))

    def at(self, day: date) -> View:
        """What is visible on ``day``, its revisions included. Views of days without change between them are one."""
        reach = bisect_right(self._days, day)
        with self._lock:
            view = self._views.pop(reach, None) or View(self, self._current(reach))
            self._views[reach] = view
            while len(self._views) > _VIEWS_KEPT:
                del self._views[next(iter(self._views))]
            return view

    def _current(self, reach: int) -> dict[int, int]:
        return {revision.pmid: place for place, revision in enumerate(islice(self._revisions, reach))}

    def _xml(self, place: int) -> bytes | None:
        return self._revisions[place].xml

    def _parsed(self, places: Mapping[int, int]) -> dict[int, Record]:
        """PMID → Record for the revisions at ``places`` (PMID → place); what cannot be parsed is left out."""
        with self._lock:
            wanted = [place for place in places.values() if place not in self._records]
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                slices = [xml for place in batch if (xml := self._xml(place)) is not None]
                parsed = parse_article_set(b"<PubmedArticleSet>" + b"".join(slices) + b"</PubmedArticleSet>")
                by_pmid = {int(record.pmid): record for record in parsed.records}
                for place in batch:
                    record = by_pmid.get(self._revisions[place].pmid)
                    if record is not None:
                        self._records[place] = record
            return {pmid: self._records[place] for pmid, place in places.items() if place in self._records}

    def _search(self, places: Mapping[int, int], tree: Expression, today: date, history: History | None) -> Found:
        """Search the revisions at ``places``."""
        with self._lock:
            self._move_index(places)
            return self._index.search(tree, today=today, history=history)

    def _prepare(self, places: Mapping[int, int]) -> None:
        with self._lock:
            self._move_index(places)
            self._index.prepare()

    def _move_index(self, places: Mapping[int, int]) -> None:
        """Let the one index hold the revisions at ``places``; what it held before and is the same stays."""
        gone = [pmid for pmid in self._indexed if pmid not in places]
        changed = {pmid: place for pmid, place in places.items() if self._indexed.get(pmid) != place}
        if gone or changed:
            records = self._parsed(changed)
            self._index.remove(Pmid(pmid) for pmid in (*gone, *(changed.keys() - records.keys())))
            self._index.add(records.values())
            self._indexed = dict(places)


class View:
    """The corpus as PubMed shows it on one day."""

    def __init__(self, corpus: Corpus, places: Mapping[int, int]) -> None:
        self._corpus = corpus
        self._places = {pmid: place for pmid, place in places.items() if corpus._xml(place) is not None}
        self.deleted: frozenset[int] = frozenset(places.keys() - self._places.keys())
        """PMIDs that were here once and are not any more."""
        self._derived: dict[str, Any] = {}
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, pmid: object) -> bool:
        return pmid in self._places

    @property
    def pmids(self) -> Iterable[int]:
        """Every visible PMID, in the order in which the corpus first names it."""
        return self._places.keys()

    def xml(self, pmid: int) -> bytes | None:
        """The record's element as it was read, or None where PubMed has no such record."""
        place = self._places.get(pmid)
        return None if place is None else self._corpus._xml(place)

    def element(self, pmid: int) -> etree._Element | None:
        """The record's element parsed, or None where it is absent or no XML; a value broken into lines is made one."""
        xml = self.xml(pmid)
        if xml is None:
            return None
        safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            element = etree.fromstring(xml, safe)
        except etree.XMLSyntaxError:
            return None
        if b"\n" in xml:
            for each in element.iter(etree.Element):
                if not len(each) and each.text and "\n" in each.text:
                    each.text = " ".join(each.text.split())
        return element

    @property
    def records(self) -> Mapping[int, Record]:
        """Every record that can be read, by PMID."""
        return self.derived("records", lambda view: view._corpus._parsed(view._places))

    def search(self, tree: Expression, *, today: date, history: History | None = None) -> Found:
        """Every visible record that a strategy finds; see ``RecordIndex.search``."""
        return self._corpus._search(self._places, tree, today, history)

    def prepare(self) -> None:
        """Parse and index every record now, so that no search waits for it; 0.1 to 0.3 ms a record."""
        self._corpus._prepare(self._places)

    def derived(self, name: str, make: Callable[[View], T]) -> T:
        """What ``make`` works out from this view, worked out once and kept under ``name``."""
        with self._lock:
            if name not in self._derived:
                self._derived[name] = make(self)
            return cast("T", self._derived[name])

    @property
    def cited_by(self) -> Mapping[int, tuple[Pmid, ...]]:
        """PMID → the visible records that list it among their references, newest PMID first."""
        return self.derived("cited by", _cited_by)


def _cited_by(view: View) -> Mapping[int, tuple[Pmid, ...]]:
    citing: dict[int, list[Pmid]] = {}
    for record in sorted(view.records.values(), key=lambda record: -record.pmid):
        for cited in record.cites:
            citing.setdefault(int(cited), []).append(record.pmid)
    return {pmid: tuple(records) for pmid, records in citing.items()}
