"""``litwatch add``: one command from an article's file to its first report, and nothing written where a step fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from litwatch.config.settings import read_settings
from litwatch.config.site_files import make_site
from litwatch.config.topic_files import read_topics
from litwatch.model.topic import QuestionKind
from litwatch.standin import Corpus, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.command_line import Run
from tests.nights import hasten_requests, open_made_store

ARTICLE = """# What are the causes of insulin resistance?

Obesity is the cause most often found [1]. Training improves insulin sensitivity [2].

## References

1. Obesity, Insulin Resistance, and Type 2 Diabetes: Associations and Therapeutic Implications. Diabetes, metabolic \
syndrome and obesity : targets and therapy, 2020.
2. Demonstration data: supervised exercise and insulin sensitivity in inactive adults, a randomised trial. \
Demonstration Archives of Invented Metabolism, 2021.
"""
TO = ("--to", "board@example.org")


@pytest.fixture(scope="module")
def pubmed() -> Iterator[StandIn]:
    with StandIn(Corpus(revisions()), today=DEMONSTRATION_TODAY, rate=None, rate_with_key=None) as standin:
        yield standin


@pytest.fixture(scope="module")
def made(pubmed: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site without the example."""
    site = tmp_path_factory.mktemp("made") / "site"
    make_site(site, {"email": "you@example.org", "eutils": pubmed.base})
    for example in (site / "queries").iterdir():
        example.unlink()
    open_made_store(read_settings({"LITWATCH_HOME": str(site)}))
    return site


@pytest.fixture
def site(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it as the working directory, and an article outside it."""
    shutil.copytree(made, tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")
    hasten_requests(monkeypatch)
    Path("../Causes (final).md").write_text(ARTICLE)
    return tmp_path / "site"


def files(site: Path) -> set[str]:
    folders = (site / "queries", site / "reports")
    return {path.relative_to(site).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_one_command_leads_from_an_article_to_its_first_report(site: Path, run: Run) -> None:
    status, out, err = run("add", "../Causes (final).md", *TO, "--to", "editor@example.org")
    assert status == 0, err
    assert "finds 2 of 2 cited papers; about" in out
    assert "reports/causes-final/" in out
    (topic,) = read_topics(site / "queries")
    assert (topic.slug, topic.question_kind) == ("causes-final", QuestionKind.ETIOLOGY)
    assert topic.recipients == ("board@example.org", "editor@example.org")
    assert "insulin resistance" in topic.strategy.casefold()
    assert any(name.startswith("reports/causes-final/") and name.endswith(".html") for name in files(site))
    status, _, err = run("add", "../Causes (final).md", *TO, "--name", "again")
    assert (status, "watched already, as causes-final" in err) == (1, True)
    status, _, err = run("add", "../Causes (final).md", *TO)
    assert (status, "causes-final.yaml is there already" in err) == (1, True)


def test_a_dry_run_shows_the_topic_file_and_the_recall_of_ones_own_strategy(site: Path, run: Run) -> None:
    own = 'obesity[ti] OR "weight loss"[tiab]'
    status, out, err = run("add", "../Causes (final).md", *TO, "--strategy", own, "--question", "Why?", "--dry-run")
    assert status == 0, err
    assert "yours: finds 1 of 2 cited papers; about" in out
    assert (
        f"article: Causes (final).md\ntitle: Why?\n\nstrategy: >-\n  {own}\n\nrecipients:\n- board@example.org" in out
    )
    assert files(site) == set()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["../no.md", *TO], 2, "does not exist"),
        (["https://example.org/page", *TO], 2, "save the page and give its file"),
        (["../Causes (final).md"], 2, "--to"),
        (["../Causes (final).md", "--to", "board"], 2, "--to"),
        (["../Causes (final).md", *TO, "--name", "members"], 1, "members: it cannot name an article"),
        (["../Causes (final).md", *TO, "--strategy", "(sleep[tiab]"], 1, "queries/causes-final.yaml: strategy: "),
        (["../Causes (final).md", *TO, "--strategy", "(a OR frailty)[tiab]"], 1, "--strategy: S"),
        (["../Causes (final).md", *TO, "--question", "Why?"], 1, "names nothing to search for"),
        (["../bare.md", *TO], 1, "no reference list was found"),
        (["../日本.md", *TO], 1, "give a name with --name"),
    ],
)
def test_where_a_step_fails_nothing_is_written(
    site: Path, run: Run, arguments: list[str], status: int, said: str
) -> None:
    Path("../bare.md").write_text("# What causes insulin resistance?\n\nIt is not known.\n")
    Path("../日本.md").write_text(ARTICLE)
    ended, _, err = run("add", *arguments)
    assert (ended, said in err) == (status, True), err
    assert "Traceback" not in err
    assert files(site) == set()


def test_without_a_store_or_an_address_it_says_so_before_anything_is_asked(
    site: Path, run: Run, monkeypatch: pytest.MonkeyPatch, pubmed: StandIn
) -> None:
    asked = len(pubmed.journal)
    (site / "var" / "litwatch.duckdb").unlink()
    status, _, err = run("add", "../Causes (final).md", *TO)
    assert (status, "litwatch init" in err) == (1, True)
    monkeypatch.setenv("LITWATCH_SETTINGS", "none")
    status, _, err = run("add", "../Causes (final).md", *TO)
    assert (status, "LITWATCH_EMAIL" in err) == (1, True)
    assert len(pubmed.journal) == asked


def test_a_bibliography_that_the_article_cites_by_keys_is_taken_along(site: Path, run: Run) -> None:
    Path("../keyed.md").write_text(
        "---\nbibliography: cited.bib\n---\n# What are the causes of insulin resistance?\n\nObesity is one [@a2020].\n"
    )
    title = "Obesity, Insulin Resistance, and Type 2 Diabetes: Associations and Therapeutic Implications"
    Path("../cited.bib").write_text(f"@article{{a2020, title={{{title}}}, year={{2020}}}}\n")
    Path("queries/cited.bib").write_text("@article{a2020, title={Of another article}}\n")
    status, _, err = run("add", "../keyed.md", *TO, "--strategy", "obesity[ti]", "--no-open")
    assert (status, "cited.bib is another file than" in err) == (1, True), err
    assert files(site) == {"queries/cited.bib"}
    Path("queries/cited.bib").unlink()
    status, out, err = run("add", "../keyed.md", *TO, "--strategy", "obesity[ti]", "--no-open")
    assert status == 0, out + err
    assert {"queries/keyed.md", "queries/keyed.yaml", "queries/cited.bib"} <= files(site)


ALONE = ("add", "--question", "Does short sleep cause insulin resistance?", "--no-open", *TO)


def test_a_question_without_an_article_is_added_with_its_strategy(site: Path, run: Run) -> None:
    status, out, err = run(*ALONE, "--strategy", '"short sleep"[tiab]', "--since", "2019-01-01")
    assert status == 0, err
    (topic,) = read_topics(site / "queries")
    assert (topic.slug, topic.article) == ("does-short-sleep-cause-insulin-resistance", None)
    assert (topic.question, topic.since) == ("Does short sleep cause insulin resistance?", date(2019, 1, 1))
    assert (topic.strategy, topic.recipients) == ('"short sleep"[tiab]', ("board@example.org",))
    assert "new records since 1 January 2019; none read yet" in out
    status, _, err = run(*ALONE, "--strategy", "sleep")
    assert (status, "is there already" in err) == (1, True)


def test_a_strategy_for_a_question_is_proposed_from_known_papers(site: Path, run: Run) -> None:
    """Whatever signs the question has that would mean something in a strategy."""
    asked = ("--question", "Does short (sleep cause insulin resistance?", "--known-paper", "99000004")
    status, out, err = run("add", *asked, "--name", "sleep", "--dry-run", *TO)
    assert status == 0, err
    assert "finds 1 of 1 known paper; about" in out
    assert "question: Does short (sleep cause insulin resistance?" in out
    assert "known_papers:\n- 99000004" in out
    assert files(site) == set()
    unknown = ("--strategy", "sleep[tiab]", "--known-paper", "999999999")
    _, _, err = run("add", *asked, *unknown, "--name", "sleep", "--dry-run", *TO)
    assert "PubMed has no record 999999999 (--known-paper)" in err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["add", *TO], 2, "give ARTICLE, or --question"),
        ([*ALONE], 2, "give --strategy (docs/searching.md), or papers that it should find (--known-paper)"),
        ([*ALONE, "--strategy", "(sleep[tiab]"], 1, "strategy: "),
        ([*ALONE, "--strategy", "sleep[tiab]", "--since", "2999-01-01"], 2, "that day is still to come"),
        (["add", "../Causes (final).md", *TO, "--since", "2020-01-01"], 2, "are for a question without ARTICLE"),
    ],
)
def test_what_a_question_lacks_is_said(site: Path, run: Run, arguments: list[str], status: int, said: str) -> None:
    got, _, err = run(*arguments)
    assert (got, said in err) == (status, True), err
    assert files(site) == set()
