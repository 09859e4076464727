"""``python -m tests.clients``: ask the stand-in with the E-utilities clients that people use, unpatched.

Each client is a program under programs/ that asks for one thing after the other and says what came of each. They run
in a network of their own, where NCBI's names lead to the stand-in. Needs Linux, root, ``unshare`` and ``ip``; a client
that is not installed is left out with a word. ``make clients`` installs those of PyPI and npm; Debian has the others
(ncbi-entrez-direct, r-cran-rentrez, libbio-eutilities-perl). ``--write`` puts the table into docs/standin.md.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from litwatch.standin import Corpus, StandIn, demonstration
from litwatch.standin.corpus_files import read_revisions
from litwatch.standin.feed_routes import SOURCES
from litwatch.strategy import parse
from tests.clients import network

_HERE = Path(__file__).resolve().parent
_PAGE = _HERE.parent.parent / "docs" / "standin.md"
_BEGIN, _END = "<!-- clients: begin -->\n", "<!-- clients: end -->\n"
_LONGEST = 600
"""Seconds that one client may take."""
VERBS = (
    "search", "history", "summary", "fetch XML", "fetch MEDLINE", "fetch abstract", "post", "link related",
    "link score", "link history", "link cited by", "link to PMC", "link checks", "link-outs", "info", "spelling",
    "citation", "unknown journal", "all databases", "identifiers",
)  # fmt: skip
"""Everything that a program may ask for, in the table's order."""


@dataclass(frozen=True)
class Client:
    """One client: its name in the table, how its program is run, and where its version is found."""

    name: str
    command: Callable[[Path], list[str]]
    version: Callable[[Path], str]
    """Raises an error of any kind where the client is not installed."""


def _python(program: str) -> Callable[[Path], list[str]]:
    return lambda folder: [str(folder / "bin" / "python"), str(_HERE / "programs" / program)]


def _of_pypi(name: str) -> Callable[[Path], str]:
    def find(folder: Path) -> str:
        (places,) = (str(each) for each in folder.glob("lib/python*/site-packages"))
        (found,) = importlib.metadata.distributions(name=name, path=[places])
        return found.version

    return find


def _of_npm(name: str) -> Callable[[Path], str]:
    return lambda folder: str(
        json.loads((folder / "node_modules" / name / "package.json").read_text(encoding="utf-8"))["version"]
    )


def _of_debian(name: str) -> Callable[[Path], str]:
    def find(_: Path) -> str:
        asked = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True, check=True
        )
        return re.split(r"[+-]", asked.stdout)[0]

    return find


def _node(program: str) -> Callable[[Path], list[str]]:
    return lambda folder: [str(folder / "node_modules" / ".bin" / "node"), str(_HERE / "programs" / program)]


CLIENTS = (
    Client("EDirect", lambda _: ["sh", str(_HERE / "programs" / "edirect.sh")], _of_debian("ncbi-entrez-direct")),
    Client("rentrez", lambda _: ["Rscript", str(_HERE / "programs" / "rentrez.R")], _of_debian("r-cran-rentrez")),
    Client("BioPerl", lambda _: ["perl", str(_HERE / "programs" / "bioperl.pl")], _of_debian("libbio-eutilities-perl")),
    Client("Biopython", _python("biopython.py"), _of_pypi("biopython")),
    Client("metapub", _python("metapub_client.py"), _of_pypi("metapub")),
    Client("entrezpy", _python("entrezpy_client.py"), _of_pypi("entrezpy")),
    Client("easy-entrez", _python("easy_entrez_client.py"), _of_pypi("easy-entrez")),
    Client("biocommons eutils", _python("biocommons_eutils.py"), _of_pypi("eutils")),
    Client("node-ncbi", _node("node_ncbi.js"), _of_npm("node-ncbi")),
    Client("pubmed-mcp-server", _node("pubmed_mcp_server.mjs"), _of_npm("@cyanheads/pubmed-mcp-server")),
)
THEIRS: Mapping[tuple[str, str], str] = {
    ("easy-entrez", "citation"): "asks ecitmatch.fcgi; NCBI documents ecitmatch.cgi, and nothing else is known",
    ("rentrez", "all databases"): "sends each blank of a term as a plus sign; one word alone is counted",
}
"""What does not work and is the client's own doing, by client and verb."""


def main() -> int:
    """Run what the command line asks for; 1 when a client was answered wrongly, 2 when nothing can be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the clients of PyPI and npm are installed")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only this client; may be repeated")
    parser.add_argument("--write", action="store_true", help="put the table into docs/standin.md")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    missing = [each for each in ("unshare", "ip", "mount") if shutil.which(each) is None]
    if sys.platform != "linux" or missing or os.geteuid() != 0:
        print(f"skipped: needs Linux and root{', and ' + ', '.join(missing) if missing else ''}", file=sys.stderr)
        return 2
    if not given.inside:
        network.enter(["-m", "tests.clients", "--inside", *sys.argv[1:]])
    wanted = [each for each in CLIENTS if not given.only or each.name in given.only]
    with tempfile.TemporaryDirectory() as scratch:
        seen = _run(wanted, given.folder.resolve(), Path(scratch))
    table = _table(seen)
    print(table)
    if given.write:
        page = _PAGE.read_text(encoding="utf-8")
        before, rest = page.split(_BEGIN)
        _PAGE.write_text(before + _BEGIN + table + _END + rest.split(_END)[1], encoding="utf-8")
    bad = [(name, verb, said) for (name, _), verbs in seen.items() for verb, said in verbs.items() if said != "ok"]
    for name, verb, said in bad:
        print(f"{name}, {verb}: {THEIRS.get((name, verb)) or said}", file=sys.stderr)
    return int(any((name, verb) not in THEIRS for name, verb, _ in bad) or not seen)


def _run(wanted: list[Client], folder: Path, scratch: Path) -> dict[tuple[str, str], dict[str, str]]:
    """What came of each verb, by client and its version."""
    network.name_ncbi(scratch)
    context, believed = network.trust(scratch)
    corpus = Corpus([*demonstration.revisions(), *read_revisions([_HERE / "records.xml"])])
    seen = {}
    with StandIn(
        corpus, today=demonstration.DEMONSTRATION_TODAY, rate=None, rate_with_key=None, routes=SOURCES
    ) as standin:
        address, port = standin.url.removeprefix("http://").split(":")
        network.serve_tls(context, (address, int(port)))
        environment = {**os.environ, **believed, **_given(standin, folder, scratch)}
        for client in wanted:
            try:
                version = client.version(folder)
                run = subprocess.run(
                    client.command(folder), env=environment, cwd=scratch, capture_output=True, text=True,
                    timeout=_LONGEST, check=False,
                )  # fmt: skip
            except Exception as error:  # noqa: BLE001 - whatever is missing, the others still run
                print(f"{client.name}: left out ({type(error).__name__}: {error})", file=sys.stderr)
                continue
            said = dict(line.split("\t", 1) for line in run.stdout.splitlines() if "\t" in line)
            if not said or not said.keys() <= set(VERBS):
                print(f"{client.name}: {sorted(said.keys() - set(VERBS))}\n{run.stderr[-2000:]}", file=sys.stderr)
            seen[client.name, version] = said or {"search": "the program said nothing"}
    return seen


def _given(standin: StandIn, folder: Path, scratch: Path) -> dict[str, str]:
    """What the programs are told of the records that they will meet, as environment variables."""
    query, words = '"insulin resistance"[tiab] AND trial[ti]', "insulin resistance"
    view = standin.corpus.at(standin.today)
    cited = next(iter(view.cited_by))
    count, words_count = (str(len(view.search(parse(each), today=standin.today).pmids)) for each in (query, words))
    return {
        "QUERY": query, "COUNT": count, "PMID": "99000004", "SECOND": "99000003", "DOI": "10.5555/demo.99000004",
        "IN_PMC": "99800001", "PMCID": "PMC99800001", "CITED": str(cited), "MISSPELT": "insuline resistence",
        "QUERY_WORDS": words, "WORDS_COUNT": words_count, "JOURNAL": "Demo J Invent Results", "YEAR": "2020",
        "VOLUME": "20", "PAGE": "532", "AUTHOR": "Fictive G", "SCRATCH": str(scratch),
        "NODE_PATH": str(folder / "node_modules"),
        "MCP_SERVER": str(folder / "node_modules" / "@cyanheads" / "pubmed-mcp-server" / "dist" / "index.js"),
    }  # fmt: skip


def _table(seen: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """Verbs down, clients across: yes, no, their own fault (with a number below), or nothing where it does not ask."""
    used = [verb for verb in VERBS if any(verb in verbs for verbs in seen.values())]
    lines = [
        f"| | {' | '.join(f'{name} {version}' for name, version in seen)} |",
        f"|---|{'---|' * len(seen)}",
    ]
    notes: list[str] = []
    for verb in used:
        cells = []
        for (name, _), verbs in seen.items():
            said = verbs.get(verb)
            cell = "" if said is None else "yes" if said == "ok" else "**no**"
            if cell == "**no**" and (reason := THEIRS.get((name, verb))):
                notes.append(f"{name}, {verb}: {reason}")
                cell = "client"
            cells.append(cell)
        lines.append(f"| {verb} | {' | '.join(cells)} |")
    return "\n".join([*lines, *(["", *(f"- {note}" for note in notes)] if notes else [])]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
