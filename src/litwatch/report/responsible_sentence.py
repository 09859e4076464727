"""Who is to see to an article, and until when, in a sentence; days in it are ISO dates (``spelled_dates.dated``)."""

from __future__ import annotations

from datetime import date

from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.model.judgement import Decision

_TASK = {Decision.REVIEWED_UPDATE: "to update it", Decision.REVIEWED_WITHDRAW: "to withdraw it"}


def say_responsible(
    person: ResponsiblePerson | None,
    *,
    decided_to: Decision | None,
    asks_for_review: bool,
    day: date,
    reader: str = "",
) -> str:
    """``lee@example.org is to update it by 2026-12-12.``; empty where nobody was named.

    ``decided_to`` is what the board has decided and nobody has done; ``reader`` the mail address of who reads it.
    """
    if person is None:
        return ""
    if not person.is_on_list:
        return f"Nobody is responsible for it any more: {person.address} is no longer on its list."
    you = bool(reader) and person.is_member(reader)
    who = "You are" if you else f"{person.address} is"
    if not asks_for_review:
        return f"{who} responsible for it."
    task = _TASK.get(decided_to, "to see to it") if decided_to is not None else "to see to it"
    if person.is_late(day, asks_for_review=True):
        was = "You were" if you else f"{person.address} was"
        return f"{was} {task} by {person.due}. That day has passed."
    return f"{who} {task} by {person.due}."
