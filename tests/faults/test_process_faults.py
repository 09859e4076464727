"""Nights that are killed, crowded, starved of disk or skipped, as real processes on real files."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from litwatch.model.message import MessageState
from litwatch.standin import Corpus
from litwatch.standin.journal import Journal
from litwatch.standin.web import Request
from litwatch.store import RunState
from tests.faults.conftest import Note
from tests.faults.contract import KEPT, deliver_once, prove_recovery, see_everything
from tests.faults.night_process import GOOD, INCOMPLETE, REFUSED, Nursery
from tests.faults.reference import Broken, Reference, look
from tests.faults.ward import MORNING, NIGHT, Ward, open_ward
from tests.store.store_scenes import another_process

SEED = 20260311
POINTS, PARTS = 200, 8
"""So many moments of a night, in so many tests, which run side by side."""


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    opened = Nursery(tmp_path_factory.mktemp("nursery") / "log")
    yield opened
    opened.close()


@pytest.fixture
def recover(reference: Reference, heard: Callable[[], str]) -> Callable[..., None]:
    def run(ward: Ward, *days: date, doubt: bool = False) -> None:
        prove_recovery(ward, reference, days, heard=heard, doubt=doubt)

    return run


@pytest.mark.parametrize("part", range(PARTS))
def test_a_night_killed_at_any_moment_leaves_nothing_behind(  # noqa: PLR0917
    part: int, nursery: Nursery, records: Corpus, reference: Reference, tmp_path: Path, note: Note,
    heard: Callable[[], str],
) -> None:  # fmt: skip
    """SIGKILL at seeded moments spread over a night; then good nights end where those of the reference ended."""
    chance = random.Random(SEED + part)
    moments = [(point + chance.random()) / POINTS for point in range(part, POINTS, PARTS)]
    killed = unknown = 0
    whole = 0.0
    for moment in (None, *moments):
        folder = tmp_path / str(moment)
        with open_ward(folder, corpus=records, copy_of=reference.folder, rate_with_key=None, rate=None) as ward:
            ward.pubmed.today = NIGHT
            kill_after = None if moment is None else whole * moment
            elapsed, (status,) = nursery.run(folder, ward.pubmed.base, (NIGHT, "nightly"), kill_after=kill_after)
            if moment is None:
                assert status == GOOD
                whole = elapsed
            killed += status == -9
            run = ward.store.runs(1)[0]
            if status == -9 and run.started_at.date() == NIGHT and run.finished_at is None:
                assert run.state is RunState.INTERRUPTED
            ward.pubmed.journal.clear()
            prove_recovery(ward, reference, [MORNING], heard=heard, doubt=True)
            unknown += bool(ward.store.outbox([MessageState.UNKNOWN]))
        shutil.rmtree(folder)
    assert killed >= len(moments) // 2
    told = f"{killed} of {len(moments)} killed, {unknown} left a mail of unknown fate, marked as such"
    note("kill -9", f"{POINTS} seeded moments of a night, part {part + 1} of {PARTS}", "survived", told)


class Trap(Journal):
    """The stand-in's journal, which kills the process that asks at its nth entry, before the answer goes out."""

    def __init__(self, nth: int) -> None:
        super().__init__()
        self.nth = nth

    def add(self, request: Request, **rest: Any) -> None:
        super().add(request, **rest)
        if len(self) == self.nth:
            for process in Path("/proc").iterdir():
                if process.name.isdigit() and _is_the_night(process):
                    os.kill(int(process.name), 9)


def _is_the_night(process: Path) -> bool:
    """A grandchild of this test: the child that the nursery forked."""
    try:
        parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
        grandparent = Path("/proc", parent, "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:
        return False
    return int(grandparent) == os.getpid() and b"tests.faults.night_process" in (process / "cmdline").read_bytes()


@pytest.mark.parametrize(("nth", "where"), [(1, "during the search"), (2, "during the fetch, before any commit")])
def test_a_night_killed_while_it_waits_for_pubmed_loses_nothing(  # noqa: PLR0917
    nth: int, where: str, ward: Ward, nursery: Nursery, recover: Callable[..., None], note: Note
) -> None:
    before = look(ward)
    ward.pubmed.today = NIGHT
    ward.pubmed.journal = Trap(nth)
    _, (status,) = nursery.run(ward.folder, ward.pubmed.base, (NIGHT, "nightly"))
    assert status == -9
    assert look(ward) == before
    assert ward.store.runs(1)[0].state is RunState.INTERRUPTED
    ward.pubmed.journal = Journal()
    recover(ward, MORNING)
    note("kill -9", where, "survived", "the run is called interrupted")


@pytest.mark.parametrize(
    "crowd", [["nightly"] * 2, ["nightly", "check", "check", "check"]], ids=["two nights", "a night and three checks"]
)
def test_runs_at_once_end_as_one_after_the_other(  # noqa: PLR0917
    crowd: list[str], ward: Ward, nursery: Nursery, reference: Reference, recover: Callable[..., None], note: Note
) -> None:
    ward.pubmed.today = NIGHT
    ward.pubmed.pace = type(ward.pubmed.pace)(None, None)
    _, statuses = nursery.run(ward.folder, ward.pubmed.base, *((NIGHT, kind) for kind in crowd))
    assert statuses == [GOOD] * len(crowd), nursery.log.read_text()
    see_everything(look(ward), reference.after[NIGHT])
    assert look(ward) == reference.after[NIGHT]
    digests = [e for e in ward.store.outbox() if e.message.scope == f"digest {NIGHT}"]
    assert len(digests) == 1
    deliver_once(ward)
    ward.pubmed.journal.clear()
    recover(ward, MORNING)
    note(f"{len(crowd)} runs at once", ", ".join(crowd), "survived", "one digest, the same records and changes")


@pytest.mark.parametrize("size", [1, 3], ids=["one megabyte left", "three megabytes left"])
def test_a_full_disk_is_told_and_nothing_is_half_written(  # noqa: PLR0917
    size: int,
    ward: Ward,
    nursery: Nursery,
    reference: Reference,
    recover: Callable[..., None],
    note: Note,
    tmp_path: Path,
) -> None:
    """The store on a small file system of its own that is filled to the brim; then space is made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    store = ward.folder / "var"
    taken = sum(path.stat().st_size for path in store.iterdir())
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={taken + 8_000_000}", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        shutil.copytree(store, disk / "var")
        shutil.rmtree(store)
        store.symlink_to(disk / "var")
        filler = disk / "filler"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write_bytes(b"x" * max(0, free - (size - 1) * 100_000))
        before = look(ward)
        ward.pubmed.today = NIGHT
        ward.pubmed.pace = type(ward.pubmed.pace)(None, None)
        _, (status,) = nursery.run(ward.folder, ward.pubmed.base, (NIGHT, "nightly"))
        said = nursery.log.read_text()
        filler.unlink()
        assert status in {REFUSED, INCOMPLETE, GOOD}, said
        if status != GOOD:
            assert "disk is full" in said or "No space left" in said, said
        assert look(ward) in (before, reference.after[NIGHT])
        ward.pubmed.journal.clear()
        recover(ward, MORNING, doubt=True)
        shutil.copytree(disk / "var", ward.folder / "back")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
    note(
        "disk full", "store", "failed loudly" if status else "survived", said.strip().splitlines()[-1] if status else ""
    )


def test_nights_that_were_missed_are_caught_up(ward: Ward, recover: Callable[..., None], note: Note) -> None:
    """NIGHT never came; so does the window of MORNING reach back."""
    recover(ward, MORNING)
    note("missed nights", "scheduler", "survived", "the next window begins before the last watermark")


def test_three_missed_nights_are_caught_up(new_ward: Ward, reference: Reference, note: Note) -> None:
    assert new_ward.night(MORNING - timedelta(days=4)).ok
    assert new_ward.night(MORNING).ok
    see_everything(look(new_ward), reference.after[MORNING])
    note("missed nights", "scheduler, three in a row", "survived", "the next window begins before the last watermark")


def test_a_night_killed_after_its_commit_and_before_the_checkpoint_keeps_what_it_committed(
    ward: Ward, recover: Callable[..., None], note: Note
) -> None:
    path = ward.settings().store
    with another_process("commit_and_die", path) as process:
        process.wait()
    assert path.with_name(path.name + ".wal").stat().st_size > 0
    recover(ward, NIGHT, MORNING)
    note("kill -9", "after the commit, before the checkpoint", "survived", "the write-ahead log is read")


@pytest.mark.parametrize("room", [0, 40_000], ids=["none", "a little"])
def test_a_file_that_may_not_grow_is_told_as_a_full_disk(  # noqa: PLR0917
    room: int, ward: Ward, nursery: Nursery, reference: Reference, recover: Callable[..., None], note: Note
) -> None:
    """RLIMIT_FSIZE stands for a quota, which needs no file system of its own."""
    before = look(ward)
    ward.pubmed.today = NIGHT
    ward.pubmed.pace = type(ward.pubmed.pace)(None, None)
    limit = ward.settings().store.stat().st_size + room
    _, (status,) = nursery.run(ward.folder, ward.pubmed.base, (NIGHT, "nightly"), limit=limit)
    said = nursery.log.read_text()
    if status != GOOD:
        assert "disk is full" in said or "too large" in said, said
    assert look(ward) in (before, reference.after[NIGHT])
    ward.pubmed.journal.clear()
    recover(ward, MORNING, doubt=True)
    outcome = "failed loudly" if status else "survived"
    note("disk full", f"quota, {room:,} bytes left", outcome, said.strip().splitlines()[-1] if status else "")


def test_two_months_without_a_night_are_caught_up(new_ward: Ward, reference: Reference, note: Note) -> None:
    early = date(2026, 1, 10)
    assert new_ward.night(early).ok
    late = new_ward.night(MORNING)
    (doubt,) = late.doubts
    assert "61 days after the last run" in doubt, "the pause of months is told"
    see_everything(look(new_ward), reference.after[MORNING])
    note("two months without a night", "scheduler", "survived", "")


def test_tables_that_must_not_move_exist(ward: Ward) -> None:
    for table in KEPT:
        ward.rows(f"SELECT * FROM {table} LIMIT 1")


def test_the_checker_itself_goes_red_when_something_is_lost(ward: Ward, reference: Reference) -> None:
    with pytest.raises(Broken, match="lost"):
        see_everything(look(ward), reference.after[MORNING])
