"""A language model behind OpenAI's chat interface: vLLM, Ollama or a hosted one. Needs the extra `llm`."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from openai import AsyncAPIResponse, AsyncOpenAI

TIMEOUT = 20.0
"""Seconds for an answer, including the one retry."""
REST = 60.0
"""Seconds for which a model that failed is not asked again; by choice."""
MOST_REQUESTS = 2
"""Requests that are under way at the same time; by choice, for a model on the same machine."""
LARGEST_ANSWER = 64_000
"""Bytes of an answer."""
MOST_TOKENS = 700
"""Tokens of an answer; by choice, above what four short sentences in JSON take."""

log = logging.getLogger(__name__)


class LanguageModelMissingError(Exception):
    """A language model is set but its client is not installed; install Lectern with the extra `llm`."""


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Answer(BaseModel):
    choices: list[_Choice]


class LanguageModel:
    """One model at one address. A failure is no reply, and rests the model: those who ask lose no time on it."""

    def __init__(
        self, base_url: str, model: str, api_key: str | None = None, *, timeout: float = TIMEOUT, rest: float = REST
    ) -> None:
        """`timeout` and `rest` are in seconds. Raises `LanguageModelMissingError` without the extra."""
        self.model = model
        self._timeout, self._rest = timeout, rest
        self._rests_until = 0.0
        self._turns = asyncio.Semaphore(MOST_REQUESTS)
        self._client = openai_client(base_url, api_key, timeout)

    async def ask(self, instructions: str, question: str) -> str | None:
        """The reply's text, at temperature 0; None where there is none in time or the model rests."""
        async with self._turns:
            if time.monotonic() < self._rests_until:
                return None
            try:
                async with asyncio.timeout(self._timeout):
                    answer = _Answer.model_validate_json(await self._post(instructions, question))
            except Exception as error:  # noqa: BLE001 - the HTTP library's own errors come through, and it has changed
                self._rests_until = time.monotonic() + self._rest
                log.warning("the language model gave no answer (%s) and rests %.0f s", type(error).__name__, self._rest)
                return None
        return answer.choices[0].message.content if answer.choices else None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _post(self, instructions: str, question: str) -> bytes:
        request = self._client.chat.completions.with_streaming_response.create(
            model=self.model,
            messages=[{"role": "system", "content": instructions}, {"role": "user", "content": question}],
            response_format={"type": "json_object"},
            temperature=0,
            seed=0,
            max_tokens=MOST_TOKENS,
        )
        return await read_bounded(request, LARGEST_ANSWER)


class _TooLongError(Exception):
    pass


async def read_bounded(request: AbstractAsyncContextManager[AsyncAPIResponse[Any]], most: int) -> bytes:
    """The body of an answer of at most `most` bytes; the client itself would take one of any size into memory."""
    body = b""
    async with request as answer:
        async for piece in answer.iter_bytes(8192):
            body += piece
            if len(body) > most:
                raise _TooLongError
    return body


def openai_client(base_url: str, api_key: str | None, timeout: float) -> AsyncOpenAI:
    """The client for one address; raises `LanguageModelMissingError` without the extra."""
    try:
        from openai import AsyncOpenAI
    except ImportError as error:
        raise LanguageModelMissingError(LanguageModelMissingError.__doc__) from error
    return AsyncOpenAI(base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=1)
