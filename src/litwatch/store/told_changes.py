"""The changes that published reports have told of an article, for its feed."""

from __future__ import annotations

from collections.abc import Collection

from litwatch.decisions.article_identity import IdentityState
from litwatch.decisions.told_change import ToldChange
from litwatch.decisions.verdict import Status
from litwatch.model.change import ABOUT_NEW, Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.store.documents import from_utc
from litwatch.store.many_topics import gather
from litwatch.store.store_file import StoreFile


class ToldChanges(StoreFile):
    """The part of the store that knows what was told of each article."""

    def told_changes(self, topics: Collection[str], *, most: int) -> dict[str, tuple[ToldChange, ...]]:
        """The newest changes that published reports have told of each topic, at most so many, newest first.

        Of one night, what is about cited papers comes before new records. What was told of another article under the
        same name is left out.
        """
        with self._reading() as con:
            asked = {"topics": list(topics), "new": sorted(ABOUT_NEW), "most": most, "another": IdentityState.NEW.value}
            rows = con.execute(_TOLD, asked).fetchall()
        return gather(
            topics,
            (
                (
                    topic,
                    ToldChange(
                        episode,
                        Change(
                            ChangeKind(kind),
                            Pmid(pmid),
                            detail,
                            Pmid(notice) if notice is not None else None,
                            ChangeKind(ended) if ended else None,
                        ),
                        from_utc(began),
                        title or "",
                        level,
                        Status(status) if status else None,
                    ),
                )
                for topic, episode, kind, pmid, detail, notice, ended, began, title, level, status in rows
            ),
        )


_TOLD = """
WITH told AS (
    SELECT *, coalesce(dated_at, began_at) AS began, row_number() OVER (
        PARTITION BY topic
        ORDER BY coalesce(dated_at, began_at) DESC, kind IN (SELECT unnest($new::VARCHAR[])), place, number, id
    ) AS rank
    FROM episode WHERE told_at IS NOT NULL AND topic IN (SELECT unnest($topics::VARCHAR[]))
        AND id NOT IN (SELECT unnest(earlier) FROM article_change WHERE state = $another)
), newest AS (SELECT * FROM told WHERE rank <= $most),
levels AS (
    SELECT episode, arg_min(level, first_night) AS level
    FROM (SELECT unnest(episodes) AS episode, level, first_night FROM told_signal
        WHERE topic IN (SELECT unnest($topics::VARCHAR[])) AND level IS NOT NULL) AS signals
    GROUP BY episode
), verdicts AS (
    SELECT newest.id, max_by(verdict.status, verdict.revision) AS status
    FROM newest JOIN stored_verdict AS verdict
        ON verdict.topic = newest.topic AND verdict.decided_on <= newest.began::DATE
    GROUP BY newest.id
)
SELECT topic, newest.id, kind, newest.pmid, detail, notice_pmid, ended_kind, began, record.title, level, status
FROM newest
LEFT JOIN (SELECT pmid, title FROM current_record WHERE pmid IN (SELECT pmid FROM newest)) AS record
    ON record.pmid = newest.pmid
LEFT JOIN levels ON levels.episode = newest.id
LEFT JOIN verdicts ON verdicts.id = newest.id
ORDER BY topic, rank
"""
