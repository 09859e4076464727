"""XML as it comes in articles: parsed without entities, network or unbounded depth; elements by their local names."""

from __future__ import annotations

from lxml import etree

from litwatch.articles.blocks import one_line
from litwatch.model.errors import ArticleUnreadable


def parse_xml(data: bytes, name: str) -> etree._Element:
    """The root of a document; comments and processing instructions are left out.

    Raises ArticleUnreadable, with ``name``, where it is not well-formed or declares entities of its own.
    """
    if b"<!ENTITY" in data:
        raise ArticleUnreadable(f"{name}: this XML declares entities of its own, which are not resolved; remove them.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error).split())[:200]
        raise ArticleUnreadable(
            f"{name}: this XML is not well-formed ({reason}); take it anew from its source."
        ) from None


def tag_of(node: etree._Element) -> str:
    """The element's name without its namespace; empty for what is no element."""
    tag = str(node.tag)  # lxml gives a function where the node is a comment or an entity
    return "" if tag.startswith("<") else tag.rpartition("}")[2]


def attribute(node: etree._Element | None, name: str) -> str:
    """An attribute's value by its name without namespace; empty where there is none."""
    if node is None:
        return ""
    return next((str(value) for key, value in node.attrib.items() if str(key).rpartition("}")[2] == name), "")


def children(node: etree._Element, *tags: str) -> list[etree._Element]:
    """The children of these names, in order."""
    return [child for child in node if tag_of(child) in tags]


def first_child(node: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of that name, then its first child of the next name; None where there is none."""
    at = node
    for tag in path:
        at = next(iter(children(at, tag)), None) if at is not None else None
    return at


def within(node: etree._Element, *tags: str) -> list[etree._Element]:
    """The element itself and all elements below it that have one of these names, in order."""
    return [inner for inner in node.iter() if tag_of(inner) in tags]


def text_of(node: etree._Element | None) -> str:
    """All text of an element in one line; empty for None."""
    return one_line("".join(map(str, node.itertext()))) if node is not None else ""
