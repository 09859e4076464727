"""Feeds over the stand-in's records as their makers really send them: PubMed's saved search, RSS 1.0, RSS 2.0, Atom.

Sound ones here, broken ones in ``feed_defects``. Shapes follow captures of 2021 and item texts of 2025: PubMed's feed
is a capped window by entry date, its links differ at every fetch, only its guid stays. Functions from records and a
clock to bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from litwatch.model.record import Author, Record

VERSION: Final = "2.18.0"
"""PubMed's feed software, as its generator element and links name it."""
CAP: Final = 15
"""PubMed's default number of items; 5 to 100 have been seen."""
_SUMMARY: Final = 497


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that somebody saved as a feed."""

    term: str
    token: str
    """The long name that PubMed gives the feed."""
    made: datetime
    limit: int = CAP


@dataclass(frozen=True, slots=True)
class Publication:
    """The journal whose newest articles a publisher's feed lists."""

    title: str = "Demonstration Journal of Invented Results"
    home: str = "https://journal.example/demonstration"
    issn: str = "0000-0019"


def pubmed_feed(search: SavedSearch, found: Iterable[Record], *, now: datetime, user_agent: str) -> bytes:
    """PubMed's RSS of a saved search: the newest ``limit`` of what was found, by entry date, then PMID.

    ``now`` (UTC) and the reader's own user agent go into every link, so that no two answers are alike.
    """
    newest = sorted(found, key=lambda r: (r.entered or date.min, r.pmid), reverse=True)[: search.limit]
    marks = (
        f"utm_source={user_agent}&utm_medium=rss&utm_campaign=pubmed-2&utm_content={search.token}"
        f"&fc={search.made:%Y%m%d%H%M%S}&ff={now:%Y%m%d%H%M%S}&v={VERSION}"
    )
    address = f"https://pubmed.ncbi.nlm.nih.gov/rss-feed/?feed_id={search.token}&{marks}"
    latest = newest[0].entered if newest else None
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">\n  <channel>\n'
        f"    <title>{escape(search.term)}</title>\n    <link>{escape(address)}</link>\n"
        f"    <description>{escape(search.term)}: Latest results from PubMed</description>\n"
        f'    <atom:link href={quoteattr(address, {"&amp;amp;": "&amp;"})} rel="self"/>\n'
        "    <docs>http://www.rssboard.org/rss-specification</docs>\n"
        f"    <generator>PubMed RSS feeds ({VERSION})</generator>\n    <language>en</language>\n"
        f"    <lastBuildDate>{format_datetime(now)}</lastBuildDate>\n"
        f"    <pubDate>{_six_eastern(latest or now.date())}</pubDate>\n    <ttl>120</ttl>\n"
        + "".join(_pubmed_item(record, marks) for record in newest)
        + "  </channel>\n</rss>\n"
    ).encode()


def _pubmed_item(record: Record, marks: str) -> str:
    link = f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/?{marks}"
    html = _html(record, link).replace("]]>", "]]]]><![CDATA[>")
    title, day = escape(record.title), record.entered or date.min
    identifiers = [f"pmid:{record.pmid}", *([f"doi:{record.doi}"] if record.doi else [])]
    creators = "".join(f"      <dc:creator>{escape(name)}</dc:creator>\n" for name in map(full_name, record.authors))
    return (
        f"    <item>\n      <title>{title}</title>\n      <link>{escape(link)}</link>\n"
        f"      <description>{escape(_cut(record.abstract_text))}</description>\n"
        f"      <content:encoded><![CDATA[{html}]]></content:encoded>\n"
        f'      <guid isPermaLink="false">pubmed:{record.pmid}</guid>\n'
        f"      <pubDate>{_six_eastern(day)}</pubDate>\n{creators}      <dc:date>{day.isoformat()}</dc:date>\n"
        f"      <dc:source>{escape(record.journal.title or '')}</dc:source>\n      <dc:title>{title}</dc:title>\n"
        + "".join(f"      <dc:identifier>{escape(name)}</dc:identifier>\n" for name in identifiers)
        + "    </item>\n"
    )


def _html(record: Record, link: str) -> str:
    """The item's web page in small. PubMed leaves the DOI's address without quotation marks; so does this."""
    line = _citation_line(record)
    paragraphs = "".join(
        f"<p>{f'<b>{escape(part.label)}:</b> ' if part.label else ''}{escape(part.text)}</p>"
        for part in record.abstract
    )
    heading = "<p><b>ABSTRACT</b></p>" if paragraphs else "<p><b>NO ABSTRACT</b></p>"
    doi = f" | DOI:<a href=https://doi.org/{escape(record.doi)}>{escape(record.doi)}</a>" if record.doi else ""
    return (
        f'<div><p style="color: #4aa564;">{escape(line)}</p>{heading}{paragraphs}'
        f'<p style="color: lightgray">PMID:<a href="{link}">{record.pmid}</a>{doi}</p></div>'
    )


def _citation_line(record: Record) -> str:
    journal = record.journal
    number = f";{journal.volume}" if journal.volume else ""
    number += f"({journal.issue})" if journal.issue else ""
    number += f":{journal.pages}" if journal.pages else ""
    doi = f" doi: {record.doi}." if record.doi else ""
    ahead = " Online ahead of print." if record.publication_status == "aheadofprint" else ""
    return f"{journal.abbreviation}. {record.published.raw if record.published else ''}{number}.{doi}{ahead}"


def rss_1(records: Sequence[Record], publication: Publication = Publication()) -> bytes:
    """RSS 1.0 (RDF) as Taylor & Francis and OJS send it: the DOI in dc:identifier, ``?af=R`` in every link."""
    addresses = [f"{_page(record, publication)}?af=R" for record in records]
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(address)}/>" for address in addresses)
    items = "".join(
        f"<item rdf:about={quoteattr(address)}><title>{escape(record.title)}</title><link>{escape(address)}</link>"
        f"<description>{escape(_cut(record.abstract_text))}</description>"
        f"<dc:identifier>{escape(record.doi or '')}</dc:identifier><dc:source>{escape(publication.title)}</dc:source>"
        f"<dc:date>{_iso(record)}</dc:date>"
        + "".join(f"<dc:creator>{escape(full_name(author))}</dc:creator>" for author in record.authors)
        + f"<prism:doi>{escape(record.doi or '')}</prism:doi></item>\n"
        for record, address in zip(records, addresses, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">\n'
        f"<channel rdf:about={quoteattr(publication.home)}><title>{escape(publication.title)}</title>"
        f"<link>{publication.home}</link><description>Newest articles</description>"
        f"<prism:issn>{publication.issn}</prism:issn><items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        f"{items}</rdf:RDF>\n"
    ).encode()


def rss_2(records: Sequence[Record], built: datetime, publication: Publication = Publication()) -> bytes:
    """RSS 2.0 as a publisher sends it: the guid is the DOI's address, pubDate the day of entry."""
    return write_rss_2([publisher_item(record, publication) for record in records], built, publication)


def atom(records: Sequence[Record], updated: datetime, publication: Publication = Publication()) -> bytes:
    """Atom, with plain-text titles and an id that carries a query string, as Cambridge's feeds do."""
    entries = "".join(
        f"<entry><id>{escape(_page(record, publication))}?rss=1&amp;v=2</id><title>{escape(record.title)}</title>"
        f"<updated>{_iso(record)}T00:00:00Z</updated>"
        f'<link rel="alternate" href={quoteattr(_page(record, publication))}/>'
        + "".join(f"<author><name>{escape(full_name(author))}</name></author>" for author in record.authors)
        + f'<summary type="text">{escape(_cut(record.abstract_text))}</summary>'
        f"<prism:doi>{escape(record.doi or '')}</prism:doi></entry>\n"
        for record in records
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">'
        f'<id>{publication.home}/feed</id><title>{escape(publication.title)}</title><link href="{publication.home}"/>'
        f"<updated>{updated:%Y-%m-%dT%H:%M:%SZ}</updated>\n{entries}</feed>\n"
    ).encode()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an RSS 2.0 feed; the strings are text, not markup, and None leaves the element out."""

    title: str
    link: str
    guid: str | None
    description: str
    date: str | None
    creators: tuple[str, ...] = ()
    doi: str | None = None


def publisher_item(record: Record, publication: Publication = Publication()) -> Item:
    """A record as a sound publisher's feed lists it."""
    midnight = datetime.combine(record.entered or date(1970, 1, 1), time(0, 9), tzinfo=UTC)
    return Item(
        title=record.title,
        link=_page(record, publication),
        guid=f"https://doi.org/{record.doi}" if record.doi else _page(record, publication),
        description=_cut(record.abstract_text),
        date=format_datetime(midnight),
        creators=tuple(map(full_name, record.authors)),
        doi=record.doi,
    )


def write_rss_2(items: Iterable[Item], built: datetime, publication: Publication = Publication()) -> bytes:
    """Write an RSS 2.0 channel of these items, in the order given."""
    body = "".join(
        f"<item><title>{escape(item.title)}</title><link>{escape(item.link)}</link>"
        f"<description>{escape(item.description)}</description>"
        + (f'<guid isPermaLink="false">{escape(item.guid)}</guid>' if item.guid else "")
        + (f"<pubDate>{item.date}</pubDate>" if item.date else "")
        + "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in item.creators)
        + (f"<prism:doi>{escape(item.doi)}</prism:doi>" if item.doi else "")
        + "</item>\n"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" version="2.0"><channel>'
        f"<title>{escape(publication.title)}</title><link>{publication.home}</link>"
        f"<description>Newest articles</description><lastBuildDate>{format_datetime(built)}</lastBuildDate>\n"
        f"{body}</channel></rss>\n"
    ).encode()


def full_name(author: Author) -> str:
    """``A B Example``, or a group's name."""
    return author.collective_name or " ".join(filter(None, (author.fore_name, author.last_name)))


def _page(record: Record, publication: Publication) -> str:
    return f"{publication.home}/article/{record.doi or record.pmid}"


def _iso(record: Record) -> str:
    return (record.electronic or record.entered or date(1970, 1, 1)).isoformat()


def _cut(text: str) -> str:
    return f"{text[:_SUMMARY].rsplit(' ', 1)[0]}..." if len(text) > _SUMMARY else text


def _six_eastern(day: date) -> str:
    """The day at six in the morning, US Eastern, as PubMed dates its items whatever the hour of entry."""
    second_sunday_of_march = date(day.year, 3, 14) - timedelta(days=(date(day.year, 3, 14).weekday() + 1) % 7)
    first_sunday_of_november = date(day.year, 11, 7) - timedelta(days=(date(day.year, 11, 7).weekday() + 1) % 7)
    hours = -4 if second_sunday_of_march <= day < first_sunday_of_november else -5
    return format_datetime(datetime.combine(day, time(6), tzinfo=timezone(timedelta(hours=hours))))
