"""Prefect's flows by the path that deployments of before name; they are in src/litwatch_flows/."""
