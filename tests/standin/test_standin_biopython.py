"""Biopython reads every normal answer, and docs/standin.md's session runs as it is printed."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec, module_from_spec
from urllib.request import Request, urlopen

import Bio
import pytest

from litwatch.cli.standin import standin as standin_command
from litwatch.standin.fault import UTILITIES
from litwatch.standin.faults import FAULTS


@pytest.fixture
def biopython(monkeypatch):
    """Bio.Entrez as it is installed: where litwatch is loaded, its requests are sent by litwatch itself."""
    spec = find_spec("Bio.Entrez")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(Bio, "Entrez", module)
    monkeypatch.setitem(sys.modules, "Bio.Entrez", module)
    return module


@pytest.fixture
def entrez(biopython, monkeypatch, standin, tmp_path):
    """It, with its requests sent to the stand-in and its own pauses left out."""

    def to_the_stand_in(request: Request):
        return urlopen(Request(request.full_url.replace("https://eutils.ncbi.nlm.nih.gov", standin.url), request.data))

    monkeypatch.setattr(biopython, "urlopen", to_the_stand_in)
    monkeypatch.setattr(biopython, "email", "someone@example.org")
    monkeypatch.setattr(biopython, "api_key", "sentinel")
    monkeypatch.setattr(biopython, "local_cache", str(tmp_path))
    return biopython


def read(handle):
    with handle:
        return Bio.Entrez.read(handle)


def test_biopython_reads_every_normal_answer(entrez):
    assert "pubmed" in read(entrez.einfo())["DbList"]
    assert read(entrez.einfo(db="pubmed"))["DbInfo"][0]["Count"] == "6"
    found = read(entrez.esearch(db="pubmed", term="insulin", usehistory="y", retmax=2))
    assert (found["Count"], found["IdList"]) == ("3", ["99000002", "99000005"])
    assert found["TranslationSet"][0]["From"] == "insulin"
    nothing = read(entrez.esearch(db="pubmed", term="the[tiab]"))
    assert nothing["WarningList"]["OutputMessage"] == ["No items found."]
    posted = read(entrez.epost(db="pubmed", id="99000001,99000003"))
    records = read(entrez.efetch(db="pubmed", retmode="xml", webenv=posted["WebEnv"], query_key=posted["QueryKey"]))
    assert [str(article["MedlineCitation"]["PMID"]) for article in records["PubmedArticle"]] == ["99000001", "99000003"]
    (summary,) = read(entrez.esummary(db="pubmed", id="99000001"))
    assert summary["AuthorList"] == ["Solberg KM", "Ng W Jr"]
    (links,) = read(entrez.elink(dbfrom="pubmed", db="pubmed", id="99000003", cmd="neighbor_score"))
    assert links["LinkSetDb"][0]["Link"][0]["Id"] == "99000003"
    assert read(entrez.espell(term="insulin resistence"))["CorrectedQuery"] == "insulin resistance"


def test_biopython_says_what_the_error_says(entrez):
    with pytest.raises(RuntimeError, match="Unable to obtain query #7"):
        read(entrez.esearch(db="pubmed", term="#7"))


@pytest.mark.usefixtures("biopython")
def test_the_session_of_the_documentation_runs(project, standin, capsys):
    page = (project / "docs/standin.md").read_text("utf-8")
    (session,) = (block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "STANDIN = " in block)
    exec(compile(session.replace("http://127.0.0.1:8642", standin.url), "docs/standin.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == [
        '2 records, "insulin resistance"[Title/Abstract]',
        "99000002 Insulin resistance in shift workers.",
        "99000001 Insulin resistance and sleep.",
        "Lancet Inv|2020|394|121||a|99000001",
        "",
    ]
    assert [entry.utility for entry in standin.journal] == ["esearch", "efetch", "ecitmatch"]


def test_the_documentation_names_tests_that_exist(project):
    page = (project / "docs/standin.md").read_text("utf-8")
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", page))
    written = {
        name
        for file in (project / "tests/standin").glob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    }
    assert named - written == set()
    assert len(named) > 40


def test_the_documentation_names_every_option_and_no_other(project):
    page = (project / "docs/standin.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(--[a-z]+)", page, re.M)) == {
        option for parameter in standin_command.params for option in parameter.opts
    }


def test_every_fault_can_strike_a_utility_that_exists():
    assert all(utility in UTILITIES for fault in FAULTS.values() for utility in fault.utilities)
