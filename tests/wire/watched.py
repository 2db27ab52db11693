"""`python -m tests.wire.watched run` is `lectern run`, and writes on stderr what keeps its event loop busy for too long."""

from __future__ import annotations

import sys

from bot.cli import main
from tests.support.event_loop import watched

if __name__ == "__main__":
    with watched(lambda report: print(report, file=sys.stderr, flush=True)):
        main()
