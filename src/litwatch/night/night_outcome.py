"""What became of a run: of each topic, of the whole, and in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from litwatch.decisions.verdict import Verdict
from litwatch.model.receipt import Measured, Receipt, count_looks
from litwatch.model.sweep import Sweep, SweepState
from litwatch.model.topic import Topic
from litwatch.night.canary import CanaryLook
from litwatch.night.mail_delivery import Delivery
from litwatch.report.contents import FailedTopic, Report
from litwatch.report.wording import words
from litwatch.store import NightSaved, RunState


@dataclass(frozen=True, slots=True)
class TopicOutcome:
    """What became of one topic."""

    topic: Topic
    verdict: Verdict
    sweeps: tuple[Sweep, ...]
    """Tonight's looks."""
    saved: NightSaved | None
    """None on a dry run."""
    files: tuple[str, ...]
    """Paths of the report's files; empty on a dry run or where they could not be written."""
    read: Callable[[], Report] = field(repr=False, compare=False)
    """Reads the article's report: from the store, where it is no longer held."""
    as_before: bool = False
    """Whether nothing differs from the night before, so that the report published then stands."""

    @property
    def report(self) -> Report:
        """The article's report. Raises store errors and ArticleUnreadable."""
        return self.read()

    @property
    def failures(self) -> tuple[str, ...]:
        """One sentence for each look that did not complete."""
        return tuple(f"{words(each.kind)}: {each.error}" for each in self.sweeps if each.state is SweepState.FAILED)


@dataclass(frozen=True, slots=True)
class NightSummary:
    """What a run did, for the screen, the flow's artifact and a script."""

    run: str | None
    """The run's id in the store; None for a dry run."""
    kind: str
    as_of: date
    outcomes: tuple[TopicOutcome, ...]
    failed: tuple[FailedTopic, ...]
    """Topics without an outcome: file errors, unreadable articles."""
    output_errors: tuple[str, ...]
    """Files that could not be written."""
    delivery: Delivery | None
    """None when the run was not to send anything."""
    index: str | None
    """Path of the index page."""
    ended: tuple[str, ...] = ()
    """Earlier runs that ended before their work was done, of which nobody has been told yet."""
    doubts: tuple[str, ...] = ()
    """What is odd about this machine's clock or about the store."""
    unaddressed: tuple[str, ...] = ()
    """Articles of which nobody gets a digest, each with what it would say."""
    operator_told: bool = True
    """Whether there is an operator who gets it instead."""
    file_troubles: tuple[str, ...] = ()
    """What is wrong with NLM's update files, or keeps a topic from being searched in them."""
    differences: tuple[str, ...] = ()
    """What PubMed's search and the update files find otherwise for topics of ``source: both``; no failure."""
    canary: CanaryLook | None = None
    """What became of the record that the night must find; None where none was looked for."""
    member_mistakes: tuple[str, ...] = ()
    """What is wrong with the members' file."""
    answer_trouble: str | None = None
    """What a person must do about answers that could not be taken in."""
    desk_trouble: str | None = None
    """Why the desk still shows what was known before."""

    @property
    def unready(self) -> tuple[str, ...]:
        """Files that could not be written, read or taken in, one sentence each."""
        others = (self.answer_trouble, self.desk_trouble)
        return (*self.output_errors, *self.member_mistakes, *(each for each in others if each))

    @property
    def failure(self) -> str | None:
        """What failed, in a few lines; None when everything worked."""
        lines = [f"{topic.slug}: {topic.reason}" for topic in self.failed]
        lines += [f"{o.topic.slug}: {line}" for o in self.outcomes for line in o.failures]
        lines += self.canary.troubles if self.canary else ()
        lines += self.doubts
        lines += self.file_troubles
        lines += self.unready
        lines += () if self.operator_told else self.unaddressed
        if self.delivery and self.delivery.failure:
            lines.append(self.delivery.failure)
        return "\n".join(lines) or None

    @property
    def ok(self) -> bool:
        """Whether every part worked; a verdict that asks for a review is not a failure."""
        return self.failure is None

    @property
    def review_needed(self) -> bool:
        """Whether any article's verdict asks for a review."""
        return any(o.verdict.status.asks_for_review for o in self.outcomes)


def make_receipt(summary: NightSummary, measured: Measured) -> Receipt:
    """The night in numbers."""
    saved = [outcome.saved for outcome in summary.outcomes if outcome.saved]
    delivery = summary.delivery
    return Receipt(
        summary.run,
        summary.kind,
        (RunState.SUCCEEDED if summary.ok else RunState.INCOMPLETE).value,
        measured,
        summary.failure,
        summary.as_of,
        surveyed=len(summary.outcomes),
        failed=len(summary.failed) + sum(bool(outcome.failures) for outcome in summary.outcomes),
        looks=count_looks(sweep for outcome in summary.outcomes for sweep in outcome.sweeps),
        new_records=len(frozenset().union(*(one.new_records for one in saved))),
        changed_records=len(frozenset().union(*(one.changed_records for one in saved))),
        opened_changes=sum(len(one.opened) for one in saved),
        mails_queued=delivery.queued if delivery else 0,
        mails_sent=len(delivery.sent) if delivery else 0,
        mails_waiting=delivery.waiting if delivery else 0,
        canary=summary.canary.state if summary.canary else None,
        faults=_name_faults(summary),
    )


def _name_faults(summary: NightSummary) -> dict[str, tuple[str, ...]]:
    """What failed, by kind; of the articles, the names."""
    incomplete = (outcome.topic.slug for outcome in summary.outcomes if outcome.failures)
    articles = (*(topic.slug for topic in summary.failed), *incomplete)
    others = {
        "files": bool(summary.output_errors),
        "members": bool(summary.member_mistakes),
        "answers": bool(summary.answer_trouble),
        "desk": bool(summary.desk_trouble),
        "mails": bool(summary.delivery and summary.delivery.failure),
        "readers": bool(summary.unaddressed) and not summary.operator_told,
        "doubts": bool(summary.doubts),
        "update_files": bool(summary.file_troubles),
        "canary": bool(summary.canary and summary.canary.troubles),
    }
    return {**({"articles": articles} if articles else {}), **{kind: () for kind, failed in others.items() if failed}}
