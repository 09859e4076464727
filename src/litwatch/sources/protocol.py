"""What a night asks of a source: one protocol for each kind of source.

A further source is a folder beside this file with a class that answers one of these, and a line in ``night.doors``,
which opens it. Nothing else knows which source it is: nights and readings import this module and no folder.

=========================  ===========================================  ======================================
protocol                   what it is                                   today
=========================  ===========================================  ======================================
``BibliographicDatabase``  searched by a strategy, gives whole records  ``entrez``: PubMed by its E-utilities
``ReadsLeads``             names new papers, holds no records           ``feeds``: RSS and Atom
``ReadsNotices``           says what became of published papers         ``retraction_watch``: Crossref's table
``ReadsUpdates``           says which works update a given one          ``crossref``: Crossref's REST API
=========================  ===========================================  ======================================

NLM's bulk files are PubMed again, whole and in numbered files; what holds them answers ``bulk_files.Source``.
A night has several requests in flight, so that every method must be safe to call from several threads.

Every method raises a SourceError where no usable answer came: SourceUnavailable where the next run may succeed,
SourceRefused where a person must act. No answer is never an empty answer. Records go by PMID; a paper that a source
knows by DOI alone is a lead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.lead import Lead
from litwatch.model.paper_notice import UpdateNotice, WatchTable
from litwatch.model.record import Record
from litwatch.model.reference import Match, Reference
from litwatch.model.search import Fetched, Search, Window
from litwatch.model.topic import Pin

LinkName = Literal["pubmed_pubmed", "pubmed_pubmed_citedin"]
"""Similar papers; papers that cite the seed (NLM, "Entrez Link Descriptions")."""


class SearchesStrategies(Protocol):
    """A database that is searched by a strategy."""

    def search(self, strategy: str, window: Window | None = None) -> Search:
        """Every PMID that the strategy finds, within the window's days where one is given.

        Raises SweepIncomplete, too, where fewer came than were counted; never gives a part of the result.
        """
        ...


class SearchesIdentifiers(Protocol):
    """A database that is searched by identifiers of papers."""

    def search_identifiers(self, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> tuple[Search, ...]:
        """The searches for all records that bear any of these; others may be among them. None for no identifiers."""
        ...


class FetchesRecords(Protocol):
    """A database that gives whole records."""

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        """The records of these PMIDs, and an account of every one that did not come.

        ``on_progress`` is told (PMIDs asked for so far, PMIDs in all).
        """
        ...


class CountsRecords(Protocol):
    """A database that counts without fetching."""

    def count(self, term: str) -> int:
        """How many records the term finds, 0 or more."""
        ...


@dataclass(frozen=True, slots=True)
class ReferenceAsk:
    """What is asked about one article's references."""

    references: Sequence[Reference]
    pins: Sequence[Pin] = ()
    before: Mapping[int, Match] = field(default_factory=dict)
    """The last matches by position."""
    known: Mapping[Pmid, Record] = field(default_factory=dict)
    """Records in hand that the references might be."""
    resting: Collection[int] = ()
    """Positions of references that were not found and are not looked up tonight: their last match stands."""


@dataclass(frozen=True, slots=True)
class ReferencesMatched:
    """What became of many articles' references."""

    answers: tuple[tuple[Match, ...] | Exception, ...]
    """For each ask, in their order: one match a reference, in theirs, or why they could not be looked up, which is a
    SourceError unless something is wrong with litwatch itself."""
    records: Mapping[Pmid, Record] = field(default_factory=dict)
    """What was fetched on the way, as the source has it tonight; nobody need fetch it again."""


class MatchesReferences(FetchesRecords, Protocol):
    """A database in which the papers of a reference list are found."""

    def match_references(
        self,
        references: Sequence[Reference],
        pins: Iterable[Pin],
        before: Mapping[int, Match],
        known: Mapping[Pmid, Record],
    ) -> tuple[Match, ...]:
        """One match a reference, in their order; an editor's pin is never overruled.

        ``before`` are the last matches by position, ``known`` records in hand that the references might be.
        """
        ...

    def match_many(self, asks: Sequence[ReferenceAsk]) -> ReferencesMatched:
        """The same for many articles, with shared requests: for each what it gets when it is asked alone.

        An error of the source is the answer to the asks that it concerns.
        """
        ...


class BibliographicDatabase(SearchesStrategies, SearchesIdentifiers, CountsRecords, MatchesReferences, Protocol):
    """All that a night asks of the database that it watches."""

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        """The first PMIDs by the database's own order of relevance, at most ``limit``; never a sweep."""
        ...

    def link(self, seeds: Iterable[Pmid], name: LinkName) -> dict[Pmid, tuple[tuple[Pmid, int], ...]]:
        """(PMID, score) of the records linked to each seed, best first; 0 where there is no score."""
        ...


class ReadsLeads(Protocol):
    """A list of new papers by title, link and sometimes identifier, such as a journal's feed."""

    def __call__(self, url: str, /) -> tuple[Lead, ...]:
        """The entries at the address, in their order, without repeats; an empty list is an answer."""
        ...


@dataclass(frozen=True, slots=True)
class NoticesMark:
    """What tells a file of notices from the one read before."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class NoticesAnswer:
    """What came; ``table`` is None where the file is the one that was read before."""

    table: WatchTable | None
    mark: NoticesMark
    is_original: bool = False
    """Whether it came from the address at which its publisher gives it out, and so must be whole."""


class ReadsUpdates(Protocol):
    """A registry that is asked about one published work at a time: which works update it."""

    @property
    def name(self) -> str:
        """The source for messages, without anything that may be a secret."""
        ...

    def updates_of(self, paper: Doi) -> tuple[UpdateNotice, ...]:
        """The notices about the work with this DOI; none is an answer. Raises AnswerUnreadable, too."""
        ...


class ReadsNotices(Protocol):
    """A second source on what became of papers: retractions, expressions of concern, corrections."""

    @property
    def name(self) -> str:
        """The source for messages and for the store, without anything that may be a secret."""
        ...

    def read(self, before: NoticesMark | None = None) -> NoticesAnswer:
        """All its notices, unless they are those that ``before`` marks. Raises AnswerUnreadable, too."""
        ...
