"""Who is responsible for an article, and until when: the last word of the board or an editor.

A person is named by an event of its own, or in the decision to update or to withdraw the article. They stay responsible
until somebody else is named, nobody is, the board reviews the article as unchanged, or what was decided is carried out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from litwatch.decisions.board_decision import BoardDecision
from litwatch.model.judgement import STILL_TO_DO, Decision, Judgement
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.topic import Topic

_ENDS = frozenset(
    {Decision.RESPONSIBLE_ENDED, Decision.REVIEWED_UNCHANGED, Decision.NEW_ARTICLE, Decision.ARTICLE_RETIRED}
)


@dataclass(frozen=True, slots=True)
class ResponsiblePerson:
    """The person who is to see to an article."""

    address: str
    named_by: str
    named_on: date
    due: date
    """Until when it should be done."""
    reason: str = ""
    is_on_list: bool = True
    """Whether the article's topic file still names them; if not, nobody is responsible."""

    def is_late(self, day: date, *, asks_for_review: bool) -> bool:
        """Whether their day has passed while the article still asks for something."""
        return self.is_on_list and asks_for_review and self.due < day

    def is_member(self, address: str) -> bool:
        """Whether it is the member of that address, who is still on the list."""
        return self.is_on_list and mailbox_key(self.address) == mailbox_key(address)


def find_responsible(
    said: Iterable[Judgement], on_list: Collection[str], *, carry_out_within_days: int
) -> ResponsiblePerson | None:
    """Who is responsible after everything that was said of an article, oldest first; None where nobody is.

    ``on_list`` holds the mailbox keys of those whom the article's topic file names. Without a date of their own, people
    have until the board's decision is due, else ``carry_out_within_days`` after they were named.
    """
    found: ResponsiblePerson | None = None
    decided_until: date | None = None
    for each in said:
        day = each.at.astimezone(UTC).date()
        if each.decision in _ENDS:
            found = None
            if each.decision is not Decision.RESPONSIBLE_ENDED:
                decided_until = None
            continue
        usual = day + timedelta(days=carry_out_within_days)
        if each.decision in STILL_TO_DO:
            decided_until = each.due or usual
        address = each.responsible or (found.address if found is not None and each.decision in STILL_TO_DO else None)
        if address is None:
            continue
        open_until = decided_until if decided_until is not None and decided_until >= day else usual
        is_on_list = mailbox_key(address) in on_list
        found = ResponsiblePerson(address, each.by, day, each.due or open_until, each.reason, is_on_list)
    return found


def find_responsible_for(topic: Topic, said: Iterable[Judgement]) -> ResponsiblePerson | None:
    """``find_responsible`` by the article's topic file."""
    on_list = frozenset(map(mailbox_key, topic.people))
    return find_responsible(said, on_list, carry_out_within_days=topic.thresholds.carry_out_within_days)


def still_responsible(
    person: ResponsiblePerson | None, decided: BoardDecision | None, *, is_carried_out: bool
) -> ResponsiblePerson | None:
    """The person, unless what they were named for is done: the last decision ``is_carried_out``, and they were named
    no later than the article's text changed."""
    if person is None or decided is None or not is_carried_out or decided.text_changed_on is None:
        return person
    return person if person.named_on > decided.text_changed_on else None
