"""A person's name and address can be taken out of the store; judgements, their chain and two people apart stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from litwatch.decisions.responsible_person import find_responsible
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.judgement_chain import CHAIN_START, canonical_text, chain_hash
from litwatch.model.message import ListLook, MessageState
from litwatch.model.text.whole_names import find_whole_name
from litwatch.night.forgotten_person import find_in_files, find_remains
from litwatch.store import Forgotten, Store
from tests.command_line import Run
from tests.nights import House, open_house
from tests.store.store_scenes import (
    ARRIVAL,
    episodes_of,
    made_store,
    make_message,
    make_night,
    moment,
    read_tables,
    save_night,
)

TOPIC, ADDRESS = "insulin-resistance", "dr.a@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two members disagree, one of them has stopped the digest, and a mail waits for that one."""
    store = made_store(tmp_path)
    save_night(store, make_night())
    shown = episodes_of(store, TOPIC, ARRIVAL)
    for by, decision, day in (("Dr A", Decision.RELEVANT, 2), ("Dr B", Decision.NOT_RELEVANT, 3)):
        store.record_judgement(Judgement(TOPIC, decision, by, moment(day), change=ARRIVAL, episodes=shown))
    store.record_judgement(Judgement("", Decision.DIGEST_STOPPED, ADDRESS, moment(4), member=ADDRESS))
    store.enqueue([make_message(1, recipient=ADDRESS.upper()), make_message(2), make_message(3)], at=moment(5))
    store.cancel(store.outbox()[2].message.message_id, by="Dr A", at=moment(6))
    store.note_list_looks({ADDRESS: ListLook(None, None)})
    return store


def everything(store: Store) -> str:
    return repr({table: rows for table, rows in read_tables(store.path).items() if table != "observation"})


def test_the_chain_holds_ids_and_every_reading_gives_names(store: Store) -> None:
    with duckdb.connect(str(store.path)) as con:
        chain = repr(con.execute("SELECT doc FROM stored_judgement").fetchall())
    assert "Dr A" not in chain
    assert ADDRESS not in chain
    assert [each.judgement.by for each in store.judgements(TOPIC)] == ["Dr A", "Dr B"]
    assert [each.judgement.by for each in store.audit_trail()] == [ADDRESS, "Dr B", "Dr A"]
    assert store.stopped_members() == {ADDRESS}
    assert store.verify_chain().problems == ()


def test_a_person_is_taken_out_and_the_chain_holds(store: Store) -> None:
    before = store.verify_chain()
    assert store.forget_person("dr  a", keep=False) == store.forget_person("Dr A")
    assert "Dr A" not in everything(store)
    after = store.verify_chain()
    assert (after.problems, after.head, after.length) == ((), before.head, 3)
    assert store.check().problems == ()
    one, two = (each.judgement for each in store.judgements(TOPIC))
    assert (one.by[:7], one.decision, two.by) == ("person-", Decision.RELEVANT, "Dr B")
    with duckdb.connect(str(store.path)) as con:
        ((person,),) = con.execute("SELECT person FROM judgement_event WHERE seq = 1").fetchall()
    assert person == one.by
    assert store.forget_person("Dr A") == Forgotten()


def test_an_address_goes_with_its_mails_and_what_waits_is_called_off(store: Store) -> None:
    found = store.forget_person(ADDRESS)
    assert (len(found.ids), found.mails) == (1, 1)
    assert ADDRESS not in everything(store).casefold()
    gone, other, _ = store.outbox()
    assert (gone.state, gone.message.body) == (MessageState.CANCELLED, b"")
    assert gone.message.recipient == f"{found.ids[0]}@forgotten.invalid"
    assert (other.state, bool(other.message.body)) == (MessageState.QUEUED, True)
    assert store.verify_chain().problems == ()


def test_a_digest_that_was_stopped_stays_so_when_the_address_is_on_a_list_again(store: Store) -> None:
    for number in (4, 5):
        store.forget_person(ADDRESS)
        assert ADDRESS not in store.stopped_members()
        store.enqueue([make_message(number, recipient=ADDRESS.title())], at=moment(7))
        assert ADDRESS in store.stopped_members()
    store.record_judgement(Judgement("", Decision.DIGEST_RESUMED, ADDRESS, moment(8), member=ADDRESS))
    assert ADDRESS not in store.stopped_members()
    store.forget_person(ADDRESS)
    store.enqueue([make_message(6, recipient=ADDRESS)], at=moment(9))
    assert ADDRESS not in store.stopped_members()


def test_two_spellings_are_one_person_before_and_after(store: Store) -> None:
    shown = episodes_of(store, TOPIC, ARRIVAL)
    said = Judgement(TOPIC, Decision.NOT_RELEVANT, "dr  a", moment(6), change=ARRIVAL, episodes=shown)
    store.record_judgement(said)
    found = store.forget_person("Dr A")
    assert len(found.ids) == 1
    assert [each.judgement.by for each in store.judgements(TOPIC)] == [found.ids[0], "Dr B", found.ids[0]]


def test_part_of_a_word_is_nobodys_name(store: Store) -> None:
    with duckdb.connect(str(store.path)) as con:
        con.execute("UPDATE outbox SET last_error = 'Annual: Ann, ann-marie and ann@example.org'")
    store.forget_person("ann")
    (_, _, entry) = store.outbox()
    assert str(entry.last_error).startswith("Annual: person-")
    assert str(entry.last_error).endswith(", ann-marie and ann@example.org")
    for text, found in (("by Ann.", True), ("annual", False), ("to dr.ann@example.org", False), ("<ANN>", True)):
        assert bool(find_whole_name("Ann").search(text)) is found
    assert not find_whole_name("a@example.org").search("dr.a@example.org or a@example.org.uk")


def test_who_judges_again_after_being_forgotten_is_another_person(store: Store) -> None:
    store.forget_person("Dr A")
    shown = episodes_of(store, TOPIC, ARRIVAL)
    again = Judgement(
        TOPIC, Decision.RELEVANT, "Dr A", moment(6), "I know both", ARRIVAL, episodes=shown, settles=("Dr B",)
    )
    store.record_judgement(again)
    *_, last = store.judgements(TOPIC)
    assert (last.judgement.by, last.judgement.settles) == ("Dr A", ("Dr B",))
    assert len(store.forget_person("Dr A").ids) == 1


def test_a_judgement_from_before_keeps_its_name_and_is_named(store: Store) -> None:
    old = Judgement(TOPIC, Decision.REVIEWED_UNCHANGED, "Dr Old", moment(7), episodes=())
    text = canonical_text(old)
    with duckdb.connect(str(store.path)) as con:
        previous = con.execute("SELECT hash FROM stored_judgement ORDER BY seq DESC LIMIT 1").fetchall()[0][0]
        assert previous != CHAIN_START
        con.execute("INSERT INTO stored_judgement VALUES (4, ?, ?, ?)", [previous, chain_hash(previous, text), text])
    assert store.forget_person("Dr Old") == Forgotten(before=(4,))
    assert store.verify_chain().problems == ()
    assert store.judgements(TOPIC)[-1].judgement.by == "Dr Old"


def test_a_name_that_reports_and_verdicts_quote_goes_there_too(store: Store) -> None:
    store.start_run("nightly", moment(8))
    with duckdb.connect(str(store.path)) as con:
        con.execute("""UPDATE run SET summary = '{"by": "Dr A"}'""")
        con.execute("""INSERT INTO kept_report VALUES (?, 'x', '{"by": "Dr A"}')""", [TOPIC])
    found = store.forget_person("Dr A")
    assert found.rows > 0
    assert "Dr A" not in everything(store)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        opened.show_commands(monkeypatch)
        yield opened


def test_the_command_refuses_whom_a_file_still_names_and_tells_what_remains(house: House, run: Run) -> None:
    settings = house.settings()
    assert find_in_files(settings, "BOARD@example.org") == (settings.queries / "sleep.yaml",)
    status, _, err = run("forget", "board@example.org")
    assert status == 1
    assert "still named in" in err
    house.write_topic("sleep", recipient="other@example.org")
    store = Store(settings.store)
    store.enqueue([make_message()], at=moment(1))
    (settings.reports / "sleep").mkdir(parents=True)
    (settings.reports / "sleep" / "2026-01-01.html").write_text("to board@example.org")
    assert "would be taken out: 0 names, 1 mail" in run("forget", "board@example.org", "--dry-run")[1]
    assert store.outbox()[0].message.recipient == "board@example.org"
    status, out, err = run("forget", "board@example.org")
    assert status == 0
    assert "taken out: 0 names, 1 mail" in out
    assert "remains: 1 file in" in err
    now = datetime.now(UTC)
    store.record_judgement(Judgement("", Decision.LINKS_REVOKED, "Op", now, member="other@example.com"))
    status, _, err = run("forget", "Other@example.com")
    assert (status, f"forget it after {now + timedelta(days=60):%Y-%m-%d}" in err) == (1, True)
    assert b"board@example.org" not in settings.store.read_bytes(), "the old rows are gone from the file, too"
    assert "the store holds nothing of board@example.org" in run("forget", "board@example.org")[1]
    assert next(find_remains(settings, "nobody")).startswith("backups elsewhere")


def test_who_was_responsible_and_is_forgotten_is_named_nowhere_and_responsible_no_more(store: Store) -> None:
    lee = "lee@example.org"
    store.record_judgement(
        Judgement(TOPIC, Decision.RESPONSIBLE_NAMED, "Dr B", moment(7), responsible=lee, due=moment(20).date())
    )
    assert [each.responsible for each in store.words_on_responsible()[TOPIC]] == [lee]
    with duckdb.connect(str(store.path)) as con:
        assert lee not in repr(con.execute("SELECT doc FROM stored_judgement").fetchall())
    assert store.forget_person(lee).ids
    assert lee not in everything(store)
    (said,) = store.words_on_responsible()[TOPIC]
    assert (said.responsible or "").startswith("person-")
    found = find_responsible([said], frozenset({lee}), carry_out_within_days=30)
    assert found is not None
    assert not found.is_on_list
    assert store.verify_chain().problems == ()
