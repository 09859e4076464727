"""Whether an article's own search strategy finds the papers that the article cites, and what each miss would cost.

A strategy that misses what the article rests on will miss what replaces it (known-item recall, PRESS 2015). Whether a
record is found is litwatch's evaluator's word on the record as last observed, not PubMed's. A proposed change is
checked with it: it finds the record, and everything that was found before. Nothing changes the strategy itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from litwatch.model.errors import StrategyError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import MeshHeading, Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.strategy import Expression, Obstacle, matches, parse, why_not
from litwatch.strategy.characters import STOP_WORDS, normalise
from litwatch.strategy.plan import holds
from litwatch.strategy.translation import translate


class Why(StrEnum):
    """Why a cited paper is not found by the article's strategy."""

    UNRESOLVED = "no_confirmed_record"
    NOT_HERE = "not_in_store"
    NOT_INDEXED = "not_indexed"
    """Only its missing MeSH headings are in the way."""
    EXCLUDED = "excluded"
    """By the clauses named."""


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """A change of the strategy that would let a paper in."""

    says: str
    """What to change, for an editor."""
    strategy: str
    """The whole strategy, changed."""
    addition: str
    """The search for what the change adds to the old strategy's result: its count is the cost."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A cited paper that the strategy does not find."""

    position: int
    """Its place in the reference list."""
    pmid: Pmid | None
    title: str
    why: Why
    reasons: tuple[str, ...]
    """One sentence for each clause in the way."""
    change: ProposedChange | None = None
    per_month: float | None = None
    """Records that the change would add in a month, from the last 365 days; None where nobody has counted."""


@dataclass(frozen=True, slots=True)
class KnownItems:
    """The known-item recall of one strategy."""

    found: tuple[Pmid, ...]
    missed: tuple[Missed, ...]

    @property
    def judged(self) -> int:
        """Cited papers whose record could be compared with the strategy."""
        return len(self.found) + sum(one.why in (Why.EXCLUDED, Why.NOT_INDEXED) for one in self.missed)

    @property
    def recall(self) -> float | None:
        """Share of the judged papers that the strategy finds, 0 to 1; None where there is none."""
        return len(self.found) / self.judged if self.judged else None

    def with_costs(self, per_month: Mapping[str, float]) -> KnownItems:
        """The same with the counts of additions where they are known."""
        return replace(
            self,
            missed=tuple(
                replace(one, per_month=per_month.get(one.change.addition)) if one.change else one for one in self.missed
            ),
        )


def recall_known_items(
    strategy: str, references: Iterable[Reference], found: Iterable[Match], records: Mapping[Pmid, Record], today: date
) -> KnownItems:
    """Hold every reference's record against the strategy. Raises StrategyError for one that cannot be read."""
    expression, plan = parse(strategy), None
    confirmed = {m.position: m.pmid for m in found if m.state is MatchState.CONFIRMED and m.pmid is not None}
    hits: list[Pmid] = []
    missed: list[Missed] = []
    for reference in references:
        pmid = confirmed.get(reference.position)
        record = records.get(pmid) if pmid is not None else None
        title = record.title if record else reference.title or reference.text
        if pmid is None:
            reason = "No PubMed record is confirmed for it, so it cannot be held against the strategy."
            missed.append(Missed(reference.position, None, title, Why.UNRESOLVED, (reason,)))
        elif record is None:
            missed.append(Missed(reference.position, pmid, title, Why.NOT_HERE, ("The next night fetches it.",)))
        else:
            plan = plan if plan is not None else translate(expression, today=today).plan
            if holds(plan, record):
                hits.append(pmid)
            else:
                missed.append(_explain(strategy, expression, reference.position, record, today))
    return KnownItems(tuple(dict.fromkeys(hits)), tuple(missed))


def _explain(strategy: str, expression: Expression, position: int, record: Record, today: date) -> Missed:
    obstacles = why_not(expression, record, today=today)
    reasons = tuple(f"{_clip(one.clause)}: {one.reason}" for one in obstacles)
    waiting = bool(obstacles) and all("no MeSH headings yet" in one.reason for one in obstacles)
    why = Why.NOT_INDEXED if waiting and record.status not in _NEVER_INDEXED else Why.EXCLUDED
    change = propose_change(strategy, record, obstacles, today)
    return Missed(position, record.pmid, record.title, why, reasons, change)


_NEVER_INDEXED = frozenset({"PubMed-not-MEDLINE"})


def propose_change(strategy: str, record: Record, obstacles: Iterable[Obstacle], today: date) -> ProposedChange | None:
    """The first change, from specific to general, that lets the record in; None where none was found.

    Each clause that must match gets an alternative from the record's own title and MeSH headings; a clause behind NOT
    that excludes the record is taken out.
    """
    blocking = sorted(obstacles, key=lambda one: -one.start)
    whole = len(blocking) == 1 and len(blocking[0].clause) >= 0.9 * len(strategy.strip(" ()"))
    # What the strategy asks for already would let in all that its other clauses find.
    asked = set(normalise(strategy).split())
    offered = alternative_pairs(record) if whole else (*_singles(record), *alternative_pairs(record))
    for alternative in (each for each in offered if not set(normalise(_UNTAGGED.sub("", each)).split()) <= asked):
        changed, says = strategy, []
        for one in blocking:
            if one.clause.startswith("NOT "):
                changed = f"{changed[: one.start].rstrip()}{changed[one.end :]}"
                says.append(f"take out {_clip(one.clause)}")
            else:
                changed = f"{changed[: one.start]}{_widen(changed, one, alternative)}{changed[one.end :]}"
                says.append(f"add OR {alternative} to {_clip(one.clause)}")
        try:
            found = matches(parse(changed), record, today=today)
        except StrategyError:
            continue
        if found:
            return ProposedChange("; ".join(reversed(says)), changed, f"({changed}) NOT ({strategy})")
    return None


def _widen(strategy: str, clause: Obstacle, alternative: str) -> str:
    """The clause with an alternative, in parentheses unless it is a plain OR that stands in some already.

    They keep the alternative inside the clause: PubMed works from left to right.
    """
    written = strategy[clause.start : clause.end]
    enclosed = strategy[: clause.start].endswith("(") and strategy[clause.end :].startswith(")")
    plain = enclosed and not re.search(r"\b(?:AND|NOT)\b", written)
    return f"{written} OR {alternative}" if plain else f"({written} OR {alternative})"


_UNTAGGED = re.compile(r"\[[a-z]+\]|\bAND\b")

_CHECK_TAGS = frozenset(
    {"humans", "animals", "male", "female", "adult", "middle aged", "aged", "aged 80 and over", "young adult", "child"}
    | {"adolescent", "infant", "infant newborn", "child preschool", "mice", "rats", "pregnancy", "united states"}
    | {"risk factors", "prospective studies", "retrospective studies", "cohort studies", "treatment outcome"}
    | {"randomized controlled trials as topic", "follow up studies", "cross sectional studies", "case control studies"}
    | {"time factors", "reproducibility of results", "double blind method", "surveys and questionnaires", "prevalence"}
)
"""Headings that describe whom or how was studied, never what: they would let in a tenth of PubMed."""


def subject_headings(record: Record) -> tuple[MeshHeading, ...]:
    """The record's headings on what it is about, major topics first."""
    own = [heading for heading in record.mesh if normalise(heading.label) not in _CHECK_TAGS]
    return tuple(sorted(own, key=lambda heading: not heading.is_major))


def title_phrases(record: Record) -> tuple[str, ...]:
    """Runs of two words of the title without a stop-word between them, in its order."""
    return tuple(dict.fromkeys(" ".join(run[n : n + 2]) for run in _runs(record.title) for n in range(len(run) - 1)))


_PLAIN = frozenset(
    "effect effects study studies trial trials review reviews analysis role patients patient new results clinical "
    "systematic randomized randomised controlled meta cohort comparison evaluation use treatment association "
    "associations guideline guidelines update updated report case series versus adults adult risk high low".split()
)
"""Words of titles that name no subject."""


def title_words(record: Record) -> tuple[str, ...]:
    """The title's words of five letters and more that name a subject."""
    words = (word for run in _runs(record.title) for word in run)
    return tuple(dict.fromkeys(word for word in words if len(word) >= 5 and word not in _PLAIN and not word.isdigit()))


def _runs(title: str) -> Iterator[list[str]]:
    for part in re.split(r"[:;,.?!()\[\]–—/]", title):
        run: list[str] = []
        for word in normalise(part).split():
            if word in STOP_WORDS or len(word) < 3:
                if run:
                    yield run
                run = []
            else:
                run.append(word)
        if run:
            yield run


def _singles(record: Record) -> Iterator[str]:
    yield from (f'"{phrase}"[tiab]' for phrase in title_phrases(record) if not set(phrase.split()) & _PLAIN)
    yield from (f'"{heading.label}"[mh]' for heading in subject_headings(record) if heading.is_major)
    yield from (f"{word}[tiab]" for word in title_words(record))


def alternative_pairs(record: Record) -> Iterator[str]:
    """Two words of the title together, rarely the subject of other papers: the longest first."""
    words = sorted(title_words(record), key=lambda word: -len(word))
    yield from (f"({a}[tiab] AND {b}[tiab])" for a, b in pairwise(words))
    yield from (f"{word}[tiab]" for word in words)


def _clip(clause: str) -> str:
    return clause if len(clause) <= 120 else f"{clause[:119]}…"
