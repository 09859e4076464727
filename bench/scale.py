"""What a site of many articles costs: each promise with its target, and this checkout beside another.

``python -m bench.scale [--beside CHECKOUT] [--rows quiet first …] [--articles 300] [--many 3000] [--rounds 3]`` prints
a table, the ratio first: processor seconds of processes of their own, the best of the rounds, both checkouts in turn in
each round, so that whatever else the machine does meets them alike. A row that cannot be measured says why. The site
and its PubMed are those of ``bench.scale_site``. docs/scale.md holds one run and says what the figures mean.
"""

from __future__ import annotations

import argparse
import http.client
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.scale_site import FIRST_NIGHT, PROJECT, Cost, PubMed, Site, serve, subject, write_corpus, write_site
from bench.startup import EMPTY
from bench.startup import measure as start

from litwatch.config.article_file import open_article
from litwatch.config.topic_files import read_topics
from litwatch.sources.pubmed_xml import iterate_article_set

SHARED = Path(os.environ.get("LITWATCH_SHARED", PROJECT.parent / "shared"))
LATENCY = 0.5
KEY = "scale-bench-key-0123456789abcdef"
WIDTHS = (74, 10, 10, 6)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    target: str
    measured: str
    met: bool | None
    """None: no target, or nothing to hold it against."""
    figures: str = ""

    def __str__(self) -> str:
        mark = {True: "met", False: "MISSED", None: ""}[self.met]
        cells = (self.work, self.target, self.measured, mark)
        said = (f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
        return f"| {' | '.join(said)} | {self.figures} |"


class CannotRunError(Exception):
    """Why a row is not measured."""


@dataclass(frozen=True)
class Night:
    """One night's cost, its requests, the files and bytes that it wrote under reports/, and the store's bytes."""

    cost: Cost
    requests: Counter[str]
    written: tuple[int, int]
    store: int


@dataclass
class Spent:
    """The nights that one checkout has spent."""

    site: Site
    articles: int
    first: list[Night] = field(default_factory=list)
    quiet: list[Night] = field(default_factory=list)
    weekly: list[Night] = field(default_factory=list)
    unknown: list[Night] = field(default_factory=list)

    def an_article(self, nights: Sequence[Night]) -> float:
        """The least processor seconds an article."""
        return min(night.cost.processor for night in nights) / self.articles

    def requests(self, nights: Sequence[Night]) -> float:
        """Requests an article, in the middle of these nights."""
        return sum(night.requests.total() for night in nights) / len(nights) / self.articles

    @property
    def peak_mb(self) -> float:
        return max(night.cost.peak_mb for night in (*self.first, *self.quiet, *self.weekly))


@dataclass
class Bench:
    """What the rows share, each made when it is first asked for."""

    folder: Path
    beside: Path | None
    articles: int
    many: int
    stored: int
    records: int
    rounds: int
    port: int

    @property
    def checkouts(self) -> tuple[Path, ...]:
        return (PROJECT, self.beside) if self.beside else (PROJECT,)

    @contextmanager
    def pubmed(self, articles: int, rate: int = 0) -> Iterator[PubMed]:
        corpus = self.folder / f"corpus{articles}.xml"
        if not corpus.exists():
            write_corpus(corpus, articles)
        with serve(corpus, self.port, rate) as pubmed:
            yield pubmed

    def make(self, name: str, articles: int, checkout: Path, pubmed: PubMed, unknown: int = 0) -> Site:
        site = Site(self.folder / f"{name}-{checkout.parent.name}-{checkout.name}", checkout, pubmed)
        write_site(site.folder, articles, unknown=unknown)
        return site

    def spend(self, site: Site, day: int) -> Night:
        """The night of a day, from 1."""
        site.pubmed.forget()
        before = site.clock()
        cost = site.night(FIRST_NIGHT + timedelta(days=day - 1))
        say(f"{site.folder.name}, night {day}: {cost.processor:.1f} s, {cost.peak_mb:.0f} MB")
        store = (site.folder / "var" / "litwatch.duckdb").stat().st_size
        return Night(cost, site.pubmed.requests(), site.written_since(before), store)

    @cached_property
    def nights(self) -> list[Spent]:
        """The first night of each round on a site of its own; the last site's quiet nights, then its weekly looks."""
        with self.pubmed(self.articles) as pubmed:
            spent: list[Spent] = []
            for number in range(self.rounds):
                before, spent = spent, []
                for place, checkout in enumerate(self.checkouts):
                    site = self.make(f"nights{number}", self.articles, checkout, pubmed)
                    first = before[place].first if before else []
                    spent.append(Spent(site, self.articles, [*first, self.spend(site, 1)]))
            for each in spent:
                self.spend(each.site, 2)  # what the first night left to look at again
            for day in range(3, 3 + self.rounds):
                for each in spent:
                    each.quiet.append(self.spend(each.site, day))
            for week in range(1, self.rounds + 1):
                for each in spent:
                    each.weekly.append(self.spend(each.site, 1 + 7 * week))
            return spent

    @cached_property
    def nights_with_unknown(self) -> list[Spent]:
        """The quiet nights of a week where PubMed lacks 3 of 10 references; one of the other checkout's."""
        with self.pubmed(self.articles) as pubmed:
            spent = []
            for checkout in self.checkouts:
                each = Spent(self.make("unknown", self.articles, checkout, pubmed, 3), self.articles)
                each.first.append(self.spend(each.site, 1))
                days = range(2, 9) if checkout == PROJECT else range(2, 3)
                each.unknown += [self.spend(each.site, day) for day in days]
                spent.append(each)
            return spent

    @cached_property
    def large(self) -> Spent:
        """A first and two quiet nights of many articles, of this checkout alone."""
        with self.pubmed(self.many) as pubmed:
            spent = Spent(self.make("large", self.many, PROJECT, pubmed), self.many)
            spent.first.append(self.spend(spent.site, 1))
            spent.quiet += [self.spend(spent.site, day) for day in (2, 3)]
            return spent

    @cached_property
    def single(self) -> list[Spent]:
        """The same of one article, for each checkout."""
        with self.pubmed(1) as pubmed:
            spent = [Spent(self.make("single", 1, checkout, pubmed), 1) for checkout in self.checkouts]
            for each in spent:
                each.first.append(self.spend(each.site, 1))
                each.quiet += [self.spend(each.site, day) for day in (2, 3)]
            return spent


def say(line: str) -> None:
    """What is under way, apart from the table."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def ratio(own: float, other: float) -> str:
    return f"1/{other / own:.1f}" if own <= other else f"{own / other:.2f}"


def compare(
    work: str, most: float, spent: list[Spent], figure: Callable[[Spent], float], form: str = "{:.3f} s"
) -> Row:
    """This checkout's figure by the other's, which is to be at most ``most``."""
    figures = [figure(each) for each in spent]
    told = " : ".join(form.format(value) for value in figures)
    if len(figures) == 1:
        return Row(work, f"<= 1/{1 / most:.0f}", "-", None, told)
    return Row(work, f"<= 1/{1 / most:.0f}", ratio(*figures), figures[0] <= most * figures[1], told)


def hold(work: str, most: float, figure: float, unit: str, more: str = "") -> Row:
    return Row(work, f"<= {most:g}{unit}", f"{figure:.2f}{unit}", figure <= most, more)


def quiet(bench: Bench) -> Iterator[Row]:
    work = f"quiet night, CPU an article ({bench.articles} articles)"
    yield compare(work, 1 / 8, bench.nights, lambda spent: spent.an_article(spent.quiet))


def first(bench: Bench) -> Iterator[Row]:
    work = f"first night, CPU an article ({bench.articles} articles)"
    yield compare(work, 1 / 3, bench.nights, lambda spent: spent.an_article(spent.first))


def weekly(bench: Bench) -> Iterator[Row]:
    work = f"seven nights after the first, with weekly looks, CPU an article ({bench.articles})"
    row = compare(work, 1 / 8, bench.nights, lambda spent: spent.an_article(spent.weekly))
    links = " : ".join(f"{spent.weekly[0].requests['elink']}" for spent in bench.nights)
    yield Row(row.work, "-", row.measured, None, f"{row.figures}; ELink {links}")


def requests(bench: Bench) -> Iterator[Row]:
    for work, most, name in (("first", 1.8, "first"), ("quiet", 1.15, "quiet")):
        figures = [spent.requests(getattr(spent, name)) for spent in bench.nights]
        yield hold(f"requests an article, {work} night ({bench.articles})", most, figures[0], "", told(figures))


def unknown(bench: Bench) -> Iterator[Row]:
    figures = [spent.requests(spent.unknown) for spent in bench.nights_with_unknown]
    looks = [sum(night.requests["elink"] for night in spent.unknown) for spent in bench.nights_with_unknown]
    work = f"requests an article, quiet, 3 of 10 references unknown ({bench.articles})"
    note = f"{told(figures)}; the mean of a week, {looks[0]} ELink in it"
    yield hold(work, 1.3, figures[0], "", note)


def told(figures: Sequence[float]) -> str:
    return " : ".join(f"{figure:.2f}" for figure in figures)


def memory(bench: Bench) -> Iterator[Row]:
    work = f"peak memory of all nights, {bench.articles} articles"
    yield hold(work, 250, bench.nights[0].peak_mb, " MB", " : ".join(f"{spent.peak_mb:.0f}" for spent in bench.nights))
    yield hold(f"peak memory, {bench.many} articles", 250, bench.large.peak_mb, " MB",
               f"{bench.large.an_article(bench.large.first):.3f} s an article the first night,"
               f" {bench.large.an_article(bench.large.quiet):.3f} s a quiet one")  # fmt: skip


def disk(bench: Bench) -> Iterator[Row]:
    written = [min(night.written[1] for night in spent.quiet) / 1e6 for spent in bench.nights]
    yield hold(f"reports written on a quiet night ({bench.articles})", 0.2, written[0], " MB", told(written))


def one_article(bench: Bench) -> Iterator[Row]:
    """``check`` and ``report`` of an article of which nothing is new, at three sizes of the site."""
    for command in ("check", "report"):
        alone = one_command(bench, command, bench.single, 1)
        for spent, articles in ((bench.nights, bench.articles), ([bench.large], bench.many)):
            costs = one_command(bench, command, spent, articles)
            by_one = costs[0].processor / alone[0].processor
            figures = " : ".join(f"{cost.processor:.2f} s" for cost in costs)
            others = " : ".join(f"{cost.processor:.2f} s" for cost in alone)
            yield hold(f"{command} of one unchanged of {articles} articles, by a site of one", 1.2, by_one, "",
                       f"{figures}; of one: {others}")  # fmt: skip
            held = [cost.hold_clock * 1000 for cost in costs]
            yield hold(f"  longest hold of the store by {command} ({articles})", 50, held[0], " ms",
                       " : ".join(f"{cost.hold_clock * 1000:.0f} ms ({cost.hold_processor * 1000:.0f} of CPU)"
                                  for cost in costs))  # fmt: skip


def one_command(bench: Bench, command: str, spent: list[Spent], articles: int) -> list[Cost]:
    """The least cost of it for each checkout, after that checkout's last night."""
    best: list[Cost] = []
    with bench.pubmed(articles) as pubmed:
        sites = [Site(each.site.folder, each.site.checkout, pubmed) for each in spent]
        last = FIRST_NIGHT + timedelta(days=2 if not spent[0].weekly else 7 * bench.rounds)
        pubmed.at(last)
        day = ("--as-of", last.isoformat()) if command == "check" else ()
        for _ in range(bench.rounds):
            costs = [site.run(command, subject(0).slug, *day) for site in sites]
            for cost, site in zip(costs, sites, strict=True):
                if cost.status:
                    raise CannotRunError(f"{command} with {site.checkout}: {cost.output[-300:]}")
            best = [min(pair, key=lambda cost: cost.processor) for pair in zip(best or costs, costs, strict=True)]
    return best


class Distance(BaseHTTPRequestHandler):
    """NCBI as far away as ``LATENCY``: asks the stand-in at once and keeps its answer for so long."""

    protocol_version = "HTTP/1.1"
    pubmed = ""
    under_way: list[tuple[float, float]]

    def do_POST(self) -> None:
        self.pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def do_GET(self) -> None:
        self.pass_on(None)

    def pass_on(self, data: bytes | None) -> None:
        begun = time.perf_counter()
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        asked = urllib.request.Request(self.pubmed + self.path, data, kept)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, headers, body = error.code, error.headers, error.read()
        time.sleep(max(0.0, begun + LATENCY - time.perf_counter()))
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() in ("content-type", "content-encoding", "retry-after"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if "/entrez/" in self.path:  # the rest steers the stand-in
            self.under_way.append((begun, time.perf_counter()))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def far_away(pubmed: PubMed) -> Iterator[tuple[PubMed, list[tuple[float, float]]]]:
    """The same PubMed with ``LATENCY``, and when each request was under way."""
    under_way: list[tuple[float, float]] = []
    origin, _, path = pubmed.base.partition("/entrez/")
    handler = type("Handler", (Distance,), {"pubmed": origin, "under_way": under_way})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield PubMed(f"http://127.0.0.1:{server.server_address[1]}/entrez/{path}"), under_way
        server.shutdown()


def in_flight(bench: Bench) -> Iterator[Row]:
    """A first night behind a distance, at NCBI's pace with a key."""
    articles = min(bench.articles, 100)
    rates, most = [], []
    with bench.pubmed(articles, rate=3) as pubmed:
        for checkout in bench.checkouts:
            pubmed.forget()
            with far_away(pubmed) as (far, under_way):
                site = bench.make("far", articles, checkout, far)
                cost = site.night(FIRST_NIGHT, pause=True, settings={"api_key": KEY})
            rates.append(len(under_way) / time_under_way(under_way))
            journal = pubmed.journal()
            most.append(busiest_second([float(str(entry["at"])) for entry in journal]))
            refused = sum(entry["status"] == 429 for entry in journal)
            say(f"{site.folder.name}: {len(under_way)} requests, {cost.clock:.1f} s, {refused} refused")
    note = f"{told(rates)}; busiest second {' : '.join(map(str, most))} of 10; {articles} articles"
    yield Row(f"requests a second with a key and {LATENCY} s latency", ">= 8", f"{rates[0]:.1f}",
              rates[0] >= 8 and most[0] <= 10, note)  # fmt: skip


def time_under_way(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds in which any request was under way."""
    total, end = 0.0, 0.0
    for begun, ended in sorted(spans):
        total += max(0.0, ended - max(begun, end))
        end = max(end, ended)
    return total


def busiest_second(moments: Sequence[float]) -> int:
    """The most requests in any second, wherever it begins."""
    moments, first, most = sorted(moments), 0, 0
    for number, moment in enumerate(moments):
        while moment - moments[first] >= 1:
            first += 1
        most = max(most, number - first + 1)
    return most


def citing(bench: Bench) -> Iterator[Row]:
    """Who cites the papers of every article, where no record in the store is a topic's."""
    found = []
    for number, checkout in enumerate(bench.checkouts):
        figures, store = bench.folder / "citing.json", bench.folder / f"citing{number}.duckdb"
        command = ("-P", PROJECT / "bench" / "counted_citing.py", figures, store, bench.stored, bench.articles)
        environment = os.environ | {"PYTHONPATH": f"{checkout / 'src'}:{checkout}"}
        subprocess.run([sys.executable, *map(str, command)], cwd=checkout, env=environment, check=True)
        store.unlink()
        found.append(json.loads(figures.read_text()))
        say(f"citing papers with {checkout}: {found[-1]}")
    own = found[0]["together"]
    others = "".join(f" : {each['alone']:.2f} s an article, {each['alone'] * bench.articles:.0f} s for all"
                     for each in found[1:])  # fmt: skip
    yield hold(f"citing papers of {bench.articles} articles beside {bench.stored:,} records", 1, own, " s",
               f"{own:.2f} s in one question, {found[0]['alone']:.3f} s an article alone{others}")  # fmt: skip
    if len({each["citing"] for each in found}) > 1:
        raise CannotRunError("the checkouts find different citing papers")


def floor(bench: Bench) -> Iterator[Row]:
    """What no quiet night can do without, an article: its files read, one search sent, its records parsed."""
    with bench.pubmed(bench.articles) as pubmed:
        queries = bench.make("floor", bench.articles, PROJECT, pubmed).folder / "queries"
        topics = read_topics(queries)
        steps: dict[str, Callable[[], object]] = {
            "topic files": lambda: read_topics(queries),
            "articles": lambda: [open_article(topic) for topic in topics],
            "searches": lambda: search_alone(pubmed, bench.articles),
            "records": lambda: count_parsed(bench.folder / f"corpus{bench.articles}.xml"),
        }
        least = {name: min(timed(step) for _ in range(bench.rounds)) / bench.articles for name, step in steps.items()}
    told = ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in least.items())
    yield Row(f"the floor of a quiet night, CPU an article ({bench.articles})", "-", f"{sum(least.values()):.4f} s",
              None, told)  # fmt: skip


def timed(step: Callable[[], object]) -> float:
    begun = time.process_time()
    step()
    return time.process_time() - begun


def search_alone(pubmed: PubMed, articles: int) -> None:
    """One ESearch an article over a connection that is kept, its answer unread."""
    where = urlsplit(pubmed.base)
    connection = http.client.HTTPConnection(str(where.hostname), where.port)
    for number in range(articles):
        body = urlencode({"db": "pubmed", "term": f"{subject(number).condition}[tiab]", "retmax": "40"})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"{where.path}esearch.fcgi", body, kind)
        connection.getresponse().read()
    connection.close()


def count_parsed(corpus: Path) -> int:
    with corpus.open("rb") as stream:
        return sum(1 for _ in iterate_article_set(stream))


def start_up(bench: Bench) -> Iterator[Row]:
    least = dict.fromkeys(("empty", *map(str, bench.checkouts)), float("inf"))
    for _ in range(max(10, bench.rounds)):
        least["empty"] = min(least["empty"], start(EMPTY, PROJECT))
        for checkout in bench.checkouts:
            took = start_in(checkout)
            least[str(checkout)] = min(least[str(checkout)], took)
    empty, *figures = least.values()
    yield hold("litwatch --help, by an empty Python", 10, figures[0] / empty, "",
               " : ".join(f"{figure / empty:.1f}" for figure in figures))  # fmt: skip


def start_in(checkout: Path) -> float:
    """The processor seconds of ``litwatch --help`` of a checkout, which this Python need not have installed."""
    script = (
        f"import sys; sys.path.insert(0, {str(checkout / 'src')!r}); from litwatch.cli import main; main(['--help'])"
    )
    return start(("-c", script), checkout)


def paper(bench: Bench) -> Iterator[Row]:
    """What larger sites need, by this run's quiet nights: cost and requests are taken to grow with the articles."""
    spent = bench.nights[0]
    seconds, asked = spent.an_article(spent.quiet), spent.requests(spent.quiet)
    files = sum(night.written[1] for night in spent.quiet) / len(spent.quiet) / spent.articles
    grown = (spent.quiet[-1].store - spent.quiet[0].store) / max(1, len(spent.quiet) - 1) / spent.articles
    for articles in (10_000, 100_000, 1_000_000):
        hours = seconds * articles / 3600
        ncbi = " or ".join(f"{asked * articles / rate / 3600:.1f} h at {rate}/s" for rate in (3, 10))
        disk = f"{files * articles / 1e6:,.1f} MB of reports, {grown * articles / 1e6:,.0f} MB of store a night"
        yield Row(f"on paper: a quiet night of {articles:,} articles", "-", f"{hours:.1f} CPU h", None,
                  f"requests {ncbi}; {disk}")  # fmt: skip


def load(bench: Bench) -> Iterator[Row]:
    """The lines of ``bench.scale_load``: of the other checkout up to 100 strategies, which is slow enough."""
    if not importlib.util.find_spec("bench.matching"):
        raise CannotRunError("there is no bench/matching.py")
    yield from elsewhere("scale_load", "--rounds", str(bench.rounds), "--records", str(bench.records),
                         *(["--beside", str(bench.beside)] if bench.beside else []))  # fmt: skip


def matching(bench: Bench) -> Iterator[Row]:
    """The table of ``bench.matching``, with tantivy where it is installed."""
    nightly = sorted((SHARED / "data" / "nightly").glob("*.csv.gz"))
    yield from elsewhere("matching", "--rounds", str(bench.rounds), "--records", str(bench.records),
                         *(["--nightly", str(nightly[0])] if nightly else []))  # fmt: skip


def parser(_: Bench) -> Iterator[Row]:
    """The table of ``bench.parse_fast``, as it prints it."""
    yield from elsewhere("parse_fast")


def elsewhere(module: str, *arguments: str) -> Iterator[Row]:
    """Another benchmark with a table of its own, which is passed on."""
    if not (PROJECT / "bench" / f"{module}.py").exists():
        raise CannotRunError(f"there is no bench/{module}.py")
    done = subprocess.run([sys.executable, "-m", f"bench.{module}", *arguments], cwd=PROJECT, text=True,
                          stdout=subprocess.PIPE, check=False)  # fmt: skip
    print(done.stdout, flush=True)
    if done.returncode:
        raise CannotRunError(f"python -m bench.{module} ended with status {done.returncode}")
    yield from ()


ROWS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "quiet": quiet,
    "first": first,
    "weekly": weekly,
    "requests": requests,
    "unknown": unknown,
    "in-flight": in_flight,
    "one-article": one_article,
    "memory": memory,
    "disk": disk,
    "floor": floor,
    "paper": paper,
    "citing": citing,
    "help": start_up,
    "load": load,
    "matching": matching,
    "parser": parser,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW", help=", ".join(ROWS))
    options.add_argument("--beside", type=Path, metavar="CHECKOUT", help="another checkout, measured in turn")
    options.add_argument("--articles", type=int, default=300)
    options.add_argument("--many", type=int, default=3_000)
    options.add_argument("--stored", type=int, default=1_000_000, help="records beside which citing ones are found")
    options.add_argument("--records", type=int, default=30_000, help="records of a bulk file")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--port", type=int, default=0, help="the stand-in's; any free one by default")
    options.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    given = options.parse_args()
    beside = given.beside.resolve() if given.beside else None
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        bench = Bench(
            Path(made), beside, given.articles, given.many, given.stored, given.records, given.rounds, given.port
        )
        print(f"this checkout : {beside.name if beside else 'none beside'}; CPU, best of {given.rounds}", flush=True)
        print(Row("work", "target", "measured", None, "this checkout : the other"))
        for name in given.rows:
            try:
                for row in ROWS[name](bench):
                    print(row, flush=True)
            except (CannotRunError, RuntimeError, OSError, subprocess.CalledProcessError) as error:
                print(Row(name, "", "cannot run", None, " ".join(str(error).split())[-400:]), flush=True)


if __name__ == "__main__":
    main()
