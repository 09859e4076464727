"""The outbox: messages queued once, claimed by one process, settled as sent, failed, or of unknown delivery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from litwatch.model.message import Message, MessageState, OutboxEntry, SentList, ToldByMail
from litwatch.model.text.mail_address import mailbox_key
from litwatch.store.documents import from_utc, to_utc
from litwatch.store.processes import is_alive, name_process
from litwatch.store.store_file import StoreFile

_SETTLED_FROM = {
    MessageState.SENT: ("sending", "unknown"),
    MessageState.FAILED: ("sending",),
    MessageState.UNKNOWN: ("sending",),
    MessageState.QUEUED: ("sending",),
    MessageState.CANCELLED: ("sending",),
}
_TOLD_AS = {
    MessageState.SENT: "sent",
    MessageState.QUEUED: "perhaps",
    MessageState.SENDING: "perhaps",
    MessageState.UNKNOWN: "perhaps",
    MessageState.FAILED: "refused",
    MessageState.CANCELLED: "refused",
}
"""What a message's fate says of its news."""
_ENTRIES = """
SELECT message_id, recipient, scope, content_hash, subject, body, state, attempts, queued_at, claimed_at, settled_at,
    last_error, topics, requeued_by, received_by
FROM outbox
WHERE state IN (SELECT unnest($states::VARCHAR[]))
    AND ($ids IS NULL OR message_id IN (SELECT unnest($ids::VARCHAR[])))
ORDER BY queued_at, place
"""


class Outbox(StoreFile):
    """The part of the store that holds messages."""

    def enqueue(self, messages: Sequence[Message], *, at: datetime) -> tuple[str, ...]:
        """Queue the messages that were never queued before; their ids, in order.

        One that was (the same recipient, scope and content hash, or the very same mail under another scope) is left
        out in whatever state it is. Raises ValueError, queueing nothing, where a message id is already that of a
        different message.
        """
        if not messages:
            return ()
        queued = []
        with self._writing() as con:
            known = {
                message_id: (mailbox_key(recipient), scope, content_hash)
                for message_id, recipient, scope, content_hash in con.execute(
                    "SELECT message_id, recipient, scope, content_hash FROM outbox"
                ).fetchall()
            }
            identities = set(known.values())
            for place, message in enumerate(messages, len(known) + 1):
                identity = (mailbox_key(message.recipient), message.scope, message.content_hash)
                before = known.get(message.message_id)
                told = before is not None and (before[0], before[2]) == (identity[0], identity[2])
                if identity in identities or told:
                    continue
                if before is not None:
                    raise ValueError(f"message id {message.message_id} is already that of another message")
                con.execute(
                    "INSERT INTO outbox (recipient, scope, content_hash, message_id, subject, body, state, attempts,"
                    " queued_at, place, topics) VALUES (?, ?, ?, ?, ?, ?, 'queued', 0, ?, ?, ?)",
                    [
                        message.recipient,
                        message.scope,
                        message.content_hash,
                        message.message_id,
                        message.subject,
                        message.body,
                        to_utc(at),
                        place,
                        None if message.topics is None else list(message.topics),
                    ],
                )
                if message.news and message.day is not None:
                    topics, episodes = zip(*dict.fromkeys(message.news), strict=True)
                    con.execute(
                        "INSERT INTO mail_news SELECT ?, ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                        [message.message_id, message.day, list(topics), list(episodes)],
                    )
                identities.add(identity)
                known[message.message_id] = identity
                queued.append(message.message_id)
        return tuple(queued)

    def claim(self, at: datetime, *, limit: int = 1, besides: Collection[str] = ()) -> tuple[OutboxEntry, ...]:
        """Take queued messages, oldest first, for this process alone; they are SENDING until settled.

        ``besides``: Message-IDs to leave alone, for example because the server has just put them off.
        """
        with self._writing() as con:
            claimed = con.execute(
                "UPDATE outbox SET state = 'sending', attempts = attempts + 1, claimed_at = $at, claimed_by = $process,"
                " settled_at = NULL WHERE state = 'queued' AND message_id IN ("
                " SELECT message_id FROM outbox WHERE state = 'queued'"
                " AND message_id NOT IN (SELECT unnest($besides::VARCHAR[])) ORDER BY queued_at, place LIMIT $limit)"
                " RETURNING message_id",
                {"at": to_utc(at), "process": name_process(), "limit": limit, "besides": list(besides)},
            ).fetchall()
            ids = [message_id for (message_id,) in claimed]
            rows = con.execute(_ENTRIES, {"states": [MessageState.SENDING.value], "ids": ids}).fetchall()
        return tuple(_entry(row) for row in rows)

    def settle(self, message_id: str, state: MessageState, *, at: datetime, error: str | None = None) -> None:
        """Say how the sending of a claimed message went.

        QUEUED is for one that surely was not delivered and may be tried again. One that was called UNKNOWN may still
        be settled as SENT by the process that knows better. Raises LookupError where the message is not being sent.
        """
        allowed = _SETTLED_FROM.get(state)
        if allowed is None:
            raise ValueError(f"a message cannot be settled as {state.value!r}")
        with self._writing() as con:
            settled = con.execute(
                "UPDATE outbox SET state = ?, settled_at = ?, last_error = ?, claimed_by = NULL"
                " WHERE message_id = ? AND state IN (SELECT unnest(?::VARCHAR[])) RETURNING message_id",
                [state.value, to_utc(at), error, message_id, list(allowed)],
            ).fetchall()
        if not settled:
            raise LookupError(f"message {message_id} cannot become {state.value!r}: it is not being sent")

    def mark_abandoned(self, at: datetime) -> tuple[str, ...]:
        """Call UNKNOWN what a process that is no longer alive was sending; the ids. Nothing is sent again by this."""
        with self._writing() as con:
            held = con.execute("SELECT message_id, claimed_by FROM outbox WHERE state = 'sending'").fetchall()
            lost = [message_id for message_id, process in held if not is_alive(process)]
            if lost:
                con.execute(
                    "UPDATE outbox SET state = 'unknown', settled_at = ?, claimed_by = NULL, last_error ="
                    " 'The process that was sending it ended before it could say how it went.'"
                    " WHERE state = 'sending' AND message_id IN (SELECT unnest(?::VARCHAR[]))",
                    [to_utc(at), lost],
                )
        return tuple(lost)

    def requeue(self, message_id: str, *, by: str) -> None:
        """Queue a message of UNKNOWN or FAILED fate once more, on a named person's word.

        One that was called off stays so: the next digest has its news. Raises LookupError where the message is in
        another state.
        """
        if not by.strip():
            raise ValueError("only a named person queues a message again")
        with self._writing() as con:
            queued = con.execute(
                "UPDATE outbox SET state = 'queued', requeued_by = ?"
                " WHERE message_id = ? AND state IN ('unknown', 'failed') RETURNING message_id",
                [by, message_id],
            ).fetchall()
        if not queued:
            raise LookupError(f"message {message_id} has neither failed nor an unknown delivery: it is not sent again")

    def cancel(self, message_id: str, *, by: str, at: datetime) -> None:
        """Call off a message that waits or has FAILED, on a named person's word.

        Raises LookupError where the message is in another state.
        """
        if not by.strip():
            raise ValueError("only a named person calls a message off")
        with self._writing() as con:
            called_off = con.execute(
                "UPDATE outbox SET state = 'cancelled', settled_at = ?, last_error = ?"
                " WHERE message_id = ? AND state IN ('queued', 'failed') RETURNING message_id",
                [to_utc(at), f"{by} called it off.", message_id],
            ).fetchall()
        if not called_off:
            raise LookupError(f"message {message_id} neither waits nor has failed")

    def receive(self, message_id: str, *, by: str, at: datetime) -> None:
        """Call a message of UNKNOWN fate sent, on the word of a named person who knows that it arrived.

        Raises LookupError where the message is in another state.
        """
        if not by.strip():
            raise ValueError("only a named person says that a message arrived")
        with self._writing() as con:
            settled = con.execute(
                "UPDATE outbox SET state = 'sent', settled_at = ?, received_by = ?"
                " WHERE message_id = ? AND state = 'unknown' RETURNING message_id",
                [to_utc(at), by, message_id],
            ).fetchall()
        if not settled:
            raise LookupError(f"message {message_id} has no unknown delivery")

    def last_digests(self, before: date, *, kind: str = "digest") -> dict[str, SentList]:
        """The last digest of each recipient (by mailbox key) before that day; or the last mail of another kind.

        ``kind``: the first word of its scope, a day being the second. One that was refused or called off is none; one
        that waits, or of which nobody knows, is.
        """
        with self._reading() as con:
            rows = con.execute(
                "SELECT recipient, scope, state = 'sent' FROM outbox WHERE scope LIKE ? AND scope < ?"
                " AND state NOT IN ('failed', 'cancelled') ORDER BY scope",
                [f"{kind} ____-__-__", f"{kind} {before.isoformat()}"],
            ).fetchall()
        return {
            mailbox_key(recipient): SentList(date.fromisoformat(scope.removeprefix(f"{kind} ")), sent)
            for recipient, scope, sent in rows
        }

    def told_by_mail(self, episodes: Collection[str], *, besides: date) -> dict[str, ToldByMail]:
        """What mails told each recipient (by mailbox key) of these episodes, those of the day ``besides`` left out.

        A night that runs again on its day so tells the same again, and its mail is the same mail.
        """
        topics: dict[str, set[str]] = {}
        told: dict[tuple[str, str], set[str]] = {}
        with self._reading() as con:
            about = con.execute(
                "SELECT DISTINCT recipient, topic FROM mail_news JOIN outbox USING (message_id)"
                " WHERE day <> ? AND state NOT IN ('failed', 'cancelled')",
                [besides],
            ).fetchall()
            rows = con.execute(
                "SELECT DISTINCT recipient, state, episode FROM mail_news JOIN outbox USING (message_id)"
                " WHERE day <> ? AND episode IN (SELECT unnest(?::VARCHAR[]))",
                [besides, list(episodes)],
            ).fetchall()
        for recipient, topic in about:
            topics.setdefault(mailbox_key(recipient), set()).add(topic)
        for recipient, state, episode in rows:
            told.setdefault((mailbox_key(recipient), _TOLD_AS[state]), set()).add(episode)
        keys = topics.keys() | {key for key, _ in told}
        return {
            key: ToldByMail(
                frozenset(topics.get(key, ())),
                *(frozenset(told.get((key, how), ())) for how in ("sent", "perhaps", "refused")),
            )
            for key in keys
        }

    def empty_old_mails(self, before: datetime, *, dry_run: bool = False) -> int:
        """Take the text out of messages that were sent or called off before that moment; how many that are.

        That they were, to whom, when and with which news stays, so that nothing is told twice.
        """
        which = "state IN ('sent', 'cancelled') AND settled_at < ? AND octet_length(body) > 0"
        with self._writing() as con:
            row = con.execute(f"SELECT count(*) FROM outbox WHERE {which}", [to_utc(before)]).fetchone()  # noqa: S608
            if not dry_run:
                con.execute(f"UPDATE outbox SET body = ''::BLOB WHERE {which}", [to_utc(before)])  # noqa: S608
        return int(row[0]) if row else 0

    def doubt_waiting_mails(self, at: datetime, why: str) -> None:
        """Call UNKNOWN whatever waits or is being sent: in a copy of the store, whose original may send it."""
        with self._writing() as con:
            con.execute(
                "UPDATE outbox SET state = 'unknown', settled_at = ?, claimed_by = NULL, last_error = ?"
                " WHERE state IN ('queued', 'sending')",
                [to_utc(at), why],
            )

    def count_doubtful_mails(self) -> int:
        """How many messages are UNKNOWN."""
        with self._reading() as con:
            row = con.execute("SELECT count(*) FROM outbox WHERE state = 'unknown'").fetchone()
        return int(row[0]) if row else 0

    def outbox(self, states: Collection[MessageState] = tuple(MessageState)) -> tuple[OutboxEntry, ...]:
        """Messages in these states, in the order in which they were queued."""
        with self._reading() as con:
            rows = con.execute(_ENTRIES, {"states": [state.value for state in states], "ids": None}).fetchall()
        return tuple(_entry(row) for row in rows)


def _entry(row: Sequence[Any]) -> OutboxEntry:
    (
        message_id,
        recipient,
        scope,
        content_hash,
        subject,
        body,
        state,
        attempts,
        queued,
        claimed,
        settled,
        error,
        topics,
        *by,
    ) = row
    return OutboxEntry(
        Message(
            message_id, recipient, scope, content_hash, subject, bytes(body), None if topics is None else tuple(topics)
        ),
        MessageState(state),
        attempts,
        from_utc(queued),
        from_utc(claimed) if claimed else None,
        from_utc(settled) if settled else None,
        error,
        *by,
    )
