"""`python -m tests.wire.watched run` is `lectern run`, and writes on stderr what keeps its event loop busy for too long.

With `AHEAD_S` in its environment, its time of day is so many seconds ahead.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

import time_machine

from bot.cli import main
from tests.support.event_loop import watched

if __name__ == "__main__":
    if ahead := float(os.environ.get("AHEAD_S", "0")):
        time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True).start()
    with watched(lambda report: print(report, file=sys.stderr, flush=True)):
        main()
