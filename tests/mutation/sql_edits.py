"""Edits of the store's SQL, each a fault that somebody might make: `make mutation-sql`.

Each is made in a copy of the source, and the tests that hold the place must see it. This exits with 1 where one
survives that has no explanation here, where one is seen that is explained as invisible, and where the text to be
edited is not there any more. `python -m tests.mutation.sql_edits outbox` tries only the edits of files so named.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.forked_tests import SURVIVED, fork, run_tests

PROJECT = Path(__file__).resolve().parents[2]

NIGHTS = ("tests/store/test_store_nights.py",)
RECORDS = ("tests/store/test_store_records.py",)
JUDGED = ("tests/store/test_store_judgements.py",)
OUTBOX = ("tests/store/test_outbox.py",)
TOLD = ("tests/store/test_told_signals.py",)
UPKEEP = ("tests/store/test_upkeep.py",)
EPISODES = ("tests/store/test_episode_turns.py",)
IDENTITY = ("tests/store/test_article_changes.py",)
WITHDRAWN = (
    "tests/night/test_board_decision_nights.py"
    "::test_an_article_to_be_withdrawn_claims_no_review_and_its_missing_file_is_no_loss",
)
RETIRED = ("tests/night/test_doubts.py::test_a_person_retires_an_article_and_coming_back_undoes_it",)
WATCH = ("tests/sources/test_retraction_watch.py",)
CROSSREF = ("tests/night/test_works_outside_pubmed.py",)
MEMORY = ("tests/store/test_search_memory.py",)
VIEWS = ("tests/store/test_analyst_views.py",)
AS_OF = ("tests/reading/test_as_of.py",)


@dataclass(frozen=True)
class Edit:
    """One edit, and the tests that must see it."""

    file: str
    """Below ``src/litwatch/store``."""
    old: str
    """Stands in the file once."""
    new: str
    wrong: str
    """What litwatch would then do."""
    tests: tuple[str, ...]
    """Files, or single tests of those that play whole nights."""
    unseen: str = ""
    """Why no test can see it; empty where one must."""


EDITS = (
    # What is current, and what was known on a day.
    Edit("views.sql", "IN (SELECT (pmid, max(revision)) FROM observation GROUP BY pmid);",
         "IN (SELECT (pmid, min(revision)) FROM observation GROUP BY pmid);", "show each record as it was seen first",
         VIEWS),
    Edit("views.sql", "observed_at < day::DATE + INTERVAL 1 DAY", "observed_at <= day::DATE + INTERVAL 1 DAY",
         "count what came at midnight to the day before", RECORDS),
    Edit("views.sql", "observed_at < day::DATE + INTERVAL 1 DAY", "observed_at < day::DATE",
         "leave a day's own observations out of it", RECORDS),
    Edit("views.sql", "max_by(state, ordinal) AS state", "min_by(state, ordinal) AS state",
         "call a record that came back missing", RECORDS),
    Edit("views.sql", "(SELECT (topic, max(revision)) FROM match_list",
         "(SELECT (topic, min(revision)) FROM match_list", "show the references as they were matched first", NIGHTS),
    Edit("views.sql", "(SELECT (topic, max(revision)) FROM stored_verdict",
         "(SELECT (topic, min(revision)) FROM stored_verdict", "show the first verdict as the present one", NIGHTS),
    Edit("records.py", "SELECT pmid, max_by(doc, revision) FROM observation\nWHERE",
         "SELECT pmid, min_by(doc, revision) FROM observation\nWHERE",
         "compare tonight with a record's first observation", RECORDS),
    Edit("records.py", " ORDER BY pmid, revision\"", " ORDER BY pmid, revision DESC\"",
         "tell a retraction that was taken back as one that stands",
         RECORDS),
    Edit("records.py", "max(ordinal) AS ordinal, max_by(state, ordinal) AS state FROM fate",
         "max(ordinal) AS ordinal, min_by(state, ordinal) AS state FROM fate",
         "not note that a record is gone for the second time", RECORDS),
    Edit("records.py", "coalesce(f.ordinal, 0) + 1, $state", "coalesce(f.ordinal, 1) + 1, $state",
         "number a record's turns from 2", RECORDS),
    Edit("records.py", "bare, doi, pmcid FROM offered WHERE revision = 1",
         "bare, doi, pmcid FROM offered WHERE revision > 1", "not find a new record by its DOI or title", RECORDS),
    # Episodes: what is open, what closes it.
    Edit("views.sql", "SELECT episode, max(seq) AS seq", "SELECT episode, min(seq) AS seq",
         "name the first answer as the last word", JUDGED),
    Edit("views.sql", "arg_max_null(closes, seq) AS closes", "arg_min_null(closes, seq) AS closes",
         "let the first answer stand whatever is said later", JUDGED),
    Edit("views.sql", "FROM judgement_episode WHERE closes IS NOT NULL GROUP BY episode",
         "FROM judgement_episode GROUP BY episode", "open what was closed when the board decides to update", JUDGED),
    Edit("views.sql", "closes IS NOT TRUE OR open_again_on", "closes IS NULL OR open_again_on",
         "close what a member has called relevant", JUDGED),
    Edit("views.sql", "open_again_on <= day::DATE", "open_again_on < day::DATE", "ask a day late for what was put off",
         JUDGED),
    Edit("views.sql", "FROM article_change WHERE forgets GROUP BY topic", "FROM article_change GROUP BY topic",
         "forget all about an article of which an editor said that it is the same", IDENTITY),
    Edit("views.sql", "max_by(judgements, number) AS judgements", "min_by(judgements, number) AS judgements",
         "count a review of the article that the file held before", IDENTITY),
    Edit("episodes.py", "WHERE told_at IS NULL AND id IN", "WHERE id IN",
         "move the moment at which an episode was told first", EPISODES),
    Edit("episodes.py", "WHERE topic = ? AND told_at IS NULL", "WHERE topic = ?",
         "refuse to close what a report has shown", EPISODES),
    Edit("judgements_kept.py", "AND seq > coalesce(judgements, 0) GROUP", "GROUP",
         "count the review of another article under the same name", IDENTITY),
    Edit("judgements_kept.py", "max_by(given_at, seq)::DATE", "min_by(given_at, seq)::DATE",
         "date an article's review by its first one", JUDGED),
    Edit("judgements_kept.py", "AND pmid = $pmid AND detail = $detail", "AND pmid = $pmid",
         "let an answer about one notice close another of the same paper", JUDGED),
    Edit("judgements_kept.py", "{_OF_THE_CHANGE} AND id IN", "id IN",
         "let an answer close an episode of another article", JUDGED),
    Edit("judgements_kept.py", "($kind IS NOT NULL OR began_at <= $seen)", "($kind IS NOT NULL OR began_at >= $seen)",
         "close what began after an old review, and not what it saw",
         ("tests/store/test_changes_as_episodes.py", "tests/store/test_inbox.py")),
    Edit("answers_given.py", "WHERE closes IS NOT NULL AND episode IN", "WHERE episode IN",
         "take a decision to update for an answer to each change", (*JUDGED, *IDENTITY)),
    Edit("episode_lives.py", "AND (kind <> $new OR topic IN", "AND (topic IN",
         "begin each notice anew every night", EPISODES),
    Edit("episode_lives.py", "observation.revision > behind.revision, observed_at",
         "observation.revision >= behind.revision, observed_at", "forget how a paper stood before others saw it",
         EPISODES),
    Edit("episode_lives.py", "WHERE observation.revision >= behind.revision ORDER",
         "WHERE observation.revision > behind.revision ORDER", "not see that a notice was gone in between",
         EPISODES),
    Edit("episode_lives.py", "HAVING max(observation.revision) > sighting.revision",
         "HAVING max(observation.revision) >= sighting.revision", "read more rows than it needs", EPISODES,
         "the result is the same: a paper without a later observation cannot have lapsed; it only costs time"),
    Edit("episode_lives.py", "state = 'returned' AND ordinal > turn", "state = 'returned' AND ordinal < turn",
         "not see that a lost record was served again in between", EPISODES),
    Edit("episode_lives.py", "min_by(noted_at, ordinal) FROM episode JOIN fate",
         "max_by(noted_at, ordinal) FROM episode JOIN fate", "date the end of a gap by the last return", EPISODES),
    Edit("episode_lives.py", "night < (SELECT min(night) FROM sweep", "night <= (SELECT min(night) FROM sweep",
         "not correct a date that a wrong clock gave", EPISODES),
    Edit("episodes.py", "AND number = (SELECT max(number) FROM episode",
         "AND number = (SELECT min(number) FROM episode",
         "offer an answered episode although the fact has begun again", (*JUDGED, "tests/desk/test_desk_work.py")),
    # Nights: what was searched, seen and decided.
    Edit("nights.py", "SELECT coalesce(max(night), 0) FROM sweep", "SELECT 0 FROM sweep",
         "give two nights one number", NIGHTS),
    Edit("nights.py", "FROM sweep WHERE night_hash IN", "FROM sweep WHERE night_hash NOT IN",
         "log the very same night twice", NIGHTS),
    Edit("nights.py", " AND sighting.how = tonight.how\n", "\n",
         "take a paper that the search met for one that was read again", NIGHTS),
    Edit("nights.py", "SELECT pmid, max(revision) AS revision", "SELECT pmid, min(revision) AS revision",
         "tell a change of a record again every night", NIGHTS),
    Edit("nights.py", "SELECT topic, max(revision), max_by(doc, revision) FROM stored_verdict",
         "SELECT topic, max(revision), min_by(doc, revision) FROM stored_verdict",
         "keep no verdict that is like the first", NIGHTS),
    Edit("night_history.py", "JOIN asked USING (topic, strategy) LEFT", "JOIN asked USING (topic) LEFT",
         "take days for covered that only another strategy has searched",
         NIGHTS),
    Edit("night_history.py", "window_first IS NOT NULL AND sweep.night >= coalesce(counted_from.night, 0)",
         "window_first IS NOT NULL", "take for searched what was searched for another article", IDENTITY),
    Edit("night_history.py", "(SELECT (topic, max(night), kind)", "(SELECT (topic, min(night), kind)",
         "report on the first night for ever", NIGHTS),
    Edit("night_history.py", "AND (kind IN ($searched, $cited) OR", "AND ($searched <> $cited OR",
         "go on telling of a feed that nobody follows any more", NIGHTS),
    Edit("night_history.py", "ORDER BY revision DESC LIMIT", "ORDER BY revision LIMIT",
         "tell the first verdict as the present one", NIGHTS),
    Edit("night_history.py", "max_by(status, revision) FROM stored_verdict",
         "min_by(status, revision) FROM stored_verdict", "draw a day by its first verdict", NIGHTS),
    Edit("night_history.py", "FILTER (NOT new)", "FILTER (new)", "count new records as notices",
         NIGHTS),
    Edit("night_history.py", "\" AND kind <> $lost) FROM", "\" AND $lost <> '') FROM",
         "count a new record that PubMed has lost as one to be read", NIGHTS),
    Edit("night_history.py", "count(DISTINCT pmid) FILTER (new", "count(pmid) FILTER (new",
         "count a new record again for each thing that befell it", NIGHTS),
    Edit("night_history.py", "r.night >= surveyed.night", "r.night > surveyed.night",
         "go on asking for a retired article's topic file", RETIRED),
    Edit("night_history.py", "max_by(decision, seq) = $withdraw", "min_by(decision, seq) = $withdraw",
         "watch by an article's first review whether it is withdrawn",
         WITHDRAWN),
    Edit("night_history.py", "max_by(surveyed_at, night) FROM sweep WHERE topic IN",
         "min_by(surveyed_at, night) FROM sweep WHERE topic IN", "date the last night by the first", NIGHTS),
    Edit("night_history.py", "surveyed_at::DATE >= $since", "surveyed_at::DATE > $since",
         "give up a feed's paper a day early", MEMORY),
    # What the next night remembers of the search.
    Edit("search_memory.py", "<> asked.strategy AND kind = $kind AND state = 'complete'",
         "<> asked.strategy AND kind = $kind", "compare with a search that failed", MEMORY),
    Edit("search_memory.py", "WHERE sweep.strategy <> asked.strategy", "WHERE asked.strategy <> ''",
         "compare a strategy with itself as if it had been edited", MEMORY),
    Edit("search_memory.py", "WHERE kind = $kind AND state = 'complete' GROUP BY topic\n)",
         "WHERE kind = $kind GROUP BY topic\n)", "take a failed search's half for all that is to be found",
         MEMORY),
    Edit("search_memory.py", "max(night) FILTER (surveyed_at < moment)", "min(night) FILTER (surveyed_at < moment)",
         "accept what the board saw by the first night", MEMORY),
    Edit("search_memory.py", "    AND pmid NOT IN (SELECT pmid FROM current_fate WHERE state <> 'returned')\n", "",
         "call a search broken because PubMed has deleted papers", MEMORY),
    Edit("search_memory.py", "QUALIFY revision = max(revision)", "QUALIFY revision = min(revision)",
         "expect a record on days that it no longer has", MEMORY),
    Edit("search_memory.py", "AND (ending IS NULL OR ending = $unknown)", "AND $unknown <> ''",
         "wait again for a record that came", MEMORY),
    # Mail.
    Edit("outbox.py", "ORDER BY queued_at, place LIMIT $limit", "ORDER BY queued_at DESC, place LIMIT $limit",
         "send the newest mail first", OUTBOX),
    Edit("outbox.py", "AND state IN ('unknown', 'failed') RETURNING", "RETURNING", "send a mail twice",
         OUTBOX),
    Edit("outbox.py", "message_id = ? AND state IN ('queued', 'failed') RETURNING", "message_id = ? RETURNING",
         "call off a mail that was sent", OUTBOX),
    Edit("outbox.py", "WHERE message_id = ? AND state = 'unknown' RETURNING", "WHERE message_id = ? RETURNING",
         "call a refused mail sent", OUTBOX),
    Edit("outbox.py", "AND scope < ?", "AND scope <= ?", "take tonight's digest for the one before", OUTBOX),
    Edit("outbox.py", "\" WHERE day <> ? AND state NOT IN ('failed', 'cancelled')\"", "\" WHERE day <> ?\"",
         "take an article for told whose mail was refused",
         OUTBOX),
    # Reports, and the second and third source.
    Edit("told_signals.py", "(SELECT unnest(?::VARCHAR[])) AND until_night IS NULL\"",
         "(SELECT unnest(?::VARCHAR[]))\"", "not tell again what was told once and then not", TOLD),
    Edit("watch_entries.py", "\"SELECT doc FROM watch_entry WHERE gone_at IS NULL\"",
         "\"SELECT doc FROM watch_entry WHERE true\"", "warn of a retraction that Retraction Watch has removed",
         (*WATCH, "tests/night/test_further_source.py")),
    Edit("watch_entries.py", "(SELECT digest FROM watch_entry WHERE gone_at IS NULL)",
         "(SELECT digest FROM watch_entry)", "not see that an entry is back",
         (*WATCH, "tests/night/test_further_source.py")),
    Edit("watch_entries.py", "gone_at IS NULL AND noticed <= read_at", "gone_at IS NULL",
         "take a table with one date in the future for new", (*WATCH, "tests/night/test_further_source.py")),
    Edit("update_notices.py", "\"SELECT doc FROM update_notice WHERE gone_at IS NULL\"",
         "\"SELECT doc FROM update_notice WHERE true\"", "warn of what Crossref has taken back", CROSSREF),
    # The board.
    Edit("board_decisions.py", "AND kind NOT IN (SELECT unnest($new::VARCHAR[]))\"", "AND len($new::VARCHAR[]) > 0\"",
         "close a new record because the article does not cite it", IDENTITY),
    Edit("board_decisions.py", "\" AND ended_at IS NOT NULL\"", "\"\"", "close a notice that still stands", IDENTITY,
         "the episodes of a paper that is not cited have all ended by then (`change_life.advance`); the "
         "condition guards against another order of the night"),
    Edit("board_decisions.py", "(SELECT max(seq) FROM judgement_event", "(SELECT min(seq) FROM judgement_event",
         "hold an article to its first review", IDENTITY),
    Edit("article_changes.py", "min_by(noted_at, number)::DATE", "max_by(noted_at, number)::DATE",
         "forget since when an editor is asked", IDENTITY),
    Edit("article_changes.py", "\" WHERE topic = $topic AND state = $asked RETURNING 1\"",
         "\" WHERE topic = $topic AND $asked <> '' RETURNING 1\"", "change an answer of before with each new one",
         IDENTITY),
    # Runs, copies and checks.
    Edit("runs.py", "WHERE id = ? AND state IS NULL", "WHERE id = ?", "write over the reason for which a night ended",
         OUTBOX),
    Edit("upkeep.py", "\"observation\": \"observed_at::DATE <= $day\"",
         "\"observation\": \"observed_at::DATE < $day\"", "leave a day's own observations out of a look back",
         AS_OF),
    Edit("upkeep.py", "CASE WHEN ended_at::DATE <= $day THEN ended_at END", "ended_at",
         "show in a look back what ended later", EPISODES),
    Edit("upkeep.py", "HAVING count(*) <> max(revision) OR min(revision) <> 1", "HAVING min(revision) <> 1",
         "not notice that observations are lost", UPKEEP),
    Edit("analyst_views.sql", "max(revision) AS revision, min(observed_at) AS first_seen",
         "max(revision) AS revision, max(observed_at) AS first_seen", "tell an analyst the last day as the first",
         VIEWS),
)  # fmt: skip


def main(words: list[str]) -> int:
    """The exit status: 0 where every edit is seen, or survives as explained."""
    bad = 0
    with tempfile.TemporaryDirectory(prefix="litwatch-sql-") as folder:
        source = Path(folder) / "src"
        shutil.copytree(PROJECT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        for edit in EDITS:
            if words and not any(word in edit.file for word in words):
                continue
            outcome = try_edit(edit, source)
            bad += outcome not in {"red", "explained"}
            print(f"{outcome:10} {edit.file}: {_one_line(edit.old)} → {_one_line(edit.new)}", flush=True)
            print(f"{'':10} it would {edit.wrong}" + (f"; unseen: {edit.unseen}" if edit.unseen else ""), flush=True)
    print(f"{bad} to look at")
    return 1 if bad else 0


def try_edit(edit: Edit, source: Path) -> str:
    """``red``, ``explained``, or what is wrong with the edit; ``source`` is a copy of the source and stays as it is."""
    path = source / "litwatch" / "store" / edit.file
    text = path.read_text("utf-8")
    if text.count(edit.old) != 1 or not all((PROJECT / test.partition("::")[0]).exists() for test in edit.tests):
        return "NOT FOUND"
    path.write_text(text.replace(edit.old, edit.new), "utf-8")
    try:
        survived = fork(lambda: _run(source, edit.tests)) == SURVIVED
    finally:
        path.write_text(text, "utf-8")
    if edit.unseen:
        return "explained" if survived else "SEEN"
    return "SURVIVED" if survived else "red"


def _run(source: Path, tests: tuple[str, ...]) -> int:
    sys.dont_write_bytecode = True
    os.environ |= {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    sys.path.insert(0, str(source))
    return run_tests(tests)


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
