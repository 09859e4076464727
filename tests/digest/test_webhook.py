"""What is posted to Slack and Teams, byte for byte, and what becomes of it at the door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from litwatch.digest.webhook import post
from litwatch.digest.webhook_message import (
    LARGEST,
    NAMED,
    UrgentMatter,
    UrgentPost,
    dump_post,
    load_post,
    make_post,
    write_post,
)
from litwatch.model.errors import DeliveryError
from litwatch.model.webhook_form import WebhookForm
from tests.chat_channel import SECRET, Channel, open_channel
from tests.factories import FIRST_PMID, make_report, make_retraction, make_topic

MATTER = UrgentMatter(
    "sleep",
    "What causes insulin resistance?",
    "Retracted",
    "A trial of <b>sleep</b> & insulin",
    sentence="Sentence 8 depends on it: Short sleep lowers insulin sensitivity.",
    report="https://example.org/reports/sleep/2026-11-22.html",
    desk="https://desk.example.org/article/sleep",
)
POST = UrgentPost((MATTER,), unnamed=2)


def posted(made: UrgentPost, form: WebhookForm) -> Any:
    return json.loads(write_post(made, form))


def test_slack_gets_this_and_nothing_else() -> None:
    title = "Urgent: a retracted paper is cited in 3 articles"

    def plain(text: str) -> dict[str, Any]:
        return {"type": "plain_text", "text": text, "emoji": False}

    links = (
        "<https://example.org/reports/sleep/2026-11-22.html|Read the report> · "
        "<https://desk.example.org/article/sleep|Open it at the desk>"
    )
    assert posted(POST, WebhookForm.SLACK) == {
        "text": title,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "header", "text": plain(title)},
            {
                "type": "section",
                "text": plain(
                    "What causes insulin resistance?\n"
                    "Retracted: A trial of &lt;b&gt;sleep&lt;/b&gt; &amp; insulin\n"
                    "Sentence 8 depends on it: Short sleep lowers insulin sensitivity."
                ),
            },
            {"type": "context", "elements": [{"type": "mrkdwn", "text": links, "verbatim": True}]},
            {"type": "section", "text": plain("And 2 more articles: see the reports.")},
        ],
    }


def test_teams_gets_an_adaptive_card_of_runs_that_know_no_markdown() -> None:
    def run(text: str, **looks: str) -> dict[str, Any]:
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}

    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            run("Urgent: a retracted paper is cited in 3 articles", weight="Bolder", size="Medium"),
            {**run("What causes insulin resistance?", weight="Bolder"), "separator": True},
            run("Retracted: A trial of <b>sleep</b> & insulin"),
            run("Sentence 8 depends on it: Short sleep lowers insulin sensitivity."),
            {
                "type": "ActionSet",
                "actions": [
                    {"type": "Action.OpenUrl", "title": "Read the report", "url": MATTER.report},
                    {"type": "Action.OpenUrl", "title": "Open it at the desk", "url": MATTER.desk},
                ],
            },
            run("And 2 more articles: see the reports."),
        ],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    assert posted(POST, WebhookForm.TEAMS) == {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": card}],
    }


HOSTILE = (
    "<!channel> <!here|x> <@U012AB3CD> <https://evil.example|click> @here @channel @everyone #general",
    "[click](https://evil.example) **bold** <at>Everyone</at> {{DATE(2026-01-01T00:00:00Z)}} ${x} @{body()}",
    "&lt;!channel&gt; \u202egnp.exe \x00\x1b[31m\r\n* * *\u2028https://evil.example",
    '=HYPERLINK("https://evil.example")',
)


def texts_of(value: Any, keys: tuple[str, ...] = ("text",)) -> list[str]:
    """Every text of a document, with the block that it stands in left out."""
    if isinstance(value, dict):
        own = [each for key, each in value.items() if key in keys and isinstance(each, str)]
        return own + [text for each in value.values() for text in texts_of(each, keys)]
    return [text for each in value for text in texts_of(each, keys)] if isinstance(value, list) else []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_mention_nobody_link_nowhere_and_are_shown_as_they_are(text: str) -> None:
    made = UrgentPost((replace(MATTER, article=text, paper=text, sentence=text),))
    slack = posted(made, WebhookForm.SLACK)
    marked = [each["elements"][0]["text"] for each in slack["blocks"] if each["type"] == "context"]
    assert "evil" not in "".join(marked), "what Slack reads markup in is litwatch's own"
    assert slack["text"] == "Urgent: a retracted paper is cited in 1 article"
    for block in slack["blocks"]:
        if block["type"] != "context":
            assert block["text"]["type"] == "plain_text"
            assert "<" not in block["text"]["text"]
            assert ">" not in block["text"]["text"]
    card = posted(made, WebhookForm.TEAMS)["attachments"][0]["content"]
    assert {each["type"] for each in card["body"]} == {"RichTextBlock", "ActionSet"}
    assert {run["type"] for each in card["body"] for run in each.get("inlines", ())} == {"TextRun"}
    assert not [each for each in texts_of(card) if "{{" in each]
    for form in WebhookForm:
        whole = "".join(texts_of(posted(made, form)))
        assert not [sign for sign in "\x00\x1b\u202e\u2028" if sign in whole]


@pytest.mark.parametrize("form", WebhookForm)
def test_a_post_stays_below_the_limit_of_both_whatever_the_titles_are(form: WebhookForm) -> None:
    long = replace(MATTER, article="𝔸" * 900, paper='"\\' * 900, sentence="&<𝔸 " * 900)
    body = write_post(UrgentPost((long,) * NAMED, unnamed=9_999), form)
    assert len(body) <= LARGEST
    assert all(len(each) <= 3000 for each in texts_of(json.loads(body)))


def test_a_link_that_is_none_is_left_out() -> None:
    bad = replace(MATTER, report="javascript:alert(1)", desk="")
    for form in WebhookForm:
        assert "javascript" not in write_post(UrgentPost((bad,)), form).decode()


def test_a_post_names_ten_articles_with_paper_sentence_and_links_and_counts_the_rest() -> None:
    told = []
    for number in range(12):
        report = make_report(topic=make_topic(f"a{number:02}", title=f"Title {number}"))
        urgent = (make_retraction(), make_retraction(FIRST_PMID + 200, FIRST_PMID + 901))
        told.append((replace(report, signals=urgent), urgent))
    made = make_post(told, {"a00": "https://example.org/a00.html"}, "https://desk.example.org/")
    assert (len(made.matters), made.unnamed) == (10, 2)
    first = made.matters[0]
    assert (first.article, first.happened, first.more) == ("Title 0", "Retracted", 1)
    assert first.paper == "A retracted invented trial."
    assert first.sentence.startswith("Sentence ")
    assert (first.report, first.desk) == ("https://example.org/a00.html", "https://desk.example.org/article/a00")
    assert load_post(dump_post(made)) == made


@pytest.mark.parametrize("wrong", [b"", b"{}", b"[1]", b'{"matters": [{"x": 1}]}'])
def test_what_is_no_post_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        load_post(wrong)


@pytest.fixture
def channel() -> Iterator[Channel]:
    with open_channel() as opened:
        yield opened


# --- the door -----------------------------------------------------------------------------------------------------


def test_a_post_is_json_by_post_with_litwatchs_name(channel: Channel) -> None:
    assert post(channel.url, b'{"a": "\xc3\xa4"}') is None
    ((path, headers, body),) = channel.heard
    assert (path, body) == (channel.path, b'{"a": "\xc3\xa4"}')
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["User-Agent"].startswith("litwatch/")


@pytest.mark.parametrize(("status", "permanent"), [
    (400, True), (403, True), (404, True), (410, True), (413, True), (301, True), (307, True),
    (408, False), (429, False), (500, False), (503, False),
])  # fmt: skip
def test_a_refusal_says_whether_it_is_for_good_and_never_the_address(
    status: int, permanent: bool, channel: Channel
) -> None:
    channel.answers = [(status, f"no_service {channel.url} {SECRET}")]
    with pytest.raises(DeliveryError) as refused:
        post(channel.url, b"{}")
    assert refused.value.permanent is permanent
    assert str(status) in str(refused.value)
    assert SECRET not in str(refused.value)
    assert len(channel.heard) == 1, "no redirect is followed"


def test_a_webhook_that_is_not_there_has_surely_not_been_told() -> None:
    with pytest.raises(DeliveryError, match="failed before the message was handed over") as refused:
        post(f"http://127.0.0.1:9/{SECRET}", b"{}")
    assert not refused.value.permanent
    assert SECRET not in str(refused.value)


def test_a_webhook_that_falls_silent_leaves_the_fate_unknown(channel: Channel) -> None:
    channel.answers = ["hang", "cut"]
    said = post(channel.url, b"{}", patience=0.2)
    assert said is not None
    assert "took the whole message and then gave no answer" in said
    again = post(channel.url, b"{}", patience=5.0)
    assert again is not None
    assert SECRET not in said + again


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_got_no_answer_leaves_the_fate_unknown(status: int, channel: Channel) -> None:
    channel.answers = [(status, f"no answer from {SECRET}")]
    said = post(channel.url, b"{}")
    assert said is not None
    assert str(status) in said
    assert SECRET not in said


def test_an_endless_answer_is_not_read_to_its_end(channel: Channel) -> None:
    channel.answers = ["endless"]
    with pytest.raises(DeliveryError, match="500") as refused:
        post(channel.url, b"{}", patience=5.0)
    assert len(str(refused.value)) < 500
