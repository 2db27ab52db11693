"""A server with one guild and two channels; a body that breaks a rule of Discord's fails the test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.wire.server import Server
from tests.wire.world import Channel, Person


class Scene(Server):
    """The server, with the channels and the person of its guild."""

    channel: Channel
    other: Channel
    ann: Person


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    """A running server; a test that expects `violations` clears them."""
    async with Scene() as scene:
        guild = scene.world.add_guild("Lab")
        scene.channel = scene.world.add_channel(guild, "papers")
        scene.other = scene.world.add_channel(guild, "other")
        scene.ann = scene.world.add_person("ann", guild)
        yield scene
    assert scene.violations == []
