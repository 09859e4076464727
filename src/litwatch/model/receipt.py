"""A run's receipt: what it did, in numbers, how long it took, and with which versions; every end of a night has one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from litwatch.model.sweep import Sweep, SweepKind, SweepState


@dataclass(frozen=True, slots=True)
class Looks:
    """What the looks of one run brought, counted over all articles: a paper of two articles counts twice in ``found``
    and ``fetched``.
    """

    found: int = 0
    """Papers that the topics' searches announced."""
    fetched: int = 0
    """Records that came for any look, without those that were in hand already."""
    missing: int = 0
    """Different PMIDs that were asked for and did not come, or came unreadable."""
    truncations: int = 0
    """Looks that got fewer records than were announced to them; each is a failure of its own."""
    split: int = 0
    """Searches of more records than PubMed gives at once (9,999), which were therefore made in parts."""
    warnings: int = 0
    """Warnings that PubMed gave about the searches."""


def count_looks(sweeps: Iterable[Sweep]) -> Looks:
    """The figures of many looks. Linear in their number."""
    found = fetched = truncations = split = warnings = 0
    missing: set[int] = set()
    for sweep in sweeps:
        found += sweep.found if sweep.kind is SweepKind.TOPIC else 0
        fetched += max(0, sweep.delivered - sweep.known)
        missing.update(sweep.missing, (pmid for pmid, _ in sweep.unreadable))
        truncations += sweep.state is SweepState.FAILED and sweep.delivered < sweep.found
        split += sum(bool(search.parts) for search in sweep.searches)
        warnings += sum(len(search.warnings) for search in sweep.searches)
    return Looks(found, fetched, len(missing), truncations, split, warnings)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is not the night's own: the clock, the disk and the programs."""

    started_at: datetime
    ended_at: datetime
    store_bytes: int
    """Of the store's file and of what has not been written into it yet (``.wal``)."""
    versions: Mapping[str, str]
    """Of ``litwatch``, ``python``, ``duckdb``, and of ``prefect`` if it runs the night."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How one run ended and what it did. A run that ended before its work was done has the reason and no counts."""

    run: str | None
    """Its id in the store; None where the store could not be told."""
    kind: str
    """``nightly``, ``check`` or ``digest``."""
    state: str
    """``succeeded``, ``incomplete`` or ``failed``."""
    measured: Measured
    reason: str | None = None
    """What failed, in sentences, without secrets; None where everything worked."""
    as_of: date | None = None
    surveyed: int = 0
    """Articles with a verdict of this run."""
    failed: int = 0
    """Articles that could not be read, or of which a look did not complete."""
    looks: Looks = field(default_factory=Looks)
    new_records: int = 0
    """Different records that some article met for the first time."""
    changed_records: int = 0
    opened_changes: int = 0
    mails_queued: int = 0
    mails_sent: int = 0
    mails_waiting: int = 0
    canary: str | None = None
    """``found``, ``failed``, or None where none was looked for."""
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What failed, by kind, so that a later look can tell whether it was mended: ``articles`` with their slugs,
    ``files``, ``mails``, ``readers``, ``doubts``, ``update_files``, ``canary``."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing failed."""
        return self.state == "succeeded"

    @property
    def alarm(self) -> str:
        """What a watcher outside may know of a run that was not whole: its state, and how many of which kind failed.

        The reason may hold members' addresses and the names of articles, and is no outsider's business.
        """
        kinds = ", ".join(f"{kind} {len(names)}" if names else kind for kind, names in self.faults.items())
        return f"{self.state}{f': {kinds}' if kinds else ''}; `litwatch store runs` tells why"

    @property
    def seconds(self) -> float:
        """How long the run took, 0 or more, to a tenth."""
        return round(max(0.0, (self.measured.ended_at - self.measured.started_at).total_seconds()), 1)

    def figures(self) -> dict[str, int | float]:
        """Every number by its name, for the store, the log and the monitoring."""
        return {
            "surveyed": self.surveyed,
            "failed": self.failed,
            **asdict(self.looks),
            "new_records": self.new_records,
            "changed_records": self.changed_records,
            "opened_changes": self.opened_changes,
            "mails_queued": self.mails_queued,
            "mails_sent": self.mails_sent,
            "mails_waiting": self.mails_waiting,
            "seconds": self.seconds,
            "store_bytes": self.measured.store_bytes,
        }

    def as_row(self) -> dict[str, object]:
        """For the run's row in the store, which has the run's id, times, state and reason besides.

        Of a run that ended early only what was measured: it counted nothing, which is not the same as zero.
        """
        measured = {"seconds": self.seconds, "store_bytes": self.measured.store_bytes, **self.measured.versions}
        if self.state == "failed":
            return measured
        counted = self.figures() | ({"canary": self.canary} if self.canary else {})
        faults = {"faults": {kind: list(names) for kind, names in self.faults.items()}} if self.faults else {}
        day = {"as_of": self.as_of.isoformat()} if self.as_of else {}
        return {**day, **counted, **self.measured.versions, **faults}

    def as_line(self) -> dict[str, object]:
        """For the log: the row with what stands beside it there."""
        return {
            "run": self.run,
            "kind": self.kind,
            "state": self.state,
            "started_at": self.measured.started_at.isoformat(),
            "ended_at": self.measured.ended_at.isoformat(),
            **self.as_row(),
            **({"reason": self.reason} if self.reason else {}),
        }
