"""Urgent matters on their way from the store to a channel: once each, over nights, faults and crashes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from litwatch.config.settings import Settings, read_settings, secrets_in
from litwatch.decisions.verdict import Status
from litwatch.model.change import Change, ChangeKind
from litwatch.model.errors import SettingsError
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.message import MessageState
from litwatch.night.doors import Doors
from litwatch.night.health import Ailing, check_webhook
from litwatch.night.mail_delivery import Delivery, deliver
from litwatch.night.queued_webhook import queue_webhook
from litwatch.report.contents import Report
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.chat_channel import SECRET, Channel, open_channel
from tests.command_line import Run
from tests.factories import FIRST_PMID, make_report, make_retraction, make_topic
from tests.nights import open_house
from tests.store.store_scenes import (
    RETRACTION,
    another_process,
    episodes_of,
    heard,
    made_store,
    make_message,
    make_night,
    moment,
    save_night,
)

SECOND = Change(ChangeKind.CITED_RETRACTED, Pmid(FIRST_PMID + 100), f"pmid:{FIRST_PMID + 950}", Pmid(FIRST_PMID + 950))


@dataclass
class Site:
    """A store whose articles have retractions, and a channel."""

    folder: Path
    channel: Channel
    given: dict[str, Any] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    day: int = 1

    def __post_init__(self) -> None:
        self.store = made_store(self.folder / "store")
        self.given = {"webhook_url": self.channel.url, "webhook_form": "slack", "mail_folder": self.folder / "mail"}

    @property
    def doors(self) -> Doors:
        settings = Settings(queries=self.folder, **self.given)
        return Doors(settings, self.store, None, lambda _: (), lambda: moment(self.day))  # type: ignore[arg-type]

    def retract(self, *slugs: str, change: Change = RETRACTION) -> None:
        """A night on which these articles' paper is found to be retracted."""
        for slug in slugs:
            save_night(self.store, make_night(self.day, topic=slug, changes=(change,)))

    def reports(self, slugs: Collection[str]) -> dict[str, Report]:
        self.read += slugs
        made = {}
        for slug in slugs:
            urgent = [
                replace(make_retraction(notice_pmid=each.notice_pmid or 0), episodes=own)
                for each in (RETRACTION, SECOND)
                if (own := episodes_of(self.store, slug, each))
            ]
            topic = make_topic(slug, title=f"About {slug}")
            made[slug] = replace(make_report(Status.REVIEW_NOW, *urgent, topic=topic), signals=tuple(urgent))
        return made

    def queue(self, day: int) -> tuple[str, ...]:
        self.day = day
        topics = [make_topic(slug) for slug in self.store.watched_articles()]
        self.read.clear()
        return queue_webhook(self.doors, topics, moment(day), read=self.reports)

    def night(self, day: int) -> Delivery:
        queued = self.queue(day)
        return deliver(self.doors, queued=len(queued))

    @property
    def told(self) -> list[list[str]]:
        """The articles that each post that was heard names."""
        return [
            [
                block["text"]["text"].partition("\n")[0]
                for block in json.loads(body)["blocks"]
                if block["type"] == "section"
            ]
            for _, _, body in self.channel.heard
        ]

    @property
    def fates(self) -> list[str]:
        return [entry.state.value for entry in self.store.outbox()]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_channel() as channel:
        made = Site(tmp_path, channel)
        with made.store.saving():
            yield made


def test_a_retraction_is_posted_once_and_a_quiet_night_reads_no_report(site: Site) -> None:
    site.retract("gout", "sleep")
    delivery = site.night(1)
    assert (delivery.ok, delivery.posted, delivery.sent) == (True, 1, ())
    assert delivery.sentence == "1 posted to the webhook"
    assert site.told == [["About gout", "About sleep"]]
    for day in (1, 2, 3):
        assert site.night(day).posted == 0
        assert site.read == []
    site.day = 4
    site.retract("asthma")
    site.night(4)
    assert site.told[1:] == [["About asthma"]]
    assert site.read == ["asthma"]


def test_a_second_retraction_of_the_same_article_is_told_by_itself(site: Site) -> None:
    site.retract("gout")
    site.night(1)
    site.day = 2
    save_night(site.store, make_night(2, topic="gout", changes=(RETRACTION, SECOND)))
    site.night(2)
    assert site.told == [["About gout"], ["About gout"]]
    ((_, _, first), (_, _, second)) = site.channel.heard
    assert "more retracted" not in second.decode()
    assert first != b""


def test_what_was_closed_before_the_post_could_be_made_is_not_told(site: Site) -> None:
    site.retract("gout")
    shown = episodes_of(site.store, "gout", RETRACTION)
    site.store.record_judgement(
        Judgement("gout", Decision.NOT_RELEVANT, "Dr A", moment(1, 9), "why", RETRACTION, episodes=shown)
    )
    assert site.queue(2) == ()


def test_a_post_that_meets_a_fault_waits_for_the_next_night_and_the_operator_is_told(site: Site) -> None:
    site.retract("gout")
    site.channel.answers = [(500, f"oops {SECRET}"), (200, "ok")]
    delivery = site.night(1)
    assert (delivery.waiting, delivery.posted) == (1, 0)
    assert delivery.failure is not None
    assert "webhook: The webhook at 127.0.0.1 refused the message: 500" in delivery.failure
    assert SECRET not in delivery.failure
    site.day = 2
    site.retract("sleep")
    assert site.night(2).posted == 2
    assert site.told == [["About gout"], ["About gout"], ["About sleep"]]
    assert site.fates == ["sent", "sent"]


def test_a_post_that_is_refused_for_good_is_not_tried_every_night_and_is_told_with_the_next(site: Site) -> None:
    site.retract("gout")
    site.channel.answers = [(410, "channel_is_archived")]
    first = site.night(1)
    assert "410 channel_is_archived. It is not tried again" in (first.failure or "")
    assert [site.night(day).posted for day in (2, 3)] == [0, 0]
    assert len(site.channel.heard) == 1
    site.day = 4
    site.retract("sleep")
    site.night(4)
    assert site.told[-1] == ["About gout", "About sleep"]


def test_a_person_has_a_refused_post_sent_again(site: Site) -> None:
    site.retract("gout")
    site.channel.answers = [(404, "no_service")]
    site.night(1)
    (entry,) = site.store.outbox([MessageState.FAILED])
    site.store.requeue(entry.message.message_id, by="Operator")
    assert site.night(2).posted == 1
    assert site.told == [["About gout"], ["About gout"]]


def test_a_webhook_that_falls_silent_is_asked_no_second_time_by_itself(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("litwatch.night.mail_delivery.post", lambda *_: "the webhook gave no answer")
    site.retract("gout")
    delivery = site.night(1)
    assert delivery.unknown == ("webhook",)
    assert "It is unknown whether a message reached the webhook; look at its channel" in (delivery.failure or "")
    monkeypatch.undo()
    assert site.night(2).posted == 0
    assert site.fates == ["unknown"]


def test_the_form_is_that_of_the_moment_and_a_webhook_that_was_taken_out_calls_the_post_off(site: Site) -> None:
    site.retract("gout")
    site.queue(1)
    site.given["webhook_form"] = "teams"
    assert deliver(site.doors).posted == 1
    assert json.loads(site.channel.heard[0][2])["type"] == "message"
    site.day = 2
    site.retract("sleep")
    site.queue(2)
    site.given |= {"webhook_url": None, "webhook_form": None}
    assert deliver(site.doors).ok
    assert site.fates == ["sent", "cancelled"]
    assert site.queue(3) == ()


def test_a_process_that_dies_between_post_and_note_leaves_a_post_that_is_never_repeated(tmp_path: Path) -> None:
    """At most once, as with mail: what was claimed by a dead process is of unknown fate, and shown."""
    with open_channel() as channel:
        site = Site(tmp_path, channel)
        site.retract("gout")
        site.queue(1)
        with another_process("claim and die", site.store.path) as process:
            assert heard(process) == "1"
            process.wait(30)
        delivery = site.night(2)
        assert (delivery.posted, delivery.unknown, channel.heard) == (0, ("webhook",), [])
        assert site.fates == ["unknown"]


def test_a_mail_server_that_lets_nobody_in_does_not_keep_the_post_back(site: Site) -> None:
    for number in (1, 2):
        site.store.enqueue([make_message(number, scope=f"operator {number}")], at=moment(1))
    site.retract("gout")
    site.given |= {
        "smtp_host": "mail.example.org",
        "smtp_user": "me",
        "smtp_password": "secret",
        "smtp_security": "none",
    }
    delivery = site.night(1)
    assert (delivery.posted, delivery.waiting, len(delivery.errors)) == (1, 2, 1)
    assert "would cross the network unencrypted" in delivery.errors[0]


def test_a_post_that_cannot_be_read_is_told_and_does_not_keep_the_mails_back(site: Site) -> None:
    unreadable = make_message(1, recipient="webhook", scope="webhook 2026-11-01", body=b"{}")
    site.store.enqueue([unreadable, make_message(2, scope="operator")], at=moment(1))
    delivery = deliver(site.doors)
    assert site.fates == ["failed", "sent"]
    assert delivery.errors[0].startswith("webhook: It cannot be read (not a post to a webhook")


def test_mails_and_posts_are_counted_apart(site: Site) -> None:
    delivery = Delivery(2, ("a@example.org",), "var/mail", 0, (), (), posted=1)
    assert delivery.sentence == "1 sent as files in var/mail, 1 posted to the webhook"
    assert delivery.and_then(delivery).posted == 2


# --- settings and commands ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "said"), [
    ({"WEBHOOK_URL": "https://hooks.example.org/x"}, "LITWATCH_WEBHOOK_URL is set without LITWATCH_WEBHOOK_FORM: set"),
    ({"WEBHOOK_FORM": "slack"}, "LITWATCH_WEBHOOK_FORM is set without LITWATCH_WEBHOOK_URL: set"),
    ({"WEBHOOK_URL": "http://hooks.example.org/x", "WEBHOOK_FORM": "slack"}, "it should be an https address"),
    ({"WEBHOOK_URL": "https://hooks.example.org/ä", "WEBHOOK_FORM": "slack"}, "without blanks or letters beyond ASCII"),
    ({"WEBHOOK_URL": "https://hooks.example.org/x", "WEBHOOK_FORM": "irc"}, "it should be slack or teams"),
])  # fmt: skip
def test_a_webhook_is_set_whole_and_protected(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        read_settings({"LITWATCH_SETTINGS": "none", **{f"LITWATCH_{name}": value for name, value in given.items()}})
    assert "hooks.example.org/" not in str(refused.value)


def test_the_address_is_a_secret_that_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"https://hooks.slack.com/services/{SECRET}\n")
    given = {"LITWATCH_SETTINGS": "none", "LITWATCH_WEBHOOK_URL_FILE": str(tmp_path / "url")}
    settings = read_settings({**given, "LITWATCH_WEBHOOK_FORM": "slack"})
    assert SECRET not in repr(settings)
    assert SECRET in secrets_in(given)
    assert check_webhook(settings).startswith("retractions are posted to hooks.slack.com in the form of slack")


@pytest.mark.parametrize(("host", "form", "said"), [
    ("example.webhook.office.com", "teams", "a connector, which Microsoft has retired"),
    ("hooks.slack.com", "teams", "takes the form slack"),
    ("prod-1.westeurope.logic.azure.com", "slack", "takes the form teams"),
])  # fmt: skip
def test_the_doctor_sees_an_address_that_cannot_be_of_its_form(host: str, form: str, said: str) -> None:
    settings = Settings(webhook_url=f"https://{host}/{SECRET}", webhook_form=form)  # type: ignore[arg-type]
    with pytest.raises(Ailing, match=said) as ailing:
        check_webhook(settings)
    assert SECRET not in str(ailing.value)


def test_the_trial_posts_one_message_and_says_what_came_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITWATCH_SETTINGS", "none")
    status, _, err = run("webhook", "--test")
    assert (status, "no webhook is set: set LITWATCH_WEBHOOK_URL" in err) == (1, True)
    with open_channel() as channel:
        monkeypatch.setenv("LITWATCH_WEBHOOK_URL", channel.url)
        monkeypatch.setenv("LITWATCH_WEBHOOK_FORM", "slack")
        assert run("webhook", "--test") == (0, "posted: look at the channel\n", "")
        assert "This is a trial of litwatch's webhook. Nothing has happened" in channel.heard[0][2].decode()
        channel.answers = [(403, "invalid_token")]
        status, _, err = run("webhook", "--test")
        assert (status, "403 invalid_token" in err, SECRET in err) == (1, True, False)
        channel.answers = [(500, "no_service")]
        status, _, err = run("webhook", "--test")
        assert (status, "500 no_service. Run it again in some minutes. If that does not help, compare" in err) == (
            1,
            True,
        )
        assert run("webhook")[1].startswith("retractions are posted to 127.0.0.1 in the form of slack")
        assert len(channel.heard) == 3


def test_a_real_night_posts_what_its_mail_calls_retracted_and_keeps_both_receipts(tmp_path: Path) -> None:
    with open_house(tmp_path) as house, open_channel() as channel:
        settings = {"webhook_url": channel.url, "webhook_form": "teams"}
        summary = house.night(DEMONSTRATION_TODAY, settings=settings)
        assert summary.ok, summary.failure
        assert summary.delivery is not None
        assert (summary.delivery.posted, len(summary.delivery.sent)) == (1, 1)
        ((_, _, body),) = channel.heard
        card = json.loads(body)["attachments"][0]["content"]
        said = [run["text"] for each in card["body"] for run in each.get("inlines", ())]
        assert said[0] == "[Demonstration] Urgent: a retracted paper is cited in 1 article"
        assert any(each.startswith("Retracted: Demonstration data: one week of short sleep") for each in said)
        assert any(each.startswith("Sentence 1 depends on it: Short sleep lowers insulin") for each in said)
