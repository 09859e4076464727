"""What a web page says about itself outside its text: title and dates, from meta elements, JSON-LD and ``<time>``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from lxml import html

from litwatch.articles.blocks import one_line

_META = {
    "citation_title": "citation_title",
    "dc.title": "citation_title",
    "dcterms.title": "citation_title",
    "og:title": "og_title",
    "twitter:title": "og_title",
    "article:modified_time": "page_modified",
    "og:updated_time": "page_modified",
    "last-modified": "page_modified",
    "dcterms.modified": "page_modified",
    "dc.date.modified": "page_modified",
    "date.modified": "page_modified",
    "article:published_time": "page_published",
    "citation_publication_date": "page_published",
    "citation_online_date": "page_published",
    "citation_date": "page_published",
    "dcterms.issued": "page_published",
    "dc.date": "page_published",
}
ARTICLES = ("article", "webpage", "posting", "report", "webcontent")
_LONGEST = 1000
_LARGEST_SCRIPT = 1_000_000


def read_metadata(root: html.HtmlElement) -> Mapping[str, object]:
    """The page's own title and dates, as printed; what an article's JSON-LD says comes before plain meta elements."""
    found: dict[str, object] = {}
    for node in linked_data(root):
        kinds = node.get("@type")
        listed = kinds if isinstance(kinds, list) else [kinds]
        if not any(isinstance(kind, str) and kind.casefold().endswith(ARTICLES) for kind in listed):
            continue
        for key, name in (
            ("headline", "headline"),
            ("dateModified", "page_modified"),
            ("datePublished", "page_published"),
        ):
            value = node.get(key)
            if isinstance(value, str) and value.strip():
                found.setdefault(name, one_line(value)[:_LONGEST])
    title = root.find(".//title")
    if title is not None and title.text:
        found["page_title"] = one_line(title.text)[:_LONGEST]
    for meta in root.iter("meta"):
        name = str(meta.get("property") or meta.get("name") or meta.get("http-equiv") or meta.get("itemprop") or "")
        said = _META.get(name.casefold())
        content = one_line(str(meta.get("content") or ""))
        parent = meta.getparent()
        if said is not None and content and (parent is None or parent.get("itemprop") != "citation"):
            found.setdefault(said, content[:_LONGEST])
    return found


def linked_data(root: html.HtmlElement) -> Iterator[Mapping[str, object]]:
    """The objects of the page's JSON-LD, also those in a graph; what is no JSON is passed over."""
    for script in root.iter("script"):
        if "ld+json" not in str(script.get("type") or "") or not script.text or len(script.text) > _LARGEST_SCRIPT:
            continue
        try:
            loaded: object = json.loads(re.sub(r"[\x00-\x1f]", " ", script.text))
        except (ValueError, RecursionError):
            continue
        waiting = [loaded]
        for _ in range(200):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting += islice(node, 200)
            elif isinstance(node, dict):
                yield node
                waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]
