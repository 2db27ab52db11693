"""The rota: who presents, in turn. Whoever has presented goes to its end; who is away keeps their place for later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from store.models import Frozen

MOST = 50
"""People of a rota; nearly a year of weekly sessions."""


class Presenter(Frozen):
    """Somebody in the rota, who is away up to and on a day."""

    person_id: int
    away_until: date | None = None

    def is_there(self, day: date) -> bool:
        """Whether they can present on that day."""
        return self.away_until is None or day > self.away_until


Rota = tuple[Presenter, ...]


def presenter(rota: Rota, day: date) -> int | None:
    """Who presents on a day: the first who is not away; None where there is nobody."""
    return next((one.person_id for one in rota if one.is_there(day)), None)


def presented(rota: Rota, person_id: int) -> Rota:
    """The rota after somebody has presented."""
    return (*_without(rota, person_id), *(one for one in rota if one.person_id == person_id))


def put_first(rota: Rota, person_id: int) -> Rota:
    """The rota with somebody of it at the front."""
    return (*(one for one in rota if one.person_id == person_id), *_without(rota, person_id))


def swapped(rota: Rota, one: int, other: int) -> Rota:
    """The rota with two people in each other's place; unchanged unless both are in it."""
    by_id = {who.person_id: who for who in rota}
    if one not in by_id or other not in by_id:
        return rota
    place = {one: by_id[other], other: by_id[one]}
    return tuple(place.get(who.person_id, who) for who in rota)


def upcoming(rota: Rota, days: Sequence[date]) -> list[int | None]:
    """Who presents on each of the next days, as things stand."""
    found = []
    for day in days:
        who = presenter(rota, day)
        found.append(who)
        rota = presented(rota, who) if who is not None else rota
    return found


def _without(rota: Rota, person_id: int) -> Rota:
    return tuple(one for one in rota if one.person_id != person_id)
