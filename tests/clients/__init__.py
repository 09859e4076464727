"""Real E-utilities clients, unpatched, against the stand-in: ``make clients``. No part of ``make test``."""
