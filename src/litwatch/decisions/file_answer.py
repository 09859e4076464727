"""What NLM's update files say to a strategy that is matched here, in place of a search of PubMed.

The first look is a search of PubMed. From then on every file is matched against the strategy, and the answer is the
last one with what the files have brought and without what they have changed or deleted. That holds only as long as no
file is missing: a strategy that was not matched against each one asks PubMed again. How far the files reach, and when
they are overdue, is said here, too. NLM makes an update file every day ("Download PubMed Data", nlm.nih.gov).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from litwatch.model.identifiers import Pmid
from litwatch.model.search import Window

OVERDUE = timedelta(days=3)
"""How old the newest update file may be: NLM makes one a day, and three days are a long week-end without any."""
LONGEST_COMPARED = timedelta(days=60)
"""Older records are not compared: a search looks back 100 days (``search_window.LOOK_BACK``) and no further."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FileLoaded:
    """One bulk file that is loaded to its end."""

    name: str
    follows: str | None
    """The file before it, if that is loaded, too."""
    made_at: datetime
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The last complete search with a strategy, or the answer that was made of files then."""

    pmids: frozenset[Pmid]
    translation: str
    """How PubMed understood the strategy when it was last asked."""
    warnings: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class StrategyPast:
    """What is known of a strategy."""

    files: tuple[str, str] | None
    """The first and the last of the unbroken run of files that it was matched against."""
    answer: LastAnswer | None
    matches: Mapping[str, frozenset[Pmid]]
    """What it found, by file."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """How a record that the store has was last observed."""

    source: str
    observed_at: datetime
    asked_at: datetime | None
    """When PubMed itself served it last for a topic that the files carry."""
    gone: str | None
    """``deleted`` or ``missing``; None where PubMed has it."""

    def is_changed_since(self, moment: datetime) -> bool:
        """Whether a bulk file has brought it in another form since then."""
        return self.source.startswith("bulk ") and self.observed_at > moment

    def is_kept_since(self, since: datetime) -> bool:
        """Whether it is as PubMed has it, given that every file made after ``since`` is loaded."""
        return max(self.observed_at, self.asked_at or self.observed_at) >= since


def unbroken_run(files: Sequence[FileLoaded]) -> tuple[FileLoaded, ...]:
    """The newest files that follow each other without a gap, in order; ``files`` are in the order of loading."""
    run: list[FileLoaded] = []
    for file in reversed(files):
        if run and run[-1].follows != file.name:
            break
        run.append(file)
    return tuple(reversed(run))


def reach(files: Sequence[FileLoaded]) -> date | None:
    """The last day that the files cover whole: the day before the newest was made."""
    return files[-1].made_at.date() - ONE_DAY if files else None


def explain_overdue(files: Sequence[FileLoaded], now: datetime) -> str | None:
    """What to do where the newest file is older than ``OVERDUE``; None where it is not."""
    if not files:
        return "no update file is loaded yet"
    if now - files[-1].made_at <= OVERDUE:
        return None
    return (
        f"the newest update file, {files[-1].name}, was made on {files[-1].made_at.date().isoformat()}, and NLM makes"
        " one every day: see whether your copy of the folder is still brought up to date"
    )


def has_covered(past: StrategyPast, run: Sequence[FileLoaded]) -> bool:
    """Whether the strategy was matched against every file since its last answer, up to the newest of the ``run``."""
    if past.files is None or past.answer is None or not run or past.files[1] != run[-1].name:
        return False
    names = [file.name for file in run]
    if past.files[0] not in names:
        return False
    place = names.index(past.files[0])
    # What the answer rests on must be younger than all that lies before the first file that was matched.
    return past.answer.at >= run[max(place - 1, 0)].made_at


def list_matches(past: StrategyPast, run: Sequence[FileLoaded]) -> frozenset[Pmid]:
    """What the files that were loaded since the last answer brought for the strategy."""
    since = past.answer.at if past.answer else None
    late = [file.name for file in run if since is None or file.loaded_at > since]
    return frozenset(pmid for name in late for pmid in past.matches.get(name, ()))


def select_found(
    candidates: Collection[Pmid],
    fresh: Collection[Pmid],
    *,
    found: Collection[Pmid],
    gone: Collection[Pmid],
    days: Mapping[Pmid, Sequence[date]],
    window: Window,
) -> tuple[Pmid, ...]:
    """The answer: of the last answer and what came since (``candidates``) what the strategy finds (``found``).

    What is ``gone`` is left out, and what has no day in the ``window``, as in a search of PubMed. What is
    ``fresh`` from a file is told whatever its days are: it is new by the order of files.
    """
    kept = [
        pmid
        for pmid in candidates
        if pmid in found
        and pmid not in gone
        and (pmid in fresh or pmid not in days or any(window.first <= day <= window.last for day in days[pmid]))
    ]
    return tuple(sorted(kept, reverse=True))


@dataclass(frozen=True, slots=True)
class Difference:
    """What PubMed's search and the files find otherwise for one topic (``source: both``)."""

    only_pubmed: tuple[Pmid, ...]
    only_files: tuple[Pmid, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.only_pubmed or self.only_files)


def compare_ways(
    by_search: Collection[Pmid],
    by_files: Collection[Pmid],
    days: Mapping[Pmid, Sequence[date]],
    *,
    since: date,
    last: date,
) -> Difference:
    """What differs among records that came after ``since`` and that the files have reached.

    ``by_files`` is what the files found since then. PubMed is days ahead of the files, so a record with a day after
    ``last`` says nothing yet, nor does one whose ``days`` are not known because the store lacks it.
    """

    def is_settled(pmid: Pmid) -> bool:
        return pmid in days and min(days[pmid], default=since) > since and max(days[pmid], default=last) <= last

    only_pubmed = tuple(sorted(pmid for pmid in set(by_search) - set(by_files) if is_settled(pmid)))
    only_files = tuple(sorted(pmid for pmid in set(by_files) - set(by_search) if is_settled(pmid)))
    return Difference(only_pubmed, only_files)
