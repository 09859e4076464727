"""The flows under a real Prefect."""
