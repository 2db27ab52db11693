"""Conversation the real client in a simulated Discord, and reading its answers as a person would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import simcord

from bot.client import Lectern
from bot.composition import Services, make_client, open_services
from bot.library_opening import open_library
from bot.settings import Settings
from bot.simulator.simulation import Scene, simulated
from seeds.bundled_documents import bundled_documents
from seeds.formats import reader
from store import ingest
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from tests.seeds.asking import gone
from tests.support.limits_off import UNLIMITED

GONE = "http://127.0.0.1:9/"
"""Where nothing answers."""


async def seeded(path: Path) -> Library:
    """A store with the bundled documents."""
    library = await Library.open(path)
    for name, content in bundled_documents():
        await ingest.take(library.db, name, reader.read(name, content, datetime.now(UTC)))
    return library


def walk(components: list[Any]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        yield from walk([component["accessory"]] if component.get("accessory") else [])


@dataclass
class Answer:
    """A reply as it is shown."""

    result: simcord.InteractionResult
    shown: simcord.ResponseMessage

    @property
    def text(self) -> str:
        """All text, with escapes resolved as a reader sees them."""
        written = [self.shown.content, *(c["content"] for c in walk(self.shown.components) if c["type"] == 10)]
        return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", "\n".join(filter(None, written))).replace("\u2060", "")

    @property
    def titles(self) -> list[str]:
        """The papers of a list, in order."""
        return [re.sub(r"\\(.)", r"\1", re.sub(r"^\[(.*)\]\(\S*\)$", r"\1", title)) for title in self._entries()]

    @property
    def entries(self) -> list[str]:
        """The first line of each entry of a numbered list that has no bold titles."""
        texts = [c["content"] for c in walk(self.shown.components) if c["type"] == 10]
        return [found[1] for text in texts if (found := re.match(r"\*\*\d+\.\*\* (.*)(?:\n|$)", text))]

    def _entries(self) -> list[str]:
        """The first line of each entry of a numbered list."""
        texts = [c["content"] for c in walk(self.shown.components) if c["type"] == 10]
        return [found[1] for text in texts if (found := re.match(r"\*\*\d+\.\*\* \*\*(.*)\*\*(?:\n|$)", text))]

    def buttons(self) -> dict[str, str]:
        """The labels of the buttons that can be pressed, with their custom ids."""
        return {
            c["label"]: c["custom_id"]
            for c in walk(self.shown.components)
            if c["type"] == 2 and "custom_id" in c and not c.get("disabled")
        }

    def options(self) -> list[dict[str, Any]]:
        """The entries of all lists, each with the custom_id of its list."""
        lists = [c for c in walk(self.shown.components) if c["type"] == 3]
        return [{**option, "list": one["custom_id"]} for one in lists for option in one["options"]]

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """The pictures of the card, as what they show in words and the attachment that they are."""
        galleries = [c for c in walk(self.shown.components) if c["type"] == 12]
        return [(item["description"], item["media"]["attachment_id"]) for one in galleries for item in one["items"]]

    @property
    def private(self) -> bool:
        return self.shown.ephemeral


@dataclass
class Conversation:
    """One person in one channel."""

    client: Lectern
    scene: Scene
    services: Services

    @property
    def changes(self) -> list[str]:
        """The texts of the changes of deferred replies, in order."""
        bodies = [r.json or {} for r in self.scene.env.http_requests if r.method == "PATCH" and "@original" in r.path]
        return ["".join(c["content"] for c in walk(body.get("components", [])) if c["type"] == 10) for body in bodies]

    @property
    def as_admin(self) -> Conversation:
        """The same with the administrator as the person who asks."""
        return replace(self, scene=replace(self.scene, member=self.scene.admin))

    async def __call__(self, command: str, **options: Any) -> Answer:
        return self._answer(await self.scene.member.slash(self.scene.channels["lounge"], command, **options))

    async def suggested(self, command: str, option: str, typed: str) -> list[str]:
        """What autocomplete shows for what has been typed so far."""
        choices = await self.scene.member.autocomplete(self.scene.channels["lounge"], command, option, typed)
        return [str(choice["name"]) for choice in choices or []]

    async def press(self, answer: Answer, label: str) -> Answer:
        """Press the button; the answer is a new message or the one that was changed."""
        return self._answer(await self.scene.member.click(answer.shown, custom_id=answer.buttons()[label]), answer)

    async def choose(self, answer: Answer, label: str) -> Answer:
        """Choose the entry with this label of a list."""
        (chosen,) = [option for option in answer.options() if option["label"] == label]
        member = self.scene.member
        return self._answer(await member.select(answer.shown, [chosen["value"]], custom_id=chosen["list"]), answer)

    async def open(self, answer: Answer, title: str) -> Answer:
        """Press the number of the entry with this title."""
        (number,) = [number for number, entry in enumerate(answer.titles, 1) if title in entry]
        return await self.press(answer, str(number))

    def _answer(self, result: simcord.InteractionResult, before: Answer | None = None) -> Answer:
        new = [message for message in (result.response, *result.followups) if message is not None]
        if before is not None and not new:
            return Answer(result, before.shown)
        assert new, "no answer"
        return Answer(result, new[-1])


@asynccontextmanager
async def conversation(
    path: Path, semantic: SemanticIndex | None = None, /, **settings: Any
) -> AsyncIterator[Conversation]:
    """The client on the store at `path`, without the workers beside the commands; unless set, services are gone.

    A model that is installed here is not used: whether there is one is said by `semantic`.
    """
    chosen = Settings(_env_file=None, db=path, **{**UNLIMITED, **gone(), "watch": False, **settings})
    async with open_library(chosen) as opened, open_services(chosen, opened) as services:
        client = make_client(chosen, replace(opened, semantic=semantic), services)
        async with simulated(client) as scene:
            yield Conversation(client, scene, services)
