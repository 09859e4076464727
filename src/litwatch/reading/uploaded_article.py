"""What was read of an uploaded article, and what it changes against the present text, for an editor to judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.articles.model import Article, Sentence
from litwatch.decisions.article_identity import as_printed
from litwatch.model.record import Record
from litwatch.model.reference import MatchState, Reference
from litwatch.model.topic import Pin
from litwatch.model.topic_edit import TextDifference
from litwatch.references.lint import Finding, lint
from litwatch.references.matching.proposals import judge_proposed, propose_known
from litwatch.report.contents import Report, ReportedSignal
from litwatch.store import Store
from litwatch.strategy.question_concepts import read_question
from litwatch.strategy.suggestion import Suggestion, suggest

SHOWN = 5
"""So many of a list's first and last entries are shown."""

MOST_COMPARED = 200
"""So many references, the first, are held against the store's records: each against each takes the square of it."""


@dataclass(frozen=True, slots=True)
class Matter:
    """An open change that depends on a sentence which the new text does not have."""

    reported: ReportedSignal
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class TextChanges:
    """The new text against the one that is watched; a sentence that was reworded is in both lists."""

    added: tuple[Sentence, ...]
    removed: tuple[Sentence, ...]
    references_added: tuple[Reference, ...]
    references_removed: tuple[Reference, ...]
    matters: tuple[Matter, ...]

    @property
    def difference(self) -> TextDifference:
        """The numbers of it."""
        return TextDifference(
            len(self.added), len(self.removed), len(self.references_added), len(self.references_removed)
        )


@dataclass(frozen=True, slots=True)
class UploadLook:
    """An article as it was read."""

    article: Article
    findings: tuple[Finding, ...]
    """Of the citation check."""
    without_marker: tuple[Reference, ...]
    """Entries with a number to which no marker points."""
    without_reference: tuple[int, ...]
    """Markers to which no entry answers."""

    @property
    def first_references(self) -> Sequence[Reference]:
        """The first of the list, or all of a short one."""
        every = self.article.references
        return every if len(every) <= 2 * SHOWN else every[:SHOWN]

    @property
    def last_references(self) -> Sequence[Reference]:
        """The last of a list that is not shown whole."""
        every = self.article.references
        return () if len(every) <= 2 * SHOWN else every[-SHOWN:]


def look_at_upload(article: Article, pins: Iterable[Pin] = ()) -> UploadLook:
    """What an editor should see of an article before it is watched."""
    markers = {*article.markers}
    numbers = {each.number for each in article.references if each.number is not None}
    return UploadLook(
        article,
        lint(article, pins),
        tuple(each for each in article.references if each.number is not None and each.number not in markers),
        tuple(sorted(markers - numbers)) if article.references_numbered else (),
    )


def compare_texts(old: Article, new: Article, report: Report | None) -> TextChanges:
    """What the new text adds and takes away; ``report`` says what is open about the old one."""
    was, now = (Counter(_bare(each) for each in article.sentences) for article in (old, new))
    removed = tuple(each for each in old.sentences if _bare(each) not in now)
    gone = {each.number: each for each in removed}
    matters = tuple(
        Matter(each, gone[number])
        for each in (report.signals if report is not None else ())
        if (number := next((one for one in each.signal.sentences if one in gone), None)) is not None
    )
    return TextChanges(
        tuple(each for each in new.sentences if _bare(each) not in was),
        removed,
        _without(new.references, old.references),
        _without(old.references, new.references),
        matters,
    )


def propose_from_store(
    article: Article, question: str | None, store: Store, today: date
) -> tuple[tuple[Suggestion, ...], int]:
    """First strategies made of the question and those of the cited papers whose records the store has, and how many
    these are; none where it has none. PubMed is not asked. Raises store errors.
    """
    asked = question or article.question
    if not asked or not read_question(asked).concepts:
        return (), 0
    references = article.references[:MOST_COMPARED]
    records = store.look_up(references)
    records |= store.current_records([each.pmid for each in references if each.pmid is not None])
    cited = _confirmed(references, records.values())
    return (suggest(asked, cited, today).proposals if cited else ()), len(cited)


def _confirmed(references: Sequence[Reference], records: Iterable[Record]) -> list[Record]:
    by_pmid = {record.pmid: record for record in records}
    proposed = propose_known(references, by_pmid)
    found = [
        judge_proposed(each, dict.fromkeys(proposed[each.position], "store"), by_pmid, "store") for each in references
    ]
    pmids = [match.pmid for match in found if match.state is MatchState.CONFIRMED and match.pmid is not None]
    return [by_pmid[pmid] for pmid in dict.fromkeys(pmids)]


def _without(some: Sequence[Reference], others: Sequence[Reference]) -> tuple[Reference, ...]:
    known = frozenset[str]().union(*(each.names for each in as_printed(others)))
    return tuple(each for each, printed in zip(some, as_printed(some), strict=True) if printed.names.isdisjoint(known))


def _bare(sentence: Sentence) -> str:
    return " ".join(sentence.text.split()).casefold()
