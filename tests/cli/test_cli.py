"""The command line as a person or a script uses it: what it prints, its exit status, what it says about mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest

from litwatch.cli import group
from litwatch.model.message import MessageState
from litwatch.night.doors import open_store
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from litwatch.standin.retraction_watch import defective_notices, write_csv
from tests.command_line import Run
from tests.nights import TOPIC, House, open_house

TODAY = DEMONSTRATION_TODAY.isoformat()


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(revisions())


@pytest.fixture
def house(tmp_path: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with open_house(tmp_path, corpus) as opened:
        opened.show_commands(monkeypatch)
        yield opened


def every_command(
    parent: click.Group = group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(parent)
    for name in parent.list_commands(context):
        command = parent.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize(
    "arguments",
    [("check", "sleep", "--as-of", "31/03/2026"), ("answer", "sleep", "99000001", "later", "--until", "soon")],
)
def test_a_day_written_otherwise_is_wrong_usage_and_its_form_is_shown(run: Run, arguments: tuple[str, ...]) -> None:
    status, _, err = run(*arguments)
    assert status == 2
    assert f"'{arguments[-1]}' is not a date; write it as 2026-03-31" in " ".join(err.split())


@pytest.mark.parametrize("path", [path for path, _ in every_command()], ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], run: Run) -> None:
    status, out, _ = run(*path, "--help")
    assert status == 0
    command = dict(every_command())[path]
    assert isinstance(command, click.Group) or f"litwatch {path[0]}" in out.split("Example:")[1]


def test_a_night_prints_one_line_an_article_and_where_the_report_lies(house: House, run: Run) -> None:
    status, out, _ = run("nightly", "--as-of", TODAY)
    assert status == 0
    assert "review now" in out
    assert str(house.folder / "reports" / "sleep" / f"{TODAY}.html") in out.replace("\n", "")


def test_a_night_as_json_can_be_read_by_a_script(house: House, run: Run) -> None:
    status, out, _ = run("nightly", "--as-of", TODAY, "--json")
    told = json.loads(out)
    assert (status, told["ok"], told["review_needed"]) == (0, True, True)
    assert told["articles"][0]["verdict"]["status"] == "review_now"
    assert told["delivery"]["sent"] == ["board@example.org"]


def test_check_tells_by_its_exit_status_that_a_review_is_needed(house: House, run: Run) -> None:
    assert run("check", "sleep", "--as-of", TODAY)[0] == 0
    assert run("check", "sleep", "--as-of", TODAY, "--exit-code")[0] == 10


def test_a_dry_run_leaves_no_trace(house: House, run: Run) -> None:
    status, out, _ = run("check", "sleep", "--as-of", TODAY, "--dry-run")
    assert status == 0
    assert "review now" in out
    assert not house.rows("observation")
    assert not (house.folder / "reports").exists()


def test_an_unknown_article_is_one_clear_line(house: House, run: Run) -> None:
    status, _, err = run("check", "slepe")
    assert status == 2
    assert "no article named slepe" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments", [("check",), ("nightly", "--as-of", "yesterday"), ("nigthly",), ("digest", "--resend", "x")]
)
def test_wrong_usage_has_exit_status_2(house: House, run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_a_missing_mail_address_is_said_with_the_settings_name(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LITWATCH_EMAIL")
    status, _, err = run("nightly")
    assert status == 1
    assert "LITWATCH_EMAIL" in err


def test_a_misspelt_setting_is_said(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITWATCH_EMIAL", "x")
    assert "LITWATCH_EMIAL: there is no such setting" in run("topics", "list")[2]


def test_a_wrong_api_key_is_told_without_the_key(house: House, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    house.pubmed.keys = frozenset({"right"})
    monkeypatch.setenv("LITWATCH_API_KEY", "sentinel-key-0123456789")
    status, out, err = run("nightly", "--as-of", TODAY)
    assert status == 1
    assert "API key" in err
    kept = b"".join(path.read_bytes() for path in house.folder.rglob("*") if path.is_file())
    assert "sentinel-key" not in out + err
    assert b"sentinel-key" not in kept


def test_topics_check_reports_every_mistake_at_once(house: House, run: Run) -> None:
    house.write_topic("wrong", topic=TOPIC + "thresholds: {review_level: many}\nfeeds: nothing\n")
    house.write_topic("alone", topic=TOPIC + "readers: 2\n")
    status, out, err = run("topics", "check")
    assert status == 1
    assert "thresholds.review_level: it should be a whole number from 1 to 7" in err
    assert "feeds" in err
    assert "alone.yaml: readers: two must agree on each answer, and the article's list has fewer than two people" in err
    assert "Insulin Resistance" in out


@pytest.mark.parametrize("address", ["http://[::1/", "https://example.org:99999/rss", "http:///rss"])
def test_a_feed_address_that_is_none_is_named_and_costs_the_article_no_more_than_the_feed(
    address: str, house: House, run: Run
) -> None:
    house.write_topic("sleep", topic=TOPIC + f"feeds: [{{name: The journal, url: '{address}'}}]\n")
    status, _, err = run("topics", "check")
    assert status == 1
    assert "sleep.yaml: feeds[0].url: The journal: this is not a valid web address" in err
    status, out, err = run("check", "sleep")
    assert status == 1
    assert "sleep: review now" in out
    assert "sleep: feed: The journal: the feed at " in err, "and nothing else failed"


def test_a_secret_too_short_to_be_one_is_refused_in_words_that_can_be_read(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITWATCH_SMTP_USER", "someone")
    monkeypatch.setenv("LITWATCH_SMTP_PASSWORD", "a")
    status, _, err = run("topics", "list")
    assert status == 1
    assert "LITWATCH_SMTP_PASSWORD: Value should have at least 4 characters" in err


def test_topics_check_explains_what_pubmed_would_ignore(house: House, run: Run) -> None:
    house.write_topic("odd", topic=TOPIC.replace('"insulin resistance"[tiab]', "insulin[foo]"))
    status, out, _ = run("topics", "check", "odd")
    assert (status, "S02-unknown-tag" in out, "1 checked, 1 problem" in out) == (1, True, True)
    assert run("topics", "check", "sleep")[0] == 0, "a warning stops nobody, nor does another topic's mistake"
    house.night(DEMONSTRATION_TODAY)
    assert re.search(r"BAD topics .*odd\.yaml: strategy: .*foo", run("doctor")[1])


def test_topics_check_names_what_keeps_update_files_from_carrying_a_topic(house: House, run: Run) -> None:
    house.write_topic("odd", topic=TOPIC.replace('"insulin resistance"[tiab]', "insulin resistance") + "source: bulk\n")
    status, _, err = run("topics", "check", "odd")
    assert status == 1
    assert "odd.yaml: source: bulk needs LITWATCH_BULK_FILES" in err
    assert "odd.yaml: strategy: insulin resistance: PubMed maps words without a tag" in err


def test_topics_check_finds_an_article_that_cannot_be_read(house: House, run: Run) -> None:
    (house.folder / "queries" / "sleep.md").write_bytes(b"")
    status, _, err = run("topics", "check")
    assert status == 1
    assert "sleep.md" in err


def test_a_change_can_be_answered_and_an_article_reviewed(house: House, run: Run) -> None:
    house.night(DEMONSTRATION_TODAY)
    assert (
        run("answer", "sleep", "99000004", "already-covered", "--by", "Dr Example", "--reason", "seen in May")[0] == 0
    )
    left = [row[3] for row in house.rows("episode_state") if row[3] == 99000004]
    assert left
    assert run("report", "sleep")[0] == 0
    assert run("answer", "sleep", "99999999", "relevant", "--by", "Dr Example")[0] == 2
    assert run("answer", "sleep", "99000003", "later", "--by", "Dr Example")[0] == 2, "later needs a day"
    for words in (("review", "sleep", "unchanged"), ("answer", "sleep", "99000003", "relevant")):
        assert run(*words, "--by", " ")[0] == 2, "a decision belongs to a person"
    assert run("review", "sleep", "unchanged", "--by", "Dr Example", "--reason", "read the notice")[0] == 0
    status, out, _ = run("check", "sleep", "--as-of", TODAY, "--json")
    told = json.loads(out)
    assert (status, told["articles"][0]["signals"]) == (0, [])
    assert run("store", "check")[0] == 0


def test_a_notice_is_closed_with_a_reason_and_nothing_is_put_off_to_a_past_or_far_day(house: House, run: Run) -> None:
    house.night(DEMONSTRATION_TODAY)
    by = ("--by", "Dr Example")
    before = house.rows("episode_state")
    for arguments, says in (
        (("answer", "sleep", "99000004", "not-relevant", *by), "needs a --reason"),
        (("answer", "sleep", "99000004", "already-covered", *by, "--reason", " "), "needs a --reason"),
        (("answer", "sleep", "99000004", "later", *by, "--until", "2020-01-01"), "a future date"),
        (("answer", "sleep", "99000004", "later", *by, "--until", "2999-01-01"), "twelve months"),
        (("answer", "nosuch", "99000004", "relevant", *by), "has not been surveyed yet"),
        (("review", "sleep", "unchanged", *by), "needs a --reason"),
    ):
        status, _, err = run(*arguments)
        assert (status, says in err) == (2, True), (arguments, err)
    assert house.rows("episode_state") == before


def test_the_report_is_written_again_from_the_store(house: House, run: Run) -> None:
    assert run("report")[0] == 1, "not surveyed yet"
    house.night(DEMONSTRATION_TODAY)
    asked = len(house.pubmed.journal)
    status, out, _ = run("report", "sleep")
    assert status == 0
    assert out.count("sleep/") == 3
    assert len(house.pubmed.journal) == asked, "nothing is asked of PubMed"
    (house.folder / "queries" / "sleep.yaml").rename(house.folder / "sleep.yaml")
    (house.folder / "queries" / "diet.yaml").write_text("article: none.md\n", encoding="utf-8")
    assert run("report")[0] == 1
    index = (house.folder / "reports" / "index.html").read_text(encoding="utf-8")
    assert "diet.yaml" in index
    assert "sleep" in index
    assert "topic file missing" in index


def test_new_evidence_is_exported_from_the_store_to_the_screen_or_a_file(
    house: House, run: Run, tmp_path: Path
) -> None:
    run("nightly", "--as-of", TODAY)
    slug = "sleep"
    for form in ("csv", "ris", "bibtex", "nbib"):
        status, out, _ = run("export", slug, "--format", form)
        assert (status, out.count("9900")) > (0, 0), form
    file = tmp_path / "new.ris"
    assert run("export", slug, "--format", "ris", "--output", str(file))[0] == 0
    assert file.read_bytes().startswith(b"TY  - JOUR\r\n")
    status, out, _ = run("export", slug, "--format", "json-ld")
    assert json.loads(out)["evidenceSearchedTo"]
    assert "BEGIN:VEVENT" in run("export", "--format", "icalendar")[1]
    assert "<entry>" in run("export", "--format", "atom")[1]


@pytest.mark.parametrize(
    "arguments", [("--format", "csv"), ("sleep", "--format", "atom"), ("nothing", "--format", "csv"), ("sleep",)]
)
def test_an_export_of_the_wrong_thing_is_wrong_usage(house: House, run: Run, arguments: tuple[str, ...]) -> None:
    assert run("export", *arguments)[0] == 2


def test_an_article_without_a_night_cannot_be_exported(house: House, run: Run) -> None:
    open_store(house.settings())
    status, out, err = run("export", "sleep", "--format", "csv")
    assert (status, out) == (1, "")
    assert "not surveyed yet" in err


def test_the_outbox_is_shown_and_an_unknown_message_is_not_resent(house: House, run: Run) -> None:
    house.night(DEMONSTRATION_TODAY)
    status, out, _ = run("digest", "--show")
    assert status == 0
    assert "sent" in out
    for option in ("--resend", "--received"):
        status, _, err = run("digest", option, "<nobody@example.org>", "--by", "me")
        assert status == 2
        assert "--show" in err
        for empty in ("", " "):
            status, _, err = run("digest", option, empty, "--by", "me")
            assert status == 2
            assert "the MESSAGE-ID is empty" in err
    both = ("--resend", "<a@example.org>", "--received", "<a@example.org>")
    assert run("digest", *both, "--by", "me")[0] == 2


def test_a_message_of_unknown_fate_is_called_sent_on_a_persons_word(house: House, run: Run) -> None:
    house.night(DEMONSTRATION_TODAY, settings={"smtp_host": "127.0.0.1", "smtp_port": 9})
    store = open_store(house.settings())
    (entry,) = store.claim(house.pubmed.now)
    store.settle(entry.message.message_id, MessageState.UNKNOWN, at=house.pubmed.now)
    assert run("digest")[0] == 1
    assert run("digest", "--received", entry.message.message_id, "--by", "Dr A")[0] == 0
    assert [kept.state for kept in store.outbox()] == [MessageState.SENT]
    assert not house.mails()


def test_a_message_that_is_cancelled_is_never_sent_and_no_other_is_sent_by_that(house: House, run: Run) -> None:
    house.night(DEMONSTRATION_TODAY, settings={"smtp_host": "127.0.0.1", "smtp_port": 9})
    store = open_store(house.settings())
    (waiting,) = store.outbox()
    other = replace(waiting.message, message_id="<other@example.org>", scope="digest 2026-01-01", content_hash="other")
    store.enqueue([other], at=house.pubmed.now)
    assert "waiting " in run("digest", "--show")[1]
    status, out, _ = run("digest", "--cancel", waiting.message.message_id, "--by", "Dr A")
    assert status == 0
    assert "cancelled" in out
    assert "sent" not in out
    assert [kept.state for kept in store.outbox()] == [MessageState.CANCELLED, MessageState.QUEUED]
    assert not house.mails()
    status, _, err = run("digest", "--resend", waiting.message.message_id, "--by", "Dr A")
    assert status == 2
    assert "is not sent again" in err


def test_the_store_commands_work_on_a_store_with_a_night(house: House, run: Run) -> None:
    house.night(DEMONSTRATION_TODAY)
    assert "succeeded" in run("store", "runs")[1]
    assert run("store", "check")[0] == 0
    assert "afterwards" in run("store", "vacuum", "--dry-run")[1]
    assert run("store", "vacuum")[0] == 0
    assert run("store", "snapshot", str(house.folder / "copy.duckdb"))[0] == 0
    assert run("store", "snapshot", str(house.folder / "copy.duckdb"))[0] == 0, "an older copy is replaced"
    assert (house.folder / "copy.duckdb").exists()
    assert "observation" in run("store", "export", str(house.folder / "export"))[1]


def test_a_snapshot_never_replaces_a_file_that_is_no_copy_of_a_store(house: House, run: Run) -> None:
    house.night(DEMONSTRATION_TODAY)
    notes = house.folder / "minutes.txt"
    notes.write_text("The board met in March.", encoding="utf-8")
    status, _, err = run("store", "snapshot", str(notes))
    assert (status, err) == (
        1,
        f"litwatch: {notes} exists and is not a copy of a store; choose another file for the snapshot.\n",
    )
    assert notes.read_text(encoding="utf-8") == "The board met in March."


@pytest.mark.parametrize(
    "command",
    [
        *("store runs", "store check", "store vacuum", "audit list", "digest --show", "retractions status"),
        *("nightly", "check sleep", "digest", "retractions load var/table.csv", "bulk load var/bulk"),
        *("leads list sleep", "references list sleep", "report sleep", "export --format atom", "impact 99000004"),
        *("answer sleep 99000004 relevant --by Board", "review sleep unchanged --by Board --reason read"),
    ],
)
def test_no_command_makes_a_store_for_a_mistyped_path(house: House, run: Run, command: str) -> None:
    house.settings().store.unlink()
    (house.folder / "table.csv").write_bytes(write_csv(defective_notices()))
    (house.folder / "bulk").mkdir()
    status, out, err = run(*command.replace("var/", f"{house.folder}/").split())
    assert (status, out) == (1, "")
    assert "There is no store" in err
    assert "check LITWATCH_STORE" in err
    assert not house.settings().store.exists()


def test_doctor_tells_an_unusable_store_once(house: House, run: Run) -> None:
    house.settings().store.unlink()
    status, out, _ = run("doctor", "--network")
    assert status == 1
    assert out.count("BAD") == out.count("There is no store") == 1
    assert "ok  NCBI" in out, "whoever installs litwatch asks before the first night makes the store"


def test_doctor_says_what_is_missing_and_what_is_well(house: House, run: Run) -> None:
    house.settings().store.unlink()
    status, out, _ = run("doctor")
    assert status == 1
    assert "`litwatch init` makes it" in out
    house.night(DEMONSTRATION_TODAY)
    for option in ("--network", "--ask-ncbi"):  # the second is its older name
        out = run("doctor", option)[1]
        assert "ok  topics" in out
        assert "ok  NCBI" in out


def test_articles_show_prints_json_with_the_agreed_keys(house: House, run: Run) -> None:
    status, out, _ = run("articles", "show", str(house.folder / "queries" / "sleep.md"), "--json")
    told = json.loads(out)
    assert status == 0
    assert {"question", "last_updated", "status", "sections", "sentences", "markers", "references", "uncertain"} <= set(
        told
    )
    assert told["markers"] == [1, 2]


def test_what_an_article_says_can_neither_colour_the_screen_nor_turn_its_lines_around(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Sleep\n\nSleep \x1b[2Jis \x9b31mgood \u202edoog [1].\n\n## References\n\n1. A \x1b]0;x\x07title. 2020.\n"
    )
    for command in (("show",), ("lint",)):
        _, out, err = run("articles", *command, str(page))
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(out + err)
    assert "good" in run("articles", "show", str(page))[1]


def test_articles_show_prints_what_was_left_out_as_furniture(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "naps.html"
    page.write_text("<nav><p>Menu of topics</p></nav><h1>Why nap?</h1><p>Naps help.</p>", encoding="utf-8")
    assert "Left out as furniture of the page\n      Menu of topics\n" in run("articles", "show", str(page))[1]


def test_articles_show_refuses_what_is_no_article(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(b"\x00\xff\xfe" * 50)
    status, _, err = run("articles", "show", str(tmp_path / "page.txt"))
    assert status == 1
    assert "page.txt" in err


def test_a_strategy_that_means_something_else_is_told_on_the_screen_behind_graver_things(
    house: House, run: Run
) -> None:
    house.night(DEMONSTRATION_TODAY)
    house.pubmed.faults.on("translation-changes", utility="esearch")
    _, out, _ = run("check", "sleep", "--as-of", TODAY)
    assert "sleep: review now" in out
    assert "the search strategy needs a look: PubMed interprets it differently" in out


def test_a_topic_file_is_no_article(house: House, run: Run) -> None:
    for command in ("show", "lint"):
        status, out, err = run("articles", command, str(house.folder / "queries" / "sleep.yaml"))
        assert (status, out) == (2, "")
        assert "is a topic file" in err


def test_a_missing_folder_of_topic_files_is_told_once(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LITWATCH_QUERIES", "queries-elsewhere")
    status, out, err = run("nightly")
    assert status == 1
    assert "queries-elsewhere: there is no such folder" in out + err
    assert "queries-elsewhere: queries-elsewhere" not in out + err


def test_lint_has_an_exit_status_for_scripts(house: House, run: Run, tmp_path: Path) -> None:
    assert run("articles", "lint", str(house.folder / "queries" / "sleep.md"))[0] == 0
    broken = tmp_path / "broken.md"
    broken.write_text(
        "# What?\n\nA claim [1]. Another [7].\n\n## References\n\n1. Example A. A title. A journal. 2020.\n"
    )
    status, out, _ = run("articles", "lint", str(broken), "--json")
    assert status == 1
    assert any(finding["severity"] == "error" for finding in json.loads(out))


def test_the_faults_of_the_stand_in_are_listed(run: Run) -> None:
    status, out, _ = run("standin", "faults")
    assert status == 0
    assert len(out.splitlines()) > 40


def test_topics_check_says_that_a_questions_first_day_is_still_to_come(house: House, run: Run) -> None:
    question = "question: Does sleep help?\nsince: 2999-01-01\nstrategy: sleep[tiab]\nrecipients: [board@example.org]\n"
    (house.folder / "queries" / "help.yaml").write_text(question)
    status, _, err = run("topics", "check", "help")
    assert (status, "since: 2999-01-01 is still to come" in err) == (1, True)
