"""Reads what comes from outside in other processes: which of them is asked, and whose turn it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from seeds.reading import jobs
from seeds.reading.limits import Limits, NotReadError
from seeds.reading.process import ReaderProcess
from seeds.reading.queue import ReadingQueue
from seeds.services import arxiv_rss, oai_pmh
from seeds.services.answers import ServiceAnswer
from seeds.services.readers import AnswerKind
from store.models import DocumentNames, Frozen, ParsedSource, Source
from store.turns import ASKER, elsewhere

SMALL = 16_000
"""Bytes. What is pasted, at most 4,000 characters, is small and never waits for files. In the densest TeX as much takes
half a second."""
SMALL_WORK = 200_000
"""Bytes of an answer in JSON that is small: most of it are references, institutions and the like, which are not looked
at."""
FILES_OF_THE_OPERATOR = 20
"""Times the processor time for files in the watched folder, which may have 100 MB where strangers' may have 5."""
MOST_FILES_EACH, MOST_FILES = 8, 24
"""Files that may wait for one guild, and in all: of 5 MB each they take 120 MB of memory. By choice."""
MOST_PASTED_EACH, MOST_PASTED = 20, 200
"""Pasted texts and works that may wait for one guild, and in all: some seconds of reading. By choice."""
IDLE_S = 60.0
"""Seconds after which a process without work is ended, for its memory; to start one takes half a second. By choice."""

_SERVICES = "services"
"""Who asks for answers of services to be read; the fetcher has one request to each service at a time."""

_T = TypeVar("_T", bound=Frozen)


class Lane:
    """A process and the turns at it. Unless it is to `stay`, it ends when there is nothing to read."""

    def __init__(self, limits: Limits, turns: ReadingQueue, *, stay: bool = False) -> None:
        self.process = ReaderProcess(limits)
        self._turns = turns
        self._stay = stay
        self._ending: asyncio.Task[None] | None = None

    async def do(self, asker: Hashable, job: jobs.Job, content: bytes = b"") -> AsyncGenerator[Frozen, None]:
        """As `ReaderProcess.do`, when it is the asker's turn."""
        async with self._turn(asker), aclosing(self.process.do(job, content)) as results:
            async for result in results:
                yield result

    @asynccontextmanager
    async def _turn(self, asker: Hashable) -> AsyncGenerator[None, None]:
        async with self._turns.turn(asker):
            if self._ending is not None:
                self._ending.cancel()
            try:
                yield
            finally:
                if not self._stay:
                    self._ending = asyncio.create_task(self._end_later())

    async def _end_later(self) -> None:
        await asyncio.sleep(IDLE_S)
        async with self._turns.turn(None):
            self._ending = None
            await self.process.end()

    async def start(self) -> None:
        """Start the process, so that the first to ask does not wait for it."""
        async with self._turn(None):
            await self.process.start()

    async def close(self) -> None:
        """End the process, also in the middle of a job, and start no other."""
        self._stay = True  # there is nothing to end later
        if self._ending is not None:
            self._ending.cancel()
        await self.process.close()


class Parsers:
    """Reads what comes from outside. Every method raises `NotReadError` beside what it says."""

    def __init__(self, limits: Limits) -> None:
        patient = replace(limits, cpu_seconds=FILES_OF_THE_OPERATOR * limits.cpu_seconds)
        self.small = Lane(limits, ReadingQueue(most_each=MOST_PASTED_EACH, most=MOST_PASTED), stay=True)
        self.files, self.feeds, self.answers, self.folder = (
            Lane(each, ReadingQueue(most_each=MOST_FILES_EACH, most=MOST_FILES))
            for each in (limits, limits, limits, patient)
        )
        self._starting: asyncio.Task[None] | None = None

    async def read_content(
        self, asker: Hashable, name: str, content: bytes, retrieved: datetime, *, largest: int, most_papers: int
    ) -> ParsedSource:
        """Read a file that a person handed over or text that they pasted, as `seeds.formats.reader.read` does.

        `asker` is whose turn it takes: the guild's id. Raises `UnreadableFileError`, and `TooManyAtOnceError` where it
        holds more than `most_papers`.
        """
        lane = self.small if len(content) <= SMALL else self.files
        job = jobs.ContentJob(name=name, retrieved=retrieved, largest=largest, most_papers=most_papers)
        return await _only(lane.do(asker, job, content), ParsedSource)

    async def read_document(self, asker: Hashable, content: bytes) -> DocumentNames:
        """Find out which paper a PDF is that a person handed over; `asker` is as for `read_content`."""
        return await _only(self.files.do(asker, jobs.DocumentJob(), content), DocumentNames)

    async def read_path(self, path: Path, retrieved: datetime) -> AsyncGenerator[ParsedSource, None]:
        """Read a file of the operator's in parts, as `seeds.formats.reader.read_file` does.

        Raises `UnreadableFileError`, also where the system does not let it be read.
        """
        job = jobs.PathJob(path=path, retrieved=retrieved)
        async with aclosing(self.folder.do("folder", job)) as results:
            async for result in results:
                assert isinstance(result, ParsedSource)
                yield result

    async def read_answer(self, kind: AnswerKind, content: bytes, source: Source) -> ServiceAnswer:
        """Read the answer of a service to a question; raises `XmlError` and `UnreadableRecordError`."""
        small = len(content) <= (SMALL if kind.startswith("arxiv") else SMALL_WORK)
        job = jobs.ServiceJob(answer=kind, source=source)
        lane = self.small if small else self.answers
        return await _only(lane.do(ASKER.get() or _SERVICES, job, content), ServiceAnswer)

    def expect_answers(self) -> None:
        """Start the process for large answers while the service is still asked, unless it runs."""
        if self.answers.process.pid is None and (self._starting is None or self._starting.done()):
            self._starting = asyncio.create_task(self._start_answers())

    async def _start_answers(self) -> None:
        with suppress(NotReadError):  # whoever asks for an answer to be read is told
            await self.answers.start()

    async def read_announcements(self, content: bytes, source: Source) -> arxiv_rss.FeedAnswer:
        """Read a feed of announcements, as `arxiv_rss.read_feed` does."""
        job = jobs.AnswerJob(kind="announcements", source=source)
        return await _only(self.feeds.do(_SERVICES, job, content), arxiv_rss.FeedAnswer)

    async def read_oai_page(self, content: bytes, source: Source) -> oai_pmh.OaiPage:
        """Read a part of a list of an OAI-PMH repository; raises `XmlError` and `OaiError`."""
        job = jobs.AnswerJob(kind="oai", source=source)
        return await _only(self.feeds.do(_SERVICES, job, content), oai_pmh.OaiPage)

    async def close(self) -> None:
        """End all processes."""
        if self._starting is not None:
            self._starting.cancel()
        for lane in (self.small, self.files, self.feeds, self.answers, self.folder):
            await lane.close()


async def _only(results: AsyncGenerator[Frozen, None], kind: type[_T]) -> _T:
    """The one result of a job."""
    async with elsewhere(), aclosing(results):
        found = [result async for result in results]
    (result,) = found
    assert isinstance(result, kind)
    return result
