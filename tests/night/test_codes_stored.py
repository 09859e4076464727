"""What litwatch itself stores is codes, never English: a word can be bettered without touching the data."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import duckdb
import pytest

import litwatch
from litwatch.decisions.paper_state import GRAVEST_FIRST
from litwatch.model.change import ChangeKind
from litwatch.model.former_phrases import DECISIONS, KINDS
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.paper_notice import Nature, PaperState
from litwatch.model.record import RefType
from litwatch.model.topic import Numbering
from litwatch.night.doors import open_store
from litwatch.report import wording
from litwatch.report.contents import SERIOUSNESS
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.nights import House, open_house

CODE = "^[a-z0-9_:.]+$"
CODES = {
    "episode": ("kind", "ended_kind"),
    "fate": ("state",),
    "judgement_event": ("decision", "kind", "effect"),
    "outbox": ("state",),
    "outstanding": ("how", "ending"),
    "run": ("kind", "state"),
    "sighting": ("how",),
    "sweep": ("kind", "state"),
    "told_signal": ("kind", "design", "basis"),
    "article_text": ("review_state",),
    "article_reference": ("kind",),
}
"""Columns that hold nothing but our codes."""
IN_DOCUMENTS = {
    "beside": "doc->>'$.supplements[*].kind'",
    "match_list": "flatten([doc->>'$[*].state', doc->>'$[*].method', doc->>'$[*].reason.code',"
    " doc->>'$[*].reason.agreed[*]', doc->>'$[*].reason.differing[*]',"
    " list_filter(doc->>'$[*].told', lambda told: told <> '')])",
    "sweep": "signs->>'$[*].code'",
    "told_signal": "list_concat(marks, list_concat(reasons->>'$[*].code', told))",
    "stored_verdict": "list_concat([doc->>'$.status'], list_concat(doc->>'$.fired[*].status',"
    " doc->>'$.fired[*].reasons[*].code'))",
}
"""Codes inside documents, as lists."""
OUTSIDE = {RefType, Nature, Numbering}
"""Enumerations whose values are other people's words, as received, or stand in topic files alone."""
STORE = Path(litwatch.__file__).parent / "store"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An installation after a night and two answers."""
    with open_house(tmp_path_factory.mktemp("codes"), Corpus(revisions())) as opened:
        assert opened.night(DEMONSTRATION_TODAY).ok
        store = open_store(opened.settings())
        at = datetime(2026, 11, 23, tzinfo=UTC)
        first, second, *_ = store.open_changes("sleep", on=at.date())
        for item, decision in ((first, Decision.ALREADY_COVERED), (second, Decision.NOT_RELEVANT)):
            store.record_judgement(
                Judgement("sleep", decision, "Dr Invented", at, "because", item.change, episodes=item.episodes)
            )
        yield opened


def found(house: House, sql: str) -> set[str]:
    with duckdb.connect(str(house.settings().store), read_only=True) as con:
        return {value for (value,) in con.execute(sql).fetchall() if value is not None}


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in CODES for column in CODES[table]])
def test_a_column_of_codes_holds_codes_only(house: House, table: str, column: str) -> None:
    values = found(house, f"SELECT DISTINCT {column} FROM {table}")
    assert [value for value in values if not re.fullmatch(CODE, value)] == []


@pytest.mark.parametrize("table", IN_DOCUMENTS)
def test_a_code_in_a_document_is_a_code(house: House, table: str) -> None:
    values = found(house, f"SELECT DISTINCT unnest({IN_DOCUMENTS[table]}) FROM {table}")
    assert values or table in {"beside", "sweep"}
    assert [value for value in values if not re.fullmatch(CODE, value)] == []


def test_the_night_and_the_answers_left_codes_to_look_at(house: House) -> None:
    assert {"retracted", "new_record"} <= found(house, "SELECT kind FROM episode")
    assert found(house, "SELECT decision FROM judgement_event") == {"already_covered", "not_relevant"}
    assert {"topic", "citation"} <= found(house, "SELECT kind FROM sweep")


def enumerations() -> list[type[StrEnum]]:
    core = ("model", "decisions", "store")
    for package in core:
        for module in pkgutil.walk_packages([str(STORE.parent / package)], f"litwatch.{package}."):
            importlib.import_module(module.name)
    homes = tuple(f"litwatch.{package}." for package in core)
    return [each for each in StrEnum.__subclasses__() if each.__module__.startswith(homes)]


def test_every_enumeration_of_the_core_has_codes_for_values() -> None:
    told = {each.value for enumeration in enumerations() if enumeration not in OUTSIDE for each in enumeration}
    rules = {value for value in told if re.fullmatch(r"V\d+", value)}
    assert [value for value in told - rules if not re.fullmatch(CODE, value)] == []


def sql_texts() -> Iterator[tuple[str, str]]:
    for path in STORE.glob("*.sql"):
        yield path.name, re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    for path in STORE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield path.name, node.value


def test_no_sql_names_a_kind_a_decision_or_a_state_by_a_phrase() -> None:
    codes = {each.value for enumeration in enumerations() for each in enumeration}
    phrases = {code.replace("_", " ") for code in codes if "_" in code} | {*KINDS, *DECISIONS}
    phrases |= {wording.words(each) for enumeration in enumerations() for each in enumeration}
    phrases = {phrase for phrase in phrases if " " in phrase}
    for name, text in sql_texts():
        literals = re.findall(r"'([^'\n]*)'", text)
        assert [literal for literal in literals if literal in phrases] == [], name


def test_every_state_and_kind_has_its_place_in_the_order_of_gravity() -> None:
    assert sorted(GRAVEST_FIRST) == sorted(PaperState)
    assert set(SERIOUSNESS) == set(ChangeKind)
