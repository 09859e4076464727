"""Proof of the contract under fault: every fault is injected into whole nights, and one checker asserts the rest."""
