"""PMC's ID converter: PMIDs, PMCIDs and DOIs of the same article, for articles that PMC holds.

It answers at its address of today and at the older one, ``/pmc/utils/idconv/v1.0/``, where metapub and pubmed_parser
ask. Without ``format`` it sends XML, whose form is that of the older converter's answers in public repositories. JSON
as recorded in September 2026: the record's members and their order, the PMID as a number, "Identifier not found in
PMC" at HTTP 200 for one and 400 for a whole batch of mixed identifiers. Source:
https://pmc.ncbi.nlm.nih.gov/tools/id-converter-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from litwatch.model.record import Record
from litwatch.standin.corpus import View
from litwatch.standin.occasion import Occasion, text
from litwatch.standin.web import XML, Answer, json_answer

_MOST: Final = 200
_FORMS: Final = {
    "pmcid": re.compile(r"PMC\d{1,12}", re.IGNORECASE),
    "pmid": re.compile(r"\d{1,12}"),
    "doi": re.compile(r"10\.\S+/\S+"),
}


def id_converter(occasion: Occasion) -> Answer:
    """``…?ids=…&idtype=…&format=json``: one record for each identifier, repeats once."""
    request = occasion.request
    ids = [part.strip() for part in request.get("ids").split(",") if part.strip()]
    kind, problem = _kind(ids, request.get("idtype").lower())
    wanted = request.get("format").lower() or "xml"
    if wanted not in ("json", "xml"):
        problem = "the stand-in's converter knows format=json and format=xml only"
    asked = {name: values[0] for name, values in request.parameters.items()}
    echo = {
        "warnings": [],
        "format": "json",
        "ids": ids,
        "email": asked.get("email", ""),
        "tool": asked.get("tool", ""),
        "echo": urlencode(asked),
        "versions": "yes" if asked.get("versions") == "yes" else "no",
        "showaiid": "yes" if asked.get("showaiid") == "yes" else "no",
        "idtype": kind,
    }
    head = {"response-date": f"{occasion.now:%Y-%m-%d %H:%M:%S}", "request": echo}
    if problem:
        if wanted == "xml":
            return _as_xml(echo, f"<error>{text(problem)}</error>", status=400)
        return json_answer({"status": "error", **head, "errors": [problem]}, status=400)
    known = occasion.view.derived(f"in PMC by {kind}", lambda view: _in_pmc(view, kind))
    records = [_converted(known.get(_key(one, kind)), one, kind) for one in dict.fromkeys(ids)]
    if wanted == "xml":
        return _as_xml(echo, "".join(map(_record, records)))
    return json_answer({"status": "ok", **head, "records": records})


def _as_xml(echo: Mapping[str, object], inner: str, *, status: int = 200) -> Answer:
    request = (
        f'<request idtype="{echo["idtype"]}" pmcids="" versions="{echo["versions"]}" showaiid="{echo["showaiid"]}">\n'
        f"<echo>{text(echo['echo'])}</echo>\n</request>\n"
    )
    state = "ok" if status == 200 else "error"
    return Answer(f'<pmcids status="{state}">\n{request}{inner}</pmcids>\n'.encode(), XML, status)


def _record(record: Mapping[str, object]) -> str:
    """``<record requested-id="…" pmcid="…" pmid="…" doi="…"/>``, or one with an error inside."""
    error = record.get("errmsg")
    marks = "".join(
        f" {name}={quoteattr(str(record[name]))}"
        for name in ("requested-id", "pmcid", "pmid", "doi", "status")
        if name in record
    )
    inner = f"><errmsg>{text(error)}</errmsg></record>" if error else "/>"
    return f"<record{marks}{inner}\n"


def _kind(ids: list[str], told: str) -> tuple[str, str]:
    """(type of all these identifiers, what is wrong with them or nothing)."""
    if not ids or len(ids) > _MOST:
        return told, f"between 1 and {_MOST} ids are needed"
    found = {kind for one in ids for kind, form in _FORMS.items() if form.fullmatch(one)}
    if told == "pmcid" and found == {"pmid"}:
        found = {"pmcid"}  # digits alone are taken as PMCIDs, but not beside prefixed ones
    if len(found) != 1 or (told and found != {told}) or not all(_fits(one) for one in ids):
        return told, "the ids are not all of one type"
    return found.pop(), ""


def _fits(one: str) -> bool:
    return any(form.fullmatch(one) for form in _FORMS.values())


def _key(one: str, kind: str) -> str:
    return one.lower().removeprefix("pmc") if kind == "pmcid" else one.lower()


def _in_pmc(view: View, kind: str) -> Mapping[str, Record]:
    held = [record for record in view.records.values() if record.pmcid]
    return {_key(str(getattr(record, kind)), kind): record for record in held if getattr(record, kind)}


def _converted(record: Record | None, one: str, kind: str) -> dict[str, object]:
    if record is None:
        return {kind: one, "requested-id": one, "status": "error", "errmsg": "Identifier not found in PMC"}
    doi: dict[str, object] = {"doi": str(record.doi)} if record.doi else {}
    return {**doi, "pmcid": record.pmcid, "pmid": int(record.pmid), "requested-id": one}
