"""EFetch and EPost: whole records by identifier or from the history, and the posting of identifiers into it.

Records go out as the bytes they came in. What PubMed does not have is left out without a word, a page that crosses the
window's end is short without a word; both as measured in 2026. Which form is sent, as recorded in May 2023 and, for
``retmode=json``, in 2025 and 2026: ``_form``.
"""

from __future__ import annotations

from litwatch.standin import plain_text
from litwatch.standin.citation_xml import PROLOG
from litwatch.standin.occasion import (
    TOO_FAR,
    UNSENT,
    WINDOW,
    Occasion,
    forgotten,
    prolog,
    read_ids,
    refuse,
    split_ids,
    text,
    wrong_database,
)
from litwatch.standin.web import TEXT, XML, Answer

_ROOT = "eEfetchResult"
_NO_IDS = "ID list is empty! Possibly it has no correct IDs."
_AS_TEXT = ("text", "json")
_INVALID = "Some IDs have invalid value and were omitted. Maximum ID value 18446744073709551615"


def efetch(occasion: Occasion) -> Answer:
    """Answer one EFetch request."""
    request = occasion.request
    if (refusal := wrong_database(occasion, _ROOT)) is not None:
        return refusal
    wanted = _wanted(occasion)
    if isinstance(wanted, Answer):
        return wanted
    pmids = tuple(occasion.bend("pmids", wanted))
    match _form(request.get("rettype").lower(), request.get("retmode").lower()):
        case "nothing":
            return Answer(b"", TEXT if request.get("retmode").lower() in _AS_TEXT else XML)
        case "id list":
            body = "".join(f"<Id>{pmid}</Id>\n" for pmid in pmids if pmid in occasion.view)
            return Answer(f'<?xml version="1.0" ?>\n<IdList>\n{body}</IdList>\n'.encode())
        case "uilist" | "medline" | "abstract" as text_form:
            return Answer(plain_text.write(text_form, pmids, occasion.view, occasion.today).encode(), TEXT)
    slices = [xml for pmid in pmids if (xml := occasion.view.xml(pmid)) is not None]
    slices = occasion.bend("records", slices)
    start = f"{PROLOG}<PubmedArticleSet>".encode()
    if not slices:
        return Answer(start + b"</PubmedArticleSet>\n")
    return Answer(b"".join((start, b"\n", *slices, b"</PubmedArticleSet>")))


def _form(kind: str, mode: str) -> str:
    """``records``, ``id list``, a text form or ``nothing``, by rettype and retmode in lower case.

    Without retmode MEDLINE and the list of identifiers are text and everything else is XML; with ``retmode=text`` and
    no rettype the list is sent; ``retmode=json`` is answered in text. ``rettype=full`` is empty unless XML is asked for
    by name (seen live, manubot#354; EDirect sends both for ``-format xml``). Other rettypes are those of other
    databases or nobody's: PubMed sends its records, as it does for metapub's ``rettype=xml&retmode=text``.
    """
    if kind == "full":
        return "records" if mode == "xml" else "nothing"
    if mode == "xml":
        return "id list" if kind == "uilist" else "records"
    if kind in ("uilist", "medline"):
        return kind
    if mode in _AS_TEXT and kind in ("", "abstract"):
        return kind or "uilist"
    return "records"


def epost(occasion: Occasion) -> Answer:
    """Answer one EPost request; both of its errors can stand in one answer."""
    request = occasion.request
    root = "ePostResult"
    if (refusal := wrong_database(occasion, root)) is not None:
        return refusal
    pmids, invalid = read_ids(request.parameters.get("id", ()))
    lines = []
    if pmids:
        web_env, key = occasion.history.keep(request.web_env, tuple(pmids), "", now=occasion.now)
        lines += [f"<QueryKey>{key}</QueryKey>", f"<WebEnv>{web_env}</WebEnv>"]
    else:
        lines.append("<ERROR>Empty ID list; Nothing to store</ERROR>")
    end = "\n"
    if invalid:
        lines.append(f"<ERROR>{text(_INVALID)}</ERROR>")
        end = ""
    body = f"{prolog(root)}<{root}>\n\t" + "\n\t".join(lines) + f"{end}</{root}>\n"
    return Answer(body.encode(), XML)


def _wanted(occasion: Occasion) -> list[int] | Answer:
    """The PMIDs that one request asks for, in order, its page taken; or the refusal."""
    request = occasion.request
    key = request.get("query_key")
    if key:
        kept = occasion.recall(key)
        if kept is None:
            return forgotten(occasion, _ROOT)
        if request.number("retstart", 0) >= WINDOW and len(kept.pmids) > WINDOW:
            return refuse(occasion, _ROOT, TOO_FAR, status=400)
        return occasion.page(kept.pmids[:WINDOW])
    values = request.parameters.get("id", ())
    if not split_ids(values):
        return refuse(occasion, _ROOT, UNSENT)
    pmids, _ = read_ids(values)
    if not pmids:
        return refuse(occasion, _ROOT, _NO_IDS, status=400)
    return occasion.page(pmids)
