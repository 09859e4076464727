"""The flow of src/litwatch_flows/nightly.py, for deployments that name this file."""

from litwatch_flows.nightly import nightly

__all__ = ["nightly"]
