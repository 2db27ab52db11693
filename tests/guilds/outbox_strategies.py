"""What people choose and what Discord does in the histories of the outbox."""

from __future__ import annotations

from datetime import time

from hypothesis import strategies as st

from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Options
from tests.wire.faults import Fault

OPTIONS = st.builds(
    Options,
    schedule=st.builds(
        Schedule,
        cadence=st.sampled_from(["now", "now", "daily", "weekly"]),
        at=st.sampled_from([time(8, 30), time(2, 30)]),
        weekday=st.sampled_from([0, 4]),
        zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia"]),
    ),
    role_id=st.sampled_from([None, 77]),
    cap=st.sampled_from([1, 2, 25]),
)

_UNKNOWN = [
    *(Fault("status", after=after, status=status) for after in (False, True) for status in (500, 503)),
    *(Fault("reset", after=after) for after in (False, True)),
    Fault("stall", seconds=90),
    Fault("stall", after=True, seconds=90),
]
"""The message may be out or not."""
_REFUSED = [
    Fault("status", status=429, seconds=3),
    Fault("status", status=429, seconds=3, everywhere=True),
    Fault("status", status=429, seconds=90, via=False),
    Fault("ban", seconds=90),
    Fault("status", status=400),
]
_LOST = [Fault("status", status=403), Fault("status", status=404)]
_CUT = [Fault("hang_up"), Fault("hang_up", after=True)]
"""The process ends, before or after the message is out."""
FAULTS = st.sampled_from([None, None, *_UNKNOWN, *_LOST * 3, *_REFUSED, *_CUT])
