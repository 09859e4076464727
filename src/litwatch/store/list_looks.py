"""What nights found when they looked at members' lists (``digest/schedule.py``)."""

from __future__ import annotations

from collections.abc import Mapping

from litwatch.model.message import ListLook
from litwatch.store.store_file import StoreFile


class ListLooks(StoreFile):
    """The part of the store that remembers these looks."""

    def list_looks(self) -> dict[str, ListLook]:
        """The last look at each member's list, by mailbox key."""
        with self._reading() as con:
            rows = con.execute("SELECT recipient, looked_on, sent_on, marks, listed, pressed FROM list_look").fetchall()
        return {key: ListLook(looked, sent, frozenset(marks), *made_of) for key, looked, sent, marks, *made_of in rows}

    def note_list_looks(self, looks: Mapping[str, ListLook]) -> None:
        """Keep these, by mailbox key, in place of those before."""
        if not looks:
            return
        each = looks.values()
        columns = [
            [*looks],
            [one.looked_on for one in each],
            [one.sent_on for one in each],
            [sorted(one.marks) for one in each],
            [one.listed for one in each],
            [one.pressed for one in each],
        ]
        with self._writing() as con:
            con.execute(
                "INSERT OR REPLACE INTO list_look SELECT unnest(?::VARCHAR[]), unnest(?::DATE[]), unnest(?::DATE[]),"
                " unnest(?::VARCHAR[][]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                columns,
            )
