"""`python -m tests.wire.watched run` is `lectern run`, and writes on stderr what keeps its event loop busy for too long.

With `AHEAD_S` in its environment, its time of day is so many seconds ahead; with `LEASE_S`, leases hold for so long, and
it looks more often for what other processes have done.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

from bot import division
from bot.cli import main
from bot.workers import delivery
from tests.support.event_loop import watched

if __name__ == "__main__":
    if ahead := float(os.environ.get("AHEAD_S", "0")):
        import time_machine  # brings pytest with it, which most runs would load for nothing

        time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True).start()
    if lease := float(os.environ.get("LEASE_S", "0")):
        division.LEASE_S, division.RENEW_S = lease, lease / 4
        delivery.LONGEST_IDLE_S = lease / 3
    with watched(lambda report: print(report, file=sys.stderr, flush=True)):
        main()
