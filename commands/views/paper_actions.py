"""What can be done with a paper, as a row of buttons under its card."""

from __future__ import annotations

from commands.club_ids import Nominate
from commands.follow_ids import FollowPaper
from commands.list_ids import PaperNotes, SavePaper
from commands.views import markdown
from commands.views.layout import ButtonSpec
from commands.watch_ids import WatchPaper
from store.models import Handle


def actions(handle: Handle, notes: int = 0) -> list[ButtonSpec]:
    """A button for each thing that anybody may do with a paper, and to its notes; at most five fit into a row."""
    return [
        ButtonSpec("Save", SavePaper(handle)),
        ButtonSpec("Follow", FollowPaper(handle)),
        ButtonSpec("Watch", WatchPaper(handle)),
        ButtonSpec("Nominate", Nominate(handle)),
        *([ButtonSpec(markdown.counted(notes, "note"), PaperNotes(handle))] if notes else []),
    ]
