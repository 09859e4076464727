"""Asks the stand-in for each recorded answer, compares, and writes the table in docs/standin.md.

``python -m tests.standin.faithfulness`` writes it, with ``--show`` it only prints what differs without a reason.
Each answer is asked of a stand-in that holds just its records: those of the answer itself, of another recording of the
same PMID, rebuilt from MEDLINE text, or, for a search, invented ones under the recorded PMIDs that the term finds.
Compared are status, content type, document type, elements, their order, attributes, blanks and words; counts, dates and
identifiers of sessions are not.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from tests.standin.comparison import differences
from tests.standin.holdings import hold, library_of
from tests.standin.recordings import Recording, read_samples

from litwatch.standin import Corpus, StandIn
from litwatch.standin.feed_routes import SOURCES
from litwatch.standin.web import Answer, Request

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "standin.md"
BEGIN, END = "<!-- table of faithfulness: begin -->", "<!-- table of faithfulness: end -->"

Verdict = Literal["same", "differs on purpose", "cannot be known", "differs"]

ON_PURPOSE: tuple[tuple[str, str, str], ...] = (
    ("*", "document type", "the year in the document type"),
    ("*", "translation", "the mapping of words is NLM's; the stand-in knows a few headings and variants"),
    ("*", "blanks", "EFetch of before 2021 indented; records are sent as they were read, without blanks between them"),
    ("*", "declaration", "declaration or document type written anew by those who keep it"),
    ("recorded_2026/sulpub_esearch_*_2019.xml", "elements", "ESearch of before 2022, with its TranslationStack"),
    ("recorded_2026/sulpub_esearch_*_2019.xml", "fields", "ESearch of before 2022, with its TranslationStack"),
    (
        "*/client_search_covid_field_title.xml",
        "fields",
        "PubMed's index of phrases lacks it; our titles have it",
    ),
    ("*/test_esearchresult.yaml", "fields", "PubMed looks for an author in its index of full names, too"),
    ("*/retraction_watch_2024*", "reasons", "a table of 2024; since 2025 the reasons have no plus sign"),
    ("biopython/elink6.xml", "elements", "MedlinePlus' pages; the stand-in names the publisher's and PMC's alone"),
    ("metapub/pmid_37909814.xml", "records", "an empty set with a line end in it; a note of 2026 has it at the end"),
    ("*/pubmed_articles_gyroscopapyrus.xml", "*", "of 2023; in 2026 an unknown word alone is a QuotedPhraseNotFound"),
)
"""(recording, kind of difference, why it may); a reason that no difference needs any more fails the test."""

UNKNOWN: tuple[tuple[str, str], ...] = (
    ("*/esearch_mesh_db_*", "another database"),
    ("*_TRANSCRIBED*", "only its words were written down; the fault `backend-outage` is its like"),
    ("*/client_search_reverse_transcriptase_inhibitors_pa_.xml", "which substances act so is in NLM's own tables"),
    ("biopython/esearch3.xml", "which journal is called PNAS is in NLM's own tables"),
    *(
        (f"*/medline_bibaudit_pubmed_{name}.txt", "shortened and partly rewritten by those who keep it")
        for name in (
            "abbreviated_title",
            "au_only",
            "eci_concern_notice",
            "retracted",
            "translated_title",
            "wrapped_authors",
        )
    ),
)
"""(recording, why nobody can compare it)."""


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    asked: str
    verdict: Verdict
    why: str = ""
    differences: tuple[str, ...] = ()


def judge(samples: Path) -> list[Row]:
    """Every recording asked for and compared, then what could not be asked for."""
    found = read_samples(samples)
    library = library_of(found.recordings)
    rows = [_row(recording, library) for recording in found.recordings]
    return rows + [Row(each.name, "", "cannot be known", each.why) for each in found.unasked]


def table(rows: list[Row]) -> str:
    """The rows as Markdown; recordings of one kind that only differ in their number share a row."""
    counted = Counter(row.verdict for row in rows)
    lines = [
        ", ".join(f"{number} {verdict}" for verdict, number in sorted(counted.items())) + ".",
        "",
        "| recorded answer | asked | verdict | why |",
        "|---|---|---|---|",
    ]
    shown: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        many = row.name.startswith("metapub/")
        shown.setdefault((row.verdict, row.why, "metapub" if many else row.name), []).append(row)
    for (verdict, why, name), group in shown.items():
        first = group[0]
        shared = f"{name}, {len(group)} records" if len(group) > 1 else first.name
        asked = f"`{first.asked}`" if first.asked else ""
        cells = (shared, asked, verdict, why)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _row(recording: Recording, library: dict[int, bytes]) -> Row:
    for pattern, why in UNKNOWN:
        if fnmatchcase(recording.name, pattern):
            return Row(recording.name, recording.asked, "cannot be known", why)
    corpus, held = hold(recording, library)
    ours = ask(recording, corpus)
    unlike = tuple(dict.fromkeys(differences(recording, ours)))
    if not unlike:
        return Row(recording.name, recording.asked, "same", held)
    whys = [_reason(recording.name, each) for each in unlike]
    if all(whys):
        why = "; ".join(dict.fromkeys(filter(None, whys)))
        return Row(recording.name, recording.asked, "differs on purpose", why, unlike)
    return Row(recording.name, recording.asked, "differs", "; ".join(unlike), unlike)


def _reason(name: str, difference: str) -> str:
    kind = difference.partition(":")[0]
    fitting = (each for each in ON_PURPOSE if fnmatchcase(kind, each[1]) and fnmatchcase(name, each[0]))
    return next((why for _, _, why in fitting), "")


def idle_reasons(rows: list[Row]) -> list[tuple[str, str, str]]:
    """The reasons that no difference needs."""
    needed = {(row.name, difference.partition(":")[0]) for row in rows for difference in row.differences}
    return [
        each for each in ON_PURPOSE
        if not any(fnmatchcase(name, each[0]) and fnmatchcase(kind, each[1]) for name, kind in needed)
    ]  # fmt: skip


def ask(recording: Recording, corpus: Corpus) -> Answer:
    """The stand-in's answer to the recorded request, in this process and without faults."""
    parameters = {key: tuple(values) for key, values in recording.parameters.items()}
    if recording.utility == "efetch" and (not parameters.get("id") or "..." in parameters["id"]):
        parameters["id"] = (",".join(map(str, corpus.at(recording.day).pmids)),)
    if recording.utility == "retraction-watch.csv":
        path = "/retraction-watch.csv"
    else:
        path = f"/entrez/eutils/{recording.utility}.{'cgi' if recording.utility == 'ecitmatch' else 'fcgi'}"
    standin = StandIn(corpus, today=recording.day, rate=None, rate_with_key=None, routes=SOURCES)
    return standin.answer(Request("POST", path, parameters, {}, "127.0.0.1"))


def main() -> None:
    """Write the table into the page, or with ``--show`` only what differs without a reason."""
    samples = Path(os.environ.get("LITWATCH_SHARED", PROJECT.parent / "shared")) / "data" / "eutils_samples"
    if not samples.is_dir():
        sys.exit("the recorded answers (LITWATCH_SHARED, or ../shared) are not on this machine")
    rows = judge(samples)
    for row in rows:
        if row.verdict == "differs":
            print(f"{row.name}: {row.why}")
    if "--show" not in sys.argv[1:]:
        PAGE.write_text(with_table(PAGE.read_text("utf-8"), rows), encoding="utf-8")
    sys.exit(any(row.verdict == "differs" for row in rows))


def with_table(page: str, rows: list[Row]) -> str:
    """The page with these rows between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(rows)}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    main()
