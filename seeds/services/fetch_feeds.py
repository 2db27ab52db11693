"""What changed at arXiv: its announcement feeds, and the lists of OAI-PMH, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime

from seeds.http import Fetcher, FetchError, Manner
from seeds.http_validators import Validators
from seeds.reading.limits import NotReadError
from seeds.reading.parsers import Parsers
from seeds.services.arxiv_rss import SOURCE_NAME, FeedAnswer
from seeds.services.oai_pmh import OaiPage
from store.models import Source


async def fetch_feed(
    fetcher: Fetcher,
    parsers: Parsers,
    address: str,
    validators: Validators | None = None,
    *,
    tries: int | None = None,
    answer_within: float | None = None,
) -> FeedAnswer:
    """Ask for a feed, such as `https://rss.arxiv.org/rss/cs.CL+cs.AI`. Never raises for what the other side does.

    `tries` and `answer_within` are as for `Manner`.
    """
    sent = validators or Validators()
    try:
        answer = await fetcher.get(address, validators=sent, manner=Manner(tries=tries, answer_within=answer_within))
    except FetchError as error:
        return FeedAnswer(state="unreachable", validators=sent, reason=str(error))
    if answer.not_modified:
        return FeedAnswer(state="not_modified", validators=sent)
    source = Source(kind="arxiv", name=SOURCE_NAME, retrieved=datetime.now(UTC))
    try:
        feed = await parsers.read_announcements(answer.content, source)
    except NotReadError as error:
        feed = FeedAnswer(state="unreadable", reason=str(error))
    # The next request for what could not be read must not be answered by "not modified".
    return feed.model_copy(update={"validators": sent if feed.state == "unreadable" else answer.validators})


async def list_records(
    fetcher: Fetcher,
    parsers: Parsers,
    base: str,
    *,
    source_name: str,
    since: date | None = None,
    oai_set: str | None = None,
    token: str | None = None,
) -> OaiPage:
    """Ask for the records in arXiv's format that changed since a day, or for the next part of a list by its token.

    `oai_set` is a part of the repository such as `cs`; `source_name` is what people are shown as the source. Raises
    `FetchError`, `XmlError`, `TokenExpiredError`, `OaiError` or `NotReadError`; without changes the page is empty.
    """
    if token is not None:
        params = {"verb": "ListRecords", "resumptionToken": token}
    else:
        params = {"verb": "ListRecords", "metadataPrefix": "arXiv"}
        if since:
            params["from"] = since.isoformat()
        if oai_set:
            params["set"] = oai_set
    answer = await fetcher.get(base, params)
    source = Source(kind="oai", name=source_name, retrieved=datetime.now(UTC))
    return await parsers.read_oai_page(answer.content, source)
