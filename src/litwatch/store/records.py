"""Records in the store: append-only observations, what is current, what was known on a day, and what went away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import duckdb

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Reference
from litwatch.store.documents import Document, as_document, from_utc, load, to_utc, write_down
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class RecordsAdded:
    """What an addition wrote; a record delivered as it was known is in neither."""

    new: frozenset[Pmid]
    changed: frozenset[Pmid]
    returned: frozenset[Pmid] = frozenset()
    """Those that had been noted as gone."""


class FateState(StrEnum):
    """What became of a record at PubMed."""

    DELETED = "deleted"
    """NLM's update files say so (DeleteCitation)."""
    MISSING = "missing"
    """Asked for and left out: deleted, merged or not yet served."""
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Fate:
    """The latest turn in a record's fate, and when it was noted."""

    state: FateState
    noted_at: datetime


class Records(StoreFile):
    """The part of the store that holds records."""

    def add_records(self, records: Iterable[Record], *, observed_at: datetime, source: str) -> RecordsAdded:
        """Write the records whose content differs from the current one, in one transaction.

        Of several with the same PMID the last counts. A return to an earlier content is a new observation. A record
        that was noted as gone is noted as returned.
        """
        with self._writing() as con:
            return write_records(con, records, observed_at=observed_at, source=source)

    def known(self, pmids: Collection[Pmid]) -> set[Pmid]:
        """Those of the PMIDs that have been observed at least once."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT DISTINCT pmid FROM observation WHERE pmid IN (SELECT unnest(?::INTEGER[]))", [list(pmids)]
            ).fetchall()
        return {pmid for (pmid,) in rows}

    def current_records(self, pmids: Collection[Pmid] | None = None) -> dict[Pmid, Record]:
        """The latest observation of each PMID; of all records where ``pmids`` is None."""
        if pmids is not None and not pmids:
            return {}
        with self._reading() as con:
            if pmids is None:
                rows = con.execute("SELECT pmid, doc FROM current_record ORDER BY pmid").fetchall()
            else:
                rows = con.execute(_LATEST, {"pmids": list(pmids)}).fetchall()
        return {pmid: load(Record, doc) for pmid, doc in rows}

    def newest_records(self, most: int) -> tuple[Record, ...]:
        """The latest observations of at most so many records, those with the highest PMIDs."""
        with self._reading() as con:
            rows = con.execute("SELECT doc FROM current_record ORDER BY pmid DESC LIMIT ?", [most]).fetchall()
        return tuple(load(Record, doc) for (doc,) in rows)

    def look_up(self, references: Iterable[Reference]) -> dict[Pmid, Record]:
        """Records that these references might be: they bear the printed DOI or PMCID, or begin with the printed title.

        Proposals, to be judged as any other; case, blanks and punctuation of the titles do not count.
        """
        return self.look_up_for({"": references}).get("", {})

    def look_up_for(self, references: Mapping[str, Iterable[Reference]]) -> dict[str, dict[Pmid, Record]]:
        """``look_up`` for the references of many topics; topics for which nothing was found are left out."""
        wanted = [(slug, ref.title, ref.doi, ref.pmcid) for slug, own in references.items() for ref in own]
        if not wanted:
            return {}
        slugs, titles, dois, pmcids = (list(column) for column in zip(*wanted, strict=True))
        with self._reading() as con:
            rows = con.execute(_LOOK_UP, {"topics": slugs, "titles": titles, "dois": dois, "pmcids": pmcids}).fetchall()
        records: dict[Pmid, Record] = {}
        found: dict[str, dict[Pmid, Record]] = {}
        for topic, pmid, doc in rows:
            if pmid not in records:
                records[pmid] = load(Record, doc)
            found.setdefault(topic, {})[pmid] = records[pmid]
        return found

    def record_histories(self, pmids: Collection[Pmid]) -> dict[Pmid, tuple[tuple[datetime, Record], ...]]:
        """Every observation of each PMID with its time, oldest first; those never observed are left out."""
        if not pmids:
            return {}
        with self._reading() as con:
            rows = con.execute(
                "SELECT pmid, observed_at, doc FROM observation WHERE pmid IN (SELECT unnest(?::INTEGER[]))"
                " ORDER BY pmid, revision",
                [list(pmids)],
            ).fetchall()
        histories: dict[Pmid, tuple[tuple[datetime, Record], ...]] = {}
        for pmid, at, doc in rows:
            histories[pmid] = (*histories.get(pmid, ()), (from_utc(at), load(Record, doc)))
        return histories

    def pmids_by_doi(self, dois: Collection[Doi]) -> dict[Doi, tuple[Pmid, ...]]:
        """The records that bear these DOIs, as last observed; DOIs that none bears are left out."""
        with self._reading() as con:
            rows = con.execute(_BY_DOI, [list(dois)]).fetchall()
        return {doi: tuple(pmids) for doi, pmids in rows}

    def citing(self, pmids: Collection[Pmid]) -> dict[Pmid, tuple[Pmid, ...]]:
        """For each of the papers the records whose own reference list names it, newest PMID first.

        One question for many papers costs hardly more than for one, and no record is read.
        """
        with self._reading() as con:
            rows = con.execute(_CITING, [list(pmids)]).fetchall()
        return {cited: tuple(citing) for cited, citing in rows}

    def fates(self, pmids: Collection[Pmid]) -> dict[Pmid, Fate]:
        """The latest turn for those of the PMIDs that were ever deleted or missing."""
        if not pmids:
            return {}
        with self._reading() as con:
            rows = con.execute(
                "SELECT pmid, state, noted_at FROM current_fate WHERE pmid IN (SELECT unnest(?::INTEGER[]))",
                [list(pmids)],
            ).fetchall()
        return {pmid: Fate(FateState(state), from_utc(at)) for pmid, state, at in rows}

    def latest_hashes(self, pmids: Collection[Pmid]) -> dict[Pmid, str]:
        """The content hash of the latest observation of each of the PMIDs; those never observed are left out."""
        with self._reading() as con:
            return {pmid: latest.content_hash for pmid, latest in read_latest(con, pmids).items()}

    def observed_documents(self, wanted: Collection[tuple[Pmid, str]]) -> tuple[Document, ...]:
        """Records as they were observed at any time, by PMID and content hash; those never observed so are left out."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT any_value(doc) FROM observation JOIN"
                " (SELECT unnest(?::INTEGER[]) AS pmid, unnest(?::VARCHAR[]) AS content_hash)"
                " USING (pmid, content_hash) GROUP BY pmid, content_hash",
                [[pmid for pmid, _ in wanted], [content_hash for _, content_hash in wanted]],
            ).fetchall()
        return tuple(write_down(load(Record, doc)) for (doc,) in rows)


_LOOK_UP = """
WITH wanted AS MATERIALIZED (
    SELECT topic, bare_letters(title) AS title, doi, pmcid, name_keys(title, doi, pmcid) AS keys
    FROM (
        SELECT unnest($topics::VARCHAR[]) AS topic, unnest($titles::VARCHAR[]) AS title,
            unnest($dois::VARCHAR[]) AS doi, unnest($pmcids::VARCHAR[]) AS pmcid
    )
), named AS MATERIALIZED (
    SELECT DISTINCT pmid FROM record_key
    WHERE key IN (SELECT unnest(CASE WHEN length(title) >= 40 THEN keys[1:1] || keys[3:] ELSE keys END) FROM wanted)
), known AS MATERIALIZED (
    SELECT pmid, doc, doc->>'$.doi' AS doi, doc->>'$.pmcid' AS pmcid, bare_letters(doc->>'$.title') AS title FROM (
        SELECT pmid, max_by(doc, revision) AS doc FROM observation
        WHERE pmid IN (SELECT pmid FROM named) GROUP BY pmid
    )
), found AS (
    SELECT topic, known.pmid FROM known JOIN wanted USING (doi)
    UNION SELECT topic, known.pmid FROM known JOIN wanted USING (pmcid)
    UNION SELECT topic, known.pmid FROM known JOIN wanted
    ON length(wanted.title) >= 15 AND starts_with(known.title, wanted.title)
)
SELECT topic, pmid, doc FROM found JOIN known USING (pmid) ORDER BY pmid
"""
"""A title shorter than 15 letters proves nothing; one of 40 or more has a key that hardly any other title shares."""

_BY_DOI = """
WITH wanted AS (SELECT unnest(?::VARCHAR[]) AS doi), named AS MATERIALIZED (
    SELECT DISTINCT pmid FROM record_key WHERE key IN (SELECT name_key('doi', doi) FROM wanted)
), known AS (
    SELECT pmid, max_by(doc, revision) AS doc FROM observation WHERE pmid IN (SELECT pmid FROM named) GROUP BY pmid
)
SELECT doc->>'$.doi' AS doi, list(pmid ORDER BY pmid) FROM known WHERE doi IN (FROM wanted) GROUP BY ALL
"""

_CITING = """
SELECT cited, list(pmid ORDER BY pmid DESC) FROM (
    SELECT cited, pmid FROM citation WHERE cited IN (SELECT unnest(?::INTEGER[]))
    GROUP BY ALL HAVING max_by(listed, revision)
) GROUP BY cited
"""

_ADD = """
INSERT INTO observation BY NAME
SELECT pmid, revision, $at AS observed_at, content_hash, source, text AS doc, version, entered, created, mesh_dated,
    revised
FROM offered
"""

_ADD_KEYS = """
INSERT INTO record_key
SELECT unnest(bare_name_keys(bare, doi, pmcid)), pmid FROM (
    SELECT pmid, bare_letters(title) AS bare, doi, pmcid FROM offered WHERE revision = 1
)
"""
_ADD_KEYS_OF_CHANGED = """
INSERT INTO record_key
SELECT key, pmid FROM (
    SELECT unnest(name_keys(title, doi, pmcid)) AS key, pmid FROM offered WHERE revision > 1
) ANTI JOIN (
    FROM record_key WHERE pmid IN (SELECT pmid FROM offered WHERE revision > 1)
) USING (key, pmid)
"""

_ADD_CITATIONS = """
INSERT INTO citation
SELECT unnest(list_distinct(from_json(text->'$.cites', '["INTEGER"]'))), pmid, revision, true
FROM offered WHERE revision = 1
"""
_ADD_CITATIONS_OF_CHANGED = """
INSERT INTO citation
WITH before AS (
    SELECT cited, pmid FROM citation WHERE pmid IN (SELECT pmid FROM offered WHERE revision > 1)
    GROUP BY ALL HAVING max_by(listed, revision)
), now AS (
    SELECT unnest(list_distinct(from_json(text->'$.cites', '["INTEGER"]'))) AS cited, pmid
    FROM offered WHERE revision > 1
)
SELECT cited, pmid, offered.revision, now.pmid IS NOT NULL
FROM before FULL JOIN now USING (cited, pmid) JOIN offered USING (pmid)
WHERE before.pmid IS NULL OR now.pmid IS NULL
"""

_LATEST = """
SELECT pmid, max_by(doc, revision) FROM observation
WHERE pmid IN (SELECT unnest($pmids::INTEGER[]))
GROUP BY pmid ORDER BY pmid
"""


@dataclass(frozen=True, slots=True)
class Latest:
    """A PMID's latest observation without its record."""

    revision: int
    content_hash: str
    source: str
    observed_at: datetime
    version: int
    revised: date | None


def read_latest(con: duckdb.DuckDBPyConnection, pmids: Collection[Pmid]) -> dict[Pmid, Latest]:
    """The latest observation of each of the PMIDs; those never observed are left out."""
    rows = con.execute(
        "SELECT pmid, revision, content_hash, source, observed_at, version, revised FROM observation"
        " WHERE pmid IN (SELECT unnest(?::INTEGER[])) ORDER BY revision",
        [list(pmids)],
    ).fetchall()
    return {
        pmid: Latest(revision, digest, source, from_utc(at), version, revised)
        for pmid, revision, digest, source, at, version, revised in rows
    }


def write_records(
    con: duckdb.DuckDBPyConnection, records: Iterable[Record | Document], *, observed_at: datetime, source: str
) -> RecordsAdded:
    """``add_records`` inside a transaction that is already open."""
    delivered = {record.pmid: as_document(record) for record in records}
    known = read_latest(con, delivered)
    return write_documents(con, delivered.values(), known, observed_at=observed_at, source=source)


def write_records_of(
    con: duckdb.DuckDBPyConnection, brought: Sequence[tuple[Collection[Record | Document], datetime, str]]
) -> list[RecordsAdded]:
    """Records that several have brought, each with its time and source, written together; what each of them added.

    What two bring counts as brought by the first; both must bring it alike.
    """
    documents: dict[Pmid, Document] = {}
    owner: dict[Pmid, int] = {}
    for place, (records, _, _) in enumerate(brought):
        own = {record.pmid: record for record in records}
        for pmid, record in own.items():
            if pmid not in owner:
                owner[pmid], documents[pmid] = place, as_document(record)
    known = read_latest(con, documents)
    added = []
    # As a rule all nights of a run have one moment, and are one statement.
    for moment in dict.fromkeys(at for _, at, _ in brought):
        own_places = [place for place, (_, at, _) in enumerate(brought) if at == moment]
        some = [document for pmid, document in documents.items() if owner[pmid] in own_places]
        source = {document.pmid: brought[owner[document.pmid]][2] for document in some}
        added.append(write_documents(con, some, known, observed_at=moment, source=source))
    of_each: list[tuple[set[Pmid], set[Pmid], set[Pmid]]] = [(set(), set(), set()) for _ in brought]
    for each in added:
        for kind, pmids in enumerate((each.new, each.changed, each.returned)):
            for pmid in pmids:
                of_each[owner[pmid]][kind].add(pmid)
    return [RecordsAdded(frozenset(new), frozenset(changed), frozenset(back)) for new, changed, back in of_each]


def write_documents(
    con: duckdb.DuckDBPyConnection,
    documents: Collection[Document],
    known: Mapping[Pmid, Latest],
    *,
    observed_at: datetime,
    source: str | Mapping[Pmid, str],
) -> RecordsAdded:
    """Write those that differ from the latest observation in ``known``; each PMID may be there once.

    ``source`` is that of all of them, or of each.
    """
    new = [document for document in documents if document.pmid not in known]
    changed = [d for d in documents if d.pmid in known and known[d.pmid].content_hash != d.content_hash]
    if new or changed:
        at = to_utc(observed_at)
        revisions = [1] * len(new) + [known[document.pmid].revision + 1 for document in changed]
        sources = [source if isinstance(source, str) else source[document.pmid] for document in (*new, *changed)]
        with _offered(con, [*new, *changed], revisions, sources):
            con.execute(_ADD, {"at": at})
            con.execute(_ADD_KEYS)
            con.execute(_ADD_CITATIONS)
            if changed:
                con.execute(_ADD_KEYS_OF_CHANGED)
                con.execute(_ADD_CITATIONS_OF_CHANGED)
    returned = write_fates(con, [document.pmid for document in documents], FateState.RETURNED, observed_at)
    return RecordsAdded(frozenset(d.pmid for d in new), frozenset(d.pmid for d in changed), returned)


@contextmanager
def _offered(
    con: duckdb.DuckDBPyConnection, documents: Sequence[Document], revisions: Sequence[int], sources: Sequence[str]
) -> Iterator[None]:
    """The documents as the table ``offered``, read by DuckDB where they lie: lists as parameters take twice as long."""
    import numpy as np  # noqa: PLC0415 - a tenth of a second, and most commands only read

    table: dict[str, Any] = {
        column.name: np.array([getattr(document, column.name) for document in documents], dtype=object)
        for column in fields(Document)
    }
    table |= {"revision": np.array(revisions, dtype=object), "source": np.array(sources, dtype=object)}
    con.register("offered", table)
    try:
        yield
    finally:
        con.unregister("offered")


def write_fates(
    con: duckdb.DuckDBPyConnection, pmids: Collection[Pmid], state: FateState, at: datetime
) -> frozenset[Pmid]:
    """Append a turn for those that it is news for, and name them; a deleted record that is then found missing is still
    deleted.
    """
    if not pmids:
        return frozenset()
    rows = con.execute(
        "INSERT INTO fate SELECT n.pmid, coalesce(f.ordinal, 0) + 1, $state, $at"
        " FROM (SELECT DISTINCT unnest($pmids::INTEGER[]) AS pmid) AS n LEFT JOIN"
        " (SELECT pmid, max(ordinal) AS ordinal, max_by(state, ordinal) AS state FROM fate GROUP BY pmid) AS f"
        " USING (pmid) WHERE coalesce(f.state, 'returned') IN (SELECT unnest($before::VARCHAR[])) RETURNING pmid",
        {"state": state.value, "at": to_utc(at), "pmids": list(pmids), "before": _NEWS_AFTER[state]},
    ).fetchall()
    return frozenset(Pmid(pmid) for (pmid,) in rows)


def write_fates_of(
    con: duckdb.DuckDBPyConnection, turned: Sequence[tuple[Collection[Pmid], datetime]], state: FateState
) -> list[frozenset[Pmid]]:
    """``write_fates`` of several, each with its time; a turn that two of them tell counts as told by the first."""
    found: dict[datetime, frozenset[Pmid]] = {}
    for moment in dict.fromkeys(at for _, at in turned):
        together = {pmid for some, at in turned if at == moment for pmid in some}
        found[moment] = write_fates(con, together, state, moment)
    told: set[Pmid] = set()
    of_each = []
    for pmids, at in turned:
        of_each.append(found[at].intersection(pmids) - told)
        told.update(pmids)
    return of_each


_NEWS_AFTER = {
    FateState.RETURNED: [FateState.DELETED.value, FateState.MISSING.value],
    FateState.MISSING: [FateState.RETURNED.value],
    FateState.DELETED: [FateState.RETURNED.value, FateState.MISSING.value],
}
"""The turns after which another is news; a record that was never gone counts as returned."""
