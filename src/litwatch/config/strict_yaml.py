"""YAML as editors' files may use it: safe types, no aliases, no key twice; every mistake is given with its place."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel
from yaml.composer import Composer

from litwatch.config.mistake_words import say_value
from litwatch.model.errors import TopicErrors

MAX_BYTES = 256_000
"""An editor's file is a page of text; more is a mistake or an attack."""


def read_mapping(file: Path) -> dict[Any, Any]:
    """The keys and values of a file. Raises TopicErrors, which names the file and the line."""
    try:
        if file.exists() and not file.is_file():  # a pipe would never end
            raise TopicErrors((f"{file}: it is no file; put the editor's file there, or take it away",))
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TopicErrors((f"{file}: larger than {MAX_BYTES:,} bytes; a topic file is much smaller",))
        return parse_mapping(data.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        raise TopicErrors((f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8",)) from None
    except OSError as error:
        raise TopicErrors((f"{file}: {error.strerror}; check the file's permissions",)) from None


def parse_mapping(text: str, file: Path) -> dict[Any, Any]:
    """The keys and values of a file's text. Raises TopicErrors; ``file`` is only named in it."""
    try:
        given = yaml.load(text, _StrictLoader)  # noqa: S506 - a SafeLoader that refuses more
    except yaml.YAMLError as error:
        raise TopicErrors((f"{file}: {_say_yaml(error)}",)) from None
    except RecursionError:
        raise TopicErrors((f"{file}: nested too deeply; a topic file is much smaller",)) from None
    if not isinstance(given, dict):
        raise TopicErrors((f"{file}: it should be keys and values, such as `article: my-article.md`",))
    return given


if TYPE_CHECKING or not yaml.__with_libyaml__:
    _Loader = yaml.SafeLoader
else:

    class _Loader(Composer, yaml.CSafeLoader):
        """A SafeLoader that libyaml scans for, in a tenth of the time.

        PyYAML's own composer comes first: libyaml's follows aliases, and crashes where a text is nested very deeply.
        """

        def __init__(self, stream: str) -> None:
            yaml.CSafeLoader.__init__(self, stream)
            Composer.__init__(self)


class _StrictLoader(_Loader):
    """YAML's safe types but dates, which would fail on 2026-13-40; no aliases, and no key given twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*name) is used; write out its value")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001
        keys = [(key.value, key.start_mark.line + 1) for key, _ in node.value if isinstance(key.value, str)]
        seen: dict[str, int] = {}
        for key, line in keys:
            if key in seen:
                raise yaml.YAMLError(f"{key}: given twice, in lines {seen[key]} and {line}; delete one of them")
            seen[key] = line
        return super().construct_mapping(node, deep)


def _say_yaml(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return str(error).splitlines()[0]
    return f"line {mark.line + 1}: not YAML ({getattr(error, 'problem', None) or 'broken'}); check indents and quotes"


_IN_YAML = {
    "tuple_type": "it is not a list; write [one, two], or each on its own line after a dash",
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "dict_type"), "it is not a set of keys; write each as key: value"
    ),
    **dict.fromkeys(("bool_type", "bool_parsing"), "it is neither true nor false"),
}
"""What pydantic's words for Python's types mean to somebody who writes YAML."""


def say_mistake(problem: Any, form: type[BaseModel], *, example: str) -> str:
    """One of pydantic's findings in a form as ``key path: what``; ``example`` is the page that explains the keys."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
    message = say_value(problem, form)
    if problem["type"] == "extra_forbidden":
        message = f"there is no such key; {example} explains the keys"
    if problem["type"] == "missing":
        message = "missing; it is required"
    message = _IN_YAML.get(problem["type"], message)
    return f"{path}: {message}" if path else message
