"""An Article as published: question, status, dates, sections of sentences with their markers, reference list.

Everything here is what the page says. What could not be read with certainty stands in ``uncertain``; nothing
is guessed in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from litwatch.model.reference import Reference, ReferenceKind


class FileForm(StrEnum):
    """The form that an article's file has, or was taken for."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    WORD = "word"
    """Word's DOCX (Office Open XML)."""
    PDF = "pdf"
    """The text of a PDF; its blocks are told from the print."""
    JATS = "jats"
    """The Journal Article Tag Suite (ANSI/NISO Z39.96), the XML of PubMed Central."""
    PANDOC = "pandoc"
    """Markdown with what pandoc adds: citations by key, attributes, fenced divs."""
    OBSIDIAN = "obsidian"
    """Markdown as Obsidian writes it: links between notes, comments, callouts."""
    NONE = "none"
    """There is no file: a question is watched without an article."""


class ListOrigin(StrEnum):
    """Where a reference list comes from that the page does not print."""

    FRONT_MATTER = "front_matter"
    FILE = "file"
    """A bibliography beside the article."""
    RENDERED = "rendered"
    """A list that ``pandoc --citeproc`` has written into the Markdown."""
    META = "meta"
    """``citation_reference`` in a web page's meta elements."""
    LINKED_DATA = "linked_data"
    """``citation`` in a web page's JSON-LD."""


@dataclass(frozen=True, slots=True)
class ListSource:
    """One place that the reference list, or columns of it, come from."""

    origin: ListOrigin
    file: str = ""
    """The file's name, for ``ListOrigin.FILE``."""


class ReviewState(StrEnum):
    """The article's state of review, as its page says."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    PENDING = "pending_human_review"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """The steps that the page shows and the state that it claims."""

    steps: tuple[str, ...]
    state: ReviewState
    statement: str | None
    """The page's own words that the state was read from."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A number in the text that points to a reference; a range ``[3-5]`` is three markers with one ``text``."""

    number: int
    text: str
    """The group as printed: ``4, 3``, ``[3-5]``, ``¹``."""
    sure: bool
    """False where the number might be something else than a marker."""


class BlockKind(StrEnum):
    """What a sentence was part of."""

    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or bullet. ``number`` counts through the whole article from 1."""

    number: int
    text: str
    """Without its markers, blanks normalised; the marker's punctuation is kept: ``… antipsychotics.``"""
    markers: tuple[Marker, ...]
    kind: BlockKind
    depth: int = 0
    """Nesting of a bullet, 0 for the outermost."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the sentences below it, up to the next heading."""

    heading: str
    level: int
    """1 for a part of the article ("From the Guidelines"), 2 and more below it; 0 for text before any heading."""
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Something that was read but not with certainty, or looked for and not found."""

    code: str
    """Short and stable: ``markers-exceed-references``, ``bare-number``, ``no-question``, …"""
    message: str
    sentence: int | None = None
    """The number of the sentence concerned, where there is one."""


@dataclass(frozen=True, slots=True)
class Article:
    """One published clinical answer."""

    question: str | None
    last_updated: date | None
    status: ReviewStatus
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    references_numbered: bool
    """Whether the page numbers its list; if not, which marker means which entry is uncertain."""
    leftovers: tuple[str, ...]
    """Text inside the answer that is no part of it, for example a generator's instructions; also kept as sentence."""
    uncertain: tuple[Uncertainty, ...]
    furniture: tuple[str, ...] = ()
    """Lines of the page that are no part of the article (buttons, disclaimers, status box), in their order."""
    form: FileForm = FileForm.TEXT
    """What the file was taken for."""
    list_sources: tuple[ListSource, ...] = ()
    """Where the list comes from, if the page does not print it."""
    columns_from: tuple[ListSource, ...] = ()
    """What else said columns that the printed list lacks, such as its DOIs."""
    cites_by_name: bool = False
    """Whether the text cites by author and year; then ``Reference.number`` is the entry's place in a list that prints
    none, and the order of the numbers says nothing."""
    cited_in_furniture: tuple[tuple[int, str], ...] = ()
    """The reference numbers that no sentence cites but a line of furniture does, each with that line."""

    @property
    def is_absent(self) -> bool:
        """Whether there is no article: only the question is known (``absent_article``)."""
        return self.form is FileForm.NONE

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in reading order."""
        return tuple(sentence for section in self.sections for sentence in section.sentences)

    @property
    def cites_guideline(self) -> bool:
        """Whether the reference list says of an entry that it is a guideline."""
        return any(reference.kind is ReferenceKind.GUIDELINE for reference in self.references)

    @property
    def markers(self) -> tuple[int, ...]:
        """The distinct marker numbers, ascending."""
        return tuple(sorted({marker.number for s in self.sentences for marker in s.markers}))


def absent_article(question: str) -> Article:
    """What stands in an article's place where a question is watched without one: no text, no references, no status."""
    return Article(
        question=question,
        last_updated=None,
        status=ReviewStatus((), ReviewState.UNKNOWN, None),
        sections=(),
        references=(),
        references_numbered=True,
        leftovers=(),
        uncertain=(),
        form=FileForm.NONE,
    )
