"""A Topic: what an editor's file in ``queries/`` says about one watched article, or about a question without one.

``config.topic_files`` reads the files; this module holds what they mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.text.mail_address import distinct_mailboxes, mailbox_key


class QuestionKind(StrEnum):
    """What the article's question asks; it decides the order of evidence levels."""

    THERAPY = "therapy"
    DIAGNOSIS = "diagnosis"
    ETIOLOGY = "etiology"
    PROGNOSIS = "prognosis"
    OTHER = "other"


class Numbering(StrEnum):
    """What an article's markers count."""

    AS_PRINTED = "as-printed"
    """The numbers that the reference list prints; where it prints none, only pins say what a marker means."""
    AS_LISTED = "as-listed"
    """The entries of a list without numbers, from the first on: an editor vouches for it."""


class TopicSource(StrEnum):
    """How a topic's new records are found, night by night. The first look is always a search of PubMed."""

    ENTREZ = "entrez"
    """PubMed is searched."""
    BULK = "bulk"
    """NLM's update files are read."""
    BOTH = "both"
    """PubMed is searched, and what the files give is compared with it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed whose entries are leads for this topic."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Pin:
    """An editor's word on which paper a marker or reference is; it outranks any look-up."""

    marker: int | None
    """The marker number that it answers, where the list is unnumbered."""
    position: int | None
    """The entry of the reference list (1-based), None for one that the list leaves out."""
    pmid: Pmid | None
    doi: Doi | None
    not_in_pubmed: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the verdict rules compare with; each has a sourced default."""

    reassess_after_days: int = 365
    """Age of the last review, or else of the last update, from which a re-assessment is due (rules R-07, R-08)."""
    guideline_reassess_after_days: int = 1095
    """The same for an article that cites a guideline, whatever the former says: three years (rule R-07)."""
    hazard_ratio: float = 1.0
    """How fast the field ages, for the order of work only: 2.7 for cardiovascular medicine (rule R-01)."""
    review_level: int = 2
    """A new record of this evidence level or better (1 = guideline) asks for a review."""
    digest_items: int = 10
    """At most so many records of this topic have details in a digest; the others have a line each, or are counted."""
    carry_out_within_days: int = 30
    """Until so many days after it, a decision of the board to update or withdraw the article is due, unless it says."""
    escalate_after_days: int = 14
    """A notice about a cited paper that is open for longer is told to ``escalate_to`` as well (rule R-17)."""
    known_item_recall: float = 0.5
    """An editor is asked where the strategy finds less than this share (0 to 1) of the cited papers that can be judged;
    0 never asks. litwatch's own figure, and a low one: known-item recall is a usual test of a search (PRESS 2015), but
    no bar is published for an article's list, which holds papers on methods that no strategy should find."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One watched article, or a question that is watched without one, and how the literature is searched for it."""

    slug: str
    """The file's stem, ``[a-z0-9-]``, 1 to 80 characters: the only text that litwatch makes a path from."""
    file: Path
    article: Path | None
    """The article's file, absolute or beside the topic file; None where a question is watched without an article."""
    title: str | None
    question_kind: QuestionKind
    strategy: str
    """The PubMed search strategy as the editor wrote it, blanks and line ends normalised to one blank."""
    filters: tuple[str, ...]
    """Names of published filters that mark (never exclude) records, for example ``etiology/broad``."""
    recipients: tuple[str, ...]
    feeds: tuple[Feed, ...]
    pins: tuple[Pin, ...]
    thresholds: Thresholds
    supplements: bool = True
    """Whether papers similar to the article's own, and papers citing them, are listed beside the strategy's."""
    escalate_to: tuple[str, ...] = ()
    """Who is told as well once a notice is open past its deadline."""
    readers: int = 1
    """How many members must give the same answer to a change before it counts: 1, or 2 (``member_answers.weigh``)."""
    editors: tuple[str, ...] = ()
    """Who gets the article's errands (references, strategy, files), by mail, in place of the recipients."""
    last_reviewed: date | None = None
    """The day on which the board last reviewed the article, where the editor notes it here."""
    numbering: Numbering = Numbering.AS_PRINTED
    source: TopicSource | None = None
    """How its new records are found; None where the topic file leaves it to the settings."""
    question: str | None = None
    """What is watched where there is no article; then it is there."""
    since: date | None = None
    """Where there is no article: from which day on a record is new. None leaves it to ``search_window.FIRST_LOOK``."""
    known_papers: tuple[Pmid, ...] = ()
    """Where there is no article: papers that the strategy should find."""
    files: str = field(default="", compare=False)
    """The state of the topic file and the article's before they were read (``config.topic_folder``); empty where they
    were not read from a folder."""

    @property
    def source_name(self) -> str:
        """The name of the file that says what is watched: the article's, or the topic file's own."""
        return self.file.name if self.article is None else self.article.name

    def called(self, question: str | None) -> str:
        """What readers know the article by: the topic's title, else the ``question`` that it prints, else the slug."""
        return self.title or question or self.slug

    @property
    def settled(self) -> frozenset[int]:
        """Places of the reference list that the editor has declared not to be in PubMed."""
        return frozenset(pin.position for pin in self.pins if pin.not_in_pubmed and pin.position is not None)

    @property
    def people(self) -> tuple[str, ...]:
        """The mail addresses of those who can be responsible for the article: its recipients and editors, once each."""
        return distinct_mailboxes((*self.recipients, *self.editors))

    def person(self, address: str) -> str | None:
        """The one of its ``people`` with this mailbox, as the topic file writes it; None where it names no such."""
        return next((each for each in self.people if mailbox_key(each) == mailbox_key(address)), None)

    @property
    def may_read(self) -> frozenset[str]:
        """Mailbox keys of those who count as readers where two are asked: everybody of the article's list."""
        return frozenset(map(mailbox_key, (*self.people, *self.escalate_to)))

    @property
    def lacks_second_reader(self) -> bool:
        """Whether more must agree on an answer than the article's list has people: only a review closes anything."""
        return len(self.may_read) < self.readers

    @property
    def may_answer(self) -> frozenset[str]:
        """Mailbox keys of everybody who may ever be told of the article."""
        return frozenset(map(mailbox_key, (*self.recipients, *self.escalate_to)))
