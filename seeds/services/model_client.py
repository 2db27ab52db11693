"""A service with OpenAI's interface: a failure is no answer and rests it, so that those who ask lose no time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from store.turns import elsewhere

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from openai import AsyncAPIResponse, AsyncOpenAI

TIMEOUT = 20.0
"""Seconds for an answer, including the one retry."""
REST = 60.0
"""Seconds for which a model that failed is not asked again; by choice."""
MOST_REQUESTS = 2
"""Requests that are under way at the same time; by choice, for a model on the same machine."""

log = logging.getLogger(__name__)
AnswerT = TypeVar("AnswerT")


class LanguageModelMissingError(Exception):
    """A language model is set but its client is not installed; install Lectern with the extra `llm`."""


class _TooLongError(Exception):
    pass


class ModelClient:
    """The connection to one address; `what` is what the log calls the model."""

    def __init__(self, what: str, base_url: str, api_key: str | None, *, timeout: float, rest: float) -> None:
        """`timeout` and `rest` are in seconds. Raises `LanguageModelMissingError` without the extra."""
        self._what, self._timeout, self._rest = what, timeout, rest
        self._rests_until = 0.0
        self._turns = asyncio.Semaphore(MOST_REQUESTS)
        self._client = _openai(base_url, api_key, timeout)

    async def ask(
        self,
        request: Callable[[AsyncOpenAI], AbstractAsyncContextManager[AsyncAPIResponse[Any]]],
        read: Callable[[bytes], AnswerT],
        largest: int,
    ) -> AnswerT | None:
        """What `read` makes of an answer of at most `largest` bytes; None where it makes none, or none came in time."""
        async with elsewhere(), self._turns:
            if time.monotonic() < self._rests_until:
                return None
            try:
                async with asyncio.timeout(self._timeout):
                    return read(await _read_bounded(request(self._client), largest))
            except Exception as error:  # noqa: BLE001 - the HTTP library's own errors come through, and it has changed
                self._rests_until = time.monotonic() + self._rest
                log.warning("%s gave no answer (%s) and rests %.0f s", self._what, type(error).__name__, self._rest)
                return None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()


async def _read_bounded(request: AbstractAsyncContextManager[AsyncAPIResponse[Any]], most: int) -> bytes:
    """The body of an answer; the client itself would take one of any size into memory."""
    body = b""
    async with request as answer:
        async for piece in answer.iter_bytes(8192):
            body += piece
            if len(body) > most:
                raise _TooLongError
    return body


def _openai(base_url: str, api_key: str | None, timeout: float) -> AsyncOpenAI:
    try:
        from openai import AsyncOpenAI
    except ImportError as error:
        raise LanguageModelMissingError(LanguageModelMissingError.__doc__) from error
    return AsyncOpenAI(base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=1)
