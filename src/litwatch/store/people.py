"""Who judged: names and mail addresses in a table of their own, so that a person's can be taken out of the store.

In the chain a person is an id, made of the name and a random salt; ``person`` has both. Without its row the id stands
where the name stood, and tells nothing: two people stay two, and the chain's hashes hold. Another name in a row shows.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import duckdb
import orjson

from litwatch.model.judgement import Decision, Judgement
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.whole_names import find_whole_name
from litwatch.store.documents import load_judgement
from litwatch.store.store_file import StoreFile

_MARK = "person-"
"""What an id begins with."""
_ID = re.compile(rf"{_MARK}[0-9a-f]{{32}}")
_SIGN = r"[\w.!#$%&*+/=?^`{|}~-]"
_ADDRESS = re.compile(
    rf"(?<![\w.+-])(?:[\w.+-]{{1,64}}''?){{0,3}}{_SIGN}{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,10}}"
)
"""A mail address in a topic file's lines. Between apostrophes, one of its own is doubled (YAML 1.2.2, 7.3.2)."""
_CACHES = ("kept_report", "article_line", "published_line", "decision_ground")
"""Tables that the next night fills again, by article."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the store held of a person, and what of it must stay."""

    ids: tuple[str, ...] = ()
    """What now stands for the person."""
    mails: int = 0
    """Mails to the person, whose text and address were taken out."""
    rows: int = 0
    """Verdicts, reports and runs that named the person."""
    before: tuple[int, ...] = ()
    """Judgements from before people had ids, by number: the name is in the chain itself and stays."""

    def __bool__(self) -> bool:
        return bool(self.ids or self.mails or self.rows or self.before)


class People(StoreFile):
    """The part of the store that knows people's names."""

    def forget_person(self, person: str, *, keep: bool = True) -> Forgotten:
        """Take a person, by name or by mail address, out of everything but the chain's earlier judgements.

        Mails that wait for the person are called off, and a digest that was stopped stays so. Where ``keep`` is False
        nothing is changed, and the result says what would be.
        """
        with self._writing(keep=keep) as con:
            names = _spellings(con, person)
            ids = con.execute(
                "DELETE FROM person WHERE name IN (SELECT unnest(?::VARCHAR[])) RETURNING id, name", [names]
            ).fetchall()
            stands_for = {name: named for named, name in ids}
            _keep_stopped(con, person, [*names, *stands_for.values()])
            substitute = ids[0][0] if ids else f"{_MARK}{secrets.token_hex(16)}"
            mails = _forget_mails(con, names, substitute)
            rows = sum(_scrub(con, name, stands_for.get(name, substitute)) for name in names)
            before = con.execute(
                "SELECT seq FROM stored_judgement WHERE doc->>'$.by' IN (SELECT unnest($names::VARCHAR[]))"
                " OR doc->>'$.member' IN (SELECT unnest($names::VARCHAR[]))"
                " OR list_has_any((doc->'$.settles')::VARCHAR[], $names::VARCHAR[]) ORDER BY seq",
                {"names": names},
            ).fetchall()
        return Forgotten(tuple(named for named, _ in ids), mails, rows, tuple(seq for (seq,) in before))


def hide_people(con: duckdb.DuckDBPyConnection, judgement: Judgement) -> Judgement:
    """The judgement with an id in the place of each name and address; new ones are noted.

    All spellings of a name have one id: when it is forgotten, one person must not become two who disagree.
    """
    diff = judgement.edit.diff if judgement.edit is not None else ""
    said_of = (judgement.member, judgement.responsible, *(judgement.settles or ()))
    named = dict.fromkeys([judgement.by, *filter(None, said_of), *map(_plain, _ADDRESS.findall(diff))])
    known = {_one_spelling(name): each for each, name in con.execute("SELECT id, name FROM person").fetchall()}
    ids: dict[str, str] = {}
    for name in named:
        key = _one_spelling(name)
        if key not in known:
            salt = secrets.token_hex(16)
            known[key] = _id_of(name, salt)
            con.execute("INSERT INTO person VALUES (?, ?, ?)", [known[key], salt, name])
        ids[name] = known[key]
    return replace(
        judgement,
        by=ids[judgement.by],
        member=ids[judgement.member] if judgement.member else "",
        settles=None if judgement.settles is None else tuple(ids[name] for name in judgement.settles),
        responsible=ids[judgement.responsible] if judgement.responsible else None,
        edit=judgement.edit and replace(judgement.edit, diff=_ADDRESS.sub(lambda found: ids[_plain(found[0])], diff)),
    )


def _plain(address: str) -> str:
    return address.replace("''", "'")


def find_renamed(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The ids in ``person`` that have another name than the one that was noted."""
    rows = con.execute("SELECT id, salt, name FROM person").fetchall()
    return frozenset(named for named, salt, name in rows if named != _id_of(name, salt))


def find_stopped(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Mailbox keys of forgotten addresses whose digest is stopped, as far as lists or mails name them again."""
    kept = con.execute("SELECT salt, digest FROM stopped_mailbox").fetchall()
    if not kept:
        return frozenset()
    rows = con.execute("SELECT recipient FROM article_reader UNION SELECT recipient FROM outbox").fetchall()
    keys = {mailbox_key(address) for (address,) in rows}
    return frozenset(key for key in keys if any(_hash(key, salt) == digest for salt, digest in kept))


def _keep_stopped(con: duckdb.DuckDBPyConnection, address: str, names: list[str]) -> None:
    """Note that the address's digest is stopped, if that is the last word on it; what was noted goes if it is not."""
    last = con.execute(
        "SELECT decision FROM stored_judgement JOIN judgement_event USING (seq)"
        " WHERE decision IN (?, ?) AND doc->>'$.member' IN (SELECT unnest(?::VARCHAR[])) ORDER BY seq DESC LIMIT 1",
        [Decision.DIGEST_STOPPED.value, Decision.DIGEST_RESUMED.value, names],
    ).fetchone()
    if last is None:
        return
    key = mailbox_key(address)
    for salt, digest in con.execute("SELECT salt, digest FROM stopped_mailbox").fetchall():
        if _hash(key, salt) == digest:
            con.execute("DELETE FROM stopped_mailbox WHERE salt = ?", [salt])
    if last[0] == Decision.DIGEST_STOPPED.value:
        salt = secrets.token_hex(16)
        con.execute("INSERT INTO stopped_mailbox VALUES (?, ?)", [salt, _hash(key, salt)])


def _hash(text: str, salt: str) -> str:
    return hashlib.sha256(f"{salt} {text}".encode()).hexdigest()


def _one_spelling(name: str) -> str:
    """What all spellings of a name or an address share (``member_answers.weigh`` takes them for one person, too)."""
    return mailbox_key(" ".join(name.split()))


def _id_of(name: str, salt: str) -> str:
    return f"{_MARK}{_hash(name, salt)[:32]}"


def load_named(con: duckdb.DuckDBPyConnection, docs: Iterable[str]) -> list[Judgement]:
    """Judgements from the chain's documents, with people's names where they are still known."""
    given = list(docs)
    marked = any(f'"{_MARK}' in doc for doc in given)  # a statement costs more than many documents
    names: Mapping[str, str] = dict(con.execute("SELECT id, name FROM person").fetchall()) if marked else {}
    return [_with_names(load_judgement(doc), names) for doc in given]


def _with_names(judgement: Judgement, names: Mapping[str, str]) -> Judgement:
    if not names:
        return judgement
    return replace(
        judgement,
        by=names.get(judgement.by, judgement.by),
        member=names.get(judgement.member, judgement.member),
        settles=None if judgement.settles is None else tuple(names.get(each, each) for each in judgement.settles),
        responsible=names.get(judgement.responsible, judgement.responsible) if judgement.responsible else None,
        edit=judgement.edit
        and replace(judgement.edit, diff=_ID.sub(lambda found: names.get(found[0], found[0]), judgement.edit.diff)),
    )


def _spellings(con: duckdb.DuckDBPyConnection, person: str) -> list[str]:
    """Every way in which the store writes this name or address."""
    known = con.execute(
        "SELECT name FROM person UNION SELECT recipient FROM outbox UNION SELECT recipient FROM article_reader"
        " UNION SELECT doc->>'$.by' FROM stored_judgement UNION SELECT doc->>'$.member' FROM stored_judgement"
    ).fetchall()
    key, said = mailbox_key(person), " ".join(person.split()).casefold()
    names = {name for (name,) in known if name}
    same = {name for name in names if " ".join(name.split()).casefold() == said or mailbox_key(name) == key}
    return sorted(same | {person})


def _forget_mails(con: duckdb.DuckDBPyConnection, names: list[str], substitute: str) -> int:
    con.execute("DELETE FROM article_reader WHERE recipient IN (SELECT unnest(?::VARCHAR[]))", [names])
    for column in ("requeued_by", "received_by"):
        con.execute(
            f"UPDATE outbox SET {column} = ? WHERE {column} IN (SELECT unnest(?::VARCHAR[]))",  # noqa: S608
            [substitute, names],
        )
    keys = [mailbox_key(name) for name in names]
    # The last look at an editor's errands is kept beside that at the digest (night/queued_errands.py).
    looks = [*keys, *(f"errands {key}" for key in keys)]
    con.execute("DELETE FROM list_look WHERE recipient IN (SELECT unnest(?::VARCHAR[]))", [looks])
    found = con.execute(
        "UPDATE outbox SET recipient = ?, body = ''::BLOB, last_error = NULL,"
        " state = CASE WHEN state IN ('queued', 'failed', 'unknown') THEN 'cancelled' ELSE state END"
        " WHERE recipient IN (SELECT unnest(?::VARCHAR[])) RETURNING message_id",
        [f"{substitute}@forgotten.invalid", names],
    ).fetchall()
    return len(found)


def _scrub(con: duckdb.DuckDBPyConnection, name: str, substitute: str) -> int:
    """Put the id in the place of the name where verdicts and reports quote who answered; how many rows that were."""
    quoted, put = orjson.dumps(name).decode(), orjson.dumps(substitute).decode()
    rows = 0
    for table, column in (("stored_verdict", "doc"), ("told_signal", "reasons"), ("run", "summary")):
        rows += _replace(con, table, column, quoted, put)
    _replace_words(con, "run", "error", name, substitute)
    _replace_words(con, "outbox", "last_error", name, substitute)
    whole = find_whole_name(name)
    told = con.execute(
        "SELECT rowid, told FROM told_signal WHERE contains(lower(array_to_string(told, ' ')), lower(?))", [name]
    ).fetchall()
    for row, said in told:
        if (put_in := [whole.sub(substitute, each) for each in said]) != said:
            con.execute("UPDATE told_signal SET told = ? WHERE rowid = ?", [put_in, row])
    topics = con.execute(
        "SELECT topic FROM kept_report WHERE contains(doc, $quoted)"
        " UNION SELECT topic FROM article_line WHERE contains(doc::VARCHAR, $quoted)"
        " UNION SELECT topic FROM published_line WHERE contains(index_line || feed_entry || event, $name)",
        {"quoted": quoted, "name": name},
    ).fetchall()
    for table in _CACHES:
        con.execute(
            f"DELETE FROM {table} WHERE topic IN (SELECT unnest(?::VARCHAR[]))",  # noqa: S608 - a name of this module
            [[topic for (topic,) in topics]],
        )
    return rows


def _replace(con: duckdb.DuckDBPyConnection, table: str, column: str, old: str, new: str) -> int:
    changed = con.execute(
        f"UPDATE {table} SET {column} = replace({column}::VARCHAR, $old, $new)"  # noqa: S608 - names of this module
        f" WHERE contains({column}::VARCHAR, $old)",
        {"old": old, "new": new},
    ).fetchone()
    return int(changed[0]) if changed else 0


def _replace_words(con: duckdb.DuckDBPyConnection, table: str, column: str, name: str, substitute: str) -> None:
    """Put the id in the place of the name in sentences, where it stands as a whole."""
    whole = find_whole_name(name)
    said = con.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()  # noqa: S608
    for (text,) in said:
        if (put := whole.sub(substitute, text)) != text:
            con.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [put, text])  # noqa: S608
