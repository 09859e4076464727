"""What a changed rule or threshold does to a verdict: two verdicts on the same article and day, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.decisions.verdict import Fired, Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """How one verdict differs from another on the same article and day."""

    before: Verdict
    after: Verdict
    dropped: tuple[Fired, ...]
    """Rules that fired before and fire no more, or for other papers or another reason."""
    added: tuple[Fired, ...]

    @property
    def is_any(self) -> bool:
        """Whether a reader would be told anything else: status, rules, papers, reasons or the re-assessment day."""
        return bool(self.dropped or self.added) or self.before.reassess_on != self.after.reassess_on


def compare(before: Verdict, after: Verdict) -> Difference:
    """The difference; the days on which the two were decided do not count."""
    told_before, told_after = ({_told(fired) for fired in verdict.fired} for verdict in (before, after))
    return Difference(
        before,
        after,
        tuple(fired for fired in before.fired if _told(fired) not in told_after),
        tuple(fired for fired in after.fired if _told(fired) not in told_before),
    )


def _told(fired: Fired) -> tuple[str, str, frozenset[int]]:
    return fired.rule, fired.reason, frozenset(fired.pmids)
