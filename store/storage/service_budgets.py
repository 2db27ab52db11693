"""What services outside may cost a day, and what was spent: reserved before a request, settled after it.

Every reservation is one transaction in the file, so that no budget is passed whatever runs at the same time, in this
process or another, and whatever is cut short: what was reserved and not settled counts as spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from store.outside import Reservation, ServiceName
from store.storage.database import Database

KEPT = timedelta(days=31)
"""How long a day's spending is kept, to look at."""


class Budgets:
    """The budgets of a store's services, by the settings; a service that is not among them has none to spend."""

    def __init__(self, db: Database, daily: Mapping[ServiceName, int]) -> None:
        self._db = db
        self.daily = daily

    async def reserve(self, service: ServiceName, amount: int, now: datetime) -> Reservation | None:
        """Take an amount from what is left of the day's budget; None where that is not enough."""
        budget, day = self.daily.get(service, 0), _day(now)
        if not 0 <= amount <= budget:
            return None
        if amount:
            async with self._db.write() as connection:
                await connection.execute("DELETE FROM service_spending WHERE day < ?", [_day(now - KEPT)])
                cursor = await connection.execute(
                    "INSERT INTO service_spending (service, day, spent) VALUES (?, ?, ?)"
                    " ON CONFLICT (service, day) DO UPDATE SET spent = service_spending.spent + excluded.spent"
                    " WHERE service_spending.spent + excluded.spent <= ?",
                    [service, day, amount, budget],
                )
                if not cursor.rowcount:
                    return None
        return Reservation(service=service, day=day, amount=amount)

    async def settle(self, reservation: Reservation, cost: int) -> None:
        """Say what the request cost in the end, once for each reservation.

        More than was reserved is counted too, though it may pass the budget: it has been spent.
        """
        if cost != reservation.amount:
            async with self._db.write() as connection:
                await connection.execute(
                    "INSERT INTO service_spending (service, day, spent) VALUES (?, ?, max(0, ?))"
                    " ON CONFLICT (service, day) DO UPDATE SET spent = max(0, service_spending.spent + ?)",
                    [reservation.service, reservation.day, *(2 * [cost - reservation.amount])],
                )

    async def spent(self, now: datetime) -> Mapping[str, int]:
        """What was spent today on each service that was asked."""
        async with (
            self._db.read() as connection,
            connection.execute("SELECT service, spent FROM service_spending WHERE day = ?", [_day(now)]) as rows,
        ):
            return {str(row["service"]): int(row["spent"]) async for row in rows}


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
