"""How long the stand-in takes for a search of 200,000 records and a fetch of 200, against the pace that NCBI allows.

NCBI lets a client without a key ask three times a second: an answer that takes less than a third of a second never
makes anybody wait for the stand-in. The figures are ratios to that pace, the middle of nine answers over the wire.
Run: python bench/standin.py [records]
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
import urllib.parse
import urllib.request
from datetime import date

from litwatch.standin import Corpus, StandIn
from litwatch.standin.cheap_records import cheap_records

PACE_SECONDS = 1 / 3
TODAY = date(2026, 12, 1)
QUESTIONS = (
    ("one phrase, all records", "esearch", {"term": '"insulin resistance"[tiab]', "retmax": "20"}),
    (
        "a night's strategy",
        "esearch",
        {"term": "insulin resistance[tiab] AND (sleep OR obes*) AND adults[ti] NOT cohort[ti]"},
    ),
    ("a week by entry date", "esearch", {"term": "insulin resistance", "datetype": "edat", "reldate": "14"}),
    ("kept in the history", "esearch", {"term": "sleep[ti]", "usehistory": "y", "retmax": "0"}),
    ("200 records", "efetch", {"retmode": "xml"}),
    ("200 summaries", "esummary", {"retmode": "json"}),
)


def ask(standin: StandIn, utility: str, form: dict[str, str]) -> bytes:
    data = urllib.parse.urlencode({"db": "pubmed", **form}).encode()
    with urllib.request.urlopen(f"{standin.base}{utility}.fcgi", data=data, timeout=600) as answer:
        return answer.read()


def main(count: int) -> None:
    started = time.perf_counter()
    corpus = Corpus(cheap_records(count))
    print(f"{count} records written in {time.perf_counter() - started:.1f} s")
    ids = ",".join(str(99_100_001 + number) for number in range(0, count, max(1, count // 200)))
    with StandIn(corpus, today=TODAY, rate=None) as standin:
        started = time.perf_counter()
        ask(standin, "esearch", {"term": "warm[ti]"})
        print(f"first search (parses and indexes everything): {time.perf_counter() - started:.1f} s")
        for name, utility, form in QUESTIONS:
            asked = {"id": ids, **form} if utility != "esearch" else form
            taken = []
            for number in range(9):
                # Another term each time: an answer remembered from before would flatter.
                fresh = asked | ({"term": f"{asked['term']} NOT word{number}x[ti]"} if "term" in asked else {})
                started = time.perf_counter()
                size = len(ask(standin, utility, fresh))
                taken.append(time.perf_counter() - started)
            middle = statistics.median(taken)
            print(f"{name:26} {middle * 1000:7.0f} ms  {middle / PACE_SECONDS:5.2f} of NCBI's pace  {size:>9} bytes")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
