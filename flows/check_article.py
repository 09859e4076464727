"""The flow of src/litwatch_flows/check_article.py, for deployments that name this file."""

from litwatch_flows.check_article import check_article

__all__ = ["check_article"]
