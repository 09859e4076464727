"""Articles that come to the desk as files: shown as read before anything counts; hostile files, too."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from lxml import html

from litwatch.config import bounded_reading, reading_process
from litwatch.config.article_file import read_article_file
from litwatch.config.bounded_reading import read_bounded
from litwatch.config.topic_files import read_topic_files
from litwatch.desk import article_uploads
from litwatch.desk.form_parts import FormUnreadable, read_form_parts
from litwatch.desk.handlers import Limits
from litwatch.desk.uploads import KEPT, MOST_OF_ONE
from litwatch.model.errors import ArticleUnreadable
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_inbox, open_store
from tests.desk.desk_scenes import EDITOR, Desk, served
from tests.nights import ARTICLE, House

NEW = ARTICLE.replace("What causes insulin resistance?", "What treats insulin resistance?")


@pytest.fixture
def desk(after_a_night: House, tmp_path: Path) -> Iterator[Desk]:
    with served(after_a_night.copy(tmp_path).settings()) as opened:
        opened.sign_in()
        yield opened


@pytest.fixture(autouse=True)
def _without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process does, here: starting one takes a second."""

    def read_here(folder: Path, name: str) -> tuple[bytes, tuple[str, ...]]:
        told = orjson.loads(reading_process.read(folder, name))
        if "refused" in told:
            raise ArticleUnreadable(told["refused"])
        return orjson.dumps(told["article"]), tuple(told["beside"])

    monkeypatch.setattr(article_uploads, "read_bounded", read_here)


def send(desk: Desk, path: str, name: str, data: str | bytes, **others: tuple[str, bytes]) -> httpx.Response:
    """Send a file as the page's form does."""
    (form,) = [each for each in desk.page(path).forms if each.get("enctype") == "multipart/form-data"]
    content = data.encode() if isinstance(data, str) else data
    files = {"article": (name, content), **others}
    return desk.client.post(form.action, data={"csrf": form.fields["csrf"]}, files=files)


def read(desk: Desk, answer: httpx.Response, status: int = 200) -> html.HtmlElement:
    """The page that shows what was read."""
    assert answer.status_code == 303, answer.text
    page = desk.client.get(answer.headers["location"])
    assert page.status_code == status, page.text
    return html.fromstring(page.text)


def decide(desk: Desk, page: html.HtmlElement, do: str, **typed: str) -> httpx.Response:
    (form,) = [each for each in page.forms if "/upload/" in (each.action or "")]
    return desk.send("", form, do=do, **typed)


def text_of(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


def edits(desk: Desk) -> list[Judgement]:
    return [each for each in open_inbox(desk.settings).read()[0] if each.decision is Decision.TOPIC_EDITED]


def waiting(desk: Desk) -> list[Path]:
    return sorted(desk.settings.store.with_suffix(".uploads").glob("*"))


def names(desk: Desk) -> list[str]:
    return sorted(each.name for each in desk.settings.queries.iterdir())


def test_an_article_is_shown_as_read_and_watched_only_then(desk: Desk) -> None:
    page = read(desk, send(desk, "add", "Treating Résistance (final).md", NEW))
    told = text_of(page)
    assert "read as Markdown. Nothing has changed yet." in told
    assert "What treats insulin resistance?" in told
    assert "2 sentences under 1 heading" in told
    assert "Last updated 16 February 2025" in told
    assert "2 references" in told
    assert names(desk) == ["sleep.md", "sleep.yaml"]
    (form,) = [each for each in page.forms if "/upload/" in (each.action or "")]
    assert form.fields["name"] == "treating-resistance-final"
    assert "insulin" in form.fields["strategy"]
    assert "2 cited papers that the store has" in told
    # What is missing is said beside its field, and what was typed stays.
    refused = decide(desk, page, "watch", name="Naps & Co", recipients="amy@example")
    assert refused.status_code == 422
    assert "2 cited papers that the store has" in refused.text, "the proposal is still the proposal"
    assert "“amy@example”: it should be one mail address" in refused.text
    refused = decide(desk, page, "watch", name="sleep", strategy="(sleep OR nap)[tiab]", recipients="")
    assert refused.status_code == 422
    assert "the store has" not in refused.text, "this strategy is the editor's own"
    again = html.fromstring(refused.text)
    told = {each.get("id") for each in again.xpath('//p[starts-with(@id, "e-")]')}
    assert told == {"e-name", "e-recipients", "e-strategy"}, "all that is wrong, at once"
    assert again.xpath('//*[@id="f-strategy"]')[0].text_content().strip() == "(sleep OR nap)[tiab]"
    refused = decide(desk, again, "watch", name="treatment", recipients="board@example.org")
    assert "PubMed would misread it" in refused.text
    for _ in range(2):  # the button is pressed twice
        kept = decide(
            desk, again, "watch", name="treatment", recipients="board@example.org", reason="asked by the board",
            strategy="insulin resistance[tiab] AND therapy[tiab]", kind="therapy", title="Treatment: a # question",
        )  # fmt: skip
        assert kept.headers["location"] == "/queue#treatment"
    early = desk.client.get("article/treatment")
    assert (early.status_code, "not been surveyed yet" in early.text) == (404, True)
    assert html.fromstring(early.text).xpath("//nav[@aria-label='Desk']/a/@href | //main//a/@href") == [
        "/queue", "/paper", "/nights", "/minutes", "/queue#treatment",
    ]  # fmt: skip
    assert names(desk) == ["sleep.md", "sleep.yaml", "treatment.md", "treatment.yaml"]
    topics, problems = read_topic_files(desk.settings.queries)
    assert problems == ()
    assert [(each.slug, each.title, each.recipients) for each in topics][1:] == [
        ("treatment", "Treatment: a # question", ("board@example.org",))
    ]
    (event,) = edits(desk)
    assert (event.topic, event.by, event.reason) == ("treatment", EDITOR, "asked by the board")
    assert event.edit is not None
    assert [(each.name, each.before, each.bytes_after) for each in event.edit.files] == [
        ("treatment.md", None, len(NEW.encode())),
        ("treatment.yaml", None, (desk.settings.queries / "treatment.yaml").stat().st_size),
    ]
    assert waiting(desk) == []
    assert "Treatment: a # question" in text_of(desk.page("queue"))


def test_a_replaced_text_says_what_changes_and_which_open_matters_lose_their_sentence(desk: Desk) -> None:
    text = ARTICLE.replace("Short sleep lowers insulin sensitivity [1].", "Sleep matters [1]. So does food.")
    page = read(desk, send(desk, "article/sleep/text", "sleep.md", text))
    told = text_of(page)
    assert "Sentences that go, or are worded otherwise: 1" in told
    assert "Sentences that come: 2" in told
    assert "Short sleep lowers insulin sensitivity" in text_of(page.xpath('//*[@id="changes"]//*[@role="note"]')[0])
    before = (desk.settings.queries / "sleep.yaml").read_bytes()
    kept = decide(desk, page, "replace", reason="new trial")
    assert kept.headers["location"] == "/article/sleep/text?saved"
    assert (desk.settings.queries / "sleep.md").read_text() == text
    assert (desk.settings.queries / "sleep.yaml").read_bytes() == before
    (event,) = edits(desk)
    assert event.edit is not None
    assert event.edit.diff == ""
    assert event.edit.text is not None
    assert (event.edit.text.sentences_added, event.edit.text.sentences_removed) == (2, 1)
    former = desk.settings.store.with_suffix(".edits") / "former" / str(event.edit.files[0].before)
    assert former.read_text() == ARTICLE
    assert "text: 2 sentences added, 1 sentence removed" in text_of(desk.page("article/sleep"))


def test_a_text_in_another_form_takes_the_place_of_the_old_file(desk: Desk) -> None:
    page = "<html><body><article><h1>What causes insulin resistance?</h1><p>Short sleep lowers it, as we know well.</p></article></body></html>"  # noqa: E501
    shown = read(desk, send(desk, "article/sleep/text", "Page.HTML", page))
    assert decide(desk, shown, "replace").status_code == 303
    assert names(desk) == ["sleep.html", "sleep.yaml"]
    assert "article: sleep.html\n" in (desk.settings.queries / "sleep.yaml").read_text()
    assert read_article_file(desk.settings.queries / "sleep.html").question == "What causes insulin resistance?"


def test_a_new_text_never_takes_the_place_of_another_articles_file(desk: Desk) -> None:
    queries, page = (
        desk.settings.queries,
        "<h1>What causes insulin resistance?</h1><p>Short sleep lowers it, we know.</p>",
    )
    (queries / "sleep.html").write_text("<h1>Do naps help?</h1>")
    (queries / "naps.yaml").write_text((queries / "sleep.yaml").read_text().replace("sleep.md", "sleep.html"))
    refused = send(desk, "article/sleep/text", "page.html", page)
    assert refused.status_code == 409
    assert "naps is read from it" in refused.text
    # Its own file is known by its name, whatever capitals are in the ending.
    (queries / "sleep.html").rename(queries / "Naps.HTML")
    (queries / "naps.yaml").write_text((queries / "sleep.yaml").read_text().replace("sleep.md", "Naps.HTML"))
    shown = read(desk, send(desk, "article/naps/text", "page.html", page))
    assert decide(desk, shown, "replace").status_code == 303
    assert (queries / "Naps.HTML").read_text() == page


def test_a_bibliography_comes_along_under_the_name_that_the_article_gives_it(desk: Desk) -> None:
    article = (
        "---\ntitle: Does sleep help?\nbibliography: refs.bib\n---\n\n# Does sleep help?\n\nSleep helps [@doe2020].\n"
    )
    bib = b"@article{doe2020, title={Sleep and insulin}, author={Doe, J}, journal={J Sleep}, year={2020}}\n"
    page = read(desk, send(desk, "add", "sleep-helps.md", article, bibliography=("refs.bib", bib)))
    assert "Sleep and insulin" in text_of(page)
    assert decide(desk, page, "watch", strategy="sleep[tiab]", recipients="b@example.org").status_code == 303
    assert (desk.settings.queries / "refs.bib").read_bytes() == bib
    # The next text of it is read with the bibliography that lies there.
    page = read(desk, send(desk, "article/sleep-helps/text", "x.md", article.replace("Sleep helps", "Naps help")))
    assert "Sleep and insulin" in text_of(page)
    # Another article's bibliography is not overwritten.
    refused = send(desk, "add", "other.md", article, bibliography=("refs.bib", b"@article{x, title={Other}}"))
    assert refused.status_code == 409
    assert "Rename the bibliography" in refused.text
    for name in ("refs.yaml", "../refs.bib", "r\x7fefs.bib", "refs.exe"):
        answer = send(desk, "add", "other.md", article, bibliography=(name, bib))
        assert answer.status_code in {409, 422}, name


def zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 40_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.docx", b"PK\x03\x04 no archive word/document.xml", "save it anew"),
        ("a.pdf", b"%PDF-1.7\nbroken", "this PDF is damaged"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "no article in JATS"),
        ("a.exe", NEW.encode(), "A file that ends in .exe is not taken"),
    ],
    ids=["docx", "pdf", "xml", "exe"],
)
def test_a_file_that_is_no_article_is_answered_with_what_to_do(desk: Desk, name: str, data: bytes, said: str) -> None:
    page = read(desk, send(desk, "add", name, data), 422)
    assert said in text_of(page.xpath('//*[@role="alert"]')[0])
    assert "root:" not in text_of(page)
    assert decide(desk, page, "throw").headers["location"] == "/add"
    assert waiting(desk) == []
    assert names(desk) == ["sleep.md", "sleep.yaml"]


def test_a_file_name_is_shown_and_never_a_path(desk: Desk) -> None:
    before = {each.name for each in desk.settings.queries.parent.iterdir()}
    odd = [
        "../../etc/x.md",
        "..\\..\\x.md",
        "n\u202eul.md",
        "é" * 300 + ".md",
        ".md",
        "sleep.md",
        'a"; x="b.md',
        "a.md/..",
    ]
    for name in odd:
        upload = desk.settings.store.with_suffix(".uploads") / send(desk, "add", name, NEW).headers["location"][-32:]
        (kept,) = (upload / "files").iterdir()
        assert re.fullmatch(r"[a-z0-9-]{1,80}\.(?:md|txt)", kept.name), name
    made = {each.name for each in desk.settings.queries.parent.iterdir()} - before
    assert made <= {desk.settings.store.with_suffix(".uploads").name}
    assert names(desk) == ["sleep.md", "sleep.yaml"]


def test_an_upload_belongs_to_its_session_waits_a_day_and_is_bounded_in_number(desk: Desk) -> None:
    answer = send(desk, "add", "a.md", NEW)
    path = answer.headers["location"]
    assert desk.client.get(path).status_code == 200
    cookies = dict(desk.client.cookies)
    desk.client.cookies.clear()
    assert desk.client.get(path).status_code == 403
    desk.now += timedelta(seconds=2)
    desk.sign_in("other@example.org")
    assert desk.client.get(path).status_code == 404
    desk.client.cookies.clear()
    desk.client.cookies.update(cookies)
    for _ in range(MOST_OF_ONE):
        desk.now += timedelta(seconds=1)
        send(desk, "add", "b.md", NEW)
    assert len(waiting(desk)) == MOST_OF_ONE
    assert desk.client.get(path).status_code == 404
    desk.now += KEPT + timedelta(minutes=1)
    desk.sign_in()
    send(desk, "add", "c.md", NEW)
    assert len(waiting(desk)) == 1


def test_two_editors_who_replace_one_text_do_not_overwrite_each_other(desk: Desk) -> None:
    first = read(desk, send(desk, "article/sleep/text", "a.md", ARTICLE.replace("Exercise", "Training")))
    second = read(desk, send(desk, "article/sleep/text", "b.md", ARTICLE.replace("Exercise", "Sport")))
    assert decide(desk, second, "replace").status_code == 303
    refused = decide(desk, first, "replace")
    assert refused.status_code == 409
    assert "sleep.md was changed or removed meanwhile" in refused.text
    assert "Sport" in (desk.settings.queries / "sleep.md").read_text()


def test_only_an_editor_may_send_a_file_and_only_by_the_pages_form(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"article": ("a.md", NEW.encode())}
    assert desk.client.post("add", data={"csrf": "0" * 64}, files=files).status_code == 403
    assert desk.client.post("add", data={"csrf": "x"}).status_code == 400
    monkeypatch.setattr(article_uploads, "LARGEST_UPLOAD", 1000)
    monkeypatch.setattr("litwatch.desk.app.LARGEST_UPLOAD", 1000)
    assert send(desk, "add", "a.md", b"x" * 5000).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * 500

    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert desk.client.post("add", content=chunks(), headers=kind).status_code == 413
    desk.client.cookies.clear()
    assert desk.client.post("add", data={"csrf": "x"}, files=files).status_code == 403
    assert waiting(desk) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="article"; filename="a.md"\r\n\r\nhalf',
        b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n' + b"x" * 30_000 + b"\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\n" + b"x" * 10_000 + b"\r\n\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n' * 20 + b"--b--",
    ],
)
def test_a_form_that_is_broken_off_or_odd_is_refused(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(body)
    with pytest.raises(FormUnreadable):
        read_form_parts(tmp_path / "body", "multipart/form-data; boundary=b")


def test_a_file_that_takes_too_long_or_too_much_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text(NEW)
    assert read_bounded(tmp_path, "a.md")[0] == orjson.dumps(read_article_file(tmp_path / "a.md"))
    (tmp_path / "b.docx").write_bytes(zip_bomb())
    with pytest.raises(ArticleUnreadable, match=r"b\.docx"):
        read_bounded(tmp_path, "b.docx")
    monkeypatch.setattr(bounded_reading, "_PATIENCE", 1)
    os.mkfifo(tmp_path / "c.md")
    with pytest.raises(ArticleUnreadable, match="takes longer than 1 seconds"):
        read_bounded(tmp_path, "c.md")


@pytest.mark.parametrize("work", ["while True: pass", "bytearray(3_000_000_000)"])
def test_the_reading_process_is_ended_by_its_own_limits(work: str) -> None:
    program = f"from litwatch.config.reading_process import limit\nlimit(1)\n{work}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert done.returncode != 0


def test_the_watch_of_an_article_ends_with_a_reason(desk: Desk) -> None:
    path = "article/sleep/retire"
    (form,) = [each for each in desk.page(path).forms if (each.action or "").endswith("/retire")]
    assert desk.send(path, form, reason=" ").status_code == 422
    assert names(desk) == ["sleep.md", "sleep.yaml"]
    assert "It is the last article" in text_of(desk.page(path))
    assert "no longer watched" not in text_of(desk.page("queue?ended=sleep")), "an address alone says nothing"
    for _ in range(2):  # the button is pressed twice
        ended = desk.send(path, form, reason="merged into another").headers["location"]
        assert "sleep is no longer watched. No night looks at it any more" in text_of(desk.page(ended))
    assert names(desk) == ["sleep.md"]
    said = open_inbox(desk.settings).read()[0]
    assert [(each.decision, each.reason) for each in said] == [
        (Decision.ARTICLE_RETIRED, "merged into another"),
        (Decision.TOPIC_EDITED, "merged into another"),
    ]
    store = open_store(desk.settings)
    assert "sleep" not in store.watched_articles()
    assert desk.client.get(path).status_code == 404


def test_an_upload_that_breaks_off_leaves_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spools = tmp_path / "spools"
    spools.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spools))
    cookie = "; ".join(f"{name}={value}" for name, value in desk.client.cookies.items())
    head = (
        f"POST /add HTTP/1.1\r\nHost: desk\r\nCookie: {cookie}\r\nContent-Length: 5000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data"
    )
    host, port = desk.client.base_url.host, desk.client.base_url.port or 0
    with socket.create_connection((host, port)) as broken:
        broken.sendall(head.encode())
        wait_until(lambda: any(spools.glob("*/body")))
    wait_until(lambda: not any(spools.iterdir()))
    assert waiting(desk) == []


def wait_until(holds: Callable[[], bool]) -> None:
    """Return when it holds, at the latest after half a minute."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_upload_that_comes_too_slowly_is_told_so(after_a_night: House, tmp_path: Path) -> None:
    settings = after_a_night.copy(tmp_path).settings()
    with served(settings, limits=Limits(upload_seconds=0.2)) as desk:
        desk.sign_in()

        def slowly() -> Iterator[bytes]:
            yield b"--b\r\n"
            time.sleep(0.5)
            yield b"x"

        answer = desk.client.post("add", content=slowly(), headers={"content-type": "multipart/form-data; boundary=b"})
        assert answer.status_code == 408
        assert "It did not arrive within 0.2 seconds" in answer.text
