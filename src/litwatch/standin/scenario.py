"""Scenarios: a small readable YAML file in, the dated revisions of its records out.

A record goes ahead of print, is indexed weeks later, gets its abstract or its right DOI late, is announced as
retracted, put under concern, corrected, updated, reinstated, deleted or merged; at year's end NLM holds all headings
and then revises everything. ``scenarios/`` holds examples with every key explained. Invented PMIDs only: records of
real papers are rejected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from litwatch.model.errors import EditorError
from litwatch.model.record import RETRACTED_PUBLICATION, AbstractPart, Author, RefType
from litwatch.standin.citation_xml import Citation, Cited, Periodical
from litwatch.standin.life import (
    Revision,
    ahead_of_print,
    announce,
    answer,
    in_order,
    in_process,
    indexed,
    publication_types,
    revision,
    withdraw,
)
from litwatch.standin.scenario_form import (
    NOTICES,
    WITHOUT_PMID,
    RecordForm,
    ScenarioForm,
    Step,
    Words,
    YearEnd,
    check,
    heading,
)

EXAMPLES: Final = Path(__file__).with_name("scenarios")
"""The folder of scenario files that come with litwatch."""

_MARK = "Demonstration data: "
_CATEGORIES: Final[Mapping[str, str]] = {
    "BACKGROUND": "BACKGROUND",
    "AIM": "OBJECTIVE",
    "OBJECTIVE": "OBJECTIVE",
    "METHODS": "METHODS",
    "RESULTS": "RESULTS",
    "CONCLUSION": "CONCLUSIONS",
    "CONCLUSIONS": "CONCLUSIONS",
}


class ScenarioErrors(EditorError):
    """Mistakes in a scenario file, all at once; ``problems`` holds one line per mistake (key path: what)."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_scenario(text: str) -> tuple[Revision, ...]:
    """Every revision that the scenario tells of, by day and PMID. Raises ScenarioErrors with all mistakes."""
    form = check(text)
    if not isinstance(form, ScenarioForm):
        raise ScenarioErrors(form)
    papers = {record.pmid: _citation(record) for record in form.records}
    linked = dict(papers)
    for record in form.records:
        for step in record.life:
            for ref_type, _, notice in _notices(step):
                if notice in papers:
                    linked[notice] = answer(linked[notice], papers[record.pmid], ref_type)
    return in_order(
        state for record in form.records for state in _lives(record, linked[record.pmid], linked, form.year_end)
    )


def read_scenario_file(path: Path) -> tuple[Revision, ...]:
    """As ``read_scenario``, from a file in UTF-8; each of the ScenarioErrors begins with the file. OSError passes."""
    try:
        return read_scenario(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ScenarioErrors((f"{path}: file: is not UTF-8 text",)) from error
    except ScenarioErrors as errors:
        raise ScenarioErrors(tuple(f"{path}: {problem}" for problem in errors.problems)) from errors


def _lives(
    record: RecordForm, paper: Citation, declared: Mapping[int, Citation], year_end: YearEnd | None
) -> Iterator[Revision]:
    stage, since = "in process", record.life[0].day
    for step in _with_year_end(record.life, year_end):
        if step.deleted or step.merged_into:
            yield Revision(step.day, record.pmid, None)
            return
        if step.becomes:
            stage, since = step.becomes, step.day
        paper = _changed(paper, step)
        for ref_type, phrase, pmid in _notices(step):
            notice = declared.get(pmid) or _notice(paper, pmid, phrase, step.day)
            if pmid not in declared and pmid != WITHOUT_PMID:
                yield revision(replace(answer(notice, paper, ref_type), revised=step.day), step.day)
            paper = announce(paper, notice, ref_type, step.day)
        if step.reinstated:
            paper = withdraw(paper, RefType.RETRACTION_IN, step.day)
        if step.concern_withdrawn:
            paper = withdraw(paper, RefType.EXPRESSION_OF_CONCERN_IN, step.day)
        yield revision(replace(_staged(paper, stage, since), revised=step.day), step.day)


def _with_year_end(life: list[Step], year_end: YearEnd | None) -> list[Step]:
    """The steps with indexing held over the pause, and one more step on its last day for whatever is alive then."""
    if year_end is None:
        return life
    steps: list[Step] = []
    for step in life:
        if step.becomes == "indexed" and year_end.begins <= step.day < year_end.until:
            steps.append(Step.model_validate({"day": year_end.until, "becomes": "indexed"}))
            if step is not life[0] and step.model_fields_set == {"day", "becomes"}:
                continue
            step = step.model_copy(update={"becomes": None})  # noqa: PLW2901 - what is left of the step
        steps.append(step)
    if life[0].day < year_end.until and year_end.until not in {step.day for step in steps}:
        steps.append(Step.model_validate({"day": year_end.until}))
    return sorted(steps, key=lambda step: step.day)


def _staged(paper: Citation, stage: str, since: date) -> Citation:
    if stage == "ahead of print":
        return ahead_of_print(paper, since)
    if stage == "indexed":
        return indexed(paper, since)
    if stage == "not medline":
        return replace(indexed(paper, since), status="PubMed-not-MEDLINE", indexing=None, mesh=(), mesh_dated=None)
    return replace(in_process(paper, since), status="In-Data-Review" if stage == "in data review" else "In-Process")


def _notices(step: Step) -> Iterator[tuple[RefType, str, int]]:
    for name, (ref_type, phrase) in NOTICES.items():
        pmid: int | None = getattr(step, name)
        if pmid is not None:
            yield ref_type, phrase, pmid


def _notice(paper: Citation, pmid: int, phrase: str, day: date) -> Citation:
    """The announcement that a step makes where the scenario does not declare one."""
    return Citation(
        pmid=pmid,
        title=f"{_MARK}{phrase} {paper.title.removeprefix(_MARK)}",
        periodical=paper.periodical,
        published=f"{day:%Y %b} {day.day}",
        created=day,
        types=(),
        electronic=day,
        status="PubMed-not-MEDLINE",
        doi=f"10.5555/notice.{pmid}" if pmid else None,
    )


def _citation(record: RecordForm) -> Citation:
    blank = Citation(
        pmid=record.pmid,
        title=record.title,
        periodical=Periodical(record.journal, record.journal.replace("Demonstration", "Demo")[:40]),
        published=record.published,
        created=record.life[0].day,
        entered=record.entered,
        types=publication_types("Journal Article"),
    )
    return _changed(blank, record)


def _changed(paper: Citation, words: Words) -> Citation:
    """The paper with whatever ``words`` says; what it leaves out stays. A retracted paper stays marked as such."""
    plain = ("title", "published", "electronic", "volume", "issue", "pages", "doi")
    paper = replace(paper, **{name: value for name in plain if (value := getattr(words, name)) is not None})
    if words.abstract is not None:
        parts = tuple(
            AbstractPart(label or None, _CATEGORIES.get(label, "UNASSIGNED") if label else None, text)
            for label, text in words.abstract.items()
        )
        paper = replace(paper, abstract=parts)
    if words.authors is not None:
        paper = replace(paper, authors=tuple(map(_author, words.authors)))
    if words.types is not None:
        kept = tuple(kind for kind in paper.types if kind.ui == RETRACTED_PUBLICATION)
        back = tuple(kind for kind in paper.types if kind.label in {"Retraction Notice", "Published Erratum"})
        paper = replace(paper, types=tuple(dict.fromkeys((*publication_types(*words.types), *back, *kept))))
    if words.mesh is not None:
        paper = replace(paper, mesh=tuple(map(heading, words.mesh)))
    if words.keywords is not None:
        paper = replace(paper, keywords=tuple(words.keywords))
    if words.cites is not None:
        paper = replace(
            paper, references=tuple(Cited(f"Demonstration reference {pmid}.", pmid) for pmid in words.cites)
        )
    return paper


def _author(name: str) -> Author:
    if name.startswith("Group: "):
        return Author(None, collective_name=name.removeprefix("Group: "))
    last, _, initials = name.rpartition(" ")
    return Author(last, " ".join(initials), initials) if last else Author(initials)
