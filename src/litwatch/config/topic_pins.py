"""Adding an editor's pin to a topic file's text, so that every other character stays as the editor wrote it.

A YAML library would write the file anew and lose its comments. Only the forms of ``pins`` that can be changed in one
place are changed; the result is read back and must mean the old topic and the pin.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from litwatch.config.topic_files import parse_topic
from litwatch.model.errors import TopicErrors
from litwatch.model.topic import Pin

_KEY = re.compile(r"^pins:[ \t]*(?P<rest>[^\n]*)\n?", re.MULTILINE)
_EMPTY = re.compile(r"(?:\[\s*\]\s*)?(?:#.*)?")
"""What may stand behind the key: an empty list, or nothing where its items follow."""


def add_pin(text: str, pin: Pin, file: Path) -> str:
    """The topic file's text with one pin more; the pin names a position and a PMID, or says ``not_in_pubmed``.

    Raises TopicErrors where the file has mistakes, pins that position to a paper already, or writes its pins in a form
    that cannot be added to; ``file`` is named in them.
    """
    before = parse_topic(text, file)
    for old in before.pins:
        if old.position == pin.position and (old.pmid or old.doi or old.not_in_pubmed):
            said = f"PMID {old.pmid}" if old.pmid else f"DOI {old.doi}" if old.doi else "not_in_pubmed"
            raise TopicErrors((f"{file}: pins: position {pin.position} is already pinned ({said}); edit the file",))
    says = "not_in_pubmed: true" if pin.not_in_pubmed else f"pmid: {pin.pmid}"
    line = f"{{position: {pin.position}, {says}}}"
    after = _insert(text, line)
    refusal = f"{file}: pins: written in a form that litwatch cannot extend; add `- {line}` there yourself"
    if after is None:
        raise TopicErrors((refusal,))
    try:
        right = parse_topic(after, file) == replace(before, pins=(*before.pins, pin))
    except TopicErrors:
        right = False
    if not right:
        raise TopicErrors((refusal,))
    return after


def _insert(text: str, line: str) -> str | None:
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    key = _KEY.search(ended)
    if key is None:
        return f"{ended}\npins:\n  - {line}\n"
    head, tail = ended[: key.start()], ended[key.end() :]
    if _EMPTY.fullmatch(key["rest"].strip()) is None:
        return None
    remark = key["rest"][key["rest"].index("#") :] if "#" in key["rest"] else ""
    # The list ends before the next line that is neither indented, an item, a remark nor blank.
    lines = tail.splitlines(keepends=True)
    last = 0
    for number, each in enumerate(lines, 1):
        if re.match(r"[ \t]*-\s|[ \t]+[^\s#]", each):
            last = number
        elif each.strip() and not each.lstrip().startswith("#"):
            break
    item = next((each for each in lines[:last] if each.lstrip().startswith("-")), "  - ")
    indent = item[: len(item) - len(item.lstrip())]
    return (
        f"{head}pins:{f' {remark}' if remark else ''}\n{''.join(lines[:last])}{indent}- {line}\n{''.join(lines[last:])}"
    )
