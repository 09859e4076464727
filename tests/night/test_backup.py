"""A backup is made while a night runs, is restored elsewhere, and mails nothing again; damage is refused."""

from __future__ import annotations

import errno
import io
import json
import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from litwatch.config.settings import Settings
from litwatch.model.errors import LitwatchError, OutputFailed, SettingsError, StoreBusy, StoreUnusable
from litwatch.model.message import MessageState
from litwatch.night.backup import make_backup, restore_backup
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from litwatch.store import RunState
from litwatch.store.lock import release_lock, take_lock
from tests.command_line import Run
from tests.nights import House, open_house, open_made_store
from tests.store.store_scenes import make_message

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Path]]:
    """A house after a night, and the backup that was made in the middle of it."""
    folder = tmp_path_factory.mktemp("kept")
    made: list[Path] = []
    with open_house(folder) as house:

        def on_step(slug: str, step: str) -> None:
            if step == "digests":
                made.append(make_backup(house.settings(), folder / "in-the-night.tar", AT))

        assert house.night(DEMONSTRATION_TODAY, on_step=on_step).ok
        yield house, made[0]


def elsewhere(folder: Path) -> Settings:
    return Settings(
        store=folder / "var" / "l.duckdb", queries=folder / "queries", reports=folder / "reports",
        mail_folder=folder / "mail", email="tests@example.org", rehearsal=True,
    )  # fmt: skip


def test_a_backup_of_a_running_night_is_whole_and_only_for_its_owner(night: tuple[House, Path], tmp_path: Path) -> None:
    house, backup = night
    assert backup.stat().st_mode & 0o077 == 0
    settings = elsewhere(tmp_path)
    done = restore_backup(settings, backup, AT)
    assert (done.moved, done.left) == (None, ())
    assert {path.name for path in done.files} == {"sleep.yaml", "sleep.md"}
    store = open_made_store(settings)
    assert store.check().problems == ()
    assert store.watched_articles() == ("sleep",)
    assert store.schema_version == open_made_store(house.settings()).schema_version


def test_what_waited_when_it_was_made_is_doubted_and_not_mailed_again(
    night: tuple[House, Path], tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = night[0].copy(tmp_path / "here")
    store = open_made_store(here.settings())
    store.enqueue([make_message()], at=AT)
    backup, snapshot = make_backup(here.settings(), tmp_path, AT), tmp_path / "snapshot.duckdb"
    store.snapshot(snapshot)
    assert backup.name == "litwatch-20261120T120000Z.tar"
    assert len(store.outbox((MessageState.QUEUED,))) == 1, "the store itself goes on to mail it"
    for number, source in enumerate((backup, snapshot)):
        settings = elsewhere(tmp_path / str(number))
        assert restore_backup(settings, source, AT).doubtful == 1
        (entry,) = open_made_store(settings).outbox((MessageState.UNKNOWN,))
        assert "may have been sent since" in str(entry.last_error)
    here.show_commands(monkeypatch)
    before = len(here.mails())
    status, out, err = run("restore", snapshot, "--replace")
    assert status == 0
    assert "moved aside" in out
    assert "1 mail of unknown delivery" in err
    run("digest")
    assert len(here.mails()) == before
    assert here.night(DEMONSTRATION_TODAY).delivery is not None
    assert len(here.mails()) == before, "the day's digest was sent before the backup, and the restored store knows it"


def test_a_store_that_is_there_is_moved_aside_on_request_alone_and_not_while_it_is_in_use(
    night: tuple[House, Path], tmp_path: Path
) -> None:
    settings = elsewhere(tmp_path).model_copy(update={"store_wait": 0.0})
    restore_backup(settings, night[1], AT)
    store = open_made_store(settings)
    run = store.start_run("nightly", AT)
    for each in store.runs():  # the run in which the backup was made was this process's, which is alive
        store.finish_run(each.id, RunState.SUCCEEDED, at=AT)
    (settings.queries / "sleep.md").write_text("changed since")
    with pytest.raises(SettingsError, match="--replace"):
        restore_backup(settings, night[1], AT)
    held = take_lock(settings.store.with_name(f"{settings.store.name}.lock"), shared=True, deadline=0)
    with pytest.raises(StoreBusy):
        restore_backup(settings, night[1], AT, replace=True)
    release_lock(held)
    done = restore_backup(settings, night[1], AT + timedelta(days=1), replace=True)
    assert done.moved is not None
    assert done.moved.name == "l.replaced-20261121T120000Z.duckdb"
    assert done.left == (settings.queries / "sleep.md",)
    assert run not in {each.id for each in open_made_store(settings).runs()}
    assert not [path for path in settings.store.parent.iterdir() if path.name.startswith(".")], "nothing stays behind"


def test_a_file_that_is_edited_while_the_backup_is_written_does_not_spoil_it(
    night: tuple[House, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = night[0].copy(tmp_path / "here")
    article, write = here.settings().queries / "sleep.md", tarfile.open
    before = article.read_text()

    def edit_and_write(*given: Any, **options: Any) -> tarfile.TarFile:
        article.write_text("edited just now")
        return write(*given, **options)

    monkeypatch.setattr(tarfile, "open", edit_and_write)
    backup = make_backup(here.settings(), tmp_path, AT)
    monkeypatch.undo()
    settings = elsewhere(tmp_path / "site")
    restore_backup(settings, backup, AT)
    assert (settings.queries / "sleep.md").read_text() == before


def test_a_store_that_is_linked_to_another_disk_is_replaced_whole_or_not_at_all(
    night: tuple[House, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, full = tmp_path / "disk", True
    settings = elsewhere(tmp_path / "site").model_copy(update={"store": tmp_path / "site" / "store.db"})
    for folder in (disk, settings.store.parent):
        folder.mkdir()
    settings.store.symlink_to(disk / "real.db")
    for name in ("real.db", "real.db.wal"):
        (disk / name).write_text(name)
    rename = os.replace

    def rename_on_one_disk(old: Path, new: Path) -> None:
        if (disk in Path(old).parents) != (disk in Path(new).parents):
            raise OSError(errno.EXDEV, "Invalid cross-device link", str(old))
        if full and Path(new).name == "real.db" and "replaced" not in Path(old).name:
            raise OSError(errno.ENOSPC, "No space left on device", str(new))
        rename(old, new)

    monkeypatch.setattr(os, "replace", rename_on_one_disk)
    with pytest.raises(OutputFailed, match="No space left"):
        restore_backup(settings, night[1], AT, replace=True)
    assert {path.name: path.read_text() for path in disk.glob("real*") if ".lock" not in path.name} == {
        "real.db": "real.db",
        "real.db.wal": "real.db.wal",
    }
    full = False
    done = restore_backup(settings, night[1], AT, replace=True)
    assert done.moved == disk / "real.replaced-20261120T120000Z.db"
    assert (disk / "real.replaced-20261120T120000Z.db.wal").read_text() == "real.db.wal"
    assert settings.store.is_symlink()
    assert open_made_store(settings).check().problems == ()


def rewritten(backup: Path, target: Path, **changes: bytes | None) -> Path:
    """The backup with other contents; None leaves a file out."""
    with tarfile.open(backup) as old, tarfile.open(target, "w") as new:
        for entry in old:
            data = changes.pop(entry.name, old.extractfile(entry).read())  # type: ignore[union-attr]
            if data is not None:
                entry.size = len(data)
                new.addfile(entry, io.BytesIO(data))
        for name, data in changes.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data or b"")
            new.addfile(entry, io.BytesIO(data or b""))
    return target


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"queries/sleep.yaml": b"other"}, "queries/sleep.yaml is not as it was"),
        ({"queries/sleep.yaml": None}, "queries/sleep.yaml is missing"),
        ({"queries/more.yaml": b"more"}, "its manifest does not name"),
        ({"queries/../../escaped": b"x"}, "which no backup has"),
        ({"/etc/escaped": b"x"}, "which no backup has"),
        ({"manifest.json": b"{}"}, "neither a backup of litwatch"),
        ({"manifest.json": b"not json"}, "neither a backup of litwatch"),
    ],
    ids=str,
)
def test_a_backup_that_was_altered_is_refused_and_nothing_is_put_anywhere(
    changes: dict[str, bytes | None], said: str, night: tuple[House, Path], tmp_path: Path
) -> None:
    bad = rewritten(night[1], tmp_path / "bad.tar", **changes)
    settings = elsewhere(tmp_path / "site")
    with pytest.raises(StoreUnusable, match=said):
        restore_backup(settings, bad, AT)
    assert not settings.store.exists()
    assert not settings.queries.exists()


def test_a_file_that_is_no_backup_is_refused_and_none_is_overwritten(night: tuple[House, Path], tmp_path: Path) -> None:
    (tmp_path / "page.tar").write_bytes(b"<html>")
    with pytest.raises(StoreUnusable, match="neither a backup of litwatch nor a snapshot"):
        restore_backup(elsewhere(tmp_path), tmp_path / "page.tar", AT)
    (tmp_path / "damaged.duckdb").write_bytes(night[0].settings().store.read_bytes()[:5000])
    with pytest.raises(LitwatchError):
        restore_backup(elsewhere(tmp_path), tmp_path / "damaged.duckdb", AT)
    assert not elsewhere(tmp_path).store.exists()
    with pytest.raises(OutputFailed, match="exists already"):
        make_backup(night[0].settings(), night[1], AT)


def test_a_manifest_tells_versions_and_digests(night: tuple[House, Path]) -> None:
    with tarfile.open(night[1]) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
        assert tar.getnames() == ["manifest.json", *manifest["files"]]
    assert {"litwatch", "schema", "made_at", "files"} == {*manifest}
    assert len(manifest["files"]["store.duckdb"]) == 64


def test_no_store_is_replaced_while_a_run_is_under_way(night: tuple[House, Path], tmp_path: Path) -> None:
    _, backup = night
    settings = elsewhere(tmp_path)
    store = open_made_store(settings)
    run = store.start_run("nightly", AT)
    with pytest.raises(StoreBusy, match="is under way"):
        restore_backup(settings, backup, AT, replace=True)
    store.finish_run(run, RunState.SUCCEEDED, at=AT)
    assert restore_backup(settings, backup, AT, replace=True).moved is not None


def test_a_backup_is_not_made_into_a_folder_that_is_missing(night: tuple[House, Path], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make it first"):
        make_backup(night[0].settings(), tmp_path / "backups", AT)
    assert not list(tmp_path.iterdir())
