"""How litwatch reads a file of records beside the fastest other readers: pubmedparser2 (C) and EDirect's xtract (Go).

``python -m bench.parse_fast [--records 6000] [--rounds 3]`` gives each the same gzipped file in a process of its own,
in turn, and prints processor seconds by litwatch's. pubmedparser2 (``bench/compiled_peers.txt``) writes the fields
that it is asked for to tables, xtract (Debian: ncbi-entrez-direct) to standard output; litwatch makes objects. A reader
that is not installed, or that stops at a record, is said to. For readers in Python the seconds are those of reading
alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path

from bench.parse import count_records, invent_records, real_records, save

CITATION = "/PubmedArticle/MedlineCitation"
FEW = {"root": "/PubmedArticleSet", "key": f"{CITATION}/PMID", "Title": f"{CITATION}/Article/ArticleTitle"}
LIKE: dict[str, object] = FEW | {
    "Abstract": f"{CITATION}/Article/Abstract/AbstractText",
    "Language": f"{CITATION}/Article/Language",
    "Journal": f"{CITATION}/MedlineJournalInfo/MedlineTA",
    "Volume": f"{CITATION}/Article/Journal/JournalIssue/Volume",
    "Issue": f"{CITATION}/Article/Journal/JournalIssue/Issue",
    "Pages": f"{CITATION}/Article/Pagination/MedlinePgn",
    "Keyword": f"{CITATION}/KeywordList/Keyword",
    "Type": f"{CITATION}/Article/PublicationTypeList/PublicationType",
    "Doi": "/PubmedArticle/PubmedData/ArticleIdList/ArticleId/[@IdType='doi']",
    "Author": {
        "root": f"{CITATION}/Article/AuthorList",
        "key": "/Author/auto_index",
        "LastName": "/Author/LastName",
        "ForeName": "/Author/ForeName",
        "Affiliation": "/Author/AffiliationInfo/Affiliation",
    },
    "Mesh": {
        "root": f"{CITATION}/MeshHeadingList",
        "key": "/MeshHeading/auto_index",
        "Descriptor": "/MeshHeading/DescriptorName",
        "Qualifier": "/MeshHeading/QualifierName",
    },
    "Chemical": f"{CITATION}/ChemicalList/Chemical/NameOfSubstance",
    "Cites": "/PubmedArticle/PubmedData/ReferenceList/Reference/ArticleIdList/ArticleId/[@IdType='pubmed']",
}
"""What litwatch keeps of a record, as far as pubmedparser2's paths can say it."""
XTRACT = "-pattern PubmedArticle -element MedlineCitation/PMID ArticleTitle MedlineTA".split()
XTRACT_LIKE = """Language Volume Issue MedlinePgn AbstractText PublicationType Keyword NameOfSubstance
-block Author -element LastName ForeName Affiliation Identifier -block MeshHeading -element DescriptorName QualifierName
-block PubMedPubDate -element @PubStatus Year Month Day -block Reference -element ArticleId
-block CommentsCorrections -element @RefType RefSource PMID""".split()
READERS = ("litwatch", "pubmedparser2, title alone", "pubmedparser2, like fields")


def read(reader: str, file: Path, count: int) -> float:
    """The processor seconds of reading the file, in this process. Raises SystemExit where not all of it was read."""
    if reader == "litwatch":
        begun = time.process_time()
        count_records(file)
        return time.process_time() - begun
    read_xml = import_module("pubmedparser").read_xml
    form = FEW if reader.endswith("alone") else LIKE
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        read_xml([str(file)], form, folder, relative_to_default_data=False, progress_file="done", n_threads=1)
        took = time.process_time() - begun
        titles = (Path(folder) / "Title.tsv").read_bytes().count(b"\n")
    if titles < 0.9 * count:
        sys.exit(f"it stopped after {titles} of {count} records")
    if titles < count:
        print(f"{reader} left {count - titles} of {count} titles out", file=sys.stderr)
    return took


def by_python(reader: str, file: Path, count: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "bench.parse_fast", "--reader", reader, "--file", str(file),
         "--records", str(count)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or f"ended by signal {-done.returncode}").splitlines()[-1])
    sys.stderr.write(done.stderr)
    return float(done.stdout.split()[-1])


def by_xtract(words: Sequence[str], file: Path) -> float:
    """Unpacking and xtract, as its documentation joins them."""
    command = f'gunzip -c "$0" | xtract {" ".join(words)} > /dev/null'
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["bash", "-o", "pipefail", "-c", command, str(file)], check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(name: str, records: Sequence[bytes], count: int, rounds: int, folder: Path) -> None:
    size = save(islice(cycle(records), count), file := folder / f"{name}.xml.gz")
    readers: dict[str, Callable[[], float]] = {
        reader: lambda reader=reader: by_python(reader, file, count) for reader in READERS  # type: ignore[misc]
    }  # fmt: skip
    if shutil.which("xtract"):
        readers["xtract, three fields"] = lambda: by_xtract(XTRACT, file)
        readers["xtract, like fields"] = lambda: by_xtract([*XTRACT, *XTRACT_LIKE], file)
    best: dict[str, float] = {}
    stopped: dict[str, str] = {}
    for _ in range(rounds):
        for reader, run in readers.items():
            try:
                best[reader] = min(best.get(reader, float("inf")), run())
            except (RuntimeError, subprocess.CalledProcessError) as error:
                stopped[reader] = str(error)
    print(f"\n{count:,} {name} records, {size / count * 1000:.1f} kB each, unpacking in every figure")
    for reader in readers:
        if reader in stopped:
            print(f"{reader:<32}cannot read it: {stopped[reader]}")
        else:
            print(f"{reader:<32}{best[reader] / best['litwatch']:6.2f} of litwatch's CPU, {best[reader]:.2f} s")
    if not shutil.which("xtract"):
        print("xtract is not installed (Debian: ncbi-entrez-direct)")


def main() -> None:
    beside = Path(os.environ.get("LITWATCH_SHARED", Path(__file__).parent.parent.parent / "shared"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--real", type=Path, default=beside / "data" / "pubmed_xml", help="a folder of PubMed XML")
    parser.add_argument("--reader", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.reader:
        print(read(given.reader, given.file, given.records))
        return
    with tempfile.TemporaryDirectory() as folder:
        measure("invented", invent_records(given.records), given.records, given.rounds, Path(folder))
        if given.real.is_dir() and (found := real_records(given.real)):
            measure("real", found, given.records, given.rounds, Path(folder))
        else:
            print(f"\nno real records: {given.real} is not there")


if __name__ == "__main__":
    main()
