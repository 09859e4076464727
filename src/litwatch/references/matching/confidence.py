"""Whether a record is the paper that a reference names, and how surely: the judge of every look-up.

Finding candidates is easy and often wrong: ECitMatch returns confident wrong PMIDs (cyanheads/pubmed-mcp-server#35), a
title search returns neighbours, a printed PMID may be mistyped. So every candidate is verified on title, author, year,
journal and place, whoever proposed it, and only a verified one is CONFIRMED. What was not printed speaks neither for
nor against a record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litwatch.articles.reference_list.reference_entry import read_divisions
from litwatch.model.notice_titles import read_notice_title
from litwatch.model.paper_notice import PaperState
from litwatch.model.record import EXPRESSION_OF_CONCERN, PUBLISHED_ERRATUM, RETRACTION_NOTICE, Record
from litwatch.model.reference import Feature, Match, MatchCode, MatchReason, MatchState, Reference
from litwatch.references.matching.authors_journals import (
    Authorship,
    compare_authors,
    compare_journals,
    compare_printed_journal,
    occurs,
)
from litwatch.references.matching.titles import Likeness, TitleLikeness, compare_titles, plain, within, words_of
from litwatch.references.matching.volume_page import compare_first_page, compare_volume, read_place

__all__ = ["SURE", "judge", "judge_pin"]

SURE = 0.95
"""Confirmed matches have at least this confidence, all others less."""

_CONFIRMED = ((2.5, 0.999), (1.5, 0.997), (0.0, 0.985))
"""Points beyond those needed → confidence: 761 of 761, 328 of 328 and 86 of 86 were the paper."""
_ALIKE = 0.85
"""The title is the same, misspelt or shortened, and too little else agrees: 14 of 15 were the paper."""
_UNLIKE = ((0.75, 0.12), (0.5, 0.02), (0.0, 0.0))
"""Likeness where the title is another → confidence: 8 of 70, and 3 of 247 were the paper.

All three as measured on 1,200 references to real records with mistakes and 400 to papers that do not exist, each judged
among its nearest neighbours (Laplace's rule of succession); ``make bench-references`` prints the table anew.
"""

_WORTH_SHOWING = 0.5
"""A record of less likeness is no candidate."""

_MARGIN = 0.5
"""A record is confirmed only if no other that could be confirmed comes as near as this, in points."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What of a reference agrees with a record; None where one of them is silent."""

    record: Record
    title: TitleLikeness | None
    author: Authorship | None
    years_apart: int | None
    journal: bool | None
    volume: bool | None
    first_page: bool | None
    doi: bool | None
    pmcid: bool | None
    pmid: bool | None
    same_sort: bool
    """Whether both or neither announce something (a retraction, an erratum …) about a paper."""
    is_bare: bool
    """Whether the reference prints nothing but identifiers, which nothing can contradict."""
    in_its_place: bool
    """Whether the record is a notice that has taken the paper's own place in PubMed."""

    @property
    def is_other_sort(self) -> bool:
        """Whether the record is a notice where the reference names a paper, or the other way round."""
        return not self.same_sort and not self.in_its_place

    @property
    def points(self) -> float:
        """Agreement beside the title. A contradiction weighs more than the agreement it takes the place of."""
        edition = 0.0 if self.years_apart is None else (1.0, 0.5)[self.years_apart] if self.years_apart < 2 else -4.0
        if edition < 0 and (self.doi or self.pmcid):
            edition = -1.0
        return (
            edition
            + _weigh(self.journal, 1.5, -2.0)
            + _weigh(self.volume, 0.5, -0.5)
            + _weigh(self.first_page, 1.5, -0.5)
            + (3.0 if self.doi or self.pmcid else _weigh(self.doi, 0.0, -1.0) + _weigh(self.pmcid, 0.0, -1.0))
            + _weigh(self.pmid, 1.5, 0.0)
            + {None: 0.0, Authorship.FIRST: 2.0, Authorship.AMONG: 1.5, Authorship.NONE: -3.0}[self.author]
        )

    @property
    def needed(self) -> float | None:
        """Points from which the record is confirmed; None when its title forbids that.

        A long title that is the same needs its journal and year, or its first author; the fewer the words and the
        looser the likeness, the more must agree.
        """
        if not self.same_sort and not self.in_its_place:
            return None
        if self.title is None and self.is_bare:
            return 3.0 if self.doi or self.pmcid else 1.5 if self.pmid else None
        if self.title is None:
            return 6.0
        words = self.title.words
        if self.title.kind is Likeness.SAME:
            return 2.0 if words > 4 else 2.5 if words > 2 else 4.0
        if self.title.kind is Likeness.MISSPELT:
            return 2.0 if words >= 10 * self.title.slips else 2.5 if words >= 6 * self.title.slips else 3.5
        if self.title.kind is Likeness.SHORTENED and self.journal is False:
            return None  # what was taken for the journal may be the rest of another paper's title
        if self.title.kind is Likeness.SHORTENED:
            return (2.5 if words >= 5 else 3.5) + 0.5 * self.title.slips
        # A title that was misread or translated: the identifier, the author and the whole place must agree.
        return 9.0 if self.doi or self.pmcid else None

    @property
    def confirmable(self) -> bool:
        return self.needed is not None and self.points >= self.needed

    @property
    def likeness(self) -> float:
        """0 to 1, for order only; the title weighs most."""
        alike = self.title.ratio if self.title else 0.3
        return round(max(0.0, min(1.0, 0.6 * alike + 0.04 * max(-2.0, min(self.points, 4.5)))), 2)

    @property
    def confidence(self) -> float:
        """How often a record that agreed as this one does was the paper; only what could be confirmed reaches
        ``SURE``."""
        if self.needed is not None and self.confirmable:
            beyond = self.points - self.needed
            return next(share for least, share in _CONFIRMED if beyond >= least)
        if self.needed is not None and self.title is not None and self.likeness >= _WORTH_SHOWING:
            return _ALIKE
        return next(share for least, share in _UNLIKE if self.likeness >= least)


def judge(reference: Reference, candidates: Sequence[Record], method: str) -> Match:
    """What the candidates of one look-up make of a reference.

    ``method`` names the look-up (see ``Match.method``) and never counts as evidence. CONFIRMED holds the one record
    that verifies; CANDIDATE the likeliest where a person must choose; NOT_FOUND none.
    """
    unique = {record.pmid: record for record in candidates}
    judged = sorted(
        (_weigh_evidence(reference, record) for record in unique.values()),
        key=lambda e: (-e.confirmable, e.in_its_place, -e.points if e.confirmable else 0.0, -e.likeness, e.record.pmid),
    )
    printed = [e for e in judged if e.pmid or e.doi or e.pmcid]
    printed += [e for e in judged if e.first_page and e.volume and (e.journal or e.author) and e not in printed]
    shown = [e for e in judged if e.confirmable or e.likeness >= _WORTH_SHOWING or e in printed]
    if not shown:
        return Match(reference.position, MatchState.NOT_FOUND, None, 0.0, method, _explain_nothing_found(judged))
    best, *others = shown
    rivals = [
        e for e in others if e.confirmable and e.in_its_place is best.in_its_place and best.points - e.points < _MARGIN
    ]
    state = MatchState.CONFIRMED if best.confirmable and not rivals else MatchState.CANDIDATE
    return Match(
        position=reference.position,
        state=state,
        pmid=best.record.pmid,
        confidence=round(best.confidence / (1 + len(rivals)), 3),
        method=method,
        reason=_explain(best, rivals, state),
        others=tuple(e.record.pmid for e in others),
    )


def judge_pin(reference: Reference, record: Record) -> Match:
    """The match that an editor laid down: always CONFIRMED, with the judge's own confidence and what it saw.

    The confidence may be any from 0 to 1, so that an editor who pinned the wrong record can see it.
    """
    evidence = _weigh_evidence(reference, record)
    agreed, differing = _agreement(evidence)
    reason = MatchReason(
        MatchCode.PINNED, agreed, differing, evidence.years_apart or 0, is_notice=evidence.is_other_sort
    )
    return Match(reference.position, MatchState.CONFIRMED, record.pmid, evidence.confidence, "pinned", reason)


def _weigh_evidence(reference: Reference, record: Record) -> _Evidence:
    place = read_place(reference.text)
    author = compare_authors(reference.authors, record.authors)
    title, journal = _compare_title(reference, record), compare_printed_journal(reference, record.journal)
    if title is not None and title.kind < Likeness.MISSPELT and (whole := _find_whole_title(reference, record)):
        title, journal = whole, True
    if title is not None and title.kind < Likeness.MISSPELT and journal:
        other = _divide_otherwise(reference, record)
        # What was taken for the journal is the rest of the title, unless the journal was read.
        is_cut = compare_journals(reference.source, record.journal) is False
        if other is not None and (is_cut or other.kind > title.kind):
            title = other
    if author is None and not reference.authors and record.authors and record.authors[0].last_name:
        before_title = reference.text.partition(reference.title)[0] if reference.title else reference.text
        author = Authorship.FIRST if occurs(record.authors[0].last_name, before_title) else None
    volume, first_page = compare_volume(place, record.journal), compare_first_page(place, record.journal)
    doi = _compare_dois(reference, record)
    pmcid = None if reference.pmcid is None or record.pmcid is None else reference.pmcid == record.pmcid
    pmid = None if reference.pmid is None else reference.pmid == record.pmid
    announced = _announcement_printed(reference)
    same_sort = announced == _announcement(record)
    is_there = bool(doi or pmcid or pmid or (first_page and volume is not False))
    return _Evidence(
        record=record,
        title=title,
        author=author,
        years_apart=_years_apart(reference.year, record),
        journal=journal,
        volume=volume,
        first_page=first_page,
        doi=doi,
        pmcid=pmcid,
        pmid=pmid,
        same_sort=same_sort,
        is_bare=not (reference.title or reference.source or reference.authors or reference.year),
        in_its_place=not same_sort and announced is None and record.told_by_title is not None and is_there,
    )


def _compare_dois(reference: Reference, record: Record) -> bool | None:
    """Whether the DOIs agree; one wrong character is a typing mistake or a neighbour's DOI, and says nothing."""
    if reference.doi is None or record.doi is None:
        return None
    if reference.doi in {record.doi, *record.other_dois}:
        return True
    return None if within(reference.doi, record.doi, 1) else False


def _compare_title(reference: Reference, record: Record) -> TitleLikeness | None:
    """The likeness to the title or the original title, whichever is nearer; None when the reference prints none."""
    if not words_of(reference.title):
        return None
    titles = filter(None, (record.title, record.vernacular_title))
    likenesses = [compare_titles(reference.title, title) for title in titles]
    return max(
        likenesses, key=lambda found: (found.kind, found.ratio), default=TitleLikeness(Likeness.OTHER, 0.0, 0, 0)
    )


def _find_whole_title(reference: Reference, record: Record) -> TitleLikeness | None:
    """The likeness of the record's title to as many words of the entry, from where its title begins, if its journal
    comes next.

    A title of several sentences may have been cut at its first full stop; what follows was then taken for the journal.
    """
    _, begin, rest = reference.text.partition(reference.title)
    printed, recorded = words_of(begin + rest), words_of(record.title)
    if not begin or len(recorded) <= len(words_of(begin)):
        return None
    likeness = compare_titles(" ".join(printed[: len(recorded)]), record.title)
    if likeness.kind < Likeness.MISSPELT:
        return None
    names = (words_of(name) for name in (record.journal.title, record.journal.abbreviation) if name)
    after = printed[len(recorded) :]
    return likeness if any(name and after[: len(name)] == name for name in names) else None


def _divide_otherwise(reference: Reference, record: Record) -> TitleLikeness | None:
    """The likeness of the record's title to what the entry prints before the record's journal, wherever it begins."""
    titles = [title for title, source in read_divisions(reference.text) if compare_journals(source, record.journal)]
    likenesses = [compare_titles(title, record.title) for title in titles]
    return max(likenesses, key=lambda found: (found.kind, found.ratio), default=None)


def _years_apart(year: int | None, record: Record) -> int | None:
    """Years between the printed year and the nearest of print and electronic publication."""
    known = {record.electronic.year} if record.electronic else set()
    if record.published:
        known |= set(range(record.published.earliest.year, record.published.latest.year + 1))
    return min(abs(year - other) for other in known) if year is not None and known else None


_ANNOUNCEMENTS = tuple(
    (sort, re.compile(beginning))
    for sort, beginning in (
        (
            "retraction",
            r"(?:notice of )?retraction(?: note| notice)?\s*(?:of\b|to\b|for\b|[:.-]|$)|.*: a retraction\W*$",
        ),
        ("erratum", r"(?:erratum|errata|corrigend\w+|correction|addendum)\s*(?:to\b|for\b|in\b|[:.-]|$)"),
        ("concern", r"(?:editorial )?expression of concern\b"),
        (
            "comment",
            r"(?:comment(?:ary|s)?|reply|response|re)\s*(?:(?:on|to)\b|:)|in reply\b|authors?'? (?:reply|response)",
        ),
    )
)
"""How the titles of notices and letters about another paper begin."""


def _announcement_of_title(title: str) -> str | None:
    text = re.sub(r"^\W+", "", plain(title)).replace("’", "'")
    said = read_notice_title(title)
    if said is not None and said.announces:
        return "concern" if said.state is PaperState.CONCERN else "retraction"
    return next((sort for sort, pattern in _ANNOUNCEMENTS if pattern.match(text)), None)


def _announcement_printed(reference: Reference) -> str | None:
    """What an entry announces: by its title, or by a word before the quotation that was taken for its title."""
    before, title, _ = reference.text.partition(reference.title) if reference.title else ("", "", "")
    last = re.split(r"\.\s+", before)[-1]
    return _announcement_of_title(reference.title) or (_announcement_of_title(last) if title else None)


def _announcement(record: Record) -> str | None:
    """What a record announces about another paper: by its publication type, else by its title."""
    by_type = {RETRACTION_NOTICE: "retraction", PUBLISHED_ERRATUM: "erratum", EXPRESSION_OF_CONCERN: "concern"}
    typed = next((sort for ui, sort in by_type.items() if record.has_type(ui)), None)
    return typed or _announcement_of_title(record.title)


def _weigh(agrees: bool | None, for_it: float, against_it: float) -> float:  # noqa: FBT001 - the three values are data
    return 0.0 if agrees is None else for_it if agrees else against_it


def _explain(best: _Evidence, rivals: list[_Evidence], state: MatchState) -> MatchReason:
    agreed, differing = _agreement(best)
    alone = state is MatchState.CANDIDATE and not rivals
    return MatchReason(
        MatchCode.COMPARED,
        agreed,
        differing,
        best.years_apart or 0,
        rivals=tuple(e.record.pmid for e in rivals),
        is_notice=alone and best.is_other_sort,
        is_unsure=alone and not best.is_other_sort,
    )


_TITLES = {
    Likeness.SAME: Feature.TITLE,
    Likeness.MISSPELT: Feature.TITLE_BUT_SPELLING,
    Likeness.SHORTENED: Feature.TITLE_WITHOUT_SUBTITLE,
}
_AUTHORS = {Authorship.FIRST: Feature.FIRST_AUTHOR, Authorship.AMONG: Feature.AN_AUTHOR}


def _agreement(e: _Evidence) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    """What agrees and what differs; what cannot be compared is neither."""
    compared: list[tuple[Feature, bool | None]] = []
    if e.title is not None:
        compared.append((_TITLES.get(e.title.kind, Feature.TITLE), e.title.kind in _TITLES))
    if e.author is not None:
        compared.append((_AUTHORS.get(e.author, Feature.AUTHOR), e.author is not Authorship.NONE))
    if e.years_apart is not None:
        compared.append((Feature.YEAR, not e.years_apart))
    compared += [
        (Feature.JOURNAL, e.journal),
        (Feature.VOLUME, e.volume),
        (Feature.FIRST_PAGE, e.first_page),
        (Feature.DOI, e.doi),
        (Feature.PMCID, e.pmcid),
        (Feature.PMID, e.pmid),
    ]
    agreed = tuple(feature for feature, agrees in compared if agrees)
    return agreed, tuple(feature for feature, agrees in compared if agrees is False)


def _explain_nothing_found(judged: list[_Evidence]) -> MatchReason:
    if not judged:
        return MatchReason(MatchCode.NOTHING_FOUND)
    closest = max(judged, key=lambda e: (e.likeness, -e.record.pmid))
    return MatchReason(MatchCode.NONE_RESEMBLES, number=len(judged), pmid=closest.record.pmid)
