"""What a sentence model has made of texts, kept by the texts themselves (``decisions/ranking/sentence_model.py``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from litwatch.store.store_file import StoreFile


class Embeddings(StoreFile):
    """The part of the store that keeps embeddings."""

    def embeddings(self, model: str, text_keys: Collection[str]) -> dict[str, bytes]:
        """Those that are kept of the texts with these keys, by the ``model`` with weights of this SHA-256."""
        if not text_keys:
            return {}
        with self._reading() as con:
            rows = con.execute(
                "SELECT text_key, vector FROM embedding WHERE model = ? AND text_key IN (SELECT unnest(?::VARCHAR[]))",
                [model, list(text_keys)],
            ).fetchall()
        return {key: bytes(vector) for key, vector in rows}

    def embedding_cost(self, model: str) -> tuple[int, float]:
        """How many texts the ``model`` has read for this store, and their seconds of processor time; zeros for none."""
        with self._reading() as con:
            row = con.execute("SELECT texts, seconds FROM embedding_cost WHERE model = ?", [model]).fetchone()
        return (int(row[0]), float(row[1])) if row else (0, 0.0)

    def keep_embeddings(self, model: str, vectors: Mapping[str, str], seconds: float) -> None:
        """Keep these, in hex by their texts' keys, which took so many ``seconds`` of processor time in all.

        What is kept already stays as it is.
        """
        if not vectors:
            return
        with self._writing() as con:
            con.execute(
                "INSERT OR IGNORE INTO embedding SELECT ?, unnest(?::VARCHAR[]), unhex(unnest(?::VARCHAR[]))",
                [model, list(vectors), list(vectors.values())],
            )
            con.execute(
                "INSERT INTO embedding_cost VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET texts = texts + excluded.texts, seconds = seconds + excluded.seconds",
                [model, len(vectors), seconds],
            )
