"""Whose form of message a webhook takes: the words that settings offer and the webhook's door obeys."""

from __future__ import annotations

from enum import StrEnum


class WebhookForm(StrEnum):
    """The chat program behind the webhook."""

    SLACK = "slack"
    """An incoming webhook of Slack: text and blocks."""
    TEAMS = "teams"
    """A workflow of Microsoft Teams that posts what a webhook receives: an Adaptive Card."""
