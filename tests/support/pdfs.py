"""PDFs that the tests write themselves, byte by byte."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

STAMP = "arXiv:2405.12345v2  [cs.CL]  20 May 2024"


def written(objects: Mapping[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, by number, with its table of contents."""
    body, places = b"%PDF-1.5\n", {}
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = max(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n" for n in range(size))
    return b"%sxref\n0 %d\n%strailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        body, size, table, size, trailer, len(body)
    )  # fmt: skip


def stream(content: bytes, entries: bytes = b"", *, packed: bool = True) -> bytes:
    packed_content = zlib.compress(content) if packed else content
    packing = b"/Filter /FlateDecode" if packed else b""
    return b"<</Length %d %s %s>>\nstream\n%s\nendstream" % (len(packed_content), packing, entries, packed_content)


def text(value: str) -> bytes:
    return b"(%s)" % value.encode("latin-1", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(
        b")", b"\\)"
    )


def page(lines: Sequence[str], stamp: str = "") -> bytes:
    """The drawing of a page: lines from the top, and a stamp along the left edge as arXiv prints it."""
    drawn = [b"BT /F1 10 Tf 72 %d Td %s Tj ET" % (760 - 14 * row, text(line)) for row, line in enumerate(lines)]
    if stamp:
        drawn.append(b"BT /F1 20 Tf 0 1 -1 0 32 250 Tm %s Tj ET" % text(stamp))
    return b"\n".join(drawn)


def pdf(
    *lines: str, stamp: str = "", info: Mapping[str, str] | None = None, xmp: str = "", content: bytes | None = None
) -> bytes:
    """A PDF of two pages, the first one with these lines."""
    objects = {
        1: b"<</Type /Catalog /Pages 2 0 R%s>>" % (b" /Metadata 8 0 R" if xmp else b""),
        2: b"<</Type /Pages /Kids [3 0 R 4 0 R] /Count 2>>",
        3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources <</Font <</F1 6 0 R>>>>>>",
        4: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 9 0 R /Resources <</Font <</F1 6 0 R>>>>>>",
        5: content or stream(page(lines, stamp)),
        6: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        7: b"<<%s>>" % b" ".join(b"/%s %s" % (key.encode(), text(value)) for key, value in (info or {}).items()),
        9: stream(page(["The second page names arXiv:1001.0001 and 10.1000/second."])),
    }
    if xmp:
        objects[8] = stream(xmp.encode(), b"/Type /Metadata /Subtype /XML", packed=False)
    return written(dict(sorted(objects.items())), b"/Root 1 0 R /Info 7 0 R")
