"""Which paper a PDF is: the identifiers on its first page, in its metadata and in the name of its file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from store.models import DocumentNames, Identifier
from store.text import identifiers
from store.text.visible import one_line

if TYPE_CHECKING:
    from pypdf import PdfReader

LONGEST_PAGE = 20_000
"""Characters of a first page that are looked at; dense ones have 7,000."""
LONGEST_METADATA = 200_000
"""Bytes of XMP that are looked at."""
MOST_OFFERED = 4
"""Identifiers of which one may be the paper's own; more are in a list of references."""
LONGEST_TITLE = 200

_HEADER_WITHIN = 1024
"""Bytes in which `%PDF-` is to be found, as readers of PDFs do."""
_STAMP = re.compile(
    r"arXiv:((?:\d{4}\.\d{4,5}|[a-z.-]+/\d{7}))v\d{1,3}?(?:\[[A-Za-z.-]+\])?\d{1,2}[A-Z][a-z]{2}(?:19|20)\d\d"
)
"""What arXiv prints along the left edge, without its spaces: `arXiv:2405.12345v2 [cs.CL] 20 May 2024`."""
_XMP = re.compile(
    r"(?:prism:doi|pdfx?:doi|dc:identifier|crossmark:DOI)\s*(?:=\s*[\"']|>)\s*([^<\"']{1,300})", re.IGNORECASE
)
_REFERENCES = re.compile(r"^[^\w\n]{0,5}(?:\d+\W{1,5})?(?:references|bibliography)\b", re.IGNORECASE | re.MULTILINE)
_BROKEN_DOI = re.compile(r"(10\.\d{4,9}/)\s*\n\s*")
_COPY = re.compile(r"(?:\(\d{1,3}\)|copy|\[\d{1,3}\])$", re.IGNORECASE)
_NO_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|tex|dvi|pdf|indd)$|^arxiv:", re.IGNORECASE)


def is_pdf(content: bytes) -> bool:
    """Whether this is a PDF."""
    return b"%PDF-" in content[:_HEADER_WITHIN]


def read_names(content: bytes) -> DocumentNames:
    """Which paper a PDF is. It never raises for what the file holds, but may run out of time or memory.

    arXiv's stamp is the paper's own identifier, and so is that of the metadata. Of others on the first page, those
    before its references are offered.
    """
    page, metadata, title, problem = _read(content)
    stamps = dict.fromkeys(filter(None, map(identifiers.arxiv, _STAMP.findall(re.sub(r"\s+", "", page)))))
    told = dict.fromkeys(identifiers.find("\n".join(metadata)))
    for sure, told_by in ((stamps, "arXiv's stamp on its first page"), (told, "its metadata")):
        if len(sure) == 1:
            return DocumentNames(own=next(iter(sure)), told_by=told_by, title=title)
    body = _REFERENCES.split(_BROKEN_DOI.sub(r"\1", page))[0]
    possible = _first([*stamps, *told, *identifiers.find(body)])
    return DocumentNames(possible=possible, title=title or _heading(page), problem=problem)


def with_file_name(names: DocumentNames, file_name: str) -> DocumentNames:
    """The same where the PDF is sure of itself; else its file's name counts as well."""
    if names.own:
        return names
    named = names_in_file_name(file_name)
    possible = _first([*named.possible, *names.possible])
    return names.model_copy(update={"own": named.own, "told_by": named.told_by, "possible": possible})


def names_in_file_name(file_name: str) -> DocumentNames:
    """Which paper a PDF is by the name of its file alone: `2405.12345v2 (1).pdf`, `10.1145_3292500.3330701.pdf`."""
    stem = _COPY.sub("", re.sub(r"\.pdf$", "", file_name[:300], flags=re.IGNORECASE)).rstrip(" _-")
    # arXiv leaves the slash of old ids out.
    whole = re.sub(r"^([a-z-]+)(?=\d{7}(?:v\d+)?$)", r"\1/", re.sub(r"^arxiv[-_. ]", "", stem, flags=re.IGNORECASE))
    if own := identifiers.arxiv(whole):
        return DocumentNames(own=own, told_by="the name of the file")
    # A slash cannot be in a name; it is often an underscore there.
    doi = re.search(r"10\.\d{4,9}[_@-]\S+", stem)
    written = re.sub(r"[_@-]", "/", doi[0], count=1) if doi else stem.replace("_", " ")
    return DocumentNames(possible=_first(identifiers.find(written)))


def _first(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    return tuple(dict.fromkeys(map(_to_ask_for, found)))[:MOST_OFFERED]


def _to_ask_for(one: Identifier) -> Identifier:
    """The DOI of a paper of the ACL Anthology, which services have; of another paper the identifier itself."""
    if one.scheme != "acl":
        return one
    year = int(one.value[1:3]) if one.value[0].isalpha() else 99
    prefix = "10.18653" if 16 <= year < 60 or year == 99 else "10.3115"
    return Identifier(scheme="doi", value=f"{prefix}/v1/{one.value.lower()}")


def _read(content: bytes) -> tuple[str, list[str], str, str]:
    """The text of the first page, texts of the metadata, the title there, and why something was not read."""
    from pypdf import PdfReader

    page, metadata, title = "", [""], ""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return page, metadata, title, "It needs a password."
        metadata, title = _metadata(reader)
        page = reader.pages[0].extract_text()[:LONGEST_PAGE]
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - of a damaged file it raises whatever comes of it
        encrypted = type(error).__name__ in ("DependencyError", "FileNotDecryptedError", "WrongPasswordError")
        return page, metadata, title, "It is encrypted." if encrypted else "It is damaged, or no whole PDF."
    return page, metadata, title, "" if page.strip() else "Its first page is a picture without text."


def _metadata(reader: PdfReader) -> tuple[list[str], str]:
    """The values that may name the paper, and its title where it is one."""
    entries = {str(key).lower(): str(value)[:1000] for key, value in (reader.metadata or {}).items()}
    named = [value for key, value in entries.items() if "doi" in key or "arxiv" in key or key == "/subject"]
    xmp = reader.root_object.get("/Metadata")
    if xmp is not None:
        # By pattern, as parsing it would let it define entities.
        text = xmp.get_object().get_data()[:LONGEST_METADATA].decode("utf-8", "replace")
        named += _XMP.findall(text)
    title = one_line(entries.get("/title", ""))[:LONGEST_TITLE]
    return named, "" if " " not in title or _NO_TITLE.search(title) else title


def _heading(page: str) -> str:
    """The first line of the page that may be a title."""
    lines = (one_line(line) for line in page.splitlines()[:10])
    return next((line[:LONGEST_TITLE] for line in lines if len(line.split()) > 2 and not identifiers.find(line)), "")
