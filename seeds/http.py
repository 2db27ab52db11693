"""Requests to outside services: one at a time to each service, with pauses, retries and bounded answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from time import monotonic

import aiohttp
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)
from yarl import URL

from seeds.http_turns import OtherProcesses, service_of, take_turn
from seeds.http_validators import Validators
from store.models import Frozen
from store.turns import Turns, elsewhere

LARGEST_ANSWER = 32_000_000
"""Bytes, unpacked: what one answer may take in memory; by choice."""
TIMEOUT = 60.0
"""Seconds that one request may take with its answer."""
LONGEST_WAIT = 600.0
"""Seconds that a service may ask to wait; if it asks for longer the request is given up, and its caller tries later."""

_RETRYABLE = {408, 425, 429, 500, 502, 503, 504}
_REDIRECTS = {301, 302, 303, 307, 308}


class FetchError(Exception):
    """The service did not answer as it should."""


class UnavailableError(FetchError):
    """The service cannot be reached, or does not answer at all; it may later.

    `wait` is in how many seconds, where it says so; `headers` are those of the answer, with names in lower case.
    """

    def __init__(self, message: str, wait: float | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.wait = wait
        self.headers = headers or {}


class NotFoundError(FetchError):
    """The service does not have that."""


class _RetryableError(UnavailableError):
    """Another try may succeed."""


class Answer(Frozen):
    """A good answer. `not_modified` has no content: there is nothing newer than the validators."""

    content: bytes
    validators: Validators
    not_modified: bool = False
    headers: Mapping[str, str] = {}
    """With names in lower case."""


@dataclass(frozen=True)
class Manner:
    """How a service is asked that wants it otherwise than arXiv, in seconds; None leaves it as the fetcher has it."""

    pause: float | None = None
    """The least time between two requests."""
    tries: int | None = None
    first_wait: float | None = None
    answer_within: float | None = None
    longest_wait: float = LONGEST_WAIT
    """If the service asks to wait longer, or another request has been told so, the request is given up at once."""
    busy: Collection[int] = ()
    """Further statuses by which the service says that it is asked too fast."""
    headers: Mapping[str, str] = field(default_factory=dict)
    before_try: Callable[[], Awaitable[None]] | None = None
    """Awaited right before each try; what it raises ends the request."""


class Fetcher:
    """Asks services for documents; make one with `open_fetcher`, and share it.

    `pause` is the least time between two requests to one service, in seconds; `first_wait` the time before the first
    retry, which doubles each time and varies at random. With `others`, both hold among all processes.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        pause: float,
        first_wait: float,
        tries: int,
        others: OtherProcesses | None = None,
    ) -> None:
        self._session = session
        self._others = others
        self._pause = pause
        self._first_wait = first_wait
        self._tries = tries
        self._turns: dict[str, Turns] = {}
        self._earliest: dict[str, float] = {}

    async def get(
        self,
        address: str,
        params: Mapping[str, str] | None = None,
        *,
        validators: Validators | None = None,
        body: object = None,
        manner: Manner = Manner(),
    ) -> Answer:
        """Ask for a document; raises `FetchError`, whose message is a sentence, when retries have not helped.

        With a `body` it is posted, as JSON.
        """
        try:
            url = URL(address).update_query(params or {})
        except ValueError as error:
            raise FetchError(f"{address} is not a web address.") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise FetchError(f"{address} is not a web address.")
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_RetryableError),
            stop=stop_after_attempt(manner.tries or self._tries),
            wait=partial(self._next_wait, manner.first_wait),
            reraise=True,
        )
        async with elsewhere():
            answer: Answer = await retrying(self._get, _Request(url, validators or Validators(), body, manner))
        return answer

    def _next_wait(self, first_wait: float | None, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_for = error.wait if isinstance(error, _RetryableError) else None
        first = self._first_wait if first_wait is None else first_wait
        backing_off = wait_exponential(multiplier=first, max=60) + wait_random(0, first)
        return max(asked_for or 0.0, backing_off(state))

    async def _get(self, request: _Request) -> Answer:
        url, manner = request.url, request.manner
        service = service_of(url)
        async with self._turns.setdefault(service, Turns(1)).turn():
            # Not by the loop's clock: a simulated Discord has another one for what runs in it.
            wait = self._earliest.get(service, 0.0) - monotonic()
            if wait > manner.longest_wait:
                raise _left_alone(url, wait)
            await asyncio.sleep(wait)
            if manner.before_try is not None:
                await manner.before_try()
            # Another process may be waiting for its answer, which takes no longer than that.
            longest = max(manner.longest_wait, 2 * TIMEOUT)
            if self._others and (wait := await take_turn(self._others, service, longest)):
                raise _left_alone(url, wait)
            pause = self._pause if manner.pause is None else manner.pause
            try:
                async with asyncio.timeout(manner.answer_within):
                    return await self._request(request)
            except UnavailableError as error:
                pause = max(pause, error.wait or 0.0)
                raise
            except TimeoutError as error:
                raise _RetryableError(f"{url.host} does not answer in time.") from error
            except aiohttp.ClientConnectorError as error:
                # Refused, or no such host: a second try within a minute would not be answered either, and nobody there
                # needs a pause.
                pause = 0.0
                raise UnavailableError(f"{url.host} cannot be reached.") from error
            except aiohttp.ClientError as error:
                raise _RetryableError(f"{url.host} cannot be reached or breaks off its answer.") from error
            finally:
                self._earliest[service] = monotonic() + pause
                if self._others:
                    await self._others.end(service, pause)

    async def _request(self, request: _Request) -> Answer:
        url, sent = request.url, request.validators
        headers = {**request.manner.headers, "If-None-Match": sent.etag, "If-Modified-Since": sent.last_modified}
        for _ in range(4):
            async with self._session.request(
                "GET" if request.body is None else "POST",
                url,
                json=request.body,
                headers={name: value for name, value in headers.items() if value},
                allow_redirects=False,
            ) as response:
                if response.status not in _REDIRECTS:
                    return await self._answer(response, request)
                url = _redirect_target(url, response.headers.get("Location", ""))
        raise FetchError(f"{url.host} redirects in a circle.")

    async def _answer(self, response: aiohttp.ClientResponse, request: _Request) -> Answer:
        host = response.url.host
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status in _RETRYABLE or response.status in request.manner.busy:
            wait = _retry_after(headers.get("retry-after"))
            message = f"{host} is overloaded or out of order (HTTP {response.status})."
            if wait is not None and wait > request.manner.longest_wait:
                raise UnavailableError(f"{message[:-1]} and asks to wait {in_words(wait)}.", wait, headers)
            raise _RetryableError(message, wait, headers)
        if response.status == 304:
            return Answer(content=b"", validators=request.validators, not_modified=True, headers=headers)
        if response.status in (404, 410):
            raise NotFoundError(f"{host} does not have that (HTTP {response.status}).")
        if response.status != 200:
            raise FetchError(f"{host} refuses the request (HTTP {response.status}).")
        content = bytearray()
        async for chunk in response.content.iter_chunked(1 << 16):
            content += chunk
            if len(content) > LARGEST_ANSWER:
                raise FetchError(f"{host} answers with more than {LARGEST_ANSWER // 1_000_000} MB.")
        validators = Validators(etag=headers.get("etag"), last_modified=headers.get("last-modified"))
        return Answer(content=bytes(content), validators=validators, headers=headers)


@dataclass(frozen=True)
class _Request:
    """All that a try needs."""

    url: URL
    validators: Validators
    body: object
    manner: Manner


@asynccontextmanager
async def open_fetcher(
    user_agent: str,
    *,
    pause: float = 3.0,
    first_wait: float = 2.0,
    tries: int = 5,
    answer_within: float = TIMEOUT,
    others: OtherProcesses | None = None,
) -> AsyncIterator[Fetcher]:
    """A fetcher that closes its connections at the end.

    `user_agent` says who asks, with an address at which whoever runs this can be reached; services want it. arXiv asks
    for 3 s between requests on one connection.
    """
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit_per_host=1, force_close=True),
        headers={"User-Agent": user_agent},
        timeout=aiohttp.ClientTimeout(total=answer_within),
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield Fetcher(session, pause=pause, first_wait=first_wait, tries=tries, others=others)


def _left_alone(url: URL, wait: float) -> UnavailableError:
    return UnavailableError(f"{url.host} has asked to be left alone for another {in_words(wait)}.", wait)


def _redirect_target(url: URL, location: str) -> URL:
    """Where a service redirects to. That is followed within its host; the address of another host has to be set."""
    try:
        target = url.join(URL(location))
    except ValueError as error:
        raise FetchError(f"{url.host} has moved and does not say where.") from error
    if target.host != url.host or target.scheme not in (url.scheme, "https"):
        shown = target.with_query(None).with_fragment(None)  # a query may hold a key
        raise FetchError(f"{url.host} has moved to {str(shown)[:200]}; set the new address.")
    return target


def in_words(seconds: float) -> str:
    """How long to wait, as people say it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 + 60 else f"{seconds / 3600:.0f} hours"


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, given as such or as a date."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
