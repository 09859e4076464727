"""Crossref's update notices in the store, when each DOI was asked about, and cited works that PubMed does not have."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.paper_notice import UpdateNotice
from litwatch.store.documents import dump, from_utc, load, to_utc
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A cited work that PubMed does not have."""

    number: Pmid
    """Its ``number_of_work``."""
    doi: Doi
    title: str
    """As the article prints it."""


class UpdateNotices(StoreFile):
    """The part of the store that holds what Crossref says."""

    def save_updates(self, answers: Mapping[Doi, Iterable[UpdateNotice]], at: datetime) -> None:
        """Write what Crossref answered about these DOIs, in one transaction; what is gone is kept as gone."""
        moment = to_utc(at)
        with self._writing() as con:
            for doi, notices in answers.items():
                docs = {hashlib.sha256(text.encode()).hexdigest(): text for text in map(dump, notices)}
                standing = {
                    digest
                    for (digest,) in con.execute(
                        "SELECT digest FROM update_notice WHERE paper_doi = ? AND gone_at IS NULL", [doi]
                    ).fetchall()
                }
                con.execute(
                    "UPDATE update_notice SET gone_at = ? WHERE paper_doi = ? AND gone_at IS NULL"
                    " AND digest IN (SELECT unnest(?::VARCHAR[]))",
                    [moment, doi, sorted(standing - docs.keys())],
                )
                for digest in sorted(docs.keys() - standing):
                    con.execute(
                        "INSERT INTO update_notice VALUES (?, ?, NULL, ?, ?)", [digest, moment, doi, docs[digest]]
                    )
                asked = con.execute("SELECT 1 FROM update_look WHERE doi = ?", [doi]).fetchone()
                if asked:
                    con.execute("UPDATE update_look SET asked_at = ? WHERE doi = ?", [moment, doi])
                else:
                    con.execute("INSERT INTO update_look VALUES (?, ?, ?)", [doi, moment, moment])

    def update_looks(self, dois: Collection[Doi]) -> dict[Doi, datetime]:
        """When Crossref last answered about each of these DOIs, UTC; those that it never did are left out."""
        if not dois:
            return {}
        with self._reading() as con:
            rows = con.execute(
                "SELECT doi, asked_at FROM update_look WHERE doi IN (SELECT unnest(?::VARCHAR[]))", [list(dois)]
            ).fetchall()
        return {Doi(doi): from_utc(at) for doi, at in rows}

    def update_notices(self, dois: Collection[Doi]) -> tuple[UpdateNotice, ...]:
        """The notices that stand about works with these DOIs, oldest first."""
        if not dois:
            return ()
        with self._reading() as con:
            rows = con.execute(
                "SELECT doc FROM update_notice WHERE gone_at IS NULL"
                " AND paper_doi IN (SELECT unnest(?::VARCHAR[])) ORDER BY first_seen, digest",
                [list(dois)],
            ).fetchall()
        return tuple(load(UpdateNotice, doc) for (doc,) in rows)

    def note_works(self, works: Iterable[CitedWork], at: datetime) -> None:
        """Keep what the numbers of cited works without a PubMed record stand for."""
        with self._writing() as con:
            for work in works:
                con.execute(
                    "INSERT INTO cited_work VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    [work.number, work.doi, work.title, to_utc(at)],
                )

    def cited_works(self, numbers: Collection[Pmid]) -> dict[Pmid, CitedWork]:
        """What these numbers stand for; numbers that are none are left out."""
        works = [number for number in numbers if number < 0]
        if not works:
            return {}
        with self._reading() as con:
            rows = con.execute(
                "SELECT number, doi, title FROM cited_work WHERE number IN (SELECT unnest(?::INTEGER[]))", [works]
            ).fetchall()
        return {Pmid(number): CitedWork(Pmid(number), Doi(doi), title) for number, doi, title in rows}
