"""Whole nights against the stand-in: what is found, what is kept, what is told, and what a second night does."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from litwatch.decisions.search_window import OVERLAP
from litwatch.decisions.verdict import Status
from litwatch.model.change import Change, ChangeKind
from litwatch.model.errors import EditorError, SettingsError, StoreBusy
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.sweep import SweepState
from litwatch.night.doors import open_store
from litwatch.night.mail_delivery import run_delivery
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.report.match_sentences import say_match
from litwatch.report.reason_sentences import say_signal
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from litwatch.store import RunState
from tests.night.retrieval_scenes import Hushed
from tests.nights import ARTICLE, TOPIC, House, open_house
from tests.store.store_scenes import episodes_of
from tests.watermarks import watermark

TODAY = DEMONSTRATION_TODAY
GONE = Change(ChangeKind.CITED_MISSING, Pmid(99000003), "")
KEPT = ("observation", "sighting", "episode", "match_list", "stored_verdict", "outbox", "stored_judgement", "fate")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(revisions())


@pytest.fixture
def house(tmp_path: Path, corpus: Corpus) -> Iterator[House]:
    with open_house(tmp_path, corpus) as opened:
        yield opened


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> Iterator[tuple[House, NightSummary]]:
    """A house after its first night, to be looked at and not to be changed, and that night."""
    with open_house(tmp_path_factory.mktemp("night"), corpus) as opened:
        yield opened, opened.night(TODAY)


@pytest.fixture
def after(tmp_path: Path, night: tuple[House, NightSummary]) -> House:
    """A copy of that house, in which a test goes on."""
    return night[0].copy(tmp_path)


def only(summary: NightSummary) -> Status:
    assert summary.ok, summary.failure
    (outcome,) = summary.outcomes
    return outcome.report.verdict.status


def kinds(summary: NightSummary) -> set[ChangeKind]:
    return {entry.signal.change.kind for outcome in summary.outcomes for entry in outcome.report.signals}


def test_a_night_finds_the_retracted_reference_and_the_new_evidence(night: tuple[House, NightSummary]) -> None:
    _, summary = night
    assert only(summary) is Status.REVIEW_NOW
    assert {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_ERRATUM, ChangeKind.NEW_RECORD} <= kinds(summary)


def test_a_night_writes_the_report_in_three_forms_and_the_index(night: tuple[House, NightSummary]) -> None:
    house, summary = night
    folder = house.folder / "reports"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")} == {
        "index.html",
        f"sleep/{TODAY}.html",
        f"sleep/{TODAY}.json",
        f"sleep/{TODAY}.md",
        "sleep/changes.atom",
        "sleep/currency.jsonld",
        "changes.atom",
        "reassess.ics",
    }
    told = json.loads((folder / "sleep" / f"{TODAY}.json").read_bytes())
    assert told
    assert "Demonstration data" in (folder / "sleep" / f"{TODAY}.html").read_text()
    assert summary.outcomes[0].files


def test_a_night_sends_one_digest_that_names_the_retraction(night: tuple[House, NightSummary]) -> None:
    (path,) = night[0].mails()
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["To"] == "board@example.org"
    assert "retracted" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert "demonstration data" in body.get_content().lower()


def test_the_same_night_again_writes_no_record_opens_no_change_and_sends_nothing(after: House) -> None:
    before = {table: after.rows(table) for table in KEPT}
    again = after.night(TODAY)
    assert again.ok, again.failure
    assert {table: after.rows(table) for table in KEPT} == before
    assert again.delivery is not None
    assert (again.delivery.queued, again.delivery.sent) == (0, ())
    (outcome,) = again.outcomes
    assert outcome.saved is not None
    assert (outcome.saved.new_records, outcome.saved.changed_records, outcome.saved.opened) == (set(), set(), ())


def test_a_night_after_a_quiet_one_sees_the_retraction_when_it_comes(house: House) -> None:
    early = house.night(date(2025, 3, 1))
    assert ChangeKind.CITED_RETRACTED not in kinds(early)
    assert ChangeKind.CITED_RETRACTED in kinds(house.night(TODAY))


def test_night_after_night_ends_where_one_late_night_ends(house: House, night: tuple[House, NightSummary]) -> None:
    for days in range(60, -1, -10):
        assert house.night(TODAY - timedelta(days=days)).ok
    late, _ = night
    assert {row[2:5] for row in house.rows("episode")} == {row[2:5] for row in late.rows("episode")}


def test_when_pubmed_is_down_the_verdict_says_so_and_the_watermark_stays(house: House) -> None:
    house.night(TODAY - timedelta(days=3))
    store = open_store(house.settings())
    reached = watermark(store, "sleep")
    summary = house.night(TODAY, settings={"eutils": "http://127.0.0.1:9/entrez/eutils/"})
    assert not summary.ok
    (outcome,) = summary.outcomes
    assert [sweep.state for sweep in outcome.report.sweeps] == [SweepState.FAILED, SweepState.FAILED]
    assert "V9" in {fired.rule for fired in outcome.report.verdict.fired}
    assert watermark(store, "sleep") == reached
    assert store.runs(1)[0].state is RunState.INCOMPLETE
    (path,) = [path for path in house.mails() if path.name.startswith(TODAY.isoformat())]
    assert "could not be searched" in message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"]


def test_a_record_from_shortly_before_the_articles_date_is_told(house: House) -> None:
    house.write_topic("sleep", article=ARTICLE.replace("2025-02-16", "2026-06-20"))
    house.night(TODAY)
    assert 99000901 in {row[3] for row in house.rows("episode")}, "visible since 15 June"


def test_after_a_failed_night_the_next_good_one_sees_what_it_would_have_seen(tmp_path: Path, corpus: Corpus) -> None:
    seen = []
    for name, fails in (("failed", True), ("smooth", False)):
        folder = tmp_path / name
        folder.mkdir()
        with open_house(folder, corpus) as house:
            house.night(TODAY - timedelta(days=9))
            house.night(TODAY - timedelta(days=5), settings={"eutils": "http://127.0.0.1:9/e/"} if fails else {})
            house.night(TODAY)
            seen.append({row[:2] for row in house.rows("current_record")} and {r[1] for r in house.rows("sighting")})
    assert seen[0] == seen[1]


def test_an_article_that_cannot_be_read_does_not_stop_the_others(house: House) -> None:
    house.write_topic("broken")
    (house.folder / "queries" / "broken.md").unlink()
    summary = house.night(TODAY)
    assert not summary.ok
    assert [outcome.report.topic.slug for outcome in summary.outcomes] == ["sleep"]
    assert "broken" in (summary.failure or "")
    assert "broken" in (house.folder / "reports" / "index.html").read_text()
    (path,) = house.mails()
    assert "broken" in path.read_text()


def test_a_topic_file_with_mistakes_is_named_with_its_key(house: House) -> None:
    house.write_topic("wrong", topic=TOPIC + "thresholds: {review_level: many}\n")
    summary = house.night(TODAY)
    assert "thresholds.review_level" in (summary.failure or "")
    assert len(summary.outcomes) == 1


@pytest.mark.parametrize("pin", ["{marker: 2, pmid: 99999999}", "{position: 2, pmid: 99999999}"])
def test_a_pinned_pmid_that_pubmed_never_had_is_the_editors_mistake_and_no_deletion(house: House, pin: str) -> None:
    house.write_topic("sleep", topic=TOPIC + f"pins: [{pin}]\n")
    summary = house.night(TODAY)
    (outcome,) = summary.outcomes
    told = " ".join([summary.failure or "", *(say_match(match) for match in outcome.report.matches)])
    assert "99999999" in told
    assert "correct the pin" in told
    assert ChangeKind.CITED_MISSING not in kinds(summary)
    assert "V4" in {fired.rule for fired in outcome.report.verdict.fired} or not summary.ok


def test_a_cited_paper_that_vanishes_a_second_time_is_told_again_although_the_first_time_was_closed(
    tmp_path: Path, corpus: Corpus
) -> None:
    with Hushed(corpus, today=TODAY, rate=None) as pubmed:
        house = House(tmp_path, pubmed)
        house.write_topic("sleep")

        def tells(days: int, *withheld: int) -> bool:
            pubmed.withheld = pubmed.unnamed = set(withheld)
            summary = house.night(TODAY + timedelta(days=days), send_mail=False)
            assert summary.ok, summary.failure
            return ChangeKind.CITED_MISSING in kinds(summary)

        def close(days: int) -> None:
            at = datetime.combine(TODAY + timedelta(days=days), time(9), UTC)
            store = open_store(house.settings())
            shown = episodes_of(store, "sleep", GONE)
            store.record_judgement(
                Judgement("sleep", Decision.ALREADY_COVERED, "Dr A", at, "seen", change=GONE, episodes=shown)
            )

        assert [tells(0), tells(1, GONE.pmid), tells(2, GONE.pmid)] == [False, True, True]
        close(2)
        assert [tells(3, GONE.pmid), tells(4)] == [False, False], "the same going away stays closed"
        assert [tells(5, GONE.pmid), tells(6, GONE.pmid), tells(7)] == [True, True, True], "until a person closes it"
        close(7)
        assert [tells(8), tells(9, GONE.pmid)] == [False, True]


def test_a_delivery_by_itself_is_a_run_of_its_own(house: House) -> None:
    house.night(TODAY, send_mail=False)
    at = datetime.combine(TODAY, time(9), UTC)
    assert run_delivery(house.doors(at)).ok
    run = house.doors(at).store.runs(1)[0]
    assert (run.kind, run.state, run.summary) == ("digest", RunState.SUCCEEDED, {"mails_sent": 0, "mails_waiting": 0})
    house.night(TODAY + timedelta(days=1), settings={"smtp_host": "127.0.0.1", "smtp_port": 9})
    assert not run_delivery(house.doors(at, smtp_host="127.0.0.1", smtp_port=9)).ok
    latest = next(run for run in house.doors(at).store.runs() if run.kind == "digest")
    assert latest.state is RunState.INCOMPLETE
    assert latest.error


def test_mails_wait_while_the_login_is_refused_and_go_once_it_is_mended(house: House) -> None:
    class Server(Controller):
        good = False

        def factory(self) -> SMTP:
            return SMTP(self.handler, authenticator=self.judge, auth_require_tls=False)

        def judge(self, *_: object) -> AuthResult:
            return AuthResult(success=self.good, handled=False)

    class Post:
        def __init__(self) -> None:
            self.taken: list[str] = []

        async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
            self.taken += envelope.rcpt_tos
            return "250 taken"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    post = Post()
    server = Server(post, hostname="127.0.0.1", port=port)
    server.start()
    try:
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
        smtp |= {"smtp_user": "litwatch", "smtp_password": "sentinel-password"}
        refused = house.night(TODAY, settings=smtp)
        assert not refused.ok
        assert "LITWATCH_SMTP_USER" in (refused.failure or "")
        assert "sentinel-password" not in (refused.failure or "")
        assert refused.delivery is not None
        assert refused.delivery.waiting == 1
        server.good = True
        again = house.night(TODAY, settings=smtp)
        assert again.ok, again.failure
        assert post.taken == ["board@example.org"]
    finally:
        server.stop()


def test_another_articles_broken_file_is_no_reason_to_mail_the_same_day_again(after: House) -> None:
    after.write_topic("wrong", topic=TOPIC + "thresholds: {review_level: many}\n")
    assert not after.night(TODAY).ok
    assert len(after.mails()) == 1


def test_a_mistyped_pmid_in_the_article_is_not_believed(house: House) -> None:
    house.write_topic("sleep", article=ARTICLE.replace("PMID: 99000003", "PMID: 99000002"))
    (outcome,) = house.night(TODAY).outcomes
    assert [(match.pmid, match.method) for match in outcome.report.matches][1] == (99000003, "title")


def test_a_retraction_of_the_paper_most_likely_cited_does_not_wait_for_an_editor(house: House) -> None:
    house.write_topic("sleep", article=ARTICLE.replace("1. Fictive A.", "1. Somebody E."))
    (outcome,) = house.night(TODAY).outcomes
    assert outcome.report.matches[0].state.value == "candidate"
    assert outcome.report.verdict.status is Status.REVIEW_NOW
    assert "not confirmed" in say_signal(outcome.report.signals[0].signal)[0]


def test_a_store_that_another_process_holds_is_named_and_nothing_is_lost(house: House) -> None:
    house.night(TODAY - timedelta(days=1))
    path = house.settings().store
    script = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreBusy, match=str(holder.pid)):
            house.night(TODAY, settings={"store_wait": 0.2})
        holder.communicate(b"")
    assert house.night(TODAY).ok


def test_a_check_on_the_day_of_a_night_tells_nobody_the_same_again(house: House) -> None:
    house.write_topic("diet", recipient="other@example.org")
    night = house.night(DEMONSTRATION_TODAY)
    assert night.delivery is not None
    assert len(night.delivery.sent) == 2
    check = house.night(DEMONSTRATION_TODAY, only=("sleep",), kind="check")
    assert check.delivery is not None
    assert (check.ok, check.delivery.queued, check.delivery.sent) == (True, 0, ())


def test_a_reports_folder_that_cannot_be_written_is_told_and_the_night_is_kept(house: House) -> None:
    (house.folder / "reports").write_text("a file where a folder should be")
    summary = house.night(TODAY)
    assert not summary.ok
    assert "litwatch report" in (summary.failure or "")
    assert house.rows("episode")
    assert house.mails(), "the digest does not need the reports"


def test_a_dry_run_keeps_writes_and_sends_nothing(house: House) -> None:
    summary = house.night(TODAY, dry_run=True)
    assert only(summary) is Status.REVIEW_NOW
    assert not any(house.rows(table) for table in (*KEPT, "run", "sweep"))
    assert not (house.folder / "reports").exists()
    assert not house.mails()


def test_an_unknown_topic_is_refused_before_anything_is_asked(house: House) -> None:
    with pytest.raises(EditorError, match="no article named slepe"):
        house.night(TODAY, only=("slepe",))
    assert not house.rows("run")


def test_an_ad_hoc_check_sends_nothing_and_the_index_keeps_the_others(house: House) -> None:
    house.write_topic("exercise")
    house.night(TODAY)
    mails = house.mails()
    assert house.night(TODAY, only=("exercise",), kind="check", send_mail=False).ok
    assert house.mails() == mails
    index = (house.folder / "reports" / "index.html").read_text()
    assert "sleep/" in index
    assert "exercise/" in index


def test_the_index_lists_the_last_dozen_reports_and_counts_the_rest(house: House) -> None:
    yesterday = TODAY - timedelta(days=1)
    house.night(yesterday)
    folder = house.folder / "reports" / "sleep"
    for back in range(1, 19):
        (folder / f"{yesterday - timedelta(days=back)}.html").write_text("an older report")
    (folder / "some-of-us.html").write_text("no report")
    house.write_topic("sleep", topic=TOPIC + "title: Another title, so that there is a new report\n")
    house.night(TODAY)
    index = (house.folder / "reports" / "index.html").read_text()
    assert f"sleep/{yesterday}.html" in index
    assert "and 7 before it, in the folder" in index


def test_a_changed_strategy_is_searched_from_the_beginning_again(house: House) -> None:
    house.write_topic("sleep", topic=TOPIC.replace('OR "insulin sensitivity"[tiab]', ""))
    house.night(TODAY - timedelta(days=1))
    house.write_topic("sleep")
    (outcome,) = house.night(TODAY).outcomes
    window = outcome.report.sweeps[0].window
    assert window is not None
    assert window.first == date(2025, 2, 16) - OVERLAP


def test_a_clock_that_went_back_still_makes_a_proper_window(after: House) -> None:
    summary = after.night(TODAY - timedelta(days=40))
    window = summary.outcomes[0].report.sweeps[0].window
    assert window is not None
    assert window.first <= window.last
    assert watermark(open_store(after.settings()), "sleep") == TODAY


def test_what_failed_nights_missed_is_told_although_the_article_was_updated_meanwhile(house: House) -> None:
    house.night(TODAY - timedelta(days=90))
    house.night(TODAY - timedelta(days=40), settings={"eutils": "http://127.0.0.1:9/e/"})
    late = (TODAY - timedelta(days=3)).isoformat()
    house.write_topic("sleep", article=ARTICLE.replace("2025-02-16", late))
    house.night(TODAY)
    opened = {row[3] for row in house.rows("episode") if row[2] == "new_record"}
    assert 99000922 in opened, "it entered PubMed between the last good night and the update"


def test_a_folder_without_topic_files_is_no_successful_night(house: House) -> None:
    for path in (house.folder / "queries").iterdir():
        path.unlink()
    with pytest.raises(SettingsError, match="no topic file"):
        house.night(TODAY)


def test_who_reads_one_article_alone_is_mailed_when_its_topic_file_cannot_be_read_any_more(house: House) -> None:
    house.night(TODAY - timedelta(days=1))
    (house.folder / "queries" / "sleep.yaml").write_text("article: [\n")
    summary = house.night(TODAY)
    assert summary.delivery is not None
    assert "board@example.org" in summary.delivery.sent
    (path,) = [path for path in house.mails() if path.name.startswith(TODAY.isoformat())]
    said = message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"]
    assert said.removeprefix("[Demonstration] ") == "Nothing could be checked: 1 article could not be searched"


def test_a_notice_does_not_leave_with_its_topic_file(house: House) -> None:
    house.write_topic("exercise")
    house.night(TODAY)
    (house.folder / "queries" / "sleep.yaml").rename(house.folder / "queries" / "short-sleep.yaml.old")
    summary = house.night(TODAY)
    assert not summary.ok
    assert "sleep: topic file missing" in (summary.failure or "")
    assert "topic file missing" in (house.folder / "reports" / "index.html").read_text()


def test_an_ad_hoc_check_does_not_hide_a_broken_topic_from_the_index(house: House) -> None:
    house.write_topic("wrong", topic=TOPIC + "thresholds: {review_level: many}\n")
    summary = house.night(TODAY, only=("sleep",), kind="check")
    assert summary.ok, "it was not asked about the other"
    assert "wrong" in (house.folder / "reports" / "index.html").read_text()


def test_a_night_as_of_another_day_needs_a_rehearsal_or_a_dry_run(house: House) -> None:
    other = TODAY + timedelta(days=400)
    with pytest.raises(SettingsError, match="LITWATCH_REHEARSAL"):
        house.night(TODAY, settings={"rehearsal": False}, as_of=other)
    assert house.night(TODAY, settings={"rehearsal": False}, as_of=other, dry_run=True).as_of == other
    assert not house.rows("run")


def test_one_articles_surprise_does_not_cost_the_others_their_night(house: House) -> None:
    house.write_topic("another")
    doors = house.doors(datetime.combine(TODAY, time(5, 30), UTC))

    def surprise(slug: str, _step: str) -> None:
        if slug == "another":
            raise KeyError("nobody expected this")

    summary = run_night(doors, on_step=surprise)
    assert [outcome.report.topic.slug for outcome in summary.outcomes] == ["sleep"]
    assert "KeyError" in (summary.failure or "")


def test_references_that_changed_places_keep_their_papers_while_pubmed_is_down(after: House) -> None:
    first, second = (line for line in ARTICLE.splitlines() if line.startswith(("1. ", "2. ")))
    swapped = ARTICLE.replace(first, "1. " + second[3:]).replace(second, "2. " + first[3:])
    after.write_topic("sleep", article=swapped)
    (outcome,) = after.night(TODAY, settings={"eutils": "http://127.0.0.1:9/e/"}).outcomes
    assert {m.position: m.pmid for m in outcome.report.matches} == {1: 99000003, 2: 99000004}
