"""Nights with an installed sentence model: each text is read once, and the report says which model had a part."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from litwatch.config import sentence_model_files
from litwatch.config.sentence_model_files import find_sentence_model, load_sentence_model
from litwatch.decisions.ranking import MINILM, key_of_text
from litwatch.decisions.ranking.sentence_model import SentenceModel
from litwatch.model.errors import SettingsError
from litwatch.night.whole_night import NightSummary, run_night
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.nights import House, open_house
from tests.sentence_models import VOCABULARY, invent_weights

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


class Counted(SentenceModel):
    """Counts the texts that it reads."""

    def __init__(self) -> None:
        super().__init__(invent_weights(), VOCABULARY)
        self.read: list[str] = []

    def embed(self, text: str) -> bytes:
        self.read.append(text)
        return super().embed(text)


def survey(house: House, model: Counted | None, later: int) -> NightSummary:
    """A night so many days later, with or without a model."""
    day = DEMONSTRATION_TODAY + timedelta(days=later)
    house.pubmed.today = day
    doors = house.doors(datetime.combine(day, time(5, 30), UTC))
    return run_night(replace(doors, load_model=(lambda: model) if model else None))


def spend_night(house: House, model: Counted | None, later: int = 0) -> str:
    """The report's page of the night."""
    assert survey(house, model, later).ok
    return max((house.folder / "reports" / "sleep").glob("*.html")).read_text()


def test_each_text_is_read_once_and_kept_and_the_report_names_the_model(house: House) -> None:
    model = Counted()
    page = spend_night(house, model)
    assert len(model.read) == len(set(model.read)) > 5
    assert "What causes insulin resistance?" in model.read
    assert f"the sentence model {MINILM.name} has read all the texts" in page
    assert MINILM.weights[:16] in page
    store = house.doors(datetime.now(UTC)).store
    assert store.embedding_cost(MINILM.weights)[0] == len(model.read)
    asked = key_of_text("What causes insulin resistance?")
    assert store.embeddings(MINILM.weights, [asked])[asked] == model.embed("What causes insulin resistance?")
    assert store.embeddings("another model", [asked]) == {}
    again = Counted()
    spend_night(house, again, later=1)
    assert not set(again.read) & set(model.read)


def test_an_article_whose_texts_a_model_reads_for_the_first_time_is_decided_anew(house: House, tmp_path: Path) -> None:
    """Its order is another one from that night on."""
    for later in range(2):
        spend_night(house, None, later)
    other = house.copy(tmp_path / "other")
    without, read = (survey(*each, later=2).outcomes[0] for each in ((other, None), (house, Counted())))
    assert (without.as_before, read.as_before) == (True, False)


def test_without_a_model_no_page_speaks_of_one_and_the_order_is_the_usual(house: House) -> None:
    page = spend_night(house, None)
    assert "sentence model" not in page


def test_a_model_that_cannot_be_used_is_told_in_the_log_and_costs_no_night(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    house.pubmed.today = DEMONSTRATION_TODAY
    doors = house.doors(datetime.combine(DEMONSTRATION_TODAY, time(5, 30), UTC))
    with caplog.at_level(logging.WARNING):
        assert run_night(replace(doors, load_model=lambda: load_sentence_model(tmp_path))).ok
    assert "new records are ordered without the sentence model" in caplog.text
    assert "is not the file of all-MiniLM-L6-v2 that litwatch knows" in caplog.text


def test_a_package_is_found_without_being_run_and_its_files_must_be_the_ones_that_are_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_model_files, "PLACES", (("brings_weights", "data"),))
    assert find_sentence_model() is None
    package = tmp_path / "brings_weights"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('run')")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_sentence_model() is None, "a package without the files"
    (package / "data" / "model.safetensors").write_bytes(invent_weights())
    folder = find_sentence_model()
    assert folder == package / "data"
    with pytest.raises(SettingsError, match="install litwatch\\[semantic\\] again"):
        load_sentence_model(folder)
