"""What is wrong with a value that a person has given, in plain words instead of pydantic's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_OF_NUMBERS = frozenset(
    "int_type int_parsing int_parsing_size int_from_float float_type float_parsing finite_number greater_than_equal"
    " less_than_equal".split()
)


def say_value(problem: Any, form: type[BaseModel]) -> str:
    """What is wrong with one value of the form, from one of pydantic's findings: ``it should be a whole number from 1
    to 7``.
    """
    message = str(problem["msg"]).removeprefix("Value error, ")
    kind = problem["type"]
    if kind in _OF_NUMBERS and (number := _say_number(_parts_at(form, problem["loc"]))):
        return f"it should be {number}"
    if kind in {"enum", "literal_error"}:
        return f"it should be {problem['ctx']['expected'].replace(chr(39), '')}"
    if message.startswith("Input should be "):
        return f"it should be {message.removeprefix('Input should be ')}"
    return message


def _say_number(parts: Sequence[object]) -> str:
    """The numbers that may stand there; empty where none of these parts is a number's."""
    if int not in parts and float not in parts:
        return ""
    low, high = (next((getattr(each, name) for each in parts if hasattr(each, name)), None) for name in ("ge", "le"))
    bounds = "" if low is None else f" of {low:,} or more" if high is None else f" from {low:,} to {high:,}"
    if low is None and high is not None:
        bounds = f" of at most {high:,}"
    return f"a {'whole ' if int in parts else ''}number{bounds}"


def _parts_at(form: type[BaseModel] | None, place: Iterable[int | str]) -> tuple[object, ...]:
    """The types and limits of a value, by its place in the form."""
    parts: tuple[object, ...] = ()
    for name in place:
        if isinstance(name, int):  # one of a list: of the type that the list has
            continue
        if form is None or name not in form.model_fields:
            return ()
        field = form.model_fields[name]
        parts = tuple(_parts(field.annotation, field.metadata))
        form = next((each for each in parts if isinstance(each, type) and issubclass(each, BaseModel)), None)
    return parts


def _parts(hint: object, limits: Iterable[object]) -> Iterator[object]:
    for each in limits:
        yield from each.metadata if isinstance(each, FieldInfo) else (each,)
    inside = get_args(hint)
    if get_origin(hint) is Annotated:
        yield from _parts(inside[0], inside[1:])
    elif inside:
        for each in inside:
            yield from _parts(each, ())
    else:
        yield hint
