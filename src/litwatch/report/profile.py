"""What an article is based on, in figures: the age and evidence level of its references, how many are not in PubMed.

An editor sees at a glance that an article stands on reviews of 2009. Age alone says nothing of validity (rule R-05), so
nothing is judged here, only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from litwatch.articles.model import Article
from litwatch.decisions.evidence_level import Design, Level, grade
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState
from litwatch.model.topic import QuestionKind
from litwatch.report.wording import design_label


@dataclass(frozen=True, slots=True)
class YearCount:
    """References of one publication year."""

    year: int
    in_pubmed: int
    elsewhere: int
    """Those without a confirmed PubMed record."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The references of one article on one day."""

    references: int
    in_pubmed: int
    """Those with a confirmed PubMed record."""
    years: tuple[YearCount, ...]
    """Years that any reference is of, ascending; the record's year, else the printed one."""
    undated: int
    median_age: float | None
    """Years between publication and today, by calendar year; None where no year is known."""
    levels: tuple[tuple[str, int], ...]
    """What has each evidence level among the records, best first, with their number."""
    newest_guideline: Record | None
    newest_review: Record | None
    """The newest systematic review or meta-analysis."""

    @property
    def elsewhere(self) -> int:
        """References without a confirmed PubMed record."""
        return self.references - self.in_pubmed

    @property
    def share_elsewhere(self) -> float | None:
        """Share of the references without a confirmed PubMed record, 0 to 1; None where there is no reference."""
        return self.elsewhere / self.references if self.references else None


def draw_profile(
    article: Article, matches: Iterable[Match], records: Mapping[Pmid, Record], question: QuestionKind, day: date
) -> Profile:
    """Count an article's references; ``records`` holds those of confirmed matches, others are passed over."""
    confirmed = {m.position: m.pmid for m in matches if m.state is MatchState.CONFIRMED and m.pmid is not None}
    years: Counter[tuple[int, bool]] = Counter()
    undated = 0
    cited: dict[Pmid, Record] = {}
    for reference in article.references:
        pmid = confirmed.get(reference.position)
        record = records.get(pmid) if pmid is not None else None
        if record is not None:
            cited[record.pmid] = record
        year = (_year(record) if record else None) or reference.year
        if year is None:
            undated += 1
        else:
            years[year, pmid is not None] += 1
    ages = [day.year - year for (year, _), count in years.items() for _ in range(count)]
    graded = [(grade(record, question), record) for record in cited.values()]
    ranks = {(level.rank, design_label(level)): 0 for level, _ in sorted(graded, key=lambda pair: pair[0].rank)}
    for level, _ in graded:
        ranks[level.rank, design_label(level)] += 1
    return Profile(
        references=len(article.references),
        in_pubmed=len(confirmed.keys() & {reference.position for reference in article.references}),
        years=tuple(
            YearCount(year, years[year, True], years[year, False]) for year in sorted({year for year, _ in years})
        ),
        undated=undated,
        median_age=float(median(ages)) if ages else None,
        levels=tuple((label, count) for (_, label), count in ranks.items()),
        newest_guideline=_newest(record for level, record in graded if _is_published(level, Design.GUIDELINE)),
        newest_review=_newest(record for level, record in graded if _is_published(level, Design.SYSTEMATIC_REVIEW)),
    )


def _is_published(level: Level, design: Design) -> bool:
    return level.design is design and not level.lowered


def _year(record: Record) -> int | None:
    return record.published.earliest.year if record.published else None


def _newest(records: Iterable[Record]) -> Record | None:
    dated = [(record.published.earliest, record.pmid, record) for record in records if record.published]
    return max(dated, key=lambda each: each[:2])[2] if dated else None
