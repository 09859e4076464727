"""litwatch watches PubMed for a medical site's articles and says which ones its board must read again, and why.

To read the code, begin with ``model`` (what things are) and ``decisions`` (what follows from them), both without
input or output. Then see ``night.whole_night`` and ``night.survey``: the order of a night. CONTRIBUTING.md says what
each package holds and what it may import.
"""

__version__ = "0.1.0"
