"""The form of a scenario file: which keys there are, what each may hold, and a sentence for everything that is wrong.

``check`` turns a file's text into a ``ScenarioForm`` or into every mistake in it, each with its key path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from litwatch.model.record import MeshHeading, RefType
from litwatch.standin.vocabulary import MESH, TYPES

LOWEST_PMID: Final = 99_000_001
"""Scenario records are invented, so their PMIDs lie where PubMed has none: nothing false is said of a real paper."""
WITHOUT_PMID: Final = 0
"""A notice that PubMed names by its source only; ``without pmid`` in the file."""

NOTICES: Final[Mapping[str, tuple[RefType, str]]] = {
    "concern": (RefType.EXPRESSION_OF_CONCERN_IN, "expression of concern about"),
    "erratum": (RefType.ERRATUM_IN, "correction to"),
    "partial_retraction": (RefType.ERRATUM_IN, "partial retraction of"),
    "retracted": (RefType.RETRACTION_IN, "retraction of"),
    "updated": (RefType.UPDATE_IN, "update of"),
    "commented": (RefType.COMMENT_IN, "comment on"),
    "corrected_and_republished": (RefType.CORRECTED_AND_REPUBLISHED_IN, "corrected version of"),
    "retracted_and_republished": (RefType.RETRACTED_AND_REPUBLISHED_IN, "new version of"),
}
"""A notice's key in a step → the element that PubMed puts into the paper, and the words of a made notice's title."""

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold; YAML's escapes can spell them."""
_MISTAKES: Final = {
    "missing": "is missing",
    "extra_forbidden": "no such key in a scenario",
    "model_type": "must hold keys with values",
    "string_type": "must be text; quotation marks make it so",
    "list_type": "must be a list",
    "too_short": "must not be empty",
}
"""pydantic's name of a mistake → plainer words."""
_HEADING = re.compile(r"(?P<label>[^*=]+?)\s*(?P<major>\*)?\s*(?:=\s*(?P<ui>[DC]\d{6,9}))?")


def heading(text: str) -> MeshHeading:
    """Read ``Insulin Resistance``, ``Insulin Resistance*`` (major) or ``Seedlings = D036226``; ValueError otherwise."""
    match = _HEADING.fullmatch(text.strip())
    ui = match and (match["ui"] or MESH.get(match["label"]))
    if not match or not ui:
        raise ValueError(f"{text!r} is not a known MeSH heading; write it as 'Label = D000000' to add one")
    return MeshHeading(ui, match["label"], bool(match["major"]))


def _known_type(label: object) -> object:
    if isinstance(label, str) and label not in TYPES:
        raise ValueError(f"{label!r} is not a known publication type; known are {', '.join(TYPES)}")
    return label


def _known_heading(text: object) -> object:
    if isinstance(text, str):
        heading(text)
    return text


def _invented(pmid: int) -> int:
    if pmid != WITHOUT_PMID and not LOWEST_PMID <= pmid <= 99_999_999:
        raise ValueError(f"{pmid} is not an invented PMID; use {LOWEST_PMID} to 99999999")
    return pmid


def _or_without(value: object) -> object:
    return WITHOUT_PMID if value == "without pmid" else value


def _text(value: object) -> object:
    if isinstance(value, date):  # YAML reads 2026-03-02 as a date; PubMed prints it so
        return f"{value:%Y %b} {value.day}"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _parts(value: object) -> object:
    return {"": value} if isinstance(value, str) else value


_Text = Annotated[str, BeforeValidator(_text)]
_Type = Annotated[str, BeforeValidator(_known_type)]
_Heading = Annotated[str, BeforeValidator(_known_heading)]
_Invented = Annotated[int, Field(gt=0), BeforeValidator(lambda v: _invented(v) if isinstance(v, int) else v)]
_Notice = Annotated[int, Field(ge=0), BeforeValidator(lambda v: _invented(v) if isinstance(v, int) else _or_without(v))]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Form):
    """What a record says, and what a step of its life may change."""

    title: str | None = None
    abstract: Annotated[dict[str, str], BeforeValidator(_parts)] | None = None
    """One text, or label → text."""
    published: _Text | None = None
    electronic: date | None = None
    volume: _Text | None = None
    issue: _Text | None = None
    pages: _Text | None = None
    doi: str | None = None
    authors: list[str] | None = None
    """``Example AB`` for a person, ``Group: name`` for a group."""
    types: list[_Type] | None = None
    mesh: list[_Heading] | None = None
    keywords: list[str] | None = None
    cites: list[_Invented] | None = None


class Step(Words):
    """One day in a record's life."""

    day: date
    becomes: Literal["ahead of print", "in data review", "in process", "indexed", "not medline"] | None = None
    retracted: _Notice | None = None
    concern: _Notice | None = None
    erratum: _Notice | None = None
    partial_retraction: _Notice | None = Field(None, alias="partial retraction")
    """NLM shows it as an erratum (policy since October 2016)."""
    updated: _Notice | None = None
    commented: _Notice | None = None
    corrected_and_republished: _Notice | None = Field(None, alias="corrected and republished")
    retracted_and_republished: _Notice | None = Field(None, alias="retracted and republished")
    reinstated: Literal[True] | None = None
    concern_withdrawn: Literal[True] | None = Field(None, alias="concern withdrawn")
    deleted: Literal[True] | None = None
    merged_into: _Invented | None = Field(None, alias="merged into")


class RecordForm(Words):
    """One record: what it says from the start, and its life."""

    pmid: _Invented
    title: str
    journal: str = "Demonstration Journal of Invented Results"
    published: _Text
    entered: date | None = None
    """The entry date (EDAT) where it differs from the first day of its life, which is the create date (CRDT)."""
    life: list[Step] = Field(min_length=1)


class YearEnd(_Form):
    """NLM's year-end processing: headings are held from a day on, and everything is revised on another."""

    begins: date = Field(alias="from")
    until: date


class ScenarioForm(_Form):
    """A whole scenario file."""

    title: str
    year_end: YearEnd | None = Field(None, alias="year end")
    records: list[RecordForm] = Field(min_length=1)


class _Strict(yaml.SafeLoader):
    """YAML keeps the last of two equal keys in silence; here that is a mistake. Aliases could grow without end."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not read here", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001
        seen: set[object] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} is there twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def check(text: str) -> ScenarioForm | tuple[str, ...]:
    """The file's form, or every mistake in it as ``key path: what is wrong``."""
    try:
        data = yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader that refuses even more
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"
        return (f"{place}: {error.problem}",)
    except (yaml.YAMLError, ValueError) as error:
        return (f"file: is not YAML: {error}",)
    except RecursionError:
        return ("file: lists within lists, too deep to read",)
    if unwritable := tuple(_unwritable(data)):
        return unwritable
    try:
        form = ScenarioForm.model_validate(data)
    except ValidationError as error:
        return tuple(
            f"{_path(e['loc'])}: {_MISTAKES.get(e['type'], e['msg'].removeprefix('Value error, '))}"
            for e in error.errors()
        )
    return tuple(_contradictions(form)) or form


def _unwritable(data: object, *keys: int | str) -> Iterator[str]:
    if isinstance(data, str) and (found := _UNWRITABLE.search(data)):
        yield f"{_path(keys)}: {found[0]!r} cannot stand in XML"
    within = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in within:
        yield from _unwritable(value, *keys, key if isinstance(key, int) else str(key))


def _path(keys: tuple[int | str, ...]) -> str:
    path = ""
    for key in keys:
        path += f"[{key}]" if isinstance(key, int) else f".{key}"
    return path.removeprefix(".") or "file"


def _contradictions(form: ScenarioForm) -> Iterator[str]:
    if form.year_end and form.year_end.until <= form.year_end.begins:
        yield "year end.until: must lie after year end.from"
    places: dict[int, int] = {}
    for number, record in enumerate(form.records):
        if record.pmid in places:
            yield f"records[{number}].pmid: {record.pmid} is already records[{places[record.pmid]}]"
        places.setdefault(record.pmid, number)
    for number, record in enumerate(form.records):
        life = record.life
        if life[0].becomes is None:
            yield f"records[{number}].life[0].becomes: the first day must say what the record is then"
        for position, step in enumerate(life):
            at = f"records[{number}].life[{position}]"
            if position and step.day <= life[position - 1].day:
                yield f"{at}.day: {step.day} does not lie after the day before it, {life[position - 1].day}"
            if (step.deleted or step.merged_into) and position + 1 < len(life):
                yield f"{at}: a record that is gone has no further life"
            if step.merged_into and step.merged_into not in places:
                yield f"{at}.merged into: {step.merged_into} is no record of this scenario"
            if record.pmid in (step.merged_into, *(getattr(step, name) for name in NOTICES)):
                yield f"{at}: the record would be its own notice"
