"""One record that PubMed certainly has proves each night that search and fetch find.

That a night without it is not whole stands in ``test_receipts``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from litwatch.config.settings import Settings, read_settings
from litwatch.decisions.known_item import judge_fetch, judge_search, known_item_term
from litwatch.model.canary_record import CANARY, CANARY_TITLE
from litwatch.model.errors import SettingsError, SourceUnavailable
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Fetched
from litwatch.night.canary import CanaryLook, look_for_canary
from litwatch.sources.entrez import Entrez, EntrezSettings, Timepiece
from tests.night.test_receipts import searched
from tests.nights import House, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("canary")) as opened:
        yield opened


@pytest.fixture
def entrez(house: House) -> Entrez:
    return Entrez(
        EntrezSettings(email="tests@example.org", base_url=house.pubmed.base, tries=1),
        timepiece=Timepiece(sleep=lambda _: None),
    )


def test_the_usual_canary_is_found_in_the_demonstration_by_one_search(house: House, entrez: Entrez) -> None:
    assert look_for_canary(CANARY, entrez) == CanaryLook(CANARY)
    assert look_for_canary(None, entrez) is None
    assert known_item_term(CANARY, CANARY_TITLE) == (
        "17469039[uid] AND considerations[ti] AND physiological[ti] AND resistance[ti]"
    )


def test_a_canary_that_is_not_there_is_a_sentence_for_the_operator(entrez: Entrez) -> None:
    look = look_for_canary(Pmid(99999999), entrez)
    assert look is not None
    assert look.state == "failed"
    assert str(look.trouble).startswith(
        "canary: PMID 99999999 did not come when it was fetched; do not believe tonight's searches"
    )


def test_a_search_that_finds_too_little_or_too_much_is_not_believed() -> None:
    pmid = Pmid(7)
    assert judge_search(pmid, searched(pmids=(pmid,))) is None
    assert "found nothing" in str(judge_search(pmid, searched()))
    assert "found 2 records" in str(judge_search(pmid, searched(pmids=(pmid, Pmid(8)))))
    assert "found 1 record" in str(judge_search(pmid, searched(pmids=(Pmid(8),))))


def test_a_record_that_comes_unreadable_or_not_at_all_is_not_believed() -> None:
    pmid = Pmid(7)
    assert "could not be read (no title)" in str(judge_fetch(pmid, Fetched((), frozenset(), ((pmid, "no title"),))))
    unanswered = Fetched((), frozenset(), (), frozenset({pmid}), "no answer")
    assert str(judge_fetch(pmid, unanswered)).endswith("fetched: no answer")


def test_a_pubmed_that_does_not_answer_is_told_too(entrez: Entrez, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Fetched:
        raise SourceUnavailable("HTTP 503")

    monkeypatch.setattr(entrez, "fetch", refuse)
    look = look_for_canary(CANARY, entrez)
    assert look is not None
    assert look.troubles == (f"canary: PMID {CANARY} could not be looked for: HTTP 503",)


def test_the_usual_canary_is_for_ncbi_alone_and_an_empty_one_is_none() -> None:
    assert Settings().find_canary() == CANARY
    elsewhere = {"LITWATCH_EUTILS": "http://127.0.0.1:8080/"}
    assert read_settings(elsewhere).find_canary() is None
    assert read_settings(elsewhere | {"LITWATCH_CANARY": " 33116712"}).find_canary() == 33116712
    for none in ("", "off", "0", "none"):
        assert read_settings({"LITWATCH_CANARY": none}).find_canary() is None
    with pytest.raises(SettingsError, match="LITWATCH_CANARY: it should be a PMID, auto or off"):
        read_settings({"LITWATCH_CANARY": "Kashyap 2007"})
