"""What the board has decided to do about an article and nobody has done yet: to update it, or to withdraw it.

Such a decision closes nothing. It stands until the board reviews the article as unchanged or decides anew; once the
article's text has changed, litwatch asks whether the new text settles what was open when it was decided.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.model.judgement import Decision


@dataclass(frozen=True, slots=True)
class BoardDecision:
    """The board's last review of an article, where it was not "unchanged"."""

    outcome: Decision
    """REVIEWED_UPDATE or REVIEWED_WITHDRAW."""
    decided_on: date
    by: str
    reason: str
    due: date | None
    """Until when it should be done; None where nobody has said so (``due_within``)."""
    episodes: frozenset[str]
    """What was open when it was decided, by id."""
    announcements: frozenset[str] = frozenset()
    """Those of them that are the record of a notice among them: whoever settles the notice has settled it."""
    text_changed_on: date | None = None
    """The night that first read another text than the one that was decided on; None while the text is the same."""

    @property
    def is_withdrawal(self) -> bool:
        """Whether the article is to be withdrawn."""
        return self.outcome is Decision.REVIEWED_WITHDRAW

    def due_within(self, days: int) -> BoardDecision:
        """The same with a due date: the one that was given, else so many days after the decision."""
        return self if self.due else replace(self, due=self.decided_on + timedelta(days=days))

    def names(self, episodes: Collection[str]) -> bool:
        """Whether all of these episodes, at least one, were open when it was decided."""
        return bool(episodes) and self.episodes.issuperset(episodes)

    def tell(self) -> Reason:
        """What is said of each change that was open when it was decided: so much, or the question to answer now."""
        if self.text_changed_on is None:
            return Reason(ReasonCode.OPEN_WHEN_DECIDED, day=self.decided_on)
        return Reason(ReasonCode.TEXT_CHANGED, day=self.text_changed_on, words=(self.decided_on.isoformat(),))

    def is_carried_out(self, still_open: Collection[str]) -> bool:
        """Whether nothing is left to do or to ask; ``still_open`` holds the ids of all open episodes.

        An update is carried out once the text has changed and everything that was open at the decision is closed. Where
        nothing was open, only a review can say whether the new text is what the board wanted. A withdrawal is never
        carried out by another text.
        """
        if self.text_changed_on is None or self.is_withdrawal or not self.episodes:
            return False
        return (self.episodes - self.announcements).isdisjoint(still_open)


@dataclass(frozen=True, slots=True)
class PrintedText:
    """An article's text as far as a change of it may carry out a decision."""

    last_updated: date | None
    words: tuple[str, ...]
    """Its question, headings, sentences, markers and references, word by word."""


def printed_text(last_updated: date | None, parts: Iterable[str]) -> PrintedText:
    """The text made of these parts. How words are spaced, and signs that nobody sees, are no part of it."""
    shown = "\n".join(parts)
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", shown) if unicodedata.category(sign) != "Cf")
    return PrintedText(last_updated, tuple(plain.split()))


def find_text_change(decided_on: PrintedText, since: Sequence[tuple[date, PrintedText]]) -> date | None:
    """The day of the first text, of those read since the decision, oldest first, that differs from the one decided on.

    None where none does, or where the last is again the one that was decided on.
    """
    if not since or since[-1][1] == decided_on:
        return None
    return next(day for day, text in since if text != decided_on)


def find_deadline(opened_on: date, days: int, decided: BoardDecision | None) -> date:
    """By when a notice that was opened on a day must be answered: after so many days.

    What was open when the board ``decided`` waits until that decision is due. None where it was not open then.
    """
    usual = opened_on + timedelta(days=days)
    return max(usual, decided.due) if decided is not None and decided.due is not None else usual
