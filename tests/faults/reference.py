"""What a ward holds, and a ward that never saw a fault, by which all others are judged.

The reference itself is judged by what ``ward.yaml`` makes visible each night (``ward.NEWS`` and its neighbours), which
a person wrote down: code that loses the same thing with a fault and without one would else agree with itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import yaml

from litwatch.decisions.search_window import find_watermark
from litwatch.store import RunState
from tests.faults.ward import CITED, EVE, MORNING, NEWS, NIGHT, NOTICES, RECORDS, Ward, read_mail

NEW_RECORD = "new_record"


class Broken(AssertionError):
    """An invariant of the contract does not hold."""


@dataclass(frozen=True)
class State:
    """What a ward's store holds, as far as readers see it."""

    sightings: frozenset[tuple[Any, ...]]
    current: frozenset[tuple[Any, ...]]
    changes: frozenset[tuple[Any, ...]]
    confirmed: frozenset[tuple[Any, ...]]
    watermarks: dict[str, date]

    def lacks(self, other: State) -> dict[str, set[tuple[Any, ...]]]:
        """What ``other`` has and this has not, by kind; empty when nothing."""
        missing = {
            name: set(getattr(other, name) - getattr(self, name))
            for name in ("sightings", "current", "changes", "confirmed")
        }
        return {name: rows for name, rows in missing.items() if rows}

    def sees_as_much_as(self, other: State) -> bool:
        return not self.lacks(other)

    @property
    def notices(self) -> set[tuple[str, int]]:
        """(kind, cited PMID) of every change that is about a cited paper."""
        return {(kind, pmid) for _, kind, pmid, _ in self.changes if kind != NEW_RECORD}

    @property
    def news(self) -> set[int]:
        """PMIDs told as new on the topic."""
        return {pmid for _, kind, pmid, _ in self.changes if kind == NEW_RECORD}


@dataclass(frozen=True)
class Reference:
    """A ward without faults: its folder after EVE, and its state after each night."""

    folder: Path
    after: dict[date, State]


def look(ward: Ward) -> State:
    """The ward's state; empty where there is no store yet."""
    if not ward.settings().store.exists():
        return State(frozenset(), frozenset(), frozenset(), frozenset(), {})
    with ward.store._reading() as con:
        rows = [
            frozenset(con.execute(query).fetchall())
            for query in (
                "SELECT topic, pmid, how FROM sighting",
                "SELECT pmid, content_hash FROM current_record",
                "SELECT topic, kind, pmid, detail FROM episode",
                "SELECT topic, position, pmid FROM current_match WHERE state = 'confirmed'",
            )
        ]
        swept = con.execute("SELECT DISTINCT topic, strategy FROM sweep WHERE kind = 'topic'").fetchall()
    marks: dict[str, date] = {}
    for topic, strategy in swept:
        mark = find_watermark(ward.store.swept_windows(topic, strategy))
        if mark is not None:
            marks[topic] = max(mark, marks.get(topic, mark))
    return State(*rows, marks)


def make_reference(ward: Ward, copy_to: Path, *, led_to: Collection[int] = ()) -> Reference:
    """Spend the three nights without a fault, each judged against what ``ward.yaml`` holds; a copy after the first.

    ``led_to`` are papers that only a feed names, from NIGHT on.
    """
    after = {}
    for day in (EVE, NIGHT, MORNING):
        summary = ward.night(day)
        assert summary.ok, summary.failure
        after[day] = look(ward)
        bring_what_there_is(ward, after[day], day, led_to if day > EVE else ())
        if day == EVE:
            shutil.copytree(ward.folder, copy_to)
    return Reference(copy_to, after)


def bring_what_there_is(ward: Ward, state: State, day: date, led_to: Collection[int] = ()) -> None:
    """A night without a fault keeps and tells all that ``ward.yaml`` makes visible: else every case would compare
    one loss with another.
    """
    nights = [night for night in NEWS if night <= day]
    news = set().union(*(NEWS[night] for night in nights))
    notices = {told: notice for night in nights for told, notice in NOTICES[night].items()}
    if not state.news >= news or state.news - news != set(led_to) or state.notices != set(notices):
        raise Broken(f"(1) {day} without a fault brought {state.news ^ news}, {state.notices ^ set(notices)}")
    if unread := {*news, *CITED.values(), *notices.values()} - {pmid for pmid, _ in state.current}:
        raise Broken(f"(1) {day} without a fault did not read {unread}")
    if {pmid for _, pmid, how in state.sightings if how == "citation"} != set(CITED.values()):
        raise Broken(f"(1) {day} without a fault did not read every cited paper")
    if {place: pmid for _, place, pmid in state.confirmed} != CITED:
        raise Broken(f"(1) {day} without a fault took references for {state.confirmed}")
    if state.watermarks != {"sleep": day}:
        raise Broken(f"(2) {day} without a fault left the watermark at {state.watermarks}")
    with ward.store.reading():
        titles = dict(ward.rows("SELECT pmid, title FROM current_record"))
        runs, entries = ward.store.runs(1), ward.store.outbox()
    written = {record["pmid"]: record["title"] for record in yaml.safe_load(RECORDS)["records"]}
    for pmid in news | set(CITED.values()):
        if pmid in written and titles.get(pmid) != written[pmid]:
            raise Broken(f"(1) PMID {pmid} is called {titles.get(pmid)!r} and is {written[pmid]!r}")
    if runs[0].state is not RunState.SUCCEEDED or runs[0].started_at.date() != day:
        raise Broken(f"(4) the run of {day} is {runs}")
    if [entry.message.scope for entry in entries] != [f"digest {night}" for night in nights]:
        raise Broken(f"(3) the outbox holds {[entry.message.scope for entry in entries]}")
    page = " ".join(unescape(ward.reports("sleep")[-1].read_text("utf-8")).split())
    if untold := [pmid for pmid in news if pmid in written and written[pmid] not in page]:
        raise Broken(f"(4) the report of {day} leaves out {untold}")
    told = read_mail(max(ward.mails()).read_bytes())
    if untold := [pmid for _, pmid in NOTICES[day] if written[pmid] not in told]:
        raise Broken(f"(3) the digest of {day} leaves out the notices on {untold}: {told}")
