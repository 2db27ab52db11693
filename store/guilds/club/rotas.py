"""The rows of rotas, and of the swaps that people ask each other for."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from store.errors import StoreError
from store.guilds.club import rota as turns
from store.guilds.club.rota import Presenter, Rota
from store.guilds.own_papers import Owner
from store.models import Handle
from store.storage.connection import Connection
from store.text.handles import handle
from store.text.timestamps import stamp


class RotaIsFullError(StoreError):
    """A rota has 50 people at most."""


class Swap(NamedTuple):
    """Somebody asks somebody else to change places in the rota."""

    token: Handle
    owner: Owner
    asker_id: int
    asked_id: int


async def of_owner(connection: Connection, owner: Owner) -> Rota:
    """The rota of a guild, in its order."""
    async with connection.execute(
        "SELECT person_id, away_until FROM club_rota WHERE owner = ? ORDER BY place", [owner]
    ) as rows:
        return tuple([Presenter.model_validate(dict(row)) async for row in rows])


async def save(connection: Connection, owner: Owner, people: Rota) -> None:
    """Keep a rota as it is now. Raises `RotaIsFullError`."""
    if len(people) > turns.MOST:
        raise RotaIsFullError
    await connection.execute("DELETE FROM club_rota WHERE owner = ?", [owner])
    await connection.executemany(
        "INSERT INTO club_rota (owner, person_id, place, away_until) VALUES (?, ?, ?, ?)",
        [
            (owner, who.person_id, place, who.away_until.isoformat() if who.away_until else None)
            for place, who in enumerate(people)
        ],
    )


async def ask_swap(connection: Connection, owner: Owner, asker_id: int, asked_id: int, now: datetime) -> Swap:
    """Ask somebody to change places; what the same person asked before does not count any more."""
    token = handle("swap", str(owner), str(asker_id), str(asked_id), stamp(now))
    await connection.execute(
        "INSERT INTO club_swaps (token, owner, asker_id, asked_id, asked) VALUES (?, ?, ?, ?, ?) ON CONFLICT"
        " (owner, asker_id) DO UPDATE SET token = excluded.token, asked_id = excluded.asked_id, asked = excluded.asked",
        [token, owner, asker_id, asked_id, stamp(now)],
    )
    return Swap(token, owner, asker_id, asked_id)


async def swaps(connection: Connection, owner: Owner) -> list[Swap]:
    """What is asked for in a guild and not answered."""
    return await _swaps(connection, "owner = ?", owner)


async def swap_of(connection: Connection, token: Handle) -> Swap | None:
    """The swap of a token, unless it was answered."""
    return next(iter(await _swaps(connection, "token = ?", token)), None)


async def answer_swap(connection: Connection, swap: Swap, *, agreed: bool) -> None:
    """Whoever was asked has answered."""
    await connection.execute("DELETE FROM club_swaps WHERE token = ?", [swap.token])
    if agreed:
        before = await of_owner(connection, swap.owner)
        await save(connection, swap.owner, turns.swapped(before, swap.asker_id, swap.asked_id))


async def _swaps(connection: Connection, where: str, value: object) -> list[Swap]:
    async with connection.execute(
        f"SELECT token, owner, asker_id, asked_id FROM club_swaps WHERE {where} ORDER BY asked",  # noqa: S608
        [value],
    ) as rows:
        return [Swap(*row) async for row in rows]
