"""What a subscription's ledger makes of two papers that turn out to be one."""

from __future__ import annotations

import aiosqlite


async def move_ledger(connection: aiosqlite.Connection, gone_id: int, survivor_id: int) -> None:
    """Two papers turned out to be one: of two rows of a subscription the one that is further along stays."""
    await connection.execute(
        "DELETE FROM ledger AS weaker WHERE paper_id IN (:gone, :survivor) AND EXISTS (SELECT 1 FROM ledger AS other"
        " WHERE other.subscription_id = weaker.subscription_id AND other.paper_id IN (:gone, :survivor)"
        " AND other.paper_id <> weaker.paper_id AND (instr(:order, other.state), other.paper_id = :survivor)"
        "  > (instr(:order, weaker.state), weaker.paper_id = :survivor))",
        {
            "gone": gone_id,
            "survivor": survivor_id,
            "order": "excluded dropped silent held pending over_cap posting posted",
        },
    )
    await connection.execute("UPDATE ledger SET paper_id = ? WHERE paper_id = ?", [survivor_id, gone_id])
