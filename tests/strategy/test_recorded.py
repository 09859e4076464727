"""Answers that PubMed gave, recorded by others from 2023 to 2026: our translation and warnings are the same.

Counts are not compared: the corpus here is invented and holds only the words that PubMed knew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from litwatch.model.record import Author, MeshHeading
from litwatch.strategy import parse
from litwatch.strategy.fields import BY_TAG
from litwatch.strategy.record_index import RecordIndex
from tests.strategy.strategy_records import TODAY, paper

pytestmark = pytest.mark.realdata

SAMPLES = (
    "mesh_heading_that_does_not_exist",
    "valid",
    "legit_zero",
    "term_silently_dropped_with_results",
    "unknown_field_tag_no_warning",
    "stopword_phrase_not_found",
    "window_clamped",
    "html_entity_in_query",
    "tag_over_group_ignored_no_warning",
    "modifier_ignored_no_warning",
    "brackets_inside_quotes_are_text",
    "typographic_asterisk_not_truncation",
)
ELSEWHERE = {"_origin", "rettype_count_loses_warnings", "window_exceeded_RAW_INVALID_JSON"}
"""Nothing about the language: a note, a count alone, a paging error."""

GLASGOW = Author("Smith", "Ann", "A", affiliations=("Institute, University of Glasgow, Scotland.",))

CORPUS = RecordIndex(
    [
        paper(
            0,
            "Wearables, smartwatches: Oura, Garmin, WHOOP and the Apple Watch",
            "A readiness score, a recovery score.",
        ),
        paper(1, "Training readiness in asthma and COPD: an intervent", "[18F]FDG was used."),
        paper(2, "Biopython", mesh=(MeshHeading("D050197", "Atherosclerosis", major=True),)),
        paper(3, "Neuropathy in long covid", "Varicella zoster.", authors=(GLASGOW,)),
        paper(4, "Sepsis", mesh=(MeshHeading("D018805", "Sepsis", major=True),)),
    ]
)


@pytest.fixture(scope="session")
def recorded(shared: Path) -> dict[str, Any]:
    folder = shared / "data" / "eutils_samples" / "measured_2026"
    (file,) = folder.glob("*.json")
    return dict(json.loads(file.read_text(encoding="utf-8")))


def test_no_recorded_answer_is_left_out(recorded: dict[str, Any]) -> None:
    assert set(recorded) == set(SAMPLES) | ELSEWHERE


@pytest.mark.parametrize("name", SAMPLES)
def test_translation_and_warnings_are_those_that_pubmed_gave(recorded: dict[str, Any], name: str) -> None:
    answer = recorded[name]["esearchresult"]
    said = CORPUS.search(parse(recorded[name]["term"]), today=TODAY)
    if "querytranslation" in answer:
        assert said.translation == answer["querytranslation"]
    if "translationset" in answer:
        assert said.translation_set == tuple((one["from"], one["to"]) for one in answer["translationset"])
    errors, warnings = answer.get("errorlist", {}), answer.get("warninglist", {})
    assert said.phrases_not_found == tuple(errors.get("phrasesnotfound", ()))
    assert not errors.get("fieldsnotfound"), "an unknown tag is named after all"
    assert said.phrases_ignored == tuple(warnings.get("phrasesignored", ()))
    assert said.quoted_phrases_not_found == tuple(warnings.get("quotedphrasesnotfound", ()))
    if answer["count"] == "0" and name != "legit_zero":
        assert said.pmids == ()


def test_the_fields_of_einfo_are_those_that_are_known(shared: Path) -> None:
    """DSO and P1DAT stood in EInfo's list of November 2025 and were gone in May 2026."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    answer = etree.parse(shared / "data" / "eutils_samples" / "biopython" / "einfo2.xml", parser)
    named = {(str(field.findtext("Name")), str(field.findtext("FullName"))) for field in answer.iter("Field")}
    assert len(named) > 40
    unknown = {name for name, full in named if not (BY_TAG.get(name.lower()) and BY_TAG.get(full.lower()))}
    assert {name.strip() for name in unknown} == {"DSO", "P1DAT"}


@pytest.mark.parametrize(
    ("file", "strategy"),
    [
        ("biopython/esearch1.xml", "biopython"),
        ("error_bodies/esearch_phrase_not_found.xml", "the[tiab] AND asthma[tiab]"),
        (
            "error_bodies/esearch_quoted_phrase_dropped_with_results.xml",
            '"readiness score"[tiab] OR "recovery score"[tiab] OR "body battery"[tiab]',
        ),
        ("recorded_2023/client_search_University_of_Glasgow_ad_.xml", "University of Glasgow [ad]"),
        ("recorded_2023/client_search_covid_field_title.xml", "covid neuropathy[title]"),
        ("recorded_2023/client_search_long_covid_ti_.xml", "long covid [ti]"),
        ("recorded_2023/client_search_long_covid_tiab_.xml", "long covid [tiab]"),
        ("recorded_2023/client_search_varicella_zoster.xml", '"varicella zoster"'),
        (
            "recorded_2026/esearch_sepsis_mesh_1810_zero.xml",
            'sepsis AND Sepsis[MeSH Terms] AND ("1810"[Date - Publication] : "1810"[Date - Publication])',
        ),
    ],
)
def test_recorded_xml_answers_say_the_same(shared: Path, file: str, strategy: str) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    answer = etree.parse(shared / "data" / "eutils_samples" / file, parser)
    said = CORPUS.search(parse(strategy), today=TODAY)
    assert said.translation == answer.findtext("QueryTranslation")
    assert list(said.phrases_not_found) == [one.text for one in answer.iter("PhraseNotFound")]
    assert list(said.quoted_phrases_not_found) == [one.text for one in answer.iter("QuotedPhraseNotFound")]
