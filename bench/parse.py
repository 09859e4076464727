"""How fast and how lean `litwatch.sources.pubmed_xml` reads records, beside its peers, in one run on the same file.

Run: ``make bench-parse``, or ``python bench/parse.py [--records 10000] [--real FOLDER]`` where pubmed_parser is
installed. It invents records of about 18 kB, no two alike, whose long reference lists are most of the bytes, as EFetch
sends them today; where the reference material lies beside the project (or ``--real`` names a folder of PubMed XML),
its records are repeated to the same number and measured too, and once more each for the first time, when nothing is
remembered. Peers: pubmed_parser 0.5.1, Bio.Entrez.read, and lxml alone on each record's bytes, reading no field.
Everyone reads one gzipped file, which is what pubmed_parser insists on, so unpacking is in every figure. It compares
no results (the tests do that).
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path

from Bio import Entrez
from lxml import etree

from litwatch.model.errors import LitwatchError
from litwatch.model.record import Record
from litwatch.sources.pubmed_xml import iterate_article_set, parse_article_set, unpack
from litwatch.sources.pubmed_xml.record_cutter import Slice, chunks_in, cut_records

OURS = "litwatch iterate_article_set"
HEAD = b"""<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" \
"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet>
"""
TAIL = b"\n</PubmedArticleSet>\n"
WORDS = (
    "insulin resistance hepatic steatosis glucose adipose tissue cohort randomised controlled trial placebo "
    "risk of the and with among adults patients type 2 diabetes mellitus fasting plasma lipid muscle mitochondrial "
    "inflammation cytokine body mass index hazard ratio confidence interval we found that was associated significantly"
).split()
DAY = "<Year>{year}</Year><Month>{month:02}</Month><Day>{day:02}</Day>"
ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE" IndexingMethod="Automated" Owner="NLM">\
<PMID Version="1">{pmid}</PMID><DateCompleted>{day}</DateCompleted><DateRevised>{day}</DateRevised>\
<Article PubModel="Electronic"><Journal><ISSN IssnType="Electronic">1234-5678</ISSN>\
<JournalIssue CitedMedium="Internet"><Volume>12</Volume><Issue>3</Issue>\
<PubDate><Year>2021</Year><Month>Mar</Month><Day>09</Day></PubDate></JournalIssue>\
<Title>Journal of invented examples</Title><ISOAbbreviation>J Invent Ex</ISOAbbreviation></Journal>\
<ArticleTitle>{title}.</ArticleTitle><Pagination><StartPage>11</StartPage><EndPage>19</EndPage>\
<MedlinePgn>11-19</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">10.5555/inv.{pmid}</ELocationID>\
<Abstract>{abstract}<CopyrightInformation>© Nobody.</CopyrightInformation></Abstract>\
<AuthorList CompleteYN="Y">{authors}</AuthorList><Language>eng</Language>\
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>\
<PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList>\
<ArticleDate DateType="Electronic">{day}</ArticleDate></Article>\
<MedlineJournalInfo><Country>Nowhere</Country><MedlineTA>J Invent Ex</MedlineTA><NlmUniqueID>999999999</NlmUniqueID>\
<ISSNLinking>1234-5678</ISSNLinking></MedlineJournalInfo><ChemicalList>{chemicals}</ChemicalList>\
<CitationSubset>IM</CitationSubset><MeshHeadingList>{mesh}</MeshHeadingList>\
<KeywordList Owner="NOTNLM">{keywords}</KeywordList></MedlineCitation><PubmedData><History>{history}</History>\
<PublicationStatus>epublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>\
<ArticleId IdType="pmc">PMC{pmid}</ArticleId><ArticleId IdType="doi">10.5555/inv.{pmid}</ArticleId></ArticleIdList>\
<ReferenceList>{references}</ReferenceList></PubmedData></PubmedArticle>"""
AUTHOR = """<Author ValidYN="Y"><LastName>{name}</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials>\
<Identifier Source="ORCID">0000-0002-1234-0097</Identifier>\
<AffiliationInfo><Affiliation>Department of {place}, Example University, Exampletown.</Affiliation></AffiliationInfo>\
</Author>"""
HEADING = """<MeshHeading><DescriptorName UI="D{ui:06}" MajorTopicYN="N">{label}</DescriptorName>\
<QualifierName UI="Q000378" MajorTopicYN="Y">metabolism</QualifierName></MeshHeading>"""
CHEMICAL = """<Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D007328">{label}</NameOfSubstance>\
</Chemical>"""
REFERENCE = """<Reference><Citation>{text}. J Invent Ex. 2019;{ui}:1-9.</Citation><ArticleIdList>\
<ArticleId IdType="doi">10.5555/ex.{ui}</ArticleId><ArticleId IdType="pubmed">{pmid}</ArticleId>\
</ArticleIdList></Reference>"""


def invent_records(count: int) -> list[bytes]:
    """Records shaped like today's EFetch answers; nothing in them is real, and the same every time."""
    draw = random.Random(7)

    def words(low: int, high: int) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(low, high)))

    def several(low: int, high: int, form: Callable[[], str]) -> str:
        return "".join(form() for _ in range(draw.randint(low, high)))

    def part(label: str) -> str:
        return (
            f'<AbstractText Label="{label}" NlmCategory="{label}">{words(25, 60)} (<i>P</i> &lt; .05).</AbstractText>'
        )

    headings = [HEADING.format(ui=draw.randint(1, 99_999), label=words(1, 3)) for _ in range(2000)]

    def one(pmid: int) -> bytes:
        day = DAY.format(year=draw.randint(2005, 2025), month=draw.randint(1, 12), day=draw.randint(1, 28))
        return ARTICLE.format(
            pmid=pmid,
            day=day,
            title=words(8, 18),
            abstract="".join(map(part, ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS"))),
            authors=several(3, 9, lambda: AUTHOR.format(name=draw.choice(("Müller", "O'Neil")), place=words(2, 5))),
            chemicals=several(1, 5, lambda: CHEMICAL.format(label=words(1, 2))),
            mesh=several(5, 14, lambda: draw.choice(headings)),
            keywords=several(3, 6, lambda: f'<Keyword MajorTopicYN="N">{words(1, 2)}</Keyword>'),
            history="".join(
                f'<PubMedPubDate PubStatus="{status}">{day}<Hour>6</Hour><Minute>0</Minute></PubMedPubDate>'
                for status in ("received", "accepted", "pubmed", "medline", "entrez")
            ),
            references=several(
                12,
                48,
                lambda: REFERENCE.format(
                    text=words(12, 22), ui=draw.randint(1, 99_999), pmid=draw.randint(1_000_000, 38_000_000)
                ),
            ),
        ).encode()

    return [one(99_000_001 + number) for number in range(count)]


def real_records(folder: Path) -> list[bytes]:
    """Every article's bytes from the PubMed XML under a folder that our peers can read too.

    Left out: files that are no PubmedArticleSet, books, what is broken on purpose, and records older than the DTD.
    """
    found: list[bytes] = []
    for file in sorted([*folder.rglob("*.xml"), *folder.rglob("*.xml.gz")]):
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        with suppress(LitwatchError):
            found += [
                piece.data
                for piece in cut_records(chunks_in(data))
                if isinstance(piece, Slice) and b"<Article " in piece.data and b"<DateCreated>" not in piece.data
            ]
    return found


def best_rates(measured: dict[str, Callable[[], int]], count: int, rounds: int) -> dict[str, float]:
    """Records a second of processor time, the best of some rounds; in each round everyone takes a turn.

    Processor time, because a neighbour on the machine must not decide. A peer that delivers another number of
    records is an error.
    """
    best = dict.fromkeys(measured, 0.0)
    for _ in range(rounds):
        for name, read in measured.items():
            begun = time.process_time()
            delivered = read()
            best[name] = max(best[name], count / (time.process_time() - begun))
            if delivered != count:
                raise SystemExit(f"{name} delivered {delivered} of {count} records")
    return best


def count_records(file: Path) -> int:
    """Read a gzipped file as ``litwatch bulk load`` does, one record in memory at a time."""
    with file.open("rb") as stream, unpack(stream) as unpacked:
        return sum(isinstance(item, Record) for item in iterate_article_set(unpacked))


def peers(file: Path, slices: list[bytes]) -> dict[str, Callable[[], int]]:
    """What is measured: each reads the whole file (or, for bare lxml, each record's bytes) and counts records."""

    def ours_at_once() -> int:
        with file.open("rb") as stream, unpack(stream) as unpacked:
            return len(parse_article_set(unpacked.read()).records)

    def unpack_alone() -> int:
        with gzip.open(file) as stream:
            while stream.read(1 << 20):
                pass
        return len(slices)

    def bare() -> int:
        unpack_alone()
        return sum(etree.fromstring(data) is not None for data in slices)

    def entrez() -> int:
        with gzip.open(file) as stream:
            return len(Entrez.read(stream, validate=False)["PubmedArticle"])

    found = {OURS: lambda: count_records(file), "litwatch parse_article_set": ours_at_once}
    try:
        pubmed_parser = importlib.import_module("pubmed_parser")
    except ImportError:
        print("pubmed_parser is not installed, so it is not measured; `make bench-parse` installs it apart")
    else:
        everything = {"year_info_only": False, "nlm_category": True, "author_list": True, "reference_list": True}
        found["pubmed_parser, default"] = lambda: sum(1 for _ in pubmed_parser.parse_medline_xml(str(file)))
        found["pubmed_parser, all fields"] = lambda: sum(
            1 for _ in pubmed_parser.parse_medline_xml(str(file), **everything)
        )
    return found | {"Bio.Entrez.read": entrez, "lxml alone, no field read": bare, "gzip alone": unpack_alone}


def by_two_processes(file: Path, count: int) -> float:
    """How many times as many records a second two processes read, a file each, as one reads."""

    def rate(processes: int) -> float:
        begun = time.perf_counter()
        running = [subprocess.Popen([sys.executable, __file__, "--count", str(file)]) for _ in range(processes)]
        if any(process.wait() for process in running):
            raise SystemExit("a process failed")
        return processes * count / (time.perf_counter() - begun)

    return max(rate(2) for _ in range(3)) / max(rate(1) for _ in range(3))


def peak_memory(file: Path) -> float:
    """Peak resident MB of a process of its own that reads the file."""
    own = subprocess.run([sys.executable, __file__, "--memory", str(file)], capture_output=True, text=True, check=True)
    return float(own.stdout)


def first_time(file: Path) -> float:
    """Records a second of a new process that reads the file once, so that nothing is remembered from before."""
    own = subprocess.run([sys.executable, __file__, "--once", str(file)], capture_output=True, text=True, check=True)
    return float(own.stdout)


def save(slices: Iterable[bytes], file: Path) -> float:
    """Write a set as NLM would; returns its size unpacked in MB."""
    content = HEAD + b"\n".join(slices) + TAIL
    file.write_bytes(gzip.compress(content))
    return len(content) / 1e6


def measure(name: str, slices: list[bytes], count: int, rounds: int, folder: Path) -> Path:
    """Print the table for these records, repeated to the number asked for; returns the file made for it."""
    save(slices, once := folder / "once.xml.gz")
    repeated = list(islice(cycle(slices), count))
    size = save(repeated, file := folder / f"{name}.xml.gz")
    print(f"\n{count} {name} records ({len(set(slices))} distinct), {size / count * 1000:.1f} kB each, {size:.0f} MB")
    rates = best_rates(peers(file, repeated), count, rounds)
    ours = rates[OURS]
    print(f"{'':32}{'records/s':>10}  litwatch is × as fast")
    for reader, rate in rates.items():
        print(f"{reader:32}{rate:10.0f}  {ours / rate:.2f}")
    print(f"{'litwatch, each for the first time':32}{max(first_time(once) for _ in range(rounds)):9.0f}")
    return file


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    beside = Path(os.environ.get("LITWATCH_SHARED", Path(__file__).parent.parent.parent / "shared"))
    options.add_argument("--real", type=Path, default=beside / "data" / "pubmed_xml", help="a folder of PubMed XML")
    options.add_argument("--records", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    for hidden in ("--count", "--memory", "--once"):
        options.add_argument(hidden, type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.count:
        count_records(given.count)
    elif given.once:
        begun = time.process_time()
        print(count_records(given.once) / (time.process_time() - begun))
    elif given.memory:
        count_records(given.memory)
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        print(int(status["VmHWM"].split()[0]) / 1024)  # getrusage would count the parent before exec too
    else:
        with tempfile.TemporaryDirectory() as folder:
            report(given.real, given.records, given.rounds, Path(folder))


def report(real: Path, count: int, rounds: int, folder: Path) -> None:
    """The tables, then what a second process adds and what memory a file takes."""
    invented = invent_records(count)
    file = measure("invented", invented, count, rounds, folder)
    if found := real_records(real) if real.is_dir() else []:
        measure("real", found, count, rounds, folder)
    else:
        print(f"\nno real records: {real} is not there")
    print(f"\ntwo processes read {by_two_processes(file, count):.2f} times as many invented records a second as one")
    for megabytes in (20, 200):
        enough = islice(cycle(invented), megabytes * 1_000_000 * count // sum(map(len, invented)) + 1)
        size = save(enough, large := folder / "large.xml.gz")
        print(f"peak resident memory while reading {size:.0f} MB: {peak_memory(large):.0f} MB")


if __name__ == "__main__":
    main()
