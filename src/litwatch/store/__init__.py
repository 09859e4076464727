"""The store: one DuckDB file with everything that litwatch has observed, decided, been told and sent.

``Store`` is one class in parts, a module for each: ``store_file`` opens the file and waits for its lock, ``schema``
migrates it, ``nights`` writes a night, ``night_history`` reads what nights learnt, ``search_memory`` keeps what the
next night must remember, ``episodes`` the changes, ``judgements_kept`` the answers to them; the other modules are named
for what they hold. Every method is one transaction and closes the file again. Times are arguments with a time zone; the
store reads no clock.
"""

from __future__ import annotations

from litwatch.decisions.change_life import OpenChange
from litwatch.store.analyst_queries import AnalystQueries, AnalystView, QueryResult, ViewColumn
from litwatch.store.article_changes import ArticleChanges
from litwatch.store.article_lines import ArticleLines, KeptLine, PublishedLine, WrittenPage
from litwatch.store.article_readers import ArticleReaders
from litwatch.store.article_texts import Articles
from litwatch.store.board_decisions import BoardDecisions
from litwatch.store.bulk_progress import BulkCounts, BulkFile, BulkFiles
from litwatch.store.decision_grounds import DecisionGrounds
from litwatch.store.documents import Document, write_down
from litwatch.store.embeddings import Embeddings
from litwatch.store.episode_lives import EpisodeLives
from litwatch.store.episodes import Episodes
from litwatch.store.file_matches import FileMatches
from litwatch.store.judgements_kept import JudgementsKept
from litwatch.store.kept_articles import KeptArticles
from litwatch.store.kept_reports import KeptReports
from litwatch.store.list_looks import ListLooks
from litwatch.store.mesh_headings import MeshHeadings
from litwatch.store.month_events import MonthEvents
from litwatch.store.night_history import NightHistory, Standing
from litwatch.store.nights import Nights, NightSaved
from litwatch.store.other_judgements import OtherJudgements
from litwatch.store.outbox import Outbox
from litwatch.store.people import Forgotten, People
from litwatch.store.records import Fate, FateState, Records, RecordsAdded
from litwatch.store.reference_tries import ReferenceTries
from litwatch.store.related_papers_kept import RelatedPapersKept
from litwatch.store.runs import Run, RunEnd, Runs, RunState
from litwatch.store.search_memory import SearchMemory
from litwatch.store.survivor_looks import SurvivorLooks
from litwatch.store.told_changes import ToldChanges
from litwatch.store.update_notices import CitedWork, UpdateNotices
from litwatch.store.upkeep import CheckReport, Upkeep
from litwatch.store.watch_entries import RetractionWatch, WatchFile, WatchSaved

__all__ = [
    "AnalystView",
    "BulkCounts",
    "BulkFile",
    "CheckReport",
    "CitedWork",
    "Document",
    "Fate",
    "FateState",
    "Forgotten",
    "KeptLine",
    "NightSaved",
    "OpenChange",
    "PublishedLine",
    "QueryResult",
    "RecordsAdded",
    "Run",
    "RunEnd",
    "RunState",
    "Standing",
    "Store",
    "ViewColumn",
    "WatchFile",
    "WatchSaved",
    "WrittenPage",
    "write_down",
]


class Store(
    Nights,
    Articles,
    ArticleChanges,
    NightHistory,
    SearchMemory,
    ReferenceTries,
    RelatedPapersKept,
    Records,
    Episodes,
    EpisodeLives,
    JudgementsKept,
    SurvivorLooks,
    BoardDecisions,
    DecisionGrounds,
    KeptReports,
    RetractionWatch,
    UpdateNotices,
    OtherJudgements,
    Outbox,
    People,
    ListLooks,
    ArticleReaders,
    KeptArticles,
    ArticleLines,
    MonthEvents,
    ToldChanges,
    MeshHeadings,
    Embeddings,
    Runs,
    BulkFiles,
    FileMatches,
    Upkeep,
    AnalystQueries,
):
    """The whole store; see the parts for what each method takes, returns and raises."""
