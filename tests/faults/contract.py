"""The contract as one checker: ``prove`` spends a night under a fault and the good nights after it, and asserts.

Every invariant is a function of its own that names itself when it is broken; each is judged on the store's rows, the
stand-in's journal and the files, never on what the code under test says of itself alone. The reference is a ward that
never saw a fault.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from html import unescape
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from litwatch.decisions.verdict import Status
from litwatch.model.errors import LitwatchError
from litwatch.model.message import MessageState
from litwatch.model.sweep import SweepKind
from litwatch.night.night_outcome import NightSummary
from litwatch.report.reason_sentences import say_reason
from litwatch.store import RunState
from tests.faults.reference import Broken, Reference, State, look
from tests.faults.ward import MORNING, NIGHT, SECRETS, Ward, mail_text

KEPT = ("observation", "sighting", "episode", "match_list", "stored_verdict", "outbox", "stored_judgement", "fate")
"""Tables in which a second good night writes nothing; the search log and the runs grow with every night."""

SAYS_SO = ("could not be searched", "could not be checked for", "could not be read for")
"""Words by which the subject of a digest says what failed."""


class Outcome(StrEnum):
    """What a fault came to."""

    SURVIVED = "survived"
    TOLD = "told, and nothing lost"
    """The night was good, saw everything, and its report says what was odd."""
    LOUD = "failed loudly"
    BELIEVED = "believed, mended by the next night"
    """A well-formed answer that nobody could tell from the truth."""


class Lie(StrEnum):
    """What a well-formed answer may say without being told from the truth; everything else must be right."""

    WORDS = "something else of a record"
    ABSENCE = "nothing of some papers that were never seen"


@dataclass(frozen=True)
class Proof:
    """What happened to one case; the invariants held, or there would be none."""

    outcome: Outcome
    said: str
    """What the failure was called, in its first line, or else what the report says was odd; empty for neither."""
    surveyed: tuple[str, ...]
    """Topics that were surveyed in the night of the fault; empty where it ended early."""


def prove(
    ward: Ward,
    reference: Reference,
    *,
    day: date = NIGHT,
    inject: Callable[[], object] = lambda: None,
    mend: Callable[[], object] = lambda: None,
    lie: Lie | None = None,
    settings: dict[str, Any] | None = None,
    digest_says: bool = True,
    heard: Callable[[], str] = lambda: "",
) -> Proof:
    """Spend ``day`` under a fault and the nights up to MORNING without it; raises Broken for a broken invariant.

    ``lie`` allows a night that took a well-formed lie of that sort for the truth, provided that the next one mends it.
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
    with ward.reading():
        after = look(ward)
        keep_the_watermark(ward, before, after, day)
        if summary is None:
            outcome = Outcome.LOUD
        elif summary.ok:
            outcome = judge_success(summary, after, reference.after[day], lie)
            failure = " ".join(tell_what_is_odd(ward, summary))
        else:
            failure, outcome = summary.failure or "", Outcome.LOUD
            tell_the_failure(ward, summary, day, digest_says=digest_says)
    if outcome is Outcome.SURVIVED and failure:
        outcome = Outcome.TOLD
    days = [good for good in (NIGHT, MORNING) if good > day]
    prove_recovery(ward, reference, days, heard=heard)
    surveyed = tuple(one.report.topic.slug for one in summary.outcomes) if summary else ()
    return Proof(outcome, failure.splitlines()[0] if failure else "", surveyed)


def prove_recovery(
    ward: Ward,
    reference: Reference,
    days: Iterable[date],
    *,
    heard: Callable[[], str] = lambda: "",
    doubt: bool = False,
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
    see_everything(look(ward), reference.after[MORNING])
    repeat_without_change(ward, doubt=doubt)
    deliver_once(ward, doubt=doubt)
    keep_secrets(ward, heard())
    keep_the_pace(ward)


def _only_doubts(failure: str) -> bool:
    """Whether a run failed for nothing but mails of unknown fate."""
    return all(line.startswith("It is unknown whether ") for line in failure.splitlines())


def see_everything(state: State, wanted: State) -> None:
    """(1) Whatever a ward without the fault sees is seen, and no record is another.

    What a believed lie said of a record is gone too: whatever a search finds, an article cites or a notice says is read
    again.
    """
    if missing := state.lacks(wanted):
        raise Broken(f"(1) lost: {missing}")
    if state.current != wanted.current and state.sightings == wanted.sightings:
        raise Broken(f"(1) other records: {state.current ^ wanted.current}")


def keep_the_watermark(ward: Ward, before: State, after: State, day: date) -> None:
    """(2) It moves only with a complete sweep whose every record is in the store, and never beyond the day."""
    if not ward.settings().store.exists():
        return
    with ward.store._reading() as con:
        complete = con.execute(
            "SELECT s.topic, s.window_last, s.found, s.delivered, s.missing, s.unreadable, q.count, q.pmids"
            " FROM sweep s JOIN search q ON q.night = s.night AND q.sweep = s.ordinal"
            " WHERE s.kind = 'topic' AND s.state = 'complete'"
        ).fetchall()
        unread = con.execute(
            "SELECT kind, unreadable FROM sweep WHERE state = 'complete' AND unreadable <> '[]'"
        ).fetchall()
        held = {pmid for (pmid,) in con.execute("SELECT DISTINCT pmid FROM observation").fetchall()}
    if unread:
        raise Broken(f"(2) a sweep is called complete and could not read what came: {unread}")
    reach: dict[str, date] = {}
    for topic, last, found, delivered, missing, unreadable, count, pmids in complete:
        ids = set(orjson.loads(pmids))
        if len(ids) != count or found != delivered or missing != "[]" or unreadable != "[]" or ids - held:
            raise Broken(f"(2) a sweep of {topic} is called complete and lacks {sorted(ids - held)} of {count}")
        reach[topic] = max(last, reach.get(topic, last))
    for topic, mark in after.watermarks.items():
        if mark > min(day, reach.get(topic, date.min)) and mark != before.watermarks.get(topic):
            raise Broken(f"(2) the watermark of {topic} is {mark}; complete sweeps reach to {reach.get(topic)}")


def judge_success(summary: NightSummary, after: State, wanted: State, lie: Lie | None) -> Outcome:
    """(4) A night that calls itself good saw what the reference saw, unless it was told a perfect lie.

    Even then it tells of every notice about a cited paper, and what was said falsely or left out is all it lacks.
    """
    if after.sees_as_much_as(wanted) and after.current == wanted.current and after.changes == wanted.changes:
        return Outcome.SURVIVED
    lacks = after.lacks(wanted)
    told = after.notices >= wanted.notices and after.confirmed == wanted.confirmed
    if lie is Lie.WORDS and told and "sightings" not in lacks and after.news == wanted.news:
        return Outcome.BELIEVED
    if lie is Lie.ABSENCE and told and not after.news - wanted.news and after.sightings <= wanted.sightings:
        return Outcome.BELIEVED
    raise Broken(f"(4) a failure was passed off as a good night: it lacks {lacks}, {summary.outcomes}")


def tell_what_is_odd(ward: Ward, summary: NightSummary) -> list[str]:
    """The notes of a good night's sweeps, each of which its article's report shows."""
    notes = [
        (outcome.report.topic.slug, note)
        for outcome in summary.outcomes
        for sweep in outcome.report.sweeps
        for note in sweep.notes
    ]
    for slug, note in notes:
        page = unescape(re.sub(r"<[^>]*>", "", ward.reports(slug)[-1].read_text("utf-8")))
        parts = re.split(r"\d{4}-\d\d-\d\d", " ".join(note.split()))  # the page writes days out
        if not all(part in " ".join(page.split()) for part in parts):
            raise Broken(f"(4) the report of {slug} does not say: {note}")
    return [note for _, note in notes]


def tell_the_failure(ward: Ward, summary: NightSummary, day: date, *, digest_says: bool = True) -> None:
    """(4) A failed night is called so in the run, in a sweep or topic or delivery, in the verdict and in the digest."""
    run = next(run for run in ward.store.runs() if run.id == summary.run)
    if run.state is not RunState.INCOMPLETE or run.error != summary.failure:
        raise Broken(f"(4) the run of {day} is called {run.state}: {run.error}")
    failed = ward.rows(f"SELECT kind, error FROM sweep WHERE run = '{summary.run}' AND state = 'failed'")
    delivery = summary.delivery.failure if summary.delivery else None
    if not (failed or summary.failed or summary.unready or delivery):
        raise Broken(f"(4) nothing failed by name: {summary.failure}")
    for outcome in summary.outcomes:
        verdict = outcome.report.verdict
        for sweep in outcome.report.sweeps:
            if not sweep.error or sweep.kind not in {SweepKind.TOPIC, SweepKind.CITATION}:
                continue
            if verdict.status is Status.NO_SIGNAL or not any(sweep.error in say_reason(rule) for rule in verdict.fired):
                raise Broken(f"(4) a failed {sweep.kind}, and the verdict says {verdict.fired}")
    if digest_says and (failed or summary.failed):
        said = "\n".join(
            f"{mail['Subject']}\n{mail_text(mail)}"
            for path, mail in ward.mails().items()
            if path.name.startswith(str(day))
        )
        if not any(each in said for each in SAYS_SO):
            raise Broken(f"(4) the digest of {day} does not say what failed: {said[:400]}")


def repeat_without_change(ward: Ward, *, doubt: bool = False) -> None:
    """(6) A second good night writes no record, opens no change and sends no mail."""
    rows, mails = _kept(ward), sorted(ward.mails())
    again = ward.night(MORNING)
    if not again.ok and not doubt:
        raise Broken(f"(6) the second good night failed: {again.failure}")
    for table, now in _kept(ward).items():
        if now != rows[table]:
            raise Broken(f"(6) the second good night wrote to {table}")
    if sorted(ward.mails()) != mails:
        raise Broken("(6) the second good night sent a mail")


def _kept(ward: Ward) -> dict[str, list[tuple[Any, ...]]]:
    with ward.store.reading():
        return {table: ward.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in KEPT}


def deliver_once(ward: Ward, *, doubt: bool = False) -> None:
    """(3) Every finished run's digest is in the outbox, none waits, and those sent are on disk once."""
    with ward.store.reading():
        entries, runs = ward.store.outbox(), ward.store.runs(100)
    states = {entry.state for entry in entries}
    if states - {MessageState.SENT, *([MessageState.UNKNOWN, MessageState.FAILED] if doubt else [])}:
        raise Broken(f"(3) mails are left over: {states}")
    sent = sorted(e.message.message_id for e in entries if e.state is MessageState.SENT)
    files = sorted(str(mail["Message-ID"]) for mail in ward.mails().values())
    if len(files) != len(set(files)) or (not doubt and files != sent) or set(sent) - set(files):
        raise Broken(f"(3) sent {sent}, on disk {files}")
    for run in runs:
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
        texts[f"decoded {path.name}"] = mail_text(mail).encode()
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
