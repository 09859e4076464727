"""The editors' YAML files → Topics, with every mistake of every file at once, each as ``file: key path: what``.

YAML is read safely and strictly: a key given twice, an unknown key, a value that YAML made something else of, are
mistakes. An article may only lie beside its topic file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from litwatch.config.mistake_words import say_value
from litwatch.config.strict_yaml import parse_mapping, read_mapping, say_mistake
from litwatch.config.topic_folder import TopicFolder, look_into
from litwatch.model.errors import StrategyError, TopicErrors
from litwatch.model.identifiers import Doi, Pmid, parse_doi, parse_pmid
from litwatch.model.text.mail_address import check_mail_address, distinct_mailboxes
from litwatch.model.text.phrases import listed
from litwatch.model.topic import Feed, Numbering, Pin, QuestionKind, Thresholds, Topic, TopicSource
from litwatch.strategy import parse
from litwatch.strategy.published_filters import PUBLISHED

MEMBERS = "members.yaml"
"""The one YAML file of the folder that is no topic (``member_file``)."""

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


def read_topics(folder: Path) -> tuple[Topic, ...]:
    """Every topic of the folder's ``*.yaml`` files, by slug. Raises TopicErrors with all mistakes of all files."""
    topics, problems = read_topic_files(folder)
    if problems:
        raise TopicErrors(problems)
    return topics


def read_topic_files(folder: Path) -> tuple[tuple[Topic, ...], tuple[str, ...]]:
    """The good topics of the folder, by slug, and one line for each mistake in the others, so that the rest go on.

    A folder that does not exist is a mistake, an empty one is not.
    """
    found = read_changed_topics(folder)
    return found.topics, found.problems


@dataclass(frozen=True, slots=True)
class TopicsFound:
    """The topic files of a folder, as far as they were to be read."""

    topics: tuple[Topic, ...]
    """The good ones that were read, by slug."""
    problems: tuple[str, ...]
    """One line for each mistake in the others."""
    unchanged: Mapping[str, str]
    """By slug, those that are as they were when they were good, and were not read: the state of their files."""

    @property
    def watched(self) -> dict[str, str]:
        """All good topics in the order of their slugs, each with the state of its files."""
        return dict(sorted((*self.unchanged.items(), *((topic.slug, topic.files) for topic in self.topics))))


def read_changed_topics(
    folder: Path, *, known: Mapping[str, str] = MappingProxyType({}), wanted: Collection[str] = ()
) -> TopicsFound:
    """The ``wanted`` topics, and all those whose files are not in the state in which they are ``known``, by slug, to be
    good.

    A folder that does not exist is a mistake, an empty one is not.
    """
    if not folder.is_dir():
        missing = f"{folder}: there is no such folder; `litwatch init` makes it, or LITWATCH_QUERIES names another"
        return TopicsFound((), (missing,), {})
    seen = look_into(folder)
    topics: list[Topic] = []
    problems = [f"{folder / odd}: a topic file's name ends in .yaml; rename it" for odd in seen.named(".yml")]
    unchanged = {}
    for name in seen.named(".yaml"):
        slug = name.removesuffix(".yaml")
        if name == MEMBERS:
            continue
        before = known.get(slug)
        if before and slug not in wanted and seen.state_now(slug, before) == before:
            unchanged[slug] = before
            continue
        try:
            topics.append(_read(folder / name, seen))
        except TopicErrors as errors:
            problems += errors.problems
    return TopicsFound(tuple(topics), tuple(problems), unchanged)


def read_topic_file(folder: Path, slug: str) -> Topic:
    """One topic of the folder. Raises TopicErrors with all mistakes of its file."""
    return _read(folder / f"{slug}.yaml", look_into(folder))


def slug_of(problem: str) -> str:
    """The topic whose file a line of ``read_topic_files`` is about.

    >>> slug_of("a: b/queries/sleep.yaml: strategy: missing; every topic file needs it")
    'sleep'
    """
    file, ending, _ = problem.partition(".yaml: ")
    return Path(file if ending else problem.partition(": ")[0]).name


def _read(file: Path, seen: TopicFolder) -> Topic:
    if not SLUG.fullmatch(file.stem):
        raise TopicErrors((f"{file}: the name may contain only a-z, 0-9 and '-', at most 80; rename the file",))
    refuse_link_outside(file)
    topic = _topic(read_mapping(file), file)
    return replace(topic, files=seen.state(file.name, topic.source_name))


def refuse_link_outside(file: Path) -> None:
    """Raise TopicErrors where a topic file is a link out of its folder: what it leads to was not put there to be read.

    A link within the folder is good: containers mount a folder of settings so.
    """
    if file.is_symlink() and not file.resolve().is_relative_to(file.parent.resolve()):
        raise TopicErrors((f"{file}: it is a link that leads out of the folder; put the file itself there",))


def parse_topic(text: str, file: Path) -> Topic:
    """The topic of one file's text. Raises TopicErrors with all its mistakes; ``file`` is named in them."""
    return _topic(parse_mapping(text, file), file)


def _topic(given: dict[Any, Any], file: Path) -> Topic:
    try:
        form = _Form.model_validate(given, context={"folder": file.parent})
    except ValidationError as error:
        raise TopicErrors(tuple(f"{file}: {_say(problem)}" for problem in error.errors(include_url=False))) from None
    return form.topic(file)


def _say(problem: Any) -> str:
    said = say_mistake(problem, _Form, example="docs/topic-file.md")
    return said.replace("missing; it is required", "missing; every topic file needs it")


def _text(value: object) -> object:
    """YAML reads some plain words as numbers, dates or truth values; an editor meant text."""
    if isinstance(value, bool) or (not isinstance(value, str) and value is not None):
        raise ValueError(f"YAML reads this as {type(value).__name__}, not as text; put it in quotes")
    return value


def _one_line(value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise ValueError("it is empty")
    return value


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("it should be a date, such as 2026-02-16") from None


def _beside(value: str, info: ValidationInfo) -> str:
    """Only a file beside the topic file: a path could lead anywhere on this machine."""
    folder: Path = (info.context or {})["folder"]
    if re.match("https?://", value, re.IGNORECASE):
        raise ValueError(f"{value!r} is an address, which litwatch does not fetch; save the page beside this file")
    article = folder / value
    if Path(value).is_absolute() or article.resolve().parent != folder.resolve():
        raise ValueError(f"{value!r} must be in the same folder as this file; give only its name")
    if not article.is_file():
        raise ValueError(f"there is no file {article}; save the article's page there")
    return value


def _web_address(value: str) -> str:
    """Only the scheme is read: what else is wrong with a feed's address is that feed's failure (``sources.feeds``),
    and must not cost the article its night."""
    if re.match("https?://", value, re.IGNORECASE) is None:
        raise ValueError("it should be an http or https address")
    return value


def is_web_address(value: str) -> bool:
    """Whether a text is an http or https address with a host and, if any, a port that there is; nothing is asked."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and re.fullmatch(r"[^\s<>\"%\\^`{|}]+", host) is not None


def _strategy(value: str) -> str:
    if re.match(r"\s*(?:https?://|www\.)", value, re.IGNORECASE):
        raise ValueError(
            f"{value[:80]!r} is an address; write the words of the search, as PubMed's search box shows them"
        )
    try:
        parse(value)
    except StrategyError as error:
        raise ValueError(str(error)) from None
    return value


def _published(value: str) -> str:
    if value not in PUBLISHED:
        raise ValueError(f"there is no published filter {value!r}; there are {', '.join(sorted(PUBLISHED))}")
    return value


def _read_by(parse_it: Callable[[Any], Any]) -> Callable[[object], object]:
    def read(value: object) -> object:
        if value is None or isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError("it should be an identifier, as text or number")
        return parse_it(value)

    return read


Text = Annotated[str, BeforeValidator(_text), AfterValidator(_one_line)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, hide_input_in_errors=True)


class _FeedForm(_Strict):
    name: Text
    url: Annotated[Text, AfterValidator(_web_address)]


class _PinForm(_Strict):
    marker: int | None = Field(None, ge=1, strict=True)
    position: int | None = Field(None, ge=1, strict=True)
    pmid: Annotated[Pmid, BeforeValidator(_read_by(parse_pmid))] | None = None
    doi: Annotated[Doi, BeforeValidator(_read_by(lambda value: parse_doi(str(value))))] | None = None
    not_in_pubmed: bool = Field(False, strict=True)

    @model_validator(mode="after")
    def _says_something(self) -> _PinForm:
        if self.marker is None and self.position is None:
            raise ValueError("it should name a marker, a position in the reference list, or both")
        if self.not_in_pubmed and self.pmid is not None:
            raise ValueError("it has both a PMID and not_in_pubmed; keep one")
        if self.position is None and self.pmid is None and not self.not_in_pubmed:
            raise ValueError("it should name the paper that the marker means: its position in the list, or its pmid")
        return self


_DEFAULT = Thresholds()


class _ThresholdsForm(_Strict):
    reassess_after_days: int = Field(_DEFAULT.reassess_after_days, ge=1, le=3650, strict=True)
    guideline_reassess_after_days: int = Field(_DEFAULT.guideline_reassess_after_days, ge=1, le=3650, strict=True)
    hazard_ratio: float = Field(_DEFAULT.hazard_ratio, ge=0.1, le=10, allow_inf_nan=False)
    review_level: int = Field(_DEFAULT.review_level, ge=1, le=7, strict=True)
    carry_out_within_days: int = Field(_DEFAULT.carry_out_within_days, ge=1, le=365, strict=True)
    escalate_after_days: int = Field(_DEFAULT.escalate_after_days, ge=1, le=365, strict=True)
    known_item_recall: float = Field(_DEFAULT.known_item_recall, ge=0, le=1, allow_inf_nan=False)
    digest_items: int = Field(_DEFAULT.digest_items, ge=1, le=100, strict=True)


def override(topic: Topic, key: str, value: str) -> Topic:
    """The topic with one key of its file set otherwise, for example ``thresholds.review_level`` to ``3``.

    Raises TopicErrors where there is no such key or the value does not fit. Thresholds and the question's kind can be
    set so; they decide without another search.
    """
    try:
        if key == "question_kind":
            return replace(topic, question_kind=QuestionKind(value))
        name = key.removeprefix("thresholds.")
        if name == key or name not in _ThresholdsForm.model_fields:
            names = ", ".join(f"thresholds.{name}" for name in _ThresholdsForm.model_fields)
            raise TopicErrors((f"{key}: it cannot be set; use question_kind or one of {names}",))
        number = int(value) if value.isdecimal() else float(value)
        form = _ThresholdsForm.model_validate({**asdict(topic.thresholds), name: number})
    except ValidationError as error:
        raise TopicErrors(
            tuple(f"{key}={value}: {say_value(problem, _ThresholdsForm)}" for problem in error.errors())
        ) from None
    except ValueError as error:
        raise TopicErrors((f"{key}={value}: {error}",)) from None
    return replace(topic, thresholds=Thresholds(**form.model_dump()))


def _one_or_two(value: Any) -> int:
    if type(value) is not int or value not in {1, 2}:
        raise ValueError("it should be 1, or 2 where two members must give the same answer before it counts")
    return value


class _Form(_Strict):
    article: Annotated[Text, AfterValidator(_beside)] | None = None
    question: Text | None = None
    since: Annotated[date, BeforeValidator(_day)] | None = None
    known_papers: tuple[Annotated[Pmid, BeforeValidator(_read_by(parse_pmid))], ...] = ()
    title: Text | None = None
    question_kind: QuestionKind = QuestionKind.OTHER
    strategy: Annotated[Text, AfterValidator(_strategy)]
    filters: tuple[Annotated[Text, AfterValidator(_published)], ...] = ()
    recipients: tuple[Annotated[Text, AfterValidator(check_mail_address)], ...] = ()
    escalate_to: tuple[Annotated[Text, AfterValidator(check_mail_address)], ...] = ()
    editors: tuple[Annotated[Text, AfterValidator(check_mail_address)], ...] = ()
    readers: Annotated[int, BeforeValidator(_one_or_two)] = 1
    feeds: tuple[_FeedForm, ...] = ()
    pins: tuple[_PinForm, ...] = ()
    numbering: Numbering = Numbering.AS_PRINTED
    thresholds: _ThresholdsForm | None = None
    supplements: bool = Field(True, strict=True)
    last_reviewed: Annotated[date, BeforeValidator(_day)] | None = None
    source: TopicSource | None = None

    @model_validator(mode="after")
    def _watches_something(self) -> _Form:
        if self.article is None and self.question is None:
            raise ValueError("article: missing; every topic file needs it, or else a question that is watched alone")
        if self.article is not None:
            of_question = [key for key in ("question", "since", "known_papers") if getattr(self, key)]
            if of_question:
                raise ValueError(f"{listed(of_question)}: only for a topic without an article; take it out, or article")
        elif self.pins or self.numbering is not Numbering.AS_PRINTED:
            raise ValueError("pins, numbering: about an article's references, and there is no article; take them out")
        return self

    @model_validator(mode="after")
    def _pins_agree(self) -> _Form:
        for what in ("marker", "position"):
            numbers = [number for pin in self.pins if (number := getattr(pin, what)) is not None]
            if what == "position":
                # Two markers may mean one entry of the list, but not two papers.
                papers = {(p.position, p.pmid, p.doi, p.not_in_pubmed) for p in self.pins if p.position is not None}
                numbers = [position for position, *paper in papers if any(paper)]
            twice = sorted({number for number in numbers if numbers.count(number) > 1})
            if twice:
                raise ValueError(f"pins: {what} {', '.join(map(str, twice))} is pinned twice; keep one")
        return self

    def topic(self, file: Path) -> Topic:
        """What the form says, as the rest of litwatch knows it."""
        return Topic(
            slug=file.stem,
            file=file,
            article=file.parent / self.article if self.article else None,
            question=self.question,
            since=self.since,
            known_papers=tuple(dict.fromkeys(self.known_papers)),
            title=self.title,
            question_kind=self.question_kind,
            strategy=self.strategy,
            filters=self.filters,
            recipients=distinct_mailboxes(self.recipients),
            feeds=tuple(Feed(feed.name, feed.url) for feed in self.feeds),
            pins=tuple(Pin(p.marker, p.position, p.pmid, p.doi, p.not_in_pubmed) for p in self.pins),
            thresholds=Thresholds(**self.thresholds.model_dump()) if self.thresholds else Thresholds(),
            supplements=self.supplements,
            escalate_to=distinct_mailboxes(self.escalate_to),
            editors=distinct_mailboxes(self.editors),
            readers=self.readers,
            last_reviewed=self.last_reviewed,
            numbering=self.numbering,
            source=self.source,
        )


KEYS = tuple(_Form.model_fields)
"""Every key of a topic file; docs/topic-file.md explains each."""
