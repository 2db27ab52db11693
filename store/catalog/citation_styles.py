"""A paper as a reference: BibTeX, RIS, CSL-JSON, plain.

What the paper holds comes from outside. It fills the values of our fields and makes no field or entry of its own: texts
are of one line and escaped, and identifiers and addresses, which these formats take as they are, are left out where
they hold a character that ends a value.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Literal, NamedTuple, get_args

from store.catalog.paper_events import standing
from store.catalog.publication_kinds import PublicationKind, publication_kind
from store.models import Paper
from store.text.arxiv_taxonomy import ARCHIVES, archive_of, category_in_words
from store.text.normalize import fold
from store.text.partial_dates import in_words
from store.text.person_names import parts
from store.text.visible import one_line
from store.text.web_addresses import of_identifier

CitationStyle = Literal["plain", "bibtex", "ris", "csl-json"]
STYLES: tuple[CitationStyle, ...] = get_args(CitationStyle)
_NAMES_ON_A_LINE = 5
_AND = " and\n            "
"""Between the names of a long list: lines, where a reference that fills several messages can be parted."""
_TEX = re.compile(r"[\\{}$&#%_~^]")
_ESCAPED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_UNPAIRED = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_VERBATIM = re.compile(r"[!-\[\]-z|~]+")
"""Printable ASCII without braces and backslash, which even escaped count for BibTeX."""
_NO_NAME = re.compile(r"(?:^|\s)and(?:\s|$)|^others$|[,=\\{}$&#%_~^]", re.IGNORECASE)
"""Where programs read something else into a name: several of them, *et al.*, parts in another order, labels, TeX."""
_SKIPPED = frozenset("a an the on of for in to and with towards toward from by".split())


def cite(paper: Paper, style: CitationStyle) -> str:
    """The paper in one of `STYLES`. What the sources do not give is left out, never made up."""
    return {"plain": _plain, "bibtex": _bibtex, "ris": _ris, "csl-json": _csl_json}[style](_readable(paper))


class _Types(NamedTuple):
    """What a kind of publication is called in each format, and which fields of BibTeX and RIS take its venue."""

    bibtex: str
    bibtex_venue: str
    ris: str
    ris_venue: str
    csl: str


_TYPES: dict[PublicationKind, _Types] = {
    "article": _Types("article", "journal", "JOUR", "JO", "article-journal"),
    "proceedings": _Types("inproceedings", "booktitle", "CONF", "T2", "paper-conference"),
    "preprint": _Types("misc", "howpublished", "UNPB", "T2", "article"),
    "unknown": _Types("misc", "howpublished", "GEN", "T2", "document"),
}


def _readable(paper: Paper) -> Paper:
    """The paper with its texts on one line, and without what is invisible in them."""
    authors = (a.model_copy(update={"name": one_line(a.name)}) for a in paper.authors)
    texts = {"title": one_line(paper.title), "venue": one_line(paper.venue or "") or None}
    return paper.model_copy(update={**texts, "authors": tuple(a for a in authors if a.name)})


def key(paper: Paper) -> str:
    """A BibTeX key as people write them, and part of the handle, so that no other paper has the same.

    First author's surname, year, first word that says something: `qi2024webrl-k3fqzt`.
    Of 48,000 papers 1,377 share the readable part. In a store of three million, four letters of the handle would let
    three pairs share a key; of 300 such stores with six letters, one has a pair.
    """
    surname = fold(parts(_listed(paper)[0]).family) if _listed(paper) else ""
    word = next((w for w in fold(paper.title).split() if w not in _SKIPPED), "untitled")
    readable = f"{surname.replace(' ', '') or 'anon'}{(paper.published or '')[:4]}{word}"
    return f"{readable[:50]}-{paper.handle[:6]}"


def _against(paper: Paper) -> str:
    """What speaks against a paper, so that nobody cites it unawares; the notice by its date and DOI."""
    found = standing(paper)
    if found is None:
        return ""
    kind, notice = found
    said = {"concern": "Expression of concern", "corrected": "Corrected"}.get(kind, kind.upper())
    when = f" {notice.date}" if notice and notice.date else ""
    doi = f", doi:{notice.doi}" if notice and notice.doi and _VERBATIM.fullmatch(notice.doi) else ""
    return f"{said}{when}{doi}."


def _listed(paper: Paper) -> list[str]:
    """Names whose place is known; in an incomplete list, those alone can stand before *et al.*"""
    placed = [a.name for a in paper.authors if a.position is not None]
    return placed or [a.name for a in paper.authors]


def _groups(paper: Paper) -> set[str]:
    return {a.name for a in paper.authors if a.is_group}


def _identified(paper: Paper, scheme: str) -> str | None:
    return next((i.value for i in paper.identifiers if i.scheme == scheme and _VERBATIM.fullmatch(i.value)), None)


def _plain(paper: Paper) -> str:
    names = _listed(paper)
    authors = ", ".join(names) + (" et al." if names and not paper.authors_complete else "")
    where = [paper.venue] if paper.venue else []
    where += [f"arXiv:{arxiv}"] if (arxiv := _identified(paper, "arxiv")) else []
    year = f"({paper.published[:4]})" if paper.published else ""
    against = f"[{said.removesuffix('.')}]" if (said := _against(paper)) else ""
    pieces = [" ".join(filter(None, (authors, year))), paper.title, *where, against]
    sentences = [piece if piece.endswith(".") else f"{piece}." for piece in pieces if piece]
    # A full stop after the address would be copied with it.
    address = _doi_address(paper) or _address(paper)
    sentences += [address] if address and not (arxiv and address.endswith(arxiv)) else []
    return " ".join(sentences)


def _doi_address(paper: Paper) -> str | None:
    return next((of_identifier(i) for i in paper.identifiers if i.scheme == "doi"), None)


def _bibtex(paper: Paper) -> str:
    groups = _groups(paper)
    names = [_bibtex_name(name, name in groups) for name in _listed(paper)]
    if not paper.authors_complete:
        names.append("others")
    types, arxiv = _TYPES[publication_kind(paper)], _identified(paper, "arxiv")
    fields = {
        "title": f"{{{tex(paper.title)}}}" if paper.title else "",
        "author": _AND.join(names) if len(names) > _NAMES_ON_A_LINE else " and ".join(names),
        types.bibtex_venue: tex(paper.venue or ""),
        "year": (paper.published or "")[:4],
        "month": _month(paper),
        "doi": _identified(paper, "doi"),
        "eprint": arxiv,
        "archiveprefix": "arXiv" if arxiv else "",
        "primaryclass": _arxiv_category(paper) if arxiv else "",
        "url": _address(paper),
        "note": tex(_against(paper)),
    }
    # Each style of references shows a month in its own way, and defines macros for that.
    written = ((name, value if name == "month" else f"{{{value}}}") for name, value in fields.items() if value)
    body = ",\n".join(f"  {name} = {value}" for name, value in written)
    return f"@{types.bibtex}{{{key(paper)},\n{body}\n}}"


def _month(paper: Paper) -> str:
    """The macro of BibTeX for the month: `nov`."""
    month = (paper.published or "")[: len("2024-08")]
    return in_words(month)[:3].lower() if len(month) > len("2024") else ""


def _arxiv_category(paper: Paper) -> str:
    category = category_in_words(paper.category or "")
    return category if archive_of(category) in ARCHIVES and _VERBATIM.fullmatch(category) else ""


def _bibtex_name(name: str, is_group: bool) -> str:
    given, family, suffix = parts(name)
    if is_group or (suffix and not given) or any(map(_NO_NAME.search, (given, family, suffix))):
        return f"{{{tex(name)}}}"
    return f"{family}, {suffix}, {given}" if suffix else name


def tex(text: str) -> str:
    """The text with TeX's characters escaped, and with no brace that has no other: BibTeX counts escaped ones too."""
    escaped = _ESCAPED if _is_balanced(text) else _ESCAPED | _UNPAIRED
    return _TEX.sub(lambda found: escaped.get(found[0], "\\" + found[0]), text)


def _is_balanced(text: str) -> bool:
    depths = list(accumulate((character == "{") - (character == "}") for character in text))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def _address(paper: Paper) -> str:
    """Where the paper can be read: in the ACL's anthology, where a source says, or at arXiv. A DOI is given apart."""
    found = {i.scheme: of_identifier(i) or "" for i in reversed(paper.identifiers) if i.scheme in ("acl", "arxiv")}
    said = (link.url for link in paper.links if link.kind in ("abstract", "pdf"))
    return next(filter(_VERBATIM.fullmatch, (found.get("acl", ""), *said, found.get("arxiv", ""))), "")


def _ris(paper: Paper) -> str:
    types = _TYPES[publication_kind(paper)]
    lines = [("TY", types.ris), ("ID", key(paper))] + ([("TI", paper.title)] if paper.title else [])
    groups = _groups(paper)
    lines += [("AU", _inverted(name, name in groups)) for name in _listed(paper)]
    lines += [("PY", paper.published[:4]), ("DA", paper.published.replace("-", "/"))] if paper.published else []
    lines += [(types.ris_venue, paper.venue)] if paper.venue else []
    lines += [("DO", doi)] if (doi := _identified(paper, "doi")) else []
    lines += [("AN", f"arXiv:{arxiv}")] if (arxiv := _identified(paper, "arxiv")) else []
    lines += [("UR", _address(paper))] if _address(paper) else []
    lines += [("N1", said)] if (said := _against(paper)) else []
    lines += [("N1", "The list of authors is incomplete.")] if not paper.authors_complete else []
    return "\n".join(f"{tag}  - {value}" for tag, value in [*lines, ("ER", "")]).rstrip() + " "


def _inverted(name: str, is_group: bool) -> str:
    given, family, suffix = parts(name)
    if not given or is_group:
        return name
    return ", ".join(filter(None, (family, given, suffix)))


def _csl_json(paper: Paper) -> str:
    groups = _groups(paper)
    incomplete = "" if paper.authors_complete else "The list of authors is incomplete."
    item: dict[str, object] = {
        "id": key(paper),
        "type": _TYPES[publication_kind(paper)].csl,
        "title": paper.title,
        "author": [_csl_name(name, name in groups) for name in _listed(paper)],
    }
    if paper.published:
        item["issued"] = {"date-parts": [[int(part) for part in paper.published.split("-")]]}
    optional = {
        "container-title": paper.venue,
        "DOI": _identified(paper, "doi"),
        "number": f"arXiv:{arxiv}" if (arxiv := _identified(paper, "arxiv")) else None,
        "URL": _address(paper),
        "note": " ".join(filter(None, (_against(paper), incomplete))),
    }
    return json.dumps([item | {k: v for k, v in optional.items() if v}], indent=2, ensure_ascii=False)


def _csl_name(name: str, is_group: bool) -> dict[str, str]:
    given, family, suffix = parts(name)
    if not given or is_group:
        return {"literal": name}
    return {"family": family, "given": given} | ({"suffix": suffix} if suffix else {})
