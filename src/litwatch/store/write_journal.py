"""What a shard of a night writes, noted as it is written, and written again into the store that all shards share.

A shard works on a copy of the store. Each of its writes is a row: which method of the store, with which arguments, as
JSON; the records that it brought are rows of their own. ``WriteJournal`` keeps them as Parquet files. ``replay`` calls
the same methods of the real store in the same order, so that it comes to hold what a night on one machine writes.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model

from litwatch.decisions.change_life import Observed
from litwatch.model.change import Change
from litwatch.model.errors import StoreUnusable
from litwatch.model.identifiers import Pmid
from litwatch.store import Store
from litwatch.store.documents import Document, as_document
from litwatch.store.nights import DecidedNight, NightSaved
from litwatch.store.parquet_tables import read_table, write_table
from litwatch.store.topic_night import TopicNight

Value = TypeVar("Value")

JOURNALLED = (
    "apply_reader_rules",
    "note_article_change",
    "note_works",
    "save_night",
    "save_life",
    "save_verdict",
    "save_carried",
    "lay_grounds",
    "settle_grounds",
    "keep_reports",
    "note_survivor_looks",
    "save_updates",
    "keep_articles",
    "keep_embeddings",
)
"""The methods of the store by which a night writes what it learnt about articles.

A shard that calls another one is stopped: what it wrote would be missing from the store.
"""

MOST_TEXT = 64 * 1024 * 1024
"""Characters that a journal holds in memory before it begins another pair of files."""

_WRITES = {
    "place": "INTEGER", "method": "VARCHAR", "arguments": "VARCHAR", "records": "INTEGER[]", "night": "INTEGER"
}  # fmt: skip
_DOCUMENTS = {
    "number": "INTEGER", "pmid": "INTEGER", "version": "INTEGER", "entered": "DATE", "created": "DATE",
    "mesh_dated": "DATE", "revised": "DATE", "title": "VARCHAR", "doi": "VARCHAR", "pmcid": "VARCHAR",
    "text": "VARCHAR", "content_hash": "VARCHAR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Write:
    """One call of a method of the store."""

    method: str
    arguments: str
    """JSON, by the names of the parameters; the records of a night are left out."""
    records: tuple[int, ...]
    """The numbers of the night's records in the journal."""
    night: int | None
    """The number that the copy of the store gave to the night that this write saved."""


class WriteJournal:
    """The writes of one shard, in order, as Parquet files in a folder: ``writes-001.parquet``, ``records-001.parquet``.

    A record that the copy of the store had already is noted without its text.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writes: list[Write] = []
        self._documents: list[tuple[int, Document | None, Pmid, str]] = []
        self._numbers: dict[tuple[Pmid, str], int] = {}
        self._place, self._part, self._size = 0, 0, 0

    def add(self, writes: Sequence[tuple[Write, Sequence[Document], Collection[Pmid]]]) -> None:
        """Note the writes of a transaction that was committed; with each its records, and those that were known."""
        for write, documents, known in writes:
            numbers = tuple(self._number(document, known=document.pmid in known) for document in documents)
            self._writes.append(replace(write, records=numbers))
            self._size += len(write.arguments)
        if self._size > MOST_TEXT:
            self.flush()

    def _number(self, document: Document, *, known: bool) -> int:
        key = (document.pmid, document.content_hash)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            kept = None if known else document
            self._documents.append((self._numbers[key], kept, *key))
            self._size += len(document.text) if kept else 0
        return self._numbers[key]

    def flush(self) -> None:
        """Write down what is noted and not yet in a file. Raises OutputFailed where it cannot be written."""
        if not self._writes:
            return
        self._part += 1
        rows = [
            (place, each.method, each.arguments, list(each.records), each.night)
            for place, each in enumerate(self._writes, self._place)
        ]
        write_table(self.folder / f"writes-{self._part:03}.parquet", _WRITES, rows)
        documents = [_row(*each) for each in self._documents]
        write_table(self.folder / f"records-{self._part:03}.parquet", _DOCUMENTS, documents)
        self._place += len(self._writes)
        self._writes, self._documents, self._size = [], [], 0


def _row(number: int, document: Document | None, pmid: Pmid, content_hash: str) -> tuple[object, ...]:
    if document is None:
        return (number, pmid, *([None] * 9), content_hash)
    return (number, *(getattr(document, field.name) for field in fields(Document)))


class JournalledStore(Store):
    """A shard's own copy of the store, which notes in a journal what is written to it and kept."""

    def __init__(self, path: Path, journal: WriteJournal, *, wait_seconds: float = 30.0) -> None:
        super().__init__(path, wait_seconds=wait_seconds)
        self._journal = journal
        self._pending: list[tuple[Write, Sequence[Document], Collection[Pmid]]] = []
        self._depth, self._inside, self._begins = 0, False, False

    @contextmanager
    def saving(self, *, keep: bool = True) -> Iterator[None]:
        """As ``Store.saving``; only what is kept is noted."""
        with self._noted(keep=keep):
            self._begins = True
            with super().saving(keep=keep):
                yield

    @contextmanager
    def _noted(self, *, keep: bool) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        except BaseException:
            self._pending.clear()
            raise
        finally:
            self._depth -= 1
        if self._depth == 0:
            if keep:
                self._journal.add(self._pending)
            self._pending.clear()

    @contextmanager
    def _writing(self, *, keep: bool = True) -> Iterator[Any]:
        begins, self._begins = self._begins, False
        if not (begins or self._inside):
            raise LookupError("a shard wrote to its copy of the store what no journal notes: see JOURNALLED")
        with super()._writing(keep=keep) as con:
            yield con

    def _note(self, name: str, given: dict[str, Any]) -> Any:
        """Call the method and note the call; a call inside another is a part of it."""
        method = getattr(super(), name)
        if self._inside:
            return method(**given)
        given = {key: tuple(value) if isinstance(value, list | Iterator) else value for key, value in given.items()}
        if isinstance(night := given.get("night"), TopicNight):
            given["night"] = _write_down(night)
        with self._noted(keep=True):
            result = self._perform(lambda: method(**given))
            self._remember(name, given, result)
        return result

    def _perform(self, write: Callable[[], Value]) -> Value:
        """Write; what the store itself calls meanwhile is a part of it."""
        self._inside = True
        try:
            return write()
        finally:
            self._inside = False

    def _remember(self, name: str, given: Mapping[str, Any], result: object) -> None:
        night = given.get("night")
        documents = tuple(map(as_document, night.records)) if isinstance(night, TopicNight) else ()
        number, known = None, frozenset(document.pmid for document in documents)
        if isinstance(result, NightSaved):
            number, known = result.night, known - result.new_records - result.changed_records
        self._pending.append((Write(name, _to_json(name, given), (), number), documents, known))

    def save_nights(self, nights: Sequence[TopicNight]) -> list[NightSaved]:
        """As ``Nights.save_nights``; noted as so many calls of ``save_night``."""
        write = super().save_nights
        if self._inside:
            return write(nights)
        nights = [_write_down(night) for night in nights]
        with self._noted(keep=True):
            saved = self._perform(lambda: write(nights))
            for night, each in zip(nights, saved, strict=True):
                self._remember("save_night", {"night": night}, each)
        return saved

    def save_lives(self, observed: Mapping[str, Observed], *, run: str) -> dict[str, tuple[Change, ...]]:
        """As ``EpisodeLives.save_lives``; noted as so many calls of ``save_life``."""
        write = super().save_lives
        if self._inside:
            return write(observed, run=run)
        with self._noted(keep=True):
            begun = self._perform(lambda: write(observed, run=run))
            for topic, each in observed.items():
                self._remember("save_life", {"topic": topic, "observed": each, "run": run}, None)
        return begun

    def save_verdicts(self, decided: Sequence[DecidedNight], *, run: str) -> None:
        """As ``Nights.save_verdicts``; noted as so many calls of ``save_verdict``."""
        write = super().save_verdicts
        if self._inside:
            return write(decided, run=run)
        with self._noted(keep=True):
            self._perform(lambda: write(decided, run=run))
            for each in decided:
                given = {"topic": each.topic, "verdict": each.verdict, "told": each.told, "run": run}
                self._remember("save_verdict", given | {"night": each.night}, None)
        return None


def _write_down(night: TopicNight) -> TopicNight:
    """The night with its records as documents."""
    return replace(night, records=tuple(map(as_document, night.records)))


def _journalled(name: str) -> Callable[..., Any]:
    method = getattr(Store, name)
    signature = inspect.signature(method)

    @functools.wraps(method)
    def write(self: JournalledStore, *args: Any, **kwargs: Any) -> Any:
        given = dict(signature.bind(self, *args, **kwargs).arguments)
        del given["self"]
        return self._note(name, given)

    return write


for _name in JOURNALLED:
    setattr(JournalledStore, _name, _journalled(_name))


@cache
def _kinds(method: str) -> Mapping[str, Any]:
    """The type of each argument of a method, as it is read back: a tuple where the method takes any collection."""
    hints = get_type_hints(getattr(Store, method))
    return {name: _concrete(kind) for name, kind in hints.items() if name != "return"}


def _concrete(kind: Any) -> Any:
    origin, inner = get_origin(kind), tuple(map(_concrete, get_args(kind)))
    if origin in {Collection, Iterable, Sequence}:
        return tuple[inner[0], ...]  # type: ignore[valid-type]
    if origin is Mapping:
        return dict[inner[0], inner[1]]  # type: ignore[valid-type]
    return kind


@cache
def _adapters(method: str) -> Mapping[str, TypeAdapter[Any]]:
    return {name: TypeAdapter(kind) for name, kind in _kinds(method).items()}


def _to_json(method: str, given: Mapping[str, Any]) -> str:
    adapters = _adapters(method)
    texts = []
    for name, value in given.items():
        plain = replace(value, records=()) if isinstance(value, TopicNight) else value
        texts.append(f'"{name}":{adapters[name].dump_json(plain).decode()}')
    return f"{{{','.join(texts)}}}"


@cache
def _reader(method: str) -> type[BaseModel]:
    """What reads all arguments of a method at once."""
    parameters = inspect.signature(getattr(Store, method)).parameters
    given: dict[str, Any] = {
        name: (kind, ... if parameters[name].default is inspect.Parameter.empty else parameters[name].default)
        for name, kind in _kinds(method).items()
    }
    return create_model(f"Arguments of {method}", __config__=ConfigDict(extra="forbid"), **given)


def read_arguments(write: Write) -> dict[str, Any]:
    """The arguments of a write; StoreUnusable where they are not of this litwatch's form."""
    if write.method not in JOURNALLED:
        raise StoreUnusable(f"The shard wrote {write.method!r}, which this litwatch does not know: {_UPDATE}.")
    try:
        model = _reader(write.method).model_validate_json(write.arguments)
    except ValueError as error:
        raise StoreUnusable(f"What a shard wrote cannot be read ({write.method}: {error}): {_UPDATE}.") from None
    return {name: getattr(model, name) for name in type(model).model_fields}


_UPDATE = "run the same litwatch on every machine, then the night again"


def replay(store: Store, journals: Sequence[Sequence[Path]], *, run: str) -> dict[str, NightSaved]:
    """Write again what the shards of a run wrote, in one transaction, in the order of the ``journals``, once.

    Each journal is the files of a ``WriteJournal``. Everything is kept, or nothing where it raises; where the store has
    nights of this run already, nothing is written. What each article's night saved, by slug. Raises store errors, and
    StoreUnusable where a journal is not of this litwatch's form.
    """
    parts = [list(_parts(files)) for files in journals]
    saved: dict[str, NightSaved] = {}
    with store.saving():
        if before := store.nights_of_run(run):
            return {slug: NightSaved(night, frozenset(), frozenset()) for slug, night in before.items()}
        unlike = _seen_differently([records for journal in parts for _, records in journal], store)
        for journal in parts:
            numbers: dict[int, int] = {}
            documents: dict[int, Document] = {}
            for writes, records in journal:
                documents |= {row[0]: _document(row[1:], unlike) for row in read_table(records, _DOCUMENTS)}
                for write in _read_writes(writes):
                    _replay(write, store, documents, numbers, saved)
    return saved


def _replay(
    write: Write,
    store: Store,
    documents: Mapping[int, Document],
    numbers: dict[int, int],
    saved: dict[str, NightSaved],
) -> None:
    """One write again; ``numbers`` are those of the nights in the store by those in the shard's copy."""
    given = read_arguments(write)
    if isinstance(night := given.get("night"), TopicNight):
        given["night"] = replace(night, records=tuple(documents[each] for each in write.records))
    elif isinstance(night, int):
        given["night"] = numbers[night]
    result = getattr(store, write.method)(**given)
    if isinstance(night, TopicNight) and write.night is not None:
        numbers[write.night] = result.night
        saved[night.topic] = result
    elif write.method == "save_carried":
        of_each = zip(given["nights"], result, strict=True)
        saved |= {each.topic: NightSaved(number, frozenset(), frozenset()) for each, number in of_each}
    elif write.method == "save_life":
        saved[given["topic"]] = replace(saved[given["topic"]], opened=result)


def _parts(files: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """The files of a journal in pairs and in order: its writes, and the records that are first named there."""
    by_name = {file.name: file for file in files}
    for name in sorted(name for name in by_name if name.startswith("writes-")):
        yield by_name[name], by_name[name.replace("writes-", "records-")]


def _read_writes(file: Path) -> Iterator[Write]:
    for _, method, arguments, records, night in read_table(file, _WRITES, order="place"):
        yield Write(method, arguments, tuple(records), night)


def _document(row: Sequence[Any], unlike: Mapping[tuple[Pmid, str], Document]) -> Document:
    """A record of a journal; one without text is as the store has it, or among the ``unlike``."""
    document = Document(*row)
    if document.text is not None:
        return document
    return unlike.get((document.pmid, document.content_hash), replace(document, text=""))


def _seen_differently(files: Sequence[Path], store: Store) -> dict[tuple[Pmid, str], Document]:
    """Records without text of which the store, or another shard, has another form by now, with their text.

    They are written again, as on one machine that saw the one form after the other: their text is in the store's past.
    """
    seen: dict[Pmid, set[str]] = {}
    bare: set[tuple[Pmid, str]] = set()
    for records in files:
        for pmid, content_hash, has_text in read_table(records, _HASHES):
            seen.setdefault(pmid, set()).add(content_hash)
            if not has_text:
                bare.add((pmid, content_hash))
    latest = store.latest_hashes(sorted({pmid for pmid, _ in bare}))
    wanted = [(pmid, it) for pmid, it in sorted(bare) if len(seen[pmid]) > 1 or latest.get(pmid) != it]
    found = {(each.pmid, each.content_hash): each for each in store.observed_documents(wanted)} if wanted else {}
    if lacking := [pmid for pmid, it in wanted if (pmid, it) not in found]:
        raise StoreUnusable(
            f"A shard worked on another store: this one has never had the record {lacking[0]} as the shard found it"
            f" there. Nothing was written; {_AGAIN}."
        )
    return found


_HASHES = {"pmid": "INTEGER", "content_hash": "VARCHAR", "text IS NOT NULL": "BOOLEAN"}
_AGAIN = "run the night again"
