"""Reads files into a corpus: PubMed XML as EFetch, the baseline or the update files hold it, tables, scenarios.

Plain or gzipped files, or folders of them. A record's bytes are cut out of the file and kept as they stand. Of several
versions of one PMID the newest holds, of equal versions the one read last; a DeleteCitation removes what came before.
A table's row counts for less than any record in XML, and one without an abstract for less than one with.
These are visible from the first day; a scenario's revisions (``scenario``) each from its own.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from litwatch.model.errors import SettingsError
from litwatch.model.record import AbstractPart, PublicationType
from litwatch.standin.citation_xml import Citation, Periodical, write_article
from litwatch.standin.corpus import Corpus
from litwatch.standin.life import Revision, in_order
from litwatch.standin.scenario import ScenarioErrors, read_scenario_file

_SCENARIOS: Final = (".yaml", ".yml")
_SUFFIXES: Final = (".xml", ".xml.gz", ".csv", ".csv.gz", *_SCENARIOS)
_LARGEST: Final = 2 << 30
"""Bytes of one file, unpacked; a baseline file of 2026 has about 200 MB."""

_RECORD = re.compile(
    rb"<(PubmedArticle|PubmedBookArticle)(?=[\s>]).*?</\1\s*>|<DeleteCitation\s*>.*?</DeleteCitation\s*>", re.S
)
_CITATION = re.compile(rb"<MedlineCitation(?=[\s>]).*?</MedlineCitation\s*>", re.S)
_PMID = re.compile(rb"<PMID(?:\s[^>]*?Version\s*=\s*[\"'](\d+)[\"'][^>]*|\s[^>]*)?>\s*(\d+)\s*</PMID\s*>")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_JOURNAL = Periodical(title="Journal not stated", abbreviation="J Not Stated", issn=None)


def read_corpus(paths: Iterable[Path]) -> Corpus:
    """Read files and folders into a corpus, as ``read_revisions`` does."""
    return Corpus(read_revisions(paths))


def read_revisions(paths: Iterable[Path]) -> tuple[Revision, ...]:
    """Read files and folders, in the order given and by name within a folder, into revisions by day and PMID.

    A file without any record adds nothing. Raises SettingsError naming a file that cannot be read, and where no file
    holds a record; ScenarioErrors with the mistakes of all scenarios.
    """
    newest: dict[int, tuple[int, bytes | None]] = {}
    told: list[Revision] = []
    problems: list[str] = []
    for path in _files(paths):
        if path.name.lower().endswith(_SCENARIOS):
            try:
                told += _scenario(path)
            except ScenarioErrors as errors:
                problems += errors.problems
            continue
        for pmid, version, xml in _entries(path):
            if pmid not in newest or version >= newest[pmid][0] or xml is None:
                newest[pmid] = (version, xml)
    if problems:
        raise ScenarioErrors(tuple(problems))
    if not newest and not told:
        raise SettingsError("no PubMed record in these files; the stand-in reads PubMed XML, CSV files of abstracts "
                            "and scenarios (.yaml)")  # fmt: skip
    return in_order((*(Revision(date.min, pmid, xml) for pmid, (_, xml) in newest.items()), *told))


def cut_records(data: bytes) -> Iterator[tuple[int, int, bytes | None]]:
    """Cut PubMed XML into (PMID, version, the record's bytes); None instead of bytes for a DeleteCitation's PMID.

    Text in another encoding than UTF-8 is recoded first, because a cut record has no declaration to say so.
    """
    declared = _ENCODING.match(data)
    if declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        data = data.decode(declared[1].decode(), errors="replace").encode()
    records = list(_RECORD.finditer(data))
    for match in records:
        if match[1] is None:
            yield from ((int(pmid[2]), int(pmid[1] or 1), None) for pmid in _PMID.finditer(match[0]))
        elif (pmid := _PMID.search(match[0])) is not None:
            yield int(pmid[2]), int(pmid[1] or 1), match[0]
    if not records:  # MedlineCitationSet: the licensees' form until 2016, still met in samples
        for match in _CITATION.finditer(data):
            if (pmid := _PMID.search(match[0])) is not None:
                yield int(pmid[2]), int(pmid[1] or 1), b"<PubmedArticle>" + match[0] + b"</PubmedArticle>"


def abstracts_as_records(lines: Iterable[str]) -> Iterator[tuple[int, int, bytes | None]]:
    """Turn CSV lines with the columns pmid, title, abstract, year and perhaps doi into (PMID, version, minimal record).

    The version is 0 with an abstract and -1 without: both below those of PubMed's own records, which begin at 1. A row
    without a PMID in digits is skipped. The entry date is 1 January of the year, because nothing better is known.
    """
    for row in csv.DictReader(lines):
        pmid, year = (row.get("pmid") or "").strip(), (row.get("year") or "").strip()
        if not (pmid.isascii() and pmid.isdigit() and int(pmid)):
            continue
        known = year.isdigit() and 1600 < int(year) < 2200
        abstract = (row.get("abstract") or "").strip()
        citation = Citation(
            pmid=int(pmid),
            title=(row.get("title") or "").strip() or "[Not Available].",
            periodical=_JOURNAL,
            published=year if known else "1900",
            created=date(int(year), 1, 1) if known else None,
            types=(PublicationType("D016428", "Journal Article"),),
            doi=(row.get("doi") or "").strip() or None,
            abstract=(AbstractPart(None, None, abstract),) if abstract else (),
        )
        yield int(pmid), 0 if abstract else -1, write_article(citation)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file for file in path.rglob("*") if file.name.lower().endswith(_SUFFIXES) and file.is_file()
            )
            if not inside:
                raise SettingsError(f"{path}: no {', '.join(_SUFFIXES)} file in this folder")
            yield from inside
        else:
            yield path


def _scenario(path: Path) -> tuple[Revision, ...]:
    try:
        return read_scenario_file(path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read as a scenario: {error}") from error


def _entries(path: Path) -> Iterator[tuple[int, int, bytes | None]]:
    try:
        data = _read(path)
    except (OSError, EOFError, zlib.error) as error:
        raise SettingsError(f"{path}: cannot be read as a corpus file: {error}") from error
    if path.name.lower().removesuffix(".gz").endswith(".csv"):
        csv.field_size_limit(1 << 24)
        yield from abstracts_as_records(io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=""))
    else:
        try:
            yield from cut_records(data)
        except (LookupError, UnicodeError) as error:
            raise SettingsError(f"{path}: {error}; its XML declaration names no encoding that can be read") from error


def _read(path: Path) -> bytes:
    with path.open("rb") as raw:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        data = gzip.GzipFile(fileobj=raw).read(_LARGEST + 1) if packed else raw.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise SettingsError(f"{path}: larger than {_LARGEST >> 20} MB unpacked; split it")
    return data
