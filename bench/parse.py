"""How fast and how lean `litwatch.pubmed_xml` reads records, beside its peers, in one run on the same file.

Run: ``python bench/parse.py [--corpus FILES…] [--records 10000]``. Without files it invents records of about 17 kB
whose long reference lists are most of the bytes, as EFetch sends them today; files (XML, or gzipped XML) are taken
apart and their records repeated until there are enough. Peers: pubmed_parser (skipped, saying so, where it is not
installed; it is no dependency of ours), Bio.Entrez.read, and lxml alone on each record's bytes, reading no field.
Everyone reads one gzipped file, which is what pubmed_parser insists on, so unpacking is in every figure.
It refuses to compare results (the tests do that) and prints no figure that this run did not measure.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from pathlib import Path

from lxml import etree

from litwatch.errors import LitwatchError
from litwatch.pubmed_xml import iterate_article_set, parse_article_set
from litwatch.pubmed_xml.answer import Slice, chunks_in, cut_records
from litwatch.records import Record

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


def records_of(files: Iterable[Path]) -> list[bytes]:
    """Every record's bytes from files that hold a PubmedArticleSet; other files are passed over, by name."""
    found: list[bytes] = []
    for file in files:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        try:
            found += [
                piece.data
                for piece in cut_records(chunks_in(data))
                if isinstance(piece, Slice) and b"<DateCreated>" not in piece.data
            ]
        except LitwatchError as error:
            print(f"passed over {file.name}: {error}")
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


def peers(file: Path, slices: list[bytes]) -> dict[str, Callable[[], int]]:
    """What is measured: each reads the whole file (or, for bare lxml, each record's bytes) and counts records."""

    def ours() -> int:
        return len(parse_article_set(gzip.decompress(file.read_bytes())).records)

    def ours_streaming() -> int:
        with gzip.open(file) as stream:
            return sum(isinstance(item, Record) for item in iterate_article_set(stream))

    def unpack() -> int:
        with gzip.open(file) as stream:
            while stream.read(1 << 20):
                pass
        return len(slices)

    def bare() -> int:
        unpack()
        return sum(etree.fromstring(data) is not None for data in slices)

    def entrez() -> int:
        from Bio import Entrez  # noqa: PLC0415 - only a peer here

        with gzip.open(file) as stream:
            return len(Entrez.read(stream, validate=False)["PubmedArticle"])

    found = {"litwatch parse_article_set": ours, "litwatch iterate_article_set": ours_streaming}
    found |= {"unpacking alone": unpack, "lxml alone, no field read": bare, "Bio.Entrez.read": entrez}
    try:
        pubmed_parser = importlib.import_module("pubmed_parser")
    except ImportError:
        print("pubmed_parser is not installed: not measured")
    else:
        found["pubmed_parser, default"] = lambda: sum(1 for _ in pubmed_parser.parse_medline_xml(str(file)))
        everything = {"year_info_only": False, "nlm_category": True, "author_list": True, "reference_list": True}
        found["pubmed_parser, all fields"] = lambda: sum(
            1 for _ in pubmed_parser.parse_medline_xml(str(file), **everything)
        )
    return found


def peak_memory(file: Path) -> float:
    """Peak resident MB of a process of its own that reads the file with iterate_article_set."""
    own = subprocess.run(
        [sys.executable, __file__, "--measure-memory-of", str(file)], capture_output=True, text=True, check=True
    )
    return float(own.stdout)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--corpus", nargs="+", type=Path, help="files with a PubmedArticleSet, may be gzipped")
    options.add_argument("--records", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--measure-memory-of", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.measure_memory_of:
        with gzip.open(given.measure_memory_of) as stream:
            for _ in iterate_article_set(stream):
                pass
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        print(int(status["VmHWM"].split()[0]) / 1024)  # getrusage would count the parent before exec too
        return
    slices = records_of(given.corpus) if given.corpus else invent_records(min(given.records, 2000))
    slices = list(islice(cycle(slices), given.records))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "records.xml.gz")
        file.write_bytes(gzip.compress(content := HEAD + b"\n".join(slices) + TAIL))
        size = len(content)
        print(f"{len(slices)} records, {size / len(slices) / 1000:.1f} kB each, {size / 1e6:.0f} MB")
        rates = best_rates(peers(file, slices), len(slices), given.rounds)
        ours = rates["litwatch iterate_article_set"]
        print(f"{'':32}{'records/s':>10}  ours (iterate) is × as fast")
        for name, rate in rates.items():
            print(f"{name:32}{rate:10.0f}  {ours / rate:.2f}")
        print(f"iterate_article_set, peak resident memory on this file: {peak_memory(file):.0f} MB")


if __name__ == "__main__":
    main()
