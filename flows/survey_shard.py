"""The flow of src/litwatch_flows/survey_shard.py, for deployments that name this file."""

from litwatch_flows.survey_shard import survey_shard

__all__ = ["survey_shard"]
