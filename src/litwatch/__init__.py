"""litwatch watches PubMed for a medical site's articles and says which ones its board must read again, and why.

Read in this order: ``citations``, ``records``, ``articles`` and ``topics`` (what we know), ``diff``, ``triage``
and ``verdict`` (what we decide), the doors to the world (``entrez``, ``feeds``, ``store``, ``render``, ``mail``),
and ``pipeline``, the only module that knows the order of a night.
"""

__version__ = "0.1.0"
