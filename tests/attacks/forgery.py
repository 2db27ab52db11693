"""Forged buttons, forms and interactions: what belongs to a channel is answered in that channel only."""

from __future__ import annotations

import json
import random
import string

from tests.attacks.scene import Attack, Scene, said
from tests.wire import payloads
from tests.wire.interactions import COMMAND, COMPONENT, MODAL, Interaction
from tests.wire.made_papers import title
from tests.wire.payloads import Json
from tests.wire.world import MANAGE_CHANNELS, MEMBER_PERMISSIONS, Channel, Person

_VERBS = ("manage", "pause", "resume", "post", "drop", "edit", "delete", "end")
_SECRETS = ("looms", "boss", "Boss", "papers>")
"""What the victims' subscription is about, who made it, and where."""


def _press(scene: Scene, custom_id: str, where: Channel, by: Person) -> Interaction:
    button = {"type": 2, "style": 2, "label": "forged", "custom_id": custom_id}
    body = {"content": "", "flags": payloads.V2, "components": [{"type": 1, "components": [button]}]}
    message = payloads.message(payloads.snowflake(), where.id, scene.server.world.bot, body)
    data = {"custom_id": custom_id, "component_type": 2, "id": 1}
    return scene.server.interactions.begin(COMPONENT, by, where, data, clicked=message)


def _send(scene: Scene, custom_id: str, where: Channel, texts: dict[str, str], by: Person) -> Interaction:
    fields = [{"type": 18, "id": 1, "component": {"type": 4, "custom_id": k, "value": v}} for k, v in texts.items()]
    asked = scene.server.interactions.slash(by, where, "add")
    data = {"custom_id": custom_id, "components": fields}
    return scene.server.interactions.begin(MODAL, by, where, data, opened_by=asked)


async def _refused(scene: Scene, interaction: Interaction) -> str:
    answer = await interaction.answer(20)
    text = said(answer)
    scene.told_so_far.append(text)
    assert not [word for word in _SECRETS if word in text], f"the stranger read: {text[:200]}"
    return text


def _manager(scene: Scene) -> Person:
    """The stranger as one who manages their own guild's channels: whoever makes a guild is that."""
    return Person(scene.stranger.body, MEMBER_PERMISSIONS | MANAGE_CHANNELS)


async def _tokens(scene: Scene) -> list[str]:
    """The custom_ids of all that the victims have: a subscription, a draft, pages of a search, picks."""
    listed = await scene.victim("subscriptions")
    draft = await scene.victim("subscribe", query="looms -silk")
    search = await scene.victim("search", query="sparse", private=True)
    picks = await scene.victim("paper", title="sprase retreval looow resuorce", private=True)
    return [str(c["custom_id"]) for card in (listed, draft, search, picks) for c in payloads.controls(card)]


async def the_victims_buttons(scene: Scene) -> None:
    """Every button of the victims', pressed in the stranger's guild and in direct messages, by a manager there."""
    taken = await _tokens(scene)
    taken += [f"sub:{verb}:{one.split(':')[2]}" for one in taken if one.startswith("sub:") for verb in _VERBS]
    assert any(one.startswith("sub:") for one in taken)
    assert any(one.startswith("draft:") for one in taken)
    for custom_id in dict.fromkeys(taken):
        for where in (scene.strangers, scene.direct):
            interaction = _press(scene, custom_id, where, _manager(scene))
            await _refused(scene, interaction)


async def the_victims_form(scene: Scene) -> None:
    """The form that edits the victims' subscription, sent from the stranger's guild, and by a plain victim."""
    (token,) = {one.split(":")[2] for one in await _tokens(scene) if one.startswith("sub:")}
    texts = {"query": "spam", "cadence": "now", "at": "08:30", "zone": "UTC", "cap": "50"}
    await _refused(scene, _send(scene, f"edit:{token}", scene.strangers, texts, _manager(scene)))
    await _refused(scene, _send(scene, f"edit:{token}", scene.direct, texts, _manager(scene)))
    assert "Manage Channels" in await _refused(scene, _send(scene, f"edit:{token}", scene.channel, texts, scene.ann))
    for verb in _VERBS:
        assert "Manage Channels" in await _refused(
            scene, _press(scene, f"sub:{verb}:{token}", scene.channel, scene.ann)
        )


async def a_draft_typed_as_a_title(scene: Scene) -> None:
    """A draft of a subscription of the victims' channel, typed into /paper and confirmed by its token."""
    scope = [scene.channel.body and int(scene.channel.body["guild_id"]), scene.channel.id]
    draft = {
        "kind": "draft", "scope": scope, "person_id": scene.stranger.id, "query": "spam", "own_thread": False,
        "options": {"schedule": {"cadence": "now", "at": "08:30", "weekday": 0, "zone": "UTC"}, "role_id": None, "cap": 9},
        "anchor_id": 7,
    }  # fmt: skip
    for where in (scene.strangers, scene.direct):
        for command, option in (("paper", "title"), ("author", "name"), ("search", "query")):
            answer = await scene.ask(command, where, **{option: json.dumps(draft)[:300]}).answer(20)
            ids = [c["custom_id"] for c in payloads.controls(answer)]
            for token in {part for one in ids for part in one.split(":") if len(part) == 13}:
                await _refused(scene, _press(scene, f"draft:yes:{token}", where, _manager(scene)))


async def custom_ids_of_no_kind(scene: Scene) -> None:
    """Custom_ids that no card ever had: too long, of other alphabets, with paths, of other versions, at random."""
    chance = random.Random(1)
    made = ["a" * 100, "paper:open:" + "é" * 13, "subs:99999", "subs:-1", "subs:٣", "post:more:../../etc/passwd:0"]
    made += [
        "paper:open:'; DROP TABLE papers;--",
        "search:aaaaaaaaaaaaa:9999",
        "cite:../x:aaaaaaaaaaaaa",
        "dead:0",
        "add\n",
    ]
    made += ["".join(chance.choices(string.printable, k=chance.randrange(1, 100))) for _ in range(20)]
    for custom_id in made:
        await _press(scene, custom_id, scene.strangers, scene.stranger).answer(20)
        await _send(scene, custom_id, scene.strangers, {"entries": "x"}, scene.stranger).answer(20)


async def interactions_sent_again(scene: Scene) -> None:
    """The same interaction twice, as after a reconnection, and with a token that is over."""
    asked = scene.ask("paper", title=title(0))
    world = scene.server.world
    world.listener("INTERACTION_CREATE", asked.event, int(asked.event["guild_id"]))
    await asked.answer(20)
    world.listener("INTERACTION_CREATE", {**asked.event, "token": "over"}, int(asked.event["guild_id"]))
    assert not asked.followups


async def places_without_the_bot(scene: Scene) -> None:
    """Commands from a guild that the bot is not in, and from the victims' channel by its id alone."""
    data = _subscribe(scene)
    guild = {"guild_id": "1234567890", "guild": {"id": "1234567890", "features": [], "locale": "en-US"}}
    manager = _manager(scene)
    forge = scene.server.interactions.begin
    answer = await forge(COMMAND, manager, scene.strangers, data, changes=guild).answer(20)
    assert "not a member of this server" in said(answer)
    # The victims' channel, under the stranger's guild: what is subscribed there is the stranger's, and is never posted.
    named = {"channel_id": str(scene.channel.id), "channel": {**scene.channel.body, "permissions": "0"}}
    listed = {"id": data["id"], "name": "subscriptions", "type": 1, "options": []}
    listed["id"] = next(c["id"] for c in scene.server.world.commands[None] if c["name"] == "subscriptions")
    await _refused(scene, forge(COMMAND, manager, scene.strangers, listed, changes=named))


def _subscribe(scene: Scene) -> Json:
    (command,) = [c for c in scene.server.world.commands[None] if c["name"] == "subscribe"]
    return {
        "id": command["id"],
        "name": "subscribe",
        "type": 1,
        "options": [{"name": "query", "type": 3, "value": "looms"}],
    }


ATTACKS: tuple[Attack, ...] = (
    the_victims_buttons,
    the_victims_form,
    a_draft_typed_as_a_title,
    custom_ids_of_no_kind,
    interactions_sent_again,
    places_without_the_bot,
)
