"""Feed the parser of PubMed's XML hostile bytes: `make fuzz`, or `make fuzz SECONDS=3600`.

Atheris (libFuzzer) changes the golden pairs' files and looks for new paths through `sources.pubmed_xml`. What must
hold for any bytes: reading ends in records or in an error of ours, within five seconds and a gigabyte; gzipped or not;
and a record that was read by pattern is the record that a tree gives. What breaks it is saved beside the working
directory as `crash-…`, to become a golden pair.
"""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["litwatch.sources.pubmed_xml"]):
    from litwatch.model.errors import LitwatchError, RecordUnreadable
    from litwatch.sources.pubmed_xml import iterate_article_set, parse_article_set, unpack
    from litwatch.sources.pubmed_xml.citation import read_record
    from litwatch.sources.pubmed_xml.record_cutter import Slice, chunks_in, cut_records

GOLDEN = Path(__file__).parent.parent / "data" / "pubmed_xml"
WORDS = (
    *(
        "<PubmedArticle>",
        "</PubmedArticle>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?x ?>",
        "&#x26;",
        "&amp;",
        "&#0;",
        "<i>",
    ),
    *("</i>", "<sup>", "</sup>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "<PMID>", "</PMID>", "<ReferenceList>"),
    *(
        "</ReferenceList>",
        '<ArticleId IdType=\\"pubmed\\">',
        "<mml:math>",
        "</mml:math>",
        "\\xff",
        "\\xed\\xa0\\x80",
        "\\x1f\\x8b",
    ),
)


def read_hostile(data: bytes) -> None:
    """Read the bytes in every way that litwatch has."""
    with suppress(LitwatchError):
        parse_article_set(data)
    for packed in (data, gzip.compress(data)[: len(data) % 97 - 97 or None]):
        with suppress(LitwatchError):
            list(iterate_article_set(unpack(io.BytesIO(packed))))
    with suppress(LitwatchError):
        for piece in cut_records(chunks_in(data)):
            if isinstance(piece, Slice):
                compare(piece)


def compare(piece: Slice) -> None:
    """Read a record in both ways. Where a tree refuses it, the fault must stand where nothing is read."""
    with suppress(RecordUnreadable):
        by_tree, either = read_record(replace(piece, plain=False)), read_record(piece)
        assert either == by_tree, f"{either} is not {by_tree}"


def main() -> None:
    """Run until the time is up or something breaks."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder, "words")
        words.write_text("".join(f'"{word}"\n' for word in WORDS), encoding="ascii")
        (found := Path(folder, "found")).mkdir()
        limits = ["-max_len=20000", "-timeout=5", "-rss_limit_mb=1024", f"-dict={words}"]
        atheris.Setup([*sys.argv, *limits, str(found), str(GOLDEN)], read_hostile)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
