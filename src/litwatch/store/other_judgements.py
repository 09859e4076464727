"""What people decide that is not about changes: references, leads, who is responsible, stopped digests, revoked links.

All of it is in the chain of judgements (``judgements_kept``) and read from there; this module writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from litwatch.model.judgement import ABOUT_A_LEAD, Decision, Judgement, NamedRecord
from litwatch.model.judgement_chain import ChainedJudgement
from litwatch.model.text.mail_address import mailbox_key
from litwatch.store.documents import load_judgement
from litwatch.store.many_topics import gather
from litwatch.store.people import find_stopped, load_named
from litwatch.store.store_file import StoreFile


class OtherJudgements(StoreFile):
    """The part of the store that knows members' standing words."""

    def confirmed_references(self, topic: str) -> tuple[NamedRecord, ...]:
        """Which record each reference of the topic is by a person's last word, oldest first."""
        return self.confirmed_references_of([topic])[topic]

    def confirmed_references_of(self, topics: Collection[str]) -> dict[str, tuple[NamedRecord, ...]]:
        """``confirmed_references`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, seq FROM judgement_event WHERE topic IN (SELECT unnest(?::VARCHAR[])) AND decision = ?",
                [list(topics), Decision.REFERENCE_CONFIRMED.value],
            ).fetchall()
            said = con.execute(
                "SELECT seq, doc FROM stored_judgement WHERE seq IN (SELECT unnest(?::INTEGER[])) ORDER BY seq",
                [[seq for _, seq in rows]],
            ).fetchall() if rows else []  # fmt: skip
        topic_of = {seq: topic for topic, seq in rows}
        named = gather(topics, ((topic_of[seq], load_judgement(doc).reference) for seq, doc in said))
        return {
            topic: tuple({each.text: each for each in given if each is not None}.values())
            for topic, given in named.items()
        }

    def topics_confirmed(self) -> frozenset[str]:
        """The topics of which people have confirmed any reference."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT DISTINCT topic FROM judgement_event WHERE decision = ?", [Decision.REFERENCE_CONFIRMED.value]
            ).fetchall()
        return frozenset(topic for (topic,) in rows)

    def closed_leads(self, topic: str) -> frozenset[str]:
        """The topic's leads, by ``Lead.name``, that a person has closed and nobody has opened again."""
        return self.closed_leads_of([topic])[topic]

    def closed_leads_of(self, topics: Collection[str]) -> dict[str, frozenset[str]]:
        """``closed_leads`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, doc FROM stored_judgement JOIN judgement_event USING (seq)"
                " WHERE topic IN (SELECT unnest(?::VARCHAR[])) AND decision IN (SELECT unnest(?::VARCHAR[]))"
                " ORDER BY seq",
                [list(topics), sorted(ABOUT_A_LEAD)],
            ).fetchall()
        said = gather(topics, ((topic, load_judgement(doc)) for topic, doc in rows))
        return {topic: _closed(own) for topic, own in said.items()}

    def words_on_responsible(self) -> dict[str, tuple[Judgement, ...]]:
        """What may say or end that somebody is responsible for an article, by topic, oldest first.

        Topics of which nobody was ever named are left out.
        """
        with self._reading() as con:
            rows = con.execute(
                "SELECT doc FROM stored_judgement WHERE doc->>'$.topic' IN"
                " (SELECT doc->>'$.topic' FROM stored_judgement WHERE doc->>'$.responsible' IS NOT NULL)"
                " AND doc->>'$.change' IS NULL ORDER BY seq"
            ).fetchall()
            said = load_named(con, (doc for (doc,) in rows))
        return gather({each.topic for each in said}, ((each.topic, each) for each in said))

    def stopped_members(self) -> frozenset[str]:
        """Mailbox keys of the addresses whose owners have stopped their digest and not resumed it."""
        with self.reading():
            said = self._last_words(Decision.DIGEST_STOPPED, Decision.DIGEST_RESUMED)
            with self._reading() as con:
                forgotten = find_stopped(con).difference(said)  # who has said something since is known again
        stopped = {member for member, last in said.items() if last.decision is Decision.DIGEST_STOPPED}
        return forgotten.union(stopped)

    def links_revoked(self) -> dict[str, datetime]:
        """The moment up to which a member's links are void, by mailbox key."""
        return {member: said.at for member, said in self._last_words(Decision.LINKS_REVOKED).items()}

    def audit_trail(self, *, topic: str | None = None, limit: int | None = None) -> tuple[ChainedJudgement, ...]:
        """Every event of the chain, or those of one topic, newest first."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT seq, previous, hash, doc FROM stored_judgement WHERE $topic IS NULL OR doc->>'$.topic' = $topic"
                " ORDER BY seq DESC LIMIT $limit",
                {"topic": topic, "limit": limit},
            ).fetchall()
            said = load_named(con, (doc for *_, doc in rows))
        return tuple(
            ChainedJudgement(seq, before, digest, judgement)
            for (seq, before, digest, _), judgement in zip(rows, said, strict=True)
        )

    def _last_words(self, *decisions: Decision) -> dict[str, Judgement]:
        with self._reading() as con:
            rows = con.execute(
                "SELECT doc FROM stored_judgement JOIN judgement_event USING (seq)"
                " WHERE decision IN (SELECT unnest(?::VARCHAR[])) ORDER BY seq",
                [[decision.value for decision in decisions]],
            ).fetchall()
            said = load_named(con, (doc for (doc,) in rows))
        return {mailbox_key(judgement.member): judgement for judgement in said}


def _closed(said: Iterable[Judgement]) -> frozenset[str]:
    last = {judgement.lead.name: judgement.decision for judgement in said if judgement.lead is not None}
    return frozenset(name for name, decision in last.items() if decision is Decision.LEAD_CLOSED)
