"""Compares the stand-in's answer with a recorded one, values apart that cannot be the same: counts, dates, sessions."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from tests.standin.rebuilt import read_fields
from tests.standin.recordings import Recording

from litwatch.standin.web import Answer


def differences(recording: Recording, ours: Answer) -> Iterator[str]:
    """What differs, each as ``kind`` or ``kind: what``; nothing where the stand-in's answer is the recorded one.

    Kinds: status, content type, declaration, document type, blanks, elements, records, text, fields, members, body,
    lines, columns, reasons, translation, and the names of ESearch's messages.
    """
    if recording.status != ours.status:
        yield f"status: {ours.status}, recorded {recording.status}"
    if recording.content_type and recording.content_type.lower() != ours.content_type.lower():
        yield f"content type: {ours.content_type}, recorded {recording.content_type}"
    if recording.utility == "retraction-watch.csv":
        yield from _tables(recording.body, ours.body)
    elif recording.utility == "ecitmatch":
        if recording.body != ours.body:
            yield "lines"
    elif recording.body.lstrip().startswith((b"{", b"[")):
        yield from _json(recording, ours.body)
    elif recording.utility == "efetch":
        yield from _fetched(recording, ours.body)
    elif recording.utility == "espell":
        if recording.body.strip() != ours.body.strip():
            yield "body"
    elif recording.utility == "esearch":
        yield from _searched(recording, ours.body)
    else:
        yield from _envelopes(recording, ours.body)


def _fetched(recording: Recording, ours: bytes) -> Iterator[str]:
    theirs = recording.body
    if theirs.lstrip().startswith(b"<"):
        prologs = [_prolog(body) for body in (theirs, ours)]
        if re.sub(r"\d+", "9", prologs[0]) != re.sub(r"\d+", "9", re.sub("January", _month(prologs[0]), prologs[1])):
            yield "declaration"
        elif prologs[0] != prologs[1]:
            yield "document type"
        if theirs.partition(b"<PubmedArticleSet>")[2].strip() != ours.partition(b"<PubmedArticleSet>")[2].strip():
            yield "blanks" if b"<PubmedA" in theirs and _canonical(theirs) == _canonical(ours) else "records"
    elif recording.kept == "shortened":
        shown, written = read_fields(theirs.decode()), read_fields(ours.decode())
        missing = sorted({tag for tag, value in shown if (tag, value) not in written})
        if missing:
            yield f"fields: {', '.join(missing)}"
    elif theirs.strip(b"\n") != ours.strip(b"\n"):
        yield "text"


def _month(prolog: str) -> str:
    found = re.search(r"1st (\w+) \d", prolog)
    return found[1] if found else "January"


def _prolog(body: bytes) -> str:
    return body.decode().partition("<PubmedArticleSet>")[0].partition("<eFetchResult>")[0].strip()


def _canonical(body: bytes) -> bytes:
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    inner = b"".join(etree.tostring(each, method="c14n", with_tail=False) for each in root)
    return b"<PubmedArticleSet>" + re.sub(rb">\s+<", b"><", b" ".join(inner.split()))


def _searched(recording: Recording, ours: bytes) -> Iterator[str]:
    theirs = recording.body.decode()
    whole = theirs.lstrip().startswith("<?xml")
    mine = ours.decode() if whole else ours.decode().partition("\n")[2].partition("\n")[2]
    if _shape(theirs) != _shape(mine):
        yield f"elements: {_first_difference(_shape(theirs), _shape(mine))}"
    for name in ("PhraseNotFound", "FieldNotFound", "PhraseIgnored", "QuotedPhraseNotFound", "OutputMessage"):
        said = [re.findall(f"<{name}>(.*?)</{name}>", body) for body in (theirs, mine)]
        if said[0] != said[1]:
            yield f"{name}: {said[1]}, recorded {said[0]}"
    mapped = [re.findall("<(?:From|To)>(.*?)</", body, re.DOTALL) for body in (theirs, mine)]
    if mapped[0] != mapped[1]:
        yield "translation"
    said = [" ".join(re.findall("<QueryTranslation>(.*?)</", body, re.DOTALL)) for body in (theirs, mine)]
    yield from _translations(*said)


def _translations(theirs: str, ours: str) -> Iterator[str]:
    """``translation`` where only words, headings and substances that a word is mapped to differ; else ``fields``."""
    if theirs == ours:
        return
    mapped = r'"[^"]*"\[(?:All Fields|MeSH Terms|Supplementary Concept)\]|\b(?:AND|OR)\b|[()\s]'
    left, right = (re.sub(mapped, "", each) for each in (theirs, ours))
    yield "translation" if left == right else f"fields: {right}, recorded {left}"


def _shape(body: str) -> str:
    """An answer without its values; repeats of one element are one, and a mapping with or without a piece is none."""
    text = re.sub(r"<TranslationSet>.*?</TranslationSet>", "<TranslationSet/>", body.strip(), flags=re.DOTALL)
    text = re.sub(r"(?:<Id>\d+</Id>\s*)+", "<Id/>\n", text)
    return re.sub(r"(<(\w+)>…</\2>)\1+", r"\1", re.sub(r">[^<>\s][^<>]*<", ">…<", text))


def _json(recording: Recording, ours: bytes) -> Iterator[str]:
    try:
        theirs = json.loads(recording.body)
    except ValueError:
        raw = ours.decode().strip()
        if recording.body.decode().strip() not in (raw, raw.replace("\\n", "\n")):
            yield f"body: {ours[:200]!r}"
        return
    mine = json.loads(ours)
    if "esearchresult" not in theirs:
        yield from _members(theirs, mine, "")
        return
    result = theirs["esearchresult"]
    answered = mine.get("esearchresult", {})
    shortened = recording.kept == "shortened"
    names = [name for name in result if name in answered] if shortened else list(answered)
    if list(result) != names and not (shortened and set(result) <= set(answered)):
        yield f"members: {list(answered)}, recorded {list(result)}"
    for name, value in result.items():
        other = answered.get(name)
        if name in ("errorlist", "warninglist"):
            if value != other and other is not None:
                yield f"{name}: {other}, recorded {value}"
        elif name == "translationset" and value != other:
            yield "translation"
        elif name == "querytranslation":
            yield from _translations(value, other)
        elif type(value) is not type(other):
            yield f"members: type of {name}"
    for name in ("errorlist", "warninglist"):
        if name in answered and name not in result and not shortened:
            yield f"{name}: {answered[name]}"


def _members(theirs: Any, ours: Any, place: str) -> Iterator[str]:
    """Members, their order and types of any JSON answer; of a summary of the same record the values, too."""
    if type(theirs) is not type(ours):
        yield f"members: {place} is {type(ours).__name__}, recorded {type(theirs).__name__}"
    elif isinstance(theirs, dict):
        if list(theirs) != list(ours):
            yield f"members: of {place} {list(ours)}, recorded {list(theirs)}"
        same_record = theirs.get("title") == ours.get("title") and "title" in theirs
        for name in theirs.keys() & ours.keys():
            if same_record and theirs[name] != ours[name]:
                yield f"members: {place}.{name} {ours[name]!r}, recorded {theirs[name]!r}"
            else:
                yield from _members(theirs[name], ours[name], f"{place}.{name}")
    elif isinstance(theirs, list) and theirs and ours:
        yield from _members(theirs[0], ours[0], f"{place}[]")


def _envelopes(recording: Recording, ours: bytes) -> Iterator[str]:
    """Envelope, elements, order, attributes and blanks of the small answers, values apart."""
    if recording.body == ours:
        return
    heads = [body.partition(b"<eLinkResult>")[0].partition(b"<ePostResult>")[0] for body in (recording.body, ours)]
    if recording.utility in ("elink", "epost") and heads[0].strip() != heads[1].strip():
        yield "declaration"
    form = _items if recording.utility == "esummary" else _skeleton
    shapes = [form(body) for body in (recording.body, ours)]
    if shapes[0] != shapes[1]:
        yield f"elements: {_first_difference(*shapes)}"


def _skeleton(body: bytes) -> str:
    text = re.sub(r">[^<>\s][^<>]*<", ">…<", body.decode())
    text = re.sub(r"<(\w+)/>|<(\w+)></\2>", lambda found: f"<{found[1] or found[2]}>…</{found[1] or found[2]}>", text)
    previous = ""
    while previous != text:
        previous = text
        text = re.sub(r"(\s*<(\w+)(?: [^>]*)?>(?:(?!</?\2[ >]).)*?</\2>)(?:\1)+", r"\1", text, flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if line.strip())


def _items(body: bytes) -> str:
    """The items of the first summary: names and types in their order, without those of a list."""
    document = etree.fromstring(body).find("DocSum")
    return str([(each.get("Name"), each.get("Type")) for each in document if each.get("Name") != "DOI"]
               if document is not None else _skeleton(body))  # fmt: skip


def _first_difference(theirs: str, ours: str) -> str:
    same = (place for place, pair in enumerate(zip(theirs, ours, strict=False)) if pair[0] != pair[1])
    place = next(same, min(len(theirs), len(ours)))
    before, mine, other = theirs[max(0, place - 30) : place], ours[place : place + 60], theirs[place : place + 60]
    return f"after {before!r} {mine!r}, recorded {other!r}"


def _tables(theirs: bytes, ours: bytes) -> Iterator[str]:
    """Columns, and the form of each column's cells."""
    tables = [list(csv.reader(io.StringIO(body.decode("latin-1"), newline=""))) for body in (theirs, ours)]
    columns = [[name for name in rows[0] if name and not name.startswith("Unnamed")] for rows in tables]
    if columns[0] != columns[1]:
        yield f"columns: {columns[1]}, recorded {columns[0]}"
        return
    for name in columns[0]:
        forms = [{_form(row[rows[0].index(name)]) for row in rows[1:] if any(row)} - {""} for rows in tables]
        if name == "Reason":
            if any("+" in form for form in forms[0]) != any("+" in form for form in forms[1]):
                yield "reasons"
        elif name.endswith("Date") and not forms[0] <= forms[1] | {"9/9/9 9:99", "9/9/9"}:
            yield f"{name}: {sorted(forms[1])}, recorded {sorted(forms[0])}"


def _form(cell: str) -> str:
    return re.sub(r"\d+", "9", cell).replace("9:9", "9:99")
