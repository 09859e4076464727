"""NLM's bulk files: the baseline of PubMed and its daily updates, ``pubmed26n0001.xml.gz`` and on.

A source is a folder or a web address that lists one. ``file_numbers`` holds the numbering, ``locations`` and
``website`` bring a file onto this machine, ``batches`` checks it against its MD5 sum and reads it in batches. Rules:
NLM, "Download PubMed Data" (baseline first, then updates in number order; a later record replaces an earlier one;
DeleteCitation removes; numbers start again with each December's baseline). A file whose checksum does not match is not
used, and a missing number is never passed over.
"""

from litwatch.sources.bulk_files.batches import BATCH, Batch, open_checked, read_batches
from litwatch.sources.bulk_files.file_numbers import BulkName, Waiting, choose, holes, parse_name
from litwatch.sources.bulk_files.locations import Source, open_source

__all__ = [
    "BATCH",
    "Batch",
    "BulkName",
    "Source",
    "Waiting",
    "choose",
    "holes",
    "open_checked",
    "open_source",
    "parse_name",
    "read_batches",
]
