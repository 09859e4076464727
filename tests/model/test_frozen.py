"""Dataclasses that are quickly made differ from others in nothing but their speed."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from litwatch.model.frozen import quickly_made


@dataclass(frozen=True, slots=True)
class Plain:
    name: str
    year: int | None = None
    places: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    year: int | None = None
    places: tuple[str, ...] = ()


def test_it_takes_what_it_took_before() -> None:
    assert inspect.signature(Quick) == inspect.signature(Plain)
    for given, named in ((("a",), {}), (("a", 1), {"places": ("b",)}), ((), {"year": 2, "name": "c"})):
        plain, quick = Plain(*given, **named), Quick(*given, **named)
        assert (quick.name, quick.year, quick.places) == (plain.name, plain.year, plain.places)
        assert repr(quick) == repr(plain).replace("Plain", "Quick")
    with pytest.raises(TypeError, match=r"Quick.__init__\(\) missing 1 required positional argument: 'name'"):
        Quick()  # type: ignore[call-arg]


def test_it_stays_frozen_and_can_be_compared_hashed_copied_and_pickled() -> None:
    one = Quick("a", 1, ("b",))
    with pytest.raises(FrozenInstanceError):
        one.year = 2  # type: ignore[misc]
    assert {one} == {Quick("a", 1, ("b",))} == {pickle.loads(pickle.dumps(one))} == {copy.deepcopy(one)}
    assert replace(one, year=3) == Quick("a", 3, ("b",))


def test_a_class_whose_init_does_more_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None:
            raise AssertionError

    @dataclass(frozen=True, slots=True)
    class Made:
        names: list[str] = field(default_factory=list)

    @dataclass(frozen=True, slots=True)
    class Named:
        name: str = field(kw_only=True)

    for cls in (Checked, Made, Named):
        with pytest.raises(TypeError, match=r"more than set its fields"):
            quickly_made(cls)
