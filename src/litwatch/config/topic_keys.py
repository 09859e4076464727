"""Keys set in a topic file's text, so that every other character stays as the editor wrote it.

A YAML library would write the file anew, with other quotes and line breaks, and lose remarks. Here the places of the
keys and items that change are asked of the parser, and only their lines are written; the result is read back and must
say what was wanted and nothing else.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from litwatch.config.strict_yaml import parse_mapping
from litwatch.model.errors import TopicErrors

WIDTH = 108
"""Characters of a strategy's line, without its indent."""
_AFTER = {
    "title": ("article", "question"),
    "question_kind": ("title", "article", "question"),
    "since": ("question",),
    "known_papers": ("since", "question"),
    "editors": ("recipients",),
    "escalate_to": ("editors", "recipients"),
    "readers": ("escalate_to", "editors", "recipients"),
}
"""Behind which key, the first that the file has, a new one is put; any other goes to the file's end."""
_UNSEEN = re.compile(r"[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What a text of YAML cannot hold, and what it would take for a line end (YAML 1.2.2, 5.1 and 5.4)."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def set_keys(text: str, wanted: Mapping[str, object], file: Path) -> str:
    """The topic file's text with these keys so: a text, a number, a truth value, a list or keys of their own; None
    takes a key out. A key that says so already keeps its lines.

    Raises TopicErrors where the text is no YAML, or where it is written in a form in which a key cannot be set without
    touching anything else; ``file`` is only named in them.
    """
    mark, bare = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    before = parse_mapping(bare, file)
    for key, value in wanted.items():
        if (found := _UNSEEN.search(str(value))) is not None:
            raise TopicErrors(
                (f"{file}: {key}: it has a character that nobody sees (U+{ord(found[0]):04X}); delete it",)
            )
    changed = {key: value for key, value in wanted.items() if not same_value(before.get(key), value)}
    after = bare
    for key, value in changed.items():
        written = _set(after, key, value, before.get(key))
        if written is None:
            raise _refusal(file, key)
        after = written
    try:
        said = parse_mapping(after, file)
    except TopicErrors:
        said = {}
    expected = {**before, **changed}
    if any(not same_value(said.get(key), expected.get(key)) for key in {*said, *expected}):
        raise _refusal(file, ", ".join(changed))
    return mark + after


def same_value(one: object, other: object) -> bool:
    """Whether two values of a topic file say the same: blanks in texts and emptiness do not count.

    >>> same_value("a  b", "a b"), same_value(None, []), same_value(1, True)
    (True, True, False)
    """
    if isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same_value(one.get(key), other.get(key)) for key in {*one, *other})
    if one is None or other is None:
        return _is_nothing(one) and _is_nothing(other)
    return type(one) is type(other) and one == other


def _is_nothing(value: object) -> bool:
    return value in (None, [], {}) or (isinstance(value, dict) and all(map(_is_nothing, value.values())))


def _refusal(file: Path, key: str) -> TopicErrors:
    return TopicErrors((
        f"{file}: {key}: written in a form that litwatch cannot change without touching the rest of the file; change it"
        " in the file itself",
    ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key of a block mapping with its value, by places in the text; ends are exclusive."""

    start: int
    """Where the key's line begins."""
    column: int
    colon: int
    """Behind the colon."""
    value: yaml.Node
    end: int
    """Behind the value's last character."""
    line_end: int
    """Behind the end of that line."""


def _set(text: str, key: str, value: object, old: object) -> str | None:
    """The text with one key of the whole file set; None where it cannot be."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:  # a tab behind a colon: libyaml, by which files are read, takes it
        return None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    entries = _entries(text, root)
    if entries is None:
        return None
    line_end = _line_break(text)
    entry = entries.get(key)
    if entry is not None:
        return _change(text, entry, value, old)
    if value is None:
        return text
    column = root.start_mark.column
    lines = _entry_lines(key, value, column).replace("\n", _line_break(text))
    behind = next((entries[name] for name in _AFTER.get(key, ()) if name in entries), None)
    if behind is not None:
        place, gap = behind.line_end, ""
    else:
        ends = re.search(r"^\.\.\.", text, re.MULTILINE)
        place, gap = (ends.start() if ends else len(text)), line_end
    head = text[:place]
    if head and not head.endswith("\n"):
        head += line_end
    return f"{head}{gap}{lines}{text[place:]}"


def _entries(text: str, node: yaml.MappingNode) -> dict[str, _Entry] | None:
    found = {}
    for key, value in node.value:
        start = _line_start(text, key.start_mark.index)
        colon = text.find(":", key.end_mark.index)
        if text[start : key.start_mark.index].strip() or colon < 0 or text[key.end_mark.index : colon].strip():
            return None
        end = max(_end(text, value), colon + 1)
        found[str(key.value)] = _Entry(start, key.start_mark.column, colon + 1, value, end, _line_end(text, end))
    return found


def _end(text: str, node: yaml.Node) -> int:
    """Behind the last character of a node; what follows on its line is a remark."""
    if isinstance(node, yaml.ScalarNode):
        if node.style in ("|", ">"):
            return len(text[: node.end_mark.index].rstrip())
        return int(node.end_mark.index)
    assert isinstance(node, yaml.CollectionNode)  # noqa: S101 - YAML has no third kind
    if node.flow_style:
        return int(node.end_mark.index)
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    return max(_end(text, part) for part in parts)


def _change(text: str, entry: _Entry, value: object, old: object) -> str | None:
    node, line_end = entry.value, _line_break(text)
    if value is None:
        return text[: entry.start] + text[entry.line_end :]
    if isinstance(value, dict) and isinstance(node, yaml.MappingNode) and not node.flow_style:
        return _change_mapping(text, entry, node, value, old if isinstance(old, dict) else {})
    if isinstance(value, list) and isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return _change_items(text, entry, node, value, old if isinstance(old, list) else [])
    rest = text[entry.end : entry.line_end]
    remark = rest.strip()
    if isinstance(node, yaml.CollectionNode) and "#" in text[node.start_mark.index : entry.end]:
        return None  # perhaps a remark between items
    if isinstance(value, list | dict) and value and not _fits_flow(value, node, text[entry.start : entry.end]):
        lines = _nested_lines(value, entry.column + 2).replace("\n", _line_break(text))
        return f"{text[: entry.colon]}{f' {remark}' if remark else ''}{line_end}{lines}{text[entry.line_end :]}"
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode):
        if node.style in ("|", ">"):
            return _change_block_text(text, entry, node, value)
        if not _is_short(value, entry.colon - entry.start):
            lines = _text_lines(value, entry.column + 2).replace("\n", _line_break(text))
            head = f"{text[: entry.colon]} >-{f'  {remark}' if remark else ''}{line_end}"
            return f"{head}{lines}{text[entry.line_end :]}"
    style = node.style if isinstance(node, yaml.ScalarNode) else None
    written = _flow(value) if isinstance(value, list | dict) else _scalar(value, style)
    start = max(node.start_mark.index, entry.colon)
    gap = text[entry.colon : start] if start > entry.colon and "\n" not in text[entry.colon : start] else " "
    return f"{text[: entry.colon]}{gap}{written}{rest or line_end}{text[entry.line_end :]}"


def _change_block_text(text: str, entry: _Entry, node: yaml.ScalarNode, value: str) -> str | None:
    """Another text under the same ``>-`` or ``|``, with the lines as they were given and the indent of before."""
    header_end = _line_end(text, node.start_mark.index)
    first = re.compile(r"[ \t]*(?=\S)").match(text, header_end)
    indent = len(first[0]) if first and header_end < entry.end else entry.column + 2
    if not value.strip():
        return None
    lines = _text_lines(value, indent).replace("\n", _line_break(text))
    return text[:header_end] + lines + text[entry.line_end :]


def _change_mapping(
    text: str,
    entry: _Entry,
    node: yaml.MappingNode,
    value: Mapping[Any, object],
    old: Mapping[Any, object],
) -> str | None:
    """Each key below the entry's set; those that stay keep their lines."""
    wanted, line_end = {**dict.fromkeys(old), **value}, _line_break(text)
    changed = [key for key in wanted if not same_value(old.get(key), wanted[key])]
    if all(wanted[key] is None for key in wanted):
        return text[: entry.start] + text[entry.line_end :]
    entries = _entries(text, node)
    if entries is None:
        return None
    column = node.start_mark.column
    end = entry.line_end
    new = "".join(_entry_lines(str(key), wanted[key], column) for key in changed if key not in entries)
    head = text[:end] + ("" if text[:end].endswith("\n") else line_end)
    after = f"{head}{new.replace(chr(10), line_end)}{text[end:]}"
    # From the last on, so that the places of the others stay true.
    for key in sorted((key for key in changed if key in entries), key=lambda key: -entries[key].start):
        written = _change(after, entries[key], wanted[key], old.get(key))
        if written is None:
            return None
        after = written
    return after


def _change_items(
    text: str, entry: _Entry, node: yaml.SequenceNode, value: Sequence[object], old: Sequence[object]
) -> str | None:
    """The items in their new order; one that stays keeps its lines, and remarks between items stay, too."""
    column, line_end = node.start_mark.column, _line_break(text)
    items: list[tuple[str, str]] = []
    """Of each item, the lines of remarks before it, and its own."""
    place = first = _line_end(text, entry.colon)
    for item in node.value:
        dash = place
        while text[dash + column : dash + column + 1] != "-" or text[dash : dash + column].strip():
            dash = _line_end(text, dash)
            if dash >= entry.line_end:
                return None
        end = _line_end(text, max(_end(text, item), dash + column + 1))
        items.append((text[place:dash], _ended(text[dash:end], line_end)))
        place = end
    unused = list(range(len(items)))
    bodies: list[tuple[int | None, str]] = []
    for each in value:
        kept = next((number for number in unused if same_value(old[number], each)), None)
        if kept is not None:
            unused.remove(kept)
            bodies.append((kept, items[kept][1]))
        else:
            written = _flow(each) if isinstance(each, list | dict) else _scalar(each, None)
            bodies.append((None, f"{' ' * column}- {written}{line_end}"))
    remarks = {number: items[number][0] for number in range(len(items))}
    lines = ""
    for number, body in bodies:
        if number is not None:
            # The remarks of those before it that are gone stand before it.
            lines += "".join(remarks.pop(gone) for gone in sorted(remarks) if gone < number and gone in unused)
            lines += remarks.pop(number)
        lines += body
    lines += "".join(remarks.pop(gone) for gone in sorted(remarks))
    if value:
        return text[:first] + lines + text[entry.line_end :]
    return f"{text[: entry.colon]} []{text[entry.colon : first]}{lines}{text[entry.line_end :]}"


def _fits_flow(value: list[Any] | dict[Any, Any], node: yaml.Node, before: str) -> bool:
    """Whether a list or keys that stand on one line find room there again."""
    flows = isinstance(node, yaml.CollectionNode) and bool(node.value) and "\n" not in before
    return flows and len(_flow(value)) < WIDTH


def _is_short(value: str, key: int) -> bool:
    return "\n" not in value.strip() and key + len(value) <= WIDTH


def _entry_lines(key: str, value: object, column: int) -> str:
    """A new key with its value, as lines."""
    indent = " " * column
    if isinstance(value, list | dict) and value:
        return f"{indent}{key}:\n{_nested_lines(value, column + 2)}"
    if isinstance(value, str) and not _is_short(value, column + len(key)):
        return f"{indent}{key}: >-\n{_text_lines(value, column + 2)}"
    return f"{indent}{key}: {_flow(value) if isinstance(value, list | dict) else _scalar(value, None)}\n"


def _nested_lines(value: list[Any] | dict[Any, Any], column: int) -> str:
    indent = " " * column
    if isinstance(value, dict):
        return "".join(_entry_lines(str(key), each, column) for key, each in value.items() if each is not None)
    return "".join(
        f"{indent}- {_flow(each) if isinstance(each, list | dict) else _scalar(each, None)}\n" for each in value
    )


def _text_lines(value: str, column: int) -> str:
    """A text's own lines, those that are too long broken at blanks."""
    indent = " " * column
    lines = [
        part
        for line in value.splitlines()
        for part in textwrap.wrap(line, WIDTH + 10 - column, break_long_words=False, break_on_hyphens=False)
    ]
    return "".join(f"{indent}{line}\n" for line in lines)


def _scalar(value: object, style: str | None) -> str:
    if isinstance(value, str):
        value = " ".join(value.split())
        if _DAY.fullmatch(value):
            return value  # the strict reader takes a day for text
    quoted = style if style in ("'", '"') and isinstance(value, str) else None
    return yaml.safe_dump(value, default_style=quoted, allow_unicode=True, width=10**9).removesuffix("...\n").strip()


def _flow(value: object) -> str:
    return yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    ).strip()  # fmt: skip


def _line_break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _ended(line: str, line_end: str) -> str:
    return line if line.endswith("\n") else line + line_end


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _line_end(text: str, place: int) -> int:
    """Behind the line end at or after the place."""
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1
