"""What the desk sets going, and what stands around it: checks, confirmed references, the audit, the commands."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import httpx
import orjson
import pytest

from litwatch.config.article_file import open_article
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topics
from litwatch.desk.checks import Checks
from litwatch.desk.readings import Readings
from litwatch.digest.signed_links import Grant, Purpose, open_link, sign
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement, NamedRecord
from litwatch.model.judgement_chain import CHAIN_START
from litwatch.model.reference import Feature, Match, MatchCode, MatchReason, MatchState
from litwatch.night.doors import open_inbox, open_store, publish_snapshot
from litwatch.reading.stored_report import name_reference, with_confirmed
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.command_line import Run
from tests.desk.desk_scenes import DESK_SETTINGS, EDITOR, MEMBER, MORNING, SECRET, forms_about, served
from tests.nights import ARTICLE, TOPIC, House


@pytest.fixture
def house(after_a_night: House, tmp_path: Path) -> House:
    return after_a_night.copy(tmp_path)


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The process's environment with the installation's settings."""
    names = ("queries", "reports", "store", "mail_folder", "email", "eutils", "rehearsal")
    given = {f"LITWATCH_{name.upper()}": str(getattr(settings, name)) for name in names}
    desk = {"LITWATCH_DESK_URL": "https://desk.example.org/", "LITWATCH_DESK_SECRET": SECRET}
    return {**os.environ, **given, **desk, **more}


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch, run: Run) -> Run:
    for name, value in environment(house.settings()).items():
        monkeypatch.setenv(name, value)
    return run


def wait_for_the_check(store: Path) -> None:
    """Return when no check holds its lock any more."""
    with store.with_suffix(".check.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)


# --- a check -----------------------------------------------------------------------------------------------------


def test_one_check_runs_at_a_time_whoever_started_it(house: House) -> None:
    settings = house.settings()
    store = open_store(settings)
    first, second = (Checks(settings.store, environment(settings, LITWATCH_EMAIL="")) for _ in range(2))
    assert first.running() is None
    with store._writing(), served(settings) as desk:  # a check waits for the store
        assert first.start("sleep", MORNING)
        assert not first.start("sleep", MORNING)
        assert not second.start("sleep", MORNING)
        seen = second.running()
        assert seen is not None
        assert (seen.topic, seen.since) == ("sleep", MORNING)
        desk.sign_in()
        page = desk.page("article/sleep")
        assert "A check of sleep has been under way" in page.text_content()
        refused = desk.client.post("article/sleep/check", data={"csrf": page.forms[0].fields["csrf"]})
        assert refused.status_code == 409
        assert open_inbox(settings).read() == ((), ())
    wait_for_the_check(settings.store)
    assert first.running() is None
    assert "LITWATCH_EMAIL" in first.last_words()


@pytest.mark.slow
def test_an_editor_starts_a_check_and_sees_its_end(house: House) -> None:
    settings = house.settings()
    with served(settings, environment=environment(settings)) as desk:
        desk.sign_in()
        (form,) = [form for form in desk.page("article/sleep").forms if form.action.endswith("/check")]
        assert desk.send("article/sleep", form).headers["location"] == "/nights"
        wait_for_the_check(settings.store)
        told = desk.page("nights").text_content()
        assert "Check," in told
        assert "review now" in told
    said = [each.judgement for each in open_store(settings).audit_trail()]
    assert [(each.decision, each.by, each.topic) for each in said] == [(Decision.CHECK_ASKED, EDITOR, "sleep")]


def test_a_check_needs_an_editor_the_pages_own_form_and_a_watched_article(house: House) -> None:
    with served(house.settings()) as desk:
        assert desk.client.post("article/sleep/check", data={}).status_code == 403
        desk.sign_in()
        assert desk.client.post("article/sleep/check", data={}).status_code == 403
        csrf = desk.page("queue").forms[0].fields["csrf"]
        assert desk.client.post("article/unknown/check", data={"csrf": csrf}).status_code == 404
        assert desk.client.get("article/sleep/check").status_code == 405
        assert not house.settings().store.with_suffix(".check.lock").exists()


# --- a reference -------------------------------------------------------------------------------------------------


def doubt(house: House) -> None:
    """Let the second reference be unsure: its PMID is gone from the list, and a candidate is remembered."""
    article = ARTICLE.replace("supervised exercise and", "something else about").replace(" PMID: 99000003", "")
    house.write_topic("sleep", article=article)
    store = open_store(house.settings())
    unsure = Match(
        2,
        MatchState.CANDIDATE,
        Pmid(99000003),
        0.6,
        "title",
        MatchReason(MatchCode.COMPARED, differing=(Feature.TITLE,)),
        (Pmid(99000010),),
    )
    matches = orjson.dumps([unsure]).decode()
    with store._writing() as con:
        con.execute("INSERT INTO match_list VALUES ('sleep', 99, now()::TIMESTAMP, ?)", [matches])
    publish_snapshot(store, Settings(**house.settings().model_dump() | DESK_SETTINGS))


@pytest.mark.slow
def test_a_confirmed_reference_is_watched_from_the_next_run_on(house: House) -> None:
    doubt(house)
    settings = house.settings()
    with served(settings) as desk:
        path = desk.link()
        (form,) = forms_about(desk.page(path), "reference")
        assert "something else about" in form.text_content()
        assert desk.send(path, form).status_code == 422
        for bad in ("0", "12a", "-5", "9" * 10, "²"):
            assert desk.send(path, form, other=bad).status_code == 422
        assert desk.send(path, form, position="1", pmid="99000003").status_code == 422
        assert desk.send(path, form, pmid="99000003").status_code == 303
    store = open_store(settings)
    (named,) = store.confirmed_references("sleep")
    assert named.pmid == 99000003
    assert "something else about" in named.text
    (topic,) = read_topics(settings.queries)
    (pin,) = with_confirmed(topic, open_article(topic), store).pins
    assert (pin.position, pin.pmid) == (2, 99000003)
    house.night(DEMONSTRATION_TODAY + timedelta(days=1))
    match = store.matches("sleep")[2]
    assert (match.state, match.pmid) == (MatchState.CONFIRMED, 99000003)


def test_a_confirmation_follows_its_entry_and_yields_to_the_editors_pin(house: House) -> None:
    settings = house.settings()
    store = open_store(settings)
    (topic,) = read_topics(settings.queries)
    article = open_article(topic)
    named = NamedRecord(name_reference(article.references[1]), Pmid(99000003))
    store.record_judgement(Judgement("sleep", Decision.REFERENCE_CONFIRMED, MEMBER, MORNING, reference=named))
    turned = replace(article, references=article.references[::-1])
    assert [pin.position for pin in with_confirmed(topic, article, store).pins] == [2]
    assert [pin.pmid for pin in with_confirmed(topic, turned, store).pins] == [99000003]
    house.write_topic("sleep", topic=TOPIC + "pins:\n  - {position: 2, pmid: 99000010}\n")
    (pinned,) = read_topics(settings.queries)
    assert [pin.pmid for pin in with_confirmed(pinned, article, store).pins] == [99000010]


# --- the audit ---------------------------------------------------------------------------------------------------


def three_events(house: House) -> list[str]:
    """Put three events into the chain; their hashes."""
    store = open_store(house.settings())
    for number in range(3):
        store.record_judgement(Judgement("sleep", Decision.CHECK_ASKED, EDITOR, MORNING, f"number {number}"))
    return [each.hash for each in store.audit_trail()][::-1]


def test_the_audit_of_a_whole_chain_is_content_and_prints_its_head(house: House, run: Run) -> None:
    assert run("audit", "verify")[:2] == (0, f"0 events; the chain holds; head {CHAIN_START}\n")
    hashes = three_events(house)
    status, out, _ = run("audit", "verify", "--json", "--head", hashes[1])
    told = json.loads(out)
    assert status == 0
    assert told == {"ok": True, "events": 3, "head": hashes[2], "broken": [], "problems": []}


TAMPERINGS = {
    "an altered reason": (
        "UPDATE stored_judgement SET doc = replace(doc::VARCHAR, 'number 1', 'number 7') WHERE seq = 2",
        [2],
    ),
    "another person": (
        'UPDATE stored_judgement SET doc = replace(doc::VARCHAR, \'"by":"person-\', \'"by":"person-0\') WHERE seq = 3',
        [3],
    ),
    "another name for a person": ("UPDATE person SET name = replace(name, 'editor@', 'nobody@')", [1, 2, 3]),
    "an event taken out": ("DELETE FROM stored_judgement WHERE seq = 2", [3]),
    "the first one taken out": ("DELETE FROM stored_judgement WHERE seq = 1", [2, 3]),
    "an event put in": (
        "INSERT INTO stored_judgement SELECT 4, previous, hash, doc FROM stored_judgement WHERE seq = 3",
        [4],
    ),
    "a hash made to fit": (
        "UPDATE stored_judgement SET doc = '{}', hash = sha256(previous || chr(10) || '{}') WHERE seq = 2",
        [3],
    ),
    "two exchanged": (
        "UPDATE stored_judgement SET seq = CASE seq WHEN 1 THEN 12 WHEN 2 THEN 11 ELSE seq END",
        [3, 11, 12],
    ),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_the_audit_names_the_broken_event_after(house: House, run: Run, kind: str) -> None:
    three_events(house)
    sql, broken = TAMPERINGS[kind]
    with duckdb.connect(str(house.settings().store)) as con:
        con.execute(sql)
    status, out, _ = run("audit", "verify", "--json")
    told = json.loads(out)
    assert (status, told["ok"]) == (1, False)
    assert told["broken"] == broken
    assert told["problems"]
    status, out, err = run("audit", "verify")
    assert status == 1
    assert "the chain is broken" in out
    assert f"Judgement {broken[0]} " in err


def test_a_cut_off_end_shows_against_a_head_noted_before(house: House, run: Run) -> None:
    hashes = three_events(house)
    with duckdb.connect(str(house.settings().store)) as con:
        con.execute("DELETE FROM stored_judgement WHERE seq = 3")
    assert run("audit", "verify")[0] == 0
    status, _, err = run("audit", "verify", "--head", hashes[2])
    assert status == 1
    assert "cut off" in err


def test_a_head_that_was_not_copied_whole_is_wrong_usage_and_no_alarm(house: House, run: Run) -> None:
    hashes = three_events(house)
    status, out, err = run("audit", "verify", "--head", hashes[2][:12])
    assert (status, out) == (2, "")
    assert "64 characters" in err


def test_a_store_that_is_not_there_is_no_content_audit(house: House, run: Run) -> None:
    house.settings().store.unlink()
    assert run("audit", "verify")[0] == 1


def test_the_audit_lists_who_said_what(house: House, run: Run) -> None:
    three_events(house)
    status, out, _ = run("audit", "list", "sleep", "--limit", "2")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["3", "2"]
    assert "sleep: check asked for, by editor@example.org: number 2" in out
    assert run("audit", "list", "--article", "sleep", "--limit", "2")[1] == out, "the old spelling of the argument"
    assert run("audit", "list", "other")[1] == ""
    assert [each["seq"] for each in json.loads(run("audit", "list", "--json")[1])] == [3, 2, 1]


# --- the commands ------------------------------------------------------------------------------------------------


def test_an_invitation_is_a_link_that_opens_the_desk(run: Run) -> None:
    status, out, err = run("desk", "invite", EDITOR, "--role", "editor")
    assert status == 0
    token = out.strip().removeprefix("https://desk.example.org/sign-in/")
    assert open_link(token, Purpose.SIGN_IN, SECRET, datetime.now(UTC)).member == EDITOR
    assert token not in err
    told = json.loads(run("desk", "invite", MEMBER, "--role", "member", "--article", "sleep", "--json")[1])
    assert told["link"].startswith("https://desk.example.org/answer/")
    old = json.loads(run("desk", "invite", MEMBER, "--role", "board", "--article", "sleep", "--json")[1])
    assert old["role"] == told["role"] == "member", "the old spelling of the role"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stranger@example.org", "--role", "member", "--article", "sleep"), "is not a recipient of sleep"),
        ((MEMBER, "--role", "member", "--article", "slepe"), "no such article"),
        ((MEMBER, "--role", "member"), "needs --article"),
        ((EDITOR, "--role", "editor", "--article", "sleep"), "needs --article"),
        (("not an address", "--role", "editor"), "mail address"),
    ],
)
def test_an_invitation_that_would_open_nothing_is_refused(run: Run, arguments: tuple[str, ...], told: str) -> None:
    status, out, err = run("desk", "invite", *arguments)
    assert (status, out) == (2, "")
    assert told in err


def test_revoking_the_links_of_an_address_that_nobody_knows_is_kept_and_said(house: House, run: Run) -> None:
    assert run("desk", "revoke", MEMBER, "--by", "Operator")[2] == ""
    status, _, err = run("desk", "revoke", "mistyped@example.org", "--by", "Operator")
    assert status == 0, "it may be an editor's, or that of somebody who left the lists"
    assert "no topic file contains mistyped@example.org" in err
    assert "mistyped@example.org" in open_store(house.settings()).links_revoked()


def test_revoked_links_are_an_event_with_a_reason(house: House, run: Run) -> None:
    assert run("desk", "revoke", EDITOR, "--by", "Operator", "--reason", "laptop lost")[0] == 0
    (event,) = open_store(house.settings()).audit_trail()
    assert (event.judgement.decision, event.judgement.member) == (Decision.LINKS_REVOKED, EDITOR)
    assert open_store(house.settings()).links_revoked().keys() == {EDITOR}


@pytest.mark.parametrize("arguments", [("desk",), ("desk", "invite", EDITOR, "--role", "editor")])
def test_the_desk_without_its_secret_says_what_to_set(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    for name in ("LITWATCH_DESK_URL", "LITWATCH_DESK_SECRET"):
        monkeypatch.delenv(name)
    status, _, err = run(*arguments)
    assert status == 1
    assert "LITWATCH_DESK_SECRET" in err


def test_a_taken_port_is_said_before_the_desk_claims_to_listen(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, out, err = run("desk", "--port", str(port))
    assert (status, out) == (1, "")
    assert f"cannot listen on 127.0.0.1, port {port}" in err
    assert "listens on" not in err


@pytest.mark.slow
def test_the_desk_as_a_process_answers_and_logs_no_key(house: House) -> None:
    settings = house.settings()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "litwatch", "desk", "--port", str(port)]
    with subprocess.Popen(command, env=environment(settings), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert f"listens on http://127.0.0.1:{port}" in process.stderr.readline()
        token = sign(Grant(Purpose.ANSWER, MEMBER, "sleep"), SECRET, datetime.now(UTC) - timedelta(minutes=1))
        # waits for the port to be opened: httpx tries a refused connection again, with growing pauses
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=8)) as client:
            assert client.get(f"answer/{token}", timeout=60).status_code == 200
            assert client.get(f"answer/{token[:-2]}").status_code == 403
            assert client.get(f"no/such/{token}").status_code == 404
        process.terminate()
        told = process.stderr.read()
    assert token[:20] not in told
    assert "Traceback" not in told
    assert process.returncode in {0, -15}


@pytest.mark.parametrize("secret", ["short", SECRET])
def test_half_of_the_desks_settings_is_refused_without_telling_the_secret(
    run: Run, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("LITWATCH_DESK_SECRET", secret)
    monkeypatch.delenv("LITWATCH_DESK_URL")
    status, out, err = run("topics", "list")
    assert status == 1
    assert "DESK" in err
    assert "items" not in err, "a secret has characters"
    assert secret not in out + err


def test_the_outbox_and_the_store_hold_no_key(house: House) -> None:
    (mail,) = house.mails()
    assert "answer/" in mail.read_text()
    token = mail.read_text().replace("=\n", "").split("answer/")[1].split("#")[0].split('"')[0].split()[0]
    signature = token.partition(".")[2][:43]
    assert len(signature) == 43
    assert signature != "_" * 43
    kept = b"".join(path.read_bytes() for path in house.settings().store.parent.iterdir() if path.is_file())
    assert signature.encode() not in kept
    assert SECRET.encode() not in kept


@pytest.mark.slow
def test_answers_that_cannot_be_taken_in_make_the_night_and_the_doctor_complain(house: House, run: Run) -> None:
    inbox = open_inbox(house.settings())
    inbox.folder.mkdir()
    (inbox.folder / "20261120T090000.000000Z-bad.json").write_text("{}")
    summary = house.night(DEMONSTRATION_TODAY + timedelta(days=1), settings=DESK_SETTINGS)
    assert "could not be taken in" in (summary.failure or "")
    status, out, _ = run("doctor")
    assert status == 1
    assert "could not be taken in" in out


def test_the_doctor_names_an_article_whose_every_reader_has_stopped_the_digest(house: House, run: Run) -> None:
    stop = Judgement("", Decision.DIGEST_STOPPED, MEMBER, MORNING, member=MEMBER.upper())
    open_store(house.settings()).record_judgement(stop)
    assert "every recipient of sleep has stopped the digest" in run("doctor")[1]


def test_an_answer_on_the_command_line_is_kept_though_the_desks_pages_cannot_be_renewed(house: House, run: Run) -> None:
    pages = house.settings().store.with_suffix(".readers.duckdb")
    pages.unlink(missing_ok=True)
    (pages / "in the way").mkdir(parents=True)
    status, _, err = run("review", "sleep", "unchanged", "--by", "Dr Example", "--reason", "read")
    assert (status, "the answer is stored" in err) == (0, True)
    (event,) = open_store(house.settings(desk_url=None, desk_secret=None)).audit_trail()
    assert event.judgement.by == "Dr Example"


# --- memory ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_desk_keeps_few_articles_in_memory_and_none_of_an_older_snapshot(house: House) -> None:
    for number in range(14):
        house.write_topic(f"more-{number}")
    settings = house.settings(**DESK_SETTINGS)
    readings = Readings(settings, lambda: MORNING)
    store = open_store(settings)
    with store._writing() as con:  # as if each had been surveyed
        con.execute(
            "INSERT INTO stored_verdict SELECT v.* REPLACE ('more-' || n AS topic, '1' AS revision, 'x' AS run)"
            " FROM stored_verdict AS v, range(14) AS r(n)"
        )
    publish_snapshot(store, settings)
    for number in range(14):
        assert readings.article(f"more-{number}") is not None
    assert len(readings._kept["article"]) == 12
    publish_snapshot(store, settings)
    first = readings.article("sleep")
    assert readings.article("sleep") is first
    assert len(readings._kept["article"]) == 1
