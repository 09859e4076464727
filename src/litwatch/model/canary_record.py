"""The record that every night must find, unless the settings name another (``decisions/known_item.py``)."""

from __future__ import annotations

from litwatch.model.identifiers import Pmid

CANARY = Pmid(17469039)
"""Kashyap & DeFronzo, a review of 2007 in MEDLINE (Diab Vasc Dis Res): PubMed has long had it, and the stand-in's
demonstration has it, too."""
CANARY_TITLE = "The insulin resistance syndrome: physiological considerations."
