"""What services outside answered lately, kept under the question, so that nothing is asked twice."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from hashlib import sha256

from store.storage.database import Database
from store.text.timestamps import stamp

MOST_BYTES = 64_000_000
"""Of all kept answers together, packed: some 3,000 pages of papers. By choice."""
LARGEST = 4_000_000
"""Bytes of one answer as text; a larger one is not kept."""


class ServiceAnswers:
    """Answers by question; those that expire first make room for others."""

    def __init__(self, db: Database, most_bytes: int = MOST_BYTES) -> None:
        self._db, self._most_bytes = db, most_bytes

    async def get(self, question: str, now: datetime) -> str | None:
        """The answer to exactly that question, unless it has expired."""
        async with (
            self._db.read() as connection,
            connection.execute(
                "SELECT answer FROM service_answers WHERE question = ? AND expires > ?", [_digest(question), stamp(now)]
            ) as rows,
        ):
            row = await rows.fetchone()
        return None if row is None else zlib.decompress(row["answer"]).decode()

    async def put(self, question: str, answer: str, now: datetime, keep: timedelta) -> None:
        """Keep an answer for so long, in place of an earlier one."""
        content = answer.encode()
        if len(content) > LARGEST:
            return
        async with self._db.write() as connection:
            await connection.execute("DELETE FROM service_answers WHERE expires <= ?", [stamp(now)])
            await connection.execute(
                "INSERT INTO service_answers (question, answer, expires) VALUES (?, ?, ?)"
                " ON CONFLICT (question) DO UPDATE"
                " SET answer = excluded.answer, expires = excluded.expires",
                [_digest(question), zlib.compress(content), stamp(now + keep)],
            )
            await connection.execute(
                "DELETE FROM service_answers WHERE question IN (SELECT question FROM"
                " (SELECT question, sum(length(answer))"
                " OVER (ORDER BY expires DESC, question) AS size FROM service_answers) WHERE size > ?)",
                [self._most_bytes],
            )


def _digest(question: str) -> str:
    return sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
