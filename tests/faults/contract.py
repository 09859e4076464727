"""The contract as one checker: ``prove`` spends a night under a fault and the good nights after it, and asserts.

Every invariant is a function of its own that names itself when it is broken; each is judged on the store's rows, the
stand-in's journal and the files, never on what the code under test says of itself alone. The reference is a ward that
never saw a fault.
"""

from __future__ import annotations

import email
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from email import policy
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from litwatch.errors import LitwatchError
from litwatch.messages import MessageState
from litwatch.pipeline import NightSummary
from litwatch.store import RunState
from litwatch.verdict import Status

from .ward import EVE, MORNING, NIGHT, SECRETS, Ward

KEPT = ("observation", "sighting", "change", "match_list", "verdict", "outbox", "judgement", "fate")
"""Tables in which a second good night writes nothing; the search log and the runs grow with every night."""

SAYS_SO = ("could not be searched", "did not complete")
"""Words by which a digest says that a look failed."""


class Outcome(StrEnum):
    """What a fault came to."""

    SURVIVED = "survived"
    LOUD = "failed loudly"
    BELIEVED = "believed, mended by the next night"
    """A well-formed answer that nobody could tell from the truth."""


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


@dataclass(frozen=True)
class Reference:
    """A ward without faults: its folder after EVE, and its state after each night."""

    folder: Path
    after: dict[date, State]


@dataclass(frozen=True)
class Proof:
    """What happened to one case; the invariants held, or there would be none."""

    outcome: Outcome
    said: str
    """What the failure was called, in its first line; empty for none."""
    surveyed: tuple[str, ...]
    """Topics that were surveyed in the night of the fault; empty where it ended early."""


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
                "SELECT topic, kind, pmid, detail FROM change",
                "SELECT topic, position, pmid FROM current_match WHERE state = 'confirmed'",
            )
        ]
        marks = con.execute("SELECT topic, max(watermark) FROM watermark GROUP BY topic").fetchall()
    return State(*rows, dict(marks))


def make_reference(ward: Ward, copy_to: Path) -> Reference:
    """Spend the three nights without a fault; the folder is copied after the first."""
    import shutil

    after = {}
    for day in (EVE, NIGHT, MORNING):
        summary = ward.night(day)
        assert summary.ok, summary.failure
        after[day] = look(ward)
        if day == EVE:
            shutil.copytree(ward.folder, copy_to)
    return Reference(copy_to, after)


def prove(
    ward: Ward,
    reference: Reference,
    *,
    day: date = NIGHT,
    inject: Callable[[], object] = lambda: None,
    mend: Callable[[], object] = lambda: None,
    believed: bool = False,
    settings: dict[str, Any] | None = None,
    digest_says: bool = True,
    heard: Callable[[], str] = lambda: "",
) -> Proof:
    """Spend ``day`` under a fault and the nights up to MORNING without it; raises Broken for a broken invariant.

    ``believed`` allows a night that took a well-formed lie for the truth, provided that the next one mends it.
    ``settings`` hold for the night of the fault only; ``digest_says`` is False where that night can send nothing.
    """
    before = look(ward)
    inject()
    summary: NightSummary | None = None
    failure = ""
    try:
        summary = ward.night(day, settings=settings)
    except LitwatchError as error:
        failure = str(error)
    mend()
    after = look(ward)
    keep_the_watermark(ward, before, after, day)
    if summary is None:
        outcome = Outcome.LOUD
    elif summary.ok:
        outcome = judge_success(summary, after, reference.after[day], believed=believed)
    else:
        failure, outcome = summary.failure or "", Outcome.LOUD
        tell_the_failure(ward, summary, day, digest_says=digest_says)
    days = [good for good in (NIGHT, MORNING) if good > day]
    prove_recovery(ward, reference, days, heard=heard, believed=outcome is Outcome.BELIEVED)
    surveyed = tuple(one.report.topic.slug for one in summary.outcomes) if summary else ()
    return Proof(outcome, failure.splitlines()[0] if failure else "", surveyed)


def prove_recovery(
    ward: Ward,
    reference: Reference,
    days: Iterable[date],
    *,
    heard: Callable[[], str] = lambda: "",
    doubt: bool = False,
    believed: bool = False,
) -> None:
    """Good nights follow, and one that repeats the last; then everything is as if nothing had happened.

    ``doubt`` says that a mail's fate may have become unknown, which stays a failure until a person looks.
    """
    for day in (*days, MORNING):
        summary = ward.night(day)
        if not summary.ok and not (doubt and _only_doubts(summary.failure or "")):
            raise Broken(f"(1) the good night of {day} failed: {summary.failure}")
        if day == MORNING:
            break
    see_everything(look(ward), reference.after[MORNING], believed=believed)
    repeat_without_change(ward, doubt=doubt)
    deliver_once(ward, doubt=doubt)
    keep_secrets(ward, heard())
    keep_the_pace(ward)


def _only_doubts(failure: str) -> bool:
    """Whether a run failed for nothing but mails of unknown fate."""
    return all(line.startswith("It is not known whether ") for line in failure.splitlines())


def see_everything(state: State, wanted: State, *, believed: bool = False) -> None:
    """(1) Whatever a ward without the fault sees is seen, and no record is another.

    What a ``believed`` lie said of a record stays until the record is read again, which a search does for 30 days.
    """
    missing = state.lacks(wanted)
    if believed and not {pmid for pmid, _ in wanted.current} - {pmid for pmid, _ in state.current}:
        missing.pop("current", None)
    if missing:
        raise Broken(f"(1) lost: {missing}")
    if not believed and state.current != wanted.current and state.sightings == wanted.sightings:
        raise Broken(f"(1) other records: {state.current ^ wanted.current}")


def keep_the_watermark(ward: Ward, before: State, after: State, day: date) -> None:
    """(2) It moves only with a complete sweep whose every record is in the store, and never beyond the day."""
    if not ward.settings().store.exists():
        return
    with ward.store._reading() as con:
        complete = con.execute(
            "SELECT s.topic, s.window_last, s.found, s.delivered, s.missing, s.unreadable, q.count, q.pmids"
            " FROM sweep s JOIN search q ON q.night = s.night AND q.sweep = s.ordinal"
            " WHERE s.kind = 'topic sweep' AND s.state = 'complete'"
        ).fetchall()
        held = {pmid for (pmid,) in con.execute("SELECT DISTINCT pmid FROM observation").fetchall()}
    reach: dict[str, date] = {}
    for topic, last, found, delivered, missing, unreadable, count, pmids in complete:
        ids = set(orjson.loads(pmids))
        if len(ids) != count or found != delivered or missing != "[]" or unreadable != "[]" or ids - held:
            raise Broken(f"(2) a sweep of {topic} is called complete and lacks {sorted(ids - held)} of {count}")
        reach[topic] = max(last, reach.get(topic, last))
    for topic, mark in after.watermarks.items():
        if mark > min(day, reach.get(topic, date.min)) and mark != before.watermarks.get(topic):
            raise Broken(f"(2) the watermark of {topic} is {mark}; complete sweeps reach to {reach.get(topic)}")


def judge_success(summary: NightSummary, after: State, wanted: State, *, believed: bool) -> Outcome:
    """(4) A night that calls itself good saw what the reference saw, unless it was told a perfect lie."""
    if after.sees_as_much_as(wanted) and after.current == wanted.current and after.changes == wanted.changes:
        return Outcome.SURVIVED
    if believed:
        return Outcome.BELIEVED
    raise Broken(f"(4) a failure was passed off as a good night: it lacks {after.lacks(wanted)}, {summary.outcomes}")


def tell_the_failure(ward: Ward, summary: NightSummary, day: date, *, digest_says: bool = True) -> None:
    """(4) A failed night is called so in the run, in a sweep or topic or delivery, in the verdict and in the digest."""
    run = next(run for run in ward.store.runs() if run.id == summary.run)
    if run.state is not RunState.INCOMPLETE or run.error != summary.failure:
        raise Broken(f"(4) the run of {day} is called {run.state}: {run.error}")
    failed = ward.rows(f"SELECT kind, error FROM sweep WHERE run = '{summary.run}' AND state = 'failed'")
    delivery = summary.delivery.failure if summary.delivery else None
    if not (failed or summary.failed or summary.output_errors or delivery):
        raise Broken(f"(4) nothing failed by name: {summary.failure}")
    for outcome in summary.outcomes:
        kinds = {sweep.kind for sweep in outcome.surveyed.night.sweeps if outcome.surveyed.failures and sweep.error}
        if {"topic sweep", "citation sweep"} & kinds and outcome.report.verdict.status is Status.NO_SIGNAL:
            raise Broken("(4) a failed sweep, and the verdict says: no signal")
    if digest_says and (failed or summary.failed):
        said = "\n".join(
            f"{mail['Subject']}\n{_text(mail)}" for path, mail in ward.mails().items() if path.name.startswith(str(day))
        )
        if not all(words in said for words in SAYS_SO[:1]):
            raise Broken(f"(4) the digest of {day} does not say what failed: {said[:400]}")


def repeat_without_change(ward: Ward, *, doubt: bool = False) -> None:
    """(6) A second good night writes no record, opens no change and sends no mail."""
    rows = {table: ward.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in KEPT}
    mails = sorted(ward.mails())
    again = ward.night(MORNING)
    if not again.ok and not doubt:
        raise Broken(f"(6) the second good night failed: {again.failure}")
    for table in KEPT:
        if ward.rows(f"SELECT * FROM {table} ORDER BY ALL") != rows[table]:
            raise Broken(f"(6) the second good night wrote to {table}")
    if sorted(ward.mails()) != mails:
        raise Broken("(6) the second good night sent a mail")


def deliver_once(ward: Ward, *, doubt: bool = False) -> None:
    """(3) Every finished run's digest is in the outbox, none waits, and those sent are on disk once."""
    entries = ward.store.outbox()
    states = {entry.state for entry in entries}
    if states - {MessageState.SENT, *([MessageState.UNKNOWN, MessageState.FAILED] if doubt else [])}:
        raise Broken(f"(3) mails are left over: {states}")
    sent = sorted(e.message.message_id for e in entries if e.state is MessageState.SENT)
    files = sorted(str(mail["Message-ID"]) for mail in ward.mails().values())
    if len(files) != len(set(files)) or (not doubt and files != sent) or set(sent) - set(files):
        raise Broken(f"(3) sent {sent}, on disk {files}")
    for run in ward.store.runs(100):
        # Where no topic at all could be read, no file names anybody who could be told.
        told = run.kind == "nightly" and run.summary.get("surveyed") != 0
        if told and run.state in {RunState.SUCCEEDED, RunState.INCOMPLETE}:
            scope = f"digest {run.started_at.date()}"
            if not any(entry.message.scope == scope for entry in entries):
                raise Broken(f"(3) run {run.id} left no digest")


def keep_secrets(ward: Ward, heard: str = "") -> None:
    """(5) Neither API key nor password is in any file, row, mail, log line, summary or exception."""
    texts = {"what was said": "\n".join([heard, *ward.heard]).encode()}
    for path in ward.folder.rglob("*"):
        if path.is_file():
            texts[str(path.relative_to(ward.folder))] = path.read_bytes()
    for path, mail in ward.mails().items():
        texts[f"decoded {path.name}"] = _text(mail).encode()
    # DuckDB compresses what it stores, so that its file alone proves nothing.
    with ward.store._reading() as con:
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            texts[f"table {table}"] = repr(con.execute(f'SELECT * FROM "{table}"').fetchall()).encode()
    forms = {form.encode().lower() for secret in SECRETS for form in _spellings(secret)}
    for name, data in texts.items():
        low = data.lower()
        if any(form in low for form in forms):
            raise Broken(f"(5) a secret stands in {name}")


def _spellings(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), quote_plus(secret), b64encode(secret.encode()).decode()}


def keep_the_pace(ward: Ward) -> None:
    """(7) No second, wherever it begins, holds more requests than NCBI allows, retries included."""
    limit = 10 if ward.api_key else 3
    entries = [entry for entry in ward.pubmed.journal.entries() if not entry.utility.startswith("/")]
    times = sorted(entry.at for entry in entries)
    for place, first in enumerate(times):
        if sum(1 for moment in times[place:] if moment - first < 1.0 - 1e-6) > limit:
            raise Broken(f"(7) more than {limit} requests within a second from {first}")
    if refused := [e.number for e in entries if e.status == 429 and e.fault is None]:
        raise Broken(f"(7) the stand-in had to refuse requests {refused}")


def _text(mail: Any) -> str:
    return "\n".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text" and not part.is_multipart()
    )


def read_mail(raw: bytes) -> str:
    """A raw mail's subject and texts, decoded, white space made plain."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    return re.sub(r"\s+", " ", f"{mail['Subject']}\n{_text(mail)}")
