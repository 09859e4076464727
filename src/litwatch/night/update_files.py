"""A night's pass over NLM's update files, and the PubMed that topics of ``source: bulk`` see afterwards.

    load      the files that wait are brought into the store, once for all topics, and matched with their strategies
    answer    a topic's search is answered from what the files brought, as long as none is missing
    fetch     records that the files keep current come from the store; PubMed is asked for the others

To the rest of the night this is PubMed: the same windows, sweeps and comparisons hold for both ways. A strategy's first
look, look-ups of references and weekly questions are still PubMed's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from litwatch.config.settings import Settings
from litwatch.decisions.file_answer import (
    LONGEST_COMPARED,
    Difference,
    FileLoaded,
    LastAnswer,
    compare_ways,
    explain_overdue,
    has_covered,
    list_matches,
    reach,
    select_found,
    unbroken_run,
)
from litwatch.model.errors import SettingsError, SourceError, SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, Reference
from litwatch.model.search import Fetched, Search, Window
from litwatch.model.text.phrases import count
from litwatch.model.topic import Pin, Topic, TopicSource
from litwatch.night.bulk_load import LoadStep, Watch, is_read_from_files, load_bulk, source_of
from litwatch.night.bulk_sift import Cited, Strategies
from litwatch.sources.protocol import BibliographicDatabase, LinkName, ReferenceAsk, ReferencesMatched
from litwatch.store import BulkFile, FateState, Store
from litwatch.strategy import parse, translate
from litwatch.strategy.plan import holds


@dataclass(frozen=True, slots=True)
class FilePass:
    """What became of reading the update files."""

    run: tuple[FileLoaded, ...]
    """The newest loaded files without a gap, in order."""
    stopped: str | None
    """Why the files do not carry the night; None where they do."""
    troubles: tuple[str, ...] = ()
    """What a person must look at although the files carry the night."""


def read_update_files(
    topics: Sequence[Topic],
    settings: Settings,
    store: Store,
    now: datetime,
    *,
    clock: Callable[[], datetime],
    keep: bool = True,
    on_step: Callable[[str], None] = lambda _: None,
) -> FilePass | None:
    """Load the update files that wait, and match them with the strategies of the topics that they carry.

    None where they carry none of the topics. ``topics`` are all of the installation: a file is matched once, and for
    ever. Unless ``keep`` is true nothing is loaded, and what is there counts. A missing, damaged or overdue file
    is part of the result. Raises SettingsError where the settings name no files, and store errors.
    """
    wanted = [topic for topic in topics if source_of(topic, settings) is not TopicSource.ENTREZ]
    if not wanted:
        return None
    if settings.bulk_files is None:
        raise SettingsError(lacks_update_files(wanted[0].slug))
    carried = [topic for topic in wanted if is_read_from_files(topic, settings, now.date())]
    troubles = [
        f"{topic.slug}: searched in PubMed, because litwatch cannot match its strategy as PubMed does;"
        " `litwatch topics check` names the terms"
        for topic in wanted
        if not is_read_from_files(topic, settings, now.date())
    ]
    stopped = None
    if keep:
        pins = [pin for topic in carried for pin in topic.pins]
        cited = Cited(frozenset(p.pmid for p in pins if p.pmid), frozenset(p.doi for p in pins if p.doi))
        texts = {topic.strategy for topic in carried}
        watch = Watch(cited, Strategies(carried, today=now.date(), followed=texts))
        try:
            done = load_bulk(
                settings,
                settings.bulk_files,
                watch=watch,
                from_newest=True,
                clock=clock,
                on_step=lambda step: on_step(_describe(step)),
            )
        except SourceError as error:
            stopped = str(error)
        else:
            stopped = done.stopped
            troubles += [done.failure] if done.failure and not stopped else []
    run = unbroken_run([_loaded(file, before) for file, before in _with_former(store.bulk_files())])
    return FilePass(run, stopped or explain_overdue(run, now), tuple(troubles))


def lacks_update_files(slug: str) -> str:
    """What is said where an article is to be searched in files that no setting names."""
    return (
        f"{slug} is to be searched in NLM's update files and LITWATCH_BULK_FILES is not set: name the folder or address"
        " of the files (https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/)"
    )


def _describe(step: LoadStep) -> str:
    return f"{step.doing} {step.name}, file {step.place} of {step.files}, {step.done:.0%}"


def _with_former(files: Sequence[BulkFile]) -> Iterable[tuple[BulkFile, BulkFile | None]]:
    """Each file that is loaded to its end, with the one before it, if that is loaded and next to it."""
    former: BulkFile | None = None
    for file in files:
        if file.loaded_at is not None:
            near = former is not None and (former.year, former.number + 1) == (file.year, file.number)
            yield file, former if near else None
            former = file


def _loaded(file: BulkFile, former: BulkFile | None) -> FileLoaded:
    return FileLoaded(file.name, former.name if former else None, file.made_at, file.loaded_at or file.made_at)


def name_search(strategy: str, file_pass: FilePass) -> str:
    """What the search log holds in place of a term that was sent."""
    return f"{strategy} in NLM's update files up to {file_pass.run[-1].name}"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All that the answers to one strategy need, whatever the window."""

    answer: LastAnswer
    candidates: frozenset[Pmid]
    """The last answer, and what the files have brought since."""
    fresh: frozenset[Pmid]
    found: frozenset[Pmid]
    gone: frozenset[Pmid]
    days: Mapping[Pmid, tuple[date, ...]]


@dataclass(slots=True)
class FilesAndPubMed:
    """PubMed to topics that the update files carry: what the files know is not asked for."""

    entrez: BibliographicDatabase
    store: Store
    file_pass: FilePass
    clock: Callable[[], datetime]
    keep: bool = True
    """False on a dry run, which writes nothing."""
    _prepared: dict[str, _Prepared] = field(default_factory=dict)

    def prepare(self, strategies: Collection[str]) -> None:
        """Read what the files say to these strategies, all in a few statements; what was read before is forgotten."""
        run = self.file_pass.run
        with self.store.reading():
            pasts = self.store.strategy_pasts(strategies)
            answers = {text: past.answer for text, past in pasts.items() if past.answer and has_covered(past, run)}
            brought = {text: list_matches(pasts[text], run) for text in answers}
            candidates = {text: answer.pmids | brought[text] for text, answer in answers.items()}
            every = frozenset().union(*candidates.values())
            records, days = self.store.file_records(every), self.store.record_days(every)
            changed = {
                text: frozenset(
                    pmid for pmid in pmids if pmid in records and records[pmid].is_changed_since(answers[text].at)
                )
                for text, pmids in candidates.items()
            }
            kept = self.store.current_records(frozenset().union(*changed.values()))
        gone = frozenset(pmid for pmid, record in records.items() if record.gone)
        self._prepared = {
            text: _Prepared(
                answer=answer,
                candidates=candidates[text],
                fresh=brought[text] - answer.pmids,
                found=candidates[text] - changed[text] | self._find(text, changed[text], kept),
                gone=gone & candidates[text],
                days=days,
            )
            for text, answer in answers.items()
        }

    def _find(self, strategy: str, pmids: Collection[Pmid], records: Mapping[Pmid, Record]) -> frozenset[Pmid]:
        if not pmids:
            return frozenset()
        plan = translate(parse(strategy), today=self.clock().date()).plan
        return frozenset(pmid for pmid in pmids if pmid in records and holds(plan, records[pmid]))

    def search(self, strategy: str, window: Window | None = None) -> Search:
        """As of ``SearchesStrategies``; its window ends where the files do. A strategy that was not matched against
        every file since its last answer is searched in PubMed. Raises SourceUnavailable where the files are stopped.
        """
        ready = self._prepared.get(strategy)
        if ready is None or window is None:
            return self.entrez.search(strategy, window)
        last = reach(self.file_pass.run)
        if self.file_pass.stopped or last is None:
            # Board members read it; the file, its folder and what to do are the operator's (``FilePass.stopped``).
            raise SourceUnavailable(
                "NLM's update files could not be read up to this night; whoever runs litwatch is told why, and nothing"
                " is lost: the files are read as soon as they are there"
            )
        reached = Window(min(window.first, last), min(window.last, last))
        pmids = select_found(
            ready.candidates, ready.fresh, found=ready.found, gone=ready.gone, days=ready.days, window=reached
        )
        return Search(
            term=name_search(strategy, self.file_pass),
            window=reached,
            count=len(pmids),
            pmids=pmids,
            translation=ready.answer.translation,
            warnings=ready.answer.warnings,
            searched_at=self.clock(),
        )

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        """As of ``FetchesRecords``; PubMed is asked only for records that the files do not keep current."""
        wanted = tuple(dict.fromkeys(pmids))
        run = self.file_pass.run
        if self.file_pass.stopped or not run:
            return self.entrez.fetch(wanted, on_progress=on_progress)
        with self.store.reading():
            known = self.store.file_records(wanted)
            deleted = frozenset(pmid for pmid, each in known.items() if each.gone == FateState.DELETED)
            current = [p for p, each in known.items() if not each.gone and each.is_kept_since(run[0].made_at)]
            stored = self.store.current_records(current)
        unknown = [pmid for pmid in wanted if pmid not in stored and pmid not in deleted]
        if not unknown:
            return Fetched(tuple(stored.values()), deleted, ())
        asked = self.entrez.fetch(unknown, on_progress=on_progress)
        if self.keep:
            self.store.note_asked([record.pmid for record in asked.records], self.clock())
        return replace(asked, records=(*stored.values(), *asked.records), missing=deleted | asked.missing)

    def search_identifiers(self, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> tuple[Search, ...]:
        """PubMed's own."""
        return self.entrez.search_identifiers(dois, pmcids)

    def count(self, term: str) -> int:
        """PubMed's own."""
        return self.entrez.count(term)

    def match_references(
        self,
        references: Sequence[Reference],
        pins: Iterable[Pin],
        before: Mapping[int, Match],
        known: Mapping[Pmid, Record],
    ) -> tuple[Match, ...]:
        """PubMed's own."""
        return self.entrez.match_references(references, pins, before, known)

    def match_many(self, asks: Sequence[ReferenceAsk]) -> ReferencesMatched:
        """PubMed's own."""
        return self.entrez.match_many(asks)

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        """PubMed's own."""
        return self.entrez.find(term, limit=limit)

    def link(self, seeds: Iterable[Pmid], name: LinkName) -> dict[Pmid, tuple[tuple[Pmid, int], ...]]:
        """PubMed's own."""
        return self.entrez.link(seeds, name)


def compare_with_search(topics: Collection[Topic], file_pass: FilePass, store: Store) -> tuple[str, ...]:
    """A sentence for each topic for which the night's search and the files differ (``source: both``).

    Only what came since the strategy is matched, and what the files have reached, is compared.
    """
    last = reach(file_pass.run)
    if file_pass.stopped or last is None:
        return ()
    made = {file.name: file.made_at.date() for file in file_pass.run}
    with store.reading():
        pasts = store.strategy_pasts({topic.strategy for topic in topics})
        every = {
            pmid for past in pasts.values() if past.answer for pmid in past.answer.pmids.union(*past.matches.values())
        }
        days = store.record_days(every)
    lines = []
    for topic in topics:
        past = pasts[topic.strategy]
        if past.answer is None or past.files is None or past.files[1] != file_pass.run[-1].name:
            continue
        by_files = frozenset().union(*(past.matches.get(name, ()) for name in made))
        since = max(made.get(past.files[0], last), last - LONGEST_COMPARED)
        found = compare_ways(past.answer.pmids, by_files, days, since=since, last=last)
        if found.only_files:  # what a later file has changed may be found no longer
            kept = store.current_records(found.only_files)
            plan = translate(parse(topic.strategy), today=last).plan
            only = tuple(pmid for pmid in found.only_files if pmid in kept and holds(plan, kept[pmid]))
            found = replace(found, only_files=only)
        if found:
            lines.append(f"{topic.slug}: {_say(found)}")
    return tuple(lines)


def _say(found: Difference) -> str:
    parts = [
        f"{who} finds {count(len(pmids), 'record')} that {other} not: PMID {', '.join(map(str, pmids[:10]))}"
        + (", …" if len(pmids) > 10 else "")
        for who, other, pmids in (
            ("PubMed's search", "the update files do", found.only_pubmed),
            ("litwatch, in the update files,", "PubMed's search does", found.only_files),
        )
        if pmids
    ]
    return "; ".join(parts)
