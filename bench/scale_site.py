"""A site of N articles with a PubMed of its own, and what a night of it costs, in this checkout or in another.

``python -m bench.scale_site --articles 30 --nights 2 [--unknown 3] [--beside CHECKOUT]`` prints one line a night: the
processor's seconds, the peak memory, the requests by utility, the bytes written under reports/. With ``--beside``, a
second site of the same articles spends each night with the other checkout, one after the other.

A topic is a condition × an angle × people: it has a strategy of its own, 30 papers since its last update, and 10
references: 6 print a PMID, 2 a DOI, 2 neither, of which PubMed has all but the last ``--unknown``. 20 recipients share
the digests. NCBI is played by ``litwatch standin`` in a process of its own, without faults and without a pace, and
litwatch waits for no slot, because neither is what is measured. Everything is invented.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from litwatch.model.record import AbstractPart, Author
from litwatch.standin.citation_xml import PROLOG, Citation, Cited, Periodical, write_article
from litwatch.standin.life import publication_types
from litwatch.standin.scenario_form import heading

PROJECT = Path(__file__).resolve().parents[1]
FIRST_NIGHT = date(2026, 11, 2)
UPDATED = date(2026, 6, 1)
PAPERS, CITED, RECIPIENTS = 30, 10, 20
WITH_PMID, WITH_DOI = 6, 2
FIRST_PMID = 91_000_000
"""Above every PMID that NLM has given; the stand-in takes no others for invented ones."""

CONDITIONS = """psoriasis migraine asthma gout sarcoidosis endometriosis glaucoma vitiligo narcolepsy tinnitus bulimia
anaemia osteoporosis scoliosis epilepsy hepatitis pancreatitis appendicitis colitis gastritis dermatitis rosacea
urticaria lupus scleroderma bronchiectasis emphysema pneumonia tuberculosis influenza measles malaria dengue rabies
tetanus leprosy scabies eczema cellulitis sepsis anorexia dementia delirium schizophrenia autism dyslexia stuttering
insomnia obesity hypertension""".split()
ANGLES = """sleep exercise diet genetics surgery imaging mortality pregnancy vaccination screening adherence relapse
fatigue pain rehabilitation telemedicine nutrition smoking biomarkers depression""".split()
PEOPLE = """adults women children nurses farmers sailors veterans students teachers miners athletes migrants prisoners
drivers pilots bakers dancers divers weavers cooks""".split()
DESIGNS = (
    ("a cohort study", "Journal Article"),
    ("a survey", "Journal Article"),
    ("a randomised trial", "Randomized Controlled Trial"),
    ("a case series", "Case Reports"),
    ("a narrative review", "Review"),
    ("a meta-analysis", "Meta-Analysis"),
)
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
JOURNAL = Periodical("Invented Journal of Scale", "Inv J Scale", "0000-0000", "0000000", "England")


@dataclass(frozen=True)
class Subject:
    """What a topic is about."""

    number: int
    condition: str
    angle: str
    people: str

    @property
    def slug(self) -> str:
        return f"{self.condition}-{self.angle}-{self.people}"


def subject(number: int) -> Subject:
    """The topic of that number, from 0: each condition × angle for adults, then for the next people."""
    group, place = divmod(number, len(CONDITIONS) * len(ANGLES))
    crowd, family = divmod(group, len(PEOPLE))
    people = PEOPLE[family] + (f"{crowd}" if crowd else "")
    return Subject(number, CONDITIONS[place % len(CONDITIONS)], ANGLES[place // len(CONDITIONS)], people)


def rare_words(number: int) -> str:
    """Two words that no other paper's title holds together, so that a title finds its own record."""
    base = len(SYLLABLES)
    places = [number * 7919 // base**power % base for power in range(4)]
    one, two, three, four = (SYLLABLES[place] for place in places)
    return f"{one}{two}sin {three}{four}tol"


def pmid_of(topic: int, place: int) -> int:
    """The cited papers have the first places of a topic, the new ones those after."""
    return FIRST_PMID + topic * (CITED + PAPERS) + place


def paper(topic: int, place: int) -> Citation:
    """A paper of a topic: a cited one of 2024, or one of the days between the article's update and the first night."""
    about, pmid = subject(topic), pmid_of(topic, place)
    design, kind = DESIGNS[(topic + place) % len(DESIGNS)]
    new = place - CITED
    span = (FIRST_NIGHT - UPDATED).days - 1
    day = UPDATED + timedelta(days=1 + new * span // PAPERS) if new >= 0 else date(2024, 1, 1 + place)
    title = f"{rare_words(pmid - FIRST_PMID)} and {about.angle} in {about.people} with {about.condition}, {design}"
    said = (
        f"We examined whether {about.angle} changes the course of {about.condition} in {100 + pmid % 900}"
        f" {about.people} over {2 + pmid % 9} years. The main outcome was the rate of {rare_words(pmid % 977)}."
        f" The hazard ratio was 1.{pmid % 90 + 10} (95% CI 1.05 to 2.{pmid % 90 + 10})."
        f" {about.angle.capitalize()} should be considered in the care of {about.condition}."
    )
    return Citation(
        pmid=pmid,
        title=title.capitalize(),
        periodical=JOURNAL,
        published=f"{day.year} {day:%b}",
        created=day,
        mesh_dated=day,
        completed=day,
        revised=day,
        status="MEDLINE",
        indexing="Automated",
        volume=str(1 + topic % 90),
        issue=str(1 + place),
        pages=f"{1 + pmid % 4000}-{9 + pmid % 4000}",
        doi=f"10.5555/scale.{pmid}",
        types=publication_types(*dict.fromkeys(("Journal Article", kind))),
        abstract=(AbstractPart(None, None, said),),
        authors=tuple(Author(f"{SYLLABLES[(pmid + n) % 70].title()}ren", "A B", "AB") for n in range(4)),
        mesh=(heading("Humans"), heading("Adult"), heading("Cohort Studies")),
        references=tuple(
            Cited(f"Cited work {n}.", pmid_of(topic, (place + n) % CITED)) for n in range(3 if new >= 0 else 0)
        ),
    )  # fmt: skip


def print_reference(citation: Citation, place: int, unknown: int) -> str:
    """How the article's list prints it: with its PMID, with its DOI, or with neither; the last ones PubMed lacks."""
    if place >= CITED - unknown:
        words = rare_words(citation.pmid - FIRST_PMID + 40_000_000)
        return f"Nobody N. Unheard {words} of wards without an index. Ward Press. 2019;{place}:11-19."
    said = (
        f"{citation.authors[0].last_name} AB, et al. {citation.title}. {JOURNAL.abbreviation}. {citation.published};"
        f"{citation.volume}({citation.issue}):{citation.pages}."
    )
    if place < WITH_PMID:
        return f"{said} PMID: {citation.pmid}"
    return f"{said} doi: {citation.doi}" if place < WITH_PMID + WITH_DOI else said


def write_topic(folder: Path, number: int, *, unknown: int = 0, cited: int = CITED) -> None:
    """The topic's two files; its article has the first ``cited`` references."""
    about = subject(number)
    listed = [f"{n + 1}. {print_reference(paper(number, n), n, unknown)}" for n in range(cited)]
    body = "\n\n".join(
        f"{about.angle.capitalize()} matters to {about.people} with {about.condition}: finding {n} was large [{n}]."
        for n in range(1, cited + 1)
    )
    (folder / f"{about.slug}.md").write_text(
        f"---\nquestion: Does {about.angle} change {about.condition} in {about.people}?\n"
        f"last_updated: {UPDATED}\n---\n\n## Findings\n\n{body}\n\n## References\n\n" + "\n".join(listed) + "\n"
    )
    (folder / f"{about.slug}.yaml").write_text(
        f"article: {about.slug}.md\nquestion_kind: prognosis\nstrategy: >-\n"
        f"  {about.condition}[tiab] AND ({about.angle}[tiab] OR \"{about.angle} disorders\"[tiab])"
        f" AND {about.people}[tiab]\nrecipients: [reader{number % RECIPIENTS}@example.org]\n"
    )  # fmt: skip


def write_site(folder: Path, articles: int, *, unknown: int = 0, cited: int = CITED) -> None:
    """Every topic of the site, under ``folder``/queries."""
    queries = folder / "queries"
    queries.mkdir(parents=True)
    for number in range(articles):
        write_topic(queries, number, unknown=unknown, cited=cited)


def write_corpus(path: Path, articles: int, *, cited: int = CITED, papers: int = PAPERS) -> None:
    """Every record that PubMed has for the site: what the articles cite, and what is new."""
    places = (*range(cited), *range(CITED, CITED + papers))
    with path.open("wb") as file:
        file.write(PROLOG.encode() + b"<PubmedArticleSet>\n")
        for topic in range(articles):
            for place in places:
                file.write(write_article(paper(topic, place)) + b"\n")
        file.write(b"</PubmedArticleSet>\n")


class PubMed:
    """A stand-in in a process of its own."""

    def __init__(self, base: str) -> None:
        self.base = base
        """Where the E-utilities are."""

    def at(self, day: date) -> None:
        self._control("today", {"today": day.isoformat()})

    def forget(self) -> None:
        """Count requests from here."""
        self._control("reset", {})

    def journal(self) -> list[dict[str, object]]:
        """The requests since ``forget``."""
        entries: list[dict[str, object]] = self._control("journal", None)
        return entries

    def requests(self) -> Counter[str]:
        """How many there were of each utility."""
        return Counter(str(entry["utility"]) for entry in self.journal())

    def _control(self, what: str, body: object) -> list[dict[str, object]]:
        address = f"{self.base.partition('/entrez/')[0]}/standin/{what}"
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(address, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=600) as answer:
            return list(json.load(answer))


@contextmanager
def serve(corpus: Path, port: int = 0, rate: int = 0) -> Iterator[PubMed]:
    """The stand-in over a corpus file, until the block ends."""
    command = ("standin", "--corpus", str(corpus), "--port", str(port), "--rate", str(rate), "--faults", "none",
               "--today", FIRST_NIGHT.isoformat())  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "src"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "litwatch", *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = next((found for line in process.stdout if (found := re.search(r"at (http\S+)", line))), None)
        if said is None:
            raise RuntimeError("the stand-in did not start; run `litwatch standin` by hand to see why")
        yield PubMed(said[1])
    finally:
        process.terminate()
        process.wait(30)


@dataclass(frozen=True)
class Cost:
    """What one command cost."""

    status: int
    processor: float
    clock: float
    peak_mb: float
    holds: int
    hold_clock: float
    hold_processor: float
    checkout: str
    output: str = ""


@dataclass(frozen=True)
class Site:
    """An installation that a checkout works."""

    folder: Path
    checkout: Path
    pubmed: PubMed

    def run(self, *arguments: str, pause: bool = False, settings: Mapping[str, str] | None = None) -> Cost:
        """Run one command in a process of its own; ``settings`` are more variables, without LITWATCH_."""
        figures = self.folder / "figures.json"
        figures.unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LITWATCH_")}
        environment |= {f"LITWATCH_{name.upper()}": value for name, value in self._settings(settings or {}).items()}
        environment |= {"PYTHONPATH": str(self.checkout / "src"), "OPENBLAS_NUM_THREADS": "1"}
        environment |= {} if pause else {"COUNTED_NO_PAUSE": "1"}
        done = subprocess.run(
            [sys.executable, "-P", str(PROJECT / "bench" / "counted_command.py"), str(figures), *arguments],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not figures.exists():
            raise RuntimeError(f"litwatch {' '.join(arguments)} of {self.checkout}: {done.stderr[-2000:]}")
        return Cost(**json.loads(figures.read_text()), output=done.stdout + done.stderr)

    def _settings(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"eutils": self.pubmed.base, "email": "bench@example.org", "rehearsal": "true", **more}

    def night(self, day: date, *, pause: bool = False, settings: Mapping[str, str] | None = None) -> Cost:
        """One night, on PubMed's same day. Raises RuntimeError where it was not whole."""
        self.pubmed.at(day)
        makes_its_own = (self.checkout / "src" / "litwatch" / "pipeline").is_dir()  # before a store had to be asked for
        there = (self.folder / "var" / "litwatch.duckdb").exists()
        new = () if there or makes_its_own else ("--new-store",)
        cost = self.run("nightly", "--as-of", day.isoformat(), *new, pause=pause, settings=settings)
        if cost.status:
            raise RuntimeError(f"the night of {day} with {self.checkout} was not whole:\n{cost.output[-3000:]}")
        return cost

    def clock(self) -> float:
        """The file system's own time, which is what its files are dated by."""
        mark = self.folder / "mark"
        mark.write_text("")
        return mark.stat().st_mtime

    def written_since(self, moment: float) -> tuple[int, int]:
        """Files under reports/ written since then (``clock``), and their bytes."""
        sizes = [file.stat().st_size for file in (self.folder / "reports").rglob("*")
                 if file.is_file() and file.stat().st_mtime >= moment]  # fmt: skip
        return len(sizes), sum(sizes)


def show(name: str, articles: int, cost: Cost, requests: Counter[str], written: tuple[int, int]) -> str:
    """One line of a night's figures."""
    asked = " ".join(f"{utility} {number}" for utility, number in sorted(requests.items()))
    return (
        f"{name:<24}{cost.processor:8.2f} s CPU {cost.processor / articles:7.3f} an article {cost.peak_mb:6.0f} MB"
        f" {requests.total() / articles:6.2f} requests an article ({asked});"
        f" {cost.holds} holds of the store, longest {cost.hold_clock * 1000:.0f} ms"
        f" ({cost.hold_processor * 1000:.0f} of the processor); {written[0]} files, {written[1] / 1e6:.2f} MB written"
    )


def measure(
    articles: int, days: Sequence[int], checkouts: Sequence[Path], folder: Path, *, unknown: int = 0, port: int = 0
) -> None:
    write_corpus(folder / "corpus.xml", articles)
    with serve(folder / "corpus.xml", port) as pubmed:
        sites = []
        for number, checkout in enumerate(checkouts):
            site = Site(folder / f"site{number}", checkout, pubmed)
            write_site(site.folder, articles, unknown=unknown)
            sites.append(site)
        for day in days:
            for site in sites:
                pubmed.forget()
                moment = site.clock()
                cost = site.night(FIRST_NIGHT + timedelta(days=day - 1))
                line = show(f"{site.checkout.name}, night {day}", articles, cost, pubmed.requests(),
                            site.written_since(moment))  # fmt: skip
                print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=30)
    parser.add_argument("--unknown", type=int, default=0, help="how many of ten references PubMed lacks")
    parser.add_argument(
        "--nights", type=int, nargs="+", default=[1, 2], help="which nights: 1 2 8 skips to the weekly looks"
    )
    parser.add_argument("--beside", type=Path, help="another checkout, for the same nights")
    parser.add_argument("--only-beside", action="store_true", help="leave this checkout out")
    parser.add_argument("--folder", type=Path, help="keep everything there instead of in a temporary folder")
    parser.add_argument("--port", type=int, default=0, help="the stand-in's port; any free one by default")
    given = parser.parse_args()
    own = [] if given.only_beside else [PROJECT]
    checkouts = [*own, *([given.beside.resolve()] if given.beside else [])]
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        measure(given.articles, given.nights, checkouts, folder, unknown=given.unknown, port=given.port)


if __name__ == "__main__":
    main()
