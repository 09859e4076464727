"""Judgements that were recorded before codes were stored: their phrases and what code each of them is today.

A judgement's text is never rewritten, because its hash stands in the chain. So it is read through here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litwatch.model.change import ChangeKind
from litwatch.model.judgement import Decision
from litwatch.model.paper_notice import name_entry

KINDS: Mapping[str, ChangeKind] = {
    "cited record retracted": ChangeKind.CITED_RETRACTED,
    "cited record retracted and republished": ChangeKind.CITED_RETRACTED_REPUBLISHED,
    "cited record partially retracted": ChangeKind.CITED_PARTLY_RETRACTED,
    "cited record withdrawn": ChangeKind.CITED_WITHDRAWN,
    "expression of concern about a cited record": ChangeKind.CITED_CONCERN,
    "erratum to a cited record": ChangeKind.CITED_ERRATUM,
    "cited record corrected and republished": ChangeKind.CITED_REPUBLISHED,
    "newer version of a cited record": ChangeKind.CITED_UPDATED,
    "cited record reinstated": ChangeKind.CITED_REINSTATED,
    "cited record no longer served by PubMed": ChangeKind.CITED_MISSING,
    "notice about a cited record withdrawn": ChangeKind.NOTICE_WITHDRAWN,
    "new record on the topic": ChangeKind.NEW_RECORD,
}
DECISIONS: Mapping[str, Decision] = {
    "not relevant": Decision.NOT_RELEVANT,
    "already covered": Decision.ALREADY_COVERED,
    "snoozed": Decision.LATER,
    "article reviewed: unchanged": Decision.REVIEWED_UNCHANGED,
    "article reviewed: update": Decision.REVIEWED_UPDATE,
    "article reviewed: withdraw": Decision.REVIEWED_WITHDRAW,
    "reference confirmed": Decision.REFERENCE_CONFIRMED,
    "lead closed": Decision.LEAD_CLOSED,
    "lead open again": Decision.LEAD_REOPENED,
    "check asked for": Decision.CHECK_ASKED,
    "digest stopped": Decision.DIGEST_STOPPED,
    "digest resumed": Decision.DIGEST_RESUMED,
    "links revoked": Decision.LINKS_REVOKED,
}
_NOTICES = {"publication type Retracted Publication": "by_type", "its title says so": "by_title"}
_BY_PMID = re.compile(r"PMID (\d+)")
_BY_ENTRY = re.compile(r"Retraction Watch (\d+)")


def with_codes(judgement: Mapping[str, Any]) -> dict[str, Any]:
    """A judgement as it was read from JSON, its phrases replaced by today's codes; one that has codes is as it was."""
    change = judgement.get("change")
    decision = str(judgement.get("decision"))
    told: dict[str, Any] = {"decision": DECISIONS[decision].value} if decision in DECISIONS else {}
    if isinstance(change, dict) and change.get("kind") in KINDS:
        told["change"] = change | {"kind": KINDS[change["kind"]].value} | _detail(str(change.get("detail", "")))
    return {**judgement, **told}


def _detail(told: str) -> dict[str, str]:
    ended, colon, notice = told.partition(": ")
    if colon and ended in KINDS:
        return {"detail": f"{KINDS[ended]}:{_notice(notice)}", "ended": KINDS[ended].value}
    return {"detail": _notice(told)}


def _notice(told: str) -> str:
    if by_pmid := _BY_PMID.fullmatch(told):
        return f"pmid:{by_pmid[1]}"
    if by_entry := _BY_ENTRY.fullmatch(told):
        return name_entry(int(by_entry[1]))
    return _NOTICES.get(told, told)
