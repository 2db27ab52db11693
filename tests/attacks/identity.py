"""Attacks on which paper is which, and on whose it is: what a stranger adds never reaches the victims."""

from __future__ import annotations

import json

from tests.attacks.scene import PAPERS, Attack, Scene
from tests.wire.made_papers import author, title

_ALL_IDS = [f"2401.{number:05d}" for number in range(PAPERS)]


async def one_entry_with_all_identifiers(scene: Scene) -> None:
    """One BibTeX entry that claims the identifiers of all papers."""
    named = " ".join(f"https://arxiv.org/abs/{ident}" for ident in _ALL_IDS)
    await scene.add(f"@misc{{a, title={{All of Them}}, author={{No One}}, eprint={{{_ALL_IDS[0]}}}, note={{{named}}}}}")
    identifiers = [{"scheme": "arxiv", "value": ident} for ident in _ALL_IDS]
    record = {"title": "All of Them", "authors": ["No One"], "identifiers": identifiers}
    await scene.attach("all.jsonl", json.dumps(record).encode())
    await scene.attach("all.json", json.dumps([{**record, "url": named}]).encode(), scene.direct)


async def a_chain_of_entries(scene: Scene) -> None:
    """A file whose entries unite each paper with the next one."""
    entries = (
        f"@misc{{k{n}, title={{{title(n)}}}, author={{{author(n, 0)}}}, eprint={{{_ALL_IDS[n]}}},"
        f" url={{https://arxiv.org/abs/{_ALL_IDS[(n + 1) % PAPERS]}}}}}"
        for n in range(PAPERS)
    )
    await scene.attach("chain.bib", "\n".join(entries).encode())


async def other_words_under_a_known_identifier(scene: Scene) -> None:
    """Another title, abstract and authors under the victims' papers' identifiers and titles."""
    for number in (0, 1, 2):
        await scene.add(
            f"@article{{a, title={{Replaced by Me}}, author={{Mallory}}, abstract={{Vandalised.}}, year=1999,"
            f" eprint={{{_ALL_IDS[number]}}}, archiveprefix={{arXiv}}}}"
        )
        await scene.add(f"@article{{b, title={{{title(number)}}}, author={{{author(number, 0)}}}, abstract={{Mine.}}}}")


async def an_export_that_claims_a_service(scene: Scene) -> None:
    """Records that say that arXiv gave them, and that it has withdrawn the victims' papers."""
    source = {"kind": "arxiv", "name": "made", "retrieved": "2030-01-01T00:00:00Z"}
    rows = [
        {
            "title": "Replaced by Me",
            "authors": [{"name": "Mallory", "position": 1}],
            "identifiers": [{"scheme": "arxiv", "value": ident}],
            "source": source,
            "sources": [source],
        }
        for ident in _ALL_IDS[:5]
    ]
    await scene.attach("papers.jsonl", "\n".join(map(json.dumps, rows)).encode())
    deleted = "".join(
        f'<record><header status="deleted"><identifier>oai:arXiv.org:{ident}</identifier>'
        "<datestamp>2030-01-01</datestamp></header></record>"
        for ident in _ALL_IDS
    )
    await scene.attach(
        "withdrawn.xml",
        f'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{deleted}'
        "</ListRecords></OAI-PMH>".encode(),
    )


async def a_page_of_a_victims_author(scene: Scene) -> None:
    """An author page with an h-index of 999 for an author on the victims' cards."""
    entry = f"CLAug 12, 2024Code\n{title(0)}\n\n{author(0, 0)}, Ben Berg\n\nVandalised. They agree.\n\n"
    head = f"{author(0, 0)}\n\nCL\nh-index999\n1papers\n1,000,000citations\nNovelty5%\nAI Score7\n\n1 Papers\n\n"
    text = await scene.attach("page.txt", (head + entry).encode())
    assert "### Papers" in text, text


async def papers_for_a_victims_subscription(scene: Scene) -> None:
    """Papers that the victims' subscription would match, from the guild and ten times from direct messages."""
    await scene.add("@article{a, title={Looms for Everybody}, author={Mallory}, year=2026}")
    for number in range(10):
        await scene.add(f"@article{{a, title={{Looms, Part {number}}}, author={{Mallory}}, year=2026}}", scene.direct)
    # Whatever would be posted is posted by the time that a paper of the victims' own is.
    post = await scene.victims_own("@article{k, title={Looms of Our Own}, author={Abe, Ada}, year=2026}")
    assert "Looms of Our Own" in post
    assert "Mallory" not in post, "the victims' channel has the stranger's papers"


async def a_fake_under_the_identifier_of_a_paper_to_come(scene: Scene) -> None:
    """A fake under a real arXiv id, before arXiv announces the paper: the real one is still posted."""
    scene.services.arxiv["2611.00007"] = "Looms as arXiv Has Them"
    fake = "@article{a, title={A Fake}, author={Mallory}, eprint={2611.00007}, archiveprefix={arXiv}}"
    await scene.add(fake)
    post = await scene.victims_own("2611.00007")
    assert "Looms as arXiv Has Them" in post
    assert "Fake" not in post


ATTACKS: tuple[Attack, ...] = (
    one_entry_with_all_identifiers,
    a_chain_of_entries,
    other_words_under_a_known_identifier,
    an_export_that_claims_a_service,
    a_page_of_a_victims_author,
    papers_for_a_victims_subscription,
    a_fake_under_the_identifier_of_a_paper_to_come,
)
