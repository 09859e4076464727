"""What the store knows of papers, asked for many of them at once and for none of them twice.

A night decides on several topics in one transaction; a report asks five or six times how its papers stand. Each small
statement costs some milliseconds, so ``KnownPapers`` asks for all papers that are ``expected`` together, and keeps the
answers. It holds one state of the store: make it inside ``Store.reading`` or ``Store.saving``, and anew after records
were written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.paper_notice import UpdateNotice, WatchEntry
from litwatch.model.record import Record
from litwatch.model.reference import Reference
from litwatch.store import CitedWork, Fate, Store, WatchFile

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
History = tuple[tuple[datetime, Record], ...]


class PaperSource(Protocol):
    """The questions about papers that both the store and ``KnownPapers`` answer."""

    def current_records(self, pmids: Collection[Pmid]) -> dict[Pmid, Record]:
        """As ``Records.current_records``."""

    def record_histories(self, pmids: Collection[Pmid]) -> dict[Pmid, History]:
        """As ``Records.record_histories``."""

    def fates(self, pmids: Collection[Pmid]) -> dict[Pmid, Fate]:
        """As ``Records.fates``."""

    def cited_works(self, numbers: Collection[Pmid]) -> dict[Pmid, CitedWork]:
        """As ``UpdateNotices.cited_works``."""

    def look_up(self, references: Iterable[Reference]) -> dict[Pmid, Record]:
        """As ``Records.look_up``."""

    def embeddings(self, model: str, text_keys: Collection[str]) -> dict[str, bytes]:
        """As ``Embeddings.embeddings``."""

    def embedding_cost(self, model: str) -> tuple[int, float]:
        """As ``Embeddings.embedding_cost``."""

    def watch_file(self) -> WatchFile | None:
        """As ``RetractionWatch.watch_file``."""

    def watch_entries(self, pmids: Collection[Pmid], dois: Collection[Doi] = ()) -> tuple[WatchEntry, ...]:
        """As ``RetractionWatch.watch_entries``."""

    def update_looks(self, dois: Collection[Doi]) -> dict[Doi, datetime]:
        """As ``UpdateNotices.update_looks``."""

    def update_notices(self, dois: Collection[Doi]) -> tuple[UpdateNotice, ...]:
        """As ``UpdateNotices.update_notices``."""


class _Answers(Generic[Key, Value]):
    """The answers to one question, by what was asked about; None where the store knows nothing of it."""

    def __init__(self, ask: Callable[[list[Key]], Mapping[Key, Value]], expected: Callable[[], Iterable[Key]]) -> None:
        self._ask, self._expected = ask, expected
        self._known: dict[Key, Value | None] = {}

    def learn(self, known: Mapping[Key, Value]) -> None:
        """Take these answers from elsewhere."""
        self._known |= known

    def of(self, keys: Collection[Key]) -> dict[Key, Value]:
        lacking = dict.fromkeys(key for key in keys if key not in self._known)
        if lacking:
            lacking |= dict.fromkeys(key for key in self._expected() if key not in self._known)
            answer = self._ask([*lacking])
            self._known |= {key: answer.get(key) for key in lacking}
        return {key: value for key in dict.fromkeys(keys) if (value := self._known[key]) is not None}


class KnownPapers:
    """Answers about papers as ``PaperSource`` says, each asked once of the ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cited: dict[Pmid, None] = {}
        self._others: dict[Pmid, None] = {}
        self._dois: dict[Doi, None] = {}
        self._histories = _Answers(store.record_histories, lambda: self._cited)
        self._records = _Answers(store.current_records, lambda: self._others)
        self._fates = _Answers(store.fates, lambda: (*self._cited, *self._others))
        self._works = _Answers(store.cited_works, lambda: self._cited)
        self._looks = _Answers(store.update_looks, self._expected_dois)
        self._updates = _Answers(self._ask_updates, self._expected_dois)
        self._by_pmid: dict[Pmid, tuple[WatchEntry, ...]] = {}
        self._by_doi: dict[Doi, tuple[WatchEntry, ...]] = {}
        self._file: tuple[WatchFile | None] | None = None
        self._costs: dict[str, tuple[int, float]] = {}

    def expect(
        self, *, cited: Iterable[Pmid] = (), others: Iterable[Pmid] = (), dois: Iterable[Doi | None] = ()
    ) -> None:
        """Ask for these together as soon as any of them is asked for.

        ``cited`` are papers of which everything is likely to be asked, ``others`` those whose records are; ``dois`` are
        more than the records of ``cited`` bear.
        """
        self._cited |= dict.fromkeys(cited)
        self._others |= dict.fromkeys(others)
        self._dois |= dict.fromkeys(doi for doi in dois if doi is not None)

    def hold(self, saved: Iterable[Record]) -> None:
        """Take these records for the current ones: they have just been saved in the same transaction, each once.

        What the store would answer is the same, and reading it again costs more than all else that is asked.
        """
        self._records.learn({record.pmid: record for record in saved if record.pmid not in self._cited})

    def current_records(self, pmids: Collection[Pmid]) -> dict[Pmid, Record]:
        """As ``Records.current_records``."""
        # Whose history is known, or is about to be asked for, needs no other question.
        told = self._histories.of([pmid for pmid in pmids if pmid in self._cited])
        found = {pmid: history[-1][1] for pmid, history in told.items()}
        found |= self._records.of([pmid for pmid in pmids if pmid not in self._cited])
        return {pmid: found[pmid] for pmid in sorted(found)}

    def record_histories(self, pmids: Collection[Pmid]) -> dict[Pmid, History]:
        """As ``Records.record_histories``."""
        return self._histories.of(sorted(pmids))

    def fates(self, pmids: Collection[Pmid]) -> dict[Pmid, Fate]:
        """As ``Records.fates``."""
        return self._fates.of(pmids)

    def cited_works(self, numbers: Collection[Pmid]) -> dict[Pmid, CitedWork]:
        """As ``UpdateNotices.cited_works``."""
        return self._works.of([number for number in numbers if number < 0])

    def look_up(self, references: Iterable[Reference]) -> dict[Pmid, Record]:
        """As ``Records.look_up``."""
        return self._store.look_up(references)

    def embeddings(self, model: str, text_keys: Collection[str]) -> dict[str, bytes]:
        """As ``Embeddings.embeddings``."""
        return self._store.embeddings(model, text_keys)

    def embedding_cost(self, model: str) -> tuple[int, float]:
        """As ``Embeddings.embedding_cost``."""
        if model not in self._costs:
            self._costs[model] = self._store.embedding_cost(model)
        return self._costs[model]

    def watch_file(self) -> WatchFile | None:
        """As ``RetractionWatch.watch_file``."""
        if self._file is None:
            self._file = (self._store.watch_file(),)
        return self._file[0]

    def watch_entries(self, pmids: Collection[Pmid], dois: Collection[Doi] = ()) -> tuple[WatchEntry, ...]:
        """As ``RetractionWatch.watch_entries``."""
        new_pmids = [pmid for pmid in pmids if pmid not in self._by_pmid]
        new_dois = [doi for doi in dois if doi not in self._by_doi]
        if new_pmids or new_dois:
            new_pmids += [pmid for pmid in (*self._cited, *self._others) if pmid not in self._by_pmid]
            new_dois += [doi for doi in self._expected_dois() if doi not in self._by_doi]
            self._by_pmid |= dict.fromkeys(new_pmids, ())
            self._by_doi |= dict.fromkeys(new_dois, ())
            asked = {*new_pmids}, {*new_dois}
            # Without a table there are no entries.
            for entry in self._store.watch_entries(new_pmids, new_dois) if self.watch_file() is not None else ():
                if entry.paper_pmid in asked[0]:
                    self._by_pmid[entry.paper_pmid] += (entry,)
                if entry.paper_doi in asked[1]:
                    self._by_doi[entry.paper_doi] += (entry,)
        found = [entry for pmid in pmids for entry in self._by_pmid[pmid]]
        found += [entry for doi in dois for entry in self._by_doi[doi]]
        return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.noticed or date.max, each.entry)))

    def update_looks(self, dois: Collection[Doi]) -> dict[Doi, datetime]:
        """As ``UpdateNotices.update_looks``."""
        return self._looks.of(dois)

    def update_notices(self, dois: Collection[Doi]) -> tuple[UpdateNotice, ...]:
        """As ``UpdateNotices.update_notices``."""
        told = [pair for notices in self._updates.of(dois).values() for pair in notices]
        return tuple(notice for _, notice in sorted(told, key=lambda pair: pair[0]))

    def _ask_updates(self, dois: list[Doi]) -> dict[Doi, tuple[tuple[int, UpdateNotice], ...]]:
        """The notices about each, with their places among all: the oldest first."""
        found: dict[Doi, tuple[tuple[int, UpdateNotice], ...]] = {}
        for place, notice in enumerate(self._store.update_notices(dois)):
            found[notice.paper] = (*found.get(notice.paper, ()), (place, notice))
        return found

    def _expected_dois(self) -> list[Doi]:
        records = [history[-1][1] for history in self._histories.of([*self._cited]).values()]
        return [*self._dois, *(doi for each in records for doi in (each.doi, *each.other_dois) if doi is not None)]
