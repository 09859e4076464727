"""An editor's pin added to a topic file's text; every other character stays as the editor wrote it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from litwatch.config.strict_yaml import parse_mapping
from litwatch.config.topic_files import parse_topic
from litwatch.config.topic_keys import set_keys
from litwatch.model.errors import TopicErrors
from litwatch.model.topic import Pin


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
    says: dict[str, object] = {"not_in_pubmed": True} if pin.not_in_pubmed else {"pmid": pin.pmid}
    item = {"position": pin.position, **says}
    pins = parse_mapping(text, file).get("pins") or []
    try:
        after = set_keys(text, {"pins": [*pins, item]}, file)
        right = parse_topic(after, file) == replace(before, pins=(*before.pins, pin))
    except TopicErrors:
        right = False
    if not right:
        line = ", ".join(f"{key}: {'true' if value is True else value}" for key, value in item.items())
        raise TopicErrors((
            f"{file}: pins: written in a form that litwatch cannot extend; add `- {{{line}}}` there yourself",
        ))  # fmt: skip
    return after
