"""What a changed rule or threshold does to a verdict: two verdicts on the same article and day, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.decisions.reason import Reason
from litwatch.decisions.verdict import Fired, Rule, Verdict


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
    # A verdict that was stored before reasons had codes holds sentences: of it only rules and papers can be compared.
    coded = all(fired.reasons for verdict in (before, after) for fired in verdict.fired)
    told_before, told_after = ({_told(fired, coded) for fired in verdict.fired} for verdict in (before, after))
    return Difference(
        before,
        after,
        tuple(fired for fired in before.fired if _told(fired, coded) not in told_after),
        tuple(fired for fired in after.fired if _told(fired, coded) not in told_before),
    )


def _told(fired: Fired, coded: bool) -> tuple[Rule, tuple[Reason, ...], frozenset[int]]:  # noqa: FBT001
    return fired.rule, fired.reasons if coded else (), frozenset(fired.pmids)
