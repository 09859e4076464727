"""Prefect's flows: they schedule litwatch's nights and show the results."""
