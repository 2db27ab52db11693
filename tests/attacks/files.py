"""Files and texts that are hard to read: they cost the stranger's guild a refusal, and nobody else anything."""

from __future__ import annotations

import gzip
import json

from tests.attacks.scene import Attack, Scene
from tests.seeds.test_pdf import HOSTILE
from tests.support.pdfs import pdf

MOST_MB = 600
"""Resident memory that the process itself may have after any of them, in MiB; readers are processes of their own."""


async def _within_bounds(scene: Scene) -> None:
    assert scene.program.is_running, "the process ended"
    assert scene.program.rss_mb() < MOST_MB, f"the process has {scene.program.rss_mb():.0f} MB"


async def nested_tex(scene: Scene) -> None:
    """Nested accents, fractions, verbatim text, links and tables of TeX."""
    units = (
        r"\'{",
        r"\vec{",
        r"\frac{",
        r"\sqrt[",
        r"\href{a}{",
        r"\textbf{",
        r"\begin{array}{c}",
        r"$",
        r"\verb|",
        "%",
    )
    for unit in units:
        title = unit * (3000 // len(unit)) + "x"
        await scene.add(f"@misc{{a, title={{{title}}}, author={{{unit * 99}}}, abstract={{{unit * 50}}}}}")
    entries = "\n".join(f"@misc{{k{n}, title={{{unit * 4000} x{n}}}}}" for n, unit in enumerate(units * 3))
    await scene.attach("tex.bib", entries.encode())
    await _within_bounds(scene)


async def author_pages_with_long_lines(scene: Scene) -> None:
    """Author pages whose lines are all figures, names or `et al.`."""
    for piece in ("et al. ", "1 h-index ", "Jan 1, 2026 ", "Ada Byron, ", "· ", " ", "1,", "AI"):
        size = int(400_000 * scene.share)
        body = f"Ada Byron\nh-index 3\n2 papers\n{piece * (size // len(piece))}\nAIAug 12, 2024Code\n"
        await scene.attach("page.txt", body.encode())
    await _within_bounds(scene)


async def packed_files(scene: Scene) -> None:
    """Files that unpack to a thousand times their size, once and twice packed."""
    bomb = gzip.compress(b"@misc{a, title={" + b" " * int(2_000_000_000 * scene.share * 0.1) + b"}}", 1)
    for name in ("a.bib.gz", "a.json.gz", "a.gz", "a.bib"):
        await scene.attach(name, bomb[:4_900_000], content_type="application/gzip")
    await scene.attach("a.bib.gz.gz", gzip.compress(bomb[:4_900_000]))
    await _within_bounds(scene)


async def deep_and_wide_files(scene: Scene) -> None:
    """XML of entities and a hundred thousand levels, JSON of as many, numbers of as many digits."""
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY l0 "lol">{lol}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    await scene.attach("a.xml", f"{xml}<feed><title>&l9;&f;</title></feed>".encode())
    await scene.attach("b.xml", ("<?xml version='1.0'?><feed>" + "<a>" * 100_000).encode())
    await scene.attach("c.json", b"[" * 100_000)
    await scene.attach("d.json", b'[{"title": "x", "year": ' + b"9" * 200_000 + b"}]")
    await scene.attach("e.json", json.dumps([{"title": "x" * 100, "authors": ["a"] * 100_000}]).encode())
    assert not [text for text in scene.told_so_far if "root:" in text], "a file of the machine was shown"
    await _within_bounds(scene)


async def lying_names_types_and_sizes(scene: Scene) -> None:
    """Attachments whose names are paths, whose types lie, and that are larger than Discord says."""
    entry = b"@misc{a, title={Through the Window}, author={Mallory}}"
    before = sorted(path.name for path in scene.program.folder.parent.iterdir())
    for name in (
        "../../x.bib",
        "/etc/passwd",
        "a\x00.bib",
        "C:\\x.bib",
        "CON",
        "a" * 250 + ".bib",
        "@everyone.bib",
        "a\u202ebib.",
    ):
        await scene.attach(name, entry, content_type="image/png")
    await scene.attach("lying.bib", entry * 20_000, size=10)
    await scene.attach("empty.bib", b"", size=0)
    await scene.attach("huge.bib", entry, size=10**12)
    await scene.attach("image.bib", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100, content_type="text/x-bibtex")
    assert sorted(path.name for path in scene.program.folder.parent.iterdir()) == before, "a file was written"
    await _within_bounds(scene)


async def hostile_pdfs(scene: Scene) -> None:
    """PDFs that unpack to hundreds of megabytes, draw without end, or are parts of themselves."""
    wanted = sorted(HOSTILE, key=lambda what: what != "text of a million pieces")
    for what in wanted[: max(4, int(len(wanted) * scene.share))]:
        told = await scene.attach("a.pdf", HOSTILE[what], content_type="application/pdf")
        assert "Something went wrong" not in told, what
    await _within_bounds(scene)


async def pdfs_that_say_they_are_another_paper(scene: Scene) -> None:
    """PDFs whose stamp, metadata and title disguise a link, mention everybody or name a paper of the victims'."""
    evil = "[click](https://evil.example) @everyone `x` **b**"
    told = await scene.attach("a.pdf", pdf(evil, info={"Title": f"{evil} in a title", "Subject": "10.1/<b>@everyone"}))
    assert "](https://evil" not in told and "@everyone" not in told, told
    await scene.attach(f"{evil}.pdf".replace("/", "_"), pdf(evil))
    await scene.attach("b.pdf", pdf("Silk", stamp="arXiv:9999.99999v1 [cs.CL] 1 Jan 2024", xmp=f"<prism:doi>{evil}"))


ATTACKS: tuple[Attack, ...] = (
    nested_tex,
    author_pages_with_long_lines,
    packed_files,
    deep_and_wide_files,
    lying_names_types_and_sizes,
    hostile_pdfs,
    pdfs_that_say_they_are_another_paper,
)
