"""A PubMed for one machine: NCBI's E-utilities over a corpus of one's own, with a settable clock and chosen faults.

For the demonstration, for litwatch's tests, and for anybody who builds on E-utilities; see docs/standin.md. It never
speaks to the real PubMed, and no source of litwatch imports it.
"""

from litwatch.standin.command import serve
from litwatch.standin.corpus import Corpus, View
from litwatch.standin.corpus_files import read_corpus
from litwatch.standin.faults import FAULTS
from litwatch.standin.life import Revision
from litwatch.standin.server import StandIn

__all__ = ["FAULTS", "Corpus", "Revision", "StandIn", "View", "read_corpus", "serve"]
