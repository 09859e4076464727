"""The minutes of a month from the store, with the topic files' word on until when a decision should be carried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from litwatch.decisions.minutes import Minutes, take_minutes
from litwatch.decisions.responsible_person import find_responsible_for
from litwatch.model.month import Month
from litwatch.model.topic import Thresholds, Topic
from litwatch.report.minutes_view import MinutesView, view_minutes
from litwatch.store import Store


def choose_month(asked: str | None, store: Store, now: datetime) -> Month:
    """The month that a person asked for (``2026-10``); without one the last that is over, or the store's first.

    Raises ValueError, with what to do instead, for a text that is no month, a month that has not begun, and one before
    the store's first night; and store errors.
    """
    present = Month.of(now)
    month = None if asked is None else Month.read(asked)
    if month is not None and month > present:
        raise ValueError(f"{month} has not begun; the newest minutes are those of {present}, which is not over")
    begins_at = store.begins_at()
    if begins_at is None:
        raise ValueError("no night has run yet, so there are no minutes; `litwatch nightly` runs the first")
    first = min(Month.of(begins_at), present)
    if month is None:
        return max(present.before, first)
    if month < first:
        raise ValueError(f"the store begins on {begins_at.date().isoformat()}; its first minutes are those of {first}")
    return month


def read_minutes(month: Month, store: Store, topics: Iterable[Topic], now: datetime) -> Minutes:
    """The minutes of a month as of ``now``. Raises store errors."""
    watched = {topic.slug: topic for topic in topics}
    within = {slug: topic.thresholds.carry_out_within_days for slug, topic in watched.items()}
    usual, end = Thresholds().carry_out_within_days, min(now, month.next.begins)
    known = store.month_events(month.begins, end)
    responsible = {
        slug: person
        for slug, said in store.words_on_responsible().items()
        if slug in watched and (person := find_responsible_for(watched[slug], (each for each in said if each.at < end)))
    }
    decisions = tuple(
        replace(each, decision=each.decision.due_within(within.get(each.article, usual))) for each in known.decisions
    )
    return take_minutes(month, replace(known, decisions=decisions, responsible=responsible), now)


def read_minutes_view(month: Month, store: Store, topics: Iterable[Topic], now: datetime) -> MinutesView:
    """The minutes as they are told, with the titles of papers. Raises store errors."""
    with store.reading():
        minutes = read_minutes(month, store, topics, now)
        stories = [*(each.story for each in minutes.came), *minutes.still_open]
        return view_minutes(minutes, store.titles({each.episode.change.pmid for each in stories}))
