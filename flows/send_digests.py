"""The flow of src/litwatch_flows/send_digests.py, for deployments that name this file."""

from litwatch_flows.send_digests import send_digests

__all__ = ["send_digests"]
