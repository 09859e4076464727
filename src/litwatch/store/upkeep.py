"""Looking after the store: a snapshot for readers, an export, a smaller file, a check of everything kept.

Only these touch another file than the store's own. Each writes beside its target and then renames, so that a
reader finds the old file or the new one, never half of one.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from litwatch.config.whole_file import draft_of, put_in_place
from litwatch.model.errors import OutputFailed, StoreBusy
from litwatch.model.judgement_chain import ChainReport
from litwatch.store import schema
from litwatch.store.attached_store import AttachedStore
from litwatch.store.duckdb_engine import quoted
from litwatch.store.judgements_kept import read_chain
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check of the whole store found."""

    chain: ChainReport
    problems: tuple[str, ...]
    """One sentence each, those of the chain included; empty where all is well."""


class Upkeep(AttachedStore):
    """The part of the store that copies, shrinks and checks it."""

    def snapshot(self, target: Path) -> None:
        """Publish a copy of the store, whole or not at all, for readers that must never wait.

        It is a store itself: ``Store(target)`` reads it. Raises OutputFailed where it cannot be written.
        """
        self._require_file()
        target = Path(target).resolve()
        if target == self.path:
            raise OutputFailed(f"{target} is the store itself: name another file for the snapshot.")
        with draft_of(target) as draft, ExitStack() as last:
            with self._opened(read_only=False) as con:
                self._check_version(con)
                self._copy_to(draft, con, last)
            with self._locked(time.monotonic() + self.wait_seconds, shared=False, path=target):
                target.with_name(target.name + ".wal").unlink(missing_ok=True)
                put_in_place(draft, target)

    def export(self, folder: Path) -> dict[str, int]:
        """Write the analysts' views as ``<view>.parquet`` and every table as ``tables/<table>.parquet``; rows of each.

        The folder is new. The outbox with its addresses is among the tables. Raises OutputFailed where the folder
        exists or cannot be written.
        """
        self._require_file()
        folder = Path(folder).resolve()
        if folder.exists():
            raise OutputFailed(f"{folder} exists already: name a new folder for the export.")
        counts = {}
        with draft_of(folder) as draft, self._attached(shared=True) as con:
            (draft / "tables").mkdir(parents=True)
            con.execute("USE store")  # the views name their tables without the database
            tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' ORDER BY 1")
            files = [(table, f"tables/{table}") for (table,) in tables.fetchall()]
            files += [(view, view) for view in schema.analyst_views(con)]
            for name, file in files:
                target = quoted(draft / f"{file}.parquet")
                written = con.execute(f'COPY (FROM "{name}") TO {target} (FORMAT parquet)').fetchone()
                counts[file] = int(written[0]) if written else 0
            put_in_place(draft, folder)
        return counts

    def copy_as_known_on(self, day: date, target: Path) -> None:
        """Write a new store with what this one knew at the end of a day (UTC): every method of it answers as of then.

        Runs, mails and bulk files are left out. Raises OutputFailed where the target exists or cannot be written.
        """
        self._require_file()
        target = Path(target).resolve()
        if target.exists():
            raise OutputFailed(f"{target} exists already: name a new file for the copy.")
        StoreFile(target, wait_seconds=self.wait_seconds).migrate()
        with self._attached(shared=True) as con:
            con.execute(f"ATTACH {quoted(target)} AS past")
            for table, known in _KNOWN_ON.items():
                columns = _AS_OF.get(table, "*")
                copied = f"INSERT INTO past.{table} SELECT {columns} FROM store.{table} WHERE {known}"  # noqa: S608 - no outside text
                con.execute(copied, {"day": day})
            con.execute("DETACH past")

    def vacuum(self, *, dry_run: bool = False) -> tuple[int, int]:
        """Rewrite the file without the room that replaced rows left; its size in bytes before and after.

        A dry run writes the new file to learn its size, and throws it away.
        """
        self._require_file()
        with self._opened(read_only=False) as con:
            self._check_version(con)
            con.execute("FORCE CHECKPOINT")
        before = self.path.stat().st_size
        with draft_of(self.path) as draft, self._attached(shared=False) as con:
            if self.path.with_name(self.path.name + ".wal").exists():
                raise StoreBusy(f"A process that wrote to {self.path} was interrupted: run vacuum again.")
            con.execute(f"ATTACH {quoted(draft)} AS draft")
            con.execute("COPY FROM DATABASE store TO draft")
            con.execute("DETACH draft")
            after = draft.stat().st_size
            if not dry_run:
                put_in_place(draft, self.path)
        return before, after

    def check(self) -> CheckReport:
        """Check the judgements' chain, the hash of every record and that rows which belong together are all there."""
        with self._reading() as con:
            chain = read_chain(con)
            problems = [*chain.problems]
            for sql, sentence in _CHECKS:
                rows = con.execute(sql).fetchall()
                if rows:
                    shown = ", ".join(str(row[0]) for row in rows[:5]) + (", …" if len(rows) > 5 else "")
                    problems.append(f"{sentence}: {shown} ({len(rows)}).")
            applied = dict(con.execute("SELECT name, digest FROM ledger").fetchall())
        problems += [
            f"Migration {step.name} was applied to this store with a text that differs from this version's."
            for step in schema.released_migrations()
            if applied.get(step.name) != step.digest
        ]
        return CheckReport(chain, tuple(problems))


_OF_ITS_TEXT = "(topic, revision) IN (SELECT (topic, revision) FROM store.article_text WHERE noted_at::DATE <= $day)"

_KNOWN_ON = {
    "observation": "observed_at::DATE <= $day",
    "fate": "noted_at::DATE <= $day",
    "sweep": "surveyed_at::DATE <= $day",
    "search": "night IN (SELECT night FROM store.sweep WHERE surveyed_at::DATE <= $day)",
    "sighting": "first_seen::DATE <= $day",
    "episode": "coalesce(dated_at, began_at)::DATE <= $day",
    "stored_judgement": "(doc->>'$.at')::TIMESTAMP::DATE <= $day",
    "judgement_code": "seq IN (SELECT seq FROM store.stored_judgement WHERE (doc->>'$.at')::TIMESTAMP::DATE <= $day)",
    "judgement_episode": "seq IN (SELECT seq FROM store.stored_judgement WHERE (doc->>'$.at')::TIMESTAMP::DATE <= $day)"
    " AND episode IN (SELECT id FROM store.episode WHERE coalesce(dated_at, began_at)::DATE <= $day)",
    "decision_text": "seq IN (SELECT seq FROM store.stored_judgement WHERE (doc->>'$.at')::TIMESTAMP::DATE <= $day)",
    "person": "EXISTS (SELECT 1 FROM store.stored_judgement WHERE (doc->>'$.at')::TIMESTAMP::DATE <= $day"
    " AND contains(doc::VARCHAR, id))",
    "match_list": "matched_at::DATE <= $day",
    "stored_verdict": "decided_on <= $day",
    "told_signal": "first_night IN (SELECT night FROM store.sweep WHERE surveyed_at::DATE <= $day)",
    "article_text": "noted_at::DATE <= $day",
    "article_change": "noted_at::DATE <= $day",
    "article_sentence": _OF_ITS_TEXT,
    "article_reference": _OF_ITS_TEXT,
    "outstanding": "since::DATE <= $day",
    "record_key": "pmid IN (SELECT pmid FROM store.observation WHERE observed_at::DATE <= $day)",
    "citation": "(pmid, revision) IN (SELECT (pmid, revision) FROM store.observation WHERE observed_at::DATE <= $day)",
    "beside": "noted_at::DATE <= $day",
    "cited_work": "noted_at::DATE <= $day",
    "update_look": "first_asked::DATE <= $day",
    "update_notice": "first_seen::DATE <= $day",
    "watch_entry": "first_seen::DATE <= $day",
    "watch_file": "EXISTS (SELECT 1 FROM store.watch_entry WHERE first_seen::DATE <= $day)",
}
"""Which rows of each table were there at the end of a day."""

_AS_OF = {
    "episode": "* REPLACE (CASE WHEN ended_at::DATE <= $day THEN ended_at END AS ended_at,"
    " CASE WHEN told_at::DATE <= $day THEN told_at END AS told_at)",
    # What a decision to update named was closed when the changed text had left the paper out, on the day of its end.
    "judgement_episode": "* REPLACE (CASE WHEN seq NOT IN (SELECT seq FROM store.decision_text) OR episode IN"
    " (SELECT id FROM store.episode WHERE ended_at::DATE <= $day) THEN closes END AS closes)",
    "article_change": "* REPLACE (CASE WHEN ANSWERED THEN state ELSE 'asked' END AS state,"
    " forgets OR NOT ANSWERED AS forgets, CASE WHEN ANSWERED THEN judged_by END AS judged_by)".replace(
        "ANSWERED",
        "coalesce(judged_by, 0) IN (SELECT seq FROM store.stored_judgement"
        " WHERE (doc->>'$.at')::TIMESTAMP::DATE <= $day)",
    ),
    "told_signal": "* REPLACE (CASE WHEN until_night IN"
    " (SELECT night FROM store.sweep WHERE surveyed_at::DATE <= $day) THEN until_night END AS until_night)",
    "update_look": "* REPLACE (least(asked_at, $day::TIMESTAMP + INTERVAL 1 DAY) AS asked_at)",
    "update_notice": "* REPLACE (CASE WHEN gone_at::DATE <= $day THEN gone_at END AS gone_at)",
    "watch_entry": "* REPLACE (CASE WHEN gone_at::DATE <= $day THEN gone_at END AS gone_at)",
    "watch_file": "* REPLACE (least(loaded_at, $day::TIMESTAMP + INTERVAL 1 DAY) AS loaded_at,"
    " least(read_at, $day::TIMESTAMP + INTERVAL 1 DAY) AS read_at)",
}
"""The columns of those tables whose rows are altered in place, as they were; how the file was read then is not kept."""

_CHECKS = (
    (
        "SELECT pmid FROM observation WHERE sha256(doc::VARCHAR) <> content_hash ORDER BY 1",
        "Records that were altered after they were observed, by PMID",
    ),
    (
        "SELECT pmid FROM observation WHERE version IS DISTINCT FROM (doc->>'$.version')::INTEGER"
        " OR [entered, created, mesh_dated, revised] IS DISTINCT FROM"
        " (doc->>['$.entered', '$.created', '$.mesh_dated', '$.revised'])::DATE[] ORDER BY 1",
        "Records whose days or version are not those of their document, by PMID",
    ),
    (
        "SELECT pmid FROM observation GROUP BY pmid HAVING count(*) <> max(revision) OR min(revision) <> 1 ORDER BY 1",
        "Records whose observations are not all there, by PMID",
    ),
    (
        "SELECT DISTINCT night FROM search ANTI JOIN (SELECT night, ordinal AS sweep FROM sweep) USING (night, sweep)",
        "Searches without their sweep, by night",
    ),
    (
        "SELECT DISTINCT night FROM sweep ANTI JOIN (SELECT night, sweep AS ordinal FROM search) USING (night, ordinal)"
        " WHERE state = 'complete' AND window_first IS NOT NULL ORDER BY 1",
        "Complete sweeps without their search, by night",
    ),
    (
        "SELECT DISTINCT pmid FROM observation ANTI JOIN record_key USING (pmid)"
        " WHERE doc->>'$.doi' IS NOT NULL ORDER BY 1",
        "Records that cannot be found by their DOI, by PMID",
    ),
    (
        "SELECT pmid FROM current_record LEFT JOIN (SELECT pmid, sum(CASE WHEN listed THEN 1 ELSE -1 END) AS noted"
        " FROM citation GROUP BY pmid) USING (pmid) WHERE coalesce(noted, 0)"
        " <> coalesce(len(list_distinct(from_json(doc->'$.cites', '[\"INTEGER\"]'))), 0) ORDER BY 1",
        "Records of which the papers that they cite are not noted, by PMID",
    ),
    (
        "SELECT DISTINCT pmid FROM sighting ANTI JOIN observation USING (pmid, revision)"
        " WHERE revision IS NOT NULL ORDER BY 1",
        "Sightings of an observation that is not there, by PMID",
    ),
    (
        "SELECT DISTINCT pmid FROM episode ANTI JOIN observation USING (pmid) WHERE kind <> 'not_served' ORDER BY 1",
        "Changes about a record that was never observed, by PMID",
    ),
    (
        "SELECT DISTINCT seq FROM judgement_episode AS about ANTI JOIN episode ON episode.id = about.episode"
        " ORDER BY 1",
        "Judgements about an episode that is not there, by number",
    ),
    (
        "SELECT seq FROM stored_judgement LEFT JOIN judgement_code AS code USING (seq)"
        " WHERE coalesce(code.decision, doc->>'$.decision') <> code_of_phrase(doc->>'$.decision')"
        " OR coalesce(code.kind, doc->>'$.change.kind') <> code_of_phrase(doc->>'$.change.kind')"
        " OR coalesce(code.detail, doc->>'$.change.detail')"
        " <> code_of_detail(doc->>'$.change.kind', doc->>'$.change.detail') ORDER BY 1",
        "Judgements whose codes are not those of their text, by number",
    ),
    (
        "SELECT DISTINCT pmid FROM episode GROUP BY topic, kind, pmid, detail"
        " HAVING count(*) <> max(number) OR min(number) <> 1 ORDER BY 1",
        "Changes whose episodes are not all there, by PMID",
    ),
)
