"""The store's file: opened for one transaction at a time, with a bounded wait for its lock.

One process writes, or several read (``lock``); so a connection lives for one transaction and the
network and parsing stay outside. A connection can reach no other file, load no extension and change no setting.
This module knows no table; it turns DuckDB's complaints into words for the operator.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path

import duckdb

from litwatch.config.whole_file import draft_of, put_in_place
from litwatch.model.errors import OutputFailed, StoreBusy, StoreUnusable
from litwatch.store import schema
from litwatch.store.duckdb_engine import attached
from litwatch.store.lock import find_holders, release_lock, take_lock
from litwatch.store.processes import describe_process

_PAUSE = 0.02
_HELD = re.compile(r"could not set lock|conflicting lock|different configuration", re.IGNORECASE)
_HOLDER = re.compile(r"\(PID (\d+)\)")
_FULL = re.compile(r"no space left|file too large|quota exceeded", re.IGNORECASE)
_INTERRUPTED = "Query interrupted"
"""What DuckDB makes of whatever a signal's handler raises while it works; it must not pass for an article's fault."""
_WAL = re.compile(r"replaying WAL file", re.IGNORECASE)
_FOREIGN_WAL = re.compile(r"WAL does not match|checkpoint iteration does not match", re.IGNORECASE)
_DAMAGED = re.compile(r"corrupt|not a valid duckdb|checksum", re.IGNORECASE)


@contextmanager
def _privately() -> Iterator[None]:
    """What DuckDB makes in the block, the store or its .wal, only its own user may read: mails and answers are in it.

    A file that is there keeps its permissions. The umask is the process's, but the store has one writer at a time.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


class StoreFile:
    """One DuckDB file. ``wait_seconds`` bounds how long a transaction waits for another process or thread.

    Every method of the store raises StoreBusy after that wait, StoreUnusable where the file is missing, damaged or
    of another version, and OutputFailed where the disk is full; then nothing of its transaction is kept.
    """

    def __init__(self, path: Path, *, wait_seconds: float = 30.0) -> None:
        self.path = Path(path).resolve()
        self.wait_seconds = wait_seconds
        self._held = threading.local()  # this thread's connection inside ``reading`` or ``saving``

    @property
    def schema_version(self) -> int:
        """The number of the last migration applied; 0 where there is no store yet."""
        if not self.path.exists():
            return 0
        with self._opened(read_only=True) as con:
            return schema.read_version(con)

    @property
    def newest_schema(self) -> int:
        """The number of the last migration that this litwatch knows."""
        return schema.released_migrations()[-1].number

    def copy_of_schema(self, number: int) -> Path:
        """Where the store is copied before it is migrated from that schema."""
        return self.path.with_name(f"{self.path.stem}.schema-{number}{self.path.suffix}")

    def migrate(self) -> None:
        """Make the store, or bring an older one up to date; does nothing where nothing is to be done.

        Before a migration the store is copied to ``copy_of_schema``, for a way back: migrations only go forward.
        Raises OutputFailed, having changed nothing, where there is no room for the copy.
        """
        known, views = schema.released_migrations(), schema.released_views()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():  # looked at as a reader: a command that only reads must not wait for other readers
            with self._opened(read_only=True) as con:
                self._refuse_newer(schema.read_version(con), known[-1].number)
                if schema.is_current(con, known, views):
                    return
        with ExitStack() as last, self._opened(read_only=False) as con:
            version = schema.read_version(con)
            self._refuse_newer(version, known[-1].number)
            if 0 < version < known[-1].number:
                target = self.copy_of_schema(version)
                with draft_of(target) as draft:
                    self._copy_to(draft, con, last)
                    put_in_place(draft, target)
            schema.apply_migrations(con, known, views)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody reads or writes the store inside the block, and it is not opened: for another file in its place."""
        with self._locked(time.monotonic() + self.wait_seconds, shared=False):
            yield

    def _copy_to(self, draft: Path, con: duckdb.DuckDBPyConnection, last: ExitStack) -> None:
        """Copy the whole file, with its permissions, while ``con`` alone has it open.

        Closing any descriptor of a file drops the process's POSIX locks on it, DuckDB's too: ``last`` closes ours, and
        must end after ``con``.
        """
        con.execute("FORCE CHECKPOINT")
        source = last.enter_context(self.path.open("rb"))
        with draft.open("wb") as copy:
            os.fchmod(copy.fileno(), stat.S_IMODE(os.fstat(source.fileno()).st_mode))
            shutil.copyfileobj(source, copy, 1 << 20)
            os.fsync(copy.fileno())  # now, while no reader waits for the name

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Open the file once for all that this thread asks inside the block: one state of the store, and faster.

        Nobody can write meanwhile, this thread neither: only reading and deciding belong into the block.
        """
        with self._reading() as con, self._holding(con, writes=getattr(self._held, "writes", False)):
            yield

    @contextmanager
    def saving(self, *, keep: bool = True) -> Iterator[None]:
        """One transaction for all that this thread writes and reads inside the block: it reads what it has written.

        Everything is kept at the end of the block, or nothing where it raises, or where ``keep`` is False, as on a dry
        run. Nobody else reads or writes meanwhile: no network and no parsing belong into the block.
        """
        with self._writing(keep=keep) as con, self._holding(con, writes=True):
            yield

    @contextmanager
    def _holding(self, con: duckdb.DuckDBPyConnection, *, writes: bool) -> Iterator[None]:
        outer = getattr(self._held, "connection", None), getattr(self._held, "writes", False)
        self._held.connection, self._held.writes = con, writes
        try:
            yield
        finally:
            self._held.connection, self._held.writes = outer

    @contextmanager
    def _reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if held := getattr(self._held, "connection", None):
            with self._in_words():
                yield held
            return
        self._require_file()
        with self._opened(read_only=True) as con:
            self._check_version(con)
            yield con

    @contextmanager
    def _writing(self, *, keep: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction: committed at the end of the block, rolled back where it raises or is not to be kept.

        Inside ``saving`` it is a part of that transaction.
        """
        if getattr(self._held, "writes", False):
            with self._in_words():
                yield self._held.connection
            return
        self._require_file()
        with self._opened(read_only=False) as con:
            self._check_version(con)
            con.execute("BEGIN")
            try:
                yield con
                con.execute("COMMIT" if keep else "ROLLBACK")
            except BaseException:
                with suppress(duckdb.Error):  # a failed COMMIT has rolled back already
                    con.execute("ROLLBACK")
                raise

    def _check_version(self, con: duckdb.DuckDBPyConnection) -> None:
        version, known = schema.read_version(con), schema.released_migrations()[-1].number
        self._refuse_newer(version, known)
        if version < known:
            raise StoreUnusable(
                f"The store {self.path} was made by an older litwatch (schema {version}; this one needs {known}):"
                " `litwatch store migrate` copies it and brings it up to date, and so does the next night."
            )

    def _refuse_newer(self, version: int, known: int) -> None:
        if version > known:
            raise StoreUnusable(
                f"The store {self.path} was written by a newer version of litwatch (schema {version}; this one"
                f" knows {known}): update litwatch. The store was not changed."
            )

    @contextmanager
    def _opened(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection under the lock, with DuckDB's errors put into words."""
        deadline = time.monotonic() + self.wait_seconds
        private = nullcontext() if read_only else _privately()
        with self._locked(deadline, shared=read_only), self._in_words(), private, ExitStack() as opened:
            yield self._wait_for(lambda: opened.enter_context(attached(self.path, read_only=read_only)), deadline)

    @contextmanager
    def _locked(self, deadline: float, *, shared: bool, path: Path | None = None) -> Iterator[None]:
        """Nobody else writes the store (or its copy at ``path``); unless ``shared``, nobody reads it either."""
        path = path or self.path
        lock = path.with_name(path.name + ".lock")
        try:
            held = take_lock(lock, shared=shared, deadline=deadline)
        except TimeoutError:
            raise self._busy(path, " and ".join(describe_process(pid) for pid in find_holders(lock))) from None
        except OSError as error:
            raise StoreUnusable(
                f"{lock} cannot be made ({error.strerror}): check that the store's folder exists and may be written"
                " by this user."
            ) from error
        try:
            yield
        finally:
            release_lock(held)

    def _wait_for(self, connect: Callable[[], duckdb.DuckDBPyConnection], deadline: float) -> duckdb.DuckDBPyConnection:
        """Connect as soon as no other program, for example DuckDB's own shell, has the file open."""
        while True:
            try:
                return connect()
            except duckdb.Error as error:
                if not _HELD.search(str(error)):
                    raise
                if time.monotonic() >= deadline:
                    holder = _HOLDER.search(str(error))
                    raise self._busy(self.path, describe_process(int(holder[1])) if holder else "") from error
            time.sleep(_PAUSE)

    def _busy(self, path: Path, who: str) -> StoreBusy:
        return StoreBusy(
            f"The store {path} was held for {self.wait_seconds:g} s by {who or 'another process'}:"
            " wait for it to end, then start again."
        )

    def _require_file(self) -> None:
        if not self.path.exists():
            raise StoreUnusable(f"There is no store at {self.path}: check LITWATCH_STORE; `litwatch init` makes one.")

    def _explain_wal(self, text: str) -> str:
        """What to do where DuckDB cannot replay the write-ahead log: it alone is in the way, never the store."""
        wal = self.path.with_name(self.path.name + ".wal")
        if _FOREIGN_WAL.search(text):
            return (
                f"The store {self.path} cannot be opened because {wal} belongs to another file, or to another copy of"
                " this one; it stays behind when a copy is put in the place of a store. Move that .wal file aside, and"
                " only it, and start again: the store itself is whole and nothing of it is in there."
            )
        return (
            f"{wal} is damaged ({text}). Move that .wal file aside, and only it, and start again: the store"
            f" {self.path} opens without it. What is lost is what an interrupted run had saved last and had not yet"
            " written into the store: the next night fetches it again, but answers that were taken in just then may be"
            " missing; ask for them again."
        )

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            if str(error) == _INTERRUPTED:
                raise KeyboardInterrupt from error
            raise
        except duckdb.Error as error:
            text = str(error).splitlines()[0] if str(error) else type(error).__name__
            if _FULL.search(text):
                raise OutputFailed(
                    f"The disk is full or over quota at the store {self.path}; nothing of this transaction was kept."
                    " Free some space, then start again."
                ) from error
            if _WAL.search(text):
                raise StoreUnusable(self._explain_wal(text)) from error
            if _DAMAGED.search(text) or isinstance(
                error, duckdb.SerializationException | duckdb.InternalException | duckdb.FatalException
            ):
                raise StoreUnusable(
                    f"The store {self.path} is damaged ({text}). Move it and its .wal file aside, put the newest"
                    " snapshot in its place and start again; the next run fetches what the snapshot lacks."
                ) from error
            if isinstance(error, duckdb.IOException | duckdb.PermissionException):
                raise StoreUnusable(
                    f"The store {self.path} cannot be opened ({text}): check that the file and its folder exist and"
                    " may be written by this user."
                ) from error
            raise
