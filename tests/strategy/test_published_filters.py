"""The published filters are exactly the published texts, and do what their names say on invented records."""

from __future__ import annotations

import hashlib

import pytest

from litwatch.model.record import MeshHeading, Record
from litwatch.strategy import matches, parse
from litwatch.strategy.published_filters import FILTERS, PUBLISHED
from tests.strategy.strategy_records import INDEXED, MOUSE, TODAY, paper

CHECKSUMS = {
    "therapy/broad": "072bcb0784e24cb1",
    "therapy/narrow": "16a51e25e616adff",
    "diagnosis/broad": "fbeb3322a2e99012",
    "diagnosis/narrow": "d835ab8e3a6bac87",
    "etiology/broad": "d4555b8f25b9271b",
    "etiology/narrow": "eb966187fdeeaf70",
    "prognosis/broad": "5dbc15b7ae276163",
    "prognosis/narrow": "7a16a7c52f3df064",
    "prediction/broad": "ec7c4845100d27d6",
    "prediction/narrow": "e5b089a16b5143d7",
    "rct/cochrane": "3d9df22c36ee6e34",
    "systematic": "29f3481b38aaafbe",
}


def test_the_texts_are_the_published_ones() -> None:
    assert {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in PUBLISHED.items()} == CHECKSUMS


def test_every_filter_names_its_source_and_gives_percentages() -> None:
    for one in FILTERS.values():
        assert one.source
        assert all(figure is None or 40 < figure <= 100 for figure in (one.sensitivity, one.specificity))


@pytest.mark.parametrize(
    ("name", "record", "expected"),
    [
        ("therapy/broad", paper(title="Randomised or randomly given"), True),
        ("therapy/narrow", paper(title="A randomized and controlled trial"), True),
        ("therapy/narrow", paper(title="A randomized trial"), False),
        ("therapy/narrow", INDEXED, True),
        ("diagnosis/broad", paper(mesh=(MeshHeading("D003951", "Diagnostic Errors", major=False),)), True),
        ("diagnosis/broad", paper(mesh=(MeshHeading("D011379", "Prognosis", major=False),)), False),
        ("diagnosis/narrow", paper(title="Sensitivity and specificity"), True),
        ("etiology/broad", paper(mesh=(MeshHeading("D012307", "Risk Factors", major=False),)), True),
        ("etiology/broad", paper(mesh=(MeshHeading("D011446", "Prospective Studies", major=False),)), True),
        ("etiology/narrow", paper(mesh=(MeshHeading("D011446", "Prospective Studies", major=False),)), False),
        ("etiology/narrow", paper(title="Cohort of a study"), True),
        ("prognosis/broad", paper(title="The course of illness"), True),
        ("prognosis/narrow", paper(title="The course of illness"), False),
        ("prediction/broad", paper(title="A scoring system"), True),
        ("prediction/narrow", paper(title="We validate it"), True),
        ("rct/cochrane", paper(title="Placebo groups"), True),
        ("rct/cochrane", paper(title="Placebo groups", mesh=MOUSE.mesh), False),
        ("rct/cochrane", paper(title="Placebo groups", mesh=(*MOUSE.mesh, *INDEXED.mesh)), True),
        ("systematic", paper(title="Sleep: a systematic review", status="Publisher"), True),
        ("systematic", paper(title="Protocol of a systematic review", status="Publisher"), False),
        ("systematic", paper(title="A systematic review", status="MEDLINE"), False),
    ],
)
def test_a_filter_tells_records_apart(name: str, record: Record, expected: bool) -> None:
    assert matches(parse(PUBLISHED[name]), record, today=TODAY) is expected
