"""``queries/members.yaml`` → Members, with every mistake at once, each as ``file: key path: what``.

The file is optional. A mistake in it makes all of it void for the night, so that everybody gets everything: too much
mail is mended sooner than none. Which mail a member gets is decided in ``digest.schedule``.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from litwatch.config.strict_yaml import read_mapping, say_mistake
from litwatch.config.topic_files import MEMBERS
from litwatch.model.errors import TopicErrors
from litwatch.model.member import ITEMS, WEEKDAYS, Member, Unchanged, gets, unread
from litwatch.model.text.mail_address import check_mail_address, mailbox_key
from litwatch.model.text.spelled_dates import DATE_FORMS
from litwatch.model.topic import Topic


def read_members(folder: Path, topics: Collection[Topic]) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """The members of ``folder/members.yaml`` and one line for each mistake; no members where there is any.

    ``topics`` are those that could be read: a member can only choose among the topics that name the address.
    """
    file = folder / MEMBERS
    if not file.exists():
        return (), ()
    try:
        form = _Form.model_validate(read_mapping(file))
    except TopicErrors as errors:
        return (), errors.problems
    except ValidationError as error:
        said = (say_mistake(problem, _Form, example="docs/members.md") for problem in error.errors(include_url=False))
        return (), tuple(f"{file}: {line}" for line in said)
    members = tuple(
        Member(
            each.address,
            each.topics,
            frozenset(WEEKDAYS.index(day) for day in each.days) if each.days else frozenset(range(7)),
            each.items,
            each.dates,
            Unchanged(each.unchanged),
        )
        for each in form.members
    )
    problems = tuple(f"{file}: {line}" for line in _disagreements(members, topics))
    return (() if problems else members), problems


def _disagreements(members: tuple[Member, ...], topics: Collection[Topic]) -> list[str]:
    """What the file says that the topic files do not bear out."""
    by_slug = {topic.slug: topic for topic in topics}
    keys = [mailbox_key(member.address) for member in members]
    lines = []
    for place, member in enumerate(members):
        where = f"members[{place}]"
        if keys[place] in keys[:place]:
            lines.append(f"{where}.address: {member.address} is listed twice; keep one")
        everything = Member(member.address)
        if not any(gets(everything, topic) for topic in topics):
            lines.append(f"{where}.address: no topic file lists {member.address} as a recipient")
        for slug in member.topics or ():
            if slug not in by_slug:
                lines.append(f"{where}.topics: there is no article {slug!r}; `litwatch topics list` shows the names")
            elif not gets(everything, by_slug[slug]):
                lines.append(f"{where}.topics: {slug} does not list {member.address}; add it to its recipients")
    lines += [
        f"members: every recipient of {slug} has left it out, so nobody would be told even of a retraction; "
        "keep it for one of them"
        for slug in unread(topics, members)
    ]
    return lines


def _choice(name: str, known: Collection[str]) -> Any:
    def check(value: object) -> object:
        if value is not None and (not isinstance(value, str) or value.lower() not in known):
            raise ValueError(f"{value!r} is no {name}; there are {', '.join(known)}")
        return value.lower() if isinstance(value, str) else value

    return BeforeValidator(check)


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("it is empty; give at least one, or leave the key out")
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _MemberForm(_Strict):
    address: Annotated[str, AfterValidator(check_mail_address)]
    topics: Annotated[tuple[str, ...], AfterValidator(_some)] | None = None
    days: Annotated[tuple[Annotated[str, _choice("weekday", WEEKDAYS)], ...], AfterValidator(_some)] | None = None
    items: int = Field(ITEMS, ge=0, le=100, strict=True)
    dates: Annotated[str, _choice("form of dates", tuple(DATE_FORMS))] = "en"
    unchanged: Annotated[str, _choice("rhythm of unchanged lists", tuple(Unchanged))] = Unchanged.WEEKLY


class _Form(_Strict):
    members: tuple[_MemberForm, ...]
