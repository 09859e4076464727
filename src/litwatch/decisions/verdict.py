"""What to do: signals and sweep outcomes → a verdict with every rule that fired.

The first rule that fires names the status; all that fired are listed. A sweep that did not complete is
``NOT_SURVEYED`` or is said beside a worse verdict; it is never "no signal". No rule counts new records (rule R-05:
neither time nor number of studies tracked the need). No verdict says that an article is right: a program cannot know
that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from litwatch.decisions.triage import Priority, Signal
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Effect
from litwatch.model.reference import Match, MatchState
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.model.text.phrases import count, listed, numbers
from litwatch.model.topic import Thresholds
from litwatch.references.lint import Finding, Severity


class Status(StrEnum):
    """What the board should do with an article."""

    REVIEW_NOW = "review_now"
    REVIEW_NEEDED = "review_needed"
    NO_SIGNAL = "no_signal"
    NOT_SURVEYED = "not_surveyed"

    @property
    def asks_for_review(self) -> bool:
        """Whether the board must look at the article."""
        return self in {Status.REVIEW_NOW, Status.REVIEW_NEEDED}


@dataclass(frozen=True, slots=True)
class Rule:
    """One question of the decision, in the order in which it is asked."""

    rule: str
    asks: str
    status: Status
    source: str
    """Ids of the surveillance literature's rules, as in ``docs/how-litwatch-decides.md``."""


RULES = (
    Rule("V1", "Has a paper that the article cites been retracted?", Status.REVIEW_NOW, "R-16, R-17"),
    Rule("V11", "Has a reader found that a new record contradicts the article?", Status.REVIEW_NOW, "R-03, R-10"),
    Rule("V2", "Is there a newer or corrected version of a paper that it cites?", Status.REVIEW_NEEDED, "R-07"),
    Rule(
        "V3",
        "Does a concern, an erratum, a withdrawal or another notice stand against a paper that it cites?",
        Status.REVIEW_NEEDED,
        "R-18, R-19, R-21",
    ),
    Rule("V5", "Has new evidence of a high level appeared on its topic?", Status.REVIEW_NEEDED, "R-03, R-06"),
    Rule(
        "V6",
        "Has a reader kept a new record as relevant, and not only as reinforcing?",
        Status.REVIEW_NEEDED,
        "R-03, R-10",
    ),
    Rule("V4", "Is a marker without a reference, or a reference not identified?", Status.REVIEW_NEEDED, "R-21"),
    Rule("V7", "Is the article due for re-assessment by its age?", Status.REVIEW_NEEDED, "R-07, R-08"),
    Rule("V9", "Did a search not complete?", Status.NOT_SURVEYED, "R-33"),
    Rule("V10", "Does the search no longer mean or find what it did?", Status.REVIEW_NEEDED, "R-22, R-33"),
    Rule("V8", "None of these?", Status.NO_SIGNAL, "R-05, R-14"),
)


@dataclass(frozen=True, slots=True)
class Fired:
    """One rule that fired."""

    rule: str
    """Stable id: that of one of ``RULES``."""
    status: Status
    reason: str
    """One sentence for the board."""
    pmids: tuple[Pmid, ...]
    overturned_by: str
    """What would take the reason away."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of one night on one article."""

    status: Status
    fired: tuple[Fired, ...]
    """In the rules' order; the first names the status."""
    decided_on: date
    searched_to: date | None
    """Last day that completed topic sweeps cover; None before the first."""
    reassess_on: date | None


_RESEMBLES = 0.01
"""A pinned record of less confidence than this is no longer worth showing as a candidate either."""

_RETRACTED = {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED}


ON_SEARCH = "V10"
"""Id of the rule on what the search means and finds."""


def tell_failures(sweeps: Iterable[Sweep]) -> tuple[str, ...]:
    """One sentence for each topic or citation sweep that did not complete.

    A feed or a second source is a hint beside these: that it failed is told in the report, but the article was surveyed
    without it.
    """
    failed = [each for each in sweeps if each.state is SweepState.FAILED]
    needed = [each for each in failed if each.kind in {SweepKind.TOPIC, SweepKind.CITATION}]
    return tuple(f"The {each.kind} sweep did not complete: {each.error}" for each in needed)


def decide(
    *,
    signals: Sequence[Signal],
    kept: Mapping[Pmid, Effect | None],
    findings: Iterable[Finding],
    matches: Iterable[Match],
    settled: Collection[int],
    failures: Sequence[str],
    last_updated: date | None,
    last_reviewed: date | None,
    searched_to: date | None,
    thresholds: Thresholds,
    today: date,
    search_signs: Sequence[str] = (),
    told_of_search: Fired | None = None,
    cites_guideline: bool = False,
) -> Verdict:
    """The verdict on one article, from its open signals and what could not be checked.

    ``kept`` holds new records that a person has called relevant, with what they do to the article; ``settled`` the
    places in the reference list that a person has declared not to be in PubMed; ``failures`` one sentence for each
    sweep that did not complete; ``search_signs`` a clause for each sign that the search strategy no longer means or
    finds what it did; ``told_of_search`` stands for them as an older night told them, kept as it is; an article that
    ``cites_guideline`` is re-assessed after three years at the latest (rule R-07). The order of the rules is the
    decision sketch of the surveillance literature (rules R-01 to R-19), but for the editor's own work (V4): it stands
    behind new evidence, because a board member reads the first reason.
    """
    after = thresholds.reassess_after_days
    if cites_guideline:
        after = min(after, thresholds.guideline_reassess_after_days)
    on_cited = tuple(_on_cited_papers([signal for signal in signals if not signal.outlived]))
    fired = [
        *(one for one in on_cited if one.status is Status.REVIEW_NOW),
        *_on_contradiction(signals, kept),
        *(one for one in on_cited if one.status is not Status.REVIEW_NOW),
        *_on_new_evidence(signals, kept, thresholds),
        *_on_citations(findings, matches, settled),
        *_on_age(last_updated, last_reviewed, after, today),
    ]
    if failures:
        fired.append(
            Fired(
                "V9", Status.NOT_SURVEYED, " ".join(failures), (), "A sweep that completes; the next run tries again."
            )
        )
    if told_of_search is not None:
        fired.append(told_of_search)
    elif search_signs:
        fired.append(
            Fired(
                ON_SEARCH,
                Status.REVIEW_NEEDED,
                f"For an editor: the search strategy needs a look: {'; '.join(search_signs)}.",
                (),
                "PubMed answers as before, the strategy is mended, or a review of the article is recorded.",
            )
        )
    since = last_reviewed or last_updated
    reassess_on = since + timedelta(days=after) if since else None
    if not fired:
        searched = f" to {searched_to.isoformat()}" if searched_to else ""
        reason = f"Evidence searched{searched}; nothing asks for a review."
        fired.append(Fired("V8", Status.NO_SIGNAL, reason, (), "A new record, a notice, or the re-assessment date."))
    return Verdict(fired[0].status, tuple(fired), today, searched_to, reassess_on)


def _on_cited_papers(signals: Sequence[Signal]) -> Iterable[Fired]:
    def select(*kinds: ChangeKind, high: bool | None = None) -> tuple[Pmid, ...]:
        chosen = [s for s in signals if s.change.kind in kinds]
        if high is not None:
            chosen = [s for s in chosen if (s.priority is Priority.HIGH) is high]
        return tuple(dict.fromkeys(s.change.pmid for s in chosen))

    taken_back = select(*_RETRACTED, ChangeKind.CITED_CONCERN, high=False)
    other = select(ChangeKind.CITED_ERRATUM, ChangeKind.CITED_MISSING, ChangeKind.NOTICE_WITHDRAWN)
    now, needed = Status.REVIEW_NOW, Status.REVIEW_NEEDED
    told = (
        ("V1", now, select(*_RETRACTED, high=True), "{These} that the article cites {have} been retracted.",
         "The notice is withdrawn, or the board closes it with a reason."),
        ("V2", needed, select(ChangeKind.CITED_UPDATED, ChangeKind.CITED_REPUBLISHED),
         "{These} that the article cites {have} a newer or corrected version.",
         "The article cites the newer version, or the board finds that nothing changes."),
        ("V3", needed, select(ChangeKind.CITED_REINSTATED),
         "The retraction of {these} that the article cites has been taken back.",
         "The board has looked at what was decided on the retraction."),
        ("V3", needed, select(ChangeKind.CITED_PARTLY_RETRACTED),
         "A part of {these} that the article cites has been retracted.",
         "The board finds that the sentences do not rest on that part."),
        ("V3", needed, select(ChangeKind.CITED_WITHDRAWN),
         "{These} that the article cites {have} been withdrawn by the publisher.",
         "The article cites what replaces it, or the board finds that nothing changes."),
        ("V3", needed, select(ChangeKind.CITED_CONCERN, high=True),
         "An expression of concern stands against {these} that the article cites.",
         "The journal resolves the concern, or the board closes it with a reason."),
        ("V3", needed, tuple(dict.fromkeys([*taken_back, *other])),
         "An erratum or another notice concerns {these} that the article cites.",
         "The board has looked at the notice."),
    )  # fmt: skip
    for rule, status, papers, sentence, overturned in told:
        if papers:
            these = _papers(papers)
            reason = sentence.format(These=these, these=these.lower(), have=_have(papers))
            yield Fired(rule, status, reason, papers, overturned)


def _on_citations(findings: Iterable[Finding], matches: Iterable[Match], settled: Collection[int]) -> Iterable[Fired]:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    told = list(matches)
    unsure = [m for m in told if m.state is not MatchState.CONFIRMED and m.position not in settled]
    doubtful = [m for m in told if m.method == "pinned" and m.pmid is not None and m.confidence < _RESEMBLES]
    if not errors and not unsure and not doubtful:
        return
    parts = []
    if errors:
        parts.append(f"the citation lint reports {count(len(errors), 'error')}")
    if unsure:
        places = numbers([match.position for match in unsure], ("reference", "references"))
        parts.append(f"no PubMed record is confirmed for {places}")
    if doubtful:
        places = ", ".join(str(match.position) for match in doubtful)
        parts.append(f"the record pinned for reference {places} does not resemble what is printed there")
    yield Fired(
        "V4",
        Status.REVIEW_NEEDED,
        f"For an editor: {listed(parts)}; what cannot be identified cannot be watched.",
        (),
        "The article or the topic file is mended: pin the record, or say that it is not in PubMed.",
    )


_LEVELS = {1: "1 (guideline)", 2: "2 or better (guideline, systematic review)"} | {
    level: f"{level} or better" for level in range(3, 8)
}


def _on_contradiction(signals: Sequence[Signal], kept: Mapping[Pmid, Effect | None]) -> Iterable[Fired]:
    new = [s.change.pmid for s in signals if s.change.kind is ChangeKind.NEW_RECORD]
    if opposed := tuple(pmid for pmid in new if kept.get(pmid) is Effect.CONTRADICTS):
        yield Fired(
            "V11",
            Status.REVIEW_NOW,
            f"A reader finds that {count(len(opposed), 'new record')} "
            f"{_have(opposed, 'contradicts', 'contradict')} what the article says.",
            opposed,
            "The article is reviewed, or the reader answers otherwise.",
        )


def _on_new_evidence(
    signals: Sequence[Signal], kept: Mapping[Pmid, Effect | None], thresholds: Thresholds
) -> Iterable[Fired]:
    """A record that a reader has coded is told by V11, by V6, or, where it only reinforces, by no rule (R-10)."""
    new = [s for s in signals if s.change.kind is ChangeKind.NEW_RECORD]
    coded = {pmid for pmid, effect in kept.items() if effect is not None}
    high = tuple(s.change.pmid for s in new if s.priority <= Priority.MEDIUM and s.change.pmid not in coded)
    if high:
        yield Fired(
            "V5",
            Status.REVIEW_NEEDED,
            f"{count(len(high), 'new record')} of evidence level {_LEVELS[thresholds.review_level]} "
            f"{_have(high, 'has', 'have')} appeared on the topic.",
            high,
            "A reader finds that it is not relevant, already covered, or only reinforces the article.",
        )
    told = {Effect.CONTRADICTS, Effect.REINFORCES}
    chosen = tuple(
        s.change.pmid
        for s in new
        if s.change.pmid in kept and s.change.pmid not in high and kept[s.change.pmid] not in told
    )
    if chosen:
        yield Fired(
            "V6",
            Status.REVIEW_NEEDED,
            f"A reader has kept {count(len(chosen), 'new record')} as relevant.",
            chosen,
            "The article is reviewed.",
        )


def _on_age(last_updated: date | None, last_reviewed: date | None, after: int, today: date) -> Iterable[Fired]:
    since = last_reviewed or last_updated
    if since is None:
        yield Fired(
            "V7",
            Status.REVIEW_NEEDED,
            "The article shows no date of update or review, so its age is unknown.",
            (),
            "The article is dated, or a review is recorded.",
        )
    elif since + timedelta(days=after) <= today:
        what = "reviewed" if last_reviewed else "updated"
        yield Fired(
            "V7",
            Status.REVIEW_NEEDED,
            f"The article was last {what} on {since.isoformat()}, {(today - since).days} days ago; it is re-assessed"
            f" after {after}.",
            (),
            "A review is recorded.",
        )


def _papers(pmids: Sequence[Pmid]) -> str:
    return "A paper" if len(pmids) == 1 else f"{len(pmids)} papers"


def _have(pmids: Sequence[Pmid], one: str = "has", many: str = "have") -> str:
    return one if len(pmids) == 1 else many
