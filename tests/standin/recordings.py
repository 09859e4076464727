"""Finds the recorded answers beside the project, and what each was asked with. Only their names are kept here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml

PUBMED = {"db": "pubmed"}
BIOPYTHON: dict[str, tuple[str, dict[str, str]]] = {
    "einfo1.xml": ("einfo", {}),
    "einfo2.xml": ("einfo", PUBMED),
    "epost1.xml": ("epost", PUBMED | {"id": "11237011"}),
    "epost2.xml": ("epost", {"db": "nothing"}),
    "epost3.xml": ("epost", PUBMED | {"id": "99999999999999999999999"}),
    "esearch1.xml": ("esearch", PUBMED | {"term": "biopython"}),
    "esearch2.xml": (
        "esearch",
        PUBMED | {"term": "cancer", "reldate": "60", "datetype": "edat", "retmax": "100", "usehistory": "y"},
    ),
    "esearch3.xml": ("esearch", PUBMED | {"term": "PNAS[ta] AND 97[vi]", "retstart": "6", "retmax": "6"}),
    "espell.xml": ("espell", PUBMED | {"term": "biopythooon"}),
    "esummary1.xml": ("esummary", PUBMED | {"id": "11850928,11482001"}),
    "esummary8.xml": ("esummary", PUBMED),
    "elink1.xml": ("elink", {"dbfrom": "pubmed", "id": "9298984", "cmd": "neighbor"}),
    "elink3.xml": ("elink", {"dbfrom": "pubmed", "db": "pubmed", "id": "11812492,11774222", "mindate": "1995"}),
    "elink4.xml": ("elink", {"dbfrom": "pubmed", "db": "pubmed", "id": "12242737", "term": "medline[sb]"}),
    "elink5.xml": ("elink", {"dbfrom": "pubmed", "id": "10611131", "cmd": "prlinks"}),
    "elink6.xml": ("elink", {"dbfrom": "pubmed", "id": "12085856,12085853", "cmd": "llinks"}),
    "elink7.xml": ("elink", {"dbfrom": "pubmed", "id": "12169658,11748140", "cmd": "acheck"}),
    "elink8.xml": ("elink", {"dbfrom": "pubmed", "id": "12068369", "cmd": "ncheck"}),
    **{f"pubmed{number}.xml": ("efetch", PUBMED | {"retmode": "xml"}) for number in (1, 2, 4, 5, 6, 7)},
}
"""Biopython's samples of PubMed, with the requests that its test file names; the others are of other databases."""


@dataclass(frozen=True)
class Recording:
    """One recorded answer and its request."""

    name: str
    """Folder and file, and of a file with many answers the answer's name."""
    utility: str
    parameters: dict[str, list[str]]
    body: bytes
    status: int = 200
    content_type: str = ""
    """Empty where nobody recorded it."""
    day: date = date(2026, 3, 1)
    kept: str = ""
    """What those who keep it have done to it."""

    @property
    def asked(self) -> str:
        """The request in short, for the table."""
        shown = {key: ",".join(values) for key, values in self.parameters.items() if key not in ("db", "tool", "email")}
        text = "&".join(f"{key}={value}" for key, value in shown.items())
        return f"{self.utility} {text if len(text) <= 60 else f'{text[:57]}...'}".strip()


@dataclass(frozen=True)
class Unasked:
    """Files that hold no answer of PubMed's that could be asked for."""

    name: str
    why: str


@dataclass
class Samples:
    """Everything found under ``eutils_samples``."""

    recordings: list[Recording] = field(default_factory=list)
    unasked: list[Unasked] = field(default_factory=list)


def read_samples(folder: Path) -> Samples:
    """Every recorded answer in the folder, in the order of the table."""
    found = Samples()
    for indexed in ("recorded_2023", "recorded_2026"):
        _indexed(folder / indexed, found)
    for path in sorted((folder / "ecitmatch_2026").glob("*.txt")):
        asked = [line.split("|") for line in path.read_text("utf-8").splitlines()]
        lines = ("|".join((*parts[:4], parts[4] or "nobody", parts[5], "")) for parts in asked)
        parameters = {"db": ["pubmed"], "retmode": ["xml"], "bdata": ["\r".join(lines)]}
        found.recordings.append(Recording(_name(path), "ecitmatch", parameters, path.read_bytes()))
    for path in sorted((folder / "biopython").iterdir()):
        if path.name in BIOPYTHON:
            utility, given = BIOPYTHON[path.name]
            parameters = {key: [value] for key, value in given.items()}
            kept = "re-indented" if re.fullmatch(r"pubmed[4-7]\.xml", path.name) else ""
            found.recordings.append(
                Recording(_name(path), utility, parameters, path.read_bytes(), day=date(2025, 11, 26), kept=kept)
            )
    found.recordings += _cassettes(folder / "biocommons_eutils")
    found.recordings += _measured(folder / "measured_2026")
    for path in sorted((folder / "metapub").glob("pmid_*.xml")):
        given = {"db": ["pubmed"], "retmode": ["xml"]}
        found.recordings.append(Recording(_name(path), "efetch", given, path.read_bytes(), kept="older"))
    others = "of other databases, or another form of them"
    found.unasked += [
        Unasked("biopython, the other files", f"{others}; pubmed3.html is ASN.1, which EFetch no longer sends"),
        Unasked("biocommons_eutils, the other files", others),
        Unasked(
            "error_bodies", "words quoted in issues, envelopes rebuilt by hand: `test_standin_faithful.py` holds them"
        ),
        Unasked("jabref, retractobot", "records that were edited as test data"),
        Unasked("rss", "feeds: `test_feeds.py` holds their form"),
    ]
    return found


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _indexed(folder: Path, found: Samples) -> None:
    entries = map(json.loads, (folder / "index.jsonl").read_text("utf-8").splitlines())
    for entry in entries:
        path = folder / entry["file"]
        if path.suffix == ".csv":
            found.recordings.append(Recording(_name(path), "retraction-watch.csv", {}, path.read_bytes()))
            continue
        request = re.sub(r"\s*\((?:[^()]*inferred[^()]*|not recorded)\)$", "", entry["request"])
        address, _, form = request.partition(" POST ")
        split = urlsplit(address)
        parameters = parse_qs(split.query.replace("&...", ""), keep_blank_values=True)
        for key, values in parse_qs(form.lstrip("&"), keep_blank_values=True).items():
            parameters[key] = [*parameters.get(key, []), *values]
        kind = "" if "not recorded" in entry["content_type"] else entry["content_type"]
        how = entry.get("how", "")
        kept = next(
            (word for word in ("re-indented", "edited", "shortened", "rebuilt", "part of a file") if word in how), ""
        )
        if "re-indented" in entry["date"]:
            kept = "re-indented"
        utility = split.path.rsplit("/", 1)[-1].partition(".")[0]
        found.recordings.append(
            Recording(
                _name(path), utility, parameters, path.read_bytes(), entry["status"], kind, _day(entry["date"]), kept
            )
        )  # fmt: skip


def _day(written: str) -> date:
    if re.match(r"[A-Z][a-z]{2}, ", written):
        return parsedate_to_datetime(written).date()
    match = re.search(r"(\d{4})-(0[1-9]|1[0-2])\b(?:-(\d\d))?", written)
    return date(int(match[1]), int(match[2]), int(match[3] or 1)) if match else date(2026, 3, 1)


def _cassettes(folder: Path) -> Iterator[Recording]:
    for path in sorted(folder.glob("*.yaml")):
        for one in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["interactions"]:
            asked = parse_qs(one["request"]["body"])
            utility = one["request"]["uri"].rsplit("/", 1)[-1].partition(".")[0]
            database = asked.get("dbfrom", asked.get("db", ["pubmed"]))[0]
            if database != "pubmed":
                continue
            answer = one["response"]
            body = answer["body"]["string"]
            parameters = {key: values for key, values in asked.items() if key not in ("tool", "email")}
            yield Recording(
                _name(path), utility, parameters, body if isinstance(body, bytes) else body.encode(),
                answer["status"]["code"], answer["headers"]["Content-Type"][0], date(2024, 4, 15), "older",
            )  # fmt: skip


def _measured(folder: Path) -> Iterator[Recording]:
    path = folder / "esearch_json_live_shapes_pubmed-filters.json"
    for name, case in json.loads(path.read_text("utf-8")).items():
        if isinstance(case, dict):
            body = case.get("_raw") or json.dumps({"esearchresult": case["esearchresult"]})
            parameters = {key: [value] for key, value in case["params"].items()}
            parameters |= {"db": ["pubmed"], "term": [case["term"]], "retmode": ["json"]}
            yield Recording(f"{folder.name}/{name}", "esearch", parameters, body.encode(), kept="shortened")
