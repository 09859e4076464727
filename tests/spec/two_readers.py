"""What follows from members' answers where a topic asks two readers, for the board to sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from litwatch.decisions.change_life import is_open
from litwatch.decisions.member_answers import Answer, weigh
from litwatch.model.judgement import Decision, Effect

_DAY = date(2026, 11, 3)
_KEEP, _NOT, _COVERED, _LATER = (
    Decision.RELEVANT,
    Decision.NOT_RELEVANT,
    Decision.ALREADY_COVERED,
    Decision.LATER,
)


def _say(who: str, what: Decision, effect: Effect | None = None, *, settles: str = "", days: int = 0) -> Answer:
    until = _DAY + timedelta(days=days) if days else None
    names = tuple(f"{name}@example.org" for name in settles)
    return Answer(f"{who}@example.org", _DAY, what, until, effect, "why" if settles else "", names)


@dataclass(frozen=True, slots=True)
class ReaderCase:
    """A row: answers in their order, a day later, and what they come to."""

    situation: str
    answers: tuple[Answer, ...]
    then: str

    def outcome(self) -> str:
        """What the program makes of it."""
        today = _DAY + timedelta(days=1)
        word = weigh(self.answers, today, readers=2)
        if word is None:
            return "open"
        if word.differing:
            return "open: a disagreement"
        if word.unpaired:
            return "open: a second reader is asked"
        if not is_open(word, today):
            return "closed" + (" until the first day" if word.until else "")
        return "open" + (": kept" if word.decision is _KEEP else "")


CASES = (
    ReaderCase("Nobody has answered", (), "open"),
    *(
        ReaderCase(f"One says “{name}”", (_say("a", what, days=days),), "open: a second reader is asked")
        for name, what, days in (
            ("not relevant", _NOT, 0),
            ("already covered", _COVERED, 0),
            ("later", _LATER, 9),
            ("relevant", _KEEP, 0),
        )
    ),
    ReaderCase("One says it twice", (_say("a", _NOT), _say("a", _NOT)), "open: a second reader is asked"),
    ReaderCase("Two say “not relevant”", (_say("a", _NOT), _say("b", _NOT)), "closed"),
    ReaderCase("Two say “already covered”", (_say("a", _COVERED), _say("b", _COVERED)), "closed"),
    ReaderCase(
        "Two say “later”, with two dates", (_say("a", _LATER, days=9), _say("b", _LATER, days=5)),
        "closed until the first day",
    ),
    ReaderCase("Two say “later”, and the first day has come",
               (_say("a", _LATER, days=9), _say("b", _LATER, days=1)), "open: a second reader is asked"),
    ReaderCase("Two say “relevant”", (_say("a", _KEEP), _say("b", _KEEP)), "open: kept"),
    ReaderCase("Two say “relevant”, one that it contradicts the article",
               (_say("a", _KEEP), _say("b", _KEEP, Effect.CONTRADICTS)), "open: kept"),
    ReaderCase("Two name different effects",
               (_say("a", _KEEP, Effect.REINFORCES), _say("b", _KEEP, Effect.CONTRADICTS)),
               "open: a disagreement"),
    ReaderCase("“Relevant” and “not relevant”", (_say("a", _KEEP), _say("b", _NOT)), "open: a disagreement"),
    ReaderCase("“Not relevant” and “already covered”", (_say("a", _NOT), _say("b", _COVERED)), "open: a disagreement"),
    ReaderCase("They disagree, and one takes the other’s answer",
               (_say("a", _KEEP), _say("b", _NOT), _say("a", _NOT)), "closed"),
    ReaderCase("They disagree, and a third says the same as one",
               (_say("a", _KEEP), _say("b", _NOT), _say("c", _NOT)), "open: a disagreement"),
    ReaderCase("They disagree, and a third settles it, with a reason",
               (_say("a", _KEEP), _say("b", _NOT), _say("c", _NOT, settles="ab")), "closed"),
    ReaderCase("They disagree, and one of the two wants to settle it",
               (_say("a", _KEEP), _say("b", _NOT), _say("b", _NOT, settles="ab")), "open: a disagreement"),
    ReaderCase("Settled, and somebody else answers otherwise",
               (_say("a", _KEEP), _say("b", _NOT), _say("c", _NOT, settles="ab"), _say("d", _KEEP)),
               "open: a disagreement"),
    ReaderCase("An earlier review’s screening had excluded it", (_say("s", Decision.EXCLUDED_BEFORE),), "closed"),
    ReaderCase("The same, and one member has answered", (_say("s", Decision.EXCLUDED_BEFORE), _say("a", _NOT)),
               "open: a second reader is asked"),
    ReaderCase("One has answered, and the article is reviewed as unchanged",
               (_say("a", _KEEP), _say("c", Decision.REVIEWED_UNCHANGED)), "closed"),
)  # fmt: skip
