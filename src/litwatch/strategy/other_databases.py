"""Search syntax of other databases, as it is pasted into a PubMed strategy: recognised, and put into PubMed's words.

Ovid (``exp Obesity/``, ``.ti,ab.``, ``adj3``), Embase (``'obesity'/exp``, ``:ti,ab``), the Cochrane Library
(``[mh ^"Obesity"]``), CINAHL and ProQuest (``MH "Obesity+"``, ``MESH.EXACT("Obesity")``), Scopus and Web of Science
(``TITLE-ABS-KEY(…)``, ``TS=(…)``). PubMed searches all of it as words. Sources: the databases' own help pages; Bramer
et al. 2018, J Med Libr Assoc 106:531 ("A systematic approach to searching"), on moving a strategy between databases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from litwatch.strategy.mesh_tree import subheading_name

_HEADING = r"(?!(?i:and|or|not|exp)\b)[A-Za-z0-9][\w,'-]{0,40}(?: (?!(?:and|or|not|exp)\b)[\w,'()-]{1,40}){0,11}"
_OVID_FIELD = r"(?:ti|ab|tw|mp|kf|kw|ot|au|jn|jw|pt|sh|hw|fs|nm|rn|af|in|yr|la|lg|ui|tx|bt|id|xm|px|rs|m_titl)"
_COLON_FIELD = r"(?:ti|ab|kw|tn|de|lnk|exp|au|jt|ta|la|py|it|pt|so|tt)"
_EDGE = r"(?<![\w./\"'\]-])"


LONGEST_LOOKED_AT = 20_000
"""Characters; the longest published strategies have about 6,000."""


@dataclass(frozen=True, slots=True)
class ForeignForm:
    """One piece of a strategy that is not PubMed's syntax."""

    start: int
    end: int
    """Position in the text, end exclusive."""
    database: str
    """Whose syntax it is, for a sentence."""
    instead: str | None
    """The same in PubMed's syntax, where the piece means something by itself."""
    kind: str
    """``heading``, ``field``, ``near``, ``line``, ``limit`` or ``braces``."""


def _noexp(exploded: object) -> str:
    return "" if exploded else ":noexp"


def _ovid_heading(found: re.Match[str]) -> str:
    tag = "majr" if found["focus"] else "mh"
    qualifiers = [part for part in re.split(r",\s*", found["qualifiers"] or "") if part]
    heading = found["heading"].strip()
    if not qualifiers:
        return f'"{heading}"[{tag}{_noexp(found["exp"])}]'
    each = [f'"{heading}/{subheading_name(one)}"[{tag}{_noexp(found["exp"])}]' for one in qualifiers]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


def _embase_heading(found: re.Match[str]) -> str:
    marks = found["marks"].lower().strip("/").split("/")
    return f'"{found["heading"]}"[{"majr" if "mj" in marks else "mh"}{_noexp("exp" in marks or "mj" in marks)}]'


def _cochrane_heading(found: re.Match[str]) -> str:
    qualifier = f"/{subheading_name(found['qualifier'])}" if found["qualifier"] else ""
    return f'"{found["heading"].strip()}{qualifier}"[mh{_noexp(not found["only"])}]'


def _cinahl_heading(found: re.Match[str]) -> str:
    tag = "majr" if found["mark"].upper() == "MM" else "mh"
    heading, slash, qualifier = found["heading"].rstrip("+").partition("/")
    qualifier = subheading_name(qualifier) if slash else ""
    return f'"{heading.rstrip("+")}{slash}{qualifier}"[{tag}{_noexp("+" in found["heading"])}]'


_HEADINGS = (
    (
        "Ovid's",
        re.compile(
            rf"{_EDGE}(?P<exp>exp(?:lode)?\s+)?(?P<focus>\*)?\"?(?P<heading>{_HEADING})\"?/"
            r"(?!exp\b|de\b|mj\b|\d)(?P<qualifiers>[a-z]{2}(?:,\s*[a-z]{2})*\b)?(?:\s*\[[A-Z][^\]]*\])?(?![\w\"'])"
        ),
        _ovid_heading,
    ),
    (
        "Embase's",
        re.compile(r"['\"\u2018](?P<heading>[^'\"\u2018\u2019]{2,200})['\"\u2019](?P<marks>(?:/(?:exp|de|mj)\b)+)"),
        _embase_heading,
    ),
    (
        "the Cochrane Library's",
        re.compile(
            r"\[\s{0,3}mh\s{1,3}(?:(?P<only>\^)\s{0,3})?[\"\u201c]?(?P<heading>[^\]\"\u201c\u201d/]{2,200})[\"\u201d]?"
            r"(?:/(?P<qualifier>[A-Za-z]{2}))?\s*\]",
            re.IGNORECASE,
        ),
        _cochrane_heading,
    ),
    (
        "the Cochrane Library's",
        re.compile(
            r"MeSH descriptor:? ?\[(?P<heading>[^\]]{2,200})\](?: (?:explode all trees|(?P<only>this term only)))?"
            r"(?P<qualifier>(?!))?",
            re.IGNORECASE,
        ),
        _cochrane_heading,
    ),
    (
        "CINAHL's",
        re.compile(r"\b(?P<mark>MH|MM)\s+[\"\u201c](?P<heading>[^\"\u201d]{2,200})[\"\u201d]"),
        _cinahl_heading,
    ),
    (
        "ProQuest's",
        re.compile(
            r"\b(?:MESH|MJMESH|MAINSUBJECT|EMB|MJEMB|SU|MJSUB|DE)\.EXACT(?P<exp>\.EXPLODE)?\(\"(?P<heading>[^\"]{2,200})\"\)",
            re.IGNORECASE,
        ),
        lambda found: f'"{found["heading"]}"[mh{_noexp(found["exp"])}]',
    ),
)

OVID_SUFFIX = re.compile(rf"\.(?P<fields>{_OVID_FIELD}(?:,\s?{_OVID_FIELD})*)\.(?!\w)", re.IGNORECASE)
COLON_SUFFIX = re.compile(
    rf"(?<=[\w\"'\u2019)*]):(?P<fields>{_COLON_FIELD}(?:,{_COLON_FIELD})*)\b(?![:\[])", re.IGNORECASE
)
PREFIX = re.compile(
    r"(?:\b(?P<scopus>(?i:TITLE-ABS-KEY-AUTH|TITLE-ABS-KEY|TITLE-ABS)|TITLE|ABS|KEY|AUTHKEY|AUTH|ALL|INDEXTERMS|SRCTITLE"
    r"|CHEMNAME|AFFIL|LANGUAGE)(?=\(|\s\(\s)"
    r"|\b(?P<wos>TS|TI|AB|AK|TO|ALL|AU|SO|AD|KP|SU|DE|DO|LA)\s?=\s?(?=[(\"\w])"
    r"|(?<![\w:/.-])(?P<engine>(?i:title_abs|title|abstract|intitle|auth|author|mesh|tiab)|ti|ab|tw|mh|TI|AB|TW|MH"
    r"|KW|AU):(?=[\"\w(])"
    r"|(?:(?<=[(\s])|^)(?P<cinahl>TI|AB|TX|SU|PT|DE|AU|MW)\s+(?=[(\"]|[a-z])"
    r"|\b(?P<proquest>ti|ab|su|noft|mesh|tiab|TI,AB|ti,ab|TI|AB|SU|NOFT)(?=\())"
)
NEAR = re.compile(
    r"(?<=[\s)\"'])(?P<word>adj|near/?|next/?|pre/?|w/|onear/?|N(?=\d)|W(?=\d))(?P<words>\d{1,3})?(?=[\s(\"'])",
    re.IGNORECASE,
)
_LINES = re.compile(
    r"(?<![\w.])(?:(?:and|or)/\d+(?:[-,]\d+)+|\d{1,3}(?:\s+(?:and|or|not)\s+\d{1,3})+(?![\w.\[/:])"
    r"|#\d+-#?\d+|S\d{1,3}(?:\s+(?:AND|OR|NOT)\s+S\d{1,3})+)",
    re.IGNORECASE,
)
LIMITS = re.compile(
    r"(?i:\blimit\s+\d+\s+to\b[^\n]{0,200}|(?:\[[\w -]{1,40}\])?/lim\b|\[[\d -]{4,11}\]/py\b|/freq=\d+"
    r"|/d[dm]_[a-z]{2}\b|\(sa_year\)|\bremove duplicates from \d+|\bfrom \d+ keep \d+)"
    r"|(?<=['\"\u2019])/syn\b|\b(?:LIMIT-TO|EXCLUDE|DOCTYPE|SUBJAREA)\s?\(|\bPUBYEAR\b|\b(?:PY|WC|DT|FPY|IS)\s?=\s?(?=[(\"\w])"
)
"""Limits of date, type or subject, which are no search terms."""
BRACES = re.compile(r"\{[^{}\n]{1,200}\}")
"""Scopus' exact phrase, ``{heart attack}``; PubMed knows no such brackets."""


def is_near(found: re.Match[str]) -> bool:
    """Whether a match of ``NEAR`` is an operator of nearness, and not a word: ``adj`` is, ``near`` is not.

    ``N3`` is one where no tag of PubMed's stands in the text, so that ``omega N3 fatty acids[tiab]`` stays a word;
    ``next`` in small letters is one beside the Cochrane Library's ``:ti,ab``.
    """
    word = found["word"]
    if word in {"N", "W", "n", "w"}:
        return word.isupper() and "[" not in found.string
    if word.lower() == "next" and not found["words"] and ":ti" in found.string:
        return True
    return word.lower() == "adj" or bool(found["words"]) or (word.isupper() and word != "PRE")


def words_between(found: re.Match[str]) -> int:
    """The words that may stand between, which PubMed counts.

    Ovid's ``adj3`` lets two stand between, ``NEAR/3`` three; ``adj`` none, ``NEAR`` alone ten (help pages).
    """
    word = found["word"].lower().rstrip("/")
    number = int(found["words"] or {"adj": 1, "near": 10}.get(word, 0))
    return min(max(number - (word == "adj"), 0), 1000)


def foreign_headings(text: str) -> tuple[ForeignForm, ...]:
    """Subject headings in another database's form, in the order of the text, none within another."""
    found = [
        ForeignForm(match.start(), match.end(), database, write(match), "heading")
        for database, pattern, write in _HEADINGS
        for match in pattern.finditer(text)
        if not _in_quotes(text, match.start()) and not _in_tag(text, match.start()) and not _is_pubmed(text, match)
    ]
    kept: list[ForeignForm] = []
    for form in sorted(found, key=lambda form: (form.start, -form.end)):
        if not kept or form.start >= kept[-1].end:
            kept.append(form)
    return tuple(kept)


def _is_pubmed(text: str, match: re.Match[str]) -> bool:
    """``obesity/genetics[mh]``, ``and/or`` and ``"Obesity"[mh noexp]`` are PubMed's, or mean to be."""
    before = text[: match.start()].rstrip()[-1:]
    if match[0].startswith("[") and (
        before in {'"', "\u201d"} or (match.start() and text[match.start() - 1].isalnum())
    ):
        return True
    return text[match.end() : match.end() + 1] == "[" or match[0].lower().startswith(("and/", "or/", "not/"))


def find_foreign_forms(text: str) -> tuple[ForeignForm, ...]:
    """Every piece of another database's syntax in the first 20,000 characters, in the order of the text."""
    text = text[:LONGEST_LOOKED_AT]
    headings = foreign_headings(text)
    taken = [(form.start, form.end) for form in headings]
    pieces = list(headings)
    for pattern, database, kind in (
        (OVID_SUFFIX, "Ovid's", "field"),
        (COLON_SUFFIX, "Embase's or the Cochrane Library's", "field"),
        (PREFIX, "another database's", "field"),
        (NEAR, "another database's", "near"),
        (_LINES, "another database's", "line"),
        (LIMITS, "another database's", "limit"),
        (BRACES, "Scopus'", "braces"),
    ):
        found = [
            ForeignForm(match.start(), match.end(), _whose(match, database), None, kind)
            for match in pattern.finditer(text)
            if (pattern is not NEAR or is_near(match))
            and not _in_quotes(text, match.start())
            and not _in_tag(text, match.start())
            and not (match.groupdict().get("cinahl") and _is_word_of_pubmed(text, match))
        ]
        pieces += [form for form in found if not any(form.start < end and start < form.end for start, end in taken)]
    return tuple(sorted(pieces, key=lambda form: (form.start, form.end)))


def _is_word_of_pubmed(text: str, match: re.Match[str]) -> bool:
    """``AB antigens[tiab]`` is a blood group, no field of CINAHL's: the text has tags, or no operand begins there."""
    before = text[: match.start()].rstrip().lower()
    begins = not before or before.endswith(("(", " and", " or", " not"))
    return not begins or ("[" in text and text[match.end() : match.end() + 1] not in {'"', "("})


def _whose(match: re.Match[str], database: str) -> str:
    groups = match.groupdict()
    for name, whose in (
        ("scopus", "Scopus'"), ("wos", "Web of Science's"), ("cinahl", "CINAHL's"), ("proquest", "ProQuest's"),
        ("engine", "Europe PMC's or another search engine's"),
    ):  # fmt: skip
        if groups.get(name):
            return whose
    return "Ovid's" if (groups.get("word") or "").lower() == "adj" else database


def _in_quotes(text: str, place: int) -> bool:
    return text.count('"', 0, place) % 2 == 1


def _in_tag(text: str, place: int) -> bool:
    return text.rfind("[", 0, place) > text.rfind("]", 0, place)
