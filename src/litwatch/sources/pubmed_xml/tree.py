"""A record's bytes, or a part of them, as a tree: the one place where an XML parser runs.

No entity can be declared in what comes here (a record's document type stays outside its cut), so an entity beyond
XML's own five is an error, never a bomb. No network, no document types, and nothing that is too large.
"""

from __future__ import annotations

from lxml import etree

from litwatch.sources.pubmed_xml.record_cutter import RECORD_LIMIT

_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)
_MATHML_PREFIX = b' xmlns:mml="http://www.w3.org/1998/Math/MathML"'


def parse(data: bytes) -> etree._Element:
    """The root element. Raises etree.XMLSyntaxError, and ValueError for more than RECORD_LIMIT bytes."""
    if len(data) > RECORD_LIMIT:
        raise ValueError(f"it is larger than {RECORD_LIMIT >> 20} MB")
    return etree.fromstring(data, _PARSER)


def parse_within(data: bytes, namespaces: bytes) -> etree._Element:
    """As ``parse``; a prefix that the data does not declare means what the surrounding set says, or MathML."""
    try:
        return parse(data)
    except etree.XMLSyntaxError as error:
        if "Namespace prefix" not in str(error):
            raise
        declared = namespaces if b"xmlns:" in namespaces else _MATHML_PREFIX
        return parse(b"<set" + declared + b">" + data + b"</set>")[0]
