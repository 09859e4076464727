"""What a channel of Slack or Teams is told of urgent matters, and how each of the two wants it.

A post is kept in litwatch's own form and given the channel's when it leaves. What comes from outside, titles and
sentences, stands only where neither program looks for markup, links or mentions.

- Slack, <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>: a ``plain_text`` object has no
  markup, at most 3000 characters; ``verbatim`` keeps Slack from making links and mentions of plain text.
  <https://docs.slack.dev/messaging/formatting-message-text>: ``&``, ``<`` and ``>`` are escaped in every text;
  ``<!channel>`` and the like act only with unescaped brackets.
- Teams, <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>: the
  connectors with their message cards are retired, and workflows take Adaptive Cards only.
  <https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run>: a ``TextRun`` knows no Markdown.
  <https://learn.microsoft.com/connectors/teams/>: a message has at most about 28 KB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from litwatch.model.text.phrases import count
from litwatch.model.text.safe_text import clip, visible, web_link
from litwatch.model.webhook_form import WebhookForm
from litwatch.report.contents import Report, ReportedSignal
from litwatch.report.view import NoticeItem, arrange

WEBHOOK = "webhook"
"""What stands for the channel where a mail has its recipient, and before the day in the scope of a message."""
NAMED = 10
"""So many articles are named in one post; the rest is counted."""
LARGEST = 20_000
"""Bytes of a post. Teams takes about 28 KB and counts what its card becomes."""
_TITLE, _PAPER, _HEADER = 120, 160, 150
_SENTENCES = (240, 100, 0)
"""Characters of the article's sentence: the first that fit are used."""


@dataclass(frozen=True, slots=True)
class UrgentMatter:
    """One article that cites a retracted paper."""

    slug: str
    article: str
    happened: str
    """``Retracted``."""
    paper: str
    """The paper's title."""
    more: int = 0
    """How many further papers of the article are urgent."""
    sentence: str = ""
    """A sentence that rests on the paper, with its number; empty where none is known."""
    report: str = ""
    """Addresses of the report and of the article's page at the desk; empty where there are none."""
    desk: str = ""


@dataclass(frozen=True, slots=True)
class UrgentPost:
    """Everything that one night tells the channel."""

    matters: tuple[UrgentMatter, ...]
    unnamed: int = 0
    """How many articles there are besides."""
    demonstration: bool = False
    trial: bool = False
    """Whether it only tries the webhook."""

    @property
    def title(self) -> str:
        """The post in one line of litwatch's own words."""
        number = len(self.matters) + self.unnamed
        told = f"Urgent: a retracted paper is cited in {count(number, 'article')}"
        if self.trial:
            told = "This is a trial of litwatch's webhook. Nothing has happened"
        return f"{'[Demonstration] ' if self.demonstration else ''}{told}"

    @property
    def rest(self) -> str:
        """What the post does not name."""
        return f"And {count(self.unnamed, 'more article')}: see the reports." if self.unnamed else ""


def make_post(
    told: Sequence[tuple[Report, Sequence[ReportedSignal]]], links: Mapping[str, str], desk_url: str | None
) -> UrgentPost:
    """The post about the urgent signals of some reports, the articles in their order.

    ``links`` are the addresses of reports by slug; ``desk_url`` ends with a slash.
    """
    return UrgentPost(
        tuple(_matter(report, urgent, links, desk_url) for report, urgent in told[:NAMED]),
        max(len(told) - NAMED, 0),
        any(report.demonstration for report, _ in told),
    )


def _matter(
    report: Report, urgent: Sequence[ReportedSignal], links: Mapping[str, str], desk_url: str | None
) -> UrgentMatter:
    slug, view = report.topic.slug, arrange(report)
    items = [item for item in view.notices if item.reported in urgent]
    first = urgent[0]
    item: NoticeItem | None = next((each for each in items if each.quotes), items[0] if items else None)
    first = item.reported if item is not None else first
    quote = item.quotes[0] if item is not None and item.quotes else None
    return UrgentMatter(
        slug,
        report.topic.called(report.article.question),
        item.label if item is not None else "Retracted",
        first.record.title,
        len({each.signal.change.pmid for each in urgent}) - 1,
        f"Sentence {quote.number} depends on it: {quote.text}" if quote else "",
        links.get(slug, ""),
        f"{desk_url}article/{slug}" if desk_url else "",
    )


def dump_post(post: UrgentPost) -> bytes:
    """The post as it is kept."""
    return orjson.dumps(post)


def load_post(data: bytes) -> UrgentPost:
    """The post back. Raises ValueError where the bytes are none."""
    try:
        found = orjson.loads(data)
        return UrgentPost(**{**found, "matters": tuple(UrgentMatter(**each) for each in found["matters"])})
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a post to a webhook: {error}") from None


def write_post(post: UrgentPost, form: WebhookForm) -> bytes:
    """The post as the channel takes it: JSON of at most ``LARGEST`` bytes."""
    write: Callable[[UrgentPost, int], dict[str, Any]] = _for_slack if form is WebhookForm.SLACK else _for_teams
    body = b""
    for length in _SENTENCES:
        body = orjson.dumps(write(post, length))
        if len(body) <= LARGEST:
            break
    return body


def _lines(matter: UrgentMatter, sentence: int) -> list[str]:
    """An article in plain text: what happened to which paper, and which sentence depends on it."""
    more = f" And {count(matter.more, 'more retracted paper')}." if matter.more else ""
    lines = [f"{matter.happened}: {clip(visible(matter.paper), _PAPER)}{more}"]
    if matter.sentence and sentence:
        lines.append(clip(visible(matter.sentence), sentence))
    return lines


def _doors(matter: UrgentMatter) -> list[tuple[str, str]]:
    """Where to read on: what it is, and its address."""
    found = (
        ("Read the report", web_link(matter.report or None)),
        ("Open it at the desk", web_link(matter.desk or None)),
    )
    return [(said, address) for said, address in found if address]


def _for_slack(post: UrgentPost, sentence: int) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _slack_text(clip(post.title, _HEADER))}]
    for matter in post.matters:
        lines = [clip(visible(matter.article), _TITLE), *_lines(matter, sentence)]
        blocks.append({"type": "section", "text": _slack_text("\n".join(lines))})
        if doors := _doors(matter):
            links = " · ".join(f"<{_escape(address).replace('|', '%7C')}|{said}>" for said, address in doors)
            blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": links, "verbatim": True}]})
    if post.rest:
        blocks.append({"type": "section", "text": _slack_text(post.rest)})
    return {"text": _escape(post.title), "unfurl_links": False, "unfurl_media": False, "blocks": blocks}


def _slack_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": _escape(text), "emoji": False}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _for_teams(post: UrgentPost, sentence: int) -> dict[str, Any]:
    body: list[dict[str, Any]] = [_run(clip(post.title, _HEADER), weight="Bolder", size="Medium")]
    for matter in post.matters:
        body.append(_run(clip(visible(matter.article), _TITLE), weight="Bolder") | {"separator": True})
        body += [_run(line) for line in _lines(matter, sentence)]
        if doors := _doors(matter):
            opens = [{"type": "Action.OpenUrl", "title": said, "url": address} for said, address in doors]
            body.append({"type": "ActionSet", "actions": opens})
    if post.rest:
        body.append(_run(post.rest))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _run(text: str, **looks: str) -> dict[str, Any]:
    """A paragraph of one run, in which nothing is markup; ``{{DATE(…)}}`` would be worked out even there."""
    run = {"type": "TextRun", "text": text.replace("{{", "{ {"), **looks}
    return {"type": "RichTextBlock", "inlines": [run]}
