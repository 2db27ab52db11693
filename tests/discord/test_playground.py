"""The playground as people have it: a process of its own, its pages on loopback, and time that moves by itself."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.client import Lectern, Worker
from bot.composition import make_client, open_services
from bot.library_opening import open_library
from bot.settings import Settings
from bot.simulator.playground import play, served
from commands import answers
from seeds.bundled_documents import bundled_documents
from tests.bot.conftest import environment
from tests.discord.conversation import walk
from tests.seeds.asking import gone


class Page:
    """One page, as the browser speaks to it."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session, self._base, self._sequence = session, base, 0
        self.state: dict[str, Any] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Page]:
        base, _, capability = url.partition("/#")
        limit = aiohttp.ClientTimeout(total=20)
        async with aiohttp.ClientSession(headers={"X-Simcord-Capability": capability}, timeout=limit) as session:
            page = cls(session, base)
            async with session.post(f"{base}/api/pages", json={}) as response:
                page.state = await response.json()
            session.headers["X-Simcord-Context"] = page.state["context"]["id"]
            yield page

    async def look(self) -> dict[str, Any]:
        async with self._session.get(f"{self._base}/api/state") as response:
            assert response.status == 200
            self.state = await response.json()
        return self.state

    async def act(self, kind: str, **extra: Any) -> dict[str, Any]:
        """One action on what is shown now; it has to be accepted."""
        await self.look()
        return await self.act_blindly(kind, **extra)

    async def act_blindly(self, kind: str, **extra: Any) -> dict[str, Any]:
        """One action on what was shown at the last look; it has to be accepted."""
        self._sequence += 1
        body = extra | {
            "kind": kind, "protocol_version": 3, "sequence": self._sequence, "request_id": f"r{self._sequence}",
            "generation": self.state["context"]["generation"], "bot_generation": self.state["botGeneration"],
            "published_revision": self.state["publishedRevision"],
        }  # fmt: skip
        async with self._session.post(f"{self._base}/api/action", json=body) as response:
            result: dict[str, Any] = await response.json()
            assert response.status == 200, result
        assert not result.get("rejected"), result
        return result

    async def run(self, command: str, **options: str) -> None:
        """Send a slash command."""
        async with self._session.get(f"{self._base}/api/commands") as response:
            entries = (await response.json())["entries"]
        (entry,) = [entry for entry in entries if entry["path"] == [command]]
        await self.act("run_command", command_id=entry["commandId"], path=entry["path"], options=options,
                       schema_fingerprint=entry["schemaFingerprint"])  # fmt: skip

    def shown(self) -> str:
        return str(self.state["messages"])


@asynccontextmanager
async def playground(folder: Path, *options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The process, and what it says before it serves."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "playground", *options, cwd=folder, env=environment(folder, PYTHONUNBUFFERED="1"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            banner = ""
            while "Ctrl-C" not in banner:
                line = (await process.stdout.readline()).decode()
                assert line, (await process.communicate())[1].decode()
                banner += line
        yield process, banner
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_a_page_answers_while_another_process_imports_and_the_end_is_clean(
    tmp_path: Path, stop: signal.Signals
) -> None:
    (document,) = [content for _, content in bundled_documents()]
    (tmp_path / "again.txt").write_bytes(document.replace(b"WebRL: Training LLM Web", b"OtherRL: Unlike All Earlier"))
    async with playground(tmp_path) as (process, banner):
        urls = re.findall(r"http://127\.0\.0\.1:\S+", banner)
        async with Page.open(urls[0]) as page:
            await page.run("author", name="zehan qui")
            assert "2,602" in str((await page.look())["messages"])
            importing = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "import", "again.txt", cwd=tmp_path, env=environment(tmp_path)
            )
            assert await importing.wait() == 0
            await page.run("paper", title="otherrl")
            assert "OtherRL" in str((await page.look())["messages"])
        process.send_signal(stop)
        began = time.monotonic()
        _, errors = await process.communicate()
        assert time.monotonic() - began < 5
        assert process.returncode == 0
        assert errors == b""
    with closing(sqlite3.connect(tmp_path / "lectern.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@asynccontextmanager
async def pages(path: Path, *workers: Worker, outside: Sequence[Worker] = ()) -> AsyncIterator[list[str]]:
    settings = Settings(_env_file=None, db=path, **gone())
    async with (
        open_library(settings) as library,
        open_services(settings, library) as services,
        served(make_client(settings, library, services, workers), outside=outside) as windows,
    ):
        yield [window.url for window in windows]


async def test_actions_are_accepted_while_time_moves(store_file: Path) -> None:
    async def busy(client: Lectern) -> None:
        while True:
            await client.pause(6)

    async with (
        pages(store_file, Worker("busy", busy)) as urls,
        Page.open(urls[0]) as lounge,
        Page.open(urls[1]) as papers,
    ):
        until = time.monotonic() + 2.5
        done = 0
        while time.monotonic() < until:
            await asyncio.gather(lounge.act("refresh"), papers.act("refresh"))
            done += 2
        assert done > 20


async def test_what_the_bot_does_by_itself_is_shown(store_file: Path) -> None:
    async def post(client: Lectern) -> None:
        await client.wait_until_ready()
        await client.pause(1)
        (channel,) = [c for c in client.get_all_channels() if c.name == "papers"]
        assert hasattr(channel, "send")
        await channel.send("A new paper, posted in time.")

    async with pages(store_file, Worker("post", post)) as urls, Page.open(urls[1]) as page:
        async with asyncio.timeout(10):
            while "posted in time" not in page.shown():
                await asyncio.sleep(0.2)
                await page.look()


async def test_a_service_that_does_not_answer_holds_nothing_up(store_file: Path) -> None:
    async def waits(client: Lectern) -> None:
        await asyncio.Event().wait()

    async with pages(store_file, outside=[Worker("waits", waits)]) as urls, Page.open(urls[0]) as page:
        async with asyncio.timeout(5):
            await page.run("paper", title="webrl")
        assert "WebRL" in str((await page.look())["messages"])


async def test_what_was_just_done_is_not_in_the_future(store_file: Path) -> None:
    async with pages(store_file) as urls, Page.open(urls[0]) as page:
        await asyncio.sleep(2.5)
        began = datetime.now(UTC)
        await page.run("status")
        counted_from = datetime.fromisoformat((await page.look())["profile"]["presentationTime"])
        assert began < counted_from < datetime.now(UTC)


async def test_each_page_begins_with_a_hello_whose_buttons_and_links_work(store_file: Path) -> None:
    async with pages(store_file) as urls:
        assert len(urls) == 3
        for url in urls:
            async with Page.open(url) as page:
                ((key, message),) = page.state["messages"].items()
                shown = page.shown()
                assert "Hello, I am Lectern" in shown
                assert "13 papers" in shown
                assert all(other in shown for other in urls)
                for label, seen in (
                    ("Show Zehan Qi", "2,602"),
                    ("Sum up AgentRL", "TL;DR"),
                    ("Follow cs.AI", "cs.AI”"),
                ):
                    (button,) = [one for one in buttons(message["components"]) if one.get("label") == label]
                    await page.act("click", target_id=key, control_key=button["control_key"])
                    await page.look()
                    assert seen in page.shown()
                assert failures(page) == []


def buttons(components: list[Any]) -> list[Mapping[str, Any]]:
    return [one for one in walk(components) if one["type"] == 2]


async def test_a_click_counts_on_a_page_that_was_refreshed_meanwhile(store_file: Path) -> None:
    async with pages(store_file) as urls, Page.open(urls[0]) as page, Page.open(urls[1]) as other:
        ((key, message),) = (await page.look())["messages"].items()
        shown = page.state
        await other.run("status")
        async with asyncio.timeout(10):
            while page.state["publishedRevision"] == shown["publishedRevision"]:
                await asyncio.sleep(0.1)
                await page.look()
        page.state = shown
        await page.act_blindly("click", target_id=key, control_key=buttons(message["components"])[0]["control_key"])
        await page.look()
        assert "2,602" in page.shown()


async def test_plain_text_is_answered_on_every_page(store_file: Path) -> None:
    async with pages(store_file) as urls:
        for url in urls:
            async with Page.open(url) as page:
                for typed, seen in (("@Lectern webrl", "WebRL: Training"), ("qqqqq zzzz", "I know nothing called")):
                    await page.act("send_message", content=typed)
                    await page.look()
                    assert seen in page.shown()
                assert failures(page) == []


async def test_the_terminal_shows_examples_of_the_store_and_every_page(store_file: Path) -> None:
    settings = Settings(_env_file=None, db=store_file, watch=False, **gone())
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        os.kill(os.getpid(), signal.SIGTERM)

    await play(settings, port=0, show=False, say=say)
    (banner,) = said
    assert "13 papers" in banner
    assert "/author name:zhean qi   /paper title:agentrl   /help" in banner
    assert re.findall(r"^  (.+?) +http://127", banner, re.MULTILINE) == ["#lounge", "#papers", "direct messages"]


def failures(page: Page) -> list[str]:
    """What the red badge of the page counts."""
    return [problem["code"] for receipt in page.state["activity"] for problem in receipt["diagnostics"]]


async def test_a_refusal_is_no_failure_and_a_fault_is_one(
    store_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with pages(store_file) as urls, Page.open(urls[0]) as page:
        await page.run("search", query="cat:math.CO since:2019")
        await page.look()
        assert "There are no papers in math.CO" in page.shown()
        assert failures(page) == []

        async def broken(*args: object) -> None:
            raise ValueError("made for this test")

        monkeypatch.setitem(answers.PAPER_ANSWERS, "summary", broken)
        await page.run("summary", paper="webrl")
        await page.look()
        assert failures(page) == ["action-callback-error"]
        assert "made for this test" in caplog.text


async def test_a_stranger_cannot_act(store_file: Path) -> None:
    async with pages(store_file) as urls, aiohttp.ClientSession() as session:
        base = urls[0].partition("/#")[0]
        async with session.post(f"{base}/api/pages", json={}) as response:
            assert response.status == 401


async def test_made_services_answer_without_a_network_and_in_a_store_of_their_own(tmp_path: Path) -> None:
    async with playground(tmp_path, "--services") as (_, banner):
        assert "/author Ada Example" in banner and "made.db" in banner
        async with Page.open(re.findall(r"http://127\.0\.0\.1:\S+", banner)[0]) as page:
            await page.run("author", name="Ada Example")
            assert "Made University of" in str((await page.look())["messages"])
    assert not (tmp_path / "lectern.db").exists()
