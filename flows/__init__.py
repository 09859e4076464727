"""Prefect's flows: they schedule litwatch's pipeline and show its outcome; they decide nothing."""
