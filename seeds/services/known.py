"""The services that know papers and people: where each is, and how it wants to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seeds.services.calling import Service
from store.outside import ServiceName

S2_ALONE_S, S2_WITH_KEY_S = 3.0, 1.1
"""Semantic Scholar gives everybody without a key 100 requests in five minutes together, and one a second with a key."""


@dataclass(frozen=True)
class Access:
    """Where the services are, and the keys to those that take one. An empty key is none."""

    addresses: Mapping[ServiceName, str]
    openalex_key: str = ""
    s2_key: str = ""


def services(access: Access) -> Mapping[ServiceName, Service]:
    """Every service by its name."""
    at, s2_key = access.addresses, access.s2_key.strip()
    every = (
        Service("arxiv", "arXiv", at["arxiv"], "arxiv", pause=None),
        Service("crossref", "Crossref", at["crossref"], "crossref", pause=0.2),  # its polite pool takes ten a second
        # DBLP names no pace and wants to be asked gently.
        Service("dblp", "DBLP", at["dblp"], "dblp", pause=0.5),
        Service(
            "openalex",
            "OpenAlex",
            at["openalex"],
            "openalex",
            pause=0.05,  # it takes a hundred a second
            key_parameter="api_key",
            key=access.openalex_key.strip(),
            busy=(403,),
            in_money=True,
        ),
        Service(
            "s2",
            "Semantic Scholar",
            at["s2"],
            "s2",
            pause=S2_WITH_KEY_S if s2_key else S2_ALONE_S,
            key_header="x-api-key",
            key=s2_key,
        ),
        Service("orcid", "ORCID", at["orcid"], "orcid", pause=0.2, headers={"Accept": "application/json"}),
        Service("openreview", "OpenReview", at["openreview"], "openreview", pause=1.0),
    )
    return {service.name: service for service in every}
