"""The desk over real HTTP: who may see and say what, what a scanner's GET does not do, and what becomes an event."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from lxml import html

from litwatch.decisions.change_life import Observed
from litwatch.desk.app import LARGEST_FORM
from litwatch.desk.handlers import Limits
from litwatch.digest.signed_links import LIFETIME, Purpose, answer_link
from litwatch.model.change import Change, ChangeKind
from litwatch.model.judgement import LONGEST_COMMENT, Decision, Judgement
from litwatch.model.text.spelled_dates import long_date
from litwatch.night.doors import open_inbox, open_store, publish_snapshot
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.desk.desk_scenes import DESK_SETTINGS, EDITOR, MEMBER, MORNING, Desk, forms_about, served
from tests.factories import FIRST_PMID, make_record
from tests.nights import TOPIC, House, open_house

ROOMY = Limits(requests=100_000, bad_links=100_000, answers=100_000)


@pytest.fixture(scope="module")
def open_desk(after_a_night: House) -> Iterator[Desk]:
    with served(after_a_night.settings(), limits=ROOMY) as opened:
        yield opened


@pytest.fixture
def desk(open_desk: Desk) -> Iterator[Desk]:
    """A desk whose answers stay in its inbox: the store and the files are every test's."""
    yield open_desk
    open_desk.client.cookies.clear()
    open_desk.now = MORNING
    shutil.rmtree(open_desk.settings.store.with_suffix(".inbox"), ignore_errors=True)


@pytest.fixture
def own_house(after_a_night: House, tmp_path: Path) -> House:
    return after_a_night.copy(tmp_path)


@pytest.fixture
def own_desk(own_house: House) -> Iterator[Desk]:
    """A desk with a house of its own, for tests that write its store or its files."""
    with served(own_house.settings(), limits=ROOMY) as opened:
        yield opened


def events(desk: Desk) -> tuple[Judgement, ...]:
    waiting, unreadable = open_inbox(desk.settings).read()
    assert unreadable == ()
    return waiting


def test_a_member_answers_from_the_link_without_a_password(desk: Desk) -> None:
    path = desk.link()
    form = forms_about(desk.page(path), "change")[-1]
    answer = desk.send(path, form, answer="keep", reason=" new  and\nbetter ")
    assert answer.status_code == 303
    (event,) = events(desk)
    assert (event.topic, event.decision, event.by, event.reason) == (
        "sleep",
        Decision.RELEVANT,
        MEMBER,
        "new and better",
    )
    assert event.at == MORNING
    told = desk.page(answer.headers["location"].partition("#")[0]).text_content()
    assert "1 answer is kept and waits for the next run" in told
    assert "“new and better”" in told


@pytest.mark.parametrize(
    ("chosen", "decision"),
    [("keep", Decision.RELEVANT), ("not-relevant", Decision.NOT_RELEVANT),
     ("already-covered", Decision.ALREADY_COVERED), ("later", Decision.LATER)],
)  # fmt: skip
def test_each_answer_to_a_change_is_its_event(desk: Desk, chosen: str, decision: Decision) -> None:
    path = desk.link()
    form = forms_about(desk.page(path), "change")[-1]
    assert desk.send(path, form, answer=chosen).status_code == 303
    assert [event.decision for event in events(desk)] == [decision]
    assert events(desk)[0].until == (MORNING.date() + timedelta(30) if chosen == "later" else None)


@pytest.mark.parametrize("said", ["", "contradicts", "clarifies", "reinforces"])
def test_who_keeps_a_new_record_may_say_what_it_does_to_the_article(desk: Desk, said: str) -> None:
    path = desk.link()
    form = forms_about(desk.page(path), "change")[-1]
    answer = desk.send(path, form, answer="keep", effect=said)
    assert [event.effect.value if event.effect else "" for event in events(desk)] == [said]
    page = desk.page(answer.headers["location"].partition("#")[0]).text_content()
    assert (f"Keep: {said} the article" in page) is bool(said)


@pytest.mark.parametrize("outcome", ["unchanged", "update", "withdraw"])
def test_each_outcome_of_a_review_is_its_event(desk: Desk, outcome: str) -> None:
    path = desk.link()
    (form,) = forms_about(desk.page(path), "article")
    assert desk.send(path, form, outcome=outcome, reason="read it all").status_code == 303
    assert [event.decision.value for event in events(desk)] == [f"reviewed_{outcome}"]


def test_a_decision_to_update_may_name_its_date_and_no_other_outcome_does(desk: Desk) -> None:
    path, due = desk.link(), (MORNING + timedelta(days=20)).date()
    (form,) = forms_about(desk.page(path), "article")
    assert desk.send(path, form, outcome="update", reason="leave it out", due=due.isoformat()).status_code == 303
    assert desk.send(path, form, outcome="unchanged", reason="or not", due=due.isoformat()).status_code == 303
    assert [event.due for event in events(desk)] == [due, None]
    assert f"due by {long_date(due)}" in desk.page(path).text_content()
    for wrong in ("soon", MORNING.date().isoformat(), "2029-01-01"):
        assert desk.send(path, form, outcome="update", reason="x", due=wrong).status_code == 422


def test_an_editor_names_who_is_responsible_and_a_member_cannot(own_house: House, own_desk: Desk) -> None:
    own_house.write_topic("sleep", topic=TOPIC.replace("[RECIPIENT]", "[board@example.org, lee@example.org]"))
    member, due = own_desk.link(), (MORNING + timedelta(days=20)).date()
    assert forms_about(own_desk.page(member), "responsible") == []
    own_desk.sign_in()
    (form,) = forms_about(own_desk.page("article/sleep"), "responsible")
    sealed = forms_about(own_desk.page(member), "article")[0]
    forged = own_desk.send(member, sealed, about="responsible", who="named", responsible="lee@example.org")
    assert forged.status_code == 422
    named = {"who": "named", "responsible": "lee@example.org", "due": due.isoformat()}
    assert own_desk.send("article/sleep", form, **named).status_code == 303
    for wrong in ({"responsible": ""}, {"responsible": "stranger@example.org"}, {"due": "2020-01-01"}):
        assert own_desk.send("article/sleep", form, **{**named, **wrong}).status_code == 422
    assert own_desk.send("article/sleep", form, who="nobody").status_code == 422, "nobody is responsible yet"
    (event,) = events(own_desk)
    assert (event.decision, event.responsible, event.due) == (Decision.RESPONSIBLE_NAMED, "lee@example.org", due)
    assert f"lee@example.org, due by {long_date(due)}" in own_desk.page("article/sleep").text_content()

    store = open_store(own_desk.settings)
    store.take_in([event])
    publish_snapshot(store, own_desk.settings)
    for path in (member, "article/sleep", "queue"):
        assert f"lee@example.org is to see to it by {long_date(due)}." in own_desk.page(path).text_content()
    (form,) = forms_about(own_desk.page("article/sleep"), "responsible")
    assert own_desk.send("article/sleep", form, who="nobody").status_code == 303
    (review,) = forms_about(own_desk.page(member), "article")
    by_lee = {"outcome": "update", "reason": "leave it out", "responsible": "lee@example.org"}
    assert own_desk.send(member, review, **by_lee).status_code == 303
    assert [each.responsible for each in events(own_desk)][-1] == "lee@example.org"


def test_a_second_reader_does_not_see_what_the_first_one_said_and_a_third_settles(
    own_house: House, own_desk: Desk
) -> None:
    two = TOPIC.replace("[RECIPIENT]", "[board@example.org, lee@example.org]") + "readers: 2\n"
    own_house.write_topic("sleep", topic=two)
    board, lee = own_desk.link(), own_desk.link(member="lee@example.org")

    def form(path: str) -> html.HtmlElement:
        return forms_about(own_desk.page(path), "change")[-1]

    assert "Two members must agree on each answer." in form(board).getparent().text_content()
    assert own_desk.send(board, form(board), answer="not-relevant", reason="zebra").status_code == 303
    remark = forms_about(own_desk.page(board), "comment")[-2]
    assert own_desk.send(board, remark, comment="A zebra, surely.").status_code == 303
    own_desk.sign_in()
    for path in (lee, "article/sleep"):
        told = own_desk.page(path).text_content()
        assert "board@example.org answered; you are asked as second reader." in told
        assert "hidden until you have answered" in told
        assert "zebra" not in own_desk.client.get(path).text
        assert "Not relevant:" not in told
    told = own_desk.page(board).text_content()
    assert "You answered; a second reader is asked" in told
    assert "zebra" in told

    assert own_desk.send(lee, form(lee), answer="keep").status_code == 303
    assert "zebra" in own_desk.page(lee).text_content(), "who has answered may see it"
    for path, may_settle in ((board, False), (lee, False), ("article/sleep", True)):
        assert "Members disagree, so it stays open." in own_desk.page(path).text_content()
        assert bool(form(path).xpath(".//input[@name='settles']")) is may_settle
    (seal,) = form("article/sleep").xpath(".//input[@name='settles']/@value")
    refused = own_desk.send(lee, form(lee), answer="keep", settles=seal, reason="mine")
    assert (refused.status_code, "a third person settles it" in refused.text) == (422, True)
    settled = own_desk.send("article/sleep", form("article/sleep"), answer="keep", settles=seal, reason="read both")
    assert settled.status_code == 303
    assert "Members disagree" not in own_desk.page(lee).text_content()


def test_a_comment_is_for_the_others_to_read_and_closes_nothing(own_desk: Desk) -> None:
    path = own_desk.link()
    on_change, on_article = (
        forms_about(own_desk.page(path), "comment")[0],
        forms_about(own_desk.page(path), "comment")[-1],
    )
    for _ in range(2):  # the button is pressed twice
        assert own_desk.send(path, on_change, comment=" Is the <b>dose</b>\nright? ").status_code == 303
    own_desk.now += timedelta(seconds=1)
    assert own_desk.send(path, on_article, comment="We meet on Monday.").status_code == 303
    told, whole = events(own_desk)
    assert (told.decision, told.reason, told.by) == (Decision.COMMENT, "Is the <b>dose</b> right?", MEMBER)
    assert (told.change is not None, told.episodes, whole.change) == (True, None, None)
    for wrong in (
        {"comment": " "},
        {"comment": "\x00\u202e\ufeff"},
        {"comment": "x" * 2001},
        {"comment": "x", "change": "f" * 16},
    ):
        assert own_desk.send(path, on_change, **wrong).status_code == 422
    assert "2 comments are kept and wait for the next run." in own_desk.page(path).text_content()
    (undo,) = forms_about(own_desk.page(path), "undo")
    assert own_desk.send(path, undo).status_code == 303
    assert [each.reason for each in events(own_desk)] == ["Is the <b>dose</b> right?"]

    before = len(forms_about(own_desk.page(path), "change"))
    own_desk.sign_in()
    assert "answer waiting" not in own_desk.page("queue").text_content()
    publish_snapshot(open_store(own_desk.settings), own_desk.settings)  # takes it in
    for page in (path, "article/sleep"):
        shown = own_desk.page(page)
        assert len(forms_about(shown, "change")) == before
        (comment,) = (each for each in shown.xpath("//ul[@aria-label='Comments']/li"))
        assert "board@example.org" in comment.text_content()
        assert "“Is the <b>dose</b> right?”" in comment.text_content()
        assert "dose" in shown.get_element_by_id("said").text_content()
    assert open_store(own_desk.settings).check().problems == ()


def test_members_who_disagree_are_told_at_once_and_what_one_has_closed_the_other_may_keep(own_desk: Desk) -> None:
    path, change = own_desk.link(), forms_about(own_desk.page(own_desk.link()), "change")[-1]
    own_desk.sign_in()
    assert own_desk.send("article/sleep", forms_about(own_desk.page("article/sleep"), "change")[-1],
                         answer="not-relevant").status_code == 303  # fmt: skip
    assert "Members disagree" not in own_desk.page(path).text_content()
    store = open_store(own_desk.settings)  # takes the answer in
    publish_snapshot(store, own_desk.settings)
    (closed,) = (form for form in own_desk.page(path).get_element_by_id("answered").forms)
    assert closed.fields["change"] == change.fields["change"]
    assert own_desk.send(path, closed, answer="keep", effect="contradicts").status_code == 303
    store = open_store(own_desk.settings)
    publish_snapshot(store, own_desk.settings)
    (item,) = (each for each in store.open_changes("sleep", on=MORNING.date()) if each.differing)
    assert [each.by for each in item.differing] == [EDITOR, MEMBER]
    assert "Members disagree" in own_desk.page(path).text_content()
    assert f"{EDITOR} answered on" in own_desk.page(path).text_content()

    form = next(each for each in forms_about(own_desk.page("article/sleep"), "change") if "settles" in each.inputs)
    seen = form.inputs["settles"].get("value")
    assert seen
    for wrong in ({"settles": seen}, {"settles": "0" * 16, "reason": "an older page"}):
        assert own_desk.send("article/sleep", form, answer="already-covered", **wrong).status_code == 422
    assert own_desk.send("article/sleep", form, answer="already-covered", settles=seen,
                         reason="see section 2").status_code == 303  # fmt: skip
    store = open_store(own_desk.settings)
    publish_snapshot(store, own_desk.settings)
    assert not any(each.differing for each in store.open_changes("sleep", on=MORNING.date()))
    said = " ".join(own_desk.page(path).text_content().split())
    assert f"Already covered, settling the disagreement of {EDITOR} and {MEMBER}" in said


def test_a_review_of_the_article_closes_what_its_reader_saw(own_desk: Desk) -> None:
    path = own_desk.link()
    (form,) = forms_about(own_desk.page(path), "article")
    assert own_desk.send(path, form, outcome="unchanged", reason="read it all").status_code == 303
    store = open_store(own_desk.settings)
    assert store.open_changes("sleep", on=MORNING.date()) == ()
    assert store.last_reviewed("sleep") == MORNING.date()


def test_one_review_closes_five_hundred_new_records(own_desk: Desk) -> None:
    store = open_store(own_desk.settings)
    records = [make_record(FIRST_PMID + number) for number in range(500)]
    store.add_records(records, observed_at=MORNING, source="a bulk file")
    found = tuple(Change(ChangeKind.NEW_RECORD, record.pmid, "") for record in records)
    store.save_life("sleep", Observed(MORNING, found, frozenset()), run="nightly")
    publish_snapshot(store, own_desk.settings)
    path = own_desk.link()
    (form,) = forms_about(own_desk.page(path), "article")
    assert len(form.fields["episodes"].split(".")) > 500
    assert own_desk.send(path, form, outcome="unchanged", reason="read it all").status_code == 303
    assert open_store(own_desk.settings).open_changes("sleep", on=MORNING.date()) == ()
    assert open_inbox(own_desk.settings).aside() == ()


@pytest.mark.parametrize(
    ("about", "changes", "told"),
    [
        ("article", {"outcome": "unchanged", "reason": " "}, "give the reason"),
        ("article", {"outcome": "perhaps", "reason": "x"}, "Choose the outcome"),
        ("article", {"outcome": "update", "reason": "x", "seen": "2999-01-01T00:00:00+00:00"}, "which report"),
        ("article", {"outcome": "update", "reason": "x", "seen": "yesterday"}, "which report"),
        ("article", {"outcome": "update", "reason": "x", "seen": "0001-01-01T00:00:00+23:59"}, "which report"),
        ("article", {"outcome": "update", "reason": "x", "seen": "9999-12-31T23:59:59-23:59"}, "which report"),
        ("article", {"outcome": "update", "reason": "x" * 1001}, "shorten"),
        ("change", {"answer": "delete"}, "Choose one"),
        ("change", {"answer": "later", "until": ""}, "Give the date"),
        ("change", {"answer": "later", "until": "2001-01-01"}, "next twelve months"),
        ("change", {"answer": "keep", "change": "0" * 16}, "closed this"),
        ("change", {"answer": "keep", "about": "everything"}, "about"),
        ("change", {"answer": "keep", "effect": "proves"}, "contradicts, clarifies or reinforces"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_in_words_and_leaves_nothing(
    desk: Desk, about: str, changes: dict[str, str], told: str
) -> None:
    path = desk.link()
    answer = desk.send(path, forms_about(desk.page(path), about)[-1], **changes)
    assert answer.status_code == 422
    assert told in answer.text
    kept = [text.strip() for text in html.fromstring(answer.text).xpath("//textarea[@readonly]/text()")]
    assert kept == ([reason] if (reason := changes.get("reason", "").strip()) else [])
    assert ("Back button brings it back" in answer.text) is not bool(kept)
    assert events(desk) == ()


def test_what_a_member_wrote_stands_on_the_page_that_refuses_it_whatever_it_is(desk: Desk) -> None:
    path, said = desk.link(), "First line.</textarea><script>alert(1)</script>\nSecond line." + "x" * LONGEST_COMMENT
    answer = desk.send(path, forms_about(desk.page(path), "comment")[0], comment=said)
    assert (answer.status_code, "Please shorten it" in answer.text) == (422, True)
    page = html.fromstring(answer.text)
    assert page.xpath("string(//label[@for=//textarea/@id])") == "What you wrote, to copy from here:"
    assert (page.xpath("string(//textarea[@readonly])").strip(), page.xpath("//script")) == (said, [])


def test_a_notice_about_a_cited_paper_is_closed_with_a_reason_only(desk: Desk) -> None:
    path = desk.link()
    form = forms_about(desk.page(path), "change")[0]
    assert "retract" in form.getparent().text_content().lower()
    refused = desk.send(path, form, answer="not-relevant")
    assert refused.status_code == 422
    (back,) = html.fromstring(refused.text).xpath("//main//a/@href")
    page, _, place = back.partition("#")
    assert desk.page(page).xpath(f"//*[@id='{place}']"), "the way back to the form"
    assert desk.send(path, form, answer="keep").status_code == 303
    assert desk.send(path, form, answer="not-relevant", reason="the sentence is gone").status_code == 303
    assert [event.decision for event in events(desk)] == [Decision.RELEVANT, Decision.NOT_RELEVANT]


def ticked(form: html.HtmlElement, *numbers: int) -> dict[str, str]:
    """The fields of the page's form for many records, with these of the folded ones ticked."""
    boxes = form.getroottree().xpath("//input[@form='many']")
    return {boxes[number].get("name"): boxes[number].get("value") for number in numbers}


def test_one_answer_closes_the_records_that_were_ticked_or_all_that_the_page_folds(desk: Desk) -> None:
    path = desk.link()
    (form,) = forms_about(desk.page(path), "many")
    assert desk.send(path, form, answer="not-relevant", **ticked(form, 0, 2)).status_code == 303
    assert len({event.change for event in events(desk)}) == 2
    assert {event.decision for event in events(desk)} == {Decision.NOT_RELEVANT}
    desk.now += timedelta(minutes=2)
    shown = [name for name in form.fields if name.startswith("shown-")]
    answer = desk.send(path, form, answer="already-covered", every="1", reason="all in reference 2")
    assert answer.status_code == 303
    late = [event for event in events(desk) if event.decision is Decision.ALREADY_COVERED]
    assert len(late) == len(shown) > 10
    assert {event.reason for event in late} == {"all in reference 2"}


def test_an_answer_for_many_takes_neither_notices_nor_nothing_nor_what_was_not_shown(desk: Desk) -> None:
    path = desk.link()
    page = desk.page(path)
    (form,) = forms_about(page, "many")
    notice = forms_about(page, "change")[0].fields
    refused = {
        "Tick the records": {},
        "answered by itself": {f"many-{notice['change']}": notice["episodes"]},
        "Somebody has closed this": {"many-0123456789abcdef": "0123456789abcdef"},
    }
    for why, fields in refused.items():
        answer = desk.send(path, form, answer="not-relevant", **fields)
        assert answer.status_code == 422
        assert why in answer.text
    assert desk.send(path, form, answer="keep", **ticked(form, 0)).status_code == 422
    assert events(desk) == ()


def test_the_last_answer_can_be_taken_back_for_a_minute_by_who_gave_it(desk: Desk) -> None:
    path = desk.link()
    desk.send(path, forms_about(desk.page(path), "change")[-1], answer="keep")
    desk.now += timedelta(seconds=20)
    (form,) = forms_about(desk.page(path), "many")
    desk.send(path, form, answer="not-relevant", **ticked(form, 0, 1))
    (undo,) = forms_about(desk.page(path), "undo")
    assert "Undo 2 answers" in undo.text_content()
    desk.sign_in()
    assert forms_about(desk.page("article/sleep"), "undo") == [], "nobody takes back another's answer"
    assert desk.send(path, undo).status_code == 303
    assert [event.decision for event in events(desk)] == [Decision.RELEVANT]
    assert desk.send(path, undo).status_code == 409, "the same form again takes back nothing else"
    (undo,) = forms_about(desk.page(path), "undo")
    desk.now += timedelta(minutes=2)
    assert forms_about(desk.page(path), "undo") == []
    assert desk.send(path, undo).status_code == 409
    assert len(events(desk)) == 1


def test_an_answer_that_a_run_has_taken_in_stands(own_desk: Desk) -> None:
    path = own_desk.link()
    own_desk.send(path, forms_about(own_desk.page(path), "change")[-1], answer="keep")
    (undo,) = forms_about(own_desk.page(path), "undo")
    open_store(own_desk.settings)  # takes the answer in
    answer = own_desk.send(path, undo)
    assert answer.status_code == 409
    assert "answer again" in answer.text


def test_a_member_sees_the_articles_verdicts_so_far(desk: Desk) -> None:
    assert "Review now 20 November 2026" in " ".join(
        desk.page(desk.link()).get_element_by_id("history").text_content().split()
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_opens_every_link_changes_nothing(desk: Desk, method: str) -> None:
    paths = [desk.link(), desk.link(Purpose.UNSUBSCRIBE), desk.link(Purpose.SIGN_IN)]
    kept = {path: path.read_bytes() for path in desk.settings.store.parent.rglob("*") if path.is_file()}
    for path in paths:
        answer = desk.client.request(method, path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    after = {path: path.read_bytes() for path in desk.settings.store.parent.rglob("*") if path.is_file()}
    assert {p: d for p, d in after.items() if p.suffix != ".lock"} == {
        p: d for p, d in kept.items() if p.suffix != ".lock"
    }
    assert not desk.settings.store.with_suffix(".inbox").exists()


def test_a_form_without_the_desks_own_seal_is_refused(desk: Desk) -> None:
    path = desk.link()
    form = forms_about(desk.page(path), "change")[-1]
    other = desk.page(desk.link(at=MORNING - timedelta(days=2)))
    for csrf in ("", "x", forms_about(other, "change")[-1].fields["csrf"]):
        assert desk.send(path, form, answer="keep", csrf=csrf).status_code == 403
    fields = dict(form.fields) | {"answer": "keep"}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        assert desk.client.post(path, data=fields, headers=headers).status_code == 403
    assert events(desk) == ()
    # what a browser sends from a page without referrer
    assert desk.client.post(path, data=fields, headers={"origin": "null"}).status_code == 303


REFUSED: dict[str, Callable[[Desk], str]] = {
    "expired": lambda desk: desk.link(at=MORNING - LIFETIME[Purpose.ANSWER]),
    "not yet made": lambda desk: desk.link(at=MORNING + timedelta(minutes=1)),
    "of another installation": lambda desk: desk.link(secret="another secret, just as long as the first one"),
    "of a stranger": lambda desk: desk.link(member="stranger@example.org"),
    "about another article": lambda desk: desk.link(topic="other"),
    "made to unsubscribe": lambda desk: "answer/" + desk.link(Purpose.UNSUBSCRIBE).partition("/")[2],
    "made to sign in": lambda desk: "answer/" + desk.link(Purpose.SIGN_IN).partition("/")[2],
    "never signed": lambda desk: answer_link("", MEMBER, "sleep", None),
    "altered": lambda desk: desk.link()[:-1] + ("A" if desk.link()[-1] != "A" else "B"),
    "cut off": lambda desk: desk.link()[:-5],
    "a path": lambda desk: "answer/..%2f..%2fetc%2fpasswd",
    "nothing like one": lambda desk: "answer/" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_link_that_is(desk: Desk, kind: str) -> None:
    path = REFUSED[kind](desk)
    for answer in (desk.client.get(path), desk.client.post(path, data={"about": "article"})):
        assert answer.status_code in {403, 404}
        assert "insulin" not in answer.text.lower()
        assert "<script>" not in answer.text
    assert "Back button" not in desk.client.get(path).text, "nothing was written"
    assert events(desk) == ()


def test_who_is_told_past_the_deadline_may_answer_too(own_desk: Desk, own_house: House) -> None:
    path = own_desk.link(member="chair@example.org")
    assert own_desk.client.get(path).status_code == 403
    own_house.write_topic("sleep", topic=TOPIC + "escalate_to: [Chair@example.org]\n")
    assert own_desk.page(path).forms


def test_a_member_who_left_the_list_cannot_answer_any_more(own_desk: Desk, own_house: House) -> None:
    path = own_desk.link()
    assert own_desk.client.get(path).status_code == 200
    own_house.write_topic("sleep", recipient="somebody.else@example.org")
    assert own_desk.client.get(path).status_code == 403


def test_revoked_links_and_sessions_open_nothing_and_later_ones_do(own_desk: Desk) -> None:
    path, session = own_desk.link(), own_desk.link(Purpose.SIGN_IN)
    own_desk.sign_in()
    for member in (MEMBER, EDITOR):
        said = Judgement("", Decision.LINKS_REVOKED, "operator", MORNING, member=member.upper())
        open_inbox(own_desk.settings).put(said)
    for opened in (path, session, "queue"):
        assert own_desk.client.get(opened).status_code == 403
    open_store(own_desk.settings)  # taken in: the snapshot says the same
    assert own_desk.client.get(path).status_code == 403
    own_desk.now += timedelta(hours=1)
    assert own_desk.client.get(own_desk.link()).status_code == 200


def test_every_answer_carries_headers_that_leave_nothing_to_leak_or_to_run(desk: Desk) -> None:
    for path in (desk.link(), "answer/x", "no-such-page", "style.css", ""):
        headers = desk.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        scripts = re.findall(r"script-src ([^;]*)", policy)
        if "answer/" in path and path != "answer/x":
            assert re.fullmatch(r"'sha256-[A-Za-z0-9+/=]{44}'", *scripts), "the page's own script, by its hash"
        else:
            assert scripts == []
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert path == "style.css" or headers["cache-control"] == "no-store"
        assert "server" not in headers


def test_an_editor_signs_in_by_a_button_and_signs_out(desk: Desk) -> None:
    assert desk.client.get("queue").status_code == 403
    desk.sign_in()
    cookie = next(iter(desk.client.cookies.jar))
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert (cookie.get_nonstandard_attr("SameSite") or "").lower() == "lax"
    page = desk.page("queue")
    assert "What causes insulin resistance?" in page.text_content()
    assert desk.send("queue", page.forms[0]).status_code == 303
    assert desk.client.get("queue").status_code == 403


def test_a_session_ends_after_its_hours(desk: Desk) -> None:
    desk.sign_in()
    desk.now += LIFETIME[Purpose.SESSION]
    assert desk.client.get("queue").status_code == 403


@pytest.mark.parametrize("path", ["queue", "nights", "paper?paper=99000004", "article/sleep"])
def test_a_members_link_opens_no_editors_page(desk: Desk, path: str) -> None:
    desk.client.cookies.set("litwatch-desk", desk.link().partition("/")[2])
    assert desk.client.get(path).status_code == 403
    assert desk.client.post("article/sleep/check", data={}).status_code == 403


def test_an_editor_asks_what_rests_on_a_paper(desk: Desk) -> None:
    desk.sign_in()
    assert "PMID or DOI" in desk.page("paper").text_content()
    told = desk.page("paper?paper=99000004").text_content()
    assert "1 article depends on it" in told
    assert "Short sleep lowers insulin sensitivity." in told
    assert desk.page("paper?paper=99000904").xpath("//a[contains(@href, 'paper?paper=99000004')]")
    assert "0 articles depend on it" in desk.page("paper?paper=10.5555/nothing").text_content()
    assert "neither a PMID" in desk.page("paper?paper=%3Cscript%3E").text_content()
    assert "<script>" not in desk.client.get("paper?paper=%3Cscript%3E").text


def test_an_editor_sees_the_article_its_verdicts_and_what_was_said(own_desk: Desk) -> None:
    path = own_desk.link()
    own_desk.send(path, forms_about(own_desk.page(path), "change")[-1], answer="keep", reason="the board's reason")
    own_desk.sign_in()
    told = own_desk.page("article/sleep").text_content()
    assert "the board's reason" in told
    assert "Review now" in told
    open_store(own_desk.settings)
    after = own_desk.page("article/sleep")
    assert "the board's reason" in after.text_content()
    assert "waits for the next run" not in after.text_content()
    assert "succeeded" in own_desk.page("nights").text_content()


def test_two_members_answers_at_once_are_both_kept_and_shown(own_desk: Desk, own_house: House) -> None:
    own_house.write_topic("sleep", recipient="board@example.org, second@example.org")
    paths = [own_desk.link(member=member) for member in ("board@example.org", "second@example.org")]
    forms = [forms_about(own_desk.page(path), "change")[-1] for path in paths]
    statuses: list[int] = []

    def answer(number: int, chosen: str) -> None:
        data = dict(forms[number].fields) | {"answer": chosen}
        with httpx.Client(base_url=own_desk.client.base_url) as client:
            statuses.append(client.post(paths[number], data=data).status_code)

    threads = [threading.Thread(target=answer, args=each) for each in ((0, "keep"), (1, "not-relevant"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303, 303]
    assert {(each.by, each.decision) for each in events(own_desk)} == {
        ("board@example.org", Decision.RELEVANT),
        ("second@example.org", Decision.NOT_RELEVANT),
    }
    store = open_store(own_desk.settings)
    assert len(store.judgements("sleep")) == 2
    assert store.verify_chain().problems == ()


def test_one_click_in_a_mail_program_stops_the_digest(own_desk: Desk) -> None:
    path = own_desk.link(Purpose.UNSUBSCRIBE)
    assert own_desk.client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    files = {"List-Unsubscribe": (None, "One-Click")}
    assert own_desk.client.post(path, files=files).status_code == 200  # RFC 8058: either form; twice is once
    assert [(event.decision, event.member) for event in events(own_desk)] == [(Decision.DIGEST_STOPPED, MEMBER)]
    assert open_store(own_desk.settings).stopped_members() == {MEMBER}
    page = own_desk.page(path)
    assert "The digest is stopped" in page.text_content()
    assert own_desk.send(path, page.forms[0], digest="resume").status_code == 200
    assert open_store(own_desk.settings).stopped_members() == frozenset()


def test_stopping_by_hand_needs_the_pages_own_form(desk: Desk) -> None:
    path = desk.link(Purpose.UNSUBSCRIBE)
    assert desk.client.post(path, data={"digest": "stop"}).status_code == 403
    assert desk.client.post(path, data={}).status_code == 403
    assert events(desk) == ()
    assert desk.send(path, desk.page(path).forms[0], digest="stop").status_code == 200
    assert [event.decision for event in events(desk)] == [Decision.DIGEST_STOPPED]


@pytest.mark.slow
def test_who_stopped_the_digest_gets_none_and_the_others_do(own_house: House, own_desk: Desk) -> None:
    own_desk.client.post(own_desk.link(Purpose.UNSUBSCRIBE), data={"List-Unsubscribe": "One-Click"})
    before = own_house.mails()
    own_house.night(DEMONSTRATION_TODAY + timedelta(days=1), settings=DESK_SETTINGS)
    assert own_house.mails() == before


def test_a_form_longer_than_any_is_refused(desk: Desk) -> None:
    assert desk.client.post(desk.link(), content=b"x" * (LARGEST_FORM + 1)).status_code == 413
    assert desk.client.post(desk.link(), content=b"a=1&" * 100).status_code == 400
    assert desk.client.post(desk.link(), content=b"\xff\xfe").status_code == 400
    assert desk.client.put(desk.link(), content=b"x").status_code == 405
    assert events(desk) == ()


def test_a_form_that_trickles_in_is_cut_off(own_house: House) -> None:
    with served(own_house.settings(), limits=Limits(form_seconds=0.1)) as desk:
        address = (desk.client.base_url.host, desk.client.base_url.port or 0)
        with socket.create_connection(address, timeout=30) as line:
            line.sendall(f"POST /{desk.link()} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\na=".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 408 ")


def test_answers_requests_and_bad_links_are_limited(own_house: House) -> None:
    with served(own_house.settings(), limits=Limits(requests=12, bad_links=3, answers=2)) as desk:
        path = desk.link()
        form = forms_about(desk.page(path), "change")[-1]
        statuses = [desk.send(path, form, answer="keep").status_code for _ in range(4)]
        assert statuses == [303, 303, 429, 429]
        assert len(events(desk)) == 2
        assert [desk.client.get("answer/x").status_code for _ in range(5)] == [403, 403, 403, 429, 429]
        assert [desk.client.get("").status_code for _ in range(3)] == [200, 200, 429]


def test_an_answer_that_cannot_be_written_is_said_not_to_be_kept(own_desk: Desk) -> None:
    path = own_desk.link()
    form = forms_about(own_desk.page(path), "change")[-1]
    own_desk.settings.store.with_suffix(".inbox").write_text("a file where the folder should be")
    answer = own_desk.send(path, form, answer="keep")
    assert answer.status_code == 503
    assert "not kept" in answer.text


def test_before_the_first_night_the_pages_say_so(tmp_path: Path) -> None:
    with open_house(tmp_path) as house, served(house.settings()) as desk:
        assert "not been surveyed yet" in desk.client.get(desk.link()).text
        desk.sign_in()
        assert "The first night has not run yet" in desk.page("queue").text_content()
        assert desk.client.get("nights").status_code == 200


@pytest.mark.parametrize("path", ["/", "/board/desk/"])
def test_an_address_with_one_slash_too_many_leads_nowhere_and_no_host_is_believed(own_house: House, path: str) -> None:
    """A redirect would name the request's own Host, and http: a link's key would leave in the clear, or elsewhere."""
    with served(own_house.settings(), limits=ROOMY, path=path) as desk:
        for address in (f"{desk.link()}/", "queue/", "article/sleep/", "sign-in/x/", "style.css/"):
            for method in ("GET", "POST"):
                answer = desk.client.request(method, address, headers={"host": "evil.example"})
                assert answer.status_code in {404, 405}, address
                assert "location" not in answer.headers
                assert "evil" not in answer.text
        bare = desk.client.get(f"{desk.client.base_url}".rstrip("/"), headers={"host": "evil.example"})
        assert (bare.status_code, "evil" in bare.text) == (200, False)


def test_an_article_that_cannot_be_read_is_one_page_and_spares_the_others(own_desk: Desk, own_house: House) -> None:
    (own_house.folder / "queries" / "sleep.md").unlink()
    answer = own_desk.client.get(own_desk.link())
    assert answer.status_code == 503
    assert "An editor has to correct" in answer.text
    own_desk.sign_in()
    assert own_desk.client.get("queue").status_code == 200


def test_the_desk_works_under_a_path_of_its_own(own_house: House) -> None:
    with served(own_house.settings(), path="/board/desk/") as desk:
        path = desk.link()
        page = desk.page(path)
        assert page.xpath("//link/@href") == ["/board/desk/style.css"]
        assert desk.client.get("style.css").status_code == 200
        answer = desk.send(path, forms_about(page, "change")[-1], answer="keep")
        assert answer.headers["location"].startswith("/board/desk/answer/")
        assert len(events(desk)) == 1


def test_a_held_store_holds_up_no_page_and_no_answer(own_desk: Desk) -> None:
    store = open_store(own_desk.settings)
    with store._writing():
        path = own_desk.link()
        form = forms_about(own_desk.page(path), "change")[-1]
        assert own_desk.send(path, form, answer="keep").status_code == 303
        assert "1 answer is kept" in own_desk.page(path).text_content()
    assert len(open_store(own_desk.settings).judgements("sleep")) == 1


@pytest.mark.slow
def test_a_night_and_the_desk_work_at_the_same_time(own_desk: Desk, own_house: House) -> None:
    outcome: list[object] = []
    night = threading.Thread(
        target=lambda: outcome.append(own_house.night(DEMONSTRATION_TODAY + timedelta(days=1), settings=DESK_SETTINGS))
    )
    path = own_desk.link()
    form = forms_about(own_desk.page(path), "change")[-1]
    night.start()
    given = 0
    while night.is_alive() or not given:
        assert own_desk.send(path, form, answer="keep", reason=f"number {given}").status_code == 303
        assert own_desk.client.get(path).status_code == 200
        given += 1
    night.join()
    (summary,) = outcome
    assert summary.ok, summary.failure  # type: ignore[attr-defined]
    store = open_store(own_desk.settings)
    assert len(store.judgements("sleep")) == given
    assert store.verify_chain().problems == ()
