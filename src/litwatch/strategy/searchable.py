"""What a record can be found by: its words, its values and its days, section by section.

Both evaluators, the one on a record and the one on an index, see a record only through this module, so they cannot
disagree about what a record holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from litwatch.model.record import Author, MeshHeading, Record, RecordKind, RefType
from litwatch.strategy.characters import BREAK, normalise
from litwatch.strategy.mesh_tree import MESH_IN_USE, PUBLICATION_TYPES, subheading

PREPRINT = "D000076942"


def _name(author: Author) -> str:
    initials = author.initials or "".join(part[:1] for part in (author.fore_name or "").split())
    return normalise(f"{author.last_name or ''} {initials}")


def _rest(record: Record) -> Iterable[str]:
    """What only All Fields searches: identifiers, places, flags."""
    journal = record.journal
    yield from (journal.volume or "", journal.issue or "", journal.pages or "", journal.country or "")
    yield from (str(record.doi or ""), record.pii or "", record.pmcid or "", journal.issn or "", journal.nlm_id or "")
    yield str(record.published.earliest.year) if record.published else ""
    yield from (flag for flag in flags(record) if "/" not in flag)


_TEXTS: Mapping[str, Callable[[Record], Iterable[str]]] = {
    "ti": lambda record: (record.title,),
    "ab": lambda record: (record.abstract_text,),
    "oab": lambda record: (" ".join(part.text for part in other.parts) for other in record.other_abstracts),
    "ot": lambda record: record.keywords,
    "mh": lambda record: (
        label
        for heading in record.mesh
        for label in (heading.label, *(qualifier.label for qualifier in heading.qualifiers))
    ),
    "pt": lambda record: (kind.label for kind in record.publication_types),
    "nm": lambda record: record.substances,
    "si": lambda record: (f"{entry.bank} {entry.accession}" for entry in record.registry),
    "cn": lambda record: (author.collective_name or "" for author in record.authors),
    "au": lambda record: (
        text
        for author in record.authors
        for text in (_name(author), f"{author.fore_name or ''} {author.last_name or ''}")
    ),
    "ad": lambda record: (place for author in record.authors for place in author.affiliations),
    "ta": lambda record: (record.journal.title or "", record.journal.abbreviation or ""),
    "tt": lambda record: (record.vernacular_title or "",),
    "rest": _rest,
    "cois": lambda _record: (),
}


def texts_of(record: Record, section: str) -> Iterable[str]:
    """The section's texts as the record has them; some may be empty. No phrase runs from one into the next."""
    return _TEXTS[section](record)


def text_of(record: Record, section: str) -> str:
    """The section's words between single blanks, with " | " between texts: `` insulin resistance | obesity ``.

    Empty when the record has none. Phrases cannot cross a bar.
    """
    texts = [words for raw in texts_of(record, section) if raw and (words := normalise(raw))]
    return f" {f' {BREAK} '.join(texts)} " if texts else ""


def _headings(record: Record, *, only_major: bool) -> Iterable[str]:
    for heading in record.mesh:
        label = MESH_IN_USE.current_label(heading.ui, heading.label)
        if heading.is_major or not only_major:
            yield label
        for qualifier in heading.qualifiers:
            if qualifier.major or _whole_is_major(heading) or not only_major:
                yield f"{label}/{subheading(qualifier.label)}"


def _whole_is_major(heading: MeshHeading) -> bool:
    return heading.major and not any(qualifier.major for qualifier in heading.qualifiers)


def _authors(chosen: Iterable[Author]) -> Iterable[str]:
    for author in chosen:
        yield _name(author)
        if author.fore_name:
            yield normalise(f"{author.last_name or ''} {author.fore_name}")


_VALUES: Mapping[str, Callable[[Record], Iterable[str]]] = {
    "mh": lambda record: _headings(record, only_major=False),
    "majr": lambda record: _headings(record, only_major=True),
    "sh": lambda record: (subheading(one.label) for heading in record.mesh for one in heading.qualifiers),
    "pt": lambda record: (PUBLICATION_TYPES.current_label(kind.ui, kind.label) for kind in record.publication_types),
    "ta": lambda record: (
        normalise(value)
        for value in (record.journal.title, record.journal.abbreviation, record.journal.issn, record.journal.nlm_id)
        if value
    ),
    "book": lambda record: (normalise(record.journal.title or "") if record.kind is RecordKind.BOOK else "",),
    "la": lambda record: (normalise(language) for language in record.languages),
    "nm": lambda record: (normalise(substance) for substance in record.substances),
    "si": lambda record: (
        normalise(value) for entry in record.registry for value in (entry.accession, f"{entry.bank} {entry.accession}")
    ),
    "aid": lambda record: (
        normalise(str(value)) for value in (record.doi, *record.other_dois, record.pii, record.pmcid) if value
    ),
    "auid": lambda record: (normalise(author.orcid.rsplit("/", 1)[-1]) for author in record.authors if author.orcid),
    "vi": lambda record: (normalise(record.journal.volume or ""),),
    "ip": lambda record: (normalise(record.journal.issue or ""),),
    "pg": lambda record: (normalise(value) for value in (record.journal.pages or "", _first_page(record))),
    "pl": lambda record: (normalise(record.journal.country or ""),),
    "jid": lambda record: (normalise(record.journal.nlm_id or ""),),
    "au": lambda record: _authors(record.authors),
    "1au": lambda record: _authors(record.authors[:1]),
    "lastau": lambda record: _authors(record.authors[-1:]),
}


def values_of(record: Record, section: str) -> frozenset[str]:
    """The section's whole values, normalised; a heading's qualifiers follow a slash (``obesity/genetics``).

    Empty for sections that a ``Record`` does not carry (grants, investigators, …).
    """
    read = flags if section == "sb" else _VALUES.get(section)
    return frozenset(value for value in read(record) if value) if read else frozenset()


def is_carried(section: str) -> bool:
    """Whether a ``Record`` carries the section at all; grants and investigators, for instance, it does not."""
    return section in (_TEXTS.keys() - {"cois"}) | _VALUES.keys()


def _first_page(record: Record) -> str:
    return (record.journal.pages or "").split("-")[0]


_STATUS_FLAGS = {
    "MEDLINE": "medline",
    "In-Process": "inprocess",
    "In-Data-Review": "inprocess",
    "Publisher": "publisher",
    "PubMed-not-MEDLINE": "pubmednotmedline",
    "OLDMEDLINE": "oldmedline",
}

NOTICE_FLAGS = {kind: f"has{kind.value.lower()}" for kind in RefType if kind is not RefType.UNKNOWN}
"""``hasretractionin``, ``haserratumin``, ``hasupdatein`` …, one for each RefType (PubMed User Guide, "Filters")."""


def flags(record: Record) -> frozenset[str]:
    """Values of ``[sb]`` and ``[filter]`` that a record has by itself, normalised."""
    found = {_STATUS_FLAGS.get(record.status, "")}
    found |= {NOTICE_FLAGS[notice.ref_type] for notice in record.notices if notice.ref_type in NOTICE_FLAGS}
    found.add("hasabstract" if record.abstract else "")
    found.add("hasstructuredabstract" if any(part.label for part in record.abstract) else "")
    found.add("preprint" if record.has_type(PREPRINT) else "")
    found.add("pubmed books" if record.kind is RecordKind.BOOK else "")
    found.add("pubmed pmc" if record.pmcid else "")
    found.add("hasassociateddata" if record.registry else "")
    return frozenset(found - {""})


KNOWN_FLAGS = frozenset(
    {*_STATUS_FLAGS.values(), *NOTICE_FLAGS.values(), "hasabstract", "hasstructuredabstract", "preprint"}
    | {"pubmed books", "pubmed pmc", "hasassociateddata"}
)


def days_of(record: Record, field: str) -> tuple[date, ...]:
    """The days under which a date field finds the record.

    A publication date known only by month or year stands at its first day, as PubMed indexes it, and both the print
    and the electronic date count for ``dp`` (PubMed User Guide, "Publication date").
    """
    published = record.published.earliest if record.published else None
    found: tuple[date | None, ...]
    match field:
        case "dp":
            found = (published, record.electronic)
        case "ppdt":
            found = (published,)
        case "dep":
            found = (record.electronic,)
        case "edat":
            found = (record.entered,)
        case "crdt":
            found = (record.created,)
        case "mhda":
            found = (record.mesh_dated,)
        case "lr":
            found = (record.revised,)
        case "dcom":
            found = (record.completed,)
        case _:
            found = ()
    return tuple(dict.fromkeys(day for day in found if day is not None))
