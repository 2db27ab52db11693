"""The hello: what the bot is for, shown on what its store holds."""

from __future__ import annotations

from collections.abc import Iterator

from commands.addresses import AuthorPage, PaperAction
from commands.context import Assistant
from commands.custom_ids import FollowCategory
from commands.help import code
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from store import examples
from store.catalog import papers
from store.examples import Examples
from store.guilds.own_papers import Owner


async def hello(client: Assistant, owner: Owner, note: str = "") -> CardView:
    """The three uses, each with a button that shows it; where there are no papers yet, how to add some.

    `note` is markdown that follows, of at most 800 characters.
    """
    view = client.library.view(owner)
    count = await papers.count(client.library.db) or await view.count_own()
    shown = await examples.choose(view)
    card = Card(NEUTRAL, reserve=800, foot=False)
    if shown:
        card.text(
            f"## Hello, I am Lectern\nI know {markdown.counted(count, 'paper')}. Ask for one as you remember it: I find"
            " it even when the words are not quite right."
        )
        card.divider()
        for text, button in _uses(client, shown):
            card.section(text, button)
        card.divider()
    else:
        setup, add, subscribe = (client.mention(name) for name in ("setup", "add", "subscribe"))
        card.text(
            f"## Hello, I am Lectern\nI know no papers yet.\n- {setup} fetches your team's papers and"
            f" proposes what to follow; begin here.\n- {add} takes BibTeX, RIS, CSL-JSON, arXiv ids and DOIs,"
            f" pasted or as a file.\n- {subscribe} posts new papers from arXiv in a channel, and I know them from then"
            " on.\n- `lectern import`, on the machine that runs me, takes whole collections."
        )
    card.text(
        f"-# Type / to see all that I can do; {client.mention('help')} has an example of each. Or mention me with a"
        " title or a name, or write it to me directly."
    )
    card.text(note, final=True)
    return card.view()


def _uses(client: Assistant, shown: Examples) -> Iterator[tuple[str, ButtonSpec]]:
    if shown.author:
        yield (
            f"**What somebody has written**\n{client.mention('author')}{_typed(shown.name)}",
            ButtonSpec(f"Show {markdown.plain(shown.author.name, 30)}", AuthorPage(shown.author.handle)),
        )
    beginning = markdown.plain(shown.paper.title.partition(":")[0], 30)
    if shown.paper.abstract:
        yield (
            f"**An abstract in four parts**\n{client.mention('summary')}{_typed(shown.title)}",
            ButtonSpec(f"Sum up {beginning}", PaperAction("summary", shown.paper.handle)),
        )
    else:
        yield (
            f"**A paper by what you remember of it**\n{client.mention('paper')}{_typed(shown.title)}",
            ButtonSpec(f"Show {beginning}", PaperAction("open", shown.paper.handle)),
        )
    if shown.category:
        yield (
            f"**New papers, posted here**\n{client.mention('subscribe')}{_typed(f'cat:{shown.category}')}",
            ButtonSpec(f"Follow {shown.category}", FollowCategory(shown.category)),
        )


def _typed(example: str | None) -> str:
    return f" {code(example)}" if example else ""
