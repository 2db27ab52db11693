"""Replies of language models, kept so that no prompt is sent twice."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from store.models import Handle
from store.storage.database import Database


class ReplyCache:
    """Replies by paper, model and prompt; the last one for each paper and model."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, paper: Handle, model: str, prompt: str) -> str | None:
        """The reply to exactly that prompt, if there was one."""
        async with self._db.read() as connection:
            found = await connection.execute_fetchall(
                "SELECT reply FROM model_replies JOIN papers ON papers.id = paper_id"
                " WHERE handle = ? AND model = ? AND prompt = ?",
                (paper, model, _digest(prompt)),
            )
        return next((str(row[0]) for row in found), None)

    async def put(self, paper: Handle, model: str, prompt: str, reply: str) -> None:
        """Keep a reply in place of the model's earlier one on the paper; nothing happens if the paper is gone."""
        async with self._db.write_papers() as connection:
            await connection.execute(
                "DELETE FROM model_replies WHERE model = ? AND paper_id = (SELECT id FROM papers WHERE handle = ?)",
                (model, paper),
            )
            await connection.execute(
                "INSERT INTO model_replies SELECT id, ?, ?, ?, ? FROM papers WHERE handle = ?",
                (model, _digest(prompt), reply, datetime.now(UTC).isoformat(timespec="seconds"), paper),
            )


def _digest(prompt: str) -> str:
    return sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()
