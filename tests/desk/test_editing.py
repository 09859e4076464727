"""What an editor changes at the desk: strategy, people and thresholds, the file; and who may not, or comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from litwatch.config.topic_files import read_topic_files
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_inbox, open_snapshot, open_store, publish_snapshot
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.desk.desk_scenes import EDITOR, Desk, forms_about, served
from tests.nights import House


@pytest.fixture
def house(after_a_night: House, tmp_path: Path) -> House:
    return after_a_night.copy(tmp_path)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with served(house.settings()) as opened:
        opened.sign_in()
        yield opened


def topic_file(desk: Desk) -> Path:
    return desk.settings.queries / "sleep.yaml"


def edits(desk: Desk) -> list[Judgement]:
    return [each for each in open_inbox(desk.settings).read()[0] if each.decision is Decision.TOPIC_EDITED]


def form_of(page: html.HtmlElement, ending: str) -> html.HtmlElement:
    (form,) = [each for each in page.forms if (each.action or "").endswith(ending)]
    return form


def text_of(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


def test_a_strategy_is_held_beside_the_present_one_and_saved_with_an_event(desk: Desk) -> None:
    path, before = "article/sleep/strategy", topic_file(desk).read_text()
    page = desk.page(path)
    assert "Cited papers that it finds" in text_of(page)
    assert "PubMed was not asked" in text_of(page)
    assert "The last search of PubMed with the strategy as it stands, on 20 November 2026" in text_of(page)
    answer = desk.send(path, form_of(page, "/strategy"), strategy="xyzzy[tiab]", do="check")
    assert answer.status_code == 200
    shown = html.fromstring(answer.text)
    assert [each.text for each in shown.xpath('//section[@class="look"]/h2')] == ["As it stands", "As typed"]
    assert "0 of " in text_of(shown.xpath('//section[@class="look"]')[1])
    assert topic_file(desk).read_text() == before
    typed = "insulin resistance[tiab]\nAND sleep[tiab]"
    for _ in range(2):  # the button is pressed twice: saved once, and no other editor's change
        answer = desk.send(path, form_of(shown, "/strategy"), strategy=typed, do="save", reason="too  wide\nby far")
        assert answer.headers["location"] == "/article/sleep/strategy?saved"
    saved = desk.page("article/sleep/strategy?saved")
    assert "Saved." in text_of(saved)
    assert saved.xpath("//textarea")[0].text.split() == typed.split()
    (event,) = edits(desk)
    assert (event.by, event.topic, event.reason) == (EDITOR, "sleep", "too wide by far")
    assert event.edit is not None
    page = desk.page("article/sleep")
    assert "AND sleep[tiab]" in page.xpath('//*[@id="edits"]//pre')[0].text_content()
    # It has happened: it is no answer that waits, and cannot be taken back as one.
    assert not page.xpath('//*[contains(@class, "banner-waiting")]')
    assert not forms_about(page, "undo")
    shown = open_snapshot(desk.settings).open_changes("sleep", on=DEMONSTRATION_TODAY)
    store = open_store(desk.settings)
    (kept,) = store.audit_trail()
    assert kept.judgement == event
    assert store.open_changes("sleep", on=DEMONSTRATION_TODAY) == shown, "it closes nothing"
    assert store.verify_chain().problems == ()
    publish_snapshot(store, desk.settings)
    for each in (desk.link(), "article/sleep"):
        assert "Nobody has answered yet." in text_of(desk.page(each).get_element_by_id("said")), "an edit is no answer"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("(insulin[tiab]", "never closed"),
        ("(insulin OR sleep)[tiab]", "PubMed would misread it"),
        ("https://example.org/search", "is an address"),
        ("", "The strategy is empty"),
        ("insulin[tiab]\x07", "it has a character that nobody sees (U+0007)"),
    ],
)
def test_a_strategy_that_would_be_misread_is_not_saved_and_stays_on_the_page(desk: Desk, typed: str, said: str) -> None:
    path, before = "article/sleep/strategy", topic_file(desk).read_bytes()
    answer = desk.send(path, form_of(desk.page(path), "/strategy"), strategy=typed, do="save", reason="mine")
    assert answer.status_code == 422
    shown = html.fromstring(answer.text)
    assert said in text_of(shown.xpath('//*[@role="alert"]')[0])
    assert shown.xpath("//textarea")[0].text_content().strip() == typed.replace("\x07", "")
    assert form_of(shown, "/strategy").fields["reason"] == "mine"
    assert ("cannot be counted until the mistake is mended" in answer.text) is (said == "never closed")
    assert topic_file(desk).read_bytes() == before
    assert edits(desk) == []


def test_settings_are_saved_and_what_is_wrong_stands_beside_its_field(desk: Desk) -> None:
    path, before = "article/sleep/settings", topic_file(desk).read_text()
    wrong = {
        "recipients": "board@example.org\nnobody at all",
        "thresholds-review_level": "nine",
        "thresholds-digest_items": "1000",
        "readers": "3",
        "title": "Sleep: '!!python/object' # {x}",
    }
    answer = desk.send(path, form_of(desk.page(path), "/settings"), **wrong)
    assert answer.status_code == 422
    shown = html.fromstring(answer.text)
    names = [each.get("name") for each in form_of(shown, "/settings").xpath(".//input | .//textarea | .//select")]
    assert len(names) == len(set(names)), "of two fields with one name the last counts"
    told = {each.get("id"): text_of(each) for each in shown.xpath('//p[starts-with(@id, "e-")]')}
    assert set(told) == {"e-recipients", "e-thresholds-review_level", "e-thresholds-digest_items", "e-readers"}
    assert told["e-thresholds-review_level"] == "it should be a whole number from 1 to 7"
    assert told["e-thresholds-digest_items"] == "it should be a whole number from 1 to 100"
    assert told["e-recipients"].startswith("“nobody at all”: it should be one mail address")
    form = form_of(shown, "/settings")
    assert {name: " ".join(form.fields[name].split()) for name in wrong} == {
        name: " ".join(value.split()) for name, value in wrong.items()
    }
    assert topic_file(desk).read_text() == before
    right = {"recipients": "board@example.org\r\nlee@example.org", "thresholds-review_level": "3", "readers": "2"}
    for _ in range(2):
        answer = desk.send(path, form, **right, **{"thresholds-digest_items": ""}, reason="Dr Lee joins")
        assert answer.headers["location"] == "/article/sleep/settings?saved"
    topic = desk.page("article/sleep/settings")
    assert topic.xpath('//*[@id="f-title"]')[0].value == wrong["title"]
    assert topic.xpath('//*[@id="f-recipients"]')[0].text_content().split() == ["board@example.org", "lee@example.org"]
    assert "readers: 2\n" in topic_file(desk).read_text()
    assert "review_level: 3\n" in topic_file(desk).read_text()
    # A form from before an upgrade has not all the fields: what it does not have stays.
    old = {each: form_of(topic, "/settings").fields[each] for each in ("csrf", "opened", "title")}
    same = desk.client.post(path, data=old).headers["location"]
    assert "Nothing was changed." in text_of(desk.page(same))
    assert "readers: 2\n" in topic_file(desk).read_text()
    (event,) = edits(desk)
    assert "+recipients: [board@example.org, lee@example.org]" in (event.edit.diff if event.edit else "")
    # Who is on the list now may answer at once.
    assert desk.client.get(desk.link(member="lee@example.org")).status_code == 200


def test_the_whole_file_is_mended_where_it_has_mistakes(desk: Desk) -> None:
    good = topic_file(desk).read_text()
    topic_file(desk).write_text(f"{good}\ntitel: Sleep  # a slip\n")
    queue = desk.page("queue")
    assert queue.xpath('//*[contains(@class, "banner-failure")]//a')[0].get("href") == "/article/sleep/file"
    page = desk.page("article/sleep/file")
    assert "there is no such key" in text_of(page.xpath('//*[@role="alert"]')[0])
    bombs = ["a: &a [x]\nb: [*a, *a]\n", "strategy: !!python/name:os.system\n", "[" * 5000, "x: 1\nx: 2\n"]
    for text in bombs:
        refused = desk.send("article/sleep/file", form_of(page, "/file"), text=text)
        assert refused.status_code == 422, text
        assert "Nothing was saved" in refused.text
    typed = f"{good}\ntitle: Sleep  # mended\n".replace("\n", "\r\n")
    for _ in range(2):
        assert desk.send("article/sleep/file", form_of(page, "/file"), text=typed).status_code == 303
    assert topic_file(desk).read_bytes() == f"{good}\ntitle: Sleep  # mended\n".encode()
    assert len(edits(desk)) == 1
    mixed = f"{good}\r\n# no end after the last line".encode()
    topic_file(desk).write_bytes(mixed)
    form = form_of(desk.page("article/sleep/file"), "/file")
    typed = form.fields["text"].removeprefix("\n").replace("\n", "\r\n")
    assert desk.send("article/sleep/file", form, text=typed).headers["location"] == "/article/sleep/file?same"
    assert topic_file(desk).read_bytes() == mixed


def test_two_readers_of_one_person_are_told_at_once(desk: Desk) -> None:
    path = "article/sleep/settings"
    for people, is_told in (("board@example.org", True), ("board@example.org\r\nlee@example.org", False)):
        answer = desk.send(path, form_of(desk.page(path), "/settings"), recipients=people, readers="2")
        page = text_of(desk.page(answer.headers["location"]))
        assert ("the article’s list has fewer than two people" in page) is is_told


def test_a_link_out_of_the_folder_is_not_shown(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("password: xyzzy\n")
    evil, inside = desk.settings.queries / "evil.yaml", desk.settings.queries / "nap.yaml"
    evil.symlink_to(tmp_path / "elsewhere")
    inside.symlink_to("sleep.yaml")
    for page in ("file", "settings", "strategy"):
        answer = desk.client.get(f"article/evil/{page}")
        assert (answer.status_code, "xyzzy" in answer.text) == (503, False)
        assert "it is a link that leads out of the folder" in answer.text
    topics, problems = read_topic_files(desk.settings.queries)
    assert ([each.slug for each in topics], len(problems)) == (["nap", "sleep"], 1)
    assert desk.client.get("article/nap/file").status_code == 200


@pytest.mark.parametrize("name", ["strategy", "strategy check", "settings", "file"])
def test_who_comes_too_late_sees_both_texts_and_overwrites_nothing(desk: Desk, name: str) -> None:
    name, _, checks = name.partition(" ")
    path = f"article/sleep/{name}"
    form = form_of(desk.page(path), f"/{name}")
    theirs = f"# by another editor\n{topic_file(desk).read_text()}"
    topic_file(desk).write_text(theirs)
    mine = {"strategy": {"strategy": "mine[tiab]", "do": checks or "save"}, "settings": {"title": "mine[tiab]"},
            "file": {"text": "mine[tiab]"}}[name]  # fmt: skip
    answer = desk.send(path, form, **mine)
    assert answer.status_code == 409
    shown = html.fromstring(answer.text)
    assert "Somebody changed sleep.yaml at" in text_of(shown)
    assert "# by another editor" in shown.xpath('//*[@role="alert"]//pre')[0].text_content()
    assert "mine[tiab]" in html.tostring(form_of(shown, f"/{name}")).decode()
    assert topic_file(desk).read_text() == theirs
    assert edits(desk) == []


def test_only_an_editor_with_the_pages_own_form_changes_anything(house: House) -> None:
    paths = ["article/sleep/strategy", "article/sleep/settings", "article/sleep/file"]
    with served(house.settings()) as desk:
        member = desk.page(desk.link())
        assert not member.xpath('//*[@id="edit"]')
        for path in paths:
            assert desk.client.get(path).status_code == 403
            assert desk.client.post(path, data={"strategy": "x"}).status_code == 403
        desk.sign_in()
        for path in paths:
            assert desk.client.post(path, data={"strategy": "x", "title": "x"}).status_code == 403
            for slug in ("members", "unknown", "..%2Fsleep", "sleep.yaml"):
                assert desk.client.get(path.replace("sleep", slug)).status_code == 404
        assert edits(desk) == []


def test_a_desk_that_may_not_write_says_what_to_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = house.settings().model_copy(update={"desk_editing": False})
    with served(closed) as desk:
        desk.sign_in()
        page = desk.page("article/sleep/settings")
        assert "desk_editing = false" in text_of(page.xpath('//*[@role="note"]')[0])
        assert not page.xpath('//button[@value="save"]')
        assert desk.send("article/sleep/settings", form_of(page, "/settings"), title="x").status_code == 403
    monkeypatch.setattr("litwatch.desk.editing.os.access", lambda *_: False)
    with served(house.settings()) as desk:
        desk.sign_in()
        said = text_of(desk.page("article/sleep/strategy").xpath('//*[@role="note"]')[0])
        assert f"may read the folder {desk.settings.queries} and not write to it" in said


@pytest.mark.parametrize(("name", "field"), [("strategy", "strategy"), ("settings", "title"), ("file", "text")])
def test_too_many_edits_at_once_lose_nothing_that_was_typed(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str, field: str
) -> None:
    monkeypatch.setattr("litwatch.desk.editing.EDITS_A_MINUTE", 1)
    with served(house.settings()) as desk:
        desk.sign_in()
        form = form_of(desk.page(f"article/sleep/{name}"), f"/{name}")
        assert desk.send(f"article/sleep/{name}", form, do="save").status_code == 303
        before = edits(desk)
        answer = desk.send(f"article/sleep/{name}", form, **{field: "mine[tiab]", "do": "save"})
        assert answer.status_code == 429
        assert "Please wait a minute" in answer.text
        assert "mine[tiab]" in html.tostring(form_of(html.fromstring(answer.text), f"/{name}")).decode()
        assert edits(desk) == before
