"""All operations on papers by name, as the intake log calls them. A name, once released, keeps its meaning."""

from __future__ import annotations

from store import correction, dividing, ingest, keeping_apart, removal, separation
from store.intake_log.operation import Operations

OPERATIONS: Operations = {
    one.name: one
    for one in (
        *(ingest.TAKE_PAGE, ingest.TAKE_RECORDS, ingest.WITHDRAW, ingest.END_IMPORT, ingest.REPORT),
        *(dividing.DIVIDE, removal.REMOVE, removal.BRING_BACK, separation.UNDO_MERGE),
        *(correction.CORRECT, correction.UNDO, keeping_apart.KEEP_APART, keeping_apart.ALLOW),
    )
}
