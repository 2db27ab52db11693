"""What kind of publication a paper is, as far as its identifiers and the name of its venue tell."""

from __future__ import annotations

import re
from typing import Literal

from store.catalog.evidence import PREPRINT_DOIS, PREPRINT_VENUE
from store.models import Paper

PublicationKind = Literal["article", "proceedings", "preprint", "unknown"]

_JOURNAL_OF_THE_ACL = re.compile(r"[QJ]\d|\d{4}\.(?:tacl|cl)-", re.IGNORECASE)
_JOURNAL = re.compile(
    r"\b(?:journal|transactions|letters|annals|magazine|j\.|trans\.)(?!\w)"
    r"|\bproc(?:eedings|\.)? (?:of )?(?:the )?(?:acm on|ieee$|national|natl|royal|vldb|edinburgh|london|american)",
    re.IGNORECASE,
)
"""Journals, some of which are called proceedings."""
_PROCEEDINGS = re.compile(
    r"\b(?:proceedings|proc\.?|conferences?|conf\.?|workshops?|symposium|symposia|meeting|congress|colloquium)(?!\w)"
    r"|\bneural information processing systems\b|\bchapter of the association\b",
    re.IGNORECASE,
)
_NUMBERED_ACRONYM = re.compile(r"[A-Z]\w*[A-Z]\w*(?:[/-][A-Z]\w+)* ?(?:(?:19|20)\d\d|['’]\d\d|\(\d+\))")
"""`ACL 2024`, `CHI'24`, `ACL (1)`: a meeting and which of them, or which volume of its proceedings."""
_MEETINGS = re.compile(
    r"(?:AAAI|ACL|AISTATS|CHI|CIKM|COLING|COLM|COLT|CoNLL|CoRL|CVPR|EACL|ECCV|ECML|EMNLP|ICASSP|ICCV|ICDE|ICDM|ICLR"
    r"|ICML|ICRA|IJCAI|IJCNLP|INTERSPEECH|Interspeech|IROS|KDD|LREC|MICCAI|NAACL|NeurIPS|NIPS|OSDI|RSS|SIGGRAPH|SIGIR"
    r"|SIGMOD|SOSP|STOC|UAI|UIST|USENIX|WACV|WSDM|WWW)"
)
"""Meetings in computing that are named by their acronym alone."""


def publication_kind(paper: Paper) -> PublicationKind:
    """`article` is one in a journal, `unknown` has neither a venue nor an identifier that tells."""
    of = {scheme: [i.value for i in paper.identifiers if i.scheme == scheme] for scheme in ("acl", "dblp", "doi")}
    for acl in of["acl"]:
        return "article" if _JOURNAL_OF_THE_ACL.match(acl) else "proceedings"
    for dblp in of["dblp"]:
        if dblp.startswith("conf/"):
            return "proceedings"
        if dblp.startswith("journals/") and not dblp.startswith("journals/corr/"):
            return "article"
    if not paper.venue:
        on_arxiv = any(i.scheme == "arxiv" for i in paper.identifiers)
        return "preprint" if on_arxiv or any(doi.startswith(PREPRINT_DOIS) for doi in of["doi"]) else "unknown"
    if PREPRINT_VENUE.search(paper.venue.lower()):
        return "preprint"
    if _JOURNAL.search(paper.venue):
        return "article"
    named = _NUMBERED_ACRONYM.fullmatch(paper.venue) or _MEETINGS.fullmatch(paper.venue)
    return "proceedings" if named or _PROCEEDINGS.search(paper.venue) else "article"
