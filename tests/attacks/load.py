"""Much at once, from one stranger: the victims' answers come as before."""

from __future__ import annotations

import asyncio

from tests.attacks.scene import Attack, Scene, said
from tests.wire.interactions import AUTOCOMPLETE
from tests.wire.made_papers import author


async def broad_searches(scene: Scene) -> None:
    """Sixty broad searches at once."""
    queries = ("a", "the", "-zzz", "study", "since:1900", "cat:cs OR cat:stat", "shows less data method")
    asked = [
        scene.ask("search", query=queries[number % len(queries)], private=True)
        for number in range(int(60 * scene.share))
    ]
    scene.told_so_far += [said(await one.answer(60)) for one in asked]


async def bombs_in_the_query_language(scene: Scene) -> None:
    """Queries that are as long, deep and contradictory as the language lets them be."""
    bombs = ("(" * 250, "-" * 500, '"' * 499, "a OR " * 100, " ".join("abcdefghij"), "a* " * 150, "NOT " * 120, "author:" * 70,
             "cat:cs " * 70, "since:0001 until:9999", "since:9999-99-99", "\u202e\u200b" * 200, "é\u0301" * 160, "().*+?[]" * 60)  # fmt: skip
    asked = [scene.ask("search", query=bomb[:500], private=True) for bomb in bombs]
    scene.told_so_far += [said(await one.answer(60)) for one in asked]


async def keystrokes(scene: Scene) -> None:
    """Two hundred keystrokes at once, some of 6,000 characters."""
    texts = [f"{author(number, 0)} {number}" for number in range(int(180 * scene.share))]
    texts += ["a" * 6000, "sparse " * 850, "\u0301" * 6000, "é" * 6000, "🙂" * 3000, "' OR 1=1 --" * 500, "(" * 6000]
    kinds = (("paper", "title"), ("author", "name"), ("why", "paper"))
    typed = [
        scene.server.interactions.keystroke(scene.stranger, scene.strangers, *kinds[number % 3], text)
        for number, text in enumerate(texts)
    ]
    assert all(one.kind == AUTOCOMPLETE for one in typed)
    # A keystroke that was overtaken may stay without an answer; Discord forgets it after three seconds.
    await asyncio.gather(*(one.answer(4) for one in typed), return_exceptions=True)


async def files_at_once(scene: Scene) -> None:
    """Six large files at once, from the guild and from direct messages."""
    count = int(25_000 * scene.share)
    entries = "\n".join(
        f'@misc{{k{n}, title={{A {{\\"o}}dd Title {n}}}, author={{Abe, Ada and Berg, Ben}}}}' for n in range(count)
    )
    files = [scene.server.world.add_file(f"{n}.bib", entries.encode()[:4_900_000]) for n in range(6)]
    asked = [
        scene.ask("add", (scene.strangers, scene.direct)[n % 2], file=file, private=True)
        for n, file in enumerate(files)
    ]
    scene.told_so_far += [said(await one.answer(300)) for one in asked]


async def papers_without_end(scene: Scene) -> None:
    """Files of 500 papers, again and again, until there is no room."""
    for number in range(int(8 * scene.share) + 1):
        entries = "\n".join(
            f"@misc{{k{n}, title={{Number {number} of {n} Things}}, author={{Mallory}}}}" for n in range(500)
        )
        await scene.attach("many.bib", entries.encode())


ATTACKS: tuple[Attack, ...] = (
    broad_searches,
    bombs_in_the_query_language,
    keystrokes,
    files_at_once,
    papers_without_end,
)
