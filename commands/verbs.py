"""The words that buttons and lists carry: what they show or do."""

from __future__ import annotations

from typing import Literal

PaperVerb = Literal[
    "open", "summary", "line", "abstract", "marked", "related", "problem", "method", "result", "cite", "authors", "why",
    "sources",
]  # fmt: skip
"""What is shown of a paper; `problem`, `method` and `result` are papers that are alike in that."""
PaperOrder = Literal["newest", "oldest", "cited", "relevant"]
PeopleOrder = Literal["most", "latest"]
SetupVerb = Literal["fetch", "confirm", "cancel"]
MeantReply = Literal["yes", "no", "undo"]
SubscriptionVerb = Literal[
    "manage", "pause", "resume", "post", "drop", "edit", "delete", "end", "full", "compact", "either", "once", "repeats"
]
HelpTopic = Literal["all", "find", "follow", "read", "meet", "maintain"]
HitOrder = Literal["relevance", "date", "citations", "description"]
"""How hits are ordered; by `description` are papers that need not have all words."""
