"""The message of a week: what the team saved to its lists."""

from __future__ import annotations

from commands.addresses import PaperAction
from commands.views import markdown
from commands.views.layout import NEUTRAL, Card
from store.guilds.weekly_saved import WEEK, WeekOfSaving
from store.text.partial_dates import in_words


def week(content: str) -> Card:
    """The papers that most lists have first, each to open, and how many more there are."""
    saved = WeekOfSaving.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    since = in_words((saved.until - WEEK).isoformat())
    card.text(f"### Saved this week: {markdown.counted(saved.total, 'paper')}\n-# By the team, since {since}")
    for number, one in enumerate(saved.papers, 1):
        facts = [f"in {markdown.counted(one.lists, 'list')}"]
        facts += [markdown.counted(one.notes, "note")] if one.notes else []
        card.text(f"**{number}.** **{markdown.safe(one.title, 250)}**\n-# {' · '.join(facts)}")
    card.numbers([PaperAction("open", one.handle).opened_apart() for one in saved.papers])
    if (more := saved.total - len(saved.papers)) > 0:
        card.text(f"-# And {more:,} more, in /lists.")
    return card
