"""Human judgements as events: who decided what about which change, article, reference or mail, when and why.

An event is never altered or taken back; a later one has the last word. Each carries the hash of the one before it,
so that a removed, altered or inserted event shows (``verify_chain``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from litwatch.model.change import Change
from litwatch.model.identifiers import Pmid
from litwatch.model.lead import Lead
from litwatch.model.topic_edit import TopicEdit


class Decision(StrEnum):
    """What a person can say: four words about one change, three about the whole article, the rest about other things.

    ``SAME_ARTICLE`` and ``NEW_ARTICLE`` answer whether a slug stands for the article of before.

    ``COMMENT``, ``REFERENCE_CONFIRMED``, ``CHECK_ASKED``, ``TOPIC_EDITED``, who is responsible and the words on leads
    concern an article and leave its changes as they are; the last three concern a member and no article.
    """

    RELEVANT = "relevant"
    """It matters: the change stays open until the article is reviewed."""
    NOT_RELEVANT = "not_relevant"
    ALREADY_COVERED = "already_covered"
    LATER = "later"
    """Closed until the day ``until``, on which it is open again."""
    INCLUDED_BEFORE = "included_before"
    """An earlier review, whose screening was loaded, had included it: what is like it matters; nothing is open."""
    EXCLUDED_BEFORE = "excluded_before"
    REVIEWED_UNCHANGED = "reviewed_unchanged"
    REVIEWED_UPDATE = "reviewed_update"
    REVIEWED_WITHDRAW = "reviewed_withdraw"
    REFERENCE_CONFIRMED = "reference_confirmed"
    """A reference of the article is this PubMed record."""
    LEAD_CLOSED = "lead_closed"
    """An entry of a feed has been looked at, and is shown no more."""
    LEAD_REOPENED = "lead_reopened"
    CHECK_ASKED = "check_asked"
    SAME_ARTICLE = "same_article"
    """The text that looked like another article is the article of before."""
    NEW_ARTICLE = "new_article"
    """It is another article, for which nothing of before counts."""
    COMMENT = "comment"
    """Said for the others to read, about one change or the whole article: it closes nothing and answers nothing."""
    RESPONSIBLE_NAMED = "responsible_named"
    """A person of the article's list is to see to it (``decisions/responsible_person.py``)."""
    RESPONSIBLE_ENDED = "responsible_ended"
    """Nobody is responsible for the article any more."""
    ARTICLE_RETIRED = "article_retired"
    """The article is no longer to be watched: its topic file may be gone. A night that surveys it again undoes it."""
    TOPIC_EDITED = "topic_edited"
    """The article's topic file or its text was changed, at the desk or by a command."""
    DIGEST_STOPPED = "digest_stopped"
    DIGEST_RESUMED = "digest_resumed"
    LINKS_REVOKED = "links_revoked"
    """The links that were made for the member up to this moment are no longer valid."""

    @property
    def is_review(self) -> bool:
        """Whether it is about the whole article."""
        return self in REVIEWS


class Effect(StrEnum):
    """What a member finds that a new record does to what the article says (rule R-10; NICE PMG20, chapter 13)."""

    CONTRADICTS = "contradicts"
    """Opposing findings, substantial harm, or a superior treatment (rule R-03: Ottawa signals A1 to A3)."""
    CLARIFIES = "clarifies"
    """A change in size, an extension, a caveat (A4 to A7)."""
    REINFORCES = "reinforces"
    """It says the same; alone it asks for no review."""


SCREENED = frozenset({Decision.INCLUDED_BEFORE, Decision.EXCLUDED_BEFORE})
"""What an earlier review decided; it gives way to any member's answer."""
ABOUT_A_CHANGE = SCREENED | {Decision.RELEVANT, Decision.NOT_RELEVANT, Decision.ALREADY_COVERED, Decision.LATER}
ABOUT_A_LEAD = frozenset({Decision.LEAD_CLOSED, Decision.LEAD_REOPENED})
REVIEWS = frozenset({Decision.REVIEWED_UNCHANGED, Decision.REVIEWED_UPDATE, Decision.REVIEWED_WITHDRAW})
STILL_TO_DO = frozenset({Decision.REVIEWED_UPDATE, Decision.REVIEWED_WITHDRAW})
"""The outcomes of a review that somebody has still to carry out: they close nothing."""
NAMES_SOMEBODY = STILL_TO_DO | {Decision.RESPONSIBLE_NAMED}
"""What may name a responsible person, and until when."""
ON_IDENTITY = frozenset({Decision.SAME_ARTICLE, Decision.NEW_ARTICLE})
ABOUT_A_MEMBER = frozenset({Decision.DIGEST_STOPPED, Decision.DIGEST_RESUMED, Decision.LINKS_REVOKED})
OUTCOMES = {
    "unchanged": Decision.REVIEWED_UNCHANGED,
    "update": Decision.REVIEWED_UPDATE,
    "withdraw": Decision.REVIEWED_WITHDRAW,
}
"""What a review can come to, by the word that people type or choose."""
LONGEST_COMMENT = 2000
"""Characters."""
_LONGEST_WAIT = timedelta(days=366)
_EPISODE = re.compile(r"[0-9a-f]{16}")


def needs_reason(decision: Decision, change: Change | None = None) -> bool:
    """Whether a person must say why: for a review, for the article's identity or its end, and for closing a notice
    about a cited paper."""
    closes = decision in {Decision.NOT_RELEVANT, Decision.ALREADY_COVERED}
    whole = decision.is_review or decision in ON_IDENTITY or decision is Decision.ARTICLE_RETIRED
    return whole or (closes and change is not None and change.is_about_cited)


def may_wait_until(day: date, today: date) -> bool:
    """Whether something can be put off until the day: within a year, so that no notice is put off for ever."""
    return today < day <= today + _LONGEST_WAIT


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """Which PubMed record a person says a reference is."""

    text: str
    """The reference as the article prints it: entries move, so its place alone would not name it."""
    pmid: Pmid


@dataclass(frozen=True, slots=True)
class Judgement:
    """One event. Raises ValueError where its parts do not fit together.

    "Unchanged" closes the episodes that the review names, notices included; to update or to withdraw names what was
    open and closes nothing. No time in a judgement closes anything.
    """

    topic: str
    """The article's slug; empty for what concerns a member and no article."""
    decision: Decision
    by: str
    at: datetime
    """When it was given; with time zone, kept as UTC."""
    reason: str = ""
    change: Change | None = None
    """What it is about; None for a review of the whole article, and for a comment on it."""
    until: date | None = None
    """For LATER: the day on which the change is open again."""
    seen: datetime | None = None
    """For a review: how recent the report was that the person had before them; told, and no rule. None means ``at``."""
    reference: NamedRecord | None = None
    """For REFERENCE_CONFIRMED."""
    member: str = ""
    """For what concerns a member: the mail address."""
    effect: Effect | None = None
    """For RELEVANT: what the member finds that the paper does to the article."""
    event: str = ""
    """Where it was given apart from the store: its name there, by which it is taken in once."""
    lead: Lead | None = None
    """For LEAD_CLOSED and LEAD_REOPENED: the entry as the feed has it."""
    episodes: tuple[str, ...] | None = None
    """The ids of the episodes that it is about: for an answer or a review those that its author was shown, for the
    article's identity those that it closes. None in what was recorded before episodes had ids; the store then keeps
    beside it which ones it means."""
    due: date | None = None
    """For an update, a withdrawal, or who is responsible: until when it should be done; None leaves it to the topic's
    threshold."""
    settles: tuple[str, ...] | None = None
    """For an answer that is meant to settle a disagreement: whose answers its author was shown, theirs included; a
    reason goes with it. None for an ordinary answer, which is one more opinion."""
    responsible: str | None = None
    """The mail address of the person who is to see to the article: for RESPONSIBLE_NAMED, and for an update or a
    withdrawal that says by whom."""
    edit: TopicEdit | None = None
    """For TOPIC_EDITED: what was changed."""

    def __post_init__(self) -> None:
        about_member = self.decision in ABOUT_A_MEMBER
        if bool(self.topic) == about_member or bool(self.member) != about_member or not self.by.strip():
            raise ValueError("a judgement names its topic, or else its member, and the person who gave it")
        if self.decision is Decision.COMMENT and not 0 < len(self.reason.strip()) <= LONGEST_COMMENT:
            raise ValueError(f"a comment has 1 to {LONGEST_COMMENT:,} characters")
        if self.decision is not Decision.COMMENT and (self.decision in ABOUT_A_CHANGE) != (self.change is not None):
            raise ValueError(f"{self.decision.value!r} is {'not ' if self.change else ''}about a change")
        if (self.decision is Decision.REFERENCE_CONFIRMED) != (self.reference is not None):
            raise ValueError("a judgement on a reference names it and its record, and no other does")
        if (self.decision in ABOUT_A_LEAD) != (self.lead is not None):
            raise ValueError("a judgement on a lead names it, and no other does")
        if (self.decision is Decision.TOPIC_EDITED) != (self.edit is not None):
            raise ValueError("a judgement on an article's files says what was changed, and no other does")
        if self.effect is not None and self.decision is not Decision.RELEVANT:
            raise ValueError("what a paper does to the article goes with 'relevant', and only with it")
        if (self.decision is Decision.LATER) != (self.until is not None):
            raise ValueError("a day to wait until goes with 'later', and only with it")
        if self.seen is not None and (not self.decision.is_review or self.seen.tzinfo is None):
            raise ValueError("'seen' belongs to a review of the article and has a time zone")
        if self.due is not None and self.decision not in NAMES_SOMEBODY:
            raise ValueError("a due date goes with an update, a withdrawal, or a responsible person, and with no other")
        if self.responsible is not None and not (self.decision in NAMES_SOMEBODY and self.responsible.strip()):
            raise ValueError("a responsible person goes with being named, an update or a withdrawal, and with no other")
        if self.decision is Decision.RESPONSIBLE_NAMED and self.responsible is None:
            raise ValueError("who names a responsible person says whom")
        if self.settles is not None and not (self.change is not None and self.settles and self.reason.strip()):
            raise ValueError("an answer that settles a disagreement names whose, and has a reason")
        if self.episodes is not None:
            self._check_episodes(self.episodes)
        if self.at.tzinfo is None:
            raise ValueError("the time of a judgement needs its time zone")

    def _check_episodes(self, episodes: tuple[str, ...]) -> None:
        if self.decision is Decision.COMMENT or (self.change is None and self.decision not in REVIEWS | ON_IDENTITY):
            raise ValueError("only an answer, a review or a word on the article's identity names episodes")
        if self.change is not None and not episodes:
            raise ValueError("an answer names at least one episode")
        if not all(_EPISODE.fullmatch(episode) for episode in episodes) or len({*episodes}) < len(episodes):
            raise ValueError("an episode's id is 16 hex digits, and named once")
