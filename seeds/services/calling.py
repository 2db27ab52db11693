"""Asking a service: within its budget, not while it rests, never twice the same, and told in a sentence where it fails.

Every question to a service that knows papers and people goes through here. The order: an answer that is kept from
before; the circuit breaker; then, for each try, the budget, the request, and what it cost.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from pydantic import ValidationError

from seeds.http import Answer, Fetcher, FetchError, Manner, NotFoundError, UnavailableError
from seeds.reading.limits import NotReadError
from seeds.reading.parsers import Parsers
from seeds.record_builder import UnreadableRecordError
from seeds.services.answers import ServiceAnswer
from seeds.services.breaker import Breaker
from seeds.services.questions import Question
from seeds.xml import XmlError
from store.models import Source, SourceKind
from store.outside import Reservation, ServiceName, ServiceState

PATIENCE_S = 20.0
"""How long a person waits for one answer, with its turn, its pauses and a second try; a longer wait is a failure that
is told. By choice: longer than any good answer takes, and short enough that one does not go away."""
KEEP_MISSING = timedelta(days=1)
"""How long it is taken for granted that a service does not have something; by choice, since it may come to it."""
TRIES, SECOND_TRY_S = 2, 0.3
"""How often it is asked, and the least time before the second try, by choice: hiccups pass as fast as that."""
ONE_ANSWER_S = 12.0
"""Of one try. The slowest good answers, of DBLP's search on a bad day, take some 5 s."""


class Budgets(Protocol):
    """As `store.storage.service_budgets` has them."""

    daily: Mapping[ServiceName, int]

    async def reserve(self, service: ServiceName, amount: int, now: datetime) -> Reservation | None: ...

    async def settle(self, reservation: Reservation, cost: int) -> None: ...

    async def spent(self, now: datetime) -> Mapping[str, int]: ...


class KeptAnswers(Protocol):
    """As `store.storage.service_answers` has them."""

    async def get(self, question: str, now: datetime) -> str | None: ...

    async def put(self, question: str, answer: str, now: datetime, keep: timedelta) -> None: ...


@dataclass(frozen=True)
class Service:
    """A service outside, and how it wants to be asked. Its address is the beginning of all that it is asked at."""

    name: ServiceName
    title: str
    """Its name for people."""
    address: str
    kind: SourceKind
    pause: float | None
    """Seconds between two requests; None as the fetcher has it, which is as arXiv wants it."""
    key_header: str = ""
    """The name of the header that carries the key."""
    key_parameter: str = ""
    """The same of the parameter, where it is no header."""
    key: str = ""
    busy: tuple[int, ...] = ()
    """Statuses beside the usual ones that mean that it is asked too fast."""
    in_money: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def takes_key(self) -> bool:
        """Whether it can be given a key."""
        return bool(self.key_header or self.key_parameter)

    def credentials(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Headers and parameters with the key. Without one there are none: an empty key is refused as a wrong one."""
        headers = {self.key_header: self.key} if self.key and self.key_header else {}
        return headers, {self.key_parameter: self.key} if self.key and self.key_parameter else {}


class NotAnsweredError(Exception):
    """The service could not be asked, or did not answer. The message is a sentence that names it and says why."""


class Caller:
    """Asks services. `now` is the present, from which the day of a budget and the age of an answer are reckoned."""

    def __init__(
        self,
        fetcher: Fetcher,
        parsers: Parsers,
        budgets: Budgets,
        answers: KeptAnswers,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetcher, self._parsers, self._budgets, self._answers, self._now = fetcher, parsers, budgets, answers, now
        self._breakers: dict[ServiceName, Breaker] = {}
        self._running: dict[str, asyncio.Task[ServiceAnswer]] = {}

    async def ask(self, service: Service, question: Question, *, fresh: bool = False) -> ServiceAnswer:
        """The answer, kept from before unless it is to be `fresh`; raises `NotAnsweredError`.

        Who asks while another is being told the same waits for that answer.
        """
        text = _text(service, question)
        if not fresh and (kept := await self._kept(text)):
            return kept
        running = self._running.get(text)
        if running is None:
            running = self._running[text] = asyncio.create_task(self._ask(service, question, text))
            running.add_done_callback(partial(self._ended, text))
        return await asyncio.shield(running)

    async def states(self, services: Collection[Service]) -> tuple[ServiceState, ...]:
        """How each service is doing, and what was spent on it today."""
        now = self._now()
        resting = {service.name: self._breaker(service).resting(now) for service in services}
        return service_states(services, self._budgets.daily, await self._budgets.spent(now), resting)

    def is_off(self, service: Service) -> bool:
        """Whether the settings say that it is never asked."""
        return not self._budgets.daily.get(service.name, 0)

    def expect_answers(self) -> None:
        """Get ready to read a large answer."""
        self._parsers.expect_answers()

    async def close(self) -> None:
        """Break off what is being asked."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, text: str, task: asyncio.Task[ServiceAnswer]) -> None:
        del self._running[text]
        if not task.cancelled():
            task.exception()  # whoever asked may have gone away; then nobody else looks at it

    async def _kept(self, text: str) -> ServiceAnswer | None:
        content = await self._answers.get(text, self._now())
        if content is None:
            return None
        try:
            return ServiceAnswer.model_validate_json(content)
        except ValidationError:  # kept by another version
            return None

    async def _ask(self, service: Service, question: Question, text: str) -> ServiceAnswer:
        if self.is_off(service):
            raise NotAnsweredError(f"{service.title} is turned off.")
        breaker = self._breaker(service)
        if why := breaker.refusal(self._now()):
            raise NotAnsweredError(f"{service.title} {why}")
        try:
            answer = await self._answered(service, question)
        except UnavailableError as error:
            breaker.failed(self._now(), str(error), _rest(error))
            raise NotAnsweredError(f"{service.title}: {error}") from error
        except (XmlError, UnreadableRecordError) as error:
            reason = f"it answers in a form that I cannot read ({error})."
            breaker.failed(self._now(), reason)
            raise NotAnsweredError(f"{service.title}: {reason}") from error
        except (FetchError, NotReadError) as error:  # of this one question
            breaker.neither()
            raise NotAnsweredError(f"{service.title}: {error}") from error
        except BaseException:
            breaker.neither()
            raise
        breaker.worked()
        keep = min(question.keep, KEEP_MISSING) if answer.missing else question.keep
        await self._answers.put(text, answer.model_dump_json(), self._now(), keep)
        return answer

    async def _answered(self, service: Service, question: Question) -> ServiceAnswer:
        """The answer from the service itself; `missing` where it says that there is no such thing."""
        tries: list[Reservation] = []

        async def reserve() -> None:
            reservation = await self._budgets.reserve(service.name, question.price, self._now())
            if reservation is None:
                raise NotAnsweredError(f"{service.title} has been asked as much as it may be today.")
            tries.append(reservation)

        key_headers, key_params = service.credentials()
        manner = Manner(
            pause=service.pause,
            tries=TRIES,
            first_wait=SECOND_TRY_S,
            answer_within=ONE_ANSWER_S,
            longest_wait=PATIENCE_S / 2,
            busy=service.busy,
            headers={**service.headers, **key_headers},
            before_try=reserve,
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await self._fetcher.get(
                    service.address + question.path,
                    {**question.params, **key_params},
                    body={"ids": list(question.body)} if question.body else None,
                    manner=manner,
                )
        except NotFoundError:
            return ServiceAnswer(missing=True)
        except TimeoutError as error:
            if not tries:
                raise NotAnsweredError(f"{service.title}: too much is being asked of it at the moment.") from error
            raise UnavailableError("It does not answer in time.") from error
        if service.in_money and (cost := _cost(answer)) is not None:
            await self._budgets.settle(tries[-1], cost)
        source = Source(kind=service.kind, name=service.title, retrieved=self._now())
        return await self._parsers.read_answer(question.read, answer.content, source)

    def _breaker(self, service: Service) -> Breaker:
        return self._breakers.setdefault(service.name, Breaker())


def service_states(
    services: Collection[Service],
    daily: Mapping[ServiceName, int],
    spent: Mapping[str, int],
    resting: Mapping[ServiceName, str] | None = None,
) -> tuple[ServiceState, ...]:
    """How each service is doing, by what may be spent on it a day, what was, and why it rests if it does."""
    return tuple(
        ServiceState(
            service=service.name,
            title=service.title,
            has_key=bool(service.key) if service.takes_key else None,
            in_money=service.in_money,
            spent=spent.get(service.name, 0),
            budget=daily.get(service.name, 0),
            resting=(resting or {}).get(service.name, ""),
        )
        for service in services
    )


def _text(service: Service, question: Question) -> str:
    """The question as one text, without a key."""
    asked = (service.address + question.path, sorted(question.params.items()), question.body, question.read)
    return json.dumps(asked)


def _cost(answer: Answer) -> int | None:
    """What OpenAlex says that the request cost, in millionths of a dollar, rounded up."""
    try:
        return max(0, math.ceil(float(answer.headers["x-ratelimit-cost-usd"]) * 1_000_000 - 1e-6))
    except (KeyError, ValueError, OverflowError):
        return None


def _rest(error: UnavailableError) -> timedelta | None:
    """For how long the service wants to be left alone, where it says so; of a used-up allowance until the next one."""
    if error.wait is not None:
        return timedelta(seconds=min(error.wait, 86_400.0))
    reset = error.headers.get("x-ratelimit-reset", "")
    used_up = error.headers.get("x-ratelimit-remaining-usd", "").strip("0.") == "" and reset.isdecimal()
    return timedelta(seconds=min(int(reset[:6]), 86_400)) if used_up else None
