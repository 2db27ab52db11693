"""Hostile text in titles, names, abstracts and addresses: cards stay cards, and nobody is mentioned or misled."""

from __future__ import annotations

import json
import re

from tests.attacks.scene import Attack, Scene, said
from tests.wire import payloads
from tests.wire.payloads import Json

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MENTION = re.compile(r"@(?:everyone|here)|(?<!\\)<(?:@[!&]?\d+|#\d+|/\w+:\d+|t:1:|a?:\w+:\d+)")


def _word() -> str:
    """A word that no other title has."""
    return "zq" + str(payloads.snowflake()).translate(str.maketrans("0123456789", "bcdfghjklm"))


async def _shown(scene: Scene, title: str, **fields: str) -> list[Json]:
    """Add a paper with that title to the stranger's guild; all cards that show it there."""
    body = "".join(f", {name}={{{value}}}" for name, value in fields.items())
    word = _word()
    answer = await scene.ask("add", entry=f"@article{{k, title={{{title} {word}}}{body}}}").answer(20)
    cards = [answer, await scene.ask("paper", title=word).answer(20)]
    for button in [c for c in payloads.controls(cards[1]) if c["type"] == 2 and c.get("custom_id")]:
        card = await scene.ask("paper", title=word).answer(20)
        pressed = scene.server.interactions.click(scene.stranger, scene.strangers, card, button["custom_id"])
        cards.append(await pressed.answer(20))
    cards.append(await scene.ask("cite", paper=word).answer(20))
    cards.append(await scene.ask("search", query=word).answer(20))
    return cards


async def _check(scene: Scene, cards: list[Json]) -> None:
    for card in cards:
        text = said(card)
        scene.told_so_far.append(text)
        # Within a code block Discord mentions nobody, and follows no link.
        # Whom Lectern itself names, such as who added a paper, is known by an id of Discord's length; texts here name 1.
        own = r"```.*?```|<@\d{17,20}>|<t:\d{10}:R>"
        plain = re.sub(own, "", text, flags=re.DOTALL | re.MULTILINE)
        assert not _BIDI.search(text), f"a bidirectional control is shown: {text[:200]!r}"
        assert not _MENTION.search(plain), f"a mention is shown: {plain[:200]!r}"
        for target in re.findall(r"\]\(<?([^)>]*)", plain.replace("\\]", "").replace("\\(", "")):
            assert "evil.example" not in target, f"a link is shown: {target!r}"
        assert text.count("```") % 2 == 0, "a code block is left open"
    allowed = [call.body["data"].get("allowed_mentions") for call in scene.server.calls
               if call.route.endswith("/callback") and isinstance(call.body, dict) and "data" in call.body
               and call.body["type"] == 4]  # fmt: skip
    assert all(mentions is None or not mentions.get("parse") for mentions in allowed)


async def mentions(scene: Scene) -> None:
    """Mentions of everybody, people, roles, channels and commands in a title, names and an abstract."""
    words = r"@everyone @here <@1> <@!1> <@&1> <\#1> </add:1> <t:1:R> <a:x:1>"
    await _check(scene, await _shown(scene, words, author=words, abstract=f"{words}. {words}.", journal=words))


async def links_in_disguise(scene: Scene) -> None:
    """Masked links, headings, spoilers and quotes in a title, names and an abstract."""
    words = r"[Click here](https://evil.example) ](https://evil.example) ||spoiler|| **bold** > quote \textbackslash](http://evil.example)"
    await _check(
        scene, await _shown(scene, words, author="[Ada](https://evil.example)", abstract=f"{words}. # {words}.")
    )


async def ways_out_of_code_blocks(scene: Scene) -> None:
    """Backquotes that end the block of a citation, with a mention after them."""
    words = "```\n@everyone ``` `` ` @here"
    cards = await _shown(scene, words, author=f"Ada {words}", note=words, journal=words, doi="10.5555/y```@everyone")
    await _check(scene, cards)


async def invisible_and_turning_text(scene: Scene) -> None:
    """Bidirectional controls, zero-width characters, thousands of marks and lone surrogates."""
    words = "Safe \u202egnp.exe\u202c \u2066a\u2069 \u200b\u200d\ufeff a" + "\u0301" * 900 + " \u061c\u200f"
    await _check(scene, await _shown(scene, words, author=f"{words} \u202eAda", abstract=f"{words}. {words}."))


async def fields_in_a_doi(scene: Scene) -> None:
    """DOIs and addresses that hold further fields of BibTeX or lines of RIS."""
    for doi in (
        "10.5555/y},note={\\input{/etc/passwd}}",
        "10.5555/y\nER  - \nTY  - X",
        "10.5555/{{{y",
        "10.5555/y\\write18{ls}",
    ):
        word = _word()
        record = {"title": f"Fields {word}", "authors": ["Ada Abe"], "doi": doi, "url": f"https://a.example/{doi}"}
        await scene.attach("a.json", json.dumps([record]).encode())
        for style in ("bibtex", "ris", "csl-json", "plain"):
            text = await scene.told("cite", paper=word, style=style)
            assert "note={" not in text.replace(" ", "")
            assert "\nTY  - X" not in text
            assert not re.search(r"(?<!\\)\\(?:input|write)", text)


async def addresses_that_discord_refuses(scene: Scene) -> None:
    """Addresses with capitals, wrong ports, no host, other schemes, and passwords."""
    for address in ("HTTPS://A.EXAMPLE/x", "https://a.b:x/", "https://.com/", "https://", "file:///etc/passwd", "javascript:alert(1)",
                    "https://user:pw@a.example/", "https://a.example/ y", "http://[::1", "https://a.example/" + "x" * 5000):  # fmt: skip
        cards = await _shown(scene, "Addresses", url=address, howpublished=address)
        await _check(scene, cards)


ATTACKS: tuple[Attack, ...] = (
    mentions,
    links_in_disguise,
    ways_out_of_code_blocks,
    invisible_and_turning_text,
    fields_in_a_doi,
    addresses_that_discord_refuses,
)
