"""What rests on a paper: articles, references and sentences by PMID or DOI, and a clear answer where nothing does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from litwatch.cli import main
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from litwatch.store import Store
from tests.nights import House, open_house

TWICE = """# What causes insulin resistance?

## Causes

Exercise raises insulin sensitivity [1]. Nothing else does.

## References

1. Somebody. A page without any record. 2020. doi:10.5555/printed-only
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("impact")) as opened:
        opened.write_topic("printed", article=TWICE)
        opened.night(DEMONSTRATION_TODAY)
        yield opened


@pytest.fixture
def ask(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("LITWATCH_STORE", str(house.settings().store))
    monkeypatch.setenv("LITWATCH_QUERIES", str(house.folder / "queries"))

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["impact", *arguments])
        return int(ended.value.code or 0), capsys.readouterr().out

    return run


def test_a_paper_is_answered_with_its_state_and_the_sentences_that_rest_on_it(
    ask: Callable[..., tuple[int, str]],
) -> None:
    status, told = ask("99000004")
    assert status == 0
    assert "PubMed: retracted (seen " in told
    assert "reference [1]" in told
    assert "sentence 1 (Causes): Short sleep lowers insulin sensitivity." in told
    assert "1 article, 1 reference and 1 sentence depend on it." in told


def test_a_doi_finds_the_same_paper_and_one_that_only_the_article_prints(ask: Callable[..., tuple[int, str]]) -> None:
    by_pmid = orjson.loads(ask("PMID:99000003", "--json")[1])
    assert [(each["slug"], each["references"]) for each in by_pmid["articles"]] == [("sleep", ["[2]"])]
    by_doi = orjson.loads(ask(f"https://doi.org/{by_pmid['doi'].upper()}", "--json")[1])
    assert by_doi == by_pmid
    printed = orjson.loads(ask("10.5555/printed-only", "--json")[1])
    (article,) = printed["articles"]
    assert (article["slug"], [each["number"] for each in article["sentences"]]) == ("printed", [1])
    assert printed["pmid"] is None


def test_where_nothing_rests_on_it_the_answer_says_so(ask: Callable[..., tuple[int, str]]) -> None:
    assert ask("99888888") == (
        0,
        "99888888  (its record is not in the store)\nNo watched article is known to depend on it.\n"
        "Cannot be ruled out, because no record is confirmed yet: 1 reference of printed;"
        " see `litwatch references list ARTICLE --open`.\n",
    )
    assert orjson.loads(ask("99888888", "--json")[1])["articles"] == []


def test_before_the_first_night_nothing_is_excluded(
    ask: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(tmp_path / "empty.duckdb").migrate()
    monkeypatch.setenv("LITWATCH_STORE", str(tmp_path / "empty.duckdb"))
    told = orjson.loads(ask("99000777", "--json")[1])
    assert told["unidentified"] == [{"slug": "printed", "references": 1}, {"slug": "sleep", "references": 2}]


def test_what_an_editor_settled_and_what_prints_the_paper_is_excluded(
    ask: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "page.md").write_text(TWICE, encoding="utf-8")
    (tmp_path / "page.yaml").write_text(
        "article: page.md\nstrategy: insulin[tiab]\nrecipients: [board@example.org]\n"
        "pins: [{position: 1, not_in_pubmed: true}]\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("LITWATCH_QUERIES", str(tmp_path))
    assert ask("99888888")[1].endswith("No watched article depends on it.\n")
    (tmp_path / "page.yaml").write_text(
        "article: page.md\nstrategy: insulin[tiab]\nrecipients: [board@example.org]\n", encoding="utf-8"
    )
    assert "Cannot be ruled out" not in ask("10.5555/printed-only")[1]


def test_a_notice_leads_to_the_paper_that_it_is_about(ask: Callable[..., tuple[int, str]]) -> None:
    assert "`litwatch impact 99000004` shows what depends on that one" in ask("99000904")[1]
    assert orjson.loads(ask("99000904", "--json")[1])["about"] == [99000004]
    assert orjson.loads(ask("99000004", "--json")[1])["about"] == []


def test_what_is_no_identifier_is_wrong_usage(ask: Callable[..., tuple[int, str]]) -> None:
    assert ask("sleep")[0] == 2


def test_an_article_that_cannot_be_read_is_told_and_is_no_silence(
    house: House, ask: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.yaml").write_text("article: none.md\n", encoding="utf-8")
    monkeypatch.setenv("LITWATCH_QUERIES", str(tmp_path))
    assert ask("99000004")[0] == 1
