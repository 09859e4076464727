"""Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format", 2020), for editors and code hosts.

One run of one tool over one article. A place is the sentence's line where the file has it, and always the section,
sentence or entry by name. The log holds no time and not the whole text, so that the same article gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from litwatch import __version__
from litwatch.articles.model import Article
from litwatch.references.lint.findings import RULES, Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_PLACE = {rule.code: place for place, rule in enumerate(RULES)}


def sarif_log(findings: Sequence[Finding], article: Article, *, uri: str, text: str) -> dict[str, Any]:
    """The log of one article as plain values. ``uri`` is its address, relative and with
    percent signs where a path needs them, ``text`` the file's content."""
    sentences = {sentence.number: sentence.text for sentence in article.sentences}
    entries = {ref.position: ref.title or ref.text for ref in article.references}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "litwatch",
                        "version": __version__,
                        "rules": [
                            {
                                "id": rule.code,
                                "name": _pascal(rule.code),
                                "shortDescription": {"text": f"{rule.title}."},
                                "help": {"text": rule.help},
                                "defaultConfiguration": {"level": rule.severity.value},
                            }
                            for rule in RULES
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(
                        finding, uri, text, sentences.get(finding.sentence or 0), entries.get(finding.position or 0)
                    )
                    for finding in findings
                ],
            }
        ],
    }


def _result(finding: Finding, uri: str, text: str, sentence: str | None, entry: str | None) -> dict[str, Any]:
    line = line_of(sentence or entry or "", text)
    # Code hosts drop a result without a line; the first one stands for "somewhere in the file".
    physical = {"artifactLocation": {"uri": uri}, "region": {"startLine": line or 1}}
    named = [
        *([{"name": finding.section, "kind": "section"}] if finding.section else []),
        *([{"name": f"sentence {finding.sentence}", "kind": "sentence"}] if finding.sentence else []),
        *([{"name": f"reference entry {finding.position}", "kind": "reference"}] if finding.position else []),
    ]
    location: dict[str, Any] = {"physicalLocation": physical}
    if named:
        location["logicalLocations"] = named
    return {
        "ruleId": finding.code,
        "ruleIndex": _PLACE[finding.code],
        "level": finding.severity.value,
        "message": {"text": f"{finding.message} {finding.hint}"},
        "locations": [location],
    }


def line_of(said: str, text: str) -> int | None:
    """The 1-based line of the file on which a sentence or entry begins; None where its first words are not found."""
    words = re.findall(r"[^\W_]+", said)[:6]
    if len(words) < 2:
        return None
    found = re.search(r"[\W_]{1,40}".join(map(re.escape, words)), text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _pascal(code: str) -> str:
    """``L01-marker-without-reference`` as ``MarkerWithoutReference``: a rule's name in SARIF is an identifier."""
    return "".join(word.capitalize() for word in code.split("-")[1:])
