"""The services outside that know papers and people: which is asked for what, and what is told where one fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from seeds.http import Fetcher
from seeds.reading.parsers import Parsers
from seeds.services import fetch_by_id
from store.models import Fetched, Identifier, PaperRecord
from store.outside import FoundPerson, Outside, PaperPage, PersonIdentifier, ServiceState

_NOBODY = "No service that knows people is set up yet."


class OutsideServices:
    """As `commands.context.OutsideServices` describes it."""

    def __init__(self, fetcher: Fetcher, parsers: Parsers, addresses: fetch_by_id.ServiceAddresses) -> None:
        self._fetcher, self._parsers, self._addresses = fetcher, parsers, addresses

    def papers(self, wanted: Sequence[Identifier]) -> AsyncGenerator[Fetched, None]:
        """Papers by their identifiers, each wanted once; gives what each request brought as it comes."""
        return fetch_by_id.fetch_papers(self._fetcher, self._parsers, self._addresses, wanted)

    async def papers_titled(self, title: str) -> Outside[PaperRecord]:
        """Papers whose titles are like this one, the most alike first; a paper of several services once."""
        return Outside(failures=(_NOBODY,))

    async def people_named(self, name: str) -> Outside[FoundPerson]:
        """People of this name, the one with the most papers first; namesakes are apart, as the service has them."""
        return Outside(failures=(_NOBODY,))

    async def person(self, identifier: PersonIdentifier, *, fresh: bool = False) -> Outside[FoundPerson]:
        """The one person with that identifier, or none; `fresh` asks again even if that is known."""
        return Outside(failures=(_NOBODY,))

    async def papers_of(
        self, identifier: PersonIdentifier, after: str | None = None, *, fresh: bool = False
    ) -> AsyncGenerator[PaperPage, None]:
        """All papers of a person, in pages, the newest first where the service can; `after` is a cursor of a page."""
        yield PaperPage(cursor=after, failure=_NOBODY)

    async def states(self) -> Sequence[ServiceState]:
        """How each service is doing, and what was spent on it today."""
        return ()
